//! Reads an amount as licences, budgets and contracts write it.

use super::{Fen, LARGEST};
use crate::numeral::{self, ONE as YUAN, bare, digit, exact, signs};
use crate::typed::clean;

const FEN: i128 = YUAN / 100;

/// Why a text is no amount.
enum No {
    Number(numeral::No),
    /// What stands in brackets is another amount than what stands before them.
    Differ,
}

impl From<numeral::No> for No {
    fn from(no: numeral::No) -> No {
        No::Number(no)
    }
}

const NO_AMOUNT: No = No::Number(numeral::No::Number);

/// See [`Fen::parse`].
pub fn parse(text: &str) -> Result<Fen, String> {
    if clean(text).trim().is_empty() {
        return Err("请填写金额，如 86000.00 或 8.6万。".to_string());
    }
    match read(text) {
        Ok(0) => Err("金额必须大于零。".to_string()),
        Ok(value) => {
            let fen = i64::try_from(value / FEN);
            fen.map(Fen).map_err(|_| sentence(NO_AMOUNT, text))
        }
        Err(no) => Err(sentence(no, text)),
    }
}

fn sentence(no: No, text: &str) -> String {
    let quote = |why: &str| {
        let short: String = text.chars().take(30).collect();
        format!("“{short}”{why}")
    };
    match no {
        No::Number(numeral::No::Number) => {
            quote("不是一个金额，请填写数字，如 86000.00 或 8.6万。")
        }
        No::Number(numeral::No::TooLarge) => "金额超过了一百亿元，请核对单位。".to_string(),
        No::Number(numeral::No::TooFine) => "金额最多精确到分。".to_string(),
        No::Number(numeral::No::Ambiguous) => quote("有两种读法，请写全，如 8万6千 或 86000。"),
        No::Differ => quote("括号内外是两个金额，请只写一个。"),
    }
}

fn read(text: &str) -> Result<i128, No> {
    let mut plain: Vec<char> = signs(text);
    plain.retain(|c| !matches!(c, '¥' | '￥' | '“' | '”' | '"' | '「' | '」' | '[' | ']'));
    // The point of a keyboard that has none.
    for at in 1..plain.len().saturating_sub(1) {
        if matches!(plain[at], '·' | '．')
            && plain[at - 1].is_ascii_digit()
            && plain[at + 1].is_ascii_digit()
        {
            plain[at] = '.';
        }
    }
    // A label: its 万元 counts when the number has no unit of its own.
    let mut factor = 1;
    let colon = plain.iter().position(|&c| c == ':');
    if let Some(colon) = colon.filter(|&colon| !plain[..colon].iter().any(char::is_ascii_digit)) {
        let in_wan = plain.drain(..=colon).any(|c| matches!(c, '万' | '萬'));
        if in_wan && !plain.iter().any(|&c| "万萬亿億元圆圓块".contains(c)) {
            factor = 10_000;
        }
    }
    plain.retain(|&c| c != ':');
    let mut value = None;
    for writing in writings(&plain) {
        let next = sum(&writing)?;
        if value.is_some_and(|value| value != next) {
            return Err(No::Differ);
        }
        value = Some(next);
    }
    match value.ok_or(NO_AMOUNT)?.saturating_mul(factor) {
        value if value > i128::from(LARGEST.0) * FEN => Err(numeral::No::TooLarge.into()),
        value if value % FEN != 0 => Err(numeral::No::TooFine.into()),
        value => Ok(value),
    }
}

/// The amount in each of its writings: `86000元（大写：捌万陆仟元整）` has two, `人民币（大写）捌万陆仟元整` and
/// `8.6（万元）` have one. A bracket, 大写 and 小写 begin another one where a number stands before and behind.
fn writings(text: &[char]) -> Vec<Vec<char>> {
    let has_number = |part: &[char]| {
        part.iter()
            .any(|&c| digit(c).is_some() || matches!(c, '十' | '拾'))
    };
    let mut found: Vec<Vec<char>> = vec![Vec::new()];
    let mut rest = text;
    while let [_, ..] = rest {
        let end = (1..rest.len())
            .find(|&at| matches!(rest[at..], ['(' | ')', ..] | ['大' | '小', '写', ..]))
            .unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        let part = match part {
            ['(' | ')', part @ ..] | ['大' | '小', '写', part @ ..] => part,
            part => part,
        };
        match found.last_mut() {
            Some(last) if !(has_number(last) && has_number(part)) => last.extend(part),
            _ => found.push(part.to_vec()),
        }
        rest = behind;
    }
    found
}

/// Yuan, then 角 and 分.
fn sum(text: &[char]) -> Result<i128, No> {
    let text = trimmed(text);
    // A unit in front is a label.
    match text {
        ['万' | '萬', '元', number @ ..] | ['万' | '萬', number @ ..] => {
            return Ok(bare(number)? * 10_000);
        }
        ['元', number @ ..] => return Ok(bare(number)?),
        _ => {}
    }
    let Some(at) = text
        .iter()
        .position(|c| matches!(c, '元' | '圆' | '圓' | '块'))
    else {
        return if text.iter().any(|c| matches!(c, '角' | '毛' | '分')) {
            parts(text)
        } else {
            Ok(exact(text)?)
        };
    };
    let behind = &text[at + 1..];
    let small = if behind.is_empty() { 0 } else { parts(behind)? };
    Ok(exact(&text[..at])?.saturating_add(small))
}

/// `5角`, `5角6分`, `零6分`.
fn parts(text: &[char]) -> Result<i128, No> {
    let (mut sum, mut rest) = (0, text);
    for (names, unit) in [(['角', '毛'], YUAN / 10), (['分', '分'], FEN)] {
        if let Some(at) = rest.iter().position(|c| names.contains(c)) {
            match bare(rest[..at].strip_prefix(&['零']).unwrap_or(&rest[..at]))? {
                value if value % YUAN == 0 && value < 10 * YUAN => sum += value / YUAN * unit,
                _ => return Err(NO_AMOUNT),
            }
            rest = &rest[at + 1..];
        }
    }
    if rest.is_empty() {
        Ok(sum)
    } else {
        Err(NO_AMOUNT)
    }
}

/// Without the currency's name, 整 and stray signs at the ends.
fn trimmed(mut text: &[char]) -> &[char] {
    loop {
        text = match text {
            ['人', '民', '币', rest @ ..] | [rest @ .., '人', '民', '币'] => rest,
            ['R' | 'r', 'M' | 'm', 'B' | 'b', rest @ ..]
            | [rest @ .., 'R' | 'r', 'M' | 'm', 'B' | 'b'] => rest,
            ['C' | 'c', 'N' | 'n', 'Y' | 'y', rest @ ..]
            | [rest @ .., 'C' | 'c', 'N' | 'n', 'Y' | 'y'] => rest,
            // What a price has in it is not another price.
            ['含', '税', rest @ ..] | [rest @ .., '含', '税'] if !rest.ends_with(&['不']) => {
                rest
            }
            [rest @ .., '/', '-'] => rest,
            [rest @ .., '整' | '正' | ',' | '.' | ';'] => rest,
            _ => return text,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_asked_for_and_not_quoted() {
        for text in ["", " ", "\u{200B}\u{3000}"] {
            let sentence = parse(text).expect_err("nothing");
            assert!(sentence.starts_with("请填写金额"), "{sentence}");
        }
    }

    #[test]
    fn amounts_are_read_in_the_ways_people_write_them() {
        for (text, fen) in [
            ("86000", 8_600_000),
            ("86,000.00", 8_600_000),
            ("８６０００．５", 8_600_050),
            ("8.6万", 8_600_000),
            ("0.01", 1),
            ("12.345678万", 12_345_678),
            ("¥ 1,200.5元", 120_050),
            ("500万元人民币", 500_000_000),
            ("人民币8.6万元整", 8_600_000),
            ("1亿元", 10_000_000_000),
            ("1.5亿", 15_000_000_000),
            ("捌万陆仟元整", 8_600_000),
            ("人民币捌万陆仟元整", 8_600_000),
            ("8万6千", 8_600_000),
            ("8万6000", 8_600_000),
            ("伍佰万元整", 500_000_000),
            ("RMB 86000", 8_600_000),
            ("86000元人民币", 8_600_000),
            ("注册资本（万元）：500", 500_000_000),
            ("金额：8.6万元", 8_600_000),
            ("万元 8.6", 8_600_000),
            ("8.6（万元）", 8_600_000),
            ("86,000.00元（大写：捌万陆仟元整）", 8_600_000),
            ("8.6w", 8_600_000),
            ("八点六万", 8_600_000),
            ("十五万", 15_000_000),
            ("一百零五元", 10_500),
            ("捌万零陆佰元伍角零陆分", 8_060_056),
            ("5角", 50),
            ("\u{202D}86000\u{202C}\u{200B}", 8_600_000),
            ("86 000。", 8_600_000),
            ("壹佰亿元整", 1_000_000_000_000),
            ("一万零八百", 1_080_000),
            ("壹拾贰万元", 12_000_000),
            ("12.5 万", 12_500_000),
            ("十二点五万元", 12_500_000),
            ("1,234,567.89元", 123_456_789),
            ("1\u{FE50}234\u{FE50}567.89元", 123_456_789),
            ("1，234，567｡89", 123_456_789),
            ("1\u{60C}234\u{66C}567", 123_456_700),
            ("人民币（大写）捌万陆仟元整", 8_600_000),
            ("（大写）人民币捌万陆仟元整（小写）￥86,000.00", 8_600_000),
            ("人民币（大写）：捌万陆仟元整（¥86000.00元）", 8_600_000),
            ("大写：捌万陆仟元整，小写：86000元", 8_600_000),
            ("0.86亿", 8_600_000_000),
            ("五十万零三百元", 50_030_000),
            ("cny 86000", 8_600_000),
            ("86000rmb", 8_600_000),
            ("Rmb¥86,000.00", 8_600_000),
            ("￥86000", 8_600_000),
            ("人民币元 86000", 8_600_000),
            ("捌萬陸仟圓整", 8_600_000),
            ("两万五千元", 2_500_000),
            ("伍佰万元（人民币）", 500_000_000),
            ("“86000元”", 8_600_000),
            ("「86,000」", 8_600_000),
            ("86000元；", 8_600_000),
            ("¥86000/-", 8_600_000),
            ("8·6万", 8_600_000),
            ("廿万", 20_000_000),
            ("86000元（含税）", 8_600_000),
            ("含税8.6万元", 8_600_000),
            ("٨٦٠٠٠", 8_600_000),
        ] {
            assert_eq!(parse(text), Ok(Fen(fen)), "{text}");
        }
    }

    #[test]
    fn a_mistake_asks_and_what_has_two_readings_is_not_guessed() {
        for (text, words) in [
            ("8万6", "两种读法"),
            ("三百五", "两种读法"),
            ("86000元（捌万元整）", "两个金额"),
            ("大写捌万元整小写86000元", "两个金额"),
            ("100000元（十万零一元）", "两个金额"),
            ("20000000000", "一百亿"),
            ("99999999999999999999", "一百亿"),
            ("1.234", "精确到分"),
            ("0", "大于零"),
            ("零元整", "大于零"),
        ] {
            let sentence = parse(text).expect_err(text);
            assert!(sentence.contains(words), "{text}: {sentence}");
        }
        for text in [
            "",
            "-5",
            "1e5",
            "1.2.3",
            "8,6000",
            "1,00,000",
            "万",
            ".",
            "约8万",
            "86000元（不含税）",
            "500万美元",
            "50万元/年",
            "8万8万",
            "八六",
            "8千6万零",
            "元",
            "角",
            "8元6",
            "5²",
            "½",
            "一二三",
            "8万至9万",
            "8,600,00",
            "8..6",
            "千万亿",
            "8万元元",
            "10角",
        ] {
            assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed_back(fen in 1i64..LARGEST.0) {
            prop_assert_eq!(parse(&Fen(fen).yuan()), Ok(Fen(fen)));
            prop_assert_eq!(parse(&Fen(fen).plain()), Ok(Fen(fen)));
            prop_assert_eq!(parse(&Fen(fen).capitals()), Ok(Fen(fen)));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,24}|[零一二九十百千万亿元角分整0-9.,（）：]{0,12}") {
            let _ = parse(&text);
        }
    }
}
