//! 审核与发布: a document that was handed in, audited by one person and published by another, as a requirement's first
//! edition or as a correction of it.

#[cfg(test)]
mod tests;

use crate::bid::PublicKey;
use crate::decision::{About, Decision, Follows};
use crate::duty::{self, Act};
use crate::fact;
use crate::hash::{Hex32, sha256};
use crate::job::Job;
use crate::journal::{Deed, Subject};
use crate::judgement::{Judgement, Verdict};
use crate::message::{self, Audience};
use crate::notice::Announcement;
use crate::procurement::Procurement;
use crate::requirement::correction::{Change, may_come, reschedule};
use crate::requirement::hand_in::HandedFile;
use crate::requirement::{
    EditionAction, EditionState, RequirementAction, RequirementState, Schedule, Specification,
    schedule,
};
use crate::{PersonId, Refusal, RequirementId, Rules, Timestamp};

/// An edition as it is loaded under its lock, with everything that was handed in.
#[derive(Debug, Clone)]
pub struct HandedIn {
    pub requirement: RequirementId,
    /// 1 for the first, 2 and more for corrections.
    pub edition: i32,
    pub state: EditionState,
    pub audit_begun_at: Option<Timestamp>,
    /// Who has done what with it.
    pub done: Vec<(Act, Option<PersonId>)>,
    pub document: Specification,
    /// Of a correction.
    pub reason: String,
    pub changes: Vec<Change>,
    pub files: Vec<HandedFile>,
    /// The hash over all of it; or that it is no longer what was handed in.
    pub sha256: Result<Hex32, Refusal>,
}

/// What an audit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    pub state: EditionState,
    pub note: String,
    /// When it is to be published, if it was passed.
    pub publish_due_at: Option<Timestamp>,
    /// What was passed.
    pub sha256: Option<Hex32>,
}

/// What is promised with a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    pub seed_commitment: Hex32,
    pub bid_key: Option<PublicKey>,
}

/// What the publication of a first edition fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub notice_no: String,
    pub schedule: Schedule,
    pub backups: u32,
}

impl HandedIn {
    fn line(&self, deed: Deed, note: &str) -> Follows {
        Follows::new().line(deed, Subject::Requirement(self.requirement), note)
    }

    /// Begins the audit. `None`: somebody has, and it is only shown. Errors: not by who wrote it, or not now.
    pub fn begin_audit(&self, by: PersonId) -> Result<Option<Decision<EditionState>>, Refusal> {
        duty::take(Act::Audit, by, &self.done)?;
        let state = self.state.after(EditionAction::BeginAudit)?;
        let is_new = self.audit_begun_at.is_none();
        Ok(is_new.then(|| self.line(Deed::BeginAudit, "").from(state)))
    }

    /// The audit: on to publication, or back with a reason. What has changed since it was handed in can only go back.
    /// Errors: not by who wrote it, not begun, or [`Refusal::Changed`].
    pub fn audit(
        &self,
        by: PersonId,
        judgement: Judgement,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Decision<Audited>, Refusal> {
        duty::take(Act::Audit, by, &self.done)?;
        let action = match judgement.verdict {
            Verdict::Approve => EditionAction::Audit,
            Verdict::Return => EditionAction::Return,
        };
        let state = self.state.judge(action, self.audit_begun_at)?;
        let (publish_due_at, sha256) = match judgement.verdict {
            Verdict::Approve => {
                let workdays = rules.policy.publication.publish_workdays;
                let due_at = rules.clock().after(now, workdays);
                (Some(due_at), Some(self.sha256.clone()?))
            }
            Verdict::Return => (None, None),
        };
        let project = self.document.project_name.clone();
        let line = self.line(Deed::Audit, judgement.verdict.label());
        let told = match publish_due_at {
            None => line.and(self.tell_returned(&judgement.note)),
            Some(publish_due_at) => line
                .tell(
                    Audience::Buyer(self.requirement),
                    message::Audited {
                        requirement: self.requirement,
                        project: project.clone(),
                        publish_due_at,
                    },
                )
                .tell(
                    Audience::Publishers,
                    message::PublicationWaiting {
                        requirement: self.requirement,
                        project,
                        publish_due_at,
                    },
                ),
        };
        Ok(told.from(Audited {
            state,
            note: judgement.note,
            publish_due_at,
            sha256,
        }))
    }

    /// The publisher sends it back instead. Errors: not now.
    pub fn send_back(&self, note: &str) -> Result<Decision<EditionState>, Refusal> {
        let state = self.state.after(EditionAction::Return)?;
        let line = self.line(Deed::SendBack, note);
        Ok(line.and(self.tell_returned(note)).from(state))
    }

    fn tell_returned(&self, note: &str) -> Follows {
        let message = message::Returned {
            requirement: self.requirement,
            project: self.document.project_name.clone(),
            note: note.to_string(),
        };
        Follows::new().tell(Audience::Buyer(self.requirement), message)
    }

    /// Publication as the first edition of a requirement, under a number that nobody else has.
    /// Errors: by whoever wrote or audited it, [`Refusal::Changed`], or not now.
    pub fn publish_first(
        &self,
        by: PersonId,
        (of, notice_no): (RequirementState, String),
        promise: Promise,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Decision<Published>, Refusal> {
        self.state.publish(&self.done, by)?;
        of.after(RequirementAction::Publish)?;
        let (document, handed_in) = (&self.document, self.sha256.clone()?);
        let schedule = schedule(
            &rules.policy,
            &rules.clock(),
            now,
            document.sign_up_workdays,
        );
        let about = self.about(&notice_no);
        let bid_key = promise.bid_key.map(|key| Hex32(key.0));
        let published = fact::Publication {
            title: document.title(),
            edition: self.edition,
            method: document.method,
            variant: document.variant,
            deadline_at: schedule.deadline_at,
            draw_at: schedule.draw_at,
            seed_commitment: promise.seed_commitment,
            beacon_rule: crate::draw::BeaconRule::None,
            bid_public_key: bid_key,
            policy: rules.policy.name.clone(),
            document_sha256: document_hash(document),
            handed_in_sha256: Some(handed_in),
            files: Some(self.files.clone()),
        };
        let notice = Announcement::Requirement {
            document: Box::new(document.clone()),
            schedule,
            seed_commitment: promise.seed_commitment,
            handed_in,
            bid_key,
        };
        let told = message::Published {
            requirement: self.requirement,
            project: document.project_name.clone(),
            notice_no: notice_no.clone(),
            deadline_at: schedule.deadline_at,
            draw_at: schedule.draw_at,
        };
        let has_backups = document.method.kind().has_backups;
        let backups = rules.policy.selection.backups;
        Ok(self
            .line(Deed::Publish, &document.project_name)
            .fact(&about, published)
            .announce(&about, notice)
            .tell(Audience::Buyer(self.requirement), told)
            .job(Job::Close(self.requirement), schedule.deadline_at)
            .from(Published {
                notice_no,
                schedule,
                backups: if has_backups { backups } else { 0 },
            }))
    }

    /// Publication as a correction, while sign-up is open; late ones move the deadline.
    /// Errors: as for the first, or the deadline has passed.
    pub fn publish_correction(
        &self,
        by: PersonId,
        of: &Procurement,
        now: Timestamp,
    ) -> Result<Decision<Schedule>, Refusal> {
        self.state.publish(&self.done, by)?;
        let handed_in = self.sha256.clone()?;
        may_come(of.stage.state(), of.schedule.deadline_at, now)?;
        let (document, rules) = (&self.document, &of.rules);
        let schedule = reschedule(
            &rules.policy,
            &rules.clock(),
            of.published_at,
            of.schedule,
            now,
        );
        let about = self.about(&of.notice_no);
        let published = fact::Correction {
            edition: self.edition,
            changes: self.changes.clone(),
            reason: self.reason.clone(),
            deadline_at: schedule.deadline_at,
            draw_at: schedule.draw_at,
            document_sha256: document_hash(document),
            handed_in_sha256: Some(handed_in),
            files: Some(self.files.clone()),
        };
        let notice = Announcement::Correction {
            project: document.project_name.clone(),
            edition: self.edition,
            reason: self.reason.clone(),
            schedule,
            handed_in,
            changes: self.changes.clone(),
        };
        let told: message::Message = message::Corrected {
            requirement: self.requirement,
            project: document.project_name.clone(),
            edition: self.edition,
            deadline_at: schedule.deadline_at,
        }
        .into();
        let mut follows = self
            .line(Deed::Publish, &document.project_name)
            .fact(&about, published)
            .announce(&about, notice)
            .tell(Audience::Entrants(self.requirement), told);
        if schedule != of.schedule {
            follows = follows.job(Job::Close(self.requirement), schedule.deadline_at);
        }
        Ok(follows.from(schedule))
    }

    fn about(&self, notice_no: &str) -> About {
        About {
            notice_no: notice_no.to_string(),
            requirement: self.requirement,
            agency: None,
        }
    }
}

/// SHA-256 of the document, its version left out.
fn document_hash(document: &Specification) -> Hex32 {
    sha256(
        serde_json::to_string(document)
            .unwrap_or_default()
            .as_bytes(),
    )
}
