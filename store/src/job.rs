//! Jobs: what follows from a decision at a later instant. A job is claimed, done and marked done in one
//! transaction, so it happens exactly once in the database however often the process dies.

use crate::Result;
use crate::page::{QUEUE, Queue};
pub use market::job::JobKind;
use market::{JobId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "job_state", rename_all = "snake_case")]
pub enum JobState {
    Waiting,
    Done,
    Dead,
}

/// A job that is due.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    pub subject: Uuid,
    pub run_at: Timestamp,
    pub attempts: i32,
}

/// After so many failures a job is dead and waits for a person.
pub const MOST_ATTEMPTS: i32 = 12;

/// Writes a job. The same job at the same instant is written once.
pub async fn enqueue(
    conn: &mut PgConnection,
    id: JobId,
    kind: JobKind,
    subject: Uuid,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into jobs (id, kind, subject, run_at, created_at) values ($1, $2, $3, $4, $5)
         on conflict (kind, subject, run_at) where state = 'waiting' do nothing",
        id as _,
        kind as _,
        subject,
        run_at,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Claims the next job that is due, for the rest of the transaction. Others skip it meanwhile.
pub async fn claim(conn: &mut PgConnection, now: Timestamp) -> Result<Option<Job>> {
    let row = sqlx::query!(
        "select id, kind, subject, run_at, attempts from jobs
         where state = 'waiting' and run_at <= $1
         order by run_at, id limit 1 for update skip locked",
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Job {
        id: row.id.into(),
        kind: row.kind,
        subject: row.subject,
        run_at: row.run_at,
        attempts: row.attempts,
    }))
}

/// Marks the claimed job as done.
pub async fn done(conn: &mut PgConnection, id: JobId, now: Timestamp) -> Result<()> {
    let result = sqlx::query!(
        "update jobs set state = 'done', finished_at = $2 where id = $1",
        id as _,
        now
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Puts a failed job back, later each time; after [`MOST_ATTEMPTS`] it is dead.
pub async fn failed(conn: &mut PgConnection, job: &Job, error: &str, now: Timestamp) -> Result<()> {
    let attempts = job.attempts + 1;
    let delay = time::Duration::seconds(1 << attempts.min(10));
    let state = if attempts >= MOST_ATTEMPTS {
        JobState::Dead
    } else {
        JobState::Waiting
    };
    sqlx::query!(
        "update jobs set attempts = $2, last_error = left($3, 500), run_at = $4, state = $5,
                finished_at = case when $5 = 'dead'::job_state then $6::timestamptz end
         where id = $1",
        job.id as _,
        attempts,
        error,
        now + delay,
        state as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The instant of the next waiting job.
pub async fn next_at(conn: &mut PgConnection) -> Result<Option<Timestamp>> {
    Ok(
        sqlx::query_scalar!("select min(run_at) from jobs where state = 'waiting'")
            .fetch_one(conn)
            .await?,
    )
}

/// Starts a dead job again.
pub async fn revive(conn: &mut PgConnection, id: JobId, now: Timestamp) -> Result<()> {
    let result = sqlx::query!(
        "update jobs set state = 'waiting', attempts = 0, run_at = $2, finished_at = null where id = $1 and state = 'dead'",
        id as _,
        now
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Drops the waiting jobs of a kind and subject that have lost their meaning.
pub async fn cancel(
    conn: &mut PgConnection,
    kind: JobKind,
    subject: Uuid,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update jobs set state = 'done', finished_at = $3, last_error = 'cancelled'
         where kind = $1 and subject = $2 and state = 'waiting'",
        kind as _,
        subject,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A job as the operator's desk shows it.
#[derive(Debug, Clone)]
pub struct JobRow {
    pub id: JobId,
    pub kind: JobKind,
    pub subject: Uuid,
    pub run_at: Timestamp,
    pub state: JobState,
    pub attempts: i32,
    pub last_error: Option<String>,
}

/// Dead jobs first, then those that failed, then the next that are due; with how many there are in all.
pub async fn desk(conn: &mut PgConnection) -> Result<Queue<JobRow>> {
    let rows = sqlx::query_as!(
        JobRow,
        "select id, kind, subject, run_at, state, attempts, last_error from jobs
         where state in ('dead', 'waiting')
         order by state = 'dead' desc, attempts > 0 desc, run_at, id limit $1",
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from jobs where state in ('dead', 'waiting')"#
    )
    .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}

/// How many jobs wait although they were due, and how many are dead: for the operator's desk.
pub async fn backlog(conn: &mut PgConnection, now: Timestamp) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) filter (where state = 'waiting' and run_at < $1) as "late!",
                  count(*) filter (where state = 'dead') as "dead!" from jobs where state <> 'done'"#,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok((row.late, row.dead))
}
