//! What may be typed into a field of text, before anything is made of it.

/// How long a text may be, in characters as people count them.
#[derive(Debug, Clone, Copy)]
pub struct Length {
    pub least: usize,
    pub most: usize,
}

/// Shorthand for [`Length`].
pub const fn length(least: usize, most: usize) -> Length {
    Length { least, most }
}

/// A single line: trimmed, inner runs of white space made one space, no control characters.
/// Errors: a control or invisible formatting character, too short, too long.
pub fn line(text: &str, length: Length) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    measured(text, length, |_| false)
}

/// Several lines: line ends become `\n`, tabs become spaces, trailing white space goes, no control characters.
/// Errors: as [`line`].
pub fn paragraphs(text: &str, length: Length) -> Result<String, String> {
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    measured(lines.join("\n").trim().to_string(), length, |c| c == '\n')
}

/// Whether a text names a mobile number or an identity number: what everybody will read must not.
pub fn names_a_person(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| is_mobile(word) || crate::identity::parse_id_number(word).is_ok())
}

fn is_mobile(word: &str) -> bool {
    let digits = word.as_bytes();
    digits.len() == 11
        && digits.iter().all(u8::is_ascii_digit)
        && digits[0] == b'1'
        && digits[1] >= b'3'
}

fn measured(text: String, length: Length, allowed: fn(char) -> bool) -> Result<String, String> {
    if let Some(c) = text.chars().find(|&c| is_forbidden(c) && !allowed(c)) {
        return Err(format!(
            "这里有看不见的控制字符（U+{:04X}），请删除后重新输入。",
            c as u32
        ));
    }
    let count = text.chars().count();
    if count < length.least {
        return Err(match length.least {
            1 => "请填写。".to_string(),
            least => format!("至少 {least} 个字，现在是 {count} 个字。"),
        });
    }
    if count > length.most {
        return Err(format!("最多 {} 个字，现在是 {count} 个字。", length.most));
    }
    Ok(text)
}

/// Control characters, and the invisible ones that reorder or hide text.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_tidied_and_measured_in_characters() {
        assert_eq!(
            line("  长虹路　雨污分流  ", length(1, 10)),
            Ok("长虹路 雨污分流".into())
        );
        assert!(line("", length(1, 10)).is_err());
        assert!(line("一二三四", length(1, 3)).is_err_and(|e| e.contains("现在是 4 个字")));
        assert!(line("a\u{0}b", length(1, 10)).is_err_and(|e| e.contains("U+0000")));
        assert!(line("a\u{202E}b", length(1, 10)).is_err());
    }

    #[test]
    fn numbers_of_persons_are_recognised_and_other_numbers_are_not() {
        for text in ["请打13900001111联系", "身份证 11010519491231002X。"] {
            assert!(names_a_person(text), "{text}");
        }
        for text in [
            "公告 ZJXY420606202603150001",
            "电话 0710-3456789",
            "合同价 12800000000 元",
            "91420606MATET0019T",
        ] {
            assert!(!names_a_person(text), "{text}");
        }
    }

    #[test]
    fn paragraphs_keep_their_line_ends() {
        assert_eq!(
            paragraphs("一\r\n二  \n\n三\n", length(1, 10)),
            Ok("一\n二\n\n三".into())
        );
        assert_eq!(paragraphs("a\tb", length(1, 10)), Ok("a    b".into()));
        assert!(paragraphs("a\u{7}b", length(1, 10)).is_err());
    }
}
