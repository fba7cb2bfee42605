//! Ratings by the owner, and the agency's answer.

use super::{Called, follow};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::decision::Follows;
use market::journal::{Deed, Subject};
use market::message::{self, Audience};
use market::rating::{Scores, may_reply, read_reply};
use market::{ContractId, RatingId};
use store::rating::NewRating;

/// Rates a finished contract, once.
pub async fn rate(desk: &mut Desk, ask: &Ask) -> Called {
    let id: ContractId = ask.param("id").ok_or(AppError::NotFound)?;
    let (owner, only, by, now) = (desk.owner()?, desk.only_own(), desk.person()?, desk.now);
    let locked = store::contract::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let row = &locked.row;
    if row.owner_id != owner || only.is_some_and(|person| row.requirement_created_by != person) {
        return Err(AppError::NotFound);
    }
    let decision = locked.contract.rate(desk.now, || Scores::read(&ask.form))?;
    let rating = NewRating {
        id: desk.id::<RatingId>(),
        contract: id,
        owner,
        agency: row.agency_id,
        scores: &decision.next,
        by,
        at: now,
    };
    store::rating::add(desk.conn(), rating).await?;
    follow::carry_out(desk, decision.follows).await?;
    Ok(Reply::done(address::contract(id), Done::Rated))
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
    may_reply(&desk.rules().await?, rating.rated(), now)?;
    store::rating::reply(desk.conn(), id, agency, &text, by, now).await?;
    let contract = store::contract::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let told = message::RatingReplied {
        contract: id,
        project: contract.project_name,
    };
    let follows = Follows::new()
        .line(Deed::ReplyToRating, Subject::Contract(id), "")
        .tell(Audience::Buyer(contract.requirement_id), told);
    follow::carry_out(desk, follows).await?;
    Ok(Reply::done(address::contract(id), Done::Replied))
}
