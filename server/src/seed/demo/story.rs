//! What happens in the year: many requirements at the same time, their steps played in the order of their instants.
//! From the draft to the award here; the contract and what follows in [`super::fulfilment`].

use super::cast::OWNERS;
use super::fulfilment;
use super::people::{People, pass};
use super::plan::{Step, Story, Turn, office_hours, stories};
use super::settle::Settled;
use super::stage::{Post, Stage, id_in};
use crate::installation::Trouble;
use market::calendar::Calendar;
use market::hash::Hex32;
use market::requirement::RequirementState;
use market::time::Duration;
use market::{Fen, Form, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use store::award::AwardLink;

/// What comes next in a story, and how much later. `None` ends it.
pub type Next = Result<Option<(Duration, Step)>, Trouble>;

/// Everybody on stage.
pub struct Troupe<'a> {
    pub people: &'a People,
    pub agencies: &'a [Settled],
}

/// Tells the year's stories up to `until`.
pub async fn tell(
    stage: &mut Stage,
    troupe: &Troupe<'_>,
    calendar: &Calendar,
    until: Timestamp,
) -> Result<(), Trouble> {
    let mut stories = stories(stage.now(), until, calendar);
    let mut queue: BinaryHeap<_> = stories
        .iter()
        .enumerate()
        .map(|(n, story)| Reverse((story.begins_at, n, Step::Draft)))
        .collect();
    while let Some(Reverse((at, n, step))) = queue.pop() {
        let in_hours = office_hours(calendar, at);
        if in_hours > at && in_hours <= until {
            queue.push(Reverse((in_hours, n, step)));
        }
        if in_hours > at || at > until {
            continue;
        }
        stage.advance_to(at).await?;
        let next = play(stage, troupe, &mut stories[n], step).await?;
        let stops = stories[n].turn == Turn::StopAfter(step);
        if let Some((delay, step)) = next.filter(|_| !stops) {
            queue.push(Reverse((stage.now() + delay, n, step)));
        }
    }
    Ok(())
}

async fn play(stage: &mut Stage, troupe: &Troupe<'_>, story: &mut Story, step: Step) -> Next {
    match step {
        Step::Draft => draft(stage, troupe, story).await,
        Step::Submit => submit(stage, troupe, story).await,
        Step::Audit => audit(stage, troupe, story).await,
        Step::Publish => publish(stage, troupe, story).await,
        Step::SignUp => sign_up(stage, troupe, story).await,
        Step::Choose => choose(stage, troupe, story).await,
        Step::Confirm => confirm(stage, troupe, story).await,
        Step::Record => fulfilment::record(stage, troupe, story).await,
        Step::Agree => fulfilment::agree(stage, troupe, story).await,
        Step::Deliver => fulfilment::deliver(stage, troupe, story).await,
        Step::Accept => fulfilment::accept(stage, troupe, story).await,
        Step::Complete => fulfilment::complete(stage, troupe, story).await,
        Step::Rate => fulfilment::rate(stage, troupe, story).await,
        Step::Reply => fulfilment::reply(stage, troupe, story).await,
        Step::Republish => republish(stage, troupe, story).await,
    }
}

/// A post about the story's requirement.
fn to(path: &'static str, story: &Story) -> Post {
    Post::to(path).about(&story.requirement)
}

async fn draft(stage: &Stage, troupe: &Troupe<'_>, story: &mut Story) -> Next {
    let actor = story.actor(troupe.people);
    let item = store::catalogue::item(stage.look().await?.conn(), story.project.item)
        .await?
        .ok_or("an item")?;
    let form: Form = [("item", item.id.to_string())].into_iter().collect();
    let location = stage
        .post(actor, Post::to("/requirements").with(form))
        .await?;
    story.requirement = id_in(&location);
    let document = document(stage, story).await?;
    stage
        .post(
            actor,
            to("/requirements/{id}/draft", story).with(document.clone()),
        )
        .await?;
    if story.turn == Turn::Dropped {
        let post = to("/requirements/{id}/drop", story).with(document);
        stage.post(actor, post).await?;
        return Ok(None);
    }
    Ok(Some((Duration::hours(1), Step::Submit)))
}

async fn submit(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let post = to("/requirements/{id}/submit", story).with(document(stage, story).await?);
    stage.post(story.actor(troupe.people), post).await?;
    Ok(Some((Duration::hours(2), Step::Audit)))
}

async fn audit(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let auditor = &troupe.people.auditors[story.owner % 2];
    stage
        .post(auditor, to("/desk/editions/{id}/begin", story))
        .await?;
    let path = "/desk/editions/{id}/audit";
    if story.turn == Turn::SentBack {
        let form: Form = [
            ("verdict", "return"),
            (
                "note",
                "服务内容中的成果份数与合同范本不一致，请核对后重新提交。",
            ),
        ]
        .into_iter()
        .collect();
        stage.post(auditor, to(path, story).with(form)).await?;
        return Ok(None);
    }
    pass(stage, auditor, path, &story.requirement).await?;
    Ok(Some((Duration::hours(1), Step::Publish)))
}

async fn publish(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let post = to("/desk/editions/{id}/publish", story);
    stage.post(&troupe.people.publisher, post).await?;
    Ok(Some((Duration::hours(4), Step::SignUp)))
}

async fn republish(stage: &Stage, troupe: &Troupe<'_>, story: &mut Story) -> Next {
    let post = to("/requirements/{id}/republish", story);
    let location = stage.post(story.actor(troupe.people), post).await?;
    story.requirement = id_in(&location);
    story.turn = Turn::Smooth;
    Ok(Some((Duration::hours(2), Step::Submit)))
}

/// The document of a story as its owner types it.
async fn document(stage: &Stage, story: &Story) -> Result<Form, Trouble> {
    let item = store::catalogue::item(stage.look().await?.conn(), story.project.item)
        .await?
        .ok_or("an item")?;
    let service = item.service_types.first().ok_or("a service type")?;
    let owner = &OWNERS[story.owner];
    let amount = Fen(story.amount() * 100);
    let mut form: Form = [
        ("project_name", story.name()),
        ("project_code", String::new()),
        ("scale", story.project.scale.to_string()),
        ("content", story.project.content.to_string()),
        ("service_workdays", story.service_workdays().to_string()),
        ("fund", owner.fund.code().to_string()),
        ("method", story.method.code().to_string()),
        ("amount", amount.plain()),
        (
            "price_note",
            "含成果修改和配合评审的全部费用，验收后一次付清。".to_string(),
        ),
        ("sign_up_workdays", story.sign_up_workdays().to_string()),
        ("service_type", service.id.to_string()),
        ("min_grade", "c".to_string()),
        ("contact_name", owner.head.to_string()),
        ("contact_phone", "0710-3456789".to_string()),
        ("complaint_phone", "12345".to_string()),
    ]
    .into_iter()
    .collect();
    if story.method.wants_bid() {
        form.set("floor", Fen(amount.0 * 7 / 10).plain());
    }
    if let Some(variant) = story.method.kind().variants.last() {
        form.set("variant", variant.code());
    }
    if story.method.is_chosen_by_owner() {
        form.set(
            "method_reason",
            "金额较小，且为同一项目的后续补充工作，资料连续。",
        );
    }
    Ok(form)
}

/// The agencies that offer the story's service and are not suspended.
async fn able<'a>(
    stage: &Stage,
    agencies: &'a [Settled],
    story: &Story,
) -> Result<Vec<&'a Settled>, Trouble> {
    let mut desk = stage.look().await?;
    let item = store::catalogue::item(desk.conn(), story.project.item)
        .await?
        .ok_or("an item")?;
    let code = &item.service_types.first().ok_or("a service type")?.code;
    let ids: Vec<_> = agencies.iter().map(|agency| agency.agency).collect();
    let candidates = store::agency::candidates(desk.conn(), &ids).await?;
    let now = stage.now();
    let is_suspended = |agency: &Settled| {
        candidates.iter().any(|found| {
            found.agency == agency.agency && found.suspended_until.is_some_and(|until| until > now)
        })
    };
    Ok(agencies
        .iter()
        .filter(|agency| agency.types.contains(&code.as_str()) && !is_suspended(agency))
        .collect())
}

/// Agencies of the right type sign up one after the other; what comes next depends on the method.
async fn sign_up(stage: &mut Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let able = able(stage, troupe.agencies, story).await?;
    let wanted = if story.turn == Turn::Failed { 1 } else { 7 };
    for n in 0..wanted.min(able.len()) {
        let agency = able[(n + story.variety()) % able.len()];
        stage.pause(600 + 37 * n as i64);
        let nonce = Hex32((stage.world.chance)().as_mut().bytes());
        let mut form: Form = [("nonce", nonce.to_string())].into_iter().collect();
        if story.method.wants_bid() {
            let percent = 74 + (n * 7 + story.variety()) % 22;
            form.set("price", Fen(story.amount() * percent as i64).plain());
        }
        let post = to("/requirements/{id}/sign-up", story).with(form);
        stage.post(&agency.actor, post).await?;
    }
    let requirement = store::requirement::find(stage.look().await?.conn(), story.id()?)
        .await?
        .ok_or("a requirement")?;
    let drawn_at = requirement.published()?.schedule.draw_at;
    let wait = drawn_at - stage.now() + Duration::hours(1);
    Ok(Some(
        match (story.turn, story.method.is_chosen_by_owner()) {
            (Turn::Failed, _) => (wait + Duration::days(8), Step::Republish),
            (_, true) => (wait, Step::Choose),
            _ => (wait, Step::Confirm),
        },
    ))
}

/// The owner chooses the first of the list, if there is one.
async fn choose(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let frozen = store::selection::frozen(stage.look().await?.conn(), story.id()?).await?;
    let Some(chosen) = frozen.first() else {
        return Ok(None);
    };
    let reason = "承担过同一项目的前期工作，资料齐全，能够按时完成。";
    let form: Form = [
        ("sign_up", chosen.sign_up.to_string()),
        ("reason", reason.to_string()),
    ]
    .into_iter()
    .collect();
    let post = to("/requirements/{id}/choose", story).with(form);
    stage.post(story.actor(troupe.people), post).await?;
    Ok(Some((Duration::hours(3), Step::Confirm)))
}

/// The award of a story that has not fallen away.
pub async fn live_award(stage: &Stage, story: &Story) -> Result<Option<AwardLink>, Trouble> {
    let awards = store::award::of_requirement(stage.look().await?.conn(), story.id()?).await?;
    Ok(awards.into_iter().find(|award| award.state.is_live()))
}

async fn confirm(stage: &Stage, troupe: &Troupe<'_>, story: &mut Story) -> Next {
    let Some(award) = live_award(stage, story).await? else {
        // Extended: look again tomorrow.
        let requirement = store::requirement::find(stage.look().await?.conn(), story.id()?)
            .await?
            .ok_or("a requirement")?;
        let is_open = matches!(
            requirement.state,
            RequirementState::Published | RequirementState::Frozen
        );
        return Ok(is_open.then_some((Duration::days(1), Step::Confirm)));
    };
    let agency = troupe.agency(award.agency_id)?;
    if story.turn == Turn::Declined {
        story.turn = Turn::Smooth;
        let form: Form = [
            ("reason", "近期承接项目较多，人员无法按时到位。"),
            ("understood", "on"),
        ]
        .into_iter()
        .collect();
        let post = Post::to("/awards/{id}/decline").about(award.id).with(form);
        stage.post(&agency.actor, post).await?;
        return Ok(Some((Duration::hours(1), Step::Confirm)));
    }
    let post = Post::to("/awards/{id}/confirm").about(award.id);
    stage.post(&agency.actor, post).await?;
    let days = if story.turn == Turn::SignedLate {
        22
    } else {
        4
    };
    Ok(Some((Duration::days(days), Step::Record)))
}
