//! Money is a whole number of fen (1/100 yuan): never a float, never a string.

mod amount;

use serde::{Deserialize, Serialize};

/// An amount in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Fen(pub i64);

/// The largest amount that a form takes: ten billion yuan, in fen.
pub const LARGEST: Fen = Fen(1_000_000_000_000);

impl Fen {
    /// Reads what people type for an amount in yuan: `86000`, `86,000.00`, `８６０００`, `8.6万`, `人民币8.6万元整`,
    /// `捌万陆仟元整`, `8万6千`; a label's 万元 counts.
    /// Errors: not a number, two readings, more than two decimals of a fen-exact sum, zero, negative, beyond [`LARGEST`].
    pub fn parse(text: &str) -> Result<Fen, String> {
        amount::parse(text)
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
        let (yuan, jiao, cents) = (fen / 100, digit(fen / 10), digit(fen));
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

/// The last digit of a number, as a place in [`CAPITALS`].
fn digit(number: u64) -> usize {
    usize::try_from(number % 10).unwrap_or(0)
}

fn capital_group(group: u64) -> String {
    let mut text = String::new();
    let mut zero = false;
    for (unit, name) in [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let digit = digit(group / unit);
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
        fn capitals_never_double_a_zero(fen in 1i64..LARGEST.0) {
            prop_assert!(!Fen(fen).capitals().contains("零零"));
        }
    }
}
