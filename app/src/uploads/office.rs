//! Office and OFD files, which are zip archives: which one it is, that it unpacks to a bearable size, and that nothing
//! in it runs: no macros, no programs, no embedded or linked objects of other programs, no archives.

use super::effort::Effort;
use super::kind::{ARCHIVE, Kind};
use super::links;
use memchr::memmem;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What an archive may unpack to, in bytes, and how many entries it may have.
const MOST_BYTES: u64 = 200 * 1024 * 1024;
const MOST_ENTRIES: usize = 10_000;
/// An office file inside an office file (the data of a chart) is looked into; one inside that is not taken.
const DEEPEST: u8 = 1;
/// An embedded file that is looked into, in bytes.
const LARGEST_INNER: u64 = 10 * 1024 * 1024;
/// A part whose text is read, in bytes.
const LARGEST_READ: u64 = 32 * 1024 * 1024;

const DAMAGED: &str = "文件不完整，可能没有传完或者已经损坏，请重新保存后再上传。";
const MACROS: &str =
    "文件里有宏，不能接收。请另存为不带宏的 .docx、.xlsx（或打印为 PDF）后再上传。";
const OBJECTS: &str =
    "文件里嵌入了其他程序的对象或程序，不能接收。请把嵌入的内容转为图片，或打印为 PDF 后再上传。";
const TOO_LARGE: &str = "文件解开后异常大，不能接收。请打印为 PDF 后再上传。";

/// What an archive is. Errors: a sentence.
pub fn judge(bytes: &[u8], extension: &str, effort: &Effort) -> Result<Kind, String> {
    let mut room = MOST_BYTES;
    look(bytes, extension, 0, &mut room, effort)
}

fn look(
    bytes: &[u8],
    extension: &str,
    depth: u8,
    room: &mut u64,
    effort: &Effort,
) -> Result<Kind, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED.to_string())?;
    if archive.len() > MOST_ENTRIES {
        return Err(TOO_LARGE.into());
    }
    let mut names = Vec::new();
    for number in 0..archive.len() {
        effort.goes_on()?;
        let mut entry = archive.by_index(number).map_err(unreadable)?;
        let name = String::from_utf8_lossy(entry.name_raw()).to_ascii_lowercase();
        let name = name.replace('\\', "/");
        let is_inner = is_office_name(&name);
        let kept = match is_inner {
            true => LARGEST_INNER,
            false if name == CONTENT_TYPES || links::may_stand_in(&name) => LARGEST_READ,
            false => 0,
        };
        let content = unpack(&mut entry, kept, room)?;
        // The cells of a large sheet are read in part.
        let is_cells = name.starts_with("xl/worksheets/") || name == "xl/sharedstrings.xml";
        if !is_inner && !is_cells && kept > 0 && content.size > kept {
            return Err(TOO_LARGE.into());
        }
        harmless(&name, &content)?;
        if is_inner && content.head.starts_with(b"PK") {
            if depth >= DEEPEST || content.size > LARGEST_INNER {
                return Err(OBJECTS.into());
            }
            look(&content.whole, "", depth + 1, room, effort)?;
        }
        names.push(name);
    }
    kind(&names, extension)
}

fn unreadable(error: zip::result::ZipError) -> String {
    match error {
        zip::result::ZipError::UnsupportedArchive(_) => {
            "文件加了密码或用了少见的压缩方式，不能接收。请取消密码后重新保存，或打印为 PDF 后再上传。".into()
        }
        _ => DAMAGED.into(),
    }
}

/// What an entry holds: its beginning, and all of it where it must be read.
struct Content {
    head: [u8; 8],
    whole: Vec<u8>,
    size: u64,
}

/// Unpacks an entry, whatever size it says it has, as long as there is room. Keeps it up to a size.
fn unpack(entry: &mut impl Read, most_kept: u64, room: &mut u64) -> Result<Content, String> {
    let mut content = Content {
        head: [0; 8],
        whole: Vec::new(),
        size: 0,
    };
    let mut buffer = [0; 32 * 1024];
    loop {
        let count = entry.read(&mut buffer).map_err(|_| DAMAGED.to_string())?;
        if count == 0 {
            return Ok(content);
        }
        *room = room.checked_sub(count as u64).ok_or(TOO_LARGE)?;
        for (place, byte) in content
            .head
            .iter_mut()
            .skip(content.size as usize)
            .zip(&buffer[..count])
        {
            *place = *byte;
        }
        content.size += count as u64;
        if content.size <= most_kept {
            content.whole.extend_from_slice(&buffer[..count]);
        }
    }
}

/// Extensions of what runs when it is opened.
const PROGRAMS: [&str; 22] = [
    "exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf",
    "hta", "lnk", "jar", "sh", "reg", "cpl", "pif", "docm", "xlsm",
];

/// That an entry neither runs nor belongs to another program. Errors: a sentence.
fn harmless(name: &str, content: &Content) -> Result<(), String> {
    let last = name.rsplit('/').next().unwrap_or_default();
    let extension = last.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_macro = last.starts_with("vbaproject")
        || last.starts_with("vbadata")
        || name.contains("/macrosheets/")
        || name.contains("/intlmacrosheets/")
        || name.contains("/dialogsheets/")
        || (name == CONTENT_TYPES && names_macros(&content.whole));
    if is_macro {
        return Err(MACROS.into());
    }
    let is_program = PROGRAMS.contains(&extension)
        || content.head.starts_with(b"MZ")
        || content.head.starts_with(b"\x7FELF")
        || content.head.starts_with(b"#!")
        || (is_an_archive(&content.head) && !is_office_name(name));
    let is_object = name.contains("/activex/")
        || last.starts_with("oleobject")
        || (name.contains("/embeddings/") && !is_office_name(name))
        || content
            .head
            .starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    if is_program || is_object {
        return Err(OBJECTS.into());
    }
    links::judge(name, &content.whole)
}

fn is_an_archive(head: &[u8]) -> bool {
    let signs = [
        b"PK\x03\x04".as_slice(),
        b"PK\x05\x06",
        b"Rar!",
        b"7z\xBC\xAF",
    ];
    signs.iter().any(|sign| head.starts_with(sign))
}

fn is_office_name(name: &str) -> bool {
    [".docx", ".xlsx", ".pptx"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Which kind the entries make.
fn kind(names: &[String], extension: &str) -> Result<Kind, String> {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if has("ofd.xml") {
        return Ok(Kind::Ofd);
    }
    if !has(CONTENT_TYPES) {
        let is_office = ["docx", "xlsx", "ofd"].contains(&extension);
        return Err(if is_office { MISMATCH } else { ARCHIVE }.into());
    }
    if has("word/document.xml") {
        return Ok(Kind::Docx);
    }
    if has("xl/workbook.xml") {
        return Ok(Kind::Xlsx);
    }
    if has("xl/workbook.bin") {
        return Err("不接受 .xlsb 文件。请用“文件—另存为”存成 .xlsx 或 PDF 后再上传。".into());
    }
    if names.iter().any(|name| name.starts_with("ppt/")) {
        return Err("不接受演示文稿。请用“文件—另存为”存成 PDF 后再上传。".into());
    }
    Err(MISMATCH.into())
}

const MISMATCH: &str = "文件的内容与扩展名不符，请确认文件没有损坏或被改名。";

/// What lists the parts of an office file.
const CONTENT_TYPES: &str = "[content_types].xml";

/// Whether that list names a document with macros: some programs keep them under other names.
fn names_macros(content_types: &[u8]) -> bool {
    memmem::find(content_types, b"macroEnabled").is_some()
        || memmem::find(content_types, b"vbaProject").is_some()
}

#[cfg(test)]
#[path = "office_tests.rs"]
mod tests;
