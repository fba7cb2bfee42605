//! Slips of the unit: an amount far from what such things cost is asked about before it goes on. It may be right: then
//! whoever typed it says so, of this amount and no other, and whoever checks the paper sees question and answer.

use crate::Fen;
use crate::form::Reader;
use serde::{Deserialize, Serialize};

/// Below this nobody pays for a service: 8.60 was meant in 万.
const LEAST_OF_ALL: Fen = Fen(100 * 100);
/// So many earlier amounts say what is usual; fewer say nothing.
const ENOUGH: usize = 8;
/// How far beyond the ordinary an amount is asked about. Slips of the unit are of 100 (分) and 10,000 (万).
const FAR: i64 = 10;

/// What is usual for an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usual {
    pub least: Fen,
    pub most: Fen,
}

/// The registered capital of a body.
pub const CAPITAL: Usual = Usual::yuan(10_000, 2_000_000_000);

impl Usual {
    /// From so many yuan to so many.
    pub const fn yuan(least: i64, most: i64) -> Usual {
        Usual {
            least: Fen(least * 100),
            most: Fen(most * 100),
        }
    }

    /// What earlier amounts for the same thing say: a tenth of the low ones to ten times the high ones. The lowest and
    /// the highest tenth don't count, for they may be slips themselves.
    pub fn of(mut earlier: Vec<Fen>) -> Option<Usual> {
        if earlier.len() < ENOUGH {
            return None;
        }
        earlier.sort();
        let cut = earlier.len() / 10;
        let (low, high) = (earlier[cut], earlier[earlier.len() - 1 - cut]);
        Some(Usual {
            least: Fen(low.0 / FAR),
            most: Fen(high.0.saturating_mul(FAR)),
        })
    }

    /// Both ranges together: what is usual for one of several kinds.
    pub fn or(self, other: Usual) -> Usual {
        Usual {
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    /// Whether to ask about an amount.
    pub fn doubt(self, amount: Fen) -> Option<Doubt> {
        let usual = Usual {
            least: self.least.max(LEAST_OF_ALL),
            most: self.most,
        };
        let is_usual = (usual.least..=usual.most).contains(&amount);
        (!is_usual).then_some(Doubt { amount, usual })
    }

    /// Reads an amount of a form that has parsed. `None` while a question is open; then the form comes back with it.
    /// Otherwise what was asked and answered, if anything was.
    pub fn ask(self, read: &mut Reader<'_>, field: &str, amount: Fen) -> Option<Option<Doubt>> {
        let Some(doubt) = self.doubt(amount) else {
            return Some(None);
        };
        read.ask(field, doubt.question(), &amount.plain())?;
        Some(Some(doubt))
    }
}

/// An amount that is not usual, stored with the paper that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    pub amount: Fen,
    pub usual: Usual,
}

impl Doubt {
    /// What is asked: `8.60 元？是否为 8.6 万元？…`
    pub fn question(&self) -> String {
        let meant = match self.meant() {
            Some(meant) => format!("是否为 {}？", in_words(meant)),
            None => "请核对数字和单位。".to_string(),
        };
        format!(
            "{}？{meant}这类金额通常在 {} 至 {} 之间。写错的请改正；没有写错的，请勾选确认后再提交。",
            said(self.amount),
            in_words(self.usual.least),
            in_words(self.usual.most)
        )
    }

    /// What whoever checks the paper reads.
    pub fn remark(&self) -> String {
        format!(
            "{}，不在通常的 {} 至 {} 之间。填写时已提示，填写人确认没有写错。",
            said(self.amount),
            in_words(self.usual.least),
            in_words(self.usual.most)
        )
    }

    /// The amount in another unit, if that is usual.
    fn meant(&self) -> Option<Fen> {
        let Fen(fen) = self.amount;
        let others = if self.amount < self.usual.least {
            [10_000, 100, 1_000].map(|times| fen.checked_mul(times))
        } else {
            [10_000, 100, 1_000].map(|times| (fen % times == 0).then_some(fen / times))
        };
        others
            .into_iter()
            .flatten()
            .map(Fen)
            .find(|other| (self.usual.least..=self.usual.most).contains(other))
    }
}

/// As it was understood: in yuan where it is small, in 万元 and 亿元 where digits are hard to count.
fn said(amount: Fen) -> String {
    if amount.0.abs() < 10_000 * 100 {
        format!("{} 元", amount.yuan())
    } else {
        format!("{} 元（{}）", amount.yuan(), in_words(amount))
    }
}

/// `1,000 元`, `8.6 万元`, `1.2 亿元`: exact, without noughts at the end.
fn in_words(amount: Fen) -> String {
    let (unit, decimals) = match amount.0.abs() {
        0..1_000_000 => ("元", 2),
        1_000_000..10_000_000_000 => ("万元", 6),
        _ => ("亿元", 10),
    };
    let divisor = 10_i64.pow(decimals);
    let (whole, rest) = (amount.0 / divisor, (amount.0 % divisor).abs());
    let whole = Fen(whole * 100).yuan();
    let whole = whole.trim_end_matches(".00");
    let rest = format!("{rest:0width$}", width = crate::count::place(decimals));
    match rest.trim_end_matches('0') {
        "" => format!("{whole} {unit}"),
        rest => format!("{whole}.{rest} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Form;
    use proptest::prelude::*;

    const SURVEYS: Usual = Usual::yuan(1_000, 3_000_000);

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Doubt>, crate::Problems> {
        let form: Form = pairs.iter().copied().collect();
        let mut read = Reader::new(&form);
        let amount = read.need("amount", Fen::parse);
        let asked = amount.and_then(|amount| SURVEYS.ask(&mut read, "amount", amount));
        read.finish(|| asked)
    }

    #[test]
    fn slips_of_the_unit_are_asked_about_with_what_may_be_meant() {
        for (typed, question) in [
            (860, "8.60 元？是否为 8.6 万元？"),
            (4_800, "48.00 元？是否为 48 万元？"),
            (1, "0.01 元？是否为 1,000 元？"),
            (8_600_000_000_000, "86,000,000,000.00 元（860 亿元）？"),
            (
                48_000_000_000,
                "480,000,000.00 元（4.8 亿元）？是否为 4.8 万元？",
            ),
            (
                860_000_000,
                "8,600,000.00 元（860 万元）？是否为 8.6 万元？",
            ),
        ] {
            let doubt = SURVEYS.doubt(Fen(typed));
            let asked = doubt.map(|doubt| doubt.question()).unwrap_or_default();
            if typed == 1 {
                assert!(asked.starts_with("0.01 元？"), "{asked}");
            } else {
                assert!(asked.starts_with(question), "{asked}");
            }
        }
        for usual in [100_000, 8_600_000, 300_000_000] {
            assert_eq!(SURVEYS.doubt(Fen(usual)), None);
        }
        assert!(
            Usual::yuan(1, 10).doubt(Fen(9_999)).is_some(),
            "below 100 yuan, always"
        );
    }

    #[test]
    fn the_answer_is_of_this_amount_and_no_other() {
        let asked = read(&[("amount", "8.6")]).expect_err("asked");
        assert_eq!(asked.0[0].confirm.as_deref(), Some("8.60"));
        let answered = read(&[("amount", "8.60元"), ("amount_meant", "8.60")]);
        assert_eq!(
            answered.expect("answered").map(|doubt| doubt.amount),
            Some(Fen(860))
        );
        for stale in ["8.6", "86.00", "on", ""] {
            assert!(
                read(&[("amount", "8.6"), ("amount_meant", stale)]).is_err(),
                "{stale}"
            );
        }
        assert!(
            read(&[("amount", "9.6"), ("amount_meant", "8.60")]).is_err(),
            "asked anew"
        );
        assert_eq!(
            read(&[("amount", "8.6万"), ("amount_meant", "8.60")]),
            Ok(None)
        );
    }

    #[test]
    fn earlier_amounts_say_what_is_usual_when_there_are_enough() {
        let amounts = |yuan: &[i64]| yuan.iter().map(|yuan| Fen(yuan * 100)).collect::<Vec<_>>();
        assert_eq!(Usual::of(amounts(&[48_000; 7])), None);
        assert_eq!(
            Usual::of(amounts(&[48_000; 8])),
            Some(Usual::yuan(4_800, 480_000))
        );
        let mut with_slips = [48_000; 20];
        with_slips[3] = 5;
        with_slips[9] = 480_000_000;
        assert_eq!(
            Usual::of(amounts(&with_slips)),
            Some(Usual::yuan(4_800, 480_000))
        );
        assert_eq!(Usual::yuan(1, 2).or(Usual::yuan(2, 9)), Usual::yuan(1, 9));
    }

    proptest! {
        #[test]
        fn whatever_is_asked_can_be_answered(fen in 1i64..1_000_000_000_000) {
            let typed = Fen(fen).plain();
            match read(&[("amount", &typed)]) {
                Ok(asked) => prop_assert_eq!(asked, None),
                Err(problems) => {
                    let confirm = problems.0[0].confirm.clone().unwrap_or_default();
                    let answered = read(&[("amount", &typed), ("amount_meant", &confirm)]);
                    prop_assert!(answered.is_ok_and(|doubt| doubt.is_some()));
                }
            }
        }
    }
}
