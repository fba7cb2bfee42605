//! Effects as they are read: by the operator's desk, and by whatever they were sent for.

use crate::fault::natural;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, PAGE, Page, into_page, push_page};
use crate::{Fault, Result};
use market::effect::{Effect, EffectKind, EffectState, LEASE};
use market::{EffectId, Timestamp};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// What has become of what was sent for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub effect: EffectId,
    pub subject: Uuid,
    pub kind: EffectKind,
    pub state: EffectState,
    pub due_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// What has become of everything that was to leave for these subjects, in the order in which it was written.
pub async fn delivery_of(conn: &mut PgConnection, subjects: &[Uuid]) -> Result<Vec<Delivery>> {
    let rows = sqlx::query!(
        "select id, subject, kind, state, due_at, finished_at from effects where subject = any($1) order by id",
        subjects
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Delivery {
                effect: row.id.into(),
                subject: row.subject,
                kind: kind_of(&row.kind)?,
                state: state_of(&row.state)?,
                due_at: row.due_at,
                finished_at: row.finished_at,
            })
        })
        .collect()
}

fn kind_of(code: &str) -> Result<EffectKind> {
    EffectKind::parse(code).map_err(|_| Fault::Inconsistent(format!("an effect of kind “{code}”")))
}

fn state_of(code: &str) -> Result<EffectState> {
    EffectState::parse(code).map_err(|_| Fault::Inconsistent(format!("an effect that is “{code}”")))
}

/// An effect as the operator's desk shows it. Its address is not among it.
#[derive(Debug, Clone)]
pub struct EffectRow {
    pub id: EffectId,
    pub kind: EffectKind,
    pub state: EffectState,
    pub title: String,
    pub receiver: String,
    pub receiver_masked: String,
    pub subject_kind: String,
    pub subject: Uuid,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub next_at: Timestamp,
    pub attempts: u32,
    pub last_error: Option<String>,
    pub result: Option<String>,
    pub finished_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    title: String,
    receiver: String,
    receiver_masked: String,
    subject_kind: String,
    subject: Uuid,
    created_at: Timestamp,
    due_at: Timestamp,
    next_at: Timestamp,
    attempts_in_all: i32,
    last_error: Option<String>,
    result: Option<String>,
    finished_at: Option<Timestamp>,
}

impl Row {
    fn read(self) -> Result<EffectRow> {
        Ok(EffectRow {
            id: self.id.into(),
            kind: kind_of(&self.kind)?,
            state: state_of(&self.state)?,
            title: self.title,
            receiver: self.receiver,
            receiver_masked: self.receiver_masked,
            subject_kind: self.subject_kind,
            subject: self.subject,
            created_at: self.created_at,
            due_at: self.due_at,
            next_at: self.next_at,
            attempts: natural(self.attempts_in_all)?,
            last_error: self.last_error,
            result: self.result,
            finished_at: self.finished_at,
        })
    }
}

/// What tells that somebody is signed up is shown to nobody as long as sign-up goes on: neither who, nor how many.
const SHOWN: &str = "effect_is_shown(effects.subject)";

/// Which effects; all that are given must fit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<EffectState>,
    pub kind: Option<EffectKind>,
    /// What they are for.
    pub subject: Option<Uuid>,
    /// For whom, as [`market::effect::Receiver::key`] says.
    pub receiver: Option<String>,
    /// Part of the title or of the masked receiver, without blanks; or an effect's own id.
    pub text: Option<String>,
}

impl Filter {
    fn push(&self, query: &mut QueryBuilder<Postgres>) {
        query.push(" where ").push(SHOWN);
        if let Some(state) = self.state {
            query.push(" and state = ").push_bind(state.code());
        }
        if let Some(kind) = self.kind {
            query.push(" and kind = ").push_bind(kind.code());
        }
        if let Some(subject) = self.subject {
            query.push(" and subject = ").push_bind(subject);
        }
        if let Some(receiver) = &self.receiver {
            query.push(" and receiver = ").push_bind(receiver.clone());
        }
        if let Some(text) = &self.text {
            query.push(" and (false");
            for column in ["title", "receiver_masked"] {
                query.push(format!(
                    " or strpos(lower(regexp_replace({column}, '\\s', '', 'g')), lower("
                ));
                query.push_bind(text.clone()).push(")) > 0");
            }
            if let Ok(id) = text.parse::<Uuid>() {
                query.push(" or id = ").push_bind(id);
            }
            query.push(")");
        }
    }
}

/// The effects that fit, newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    cursor: Option<&Cursor>,
) -> Result<Page<EffectRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select id, kind, state, title, receiver, receiver_masked, subject_kind, subject, created_at, due_at, next_at,
                attempts_in_all, last_error, result, finished_at from effects",
    );
    filter.push(&mut query);
    let by = By::Time("created_at");
    push_page(&mut query, by, "id", Order::Descending, cursor, PAGE);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    let rows: Vec<EffectRow> = rows.into_iter().map(Row::read).collect::<Result<_>>()?;
    Ok(into_page(rows, cursor, PAGE, |row| {
        (Key::Time(row.created_at), row.id.into())
    }))
}

/// How many fit, at most [`COUNT_CAP`] and one.
pub async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*) from (select from effects");
    filter.push(&mut query);
    query.push(format!(" limit {}) found", COUNT_CAP + 1));
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// One attempt to send.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub attempt: i32,
    pub began_at: Timestamp,
    /// `None`: it is under way, or its worker has died.
    pub ended_at: Option<Timestamp>,
    pub said: String,
}

/// An effect with everything that is known of it.
#[derive(Debug, Clone)]
pub struct EffectView {
    pub row: EffectRow,
    pub idempotency_key: String,
    /// What is stored reads as, or why it cannot be read.
    pub effect: std::result::Result<Effect, String>,
    pub attempts: Vec<Attempt>,
}

/// One effect with its attempts.
pub async fn find(conn: &mut PgConnection, id: EffectId) -> Result<Option<EffectView>> {
    let found = sqlx::query!(
        "select id, kind, state, title, receiver, receiver_masked, subject_kind, subject, created_at, due_at, next_at,
                attempts_in_all, last_error, result, finished_at, idempotency_key, payload from effects
         where id = $1 and effect_is_shown(subject)",
        id as _
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let attempts = sqlx::query_as!(
        Attempt,
        "select attempt, began_at, ended_at, said from effect_attempts where effect_id = $1 order by attempt",
        id as _
    )
    .fetch_all(conn)
    .await?;
    let row = Row {
        id: found.id,
        kind: found.kind,
        state: found.state,
        title: found.title,
        receiver: found.receiver,
        receiver_masked: found.receiver_masked,
        subject_kind: found.subject_kind,
        subject: found.subject,
        created_at: found.created_at,
        due_at: found.due_at,
        next_at: found.next_at,
        attempts_in_all: found.attempts_in_all,
        last_error: found.last_error,
        result: found.result,
        finished_at: found.finished_at,
    };
    Ok(Some(EffectView {
        row: row.read()?,
        idempotency_key: found.idempotency_key,
        effect: Effect::of_stored(&found.payload),
        attempts,
    }))
}

/// How many effects wait although they were due long ago, and how many are dead, of those that the lists show.
pub async fn backlog(conn: &mut PgConnection, now: Timestamp) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) filter (where state <> 'dead' and due_at < $1) as "late!",
                  count(*) filter (where state = 'dead') as "dead!"
           from effects where state in ('waiting', 'running', 'dead') and effect_is_shown(subject)"#,
        now - LEASE
    )
    .fetch_one(conn)
    .await?;
    Ok((row.late, row.dead))
}
