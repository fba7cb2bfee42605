//! Numerals as people write them: ASCII digits, Chinese ones, small and formal, and the units 十 to 亿. Amounts, counts,
//! dates and the search for numbers of persons all read with this. The browser runs it before it seals a bid, so there
//! are no tables here.

use crate::typed::{clean, plain};

/// Fractions of one that the reading calculates in, so that `1.23456789亿` stays exact.
pub const ONE: i128 = 1_000_000_000_000;

/// The largest number without a unit that is read.
const LARGEST: i128 = 1_000_000_000_000;

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    Number,
    TooLarge,
    /// More decimals than [`ONE`] has.
    TooFine,
    /// `8万6` is 86,000 to one reader and 80,006 to another; 七八 is a guess between two.
    Ambiguous,
}

/// What a digit stands for: an ASCII one, a Chinese one in any of its writings, 幺 and 两, or one of an Arabic or Indian
/// keyboard.
pub fn digit(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6F0}'..='\u{6F9}' => u32::from(c) - 0x6F0,
        '\u{966}'..='\u{96F}' => u32::from(c) - 0x966,
        '零' | '〇' | '○' | '◯' => 0,
        '一' | '壹' | '壱' | '弌' | '幺' => 1,
        '二' | '贰' | '貳' | '弍' | '两' | '兩' => 2,
        '三' | '叁' | '叄' | '參' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The characters of a number: half width, ASCII digits for those of other keyboards, one comma and no blanks.
pub fn signs(text: &str) -> Vec<char> {
    let sign = |c| match c {
        // Of Arabic, Armenian and Ideographic keyboards, and the low quote that looks like one.
        '\u{60C}' | '\u{66C}' | '\u{55D}' | '\u{2E41}' | '\u{2E32}' | '\u{201A}' => ',',
        '\u{660}'..='\u{96F}' => digit(c)
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(c),
        c => c,
    };
    let text = plain(&clean(text));
    let visible = text.chars().filter(|c| !c.is_whitespace());
    visible.map(sign).collect()
}

/// Digits that are written one by one, `2026` or `二〇二六`, as one number of at most nine digits.
pub fn one_by_one(text: &[char]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    let next = |number, &c: &char| Some(number * 10 + digit(c)?);
    text.iter().try_fold(0, next)
}

/// A whole number: `30`, `1,200`, `三十`, `一百二十`, `一二〇`, `廿五`. A decimal point may have noughts behind it.
/// Errors: no number, a fraction, beyond a million million, or two readings (三百五, 七八).
pub fn whole(text: &[char]) -> Result<u64, No> {
    let text = twenties(text);
    let is_spelled = text.len() > 1 && text.iter().all(|&c| digit(c).is_some());
    let value = match text.iter().any(|c| !c.is_ascii()) && is_spelled {
        // Without a nought, 七八 and 三五 are estimates.
        true if !text.iter().any(|&c| digit(c) == Some(0)) => return Err(No::Ambiguous),
        true => i128::from(one_by_one(&text).ok_or(No::TooLarge)?) * ONE,
        false => exact(&text)?,
    };
    match u64::try_from(value / ONE) {
        Ok(whole) if value % ONE == 0 => Ok(whole),
        _ => Err(No::Number),
    }
}

/// 廿 and 卅 as the tens that they are.
fn twenties(text: &[char]) -> Vec<char> {
    let tens = |&c: &char| match c {
        '廿' | '卄' => vec!['二', '十'],
        '卅' => vec!['三', '十'],
        c => vec![c],
    };
    text.iter().flat_map(tens).collect()
}

/// A number with its units, in parts of [`ONE`]: the largest unit divides it.
pub fn exact(text: &[char]) -> Result<i128, No> {
    units(&twenties(text))
}

fn units(text: &[char]) -> Result<i128, No> {
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
            [] if unit == 10 => ONE,
            number => units(number)?,
        };
        // 零 stands for empty places: 八万零六百.
        let (zero, rest) = match &text[at + 1..] {
            ['零' | '〇', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let rest = match rest {
            [] if zero => return Err(No::Number),
            [] => 0,
            // 八十六 and 8万6000 are clear; 8万6 and 三百五 are not.
            _ if !zero
                && places > 1
                && rest.len() != places
                && rest.iter().all(|&c| digit(c).is_some()) =>
            {
                return Err(No::Ambiguous);
            }
            rest => units(rest)?,
        };
        if unit == 10 && number >= 10 * ONE {
            return Err(No::Number);
        }
        let value = number.checked_mul(unit).ok_or(No::TooLarge)?;
        return if rest < unit * ONE {
            Ok(value.saturating_add(rest))
        } else {
            Err(No::Number)
        };
    }
    bare(text)
}

/// A number without units, in parts of [`ONE`]: digits with commas between thousands and a decimal point, or one
/// Chinese digit and what stands behind its 点.
pub fn bare(text: &[char]) -> Result<i128, No> {
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
                value = value * 10 + i128::from(digit(c).ok_or(No::Number)?);
                group = group.map(|n| n + 1);
            }
        }
        if value > LARGEST {
            return Err(No::TooLarge);
        }
    }
    let is_numeral = digits.iter().any(|c| !c.is_ascii());
    if digits.first().is_none_or(|&c| c == ',')
        || group.is_some_and(|n| n != 3)
        || (is_numeral && digits.len() > 1)
    {
        return Err(No::Number);
    }
    let mut value = value * ONE;
    let mut part = ONE;
    for &c in decimals {
        part /= 10;
        match digit(c).ok_or(No::Number)? {
            0 => {}
            _ if part == 0 => return Err(No::TooFine),
            digit => value += i128::from(digit) * part,
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<u64, No> {
        whole(&signs(text))
    }

    #[test]
    fn whole_numbers_are_read_in_every_writing() {
        for (text, number) in [
            ("30", 30),
            ("３０", 30),
            ("\u{202D}3\u{A0}0\u{202C}", 30),
            ("1,200", 1_200),
            ("1\u{FE50}200", 1_200),
            ("1，200", 1_200),
            ("1\u{66C}200", 1_200),
            ("三十", 30),
            ("叁拾", 30),
            ("十", 10),
            ("十五", 15),
            ("一百二十", 120),
            ("一百零五", 105),
            ("两百", 200),
            ("一二〇", 120),
            ("三〇", 30),
            ("廿五", 25),
            ("卅", 30),
            ("零", 0),
            ("30.0", 30),
            ("1.2万", 12_000),
            ("叄佰陸拾伍", 365),
            ("廿万", 200_000),
            ("٣٠", 30),
            ("۳۰", 30),
            ("३०", 30),
        ] {
            assert_eq!(read(text), Ok(number), "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_not_guessed() {
        for (text, no) in [
            ("七八", No::Ambiguous),
            ("三百五", No::Ambiguous),
            ("99999999999999", No::TooLarge),
            ("", No::Number),
            ("-5", No::Number),
            ("30.5", No::Number),
            ("5²", No::Number),
            ("½", No::Number),
            ("1,20", No::Number),
            ("1e3", No::Number),
            ("3O", No::Number),
            ("十十", No::Number),
        ] {
            assert_eq!(read(text), Err(no), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,16}|[零一二两廿十百千万亿0-9.,]{0,12}") {
            let _ = read(&text);
            let _ = one_by_one(&signs(&text));
        }
    }
}
