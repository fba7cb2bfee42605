//! Messages as their person reads them.

use crate::Result;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, PAGE, Page, into_page, push_page};
use market::message::{Message, MessageKind, Topic};
use market::permit::Role;
use market::{MandateId, MessageId, PersonId, Timestamp};
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// A message in the list of its person.
#[derive(Debug, Clone, FromRow)]
pub struct MessageRow {
    pub id: MessageId,
    pub kind: String,
    pub variables: Value,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
    /// The daily mail with which it has gone.
    pub daily_id: Option<Uuid>,
    pub waits_for_daily: bool,
    /// In which capacity the person is told.
    pub mandate_id: MandateId,
    pub role: Role,
    pub body_name: Option<String>,
}

impl MessageRow {
    /// What it says. Errors: it was written by a newer program, or is damaged.
    pub fn message(&self) -> std::result::Result<Message, String> {
        Message::of_stored(&self.kind, &self.variables)
    }
}

/// Which of one's messages; all that are given must fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    pub is_unread: bool,
    pub topic: Option<Topic>,
}

impl Filter {
    fn push(self, query: &mut QueryBuilder<Postgres>, person: PersonId) {
        query
            .push(" where m.put_away_at is null and m.person_id = ")
            .push_bind(person);
        if self.is_unread {
            query.push(" and m.read_at is null");
        }
        if let Some(topic) = self.topic {
            let kinds: Vec<&str> = MessageKind::ALL
                .iter()
                .filter(|kind| kind.topic() == topic)
                .map(|kind| kind.code())
                .collect();
            query.push(" and m.kind = any(").push_bind(kinds).push(")");
        }
    }
}

/// The messages of a person that fit, newest first.
pub async fn list(
    conn: &mut PgConnection,
    person: PersonId,
    filter: Filter,
    cursor: Option<&Cursor>,
) -> Result<Page<MessageRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select m.id, m.kind, m.variables, m.created_at, m.read_at, m.daily_id, m.waits_for_daily, m.mandate_id,
                d.role, coalesce(o.name, a.name, e.name) as body_name
         from messages m
         join mandates d on d.id = m.mandate_id
         left join owners o on o.id = d.owner_id
         left join agencies a on a.id = d.agency_id
         left join departments e on e.id = d.department_id",
    );
    filter.push(&mut query, person);
    let by = By::Time("m.created_at");
    push_page(&mut query, by, "m.id", Order::Descending, cursor, PAGE);
    let rows: Vec<MessageRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, PAGE, |row| {
        (Key::Time(row.created_at), row.id.into())
    }))
}

/// How many fit, at most [`COUNT_CAP`] and one.
pub async fn count(conn: &mut PgConnection, person: PersonId, filter: Filter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*) from (select from messages m");
    filter.push(&mut query, person);
    query.push(format!(" limit {}) found", COUNT_CAP + 1));
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// One message of a person.
pub async fn find(
    conn: &mut PgConnection,
    id: MessageId,
    person: PersonId,
) -> Result<Option<MessageRow>> {
    Ok(sqlx::query_as!(
        MessageRow,
        r#"select m.id as "id: _", m.kind, m.variables, m.created_at, m.read_at, m.daily_id, m.waits_for_daily,
                  m.mandate_id as "mandate_id: _", d.role as "role: _", coalesce(o.name, a.name, e.name) as body_name
           from messages m
           join mandates d on d.id = m.mandate_id
           left join owners o on o.id = d.owner_id
           left join agencies a on a.id = d.agency_id
           left join departments e on e.id = d.department_id
           where m.id = $1 and m.person_id = $2"#,
        id as _,
        person as _
    )
    .fetch_optional(conn)
    .await?)
}

/// Everything that a person was told, newest first, for the person's own copy.
pub async fn of_person(conn: &mut PgConnection, person: PersonId) -> Result<Vec<OwnMessage>> {
    Ok(sqlx::query_as!(
        OwnMessage,
        "select kind, variables, created_at, read_at from messages
         where person_id = $1 order by created_at desc, id desc limit 10000",
        person as _
    )
    .fetch_all(conn)
    .await?)
}

/// A message of one's own.
#[derive(Debug, Clone)]
pub struct OwnMessage {
    pub kind: String,
    pub variables: Value,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

impl OwnMessage {
    /// In one line; its kind where it cannot be read.
    pub fn title(&self) -> String {
        match Message::of_stored(&self.kind, &self.variables) {
            Ok(message) => message.said().title,
            Err(_) => self.kind.clone(),
        }
    }
}
