//! The ways out of a house in tests: nothing leaves, and what would have is kept.

use market::effect::EffectKind;
use server::outbound::{Carrying, Parcel, Undelivered, Way, Ways};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What becomes of a parcel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Taken,
    /// The other side says nothing.
    Silence,
    /// It fails, and later it may go.
    Passing(&'static str),
    /// It fails for good.
    Final(&'static str),
}

type Judge = Arc<dyn Fn(&Parcel) -> Fate + Send + Sync>;

/// Takes everything, unless it is told otherwise.
#[derive(Clone)]
pub struct Outbox {
    parcels: Arc<Mutex<Vec<Parcel>>>,
    judge: Judge,
    patience: Duration,
}

impl Outbox {
    pub fn taking_everything() -> Outbox {
        Outbox::judging(|_| Fate::Taken)
    }

    pub fn judging(judge: impl Fn(&Parcel) -> Fate + Send + Sync + 'static) -> Outbox {
        Outbox {
            parcels: Arc::default(),
            judge: Arc::new(judge),
            // Who says nothing says nothing for the whole test, however slow the machine.
            patience: Duration::from_secs(3_600),
        }
    }

    /// The same, waiting no longer than this for who says nothing.
    pub fn waiting(self, patience: Duration) -> Outbox {
        Outbox { patience, ..self }
    }

    /// What was handed over so far, also what then failed.
    pub fn parcels(&self) -> Vec<Parcel> {
        self.parcels.lock().expect("no panic").clone()
    }

    /// The parcels of one kind.
    pub fn of(&self, kind: EffectKind) -> Vec<Parcel> {
        let parcels = self.parcels().into_iter();
        parcels.filter(|one| one.effect.kind() == kind).collect()
    }

    pub fn ways(&self) -> Ways {
        Ways {
            mail: Arc::new(self.clone()),
            sms: Arc::new(self.clone()),
            patience: self.patience,
        }
    }
}

impl Way for Outbox {
    fn carry(&self, parcel: Parcel) -> Carrying<'_> {
        let fate = (self.judge)(&parcel);
        let to = parcel.to.clone();
        self.parcels.lock().expect("no panic").push(parcel);
        Box::pin(async move {
            match fate {
                Fate::Taken => Ok(format!("taken for {to}")),
                Fate::Silence => std::future::pending().await,
                Fate::Passing(why) => Err(Undelivered::passing(format!("{why} <{to}>"))),
                Fate::Final(why) => Err(Undelivered::for_good(format!("{why} <{to}>"))),
            }
        })
    }

    fn check(&self) -> Carrying<'_> {
        Box::pin(std::future::ready(Ok("an outbox".into())))
    }
}
