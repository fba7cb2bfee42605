//! The ways out of the house: how a mail and a text message leave. Each is one adapter behind [`Way`]; which one it is,
//! the settings say. Without settings everything goes into folders of the data folder, where it can be read.

mod folder;
mod mail;
mod sms;

pub use mail::{MailRelay, Security};
pub use sms::SmsGateway;

use crate::config::Config;
use crate::installation::Trouble;
use folder::Folder;
use market::effect::{Effect, EffectKind, Failure, TIMEOUT};
use market::{EffectId, Timestamp};
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What a way is to carry, complete.
#[derive(Clone)]
pub struct Parcel {
    pub id: EffectId,
    /// The mailbox or the telephone.
    pub to: String,
    /// With its code, if it has one.
    pub effect: Effect,
    /// The same in every attempt, so that the other side can tell a repetition.
    pub idempotency_key: String,
    pub now: Timestamp,
}

/// Why something could not be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    pub failure: Failure,
    /// For the operator. Addresses in it are masked by the caller.
    pub why: String,
}

impl Undelivered {
    /// Later it may go.
    pub fn passing(why: impl std::fmt::Display) -> Undelivered {
        Undelivered {
            failure: Failure::Passing,
            why: why.to_string(),
        }
    }

    /// It will never go as it is.
    pub fn for_good(why: impl std::fmt::Display) -> Undelivered {
        Undelivered {
            failure: Failure::Final,
            why: why.to_string(),
        }
    }
}

/// What carrying a parcel comes to: what the other side said.
pub type Carrying<'a> = Pin<Box<dyn Future<Output = Result<String, Undelivered>> + Send + 'a>>;

/// A way out. It may be asked twice for the same parcel and then does no more harm than a repetition under one key.
pub trait Way: Send + Sync {
    /// Hands the parcel over.
    fn carry(&self, parcel: Parcel) -> Carrying<'_>;

    /// Whether the other side can be reached, for `server check`: what it is, or what is wrong.
    fn check(&self) -> Carrying<'_>;
}

/// A way for each kind.
#[derive(Clone)]
pub struct Ways {
    pub mail: Arc<dyn Way>,
    pub sms: Arc<dyn Way>,
    /// So long one attempt may take; much shorter than [`market::effect::LEASE`].
    pub patience: Duration,
}

impl Ways {
    /// The way of a kind.
    pub fn of(&self, kind: EffectKind) -> &Arc<dyn Way> {
        match kind {
            EffectKind::Mail => &self.mail,
            EffectKind::Sms => &self.sms,
        }
    }

    /// The ways that the settings name. Errors: an address or a file of theirs that is no use.
    pub fn open(config: &Config) -> Result<Ways, Trouble> {
        let sender = config.site_name.clone();
        let mail: Arc<dyn Way> = match &config.mail {
            Some(relay) => Arc::new(mail::Smtp::open(relay, sender)?),
            None => Arc::new(Folder::of_mails(config.data.join("mail"), sender)),
        };
        let sms: Arc<dyn Way> = match &config.sms {
            Some(gateway) => Arc::new(sms::Gateway::open(gateway)?),
            None => Arc::new(Folder::of_messages(config.data.join("sms"))),
        };
        Ok(Ways {
            mail,
            sms,
            patience: TIMEOUT.unsigned_abs(),
        })
    }

    /// Mails and text messages into folders, whatever the settings say: the demo reaches nobody.
    pub fn into_folders(data: &Path, sender: &str) -> Ways {
        Ways {
            mail: Arc::new(Folder::of_mails(data.join("mail"), sender.to_string())),
            sms: Arc::new(Folder::of_messages(data.join("sms"))),
            patience: TIMEOUT.unsigned_abs(),
        }
    }
}
