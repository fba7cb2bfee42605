//! The operator's machinery: jobs and effects that died.

use super::Called;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::journal::{Deed, Subject};
use market::{EffectId, JobId};

/// Starts a dead job again.
pub async fn revive_job(desk: &mut Desk, ask: &Ask) -> Called {
    let id: JobId = ask.param("id").ok_or(AppError::NotFound)?;
    let now = desk.now;
    match store::job::revive(desk.conn(), id, now).await {
        Err(store::Fault::Stale) => return Err(AppError::NotFound),
        other => other?,
    }
    desk.journal(Deed::ReviveJob, Subject::Job(id), "").await?;
    Ok(Reply::done("/desk/jobs", Done::Revived))
}

/// That there is such an effect. What has become of it since the page was made, [`store::Fault::Stale`] says.
async fn still(desk: &mut Desk, id: EffectId) -> Result<(), AppError> {
    let found = store::effect::find(desk.conn(), id).await?;
    found.map(drop).ok_or(AppError::NotFound)
}

/// Has a dead effect sent again.
pub async fn revive_effect(desk: &mut Desk, ask: &Ask) -> Called {
    let id: EffectId = ask.param("id").ok_or(AppError::NotFound)?;
    let now = desk.now;
    still(desk, id).await?;
    store::effect::revive(desk.conn(), id, now).await?;
    desk.journal(Deed::ReviveEffect, Subject::Effect(id), "")
        .await?;
    Ok(Reply::done(address::effect(id), Done::Revived))
}

/// Decides that an effect is not sent.
pub async fn put_away_effect(desk: &mut Desk, ask: &Ask) -> Called {
    let id: EffectId = ask.param("id").ok_or(AppError::NotFound)?;
    let now = desk.now;
    still(desk, id).await?;
    store::effect::put_away(desk.conn(), id, now).await?;
    desk.journal(Deed::PutAwayEffect, Subject::Effect(id), "")
        .await?;
    Ok(Reply::done(address::effect(id), Done::PutAway))
}
