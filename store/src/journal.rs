//! Who did what: every decision of every desk, written in its transaction, read by supervisors.

use crate::Result;
use crate::page::Order;
use crate::page::{By, Cursor, Key, Page, into_page, push_page};
use market::journal::{Deed, Subject};
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
    pub deed: Deed,
    pub subject: Subject,
    pub note: &'a str,
    /// From where; empty for what the clock does.
    pub address: &'a str,
    pub result: Outcome,
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Tried, and wrong: a password.
    Failed,
    /// Not allowed.
    Refused,
}

impl Outcome {
    /// Each of them.
    pub const ALL: [Outcome; 3] = [Outcome::Done, Outcome::Failed, Outcome::Refused];

    /// As it is stored and written in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
            Outcome::Refused => "refused",
        }
    }

    /// What is stored under a code. Lines of before outcomes were kept have none: they were done.
    pub fn of_code(code: &str) -> Outcome {
        let known = Outcome::ALL.into_iter().find(|one| one.code() == code);
        known.unwrap_or(Outcome::Done)
    }

    /// As it is read.
    pub fn label(self) -> &'static str {
        match self {
            Outcome::Done => "已办理",
            Outcome::Failed => "失败",
            Outcome::Refused => "被拒绝",
        }
    }
}

/// Writes a line.
pub async fn write(conn: &mut PgConnection, line: Line<'_>) -> Result<()> {
    sqlx::query!(
        "insert into journal (id, at, person_id, mandate_id, action, subject_kind, subject, note, address, result)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        line.id,
        line.at,
        line.person as _,
        line.mandate as _,
        line.deed.label(),
        line.subject.kind(),
        line.subject.id(),
        line.note,
        line.address,
        line.result.code()
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
    pub person_id: Option<PersonId>,
    pub person_name: Option<String>,
    pub role: Option<Role>,
    pub body_name: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject: Uuid,
    pub note: String,
    pub address: String,
    pub result: String,
}

/// Which lines; all that are given must fit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub subject: Option<Uuid>,
    pub person: Option<PersonId>,
    pub deed: Option<Deed>,
    pub address: Option<String>,
    pub result: Option<Outcome>,
}

/// What a person has done, newest first, for the person's own copy.
pub async fn of_person(conn: &mut PgConnection, person: PersonId) -> Result<Vec<OwnLine>> {
    Ok(sqlx::query_as!(
        OwnLine,
        "select at, action, note, address, result from journal where person_id = $1 order by at desc, id desc limit 10000",
        person as _
    )
    .fetch_all(conn)
    .await?)
}

/// A line of one's own.
#[derive(Debug, Clone)]
pub struct OwnLine {
    pub at: Timestamp,
    pub action: String,
    pub note: String,
    pub address: String,
    pub result: String,
}

/// The newest lines that fit. Who signs up stays hidden here too until the deadline.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<JournalRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select j.id, j.at, j.person_id, p.name as person_name, m.role, coalesce(o.name, a.name, d.name) as body_name,
                j.action, j.subject_kind, j.subject, j.note, j.address, j.result
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
    if let Some(subject) = filter.subject {
        query.push(" and j.subject = ").push_bind(subject);
    }
    if let Some(person) = filter.person {
        query.push(" and j.person_id = ").push_bind(person);
    }
    if let Some(deed) = filter.deed {
        query.push(" and j.action = ").push_bind(deed.label());
    }
    if let Some(address) = &filter.address {
        query.push(" and j.address = ").push_bind(address.clone());
    }
    if let Some(result) = filter.result {
        query.push(" and j.result = ").push_bind(result.code());
    }
    push_page(
        &mut query,
        By::Time("j.at"),
        "j.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<JournalRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.at), row.id)
    }))
}
