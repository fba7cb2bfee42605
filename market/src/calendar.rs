//! Workdays. "N 个工作日内" starts the next workday and ends at 24:00 of the Nth.

use crate::time::{Date, Duration, Timestamp, Weekday, at_clock, day};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which days are worked: Monday to Friday, but for the State Council's yearly exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Weekdays that are public holidays.
    pub holidays: BTreeSet<Date>,
    /// Saturdays and Sundays that are worked.
    pub make_up_days: BTreeSet<Date>,
}

impl Calendar {
    /// Whether offices work on that day.
    pub fn is_workday(&self, date: Date) -> bool {
        match date.weekday() {
            Weekday::Saturday | Weekday::Sunday => self.make_up_days.contains(&date),
            _ => !self.holidays.contains(&date),
        }
    }

    /// Whether the exceptions of that year are known; else plain weekends are assumed and pages say so.
    pub fn knows(&self, year: i32) -> bool {
        self.holidays.iter().any(|date| date.year() == year)
    }

    /// The `n`th workday after `date`; `date` itself for 0.
    pub fn nth_workday_after(&self, date: Date, n: u32) -> Date {
        let mut date = date;
        let mut left = n;
        while left > 0 {
            date = date.saturating_add(Duration::days(1));
            if self.is_workday(date) {
                left -= 1;
            }
        }
        date
    }

    /// How many workdays lie after `from` up to and including `to`.
    pub fn workdays_between(&self, from: Date, to: Date) -> u32 {
        let mut date = from;
        let mut count = 0;
        while date < to {
            date = date.saturating_add(Duration::days(1));
            count += u32::from(self.is_workday(date));
        }
        count
    }
}

/// What a workday of a period is worth. The demo and the browser journeys run at a faster pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Real workdays by the holiday table.
    Workdays,
    /// Every workday lasts so many seconds, day and night.
    Seconds { per_workday: u32 },
}

/// A calendar at a pace: everything that turns "N workdays" into an instant.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    pub calendar: &'a Calendar,
    pub pace: Pace,
}

impl Clock<'_> {
    /// The end of a period of `n` workdays that begins at `from`: 24:00 of the nth. Unit: workdays.
    pub fn after(&self, from: Timestamp, n: u32) -> Timestamp {
        match self.pace {
            Pace::Workdays if n == 0 => from,
            Pace::Workdays => {
                let last = self.calendar.nth_workday_after(day(from), n);
                at_clock(last.saturating_add(Duration::days(1)), 0, 0)
            }
            Pace::Seconds { per_workday } => {
                from + Duration::seconds(i64::from(per_workday) * i64::from(n))
            }
        }
    }

    /// A deadline that leaves `n` full workdays and then falls into office hours: 15:00 of the next workday.
    pub fn deadline(&self, from: Timestamp, n: u32) -> Timestamp {
        match self.pace {
            Pace::Workdays => at_clock(self.calendar.nth_workday_after(day(from), n + 1), 15, 0),
            Pace::Seconds { .. } => self.after(from, n),
        }
    }

    /// How late `at` is against `due_at`, in workdays begun; 0 when in time.
    pub fn overdue(&self, due_at: Timestamp, at: Timestamp) -> u32 {
        if at <= due_at {
            return 0;
        }
        match self.pace {
            // Due at 24:00 is the midnight that begins the next day: step back into the last day.
            Pace::Workdays => self
                .calendar
                .workdays_between(day(due_at - Duration::seconds(1)), day(at))
                .max(1),
            Pace::Seconds { per_workday } => {
                let late = (at - due_at).whole_milliseconds().unsigned_abs();
                let workdays = late.div_ceil(u128::from(per_workday.max(1)) * 1_000);
                u32::try_from(workdays.max(1)).unwrap_or(u32::MAX)
            }
        }
    }

    /// Moves a due instant by a pause: as many workdays as lay in it.
    pub fn resume(
        &self,
        due_at: Timestamp,
        paused_at: Timestamp,
        resumed_at: Timestamp,
    ) -> Timestamp {
        match self.pace {
            Pace::Workdays => {
                let paused = self
                    .calendar
                    .workdays_between(day(paused_at), day(resumed_at));
                if paused == 0 {
                    return due_at;
                }
                self.after(due_at - Duration::seconds(1), paused)
            }
            Pace::Seconds { .. } => due_at + (resumed_at - paused_at),
        }
    }

    /// The share of a period that has passed, in percent, from 0 to 100.
    pub fn used_percent(&self, from: Timestamp, due_at: Timestamp, now: Timestamp) -> u8 {
        let whole = (due_at - from).whole_seconds().max(1);
        let percent = (now - from).whole_seconds().clamp(0, whole) * 100 / whole;
        u8::try_from(percent).unwrap_or(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::{date, datetime};
    use proptest::prelude::*;

    fn calendar() -> Calendar {
        Calendar {
            holidays: [
                date!(2026 - 10 - 01),
                date!(2026 - 10 - 02),
                date!(2026 - 10 - 05),
                date!(2026 - 10 - 06),
                date!(2026 - 10 - 07),
            ]
            .into(),
            make_up_days: [date!(2026 - 09 - 20), date!(2026 - 10 - 10)].into(),
        }
    }

    #[test]
    fn a_period_starts_the_next_workday_and_ends_at_midnight_of_the_last() {
        let calendar = calendar();
        let clock = Clock {
            calendar: &calendar,
            pace: Pace::Workdays,
        };
        // Wednesday 30 September, 10:00: the next workdays are 8, 9 and 10 (a worked Saturday) October.
        let from = datetime!(2026-09-30 10:00 +8);
        assert_eq!(clock.after(from, 1), datetime!(2026-10-09 00:00 +8));
        assert_eq!(clock.after(from, 3), datetime!(2026-10-11 00:00 +8));
        assert_eq!(clock.after(from, 4), datetime!(2026-10-13 00:00 +8));
        assert_eq!(clock.after(from, 0), from);
        assert_eq!(clock.deadline(from, 3), datetime!(2026-10-12 15:00 +8));
    }

    #[test]
    fn lateness_counts_workdays_begun() {
        let calendar = calendar();
        let clock = Clock {
            calendar: &calendar,
            pace: Pace::Workdays,
        };
        let due = datetime!(2026-10-13 00:00 +8);
        assert_eq!(clock.overdue(due, due), 0);
        assert_eq!(clock.overdue(due, datetime!(2026-10-13 00:01 +8)), 1);
        assert_eq!(clock.overdue(due, datetime!(2026-10-16 23:00 +8)), 4);
        assert_eq!(clock.overdue(due, datetime!(2026-10-18 12:00 +8)), 4);
        let quick = Clock {
            calendar: &calendar,
            pace: Pace::Seconds { per_workday: 60 },
        };
        assert_eq!(quick.overdue(due, due + Duration::seconds(61)), 2);
        assert_eq!(quick.overdue(due, due + Duration::seconds(60)), 1);
    }

    #[test]
    fn a_pause_over_a_weekend_costs_only_workdays() {
        let calendar = calendar();
        let clock = Clock {
            calendar: &calendar,
            pace: Pace::Workdays,
        };
        let due = datetime!(2026-10-22 00:00 +8);
        let friday = datetime!(2026-10-16 10:00 +8);
        assert_eq!(
            clock.resume(due, friday, datetime!(2026-10-19 09:00 +8)),
            datetime!(2026-10-23 00:00 +8)
        );
        assert_eq!(
            clock.resume(due, friday, datetime!(2026-10-16 17:00 +8)),
            due
        );
    }

    proptest! {
        #[test]
        fn later_starts_and_longer_periods_never_end_earlier(start in 0i64..400 * 86_400, gap in 0i64..20 * 86_400, n in 0u32..40) {
            let calendar = calendar();
            for pace in [Pace::Workdays, Pace::Seconds { per_workday: 60 }] {
                let clock = Clock { calendar: &calendar, pace };
                let from = datetime!(2026-01-01 0:00 UTC) + Duration::seconds(start);
                prop_assert!(clock.after(from, n) <= clock.after(from, n + 1));
                prop_assert!(clock.after(from, n) <= clock.after(from + Duration::seconds(gap), n));
                prop_assert!(clock.deadline(from, n) >= clock.after(from, n));
                prop_assert_eq!(clock.overdue(clock.after(from, n), from), 0);
            }
        }

        #[test]
        fn the_nth_workday_is_n_workdays_away(offset in 0i64..700, n in 0u32..60) {
            let calendar = calendar();
            let from = date!(2026 - 01 - 01) + Duration::days(offset);
            let to = calendar.nth_workday_after(from, n);
            prop_assert_eq!(calendar.workdays_between(from, to), n);
            prop_assert!(n == 0 || calendar.is_workday(to));
        }
    }
}
