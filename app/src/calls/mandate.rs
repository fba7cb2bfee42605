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

/// That the person at the desk looks at the matters of others only. Errors: [`market::Refusal::OwnBody`].
pub(super) async fn look_at(desk: &mut Desk, act: Act, body: Body) -> Result<(), AppError> {
    let by = desk.person()?;
    let belongs = store::mandate::belonged(desk.conn(), by, body).await?;
    Ok(duty::look_at(act, belongs)?)
}
