//! What single fields hold: numbers, lines, paragraphs, names, numbers on paper.

use crate::numeral::{digit, signs, whole};

/// Reads a whole number within bounds, in digits or Chinese numerals: `30`, `３０`, `三十`. One of `units` may stand behind
/// it, as the field names it; the first one is how the field is called in a sentence.
pub fn number(
    least: u32,
    most: u32,
    units: &[&'static str],
) -> impl Fn(&str) -> Result<u32, String> {
    let units = units.to_vec();
    move |text| {
        let bounds = format!("{least} 至 {most} 之间的整数");
        let (number, unit) = with_unit(text);
        let is_bare = unit.is_empty();
        // 个 begins or stands for what is counted: 20 个 beside 工作日 or 人.
        let is_counter = unit == "个" && units.iter().any(|unit| is_counted(unit));
        let is_known = is_counter || units.contains(&unit.as_str());
        if !is_bare && !units.is_empty() && !number.is_empty() && !is_known {
            return Err(format!(
                "“{}”不是这里的单位，请按{}填写 {bounds}。",
                crate::typed::first(&unit, 10),
                units[0]
            ));
        }
        match whole(&number).ok().and_then(|n| u32::try_from(n).ok()) {
            Some(n) if (least..=most).contains(&n) && (is_bare || !units.is_empty()) => Ok(n),
            _ => Err(format!("请填写 {bounds}。")),
        }
    }
}

/// Whether people count by 个 what this unit counts.
fn is_counted(unit: &str) -> bool {
    unit.starts_with('个') || matches!(unit, "人" | "家" | "份" | "名" | "位" | "项" | "次")
}

/// A number and the words behind it, without a label, brackets around the unit, and 内 or 以内.
fn with_unit(text: &str) -> (Vec<char>, String) {
    let mut signs = signs(text);
    if let Some(colon) = signs.iter().position(|&c| c == ':')
        && !signs[..colon].iter().any(|&c| digit(c).is_some())
    {
        signs.drain(..=colon);
    }
    let is_of_number = |c: char| {
        c.is_ascii_punctuation() && c != '('
            || digit(c).is_some()
            || "十拾百佰千仟万萬廿卅点".contains(c)
    };
    let end = signs
        .iter()
        .position(|&c| !is_of_number(c))
        .unwrap_or(signs.len());
    let unit: String = signs.split_off(end).iter().collect();
    let unit = unit.trim_matches(|c: char| c.is_ascii_punctuation());
    let within = unit
        .strip_suffix("以内")
        .or_else(|| unit.strip_suffix('内'));
    let unit = within.unwrap_or(unit);
    while matches!(signs.last(), Some('.' | ',' | ';')) {
        signs.pop();
    }
    (signs, unit.to_string())
}

/// Reads a line of text of a given length.
pub fn line(least: usize, most: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| crate::text::line(text, crate::text::length(least, most))
}

/// Reads paragraphs of a given length.
pub fn paragraphs(least: usize, most: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| crate::text::paragraphs(text, crate::text::length(least, most))
}

/// Reads paragraphs that others will read: no numbers of persons.
pub fn public(least: usize, most: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| impersonal(paragraphs(least, most)(text)?)
}

/// Reads a line that others will read: no numbers of persons.
pub fn public_line(least: usize, most: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| impersonal(line(least, most)(text)?)
}

fn impersonal(text: String) -> Result<String, String> {
    match crate::identity::personal_number(&text) {
        Some(kind) => Err(format!("这里的内容别人会看到，请删去其中的{kind}。")),
        None => Ok(text),
    }
}

/// Reads the name of a person: at least two letters of some script. Others may see it.
pub fn person(text: &str) -> Result<String, String> {
    named(public_line(2, 50)(text)?, "请填写完整的姓名。")
}

/// Reads the name of a body, as on its licence. It is public.
pub fn body(text: &str) -> Result<String, String> {
    named(public_line(4, 100)(text)?, "请填写与证照一致的单位名称。")
}

/// A name has letters: signs, marks and blanks alone show nothing.
fn named(name: String, otherwise: &str) -> Result<String, String> {
    if name.chars().filter(|c| c.is_alphabetic()).count() >= 2 {
        Ok(name)
    } else {
        Err(otherwise.to_string())
    }
}

/// Reads the number on a certificate into its one spelling.
pub fn paper_number(text: &str) -> Result<String, String> {
    let number = line(2, 60)(&crate::typed::code(text))?;
    if number.chars().any(char::is_alphanumeric) {
        Ok(number)
    } else {
        Err("请填写证书上的编号。".to_string())
    }
}

/// The same for a number that everybody will read.
pub fn public_number(text: &str) -> Result<String, String> {
    impersonal(paper_number(text)?)
}

/// Reads an identifier that a page wrote into the form.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| "请从列出的选项中选择。".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_numerals_of_both_kinds_with_the_unit_of_the_field() {
        let days = number(1, 365, &["工作日", "个工作日", "天", "日"]);
        for typed in [
            "30",
            "３０",
            "三十",
            "三十日",
            "30天",
            "30 个工作日",
            "叁拾天",
            "30（工作日）",
            "30天内",
            "三十日以内。",
            "30。",
            "时限：30天",
            "\u{202D}30\u{202C}",
            "三〇",
            "卅日",
            "30 个",
            "三十个",
        ] {
            assert_eq!(days(typed), Ok(30), "{typed}");
        }
        assert_eq!(number(1, 5_000, &[])("1，200"), Ok(1_200));
        assert_eq!(number(1, 50, &["家"])("3个"), Ok(3));
        assert!(number(1, 60, &["年"])("3个").is_err());
        for (typed, words) in [
            (
                "30个月",
                "“个月”不是这里的单位，请按工作日填写 1 至 365 之间的整数。",
            ),
            ("30日历天", "“日历天”不是这里的单位"),
            ("七八天", "请填写 1 至 365 之间的整数。"),
            ("-30", "请填写 1 至 365 之间的整数。"),
            ("30-60", "请填写 1 至 365 之间的整数。"),
            ("0", "请填写 1 至 365 之间的整数。"),
            ("366", "请填写 1 至 365 之间的整数。"),
            ("3.5", "请填写 1 至 365 之间的整数。"),
            ("很久", "请填写 1 至 365 之间的整数。"),
            ("", "请填写 1 至 365 之间的整数。"),
            ("5²", "之间的整数。"),
        ] {
            let sentence = days(typed).expect_err(typed);
            assert!(sentence.contains(words), "{typed}: {sentence}");
        }
        assert!(number(1, 50, &[])("3人").is_err(), "a field without a unit");
    }

    #[test]
    fn names_show_something_and_fit() {
        assert_eq!(person("阿卜杜拉·买买提"), Ok("阿卜杜拉·买买提".into()));
        assert!(person(&"名".repeat(50)).is_ok() && person(&"名".repeat(51)).is_err());
        assert!(body(&"名".repeat(100)).is_ok() && body(&"名".repeat(101)).is_err());
        for nothing in [
            "··",
            "--",
            "\u{3164}\u{3164}",
            "\u{2800}\u{2800}",
            "\u{301}\u{301}",
            "13900001111",
            "１２",
        ] {
            assert!(person(nothing).is_err(), "{nothing:?}");
        }
        assert_eq!(
            paper_number("证书编号：乙测资字 420 号（1-1）"),
            Ok("乙测资字420号".into())
        );
        assert!(paper_number("——。").is_err());
        assert!(public_number("110105 19491231 002X").is_err_and(|e| e.contains("身份证")));
        assert!(public_number("乙测资字 420 号").is_ok());
    }
}
