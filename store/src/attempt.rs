//! Attempts at passwords, counted by login, place, browser and person. What follows from a count is decided in
//! `market`.

use crate::Result;
use market::Timestamp;
use market::password::Attempts;
use sqlx::PgConnection;

/// What has been counted under a key, locked for this transaction. Keys must be locked in one order everywhere.
pub async fn lock(conn: &mut PgConnection, key: &str, now: Timestamp) -> Result<Attempts> {
    let row = sqlx::query!(
        "insert into attempts (key, wrong, wrong_at, last_at) values ($1, 0, $2, $2)
         on conflict (key) do update set key = excluded.key
         returning wrong, wrong_at, judging, last_at, locked_until",
        key,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(Attempts {
        wrong: row.wrong.unsigned_abs(),
        wrong_at: row.wrong_at,
        judging: row.judging.unsigned_abs(),
        last_at: row.last_at,
        locked_until: row.locked_until,
    })
}

/// Saves a count; one of nothing is forgotten.
pub async fn save(conn: &mut PgConnection, key: &str, attempts: Attempts) -> Result<()> {
    let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    if attempts.wrong == 0 && attempts.judging == 0 {
        sqlx::query!("delete from attempts where key = $1", key)
            .execute(conn)
            .await?;
        return Ok(());
    }
    sqlx::query!(
        "update attempts set wrong = $2, wrong_at = $3, judging = $4, last_at = $5, locked_until = $6 where key = $1",
        key,
        count(attempts.wrong),
        attempts.wrong_at,
        count(attempts.judging),
        attempts.last_at,
        attempts.locked_until
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets counts whose last attempt was before an instant.
pub async fn sweep(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    Ok(
        sqlx::query!("delete from attempts where last_at < $1", before)
            .execute(conn)
            .await?
            .rows_affected(),
    )
}
