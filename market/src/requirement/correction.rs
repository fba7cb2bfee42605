//! 更正公告: a new edition of a published requirement. It shows what changed, and some things may not change.

use super::{RequirementState, Schedule, Specification, with_draw};
use crate::calendar::Clock;
use crate::policy::Policy;
use crate::sign_up::in_time;
use crate::{Problems, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

/// One row that reads differently now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub label: String,
    pub before: String,
    pub after: String,
}

/// Everything that a correction changes, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub changes: Vec<Change>,
}

/// Whether a correction may still come. Errors: the deadline has passed, or it is not open.
pub fn may_come(
    state: RequirementState,
    deadline_at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    match state {
        RequirementState::Published => in_time(deadline_at, now),
        state => Err(Refusal::not_now("更正", state.label())),
    }
}

/// The rows that differ, in the order of the document.
pub fn changes(before: &Specification, after: &Specification) -> Vec<Change> {
    before
        .rows()
        .into_iter()
        .zip(after.rows())
        .filter(|((_, old), (_, new))| old != new)
        .map(|((label, old), (_, new))| Change {
            label: label.to_string(),
            before: old,
            after: new,
        })
        .collect()
}

/// Whether a correction is one: item, method with its rule, and fund stay (else it is another requirement), and something changes.
pub fn check(before: &Specification, after: &Specification) -> Result<(), Problems> {
    if before.method != after.method {
        return Err(Problems::one(
            "method",
            "更正不能改变选取方式；需要改变的，请作废后重新发布。",
        ));
    }
    if before.variant != after.variant {
        return Err(Problems::one(
            "variant",
            "更正不能改变选取规则；需要改变的，请作废后重新发布。",
        ));
    }
    if before.fund != after.fund {
        return Err(Problems::one("fund", "更正不能改变资金来源。"));
    }
    if before.item != after.item {
        return Err(Problems::one("", "更正不能改变服务事项。"));
    }
    if before.sign_up_workdays != after.sign_up_workdays {
        return Err(Problems::one(
            "sign_up_workdays",
            "更正不能改变报名期；后半段发布的更正会按规则自动顺延截止时间。",
        ));
    }
    if changes(before, after).is_empty() {
        return Err(Problems::one("", "没有任何改动，不需要更正。"));
    }
    Ok(())
}

/// When a correction appears in the second half of the sign-up period, the deadline moves so that at least
/// `correction_workdays` remain. It never moves forward.
pub fn reschedule(
    policy: &Policy,
    clock: &Clock<'_>,
    published_at: Timestamp,
    current: Schedule,
    now: Timestamp,
) -> Schedule {
    if clock.used_percent(published_at, current.deadline_at, now) < 50 {
        return current;
    }
    let later = clock.deadline(now, policy.publication.correction_workdays);
    if later > current.deadline_at {
        with_draw(policy, later)
    } else {
        current
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use ::time::macros::datetime;

    #[test]
    fn a_late_correction_moves_the_deadline_and_an_early_one_does_not() {
        let (policy, calendar) = (Policy::standard(), Calendar::default());
        let clock = Clock {
            calendar: &calendar,
            pace: policy.pace,
        };
        let published = datetime!(2026-03-16 09:00 +8);
        let current = with_draw(&policy, datetime!(2026-03-20 15:00 +8));
        let at = |now| reschedule(&policy, &clock, published, current, now).deadline_at;
        assert_eq!(at(datetime!(2026-03-17 09:00 +8)), current.deadline_at);
        assert_eq!(
            at(datetime!(2026-03-20 10:00 +8)),
            datetime!(2026-03-24 15:00 +8)
        );
        assert_eq!(
            at(datetime!(2026-03-18 18:00 +8)),
            datetime!(2026-03-20 15:00 +8)
        );
    }

    #[test]
    fn the_second_half_begins_at_its_middle_and_no_correction_shortens_the_time() {
        let (mut policy, calendar) = (Policy::standard(), Calendar::default());
        let clock = Clock {
            calendar: &calendar,
            pace: policy.pace,
        };
        let published = datetime!(2026-03-16 09:00 +8);
        let current = with_draw(&policy, datetime!(2026-03-20 15:00 +8));
        let middle = published + (current.deadline_at - published) / 2;
        let at =
            |policy: &Policy, now| reschedule(policy, &clock, published, current, now).deadline_at;
        policy.publication.correction_workdays = 9;
        assert!(at(&policy, middle) > current.deadline_at);
        // The share is counted in whole percents.
        let before = middle - crate::time::Duration::hours(2);
        assert_eq!(at(&policy, before), current.deadline_at);
        policy.publication.correction_workdays = 0;
        assert_eq!(at(&policy, middle), current.deadline_at);
    }
}
