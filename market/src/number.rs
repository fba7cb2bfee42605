//! Numbers as they are printed on paper, and how they are found however they were typed from it.

use crate::typed::{ascii_code, is_copy, squeeze};

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

/// What a typed number may stand for, as keys, the nearest first: itself; without its label and a copy's number; with
/// the letters that were left off; the number inside an address; a notice of award without its last figure, which leads
/// to its project.
/// Empty when nothing of it could be a number.
pub fn meanings(typed: &str) -> Vec<String> {
    let last = typed
        .trim()
        .trim_end_matches('/')
        .rsplit(['/', '='])
        .next()
        .unwrap_or_default();
    // A copy's number is left off, and a slash may stand for the dash before the last figure.
    let mut keys = vec![key(&ascii_code(typed)), key(last), key(typed)];
    for each in keys.clone() {
        let prefixed = ["ZJXY", "ZX"].iter().filter_map(|prefix| each.find(prefix));
        keys.extend(prefixed.map(|at| each[at..].to_string()));
    }
    for each in keys.clone() {
        let digits: String = each
            .trim_start_matches(|c: char| !c.is_ascii_digit())
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if digits.len() >= DIGITS {
            keys.push(format!("ZX{digits}"));
            keys.push(format!("ZJXY{}", &digits[..DIGITS]));
            keys.push(format!("ZJXY{digits}"));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    keys.retain(|key| !key.is_empty() && seen.insert(key.clone()));
    keys
}

/// The meanings of a query for a notice of award, when it is the number of one or of its project, whole but perhaps for
/// the letters and the last figure. Empty for every other query.
pub fn of_award(query: &str) -> Vec<String> {
    let keys = meanings(query);
    let is_award = |key: &String| {
        let digits = key.strip_prefix("ZX").unwrap_or_default();
        digits.len() >= DIGITS && digits.bytes().all(|c| c.is_ascii_digit())
    };
    if keys.iter().any(is_award) {
        keys
    } else {
        Vec::new()
    }
}

/// The number that a query consists of, where a label (`公告编号：…`, `统一社会信用代码 …`) or a copy's number
/// (`（1-1）`) stands around it: only the number is looked for then. `None` for every other query.
pub fn labelled(query: &str) -> Option<String> {
    let number = ascii_code(query);
    let is_number = number.len() > 5
        && number.contains(|c: char| c.is_ascii_digit())
        && number
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !is_number {
        return None;
    }
    let (query, bare) = (squeeze(query), squeeze(&number));
    let (label, copy) = query.split_once(&bare)?;
    let is_label = ["码", "号", "证", "no"]
        .iter()
        .any(|end| label.ends_with(end));
    let is_copy = is_copy(copy)
        || (copy.len() > 1 && copy.len() < 5 && copy.bytes().all(|c| c.is_ascii_digit()));
    let is_around = (is_label || label.is_empty()) && (is_copy || copy.is_empty());
    // The blanks in a long number separate no words.
    (is_around && (query != bare || number.len() >= DIGITS)).then_some(number)
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
            "ZX420606202603160001/1",
            "http://market.test/verify/ZX420606202603160001/1",
            "中选通知书编号：ZX420606202603160001-1（1/1）",
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
        for typed in [
            "91420600MADEM00114（1-1）",
            "91420600MADEM00114（1/1）",
            "91420600MADEM00114(副本)",
            "统一社会信用代码：91420600MADEM00114",
            "代码：91420600MADEM00114（1/1）",
            "统一社会信用代码 91420600MADEM00114",
            "91420600 MADEM0011 4",
        ] {
            let code = "91420600MADEM00114";
            assert!(meanings(typed).contains(&code.into()), "{typed}");
            assert_eq!(labelled(typed).as_deref(), Some(code), "{typed}");
        }
        assert_eq!(meanings("zj-zr-008"), ["ZJZR008"]);
        assert!(meanings(" 。").is_empty());
        assert!(of_award("编号：ZX420606202603160001-1").contains(&award));
        assert!(of_award("420606202603160001").contains(&notice));
        for query in ["ZX项目", "zxpt", "长虹路", "91420600MADEM00114"] {
            assert!(of_award(query).is_empty(), "{query}");
        }
    }

    #[test]
    fn a_query_of_words_stays_one() {
        for query in [
            "cma 123456",
            "环境影响评价 2026",
            "ZJ-ZR-008",
            "长虹路3号",
            "测绘：襄阳",
            "",
            "：",
        ] {
            assert_eq!(labelled(query), None, "{query}");
        }
        assert_eq!(
            labelled("事项编码：zj-zr-008。").as_deref(),
            Some("ZJ-ZR-008")
        );
    }
}
