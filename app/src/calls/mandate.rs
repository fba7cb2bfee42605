//! Mandates: granted only where the person's other roles allow it.

use crate::AppError;
use crate::desk::Desk;
use market::duty::{self, Act};
use market::permit::Role;
use market::{MandateId, PersonId};
use store::mandate::{Body, NewMandate};

/// Gives a person a role for a body. Errors: [`market::Refusal::RolesApart`] when the person stands on another side.
pub(super) async fn grant(
    desk: &mut Desk,
    person: PersonId,
    role: Role,
    body: Body,
    granted_by: Option<PersonId>,
) -> Result<MandateId, AppError> {
    let held = store::mandate::roles(desk.conn(), person).await?;
    duty::may_hold(&held, role)?;
    let mandate = NewMandate {
        id: desk.id(),
        person,
        role,
        body,
        granted_by,
        granted_at: desk.now,
    };
    store::mandate::grant(desk.conn(), mandate).await?;
    Ok(mandate.id)
}

/// Gives a new person a role for a body that may have one more. It is asked again here, because a password was hashed
/// since, and what was locked before that is locked no more.
pub(super) async fn add(
    desk: &mut Desk,
    person: PersonId,
    role: Role,
    body: Body,
) -> Result<MandateId, AppError> {
    let by = desk.person()?;
    may_add(desk, role, body).await?;
    grant(desk, person, role, body, Some(by)).await
}

/// That a body may have one more who acts for it, in a role. It is locked, so that of several at once each counts those
/// before it. Errors: nobody has checked its registration; it has enough.
pub(super) async fn may_add(desk: &mut Desk, role: Role, body: Body) -> Result<(), AppError> {
    // A registration that nobody has checked opens no accounts.
    match body {
        Body::Owner(id) => {
            let owner = store::owner::lock(desk.conn(), id).await?;
            let owner = owner.ok_or(AppError::NotFound)?;
            owner.registration().is_active()?;
        }
        Body::Agency(id) => {
            let agency = store::dossier::lock(desk.conn(), id).await?;
            agency.ok_or(AppError::NotFound)?.state.act()?;
        }
        Body::Department(_) | Body::Platform => (),
    }
    let already = store::mandate::count(desk.conn(), role, body).await?;
    Ok(duty::may_add(role, already)?)
}

/// That the person at the desk looks at the matters of others only. Errors: [`market::Refusal::OwnBody`].
pub(super) async fn look_at(desk: &mut Desk, act: Act, body: Body) -> Result<(), AppError> {
    let by = desk.person()?;
    let belongs = store::mandate::belonged(desk.conn(), by, body).await?;
    Ok(duty::look_at(act, belongs)?)
}
