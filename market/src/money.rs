//! Money is a whole number of fen (1/100 yuan): never a float, never a string.

use serde::{Deserialize, Serialize};

/// An amount in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// The largest amount that a form takes: ten billion yuan, in fen.
pub const LARGEST: Fen = Fen(1_000_000_000_000);

impl Fen {
    /// Reads what people type for an amount in yuan: `86000`, `86,000.00`, `８６０００`, `8.6万`, `86000元`.
    /// Errors: not a number, more than two decimals of a fen-exact sum, zero, negative, beyond [`LARGEST`].
    pub fn parse(text: &str) -> Result<Fen, String> {
        let too_large = || "金额超过了一百亿元，请核对单位。".to_string();
        let wrong = || format!("“{text}”不是一个金额，请填写数字，如 86000.00。");
        let plain: String = half_width(text)
            .chars()
            .filter(|c| !matches!(c, ',' | ' ' | '¥' | '￥'))
            .collect();
        let plain = plain.trim_end_matches('元');
        let (digits, decimals) = match plain.strip_suffix('万') {
            Some(digits) => (digits, 6),
            None => (plain, 2),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) || misplaced_comma(text) {
            return Err(wrong());
        }
        if whole.len() > 12 {
            return Err(too_large());
        }
        if fraction.len() > decimals {
            return Err("金额最多精确到分。".to_string());
        }
        let padded = format!("{whole}{fraction:0<decimals$}");
        let fen = Fen(padded.parse().map_err(|_| wrong())?);
        match fen {
            Fen(0) => Err("金额必须大于零。".to_string()),
            fen if fen > LARGEST => Err(too_large()),
            fen => Ok(fen),
        }
    }

    /// `86,000.00`
    pub fn yuan(self) -> String {
        let fen = self.0.unsigned_abs();
        let digits = (fen / 100).to_string();
        let mut whole = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                whole.push(',');
            }
            whole.push(c);
        }
        format!(
            "{}{whole}.{:02}",
            if self.0 < 0 { "-" } else { "" },
            fen % 100
        )
    }

    /// The same amount as a form takes it back: `86000.00`.
    pub fn plain(self) -> String {
        self.yuan().replace(',', "")
    }

    /// In units of 万元 with two decimals, rounded half up: `8.60`.
    pub fn wan(self) -> String {
        Fen((self.0 + 5_000).div_euclid(10_000)).yuan()
    }

    /// The formal writing of an amount: `人民币捌万陆仟元整`.
    pub fn capitals(self) -> String {
        let fen = self.0.unsigned_abs();
        let (yuan, jiao, cents) = (fen / 100, (fen / 10 % 10) as usize, (fen % 10) as usize);
        let mut text = String::from("人民币");
        if yuan > 0 {
            text.push_str(&capital_integer(yuan));
            text.push('元');
        }
        match (jiao, cents) {
            (0, 0) if yuan == 0 => text.push_str("零元整"),
            (0, 0) => text.push('整'),
            (0, cents) => {
                if yuan > 0 {
                    text.push('零');
                }
                text.push_str(&format!("{}分", CAPITALS[cents]));
            }
            (jiao, 0) => text.push_str(&format!("{}角整", CAPITALS[jiao])),
            (jiao, cents) => text.push_str(&format!("{}角{}分", CAPITALS[jiao], CAPITALS[cents])),
        }
        text
    }

    /// By how many percent this is below `ceiling`, with one decimal, never below zero: `21.0`.
    pub fn percent_below(self, ceiling: Fen) -> String {
        let permille = (ceiling.0 - self.0).max(0) * 1_000 / ceiling.0.max(1);
        format!("{}.{}", permille / 10, permille % 10)
    }
}

impl From<i64> for Fen {
    fn from(fen: i64) -> Self {
        Fen(fen)
    }
}

/// Whether a comma stands where no thousands end: `8,6000` may be 86,000 or a slip, so it is asked about.
fn misplaced_comma(text: &str) -> bool {
    let plain = half_width(text);
    let whole = plain.split('.').next().unwrap_or_default();
    whole
        .split(',')
        .skip(1)
        .any(|group| group.chars().filter(char::is_ascii_digit).count() != 3)
}

/// Full-width digits, letters and signs as their ordinary forms: what an input method leaves behind.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '，' => ',',
            '。' => '.',
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

const CAPITALS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

fn capital_integer(number: u64) -> String {
    let mut groups = Vec::new();
    let mut rest = number;
    while rest > 0 {
        groups.push(rest % 10_000);
        rest /= 10_000;
    }
    let mut text = String::new();
    let mut zero_pending = false;
    for (i, &group) in groups.iter().enumerate().rev() {
        if group == 0 {
            zero_pending = !text.is_empty();
            continue;
        }
        if zero_pending || (!text.is_empty() && group < 1_000) {
            text.push('零');
        }
        text.push_str(&capital_group(group));
        text.push_str(["", "万", "亿", "万亿"][i.min(3)]);
        zero_pending = false;
    }
    text
}

fn capital_group(group: u64) -> String {
    let mut text = String::new();
    let mut zero = false;
    for (unit, name) in [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let digit = (group / unit % 10) as usize;
        if digit == 0 {
            zero = !text.is_empty();
        } else {
            if zero {
                text.push('零');
            }
            text.push_str(CAPITALS[digit]);
            text.push_str(name);
            zero = false;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_in_the_ways_people_type_them() {
        for (text, fen) in [
            ("86000", 8_600_000),
            ("86,000.00", 8_600_000),
            ("８６０００．５", 8_600_050),
            ("8.6万", 8_600_000),
            ("0.01", 1),
            ("12.345678万", 12_345_678),
            ("¥ 1,200.5元", 120_050),
        ] {
            assert_eq!(Fen::parse(text), Ok(Fen(fen)), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_a_sentence() {
        for text in [
            "",
            "0",
            "-5",
            "1.234",
            "八万",
            "1e5",
            "1.2.3",
            "8,6000",
            "1,00,000",
            "99999999999999999999",
            "20000000000",
            "万",
            ".",
        ] {
            assert!(Fen::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn formal_writing_follows_the_bank_rules() {
        for (fen, text) in [
            (8_600_000, "人民币捌万陆仟元整"),
            (10_050, "人民币壹佰元伍角整"),
            (10_005, "人民币壹佰元零伍分"),
            (123_456_789, "人民币壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
            (100_000_100, "人民币壹佰万零壹元整"),
            (1_000_000_000_000, "人民币壹佰亿元整"),
            (1_001_000_000, "人民币壹仟零壹万元整"),
            (50, "人民币伍角整"),
        ] {
            assert_eq!(Fen(fen).capitals(), text, "{fen}");
        }
    }

    #[test]
    fn savings_are_given_in_percent() {
        assert_eq!(Fen(2_380_000).percent_below(Fen(3_000_000)), "20.6");
        assert_eq!(Fen(3_100_000).percent_below(Fen(3_000_000)), "0.0");
        assert_eq!(Fen(8_605_000).wan(), "8.61");
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed_back(fen in 1i64..LARGEST.0) {
            prop_assert_eq!(Fen::parse(&Fen(fen).yuan()), Ok(Fen(fen)));
            prop_assert_eq!(Fen::parse(&Fen(fen).plain()), Ok(Fen(fen)));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,24}") {
            let _ = Fen::parse(&text);
        }

        #[test]
        fn capitals_never_double_a_zero(fen in 1i64..LARGEST.0) {
            prop_assert!(!Fen(fen).capitals().contains("零零"));
        }
    }
}
