//! Reminders: the clock looks at what is due under its lock, and reminds of nothing that is done.

use super::follow;
pub use super::telling::daily_mail;
use crate::AppError;
use crate::desk::Desk;
use market::contract::Beside;
use market::message::expiry;
use market::{AgencyId, AwardId, ContractId, RequirementId};
use store::requirement::Hold;

/// The owner's time to choose. It began with the deadline, or when the last choice fell away.
pub async fn requirement(desk: &mut Desk, id: RequirementId) -> Result<(), AppError> {
    let Some(locked) = store::requirement::lock_published(desk.conn(), id, Hold::Alone).await?
    else {
        return Ok(());
    };
    let awards = store::award::of_requirement(desk.conn(), id).await?;
    let mut begun_at = locked.whole.schedule.deadline_at;
    if let Some(last) = awards.last()
        && let Some(last) = store::award::find(desk.conn(), last.id).await?
    {
        begun_at = last.answered_at.unwrap_or(last.confirm_by_at);
    }
    let follows = locked.whole.remind(begun_at, desk.now);
    follow::carry_out(desk, follows).await
}

/// The time to confirm an award, or to record its contract.
pub async fn award(desk: &mut Desk, id: AwardId) -> Result<(), AppError> {
    let Some(case) = super::award::locked(desk, id).await? else {
        return Ok(());
    };
    let is_recorded = case.row.contract_id.is_some();
    let follows = case
        .award
        .remind(&case.requirement.whole, is_recorded, desk.now);
    follow::carry_out(desk, follows).await
}

/// A time of a contract.
pub async fn contract(desk: &mut Desk, id: ContractId) -> Result<(), AppError> {
    let Some(locked) = store::contract::lock(desk.conn(), id).await? else {
        return Ok(());
    };
    let rating = store::rating::of_contract(desk.conn(), id).await?;
    let beside = Beside {
        recorded_at: locked.row.recorded_at,
        confirm_due_at: locked.row.confirm_due_at,
        is_rated: rating.is_some(),
    };
    let follows = locked.contract.remind(beside, desk.now);
    follow::carry_out(desk, follows).await
}

/// Papers of an agency that end.
pub async fn agency(desk: &mut Desk, id: AgencyId) -> Result<(), AppError> {
    let now = desk.now;
    let papers = store::dossier::papers_that_end(desk.conn(), id).await?;
    follow::carry_out(desk, expiry::remind(id, &papers, now)).await
}
