//! How often a password may be tried. An attempt is counted before it is judged, so that twenty at once are judged no
//! more often than twenty one after another; a right one forgives what was counted against its person.

use crate::Timestamp;
use crate::time::Duration;

/// Whose attempts are counted together. Nobody's lock reaches further than what it is counted by: whoever tries from
/// elsewhere locks the pair of login and own address, and slows down other strangers, but never a browser that has
/// signed in before or a place from which the person has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedBy {
    /// A browser that has signed this person in before.
    Browser,
    /// Somebody who is signed in and names the old password.
    Person,
    /// A login from one address.
    Pair,
    /// A login from all places where it has never signed in.
    Login,
    /// An address, whatever the login: a whole office may share it.
    Address,
}

/// In such a time as many wrong ones fade as are free: who mistypes now and then is never held up for it.
const FADES_IN: Duration = Duration::hours(1);

/// The wait doubles so often; more wrong ones make it no longer, and are not counted either, so that a few hours
/// without wrong ones are enough however many there were.
const DOUBLINGS: u32 = 7;

/// Judging takes a fraction of a second; what takes longer was cut off, and its answer has reached nobody.
const LONGEST_JUDGING: Duration = Duration::minutes(1);

impl CountedBy {
    /// Wrong attempts before the first wait.
    pub fn free(self) -> u32 {
        match self {
            CountedBy::Browser | CountedBy::Person | CountedBy::Pair => 5,
            CountedBy::Login => 20,
            CountedBy::Address => 100,
        }
    }

    /// The wait after that many wrong attempts: it doubles up to a longest one.
    pub fn wait(self, wrong: u32) -> Option<Duration> {
        let beyond = wrong.checked_sub(self.free())?;
        let (first, longest) = match self {
            CountedBy::Pair => (30, 3_600),
            CountedBy::Browser | CountedBy::Person => (30, 900),
            CountedBy::Address => (30, 300),
            // Strangers are slowed down, never kept out.
            CountedBy::Login => (5, 30),
        };
        let seconds: i64 = first << beyond.min(DOUBLINGS);
        Some(Duration::seconds(seconds.min(longest)))
    }

    /// What is left of wrong ones, so long after the last of them.
    fn faded(self, wrong: u32, after: Duration) -> u32 {
        let one = FADES_IN / self.free();
        let gone = after.whole_seconds() / one.whole_seconds().max(1);
        let gone = u32::try_from(gone.max(0)).unwrap_or(u32::MAX);
        wrong.min(self.free() + DOUBLINGS).saturating_sub(gone)
    }
}

/// What has been counted under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// Wrong ones that weighed when the last of them came; since then they fade ([`Attempts::weighing`]).
    pub wrong: u32,
    /// When the last wrong one came. Right ones and such as were not judged keep nothing from fading.
    pub wrong_at: Timestamp,
    /// Those that are being judged.
    pub judging: u32,
    /// When the last one began or ended, of whatever outcome.
    pub last_at: Timestamp,
    /// Until when no more are taken.
    pub locked_until: Option<Timestamp>,
}

/// Why an attempt is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotJudged {
    /// Too many were wrong.
    Locked { until: Timestamp },
    /// As many as may still be wrong are being judged: in a moment it is known.
    Judging,
}

impl NotJudged {
    /// Of two that hold one attempt up, what holds it up longest: what is named to people is when all are over.
    pub fn longest(self, other: NotJudged) -> NotJudged {
        match (self, other) {
            (NotJudged::Locked { until: a }, NotJudged::Locked { until: b }) => {
                NotJudged::Locked { until: a.max(b) }
            }
            (NotJudged::Judging, other) => other,
            (locked, NotJudged::Judging) => locked,
        }
    }
}

impl Attempts {
    /// None yet.
    pub fn none(now: Timestamp) -> Attempts {
        Attempts {
            wrong: 0,
            wrong_at: now,
            judging: 0,
            last_at: now,
            locked_until: None,
        }
    }

    /// Wrong ones that still weigh: [`CountedBy::free`] of them fade in an hour, evenly.
    pub fn weighing(self, by: CountedBy, now: Timestamp) -> u32 {
        by.faded(self.wrong, now - self.wrong_at)
    }

    /// Counts one more, which is then judged. Errors: it is not to be judged, and nothing is counted.
    pub fn begin(self, by: CountedBy, now: Timestamp) -> Result<Attempts, NotJudged> {
        if let Some(until) = self.locked_until.filter(|until| *until > now) {
            return Err(NotJudged::Locked { until });
        }
        let mut counted = self;
        if now - self.last_at > LONGEST_JUDGING {
            counted.judging = 0;
        }
        // After a wait there is one try, then the next wait.
        let weighing = self.weighing(by, now);
        let may_be_wrong = by.free().saturating_sub(weighing).max(1);
        if counted.judging >= may_be_wrong {
            return Err(NotJudged::Judging);
        }
        counted.judging += 1;
        counted.last_at = now;
        counted.locked_until = None;
        Ok(counted)
    }

    /// One that was being judged was wrong.
    pub fn was_wrong(self, by: CountedBy, now: Timestamp) -> Attempts {
        let wrong = self.weighing(by, now) + 1;
        Attempts {
            wrong,
            wrong_at: now,
            judging: self.judging.saturating_sub(1),
            last_at: now,
            locked_until: by.wait(wrong).map(|wait| now + wait).max(self.locked_until),
        }
    }

    /// One was right: `forgiven` of the wrong ones that still weigh were the same person's.
    pub fn was_right(self, by: CountedBy, forgiven: u32, now: Timestamp) -> Attempts {
        let left = self.weighing(by, now).saturating_sub(forgiven);
        let wrong = match left {
            0 => 0,
            // They go on fading from where they were.
            _ => self.wrong.saturating_sub(forgiven),
        };
        Attempts {
            wrong,
            judging: self.judging.saturating_sub(1),
            locked_until: self.locked_until.filter(|_| by.wait(left).is_some()),
            ..self
        }
    }
}

/// What is counted as one address: an IPv6 network of 64 bits is one household or office.
pub fn place(address: &str) -> String {
    match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
        _ => address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const NOW: Timestamp = datetime!(2026-03-02 09:00 +8);
    const EVERY: [CountedBy; 5] = [
        CountedBy::Browser,
        CountedBy::Person,
        CountedBy::Pair,
        CountedBy::Login,
        CountedBy::Address,
    ];

    #[test]
    fn at_once_no_more_are_judged_than_one_after_another() {
        for by in EVERY {
            let (mut attempts, mut judged) = (Attempts::none(NOW), 0);
            for _ in 0..1_000 {
                if let Ok(counted) = attempts.begin(by, NOW) {
                    attempts = counted;
                    judged += 1;
                }
            }
            assert_eq!(judged, by.free(), "{by:?}");
            for _ in 0..judged {
                attempts = attempts.was_wrong(by, NOW);
            }
            let locked = attempts.begin(by, NOW);
            assert!(matches!(locked, Err(NotJudged::Locked { .. })), "{by:?}");
        }
    }

    #[test]
    fn what_is_named_is_when_all_locks_are_over() {
        let locked = |seconds| NotJudged::Locked {
            until: NOW + Duration::seconds(seconds),
        };
        assert_eq!(locked(5).longest(locked(9)), locked(9));
        assert_eq!(locked(9).longest(locked(5)), locked(9));
        assert_eq!(NotJudged::Judging.longest(locked(5)), locked(5));
        assert_eq!(locked(5).longest(NotJudged::Judging), locked(5));
    }

    #[test]
    fn waits_double_and_end_and_a_stranger_is_never_kept_out() {
        assert_eq!(CountedBy::Pair.wait(4), None);
        assert_eq!(CountedBy::Pair.wait(5), Some(Duration::seconds(30)));
        assert_eq!(CountedBy::Pair.wait(6), Some(Duration::seconds(60)));
        assert_eq!(CountedBy::Pair.wait(u32::MAX), Some(Duration::hours(1)));
        assert_eq!(CountedBy::Login.wait(u32::MAX), Some(Duration::seconds(30)));
        assert_eq!(CountedBy::Address.wait(99), None);
        assert_eq!(
            CountedBy::Address.wait(u32::MAX),
            Some(Duration::minutes(5))
        );
    }

    #[test]
    fn a_right_one_forgives_what_its_person_got_wrong_and_no_more() {
        let mut office = Attempts::none(NOW);
        for _ in 0..100 {
            office = office
                .begin(CountedBy::Address, NOW)
                .expect("free")
                .was_wrong(CountedBy::Address, NOW);
        }
        assert!(office.locked_until.is_some());
        let after = office.was_right(CountedBy::Address, 3, NOW);
        assert_eq!((after.wrong, after.locked_until), (97, None));
        let own_account = office.was_right(CountedBy::Address, 0, NOW);
        assert_eq!(
            (own_account.wrong, own_account.locked_until),
            (100, office.locked_until)
        );
    }

    #[test]
    fn what_was_cut_off_is_not_judged_for_ever() {
        let mut attempts = Attempts::none(NOW);
        for _ in 0..5 {
            attempts = attempts.begin(CountedBy::Pair, NOW).expect("free");
        }
        assert_eq!(
            attempts.begin(CountedBy::Pair, NOW),
            Err(NotJudged::Judging)
        );
        let later = NOW + Duration::minutes(2);
        assert_eq!(
            attempts
                .begin(CountedBy::Pair, later)
                .map(|one| one.judging),
            Ok(1)
        );
    }

    /// Wrong ones one after another, each `apart` from the one before, as long as they are judged.
    fn mistyped(by: CountedBy, apart: Duration, count: u32) -> (Attempts, Timestamp, u32) {
        let (mut attempts, mut now, mut judged) = (Attempts::none(NOW), NOW, 0);
        for _ in 0..count {
            if let Ok(begun) = attempts.begin(by, now) {
                attempts = begun.was_wrong(by, now);
                judged += 1;
            }
            now += apart;
        }
        (attempts, now, judged)
    }

    #[test]
    fn an_office_whose_people_mistype_now_and_then_is_never_held_up() {
        // A wrong one every minute all week: never a pause of a day, and never a wait.
        let (office, _, judged) = mistyped(CountedBy::Address, Duration::minutes(1), 10_080);
        assert_eq!((judged, office.locked_until), (10_080, None));
        // An office that was locked is free again, while its people go on mistyping.
        let (mut office, mut now, _) = mistyped(CountedBy::Address, Duration::seconds(1), 10_000);
        assert!(office.locked_until.is_some());
        for _ in 0..60 {
            now += Duration::minutes(6);
            office = office
                .begin(CountedBy::Address, now)
                .expect("the longest wait is over")
                .was_wrong(CountedBy::Address, now);
        }
        assert_eq!(office.locked_until.filter(|until| *until > now), None);
    }

    #[test]
    fn looking_again_and_again_keeps_nothing_from_fading() {
        let (mut attempts, mut now, _) = mistyped(CountedBy::Pair, Duration::ZERO, 5);
        for _ in 0..61 {
            now += Duration::minutes(1);
            let Ok(begun) = attempts.begin(CountedBy::Pair, now) else {
                continue;
            };
            attempts = begun.was_right(CountedBy::Pair, 0, now);
        }
        assert_eq!(attempts.weighing(CountedBy::Pair, now), 0);
    }

    #[test]
    fn a_network_of_ipv6_is_one_place() {
        assert_eq!(place("2001:db8:1:2:aaaa::1"), place("2001:db8:1:2:bbbb::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_eq!(place("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
        assert_eq!(place("unknown"), "unknown");
    }

    proptest! {
        /// Whatever comes in whatever order, wrong and judged ones together never pass what is free, but for the one
        /// try after each wait.
        #[test]
        fn never_more_at_once_than_may_be_wrong(steps in proptest::collection::vec(0u8..4, 1..200)) {
            let mut attempts = Attempts::none(NOW);
            let mut now = NOW;
            for step in steps {
                match step {
                    0 | 1 => if let Ok(counted) = attempts.begin(CountedBy::Pair, now) { attempts = counted },
                    2 if attempts.judging > 0 => attempts = attempts.was_wrong(CountedBy::Pair, now),
                    _ => now += Duration::seconds(7),
                }
                let weighing = attempts.weighing(CountedBy::Pair, now);
                prop_assert!(attempts.judging <= CountedBy::Pair.free().saturating_sub(weighing).max(1));
            }
        }

        /// However somebody spaces wrong ones, in no hour are more judged than: those free at once, those that fade
        /// meanwhile, and one after each wait.
        #[test]
        fn in_no_hour_are_more_judged_than_allowed(
            kind in 0usize..EVERY.len(),
            gaps in proptest::collection::vec(
                prop_oneof![Just(0i64), 0i64..60, 0i64..900, Just(3_600)], 1..600),
        ) {
            let by = EVERY[kind];
            let longest = by.wait(u32::MAX).expect("a wait").whole_seconds();
            let allowed = 2 * by.free() as usize + DOUBLINGS as usize + 1 + (3_600 / longest) as usize;
            let (mut attempts, mut now, mut judged) = (Attempts::none(NOW), NOW, Vec::new());
            for gap in gaps {
                now += Duration::seconds(gap);
                if let Ok(begun) = attempts.begin(by, now) {
                    attempts = begun.was_wrong(by, now);
                    judged.push(now);
                }
            }
            for (n, from) in judged.iter().enumerate() {
                let within = judged[n..].iter().take_while(|at| **at - *from < Duration::hours(1)).count();
                prop_assert!(within <= allowed, "{by:?}: {within} of {allowed}");
            }
        }

        /// However many were wrong, a few hours without wrong ones leave nothing, and time never adds any.
        #[test]
        fn wrong_ones_fade_to_none(kind in 0usize..EVERY.len(), wrong in 0u32..=u32::MAX, minutes in 0i64..600) {
            let by = EVERY[kind];
            let attempts = Attempts { wrong, ..Attempts::none(NOW) };
            let later = NOW + Duration::minutes(minutes);
            let weighing = attempts.weighing(by, later);
            prop_assert!(weighing <= attempts.weighing(by, NOW));
            prop_assert_eq!(attempts.weighing(by, later + Duration::hours(3)), 0);
            prop_assert!(weighing == 0 || attempts.weighing(by, later + Duration::hours(1)) < weighing);
        }
    }
}
