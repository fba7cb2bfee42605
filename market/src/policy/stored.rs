//! What policies of older versions look like. They are read for ever.

use crate::Fen;
use crate::selection::rules::{BeforeRows, Rows};
use serde::Deserialize;

/// [`super::SelectionRules`] as any version has stored it.
#[derive(Debug, Deserialize)]
pub(super) struct SelectionRules {
    #[serde(default = "no_rows_but_numbers_by_method")]
    methods: Option<Rows>,
    #[serde(flatten)]
    before: Option<BeforeRows>,
    backups: u32,
    #[serde(alias = "direct_choice_workdays")]
    choice_workdays: u32,
    #[serde(alias = "direct_choices")]
    choices: u32,
    must_tender: Fen,
    procurement_limit: Option<Fen>,
    floor_percent: u32,
}

/// Versions before methods were rows.
fn no_rows_but_numbers_by_method() -> Option<Rows> {
    None
}

impl TryFrom<SelectionRules> for super::SelectionRules {
    type Error = &'static str;

    fn try_from(stored: SelectionRules) -> Result<Self, Self::Error> {
        let before = || stored.before.map(|before| before.rows());
        let methods = stored.methods.or_else(before);
        Ok(super::SelectionRules {
            methods: methods.ok_or("a policy has neither rows nor numbers of the methods")?,
            backups: stored.backups,
            choice_workdays: stored.choice_workdays,
            choices: stored.choices,
            must_tender: stored.must_tender,
            procurement_limit: stored.procurement_limit,
            floor_percent: stored.floor_percent,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Fen;
    use crate::owner::FundType;
    use crate::policy::Policy;
    use crate::selection::Method;
    use crate::selection::rules::{Money, MoneyRules};

    /// The standard policy `2026-1` as it was stored before methods were rows.
    const BEFORE_ROWS: &str = include_str!("stored/2026-1.json");

    #[test]
    fn a_policy_of_before_methods_were_rows_means_what_it_meant() {
        let policy: Policy = serde_json::from_str(BEFORE_ROWS).expect("a stored policy");
        let rules = &policy.selection;
        assert_eq!(
            rules.methods.methods(),
            [Method::Random, Method::LowestPrice, Method::Direct]
        );
        let row = |method, money| *rules.methods.of(method, money).expect("a row");
        assert_eq!(
            row(Method::Direct, Money::Public),
            MoneyRules {
                min_entrants: 1,
                cap: Some(Fen(5_000_000)),
                year_cap: Some(Fen(15_000_000)),
                failures_lift_caps: Some(2),
                reason_above: Some(Fen(0)),
            }
        );
        assert_eq!(
            row(Method::Random, Money::Public),
            MoneyRules {
                reason_above: Some(Fen(20_000_000)),
                ..MoneyRules::free(3)
            }
        );
        assert_eq!(row(Method::LowestPrice, Money::Public), MoneyRules::free(3));
        for method in rules.methods.methods() {
            assert_eq!(row(method, Money::Social), MoneyRules::free(1));
        }
        assert_eq!((rules.choice_workdays, rules.choices), (2, 3));
        assert_eq!((rules.backups, rules.floor_percent), (1, 70));
        assert_eq!(policy.min_entrants(Method::Random, FundType::Fiscal), 3);
    }

    /// The standard policy `2026-2`.
    const STANDARD: &str = include_str!("stored/2026-2.json");

    #[test]
    fn the_standard_policy_is_what_was_published_under_its_name() {
        let published: Policy = serde_json::from_str(STANDARD).expect("a stored policy");
        assert_eq!(
            published,
            Policy::standard(),
            "another policy needs another name"
        );
    }

    #[test]
    fn a_policy_is_written_with_rows_and_read_again() {
        let policy = Policy::standard();
        let text = serde_json::to_string(&policy).expect("serialises");
        assert!(text.contains(r#"{"method":"random","money":"public","min_entrants":3"#));
        assert_eq!(
            serde_json::from_str::<Policy>(&text).expect("parses"),
            policy
        );
    }

    #[test]
    fn a_policy_without_any_method_is_not_read() {
        let mut value: serde_json::Value = serde_json::from_str(BEFORE_ROWS).expect("json");
        let selection = value["selection"].as_object_mut().expect("an object");
        selection.remove("min_entrants_price");
        let read = serde_json::from_value::<Policy>(value);
        assert!(read.is_err_and(|error| error.to_string().contains("methods")));
    }
}
