//! Stored documents that could not be read: on the operator's desk until they can be read again.

use crate::Result;
use crate::page::{QUEUE, Queue};
use market::Timestamp;
use market::stored::{StoredKind, Unreadable};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A document that somebody met and that still cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: StoredKind,
    pub subject: Uuid,
    pub why: String,
    pub found_at: Timestamp,
}

/// Notes a document that cannot be read. Returns whether it is new; one without a subject is not noted.
pub async fn note(
    conn: &mut PgConnection,
    unreadable: &Unreadable,
    now: Timestamp,
) -> Result<bool> {
    let Some(subject) = unreadable.subject else {
        return Ok(false);
    };
    let noted = sqlx::query!(
        "insert into unreadable_documents (kind, subject, why, found_at) values ($1, $2, $3, $4)
         on conflict (kind, subject) do nothing",
        unreadable.kind as _,
        subject,
        unreadable.why,
        now
    )
    .execute(conn)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Those that still cannot be read, the newest first.
pub async fn waiting(conn: &mut PgConnection) -> Result<Queue<Found>> {
    let mut rows = noted(conn).await?;
    let mut still = Vec::new();
    for row in rows.drain(..) {
        if !is_readable(conn, &row).await? {
            still.push(row);
        }
    }
    Ok(Queue {
        count: still.len().try_into().unwrap_or(i64::MAX),
        rows: still,
    })
}

/// Forgets those that can be read again, or are gone. Returns how many.
pub async fn sweep(conn: &mut PgConnection) -> Result<u64> {
    let mut forgotten = 0;
    for row in noted(conn).await? {
        if is_readable(conn, &row).await? {
            let gone = sqlx::query!(
                "delete from unreadable_documents where kind = $1 and subject = $2",
                row.kind as _,
                row.subject
            )
            .execute(&mut *conn)
            .await?;
            forgotten += gone.rows_affected();
        }
    }
    Ok(forgotten)
}

async fn noted(conn: &mut PgConnection) -> Result<Vec<Found>> {
    Ok(sqlx::query_as!(
        Found,
        r#"select kind as "kind: _", subject, why, found_at from unreadable_documents
           order by found_at desc, kind, subject limit $1"#,
        QUEUE
    )
    .fetch_all(conn)
    .await?)
}

async fn is_readable(conn: &mut PgConnection, found: &Found) -> Result<bool> {
    let stored = stored(conn, found.kind, found.subject).await?;
    Ok(stored
        .into_iter()
        .all(|stored| found.kind.check(stored).is_ok()))
}

/// Every document of a kind that a subject has.
async fn stored(conn: &mut PgConnection, kind: StoredKind, subject: Uuid) -> Result<Vec<Value>> {
    macro_rules! read {
        ($sql:literal) => {
            sqlx::query_scalar!($sql, subject).fetch_all(conn).await?
        };
    }
    Ok(match kind {
        StoredKind::Form => {
            read!("select form from requirement_editions where requirement_id = $1")
        }
        StoredKind::Document => read!(
            r#"select spec as "spec!" from requirement_editions where requirement_id = $1 and spec is not null"#
        ),
        StoredKind::Changes => read!(
            r#"select changes as "changes!" from requirement_editions where requirement_id = $1 and changes is not null"#
        ),
        StoredKind::Notice => read!("select body from notices where id = $1"),
        StoredKind::Reasons => read!("select reasons from exclusions where requirement_id = $1"),
        StoredKind::Ranking => read!("select ranking from selections where requirement_id = $1"),
        StoredKind::Failure => read!(
            r#"select failure as "failure!" from requirements where id = $1 and failure is not null"#
        ),
        StoredKind::Evidence => read!("select evidence from draws where id = $1"),
        StoredKind::Policy => read!("select rules from policies where id = $1"),
    })
}
