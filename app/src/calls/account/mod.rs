//! Accounts: opening one, and for whom one acts. Signing in, sessions and passwords have files of their own.

mod attempt;
mod kept;
mod own;
mod password;
mod session;
mod sign_in;
mod successor;

pub(super) use attempt::{Attempt, Ending};
pub use kept::{find as find_kept, keep, take_lost};
pub use own::{close, correct_phone, data, seal_phones};
pub use password::{change as change_password, hashed};
pub use session::{BROWSER, COOKIE, KEEPER, end as end_session, sign_out};
pub use sign_in::sign_in;
pub use successor::{end_administrator, give_first_password, name_administrator, own_body};

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::{Actor, Desk};
use crate::passwords;
use crate::reply::Reply;
use market::form::{Reader, person};
use market::identity::parse_own_phone;
use market::journal::{Deed, Subject};
use market::password::parse_login;
use market::time::Duration;
use market::{Form, MandateId, PersonId, Problems};

/// Opens an account and signs it in.
pub async fn register(desk: &mut Desk, ask: &Ask) -> Called {
    let site = desk.world.site.clone();
    let mut read = Reader::new(&ask.form);
    let typed = TypedAccount::read(&mut read, &ask.form, &[&site.name, &site.region_name]);
    let is_repeated = ask.form.get("new_password") == ask.form.get("new_password_again");
    if typed.password.is_some() && !is_repeated {
        read.wrong("new_password_again", "两次输入的密码不一样。");
    }
    read.agreed("agreed", "请阅读并同意个人信息的使用说明。");
    let account = read.finish(|| typed.whole())?;
    let id = add_person(desk, &account, ChosenBy::Itself).await?;
    session::open(desk, ask, id, None).await?;
    desk.actor = Some(Actor {
        session: None,
        person: id,
        name: account.name,
        acting: None,
        must_change_password: false,
        unread: 0,
    });
    desk.journal(Deed::RegisterPerson, Subject::Person(id), "")
        .await?;
    Ok(Reply::to("/register"))
}

/// An account to open.
#[derive(Clone)]
pub struct NewAccount {
    pub name: String,
    pub phone: String,
    pub login: String,
    pub password: String,
}

impl NewAccount {
    /// Reads the form that somebody fills in for another. Errors: every mistake.
    pub fn read(form: &Form) -> Result<NewAccount, Problems> {
        let mut read = Reader::new(form);
        let typed = TypedAccount::read(&mut read, form, &[]);
        read.finish(|| typed.whole())
    }
}

/// The fields of the form, as far as they could be read.
struct TypedAccount {
    name: Option<String>,
    phone: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

impl TypedAccount {
    /// The password repeats neither the other fields nor what stands in `also`.
    fn read(read: &mut Reader<'_>, form: &Form, also: &[&str]) -> TypedAccount {
        let mut known = vec![
            form.get("login"),
            form.get("person_name"),
            form.get("phone"),
        ];
        known.extend(also);
        TypedAccount {
            name: read.need("person_name", person),
            phone: read.need("phone", parse_own_phone),
            login: read.need("login", parse_login),
            password: read.need("new_password", |text| passwords::parse_new(text, &known)),
        }
    }

    fn whole(self) -> Option<NewAccount> {
        Some(NewAccount {
            name: self.name?,
            phone: self.phone?,
            login: self.login?,
            password: self.password?,
        })
    }
}

/// Who has chosen a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenBy {
    Itself,
    /// It is handed over, and changed before anything else.
    SomebodyElse,
}

/// Adds a person with a hashed password.
pub async fn add_person(
    desk: &mut Desk,
    account: &NewAccount,
    chosen_by: ChosenBy,
) -> Result<PersonId, AppError> {
    let password_hash = password::hashed(desk, account.password.clone()).await?;
    let id: PersonId = desk.id();
    let vault = desk.world.vault.clone();
    let phone = vault.seal_phone(id, &account.phone, desk.chance());
    let person = store::person::NewPerson {
        id,
        login: &account.login,
        name: &account.name,
        phone: &phone,
        password_hash: &password_hash,
        must_change_password: chosen_by == ChosenBy::SomebodyElse,
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
    let held = store::mandate::of_person(desk.conn(), person).await?;
    let note = held.into_iter().find(|row| row.id == mandate).map(|row| {
        let body = row.body_name.unwrap_or_else(|| "平台".into());
        format!("{body}（{}）", row.role.label())
    });
    let (subject, note) = (Subject::Mandate(mandate), note.unwrap_or_default());
    desk.journal(Deed::SwitchMandate, subject, &note).await?;
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
        Err(store::Fault::Stale) => return Err(AppError::NotFound),
        other => other?,
    }
    session::renew(desk).await
}

/// The cookie of larger text and plainer words.
pub const ELDER: &str = "__Host-elder";

/// How long a browser remembers it.
const ELDER_FOR: Duration = Duration::days(365);

/// Larger text and plainer words, or back; remembered in a cookie that says nothing else.
pub async fn elder(desk: &mut Desk, ask: &Ask) -> Called {
    let on = ask.form.get("elder") == "on";
    let age = if on { ELDER_FOR } else { Duration::ZERO };
    session::keep_cookie(desk, ELDER, "1", age);
    Ok(Reply::back_to(ask.form.get("to"), "/"))
}
