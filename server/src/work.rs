//! What is done without anybody's asking, in two lanes. The clock's work: due jobs one by one, each in the transaction
//! that claims it, and the ledger's positions; it touches nothing but the database. Beside it the [`effects`], which
//! leave the house. Both are woken by NOTIFY and by a one-second poll; a rule never depends on a job being on time.

pub mod effects;

use crate::outbound::Ways;
use app::AppError;
use app::calls;
use app::desk::Desk;
use app::world::World;
use market::Timestamp;
use market::effect::EffectKind;
use market::time::Duration;
use sqlx::postgres::PgListener;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::job::{Job, JobKind};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

const POLL: std::time::Duration = std::time::Duration::from_secs(1);

/// What NOTIFY rings, one for each that waits.
pub struct Bells {
    jobs: Notify,
    effects: BTreeMap<EffectKind, Notify>,
}

impl Bells {
    fn hang() -> Bells {
        Bells {
            jobs: Notify::new(),
            effects: EffectKind::ALL
                .iter()
                .map(|kind| (*kind, Notify::new()))
                .collect(),
        }
    }

    /// The bell of a kind of effect.
    fn effects(&self, kind: EffectKind) -> &Notify {
        &self.effects[&kind]
    }

    fn ring(&self, channel: &str) {
        match channel {
            "effects" => self.effects.values().for_each(Notify::notify_one),
            _ => self.jobs.notify_one(),
        }
    }
}

/// Works in both lanes until told to stop. What has begun is finished.
pub async fn run(world: World, ways: Ways, stop: CancellationToken) {
    let bells = Arc::new(Bells::hang());
    // Tasks of their own: whatever keeps one of them busy, the other goes on. They end with this one.
    let mut tasks = JoinSet::new();
    tasks.spawn(listen(world.clone(), bells.clone(), stop.clone()));
    tasks.spawn(effects::run(
        world.clone(),
        ways,
        bells.clone(),
        stop.clone(),
    ));
    tasks.spawn(keep_time(world, bells, stop));
    while tasks.join_next().await.is_some() {}
}

/// The clock's loop.
async fn keep_time(world: World, bells: Arc<Bells>, stop: CancellationToken) {
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
        tokio::select! {
            () = stop.cancelled() => {}
            () = bells.jobs.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Rings the bells for what the database notifies. One connection for both lanes; while it is away, they poll.
async fn listen(world: World, bells: Arc<Bells>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let heard = async {
            let mut listener = PgListener::connect_with(&world.pool).await?;
            listener.listen_all(["jobs", "effects"]).await?;
            loop {
                bells.ring(listener.recv().await?.channel());
            }
        };
        let heard: Result<(), sqlx::Error> = tokio::select! {
            () = stop.cancelled() => return,
            heard = heard => heard,
        };
        if let Err(error) = heard {
            tracing::debug!(%error, "nothing is heard from the database");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
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
    let span = tracing::error_span!("job", job_id = %job.id, kind = job.kind.code());
    do_job(world, desk, job, now).instrument(span).await?;
    Ok(true)
}

/// Does a claimed job. Every line of the log in between carries its id.
async fn do_job(world: &World, mut desk: Desk, job: Job, now: Timestamp) -> Result<(), AppError> {
    match perform(&mut desk, &job).await {
        Ok(()) => {
            store::job::done(desk.conn(), job.id, now).await?;
            desk.commit().await?;
            tracing::debug!("job done");
            Ok(())
        }
        Err(error) => {
            // What the job wrote is rolled back with its claim; the failure is noted apart.
            drop(desk);
            tracing::error!(subject = %job.subject, attempts = job.attempts, %error, "job failed");
            let mut desk = Desk::writing(world).await?;
            store::job::failed(desk.conn(), &job, &error.to_string(), now).await?;
            if let AppError::Unreadable(unreadable) = &error {
                store::unreadable::note(desk.conn(), unreadable, now).await?;
            }
            desk.commit().await
        }
    }
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
        JobKind::RemindRequirement => calls::reminder::requirement(desk, subject.into()).await,
        JobKind::RemindAward => calls::reminder::award(desk, subject.into()).await,
        JobKind::RemindContract => calls::reminder::contract(desk, subject.into()).await,
        JobKind::RemindAgency => calls::reminder::agency(desk, subject.into()).await,
        JobKind::DailyMail => calls::reminder::daily_mail(desk, subject.into()).await,
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
    store::unreadable::sweep(desk.conn()).await?;
    desk.commit().await
}
