//! Effects: what is to leave the house. Written by the deciding transaction; claimed by a worker for the time of a
//! lease, sent without a connection held, and marked. Whoever dies between sending and marking leaves it to the next
//! one, who sends it again under the same key: at least once.
//!
//! What is for one receiver leaves in the order in which it is due: an effect is only claimed when no earlier one of
//! its receiver is still under way.

mod desk;

pub use desk::{
    Attempt, Delivery, EffectRow, EffectView, Filter, backlog, count, delivery_of, find, list,
};

use crate::Result;
use crate::fault::{natural, one_row};
use market::effect::{Effect, EffectKind, EffectState, Failure, LEASE, Receiver, next_attempt};
use market::journal::Subject;
use market::{EffectId, Timestamp};
use sqlx::PgConnection;

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
    note_end(&mut *conn, claimed, said, now).await?;
    let_follow(conn, claimed.id, now).await
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
    note_end(&mut *conn, claimed, why, now).await?;
    match next {
        Some(next) => hold_back(conn, claimed, next).await?,
        None => let_follow(conn, claimed.id, now).await?,
    }
    Ok(next)
}

/// While an effect waits to be tried again, those behind it are not even looked at: a receiver who is away for hours
/// must not make every claim pass by everything that waits for it.
async fn hold_back(conn: &mut PgConnection, claimed: &Claimed, until: Timestamp) -> Result<()> {
    sqlx::query!(
        "update effects set next_at = $3
         where kind = $1 and receiver = $2 and state = 'waiting' and next_at < $3",
        claimed.kind.code(),
        claimed.receiver,
        until
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// When an effect is over, the one behind it may leave, though it was held back.
async fn let_follow(conn: &mut PgConnection, over: EffectId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "update effects set next_at = greatest(due_at, $2)
         where state = 'waiting' and next_at > greatest(due_at, $2) and id = (
             select behind.id from effects over
             join effects behind on behind.kind = over.kind and behind.receiver = over.receiver
                 and behind.state in ('waiting', 'running')
             where over.id = $1 order by behind.due_at, behind.id limit 1)
           and (due_at, id) > (select due_at, id from effects where id = $1)",
        over as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
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
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    let_follow(conn, id, now).await
}

/// Nothing more of a kind, or of any, is sent to a receiver, and no address is kept. What is on its way at this moment
/// arrives.
pub async fn forget(
    conn: &mut PgConnection,
    receiver: &Receiver,
    kind: Option<EffectKind>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update effects set state = 'put_away', finished_at = $2, envelope_sealed = null
         where receiver = $1 and state in ('waiting', 'dead') and ($3::text is null or kind = $3)",
        receiver.key(),
        now,
        kind.map(EffectKind::code)
    )
    .execute(conn)
    .await?;
    Ok(())
}
