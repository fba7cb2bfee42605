//! Accounts: what a login name and a password must be like, and how often a password may be tried.
//! Hashing and the list of breached passwords are the server's.

mod attempts;
mod guessable;
mod named;

use crate::typed::clean;

pub use attempts::{Attempts, CountedBy, NotJudged, place};
pub use guessable::is_of_common_words;
pub use named::is_nearly;

/// The shortest password, in characters.
pub const SHORTEST: usize = 10;
/// The longest, so that hashing stays bounded, in characters.
pub const LONGEST: usize = 128;

/// Reads a login name: 3 to 30 letters, digits, dots, dashes or underscores; case does not matter.
pub fn parse_login(text: &str) -> Result<String, String> {
    let login = fold_login(text);
    let plain = login
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if plain && (3..=30).contains(&login.len()) {
        Ok(login)
    } else {
        Err("登录名为 3 至 30 个字母、数字、点、横线或下划线。".to_string())
    }
}

/// A login name as it is kept and looked for: half width, small letters, nothing invisible, no blanks around it.
pub fn fold_login(text: &str) -> String {
    let plain = crate::typed::plain(&clean(text));
    plain.trim().to_lowercase()
}

/// Checks a new password: its length, and that whoever sees it written can type it again. Blanks at its ends and signs
/// that nobody sees come with copying, and would lock its owner out. How guessable it is, the server judges with its
/// list.
pub fn check_new(text: &str) -> Result<String, String> {
    let is_blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
    if is_blank(text.chars().next()) || is_blank(text.chars().next_back()) {
        return Err("密码的开头或末尾有空格，以后容易漏输，请去掉后重新填写。".to_string());
    }
    let is_unseen = |c: char| c.is_control() || clean(c.encode_utf8(&mut [0; 4])).is_empty();
    if let Some(at) = text.chars().position(is_unseen) {
        return Err(format!(
            "密码第 {} 个字符是看不见的，可能是复制时带来的，请手工重新输入。",
            at + 1
        ));
    }
    match text.chars().count() {
        n if n < SHORTEST => Err(format!("密码至少 {SHORTEST} 个字符，现在是 {n} 个。")),
        n if n > LONGEST => Err(format!("密码最多 {LONGEST} 个字符。")),
        _ => Ok(text.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_folded_and_bounded() {
        assert_eq!(parse_login(" Zhang.San "), Ok("zhang.san".into()));
        let typed = "\u{FEFF}Ｚｈａｎｇ．ｓａｎ\u{3000}";
        assert_eq!(parse_login(typed), Ok(fold_login("zhang.san")));
        for wrong in ["ab", "张三", "a b c", &"x".repeat(31), ""] {
            assert!(parse_login(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_new_password_has_nothing_that_nobody_sees() {
        let good = "松柏-Lantern 4827-渡口";
        assert_eq!(check_new(good), Ok(good.into()));
        for (typed, words) in [
            (format!("{good} "), "空格"),
            (format!("\u{3000}{good}"), "空格"),
            (format!("{good}\n"), "空格"),
            (format!("\u{FEFF}{good}"), "第 1 个字符"),
            ("松柏\u{200B}-Lantern 4827".into(), "第 3 个字符"),
            ("松柏-\tLantern 4827".into(), "第 4 个字符"),
            ("短".into(), "至少"),
        ] {
            let no = check_new(&typed).expect_err(&typed);
            assert!(no.contains(words), "{typed:?}: {no}");
        }
    }
}
