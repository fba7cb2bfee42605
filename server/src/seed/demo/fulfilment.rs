//! What follows an award: contract, delivery, acceptance, rating.

use super::plan::{Step, Story, Turn};
use super::settle::Settled;
use super::stage::{Post, Stage};
use super::story::{Next, Troupe, live_award};
use crate::installation::Trouble;
use app::desk::Actor;
use market::contract::{ContractState, Side};
use market::rating::Dimension;
use market::time::{Duration, date_text, day};
use market::{AgencyId, Form};
use store::contract::Contract;

impl<'a> Troupe<'a> {
    /// A settled agency by id.
    pub fn agency(&self, id: AgencyId) -> Result<&'a Settled, Trouble> {
        self.agencies
            .iter()
            .find(|settled| settled.agency == id)
            .ok_or_else(|| "an agency of the demo".into())
    }

    /// Who acts for one side of a story's contract.
    fn side(&self, side: Side, story: &Story, agency: AgencyId) -> Result<&'a Actor, Trouble> {
        match side {
            Side::Owner => Ok(story.actor(self.people)),
            Side::Agency => Ok(&self.agency(agency)?.actor),
        }
    }
}

async fn contract(stage: &Stage, story: &Story) -> Result<Contract, Trouble> {
    let award = live_award(stage, story).await?.ok_or("an award")?;
    let id = award.contract_id.ok_or("a contract")?;
    let found = store::contract::find(stage.look().await?.conn(), id).await?;
    Ok(found.ok_or("a contract")?)
}

/// One side records the signed contract.
pub async fn record(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let award = live_award(stage, story).await?;
    let Some(award) = award.filter(|award| award.issued_at.is_some()) else {
        return Ok(None);
    };
    let side = if story.project.amount % 3_000 == 0 {
        Side::Owner
    } else {
        Side::Agency
    };
    let actor = troupe.side(side, story, award.agency_id)?;
    let scan = stage
        .scan(
            actor,
            "服务合同.pdf",
            &format!("Contract {}", award.award_no),
        )
        .await?;
    let form: Form = [
        ("name", format!("{}服务合同", story.name())),
        ("amount", award.amount_fen.plain()),
        ("signed_on", date_text(day(stage.now()))),
        ("content", story.project.content.to_string()),
    ]
    .into_iter()
    .collect();
    let post = Post::to("/awards/{id}/contract")
        .about(award.id)
        .with(form)
        .file("scan", scan);
    stage.post(actor, post).await?;
    Ok(Some((Duration::hours(5), Step::Agree)))
}

/// The other side confirms it.
pub async fn agree(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let contract = contract(stage, story).await?;
    let other = match contract.recorded_side {
        Side::Owner => Side::Agency,
        Side::Agency => Side::Owner,
    };
    let post = Post::to("/contracts/{id}/confirm").about(contract.id);
    stage
        .post(troupe.side(other, story, contract.agency_id)?, post)
        .await?;
    // The work takes about half of its workdays; in late stories more than all of them.
    let quarters = if story.turn == Turn::Late { 11 } else { 3 };
    let days = i64::from(contract.service_workdays) * quarters / 4 + 1;
    Ok(Some((Duration::days(days), Step::Deliver)))
}

/// The agency hands in its work.
pub async fn deliver(stage: &Stage, troupe: &Troupe<'_>, story: &mut Story) -> Next {
    let contract = contract(stage, story).await?;
    story.delivered += 1;
    let round = story.delivered;
    let line = format!("Report {} round {round}", contract.award_no);
    let actor = &troupe.agency(contract.agency_id)?.actor;
    let result = stage.scan(actor, "成果报告.pdf", &line).await?;
    let note = format!("第 {round} 次提交，纸质成果六份已送达，由业主签收。");
    let post = Post::to("/contracts/{id}/deliver")
        .about(contract.id)
        .with([("note", note)].into_iter().collect())
        .file("result", result);
    stage.post(actor, post).await?;
    Ok(Some((Duration::days(1), Step::Accept)))
}

/// The owner accepts, or sends back once.
pub async fn accept(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let contract = contract(stage, story).await?;
    let owner = story.actor(troupe.people);
    if story.turn == Turn::Returned && story.delivered == 1 {
        let reason = "第三章工程分析与现场不符，请补充监测数据后重新提交。";
        let post = Post::to("/contracts/{id}/return")
            .about(contract.id)
            .with([("return_reason", reason)].into_iter().collect());
        stage.post(owner, post).await?;
        return Ok(Some((Duration::days(2), Step::Deliver)));
    }
    // Silence may have accepted it already.
    if contract.state == ContractState::Delivered {
        let post = Post::to("/contracts/{id}/accept").about(contract.id);
        stage.post(owner, post).await?;
    }
    Ok(Some((Duration::hours(2), Step::Complete)))
}

/// The owner says that all is done.
pub async fn complete(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let contract = contract(stage, story).await?;
    let post = Post::to("/contracts/{id}/complete").about(contract.id);
    stage.post(story.actor(troupe.people), post).await?;
    Ok(Some((Duration::days(1), Step::Rate)))
}

/// The owner rates.
pub async fn rate(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let contract = contract(stage, story).await?;
    let (scores, comment) = match story.turn {
        Turn::Late => (
            [4, 2, 4, 4, 4],
            "成果质量尚可，但比约定时间晚了不少，影响了后续手续。",
        ),
        Turn::Returned => ([3, 4, 4, 4, 4], "第一稿问题较多，退回修改后符合要求。"),
        _ if story.variety().is_multiple_of(2) => ([5, 5, 5, 4, 5], "按时完成，沟通顺畅。"),
        _ => ([5, 5, 5, 5, 5], "专业、认真，成果一次通过。"),
    };
    let mut form: Form = Dimension::ALL
        .iter()
        .zip(scores)
        .map(|(dimension, score)| (dimension.code(), score.to_string()))
        .collect();
    form.set("comment", comment);
    let post = Post::to("/contracts/{id}/rating")
        .about(contract.id)
        .with(form);
    stage.post(story.actor(troupe.people), post).await?;
    let is_answered = matches!(story.turn, Turn::Late | Turn::Returned);
    Ok(is_answered.then_some((Duration::days(1), Step::Reply)))
}

/// The agency replies to a rating that was not all praise.
pub async fn reply(stage: &Stage, troupe: &Troupe<'_>, story: &Story) -> Next {
    let contract = contract(stage, story).await?;
    let reply = "已按要求完成整改，今后加强内部审核，感谢指正。";
    let post = Post::to("/contracts/{id}/reply")
        .about(contract.id)
        .with([("reply", reply)].into_iter().collect());
    stage
        .post(&troupe.agency(contract.agency_id)?.actor, post)
        .await?;
    Ok(None)
}
