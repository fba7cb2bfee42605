//! 项目业主: the bodies that buy services, and where their money comes from.

use crate::coded::coded;
use crate::decision::{Decision, Follows};
use crate::duty::{self, Act};
use crate::form::{Reader, body, person, public_line};
use crate::identity::parse_phone;
use crate::journal::{Deed, Subject};
use crate::judgement::{Judgement, Verdict};
use crate::typed::Name;
use crate::{Form, OwnerId, PersonId, Problems, Refusal, Rules, Timestamp, Uscc};

coded! {
    /// The kind of body. Natural persons have no credit code and are not taken yet.
    pub enum OwnerKind ("owner_kind") {
        GovAgency = "gov_agency", "行政机关";
        PublicInstitution = "public_institution", "事业单位";
        StateEnterprise = "state_enterprise", "国有企业";
        PrivateEnterprise = "private_enterprise", "民营企业";
        SocialOrganisation = "social_organisation", "社会组织";
    }
}

coded! {
    /// Where the money of a requirement comes from. The first two are public money.
    pub enum FundType ("fund_type") {
        Fiscal = "fiscal", "财政资金";
        StateOwned = "state_owned", "国有资金";
        Social = "social", "社会资金";
    }
}

impl FundType {
    /// Whether the rules for public money apply.
    pub fn is_public(self) -> bool {
        !matches!(self, FundType::Social)
    }
}

impl OwnerKind {
    /// Whether a body of this kind may spend such money: public bodies have public money only, so that the rules for
    /// it can't be left by calling it something else. Others may be given public money and say so.
    pub fn may_spend(self, fund: FundType) -> bool {
        match self {
            OwnerKind::GovAgency | OwnerKind::PublicInstitution | OwnerKind::StateEnterprise => {
                fund.is_public()
            }
            OwnerKind::PrivateEnterprise | OwnerKind::SocialOrganisation => true,
        }
    }
}

coded! {
    /// Whether the operator has found the registration in order.
    pub enum OwnerState ("owner_state") {
        Pending = "pending", "待核对";
        Active = "active", "已启用";
        Returned = "returned", "退回补正";
    }
}

impl OwnerState {
    /// The operator's formal check. Only a pending registration can be checked.
    fn check(self, passed: bool) -> Result<OwnerState, Refusal> {
        match (self, passed) {
            (OwnerState::Pending, true) => Ok(OwnerState::Active),
            (OwnerState::Pending, false) => Ok(OwnerState::Returned),
            (state, _) => Err(Refusal::not_now("核对业主登记", state.label())),
        }
    }

    /// Another registration of the same code has been confirmed, or nobody acts for this one any more.
    pub fn give_way(self) -> OwnerState {
        match self {
            OwnerState::Pending | OwnerState::Returned => OwnerState::Returned,
            OwnerState::Active => OwnerState::Active,
        }
    }

    /// The owner hands in a corrected registration.
    fn resubmit(self) -> Result<OwnerState, Refusal> {
        match self {
            OwnerState::Returned => Ok(OwnerState::Pending),
            state => Err(Refusal::not_now("重新提交登记", state.label())),
        }
    }
}

/// A registration as it is loaded under its lock.
#[derive(Debug, Clone, Copy)]
pub struct Registration {
    pub owner: OwnerId,
    pub state: OwnerState,
    pub registered_by: PersonId,
}

impl Registration {
    fn line(&self, deed: Deed, note: &str) -> Follows {
        Follows::new().line(deed, Subject::Owner(self.owner), note)
    }

    /// The operator's formal check. Errors: by whoever registered it, or it is not waiting.
    pub fn check(
        &self,
        by: PersonId,
        judgement: &Judgement,
    ) -> Result<Decision<OwnerState>, Refusal> {
        let registered = [(Act::Register, Some(self.registered_by))];
        duty::take(Act::Check, by, &registered)?;
        let state = self.state.check(judgement.verdict == Verdict::Approve)?;
        Ok(self.line(Deed::CheckOwner, state.label()).from(state))
    }

    /// The owner hands in a corrected registration; what comes with the state is when it is to be checked.
    /// Errors: it was not returned.
    pub fn hand_in_again(
        &self,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Decision<(OwnerState, Timestamp)>, Refusal> {
        let state = self.state.resubmit()?;
        let due_at = check_due(rules, now);
        Ok(self.line(Deed::HandInOwner, "").from((state, due_at)))
    }

    /// An owner is active or does nothing here. Errors: [`Refusal::BodyNotActive`].
    pub fn is_active(&self) -> Result<(), Refusal> {
        match self.state {
            OwnerState::Active => Ok(()),
            state => Err(Refusal::BodyNotActive {
                state: state.label(),
            }),
        }
    }
}

/// Until when a registration that is handed in now is to be checked.
pub fn check_due(rules: &Rules, now: Timestamp) -> Timestamp {
    let workdays = rules.policy.onboarding.formal_check_workdays;
    rules.clock().after(now, workdays)
}

/// What an owner states when registering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerDetails {
    pub uscc: Uscc,
    pub name: String,
    pub kind: OwnerKind,
    pub fund_type: FundType,
    pub legal_representative: Name,
    pub address: String,
    pub contact_name: String,
    pub contact_phone: String,
}

impl OwnerDetails {
    /// Reads the registration form. A code with an irregular last character passes: [`Uscc::is_irregular`].
    pub fn read(form: &Form) -> Result<OwnerDetails, Problems> {
        let mut read = Reader::new(form);
        let uscc = read.need("uscc", Uscc::printed);
        let name = read.need("name", body);
        let kind = read.choose("kind", OwnerKind::parse);
        let fund_type = read.choose("fund_type", FundType::parse);
        let legal_representative = read.need("legal_representative", person);
        let address = read.need("address", public_line(4, 200));
        let contact_name = read.need("contact_name", person);
        let contact_phone = read.need("contact_phone", parse_phone);
        if kind == Some(OwnerKind::GovAgency) && fund_type == Some(FundType::Social) {
            read.wrong("fund_type", "行政机关的资金来源应为财政资金或国有资金。");
        }
        read.finish(|| {
            Some(OwnerDetails {
                uscc: uscc?,
                name: name?,
                kind: kind?,
                fund_type: fund_type?,
                legal_representative: legal_representative?.into(),
                address: address?,
                contact_name: contact_name?,
                contact_phone: contact_phone?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procurement::Stage;
    use crate::procurement::tests::procurement;
    use crate::selection::Method;
    use ::time::macros::datetime;
    use uuid::Uuid;

    const NOW: Timestamp = datetime!(2026-03-16 09:00 +8);

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }

    fn registration(state: OwnerState) -> Registration {
        Registration {
            owner: OwnerId(Uuid::from_u128(3)),
            state,
            registered_by: person(1),
        }
    }

    fn says(verdict: Verdict) -> Judgement {
        Judgement {
            verdict,
            note: String::new(),
        }
    }

    #[test]
    fn a_registration_is_checked_once_and_by_somebody_else() {
        let pending = registration(OwnerState::Pending);
        let own = pending.check(person(1), &says(Verdict::Approve));
        assert!(matches!(own, Err(Refusal::SamePerson { .. })));
        for (verdict, state) in [
            (Verdict::Approve, OwnerState::Active),
            (Verdict::Return, OwnerState::Returned),
        ] {
            let checked = pending.check(person(2), &says(verdict)).expect("pending");
            assert_eq!(checked.next, state);
            let line = &checked.follows.lines[0];
            assert_eq!(
                (line.deed, line.note.as_str()),
                (Deed::CheckOwner, state.label())
            );
            assert!(
                registration(state)
                    .check(person(2), &says(verdict))
                    .is_err()
            );
        }
    }

    #[test]
    fn only_what_was_returned_is_handed_in_again_and_only_the_active_act() {
        let rules = procurement(Method::Random, Stage::Open).rules;
        for &state in OwnerState::ALL {
            let again = registration(state).hand_in_again(&rules, NOW);
            assert_eq!(again.is_ok(), state == OwnerState::Returned);
            let acts = registration(state).is_active();
            assert_eq!(acts.is_ok(), state == OwnerState::Active);
        }
        let again = registration(OwnerState::Returned).hand_in_again(&rules, NOW);
        assert_eq!(
            again.expect("returned").next,
            (OwnerState::Pending, check_due(&rules, NOW))
        );
    }
}
