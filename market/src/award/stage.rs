//! An award, whole, and what may be decided about it beside the requirement that it belongs to, whose lock comes first.

use super::{AwardAction, AwardState, AwardTimes, answer, issue, lapse};
use crate::credit::{EventCode, Incident};
use crate::decision::{Decision, Follows};
use crate::fact;
use crate::job::Job;
use crate::journal::{Deed, Subject};
use crate::message::{self, Audience, Deadline, Matter, Message};
use crate::notice::{Announcement, AwardParties};
use crate::procurement::Procurement;
use crate::requirement::RequirementAction;
use crate::{AgencyId, AwardId, Fen, Refusal, Timestamp};

/// An award as it is loaded under its lock.
#[derive(Debug, Clone)]
pub struct Award {
    pub id: AwardId,
    pub award_no: String,
    pub agency: AgencyId,
    pub agency_name: String,
    pub agency_uscc: String,
    pub amount: Fen,
    pub announced_at: Timestamp,
    pub times: AwardTimes,
    pub stage: Stage,
}

/// Where an award stands, with what it has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Announced,
    Confirmed,
    Issued {
        issued_at: Timestamp,
        sign_by_at: Timestamp,
    },
    Declined {
        reason: String,
    },
    Lapsed,
}

impl Stage {
    /// The state without what belongs to it.
    pub fn state(&self) -> AwardState {
        match self {
            Stage::Announced => AwardState::Announced,
            Stage::Confirmed => AwardState::Confirmed,
            Stage::Issued { .. } => AwardState::Issued,
            Stage::Declined { .. } => AwardState::Declined,
            Stage::Lapsed => AwardState::Lapsed,
        }
    }
}

impl Award {
    fn line(&self, deed: Deed, note: &str) -> Follows {
        Follows::new().line(deed, Subject::Award(self.id), note)
    }

    /// The agency accepts. When publicity is over already, the notice of award follows at once.
    /// Errors: at and after the last instant, or answered.
    pub fn confirm(&self, of: &Procurement, now: Timestamp) -> Result<Decision<Stage>, Refusal> {
        self.answer(AwardAction::Confirm, now)?;
        let told = message::AwardConfirmed {
            award: self.id,
            project: of.document.project_name.clone(),
            agency: self.agency_name.clone(),
        };
        let confirmed = self
            .line(Deed::ConfirmAward, "")
            .tell(Audience::Buyer(of.id), told);
        if now < self.times.publicity_ends_at {
            return Ok(confirmed.from(Stage::Confirmed));
        }
        let issued = self.issued(of, AwardState::Confirmed, now)?;
        Ok(confirmed.and(issued.follows).from(issued.next))
    }

    /// The agency declines, which is a credit event; somebody else takes its place.
    /// Errors: as for [`Award::confirm`].
    pub fn decline(
        &self,
        of: &Procurement,
        reason: String,
        now: Timestamp,
    ) -> Result<Decision<Stage>, Refusal> {
        self.answer(AwardAction::Decline, now)?;
        let project = &of.document.project_name;
        let basis = format!("放弃“{project}”的中选资格，理由：{reason}");
        Ok(self
            .line(Deed::DeclineAward, &reason)
            .tell(
                Audience::Buyer(of.id),
                message::AwardDeclined {
                    award: self.id,
                    project: project.clone(),
                    agency: self.agency_name.clone(),
                    reason: reason.clone(),
                },
            )
            .incident(self.given_up(basis))
            .from(Stage::Declined { reason }))
    }

    fn answer(&self, action: AwardAction, now: Timestamp) -> Result<AwardState, Refusal> {
        answer(self.stage.state(), action, self.times.confirm_by_at, now)
    }

    /// The clock: no answer in time. `None`: there was one, or there is time.
    pub fn lapse(
        &self,
        of: &Procurement,
        now: Timestamp,
    ) -> Result<Option<Decision<Stage>>, Refusal> {
        if self.stage != Stage::Announced || now < self.times.confirm_by_at {
            return Ok(None);
        }
        lapse(self.stage.state(), self.times.confirm_by_at, now)?;
        let basis = format!("“{}”中选后逾期未确认", of.document.project_name);
        let lapsed = self.line(Deed::LapseAward, "");
        let project = of.document.project_name.clone();
        let points = of.rules.policy.credit.rule(EventCode::M02);
        let agency = message::AwardLapsed {
            award: self.id,
            project: project.clone(),
            points: points.map(|rule| rule.points),
        };
        let owner = message::AwardUnanswered {
            award: self.id,
            project,
            agency: self.agency_name.clone(),
        };
        let lapsed = lapsed
            .tell(Audience::Agency(self.agency), agency)
            .tell(Audience::Buyer(of.id), owner)
            .incident(self.given_up(basis));
        Ok(Some(lapsed.from(Stage::Lapsed)))
    }

    /// The clock: reminds of the time to answer, and then of the time to record the contract, as long as it is not done.
    pub fn remind(&self, of: &Procurement, is_recorded: bool, now: Timestamp) -> Follows {
        let agency = Audience::Agency(self.agency);
        let (matter, to, begun_at, due_at) = match self.stage {
            Stage::Announced => (
                Matter::ConfirmAward,
                vec![agency],
                self.announced_at,
                self.times.confirm_by_at,
            ),
            Stage::Issued {
                issued_at,
                sign_by_at,
            } if !is_recorded => (
                Matter::RecordContract,
                vec![agency, Audience::Buyer(of.id)],
                issued_at,
                sign_by_at,
            ),
            _ => return Follows::new(),
        };
        let deadline = Deadline {
            matter,
            about: self.id.into(),
            project: of.document.project_name.clone(),
            to,
            begun_at,
            due_at,
        };
        deadline.remind(Job::RemindAward(self.id), now)
    }

    fn given_up(&self, basis: String) -> Incident {
        Incident {
            agency: self.agency,
            code: EventCode::M02,
            basis,
            award: Some(self.id),
            contract: None,
        }
    }

    /// The clock: publicity is over. `None`: it is not, or the answer is still awaited.
    /// Errors: the requirement has no award to issue, which is a fault of its row.
    pub fn publicity_over(
        &self,
        of: &Procurement,
        now: Timestamp,
    ) -> Result<Option<Decision<Stage>>, Refusal> {
        if self.stage != Stage::Confirmed || now < self.times.publicity_ends_at {
            return Ok(None);
        }
        Ok(Some(self.issued(of, self.stage.state(), now)?))
    }

    /// Issues the notice of award, with which the requirement has come to its end.
    fn issued(
        &self,
        of: &Procurement,
        from: AwardState,
        now: Timestamp,
    ) -> Result<Decision<Stage>, Refusal> {
        issue(from, self.times.publicity_ends_at, now)?;
        of.after(RequirementAction::Award)?;
        let about = of.about_agency(self.agency);
        let published = fact::AwardNotice {
            award_no: self.award_no.clone(),
            agency: self.agency_uscc.clone(),
            amount_fen: self.amount,
        };
        let notice = Announcement::AwardNotice {
            project: of.document.project_name.clone(),
            award_no: self.award_no.clone(),
            parties: AwardParties {
                agency_name: self.agency_name.clone(),
                agency_uscc: self.agency_uscc.clone(),
                amount: self.amount,
            },
        };
        let rules = &of.rules;
        let sign_by_at = crate::contract::sign_due(&rules.policy, &rules.clock(), now);
        let told: Message = message::AwardIssued {
            award: self.id,
            project: of.document.project_name.clone(),
            award_no: self.award_no.clone(),
            sign_by_at,
        }
        .into();
        Ok(self
            .line(Deed::IssueAward, &self.award_no)
            .fact(&about, published)
            .announce(&about, notice)
            .tell(Audience::Agency(self.agency), told.clone())
            .tell(Audience::Buyer(of.id), told)
            .remind(Job::RemindAward(self.id), now, sign_by_at)
            .from(Stage::Issued {
                issued_at: now,
                sign_by_at,
            }))
    }
}
