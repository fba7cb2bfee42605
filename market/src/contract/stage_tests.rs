use super::*;
use crate::calendar::Calendar;
use crate::credit::EventCode;
use crate::decision::Follows;
use crate::fact::{self, Fact};
use crate::job::Job;
use crate::journal::Deed;
use crate::policy::Policy;
use crate::rating::Scores;
use crate::{AgencyId, ContractId, PolicyId, RequirementId, Rules};
use ::time::macros::{date, datetime};
use uuid::Uuid;

const CONFIRMED: Timestamp = datetime!(2026-03-27 10:00 +8);

fn contract(stage: Stage) -> Contract {
    Contract {
        id: ContractId(Uuid::from_u128(1)),
        requirement: RequirementId(Uuid::from_u128(2)),
        notice_no: "ZJXY420606202603160001".into(),
        award_no: "ZX420606202603160001-1".into(),
        project: "长虹路排水改造".into(),
        fund: FundType::Fiscal,
        owner_name: "区水利局".into(),
        agency: AgencyId(Uuid::from_u128(3)),
        agency_name: "楚天测绘".into(),
        details: ContractDetails {
            name: "测绘服务合同".into(),
            amount: Fen(8_600_000),
            signed_on: date!(2026 - 03 - 26),
            content: "地形测量".into(),
        },
        recorded_by: Side::Agency,
        issued_at: datetime!(2026-03-24 00:00 +8),
        service_workdays: 5,
        rules: Rules {
            policy_id: PolicyId(Uuid::from_u128(4)),
            policy: Policy::standard(),
            calendar: Calendar::default(),
        },
        stage,
    }
}

fn performing() -> Contract {
    let confirmed = contract(Stage::PendingConfirm).confirm(Side::Owner, CONFIRMED);
    contract(confirmed.unwrap().next)
}

fn delivered(at: Timestamp) -> Contract {
    contract(performing().deliver(at).unwrap().next)
}

fn completed(delivered_at: Timestamp) -> (Contract, Follows) {
    let accepted = delivered(delivered_at).accept(delivered_at).unwrap();
    let done = contract(accepted.next.stage)
        .complete(delivered_at)
        .unwrap();
    (contract(done.next), done.follows)
}

fn codes(follows: &Follows) -> Vec<EventCode> {
    follows.incidents.iter().map(|one| one.code).collect()
}

fn deeds(follows: &Follows) -> Vec<Deed> {
    follows.lines.iter().map(|line| line.deed).collect()
}

fn the_fact(follows: &Follows) -> &Fact {
    match follows.facts.as_slice() {
        [only] => &only.fact,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_confirmed_contract_is_public_and_its_clock_runs() {
    let decision = contract(Stage::PendingConfirm)
        .confirm(Side::Owner, CONFIRMED)
        .unwrap();
    let due_at = datetime!(2026-04-04 00:00 +8);
    assert_eq!(decision.next.clock().unwrap().due_at, due_at);
    let public = &decision.follows.facts[0];
    assert_eq!(public.subject, "ZJXY420606202603160001");
    assert_eq!(
        public.text(CONFIRMED).unwrap(),
        "{\"at\":\"2026-03-27T02:00:00.000000Z\",\"facts\":{\"amount_fen\":8600000,\
         \"award_no\":\"ZX420606202603160001-1\",\"due_at\":\"2026-04-03T16:00:00.000000Z\",\
         \"signed_on\":\"2026-03-26\"},\"kind\":\"contract\",\"subject\":\"ZJXY420606202603160001\",\"v\":1}"
    );
    let notice = &decision.follows.notices[0].announcement;
    assert_eq!(notice.title(), "【长虹路排水改造】合同公告");
    let rows = notice.body("ZJXY420606202603160001").rows;
    assert!(rows.contains(&("合同金额".into(), "86,000.00 元".into())));
    assert!(rows.contains(&("服务时限".into(), "5 个工作日".into())));
    assert_eq!(deeds(&decision.follows), [Deed::ConfirmContract]);
    assert_eq!(codes(&decision.follows), []);
    let job = decision.follows.jobs[0];
    assert_eq!(job.job, Job::Overdue(ContractId(Uuid::from_u128(1))));
    assert!(job.run_at > due_at);
}

#[test]
fn a_contract_signed_late_is_an_incident_when_it_is_confirmed() {
    let mut late = contract(Stage::PendingConfirm);
    late.details.signed_on = date!(2026 - 04 - 30);
    let decision = late
        .confirm(Side::Owner, datetime!(2026-05-06 10:00 +8))
        .unwrap();
    assert_eq!(codes(&decision.follows), [EventCode::M03]);
    assert_eq!(
        decision.follows.incidents[0].basis,
        "“长虹路排水改造”的合同签订于 2026-04-30，超过规定期限"
    );
}

#[test]
fn the_side_that_has_recorded_neither_confirms_nor_objects() {
    let pending = contract(Stage::PendingConfirm);
    assert!(pending.confirm(Side::Agency, CONFIRMED).is_err());
    assert!(pending.object(Side::Agency, "金额不符".into()).is_err());
    let objected = pending.object(Side::Owner, "金额不符".into()).unwrap();
    assert_eq!(objected.next.state(), ContractState::Objected);
    assert_eq!(objected.follows.lines[0].note, "金额不符");
    assert!(objected.follows.facts.is_empty());
    let again = contract(objected.next).record_again().unwrap();
    assert_eq!(again.next, Stage::PendingConfirm);
    assert_eq!(deeds(&again.follows), [Deed::RecordContractAgain]);
}

/// Every act in every stage does what the table of states says, and nothing else.
#[test]
fn the_methods_agree_with_the_table_of_states() {
    let at = datetime!(2026-03-31 10:00 +8);
    let stages = [
        Stage::PendingConfirm,
        Stage::Objected {
            reason: "错".into(),
        },
        performing().stage,
        delivered(at).stage,
        contract(delivered(at).accept(at).unwrap().next.stage).stage,
        completed(at).0.stage,
    ];
    for (stage, state) in stages.into_iter().zip(ContractState::ALL) {
        assert_eq!(stage.state(), *state);
        let contract = contract(stage);
        let side = Side::Owner;
        let answers = [
            (ContractAction::Confirm, contract.confirm(side, at).is_ok()),
            (
                ContractAction::Object,
                contract.object(side, "错".into()).is_ok(),
            ),
            (ContractAction::Record, contract.record_again().is_ok()),
            (ContractAction::Deliver, contract.deliver(at).is_ok()),
            (
                ContractAction::Return,
                contract.send_back("错".into(), at).is_ok(),
            ),
            (ContractAction::Accept, contract.accept(at).is_ok()),
            (ContractAction::Complete, contract.complete(at).is_ok()),
        ];
        for (action, is_taken) in answers {
            assert_eq!(is_taken, state.after(action).is_ok(), "{state} {action:?}");
        }
        let may_be_rated = contract.rate(|| Ok(five())).is_ok();
        assert_eq!(may_be_rated, *state == ContractState::Completed);
    }
}

#[test]
fn what_is_returned_goes_on_with_the_days_that_the_owner_took() {
    let returned = delivered(datetime!(2026-04-01 10:00 +8))
        .send_back("缺图".into(), datetime!(2026-04-03 10:00 +8))
        .unwrap();
    assert_eq!(returned.next.deliverable, DeliverableState::Returned);
    assert_eq!(returned.next.note, "缺图");
    let before = performing().stage.clock().unwrap().due_at;
    assert!(returned.next.stage.clock().unwrap().due_at > before);
    assert_eq!(returned.follows.lines[0].note, "缺图");
}

#[test]
fn silence_accepts_for_social_money_and_only_after_its_time() {
    let at = datetime!(2026-04-01 10:00 +8);
    let job = performing().deliver(at).unwrap().follows.jobs[0];
    assert_eq!(job.job, Job::AcceptTimeout(ContractId(Uuid::from_u128(1))));
    let (early, due) = (job.run_at - crate::time::Duration::SECOND, job.run_at);
    let public = delivered(at);
    let mut social = delivered(at);
    social.fund = FundType::Social;
    assert_eq!(social.silence(early), None);
    assert_eq!(performing().silence(due), None);
    let accepted = social.silence(due).unwrap();
    let answer = accepted.next.unwrap();
    assert_eq!(answer.stage.state(), ContractState::Accepted);
    assert_eq!(deeds(&accepted.follows), [Deed::AcceptBySilence]);
    let urged = public.silence(due).unwrap();
    assert_eq!(urged.next, None);
    assert_eq!(deeds(&urged.follows), [Deed::UrgeAcceptance]);
    assert_eq!(urged.follows.lines[0].note, "区水利局");
}

#[test]
fn a_completion_says_how_late_the_work_was_and_what_that_costs() {
    for (day, late, code) in [
        (datetime!(2026-04-03 10:00 +8), 0, None),
        (datetime!(2026-04-08 10:00 +8), 3, Some(EventCode::M04)),
        (datetime!(2026-05-29 10:00 +8), 40, Some(EventCode::M04S)),
    ] {
        let (_, follows) = completed(day);
        let said = Fact::Completion(fact::Completion {
            award_no: "ZX420606202603160001-1".into(),
            overdue_workdays: late,
        });
        assert_eq!(the_fact(&follows), &said);
        assert_eq!(codes(&follows), Vec::from_iter(code));
        assert_eq!(deeds(&follows), [Deed::CompleteContract]);
    }
}

fn five() -> Scores {
    Scores {
        quality: 5,
        timeliness: 5,
        attitude: 5,
        fee: 4,
        conduct: 5,
        comment: String::new(),
    }
}

#[test]
fn good_work_in_time_earns_a_merit_when_it_is_rated() {
    let rated = |at| completed(at).0.rate(|| Ok(five())).unwrap().follows;
    let in_time = rated(datetime!(2026-04-03 10:00 +8));
    assert_eq!(codes(&in_time), [EventCode::P01]);
    let said = Fact::Rating(fact::Rating {
        award_no: "ZX420606202603160001-1".into(),
        scores: [5, 5, 5, 4, 5],
        mean_hundredths: 480,
    });
    assert_eq!(the_fact(&in_time), &said);
    assert_eq!(codes(&rated(datetime!(2026-04-10 10:00 +8))), []);
}

#[test]
fn unfinished_work_is_looked_at_until_it_is_seriously_late() {
    let running = performing();
    let due_at = running.stage.clock().unwrap().due_at;
    let soon = running.overdue(due_at);
    assert_eq!(codes(&soon), []);
    let again = soon.jobs[0];
    assert!(again.run_at > due_at);
    let late = running.overdue(again.run_at);
    assert_eq!(codes(&late), [EventCode::M04S]);
    assert!(late.jobs.is_empty());
    assert_eq!(
        completed(due_at).0.overdue(again.run_at),
        Follows::default()
    );
}
