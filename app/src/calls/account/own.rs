//! What one does with one's own account: correcting the telephone, taking a copy of one's data, closing it.

use super::super::Called;
use super::attempt::Attempt;
use super::session::{COOKIE, keep_cookie};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use crate::world::World;
use market::agency::{AgencyState, DossierAction};
use market::claim::GAVE_UP;
use market::duty::{self, Leaving};
use market::effect::Receiver;
use market::form::Reader;
use market::identity::{mask_name, parse_own_phone};
use market::journal::{Deed, Subject};
use market::owner::OwnerState;
use market::time::{Duration, stamp};
use market::{PersonId, Refusal};
use serde_json::{Value, json};
use store::journal::Outcome;
use store::person::Held;

/// Corrects the telephone.
pub async fn correct_phone(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let mut read = Reader::new(&ask.form);
    let phone = read.need("phone", parse_own_phone);
    let phone = read.finish(|| phone)?;
    let vault = desk.world.vault.clone();
    let phone = vault.seal_phone(person, &phone, desk.chance());
    store::person::set_phone(desk.conn(), person, &phone).await?;
    desk.journal(Deed::CorrectPhone, Subject::Person(person), "")
        .await?;
    Ok(Reply::done("/account", Done::Saved))
}

/// Everything that is held on the person, as a file.
pub async fn data(desk: &mut Desk, _: &Ask) -> Called {
    let (person, now) = (desk.person()?, desk.now);
    let account = store::person::account(desk.conn(), person).await?;
    let phone = match &account.phone_sealed {
        Some(sealed) => desk.world.vault.open_phone(person, sealed)?,
        None => String::new(),
    };
    let idle = now - Duration::minutes(desk.world.site.session_idle_minutes);
    let mandates = store::mandate::of_person(desk.conn(), person).await?;
    let sessions = store::session::of_person(desk.conn(), person, now, idle).await?;
    let lines = store::journal::of_person(desk.conn(), person).await?;
    let files = store::file::of_person(desk.conn(), person).await?;
    let settings = store::message::settings(desk.conn(), person).await?;
    let mailbox = match &settings.mailbox {
        Some(mailbox) => desk.world.vault.open_mailbox(person, &mailbox.sealed)?,
        None => String::new(),
    };
    let messages = store::message::of_person(desk.conn(), person).await?;
    let list = |values: Vec<Value>| Value::Array(values);
    let held = json!({
        "导出时间": stamp(now),
        "姓名": account.name,
        "登录名": account.login,
        "手机": phone,
        "邮箱": mailbox,
        "注册时间": stamp(account.created_at),
        "代表的单位和角色": list(mandates.into_iter().map(|row| json!({
            "单位": row.body_name, "角色": row.role.label() })).collect()),
        "登录": list(sessions.into_iter().map(|row| json!({
            "登录时间": stamp(row.created_at), "最近使用": stamp(row.seen_at), "网络地址": row.address, "浏览器": row.agent })).collect()),
        "消息": list(messages.into_iter().map(|row| json!({
            "时间": stamp(row.created_at), "标题": row.title(), "已读": row.read_at.map(stamp) })).collect()),
        "上传的文件": list(files.into_iter().map(|(name, at)| json!({ "名称": name, "时间": stamp(at) })).collect()),
        "操作记录": list(lines.into_iter().map(|row| json!({
            "时间": stamp(row.at), "操作": row.action, "说明": row.note, "网络地址": row.address, "结果": Outcome::of_code(&row.result).label() })).collect()),
    });
    desk.journal(Deed::DownloadOwnData, Subject::Person(person), "")
        .await?;
    let text =
        serde_json::to_string_pretty(&held).map_err(|error| AppError::Broken(Box::new(error)))?;
    Ok(Reply::Download {
        name: format!("本人数据-{}.json", account.login),
        media_type: "application/json; charset=utf-8",
        text,
    })
}

/// Closes the account, with the password and a tick. Nobody leaves a body without anybody who could act for it.
pub async fn close(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let mut read = Reader::new(&ask.form);
    let agreed = read.agreed("agreed", "请确认已经了解注销后不能恢复。");
    read.finish(|| agreed)?;
    let credentials = store::person::credentials_of(desk.conn(), person).await?;
    let attempt = Attempt::by_person(person);
    let typed = ask.form.get("password");
    if !attempt
        .judge(desk, typed, Some(credentials.password_hash))
        .await?
    {
        desk.record(
            Deed::CloseAccount,
            Subject::Person(person),
            "密码不正确",
            Outcome::Failed,
        )
        .await?;
        return Ok(Reply::Refused(Refusal::at("password", "密码不正确。")));
    }
    let held = store::person::held(desk.conn(), person).await?;
    let holdings: Vec<_> = held.iter().map(Held::holding).collect();
    duty::leave_all(&holdings)?;
    for held in &held {
        if held.holding().leave() == Leaving::GivesUp {
            give_up(desk, held).await?;
        }
    }
    let (now, account) = (desk.now, store::person::account(desk.conn(), person).await?);
    let note = format!("{}（登录名 {}）", account.name, account.login);
    desk.journal(Deed::CloseAccount, Subject::Person(person), &note)
        .await?;
    store::person::close(desk.conn(), person, &mask_name(&account.name), now).await?;
    store::effect::forget(desk.conn(), &Receiver::person(person), None, now).await?;
    store::session::end_all(desk.conn(), person, now).await?;
    store::session::forget_browsers(desk.conn(), person).await?;
    keep_cookie(desk, COOKIE, "", Duration::ZERO);
    Ok(Reply::to("/"))
}

/// Gives a registration up that was never confirmed: nobody is to check what nobody could complete.
/// Errors: it has just been confirmed.
async fn give_up(desk: &mut Desk, held: &Held) -> Result<(), AppError> {
    let now = desk.now;
    let (subject, is_confirmed) = if let Some(id) = held.owner {
        let owner = store::owner::lock(desk.conn(), id).await?;
        let owner = owner.ok_or(AppError::NotFound)?;
        let state = owner.state.give_way();
        store::claim::return_owner(desk.conn(), id, owner.version, state, GAVE_UP).await?;
        (Subject::Owner(id), state == OwnerState::Active)
    } else if let Some(id) = held.agency {
        let dossier = store::dossier::lock(desk.conn(), id).await?;
        let dossier = dossier.ok_or(AppError::NotFound)?;
        let state = dossier.state.after(DossierAction::GiveWay)?;
        let version = dossier.version;
        store::claim::return_agency(desk.conn(), id, version, state, GAVE_UP, now).await?;
        (Subject::Agency(id), state == AgencyState::Settled)
    } else {
        return Ok(());
    };
    if is_confirmed {
        return Err(Refusal::Stale.into());
    }
    desk.journal(Deed::EndWithAccount, subject, "").await
}

/// Seals the telephones of before they were sealed. Returns how many. Needs the installation's key, so it is no
/// migration; each batch is a transaction, and a start that is cut off goes on at the next.
pub async fn seal_phones(world: &World) -> Result<u64, AppError> {
    let mut count = 0;
    loop {
        let mut desk = Desk::writing(world).await?;
        let plain: Vec<(PersonId, String)> = store::person::plain_phones(desk.conn()).await?;
        if plain.is_empty() {
            return Ok(count);
        }
        let vault = desk.world.vault.clone();
        for (person, phone) in plain {
            let phone = vault.seal_phone(person, &phone, desk.chance());
            store::person::set_phone(desk.conn(), person, &phone).await?;
            count += 1;
        }
        desk.commit().await?;
    }
}
