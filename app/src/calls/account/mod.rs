//! Accounts: opening one, and for whom one acts. Signing in, sessions and passwords have files of their own.

mod attempt;
mod password;
mod session;
mod sign_in;

pub use password::{change as change_password, hashed};
pub use session::{BROWSER, COOKIE, end as end_session, sign_out};
pub use sign_in::sign_in;

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::passwords;
use crate::reply::Reply;
use market::form::{Reader, person};
use market::identity::parse_phone;
use market::password::parse_login;
use market::{MandateId, PersonId};

/// Opens an account and signs it in.
pub async fn register(desk: &mut Desk, ask: &Ask) -> Called {
    let mut read = Reader::new(&ask.form);
    let name = read.need("person_name", person);
    let phone = read.need("phone", parse_phone);
    let login = read.need("login", parse_login);
    let known = [
        ask.form.get("login"),
        ask.form.get("person_name"),
        ask.form.get("phone"),
    ];
    let password = read.need("new_password", |text| passwords::parse_new(text, &known));
    if password.is_some() && ask.form.get("new_password") != ask.form.get("new_password_again") {
        read.wrong("new_password_again", "两次输入的密码不一样。");
    }
    read.agreed("agreed", "请阅读并同意个人信息的使用说明。");
    let (name, phone, login, password) =
        read.finish(|| Some((name?, phone?, login?, password?)))?;
    let id = add_person(desk, &login, &name, &phone, password).await?;
    session::open(desk, ask, id).await?;
    Ok(Reply::to("/register"))
}

/// Adds a person with a hashed password.
pub async fn add_person(
    desk: &mut Desk,
    login: &str,
    name: &str,
    phone: &str,
    password: String,
) -> Result<PersonId, AppError> {
    let password_hash = password::hashed(desk, password).await?;
    let id: PersonId = desk.id();
    let person = store::person::NewPerson {
        id,
        login,
        name,
        phone,
        password_hash: &password_hash,
        created_at: desk.now,
    };
    store::person::add(desk.conn(), person).await?;
    Ok(id)
}

/// Chooses for whom to act.
pub async fn act_as(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let mandate: MandateId = ask
        .form
        .get("mandate")
        .parse()
        .map_err(|_| AppError::NotFound)?;
    switch_to(desk, person, mandate).await?;
    Ok(Reply::to("/desk"))
}

/// Lets the session at the desk act under a mandate of its person.
pub async fn switch_to(
    desk: &mut Desk,
    person: PersonId,
    mandate: MandateId,
) -> Result<(), AppError> {
    let Some(session) = desk.actor.as_ref().and_then(|actor| actor.session) else {
        return Ok(());
    };
    match store::session::act_as(desk.conn(), session, person, mandate).await {
        Err(store::Fault::Stale) => Err(AppError::NotFound),
        other => Ok(other?),
    }
}

/// Larger text and plainer words, or back; remembered in a cookie that says nothing else.
pub async fn elder(desk: &mut Desk, ask: &Ask) -> Called {
    let on = ask.form.get("elder") == "on";
    let age = if on { 31_536_000 } else { 0 };
    desk.cookies.push(format!(
        "__Host-elder=1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}"
    ));
    Ok(Reply::back_to(ask.form.get("to"), "/"))
}
