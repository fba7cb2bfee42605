//! 资质审核: a department's clerk gives an opinion, its checker decides; two persons, always.

use crate::coded::coded;
use crate::decision::{Decision, Follows};
use crate::duty::{self, Act, Done};
use crate::journal::{Deed, Subject};
use crate::judgement::{Judgement, Verdict};
use crate::settling::{Moved, Settling};
use crate::{PersonId, Refusal, Rules, ServiceTypeId, Timestamp, VettingId};

coded! {
    /// Where a vetting stands.
    pub enum VettingState ("vetting_state") {
        Waiting = "waiting", "待经办";
        Opined = "opined", "待复核";
        Approved = "approved", "审核通过";
        Returned = "returned", "退回补正";
    }
}

impl VettingState {
    /// The clerk's opinion. Errors: given already, or a person who took an earlier step.
    fn opine(self, done: &Done, by: PersonId) -> Result<VettingState, Refusal> {
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
    fn decide(self, done: &Done, by: PersonId, verdict: Verdict) -> Result<VettingState, Refusal> {
        let next = match (self, verdict) {
            (VettingState::Opined, Verdict::Approve) => VettingState::Approved,
            (VettingState::Opined, Verdict::Return) => VettingState::Returned,
            (state, _) => return Err(Refusal::not_now("复核", state.label())),
        };
        duty::take(Act::Decide, by, done)?;
        Ok(next)
    }
}

/// A vetting as it is loaded under its lock.
#[derive(Debug, Clone)]
pub struct Vetting {
    pub id: VettingId,
    pub service_type: ServiceTypeId,
    pub state: VettingState,
    /// Who has done what with the dossier.
    pub done: Vec<(Act, Option<PersonId>)>,
}

/// What a department's decision makes of a vetting and of the service type that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub state: VettingState,
    /// What happens to the service type. `None`: additions to an open service are in order.
    pub service: Option<Moved>,
}

impl Vetting {
    fn line(&self, deed: Deed, judgement: &Judgement) -> Follows {
        Follows::new().line(deed, Subject::Vetting(self.id), judgement.verdict.label())
    }

    /// The clerk's opinion. Errors: given already, or by a person who took an earlier step.
    pub fn opine(
        &self,
        by: PersonId,
        judgement: &Judgement,
    ) -> Result<Decision<VettingState>, Refusal> {
        let state = self.state.opine(&self.done, by)?;
        Ok(self.line(Deed::Opine, judgement).from(state))
    }

    /// The checker's decision. Approved: what was handed in counts, and a new service type goes into publicity.
    /// Errors: no opinion yet, decided already, by a person who took an earlier step, or nothing waits for it.
    pub fn decide(
        &self,
        by: PersonId,
        judgement: &Judgement,
        of: &Settling,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Decision<Decided>, Refusal> {
        let state = self.state.decide(&self.done, by, judgement.verdict)?;
        let service = match of.service(self.service_type) {
            Some(service) => service.vetted(judgement, rules, now)?,
            None => return Err(Refusal::not_now("复核", "该服务类型已移除")),
        };
        let mut follows = self.line(Deed::DecideVetting, judgement);
        if let Some((job, run_at)) = service.as_ref().and_then(|moved| of.activation(moved)) {
            follows = follows.job(job, run_at);
        }
        Ok(follows.from(Decided { state, service }))
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
}
