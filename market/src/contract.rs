//! 合同 and 成果: recorded by one side, confirmed by the other; a clock that starts, pauses and stops.

use crate::calendar::Clock;
use crate::coded::coded;
use crate::form::{Reader, public, public_line};
use crate::owner::FundType;
use crate::policy::Policy;
use crate::time::{date_near, day};
use crate::{Date, Fen, Form, Problems, Refusal, Timestamp};

coded! {
    /// Which party.
    pub enum Side ("side") {
        Owner = "owner", "项目业主";
        Agency = "agency", "中介机构";
    }
}

coded! {
    /// Where a contract stands.
    pub enum ContractState ("contract_state") {
        PendingConfirm = "pending_confirm", "待确认";
        Objected = "objected", "对方有异议";
        Performing = "performing", "服务中";
        Delivered = "delivered", "待验收";
        Accepted = "accepted", "已验收";
        Completed = "completed", "已办结";
    }
}

/// What happens to a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractAction {
    /// The other side agrees with the record: the clock starts.
    Confirm,
    /// The other side finds the record wrong.
    Object,
    /// Either side records it anew after an objection.
    Record,
    /// The agency hands in a deliverable: the clock pauses.
    Deliver,
    /// The owner returns it: the clock goes on.
    Return,
    /// The owner accepts it: the clock stops at the delivery.
    Accept,
    /// The owner closes the case.
    Complete,
}

impl ContractState {
    /// The total table of (state, action).
    pub fn after(self, action: ContractAction) -> Result<ContractState, Refusal> {
        use ContractAction as Do;
        use ContractState::*;
        match (self, action) {
            (PendingConfirm, Do::Confirm) => Ok(Performing),
            (PendingConfirm, Do::Object) => Ok(Objected),
            (Objected, Do::Record) => Ok(PendingConfirm),
            (Performing, Do::Deliver) => Ok(Delivered),
            (Delivered, Do::Return) => Ok(Performing),
            (Delivered, Do::Accept) => Ok(Accepted),
            (Accepted, Do::Complete) => Ok(Completed),
            (state, action) => Err(Refusal::not_now(action.label(), state.label())),
        }
    }
}

impl ContractAction {
    fn label(self) -> &'static str {
        match self {
            Self::Confirm => "确认合同",
            Self::Object => "对合同提出异议",
            Self::Record => "重新录入合同",
            Self::Deliver => "提交成果",
            Self::Return => "退回成果",
            Self::Accept => "验收",
            Self::Complete => "办结",
        }
    }
}

coded! {
    /// What became of a deliverable.
    pub enum DeliverableState ("deliverable_state") {
        Submitted = "submitted", "待验收";
        Accepted = "accepted", "已验收";
        Returned = "returned", "已退回";
    }
}

/// A contract as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractDetails {
    pub name: String,
    pub amount: Fen,
    pub signed_on: Date,
    pub content: String,
}

impl ContractDetails {
    /// Reads the record. The amount must equal the award, the day of signature lie between award and today.
    pub fn read(
        form: &Form,
        award: Fen,
        issued_at: Timestamp,
        now: Timestamp,
    ) -> Result<ContractDetails, Problems> {
        let mut read = Reader::new(form);
        let name = read.need("name", public_line(4, 200));
        let amount = read.need("amount", Fen::parse);
        let signed_on = read.need("signed_on", date_near(day(now)));
        let content = read.need("content", public(4, 2_000));
        if amount.is_some_and(|amount| amount != award) {
            read.wrong("amount", Refusal::AmountDiffers { award }.sentence());
        }
        if signed_on.is_some_and(|on| on < day(issued_at)) {
            read.wrong("signed_on", "签订日期早于中选通知书的日期。");
        }
        if signed_on.is_some_and(|on| on > day(now)) {
            read.wrong("signed_on", "签订日期还没有到。");
        }
        read.finish(|| {
            Some(ContractDetails {
                name: name?,
                amount: amount?,
                signed_on: signed_on?,
                content: content?,
            })
        })
    }
}

/// Who must act for a record to become effective: the side that did not record it.
/// Errors: [`Refusal::SamePerson`] when the recording side answers itself.
pub fn other_side(recorded_by: Side, by: Side) -> Result<(), Refusal> {
    if recorded_by == by {
        Err(Refusal::SamePerson {
            steps: "录入和确认合同",
        })
    } else {
        Ok(())
    }
}

/// The last day to sign without being late.
pub fn sign_due(policy: &Policy, clock: &Clock<'_>, issued_at: Timestamp) -> Timestamp {
    clock.after(issued_at, policy.contract.sign_workdays)
}

/// Whether a signature came late (M03). A day counts as a whole.
pub fn is_signed_late(
    policy: &Policy,
    clock: &Clock<'_>,
    issued_at: Timestamp,
    signed_on: Date,
) -> bool {
    crate::time::at_clock(signed_on, 0, 0) >= sign_due(policy, clock, issued_at)
}

/// The clock of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceClock {
    pub started_at: Timestamp,
    pub due_at: Timestamp,
    /// Set while a deliverable lies with the owner.
    pub paused_at: Option<Timestamp>,
    /// The delivery that was accepted.
    pub stopped_at: Option<Timestamp>,
}

impl ServiceClock {
    /// Starts when both have confirmed.
    pub fn start(clock: &Clock<'_>, now: Timestamp, service_workdays: u32) -> ServiceClock {
        ServiceClock {
            started_at: now,
            due_at: clock.after(now, service_workdays),
            paused_at: None,
            stopped_at: None,
        }
    }

    /// A delivery pauses it.
    pub fn pause(self, now: Timestamp) -> ServiceClock {
        ServiceClock {
            paused_at: Some(now),
            ..self
        }
    }

    /// A return resumes it; the workdays that the owner took are added.
    pub fn resume(self, clock: &Clock<'_>, now: Timestamp) -> ServiceClock {
        let due_at = self
            .paused_at
            .map_or(self.due_at, |paused| clock.resume(self.due_at, paused, now));
        ServiceClock {
            due_at,
            paused_at: None,
            ..self
        }
    }

    /// An acceptance stops it at the delivery.
    pub fn stop(self, now: Timestamp) -> ServiceClock {
        ServiceClock {
            stopped_at: Some(self.paused_at.unwrap_or(now)),
            paused_at: None,
            ..self
        }
    }

    /// Workdays late, now or when it stopped. A running pause does not count.
    pub fn overdue(&self, clock: &Clock<'_>, now: Timestamp) -> u32 {
        clock.overdue(
            self.due_at,
            self.stopped_at.or(self.paused_at).unwrap_or(now),
        )
    }

    /// The light that desks and pages show.
    pub fn light(&self, clock: &Clock<'_>, now: Timestamp, serious_workdays: u32) -> Light {
        let at = self.stopped_at.or(self.paused_at).unwrap_or(now);
        match self.overdue(clock, now) {
            0 if clock.used_percent(self.started_at, self.due_at, at) >= 80 => Light::Yellow,
            0 => Light::Green,
            late if late > serious_workdays => Light::Black,
            _ => Light::Red,
        }
    }
}

/// How a clock stands, always shown with its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    Green,
    Yellow,
    Red,
    Black,
}

impl Light {
    /// The word beside the colour.
    pub fn label(self) -> &'static str {
        match self {
            Light::Green => "正常",
            Light::Yellow => "将到期",
            Light::Red => "超期",
            Light::Black => "严重超期",
        }
    }
}

/// What the owner's silence means when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Social money: taken as accepted.
    Accepts,
    /// Public money: the operator is told, nothing is accepted by itself.
    Escalates,
}

/// Which of the two it is.
pub fn silence(fund: FundType) -> Silence {
    if fund.is_public() {
        Silence::Escalates
    } else {
        Silence::Accepts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Calendar, Pace};
    use ::time::macros::{date, datetime};

    fn clock(calendar: &Calendar) -> Clock<'_> {
        Clock {
            calendar,
            pace: Pace::Workdays,
        }
    }

    #[test]
    fn work_is_completed_only_after_acceptance() {
        use ContractAction::*;
        let path = [Confirm, Deliver, Return, Deliver, Accept, Complete];
        let end = path
            .into_iter()
            .try_fold(ContractState::PendingConfirm, |s, a| s.after(a));
        assert_eq!(end, Ok(ContractState::Completed));
        for &state in ContractState::ALL {
            assert_eq!(
                state.after(Complete).is_ok(),
                state == ContractState::Accepted
            );
            assert_eq!(
                state.after(Accept).is_ok(),
                state == ContractState::Delivered
            );
        }
    }

    #[test]
    fn the_owner_s_time_is_not_the_agency_s() {
        let calendar = Calendar::default();
        let clock = clock(&calendar);
        let started = datetime!(2026-03-16 09:00 +8);
        let running = ServiceClock::start(&clock, started, 5);
        assert_eq!(running.due_at, datetime!(2026-03-24 00:00 +8));
        // Delivered on Thursday, returned the next Tuesday: three workdays were the owner's.
        let paused = running.pause(datetime!(2026-03-19 16:00 +8));
        assert_eq!(paused.overdue(&clock, datetime!(2026-04-30 09:00 +8)), 0);
        let resumed = paused.resume(&clock, datetime!(2026-03-24 10:00 +8));
        assert_eq!(resumed.due_at, datetime!(2026-03-27 00:00 +8));
        let stopped = resumed
            .pause(datetime!(2026-03-30 10:00 +8))
            .stop(datetime!(2026-04-02 09:00 +8));
        assert_eq!(stopped.overdue(&clock, datetime!(2026-05-01 09:00 +8)), 2);
    }

    #[test]
    fn lights_follow_the_clock() {
        let calendar = Calendar::default();
        let clock = clock(&calendar);
        let running = ServiceClock::start(&clock, datetime!(2026-03-16 09:00 +8), 5);
        let at = |now| running.light(&clock, now, 10);
        assert_eq!(at(datetime!(2026-03-17 09:00 +8)), Light::Green);
        assert_eq!(at(datetime!(2026-03-23 09:00 +8)), Light::Yellow);
        assert_eq!(at(datetime!(2026-03-24 09:00 +8)), Light::Red);
        assert_eq!(at(datetime!(2026-04-30 09:00 +8)), Light::Black);
    }

    #[test]
    fn a_record_must_match_the_award() {
        let form: Form = [
            ("name", "环评服务合同"),
            ("amount", "86000"),
            ("signed_on", "2026-03-25"),
            ("content", "编制报告表"),
        ]
        .into_iter()
        .collect();
        let issued = datetime!(2026-03-24 00:00 +8);
        let now = datetime!(2026-03-26 10:00 +8);
        assert!(ContractDetails::read(&form, Fen(8_600_000), issued, now).is_ok());
        assert!(
            ContractDetails::read(&form, Fen(8_600_001), issued, now)
                .is_err_and(|p| p.of("amount").is_some())
        );
        let mut early = form.clone();
        early.set("signed_on", "2026-03-23");
        assert!(ContractDetails::read(&early, Fen(8_600_000), issued, now).is_err());
        let mut later = form;
        later.set("signed_on", "2026-03-27");
        assert!(ContractDetails::read(&later, Fen(8_600_000), issued, now).is_err());
    }

    #[test]
    fn a_signature_on_the_last_day_is_in_time() {
        let (policy, calendar) = (Policy::standard(), Calendar::default());
        let clock = clock(&calendar);
        let issued = datetime!(2026-03-16 09:00 +8);
        assert!(!is_signed_late(
            &policy,
            &clock,
            issued,
            date!(2026 - 03 - 30)
        ));
        assert!(is_signed_late(
            &policy,
            &clock,
            issued,
            date!(2026 - 03 - 31)
        ));
    }
}
