//! A published requirement, loaded whole for a decision, and where decisions leave it.

use super::{Hold, Published, Requirement, lock};
use crate::fault::{natural, one_row, present};
use crate::stored::json;
use crate::{Fault, Result};
use market::count;
use market::procurement::{Failed, FrozenList, Procurement, Stage};
use market::requirement::{RequirementState, Schedule, Specification};
use market::{RequirementId, Timestamp};
use sqlx::PgConnection;

/// A published requirement that is locked: its row, what its publication has fixed, and what is decided about.
#[derive(Debug, Clone)]
pub struct Locked {
    pub row: Requirement,
    pub published: Published,
    pub whole: Procurement,
}

/// Locks a requirement and loads it whole. `None`: there is none, or it is not published.
pub async fn lock_published(
    conn: &mut PgConnection,
    id: RequirementId,
    hold: Hold,
) -> Result<Option<Locked>> {
    match lock(&mut *conn, id, hold).await? {
        Some(row) if row.state.is_public() => Ok(Some(load(conn, row).await?)),
        _ => Ok(None),
    }
}

/// Loads the rest of a published requirement whose row is locked. Errors: a row that makes no sense.
pub async fn load(conn: &mut PgConnection, row: Requirement) -> Result<Locked> {
    let published = row.published()?;
    let document = document(&mut *conn, row.id, published.edition).await?;
    let contact = document.contact_name.as_str();
    let buyer = crate::owner::buyer(&mut *conn, row.owner_id, row.created_at, contact).await?;
    let rules = crate::policy::version(conn, published.policy_id).await?;
    let whole = Procurement {
        id: row.id,
        notice_no: published.notice_no.clone(),
        buyer,
        rules,
        published_at: published.published_at,
        schedule: published.schedule,
        extensions: natural(row.extensions)?,
        backups: natural(row.backups)?,
        stage: row.stage()?,
        document,
    };
    Ok(Locked {
        row,
        published,
        whole,
    })
}

/// The document of an edition that has been published.
pub async fn document(
    conn: &mut PgConnection,
    id: RequirementId,
    edition: i32,
) -> Result<Specification> {
    let edition = crate::edition::find(conn, id, edition).await?;
    let document = edition.and_then(|edition| edition.spec);
    Ok(present(document, "document of a published edition")?.0)
}

impl Requirement {
    /// Errors: it is not published, or its row makes no sense.
    fn stage(&self) -> Result<Stage> {
        Ok(match self.state {
            RequirementState::Published => Stage::Open,
            RequirementState::Frozen => Stage::Frozen,
            RequirementState::Choosing => Stage::Choosing {
                due_at: present(self.choice_due_at, "due choice")?,
            },
            RequirementState::Selected => Stage::Selected,
            RequirementState::Awarded => Stage::Awarded,
            RequirementState::Failed => Stage::Failed,
            RequirementState::Preparing | RequirementState::Voided => {
                let sentence = format!("requirement {} is not published", self.id);
                return Err(Fault::Inconsistent(sentence));
            }
        })
    }
}

/// Moves the deadline once more after too few entrants.
pub async fn extend(
    conn: &mut PgConnection,
    requirement: &Requirement,
    schedule: Schedule,
) -> Result<()> {
    let result = sqlx::query!(
        "update requirements set deadline_at = $3, draw_at = $4, extensions = extensions + 1, version = version + 1
         where id = $1 and version = $2",
        requirement.id as _,
        requirement.version,
        schedule.deadline_at,
        schedule.draw_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Freezes the list: what was found in the bids, the list itself, and the requirement. Amounts may appear only after
/// [`record_opening`]; the database sees to it.
pub async fn freeze(
    conn: &mut PgConnection,
    requirement: &Requirement,
    list: &FrozenList,
    now: Timestamp,
) -> Result<()> {
    for (sign_up, found) in &list.opened {
        crate::sign_up::save_opened(&mut *conn, *sign_up, *found, now).await?;
    }
    crate::selection::freeze(&mut *conn, requirement.id, &list.entrants).await?;
    let due_at = match list.stage {
        Stage::Choosing { due_at } => Some(due_at),
        _ => None,
    };
    let result = sqlx::query!(
        "update requirements set state = $3, frozen_at = $4, entrants_hash = $5, entrant_count = $6, choice_due_at = $7,
             version = version + 1
         where id = $1 and version = $2",
        requirement.id as _,
        requirement.version,
        list.stage.state() as _,
        now,
        list.hash.0.as_slice(),
        count::column(count::count(&list.entrants)),
        due_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Records that the bids are opened now; only then the database lets amounts appear.
pub async fn record_opening(
    conn: &mut PgConnection,
    id: RequirementId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update requirements set bids_opened_at = $2 where id = $1 and bids_opened_at is null and deadline_at <= $2",
        id as _,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Moves a requirement on. When the owner is to choose, also until when.
pub async fn save_stage(
    conn: &mut PgConnection,
    requirement: &Requirement,
    stage: Stage,
) -> Result<()> {
    let due_at = match stage {
        Stage::Choosing { due_at } => Some(due_at),
        _ => None,
    };
    let result = sqlx::query!(
        "update requirements set state = $3, choice_due_at = coalesce($4, choice_due_at), version = version + 1
         where id = $1 and version = $2",
        requirement.id as _,
        requirement.version,
        stage.state() as _,
        due_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Ends a requirement without a winner.
pub async fn fail(
    conn: &mut PgConnection,
    requirement: &Requirement,
    failed: &Failed,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update requirements set state = 'failed', failed_at = $3, failure = $4, version = version + 1
         where id = $1 and version = $2",
        requirement.id as _,
        requirement.version,
        now,
        json(&failed.reason)?
    )
    .execute(conn)
    .await?;
    one_row(result)
}
