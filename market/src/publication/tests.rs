//! What audit and publication make public, without a database.

use super::*;
use crate::fact::Fact;
use crate::policy::Policy;
use crate::procurement::Stage;
use crate::procurement::tests::{DEADLINE, document, procurement};
use crate::selection::Method;
use crate::time::Duration;
use ::time::macros::datetime;
use uuid::Uuid;

const NOW: Timestamp = datetime!(2026-03-16 09:00 +8);
const NUMBER: &str = "ZJXY420606202603160001";

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

const HANDED_IN: Hex32 = Hex32([7; 32]);

fn handed_in(edition: i32, state: EditionState) -> HandedIn {
    HandedIn {
        requirement: RequirementId(Uuid::from_u128(2)),
        edition,
        state,
        audit_begun_at: (state != EditionState::Submitted).then_some(NOW),
        done: vec![(Act::Write, Some(person(1))), (Act::Audit, Some(person(2)))],
        document: document(Method::LowestPrice),
        reason: "金额有误".into(),
        changes: vec![Change {
            label: "金额".into(),
            before: "1".into(),
            after: "2".into(),
        }],
        files: vec![HandedFile {
            name: "要求.pdf".into(),
            sha256: Hex32([0xab; 32]),
        }],
        sha256: Ok(HANDED_IN),
    }
}

fn rules() -> Rules {
    procurement(Method::Random, Stage::Open).rules
}

fn judgement(verdict: Verdict) -> Judgement {
    Judgement {
        verdict,
        note: "已核对".into(),
    }
}

fn promise() -> Promise {
    Promise {
        seed_commitment: Hex32([1; 32]),
        bid_key: Some(PublicKey([2; 32])),
    }
}

#[test]
fn an_audit_is_begun_once_and_never_by_who_wrote_it() {
    let submitted = handed_in(1, EditionState::Submitted);
    assert!(submitted.begin_audit(person(1)).is_err());
    let begun = submitted.begin_audit(person(3)).unwrap().unwrap();
    assert_eq!(begun.follows.lines[0].deed, Deed::BeginAudit);
    let again = HandedIn {
        audit_begun_at: Some(NOW),
        ..submitted
    };
    assert_eq!(again.begin_audit(person(3)), Ok(None));
}

#[test]
fn what_has_changed_is_neither_passed_nor_published_but_goes_back() {
    let changed = HandedIn {
        audit_begun_at: Some(NOW),
        sha256: Err(Refusal::Changed),
        ..handed_in(1, EditionState::Submitted)
    };
    let audit = |verdict| changed.audit(person(3), judgement(verdict), &rules(), NOW);
    assert_eq!(audit(Verdict::Approve), Err(Refusal::Changed));
    let back = audit(Verdict::Return).unwrap();
    assert_eq!(back.next.state, EditionState::Returned);
    assert_eq!((back.next.sha256, back.next.publish_due_at), (None, None));
    let audited = HandedIn {
        state: EditionState::Audited,
        ..changed
    };
    let of = (RequirementState::Preparing, NUMBER.to_string());
    let published = audited.publish_first(person(3), of, promise(), &rules(), NOW);
    assert_eq!(published, Err(Refusal::Changed));
    let open = procurement(Method::LowestPrice, Stage::Open);
    let corrected = audited.publish_correction(person(3), &open, NOW);
    assert_eq!(corrected, Err(Refusal::Changed));
    assert!(audited.send_back("请核对").is_ok());
}

#[test]
fn what_is_passed_is_what_was_handed_in_and_is_due_to_be_published() {
    let begun = HandedIn {
        audit_begun_at: Some(NOW),
        ..handed_in(1, EditionState::Submitted)
    };
    let passed = begun.audit(person(3), judgement(Verdict::Approve), &rules(), NOW);
    let passed = passed.unwrap();
    assert_eq!(passed.next.sha256, Some(HANDED_IN));
    assert!(passed.next.publish_due_at.is_some_and(|due| due > NOW));
    assert_eq!(passed.follows.lines[0].deed, Deed::Audit);
    assert!(passed.follows.facts.is_empty(), "an audit is not public");
}

#[test]
fn a_publication_promises_everything_that_is_checked_later() {
    let audited = handed_in(1, EditionState::Audited);
    let publish = |by| {
        let of = (RequirementState::Preparing, NUMBER.to_string());
        audited.publish_first(person(by), of, promise(), &rules(), NOW)
    };
    assert!(publish(1).is_err() && publish(2).is_err());
    let published = publish(3).unwrap();
    let Fact::Publication(said) = &published.follows.facts[0].fact else {
        panic!("a publication");
    };
    let schedule = published.next.schedule;
    assert_eq!(
        (said.deadline_at, said.draw_at),
        (schedule.deadline_at, schedule.draw_at)
    );
    assert_eq!(said.seed_commitment, Hex32([1; 32]));
    assert_eq!(said.bid_public_key, Some(Hex32([2; 32])));
    assert_eq!(said.handed_in_sha256, Some(HANDED_IN));
    assert_eq!(said.files.as_deref(), Some(audited.files.as_slice()));
    assert_eq!(said.policy, Policy::standard().name);
    let stored = serde_json::to_string(&audited.document).unwrap();
    assert_eq!(said.document_sha256, sha256(stored.as_bytes()));
    assert_eq!(published.follows.facts[0].subject, NUMBER);
    let rows = published.follows.notices[0].announcement.body(NUMBER).rows;
    for label in [
        "报名截止",
        "选取时间",
        "种子承诺",
        "内容与附件校验值",
        "报价公钥",
    ] {
        assert!(rows.iter().any(|(found, _)| found == label), "{label}");
    }
    assert_eq!(published.next.backups, Policy::standard().selection.backups);
    let close = Job::Close(audited.requirement).at(schedule.deadline_at);
    assert_eq!(published.follows.jobs, [close]);
    let of = (RequirementState::Voided, NUMBER.to_string());
    assert!(
        audited
            .publish_first(person(3), of, promise(), &rules(), NOW)
            .is_err()
    );
}

#[test]
fn a_late_correction_moves_the_deadline_and_none_comes_after_it() {
    let audited = handed_in(2, EditionState::Audited);
    let open = procurement(Method::LowestPrice, Stage::Open);
    let correct = |at| audited.publish_correction(person(3), &open, at);
    let early = correct(NOW).unwrap();
    assert_eq!(early.next, open.schedule);
    assert!(early.follows.jobs.is_empty());
    let late = correct(DEADLINE - Duration::hours(1)).unwrap();
    assert!(late.next.deadline_at > DEADLINE);
    let close = Job::Close(audited.requirement).at(late.next.deadline_at);
    assert_eq!(late.follows.jobs, [close]);
    let Fact::Correction(said) = &late.follows.facts[0].fact else {
        panic!("a correction");
    };
    assert_eq!((said.edition, said.reason.as_str()), (2, "金额有误"));
    assert_eq!(said.changes, audited.changes);
    let notice = &late.follows.notices[0].announcement;
    assert!(notice.title().ends_with("更正公告（第 2 版）"));
    assert_eq!(notice.body(NUMBER).changes, audited.changes);
    assert!(correct(DEADLINE).is_err());
    let frozen = procurement(Method::LowestPrice, Stage::Frozen);
    assert!(audited.publish_correction(person(3), &frozen, NOW).is_err());
}

#[test]
fn audit_and_publication_are_told_to_the_owner_the_publishers_and_who_is_signed_up() {
    use crate::message::Audience;
    let begun = HandedIn {
        audit_begun_at: Some(NOW),
        ..handed_in(1, EditionState::Submitted)
    };
    let buyer = Audience::Buyer(begun.requirement);
    let audit = |verdict| {
        let audited = begun.audit(person(3), judgement(verdict), &rules(), NOW);
        audited.unwrap().follows.told()
    };
    let passed = [
        (buyer, "audited"),
        (Audience::Publishers, "publication_waiting"),
    ];
    assert_eq!(audit(Verdict::Approve), passed);
    assert_eq!(audit(Verdict::Return), [(buyer, "returned")]);
    let audited = handed_in(1, EditionState::Audited);
    let back = audited.send_back("请核对").unwrap().follows;
    assert_eq!(back.told(), [(buyer, "returned")]);
    let of = (RequirementState::Preparing, NUMBER.to_string());
    let published = audited.publish_first(person(3), of, promise(), &rules(), NOW);
    assert_eq!(published.unwrap().follows.told(), [(buyer, "published")]);
    let open = procurement(Method::LowestPrice, Stage::Open);
    let corrected = handed_in(2, EditionState::Audited).publish_correction(person(3), &open, NOW);
    let entrants = Audience::Entrants(begun.requirement);
    assert_eq!(corrected.unwrap().follows.told(), [(entrants, "corrected")]);
}
