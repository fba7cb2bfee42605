//! 中选: announced, confirmed by the agency, and issued when the publicity is over; or passed to the backup.

mod stage;
#[cfg(test)]
mod stage_tests;

pub use stage::{Award, Stage};

use crate::calendar::Clock;
use crate::coded::coded;
use crate::form::{Reader, public};
use crate::owner::FundType;
use crate::policy::Policy;
use crate::{Form, Problems, Refusal, Timestamp};

coded! {
    /// Where an award stands.
    pub enum AwardState ("award_state") {
        Announced = "announced", "公示中，待确认";
        Confirmed = "confirmed", "已确认，待公示期满";
        Issued = "issued", "已发中选通知书";
        Declined = "declined", "已放弃";
        Lapsed = "lapsed", "逾期未确认";
    }
}

/// What happens to an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwardAction {
    Confirm,
    Decline,
    /// The time to confirm has run out.
    Lapse,
    /// Publicity is over and the agency has confirmed.
    Issue,
}

impl AwardState {
    /// The total table of (state, action).
    pub fn after(self, action: AwardAction) -> Result<AwardState, Refusal> {
        use AwardAction as Do;
        use AwardState::*;
        match (self, action) {
            (Announced, Do::Confirm) => Ok(Confirmed),
            (Announced, Do::Decline) => Ok(Declined),
            (Announced, Do::Lapse) => Ok(Lapsed),
            (Confirmed, Do::Issue) => Ok(Issued),
            (state, Do::Confirm) => Err(Refusal::not_now("确认中选", state.label())),
            (state, Do::Decline) => Err(Refusal::not_now("放弃中选", state.label())),
            (state, Do::Lapse) => Err(Refusal::not_now("作逾期处理", state.label())),
            (state, Do::Issue) => Err(Refusal::not_now("发出中选通知书", state.label())),
        }
    }

    /// Whether it stands, so that no other award of the requirement may.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            AwardState::Announced | AwardState::Confirmed | AwardState::Issued
        )
    }
}

/// The instants of an award that is announced now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwardTimes {
    pub publicity_ends_at: Timestamp,
    pub confirm_by_at: Timestamp,
}

/// Publicity depends on the fund; confirmation is due within its workdays, and never before publicity ends.
pub fn times(
    policy: &Policy,
    clock: &Clock<'_>,
    fund: FundType,
    announced_at: Timestamp,
) -> AwardTimes {
    let publicity_ends_at = clock.after(announced_at, policy.award.publicity_workdays.of(fund));
    let confirm_by_at = clock
        .after(announced_at, policy.award.confirm_workdays)
        .max(publicity_ends_at);
    AwardTimes {
        publicity_ends_at,
        confirm_by_at,
    }
}

/// The agency's answer in time. Errors: [`Refusal::NotNow`] at and after the due instant, and in another state.
pub fn answer(
    state: AwardState,
    action: AwardAction,
    confirm_by_at: Timestamp,
    now: Timestamp,
) -> Result<AwardState, Refusal> {
    let after = state.after(action)?;
    if now >= confirm_by_at {
        return Err(Refusal::not_now("答复", "确认期限已过"));
    }
    Ok(after)
}

/// Silence: possible only when the time is really over.
pub fn lapse(
    state: AwardState,
    confirm_by_at: Timestamp,
    now: Timestamp,
) -> Result<AwardState, Refusal> {
    if now < confirm_by_at {
        return Err(Refusal::TooEarly {
            until: confirm_by_at,
        });
    }
    state.after(AwardAction::Lapse)
}

/// Issue: confirmed and publicity over.
pub fn issue(
    state: AwardState,
    publicity_ends_at: Timestamp,
    now: Timestamp,
) -> Result<AwardState, Refusal> {
    if now < publicity_ends_at {
        return Err(Refusal::TooEarly {
            until: publicity_ends_at,
        });
    }
    state.after(AwardAction::Issue)
}

/// The reason for declining, as typed.
pub fn read_decline(form: &Form) -> Result<String, Problems> {
    let mut read = Reader::new(form);
    let reason = read.need("reason", public(10, 500));
    read.agreed("understood", "请确认您知道放弃中选会记入信用。");
    read.finish(|| reason)
}

/// The number of a notice of award: the notice's number with its rank, `ZX…-1` for the winner.
pub fn award_no(notice_no: &str, ordinal: u32) -> String {
    format!("ZX{}-{ordinal}", notice_no.trim_start_matches("ZJXY"))
}

/// When the award was issued, with which a contract may be recorded. Errors: it was not yet, so there is nothing to record.
pub fn contract_may_come(
    state: AwardState,
    issued_at: Option<Timestamp>,
) -> Result<Timestamp, Refusal> {
    issued_at.ok_or(Refusal::not_now("录入合同", state.label()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use ::time::macros::datetime;

    const NOW: Timestamp = datetime!(2026-03-20 15:05 +8);

    #[test]
    fn silence_counts_only_when_the_time_is_over() {
        assert!(
            lapse(
                AwardState::Announced,
                NOW,
                NOW - crate::time::Duration::SECOND
            )
            .is_err()
        );
        assert_eq!(
            lapse(AwardState::Announced, NOW, NOW),
            Ok(AwardState::Lapsed)
        );
        assert!(lapse(AwardState::Confirmed, NOW, NOW).is_err());
    }

    #[test]
    fn an_answer_at_the_due_instant_is_too_late() {
        let answer = |now| answer(AwardState::Announced, AwardAction::Confirm, NOW, now);
        assert_eq!(
            answer(NOW - crate::time::Duration::SECOND),
            Ok(AwardState::Confirmed)
        );
        assert!(answer(NOW).is_err());
    }

    #[test]
    fn nothing_is_issued_during_publicity_or_unconfirmed() {
        assert!(
            issue(
                AwardState::Confirmed,
                NOW,
                NOW - crate::time::Duration::SECOND
            )
            .is_err()
        );
        assert!(issue(AwardState::Announced, NOW, NOW).is_err());
        assert_eq!(
            issue(AwardState::Confirmed, NOW, NOW),
            Ok(AwardState::Issued)
        );
        assert!(AwardState::Issued.after(AwardAction::Decline).is_err());
    }

    #[test]
    fn social_money_has_no_publicity() {
        let (policy, calendar) = (Policy::standard(), Calendar::default());
        let clock = Clock {
            calendar: &calendar,
            pace: policy.pace,
        };
        let social = times(&policy, &clock, FundType::Social, NOW);
        assert_eq!(social.publicity_ends_at, NOW);
        let fiscal = times(&policy, &clock, FundType::Fiscal, NOW);
        assert_eq!(fiscal.publicity_ends_at, datetime!(2026-03-24 00:00 +8));
        assert!(fiscal.confirm_by_at >= fiscal.publicity_ends_at);
        assert_eq!(
            award_no("ZJXY420606202603160001", 1),
            "ZX420606202603160001-1"
        );
    }
}
