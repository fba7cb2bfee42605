//! A decision is a value: what becomes of the thing that was decided, and everything that follows from it. The desk
//! saves both in one transaction; whoever wants to know what a decision publishes asks the value, without a database.

use crate::credit::Incident;
use crate::fact::{Fact, PublicFact};
use crate::job::{Job, Scheduled};
use crate::journal::{Deed, Line, Subject};
use crate::message::reminder::half;
use crate::message::{Addressed, Audience, Message};
use crate::notice::Announcement;
use crate::{AgencyId, RequirementId, Timestamp};

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a decision that nobody saves was not taken"]
pub struct Decision<Next> {
    pub next: Next,
    pub follows: Follows,
}

/// What follows from a decision, in the order in which it is to be written.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use = "what follows from a decision is to be carried out"]
pub struct Follows {
    pub facts: Vec<PublicFact>,
    pub notices: Vec<PublicNotice>,
    pub lines: Vec<Line>,
    pub jobs: Vec<Scheduled>,
    pub incidents: Vec<Incident>,
    /// Who is told what.
    pub messages: Vec<Addressed>,
}

impl Follows {
    /// Nothing yet.
    pub fn new() -> Follows {
        Follows::default()
    }

    /// The decision that this follows from.
    pub fn from<Next>(self, next: Next) -> Decision<Next> {
        Decision {
            next,
            follows: self,
        }
    }

    /// A line of the ledger.
    pub fn fact(mut self, about: &About, fact: impl Into<Fact>) -> Follows {
        self.facts.push(about.fact(fact));
        self
    }

    /// A notice.
    pub fn announce(mut self, about: &About, announcement: Announcement) -> Follows {
        self.notices.push(PublicNotice {
            requirement: about.requirement,
            notice_no: about.notice_no.clone(),
            announcement,
        });
        self
    }

    /// A line of the journal.
    pub fn line(mut self, deed: Deed, subject: Subject, note: impl Into<String>) -> Follows {
        let note = note.into();
        self.lines.push(Line {
            deed,
            subject,
            note,
        });
        self
    }

    /// A credit event, if there is one.
    pub fn incident(mut self, incident: impl Into<Option<Incident>>) -> Follows {
        self.incidents.extend(incident.into());
        self
    }

    /// A job.
    pub fn job(mut self, job: Job, run_at: Timestamp) -> Follows {
        self.jobs.push(job.at(run_at));
        self
    }

    /// A message.
    pub fn tell(mut self, to: Audience, message: impl Into<Message>) -> Follows {
        self.messages.push(Addressed {
            to,
            message: message.into(),
            once: None,
        });
        self
    }

    /// A time begins to run for somebody, who is reminded by a job: see [`crate::message::Deadline`].
    pub fn remind(self, job: Job, begun_at: Timestamp, due_at: Timestamp) -> Follows {
        self.job(job, half(begun_at, due_at))
    }

    /// Who is told what, for tests.
    #[cfg(test)]
    pub(crate) fn told(&self) -> Vec<(Audience, &'static str)> {
        let told = self.messages.iter();
        told.map(|one| (one.to, one.message.kind().code()))
            .collect()
    }

    /// Everything of another one after all of this.
    pub fn and(mut self, other: Follows) -> Follows {
        self.facts.extend(other.facts);
        self.notices.extend(other.notices);
        self.lines.extend(other.lines);
        self.incidents.extend(other.incidents);
        self.jobs.extend(other.jobs);
        self.messages.extend(other.messages);
        self
    }
}

/// A notice with the case that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicNotice {
    pub requirement: RequirementId,
    pub notice_no: String,
    pub announcement: Announcement,
}

/// What facts of a case are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub notice_no: String,
    pub requirement: RequirementId,
    pub agency: Option<AgencyId>,
}

impl About {
    fn fact(&self, fact: impl Into<Fact>) -> PublicFact {
        PublicFact {
            subject: self.notice_no.clone(),
            requirement: Some(self.requirement),
            agency: self.agency,
            fact: fact.into(),
        }
    }
}
