//! What becomes of a dossier, without a database.

use super::*;
use crate::procurement::Stage;
use crate::procurement::tests::procurement;
use crate::selection::Method;
use crate::vetting::{Vetting, VettingState};
use ::time::macros::datetime;
use uuid::Uuid;

/// A Monday.
const NOW: Timestamp = datetime!(2026-03-16 09:00 +8);

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn rules() -> Rules {
    procurement(Method::Random, Stage::Open).rules
}

fn says(verdict: Verdict) -> Judgement {
    Judgement {
        verdict,
        note: "请补正".into(),
    }
}

const WHOLE: Papers = Papers {
    needs_qualification: true,
    qualifications: 1,
    practitioners: 2,
    unvetted: 3,
};

fn service(n: u128, stage: ServiceStage, papers: Papers) -> Service {
    Service {
        service_type: ServiceTypeId(Uuid::from_u128(n)),
        name: format!("服务{n}"),
        department: DepartmentId(Uuid::from_u128(100 + n)),
        stage,
        papers,
    }
}

fn settling(state: AgencyState, services: Vec<Service>) -> Settling {
    Settling {
        agency: AgencyId(Uuid::from_u128(9)),
        state,
        registered_by: person(1),
        has_committed: true,
        services,
    }
}

fn after(workdays: u32) -> Timestamp {
    rules().clock().after(NOW, workdays)
}

#[test]
fn drafts_go_to_the_formal_check_and_additions_to_their_department() {
    let rules = rules();
    let dossier = settling(
        AgencyState::Settled,
        vec![
            service(1, ServiceStage::Draft, WHOLE),
            service(2, ServiceStage::Active, WHOLE),
            service(
                3,
                ServiceStage::Active,
                Papers {
                    unvetted: 0,
                    ..WHOLE
                },
            ),
            service(4, ServiceStage::Vetting, WHOLE),
        ],
    );
    let handed_in = dossier.hand_in(&rules, NOW).expect("complete");
    let check_due_at = after(rules.policy.onboarding.formal_check_workdays);
    let next = handed_in.next;
    assert_eq!(
        next.formal_check,
        Some((AgencyState::Settled, check_due_at))
    );
    let moved: Vec<_> = next
        .moved
        .iter()
        .map(|m| (m.service_type, m.state))
        .collect();
    assert_eq!(
        moved,
        [(dossier.services[0].service_type, ServiceState::FormalCheck)]
    );
    let asked: Vec<_> = next.vettings.iter().map(|v| v.department).collect();
    assert_eq!(asked, [dossier.services[1].department]);
    assert_eq!(handed_in.follows.lines[0].deed, Deed::HandInDossier);
    assert!(!dossier.asks_for_admission(), "it has been admitted");
}

#[test]
fn only_additions_do_not_move_the_dossier() {
    let dossier = settling(
        AgencyState::Settled,
        vec![service(2, ServiceStage::Active, WHOLE)],
    );
    let next = dossier.hand_in(&rules(), NOW).expect("complete").next;
    assert_eq!((next.formal_check, next.moved.len()), (None, 0));
    assert_eq!(next.vettings.len(), 1);
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let bare = Papers {
        needs_qualification: true,
        ..Papers::default()
    };
    let mut dossier = settling(
        AgencyState::Draft,
        vec![
            service(1, ServiceStage::Draft, bare),
            service(2, ServiceStage::Returned, Papers::default()),
        ],
    );
    dossier.has_committed = false;
    let refusal = dossier.hand_in(&rules(), NOW).expect_err("incomplete");
    let sentence = refusal.sentence();
    for part in [
        "尚未签署承诺书。",
        "“服务1”还没有添加资质。",
        "“服务1”还没有添加执业人员。",
        "“服务2”还没有添加执业人员。",
    ] {
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(!sentence.contains("“服务2”还没有添加资质"), "{sentence}");
    dossier.services.clear();
    let empty = dossier.hand_in(&rules(), NOW).expect_err("nothing in it");
    assert!(empty.sentence().contains("没有需要提交的内容"));
}

#[test]
fn what_is_being_checked_is_not_handed_in_again() {
    let dossier = settling(
        AgencyState::FormalCheck,
        vec![service(1, ServiceStage::Draft, WHOLE)],
    );
    assert!(dossier.asks_for_admission());
    let again = dossier.hand_in(&rules(), NOW);
    assert!(matches!(again, Err(Refusal::NotNow { .. })));
}

#[test]
fn a_passed_check_admits_the_body_and_asks_the_departments() {
    let rules = rules();
    let dossier = settling(
        AgencyState::FormalCheck,
        vec![
            service(1, ServiceStage::FormalCheck, WHOLE),
            service(2, ServiceStage::Active, WHOLE),
        ],
    );
    let by = person(2);
    let passed = dossier.check(by, &says(Verdict::Approve), &rules, NOW);
    let passed = passed.expect("waits").next;
    assert_eq!(passed.state, AgencyState::Settled);
    assert_eq!(passed.moved[0].state, ServiceState::Vetting);
    let due_at = after(rules.policy.onboarding.vetting_workdays);
    assert_eq!(
        (passed.vettings.len(), passed.vettings[0].due_at),
        (1, due_at)
    );
    let returned = dossier.check(by, &says(Verdict::Return), &rules, NOW);
    let returned = returned.expect("waits");
    assert_eq!(returned.next.state, AgencyState::Returned);
    let note = "请补正".to_string();
    assert_eq!(returned.next.moved[0].step, Step::Returned { note });
    assert!(returned.next.vettings.is_empty());
    assert_eq!(returned.follows.lines[0].note, Verdict::Return.label());
}

#[test]
fn nobody_checks_what_they_registered_and_nothing_that_does_not_wait() {
    let waiting = vec![service(1, ServiceStage::FormalCheck, WHOLE)];
    let dossier = settling(AgencyState::FormalCheck, waiting);
    let own = dossier.check(person(1), &says(Verdict::Approve), &rules(), NOW);
    assert!(matches!(own, Err(Refusal::SamePerson { .. })));
    let idle = settling(
        AgencyState::Settled,
        vec![service(1, ServiceStage::Active, WHOLE)],
    );
    let early = idle.check(person(2), &says(Verdict::Approve), &rules(), NOW);
    assert!(matches!(early, Err(Refusal::NotNow { .. })));
}

fn vetting(state: VettingState) -> Vetting {
    Vetting {
        id: crate::VettingId(Uuid::from_u128(7)),
        service_type: ServiceTypeId(Uuid::from_u128(1)),
        state,
        done: vec![
            (Act::Register, Some(person(1))),
            (Act::Check, Some(person(2))),
            (Act::Opine, Some(person(3))),
        ],
    }
}

fn decided(stage: ServiceStage, verdict: Verdict) -> Decision<crate::vetting::Decided> {
    let dossier = settling(AgencyState::Settled, vec![service(1, stage, WHOLE)]);
    vetting(VettingState::Opined)
        .decide(person(4), &says(verdict), &dossier, &rules(), NOW)
        .expect("it waits for the decision")
}

#[test]
fn an_approved_service_goes_into_publicity_and_opens_when_it_is_over() {
    let approved = decided(ServiceStage::Vetting, Verdict::Approve);
    let activates_at = after(rules().policy.onboarding.publicity_workdays);
    let service = approved.next.service.expect("it moves");
    assert_eq!(service.state, ServiceState::Publicity);
    assert_eq!(service.step, Step::Approved { activates_at });
    let job = Job::ActivateService(AgencyId(Uuid::from_u128(9)));
    assert_eq!(approved.follows.jobs, [job.at(activates_at)]);
    let stage = ServiceStage::Publicity { activates_at };
    let dossier = settling(AgencyState::Settled, vec![self::service(1, stage, WHOLE)]);
    let early = dossier.activate(activates_at - crate::time::Duration::SECOND);
    assert!(early.expect("sound").next.is_empty());
    let open = dossier.activate(activates_at).expect("sound");
    assert_eq!(open.next[0].state, ServiceState::Active);
    assert_eq!(open.follows.lines[0].note, "服务1");
}

#[test]
fn additions_leave_an_open_service_open() {
    let approved = decided(ServiceStage::Active, Verdict::Approve);
    assert_eq!(approved.next.state, VettingState::Approved);
    assert_eq!(approved.next.service, None);
    assert!(approved.follows.jobs.is_empty());
    let returned = decided(ServiceStage::Active, Verdict::Return);
    let service = returned.next.service.expect("it has a note");
    assert_eq!(service.state, ServiceState::Active);
    let gone = settling(AgencyState::Settled, Vec::new());
    let nothing = vetting(VettingState::Opined).decide(
        person(4),
        &says(Verdict::Approve),
        &gone,
        &rules(),
        NOW,
    );
    assert!(matches!(nothing, Err(Refusal::NotNow { .. })));
}

#[test]
fn a_returned_service_carries_the_reason() {
    let returned = decided(ServiceStage::Vetting, Verdict::Return);
    let note = "请补正".to_string();
    let service = returned.next.service.expect("it moves");
    assert_eq!(
        (service.state, service.step),
        (ServiceState::Returned, Step::Returned { note })
    );
    assert_eq!(returned.follows.lines[0].deed, Deed::DecideVetting);
}

#[test]
fn the_clerk_who_opined_does_not_decide() {
    let dossier = settling(
        AgencyState::Settled,
        vec![service(1, ServiceStage::Vetting, WHOLE)],
    );
    let opined = vetting(VettingState::Waiting)
        .opine(person(5), &says(Verdict::Return))
        .expect("it waits");
    assert_eq!(opined.next, VettingState::Opined);
    assert_eq!(opined.follows.lines[0].note, Verdict::Return.label());
    let both = vetting(VettingState::Opined).decide(
        person(3),
        &says(Verdict::Approve),
        &dossier,
        &rules(),
        NOW,
    );
    assert!(matches!(both, Err(Refusal::SamePerson { .. })));
}
