//! The clock's work: due jobs one by one, each in the transaction that claims it, and the ledger's positions.
//! Woken by NOTIFY and by a one-second poll; a rule never depends on a job being on time.

use app::AppError;
use app::calls;
use app::desk::Desk;
use app::world::World;
use market::Timestamp;
use market::time::Duration;
use sqlx::postgres::PgListener;
use store::job::{Job, JobKind};
use tokio_util::sync::CancellationToken;

const POLL: std::time::Duration = std::time::Duration::from_secs(1);

/// Works until told to stop. A job that has begun is finished.
pub async fn run(world: World, stop: CancellationToken) {
    let mut listener: Option<PgListener> = None;
    let mut swept_at: Option<Timestamp> = None;
    while !stop.is_cancelled() {
        if let Err(error) = turn(&world).await {
            tracing::warn!(%error, "the jobs wait for the database");
        }
        let now = world.clock.now();
        if swept_at.is_none_or(|at| now - at > Duration::hours(1)) {
            swept_at = Some(now);
            if let Err(error) = sweep(&world, now).await {
                tracing::warn!(%error, "old sessions could not be swept");
            }
            match calls::file::sweep(&world).await {
                Ok(swept) => tracing::info!(
                    removed_files = swept.removed_files,
                    removed_bytes = swept.removed_bytes,
                    "uploads swept"
                ),
                Err(error) => tracing::warn!(%error, "uploads could not be swept"),
            }
        }
        if listener.is_none() {
            listener = listen(&world).await.ok();
        }
        let woken = async {
            match &mut listener {
                Some(listening) => listening.recv().await.map(drop),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
            heard = woken => {
                if heard.is_err() {
                    listener = None;
                    tokio::time::sleep(POLL).await;
                }
            }
        }
    }
}

async fn listen(world: &World) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(&world.pool).await?;
    listener.listen("jobs").await?;
    Ok(listener)
}

/// Everything that is due now, and the ledger's positions after it. Returns how many jobs were done.
pub async fn turn(world: &World) -> Result<usize, AppError> {
    let mut done = 0;
    while next(world).await? {
        done += 1;
    }
    while sequence(world).await? > 0 {}
    renew_index(world).await?;
    Ok(done)
}

/// Claims and does one job. `false`: nothing is due.
async fn next(world: &World) -> Result<bool, AppError> {
    let mut desk = Desk::writing(world).await?;
    let now = desk.now;
    let Some(job) = store::job::claim(desk.conn(), now).await? else {
        return Ok(false);
    };
    match perform(&mut desk, &job).await {
        Ok(()) => {
            store::job::done(desk.conn(), job.id, now).await?;
            desk.commit().await?;
            tracing::debug!(job_id = %job.id, kind = ?job.kind, "job done");
        }
        Err(error) => {
            // What the job wrote is rolled back with its claim; the failure is noted apart.
            drop(desk);
            tracing::error!(job_id = %job.id, kind = ?job.kind, subject = %job.subject, attempts = job.attempts, %error, "job failed");
            let mut desk = Desk::writing(world).await?;
            store::job::failed(desk.conn(), &job, &error.to_string(), now).await?;
            desk.commit().await?;
        }
    }
    Ok(true)
}

async fn perform(desk: &mut Desk, job: &Job) -> Result<(), AppError> {
    let subject = job.subject;
    match job.kind {
        JobKind::Close => calls::closing::deadline(desk, subject.into()).await,
        JobKind::Draw => calls::selection::draw(desk, subject.into()).await,
        JobKind::ChoiceTimeout => calls::selection::choice_timeout(desk, subject.into()).await,
        JobKind::PublicityEnd => calls::award::publicity_end(desk, subject.into()).await,
        JobKind::ConfirmTimeout => calls::award::confirm_timeout(desk, subject.into()).await,
        JobKind::Overdue => calls::contract::overdue(desk, subject.into()).await,
        JobKind::AcceptTimeout => calls::contract::accept_timeout(desk, subject.into()).await,
        JobKind::ActivateService => calls::vetting::activate(desk, subject.into()).await,
        JobKind::RecomputeCredit => calls::credit::recompute(desk, subject.into()).await,
    }
}

/// Gives positions to ledger entries. Returns how many.
async fn sequence(world: &World) -> Result<usize, AppError> {
    let mut desk = Desk::writing(world).await?;
    let now = desk.now;
    let count = store::ledger::sequence(desk.conn(), now).await?;
    desk.commit().await?;
    Ok(count)
}

/// Indexes some documents of the search anew that an older program has folded otherwise.
async fn renew_index(world: &World) -> Result<(), AppError> {
    let mut desk = Desk::writing(world).await?;
    store::search::renew(desk.conn()).await?;
    desk.commit().await
}

async fn sweep(world: &World, now: Timestamp) -> Result<(), AppError> {
    let mut desk = Desk::writing(world).await?;
    store::session::sweep(desk.conn(), now - Duration::days(180)).await?;
    store::session::sweep_browsers(desk.conn(), now - Duration::days(400)).await?;
    store::kept_form::sweep(desk.conn(), now - Duration::hours(1)).await?;
    store::attempt::sweep(desk.conn(), now - Duration::days(2)).await?;
    store::submission::sweep(desk.conn(), now - Duration::days(2)).await?;
    store::arrival::sweep(desk.conn(), now - Duration::days(2)).await?;
    desk.commit().await
}
