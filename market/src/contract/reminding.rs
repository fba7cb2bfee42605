//! Whom a contract keeps waiting: what is said when it is recorded, and of what the clock reminds.

use super::{Contract, Side, Stage};
use crate::decision::Follows;
use crate::job::Job;
use crate::message::{self, Audience, Deadline, Matter};
use crate::{AgencyId, ContractId, RequirementId, Timestamp};

/// A contract that one side has recorded now, for the other to confirm.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub contract: ContractId,
    pub requirement: RequirementId,
    pub agency: AgencyId,
    pub project: String,
    pub by: Side,
    pub at: Timestamp,
    pub confirm_due_at: Timestamp,
}

impl Recorded {
    /// The other side is told, and reminded.
    pub fn follows(self) -> Follows {
        let to = match self.by {
            Side::Owner => Audience::Agency(self.agency),
            Side::Agency => Audience::Buyer(self.requirement),
        };
        let message = message::ContractRecorded {
            contract: self.contract,
            project: self.project,
            by: self.by,
            confirm_due_at: self.confirm_due_at,
        };
        Follows::new().tell(to, message).remind(
            Job::RemindContract(self.contract),
            self.at,
            self.confirm_due_at,
        )
    }
}

/// What a contract does not carry itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    pub recorded_at: Timestamp,
    pub confirm_due_at: Timestamp,
    pub is_rated: bool,
}

impl Contract {
    /// The clock: reminds whoever has to act next, as long as it is not done.
    pub fn remind(&self, beside: Beside, now: Timestamp) -> Follows {
        let (matter, side, begun_at, due_at) = match &self.stage {
            Stage::PendingConfirm => {
                let other = match self.recorded_by {
                    Side::Owner => Side::Agency,
                    Side::Agency => Side::Owner,
                };
                let (from, until) = (beside.recorded_at, beside.confirm_due_at);
                (Matter::ConfirmContract, other, from, until)
            }
            Stage::Performing { clock } => (
                Matter::Deliver,
                Side::Agency,
                clock.started_at,
                clock.due_at,
            ),
            Stage::Delivered {
                delivered_at,
                accept_due_at,
                ..
            } => (Matter::Accept, Side::Owner, *delivered_at, *accept_due_at),
            Stage::Completed {
                completed_at,
                rate_by_at,
                ..
            } if !beside.is_rated => (Matter::Rate, Side::Owner, *completed_at, *rate_by_at),
            _ => return Follows::new(),
        };
        let deadline = Deadline {
            matter,
            about: self.id.into(),
            project: self.project.clone(),
            to: vec![self.audience(side)],
            begun_at,
            due_at,
        };
        deadline.remind(Job::RemindContract(self.id), now)
    }
}
