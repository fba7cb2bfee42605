//! A decision is a value: what becomes of the thing that was decided, and everything that follows from it. The desk
//! saves both in one transaction; whoever wants to know what a decision publishes asks the value, without a database.

use crate::credit::Incident;
use crate::fact::{Fact, PublicFact};
use crate::job::{Job, Scheduled};
use crate::journal::{Deed, Line, Subject};
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

    /// Everything of another one after all of this.
    pub fn and(mut self, other: Follows) -> Follows {
        self.facts.extend(other.facts);
        self.notices.extend(other.notices);
        self.lines.extend(other.lines);
        self.incidents.extend(other.incidents);
        self.jobs.extend(other.jobs);
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
