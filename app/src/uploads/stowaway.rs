//! Programs and archives behind or inside a file that is something else: it opens as what it calls itself, and runs or
//! unpacks as the other.

use super::kind::Kind;
use memchr::memmem;

const TOLD: &str = "文件里夹带了程序或压缩包，不能接收。请用“另存为”或重新扫描、打印为 PDF 得到一份干净的文件再上传。";

/// Whether a file is nothing but what it is. Errors: a sentence.
pub fn judge(kind: Kind, bytes: &[u8]) -> Result<(), String> {
    let is_archive = matches!(kind, Kind::Docx | Kind::Xlsx | Kind::Ofd);
    let has_another = holds_a_program(bytes)
        || ends(kind, bytes).any(|at| begins_another(&bytes[at.min(bytes.len())..]))
        || (!is_archive && ends_as_an_archive(bytes));
    if has_another {
        Err(TOLD.into())
    } else {
        Ok(())
    }
}

/// Whether a program of Windows or Linux stands anywhere: its first bytes, and what they point at, are too many to come
/// about by chance.
fn holds_a_program(bytes: &[u8]) -> bool {
    let is_elf = |at: usize| matches!(bytes.get(at + 4..at + 7), Some([1 | 2, 1 | 2, 1]));
    let is_windows = |at: usize| {
        let place = bytes.get(at + 0x3C..at + 0x40)?;
        let place = u32::from_le_bytes(place.try_into().ok()?) as usize;
        let sign = bytes.get(at.checked_add(place)?..)?.get(..4)?;
        (sign == b"PE\0\0").then_some(())
    };
    memmem::find_iter(bytes, b"\x7FELF").any(is_elf)
        || memmem::find_iter(bytes, b"MZ").any(|at| is_windows(at).is_some())
        || memmem::find(bytes, b"This program cannot be run in DOS mode").is_some()
}

/// Whether what stands behind the end of a file begins as a program or an archive.
fn begins_another(rest: &[u8]) -> bool {
    const SIGNS: [&[u8]; 8] = [
        b"MZ",
        b"\x7FELF",
        b"#!",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"Rar!",
        b"7z\xBC\xAF",
        b"\xCF\xFA\xED\xFE",
    ];
    let begin = rest
        .iter()
        .position(|byte| !matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '));
    let rest = &rest[begin.unwrap_or(rest.len())..];
    SIGNS.iter().any(|sign| rest.starts_with(sign))
}

/// Programs for archives look for this at the end.
fn ends_as_an_archive(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    memmem::rfind(tail, b"PK\x05\x06").is_some()
}

/// Where a file of a kind ends, or each place where it may.
fn ends(kind: Kind, bytes: &[u8]) -> Box<dyn Iterator<Item = usize> + '_> {
    let after = |mark: &'static [u8]| {
        Box::new(memmem::find_iter(bytes, mark).map(move |at| at + mark.len()))
    };
    let length = |at: usize| {
        let bytes = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes) as usize
    };
    match kind {
        Kind::Pdf => after(b"%%EOF"),
        // The name of the last part, and its checksum, which is always the same.
        Kind::Png => after(b"IEND\xAE\x42\x60\x82"),
        Kind::Jpeg => after(&[0xFF, 0xD9]),
        Kind::WebP => Box::new(std::iter::once(length(4).saturating_add(8))),
        Kind::Bmp => Box::new(std::iter::once(length(2))),
        Kind::Tiff | Kind::Docx | Kind::Xlsx | Kind::Ofd => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Vec<u8> {
        let mut program = b"MZ\x90\0".to_vec();
        program.resize(0x3C, 0);
        program.extend([0x80, 0, 0, 0]);
        program.resize(0x80, 0);
        program.extend(b"PE\0\0");
        program
    }

    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1A\n..IEND\xAE\x42\x60\x82";
    const JPEG: &[u8] = b"\xFF\xD8\xFF..\xFF\xD9";
    const WEBP: &[u8] = b"RIFF\x06\0\0\0WEBP..";
    const BMP: &[u8] = b"BM\x0C\0\0\0\0\0\0\0..";
    const ALL: [(Kind, &[u8]); 5] = [
        (Kind::Pdf, PDF),
        (Kind::Png, PNG),
        (Kind::Jpeg, JPEG),
        (Kind::WebP, WEBP),
        (Kind::Bmp, BMP),
    ];

    #[test]
    fn programs_and_archives_behind_a_file_are_found() {
        for (kind, file) in ALL {
            assert_eq!(judge(kind, file), Ok(()), "{kind:?}");
            for behind in [
                b"MZ\x90\0 a small one".as_slice(),
                b"\0\0\nMZ\x90",
                b"\x7FELF",
                b"#!/bin/sh\n",
                b"PK\x03\x04..",
                b"anything PK\x05\x06",
                b"Rar!\x1A",
                b"garbage \x7FELF\x02\x01\x01\0",
                &[b"garbage".as_slice(), &program()].concat(),
                &[&program(), b"%%EOF\n".as_slice()].concat(),
            ] {
                let told = judge(kind, &[file, behind].concat()).expect_err("another");
                assert!(told.contains("夹带"), "{told}");
            }
            let harmless = [file, b"SEFH MZ ELF PK and more".as_slice()].concat();
            assert_eq!(judge(kind, &harmless), Ok(()), "{kind:?}");
        }
        let tiff = [b"II*\0........".as_slice(), &program()].concat();
        assert!(judge(Kind::Tiff, &tiff).is_err());
        let archive = b"PK\x03\x04..PK\x05\x06".as_slice();
        assert_eq!(judge(Kind::Docx, archive), Ok(()));
        assert!(judge(Kind::Docx, &[archive, &program()].concat()).is_err());
    }
}
