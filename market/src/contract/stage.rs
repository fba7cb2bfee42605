//! A contract, whole, and what may be decided about it. A stage carries what a contract of that stage has, so nobody
//! asks a contract that is not yet confirmed when its work is due.

use super::{
    ContractAction, ContractDetails, ContractState, DeliverableState, ServiceClock, Side, Silence,
    is_signed_late, other_side, silence,
};
use crate::credit::{EventCode, Incident, earns_merit, lateness};
use crate::decision::{About, Decision, Follows};
use crate::fact;
use crate::job::Job;
use crate::journal::{Deed, Subject};
use crate::message::{self, Audience, Message};
use crate::notice::{Announcement, SignedContract};
use crate::owner::FundType;
use crate::rating::{Scores, mean_text};
use crate::time::date_text;
use crate::{AgencyId, ContractId, Problems, Refusal, RequirementId, Rules, Timestamp};

/// A contract as it is loaded under its lock, with the rules of the version under which it was recorded.
#[derive(Debug, Clone)]
pub struct Contract {
    pub id: ContractId,
    pub requirement: RequirementId,
    pub notice_no: String,
    pub award_no: String,
    pub project: String,
    pub fund: FundType,
    pub owner_name: String,
    pub agency: AgencyId,
    pub agency_name: String,
    pub details: ContractDetails,
    /// Who has recorded it; the other side confirms.
    pub recorded_by: Side,
    /// When the notice of award was issued.
    pub issued_at: Timestamp,
    pub service_workdays: u32,
    pub rules: Rules,
    pub stage: Stage,
}

/// Where a contract stands, with what it has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    PendingConfirm,
    Objected {
        reason: String,
    },
    Performing {
        clock: ServiceClock,
    },
    /// A deliverable lies with the owner; the clock is paused.
    Delivered {
        clock: ServiceClock,
        delivered_at: Timestamp,
        accept_due_at: Timestamp,
    },
    Accepted {
        clock: ServiceClock,
        accepted_at: Timestamp,
        overdue_workdays: u32,
    },
    Completed {
        clock: ServiceClock,
        accepted_at: Timestamp,
        overdue_workdays: u32,
        completed_at: Timestamp,
        rate_by_at: Timestamp,
    },
}

impl Stage {
    /// The state without what belongs to it.
    pub fn state(&self) -> ContractState {
        match self {
            Stage::PendingConfirm => ContractState::PendingConfirm,
            Stage::Objected { .. } => ContractState::Objected,
            Stage::Performing { .. } => ContractState::Performing,
            Stage::Delivered { .. } => ContractState::Delivered,
            Stage::Accepted { .. } => ContractState::Accepted,
            Stage::Completed { .. } => ContractState::Completed,
        }
    }

    /// The clock, once it has started.
    pub fn clock(&self) -> Option<ServiceClock> {
        match self {
            Stage::PendingConfirm | Stage::Objected { .. } => None,
            Stage::Performing { clock }
            | Stage::Delivered { clock, .. }
            | Stage::Accepted { clock, .. }
            | Stage::Completed { clock, .. } => Some(*clock),
        }
    }
}

/// What becomes of a contract when the owner answers a deliverable, and what is written on the deliverable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub stage: Stage,
    pub deliverable: DeliverableState,
    pub note: String,
}

impl Contract {
    fn about(&self) -> About {
        About {
            notice_no: self.notice_no.clone(),
            requirement: self.requirement,
            agency: Some(self.agency),
        }
    }

    fn line(&self, deed: Deed, note: &str) -> Follows {
        Follows::new().line(deed, Subject::Contract(self.id), note)
    }

    /// The people of a side.
    pub(super) fn audience(&self, side: Side) -> Audience {
        match side {
            Side::Owner => Audience::Buyer(self.requirement),
            Side::Agency => Audience::Agency(self.agency),
        }
    }

    fn tell_both(&self, message: impl Into<Message>) -> Follows {
        let message = message.into();
        Follows::new()
            .tell(self.audience(Side::Owner), message.clone())
            .tell(self.audience(Side::Agency), message)
    }

    fn after(&self, action: ContractAction) -> Result<ContractState, Refusal> {
        self.stage.state().after(action)
    }

    fn refused<T>(&self, action: ContractAction) -> Result<T, Refusal> {
        Err(Refusal::not_now(action.label(), self.stage.state().label()))
    }

    fn incident(&self, code: EventCode, basis: String) -> Incident {
        Incident {
            agency: self.agency,
            code,
            basis,
            award: None,
            contract: Some(self.id),
        }
    }

    /// Either side records it anew after an objection. Errors: nobody has objected.
    pub fn record_again(&self) -> Result<Decision<Stage>, Refusal> {
        self.after(ContractAction::Record)?;
        Ok(self
            .line(Deed::RecordContractAgain, "")
            .from(Stage::PendingConfirm))
    }

    /// The other side confirms: the contract is public and its clock starts.
    /// Errors: the side that has recorded it, or it does not wait for that.
    pub fn confirm(&self, side: Side, now: Timestamp) -> Result<Decision<Stage>, Refusal> {
        other_side(self.recorded_by, side)?;
        self.after(ContractAction::Confirm)?;
        let (rules, policy) = (&self.rules, &self.rules.policy);
        let clock = ServiceClock::start(&rules.clock(), now, self.service_workdays);
        let (about, signed_on) = (self.about(), self.details.signed_on);
        let serious_at = rules
            .clock()
            .after(clock.due_at, policy.contract.overdue_serious_workdays + 1);
        let is_late = is_signed_late(policy, &rules.clock(), self.issued_at, signed_on);
        let late = is_late.then(|| {
            let day = date_text(signed_on);
            let basis = format!("“{}”的合同签订于 {day}，超过规定期限", self.project);
            self.incident(EventCode::M03, basis)
        });
        let published = fact::Contract {
            award_no: self.award_no.clone(),
            amount_fen: self.details.amount,
            signed_on,
            due_at: clock.due_at,
        };
        let notice = Announcement::Contract {
            project: self.project.clone(),
            contract: SignedContract {
                name: self.details.name.clone(),
                owner_name: self.owner_name.clone(),
                agency_name: self.agency_name.clone(),
                amount: self.details.amount,
                signed_on,
                service_workdays: self.service_workdays,
            },
        };
        Ok(self
            .line(Deed::ConfirmContract, "")
            .fact(&about, published)
            .announce(&about, notice)
            .and(self.tell_both(message::ContractStarted {
                contract: self.id,
                project: self.project.clone(),
                due_at: clock.due_at,
            }))
            .incident(late)
            .job(Job::Overdue(self.id), serious_at)
            .remind(Job::RemindContract(self.id), now, clock.due_at)
            .from(Stage::Performing { clock }))
    }

    /// The other side finds the record wrong. Errors: as for [`Contract::confirm`].
    pub fn object(&self, side: Side, reason: String) -> Result<Decision<Stage>, Refusal> {
        other_side(self.recorded_by, side)?;
        self.after(ContractAction::Object)?;
        Ok(self
            .line(Deed::ObjectToContract, &reason)
            .tell(
                self.audience(self.recorded_by),
                message::ContractObjected {
                    contract: self.id,
                    project: self.project.clone(),
                    reason: reason.clone(),
                },
            )
            .from(Stage::Objected { reason }))
    }

    /// The agency hands in a deliverable: the clock pauses. Errors: nothing is to be handed in now.
    pub fn deliver(&self, now: Timestamp) -> Result<Decision<Stage>, Refusal> {
        let Stage::Performing { clock } = &self.stage else {
            return self.refused(ContractAction::Deliver);
        };
        let (workdays, policy) = (self.rules.clock(), &self.rules.policy.contract);
        let accept_due_at = workdays.after(now, policy.accept_workdays);
        let silent_at = workdays.after(now, policy.silent_accept_workdays);
        let told = message::Delivered {
            contract: self.id,
            project: self.project.clone(),
            accept_due_at,
            silent_at,
            accepts_silently: silence(self.fund) == Silence::Accepts,
        };
        Ok(self
            .line(Deed::Deliver, "")
            .tell(self.audience(Side::Owner), told)
            .job(Job::AcceptTimeout(self.id), silent_at)
            .remind(Job::RemindContract(self.id), now, accept_due_at)
            .from(Stage::Delivered {
                clock: clock.pause(now),
                delivered_at: now,
                accept_due_at,
            }))
    }

    /// The owner returns the deliverable: the clock goes on. Errors: nothing has been handed in.
    pub fn send_back(&self, reason: String, now: Timestamp) -> Result<Decision<Answer>, Refusal> {
        let Stage::Delivered { clock, .. } = &self.stage else {
            return self.refused(ContractAction::Return);
        };
        let clock = clock.resume(&self.rules.clock(), now);
        let told = message::WorkReturned {
            contract: self.id,
            project: self.project.clone(),
            reason: reason.clone(),
            due_at: clock.due_at,
        };
        Ok(self
            .line(Deed::ReturnDeliverable, &reason)
            .tell(self.audience(Side::Agency), told)
            .remind(
                Job::RemindContract(self.id),
                clock.started_at.max(now),
                clock.due_at,
            )
            .from(Answer {
                stage: Stage::Performing { clock },
                deliverable: DeliverableState::Returned,
                note: reason,
            }))
    }

    /// The owner accepts the deliverable: the clock stops at the delivery. Errors: nothing has been handed in.
    pub fn accept(&self, now: Timestamp) -> Result<Decision<Answer>, Refusal> {
        Ok(self
            .line(Deed::AcceptDeliverable, "")
            .tell(self.audience(Side::Agency), self.told_accepted(false))
            .from(self.accepted(now)?))
    }

    fn told_accepted(&self, by_silence: bool) -> message::Accepted {
        message::Accepted {
            contract: self.id,
            project: self.project.clone(),
            by_silence,
        }
    }

    fn accepted(&self, now: Timestamp) -> Result<Answer, Refusal> {
        let Stage::Delivered { clock, .. } = &self.stage else {
            return self.refused(ContractAction::Accept);
        };
        let clock = clock.stop(now);
        Ok(Answer {
            stage: Stage::Accepted {
                clock,
                accepted_at: now,
                overdue_workdays: clock.overdue(&self.rules.clock(), now),
            },
            deliverable: DeliverableState::Accepted,
            note: String::new(),
        })
    }

    /// The clock: the owner has been silent. Social money: accepted. Public money: the operator is told, and nothing
    /// changes. `None`: nothing lies there for so long; a later delivery has a job of its own.
    pub fn silence(&self, now: Timestamp) -> Option<Decision<Option<Answer>>> {
        let Stage::Delivered { delivered_at, .. } = &self.stage else {
            return None;
        };
        let patience = self.rules.policy.contract.silent_accept_workdays;
        if now < self.rules.clock().after(*delivered_at, patience) {
            return None;
        }
        match silence(self.fund) {
            Silence::Accepts => {
                let answer = self.accepted(now).ok()?;
                let told = self.tell_both(self.told_accepted(true));
                let line = self.line(Deed::AcceptBySilence, "");
                Some(line.and(told).from(Some(answer)))
            }
            Silence::Escalates => {
                let owner = message::AcceptanceUrged {
                    contract: self.id,
                    project: self.project.clone(),
                };
                let operator = message::AcceptanceToUrge {
                    contract: self.id,
                    project: self.project.clone(),
                    owner: self.owner_name.clone(),
                };
                let urged = self
                    .line(Deed::UrgeAcceptance, &self.owner_name)
                    .tell(self.audience(Side::Owner), owner)
                    .tell(Audience::Auditors, operator);
                Some(urged.from(None))
            }
        }
    }

    /// The owner closes the case: rating may begin. Errors: not accepted.
    pub fn complete(&self, now: Timestamp) -> Result<Decision<Stage>, Refusal> {
        let Stage::Accepted {
            clock,
            accepted_at,
            overdue_workdays,
        } = self.stage
        else {
            return self.refused(ContractAction::Complete);
        };
        let policy = &self.rules.policy;
        let late = lateness(overdue_workdays, policy.contract.overdue_serious_workdays);
        let late = late.map(|code| {
            let basis = format!("“{}”超期 {overdue_workdays} 个工作日交付", self.project);
            self.incident(code, basis)
        });
        let completed = fact::Completion {
            award_no: self.award_no.clone(),
            overdue_workdays,
        };
        let rate_by_at = self.rules.clock().after(now, policy.rating.window_workdays);
        let told = message::Completed {
            contract: self.id,
            project: self.project.clone(),
            rate_by_at,
        };
        Ok(self
            .line(Deed::CompleteContract, "")
            .fact(&self.about(), completed)
            .and(self.tell_both(told))
            .incident(late)
            .remind(Job::RemindContract(self.id), now, rate_by_at)
            .from(Stage::Completed {
                clock,
                accepted_at,
                overdue_workdays,
                completed_at: now,
                rate_by_at,
            }))
    }

    /// The clock: work that is seriously late is an event even before it is finished. Where the clock was paused or
    /// moved meanwhile, it is looked at again when it could be serious.
    pub fn overdue(&self, now: Timestamp) -> Follows {
        let (Stage::Performing { clock } | Stage::Delivered { clock, .. }) = &self.stage else {
            return Follows::new();
        };
        let (workdays, serious) = (
            self.rules.clock(),
            self.rules.policy.contract.overdue_serious_workdays,
        );
        let late = clock.overdue(&workdays, now);
        if late > serious {
            let basis = format!("“{}”超期 {late} 个工作日仍未交付", self.project);
            return Follows::new().incident(self.incident(EventCode::M04S, basis));
        }
        let again = workdays.after(clock.due_at.max(now), serious + 1);
        Follows::new().job(Job::Overdue(self.id), again)
    }

    /// The owner rates finished work; good work in time earns a merit. Errors: not completed, or what reading the
    /// form of a completed one finds.
    pub fn rate(
        &self,
        now: Timestamp,
        read: impl FnOnce() -> Result<Scores, Problems>,
    ) -> Result<Decision<Scores>, Refusal> {
        let Stage::Completed {
            overdue_workdays, ..
        } = self.stage
        else {
            return Err(Refusal::not_now("评价", self.stage.state().label()));
        };
        let scores = read()?;
        let mean = scores.mean_hundredths();
        let merit = earns_merit(&self.rules.policy.credit, overdue_workdays, mean).then(|| {
            let basis = format!("按时完成“{}”，评价 {}", self.project, mean_text(mean));
            self.incident(EventCode::P01, basis)
        });
        let rated = fact::Rating {
            award_no: self.award_no.clone(),
            scores: scores.values(),
            mean_hundredths: mean,
        };
        let workdays = self.rules.policy.rating.reply_workdays;
        let told = message::Rated {
            contract: self.id,
            project: self.project.clone(),
            mean,
            reply_by_at: self.rules.clock().after(now, workdays),
        };
        Ok(self
            .line(Deed::Rate, &mean_text(mean))
            .fact(&self.about(), rated)
            .tell(self.audience(Side::Agency), told)
            .incident(merit)
            .from(scores))
    }
}
