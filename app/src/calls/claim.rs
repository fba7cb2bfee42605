//! What every registration passes, and what a confirmed one means to the others of its code.

use super::follow;
use crate::AppError;
use crate::desk::Desk;
use market::agency::DossierAction;
use market::claim::{GAVE_WAY, is_live, may_claim};
use market::contract::Side;
use market::decision::Follows;
use market::journal::{Deed, Subject};
use market::judgement::{Judgement, Verdict};
use market::message::{Audience, Message, RegistrationConfirmed, RegistrationReturned};
use market::{AgencyId, OwnerId};
use store::claim::As;

/// Whether the person at the desk may register a body of this code.
pub async fn permit(desk: &mut Desk, uscc: &str, claimed: As) -> Result<(), AppError> {
    let (person, now) = (desk.person()?, desk.now);
    let rules = desk.rules().await?;
    let registered = store::claim::unconfirmed(desk.conn(), person).await?;
    let live = registered
        .iter()
        .filter(|at| is_live(**at, rules.clock(), now))
        .count();
    let confirmed = store::claim::is_confirmed(desk.conn(), uscc, claimed).await?;
    Ok(may_claim(live, confirmed)?)
}

/// Whether a registration that is handed in (again) may still have its code.
pub async fn still(desk: &mut Desk, uscc: &str, claimed: As) -> Result<(), AppError> {
    let confirmed = store::claim::is_confirmed(desk.conn(), uscc, claimed).await?;
    Ok(may_claim(0, confirmed)?)
}

/// An owner's registration was confirmed: the others of its code go back, and are told.
pub async fn settle_owner(desk: &mut Desk, id: OwnerId, uscc: &str) -> Result<(), AppError> {
    for rival in store::claim::rivals(desk.conn(), uscc, As::Owner, id.0).await? {
        let rival_id = OwnerId(rival.id);
        let Some(rival) = store::owner::lock(desk.conn(), rival_id).await? else {
            continue;
        };
        let state = rival.state.give_way();
        store::claim::return_owner(desk.conn(), rival_id, rival.version, state, GAVE_WAY).await?;
        let line = Follows::new().line(Deed::GiveWay, Subject::Owner(rival_id), uscc);
        let told = returned(&rival.name, Side::Owner, GAVE_WAY);
        follow::carry_out(desk, line.tell(Audience::Owner(rival_id), told)).await?;
    }
    Ok(())
}

/// An agency's registration was confirmed: the others of its code go back, and are told.
pub async fn settle_agency(desk: &mut Desk, id: AgencyId, uscc: &str) -> Result<(), AppError> {
    for rival in store::claim::rivals(desk.conn(), uscc, As::Agency, id.0).await? {
        let rival_id = AgencyId(rival.id);
        let Some(rival) = store::dossier::lock(desk.conn(), rival_id).await? else {
            continue;
        };
        let (state, now) = (rival.state.after(DossierAction::GiveWay)?, desk.now);
        store::claim::return_agency(desk.conn(), rival_id, rival.version, state, GAVE_WAY, now)
            .await?;
        let line = Follows::new().line(Deed::GiveWay, Subject::Agency(rival_id), uscc);
        let told = returned(&rival.name, Side::Agency, GAVE_WAY);
        follow::carry_out(desk, line.tell(Audience::Agency(rival_id), told)).await?;
    }
    Ok(())
}

/// What a registration's people are told of its check.
pub(super) fn checked(name: &str, side: Side, judgement: &Judgement) -> Message {
    match judgement.verdict {
        Verdict::Return => returned(name, side, &judgement.note),
        Verdict::Approve => RegistrationConfirmed {
            name: name.to_string(),
            side,
        }
        .into(),
    }
}

fn returned(name: &str, side: Side, note: &str) -> Message {
    RegistrationReturned {
        name: name.to_string(),
        side,
        note: note.to_string(),
    }
    .into()
}
