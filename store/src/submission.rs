//! Double submissions: a form carries a key; the second arrival waits for the first and gets its answer.

use crate::Result;
use market::{PersonId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// Claims a key for this transaction. `Some(location)` when the same person's earlier submission has been
/// answered: go there instead of doing it again. A submission under way is waited for by the unique index.
pub async fn claim(
    conn: &mut PgConnection,
    key: Uuid,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<String>> {
    let inserted = sqlx::query!(
        "insert into submissions (key, person_id, location, at) values ($1, $2, '', $3) on conflict (key) do nothing",
        key,
        person as _,
        now
    )
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(None);
    }
    let location = sqlx::query_scalar!(
        "select location from submissions where key = $1 and person_id = $2",
        key,
        person as _
    )
    .fetch_optional(conn)
    .await?;
    // Somebody else's key is treated as one that was answered with nothing to see.
    Ok(Some(
        location
            .filter(|location| !location.is_empty())
            .unwrap_or_else(|| "/desk".into()),
    ))
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
