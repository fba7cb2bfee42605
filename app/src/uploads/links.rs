//! What an office file fetches or starts when it is opened: templates from addresses, objects and frames that stand
//! elsewhere, data that another program is asked for (DDE).

use std::borrow::Cow;

const TEMPLATE: &str =
    "文件会从网络上加载模板，不能接收。请另存为新的 .docx，或打印为 PDF 后再上传。";
const ELSEWHERE: &str = "文件链接了外部的对象、框架或子文档，打开时会去读取，不能接收。请断开链接（或把内容粘贴为文字、图片），或打印为 PDF 后再上传。";
const DDE: &str =
    "文件里有向其他程序取数据的域或公式（DDE），不能接收。请改为普通文字，或打印为 PDF 后再上传。";

/// Relationships that may not lead out of the file: what they name is loaded when it is opened.
const INSIDE_ONLY: [&str; 7] = [
    "/oleobject",
    "/frame",
    "/subdocument",
    "/afchunk",
    "/package",
    "/control",
    "/externallink",
];

/// Whether a part may have something of the kind, by its name in small letters.
pub fn may_stand_in(name: &str) -> bool {
    let is_text = name.starts_with("word/") || name.starts_with("xl/");
    name.ends_with(".rels") || (is_text && name.ends_with(".xml"))
}

/// Whether a part fetches or starts nothing. Errors: a sentence.
pub fn judge(name: &str, part: &[u8]) -> Result<(), String> {
    if !may_stand_in(name) {
        return Ok(());
    }
    let text = text(part);
    if name.ends_with(".rels") {
        return relationships(&text.to_ascii_lowercase());
    }
    let is_asked = match name.starts_with("xl/") {
        true => ["<ddeLink", ":ddeLink"]
            .iter()
            .any(|tag| text.contains(tag)),
        // Most parts have no field; names are written in one way alone.
        false if !text.contains("instr") => false,
        false => {
            let codes = field_codes(&text.to_ascii_lowercase());
            codes.iter().any(|code| asks_a_program(code))
        }
    };
    if is_asked { Err(DDE.into()) } else { Ok(()) }
}

fn relationships(text: &str) -> Result<(), String> {
    for one in text.split('<') {
        let kind = attribute(one, "type").unwrap_or_default();
        let target = attribute(one, "target").unwrap_or_default();
        let is_outside = attribute(one, "targetmode").is_some_and(|mode| mode == "external");
        let is_address = target.starts_with("http") || target.contains("\\\\");
        if kind.ends_with("/attachedtemplate") && is_address {
            return Err(TEMPLATE.into());
        }
        if is_outside && INSIDE_ONLY.iter().any(|end| kind.ends_with(end)) {
            return Err(ELSEWHERE.into());
        }
    }
    Ok(())
}

/// The value of an attribute in the text of a tag, read as it is meant.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    while let Some(at) = rest.find(name) {
        let begins = rest[..at].ends_with([' ', '\t', '\n', '\r', '"', '\'', ':']);
        rest = &rest[at + name.len()..];
        let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
        let Some(value) = value.filter(|_| begins) else {
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = value[1..].split(quote).next()?;
        return Some(meant(value).trim().to_string());
    }
    None
}

/// The codes of the fields of a text. One may be spread over many pieces, which belong together until the next begins.
fn field_codes(text: &str) -> Vec<String> {
    let mut codes = vec![String::new()];
    for tag in text.split('<') {
        let (tag, behind) = tag.split_once('>').unwrap_or((tag, ""));
        let name = tag
            .split([' ', '\t', '\n', '\r', '/'])
            .next()
            .unwrap_or_default();
        match name.rsplit(':').next().unwrap_or_default() {
            "fldchar" if attribute(tag, "fldchartype").is_some_and(|kind| kind == "begin") => {
                codes.push(String::new());
            }
            "fldsimple" => codes.push(attribute(tag, "instr").unwrap_or_default()),
            "instrtext" => {
                if let Some(code) = codes.last_mut() {
                    code.push_str(&meant(behind));
                }
            }
            _ => {}
        }
    }
    codes
}

/// Whether a field asks another program. What only links to a page may have the word in its address.
fn asks_a_program(code: &str) -> bool {
    let mut words = code.split(|c: char| !c.is_ascii_alphanumeric());
    !code.trim_start().starts_with("hyperlink")
        && words.any(|word| word == "dde" || word == "ddeauto")
}

/// The text of a part, in whichever of the encodings that office programs read.
fn text(part: &[u8]) -> Cow<'_, str> {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = part
            .chunks_exact(2)
            .map(|pair| of([pair[0], pair[1]]))
            .collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match part {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(part),
    }
}

/// A value with the characters that were written as numbers: `&#68;` is D.
fn meant(text: &str) -> String {
    let mut pieces = text.split("&#");
    let mut meant = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let (number, rest) = piece.split_once(';').unwrap_or(("", piece));
        let code = match number.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        };
        meant.extend(
            code.and_then(char::from_u32)
                .map(|c| c.to_ascii_lowercase()),
        );
        meant.push_str(rest);
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loaded_from_elsewhere_is_refused_and_links_to_click_are_not() {
        let rels = |kind: &str, rest: &str| {
            format!(
                r#"<?xml version="1.0"?><Relationships><Relationship Id="r1" Type="http://x/relationships/{kind}" {rest}/></Relationships>"#
            )
        };
        let judge = |text: &str| judge("word/_rels/document.xml.rels", text.as_bytes());
        let outside = r#"Target="http://evil.example/a" TargetMode="External""#;
        for kind in [
            "oleObject",
            "frame",
            "subDocument",
            "aFChunk",
            "fr&#97;me",
            "OLEOBJECT",
        ] {
            assert!(
                judge(&rels(kind, outside)).is_err_and(|told| told.contains("外部")),
                "{kind}"
            );
            assert_eq!(judge(&rels(kind, r#"Target="embeddings/a.xlsx""#)), Ok(()));
        }
        for rest in [
            "TargetMode='External' Target='file:///c:/a.exe'",
            "TargetMode = \"Ext&#x65;rnal\"\n Target=\"a\"",
        ] {
            assert!(judge(&rels("oleObject", rest)).is_err(), "{rest}");
        }
        for kind in ["hyperlink", "image"] {
            assert_eq!(judge(&rels(kind, outside)), Ok(()), "{kind}");
        }
        let wide: Vec<u8> = rels("frame", outside)
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(super::judge("word/_rels/a.xml.rels", &wide).is_err());
        // One outside, another of the kind inside.
        let both = rels("hyperlink", outside) + &rels("oleObject", r#"Target="a.xlsx""#);
        assert_eq!(judge(&both), Ok(()));
    }

    #[test]
    fn fields_that_ask_programs_are_refused_however_they_are_cut() {
        let run = |text: &str| {
            format!("<w:r><w:instrText xml:space=\"preserve\">{text}</w:instrText></w:r>")
        };
        let begin = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r>"#;
        let judge = |text: &str| judge("word/document.xml", text.as_bytes());
        for bad in [
            begin.to_string() + &run(" DDEAUTO c:\\\\windows\\\\cmd.exe \"/k calc\" "),
            begin.to_string() + &run(" DDE ") + &run("excel a"),
            begin.to_string() + &run("DD") + "<w:r/>" + &run("EAU") + &run("TO x"),
            begin.to_string() + &run("&#68;&#x44;EAUTO x"),
            r#"<w:fldSimple w:instr=' ddeauto "cmd" "x"'><w:r/></w:fldSimple>"#.to_string(),
        ] {
            assert!(judge(&bad).is_err_and(|told| told.contains("DDE")), "{bad}");
        }
        for good in [
            begin.to_string() + &run(" TOC \\o &quot;1-3&quot; "),
            begin.to_string() + &run(" HYPERLINK \"http://a.example/dde/x\" "),
            "<w:t>DDEAUTO is a word</w:t>".to_string(),
            begin.to_string() + &run(" PAGE ") + begin + &run(" NUMPAGES "),
        ] {
            assert_eq!(judge(&good), Ok(()), "{good}");
        }
        let sheet =
            r#"<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>"#;
        let told = super::judge("xl/externallinks/externallink1.xml", sheet.as_bytes());
        assert!(told.is_err_and(|told| told.contains("DDE")));
        assert_eq!(super::judge("docprops/app.xml", sheet.as_bytes()), Ok(()));
    }
}
