//! What each decision about a published requirement makes public, without a database.

use super::*;
use crate::agency::{AgencyState, ServiceState};
use crate::bid::{key_pair, seal};
use crate::calendar::Calendar;
use crate::chance::Chance;
use crate::credit::Grade;
use crate::draw::{BeaconRule, Setup};
use crate::eligibility::{Candidate, HeldService};
use crate::fact::{Fact, Opened};
use crate::hash::sha256;
use crate::job::{Job, JobKind};
use crate::owner::OwnerKind;
use crate::policy::Policy;
use crate::requirement::specification::{Circumstances, ItemTerms};
use crate::requirement::with_draw;
use crate::selection::direct::Choice;
use crate::selection::{Frozen, Place};
use crate::sign_up::Received;
use crate::{
    AgencyId, AwardId, DrawId, Fen, Form, PersonId, PolicyId, ServiceItemId, ServiceTypeId,
    SignUpId, Uscc,
};
use ::time::macros::datetime;
use uuid::Uuid;

pub(crate) const DEADLINE: Timestamp = datetime!(2026-03-20 15:00 +8);

struct Dice(u8);

impl Chance for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(17);
            *byte = self.0;
        }
    }
}

fn service() -> ServiceTypeId {
    ServiceTypeId(Uuid::from_u128(11))
}

pub(crate) fn document(method: Method) -> Specification {
    let terms = ItemTerms {
        item: ServiceItemId(Uuid::from_u128(1)),
        item_name: "建设项目环境影响报告表编制".into(),
        service_types: vec![(service(), "环境影响评价".into())],
        kinds: vec![],
    };
    let around = Circumstances {
        owner: OwnerKind::GovAgency,
        failures: 0,
        failed_amount: Fen(0),
        chosen_last_year: Fen(0),
        usual: crate::slip::Usual::yuan(1_000, 10_000_000),
    };
    let mut form: Form = [
        ("project_name", "长虹路雨污分流改造工程环境影响评价"),
        ("scale", "3.2 公里"),
        ("content", "编制环境影响报告表并配合技术评估修改。"),
        ("service_workdays", "15"),
        ("fund", "fiscal"),
        ("method", method.code()),
        ("amount", "46,000"),
        ("method_reason", "金额较小，服务内容简单，由业主直接选定。"),
        ("price_note", "无"),
        ("sign_up_workdays", "3"),
        ("service_type", &service().to_string()),
        ("contact_name", "王工"),
        ("contact_phone", "0710-3456789"),
        ("complaint_phone", "12345"),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_string(), v.to_string()))
    .collect();
    if method.wants_bid() {
        form.set("floor", "35,000");
    }
    Specification::read(&form, &terms, &Policy::standard(), around).expect("a sound form")
}

pub(crate) fn procurement(method: Method, stage: Stage) -> Procurement {
    let policy = Policy::standard();
    Procurement {
        id: RequirementId(Uuid::from_u128(2)),
        notice_no: "ZJXY420606202603160001".into(),
        document: document(method),
        buyer: Buyer {
            uscc: Uscc::parse("11420606DEM000110X").expect("valid"),
            legal_representative: "吴刚".into(),
            contacts: vec![],
            people: vec![],
            since: datetime!(2026-03-10 10:00 +8),
        },
        published_at: datetime!(2026-03-16 09:00 +8),
        schedule: with_draw(&policy, DEADLINE),
        rules: Rules {
            policy_id: PolicyId(Uuid::from_u128(4)),
            policy,
            calendar: Calendar::default(),
        },
        extensions: 0,
        backups: 2,
        stage,
    }
}

fn candidate(n: u128) -> Candidate {
    Candidate {
        agency: AgencyId(Uuid::from_u128(n)),
        uscc: Uscc::parse("91420600MADEM00114").expect("valid"),
        name: format!("机构{n}"),
        legal_representative: format!("法人{n}").as_str().into(),
        contact_name: format!("联系人{n}").as_str().into(),
        people: vec![],
        state: AgencyState::Settled,
        suspended_until: None,
        grade: Grade::A,
        services: vec![HeldService {
            id: service(),
            state: ServiceState::Active,
        }],
        qualifications: vec![],
        practitioners: vec![],
    }
}

fn received(n: u128) -> (Received, Candidate) {
    let sign_up = Received {
        id: SignUpId(Uuid::from_u128(100 + n)),
        agency: AgencyId(Uuid::from_u128(n)),
        nonce: sha256(&n.to_be_bytes()),
        sealed: None,
        received_at: DEADLINE - crate::time::Duration::DAY,
    };
    (sign_up, candidate(n))
}

fn place(n: u128) -> (Place, Candidate) {
    let place = Place {
        seq: n as u32,
        agency: AgencyId(Uuid::from_u128(n)),
        sign_up: SignUpId(Uuid::from_u128(100 + n)),
        amount: Fen(4_600_000),
    };
    (place, candidate(n))
}

fn kinds(follows: &Follows) -> Vec<JobKind> {
    follows.jobs.iter().map(|one| one.job.kind()).collect()
}

#[test]
fn nothing_closes_before_the_deadline_or_twice() {
    let open = procurement(Method::Random, Stage::Open);
    let judged = open.judge(&[]);
    let early = DEADLINE - crate::time::Duration::SECOND;
    assert_eq!(open.close(&judged, early), Ok(None));
    for stage in [
        Stage::Frozen,
        Stage::Selected,
        Stage::Awarded,
        Stage::Failed,
    ] {
        let later = procurement(Method::Random, stage);
        assert_eq!(later.close(&judged, DEADLINE), Ok(None));
    }
}

#[test]
fn too_few_are_extended_once_and_then_fail_and_nobody_learns_how_many_there_were() {
    let mut open = procurement(Method::Random, Stage::Open);
    let judged = open.judge(&[received(1), received(2)]);
    let Ok(Some(Closing::Extend(extended))) = open.close(&judged, DEADLINE) else {
        panic!("an extension is left");
    };
    assert!(extended.next.deadline_at > DEADLINE);
    assert_eq!(kinds(&extended.follows), [JobKind::Close]);
    let said = Fact::Extension(fact::Extension {
        deadline_at: extended.next.deadline_at,
        draw_at: extended.next.draw_at,
        least: 3,
    });
    assert_eq!(extended.follows.facts[0].fact, said);
    let notice = &extended.follows.notices[0].announcement;
    assert!(notice.title().ends_with("报名延期公告"));
    open.extensions = 1;
    let Ok(Some(Closing::Fail(failed))) = open.close(&judged, DEADLINE) else {
        panic!("no extension is left");
    };
    let reason = FailureReason::TooFewEntrants { least: 3 };
    assert_eq!(failed.next.reason, reason);
    let said = Fact::Failure(fact::Failure {
        reason: "截止时符合条件的报名机构不足 3 家。".into(),
        cause: Some(reason),
    });
    assert_eq!(failed.follows.facts[0].fact, said);
    assert_eq!(failed.follows.lines[0].deed, Deed::Fail);
}

#[test]
fn whoever_may_not_take_part_is_excluded_with_every_reason() {
    let open = procurement(Method::Random, Stage::Open);
    let mut suspended = received(2);
    suspended.1.suspended_until = Some(DEADLINE + crate::time::Duration::DAY);
    suspended.1.services.clear();
    let mut same_people = received(3);
    same_people.1.legal_representative = "法 人1".into();
    let judged = open.judge(&[received(1), suspended, same_people]);
    assert_eq!(judged.eligible.len(), 1);
    let reasons: Vec<usize> = judged
        .excluded
        .iter()
        .map(|one| one.reasons.len())
        .collect();
    assert_eq!(reasons, [2, 1]);
    let frozen = open.freeze(&judged, None, DEADLINE).unwrap();
    let Fact::Freezing(said) = &frozen.follows.facts[0].fact else {
        panic!("a freezing");
    };
    assert_eq!((said.count, said.excluded.len()), (1, 2));
    assert_eq!(said.entrants_hash, frozen.next.hash);
    assert_eq!(said.excluded[0].reasons.len(), 2);
    assert_eq!(kinds(&frozen.follows), [JobKind::Draw]);
    assert_eq!(frozen.follows.jobs[0].run_at, open.schedule.draw_at);
}

#[test]
fn the_opening_publishes_the_secret_and_every_bid_of_the_list() {
    let open = procurement(Method::LowestPrice, Stage::Open);
    let (public, secret) = key_pair(&mut Dice(1));
    let mut list: Vec<_> = (1..=3).map(received).collect();
    for (sign_up, _) in &mut list {
        let entropy = [sign_up.agency.0.as_bytes()[15]; 32];
        let sealed = seal(Fen(4_000_000), public, open.id, sign_up.agency, entropy);
        sign_up.sealed = sealed.ok();
    }
    list[2].0.sealed = Some(vec![0; 64]);
    let judged = open.judge(&list);
    let frozen = open.freeze(&judged, Some(secret), DEADLINE).unwrap();
    let Fact::Opening(said) = &frozen.follows.facts[0].fact else {
        panic!("the opening comes first");
    };
    let amounts: Vec<&Opened> = said.bids.iter().map(|bid| &bid.amount_fen).collect();
    let (sum, fault) = (
        Opened::Amount(Fen(4_000_000)),
        Opened::Fault("unreadable".into()),
    );
    assert_eq!(amounts, [&sum, &sum, &fault]);
    assert_eq!(frozen.next.entrants[0].bid, Some(Fen(4_000_000)));
    assert_eq!(frozen.next.entrants[2].bid, None);
    assert!(matches!(frozen.follows.facts[1].fact, Fact::Freezing(_)));
}

fn setup() -> Setup {
    Setup {
        notice_no: "ZJXY420606202603160001".into(),
        server_seed: sha256(b"seed"),
        beacon_rule: BeaconRule::None,
        beacon: String::new(),
    }
}

fn list(n: u128) -> Vec<Frozen> {
    let open = procurement(Method::Random, Stage::Open);
    let all: Vec<_> = (1..=n).map(received).collect();
    let judged = open.judge(&all);
    open.freeze(&judged, None, DEADLINE).unwrap().next.entrants
}

#[test]
fn a_draw_publishes_its_seed_its_picks_and_the_hash_of_its_evidence() {
    let frozen = procurement(Method::Random, Stage::Frozen);
    let (list, at) = (list(5), frozen.schedule.draw_at);
    let id = || DrawId(Uuid::from_u128(9));
    let early = at - crate::time::Duration::SECOND;
    assert_eq!(frozen.draw(&setup(), (&list, &[]), early, id), Ok(None));
    let Ok(Some(Drawn::Selected(drawn))) = frozen.draw(&setup(), (&list, &[]), at, id) else {
        panic!("it is drawn");
    };
    let [evidence] = drawn.next.draws.as_slice() else {
        panic!("one draw");
    };
    let Fact::Draw(said) = &drawn.follows.facts[0].fact else {
        panic!("the draw comes first");
    };
    assert_eq!(said.evidence_sha256, sha256(evidence.text.as_bytes()));
    assert_eq!(said.server_seed, sha256(b"seed"));
    assert_eq!(said.picks.len(), 3, "a winner and two backups");
    let Fact::Selection(said) = &drawn.follows.facts[1].fact else {
        panic!("then the selection");
    };
    assert_eq!((said.ordinal, said.ranking.len()), (1, 3));
    assert_eq!(said.reason, None);
}

fn chosen(n: u128) -> Choice {
    Choice {
        sign_up: SignUpId(Uuid::from_u128(100 + n)),
        reason: "熟悉本项目情况，服务及时".into(),
    }
}

#[test]
fn a_choice_is_public_with_its_reason_and_comes_in_time_or_fails() {
    let due_at = DEADLINE + crate::time::Duration::DAY;
    let early = due_at - crate::time::Duration::SECOND;
    let choosing = procurement(Method::Direct, Stage::Choosing { due_at });
    let (frozen, by) = (list(3), PersonId(Uuid::from_u128(8)));
    let mut candidates = [candidate(1), candidate(2), candidate(3)];
    candidates[0].suspended_until = Some(due_at);
    let choose = |of: &Procurement, n, had: &[SignUpId], at| {
        let left = Left {
            frozen: &frozen,
            had,
            candidates: &candidates,
            choices: had.len() as u32,
        };
        of.choose(chosen(n), &left, by, at)
    };
    let decision = choose(&choosing, 2, &[], early).expect("one of the list");
    let Fact::Selection(said) = &decision.follows.facts[0].fact else {
        panic!("a selection");
    };
    assert_eq!(said.reason.as_deref(), Some("熟悉本项目情况，服务及时"));
    assert_eq!(decision.follows.lines[0].deed, Deed::Choose);
    let refused = [SignUpId(Uuid::from_u128(102))];
    assert!(choose(&choosing, 2, &refused, early).is_err());
    assert!(choose(&choosing, 7, &[], early).is_err());
    assert!(choose(&choosing, 2, &[], due_at).is_err(), "too late");
    let gone = choose(&choosing, 1, &[], early).expect_err("suspended");
    let said = match gone {
        Refusal::Invalid(problems) => problems.0[0].sentence.clone(),
        other => panic!("{other}"),
    };
    assert!(said.contains("暂停参与期"), "{said}");
    let selected = procurement(Method::Direct, Stage::Selected);
    assert!(choose(&selected, 2, &[], early).is_err());
    assert_eq!(choosing.not_chosen(early), Ok(None));
    let failed = choosing.not_chosen(due_at).unwrap().unwrap();
    assert_eq!(failed.next.reason, FailureReason::NotChosen);
}

fn left<'a>(
    ranking: &'a [(Place, Candidate)],
    (had, frozen): (&'a [SignUpId], &'a [Frozen]),
    choices: u32,
) -> Remaining<'a> {
    Remaining {
        ranking,
        had,
        choices,
        frozen,
    }
}

#[test]
fn the_award_passes_over_whoever_has_had_it_or_may_no_longer() {
    let frozen = procurement(Method::Random, Stage::Selected);
    let mut ranking = [place(1), place(2), place(3)];
    ranking[1].1.suspended_until = Some(DEADLINE + crate::time::Duration::DAY);
    let had = [ranking[0].0.sign_up];
    let id = AwardId(Uuid::from_u128(5));
    let decision = frozen
        .succeed(left(&ranking, (&had, &list(3)), 1), id, DEADLINE)
        .unwrap();
    let Succession::Award(award) = &decision.next else {
        panic!("the third place");
    };
    assert_eq!(award.place, ranking[2].0);
    assert_eq!(award.award_no, "ZX420606202603160001-2");
    assert!(
        matches!(&decision.follows.facts[0].fact, Fact::Skipped(said) if said.reasons.len() == 1)
    );
    // The line and the fact are about the agency that was passed over.
    assert_eq!(decision.follows.facts[0].agency, Some(ranking[1].0.agency));
    let note = &decision.follows.lines[0].note;
    let skipped = &ranking[1].1;
    let named = format!("{}（{}）：", skipped.name, skipped.uscc);
    assert!(note.starts_with(&named), "{note}");
    let Fact::Award(said) = &decision.follows.facts[1].fact else {
        panic!("then the award");
    };
    assert_eq!((said.ordinal, said.amount_fen), (2, Fen(4_600_000)));
    assert_eq!(decision.follows.facts[1].agency, Some(ranking[2].0.agency));
    let notice = &decision.follows.notices[0].announcement;
    assert!(notice.title().ends_with("中选公告（候补递补）"));
    let jobs: Vec<Job> = decision.follows.jobs.iter().map(|one| one.job).collect();
    let expected = [
        Job::PublicityEnd(id),
        Job::ConfirmTimeout(id),
        Job::RemindAward(id),
    ];
    assert_eq!(jobs, expected);
}

#[test]
fn with_nobody_left_a_choice_goes_back_to_its_owner_and_everything_else_fails() {
    let (ranking, id) = ([place(1)], AwardId(Uuid::from_u128(5)));
    let had = [ranking[0].0.sign_up];
    let next = |method, choices| {
        let selected = procurement(method, Stage::Selected);
        let frozen = list(3);
        let decision = selected.succeed(left(&ranking, (&had, &frozen), choices), id, DEADLINE);
        decision.unwrap()
    };
    let again = next(Method::Direct, 1);
    assert!(matches!(again.next, Succession::ChooseAgain { due_at } if due_at > DEADLINE));
    assert_eq!(
        kinds(&again.follows),
        [JobKind::ChoiceTimeout, JobKind::RemindRequirement]
    );
    for (method, choices) in [(Method::Direct, 3), (Method::Random, 1)] {
        let failed = next(method, choices);
        assert!(matches!(failed.next, Succession::Fail(_)), "{method}");
        assert!(matches!(failed.follows.facts[0].fact, Fact::Failure(_)));
    }
    // Nobody is left on the list whom the owner could choose.
    let selected = procurement(Method::Direct, Stage::Selected);
    let one = list(1);
    let all_had = left(&ranking, (&had, &one), 1);
    let failed = selected.succeed(all_had, id, DEADLINE).unwrap();
    assert!(matches!(failed.next, Succession::Fail(_)));
    let failed = procurement(Method::Random, Stage::Failed);
    assert!(
        failed
            .succeed(left(&ranking, (&had, &list(3)), 1), id, DEADLINE)
            .is_err()
    );
    assert!(failed.fail(FailureReason::NobodyLeft).is_err());
}

#[test]
fn whoever_is_concerned_by_deadline_and_award_is_told_and_nobody_else() {
    use crate::message::{Audience, Message};
    let agency = |n| Audience::Agency(AgencyId(Uuid::from_u128(n)));
    let open = procurement(Method::Random, Stage::Open);
    let (buyer, entrants) = (Audience::Buyer(open.id), Audience::Entrants(open.id));
    let mut all = [received(1), received(2), received(3)];
    all[0].1.suspended_until = Some(DEADLINE + crate::time::Duration::DAY);
    let judged = open.judge(&all);
    let frozen = open.freeze(&judged, None, DEADLINE).unwrap().follows;
    assert_eq!(frozen.told(), [(agency(1), "excluded")]);
    let Ok(Some(Closing::Extend(extended))) = open.close(&judged, DEADLINE) else {
        panic!("too few, the first time");
    };
    let both = [(buyer, "extended"), (entrants, "extended")];
    assert_eq!(extended.follows.told(), both);
    let direct = procurement(Method::Direct, Stage::Open);
    let choosing = direct.freeze(&judged, None, DEADLINE).unwrap().follows;
    assert_eq!(choosing.told()[1..], [(buyer, "choice_due")]);

    // The first place may no longer take part: it learns why, the second has won, the others learn their places.
    let selected = procurement(Method::Random, Stage::Selected);
    let mut ranking = [place(2), place(3), place(4)];
    ranking[0].1.suspended_until = Some(DEADLINE + crate::time::Duration::DAY);
    let (id, list) = (AwardId(Uuid::from_u128(5)), list(5));
    let first = selected.succeed(left(&ranking, (&[], &list), 1), id, DEADLINE);
    let first = first.unwrap().follows;
    let expected = [
        (agency(2), "passed_over"),
        (agency(3), "won"),
        (buyer, "selected"),
        (agency(1), "not_won"),
        (agency(4), "not_won"),
        (agency(5), "not_won"),
    ];
    assert_eq!(first.told(), expected);
    let places: Vec<_> = first
        .messages
        .iter()
        .filter_map(|one| match &one.message {
            Message::NotWon(said) => Some((said.place, said.is_backup)),
            _ => None,
        })
        .collect();
    assert_eq!(places, [(None, false), (Some(3), true), (None, false)]);
    // When somebody falls away, who has not won is not told so again.
    let had = [ranking[1].0.sign_up];
    let second = selected.succeed(left(&ranking, (&had, &list), 1), id, DEADLINE);
    let second = second.unwrap().follows;
    let called = [(agency(4), "backup_called"), (buyer, "selected")];
    assert_eq!(second.told()[1..], called);
    let failed = selected.fail(FailureReason::NobodyLeft).unwrap().follows;
    assert_eq!(failed.told(), [(buyer, "failed"), (entrants, "failed")]);
}

#[test]
fn an_owner_is_reminded_to_choose_only_while_it_may() {
    let due_at = DEADLINE + crate::time::Duration::DAY;
    let half = DEADLINE + crate::time::Duration::hours(12);
    let choosing = procurement(Method::Direct, Stage::Choosing { due_at });
    let reminded = choosing.remind(DEADLINE, half);
    assert_eq!(reminded.told().len(), 1);
    assert_eq!(kinds(&reminded), [JobKind::RemindRequirement]);
    let chosen = procurement(Method::Direct, Stage::Selected);
    assert_eq!(chosen.remind(DEADLINE, half), Follows::new());
}
