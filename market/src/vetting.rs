//! 资质审核: a department's clerk gives an opinion, its checker decides; two persons, always.

use crate::coded::coded;
use crate::duty::{self, Act, Done};
use crate::form::{Reader, public};
use crate::{Form, PersonId, Problems, Refusal};

coded! {
    /// Where a vetting stands.
    pub enum VettingState ("vetting_state") {
        Waiting = "waiting", "待经办";
        Opined = "opined", "待复核";
        Approved = "approved", "审核通过";
        Returned = "returned", "退回补正";
    }
}

coded! {
    /// What an opinion or a decision says.
    pub enum Verdict ("verdict") {
        Approve = "approve", "通过";
        Return = "return", "退回补正";
    }
}

/// An opinion or decision as typed: a return needs its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub note: String,
}

impl Judgement {
    /// Reads the form of every check, opinion, audit and decision.
    pub fn read(form: &Form) -> Result<Judgement, Problems> {
        let mut read = Reader::new(form);
        let verdict = read.choose("verdict", Verdict::parse);
        let note = read.maybe("note", public(1, 500));
        if verdict == Some(Verdict::Return) && note == Some(None) {
            read.wrong("note", "退回时请写明原因和需要补正的内容。");
        }
        read.finish(|| {
            Some(Judgement {
                verdict: verdict?,
                note: note?.unwrap_or_default(),
            })
        })
    }
}

impl VettingState {
    /// The clerk's opinion. Errors: given already, or a person who took an earlier step.
    pub fn opine(self, done: &Done, by: PersonId) -> Result<VettingState, Refusal> {
        match self {
            VettingState::Waiting => {
                duty::take(Act::Opine, by, done)?;
                Ok(VettingState::Opined)
            }
            state => Err(Refusal::not_now("提出经办意见", state.label())),
        }
    }

    /// The checker's decision, which need not follow the opinion.
    /// Errors: no opinion yet, decided already, or a person who took an earlier step.
    pub fn decide(
        self,
        done: &Done,
        by: PersonId,
        verdict: Verdict,
    ) -> Result<VettingState, Refusal> {
        let next = match (self, verdict) {
            (VettingState::Opined, Verdict::Approve) => VettingState::Approved,
            (VettingState::Opined, Verdict::Return) => VettingState::Returned,
            (state, _) => return Err(Refusal::not_now("复核", state.label())),
        };
        duty::take(Act::Decide, by, done)?;
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn two_persons_are_needed() {
        let (a, b) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        let wrote = [(Act::Register, Some(a)), (Act::Check, Some(a))];
        assert!(VettingState::Waiting.opine(&wrote, a).is_err());
        assert_eq!(
            VettingState::Waiting.opine(&wrote, b),
            Ok(VettingState::Opined)
        );
        let opined = [(Act::Opine, Some(a))];
        let decide = |state: VettingState, by| state.decide(&opined, by, Verdict::Approve);
        assert!(matches!(
            decide(VettingState::Opined, a),
            Err(Refusal::SamePerson { .. })
        ));
        assert_eq!(decide(VettingState::Opined, b), Ok(VettingState::Approved));
        for state in [
            VettingState::Waiting,
            VettingState::Approved,
            VettingState::Returned,
        ] {
            assert!(matches!(decide(state, b), Err(Refusal::NotNow { .. })));
        }
    }

    #[test]
    fn a_return_needs_its_reason() {
        let form: Form = [("verdict", "return"), ("note", " ")].into_iter().collect();
        assert!(Judgement::read(&form).is_err_and(|p| p.of("note").is_some()));
        let form: Form = [("verdict", "approve")].into_iter().collect();
        assert!(Judgement::read(&form).is_ok());
    }
}
