//! How much one visitor may ask for: shares by address and by account, and places for requests under way. Generous for
//! people (an office sends from one address), bounded in memory whatever arrives.

mod visitors;

use app::routes::Share;
use app::world::Clock;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::{Quota, RateLimiter};
use market::PersonId;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use visitors::{Remembered, Visitor};

/// So many in such a time; they come back evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub count: NonZeroU32,
    pub period: Duration,
}

impl FromStr for Allowance {
    type Err = ();

    /// `600/minute`, `60/hour`, `10/day`
    fn from_str(text: &str) -> Result<Allowance, ()> {
        let (count, period) = text.split_once('/').ok_or(())?;
        let seconds = match period.trim() {
            "second" => 1,
            "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            _ => return Err(()),
        };
        let count: NonZeroU32 = count.trim().parse().map_err(|_| ())?;
        let is_bearable = count.get() <= 1_000_000;
        is_bearable
            .then_some(Allowance {
                count,
                period: Duration::from_secs(seconds),
            })
            .ok_or(())
    }
}

/// What an address may ask for, and what an account.
pub type Both = (Option<Allowance>, Option<Allowance>);

/// Everything about visitors that the configuration bounds.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// By share: of an address, of an account. What is missing is not counted.
    pub shares: BTreeMap<Share, Both>,
    /// Requests of one address under way at once.
    pub places: usize,
    /// Connections of one address; nobody is counted behind a proxy of ours.
    pub connections: usize,
    /// How long a request's head may take, and a connection may wait for the next.
    pub head: Duration,
    /// After so long a body must have come at [`Bounds::pace`].
    pub grace: Duration,
    /// Bytes a second.
    pub pace: u32,
}

/// The clock of the world, as `governor` asks for it.
#[derive(Clone)]
struct WorldClock(Arc<dyn Clock>);

impl GovernorClock for WorldClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let nanoseconds = self.0.now().unix_timestamp_nanos();
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0))
    }
}

/// After so many questions, those who have been quiet are forgotten.
const FORGET_EVERY: u32 = 4_096;

struct Counter {
    limiter: RateLimiter<Visitor, Remembered, WorldClock, NoOpMiddleware<Duration>>,
    clock: WorldClock,
    asked: AtomicU32,
}

impl Counter {
    fn new(allowance: Allowance, clock: WorldClock) -> Option<Counter> {
        let one = allowance.period / allowance.count.get();
        let quota = Quota::with_period(one)?.allow_burst(allowance.count);
        Some(Counter {
            limiter: RateLimiter::new(quota, Remembered::default(), clock.clone()),
            clock,
            asked: AtomicU32::new(0),
        })
    }

    /// Counts one. Errors: seconds until there is room again.
    fn count(&self, visitor: Visitor) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(&visitor).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

/// The counters of a server.
pub struct Limits {
    by_address: BTreeMap<Share, Counter>,
    by_account: BTreeMap<Share, Counter>,
    places: Arc<Places>,
}

impl Limits {
    /// Counts with the clock of the world.
    pub fn new(bounds: &Bounds, clock: Arc<dyn Clock>) -> Limits {
        let clock = WorldClock(clock);
        let counters = |of: fn(&Both) -> Option<Allowance>| {
            bounds
                .shares
                .iter()
                .filter_map(|(share, both)| Some((*share, Counter::new(of(both)?, clock.clone())?)))
                .collect()
        };
        Limits {
            by_address: counters(|both| both.0),
            by_account: counters(|both| both.1),
            places: Arc::new(Places::new(bounds.places)),
        }
    }

    /// Counts a request of an address. Errors: seconds to wait.
    pub fn of_address(&self, share: Share, address: &str) -> Result<(), u64> {
        count(&self.by_address, share, Visitor::of_address(address))
    }

    /// Counts a request of an account. Errors: seconds to wait.
    pub fn of_account(&self, share: Share, person: PersonId) -> Result<(), u64> {
        count(&self.by_account, share, Visitor::of_account(person))
    }

    /// A place for a request of an address while it is under way.
    pub fn place(&self, address: &str) -> Option<Place> {
        Places::take(&self.places, Visitor::of_address(address))
    }
}

/// What has a share of its own counts as a form, too.
fn count(counters: &BTreeMap<Share, Counter>, share: Share, visitor: Visitor) -> Result<(), u64> {
    let is_form = !matches!(share, Share::Pages | Share::Searches | Share::OpenData);
    let general = (is_form && share != Share::Forms).then_some(Share::Forms);
    for share in [Some(share), general].into_iter().flatten() {
        if let Some(counter) = counters.get(&share) {
            counter.count(visitor)?;
        }
    }
    Ok(())
}

/// So many at once for each.
pub struct Places {
    most: usize,
    taken: Mutex<HashMap<Visitor, usize>>,
}

/// Given back when it is dropped.
pub struct Place {
    places: Arc<Places>,
    visitor: Visitor,
}

impl Places {
    pub fn new(most: usize) -> Places {
        Places {
            most,
            taken: Mutex::default(),
        }
    }

    /// A place for an address.
    pub fn of_address(places: &Arc<Places>, address: IpAddr) -> Option<Place> {
        Places::take(places, Visitor::of_address(&address.to_string()))
    }

    fn take(places: &Arc<Places>, visitor: Visitor) -> Option<Place> {
        let mut taken = places.taken.lock().ok()?;
        let count = taken.entry(visitor).or_default();
        if *count >= places.most {
            return None;
        }
        *count += 1;
        Some(Place {
            places: places.clone(),
            visitor,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Ok(mut taken) = self.places.taken.lock() else {
            return;
        };
        if let Some(count) = taken.get_mut(&self.visitor) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.visitor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::visitors::MOST_REMEMBERED;
    use super::*;
    use market::Timestamp;
    use std::sync::atomic::AtomicI64;
    use uuid::Uuid;

    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_timestamp(self.0.load(Ordering::SeqCst)).expect("an instant")
        }
    }

    fn limits(share: Share, address: &str, account: &str) -> (Limits, Arc<HandClock>) {
        let clock = Arc::new(HandClock(AtomicI64::new(1_770_000_000)));
        let bounds = Bounds {
            shares: [(share, (address.parse().ok(), account.parse().ok()))].into(),
            places: 2,
            connections: 2,
            head: Duration::from_secs(1),
            grace: Duration::from_secs(1),
            pace: 1,
        };
        (Limits::new(&bounds, clock.clone()), clock)
    }

    #[test]
    fn a_share_is_used_up_told_and_comes_back() {
        let (limits, clock) = limits(Share::Accounts, "3/minute", "off");
        let ask = || limits.of_address(Share::Accounts, "192.0.2.1");
        assert_eq!([ask(), ask(), ask()], [Ok(()); 3]);
        assert_eq!(ask(), Err(20));
        assert_eq!(limits.of_address(Share::Accounts, "192.0.2.2"), Ok(()));
        assert_eq!(limits.of_address(Share::Searches, "192.0.2.1"), Ok(()));
        clock.0.fetch_add(20, Ordering::SeqCst);
        assert_eq!((ask(), ask()), (Ok(()), Err(20)));
        // A clock that is set back neither fails nor gives anything away.
        clock.0.fetch_sub(3_600, Ordering::SeqCst);
        assert!(ask().is_err());
        let person = PersonId(Uuid::from_u128(1));
        for _ in 0..10 {
            assert_eq!(limits.of_account(Share::Accounts, person), Ok(()));
        }
    }

    #[test]
    fn every_form_counts_as_a_form() {
        let (limits, _) = limits(Share::Forms, "off", "2/hour");
        let person = PersonId(Uuid::from_u128(1));
        assert_eq!(limits.of_account(Share::Bodies, person), Ok(()));
        assert_eq!(limits.of_account(Share::Pages, person), Ok(()));
        assert_eq!(limits.of_account(Share::Uploads, person), Ok(()));
        assert_eq!(limits.of_account(Share::Forms, person), Err(1_800));
        assert_eq!(limits.of_account(Share::Drafts, person), Err(1_800));
        assert_eq!(limits.of_account(Share::Searches, person), Ok(()));
        let other = PersonId(Uuid::from_u128(2));
        assert_eq!(limits.of_account(Share::Forms, other), Ok(()));
    }

    #[test]
    fn one_household_is_one_visitor_however_its_address_is_written() {
        let same = [
            ["192.0.2.7", "::ffff:192.0.2.7"],
            ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"],
        ];
        for [one, other] in same {
            assert_eq!(
                Visitor::of_address(one),
                Visitor::of_address(other),
                "{one} {other}"
            );
        }
        assert_ne!(
            Visitor::of_address("192.0.2.7"),
            Visitor::of_address("192.0.2.8")
        );
        assert_ne!(
            Visitor::of_address("2001:db8:1:2::1"),
            Visitor::of_address("2001:db8:1:3::1")
        );
    }

    #[test]
    fn memory_is_bounded_whoever_comes() {
        let (limits, _) = limits(Share::Searches, "1/hour", "off");
        for n in 0..(MOST_REMEMBERED as u32 + 80_000) {
            let address = std::net::Ipv4Addr::from_bits(n).to_string();
            let _ = limits.of_address(Share::Searches, &address);
        }
        let counter = &limits.by_address[&Share::Searches];
        assert!(counter.limiter.len() <= MOST_REMEMBERED + 400);
        // Who is remembered has no use of the others' shares, a newcomer has its neighbours'.
        assert!(limits.of_address(Share::Searches, "0.0.0.1").is_err());
        assert!(limits.of_address(Share::Searches, "255.1.2.3").is_ok());
        assert!(limits.of_address(Share::Searches, "255.1.2.4").is_err());
    }

    #[test]
    fn places_are_given_back() {
        let (limits, _) = limits(Share::Searches, "off", "off");
        let one = limits.place("192.0.2.1").expect("a place");
        let two = limits.place("192.0.2.1").expect("another");
        assert!(limits.place("192.0.2.1").is_none());
        assert!(limits.place("192.0.2.2").is_some());
        drop(one);
        assert!(limits.place("192.0.2.1").is_some());
        drop(two);
        assert!(limits.places.taken.lock().expect("the places").is_empty());
    }

    #[test]
    fn allowances_are_read_or_refused() {
        let minute = Duration::from_secs(60);
        let read = |text: &str| text.parse::<Allowance>().ok();
        let six = read("600/minute").expect("an allowance");
        assert_eq!((six.count.get(), six.period), (600, minute));
        for text in [
            "",
            "off",
            "0/minute",
            "-1/day",
            "600",
            "600/month",
            "2000000/day",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
