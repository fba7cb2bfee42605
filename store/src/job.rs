//! Jobs: what follows from a decision at a later instant. A job is claimed, done and marked done in one
//! transaction, so it happens exactly once in the database however often the process dies.

use crate::Result;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, PAGE, Page, into_page, push_page};
pub use market::job::JobKind;
use market::{JobId, Timestamp};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "job_state", rename_all = "snake_case")]
pub enum JobState {
    Waiting,
    Done,
    Dead,
}

impl JobState {
    /// Each of them, in the order in which they concern somebody.
    pub const ALL: [JobState; 3] = [JobState::Waiting, JobState::Dead, JobState::Done];

    /// As it is stored and written in addresses.
    pub fn code(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Done => "done",
            JobState::Dead => "dead",
        }
    }

    /// As it is read.
    pub fn label(self) -> &'static str {
        match self {
            JobState::Waiting => "等待办理",
            JobState::Done => "已办结",
            JobState::Dead => "已停止",
        }
    }
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
#[derive(Debug, Clone, FromRow)]
pub struct JobRow {
    pub id: JobId,
    pub kind: JobKind,
    pub subject: Uuid,
    /// What it is about, as people name it: a notice's number and project, or an agency.
    pub about: Option<String>,
    pub run_at: Timestamp,
    pub state: JobState,
    pub attempts: i32,
    pub last_error: Option<String>,
}

/// Which jobs; all that are given must fit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<JobState>,
    pub kind: Option<JobKind>,
    /// Only those that have failed at least once.
    pub has_failed: bool,
    /// Part of a notice's number, a project's or an agency's name, without blanks; or an id.
    pub text: Option<String>,
}

impl Filter {
    /// A daily mail that waits would tell that its person was told something: who corrects a notice and looks here would
    /// learn who is signed up.
    fn push(&self, query: &mut QueryBuilder<Postgres>) {
        query.push(
            " from jobs j
             left join awards a on a.id = j.subject
             left join contracts c on c.id = j.subject
             left join requirements r on r.id = coalesce(a.requirement_id, c.requirement_id, j.subject)
             left join agencies g on g.id = j.subject
             where (j.kind <> 'daily_mail' or j.state = 'dead')",
        );
        if let Some(state) = self.state {
            query.push(" and j.state = ").push_bind(state);
        }
        if let Some(kind) = self.kind {
            query.push(" and j.kind = ").push_bind(kind);
        }
        if self.has_failed {
            query.push(" and j.attempts > 0");
        }
        if let Some(text) = &self.text {
            query.push(" and (false");
            for column in ["r.notice_no", "r.project_name", "g.name"] {
                query.push(format!(
                    " or strpos(lower(regexp_replace({column}, '\\s', '', 'g')), lower("
                ));
                query.push_bind(text.clone()).push(")) > 0");
            }
            if let Ok(id) = text.parse::<Uuid>() {
                query.push(" or j.id = ").push_bind(id);
                query.push(" or j.subject = ").push_bind(id);
            }
            query.push(")");
        }
    }
}

/// The jobs that fit: what waits by when it is due, everything else with the newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    cursor: Option<&Cursor>,
) -> Result<Page<JobRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select j.id, j.kind, j.subject, j.run_at, j.state, j.attempts, j.last_error,
                coalesce(nullif(concat_ws(' ', r.notice_no, r.project_name), ''), g.name) as about",
    );
    filter.push(&mut query);
    let order = match filter.state {
        Some(JobState::Waiting) => Order::Ascending,
        _ => Order::Descending,
    };
    push_page(
        &mut query,
        By::Time("j.run_at"),
        "j.id",
        order,
        cursor,
        PAGE,
    );
    let rows: Vec<JobRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, PAGE, |row| {
        (Key::Time(row.run_at), row.id.into())
    }))
}

/// How many fit, up to [`COUNT_CAP`] + 1.
pub async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("select count(*) from (select");
    filter.push(&mut query);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    Ok(query.build_query_scalar().fetch_one(conn).await?)
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
