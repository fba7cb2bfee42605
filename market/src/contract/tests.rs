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
    // The tenth workday late is not serious yet.
    assert_eq!(at(datetime!(2026-04-06 09:00 +8)), Light::Red);
    assert_eq!(at(datetime!(2026-04-07 09:00 +8)), Light::Black);
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
    for day in ["2026-03-24", "2026-03-26"] {
        let mut on = form.clone();
        on.set("signed_on", day);
        assert!(ContractDetails::read(&on, Fen(8_600_000), issued, now).is_ok());
    }
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
