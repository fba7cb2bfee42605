//! The lane of effects: for each kind a worker of its own beside the clock's loop. It claims, hands over without a
//! connection held, and marks. Several parcels of a kind are under way at once, so that a receiver who is slow keeps one
//! place and nobody waiting; one that dies between handing over and marking is sent again when its lease is over.

use super::Bells;
use crate::outbound::{Parcel, Undelivered, Ways};
use app::AppError;
use app::desk::Desk;
use app::world::World;
use market::effect::{EffectKind, MOST_ATTEMPTS};
use std::sync::Arc;
use store::effect::Claimed;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// Parcels of one kind under way at once.
pub const PLACES: usize = 16;
/// How often marking is tried when the database is away; after that the parcel is sent again.
const MARK_ATTEMPTS: u32 = 10;
const POLL: std::time::Duration = std::time::Duration::from_secs(1);

/// Works until told to stop. What is under way then is handed over and marked.
pub async fn run(world: World, ways: Ways, bells: Arc<Bells>, stop: CancellationToken) {
    let mut lanes = JoinSet::new();
    for &kind in EffectKind::ALL {
        lanes.spawn(lane(
            world.clone(),
            ways.clone(),
            (kind, bells.clone()),
            stop.clone(),
        ));
    }
    while lanes.join_next().await.is_some() {}
}

async fn lane(
    world: World,
    ways: Ways,
    (kind, bells): (EffectKind, Arc<Bells>),
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(PLACES));
    let mut under_way = JoinSet::new();
    while !stop.is_cancelled() {
        // What has ended need not be remembered.
        while under_way.try_join_next().is_some() {}
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.clone().acquire_owned() => place,
        };
        let claimed = match claim(&world, kind).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(kind = kind.code(), %error, "the effects wait for the database");
                None
            }
        };
        match claimed {
            Some(claimed) => {
                let (world, ways) = (world.clone(), ways.clone());
                under_way.spawn(async move {
                    carry_out(&world, &ways, claimed).await;
                    drop(place);
                });
            }
            None => {
                drop(place);
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = bells.effects(kind).notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Everything that may leave now, one after another. Returns how many parcels were tried.
pub async fn turn(world: &World, ways: &Ways) -> Result<usize, AppError> {
    let mut tried = 0;
    for &kind in EffectKind::ALL {
        while let Some(claimed) = claim(world, kind).await? {
            carry_out(world, ways, claimed).await;
            tried += 1;
        }
    }
    Ok(tried)
}

async fn claim(world: &World, kind: EffectKind) -> Result<Option<Claimed>, AppError> {
    let mut desk = Desk::writing(world).await?;
    let now = desk.now;
    let claimed = store::effect::claim(desk.conn(), kind, now).await?;
    desk.commit().await?;
    Ok(claimed)
}

/// Hands one parcel over and marks what came of it. Every line of the log in between carries its id.
async fn carry_out(world: &World, ways: &Ways, claimed: Claimed) {
    let (id, kind) = (claimed.id, claimed.kind.code());
    let span = tracing::error_span!("effect", effect_id = %id, kind);
    async {
        let outcome = hand_over(world, ways, &claimed).await;
        match &outcome {
            Ok(_) => tracing::debug!(attempt = claimed.attempts, "handed over"),
            Err(undelivered) => tracing::warn!(
                attempt = claimed.attempts,
                why = undelivered.why,
                "could not be handed over"
            ),
        }
        mark(world, &claimed, &outcome).await;
    }
    .instrument(span)
    .await;
}

/// Opens the envelope and gives the parcel to its way. What is said about it names no address.
async fn hand_over(world: &World, ways: &Ways, claimed: &Claimed) -> Result<String, Undelivered> {
    if claimed.attempts > MOST_ATTEMPTS {
        return Err(Undelivered::for_good("the server ended in each attempt"));
    }
    let effect = claimed.effect.clone().map_err(Undelivered::for_good)?;
    let envelope = world
        .vault
        .open_envelope(claimed.id, &claimed.envelope_sealed);
    let envelope = envelope.map_err(Undelivered::for_good)?;
    let parcel = Parcel {
        id: claimed.id,
        to: envelope.to.clone(),
        effect: effect.with_code(envelope.code.as_deref()),
        idempotency_key: claimed.idempotency_key.clone(),
        now: world.clock.now(),
    };
    let carrying = ways.of(claimed.kind).carry(parcel);
    let secrets = [Some(envelope.to.as_str()), envelope.code.as_deref()];
    match tokio::time::timeout(ways.patience, carrying).await {
        Ok(Ok(said)) => Ok(without(&secrets, &said)),
        Ok(Err(undelivered)) => Err(Undelivered {
            why: without(&secrets, &undelivered.why),
            ..undelivered
        }),
        Err(_) => {
            let seconds = ways.patience.as_secs();
            Err(Undelivered::passing(format!(
                "no answer within {seconds} seconds"
            )))
        }
    }
}

/// A text of the other side's without what is written on the envelope: it is kept and logged.
fn without(secrets: &[Option<&str>], text: &str) -> String {
    let mut text = text.replace(['\r', '\n'], " ");
    for secret in secrets.iter().flatten().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "***");
        text = text.replace(&secret.to_lowercase(), "***");
    }
    text
}

/// Marks what came of an attempt. While the database is away it is tried again for a while; a mark that is lost means
/// that the parcel is sent a second time under its key.
async fn mark(world: &World, claimed: &Claimed, outcome: &Result<String, Undelivered>) {
    for _ in 0..MARK_ATTEMPTS {
        match mark_once(world, claimed, outcome).await {
            Ok(()) => return,
            Err(AppError::Busy(_)) => tokio::time::sleep(POLL).await,
            Err(AppError::Refused(_)) => {
                tracing::warn!("another worker has taken it over meanwhile");
                return;
            }
            Err(error) => {
                tracing::error!(%error, "what came of an attempt could not be kept; it will be sent again");
                return;
            }
        }
    }
    tracing::error!("what came of an attempt could not be kept; it will be sent again");
}

async fn mark_once(
    world: &World,
    claimed: &Claimed,
    outcome: &Result<String, Undelivered>,
) -> Result<(), AppError> {
    let mut desk = Desk::writing(world).await?;
    let now = desk.now;
    match outcome {
        Ok(said) => store::effect::done(desk.conn(), claimed, said, now).await?,
        Err(Undelivered { failure, why }) => {
            let next = store::effect::failed(desk.conn(), claimed, (*failure, why), now).await?;
            if next.is_none() {
                tracing::error!(why, "given up; it waits for a person at /desk/jobs");
            }
        }
    }
    desk.commit().await
}
