//! Owners: registration, its check by the operator, and trustees.

use super::account::{ChosenBy, NewAccount, add_person};
use super::{Called, follow};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::contract::Side;
use market::decision::Follows;
use market::duty::Act;
use market::journal::{Deed, Subject};
use market::judgement::Judgement;
use market::message::{Audience, RegistrationWaiting};
use market::owner::{OwnerDetails, OwnerState, check_due};
use market::permit::Role;
use market::{MandateId, OwnerId, Timestamp};
use store::claim::As;
use store::mandate::Body;
use store::owner::Registration;
use store::search::{Document, Kind};

/// Registers an owner; the person becomes its administrator.
pub async fn register(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let (details, licence) = super::with_licence(ask, OwnerDetails::read(&ask.form), false)?;
    super::claim::permit(desk, details.uscc.as_str(), As::Owner).await?;
    let rules = desk.rules().await?;
    let (id, now, region): (OwnerId, _, _) = (desk.id(), desk.now, desk.world.site.region.clone());
    let licence = match licence {
        Some(received) => Some(super::remember_file_of_nobody(desk, received).await?),
        None => None,
    };
    let registration = Registration {
        details: &details,
        licence,
        by: person,
        at: now,
        check_due_at: check_due(&rules, now),
    };
    store::owner::register(desk.conn(), id, &region, registration).await?;
    if let Some(file) = licence {
        store::file::give(desk.conn(), file, Some(id), None).await?;
    }
    let mandate =
        super::mandate::grant(desk, person, Role::OwnerAdmin, Body::Owner(id), None).await?;
    super::account::switch_to(desk, person, mandate).await?;
    let line = Follows::new().line(Deed::RegisterOwner, Subject::Owner(id), &details.name);
    let told = waiting(&details, id, check_due(&rules, now));
    follow::carry_out(desk, line.tell(Audience::Auditors, told)).await?;
    Ok(Reply::done("/desk", Done::Registered))
}

fn waiting(details: &OwnerDetails, id: OwnerId, check_due_at: Timestamp) -> RegistrationWaiting {
    RegistrationWaiting {
        name: details.name.clone(),
        side: Side::Owner,
        id: id.into(),
        check_due_at,
    }
}

/// Hands in a returned registration again.
pub async fn resubmit(desk: &mut Desk, ask: &Ask) -> Called {
    let id = desk.owner()?;
    let owner = store::owner::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    desk.fresh(ask.version(), owner.version)?;
    let has_one = owner.licence_file_id.is_some();
    let (details, licence) = super::with_licence(ask, OwnerDetails::read(&ask.form), has_one)?;
    let rules = desk.rules().await?;
    let decision = owner.registration().hand_in_again(&rules, desk.now)?;
    super::claim::still(desk, details.uscc.as_str(), As::Owner).await?;
    let licence = match licence {
        Some(received) => Some(super::remember_file(desk, received).await?),
        None => owner.licence_file_id,
    };
    let (state, due) = decision.next;
    store::owner::save_details(desk.conn(), &owner, &details, licence, state, due).await?;
    let told = waiting(&details, id, due);
    let follows = decision.follows.tell(Audience::Auditors, told);
    follow::carry_out(desk, follows).await?;
    Ok(Reply::done("/desk", Done::Submitted))
}

/// The operator's formal check of a registration.
pub async fn check(desk: &mut Desk, ask: &Ask) -> Called {
    let id: OwnerId = ask.param("id").ok_or(AppError::NotFound)?;
    let (by, now) = (desk.person()?, desk.now);
    let owner = store::owner::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    desk.fresh(ask.version(), owner.version)?;
    let judgement = Judgement::read(&ask.form)?;
    super::mandate::look_at(desk, Act::Check, Body::Owner(id)).await?;
    let decision = owner.registration().check(by, &judgement)?;
    let state = decision.next;
    store::owner::save_check(desk.conn(), &owner, state, by, &judgement.note, now).await?;
    if state == OwnerState::Active {
        super::claim::settle_owner(desk, id, &owner.uscc).await?;
        let path = address::owner(&owner.uscc);
        let document = Document {
            kind: Kind::Owner,
            subject: id.0,
            title: &owner.name,
            subtitle: owner.kind.label(),
            also: &owner.uscc,
            path: &path,
            rank: 4,
        };
        store::search::index(desk.conn(), document, now).await?;
    }
    let told = super::claim::checked(&owner.name, Side::Owner, &judgement);
    let follows = decision.follows.tell(Audience::Owner(id), told);
    follow::carry_out(desk, follows).await?;
    let done = if state == OwnerState::Active {
        Done::Passed
    } else {
        Done::Returned
    };
    Ok(Reply::done("/desk/checks", done))
}

/// Names a trustee: an account of its own, with a first password that the administrator hands over.
pub async fn grant_trustee(desk: &mut Desk, ask: &Ask) -> Called {
    let owner = desk.owner()?;
    let (role, body) = (Role::OwnerTrustee, Body::Owner(owner));
    super::mandate::may_add(desk, role, body).await?;
    let account = NewAccount::read(&ask.form)?;
    let person = add_person(desk, &account, ChosenBy::SomebodyElse).await?;
    super::mandate::add(desk, person, role, body).await?;
    desk.journal(Deed::GrantTrustee, Subject::Owner(owner), &account.name)
        .await?;
    Ok(Reply::done("/desk/trustees", Done::Granted))
}

/// Ends a trustee's mandate at once.
pub async fn end_trustee(desk: &mut Desk, ask: &Ask) -> Called {
    let id: MandateId = ask.param("id").ok_or(AppError::NotFound)?;
    let (owner, now) = (desk.owner()?, desk.now);
    match store::mandate::end_trustee(desk.conn(), id, owner, now).await {
        Err(store::Fault::Stale) => return Err(AppError::NotFound),
        other => other?,
    }
    desk.journal(Deed::RevokeTrustee, Subject::Owner(owner), "")
        .await?;
    Ok(Reply::done("/desk/trustees", Done::Revoked))
}

/// The owner at the desk, active. Errors: [`Refusal::BodyNotActive`].
pub(super) async fn active_owner(desk: &mut Desk) -> Result<store::owner::Owner, AppError> {
    let id = desk.owner()?;
    let owner = store::owner::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    owner.registration().is_active()?;
    Ok(owner)
}
