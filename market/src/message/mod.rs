//! 消息: what a person is told of what happened. A decision says it as a value ([`Addressed`]), to whom as an
//! [`Audience`]; who that is, and by which ways it reaches them, is found in the transaction of the decision.
//!
//! A message is stored with its variables, and its words are made when it is read. A variable is never renamed or given
//! another meaning; what is added is an `Option` that older ones leave out. Neither a secret nor a sealed price is ever
//! a variable: what a message says, its receiver may read on the page that it leads to.

mod award;
mod contract;
mod declaring;
pub mod expiry;
mod kinds;
pub mod mailbox;
pub mod preference;
mod procurement;
pub mod reminder;
pub mod samples;
mod standing;
#[cfg(test)]
mod tests;

pub use kinds::*;
pub use preference::{Preference, Topic};
pub use reminder::{Deadline, Matter, Share};

use crate::time::stamp_end;
use crate::{AgencyId, DepartmentId, OwnerId, RequirementId, Timestamp};
use serde_json::{Value, json};

/// The version of what is stored.
const VERSION: u32 = 1;

/// To whom something is said. Whoever acts for a body now is meant, not who acted for it when the matter began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Who acts for the owner of a requirement: its administrators, and the trustee who has begun it.
    Buyer(RequirementId),
    /// The administrators of an owner.
    Owner(OwnerId),
    /// The administrators of an agency.
    Agency(AgencyId),
    /// The administrators of every agency that is signed up for a requirement.
    Entrants(RequirementId),
    /// Who audits for the operator.
    Auditors,
    /// Who publishes for the operator.
    Publishers,
    /// Who gives the first opinion in a department.
    Clerks(DepartmentId),
    /// Who decides in a department.
    Checkers(DepartmentId),
}

/// A message with its receivers.
#[derive(Debug, Clone, PartialEq)]
pub struct Addressed {
    pub to: Audience,
    pub message: Message,
    /// Nobody is told the same thing twice under one key. `None`: what happens again is told again.
    pub once: Option<String>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// In one line.
    pub title: String,
    /// What happened, what is to be done by when, and what follows if it is not.
    pub text: String,
    /// The page on which it is done, or on which more is to be read.
    pub path: String,
}

impl Said {
    fn new(title: impl Into<String>, text: impl Into<String>, path: impl Into<String>) -> Said {
        Said {
            title: title.into(),
            text: text.into(),
            path: path.into(),
        }
    }
}

/// A variable of a message, for the printed table and the operator's preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    pub about: &'static str,
}

impl MessageKind {
    /// The message of a code.
    pub fn of_code(code: &str) -> Option<MessageKind> {
        MessageKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.code() == code)
    }

    /// Whether who has caused it is told, too: what it brings is more than what was done.
    pub fn is_told_to_who_acted(self) -> bool {
        matches!(
            self,
            MessageKind::CreditRecorded | MessageKind::Suspended | MessageKind::DeadlineNear
        )
    }

    /// Whether it tells that somebody is signed up while nobody may know it: until the deadline its sending is not
    /// shown to the operator.
    pub fn tells_who_is_signed_up(self) -> bool {
        matches!(self, MessageKind::Corrected | MessageKind::Extended)
    }
}

impl Message {
    /// Whether quiet hours do not hold it back: little time is left, and silence costs points.
    pub fn is_urgent(&self) -> bool {
        match self {
            Message::Won(_) | Message::BackupCalled(_) => true,
            Message::DeadlineNear(near) => {
                near.matter == Matter::ConfirmAward && near.share == Share::LastQuarter
            }
            _ => false,
        }
    }

    /// Its variables as they are stored, with their version.
    pub fn stored(&self) -> Value {
        let mut data = self.data();
        data["v"] = json!(VERSION);
        data
    }

    /// Reads what was stored under a kind. Errors: a version or a kind of a newer program, or damage.
    pub fn of_stored(kind: &str, stored: &Value) -> Result<Message, String> {
        let version = stored["v"].as_u64();
        if version != Some(u64::from(VERSION)) {
            return Err(format!("a message of version {version:?}"));
        }
        let kind = MessageKind::of_code(kind).ok_or_else(|| format!("a message “{kind}”"))?;
        Message::of_data(kind, stored.clone())
    }
}

/// 2026-03-20 24:00 前, in bold nowhere: the last instant of a period as every text names it.
fn before(at: Timestamp) -> String {
    format!("{} 前", stamp_end(at))
}
