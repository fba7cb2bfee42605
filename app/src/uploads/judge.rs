//! What a file is, by its content alone, and whether it is harmless. A name that says something else is corrected; a
//! kind that is not taken is told with what to do about it.

use super::effort::Effort;
use super::kind::{ACCEPT, ARCHIVE, Kind, split};
use super::{office, pdf, picture, stowaway};
use memchr::memmem;

/// What a file is. Errors: a sentence on why it is not taken and what to do.
pub fn judge(name: &str, bytes: &[u8], effort: &Effort) -> Result<Kind, String> {
    if bytes.is_empty() {
        return Err("这是一个空文件，请重新选择。".into());
    }
    let (_, extension) = split(name);
    if let [b'P', b'K', 3 | 5, 4 | 6, ..] = bytes {
        let kind = office::judge(bytes, &extension, effort)?;
        stowaway::judge(kind, bytes)?;
        return Ok(kind);
    }
    let kind = by_its_beginning(bytes).ok_or_else(|| other(&extension, bytes))?;
    match kind {
        Kind::Pdf => pdf::judge(bytes, effort)?,
        _ => picture_is_whole(kind, bytes)?,
    }
    stowaway::judge(kind, bytes)?;
    Ok(kind)
}

/// What the first bytes of a file say, if it is no archive.
fn by_its_beginning(bytes: &[u8]) -> Option<Kind> {
    Some(match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Kind::Png,
        [0xFF, 0xD8, 0xFF, ..] => Kind::Jpeg,
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Kind::WebP,
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Kind::Tiff,
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Kind::Bmp,
        _ => return None,
    })
}

/// How many of the first bytes tell [`is_unpacked`].
pub const BEGINNING: u64 = 16;

/// Whether a file that begins like this is not stored as it comes.
pub fn is_unpacked(beginning: &[u8]) -> bool {
    matches!(
        by_its_beginning(beginning),
        Some(Kind::WebP | Kind::Tiff | Kind::Bmp)
    )
}

/// A picture that opens, is not cut off, and carries no page for somebody who reads it as another kind.
fn picture_is_whole(kind: Kind, bytes: &[u8]) -> Result<(), String> {
    let ends = match kind {
        Kind::Png => memmem::rfind(bytes, b"IEND").is_some(),
        // The end of a preview inside the picture is not its own.
        Kind::Jpeg => memmem::rfind(bytes, &[0xFF, 0xD9]).is_some_and(|at| at >= bytes.len() / 2),
        _ => true,
    };
    if !ends {
        return Err("图片不完整，可能没有传完或者已经损坏，请重新保存后再上传。".into());
    }
    picture::opens(kind, bytes)?;
    if holds_a_page(bytes) {
        return Err("图片里夹带了网页代码，不能接收。请重新拍摄或扫描后再上传。".into());
    }
    Ok(())
}

/// Whether something in it would be run by whoever took it for a web page.
fn holds_a_page(bytes: &[u8]) -> bool {
    const TAGS: [&[u8]; 6] = [b"html", b"script", b"!doctype", b"iframe", b"?php", b"body"];
    memchr::memchr_iter(b'<', bytes).any(|at| {
        let rest = &bytes[at + 1..];
        TAGS.iter()
            .any(|tag| rest.len() >= tag.len() && rest[..tag.len()].eq_ignore_ascii_case(tag))
    })
}

const ACCEPTED: &str = "只接受 PDF、图片（JPG、PNG、WebP、TIFF、BMP）、DOCX、XLSX、OFD 文件";

/// Why what is none of the kinds is not taken: first by its content, then by what its name says.
fn other(extension: &str, bytes: &[u8]) -> String {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return old_office(extension);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return film_or_photo(bytes.get(8..12).unwrap_or_default());
    }
    let archive = [b"Rar!".as_slice(), &[b'7', b'z', 0xBC, 0xAF], &[0x1F, 0x8B]];
    if archive.iter().any(|magic| bytes.starts_with(magic)) {
        return ARCHIVE.into();
    }
    if bytes.starts_with(b"GIF8") {
        return "不接受 GIF 图片。请打开后另存为 PNG 或 JPG 再上传。".into();
    }
    if bytes.starts_with(b"AC10") {
        return "不接受 DWG 图纸。请在 CAD 中打印（输出）为 PDF 后再上传。".into();
    }
    if bytes.starts_with(b"{\\rtf") {
        return "不接受 RTF 文件。请在 Word 或 WPS 中打开，用“文件—另存为”存成 .docx 或 PDF 后再上传。".into();
    }
    match extension {
        "doc" | "wps" | "xls" | "et" | "ppt" | "dps" => old_office(extension),
        "zip" | "rar" | "7z" => ARCHIVE.into(),
        _ if ACCEPT.split(',').any(|known| known[1..] == *extension) => {
            "文件的内容与扩展名不符，请确认文件没有损坏或被改名。".into()
        }
        _ => format!("{ACCEPTED}。其他文件请打印（输出）为 PDF 后再上传。"),
    }
}

/// 97–2003 files of Word, Excel and WPS, and new ones under a password, which look the same from outside.
fn old_office(extension: &str) -> String {
    let (program, new) = match extension {
        "xls" | "et" | "xlt" => ("Excel 或 WPS 表格", ".xlsx 或 PDF"),
        "ppt" | "dps" | "pptx" => ("PowerPoint 或 WPS 演示", "PDF"),
        "docx" | "xlsx" => {
            return "这个文件设置了打开密码，或者是改了扩展名的旧格式。请打开后取消密码，用“文件—另存为”存成 .docx、.xlsx 或 PDF 后再上传。".into();
        }
        _ => ("Word 或 WPS", ".docx 或 PDF"),
    };
    format!(
        "不接受旧格式的 Office、WPS 文件（.doc、.xls、.wps、.et 等）。请用 {program} 打开，用“文件—另存为”存成 {new} 后再上传。"
    )
}

/// What comes in the box format of films: photos of iPhones, and films.
fn film_or_photo(brand: &[u8]) -> String {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
            "这是苹果手机的 HEIC 照片，多数电脑打不开。请在手机“设置—相机—格式”中选“兼容性最佳”后重新拍摄，或者在照片里选“导出为 JPG”、截屏后再上传。".into()
        }
        b"avif" | b"avis" => "不接受 AVIF 图片。请打开后另存为 PNG 或 JPG 再上传。".into(),
        _ => format!("不接受视频、音频。{ACCEPTED}。"),
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
