use super::*;
use crate::calendar::Calendar;
use crate::credit::EventCode;
use crate::decision::Follows;
use crate::fact::{self, Fact};
use crate::job::Job;
use crate::journal::Deed;
use crate::policy::Policy;
use crate::rating::Scores;
use crate::time::Duration;
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
        let may_be_rated = contract.rate(CONFIRMED, || Ok(five())).is_ok();
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
    let rated = |at| completed(at).0.rate(at, || Ok(five())).unwrap().follows;
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
    // The tenth workday late is not serious yet: it is looked at again.
    let tenth = running.overdue(datetime!(2026-04-17 10:00 +8));
    assert_eq!((codes(&tenth), tenth.jobs.len()), (vec![], 1));
    let eleventh = running.overdue(datetime!(2026-04-20 10:00 +8));
    assert_eq!(codes(&eleventh), [EventCode::M04S]);
    let late = running.overdue(again.run_at);
    assert_eq!(codes(&late), [EventCode::M04S]);
    assert!(late.jobs.is_empty());
    assert_eq!(
        completed(due_at).0.overdue(again.run_at),
        Follows::default()
    );
}

#[test]
fn each_step_is_told_to_the_side_that_goes_on() {
    use crate::contract::{Beside, Recorded};
    use crate::message::Audience;
    let pending = contract(Stage::PendingConfirm);
    let owner = Audience::Buyer(pending.requirement);
    let agency = Audience::Agency(pending.agency);
    let recorded = |by| Recorded {
        contract: pending.id,
        requirement: pending.requirement,
        agency: pending.agency,
        project: pending.project.clone(),
        by,
        at: CONFIRMED,
        confirm_due_at: CONFIRMED + Duration::DAY,
    };
    let to = |by| recorded(by).follows().told();
    assert_eq!(to(Side::Owner), [(agency, "contract_recorded")]);
    assert_eq!(to(Side::Agency), [(owner, "contract_recorded")]);
    let objected = pending.object(Side::Owner, "份数".into()).unwrap().follows;
    assert_eq!(objected.told(), [(agency, "contract_objected")]);
    let started = pending.confirm(Side::Owner, CONFIRMED).unwrap().follows;
    let both = |kind| [(owner, kind), (agency, kind)];
    assert_eq!(started.told(), both("contract_started"));
    let handed_in = performing().deliver(CONFIRMED).unwrap().follows;
    assert_eq!(handed_in.told(), [(owner, "delivered")]);
    let waiting = delivered(CONFIRMED);
    let back = waiting
        .send_back("缺一章".into(), CONFIRMED)
        .unwrap()
        .follows;
    assert_eq!(back.told(), [(agency, "work_returned")]);
    let accepted = waiting.accept(CONFIRMED).unwrap().follows;
    assert_eq!(accepted.told(), [(agency, "accepted")]);
    let late = CONFIRMED + Duration::days(60);
    let urged = waiting.silence(late).unwrap().follows;
    let expected = [
        (owner, "acceptance_urged"),
        (Audience::Auditors, "acceptance_to_urge"),
    ];
    assert_eq!(urged.told(), expected);
    let mut private = delivered(CONFIRMED);
    private.fund = FundType::Social;
    let taken = private.silence(late).unwrap().follows;
    assert_eq!(taken.told(), both("accepted"));
    let (done, follows) = completed(CONFIRMED);
    assert_eq!(follows.told(), both("completed"));
    let rated = done.rate(CONFIRMED, || Ok(five())).unwrap().follows;
    assert_eq!(rated.told(), [(agency, "rated")]);

    // Whoever has to act is reminded, until it is done.
    let beside = |is_rated| Beside {
        recorded_at: CONFIRMED,
        confirm_due_at: CONFIRMED + Duration::DAY,
        is_rated,
    };
    let half = CONFIRMED + Duration::hours(12);
    let near = |of: &Contract, is_rated| of.remind(beside(is_rated), half).told();
    assert_eq!(near(&pending, false), [(owner, "deadline_near")]);
    let due = |of: &Contract| of.stage.clock().map(|clock| clock.due_at).unwrap();
    let last = due(&performing()) - Duration::SECOND;
    let to_deliver = performing().remind(beside(false), last);
    assert_eq!(to_deliver.told(), [(agency, "deadline_near")]);
    let Stage::Completed { rate_by_at, .. } = done.stage else {
        panic!("completed");
    };
    let last = rate_by_at - Duration::SECOND;
    assert_eq!(
        done.remind(beside(false), last).told(),
        [(owner, "deadline_near")]
    );
    assert!(done.remind(beside(true), last).told().is_empty());
}
