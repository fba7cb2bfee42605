//! 政策参数: every number that a decision uses, as data with a version. The defaults are what the published rules of
//! other markets have in common.
//! Each decision stores the version it used; its page shows the rule beside the result.

mod words;

use crate::calendar::Pace;
use crate::credit::CreditRules;
use crate::owner::FundType;
use crate::selection::Method;
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
    /// The version's name, unique in its region, such as `2026-1`.
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
pub struct SelectionRules {
    pub min_entrants_random: ByFund,
    pub min_entrants_price: ByFund,
    pub min_entrants_direct: ByFund,
    /// Agencies drawn or ranked beside the winner.
    pub backups: u32,
    /// Public money: the largest amount for a direct selection.
    pub direct_cap: Fen,
    /// Public money: direct selections of one owner and service type in 12 months, as a multiple of the cap.
    pub direct_year_multiple: u32,
    pub direct_choice_workdays: u32,
    /// How often an owner may choose again after a refusal.
    pub direct_choices: u32,
    /// After so many failures a direct selection needs no cap.
    pub failures_before_direct: u32,
    /// Public money: above this a random draw needs a reason.
    pub random_free_cap: Fen,
    /// Public money: from here on the law wants a tender; the market is closed.
    pub must_tender: Fen,
    /// Public money: the yearly limit of government procurement, once the finance department has set it.
    pub procurement_limit: Option<Fen>,
    /// Lowest price: a floor must be given, at least this share of the ceiling, in percent.
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
            name: "2026-1".into(),
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
                min_entrants_random: ByFund {
                    public: 3,
                    social: 1,
                },
                min_entrants_price: ByFund {
                    public: 3,
                    social: 1,
                },
                min_entrants_direct: ByFund {
                    public: 1,
                    social: 1,
                },
                backups: 1,
                direct_cap: Fen(5_000_000),
                direct_year_multiple: 3,
                direct_choice_workdays: 2,
                direct_choices: 3,
                failures_before_direct: 2,
                random_free_cap: Fen(20_000_000),
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

    /// The smallest number of entrants for a method and fund.
    pub fn min_entrants(&self, method: Method, fund: FundType) -> u32 {
        match method {
            Method::Random => self.selection.min_entrants_random.of(fund),
            Method::LowestPrice => self.selection.min_entrants_price.of(fund),
            Method::Direct => self.selection.min_entrants_direct.of(fund),
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
    /// `failures` are earlier failed attempts of the same requirement; `direct_last_year` is the sum of the owner's
    /// direct selections of the same service type in the last 12 months.
    /// Errors: [`Refusal::AmountLimit`] naming the limit.
    pub fn method_terms(
        &self,
        method: Method,
        fund: FundType,
        amount: Fen,
        failures: u32,
        direct_last_year: Fen,
    ) -> Result<MethodTerms, Refusal> {
        let rules = &self.selection;
        if !fund.is_public() {
            return Ok(MethodTerms {
                needs_reason: false,
            });
        }
        let limit = |sentence: String| Err(Refusal::AmountLimit { sentence });
        if amount >= rules.must_tender {
            return limit(format!(
                "公共资金达到 {} 元应依法招标，不在本超市办理。",
                rules.must_tender.yuan()
            ));
        }
        if rules
            .procurement_limit
            .is_some_and(|procurement| amount >= procurement)
        {
            return limit(
                "金额达到政府采购限额标准，应按政府采购程序办理，不在本超市办理。".into(),
            );
        }
        match method {
            Method::Direct if failures < rules.failures_before_direct => {
                if amount > rules.direct_cap {
                    return limit(format!(
                        "公共资金直接选取的金额上限为 {} 元。",
                        rules.direct_cap.yuan()
                    ));
                }
                let year = Fen(rules.direct_cap.0 * i64::from(rules.direct_year_multiple));
                if Fen(direct_last_year.0 + amount.0) > year {
                    return limit(format!(
                        "本单位近 12 个月同类服务的直接选取合计将超过 {} 元，请改用公开方式。",
                        year.yuan()
                    ));
                }
                Ok(MethodTerms { needs_reason: true })
            }
            Method::Direct => Ok(MethodTerms { needs_reason: true }),
            Method::Random => Ok(MethodTerms {
                needs_reason: amount > rules.random_free_cap,
            }),
            Method::LowestPrice => Ok(MethodTerms {
                needs_reason: false,
            }),
        }
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
        for method in [Method::Random, Method::Direct, Method::LowestPrice] {
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
