//! Attempts at a password around the slow judging of it: counted and written down before, settled after.

use crate::AppError;
use crate::desk::Desk;
use market::password::{CountedBy, NotJudged};
use market::{AgencyId, PersonId, Refusal, Timestamp};

/// What an attempt is counted by, each with its key.
pub struct Attempt {
    /// The narrowest first: what a right password forgives is counted there. Locked in the order of the keys.
    keys: Vec<(CountedBy, String)>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Right,
    Wrong,
    /// There was no room to judge it.
    NotJudged,
}

/// A right password is judged in a moment; so often it is looked for whether there is room for one more.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(200);

impl Attempt {
    /// By a browser that has signed the person in before: only its own mistakes hold it up.
    pub fn by_browser(browser: [u8; 32], person: PersonId) -> Attempt {
        let key = format!("browser:{}:{person}", hex::encode(&browser[..16]));
        Attempt {
            keys: vec![(CountedBy::Browser, key)],
        }
    }

    /// By an agency that names identity numbers of persons.
    pub fn at_identities(agency: AgencyId) -> Attempt {
        Attempt {
            keys: vec![(CountedBy::Person, format!("identities:{agency}"))],
        }
    }

    /// By somebody who is signed in and names the old password.
    pub fn by_person(person: PersonId) -> Attempt {
        Attempt {
            keys: vec![(CountedBy::Person, format!("person:{person}"))],
        }
    }

    /// By whoever is at a place. From where the person has signed in before, other strangers don't slow it down.
    pub fn by_place(login: &str, place: &str, is_known: bool) -> Attempt {
        let mut keys = vec![
            (CountedBy::Pair, format!("pair:{login}|{place}")),
            (CountedBy::Address, format!("address:{place}")),
        ];
        if !is_known {
            keys.push((CountedBy::Login, format!("login:{login}")));
        }
        Attempt { keys }
    }

    /// The keys in the order in which all attempts lock them.
    fn in_order(&self) -> Vec<(CountedBy, &str)> {
        let mut keys: Vec<_> = self
            .keys
            .iter()
            .map(|(by, key)| (*by, key.as_str()))
            .collect();
        keys.sort_by_key(|(_, key)| *key);
        keys
    }

    /// Counts the attempt, for good, whatever becomes of the request. While as many are judged as may still be wrong,
    /// it waits a little. Errors: [`Refusal::LockedOut`], [`Refusal::Crowded`].
    pub async fn begin(&self, desk: &mut Desk) -> Result<(), AppError> {
        for _ in 0..LOOKS {
            match self.count(desk).await? {
                Ok(()) => return Ok(()),
                Err(NotJudged::Locked { until }) => {
                    return Err(Refusal::locked_out(until, desk.now).into());
                }
                Err(NotJudged::Judging) => {
                    desk.between(tokio::time::sleep(BETWEEN_LOOKS)).await?;
                }
            }
        }
        Err(Refusal::Crowded { seconds: 5 }.into())
    }

    async fn count(&self, desk: &mut Desk) -> Result<Result<(), NotJudged>, AppError> {
        let now = desk.now;
        let (mut counted, mut no) = (Vec::new(), None::<NotJudged>);
        for (by, key) in self.in_order() {
            let attempts = store::attempt::lock(desk.conn(), key, now).await?;
            match attempts.begin(by, now) {
                Ok(attempts) => counted.push((key, attempts)),
                // In a moment it is looked for again.
                Err(NotJudged::Judging) if no.is_none() => return Ok(Err(NotJudged::Judging)),
                Err(another) => no = Some(no.map_or(another, |one| another.longest(one))),
            }
        }
        if let Some(no) = no {
            return Ok(Err(no));
        }
        for (key, attempts) in counted {
            store::attempt::save(desk.conn(), key, attempts).await?;
        }
        Ok(Ok(()))
    }

    /// Settles the attempt. A right one forgives what the same person got wrong in the same place.
    pub async fn end(&self, desk: &mut Desk, ending: Ending) -> Result<(), AppError> {
        let now = desk.now;
        let mut found = Vec::new();
        for (by, key) in self.in_order() {
            found.push((by, key, store::attempt::lock(desk.conn(), key, now).await?));
        }
        let narrowest = self.keys.first().map(|(_, key)| key.as_str());
        let own = found.iter().find(|(_, key, _)| Some(*key) == narrowest);
        let own_wrong = own.map_or(0, |(by, _, attempts)| attempts.weighing(*by, now));
        for (by, key, attempts) in found {
            let attempts = match ending {
                Ending::Right => attempts.was_right(by, own_wrong, now),
                Ending::Wrong => attempts.was_wrong(by, now),
                Ending::NotJudged => attempts.was_right(by, 0, now),
            };
            store::attempt::save(desk.conn(), key, attempts).await?;
        }
        Ok(())
    }

    /// Until when no more attempts of the kind are taken.
    pub async fn locked_until(&self, desk: &mut Desk) -> Result<Option<Timestamp>, AppError> {
        let now = desk.now;
        let mut latest = None;
        for (_, key) in self.in_order() {
            let attempts = store::attempt::lock(desk.conn(), key, now).await?;
            latest = latest.max(attempts.locked_until.filter(|until| *until > now));
        }
        Ok(latest)
    }

    /// Counts, judges without holding a connection, and settles. Errors: the attempt was not judged, or there was no
    /// room for it.
    pub async fn judge(
        &self,
        desk: &mut Desk,
        password: &str,
        hash: Option<String>,
    ) -> Result<bool, AppError> {
        self.begin(desk).await?;
        let hashing = desk.world.hashing.clone();
        let judged = desk
            .between(hashing.verify(password.to_string(), hash))
            .await?;
        let ending = match judged {
            Ok(true) => Ending::Right,
            Ok(false) => Ending::Wrong,
            Err(_) => Ending::NotJudged,
        };
        self.end(desk, ending).await?;
        if ending == Ending::NotJudged {
            // What follows is refused and rolled back; that the attempt is over must stay.
            desk.between(std::future::ready(())).await?;
        }
        judged
    }
}
