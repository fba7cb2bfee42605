//! Dates as people write them.

use super::{Date, date_formal};
use crate::numeral::{digit, one_by_one, whole};
use crate::typed::{clean, first, plain, squeeze};
use ::time::Month;

/// Reads a date with the year in it: `2026-03-20` with any sign between the numbers, `20260320`, `2026年3月20日`,
/// `2026年3月20号`, `二〇二六年三月二十日`. A time of day behind it is left off, and the words that say what begins or
/// ends then (`有效期至…`, `自…起`, `…止`).
pub fn parse_date(text: &str) -> Result<Date, String> {
    read(text).map_err(|no| no.sentence(text, None))
}

/// The same for a form of today: where the year is missing, the question names the date that was probably meant.
pub fn date_near(today: Date) -> impl Fn(&str) -> Result<Date, String> {
    move |text| read(text).map_err(|no| no.sentence(text, Some(today)))
}

/// The last day of something that may have none: `None` for 长期 and 永久有效.
pub fn end_near(today: Date) -> impl Fn(&str) -> Result<Option<Date>, String> {
    move |text| {
        if is_endless(text) {
            Ok(None)
        } else {
            date_near(today)(text).map(Some)
        }
    }
}

fn is_endless(text: &str) -> bool {
    let text = squeeze(text);
    let text = without_words(&text);
    let text = text.strip_suffix("有效").unwrap_or(text);
    matches!(text, "长期" | "永久" | "长久" | "无固定期限")
}

/// Words in front of a date.
const BEFORE: &[&str] = &[
    "有效期限",
    "有效期",
    "有效",
    "截至",
    "截止",
    "截",
    "至",
    "到",
    "自",
    "从",
    "由",
    "公元",
    "为",
];
/// Words behind it.
const BEHIND: &[&str] = &["为止", "止", "起"];

/// A date without the words that say what begins or ends then.
fn without_words(mut text: &str) -> &str {
    loop {
        let before = text;
        text = text.trim_matches(|c: char| c.is_whitespace() || "().,;:".contains(c));
        let inner = BEFORE.iter().find_map(|word| text.strip_prefix(word));
        text = inner.unwrap_or(text);
        let inner = BEHIND.iter().find_map(|word| text.strip_suffix(word));
        text = inner.unwrap_or(text);
        if text == before {
            return text;
        }
    }
}

/// Why a text is no date.
enum No {
    Date,
    /// Month and day are there, the year is not.
    Year(Month, u8),
    /// Only the last two digits of the year are there.
    Century(i32, Month, u8),
}

impl No {
    fn sentence(self, text: &str, today: Option<Date>) -> String {
        let text = first(text.trim(), 30);
        let (meant, year) = match (self, today) {
            (No::Year(month, day), Some(today)) => (
                Date::from_calendar_date(today.year(), month, day).ok(),
                "今年".to_string(),
            ),
            // A number that is far from today may be a day or a month.
            (No::Century(year, month, day), Some(today))
                if (today.year() - 10..=today.year() + 30).contains(&(2_000 + year)) =>
            {
                let year = 2_000 + year;
                let meant = Date::from_calendar_date(year, month, day);
                (meant.ok(), format!(" {year} 年"))
            }
            _ => (None, String::new()),
        };
        match meant {
            Some(date) => format!(
                "“{text}”没有写全年份。如果是{year}，请写 {}。",
                date_formal(date)
            ),
            None => format!("“{text}”不是一个完整的日期，请按 2026-03-20 的样式填写。"),
        }
    }
}

fn read(text: &str) -> Result<Date, No> {
    let text = plain(&clean(text));
    let text = without_time(without_words(&text));
    // A label in front.
    let text = match text.split_once(':') {
        Some((label, date)) if !label.contains(|c: char| c.is_ascii_digit()) => date,
        _ => ["日期", "时间", "于"]
            .iter()
            .find_map(|end| text.split_once(end).map(|(_, date)| date))
            .filter(|date| date.contains(|c| digit(c).is_some()))
            .unwrap_or(text),
    };
    let text = without_words(text);
    let is_divider = |c: char| {
        c.is_whitespace() || crate::typed::is_dash(c) || "/.,、_·年月日号號曰".contains(c)
    };
    let parts: Vec<&str> = text
        .split(is_divider)
        .filter(|part| !part.is_empty())
        .collect();
    let (year, month, day) = match parts[..] {
        [digits] if digits.len() == 8 && digits.is_ascii() => (
            number(&digits[..4]),
            number(&digits[4..6]),
            number(&digits[6..]),
        ),
        [year, month, day] => (
            Some(number(year).ok_or(No::Date)?),
            number(month),
            number(day),
        ),
        [month, day] => (None, number(month), number(day)),
        _ => return Err(No::Date),
    };
    let (Some(month), Some(day)) = (month, day) else {
        return Err(No::Date);
    };
    let month = u8::try_from(month)
        .ok()
        .and_then(|month| Month::try_from(month).ok())
        .ok_or(No::Date)?;
    let day = u8::try_from(day)
        .ok()
        .filter(|day| (1..=31).contains(day))
        .ok_or(No::Date)?;
    let year = year.ok_or(No::Year(month, day))?;
    if (10..100).contains(&year) {
        return Err(No::Century(year, month, day));
    }
    if !(1900..=2200).contains(&year) {
        return Err(No::Date);
    }
    Date::from_calendar_date(year, month, day).map_err(|_| No::Date)
}

/// A date without the time of day or the day of the week behind it: spreadsheets add `00:00:00` or `T00:00`, letters
/// 上午9时 or （星期四）.
fn without_time(text: &str) -> &str {
    let after_day = text
        .char_indices()
        .filter(|(at, c)| matches!(c, '日' | '号' | '號') && text[..*at].contains('月'))
        .map(|(at, c)| (at + c.len_utf8(), at + c.len_utf8()));
    let after_blank = text
        .char_indices()
        .filter(|(_, c)| matches!(c, ' ' | 'T'))
        .map(|(at, _)| (at, at + 1));
    let mut ends = after_day.take(1).chain(after_blank);
    match ends.find(|&(_, behind)| is_time(&text[behind..])) {
        Some((end, _)) => text[..end].trim_end(),
        None => text,
    }
}

/// Whether a text is a day of the week, a time of day, or both.
fn is_time(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = text.trim_matches(['(', ')', '.', ',']);
    let weekday = ["星期", "礼拜", "周"]
        .iter()
        .find_map(|name| bare.strip_prefix(name))
        .and_then(|rest| rest.strip_prefix(['一', '二', '三', '四', '五', '六', '日', '天']));
    let time = weekday.unwrap_or(bare).trim_matches(['(', ')', ',']);
    let is_of_time =
        |c: char| digit(c).is_some() || "十廿上下中午凌晨早晚间傍时點点分秒整半:.+Z".contains(c);
    match time {
        "" => weekday.is_some(),
        time => time.contains(['午', '时', '點', '点', ':']) && time.chars().all(is_of_time),
    }
}

/// A number in digits, in Chinese digits one by one (二〇二六, with a letter O for the nought), or with
/// their units (二千零二十六, 二十, 廿).
fn number(text: &str) -> Option<i32> {
    let signs: Vec<char> = text
        .chars()
        .map(|c| if "OoΟοОо".contains(c) { '0' } else { c })
        .collect();
    let spelled = one_by_one(&signs).filter(|_| signs.len() <= 4);
    let number = spelled.or_else(|| whole(&signs).ok()?.try_into().ok())?;
    i32::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::date;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_in_the_ways_people_write_them() {
        for text in [
            "2026-03-20",
            "2026/3/20",
            "2026.03.20",
            " 2026年3月20日 ",
            "2026年3月20号",
            "20260320",
            "２０２６０３２０",
            "２０２６－０３－２０",
            "2026 3 20",
            "2026 - 03 - 20",
            "2026—3—20",
            "2026 年 3 月 20 日。",
            "二〇二六年三月二十日",
            "二零二六年三月二十日",
            "贰零贰陆年叁月贰拾日",
            "二○二六年三月廿日",
            "2026-03-20 00:00:00",
            "2026-03-20T08:30",
            "成立日期：2026年3月20日",
            "\u{200E}2026-03-20",
            "2026.3.20",
            "2026年3月20日上午9时",
            "2026年3月20日 上午 9:00",
            "2026年3月20日（星期五）",
            "2026年3月20日星期五下午3点半",
            "2026-3-20 9时30分",
            "2026/3/20 上午 9:00:00",
            "2026-03-20T00:00:00Z",
            "二〇二六年三月二十日上午九时",
            "二O二六年三月二十日",
            "二ο二六年三月二十日",
            "二千零二十六年三月二十日",
            "成立日期 2026-03-20",
            "成立于2026年3月20日",
            "2026年3月20曰",
            "２０２６年０３月２０号。",
            "有效期至2026年3月20日",
            "有效期至：2026年3月20日",
            "有效期截止到 2026-03-20",
            "至2026-03-20",
            "截至2026年3月20日",
            "截止2026.3.20",
            "到2026年3月20日",
            "自2026年3月20日",
            "自二〇二六年三月二十日起",
            "公元2026年3月20日",
            "（2026年3月20日止）",
            "2026-03-20止。",
            "有效期：至2026年3月20日上午9时止",
        ] {
            assert_eq!(parse_date(text), Ok(date!(2026 - 03 - 20)), "{text}");
        }
        assert_eq!(
            parse_date("二〇二六年十二月三十一日"),
            Ok(date!(2026 - 12 - 31))
        );
        assert_eq!(parse_date("二〇二六年十月十日"), Ok(date!(2026 - 10 - 10)));
        assert_eq!(parse_date("2026-3-5"), parse_date("二〇二六年三月五日"));
    }

    #[test]
    fn what_is_no_date_or_several_is_refused() {
        for text in [
            "2026-02-30",
            "2026-13-01",
            "明天",
            "",
            "2026-03-20-01",
            "202603",
            "2026年3月",
            "20261301",
            "5/3/2026",
            "长期",
            "２０²６-03-20",
            "百",
            "2026年3月20日至25日",
            "2026年3月20日、21日",
            "2026年3月20日前",
            "2026年3月20日20日",
            "自2026-03-20至2030-12-31",
            "2026年3月20日至长期",
            "上午9时",
        ] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_missing_year_is_asked_about_and_not_guessed() {
        let read = date_near(date!(2026 - 11 - 27));
        for text in [
            "3月5号",
            "3月5日",
            "三月五日",
            "3-5",
            "26-03-05",
            "26年3月5日",
            "26-3-5",
            "3月5日上午9时",
        ] {
            let sentence = read(text).expect_err(text);
            assert!(sentence.contains("2026年3月5日"), "{text}: {sentence}");
        }
        let sentence = read("有效期至30年12月31日").expect_err("two digits");
        assert!(
            sentence.contains("如果是 2030 年，请写 2030年12月31日"),
            "{sentence}"
        );
        for text in [
            "05/03/26",
            "5/3/26",
            "约2030-12-31",
            "98-5-1",
            "甲乙年3月5日",
        ] {
            let sentence = read(text).expect_err(text);
            assert!(!sentence.contains("请写"), "{text}: {sentence}");
        }
        assert_eq!(read("2026-03-05"), Ok(date!(2026 - 03 - 05)));
    }

    #[test]
    fn what_has_no_end_is_no_mistake() {
        let read = end_near(date!(2026 - 11 - 27));
        for text in [
            "长期",
            "长期有效",
            " 长 期。",
            "有效期至：长期",
            "永久有效",
            "至长期",
        ] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
        assert_eq!(read("至2030-12-31"), Ok(Some(date!(2030 - 12 - 31))));
        assert!(read("长期合作").is_err() && read("有效").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,20}|[0-9年月日十二三号 -]{0,14}") {
            let _ = parse_date(&text);
        }
    }
}
