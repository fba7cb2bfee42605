//! Telephone numbers as people write them, read into one spelling.

use crate::numeral::digit;
use crate::typed::{clean, code, plain};

/// Reads a telephone number: a mobile, a landline with its area code and perhaps an extension, a 400 or 800 number, or
/// a short service number. With or without +86, labels, blanks and dashes.
/// Chinese numerals are digits where the whole number is in them.
/// The spelling: `13900001111`, `0710-3456789`, `0710-3456789转801`, `400-123-4567`, `12345`.
pub fn parse_phone(text: &str) -> Result<String, String> {
    let code = code(&in_digits(text));
    let code = match code.rsplit_once(':') {
        Some((label, number)) if !label.contains(|c: char| c.is_ascii_digit()) => number,
        _ => &code,
    };
    let code = without_remark(code);
    if !code.contains(|c: char| c.is_ascii_digit()) {
        return Err(unknown(""));
    }
    let (main, extension) = match code.find(|c: char| !is_of_number(c)) {
        Some(at) => {
            let digits = code[at..].trim_start_matches(|c: char| !c.is_ascii_digit());
            let marker =
                code[at..code.len() - digits.len()].trim_matches(|c: char| "()-. :".contains(c));
            if !MARKERS.contains(&marker) {
                return Err(unknown(marker));
            }
            (
                &code[..at],
                Some(digits.trim_end_matches(|c: char| "()号".contains(c))),
            )
        }
        None => (code, None),
    };
    let (main, abroad) = without_country(main);
    let groups: Vec<&str> = main
        .split(|c: char| !c.is_ascii_digit())
        .filter(|group| !group.is_empty())
        .collect();
    let digits = groups.concat();
    // Behind the country, an area code has lost its zero.
    let lacks_zero = abroad
        && !["0", "400", "800"]
            .iter()
            .any(|start| digits.starts_with(start))
        && !is_mobile(&digits);
    let digits = if lacks_zero {
        format!("0{digits}")
    } else {
        digits
    };
    number(&digits, &groups, extension)
}

/// Reads the telephone at which one person is reached: a mobile, or a landline with its area code and perhaps an
/// extension. Numbers of services (`110`, `12345`, `400-123-4567`) reach a body, never a person.
pub fn parse_own_phone(text: &str) -> Result<String, String> {
    let number = parse_phone(text)?;
    if number.starts_with('0') || is_mobile(&number) {
        Ok(number)
    } else {
        Err(format!(
            "“{number}”是服务热线，联系不到本人。请填写 11 位手机号，或带区号的固定电话，如 0710-3456789。"
        ))
    }
}

/// Without a label that has no colon (`电话 139…`), and without what is remarked behind (`（微信同号）`).
fn without_remark(code: &str) -> &str {
    const LABELS: [&str; 8] = [
        "电话",
        "手机",
        "号码",
        "手机号",
        "座机",
        "热线",
        "TEL",
        "PHONE",
    ];
    let is_digit = |c: char| c.is_ascii_digit();
    let start = code
        .find(|c| is_digit(c) || matches!(c, '+' | '('))
        .unwrap_or(0);
    let label = code[..start].trim_end_matches(['.', '-']);
    let code = match LABELS.iter().any(|end| label.ends_with(end)) {
        true => &code[start..],
        false => code,
    };
    match code
        .strip_suffix(')')
        .and_then(|open| open.rsplit_once('('))
    {
        Some((number, remark)) if number.contains(is_digit) && !remark.contains(is_digit) => number,
        _ => code,
    }
}

/// 一三九〇〇〇〇一一一一 as digits. Beside digits such characters are words: 转一楼.
fn in_digits(text: &str) -> String {
    let plain = plain(&clean(text));
    if plain.contains(|c: char| c.is_ascii_digit()) {
        return plain;
    }
    let digit = |c| {
        digit(c)
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(c)
    };
    plain.chars().map(digit).collect()
}

const MARKERS: [&str; 8] = ["转", "转接", "分机", "EXT", "X", "*", "#", "转分机"];

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '-' | '(' | ')' | '+' | '.' | '/' | '·' | '_')
}

/// Without +86 or 0086, and whether it was there.
fn without_country(main: &str) -> (&str, bool) {
    let start = main.trim_start_matches(['(', '-']);
    let rest = start
        .strip_prefix("+86")
        .or_else(|| start.strip_prefix("0086"))
        .or_else(|| start.strip_prefix("86-"))
        .or_else(|| start.strip_prefix("86)"))
        .or_else(|| {
            // No number of this country begins with 86 and has so many digits.
            let digits = start.chars().filter(char::is_ascii_digit).count();
            start.strip_prefix("86").filter(|_| digits > 10)
        });
    match rest {
        Some(rest) => (rest, true),
        None => (main, false),
    }
}

fn unknown(what: &str) -> String {
    if what.is_empty() {
        "请填写一个电话号码：11 位手机号，或带区号的固定电话，如 0710-3456789。".to_string()
    } else {
        let what: String = what.chars().take(10).collect();
        format!("不认识电话号码中的“{what}”，分机请写成 0710-3456789转801。")
    }
}

fn number(digits: &str, groups: &[&str], extension: Option<&str>) -> Result<String, String> {
    let is_extension =
        |text: &str| (1..=6).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    if extension.is_some_and(|extension| !is_extension(extension)) {
        return Err("分机号应为 1 至 6 位数字，如 0710-3456789转801。".to_string());
    }
    let with_extension = |main: String| match extension {
        Some(extension) => format!("{main}转{extension}"),
        None => main,
    };
    // What stands behind a whole number is its extension: 4001234567-2, 0710-351-2345-801.
    if let ([_, _, ..], None) = (groups, extension)
        && let Some((last, rest)) = groups.split_last()
        && is_extension(last)
        && is_whole(&rest.concat())
        && (rest.len() > 1 || !is_whole(digits))
    {
        return number(&rest.concat(), rest, Some(last));
    }
    if let ("400" | "800", 10) = (digits.get(..3).unwrap_or_default(), digits.len()) {
        return Ok(with_extension(format!(
            "{}-{}-{}",
            &digits[..3],
            &digits[3..6],
            &digits[6..]
        )));
    }
    if let Some(rest) = digits.strip_prefix('0') {
        let area = area_length(digits);
        if extension.is_none() && is_mobile(rest) {
            return Ok(rest.to_string());
        }
        if matches!(digits.len() - area.min(digits.len()), 7 | 8) && !digits.starts_with("00") {
            return Ok(with_extension(format!(
                "{}-{}",
                &digits[..area],
                &digits[area..]
            )));
        }
        return Err("固定电话应为区号加 7 或 8 位号码，如 0710-3456789。".to_string());
    }
    if extension.is_none() && is_mobile(digits) {
        return Ok(digits.to_string());
    }
    if extension.is_none() && is_service(digits) {
        return Ok(digits.to_string());
    }
    Err(match digits.len() {
        11 if digits.starts_with('1') && extension.is_some() => {
            "手机号没有分机，请只填一个号码。".to_string()
        }
        11 => format!("没有以“{}”开头的 11 位手机号，请核对。", &digits[..3]),
        7 | 8 => "固定电话请加上区号，如 0710-3456789。".to_string(),
        _ => unknown(""),
    })
}

/// Area codes have three digits for the largest cities (010, 02x), four elsewhere.
fn area_length(digits: &str) -> usize {
    if digits.starts_with("01") || digits.starts_with("02") {
        3
    } else {
        4
    }
}

/// The digits of a landline with its area code, or of a 400 or 800 number.
fn is_whole(digits: &str) -> bool {
    if let Some(rest) = digits.strip_prefix('0') {
        return !rest.starts_with('0')
            && matches!(digits.len().saturating_sub(area_length(digits)), 7 | 8)
            && !is_mobile(rest);
    }
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))
}

/// Eleven digits of a mobile: 13 to 19.
pub fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes[0] == b'1'
        && bytes[1] >= b'3'
}

/// 110, 12345, 10086, 96511, 95588: short numbers of services.
fn is_service(digits: &str) -> bool {
    let short = (3..=6).contains(&digits.len())
        && (digits.starts_with("10") || digits.starts_with("11") || digits.starts_with("12"));
    short
        || ((5..=8).contains(&digits.len())
            && (digits.starts_with("95") || digits.starts_with("96")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_digit_is_asked_for_and_no_extension() {
        for text in ["x", "X", "手机", "#", "无", "转"] {
            let sentence = parse_phone(text).expect_err(text);
            assert!(
                sentence.contains("请填写一个电话号码"),
                "{text}: {sentence}"
            );
        }
    }
    use proptest::prelude::*;

    #[test]
    fn phones_are_read_in_the_ways_people_write_them() {
        for (typed, number) in [
            ("138 1234 5678", "13812345678"),
            ("+86 138-1234-5678", "13812345678"),
            ("0086 13812345678", "13812345678"),
            ("86 13812345678", "13812345678"),
            ("013812345678", "13812345678"),
            ("(+86)13812345678", "13812345678"),
            ("\u{202D}13900001111\u{202C}", "13900001111"),
            ("１３９—００００－１１１１", "13900001111"),
            ("手机：13900001111。", "13900001111"),
            ("0710-3456789", "0710-3456789"),
            ("(0710)3456789", "0710-3456789"),
            ("（0710） 345 6789", "0710-3456789"),
            ("027 12345678", "027-12345678"),
            ("+86-10-12345678", "010-12345678"),
            ("+86 710 3456789", "0710-3456789"),
            ("0710-3456789转801", "0710-3456789转801"),
            ("0710-3456789 转 801", "0710-3456789转801"),
            ("0710-3456789-801", "0710-3456789转801"),
            ("0710-3456789*801", "0710-3456789转801"),
            ("0710—3456789 ext. 801", "0710-3456789转801"),
            ("0710-3456789（分机801）", "0710-3456789转801"),
            ("07103456789#801", "0710-3456789转801"),
            ("400 123 4567", "400-123-4567"),
            ("4001234567转2", "400-123-4567转2"),
            ("800-123-4567", "800-123-4567"),
            ("12345", "12345"),
            ("110", "110"),
            ("96511", "96511"),
            ("10086", "10086"),
            ("(0710) 3512345 转 8001", "0710-3512345转8001"),
            ("０７１０—３５１２３４５", "0710-3512345"),
            ("+86 (0)710 3512345", "0710-3512345"),
            ("4008-123-456", "400-812-3456"),
            ("一三九〇〇〇〇一一一一", "13900001111"),
            ("电话：零七一零-三五一二三四五", "0710-3512345"),
            ("幺三九零零零零幺幺幺幺", "13900001111"),
            ("٠٧١٠-٣٥١٢٣٤٥", "0710-3512345"),
            ("电话 13900001111", "13900001111"),
            ("TEL 0710-3512345", "0710-3512345"),
            ("手机号码13900001111", "13900001111"),
            ("13900001111（微信同号）", "13900001111"),
            ("(86)13900001111", "13900001111"),
            ("86 710 3512345", "0710-3512345"),
            ("0710_3512345", "0710-3512345"),
            ("0710-351-2345-801", "0710-3512345转801"),
            ("027-8712-3456-801", "027-87123456转801"),
            ("02787123456-8001", "027-87123456转8001"),
            ("4001234567-2", "400-123-4567转2"),
        ] {
            assert_eq!(parse_phone(typed), Ok(number.into()), "{typed}");
            assert_eq!(
                parse_phone(number),
                Ok(number.into()),
                "{number}: shown and typed back"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for wrong in [
            "",
            "电话",
            "3456789",
            "1381234567",
            "138123456789012",
            "12012345678",
            "10012345678",
            "13900001111转801",
            "0710-3456789转",
            "0710-3456789转12345678",
            "0710-12345",
            "13900001111/13900002222",
            "13900001111 13900002222",
            "99999",
            "1",
            "+86",
            "0086",
            "转801",
            "0710-3456789或13900001111",
            "²²²",
            "张工13900001111",
            "13900001111 张工",
            "0710-3512345/13900001111",
            "0085212345678",
        ] {
            assert!(
                parse_phone(wrong).is_err(),
                "{wrong}: {:?}",
                parse_phone(wrong)
            );
        }
    }

    #[test]
    fn a_person_is_reached_at_a_mobile_or_a_landline() {
        for own in ["139 0000 1111", "0710-3456789转801", "+86 10 12345678"] {
            assert_eq!(parse_own_phone(own), parse_phone(own), "{own}");
            assert!(parse_own_phone(own).is_ok(), "{own}");
        }
        for service in [
            "110",
            "12345",
            "10086",
            "95588",
            "96511",
            "400 123 4567",
            "8001234567转2",
        ] {
            assert!(parse_phone(service).is_ok(), "{service}");
            let said = parse_own_phone(service).expect_err(service);
            assert!(said.contains("服务热线"), "{said}");
        }
        assert_eq!(parse_own_phone("1"), parse_phone("1"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,24}|[0-9+()转 -]{0,20}") {
            if let Ok(number) = parse_phone(&text) {
                prop_assert_eq!(parse_phone(&number), Ok(number));
            }
        }
    }
}
