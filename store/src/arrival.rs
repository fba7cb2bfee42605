//! What the page after a form says: left by the form's transaction, taken by the first page that comes for it.

use crate::Result;
use market::{SessionId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// Leaves a word for the page at `path`, to be taken by the same session.
pub async fn leave(
    conn: &mut PgConnection,
    token: Uuid,
    session: SessionId,
    path: &str,
    said: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into arrivals (token, session_id, path, said, at) values ($1, $2, $3, $4, $5)",
        token,
        session as _,
        path,
        said,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the word; it is gone afterwards. `None`: another session's, another page's, older than `since`, or taken.
pub async fn take(
    conn: &mut PgConnection,
    token: Uuid,
    session: SessionId,
    path: &str,
    since: Timestamp,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "delete from arrivals where token = $1 and session_id = $2 and path = $3 and at >= $4 returning said",
        token,
        session as _,
        path,
        since
    )
    .fetch_optional(conn)
    .await?)
}

/// Forgets what nobody has come for.
pub async fn sweep(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    Ok(sqlx::query!("delete from arrivals where at < $1", before)
        .execute(conn)
        .await?
        .rows_affected())
}
