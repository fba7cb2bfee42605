//! The operator's machinery: jobs that died.

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::JobId;
use market::journal::{Deed, Subject};

/// Starts a dead job again.
pub async fn revive_job(desk: &mut Desk, ask: &Ask) -> Called {
    let id: JobId = ask.param("id").ok_or(AppError::NotFound)?;
    let now = desk.now;
    match store::job::revive(desk.conn(), id, now).await {
        Err(store::Fault::Stale) => return Err(AppError::NotFound),
        other => other?,
    }
    desk.journal(Deed::ReviveJob, Subject::Job(id), "").await?;
    Ok(Reply::to("/desk/jobs?done=revived"))
}
