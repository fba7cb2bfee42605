//! 政策参数: every number that a decision uses, as data with a version. The defaults are what the published rules of
//! other markets have in common.
//! Each decision stores the version it used; its page shows the rule beside the result.

mod stored;
mod words;

use crate::calendar::Pace;
use crate::credit::CreditRules;
use crate::owner::FundType;
use crate::selection::Method;
use crate::selection::rules::Rows;
use crate::{Fen, Refusal};
use serde::{Deserialize, Serialize};

pub use words::Chapter;

/// A pair of values: one for public money, one for social money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByFund {
    pub public: u32,
    pub social: u32,
}

impl ByFund {
    /// The value for a fund type.
    pub fn of(self, fund: FundType) -> u32 {
        if fund.is_public() {
            self.public
        } else {
            self.social
        }
    }
}

/// One version of the parameters. Periods are in workdays unless the name says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The version's name, unique in its region, such as `2026-2`.
    pub name: String,
    /// What a workday lasts; only the demo differs from real workdays.
    pub pace: Pace,
    pub onboarding: OnboardingRules,
    pub publication: PublicationRules,
    pub selection: SelectionRules,
    pub award: AwardRules,
    pub contract: ContractRules,
    pub rating: RatingRules,
    pub credit: CreditRules,
}

/// Settling of agencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnboardingRules {
    pub formal_check_workdays: u32,
    pub vetting_workdays: u32,
    pub publicity_workdays: u32,
}

/// From submission to the deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationRules {
    pub audit_workdays: u32,
    pub publish_workdays: u32,
    /// The shortest sign-up period.
    pub sign_up_workdays: ByFund,
    /// The shortest sign-up period for public money up to [`Self::small_amount`].
    pub sign_up_small_workdays: u32,
    pub small_amount: Fen,
    pub sign_up_longest_workdays: u32,
    /// Too few entrants: the deadline moves by this, [`Self::extensions`] times at most.
    pub extension_workdays: u32,
    pub extensions: u32,
    /// A correction in the second half of the sign-up period leaves at least this.
    pub correction_workdays: u32,
    /// From the deadline to the draw, in minutes; one workday's worth at a faster pace divided by eight.
    pub draw_delay_minutes: u32,
}

/// Methods, amounts and numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "stored::SelectionRules")]
pub struct SelectionRules {
    /// A row for each method and kind of money.
    pub methods: Rows,
    /// Agencies drawn or ranked beside the winner.
    pub backups: u32,
    /// Where the owner chooses: its period, and how often it may choose again after a refusal.
    pub choice_workdays: u32,
    pub choices: u32,
    /// Public money: from here on the law wants a tender; the market is closed.
    pub must_tender: Fen,
    /// Public money: the yearly limit of government procurement, once the finance department has set it.
    pub procurement_limit: Option<Fen>,
    /// Where a price is bid: a floor must be given, at least this share of the ceiling, in percent.
    pub floor_percent: u32,
}

/// Publicity, confirmation, notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwardRules {
    pub publicity_workdays: ByFund,
    pub confirm_workdays: u32,
}

/// Contract, clock, acceptance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRules {
    pub sign_workdays: u32,
    pub file_workdays: u32,
    pub confirm_workdays: u32,
    pub accept_workdays: u32,
    /// Social money: accepted by silence after this. Public money: the operator is told instead.
    pub silent_accept_workdays: u32,
    pub overdue_serious_workdays: u32,
}

/// Ratings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingRules {
    pub window_workdays: u32,
    /// Public owners: so many calendar days after the window a missing rating blocks new requirements.
    pub block_days: u32,
    /// Agencies may answer within this.
    pub reply_workdays: u32,
}

/// What a requirement's method and amount ask of the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodTerms {
    /// The owner must give a reason for the method.
    pub needs_reason: bool,
}

impl Policy {
    /// The defaults: what the published rules of other markets have in common.
    pub fn standard() -> Policy {
        Policy {
            name: "2026-2".into(),
            pace: Pace::Workdays,
            onboarding: OnboardingRules {
                formal_check_workdays: 2,
                vetting_workdays: 3,
                publicity_workdays: 3,
            },
            publication: PublicationRules {
                audit_workdays: 1,
                publish_workdays: 1,
                sign_up_workdays: ByFund {
                    public: 3,
                    social: 1,
                },
                sign_up_small_workdays: 2,
                small_amount: Fen(10_000_000),
                sign_up_longest_workdays: 20,
                extension_workdays: 2,
                extensions: 1,
                correction_workdays: 1,
                draw_delay_minutes: 5,
            },
            selection: SelectionRules {
                methods: Rows::standard(),
                backups: 1,
                choice_workdays: 2,
                choices: 3,
                must_tender: Fen(100_000_000),
                procurement_limit: None,
                floor_percent: 70,
            },
            award: AwardRules {
                publicity_workdays: ByFund {
                    public: 1,
                    social: 0,
                },
                confirm_workdays: 1,
            },
            contract: ContractRules {
                sign_workdays: 10,
                file_workdays: 3,
                confirm_workdays: 3,
                accept_workdays: 5,
                silent_accept_workdays: 10,
                overdue_serious_workdays: 10,
            },
            rating: RatingRules {
                window_workdays: 10,
                block_days: 0,
                reply_workdays: 10,
            },
            credit: CreditRules::standard(),
        }
    }

    /// The same rules at the demo's pace: a workday lasts so many seconds.
    pub fn demo(name: &str, seconds_per_workday: u32) -> Policy {
        Policy {
            name: name.into(),
            pace: Pace::Seconds {
                per_workday: seconds_per_workday,
            },
            ..Policy::standard()
        }
    }

    /// The smallest number of entrants for a method and fund. Where the method has no row (any more), what the strictest
    /// method asks of this money.
    pub fn min_entrants(&self, method: Method, fund: FundType) -> u32 {
        let methods = &self.selection.methods;
        let own = methods.of(method, fund.into());
        own.map(|rules| rules.min_entrants).unwrap_or_else(|| {
            let rows = methods.0.iter().filter(|row| row.money == fund.into());
            rows.map(|row| row.rules.min_entrants).max().unwrap_or(1)
        })
    }

    /// The agencies that a selection by a method ranks beside the winner.
    pub fn backups(&self, method: Method) -> u32 {
        if method.kind().has_backups {
            self.selection.backups
        } else {
            0
        }
    }

    /// The shortest sign-up period for an amount.
    pub fn sign_up_shortest(&self, fund: FundType, amount: Fen) -> u32 {
        let rules = &self.publication;
        if fund.is_public() && amount <= rules.small_amount {
            return rules
                .sign_up_small_workdays
                .min(rules.sign_up_workdays.public);
        }
        rules.sign_up_workdays.of(fund)
    }

    /// Whether a method may be used for an amount.
    /// `failures` are earlier failed attempts of the same requirement; `chosen_last_year` is the sum of what the owner has
    /// awarded by its own choice for the same service type in the last 12 months.
    /// Errors: [`Refusal::AmountLimit`] naming the limit.
    pub fn method_terms(
        &self,
        method: Method,
        fund: FundType,
        amount: Fen,
        failures: u32,
        chosen_last_year: Fen,
    ) -> Result<MethodTerms, Refusal> {
        let rules = &self.selection;
        let limit = |sentence: String| Err(Refusal::AmountLimit { sentence });
        if fund.is_public() && amount >= rules.must_tender {
            return limit(format!(
                "公共资金达到 {} 元应依法招标，不在本超市办理。",
                rules.must_tender.yuan()
            ));
        }
        if fund.is_public()
            && rules
                .procurement_limit
                .is_some_and(|procurement| amount >= procurement)
        {
            return limit(
                "金额达到政府采购限额标准，应按政府采购程序办理，不在本超市办理。".into(),
            );
        }
        let Some(row) = rules.methods.of(method, fund.into()) else {
            return limit(format!(
                "按现行规则，{}不能采用{}，请改选其他方式。",
                fund.label(),
                method.label()
            ));
        };
        row.check(method, amount, failures, chosen_last_year)?;
        Ok(MethodTerms {
            needs_reason: row.needs_reason(amount),
        })
    }

    /// Whether the pace is not the real one; pages then say so.
    pub fn is_demo(&self) -> bool {
        self.pace != Pace::Workdays
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(
        method: Method,
        fund: FundType,
        yuan: i64,
        failures: u32,
        year: i64,
    ) -> Result<MethodTerms, Refusal> {
        Policy::standard().method_terms(method, fund, Fen(yuan * 100), failures, Fen(year * 100))
    }

    #[test]
    fn public_money_has_the_limits_of_the_matrix() {
        use FundType::Fiscal;
        assert_eq!(
            terms(Method::Direct, Fiscal, 50_000, 0, 0),
            Ok(MethodTerms { needs_reason: true })
        );
        assert!(terms(Method::Direct, Fiscal, 50_001, 0, 0).is_err());
        assert!(
            terms(Method::Direct, Fiscal, 50_001, 2, 0).is_ok(),
            "after two failures"
        );
        assert!(
            terms(Method::Direct, Fiscal, 40_000, 0, 120_000).is_err(),
            "split below the cap"
        );
        assert_eq!(
            terms(Method::Random, Fiscal, 200_000, 0, 0),
            Ok(MethodTerms {
                needs_reason: false
            })
        );
        assert_eq!(
            terms(Method::Random, Fiscal, 200_001, 0, 0),
            Ok(MethodTerms { needs_reason: true })
        );
        assert!(terms(Method::LowestPrice, Fiscal, 999_999, 0, 0).is_ok());
        for &method in Method::ALL {
            assert!(
                terms(method, Fiscal, 1_000_000, 9, 0).is_err(),
                "must be tendered"
            );
            assert!(
                terms(method, FundType::Social, 5_000_000, 0, 0).is_ok(),
                "social money is free"
            );
        }
    }

    #[test]
    fn from_the_limit_of_government_procurement_on_the_market_is_closed_to_public_money() {
        let mut policy = Policy::standard();
        policy.selection.procurement_limit = Some(Fen(30_000_000));
        let may = |fund, amount| {
            let terms = policy.method_terms(Method::Random, fund, Fen(amount), 0, Fen(0));
            terms.is_ok()
        };
        assert!(may(FundType::Fiscal, 29_999_999));
        assert!(!may(FundType::Fiscal, 30_000_000));
        assert!(may(FundType::Social, 30_000_000));
    }

    #[test]
    fn a_method_without_a_row_cannot_be_used() {
        let mut policy = Policy::standard();
        let rows = &mut policy.selection.methods.0;
        rows.retain(|row| row.method != Method::LowestPrice);
        for fund in [FundType::Fiscal, FundType::Social] {
            let terms = policy.method_terms(Method::LowestPrice, fund, Fen(100), 0, Fen(0));
            let sentence = terms.expect_err("no row").sentence();
            assert!(sentence.contains("不能采用最低价"), "{sentence}");
        }
        assert_eq!(
            policy.min_entrants(Method::LowestPrice, FundType::Fiscal),
            3
        );
        assert_eq!(policy.backups(Method::Random), 1);
        assert_eq!(policy.backups(Method::Direct), 0);
    }

    #[test]
    fn small_public_amounts_have_a_shorter_period() {
        let policy = Policy::standard();
        assert_eq!(
            policy.sign_up_shortest(FundType::Fiscal, Fen(10_000_000)),
            2
        );
        assert_eq!(
            policy.sign_up_shortest(FundType::Fiscal, Fen(10_000_001)),
            3
        );
        assert_eq!(policy.sign_up_shortest(FundType::Social, Fen(1)), 1);
    }

    #[test]
    fn a_policy_survives_storage() {
        let policy = Policy::demo("demo-1", 60);
        let text = serde_json::to_string(&policy).expect("serialises");
        assert_eq!(
            serde_json::from_str::<Policy>(&text).expect("parses"),
            policy
        );
        assert!(policy.is_demo() && !Policy::standard().is_demo());
    }

    proptest! {
        #[test]
        fn a_smaller_amount_is_never_refused_where_a_larger_one_passes(a in 1i64..2_000_000, b in 1i64..2_000_000, failures in 0u32..4) {
            let (small, large) = (a.min(b), a.max(b));
            for &method in Method::ALL {
                if terms(method, FundType::Fiscal, large, failures, 0).is_ok() {
                    prop_assert!(terms(method, FundType::Fiscal, small, failures, 0).is_ok());
                }
            }
        }
    }
}
