//! Numbers as they are printed on paper, and how they are found however they were typed from it.

use crate::typed::squeeze;

/// Region, date and serial number in notice and award numbers: so many digits.
const DIGITS: usize = 18;

/// A number as it is looked up: half width, capital letters, nothing but letters and digits, O and I as the digits
/// that they are taken for. (`number_key` in the database does the same to what is stored.)
pub fn key(text: &str) -> String {
    squeeze(text)
        .chars()
        .filter(char::is_ascii)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' => '1',
            other => other,
        })
        .collect()
}

/// What a typed number may stand for, as keys, the nearest first: itself; with the letters that were left off; the
/// number inside an address or behind a label; a notice of award without its last figure, which leads to its project.
/// Empty when nothing of it could be a number.
pub fn meanings(typed: &str) -> Vec<String> {
    let last = typed
        .trim()
        .trim_end_matches('/')
        .rsplit(['/', '='])
        .next()
        .unwrap_or_default();
    let whole = key(last);
    if whole.is_empty() {
        return Vec::new();
    }
    let mut keys = vec![whole.clone()];
    for prefix in ["ZJXY", "ZX"] {
        if let Some(at) = whole.find(prefix).filter(|at| *at > 0) {
            keys.push(whole[at..].to_string());
        }
    }
    let digits: String = whole
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    if digits.len() >= DIGITS {
        keys.push(format!("ZX{digits}"));
        keys.push(format!("ZJXY{}", &digits[..DIGITS]));
        keys.push(format!("ZJXY{digits}"));
    }
    let mut seen = std::collections::BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_key_however_it_is_typed() {
        for typed in [
            "ZX420606202603160001-1",
            "zx420606202603160001-1",
            "ＺＸ４２０６０６２０２６０３１６０００１－１",
            " ZX 420606 20260316 0001 — 1。",
            "ZX42O6O6202603160001-I",
            "中选通知书编号：ZX420606202603160001-1",
            "“ZX420606202603160001-1”",
            "\u{200B}ZX420606202603160001\u{2011}1",
        ] {
            assert_eq!(key(typed), "ZX4206062026031600011", "{typed}");
        }
        assert_eq!(key("zj-zr-008."), "ZJZR008");
        assert_eq!(key("。，"), "");
    }

    #[test]
    fn what_was_left_off_or_put_around_a_number_is_thought_of() {
        let award = "ZX4206062026031600011".to_string();
        for typed in [
            "http://market.test/verify/ZX420606202603160001-1",
            "/verify/ZX420606202603160001-1/",
            "/verify?number=ZX420606202603160001-1",
            "No.ZX420606202603160001-1",
            "420606202603160001-1",
        ] {
            assert!(
                meanings(typed).contains(&award),
                "{typed}: {:?}",
                meanings(typed)
            );
        }
        let notice = "ZJXY420606202603160001".to_string();
        for typed in [
            "ZX420606202603160001",
            "420606202603160001",
            "公告编号 ZJXY420606202603160001",
        ] {
            assert!(meanings(typed).contains(&notice), "{typed}");
        }
        assert_eq!(meanings("zj-zr-008"), ["ZJZR008"]);
        assert!(meanings(" 。").is_empty());
    }
}
