//! Double submissions: a form carries a key; the second arrival waits for the first and gets its answer.

use crate::Result;
use market::{PersonId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// How long a submission may be under way before it counts as given up: the process died, or the browser went away.
const GIVEN_UP_AFTER: time::Duration = time::Duration::minutes(1);

/// What a key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Claimed by this transaction.
    New,
    /// The same submission has been answered: go there instead of doing it again.
    Answered(String),
    /// The same submission is being worked on in parts, and is not answered yet.
    UnderWay,
}

/// Claims a key for this transaction. A submission under way in one part is waited for by the unique index; one that
/// has committed a part and was given up may be made again.
pub async fn claim(
    conn: &mut PgConnection,
    key: Uuid,
    person: PersonId,
    now: Timestamp,
) -> Result<Claim> {
    let claimed = sqlx::query!(
        "insert into submissions (key, person_id, location, at) values ($1, $2, '', $3)
         on conflict (key) do update set at = $3
         where submissions.location = '' and submissions.person_id = $2 and submissions.at < $4",
        key,
        person as _,
        now,
        now - GIVEN_UP_AFTER
    )
    .execute(&mut *conn)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(Claim::New);
    }
    let location = sqlx::query_scalar!(
        "select location from submissions where key = $1 and person_id = $2",
        key,
        person as _
    )
    .fetch_optional(conn)
    .await?;
    Ok(match location {
        Some(location) if location.is_empty() => Claim::UnderWay,
        Some(location) => Claim::Answered(location),
        // Somebody else's key is treated as one that was answered with nothing to see.
        None => Claim::Answered("/desk".into()),
    })
}

/// Remembers the answer, in the same transaction.
pub async fn answer(conn: &mut PgConnection, key: Uuid, location: &str) -> Result<()> {
    sqlx::query!(
        "update submissions set location = $2 where key = $1",
        key,
        location
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a key back: the form was refused, and the same may be sent again.
pub async fn release(conn: &mut PgConnection, key: Uuid) -> Result<()> {
    sqlx::query!("delete from submissions where key = $1", key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets old keys.
pub async fn sweep(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    Ok(
        sqlx::query!("delete from submissions where at < $1", before)
            .execute(conn)
            .await?
            .rows_affected(),
    )
}
