//! What a PDF may not have: scripts, programs to start, files inside it, a password. Names are found wherever they
//! stand, also spelt with `#` and inside compressed object streams; what cannot be looked into is not taken.

use super::effort::Effort;
use flate2::read::DeflateDecoder;
use memchr::{memchr_iter, memmem};
use std::io::Read;

/// What all object streams of a file may unpack to, in bytes.
const MOST_BYTES: usize = 64 * 1024 * 1024;

const REPRINT: &str = "请打开后用“打印—打印为 PDF”重新生成一份再上传。";

/// Whether a PDF is harmless. Errors: a sentence.
pub fn judge(bytes: &[u8], effort: &Effort) -> Result<(), String> {
    harmless(bytes)?;
    let mut room = MOST_BYTES;
    let streams: Vec<usize> = names(bytes)
        .filter(|(_, name)| name == "ObjStm")
        .map(|(at, _)| at)
        .collect();
    for at in streams {
        effort.goes_on()?;
        if let Some(objects) = unpack(bytes, at, &mut room)? {
            harmless(&objects)?;
        }
    }
    Ok(())
}

fn harmless(bytes: &[u8]) -> Result<(), String> {
    for (at, name) in names(bytes) {
        let what = match name.as_str() {
            "JavaScript" => "脚本",
            "Launch" => "启动程序的动作",
            "EmbeddedFile" => "附件",
            "EF" if is_dictionary(&bytes[at + 1..]) => "附件",
            "RichMedia" => "多媒体内容",
            "XFA" => "动态表单",
            "Encrypt" => return Err(format!("PDF 加了密码或限制了权限，不能接收。{REPRINT}")),
            _ => continue,
        };
        return Err(format!("PDF 里有{what}，不能接收。{REPRINT}"));
    }
    Ok(())
}

/// Every name (`/Name`) with where it begins, `#20` read as what it stands for.
fn names(bytes: &[u8]) -> impl Iterator<Item = (usize, String)> + '_ {
    memchr_iter(b'/', bytes).map(|at| (at, name(&bytes[at + 1..])))
}

fn name(rest: &[u8]) -> String {
    const LONGEST: usize = 64;
    let mut name = String::new();
    let mut bytes = rest.iter().copied().take(LONGEST);
    while let Some(byte) = bytes.next() {
        let ends = byte.is_ascii_whitespace() || byte == 0 || b"()<>[]{}/%".contains(&byte);
        if ends {
            break;
        }
        let read = if byte == b'#' {
            let digits = [bytes.next(), bytes.next()].map(|digit| digit.map_or(' ', char::from));
            let value = digits[0].to_digit(16).zip(digits[1].to_digit(16));
            value.map_or(byte, |(high, low)| (high * 16 + low) as u8)
        } else {
            byte
        };
        name.push(char::from(read));
    }
    name
}

/// Whether a dictionary follows the name here, as after the key of embedded files. By chance alone, two letters after
/// a stroke are found in any long picture.
fn is_dictionary(from: &[u8]) -> bool {
    let after = from.get(2..).unwrap_or_default();
    after.trim_ascii_start().starts_with(b"<<")
}

/// The objects of a compressed stream whose dictionary names it at `at`. `None`: it is not compressed, and has been
/// read already. Errors: it cannot be looked into.
fn unpack(bytes: &[u8], at: usize, room: &mut usize) -> Result<Option<Vec<u8>>, String> {
    const FARTHEST: usize = 4_096;
    let unreadable = || format!("PDF 的内部结构无法检查，不能接收。{REPRINT}");
    let before = at.saturating_sub(FARTHEST);
    let begin = memmem::rfind(&bytes[before..at], b"obj").map_or(before, |found| before + found);
    let until = bytes.len().min(at + FARTHEST);
    let Some(stream) = memmem::find(&bytes[at..until], b"stream") else {
        // The words stand in a text, not in a dictionary.
        return Ok(None);
    };
    let dictionary = &bytes[begin..at + stream];
    let filters: Vec<String> = names(dictionary)
        .map(|(_, name)| name)
        .filter(|name| {
            name.ends_with("Decode")
                || ["Fl", "LZW", "AHx", "A85", "RL", "Crypt", "Predictor"].contains(&name.as_str())
        })
        .collect();
    match filters.as_slice() {
        [] => return Ok(None),
        [one] if one == "FlateDecode" || one == "Fl" => {}
        _ => return Err(unreadable()),
    }
    let data = &bytes[at + stream + b"stream".len()..];
    let data = data
        .strip_prefix(b"\r\n")
        .or(data.strip_prefix(b"\n"))
        .unwrap_or(data);
    // Past the two bytes of zlib: its checksum at the end is often wrong and no reader minds.
    let packed = data.get(2..).unwrap_or_default();
    let mut objects = Vec::new();
    let taken = DeflateDecoder::new(packed)
        .take(*room as u64 + 1)
        .read_to_end(&mut objects);
    if taken.is_err() || objects.len() > *room {
        return Err(unreadable());
    }
    *room -= objects.len();
    Ok(Some(objects))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    fn judge(pdf: &[u8]) -> Result<(), String> {
        super::judge(pdf, &Effort::of_a_form())
    }

    fn refused(pdf: &[u8]) -> String {
        judge(pdf).expect_err("refused")
    }

    fn with_objects(objects: &[u8], filter: &str) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(objects).expect("packed");
        let packed = encoder.finish().expect("packed");
        let mut pdf = format!(
            "%PDF-1.5\n7 0 obj\n<< /Type /ObjStm /N 1 /First 4 {filter} /Length {} >>\nstream\r\n",
            packed.len()
        )
        .into_bytes();
        pdf.extend(packed);
        pdf.extend(b"\nendstream\nendobj\n");
        pdf
    }

    #[test]
    fn scripts_programs_files_and_passwords_are_refused_however_they_are_spelt() {
        for (object, word) in [
            ("<< /S /JavaScript /JS (app.alert(1)) >>", "脚本"),
            ("<< /S /J#61vaScript /JS (x) >>", "脚本"),
            ("<< /S/#4A#61#76#61#53#63#72#69#70#74/JS(x)>>", "脚本"),
            ("<< /S /Launch /F (cmd.exe) >>", "启动程序"),
            ("<< /Type /EmbeddedFile /Length 3 >>", "附件"),
            ("<< /Type /Filespec /EF << /F 5 0 R >> >>", "附件"),
            ("<< /Subtype /RichMedia >>", "多媒体"),
            ("<< /XFA 9 0 R >>", "动态表单"),
            ("trailer << /Encrypt 8 0 R >>", "密码"),
        ] {
            let plain = format!("%PDF-1.4\n1 0 obj\n{object}\nendobj\n");
            assert!(refused(plain.as_bytes()).contains(word), "{object}");
            let packed = with_objects(object.as_bytes(), "/Filter /FlateDecode");
            assert!(refused(&packed).contains(word), "packed: {object}");
        }
    }

    #[test]
    fn ordinary_files_pass() {
        for object in [
            "<< /Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit] /Names << /Dests 4 0 R >> >>",
            "<< /Type /Page /AA << >> /Annots [ << /Subtype /Link /A << /S /URI /URI (https://example.gov.cn) >> >> ] >>",
            "(a text about /EF and /JavaScripts and Launch)",
            "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached >>",
        ] {
            let plain = format!("%PDF-1.4\n1 0 obj\n{object}\nendobj\n");
            assert_eq!(judge(plain.as_bytes()), Ok(()), "{object}");
            assert_eq!(
                judge(&with_objects(object.as_bytes(), "/Filter /FlateDecode")),
                Ok(())
            );
        }
    }

    #[test]
    fn what_cannot_be_looked_into_is_refused_and_nothing_unpacks_without_end() {
        let hidden = with_objects(
            b"<< /S /JavaScript >>",
            "/Filter [/ASCIIHexDecode /FlateDecode]",
        );
        assert!(refused(&hidden).contains("无法检查"));
        let hidden = with_objects(
            b"<< >>",
            "/Filter /FlateDecode /DecodeParms << /Predictor 12 >>",
        );
        assert!(refused(&hidden).contains("无法检查"));
        let mut torn = with_objects(&[7; 5_000], "/Filter /FlateDecode");
        torn.truncate(torn.len() - 40);
        assert!(refused(&torn).contains("无法检查"));
        let bomb = with_objects(&vec![b' '; MOST_BYTES + 1], "/Filter /FlateDecode");
        assert!(bomb.len() < 200_000 && refused(&bomb).contains("无法检查"));
    }
}
