//! Accounts: what a login name and a password must be like, and how often a password may be tried.
//! Hashing and the list of breached passwords are the server's.

mod attempts;
mod guessable;

pub use attempts::{Attempts, CountedBy, NotJudged, place};
pub use guessable::is_of_common_words;

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
    let plain = crate::typed::plain(&crate::typed::clean(text));
    plain.trim().to_lowercase()
}

/// Checks the length; how guessable it is, the server judges with its list.
pub fn check_length(text: &str) -> Result<String, String> {
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
}
