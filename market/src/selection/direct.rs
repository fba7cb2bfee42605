//! 直接选取: after the deadline the owner names one of those who signed up, with a reason.
//! Amounts and sums are limited in [`crate::policy::Policy::method_terms`] when the requirement is submitted.

use super::{Bid, Chooser, Draws, Frozen, Kind, MoneyRules, Place, PriceFrom, Standard, Words};
use crate::form::{Reader, public};
use crate::{Fen, Form, Problems, Refusal, SignUpId};

pub(super) const KIND: Kind = Kind {
    bid: Bid::None,
    rounds: 0,
    chooser: Chooser::Owner,
    price: PriceFrom::Notice,
    draws: Draws::Never,
    has_backups: false,
    variants: &[],
    reference: None,
    standard: Standard {
        public: MoneyRules {
            cap: Some(Fen(5_000_000)),
            year_cap: Some(Fen(15_000_000)),
            failures_lift_caps: Some(2),
            reason_above: Some(Fen(0)),
            ..MoneyRules::free(1)
        },
        social: MoneyRules::free(1),
    },
    words: Words {
        explanation: "截止后由业主从合格的报名机构中说明理由选定，适合小额项目。",
        rule: "业主从报名的合格机构中说明理由选定",
        stage: "业主选定",
        result: "由项目业主从合格的报名机构中选定。",
        undrawn: None,
        fairness: "截止后名单冻结，由项目业主在期限内从合格的报名机构中选定，选定的理由随结果公开并写入存证账本，不能更改。",
        won: "直接选定",
    },
};

/// The owner's choice as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub sign_up: SignUpId,
    pub reason: String,
}

impl Choice {
    /// Reads the form: one of the list and a reason of ten characters at least.
    pub fn read(form: &Form) -> Result<Choice, Problems> {
        let mut read = Reader::new(form);
        let sign_up = read.choose("sign_up", crate::form::id);
        let reason = read.need("reason", public(10, 500));
        read.finish(|| {
            Some(Choice {
                sign_up: sign_up?,
                reason: reason?,
            })
        })
    }
}

/// Takes the choice. `refused_before` are those who declined an earlier choice.
/// Errors: not on the frozen list, or has declined before.
pub fn choose(
    frozen: &[Frozen],
    refused_before: &[SignUpId],
    choice: &Choice,
    price: Fen,
) -> Result<Place, Refusal> {
    let chosen = frozen
        .iter()
        .find(|frozen| frozen.sign_up == choice.sign_up);
    match chosen {
        None => Err(Refusal::at("sign_up", "请从合格的报名机构中选择。")),
        Some(chosen) if refused_before.contains(&chosen.sign_up) => {
            Err(Refusal::at("sign_up", "该机构已经放弃过，请选择其他机构。"))
        }
        Some(chosen) => Ok(chosen.at(price)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::frozen;
    use super::*;

    #[test]
    fn only_a_frozen_entrant_who_has_not_declined_can_be_chosen() {
        let list = frozen(&[None, None]);
        let choice = |n: usize| Choice {
            sign_up: list[n].sign_up,
            reason: "熟悉同一项目的前期资料".into(),
        };
        assert_eq!(
            choose(&list, &[], &choice(1), Fen(5)).map(|place| place.seq),
            Ok(2)
        );
        assert!(choose(&list, &[list[1].sign_up], &choice(1), Fen(5)).is_err());
        assert!(choose(&list[..1], &[], &choice(1), Fen(5)).is_err());
    }

    #[test]
    fn a_choice_needs_its_reason() {
        let form: Form = [
            ("sign_up", "00000000-0000-0000-0000-000000000001"),
            ("reason", "便宜"),
        ]
        .into_iter()
        .collect();
        assert!(Choice::read(&form).is_err_and(|problems| problems.of("reason").is_some()));
    }
}
