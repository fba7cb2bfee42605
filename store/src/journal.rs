//! Who did what: every decision of every desk, written in its transaction, read by supervisors.

use crate::Result;
use crate::page::Order;
use crate::page::{By, Cursor, Key, PAGE, Page, into_page, push_page};
use market::permit::Role;
use market::{MandateId, PersonId, Timestamp};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// One line to write. `person` is `None` for what the clock does.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    pub id: Uuid,
    pub at: Timestamp,
    pub person: Option<PersonId>,
    pub mandate: Option<MandateId>,
    /// In Chinese, as it is shown: `发布公告`.
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject: Uuid,
    pub note: &'a str,
}

/// Writes a line.
pub async fn write(conn: &mut PgConnection, line: Line<'_>) -> Result<()> {
    sqlx::query!(
        "insert into journal (id, at, person_id, mandate_id, action, subject_kind, subject, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        line.id,
        line.at,
        line.person as _,
        line.mandate as _,
        line.action,
        line.subject_kind,
        line.subject,
        line.note
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One line as read.
#[derive(Debug, Clone, FromRow)]
pub struct JournalRow {
    pub id: Uuid,
    pub at: Timestamp,
    pub person_name: Option<String>,
    pub role: Option<Role>,
    pub body_name: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject: Uuid,
    pub note: String,
}

/// The newest lines, of one subject if given. Who signs up stays hidden here too until the deadline.
pub async fn list(
    conn: &mut PgConnection,
    subject: Option<Uuid>,
    cursor: Option<&Cursor>,
) -> Result<Page<JournalRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select j.id, j.at, p.name as person_name, m.role, coalesce(o.name, a.name, d.name) as body_name,
                j.action, j.subject_kind, j.subject, j.note
         from journal j
         left join persons p on p.id = j.person_id
         left join mandates m on m.id = j.mandate_id
         left join owners o on o.id = m.owner_id
         left join agencies a on a.id = m.agency_id
         left join departments d on d.id = m.department_id
         where not (j.subject_kind = 'sign_up' and exists (
             select from sign_ups s join requirements r on r.id = s.requirement_id
             where s.id = j.subject and r.state = 'published'))",
    );
    if let Some(subject) = subject {
        query.push(" and j.subject = ").push_bind(subject);
    }
    push_page(
        &mut query,
        By::Time("j.at"),
        "j.id",
        Order::Descending,
        cursor,
        PAGE,
    );
    let rows: Vec<JournalRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, PAGE, |row| {
        (Key::Time(row.at), row.id)
    }))
}
