//! Awards: announced, answered by the agency, issued after publicity, or passed on.

use super::{Called, failure, follow};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::award::{Stage, read_decline};
use market::count::count;
use market::decision::Decision;
use market::procurement::{self, Remaining, Succession};
use market::selection::Place;
use market::{AwardId, PersonId, RequirementId, SelectionId, SignUpId};
use store::award::{Award, NewAward};
use store::requirement::{Hold, Locked};

/// The award goes to the next of a ranking, back to the owner's choice, or nowhere.
pub(super) async fn next(
    desk: &mut Desk,
    locked: &Locked,
    selection: SelectionId,
    ranking: Vec<Place>,
) -> Result<(), AppError> {
    let (row, now, id) = (&locked.row, desk.now, desk.id());
    let had = had(desk, row.id).await?;
    let ranking = store::agency::with_candidates(desk.conn(), ranking, |one| one.agency).await?;
    let choices = store::selection::of_requirement(desk.conn(), row.id).await?;
    let entrants = store::selection::frozen(desk.conn(), row.id).await?;
    let remaining = Remaining {
        ranking: &ranking,
        had: &had,
        choices: count(&choices),
        frozen: &entrants,
    };
    let Decision { next, follows } = locked.whole.succeed(remaining, id, now)?;
    match next {
        Succession::Award(announced) => {
            let new = NewAward {
                region: &row.region_code,
                requirement: row.id,
                selection,
                owner: row.owner_id,
                announced: &announced,
                announced_at: now,
                policy: locked.published.policy_id,
            };
            store::award::announce(desk.conn(), new).await?;
            let stage = procurement::Stage::Selected;
            store::requirement::save_stage(desk.conn(), row, stage).await?;
        }
        Succession::ChooseAgain { due_at } => {
            let stage = procurement::Stage::Choosing { due_at };
            store::requirement::save_stage(desk.conn(), row, stage).await?;
        }
        Succession::Fail(failed) => {
            return failure::end(desk, locked, follows.from(failed)).await;
        }
    }
    follow::carry_out(desk, follows).await
}

/// The sign-ups that have had an award of this requirement.
pub(super) async fn had(desk: &mut Desk, id: RequirementId) -> Result<Vec<SignUpId>, AppError> {
    let awards = store::award::of_requirement(desk.conn(), id).await?;
    Ok(awards.into_iter().map(|award| award.sign_up_id).collect())
}

/// An award with its requirement.
pub(super) struct Case {
    pub requirement: Locked,
    pub row: Award,
    pub award: market::award::Award,
}

/// Requirement and award, locked in this order everywhere.
pub(super) async fn locked(desk: &mut Desk, id: AwardId) -> Result<Option<Case>, AppError> {
    let Some(of) = store::award::requirement_of(desk.conn(), id).await? else {
        return Ok(None);
    };
    let requirement = store::requirement::lock_published(desk.conn(), of, Hold::Alone).await?;
    let row = store::award::lock(desk.conn(), id).await?;
    let Some((requirement, row)) = requirement.zip(row) else {
        return Ok(None);
    };
    Ok(Some(Case {
        requirement,
        award: row.whole()?,
        row,
    }))
}

/// The award of the route, if it is the agency's at the desk.
async fn own(desk: &mut Desk, ask: &Ask) -> Result<Case, AppError> {
    let id: AwardId = ask.param("id").ok_or(AppError::NotFound)?;
    let agency = desk.agency()?;
    let case = locked(desk, id).await?.ok_or(AppError::NotFound)?;
    if case.row.agency_id != agency {
        return Err(AppError::NotFound);
    }
    Ok(case)
}

/// Saves where the award stands now. With its notice the requirement has come to its end; when it fell away, the next
/// of its ranking is looked for.
async fn decided(
    desk: &mut Desk,
    case: &Case,
    decision: Decision<Stage>,
    by: Option<PersonId>,
) -> Result<(), AppError> {
    let (now, requirement) = (desk.now, &case.requirement);
    store::award::save(desk.conn(), &case.row, &decision.next, by, now).await?;
    follow::carry_out(desk, decision.follows).await?;
    match decision.next {
        Stage::Announced | Stage::Confirmed => Ok(()),
        Stage::Issued { .. } => {
            let stage = procurement::Stage::Awarded;
            Ok(store::requirement::save_stage(desk.conn(), &requirement.row, stage).await?)
        }
        Stage::Declined { .. } | Stage::Lapsed => {
            let selections =
                store::selection::of_requirement(desk.conn(), requirement.row.id).await?;
            let of = case.row.selection_id;
            let found = selections.iter().find(|one| one.id == of);
            let ranking = found.map(|one| one.ranking.clone());
            next(desk, requirement, of, ranking.unwrap_or_default()).await
        }
    }
}

/// The agency accepts. When publicity is over already, the notice of award follows at once.
pub async fn confirm(desk: &mut Desk, ask: &Ask) -> Called {
    let case = own(desk, ask).await?;
    let by = desk.person()?;
    let decision = case.award.confirm(&case.requirement.whole, desk.now)?;
    decided(desk, &case, decision, Some(by)).await?;
    Ok(Reply::done(address::award(case.row.id), Done::Confirmed))
}

/// The agency declines; the backup takes its place.
pub async fn decline(desk: &mut Desk, ask: &Ask) -> Called {
    let case = own(desk, ask).await?;
    let by = desk.person()?;
    let reason = read_decline(&ask.form)?;
    let of = &case.requirement.whole;
    let decision = case.award.decline(of, reason, desk.now)?;
    decided(desk, &case, decision, Some(by)).await?;
    Ok(Reply::done(address::award(case.row.id), Done::Declined))
}

/// The clock: the agency did not answer in time.
pub async fn confirm_timeout(desk: &mut Desk, id: AwardId) -> Result<(), AppError> {
    let Some(case) = locked(desk, id).await? else {
        return Ok(());
    };
    match case.award.lapse(&case.requirement.whole, desk.now)? {
        None => Ok(()),
        Some(decision) => decided(desk, &case, decision, None).await,
    }
}

/// The clock: publicity is over. What is confirmed is issued; what is not yet, waits for its answer.
pub async fn publicity_end(desk: &mut Desk, id: AwardId) -> Result<(), AppError> {
    let Some(case) = locked(desk, id).await? else {
        return Ok(());
    };
    let of = &case.requirement.whole;
    match case.award.publicity_over(of, desk.now)? {
        None => Ok(()),
        Some(decision) => decided(desk, &case, decision, None).await,
    }
}
