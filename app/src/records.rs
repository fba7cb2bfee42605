//! How many refused and failed acts are written down: every one of a person's, not every one of a flood's. What is left
//! out is counted by kind, and the counts are written down when the hour is over.

use market::password::place;
use market::time::{Duration, stamp};
use market::{PersonId, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Lines of one person, and of one place, in an hour.
const MOST_OF_ONE: u32 = 120;
/// Lines of all strangers in an hour, and as many again of all who are signed in: the former never take the room of
/// the latter. With it the memory for both is bounded, too.
const MOST: u32 = 5_000;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// Somebody who is signed in.
    Person(PersonId),
    /// Whoever is at a place.
    Stranger(String),
}

impl Who {
    /// A stranger at an address.
    pub fn at(address: &str) -> Who {
        Who::Stranger(place(address))
    }

    fn is_stranger(&self) -> bool {
        matches!(self, Who::Stranger(_))
    }
}

/// What was refused or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Refused,
    OtherSite,
    WrongPassword,
    UnknownLogin,
    Locked,
    /// A defect of ours.
    Broken,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Kind::Refused => "被拒绝的访问",
            Kind::OtherSite => "从其他网站发来的提交",
            Kind::WrongPassword => "登录密码错误",
            Kind::UnknownLogin => "登录名不存在",
            Kind::Locked => "锁定期间的登录",
            Kind::Broken => "系统出错的访问",
        }
    }
}

/// The room that refused acts have in the records. One a process; it begins anew every hour.
#[derive(Debug, Clone, Default)]
pub struct Records(Arc<Mutex<Books>>);

#[derive(Debug, Default)]
struct Books {
    hour: Option<Hour>,
    /// Of hours that are over, not written down yet.
    over: Option<LeftOut>,
}

#[derive(Debug)]
struct Hour {
    since: Timestamp,
    of_strangers: u32,
    of_persons: u32,
    of_one: HashMap<Who, u32>,
    left_out: BTreeMap<(bool, Kind), u64>,
}

/// What was not written down one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    since: Timestamp,
    until: Timestamp,
    /// By whether it was a stranger's, and kind.
    counts: BTreeMap<(bool, Kind), u64>,
}

impl LeftOut {
    fn with(mut self, other: LeftOut) -> LeftOut {
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        LeftOut {
            since: self.since.min(other.since),
            until: self.until.max(other.until),
            counts: self.counts,
        }
    }

    pub(crate) fn sentence(&self) -> String {
        let counts: Vec<String> = self
            .counts
            .iter()
            .map(|((is_stranger, kind), count)| {
                let who = if *is_stranger {
                    "未登录的访客"
                } else {
                    "已登录的人员"
                };
                format!("{who}{} {count} 次", kind.label())
            })
            .collect();
        format!(
            "{} 至 {} 只计数、没有逐条记录的：{}",
            stamp(self.since),
            stamp(self.until),
            counts.join("，")
        )
    }
}

impl Hour {
    fn new(since: Timestamp) -> Hour {
        Hour {
            since,
            of_strangers: 0,
            of_persons: 0,
            of_one: HashMap::new(),
            left_out: BTreeMap::new(),
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now - self.since >= Duration::hours(1) || now < self.since
    }

    fn left_out(self, now: Timestamp) -> Option<LeftOut> {
        let until = (self.since + Duration::hours(1)).min(now.max(self.since));
        (!self.left_out.is_empty()).then_some(LeftOut {
            since: self.since,
            until,
            counts: self.left_out,
        })
    }

    fn room(&mut self, who: Who, kind: Kind) -> Option<&'static str> {
        let is_stranger = who.is_stranger();
        let of_all = if is_stranger {
            &mut self.of_strangers
        } else {
            &mut self.of_persons
        };
        let mut of_one = 0;
        if *of_all < MOST {
            let counted = self.of_one.entry(who).or_default();
            *counted = counted.saturating_add(1);
            of_one = *counted;
        }
        if *of_all >= MOST || of_one > MOST_OF_ONE {
            *self.left_out.entry((is_stranger, kind)).or_default() += 1;
            return None;
        }
        *of_all += 1;
        Some(
            match (is_stranger, *of_all == MOST, of_one == MOST_OF_ONE) {
                (true, true, _) => "；本小时内未登录访客的其余行为不再逐条记录，次数另记",
                (false, true, _) => "；本小时内已登录人员的其余行为不再逐条记录，次数另记",
                (true, _, true) => "；本小时内同一地址的其余行为不再逐条记录，次数另记",
                (false, _, true) => "；本小时内同一人员的其余行为不再逐条记录，次数另记",
                (_, false, false) => "",
            },
        )
    }
}

impl Books {
    /// Closes the hour, and remembers what it left out.
    fn close(&mut self, now: Timestamp) {
        let ended = self.hour.take().and_then(|hour| hour.left_out(now));
        self.remember(ended);
    }

    fn remember(&mut self, left_out: Option<LeftOut>) {
        self.over = match (self.over.take(), left_out) {
            (Some(before), Some(more)) => Some(before.with(more)),
            (before, more) => before.or(more),
        };
    }

    fn close_if_over(&mut self, now: Timestamp) {
        if self.hour.as_ref().is_some_and(|hour| hour.is_over(now)) {
            self.close(now);
        }
    }
}

impl Records {
    fn books(&self) -> MutexGuard<'_, Books> {
        // Counts that a panic has left half done are still better than none.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is room for one more line, with what the line says besides: the last one says that it is the
    /// last. What there is no room for is counted.
    pub fn room(&self, who: Who, kind: Kind, now: Timestamp) -> Option<&'static str> {
        let mut books = self.books();
        books.close_if_over(now);
        books
            .hour
            .get_or_insert_with(|| Hour::new(now))
            .room(who, kind)
    }

    /// Counts that could not be written down, for the next time.
    pub(crate) fn put_back(&self, left_out: LeftOut) {
        self.books().remember(Some(left_out));
    }

    /// What was left out until now and is to be written down. `is_last`: of the hour under way, too.
    pub(crate) fn take(&self, now: Timestamp, is_last: bool) -> Option<LeftOut> {
        let mut books = self.books();
        if is_last {
            books.close(now);
        } else {
            books.close_if_over(now);
        }
        books.over.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: Timestamp = datetime!(2026-03-02 09:00 +8);

    fn person(n: u128) -> Who {
        Who::Person(PersonId(Uuid::from_u128(n)))
    }

    fn counts(left_out: Option<LeftOut>) -> Vec<((bool, Kind), u64)> {
        left_out.map_or(Vec::new(), |left_out| left_out.counts.into_iter().collect())
    }

    #[test]
    fn a_flood_has_little_room_and_says_so_and_an_hour_later_there_is_room_again() {
        let records = Records::default();
        let room = |who, now| records.room(who, Kind::UnknownLogin, now);
        let lines: Vec<_> = (0..1_000)
            .filter_map(|_| room(Who::at("192.0.2.1"), NOW))
            .collect();
        assert_eq!(lines.len(), MOST_OF_ONE as usize);
        let said = lines.iter().filter(|line| !line.is_empty()).count();
        assert_eq!(
            (said, lines.last().is_some_and(|l| l.contains("同一地址"))),
            (1, true)
        );
        assert_eq!(room(Who::at("192.0.2.2"), NOW), Some(""));
        let mut last = "";
        for n in 0..10_000 {
            let who = Who::at(&format!("10.0.{}.{}", n / 250, n % 250));
            last = room(who, NOW).unwrap_or(last);
        }
        assert!(last.contains("未登录访客的其余行为"), "{last}");
        assert_eq!(room(Who::at("192.0.2.3"), NOW), None);
        let later = NOW + Duration::hours(1);
        assert_eq!(room(Who::at("192.0.2.3"), later), Some(""));
        // 1,001 + 10,000 + 1 came, 5,000 are lines.
        let left_out = counts(records.take(later, false));
        assert_eq!(left_out, [((true, Kind::UnknownLogin), 6_002)]);
        assert_eq!(records.take(later, true), None, "each is told once");
    }

    #[test]
    fn strangers_never_take_the_room_of_persons() {
        let records = Records::default();
        for n in 0..20_000 {
            let who = Who::at(&format!("10.{}.{}.1", n / 250, n % 250));
            records.room(who, Kind::WrongPassword, NOW);
        }
        for n in 0..40 {
            assert_eq!(records.room(person(n), Kind::Refused, NOW), Some(""));
        }
        // One person's flood takes the room of no other's, not even at the same address.
        for _ in 0..1_000 {
            records.room(person(1), Kind::Refused, NOW);
        }
        assert_eq!(records.room(person(2), Kind::Refused, NOW), Some(""));
        let left_out = records
            .take(NOW + Duration::minutes(5), true)
            .expect("counts");
        assert_eq!(
            left_out.sentence(),
            "2026-03-02 09:00 至 2026-03-02 09:05 只计数、没有逐条记录的：\
             已登录的人员被拒绝的访问 881 次，未登录的访客登录密码错误 15000 次"
        );
    }

    #[test]
    fn counts_that_could_not_be_written_are_added_to_the_next() {
        let records = Records::default();
        let flood = |now| {
            for _ in 0..(MOST_OF_ONE + 10) {
                records.room(person(1), Kind::Refused, now);
            }
        };
        flood(NOW);
        let first = records.take(NOW + Duration::hours(1), false);
        records.books().remember(first);
        flood(NOW + Duration::hours(2));
        let left_out = records.take(NOW + Duration::hours(3), false);
        assert_eq!(counts(left_out), [((false, Kind::Refused), 20)]);
    }
}
