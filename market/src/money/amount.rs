//! Reads an amount as licences, budgets and contracts write it. The browser runs this before it seals a bid, so there
//! are no tables here.

use super::{Fen, LARGEST, half_width};

/// Parts of a yuan that the reading calculates in, so that `1.23456789亿` stays exact.
const YUAN: i128 = 1_000_000_000_000;
const FEN: i128 = YUAN / 100;

/// Why a text is no amount.
enum No {
    Amount,
    TooLarge,
    TooFine,
    /// `8万6` is 86,000 to one reader and 80,006 to another.
    Ambiguous,
    /// What stands in brackets is another amount than what stands before them.
    Differ,
}

/// See [`Fen::parse`].
pub fn parse(text: &str) -> Result<Fen, String> {
    match read(text) {
        Ok(0) => Err("金额必须大于零。".to_string()),
        Ok(value) => Ok(Fen((value / FEN) as i64)),
        Err(no) => Err(sentence(no, text)),
    }
}

fn sentence(no: No, text: &str) -> String {
    let quote = |why: &str| {
        let short: String = text.chars().take(30).collect();
        format!("“{short}”{why}")
    };
    match no {
        No::Amount => quote("不是一个金额，请填写数字，如 86000.00 或 8.6万。"),
        No::TooLarge => "金额超过了一百亿元，请核对单位。".to_string(),
        No::TooFine => "金额最多精确到分。".to_string(),
        No::Ambiguous => quote("有两种读法，请写全，如 8万6千 或 86000。"),
        No::Differ => quote("括号内外是两个金额，请只写一个。"),
    }
}

fn read(text: &str) -> Result<i128, No> {
    let mut plain: Vec<char> = half_width(text)
        .chars()
        .filter(|c| !is_nothing(*c))
        .collect();
    // A label: its 万元 counts when the number has no unit of its own.
    let mut factor = 1;
    let colon = plain.iter().position(|&c| c == ':');
    if let Some(colon) = colon.filter(|&colon| !plain[..colon].iter().any(char::is_ascii_digit)) {
        let in_wan = plain.drain(..=colon).any(|c| c == '万');
        if in_wan && !plain.iter().any(|c| matches!(c, '万' | '亿' | '元')) {
            factor = 10_000;
        }
    }
    plain.retain(|&c| c != ':');
    let value = match plain.iter().position(|&c| c == '(') {
        Some(open) if open > 0 => bracketed(&plain[..open], &plain[open + 1..])?,
        _ => sum(&plain)?,
    };
    match value.saturating_mul(factor) {
        value if value > i128::from(LARGEST.0) * FEN => Err(No::TooLarge),
        value if value % FEN != 0 => Err(No::TooFine),
        value => Ok(value),
    }
}

/// A unit in brackets, `8.6（万元）`, or the formal writing of the same amount.
fn bracketed(outer: &[char], inner: &[char]) -> Result<i128, No> {
    if !inner.iter().any(|&c| digit(c).is_some()) {
        return sum(&[outer, inner].concat());
    }
    let (one, other) = (sum(outer)?, sum(inner)?);
    if one == other {
        Ok(one)
    } else {
        Err(No::Differ)
    }
}

/// Blanks, brackets' ends, currency signs and what is never seen.
fn is_nothing(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '¥' | '￥' | ')' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Yuan, then 角 and 分.
fn sum(text: &[char]) -> Result<i128, No> {
    let text = trimmed(text);
    if let ['万', '元', number @ ..] | ['万', number @ ..] = text {
        // A unit in front is a label.
        return Ok(bare(number)? * 10_000);
    }
    let Some(at) = text.iter().position(|c| matches!(c, '元' | '圆' | '块')) else {
        return if text.iter().any(|c| matches!(c, '角' | '毛' | '分')) {
            parts(text)
        } else {
            whole(text)
        };
    };
    let behind = &text[at + 1..];
    let small = if behind.is_empty() { 0 } else { parts(behind)? };
    Ok(whole(&text[..at])?.saturating_add(small))
}

/// `5角`, `5角6分`, `零6分`.
fn parts(text: &[char]) -> Result<i128, No> {
    let (mut sum, mut rest) = (0, text);
    for (names, unit) in [(['角', '毛'], YUAN / 10), (['分', '分'], FEN)] {
        if let Some(at) = rest.iter().position(|c| names.contains(c)) {
            match bare(rest[..at].strip_prefix(&['零']).unwrap_or(&rest[..at]))? {
                value if value % YUAN == 0 && value < 10 * YUAN => sum += value / YUAN * unit,
                _ => return Err(No::Amount),
            }
            rest = &rest[at + 1..];
        }
    }
    if rest.is_empty() {
        Ok(sum)
    } else {
        Err(No::Amount)
    }
}

/// Without the currency's name, 整 and stray signs at the ends.
fn trimmed(mut text: &[char]) -> &[char] {
    loop {
        text = match text {
            ['人', '民', '币', rest @ ..] | [rest @ .., '人', '民', '币'] => rest,
            ['R' | 'r', 'M' | 'm', 'B' | 'b', rest @ ..]
            | [rest @ .., 'R' | 'r', 'M' | 'm', 'B' | 'b'] => rest,
            ['C', 'N', 'Y', rest @ ..]
            | [rest @ .., 'C', 'N', 'Y']
            | ['大' | '小', '写', rest @ ..] => rest,
            [rest @ .., '整' | '正' | ',' | '.'] | ['(', rest @ ..] => rest,
            _ => return text,
        };
    }
}

/// A number with its units, in yuan: the largest unit divides it.
fn whole(text: &[char]) -> Result<i128, No> {
    const UNITS: [(&[char], i128, usize); 5] = [
        (&['亿', '億'], 100_000_000, 8),
        (&['万', '萬', 'w', 'W'], 10_000, 4),
        (&['千', '仟'], 1_000, 3),
        (&['百', '佰'], 100, 2),
        (&['十', '拾'], 10, 1),
    ];
    for (names, unit, places) in UNITS {
        let Some(at) = text.iter().rposition(|c| names.contains(c)) else {
            continue;
        };
        let number = match &text[..at] {
            [] if unit == 10 => YUAN,
            number => whole(number)?,
        };
        // 零 stands for empty places: 八万零六百.
        let (zero, rest) = match &text[at + 1..] {
            ['零' | '〇', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let rest = match rest {
            [] if zero => return Err(No::Amount),
            [] => 0,
            // 八十六 and 8万6000 are clear; 8万6 and 三百五 are not.
            _ if !zero
                && places > 1
                && rest.len() != places
                && rest.iter().all(|&c| digit(c).is_some()) =>
            {
                return Err(No::Ambiguous);
            }
            rest => whole(rest)?,
        };
        let value = number.checked_mul(unit).ok_or(No::TooLarge)?;
        return if rest < unit * YUAN {
            Ok(value.saturating_add(rest))
        } else {
            Err(No::Amount)
        };
    }
    bare(text)
}

/// A number without units: digits with commas between thousands and a decimal point, or one Chinese digit and what
/// stands behind its 点.
fn bare(text: &[char]) -> Result<i128, No> {
    let point = text
        .iter()
        .position(|c| matches!(c, '.' | '点'))
        .unwrap_or(text.len());
    let (digits, decimals) = (&text[..point], text.get(point + 1..).unwrap_or_default());
    let mut value = 0;
    let mut group = None;
    for &c in digits {
        match (c, group) {
            // `8,6000` may be 86,000 or a slip, so it is asked about.
            (',', None | Some(3)) => group = Some(0),
            (c, _) => {
                value = value * 10 + digit(c).ok_or(No::Amount)?;
                group = group.map(|n| n + 1);
            }
        }
        if value > 1_000_000_000_000 {
            return Err(No::TooLarge);
        }
    }
    let is_numeral = digits.iter().any(|c| !c.is_ascii());
    if digits.first().is_none_or(|&c| c == ',')
        || group.is_some_and(|n| n != 3)
        || (is_numeral && digits.len() > 1)
    {
        return Err(No::Amount);
    }
    let mut value = value * YUAN;
    let mut part = YUAN;
    for &c in decimals {
        part /= 10;
        match digit(c).ok_or(No::Amount)? {
            0 => {}
            _ if part == 0 => return Err(No::TooFine),
            digit => value += digit * part,
        }
    }
    Ok(value)
}

fn digit(c: char) -> Option<i128> {
    Some(match c {
        '0'..='9' => c as i128 - '0' as i128,
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
