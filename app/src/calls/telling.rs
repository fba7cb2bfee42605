//! Who is told, and by which ways: the rows and what is to leave the house, in the transaction of the decision.

use crate::AppError;
use crate::desk::{Desk, Sending};
use market::effect::{Effect, Envelope, MESSAGE_TEMPLATE, Mail, Receiver, Sms};
use market::job::Job;
use market::journal::Subject;
use market::message::preference::{MailWish, next_daily, send_at};
use market::message::{Addressed, Audience, Message};
use market::{MessageId, PersonId, Timestamp};
use std::collections::BTreeMap;
use store::message::{MessageRow, NewMessage, Recipient};
use uuid::Uuid;

/// Tells an audience, each of its people once: on the site, and by mail and text message as the person prefers.
/// Whoever has done what is told of needs no message about it.
pub(super) async fn tell(desk: &mut Desk, addressed: &Addressed) -> Result<(), AppError> {
    let (message, kind) = (&addressed.message, addressed.message.kind());
    let actor = desk.actor.as_ref().map(|actor| actor.person);
    let except = actor.filter(|_| !kind.is_told_to_who_acted());
    let (to, topic) = (addressed.to, kind.topic());
    let recipients = store::message::recipients(desk.conn(), to, topic, except).await?;
    let entrants_of = match addressed.to {
        Audience::Entrants(id) if kind.tells_who_is_signed_up() => Some(id),
        _ => None,
    };
    for recipient in recipients {
        let (id, at): (MessageId, Timestamp) = (desk.id(), desk.now);
        let has_mailbox = recipient.mailbox_sealed.is_some();
        let waits_for_daily = has_mailbox && recipient.preference.mail == MailWish::Daily;
        let new = NewMessage {
            id,
            person: recipient.person,
            mandate: recipient.mandate,
            message,
            once: addressed.once.as_deref(),
            entrants_of,
            waits_for_daily,
            at,
        };
        if !store::message::write(desk.conn(), new).await? {
            continue;
        }
        if waits_for_daily {
            let job = Job::DailyMail(recipient.person);
            desk.enqueue(job.kind(), job.subject(), next_daily(at))
                .await?;
        }
        send(desk, id, message, &recipient).await?;
    }
    Ok(())
}

/// Mail and text message of one message to one person.
async fn send(
    desk: &mut Desk,
    id: MessageId,
    message: &Message,
    recipient: &Recipient,
) -> Result<(), AppError> {
    let due_at = send_at(message, recipient.quiet, desk.now);
    let receiver = Receiver::person(recipient.person);
    let said = message.said();
    if let Some(sealed) = recipient
        .mailbox_sealed
        .as_ref()
        .filter(|_| recipient.preference.mail == MailWish::AtOnce)
    {
        let mail = Effect::Mail(Mail {
            subject: said.title.clone(),
            text: letter(desk, &said.text, &format!("/messages/{id}")),
        });
        let to = desk.world.vault.open_mailbox(recipient.person, sealed)?;
        let sending = Sending {
            effect: &mail,
            receiver: receiver.clone(),
            envelope: Envelope { to, code: None },
            idempotency_key: &format!("message:{id}:mail"),
            subject: Subject::Message(id),
            due_at,
        };
        desk.send(sending).await?;
    }
    let Some(sealed) = recipient
        .phone_sealed
        .as_ref()
        .filter(|_| recipient.preference.sms)
    else {
        return Ok(());
    };
    let to = desk.world.vault.open_phone(recipient.person, sealed)?;
    if !market::identity::is_mobile(&to) {
        return Ok(());
    }
    let variables = BTreeMap::from([("title".to_string(), said.title)]);
    let sms = Effect::Sms(Sms {
        template: MESSAGE_TEMPLATE.into(),
        variables,
    });
    let sending = Sending {
        effect: &sms,
        receiver,
        envelope: Envelope { to, code: None },
        idempotency_key: &format!("message:{id}:sms"),
        subject: Subject::Message(id),
        due_at,
    };
    desk.send(sending).await?;
    Ok(())
}

/// The text of a mail: what is said, where it is done, and who writes.
pub(super) fn letter(desk: &Desk, text: &str, path: &str) -> String {
    let site = &desk.world.site;
    let (name, url, phone) = (&site.name, &site.public_url, &site.host_phone);
    format!(
        "{text}\n\n查看和办理：{url}{path}\n\n{name}\n咨询电话：{phone}\n本邮件由系统发出，请不要回复；要少收邮件，请在“我的账号”的“消息设置”里选择。\n"
    )
}

/// The clock: the daily mail of a person, if anything waits for it. Who has no address any more gets none.
pub async fn daily_mail(desk: &mut Desk, person: PersonId) -> Result<(), AppError> {
    let settings = store::message::lock_settings(desk.conn(), person).await?;
    let daily: Uuid = desk.id();
    let rows = store::message::take_daily(desk.conn(), person, daily).await?;
    let Some(mailbox) = settings.mailbox.filter(|_| !rows.is_empty()) else {
        return Ok(());
    };
    let now = desk.now;
    let mail = Effect::Mail(Mail {
        subject: format!("今天有 {} 条消息", rows.len()),
        text: letter(desk, &all_of(&rows), "/messages"),
    });
    let sending = Sending {
        effect: &mail,
        receiver: Receiver::person(person),
        envelope: Envelope {
            to: desk.world.vault.open_mailbox(person, &mailbox.sealed)?,
            code: None,
        },
        idempotency_key: &format!("daily:{daily}:mail"),
        subject: Subject::DailyMail(daily),
        due_at: settings.quiet.map_or(now, |quiet| quiet.after(now)),
    };
    desk.send(sending).await?;
    Ok(())
}

/// Every message of a daily mail; one that cannot be read is counted, not left out.
fn all_of(rows: &[MessageRow]) -> String {
    let numbered = rows.iter().zip(1..).map(|(row, n)| match row.message() {
        Ok(message) => {
            let said = message.said();
            format!("{n}. {}\n{}", said.title, said.text)
        }
        Err(_) => format!("{n}. 这条消息请登录查看。"),
    });
    numbered.collect::<Vec<_>>().join("\n\n")
}
