//! Signing in.

use super::super::Called;
use super::attempt::Attempt;
use super::{kept, session};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::{Actor, Desk};
use crate::records::{Kind, Who};
use crate::reply::Reply;
use market::hash::sha256;
use market::journal::{Deed, Subject};
use market::password::{fold_login, place};
use market::time::{stamp_seconds, whole_second_from};
use market::{PersonId, Refusal};
use store::journal::Outcome;
use uuid::Uuid;

/// How long a login may be for its attempts to be counted; longer ones belong to nobody.
const LONGEST_LOGIN: usize = 64;

/// Signs in. The attempt is counted before it is judged, and the refusal keeps what was counted.
pub async fn sign_in(desk: &mut Desk, ask: &Ask) -> Called {
    let login = login_typed(ask.form.get("login"));
    let found = store::person::credentials(desk.conn(), &login).await?;
    let found = found.filter(|found| !found.is_disabled);
    let (person, hash) = match &found {
        Some(found) => (Some(found.id), Some(found.password_hash.clone())),
        None => (None, None),
    };
    let name = found.as_ref().map(|found| found.name.as_str());
    let tried = Tried {
        person,
        account: account_tried(&login, name),
    };
    let attempt = attempt(desk, ask, &login, person).await?;
    let right = match attempt
        .judge(desk, ask.form.get("password"), hash.clone())
        .await
    {
        Ok(right) => right,
        Err(AppError::Refused(refusal @ Refusal::LockedOut { .. })) => {
            let note = "尝试次数过多，没有核对";
            note_failure(desk, &tried, Kind::Locked, note, Outcome::Refused).await?;
            return Ok(Reply::Refused(refusal));
        }
        Err(error) => return Err(error),
    };
    // While it was judged, the account may have been closed or the password changed.
    let still = store::person::credentials(desk.conn(), &login).await?;
    let still =
        still.filter(|still| !still.is_disabled && Some(&still.password_hash) == hash.as_ref());
    let Some(found) = still.filter(|_| right) else {
        let locked = attempt.locked_until(desk).await?;
        let note =
            locked.map(|until| format!("已锁定至 {}", stamp_seconds(whole_second_from(until))));
        let note = note.unwrap_or_default();
        let kind = match person {
            Some(_) => Kind::WrongPassword,
            None => Kind::UnknownLogin,
        };
        note_failure(desk, &tried, kind, &note, Outcome::Failed).await?;
        return Ok(Reply::Refused(Refusal::WrongPassword));
    };
    let wanted = kept::mandate(desk, ask).await?;
    let mandates = session::open(desk, ask, found.id, wanted).await?;
    desk.actor = Some(Actor {
        session: None,
        person: found.id,
        name: found.name,
        acting: None,
        must_change_password: false,
        unread: 0,
    });
    desk.journal(Deed::SignIn, Subject::Person(found.id), "")
        .await?;
    if let Ok(id) = ask.form.get("kept").parse::<Uuid>() {
        return Ok(Reply::to(address::kept_form(id)));
    }
    Ok(match mandates {
        0 => Reply::to("/register"),
        1 => Reply::back_to(ask.form.get("to"), "/desk"),
        _ => Reply::to("/account#mandates"),
    })
}

/// The account that somebody tried.
struct Tried {
    person: Option<PersonId>,
    /// In words, for the records.
    account: String,
}

/// Writes that somebody tried a password and was not let in. A flood of them does not fill the records.
async fn note_failure(
    desk: &mut Desk,
    tried: &Tried,
    kind: Kind,
    note: &str,
    result: Outcome,
) -> Result<(), AppError> {
    let who = Who::at(&desk.address);
    let Some(last) = desk.world.records.room(who, kind, desk.now) else {
        return Ok(());
    };
    let subject = Subject::Person(tried.person.unwrap_or(PersonId(Uuid::nil())));
    let note = format!("{}。{note}{last}", tried.account);
    desk.record(Deed::SignIn, subject, &note, result).await
}

/// The login as it was typed, in the form in which logins are kept; what can't be one is counted as it stands.
fn login_typed(text: &str) -> String {
    fold_login(text).chars().take(LONGEST_LOGIN).collect()
}

/// What an attempt at a login is counted by.
async fn attempt(
    desk: &mut Desk,
    ask: &Ask,
    login: &str,
    person: Option<PersonId>,
) -> Result<Attempt, AppError> {
    let place = place(&ask.address);
    let Some(person) = person else {
        return Ok(Attempt::by_place(login, &place, false));
    };
    if let Some(browser) = &ask.browser {
        let browser = sha256(browser.as_bytes()).0;
        if store::session::knows_browser(desk.conn(), person, browser).await? {
            return Ok(Attempt::by_browser(browser, person));
        }
    }
    let is_known = store::session::knows_place(desk.conn(), person, &ask.address).await?;
    Ok(Attempt::by_place(login, &place, is_known))
}

/// The account as the records name it. Of a login that nobody has no more than how it begins and how long it is, because
/// people type passwords there.
fn account_tried(login: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("账号：{name}（{login}）"),
        None => {
            let length = login.chars().count();
            let shown = (length / 4).min(2);
            let begins: String = login.chars().take(shown).collect();
            format!("没有这个登录名：{begins}…，共 {length} 个字符")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_and_what_may_be_a_password_is_not() {
        assert_eq!(
            account_tried("owner2", Some("李业")),
            "账号：李业（owner2）"
        );
        let of = |login| account_tried(login, None);
        assert_eq!(of("geheim-password"), "没有这个登录名：ge…，共 15 个字符");
        assert_eq!(of("abc"), "没有这个登录名：…，共 3 个字符");
    }
}
