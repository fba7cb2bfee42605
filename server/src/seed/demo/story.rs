//! What happens in the year: requirements are written, published, won, contracted, delivered and rated, many at the
//! same time. A story is a requirement with a plan; its steps are played in the order of their instants.

use super::cast::{OWNERS, PLACES, PROJECTS, Project};
use super::people::{People, pass};
use super::scan::pdf;
use super::settle::Settled;
use super::stage::{Stage, id_in};
use crate::installation::Trouble;
use app::desk::Actor;
use market::contract::ContractState;
use market::draw::Hex32;
use market::owner::FundType;
use market::requirement::RequirementState;
use market::selection::Method;
use market::time::{Duration, Weekday, at_clock, date_text, day};
use market::{Fen, Form, RequirementId, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use store::award::AwardLink;
use store::contract::Contract;

/// How a story goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// All the way, in time, rated well.
    Smooth,
    /// Delivered late.
    Late,
    /// Signed late.
    SignedLate,
    /// The winner declines and the backup takes over.
    Declined,
    /// The deliverable is returned once, the rating is middling.
    Returned,
    /// Too few sign up: extended, then failed, then published again.
    Failed,
    /// Stops after a step, for the states of the present.
    StopAfter(Step),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Step {
    Draft,
    Submit,
    Audit,
    Publish,
    SignUp,
    Choose,
    Confirm,
    Record,
    Agree,
    Deliver,
    Accept,
    Complete,
    Rate,
    Reply,
    Republish,
}

struct Story<'a> {
    project: &'a Project,
    place: &'a str,
    owner: usize,
    method: Method,
    turn: Turn,
    requirement: String,
    delivered: u32,
}

/// Tells the year's stories up to `until`.
pub async fn tell(
    stage: &mut Stage,
    people: &People,
    agencies: &[Settled],
    until: Timestamp,
) -> Result<(), Trouble> {
    let mut stories = plan();
    let mut queue = BinaryHeap::new();
    let began = stage.now();
    let finished = stories.len() - PRESENT.len();
    let span = (until - began).whole_days() - 45;
    for (n, _) in stories.iter().enumerate() {
        let at = match n.checked_sub(finished) {
            None => began + Duration::days(span * n as i64 / finished as i64),
            // The stories of the present begin so that they arrive at their state about now.
            Some(present) => until - Duration::days(PRESENT[present].2),
        };
        queue.push(Reverse((at, n, Step::Draft)));
    }
    while let Some(Reverse((at, n, step))) = queue.pop() {
        if at > until {
            continue;
        }
        let at = office_hours(at);
        if at > until {
            continue;
        }
        stage.advance_to(at).await?;
        let next = play(stage, people, agencies, &mut stories[n], step).await?;
        let stops = stories[n].turn == Turn::StopAfter(step);
        if let Some((delay, step)) = next.filter(|_| !stops) {
            queue.push(Reverse((stage.now() + delay, n, step)));
        }
    }
    Ok(())
}

/// People act between nine and half past four on weekdays.
fn office_hours(at: Timestamp) -> Timestamp {
    let mut date = day(at);
    let local = at.to_offset(market::time::SHANGHAI);
    let mut at = at;
    if local.hour() < 9 {
        at = at_clock(date, 9, 5);
    } else if local.hour() >= 16 {
        date = date.saturating_add(Duration::days(1));
        at = at_clock(date, 9, 10);
    }
    while matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
        date = date.saturating_add(Duration::days(1));
        at = at_clock(date, 9, 15);
    }
    at
}

/// The stories of the present: where each stops, its method, and how many days ago it began.
const PRESENT: [(Step, Method, i64); 20] = [
    (Step::Draft, Method::Random, 2),
    (Step::Draft, Method::LowestPrice, 1),
    (Step::Submit, Method::Random, 1),
    (Step::Submit, Method::LowestPrice, 1),
    (Step::Audit, Method::Random, 2),
    (Step::SignUp, Method::Random, 2),
    (Step::SignUp, Method::LowestPrice, 2),
    (Step::SignUp, Method::Random, 3),
    (Step::SignUp, Method::LowestPrice, 3),
    (Step::SignUp, Method::Direct, 3),
    (Step::SignUp, Method::Direct, 9),
    (Step::SignUp, Method::Random, 8),
    (Step::SignUp, Method::LowestPrice, 9),
    (Step::Confirm, Method::Random, 12),
    (Step::Record, Method::LowestPrice, 14),
    (Step::Agree, Method::Random, 16),
    (Step::Agree, Method::LowestPrice, 34),
    (Step::Deliver, Method::Random, 30),
    (Step::Accept, Method::LowestPrice, 34),
    (Step::Complete, Method::Random, 38),
];

fn plan<'a>() -> Vec<Story<'a>> {
    const FINISHED: usize = 64;
    let story = |n: usize, method: Method, turn: Turn| Story {
        project: &PROJECTS[(n * 5) % PROJECTS.len()],
        place: PLACES[(n * 7) % PLACES.len()],
        owner: if n % 5 == 0 { 0 } else { n % OWNERS.len() },
        method,
        turn,
        requirement: String::new(),
        delivered: 0,
    };
    let mut stories: Vec<Story<'a>> = (0..FINISHED)
        .map(|n| {
            let method = match n % 9 {
                0 | 2 | 4 | 6 => Method::Random,
                8 => Method::Direct,
                _ => Method::LowestPrice,
            };
            let turn = match n {
                11 | 37 => Turn::Late,
                23 => Turn::SignedLate,
                18 | 42 | 57 => Turn::Declined,
                7 | 29 | 50 => Turn::Returned,
                14 | 45 => Turn::Failed,
                _ => Turn::Smooth,
            };
            story(n, method, turn)
        })
        .collect();
    stories.extend(
        PRESENT
            .iter()
            .enumerate()
            .map(|(n, (step, method, _))| story(FINISHED + n, *method, Turn::StopAfter(*step))),
    );
    stories
}

impl Story<'_> {
    fn actor<'p>(&self, people: &'p People) -> &'p Actor {
        // Every fourth requirement of the demo's owner is its trustee's.
        if self.owner == 0 && self.project.amount % 4_000 == 0 {
            &people.trustee
        } else {
            &people.owners[self.owner]
        }
    }

    fn id(&self) -> Result<RequirementId, Trouble> {
        Ok(self.requirement.parse()?)
    }

    fn params(&self) -> [(&'static str, String); 1] {
        [("id", self.requirement.clone())]
    }

    /// Direct selections must fit under the cap.
    fn amount(&self) -> i64 {
        if self.method == Method::Direct {
            self.project.amount.min(30_000)
        } else {
            self.project.amount
        }
    }
}

/// Plays one step; what comes next, and how much later.
async fn play(
    stage: &mut Stage,
    people: &People,
    agencies: &[Settled],
    story: &mut Story<'_>,
    step: Step,
) -> Result<Option<(Duration, Step)>, Trouble> {
    let hours = Duration::hours;
    let days = Duration::days;
    match step {
        Step::Draft => {
            begin(stage, people, story).await?;
            Ok(Some((hours(1), Step::Submit)))
        }
        Step::Submit => {
            stage
                .post(
                    story.actor(people),
                    "/requirements/{id}/submit",
                    &story.params(),
                    document(stage, story).await?,
                    vec![],
                )
                .await?;
            Ok(Some((hours(2), Step::Audit)))
        }
        Step::Audit => {
            pass(
                stage,
                &people.auditors[story.owner % 2],
                "/desk/editions/{id}/audit",
                story.requirement.clone(),
            )
            .await?;
            Ok(Some((hours(1), Step::Publish)))
        }
        Step::Publish => {
            stage
                .post(
                    &people.publisher,
                    "/desk/editions/{id}/publish",
                    &story.params(),
                    Form::default(),
                    vec![],
                )
                .await?;
            Ok(Some((hours(4), Step::SignUp)))
        }
        Step::SignUp => sign_up(stage, agencies, story).await,
        Step::Choose => Ok(choose(stage, people, story)
            .await?
            .then_some((hours(3), Step::Confirm))),
        Step::Confirm => confirm(stage, agencies, story).await,
        Step::Record => record(stage, people, agencies, story).await,
        Step::Agree => {
            let contract = contract(stage, story).await?;
            let actor = party(
                people,
                agencies,
                story,
                &contract,
                contract.recorded_side == market::contract::Side::Agency,
            );
            stage
                .post(
                    actor,
                    "/contracts/{id}/confirm",
                    &[("id", contract.id.to_string())],
                    Form::default(),
                    vec![],
                )
                .await?;
            // Performed in about half of its workdays; late stories take more than all of them.
            let share = if story.turn == Turn::Late { 2 } else { 0 };
            Ok(Some((
                days(i64::from(contract.service_workdays) * (3 + 4 * share) / 4 + 1),
                Step::Deliver,
            )))
        }
        Step::Deliver => {
            deliver(stage, agencies, story).await?;
            Ok(Some((days(1), Step::Accept)))
        }
        Step::Accept => accept(stage, people, story).await,
        Step::Complete => {
            let contract = contract(stage, story).await?;
            stage
                .post(
                    story.actor(people),
                    "/contracts/{id}/complete",
                    &[("id", contract.id.to_string())],
                    Form::default(),
                    vec![],
                )
                .await?;
            Ok(Some((days(1), Step::Rate)))
        }
        Step::Rate => {
            rate(stage, people, story).await?;
            let answers = matches!(story.turn, Turn::Late | Turn::Returned);
            Ok(answers.then_some((days(1), Step::Reply)))
        }
        Step::Reply => {
            let contract = contract(stage, story).await?;
            let form: Form = [("reply", "已按要求完成整改，今后加强内部审核，感谢指正。")]
                .into_iter()
                .collect();
            stage
                .post(
                    &winner(agencies, &contract)?.actor,
                    "/contracts/{id}/reply",
                    &[("id", contract.id.to_string())],
                    form,
                    vec![],
                )
                .await?;
            Ok(None)
        }
        Step::Republish => {
            let location = stage
                .post(
                    story.actor(people),
                    "/requirements/{id}/republish",
                    &story.params(),
                    Form::default(),
                    vec![],
                )
                .await?;
            story.requirement = id_in(&location);
            story.turn = Turn::Smooth;
            Ok(Some((hours(2), Step::Submit)))
        }
    }
}

async fn begin(stage: &Stage, people: &People, story: &mut Story<'_>) -> Result<(), Trouble> {
    let item = store::catalogue::item(stage.look().await?.conn(), story.project.item)
        .await?
        .ok_or("an item")?;
    let form: Form = [("item", item.id.to_string())].into_iter().collect();
    let location = stage
        .post(story.actor(people), "/requirements", &[], form, vec![])
        .await?;
    story.requirement = id_in(&location);
    let draft = document(stage, story).await?;
    stage
        .post(
            story.actor(people),
            "/requirements/{id}/draft",
            &story.params(),
            draft,
            vec![],
        )
        .await
        .map(|_| ())
}

/// The document of a story as its owner types it.
async fn document(stage: &Stage, story: &Story<'_>) -> Result<Form, Trouble> {
    let item = store::catalogue::item(stage.look().await?.conn(), story.project.item)
        .await?
        .ok_or("an item")?;
    let service = item.service_types.first().ok_or("a service type")?;
    let owner = &OWNERS[story.owner];
    let amount = Fen(story.amount() * 100);
    let mut form: Form = [
        (
            "project_name",
            format!("{}{}", story.place, story.project.name),
        ),
        ("project_code", String::new()),
        ("scale", story.project.scale.to_string()),
        ("content", story.project.content.to_string()),
        (
            "service_workdays",
            (10 + story.project.name.chars().count() % 3 * 5).to_string(),
        ),
        ("fund", owner.fund.code().to_string()),
        ("method", story.method.code().to_string()),
        ("amount", amount.plain()),
        (
            "price_note",
            "含成果修改和配合评审的全部费用，验收后一次付清。".to_string(),
        ),
        (
            "sign_up_workdays",
            if owner.fund == FundType::Social {
                "2"
            } else {
                "3"
            }
            .to_string(),
        ),
        ("service_type", service.id.to_string()),
        ("min_grade", "c".to_string()),
        ("contact_name", owner.head.to_string()),
        ("contact_phone", "0710-3456789".to_string()),
        ("complaint_phone", "12345".to_string()),
    ]
    .into_iter()
    .collect();
    match story.method {
        Method::LowestPrice => form.set("floor", Fen(amount.0 * 7 / 10).plain()),
        Method::Direct => form.set(
            "method_reason",
            "金额较小，且为同一项目的后续补充工作，资料连续。",
        ),
        Method::Random => {}
    }
    Ok(form)
}

/// Agencies of the right type sign up one after the other; what comes next depends on the method.
async fn sign_up(
    stage: &mut Stage,
    agencies: &[Settled],
    story: &Story<'_>,
) -> Result<Option<(Duration, Step)>, Trouble> {
    let id = story.id()?;
    let mut desk = stage.look().await?;
    let requirement = store::requirement::find(desk.conn(), id)
        .await?
        .ok_or("a requirement")?;
    let item = store::catalogue::item(desk.conn(), story.project.item)
        .await?
        .ok_or("an item")?;
    let ids: Vec<_> = agencies.iter().map(|agency| agency.agency).collect();
    let candidates = store::agency::candidates(desk.conn(), &ids).await?;
    drop(desk);
    let suspended = |id| candidates.iter().any(|found| found.agency == id && found.suspended_until.is_some_and(|until| until > stage.now()));
    let code = item
        .service_types
        .first()
        .ok_or("a service type")?
        .code
        .clone();
    let able: Vec<&Settled> = agencies
        .iter()
        .filter(|agency| agency.types.contains(&code.as_str()) && !suspended(agency.agency))
        .collect();
    let wanted = if story.turn == Turn::Failed { 1 } else { 7 };
    let offset = story.place.len() + story.project.name.len();
    for n in 0..wanted.min(able.len()) {
        let agency = able[(n + offset) % able.len()];
        stage.pause(600 + 37 * n as i64);
        let mut form: Form = [("nonce", nonce(stage))].into_iter().collect();
        if story.method == Method::LowestPrice {
            let percent = 74 + (n * 7 + offset) % 22;
            form.set("price", Fen(story.amount() * percent as i64).plain());
        }
        stage
            .post(
                &agency.actor,
                "/requirements/{id}/sign-up",
                &story.params(),
                form,
                vec![],
            )
            .await?;
    }
    let published = requirement.published()?;
    let wait = published.schedule.draw_at - stage.now() + Duration::hours(1);
    Ok(match (story.turn, story.method) {
        (Turn::Failed, _) => Some((wait + Duration::days(8), Step::Republish)),
        (_, Method::Direct) => Some((wait, Step::Choose)),
        _ => Some((wait, Step::Confirm)),
    })
}

/// A random number as an agency's browser makes it.
fn nonce(stage: &Stage) -> String {
    Hex32((stage.world.chance)().as_mut().bytes()).to_string()
}

/// The owner chooses the first of the list, if there is one.
async fn choose(stage: &Stage, people: &People, story: &Story<'_>) -> Result<bool, Trouble> {
    let frozen = store::selection::frozen(stage.look().await?.conn(), story.id()?).await?;
    let Some(chosen) = frozen.first() else {
        return Ok(false);
    };
    let form: Form = [
        ("sign_up", chosen.sign_up.to_string()),
        (
            "reason",
            "承担过同一项目的前期工作，资料齐全，能够按时完成。".to_string(),
        ),
    ]
    .into_iter()
    .collect();
    stage
        .post(
            story.actor(people),
            "/requirements/{id}/choose",
            &story.params(),
            form,
            vec![],
        )
        .await?;
    Ok(true)
}

async fn live_award(stage: &Stage, story: &Story<'_>) -> Result<Option<AwardLink>, Trouble> {
    let awards = store::award::of_requirement(stage.look().await?.conn(), story.id()?).await?;
    Ok(awards.into_iter().find(|award| award.state.is_live()))
}

async fn confirm(
    stage: &mut Stage,
    agencies: &[Settled],
    story: &mut Story<'_>,
) -> Result<Option<(Duration, Step)>, Trouble> {
    let Some(award) = live_award(stage, story).await? else {
        // Extended: look again tomorrow.
        let requirement = store::requirement::find(stage.look().await?.conn(), story.id()?).await?.ok_or("a requirement")?;
        let open = matches!(requirement.state, RequirementState::Published | RequirementState::Frozen);
        return Ok(open.then_some((Duration::days(1), Step::Confirm)));
    };
    let agency = agencies
        .iter()
        .find(|agency| agency.agency == award.agency_id)
        .ok_or("the winner")?;
    let params = [("id", award.id.to_string())];
    if story.turn == Turn::Declined {
        story.turn = Turn::Smooth;
        let form: Form = [
            ("reason", "近期承接项目较多，人员无法按时到位。"),
            ("understood", "on"),
        ]
        .into_iter()
        .collect();
        stage
            .post(&agency.actor, "/awards/{id}/decline", &params, form, vec![])
            .await?;
        return Ok(Some((Duration::hours(1), Step::Confirm)));
    }
    stage
        .post(
            &agency.actor,
            "/awards/{id}/confirm",
            &params,
            Form::default(),
            vec![],
        )
        .await?;
    let days = if story.turn == Turn::SignedLate {
        22
    } else {
        4
    };
    Ok(Some((Duration::days(days), Step::Record)))
}

async fn record(
    stage: &mut Stage,
    people: &People,
    agencies: &[Settled],
    story: &Story<'_>,
) -> Result<Option<(Duration, Step)>, Trouble> {
    let Some(award) = live_award(stage, story)
        .await?
        .filter(|award| award.issued_at.is_some())
    else {
        return Ok(None);
    };
    let agency = agencies
        .iter()
        .find(|agency| agency.agency == award.agency_id)
        .ok_or("the winner")?;
    let by_agency = story.project.amount % 3_000 != 0;
    let actor = if by_agency {
        &agency.actor
    } else {
        story.actor(people)
    };
    let scan = stage
        .world
        .uploads
        .keep(
            "服务合同.pdf",
            pdf(&format!("Contract {}", award.award_no)),
            stage.now(),
        )
        .await
        .map_err(|f| format!("{f:?}"))?;
    let form: Form = [
        (
            "name",
            format!("{}{}服务合同", story.place, story.project.name),
        ),
        ("amount", Fen(award.amount_fen).plain()),
        ("signed_on", date_text(day(stage.now()))),
        ("content", story.project.content.to_string()),
    ]
    .into_iter()
    .collect();
    stage
        .post(
            actor,
            "/awards/{id}/contract",
            &[("id", award.id.to_string())],
            form,
            vec![("scan", scan)],
        )
        .await?;
    Ok(Some((Duration::hours(5), Step::Agree)))
}

async fn contract(stage: &Stage, story: &Story<'_>) -> Result<Contract, Trouble> {
    let award = live_award(stage, story).await?.ok_or("an award")?;
    let id = award.contract_id.ok_or("a contract")?;
    Ok(store::contract::find(stage.look().await?.conn(), id)
        .await?
        .ok_or("a contract")?)
}

fn winner<'a>(agencies: &'a [Settled], contract: &Contract) -> Result<&'a Settled, Trouble> {
    agencies
        .iter()
        .find(|agency| agency.agency == contract.agency_id)
        .ok_or_else(|| "the winner".into())
}

/// The owner's or the agency's actor of a contract.
fn party<'a>(
    people: &'a People,
    agencies: &'a [Settled],
    story: &Story<'_>,
    contract: &Contract,
    owner: bool,
) -> &'a Actor {
    match agencies
        .iter()
        .find(|agency| agency.agency == contract.agency_id)
    {
        Some(agency) if !owner => &agency.actor,
        _ => story.actor(people),
    }
}

async fn deliver(
    stage: &Stage,
    agencies: &[Settled],
    story: &mut Story<'_>,
) -> Result<(), Trouble> {
    let contract = contract(stage, story).await?;
    story.delivered += 1;
    let result = stage
        .world
        .uploads
        .keep(
            "成果报告.pdf",
            pdf(&format!(
                "Report {} round {}",
                contract.award_no, story.delivered
            )),
            stage.now(),
        )
        .await
        .map_err(|f| format!("{f:?}"))?;
    let form: Form = [(
        "note",
        format!(
            "第 {} 次提交，纸质成果六份已送达，由业主签收。",
            story.delivered
        ),
    )]
    .into_iter()
    .collect();
    stage
        .post(
            &winner(agencies, &contract)?.actor,
            "/contracts/{id}/deliver",
            &[("id", contract.id.to_string())],
            form,
            vec![("result", result)],
        )
        .await
        .map(|_| ())
}

async fn accept(
    stage: &Stage,
    people: &People,
    story: &Story<'_>,
) -> Result<Option<(Duration, Step)>, Trouble> {
    let contract = contract(stage, story).await?;
    let params = [("id", contract.id.to_string())];
    if story.turn == Turn::Returned && story.delivered == 1 {
        let form: Form = [(
            "return_reason",
            "第三章工程分析与现场不符，请补充监测数据后重新提交。",
        )]
        .into_iter()
        .collect();
        stage
            .post(
                story.actor(people),
                "/contracts/{id}/return",
                &params,
                form,
                vec![],
            )
            .await?;
        return Ok(Some((Duration::days(2), Step::Deliver)));
    }
    if contract.state == ContractState::Delivered {
        stage
            .post(
                story.actor(people),
                "/contracts/{id}/accept",
                &params,
                Form::default(),
                vec![],
            )
            .await?;
    }
    Ok(Some((Duration::hours(2), Step::Complete)))
}

async fn rate(stage: &Stage, people: &People, story: &Story<'_>) -> Result<(), Trouble> {
    let contract = contract(stage, story).await?;
    let (scores, comment) = match story.turn {
        Turn::Late => (
            [4, 2, 4, 4, 4],
            "成果质量尚可，但比约定时间晚了不少，影响了后续手续。",
        ),
        Turn::Returned => ([3, 4, 4, 4, 4], "第一稿问题较多，退回修改后符合要求。"),
        _ if story.place.len() % 2 == 0 => ([5, 5, 5, 4, 5], "按时完成，沟通顺畅。"),
        _ => ([5, 5, 5, 5, 5], "专业、认真，成果一次通过。"),
    };
    let mut form: Form = market::rating::Dimension::ALL
        .iter()
        .zip(scores)
        .map(|(dimension, score)| (dimension.code(), score.to_string()))
        .collect();
    form.set("comment", comment);
    stage
        .post(
            story.actor(people),
            "/contracts/{id}/rating",
            &[("id", contract.id.to_string())],
            form,
            vec![],
        )
        .await
        .map(|_| ())
}
