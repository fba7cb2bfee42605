//! The deadline: the list is frozen, bids are opened, or the sign-up is extended or fails. Only the clock does this.

use super::{failure, follow};
use crate::AppError;
use crate::desk::Desk;
use crate::vault::Purpose;
use market::RequirementId;
use market::bid::SecretKey;
use market::decision::{Decision, Follows};
use market::eligibility::Exclusion;
use market::journal::{Deed, Subject};
use market::message::{self, Audience};
use market::procurement::{Closing, Judged};
use market::requirement::EditionState;
use store::requirement::{Hold, Locked};

/// The clock: closes sign-up. Does nothing when it is too early (the deadline has moved) or done already.
pub async fn deadline(desk: &mut Desk, id: RequirementId) -> Result<(), AppError> {
    let Some(locked) = store::requirement::lock_published(desk.conn(), id, Hold::Alone).await?
    else {
        return Ok(());
    };
    if !locked.whole.is_due(desk.now) {
        return Ok(());
    }
    let received = store::sign_up::received(desk.conn(), id).await?;
    let judged = locked.whole.judge(&received);
    match locked.whole.close(&judged, desk.now)? {
        None => Ok(()),
        Some(Closing::Extend(decision)) => {
            store::requirement::extend(desk.conn(), &locked.row, decision.next).await?;
            tracing::info!(requirement_id = %id, "sign-up extended");
            follow::carry_out(desk, decision.follows).await
        }
        Some(Closing::Fail(decision)) => {
            end_sign_up(desk, &locked, &judged.excluded).await?;
            failure::end(desk, &locked, decision).await
        }
        Some(Closing::Freeze) => {
            end_sign_up(desk, &locked, &judged.excluded).await?;
            freeze(desk, &locked, &judged).await
        }
    }
}

/// Whoever is not on the list is told why, and a correction that is still on its way is overtaken.
async fn end_sign_up(
    desk: &mut Desk,
    locked: &Locked,
    excluded: &[Exclusion],
) -> Result<(), AppError> {
    let (now, id) = (desk.now, locked.row.id);
    if let Some(edition) = store::edition::lock_open(desk.conn(), id).await? {
        store::edition::drop_open(desk.conn(), &edition, EditionState::Dropped).await?;
        let told = message::CorrectionLapsed {
            requirement: id,
            project: locked.whole.document.project_name.clone(),
        };
        let follows = Follows::new()
            .line(Deed::LapseCorrection, Subject::Requirement(id), "")
            .tell(Audience::Buyer(id), told);
        follow::carry_out(desk, follows).await?;
    }
    for exclusion in excluded {
        store::selection::exclude(desk.conn(), id, exclusion, now).await?;
    }
    Ok(())
}

async fn freeze(desk: &mut Desk, locked: &Locked, judged: &Judged) -> Result<(), AppError> {
    let now = desk.now;
    let secret = match locked.whole.method().wants_bid() {
        true => Some(release(desk, locked).await?),
        false => None,
    };
    let Decision { next, follows } = locked.whole.freeze(judged, secret, now)?;
    store::requirement::freeze(desk.conn(), &locked.row, &next, now).await?;
    follow::carry_out(desk, follows).await
}

/// Releases the secret of the bids, which is on record before any of them is opened.
async fn release(desk: &mut Desk, locked: &Locked) -> Result<SecretKey, AppError> {
    let (id, now) = (locked.row.id, desk.now);
    let sealed = locked
        .published
        .bid_secret_sealed
        .as_deref()
        .ok_or_else(|| AppError::broken("no sealed secret of the bids"))?;
    let vault = &desk.world.vault;
    let secret = vault.open(Purpose::BidSecret, &id.to_string(), sealed)?;
    let secret = secret
        .try_into()
        .map_err(|_| AppError::broken("a secret has not 32 bytes"))?;
    let secret = SecretKey(secret);
    // What is published cannot be taken back: a wrong secret would make every bid unreadable.
    if secret.public().ok() != locked.published.bid_key {
        return Err(AppError::broken(
            "the secret is not that of the published key",
        ));
    }
    store::requirement::record_opening(desk.conn(), id, now).await?;
    Ok(secret)
}
