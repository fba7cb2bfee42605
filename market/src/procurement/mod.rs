//! A published requirement (采购项目), whole, and what may be decided about it until its award is issued: the deadline
//! in [`closing`], draw and choice in [`selecting`], the award and whoever comes after it in [`succession`].

mod closing;
mod failure;
mod selecting;
mod succession;
#[cfg(test)]
pub(crate) mod tests;

pub use closing::{Closing, FrozenList, Judged};
pub use failure::FailureReason;
pub use selecting::{Drawn, DrawnEvidence, Left, Selection};
pub use succession::{Announced, Remaining, Succession};

use crate::decision::{About, Decision, Follows};
use crate::eligibility::Buyer;
use crate::fact;
use crate::job::Job;
use crate::journal::{Deed, Subject};
use crate::message::{self, Audience, Deadline, Matter};
use crate::notice::Announcement;
use crate::requirement::{RequirementAction, RequirementState, Schedule, Specification};
use crate::selection::Method;
use crate::{AgencyId, Refusal, RequirementId, Rules, Timestamp};

/// A published requirement as it is loaded under its lock.
#[derive(Debug, Clone)]
pub struct Procurement {
    pub id: RequirementId,
    pub notice_no: String,
    /// The document in force.
    pub document: Specification,
    pub buyer: Buyer,
    /// Of the version under which it was published.
    pub rules: Rules,
    pub published_at: Timestamp,
    pub schedule: Schedule,
    pub extensions: u32,
    pub backups: u32,
    pub stage: Stage,
}

/// Where a published requirement stands, with what it has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Open,
    Frozen,
    Choosing { due_at: Timestamp },
    Selected,
    Awarded,
    Failed,
}

impl Stage {
    /// The state without what belongs to it.
    pub fn state(self) -> RequirementState {
        match self {
            Stage::Open => RequirementState::Published,
            Stage::Frozen => RequirementState::Frozen,
            Stage::Choosing { .. } => RequirementState::Choosing,
            Stage::Selected => RequirementState::Selected,
            Stage::Awarded => RequirementState::Awarded,
            Stage::Failed => RequirementState::Failed,
        }
    }
}

/// A requirement that ends without a winner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    pub reason: FailureReason,
}

impl Procurement {
    /// How it is selected.
    pub fn method(&self) -> Method {
        self.document.method
    }

    /// So many entrants are needed.
    pub fn least(&self) -> u32 {
        let policy = &self.rules.policy;
        policy.min_entrants(self.document.method, self.document.fund)
    }

    fn about(&self) -> About {
        About {
            notice_no: self.notice_no.clone(),
            requirement: self.id,
            agency: None,
        }
    }

    pub(crate) fn about_agency(&self, agency: AgencyId) -> About {
        About {
            agency: Some(agency),
            ..self.about()
        }
    }

    fn line(&self, deed: Deed, note: &str) -> Follows {
        Follows::new().line(deed, Subject::Requirement(self.id), note)
    }

    pub(crate) fn after(&self, action: RequirementAction) -> Result<RequirementState, Refusal> {
        self.stage.state().after(action)
    }

    /// Ends it without a winner, publicly. Errors: it has ended.
    pub fn fail(&self, reason: FailureReason) -> Result<Decision<Failed>, Refusal> {
        self.after(RequirementAction::Fail)?;
        let sentence = reason.sentence();
        let published = fact::Failure {
            reason: sentence.clone(),
            cause: Some(reason),
        };
        let notice = Announcement::Failure {
            project: self.document.project_name.clone(),
            reason: sentence.clone(),
        };
        Ok(self
            .line(Deed::Fail, &sentence)
            .fact(&self.about(), published)
            .announce(&self.about(), notice)
            .and(self.tell_everybody(message::Failed {
                requirement: self.id,
                project: self.document.project_name.clone(),
                reason: sentence.clone(),
            }))
            .from(Failed { reason }))
    }

    /// Tells the owner and everybody who is signed up.
    fn tell_everybody(&self, message: impl Into<message::Message>) -> Follows {
        let message = message.into();
        Follows::new()
            .tell(Audience::Buyer(self.id), message.clone())
            .tell(Audience::Entrants(self.id), message)
    }

    /// The owner's time to choose has begun, the first time or again.
    fn tell_to_choose(&self, is_again: bool, now: Timestamp, due_at: Timestamp) -> Follows {
        let message = message::ChoiceDue {
            requirement: self.id,
            project: self.document.project_name.clone(),
            is_again,
            due_at,
        };
        Follows::new()
            .tell(Audience::Buyer(self.id), message)
            .remind(Job::RemindRequirement(self.id), now, due_at)
    }

    /// The clock: reminds the owner who has not chosen yet of its time, which began at `begun_at`.
    pub fn remind(&self, begun_at: Timestamp, now: Timestamp) -> Follows {
        let Stage::Choosing { due_at } = self.stage else {
            return Follows::new();
        };
        let deadline = Deadline {
            matter: Matter::Choose,
            about: self.id.into(),
            project: self.document.project_name.clone(),
            to: vec![Audience::Buyer(self.id)],
            begun_at,
            due_at,
        };
        deadline.remind(Job::RemindRequirement(self.id), now)
    }
}
