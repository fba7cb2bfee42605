//! Accounts: opening one, signing in and out, passwords, and for whom one acts.

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::passwords;
use crate::reply::Reply;
use market::draw::sha256;
use market::form::{Reader, line};
use market::identity::parse_phone;
use market::password::{fold_login, lock_out, parse_login};
use market::time::Duration;
use market::{MandateId, PersonId, Refusal, SessionId};

/// The cookie of a session. The prefix makes browsers refuse it without `Secure`, with a domain or a narrower path.
pub const COOKIE: &str = "__Host-market";

/// Failures of one address that are free before it is slowed down: many people may share it.
const FREE_FAILURES_OF_AN_ADDRESS: u32 = 20;

/// Opens an account and signs it in.
pub async fn register(desk: &mut Desk, ask: &Ask) -> Called {
    let mut read = Reader::new(&ask.form);
    let name = read.need("person_name", line(2, 30));
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
    open_session(desk, ask, id).await?;
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
    let password_hash = passwords::hash(password, desk.chance())
        .await
        .map_err(AppError::broken)?;
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

/// How long a login may be for its failures to be counted; longer ones belong to nobody.
const LONGEST_LOGIN: usize = 64;

/// Signs in. Wrong attempts are counted: the refusal keeps what was written.
pub async fn sign_in(desk: &mut Desk, ask: &Ask) -> Called {
    let login: String = fold_login(ask.form.get("login"));
    let login: String = login.chars().take(LONGEST_LOGIN).collect();
    let keys = [format!("login:{login}"), format!("address:{}", ask.address)];
    for key in &keys {
        let now = desk.now;
        let failures = store::session::failures(desk.conn(), key, now).await?;
        if let Some(until) = failures.locked_until.filter(|until| *until > now) {
            return Err(Refusal::LockedOut { until }.into());
        }
    }
    let found = store::person::credentials(desk.conn(), &login)
        .await?
        .filter(|found| !found.is_disabled);
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let right = passwords::verify(ask.form.get("password").to_string(), hash).await;
    let Some(found) = found.filter(|_| right) else {
        count_failure(desk, &keys).await?;
        return Ok(Reply::Refused(Refusal::WrongPassword));
    };
    store::session::forget_failures(desk.conn(), &keys[0]).await?;
    let mandates = open_session(desk, ask, found.id).await?;
    let wanted = ask.form.get("to");
    let is_local = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains('\\');
    Ok(match mandates {
        0 => Reply::to("/register"),
        1 if is_local => Reply::to(wanted),
        1 => Reply::to("/desk"),
        _ => Reply::to("/account#mandates"),
    })
}

async fn count_failure(desk: &mut Desk, keys: &[String; 2]) -> Result<(), AppError> {
    let now = desk.now;
    for (key, free) in keys.iter().zip([0, FREE_FAILURES_OF_AN_ADDRESS]) {
        let failures = store::session::count_failure(desk.conn(), key, now).await?;
        if let Some(duration) = lock_out((failures as u32).saturating_sub(free)) {
            store::session::lock(desk.conn(), key, now + duration).await?;
        }
    }
    Ok(())
}

/// Opens a session with a fresh token and ends the one that the browser had. Acts for the only mandate, if there is
/// one. Returns the number of mandates.
async fn open_session(desk: &mut Desk, ask: &Ask, person: PersonId) -> Result<usize, AppError> {
    if let Some((session, old)) = desk
        .actor
        .as_ref()
        .and_then(|actor| Some((actor.session?, actor.person)))
    {
        let now = desk.now;
        store::session::end(desk.conn(), session, old, now).await?;
    }
    let mandates = store::mandate::of_person(desk.conn(), person).await?;
    let token = hex::encode(desk.chance().bytes::<32>());
    let hours = desk.world.site.session_hours;
    let session = store::session::NewSession {
        id: desk.id(),
        token_hash: sha256(token.as_bytes()).0,
        person,
        mandate: match mandates.as_slice() {
            [only] => Some(only.id),
            _ => None,
        },
        created_at: desk.now,
        expires_at: desk.now + Duration::hours(hours),
        address: &ask.address,
        agent: &ask.agent,
    };
    store::session::open(desk.conn(), session).await?;
    desk.cookies.push(format!(
        "{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        hours * 3_600
    ));
    Ok(mandates.len())
}

/// Signs out.
pub async fn sign_out(desk: &mut Desk, _: &Ask) -> Called {
    if let Some((session, person)) = desk
        .actor
        .as_ref()
        .and_then(|actor| Some((actor.session?, actor.person)))
    {
        let now = desk.now;
        store::session::end(desk.conn(), session, person, now).await?;
    }
    desk.cookies.push(format!(
        "{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    ));
    Ok(Reply::to("/"))
}

/// Changes the password and ends all other sessions.
pub async fn change_password(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let account = store::person::account(desk.conn(), person).await?;
    let credentials = store::person::credentials_of(desk.conn(), person).await?;
    let mut read = Reader::new(&ask.form);
    let known = [
        account.login.as_str(),
        account.name.as_str(),
        account.phone.as_str(),
    ];
    let password = read.need("new_password", |text| passwords::parse_new(text, &known));
    if password.is_some() && ask.form.get("new_password") != ask.form.get("new_password_again") {
        read.wrong("new_password_again", "两次输入的密码不一样。");
    }
    let old = ask.form.get("old_password").to_string();
    if !passwords::verify(old, Some(credentials.password_hash)).await {
        read.wrong("old_password", "原密码不正确。");
    }
    let password = read.finish(|| password)?;
    let hash = passwords::hash(password, desk.chance())
        .await
        .map_err(AppError::broken)?;
    store::person::set_password(desk.conn(), person, &hash).await?;
    if let Some(session) = desk.actor.as_ref().and_then(|actor| actor.session) {
        let now = desk.now;
        store::session::end_others(desk.conn(), session, person, now).await?;
    }
    desk.journal("修改密码", "person", person.0, "").await?;
    Ok(Reply::to("/account?done=password"))
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

/// Ends one of one's own sessions.
pub async fn end_session(desk: &mut Desk, ask: &Ask) -> Called {
    let id: SessionId = ask.param("id").ok_or(AppError::NotFound)?;
    let (person, now) = (desk.person()?, desk.now);
    match store::session::end(desk.conn(), id, person, now).await {
        Err(store::Fault::Stale) => Err(AppError::NotFound),
        other => {
            other?;
            Ok(Reply::to("/account?done=ended"))
        }
    }
}

/// Larger text and plainer words, or back; remembered in a cookie that says nothing else.
pub async fn elder(desk: &mut Desk, ask: &Ask) -> Called {
    let on = ask.form.get("elder") == "on";
    let age = if on { 31_536_000 } else { 0 };
    desk.cookies.push(format!(
        "__Host-elder=1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}"
    ));
    let to = ask.form.get("to");
    let is_local = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\');
    Ok(Reply::to(if is_local { to } else { "/" }))
}
