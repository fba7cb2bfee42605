//! Passwords: hashing them, and changing one's own.

use super::super::Called;
use super::attempt::Attempt;
use super::session;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::passwords;
use crate::reply::Reply;
use market::form::Reader;
use market::journal::{Deed, Subject};
use market::password::is_nearly;
use store::journal::Outcome;

/// The hash of a new password, made without holding a connection: what was written before is permanent.
pub async fn hashed(desk: &mut Desk, password: String) -> Result<String, AppError> {
    let (hashing, salt) = (desk.world.hashing.clone(), desk.chance().bytes());
    desk.between(hashing.hash(password, salt)).await?
}

/// Changes the password and ends all other sessions. A wrong old password is counted as at sign-in.
pub async fn change(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let account = store::person::account(desk.conn(), person).await?;
    let phone = match &account.phone_sealed {
        Some(sealed) => desk.world.vault.open_phone(person, sealed)?,
        None => String::new(),
    };
    let site = desk.world.site.clone();
    let mut read = Reader::new(&ask.form);
    let known = [
        account.login.as_str(),
        account.name.as_str(),
        phone.as_str(),
        site.name.as_str(),
        site.region_name.as_str(),
    ];
    let password = read.need("new_password", |text| passwords::parse_new(text, &known));
    if password.is_some() && ask.form.get("new_password") != ask.form.get("new_password_again") {
        read.wrong("new_password_again", "两次输入的密码不一样。");
    }
    let (new, old) = (ask.form.get("new_password"), ask.form.get("old_password"));
    if password.is_some() && is_nearly(new, old) {
        read.wrong(
            "new_password",
            "新密码与原密码相同，或者只差一个字符、大小写或首尾空格。请换一个不相干的密码。",
        );
    }
    let password = read.finish(|| password)?;
    let credentials = store::person::credentials_of(desk.conn(), person).await?;
    let old = ask.form.get("old_password");
    let attempt = Attempt::by_person(person);
    if !attempt
        .judge(desk, old, Some(credentials.password_hash))
        .await?
    {
        desk.record(
            Deed::ChangePassword,
            Subject::Person(person),
            "原密码不正确",
            Outcome::Failed,
        )
        .await?;
        let refusal = market::Refusal::at("old_password", "原密码不正确。");
        return Ok(Reply::Refused(refusal));
    }
    let hash = hashed(desk, password).await?;
    store::person::set_password(desk.conn(), person, &hash, false).await?;
    session::renew(desk).await?;
    if let Some(session) = desk.actor.as_ref().and_then(|actor| actor.session) {
        let now = desk.now;
        store::session::end_others(desk.conn(), session, person, now).await?;
    }
    desk.journal(Deed::ChangePassword, Subject::Person(person), "")
        .await?;
    Ok(Reply::done("/account", Done::Password))
}
