//! What may be typed into a field of text, before anything is made of it.

use crate::typed::{self, clean};

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

/// A single line: trimmed, inner runs of blanks and line ends made one space.
/// Errors: what [`typed::unkeepable`] names, too short, too long.
pub fn line(text: &str, length: Length) -> Result<String, String> {
    let words: Vec<String> = clean(text).split_whitespace().map(str::to_string).collect();
    measured(words.join(" "), length)
}

/// Several lines: tabs become spaces, blanks at their ends go. Errors: as [`line`].
pub fn paragraphs(text: &str, length: Length) -> Result<String, String> {
    let text = clean(text).replace('\t', "    ");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    measured(lines.join("\n").trim().to_string(), length)
}

fn measured(text: String, length: Length) -> Result<String, String> {
    if let Some(sentence) = typed::unkeepable(&text) {
        return Err(sentence);
    }
    if !text.is_empty() && text.chars().all(shows_nothing) {
        return Err("请填写看得见的文字。".to_string());
    }
    let count = typed::count(&text);
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

/// Marks that sit on a letter show nothing without one, and the empty Braille cell never does.
fn shows_nothing(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{2800}' | '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_shows_nothing_is_refused() {
        for nothing in [
            "\u{301}\u{301}",
            "\u{2800}\u{2800}",
            "\u{301} \u{20DD}",
            "\u{200B}\u{200B}",
        ] {
            assert!(line(nothing, length(1, 30)).is_err(), "{nothing:?}");
        }
        assert_eq!(
            line("阿卜杜拉·买买提", length(2, 30)),
            Ok("阿卜杜拉·买买提".into())
        );
        assert_eq!(line("—", length(1, 30)), Ok("—".into()));
    }

    #[test]
    fn lines_are_tidied_and_measured_in_characters() {
        assert_eq!(
            line("  长虹路　雨污分流  ", length(1, 10)),
            Ok("长虹路 雨污分流".into())
        );
        assert!(line("", length(1, 10)).is_err());
        assert!(line("一二三四", length(1, 3)).is_err_and(|e| e.contains("现在是 4 个字")));
        assert!(line("a\u{7}b", length(1, 10)).is_err_and(|e| e.contains("第 2 个字")));
        assert_eq!(line("a\u{202E}b\u{B}c", length(1, 10)), Ok("ab c".into()));
    }

    #[test]
    fn paragraphs_keep_their_line_ends() {
        assert_eq!(
            paragraphs("一\r\n二  \n\n三\n", length(1, 10)),
            Ok("一\n二\n\n三".into())
        );
        assert_eq!(paragraphs("a\tb", length(1, 10)), Ok("a    b".into()));
        assert_eq!(
            paragraphs("一\u{B}二\u{3000}三\u{200B}", length(1, 10)),
            Ok("一\n二 三".into())
        );
        assert!(paragraphs("a\u{7}b", length(1, 10)).is_err());
    }
}
