//! The administrators of the own body: who takes over, before the first one goes, and who does not act for it any more.

use super::super::{Called, mandate};
use super::{ChosenBy, NewAccount, add_person, hashed};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::passwords;
use crate::reply::Reply;
use market::MandateId;
use market::colleague;
use market::form::Reader;
use market::journal::{Deed, Subject};
use store::mandate::{AdministratorRow, Body};

/// Names an administrator of the body at the desk: an account of its own, with a first password that is handed over.
pub async fn name_administrator(desk: &mut Desk, ask: &Ask) -> Called {
    let role = desk.acting()?.role;
    let (body, subject) = own_body(desk)?;
    mandate::may_add(desk, role, body).await?;
    let account = NewAccount::read(&ask.form)?;
    let person = add_person(desk, &account, ChosenBy::SomebodyElse).await?;
    mandate::add(desk, person, role, body).await?;
    desk.journal(Deed::AddAdministrator, subject, &account.name)
        .await?;
    Ok(Reply::done("/account", Done::Granted))
}

/// Ends the role of another administrator at once. What was done in it stays.
pub async fn end_administrator(desk: &mut Desk, ask: &Ask) -> Called {
    let (by, now) = (desk.person()?, desk.now);
    let (_, subject) = own_body(desk)?;
    let other = other_of(desk, ask).await?;
    colleague::end(by, other.person_id)?;
    store::mandate::end(desk.conn(), other.id, now).await?;
    desk.journal(Deed::EndAdministrator, subject, &other.name)
        .await?;
    Ok(Reply::done("/account", Done::Revoked))
}

/// Gives an administrator who has never had a password of its own another first one.
pub async fn give_first_password(desk: &mut Desk, ask: &Ask) -> Called {
    let other = other_of(desk, ask).await?;
    other.begun().give_first_password()?;
    let mut read = Reader::new(&ask.form);
    let known = [other.login.as_str(), other.name.as_str()];
    let password = read.need("new_password", |text| passwords::parse_new(text, &known));
    let password = read.finish(|| password)?;
    let hash = hashed(desk, password).await?;
    // What was locked before the password was hashed is locked no more.
    let other = other_of(desk, ask).await?;
    other.begun().give_first_password()?;
    let (person, now) = (other.person_id, desk.now);
    store::person::set_password(desk.conn(), person, &hash, true).await?;
    store::session::end_all(desk.conn(), person, now).await?;
    let note = format!("{}：重新设置初始密码", other.name);
    desk.journal(Deed::ResetPassword, Subject::Person(person), &note)
        .await?;
    Ok(Reply::done("/account", Done::FirstPassword))
}

/// The body at the desk that has administrators.
pub fn own_body(desk: &Desk) -> Result<(Body, Subject), AppError> {
    let acting = desk.acting()?;
    match (acting.owner, acting.agency) {
        (Some(id), _) => Ok((Body::Owner(id), Subject::Owner(id))),
        (_, Some(id)) => Ok((Body::Agency(id), Subject::Agency(id))),
        (None, None) => Err(AppError::Forbidden),
    }
}

/// The administrator of the route, of the body at the desk, with all of them locked. Errors: it is none of them; the
/// one who asks is none any more.
async fn other_of(desk: &mut Desk, ask: &Ask) -> Result<AdministratorRow, AppError> {
    let id: MandateId = ask.param("id").ok_or(AppError::NotFound)?;
    let (acting, (body, _)) = (desk.acting()?.clone(), own_body(desk)?);
    let all = store::mandate::lock_administrators(desk.conn(), acting.role, body).await?;
    if !all.iter().any(|row| row.id == acting.mandate) {
        return Err(AppError::Forbidden);
    }
    let other = all.into_iter().find(|row| row.id == id);
    other.ok_or(AppError::NotFound)
}
