//! How a person is reached: address, quiet hours, and what is preferred for each topic.

use super::{preference, quiet};
use crate::Result;
use market::hash::Hex32;
use market::message::mailbox::CodesSent;
use market::message::preference::QuietHours;
use market::message::{Preference, Topic};
use market::{PersonId, Timestamp};
use sqlx::PgConnection;

/// An address for mail as it is stored.
#[derive(Debug, Clone)]
pub struct SealedMailbox {
    pub sealed: Vec<u8>,
    pub masked: String,
}

/// A code that was sent to a new address.
#[derive(Debug, Clone)]
pub struct SentCode {
    pub mailbox: SealedMailbox,
    pub digest: Hex32,
    pub sent_at: Timestamp,
    /// Wrong ones typed since.
    pub attempts: i32,
}

/// What a person has set.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The confirmed address.
    pub mailbox: Option<SealedMailbox>,
    pub code: Option<SentCode>,
    pub quiet: Option<QuietHours>,
}

/// What a person has set; nothing for who has set nothing.
pub async fn settings(conn: &mut PgConnection, person: PersonId) -> Result<Settings> {
    let row = sqlx::query!(
        r#"select mailbox_sealed, mailbox_masked, new_mailbox_sealed, new_mailbox_masked,
                  code_digest as "code_digest: Hex32", code_sent_at, code_attempts, quiet_from, quiet_until
           from message_settings where person_id = $1"#,
        person as _
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else {
        return Ok(Settings::default());
    };
    let code = row
        .new_mailbox_sealed
        .zip(row.code_digest)
        .zip(row.code_sent_at);
    Ok(Settings {
        mailbox: row.mailbox_sealed.map(|sealed| SealedMailbox {
            sealed,
            masked: row.mailbox_masked,
        }),
        code: code.map(|((sealed, digest), sent_at)| SentCode {
            mailbox: SealedMailbox {
                sealed,
                masked: row.new_mailbox_masked,
            },
            digest,
            sent_at,
            attempts: row.code_attempts,
        }),
        quiet: quiet(row.quiet_from, row.quiet_until),
    })
}

/// The same with the row locked, made if there is none: of two codes typed at once, the second sees what the first has
/// counted.
pub async fn lock_settings(conn: &mut PgConnection, person: PersonId) -> Result<Settings> {
    sqlx::query!(
        "insert into message_settings (person_id) values ($1)
         on conflict (person_id) do update set person_id = excluded.person_id",
        person as _
    )
    .execute(&mut *conn)
    .await?;
    settings(conn, person).await
}

/// Remembers a new address with the code that was sent to it; the confirmed one stays in use meanwhile.
pub async fn expect_code(
    conn: &mut PgConnection,
    person: PersonId,
    mailbox: &SealedMailbox,
    digest: Hex32,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update message_settings set new_mailbox_sealed = $2, new_mailbox_masked = $3, code_digest = $4,
                code_sent_at = $5, code_attempts = 0
         where person_id = $1",
        person as _,
        mailbox.sealed,
        mailbox.masked,
        digest as _,
        now
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// How the keys of codes that are sent to an address begin. `mailbox`: a keyed digest of the address.
pub fn code_key(mailbox: Hex32) -> String {
    format!("mailbox:{mailbox}:")
}

/// The codes that were sent since an instant, for a person and to an address.
pub async fn codes_sent(
    conn: &mut PgConnection,
    person: PersonId,
    mailbox: Hex32,
    since: Timestamp,
) -> Result<CodesSent> {
    Ok(sqlx::query_as!(
        CodesSent,
        r#"select max(created_at) filter (where subject = $1) as last_at,
                  count(*) filter (where subject = $1) as "for_person!",
                  count(*) filter (where starts_with(idempotency_key, $2)) as "to_mailbox!"
           from effects where created_at > $3 and starts_with(idempotency_key, 'mailbox:')"#,
        person as _,
        code_key(mailbox),
        since
    )
    .fetch_one(conn)
    .await?)
}

/// Counts a wrong code.
pub async fn count_wrong_code(conn: &mut PgConnection, person: PersonId) -> Result<()> {
    let result = sqlx::query!(
        "update message_settings set code_attempts = code_attempts + 1 where person_id = $1",
        person as _
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Puts the new address in the place of the old one.
pub async fn confirm_mailbox(conn: &mut PgConnection, person: PersonId) -> Result<()> {
    let result = sqlx::query!(
        "update message_settings set mailbox_sealed = new_mailbox_sealed, mailbox_masked = new_mailbox_masked,
                new_mailbox_sealed = null, new_mailbox_masked = '', code_digest = null, code_attempts = 0
         where person_id = $1 and new_mailbox_sealed is not null",
        person as _
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Forgets every address of a person. `false`: there was none.
pub async fn forget_mailbox(conn: &mut PgConnection, person: PersonId) -> Result<bool> {
    let result = sqlx::query!(
        "update message_settings set mailbox_sealed = null, mailbox_masked = '', new_mailbox_sealed = null,
                new_mailbox_masked = '', code_digest = null, code_attempts = 0
         where person_id = $1 and (mailbox_sealed is not null or new_mailbox_sealed is not null)",
        person as _
    )
    .execute(conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Sets the hours in which nothing is sent.
pub async fn set_quiet(
    conn: &mut PgConnection,
    person: PersonId,
    quiet: Option<QuietHours>,
) -> Result<()> {
    sqlx::query!(
        "insert into message_settings (person_id, quiet_from, quiet_until) values ($1, $2, $3)
         on conflict (person_id) do update set quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until",
        person as _,
        quiet.map(|quiet| i16::from(quiet.from)),
        quiet.map(|quiet| i16::from(quiet.until))
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a person prefers for every topic, in the order of [`Topic::ALL`].
pub async fn preferences(
    conn: &mut PgConnection,
    person: PersonId,
) -> Result<Vec<(Topic, Preference)>> {
    let rows = sqlx::query!(
        "select topic, mail, sms from message_preferences where person_id = $1",
        person as _
    )
    .fetch_all(conn)
    .await?;
    let of = |topic: &Topic| {
        let row = rows.iter().find(|row| row.topic == topic.code());
        let (mail, sms) = (row.map(|row| row.mail.as_str()), row.map(|row| row.sms));
        (*topic, preference(*topic, mail, sms))
    };
    Ok(Topic::ALL.iter().map(of).collect())
}

/// Sets what a person prefers for a topic.
pub async fn prefer(
    conn: &mut PgConnection,
    person: PersonId,
    topic: Topic,
    preference: Preference,
) -> Result<()> {
    sqlx::query!(
        "insert into message_preferences (person_id, topic, mail, sms) values ($1, $2, $3, $4)
         on conflict (person_id, topic) do update set mail = excluded.mail, sms = excluded.sms",
        person as _,
        topic.code(),
        preference.mail.code(),
        preference.sms
    )
    .execute(conn)
    .await?;
    Ok(())
}
