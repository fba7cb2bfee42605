//! Another administrator of the own body: who takes over, before the first one goes.

use super::super::{Called, mandate};
use super::{ChosenBy, add_person};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::passwords;
use crate::reply::Reply;
use market::form::{Reader, person};
use market::identity::parse_own_phone;
use market::journal::{Deed, Subject};
use market::password::parse_login;
use store::mandate::Body;

/// Names an administrator of the body at the desk: an account of its own, with a first password that is handed over.
pub async fn name_administrator(desk: &mut Desk, ask: &Ask) -> Called {
    let acting = desk.acting()?.clone();
    let (body, subject) = match (acting.owner, acting.agency) {
        (Some(id), _) => (Body::Owner(id), Subject::Owner(id)),
        (_, Some(id)) => (Body::Agency(id), Subject::Agency(id)),
        (None, None) => return Err(AppError::Forbidden),
    };
    mandate::may_add(desk, acting.role, body).await?;
    let mut read = Reader::new(&ask.form);
    let name = read.need("person_name", person);
    let phone = read.need("phone", parse_own_phone);
    let login = read.need("login", parse_login);
    let known = [
        ask.form.get("login"),
        ask.form.get("person_name"),
        ask.form.get("phone"),
    ];
    let password = read.need("new_password", |text| passwords::parse_new(text, &known));
    let (name, phone, login, password) =
        read.finish(|| Some((name?, phone?, login?, password?)))?;
    let chosen_by = ChosenBy::SomebodyElse;
    let person = add_person(desk, &login, &name, &phone, password, chosen_by).await?;
    mandate::add(desk, person, acting.role, body).await?;
    desk.journal(Deed::AddAdministrator, subject, &name).await?;
    Ok(Reply::to("/account?done=granted"))
}
