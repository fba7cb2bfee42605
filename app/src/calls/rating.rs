//! Ratings by the owner, and the agency's answer.

use super::{Called, credit};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::contract::ContractState;
use market::credit::{EventCode, earns_merit};
use market::ledger::EntryKind;
use market::rating::{Scores, mean_text, read_reply};
use market::{ContractId, RatingId, Refusal};
use serde_json::json;
use store::rating::NewRating;

/// Rates a finished contract, once.
pub async fn rate(desk: &mut Desk, ask: &Ask) -> Called {
    let id: ContractId = ask.param("id").ok_or(AppError::NotFound)?;
    let (owner, only, by, now) = (desk.owner()?, desk.only_own(), desk.person()?, desk.now);
    let contract = store::contract::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    if contract.owner_id != owner
        || only.is_some_and(|person| contract.requirement_created_by != person)
    {
        return Err(AppError::NotFound);
    }
    if contract.state != ContractState::Completed {
        return Err(Refusal::not_now("评价", contract.state.label()).into());
    }
    let scores = Scores::read(&ask.form)?;
    let rating = NewRating {
        id: desk.id::<RatingId>(),
        contract: id,
        owner,
        agency: contract.agency_id,
        scores: &scores,
        by,
        at: now,
    };
    store::rating::add(desk.conn(), rating).await?;
    let mean = scores.mean_hundredths();
    let number = contract.notice_no.clone().unwrap_or_default();
    let facts = json!({ "award_no": contract.award_no, "scores": scores.values(), "mean_hundredths": mean });
    desk.ledger(
        EntryKind::Rating,
        &number,
        Some(contract.requirement_id),
        Some(contract.agency_id),
        facts,
    )
    .await?;
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let overdue = contract.overdue_workdays.unwrap_or(0) as u32;
    if earns_merit(&rules.policy.credit, overdue, mean) {
        let basis = format!(
            "按时完成“{}”，评价 {}",
            contract.project_name,
            mean_text(mean)
        );
        credit::record(
            desk,
            contract.agency_id,
            EventCode::P01,
            &basis,
            None,
            Some(id),
        )
        .await?;
    }
    desk.journal("评价", "contract", id.0, &mean_text(mean))
        .await?;
    Ok(Reply::to(format!("/contracts/{id}?done=rated")))
}

/// The agency's one public answer, within its time.
pub async fn reply(desk: &mut Desk, ask: &Ask) -> Called {
    let id: ContractId = ask.param("id").ok_or(AppError::NotFound)?;
    let (agency, by, now) = (desk.agency()?, desk.person()?, desk.now);
    let rating = store::rating::of_contract(desk.conn(), id)
        .await?
        .filter(|rating| rating.agency_id == agency);
    let rating = rating.ok_or(AppError::NotFound)?;
    let text = read_reply(&ask.form)?;
    let rules = desk.rules().await?;
    if now
        >= rules
            .clock()
            .after(rating.rated_at, rules.policy.rating.reply_workdays)
    {
        return Err(Refusal::not_now("回复评价", "回复期已过").into());
    }
    match store::rating::reply(desk.conn(), id, agency, &text, by, now).await {
        Err(store::Fault::Stale) => return Err(Refusal::not_now("再次回复", "已回复").into()),
        other => other?,
    }
    desk.journal("回复评价", "contract", id.0, "").await?;
    Ok(Reply::to(format!("/contracts/{id}?done=replied")))
}
