//! Notices: what was published about requirements, newest first.

use crate::Result;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, into_page, push_page};
use crate::stored::{OfSubject, Stored, json};
use market::notice::{NoticeBody, NoticeKind};
use market::{NoticeId, RequirementId, Timestamp};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// A notice to publish.
#[derive(Debug, Clone)]
pub struct NewNotice<'a> {
    pub id: NoticeId,
    pub requirement: RequirementId,
    pub kind: NoticeKind,
    pub title: &'a str,
    pub body: &'a NoticeBody,
    pub published_at: Timestamp,
}

/// Publishes a notice.
pub async fn publish(conn: &mut PgConnection, notice: NewNotice<'_>) -> Result<()> {
    sqlx::query!(
        "insert into notices (id, requirement_id, kind, title, body, published_at) values ($1, $2, $3, $4, $5, $6)",
        notice.id as _,
        notice.requirement as _,
        notice.kind as _,
        notice.title,
        json(notice.body)?,
        notice.published_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A notice in a list.
#[derive(Debug, Clone, FromRow)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub title: String,
    pub owner_name: String,
    pub requirement_id: RequirementId,
    pub published_at: Timestamp,
}

/// The newest notices, of one kind if given.
pub async fn list(
    conn: &mut PgConnection,
    kind: Option<NoticeKind>,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<NoticeRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select n.id, n.kind, n.title, o.name as owner_name, n.requirement_id, n.published_at
         from notices n
         join requirements r on r.id = n.requirement_id
         join owners o on o.id = r.owner_id
         where true",
    );
    if let Some(kind) = kind {
        query.push(" and n.kind = ").push_bind(kind);
    }
    push_page(
        &mut query,
        By::Time("n.published_at"),
        "n.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<NoticeRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.published_at), row.id.0)
    }))
}

/// How many notices of a kind there are, up to [`COUNT_CAP`] + 1.
pub async fn count(conn: &mut PgConnection, kind: Option<NoticeKind>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from
           (select from notices where $1::notice_kind is null or kind = $1 limit $2) n"#,
        kind as _,
        COUNT_CAP + 1
    )
    .fetch_one(conn)
    .await?)
}

/// A notice's page.
#[derive(Debug, Clone)]
pub struct NoticePage {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub title: String,
    pub body: NoticeBody,
    pub published_at: Timestamp,
    pub requirement_id: RequirementId,
    pub notice_no: Option<String>,
    pub project_name: String,
    pub owner_name: String,
}

/// One notice. Errors: a body that cannot be read.
pub async fn page(conn: &mut PgConnection, id: NoticeId) -> Result<Option<NoticePage>> {
    let row = sqlx::query!(
        r#"select n.id as "id: NoticeId", n.kind as "kind: NoticeKind", n.title, n.body as "body: Stored<NoticeBody>", n.published_at,
                  n.requirement_id as "requirement_id: RequirementId", r.notice_no as "notice_no?",
                  r.project_name, o.name as owner_name
           from notices n
           join requirements r on r.id = n.requirement_id
           join owners o on o.id = r.owner_id
           where n.id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await
    .of(id)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(NoticePage {
        id: row.id,
        kind: row.kind,
        title: row.title,
        body: row.body.0,
        published_at: row.published_at,
        requirement_id: row.requirement_id,
        notice_no: row.notice_no,
        project_name: row.project_name,
        owner_name: row.owner_name,
    }))
}

/// The notices of a requirement, oldest first.
#[derive(Debug, Clone)]
pub struct NoticeLink {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub title: String,
    pub published_at: Timestamp,
}

/// Every notice of a requirement.
pub async fn of_requirement(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<NoticeLink>> {
    Ok(sqlx::query_as!(
        NoticeLink,
        "select id, kind, title, published_at from notices where requirement_id = $1 order by published_at, id",
        requirement as _
    )
    .fetch_all(conn)
    .await?)
}
