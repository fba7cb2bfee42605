//! What one does with one's messages, and how one wishes to be told.

use super::Called;
use super::telling::letter;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::{Desk, Sending};
use crate::done::Done;
use crate::reply::{LocalPath, Reply};
use crate::vault::Purpose;
use market::effect::{CODE, Effect, EffectKind, Envelope, Mail, Receiver, mask_mailbox};
use market::form::{Reader, number};
use market::journal::{Deed, Subject};
use market::message::mailbox::{
    CODES_COUNT_FOR, is_open, may_send_code, new_code, parse_code, parse_mailbox,
};
use market::message::preference::{MailWish, QuietHours};
use market::message::{Preference, Topic};
use market::{Form, MessageId, Problems, Refusal, Timestamp};
use store::message::{SealedMailbox, code_key};

/// The page on which one says how one wishes to be told.
pub const SETTINGS: &str = "/account/messages";

fn back(ask: &Ask) -> Reply {
    Reply::back_to(ask.form.get("back"), "/messages")
}

fn own<T>(result: store::Result<T>) -> Result<T, AppError> {
    match result {
        Err(store::Fault::Stale) => Err(AppError::NotFound),
        other => Ok(other?),
    }
}

/// Marks one as read, and leads to the page that it is about if the button says so.
pub async fn read(desk: &mut Desk, ask: &Ask) -> Called {
    let id: MessageId = ask.param("id").ok_or(AppError::NotFound)?;
    let (person, now) = (desk.person()?, desk.now);
    own(store::message::mark_read(desk.conn(), id, person, now).await)?;
    if ask.form.get("then") != "open" {
        return Ok(back(ask));
    }
    let row = store::message::find(desk.conn(), id, person)
        .await?
        .ok_or(AppError::NotFound)?;
    let path = row.message().ok().map(|message| message.said().path);
    let place = path.as_deref().and_then(LocalPath::parse);
    Ok(Reply::to(
        place.as_ref().map_or("/messages", LocalPath::as_str),
    ))
}

/// Marks as read whatever was there when the page was made.
pub async fn read_all(desk: &mut Desk, ask: &Ask) -> Called {
    let (person, now) = (desk.person()?, desk.now);
    let seen = ask.form.get("until").parse::<i64>().ok();
    let seen = seen
        .and_then(|micros| Timestamp::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok());
    let until = seen.map_or(now, |seen| seen.min(now));
    store::message::mark_all_read(desk.conn(), person, until, now).await?;
    Ok(Reply::done("/messages", Done::Read))
}

/// Puts one away.
pub async fn put_away(desk: &mut Desk, ask: &Ask) -> Called {
    let id: MessageId = ask.param("id").ok_or(AppError::NotFound)?;
    let (person, now) = (desk.person()?, desk.now);
    match store::message::put_away(desk.conn(), id, person, now).await {
        // Pressed again: it is as it should be.
        Err(store::Fault::Stale) => {
            let row = store::message::find(desk.conn(), id, person).await?;
            row.ok_or(AppError::NotFound)?;
        }
        other => other?,
    }
    Ok(back(ask))
}

/// The names of the fields of a topic.
pub fn fields(topic: Topic) -> (&'static str, &'static str) {
    match topic {
        Topic::Requirement => ("mail_requirement", "sms_requirement"),
        Topic::Award => ("mail_award", "sms_award"),
        Topic::Contract => ("mail_contract", "sms_contract"),
        Topic::Credit => ("mail_credit", "sms_credit"),
        Topic::Deadline => ("mail_deadline", "sms_deadline"),
        Topic::Registration => ("mail_registration", "sms_registration"),
        Topic::Desk => ("mail_desk", "sms_desk"),
    }
}

/// Reads the quiet hours: none, or two different hours.
fn read_quiet(form: &Form) -> Result<Option<QuietHours>, Problems> {
    if form.get("quiet").is_empty() {
        return Ok(None);
    }
    let mut read = Reader::new(form);
    let from = read.choose("quiet_from", number(0, 23, &[]));
    let until = read.choose("quiet_until", number(0, 23, &[]));
    let hours = from.zip(until).and_then(|(from, until)| {
        QuietHours::new(u8::try_from(from).ok()?, u8::try_from(until).ok()?)
    });
    if from.is_some() && until.is_some() && hours.is_none() {
        read.wrong("quiet_until", "开始和结束不能是同一时间。");
    }
    read.finish(|| hours.map(Some))
}

/// Saves what one prefers.
pub async fn prefer(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let quiet = read_quiet(&ask.form)?;
    let mut wishes = Vec::new();
    let mut read = Reader::new(&ask.form);
    for &topic in Topic::ALL {
        let (mail, sms) = fields(topic);
        let mail = read.choose(mail, MailWish::parse);
        wishes.push(mail.map(|mail| {
            let sms = !ask.form.get(sms).is_empty();
            (topic, Preference { mail, sms })
        }));
    }
    let wishes = read.finish(|| wishes.into_iter().collect::<Option<Vec<_>>>())?;
    for (topic, preference) in wishes {
        store::message::prefer(desk.conn(), person, topic, preference).await?;
    }
    store::message::set_quiet(desk.conn(), person, quiet).await?;
    Ok(Reply::done(SETTINGS, Done::Saved))
}

/// Sends a code to a new address; only who can read it there may have it used.
pub async fn set_mailbox(desk: &mut Desk, ask: &Ask) -> Called {
    let (person, now) = (desk.person()?, desk.now);
    let mut read = Reader::new(&ask.form);
    let mailbox = read.need("mailbox", parse_mailbox);
    let mailbox = read.finish(|| mailbox)?;
    let vault = desk.world.vault.clone();
    store::message::lock_settings(desk.conn(), person).await?;
    let digest = vault.digest(Purpose::Mailbox, &mailbox);
    let since = now - CODES_COUNT_FOR;
    let sent = store::message::codes_sent(desk.conn(), person, digest, since).await?;
    may_send_code(sent, now).map_err(|sentence| Refusal::at("mailbox", sentence))?;
    let key = format!(
        "{}{person}:{}",
        code_key(digest),
        now.unix_timestamp_nanos()
    );
    let code = new_code(desk.chance());
    let digest = vault.digest(Purpose::Mailbox, &format!("{person}|{code}"));
    let sealed = SealedMailbox {
        sealed: vault.seal_mailbox(person, &mailbox, desk.chance()),
        masked: mask_mailbox(&mailbox),
    };
    store::message::expect_code(desk.conn(), person, &sealed, digest, now).await?;
    let text = format!(
        "您正在“消息设置”里填写这个邮箱。确认码：{CODE}，30 分钟内有效。不是您本人操作的，不用理会。"
    );
    let mail = Effect::Mail(Mail {
        subject: "邮箱确认码".into(),
        text: letter(desk, &text, SETTINGS),
    });
    let sending = Sending {
        effect: &mail,
        receiver: Receiver::person(person),
        envelope: Envelope {
            to: mailbox,
            code: Some(code),
        },
        idempotency_key: &key,
        subject: Subject::Person(person),
        due_at: now,
    };
    desk.send(sending).await?;
    Ok(Reply::done(format!("{SETTINGS}#code"), Done::CodeSent))
}

/// Confirms the new address by its code. What is wrong is counted, though the form comes back.
pub async fn confirm_mailbox(desk: &mut Desk, ask: &Ask) -> Called {
    let (person, now) = (desk.person()?, desk.now);
    let mut read = Reader::new(&ask.form);
    let typed = read.need("code", parse_code);
    let typed = read.finish(|| typed)?;
    let settings = store::message::lock_settings(desk.conn(), person).await?;
    let code = settings
        .code
        .filter(|code| is_open(code.sent_at, code.attempts, now));
    let Some(code) = code else {
        let sentence = "确认码已失效，请重新填写邮箱，再发一次。";
        return Err(Refusal::at("code", sentence).into());
    };
    let digest = desk
        .world
        .vault
        .digest(Purpose::Mailbox, &format!("{person}|{typed}"));
    if digest != code.digest {
        store::message::count_wrong_code(desk.conn(), person).await?;
        let sentence = match is_open(code.sent_at, code.attempts + 1, now) {
            true => "确认码不对，请核对邮件里的 6 位数字。",
            false => "确认码多次不对，已失效，请重新填写邮箱，再发一次。",
        };
        return Ok(Reply::Refused(Refusal::at("code", sentence)));
    }
    store::message::confirm_mailbox(desk.conn(), person).await?;
    desk.journal(Deed::SetMailbox, Subject::Person(person), "")
        .await?;
    Ok(Reply::done(SETTINGS, Done::Confirmed))
}

/// Forgets the address: no more mail, that which waits included.
pub async fn forget_mailbox(desk: &mut Desk, _: &Ask) -> Called {
    let person = desk.person()?;
    let now = desk.now;
    if store::message::forget_mailbox(desk.conn(), person).await? {
        let (receiver, kind) = (Receiver::person(person), Some(EffectKind::Mail));
        store::effect::forget(desk.conn(), &receiver, kind, now).await?;
        desk.journal(Deed::ForgetMailbox, Subject::Person(person), "")
            .await?;
    }
    Ok(Reply::done(SETTINGS, Done::Removed))
}
