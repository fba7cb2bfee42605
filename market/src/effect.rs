//! 对外发送: what is to leave the house, as a value. A decision never sends: it has an [`Effect`] written in its own
//! transaction, and workers of their own carry it out afterwards, at least once, so that a slow receiver delays neither
//! a deadline nor the ledger nor anybody else.
//!
//! An effect is stored as JSON with a version and can be read by whoever reads the database. So it never holds a sealed
//! price or a secret, and not the address either: [`Envelope`] has the address, and a code that opens something, and is
//! stored sealed.

#[cfg(test)]
mod tests;

use crate::coded::coded;
use crate::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::Duration;

coded! {
    /// By which way something leaves. Each has workers of its own.
    pub enum EffectKind {
        /// A mail.
        Mail = "mail", "电子邮件";
        /// A text message to a mobile telephone.
        Sms = "sms", "短信";
    }
}

coded! {
    /// Where an effect stands.
    pub enum EffectState {
        /// It waits for its time, or for its next attempt.
        Waiting = "waiting", "等待发送";
        /// A worker has it, until its lease ends.
        Running = "running", "正在发送";
        /// The other side has taken it.
        Done = "done", "已发送";
        /// It failed for good or too often, and waits for a person.
        Dead = "dead", "已停止";
        /// A person has decided that it is not sent.
        PutAway = "put_away", "不再发送";
    }
}

impl EffectState {
    /// Whether it may still be sent without anybody's doing.
    pub fn is_under_way(self) -> bool {
        matches!(self, EffectState::Waiting | EffectState::Running)
    }
}

/// The version of what is stored.
const VERSION: u64 = 1;

/// Stands in a text for the code of the [`Envelope`].
pub const CODE: &str = "{code}";

/// What is to leave. Each kind is a variant; what a kind gains is an `Option` that older texts leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A mail in plain text.
    Mail(Mail),
    /// A text message. Carriers send templates that were registered with them, never free text.
    Sms(Sms),
}

/// A mail in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub subject: String,
    /// Lines end with `\n`.
    pub text: String,
}

/// The template of every message to a person. It has one variable, `title`.
pub const MESSAGE_TEMPLATE: &str = "message";

/// A text message by template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sms {
    /// The name under which the settings know the carrier's own code of the template.
    pub template: String,
    pub variables: BTreeMap<String, String>,
}

impl Effect {
    /// By which way it leaves.
    pub fn kind(&self) -> EffectKind {
        match self {
            Effect::Mail(_) => EffectKind::Mail,
            Effect::Sms(_) => EffectKind::Sms,
        }
    }

    /// What it is, in one line of a list.
    pub fn title(&self) -> &str {
        match self {
            Effect::Mail(mail) => &mail.subject,
            Effect::Sms(sms) => sms.variables.get("title").unwrap_or(&sms.template),
        }
    }

    /// As it is stored: its version, its kind and what the kind has.
    pub fn stored(&self) -> Value {
        let what = match self {
            Effect::Mail(mail) => json!(mail),
            Effect::Sms(sms) => json!(sms),
        };
        json!({ "v": VERSION, "kind": self.kind().code(), "what": what })
    }

    /// Reads what was stored. Errors: a version or a kind of a newer program, or damage.
    pub fn of_stored(stored: &Value) -> Result<Effect, String> {
        let version = stored["v"].as_u64();
        if version != Some(VERSION) {
            return Err(format!("an effect of version {version:?}"));
        }
        let kind = stored["kind"].as_str().unwrap_or_default();
        let kind = EffectKind::parse(kind).map_err(|_| format!("an effect of kind “{kind}”"))?;
        let what = &stored["what"];
        let read = match kind {
            EffectKind::Mail => Mail::deserialize(what).map(Effect::Mail),
            EffectKind::Sms => Sms::deserialize(what).map(Effect::Sms),
        };
        read.map_err(|error| error.to_string())
    }

    /// The same with the code of its envelope put where [`CODE`] stands. Only for the way out: it is never stored.
    pub fn with_code(self, code: Option<&str>) -> Effect {
        let Some(code) = code else { return self };
        match self {
            Effect::Mail(mail) => Effect::Mail(Mail {
                text: mail.text.replace(CODE, code),
                ..mail
            }),
            Effect::Sms(sms) => {
                let fill = |(name, value): (String, String)| (name, value.replace(CODE, code));
                Effect::Sms(Sms {
                    variables: sms.variables.into_iter().map(fill).collect(),
                    ..sms
                })
            }
        }
    }
}

/// What of an effect nobody reads in the database: it is stored sealed, and removed when the effect is over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The mailbox or the telephone.
    pub to: String,
    /// A code that opens something, put where [`CODE`] stands.
    #[serde(default = "nothing_is_opened", skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// An envelope without a code has none.
fn nothing_is_opened() -> Option<String> {
    None
}

/// Says nothing of what it holds, because everything that is printed may stand in a log.
impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Envelope(…)")
    }
}

/// `chen.gong@example.cn` as it is shown: `ch***@example.cn`.
pub fn mask_mailbox(mailbox: &str) -> String {
    let (name, domain) = mailbox.rsplit_once('@').unwrap_or((mailbox, ""));
    let shown: String = name
        .chars()
        .take(if name.chars().count() > 3 { 2 } else { 1 })
        .collect();
    format!("{shown}***@{domain}")
}

/// Who receives, as a key that tells nothing: effects of one kind for one receiver leave in the order in which they are
/// due, one at a time, and not faster than [`EffectKind::pause`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Receiver(String);

impl Receiver {
    /// A person.
    pub fn person(person: PersonId) -> Receiver {
        Receiver(format!("person:{person}"))
    }

    /// As it is stored.
    pub fn key(&self) -> &str {
        &self.0
    }
}

/// After so many failures an effect is dead and waits for a person: some seven hours after it was due.
pub const MOST_ATTEMPTS: u32 = 15;
/// So long one attempt may take.
pub const TIMEOUT: Duration = Duration::seconds(30);
/// So long an effect belongs to the worker that has claimed it. Much longer than an attempt may take, so that nobody
/// sends what another is still sending; so long it rests after its worker has died.
pub const LEASE: Duration = Duration::minutes(2);

impl EffectKind {
    /// The least time between two effects for one receiver. Carriers drop text messages that come faster.
    pub fn pause(self) -> Duration {
        match self {
            EffectKind::Mail => Duration::seconds(1),
            EffectKind::Sms => Duration::seconds(30),
        }
    }
}

/// Why an attempt failed, by what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The other side is away, slow or busy: later it may go.
    Passing,
    /// It will never go as it is: an address that does not exist, a template that nobody has set.
    Final,
}

/// When an effect is tried again after its `attempts`-th attempt (from 1) failed: after 15 seconds, 30, then twice as
/// long each time, an hour at most. `None`: it is dead.
pub fn next_attempt(failure: Failure, attempts: u32, now: Timestamp) -> Option<Timestamp> {
    if failure == Failure::Final || attempts >= MOST_ATTEMPTS {
        return None;
    }
    let doublings = attempts.clamp(1, 9) - 1;
    let wait = (Duration::seconds(15) * 2_i32.pow(doublings)).min(Duration::hours(1));
    Some(now + wait)
}
