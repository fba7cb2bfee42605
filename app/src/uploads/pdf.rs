//! What a PDF may not have: scripts, programs to start, files inside it, a password. Names are found wherever they
//! stand, also spelt with `#` and inside compressed object streams; what cannot be looked into is not taken.

mod syntax;

use super::effort::Effort;
use flate2::read::DeflateDecoder;
use memchr::{memchr_iter, memmem};
use std::io::Read;
use syntax::{Stream, Value};

/// What all object streams of a file may unpack to, in bytes, and how much of it may be read as dictionaries: they may
/// stand inside one another, and reading them ends all the same.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// So near its end a file has the mark of its end; what programs leave behind it is shorter.
const NEAR_THE_END: usize = 1_024;

const REPRINT: &str = "请打开后用“打印—打印为 PDF”重新生成一份再上传。";

/// Whether a PDF is whole and harmless. Errors: a sentence.
pub fn judge(bytes: &[u8], effort: &Effort) -> Result<(), String> {
    if !is_whole(bytes) {
        return Err(
            "PDF 不完整，可能没有传完或者已经损坏。请确认能正常打开，重新保存或扫描后再上传。"
                .into(),
        );
    }
    harmless(bytes)?;
    let (mut room, mut reading) = (MOST_BYTES, MOST_BYTES);
    for at in objects(bytes) {
        effort.goes_on()?;
        let stream = syntax::stream(&bytes[at..], &mut reading).map_err(|_| unreadable())?;
        if let Some(stream) = stream.filter(is_of_objects)
            && let Some(objects) = unpack(&stream, &mut room)?
        {
            harmless(&objects)?;
        }
    }
    Ok(())
}

/// Whether a file was not cut off: it has an object, and near its end the mark of the end.
fn is_whole(bytes: &[u8]) -> bool {
    let bytes = syntax::trim_end(bytes);
    let end = &bytes[bytes.len().saturating_sub(NEAR_THE_END)..];
    let has_end = [b"%%EOF".as_slice(), b"startxref"]
        .iter()
        .any(|mark| memmem::rfind(end, mark).is_some());
    has_end && objects(bytes).next().is_some()
}

/// Behind each `obj` that begins an object.
fn objects(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    memmem::find_iter(bytes, b"obj")
        .filter(|at| {
            !at.checked_sub(1)
                .is_some_and(|at| bytes[at].is_ascii_alphabetic())
        })
        .map(|at| at + b"obj".len())
}

fn unreadable() -> String {
    format!("PDF 的内部结构无法检查，不能接收。{REPRINT}")
}

fn harmless(bytes: &[u8]) -> Result<(), String> {
    for (at, name) in names(bytes) {
        let what = match name.as_str() {
            "JavaScript" => "脚本",
            "Launch" => "启动程序的动作",
            "EmbeddedFile" => "附件",
            "EF" if is_dictionary(&bytes[at + 1..]) => "附件",
            "RichMedia" | "Rendition" => "多媒体内容",
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

/// Whether other objects are packed in a stream. Programs look at the numbers, not only at what it is called.
fn is_of_objects(stream: &Stream) -> bool {
    let is_called_so = stream.all("Type").any(|value| value.is_name("ObjStm"));
    is_called_so || (stream.all("N").next().is_some() && stream.all("First").next().is_some())
}

/// The objects of such a stream. `None`: it is not compressed, and has been read already. Errors: it cannot be looked
/// into.
fn unpack(stream: &Stream, room: &mut usize) -> Result<Option<Vec<u8>>, String> {
    match packing(stream) {
        Some(Packing::Plain) => return Ok(None),
        Some(Packing::Deflate) => {}
        None => return Err(unreadable()),
    }
    let data = stream.data;
    let data = data
        .strip_prefix(b"\r\n")
        .or(data.strip_prefix(b"\n"))
        .unwrap_or(data);
    // Where the data begins has to be the same for everybody: at the two bytes of zlib.
    let [first, second, packed @ ..] = data else {
        return Err(unreadable());
    };
    let is_zlib =
        first & 0x0F == 8 && second & 0x20 == 0 && u16::from_be_bytes([*first, *second]) % 31 == 0;
    // The checksum at the end is often wrong and no reader minds.
    let mut objects = Vec::new();
    let taken = DeflateDecoder::new(packed)
        .take(*room as u64 + 1)
        .read_to_end(&mut objects);
    if !is_zlib || taken.is_err() || objects.len() > *room {
        return Err(unreadable());
    }
    *room -= objects.len();
    Ok(Some(objects))
}

enum Packing {
    Plain,
    Deflate,
}

/// How a stream is packed. `None`: in a way that is not known, not written in its dictionary, or written twice.
fn packing(stream: &Stream) -> Option<Packing> {
    let only = |long: &str, short: &str| {
        let mut found = stream.all(long).chain(stream.all(short));
        match (found.next(), found.next()) {
            (None, _) => Some(&Value::Null),
            (Some(one), None) => Some(one),
            _ => None,
        }
    };
    let one_of = |value: &'static str, short: &'static str| -> Option<Option<&Value>> {
        match only(value, short)? {
            Value::Null => Some(None),
            Value::Array(all) => match all.as_slice() {
                [] | [Value::Null] => Some(None),
                [one] => Some(Some(one)),
                _ => None,
            },
            other => Some(Some(other)),
        }
    };
    match one_of("DecodeParms", "DP")? {
        None => {}
        Some(Value::Dictionary(entries)) => {
            let is_plain = |(key, value): &(String, Value)| {
                key != "Predictor" || matches!(value, Value::Number(Some(1)))
            };
            if !entries.iter().all(is_plain) {
                return None;
            }
        }
        Some(_) => return None,
    }
    match one_of("Filter", "F")? {
        None => Some(Packing::Plain),
        Some(value) if value.is_name("FlateDecode") || value.is_name("Fl") => {
            Some(Packing::Deflate)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    /// What stands at the end of every file.
    const END: &[u8] = b"\nstartxref\n0\n%%EOF\n";

    fn judge(pdf: &[u8]) -> Result<(), String> {
        super::judge(&[pdf, END].concat(), &Effort::of_a_form())
    }

    fn refused(pdf: &[u8]) -> String {
        judge(pdf).expect_err("refused")
    }

    fn with_objects(objects: &[u8], filter: &str) -> Vec<u8> {
        let head = "7 0 obj\n<< /Type /ObjStm /N 1 /First 4 {} /Length 9 >>\nstream\r\n";
        with_stream(&head.replace("{}", filter), objects)
    }

    /// A packed stream behind what stands before it.
    fn with_stream(head: &str, objects: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(objects).expect("packed");
        let packed = encoder.finish().expect("packed");
        let mut pdf = format!("%PDF-1.5\n{head}").into_bytes();
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

    #[test]
    fn a_dictionary_is_read_as_readers_read_it_whatever_stands_in_it() {
        let script = b"<</S/JavaScript/JS(app.alert(1))>>";
        let long = "a".repeat(5_000);
        for head in [
            "7 0 obj<</Type/ObjStm/N 1/First 4/Filter 11 0 R/Length 9>>stream\n",
            "7 0 obj<</Filter/FlateDecode/X(obj)/Type/ObjStm/N 1/First 4>>stream\n",
            &format!("7 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/X({long})>>stream\n"),
            "7 0 obj<</Type/ObjStm/X(stream)/N 1/First 4/Filter/FlateDecode>>stream\n",
            "7 0 obj<</Type/ObjStm/X(a\\)(b)>>stream)/N 1/First 4/Filter/FlateDecode>>\nstream\n",
            "7 0 obj%<<>>\n<</Type/ObjStm%>>stream\r/N 1/First 4/Filter[/Fl]>>%x\nstream\r\n",
            "7 0 obj<</Type/Obj#53tm/Y<</Filter/LZWDecode>>/Filter/Fl#61teDecode>>stream\n",
            "7 0 obj<</Type 9 0 R/N 1/First 4/Filter/FlateDecode>>stream\n",
            "7 0 obj<</N 1/First 4/X<3E3E>/Filter/FlateDecode>>stream\n",
            "7 0 obj<</Type/ObjStm/Filter/FlateDecode/Filter/LZWDecode>>stream\n",
            "7 0 obj<</Type/ObjStm/F(elsewhere.bin)>>stream\n",
            "7 0 obj<</Type/ObjStm/Filter/FlateDecode/DecodeParms 4 0 R>>stream\n",
            "7 0 obj<</Type/ObjStm/Filter/FlateDecode/X)>>stream\n",
            "7 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\r",
        ] {
            let told = refused(&with_stream(head, script));
            let is_told = told.contains("脚本") || told.contains("无法检查");
            assert!(is_told && told.contains("打印为 PDF"), "{head}: {told}");
        }
        for head in [
            "7 0 obj<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode]/DecodeParms[null]>>stream\n",
            "7 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 1>>>>stream\n",
            "7 0 obj<</Type/XObject/Subtype/Image/Filter[/ASCII85Decode/DCTDecode]/Length 3 0 R>>stream\n",
            "7 0 obj<</N 3/Alternate/DeviceRGB/Filter/FlateDecode>>stream\n",
        ] {
            assert_eq!(
                judge(&with_stream(head, b"<</Type/Page>>")),
                Ok(()),
                "{head}"
            );
        }
    }

    #[test]
    fn reading_ends_however_the_dictionaries_stand_inside_one_another() {
        for piece in ["1 0 obj<<", "1 0 obj<<(", "1 0 obj<</A[", "1 0 obj<</A<"] {
            let pdf = format!("%PDF-1.4\n{}", piece.repeat(100_000));
            assert!(refused(pdf.as_bytes()).contains("无法检查"), "{piece}");
        }
        let (open, close) = ("1 0 obj<<(".repeat(60_000), ")>>".repeat(60_000));
        assert!(refused(format!("%PDF-1.4\n{open}{close}").as_bytes()).contains("无法检查"));
    }

    #[test]
    fn half_a_file_is_told_so() {
        let judge = |pdf: &[u8]| super::judge(pdf, &Effort::of_a_form());
        let whole = [
            b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n".as_slice(),
            END,
        ]
        .concat();
        assert_eq!(judge(&whole), Ok(()));
        for behind in [
            b"\0\0\0 \r\n".as_slice(),
            &[b' '; 9_000],
            b"\x1A",
            b"<!-- 12 ms -->",
        ] {
            assert_eq!(judge(&[&whole, behind].concat()), Ok(()), "{behind:?}");
        }
        for half in [
            &whole[..8],
            &whole[..30],
            &whole[..50],
            b"%PDF-1.4\n%%EOF\n",
        ] {
            let told = judge(half).expect_err("half");
            assert!(told.contains("不完整"), "{told}");
        }
    }
}
