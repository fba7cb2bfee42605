//! The numbers of the methods in a policy: a row for each method and kind of money.

use super::Method;
use crate::owner::FundType;
use crate::{Fen, Refusal};
use serde::{Deserialize, Serialize};

/// The two kinds of money that rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Money {
    /// 公共资金: fiscal money and money of state-owned bodies.
    Public,
    /// 社会资金.
    Social,
}

impl From<FundType> for Money {
    fn from(fund: FundType) -> Money {
        if fund.is_public() {
            Money::Public
        } else {
            Money::Social
        }
    }
}

/// What a policy asks of a method for one kind of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyRules {
    /// The smallest number of entrants; of valid bids, too, where there are bids.
    pub min_entrants: u32,
    /// The largest amount, itself allowed.
    pub cap: Option<Fen>,
    /// The largest sum of what one owner has awarded by its own choice for one service type in 12 months.
    pub year_cap: Option<Fen>,
    /// After so many failures of the same requirement neither cap holds.
    pub failures_lift_caps: Option<u32>,
    /// Above this the owner gives a reason for the method.
    pub reason_above: Option<Fen>,
}

impl MoneyRules {
    /// Without any limit of the amount.
    pub const fn free(min_entrants: u32) -> MoneyRules {
        MoneyRules {
            min_entrants,
            cap: None,
            year_cap: None,
            failures_lift_caps: None,
            reason_above: None,
        }
    }

    /// Whether an amount may be spent so. `chosen_last_year` is the sum that [`Self::year_cap`] is about.
    /// Errors: [`Refusal::AmountLimit`] naming the limit.
    pub fn check(
        &self,
        method: Method,
        amount: Fen,
        failures: u32,
        chosen_last_year: Fen,
    ) -> Result<(), Refusal> {
        let limit = |sentence: String| Err(Refusal::AmountLimit { sentence });
        let label = method.label();
        if self.failures_lift_caps.is_some_and(|lift| failures >= lift) {
            return Ok(());
        }
        if let Some(cap) = self.cap.filter(|cap| amount > *cap) {
            return limit(format!("公共资金{label}的金额上限为 {} 元。", cap.yuan()));
        }
        let sum = Fen(chosen_last_year.0 + amount.0);
        if let Some(cap) = self.year_cap.filter(|cap| sum > *cap) {
            return limit(format!(
                "本单位近 12 个月同类服务的{label}合计将超过 {} 元，请改用公开方式。",
                cap.yuan()
            ));
        }
        Ok(())
    }

    /// Whether the owner must give a reason for the method.
    pub fn needs_reason(&self, amount: Fen) -> bool {
        self.reason_above.is_some_and(|above| amount > above)
    }
}

/// A row of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub method: Method,
    pub money: Money,
    #[serde(flatten)]
    pub rules: MoneyRules,
}

/// The rows of a policy. A method without a row for a kind of money cannot be used for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rows(pub Vec<Row>);

impl Rows {
    /// The rows of the standard policy.
    pub fn standard() -> Rows {
        let rows = Method::ALL.iter().flat_map(|&method| {
            let standard = method.kind().standard;
            [
                (Money::Public, standard.public),
                (Money::Social, standard.social),
            ]
            .map(|(money, rules)| Row {
                method,
                money,
                rules,
            })
        });
        Rows(rows.collect())
    }

    /// The row of a method and kind of money.
    pub fn of(&self, method: Method, money: Money) -> Option<&MoneyRules> {
        let found = self
            .0
            .iter()
            .find(|row| row.method == method && row.money == money);
        found.map(|row| &row.rules)
    }

    /// The methods that can be used at all, in the order of declaration.
    pub fn methods(&self) -> Vec<Method> {
        let all = Method::ALL.iter().copied();
        all.filter(|method| self.0.iter().any(|row| row.method == *method))
            .collect()
    }
}

/// The numbers by method as policies had them before methods were rows. They are read for ever and never written.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct BeforeRows {
    min_entrants_random: Pair,
    min_entrants_price: Pair,
    min_entrants_direct: Pair,
    direct_cap: Fen,
    direct_year_multiple: u32,
    failures_before_direct: u32,
    random_free_cap: Fen,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Pair {
    public: u32,
    social: u32,
}

impl BeforeRows {
    /// The rows that mean the same. Limits were of public money, and there were three methods.
    pub fn rows(&self) -> Rows {
        let direct = MoneyRules {
            cap: Some(self.direct_cap),
            year_cap: Some(Fen(self.direct_cap.0 * i64::from(self.direct_year_multiple))),
            failures_lift_caps: Some(self.failures_before_direct),
            reason_above: Some(Fen(0)),
            ..MoneyRules::free(self.min_entrants_direct.public)
        };
        let random = MoneyRules {
            reason_above: Some(self.random_free_cap),
            ..MoneyRules::free(self.min_entrants_random.public)
        };
        let price = MoneyRules::free(self.min_entrants_price.public);
        let rows = [
            (Method::Random, random, self.min_entrants_random),
            (Method::LowestPrice, price, self.min_entrants_price),
            (Method::Direct, direct, self.min_entrants_direct),
        ];
        let rows = rows.map(|(method, public, least)| {
            let row = |money, rules| Row {
                method,
                money,
                rules,
            };
            [
                row(Money::Public, public),
                row(Money::Social, MoneyRules::free(least.social)),
            ]
        });
        Rows(rows.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_hold_until_so_many_failures() {
        let rules = MoneyRules {
            cap: Some(Fen(100)),
            year_cap: Some(Fen(250)),
            failures_lift_caps: Some(2),
            ..MoneyRules::free(1)
        };
        let check = |amount, failures, year| {
            let found = rules.check(Method::Direct, Fen(amount), failures, Fen(year));
            found.map_err(|refusal| refusal.sentence())
        };
        assert_eq!(check(100, 0, 150), Ok(()));
        assert_eq!(
            check(101, 1, 0),
            Err("公共资金直接选取的金额上限为 1.00 元。".into())
        );
        assert_eq!(
            check(100, 0, 151),
            Err("本单位近 12 个月同类服务的直接选取合计将超过 2.50 元，请改用公开方式。".into())
        );
        assert_eq!(check(101, 2, 151), Ok(()));
    }

    #[test]
    fn a_reason_is_needed_above_the_bound() {
        let rules = |above: Option<i64>| MoneyRules {
            reason_above: above.map(Fen),
            ..MoneyRules::free(1)
        };
        assert!(rules(Some(0)).needs_reason(Fen(1)));
        assert!(!rules(Some(5)).needs_reason(Fen(5)));
        assert!(rules(Some(5)).needs_reason(Fen(6)));
        assert!(!rules(None).needs_reason(Fen(6)));
    }

    #[test]
    fn the_standard_has_a_row_for_each_method_and_money() {
        let rows = Rows::standard();
        assert_eq!(rows.methods(), Method::ALL);
        for &method in Method::ALL {
            for money in [Money::Public, Money::Social] {
                assert!(rows.of(method, money).is_some_and(|r| r.min_entrants >= 1));
            }
        }
    }
}
