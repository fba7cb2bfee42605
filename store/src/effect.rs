//! Effects: what is to leave the house. Written by the deciding transaction; claimed by a worker for the time of a
//! lease, sent without a connection held, and marked. Whoever dies between sending and marking leaves it to the next
//! one, who sends it again under the same key: at least once.
//!
//! What is for one receiver leaves in the order in which it is due: an effect is only claimed when no earlier one of
//! its receiver is still under way.

use crate::fault::{natural, one_row};
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, PAGE, Page, into_page, push_page};
use crate::{Fault, Result};
use market::effect::{Effect, EffectKind, EffectState, Failure, LEASE, Receiver, next_attempt};
use market::journal::Subject;
use market::{EffectId, Timestamp};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// An effect to write.
#[derive(Debug, Clone)]
pub struct NewEffect<'a> {
    pub id: EffectId,
    pub effect: &'a Effect,
    pub receiver: &'a Receiver,
    /// The receiver as the desk shows it.
    pub receiver_masked: &'a str,
    /// The [`market::effect::Envelope`] under the installation's key.
    pub envelope_sealed: &'a [u8],
    /// What is written twice under one key leaves once.
    pub idempotency_key: &'a str,
    /// What it is for.
    pub subject: Subject,
    pub due_at: Timestamp,
    pub now: Timestamp,
}

/// Writes an effect. `false`: there is one with this key already, whatever has become of it.
pub async fn add(conn: &mut PgConnection, new: NewEffect<'_>) -> Result<bool> {
    let result = sqlx::query!(
        "insert into effects (id, kind, receiver, receiver_masked, idempotency_key, title, payload, envelope_sealed,
                              subject_kind, subject, created_at, due_at, next_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
         on conflict on constraint effects_key_once do nothing",
        new.id as _,
        new.effect.kind().code(),
        new.receiver.key(),
        new.receiver_masked,
        new.idempotency_key,
        new.effect.title(),
        new.effect.stored(),
        new.envelope_sealed,
        new.subject.kind(),
        new.subject.id(),
        new.now,
        new.due_at
    )
    .execute(conn)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// An effect that a worker has until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: EffectId,
    pub kind: EffectKind,
    pub receiver: String,
    pub idempotency_key: String,
    /// What is stored reads as, or why it cannot be read.
    pub effect: std::result::Result<Effect, String>,
    pub envelope_sealed: Vec<u8>,
    /// Since it was written or started again, this one included.
    pub attempts: u32,
    pub due_at: Timestamp,
    /// Which attempt this is in all: what another has claimed since is not marked by who was too slow.
    attempt: i32,
}

/// Claims the next effect of a kind that may leave now. Commit at once: the lease begins with this transaction, and
/// nothing is sent inside it.
pub async fn claim(
    conn: &mut PgConnection,
    kind: EffectKind,
    now: Timestamp,
) -> Result<Option<Claimed>> {
    let row = sqlx::query!(
        r#"update effects set state = 'running', attempts = attempts + 1, attempts_in_all = attempts_in_all + 1,
                  next_at = $3
           where id = (
               select e.id from effects e
               where e.kind = $1 and e.state in ('waiting', 'running') and e.next_at <= $2
                 and not exists (
                     select from effects earlier
                     where earlier.kind = e.kind and earlier.receiver = e.receiver
                       and earlier.state in ('waiting', 'running') and (earlier.due_at, earlier.id) < (e.due_at, e.id))
                 and not exists (
                     select from effects sent
                     where sent.kind = e.kind and sent.receiver = e.receiver and sent.state = 'done'
                       and sent.finished_at > $4)
               order by e.next_at, e.id limit 1 for update of e skip locked)
           returning id, receiver, idempotency_key, payload, envelope_sealed as "envelope_sealed!", attempts,
                     attempts_in_all, due_at"#,
        kind.code(),
        now,
        now + LEASE,
        now - kind.pause()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    sqlx::query!(
        "insert into effect_attempts (effect_id, attempt, began_at) values ($1, $2, $3)",
        row.id,
        row.attempts_in_all,
        now
    )
    .execute(conn)
    .await?;
    Ok(Some(Claimed {
        id: row.id.into(),
        kind,
        receiver: row.receiver,
        idempotency_key: row.idempotency_key,
        effect: Effect::of_stored(&row.payload),
        envelope_sealed: row.envelope_sealed,
        attempts: natural(row.attempts)?,
        due_at: row.due_at,
        attempt: row.attempts_in_all,
    }))
}

/// The other side has taken it; `said` is what it answered. Its address is removed. Errors: [`Fault::Stale`], the
/// lease had ended and another has it now.
pub async fn done(
    conn: &mut PgConnection,
    claimed: &Claimed,
    said: &str,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update effects set state = 'done', finished_at = $3, result = left($4, 500), last_error = null,
                envelope_sealed = null
         where id = $1 and state = 'running' and attempts_in_all = $2",
        claimed.id as _,
        claimed.attempt,
        now,
        said
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    note_end(conn, claimed, said, now).await
}

/// An attempt has failed: the effect comes again later, or is dead. Returns when it comes again. Errors:
/// [`Fault::Stale`], as for [`done`].
pub async fn failed(
    conn: &mut PgConnection,
    claimed: &Claimed,
    (failure, why): (Failure, &str),
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let next = next_attempt(failure, claimed.attempts, now);
    let state = match next {
        Some(_) => EffectState::Waiting,
        None => EffectState::Dead,
    };
    let result = sqlx::query!(
        "update effects set state = $3, last_error = left($4, 500), next_at = coalesce($5, next_at),
                finished_at = case when $3 = 'dead' then $6::timestamptz end
         where id = $1 and state = 'running' and attempts_in_all = $2",
        claimed.id as _,
        claimed.attempt,
        state.code(),
        why,
        next,
        now
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    note_end(conn, claimed, why, now).await?;
    Ok(next)
}

async fn note_end(
    conn: &mut PgConnection,
    claimed: &Claimed,
    said: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update effect_attempts set ended_at = $3, said = left($4, 500) where effect_id = $1 and attempt = $2",
        claimed.id as _,
        claimed.attempt,
        now,
        said
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Starts a dead effect again; it keeps its place before later ones of its receiver. Errors: [`Fault::Stale`].
pub async fn revive(conn: &mut PgConnection, id: EffectId, now: Timestamp) -> Result<()> {
    let result = sqlx::query!(
        "update effects set state = 'waiting', attempts = 0, next_at = $2, finished_at = null
         where id = $1 and state = 'dead'",
        id as _,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Decides that an effect which waits or is dead is not sent; its address is removed. Errors: [`Fault::Stale`].
pub async fn put_away(conn: &mut PgConnection, id: EffectId, now: Timestamp) -> Result<()> {
    let result = sqlx::query!(
        "update effects set state = 'put_away', finished_at = $2, envelope_sealed = null
         where id = $1 and state in ('waiting', 'dead')",
        id as _,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// When the next effect of a kind may be due; what waits for an earlier one is not asked.
pub async fn next_at(conn: &mut PgConnection, kind: EffectKind) -> Result<Option<Timestamp>> {
    Ok(sqlx::query_scalar!(
        "select min(next_at) from effects where kind = $1 and state in ('waiting', 'running')",
        kind.code()
    )
    .fetch_one(conn)
    .await?)
}

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

/// Which effects; all that are given must fit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<EffectState>,
    pub kind: Option<EffectKind>,
    /// What they are for.
    pub subject: Option<Uuid>,
    /// For whom, as [`Receiver::key`] says.
    pub receiver: Option<String>,
    /// Part of the title or of the masked receiver, or an effect's own id.
    pub text: Option<String>,
}

impl Filter {
    fn push(&self, query: &mut QueryBuilder<Postgres>) {
        query.push(" where true");
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
            query
                .push(" and (strpos(lower(title), lower(")
                .push_bind(text.clone());
            query
                .push(")) > 0 or strpos(receiver_masked, ")
                .push_bind(text.clone());
            query.push(") > 0");
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
                attempts_in_all, last_error, result, finished_at, idempotency_key, payload from effects where id = $1",
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

/// How many effects wait although they were due long ago, and how many are dead: for the operator's desk.
pub async fn backlog(conn: &mut PgConnection, now: Timestamp) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) filter (where state <> 'dead' and due_at < $1) as "late!",
                  count(*) filter (where state = 'dead') as "dead!"
           from effects where state in ('waiting', 'running', 'dead')"#,
        now - LEASE
    )
    .fetch_one(conn)
    .await?;
    Ok((row.late, row.dead))
}
