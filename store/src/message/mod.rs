//! Messages: to whom, what is unread, and what has become of them. Written by the deciding transaction.

mod read;
mod settings;

pub use read::*;
pub use settings::*;

use crate::Result;
use market::message::preference::{MailWish, QuietHours};
use market::message::{Audience, Message, Preference, Topic};
use market::permit::Role;
use market::{
    AgencyId, DepartmentId, MandateId, MessageId, OwnerId, PersonId, RequirementId, Timestamp,
};
use sqlx::PgConnection;
use uuid::Uuid;

/// More unread messages than these are not counted on every page.
pub const UNREAD_CAP: i64 = 99;

/// Somebody who is told, and by which ways.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub person: PersonId,
    /// In which capacity.
    pub mandate: MandateId,
    pub preference: Preference,
    pub quiet: Option<QuietHours>,
    /// The confirmed address for mail.
    pub mailbox_sealed: Option<Vec<u8>>,
    pub phone_sealed: Option<Vec<u8>>,
}

/// An audience as columns: one of them is filled.
#[derive(Default)]
struct Asked {
    buyer: Option<RequirementId>,
    owner: Option<OwnerId>,
    agency: Option<AgencyId>,
    entrants: Option<RequirementId>,
    department: Option<DepartmentId>,
    role: Option<Role>,
}

impl From<Audience> for Asked {
    fn from(audience: Audience) -> Asked {
        let mut asked = Asked::default();
        match audience {
            Audience::Buyer(id) => asked.buyer = Some(id),
            Audience::Owner(id) => asked.owner = Some(id),
            Audience::Agency(id) => asked.agency = Some(id),
            Audience::Entrants(id) => asked.entrants = Some(id),
            Audience::Auditors => asked.role = Some(Role::OperatorAuditor),
            Audience::Publishers => asked.role = Some(Role::OperatorPublisher),
            Audience::Clerks(id) => {
                (asked.department, asked.role) = (Some(id), Some(Role::DepartmentClerk));
            }
            Audience::Checkers(id) => {
                (asked.department, asked.role) = (Some(id), Some(Role::DepartmentChecker));
            }
        }
        asked
    }
}

/// Who acts for an audience now, each person once, but not `except`; with how each is to be told of the topic.
pub async fn recipients(
    conn: &mut PgConnection,
    audience: Audience,
    topic: Topic,
    except: Option<PersonId>,
) -> Result<Vec<Recipient>> {
    let asked = Asked::from(audience);
    let rows = sqlx::query!(
        r#"select distinct on (m.person_id) m.person_id as "person!: PersonId", m.id as "mandate!: MandateId",
                  f.mail as "mail?", f.sms as "sms?", s.quiet_from as "quiet_from?", s.quiet_until as "quiet_until?",
                  s.mailbox_sealed as "mailbox_sealed?", p.phone_sealed
           from (
               select m.* from mandates m join requirements r on r.owner_id = m.owner_id
               where r.id = $1 and (m.role = 'owner_admin' or m.person_id = r.created_by)
               union all
               select m.* from mandates m where m.owner_id = $2 and m.role = 'owner_admin'
               union all
               select m.* from mandates m where m.agency_id = $3
               union all
               select m.* from sign_ups u join mandates m on m.agency_id = u.agency_id
               where u.requirement_id = $4 and u.state = 'live'
               union all
               select m.* from mandates m where m.department_id = $5 and m.role = $6
               union all
               select m.* from mandates m where m.role = $6 and $5::uuid is null
                   and m.owner_id is null and m.agency_id is null and m.department_id is null) m
           join persons p on p.id = m.person_id and p.disabled_at is null
           left join message_settings s on s.person_id = m.person_id
           left join message_preferences f on f.person_id = m.person_id and f.topic = $7
           where m.ended_at is null and m.person_id is distinct from $8
           order by m.person_id, m.id"#,
        asked.buyer as _,
        asked.owner as _,
        asked.agency as _,
        asked.entrants as _,
        asked.department as _,
        asked.role as _,
        topic.code(),
        except as _
    )
    .fetch_all(conn)
    .await?;
    let recipients = rows.into_iter().map(|row| Recipient {
        person: row.person,
        mandate: row.mandate,
        preference: preference(topic, row.mail.as_deref(), row.sms),
        quiet: quiet(row.quiet_from, row.quiet_until),
        mailbox_sealed: row.mailbox_sealed,
        phone_sealed: row.phone_sealed,
    });
    Ok(recipients.collect())
}

/// A preference as it is stored, or what holds for who has chosen nothing.
fn preference(topic: Topic, mail: Option<&str>, sms: Option<bool>) -> Preference {
    let usual = topic.usual();
    Preference {
        mail: mail
            .and_then(|code| MailWish::parse(code).ok())
            .unwrap_or(usual.mail),
        sms: sms.unwrap_or(usual.sms),
    }
}

fn quiet(from: Option<i16>, until: Option<i16>) -> Option<QuietHours> {
    let hour = |value: Option<i16>| u8::try_from(value?).ok();
    QuietHours::new(hour(from)?, hour(until)?)
}

/// A message to write, to one person.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub person: PersonId,
    pub mandate: MandateId,
    pub message: &'a Message,
    pub once: Option<&'a str>,
    /// The requirement for which it tells that somebody is signed up.
    pub entrants_of: Option<RequirementId>,
    pub waits_for_daily: bool,
    pub at: Timestamp,
}

/// Writes a message. `false`: the person has been told so under its key already.
pub async fn write(conn: &mut PgConnection, new: NewMessage<'_>) -> Result<bool> {
    let result = sqlx::query!(
        "insert into messages (id, person_id, mandate_id, kind, variables, once, entrants_of, waits_for_daily, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (person_id, once) where once is not null do nothing",
        new.id as _,
        new.person as _,
        new.mandate as _,
        new.message.kind().code(),
        new.message.stored(),
        new.once,
        new.entrants_of as _,
        new.waits_for_daily,
        new.at
    )
    .execute(conn)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// Marks a message of a person as read. Errors: [`crate::Fault::Stale`], it is not the person's.
pub async fn mark_read(
    conn: &mut PgConnection,
    id: MessageId,
    person: PersonId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update messages set read_at = coalesce(read_at, $3) where id = $1 and person_id = $2",
        id as _,
        person as _,
        now
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Marks everything that a person has not read as read, as far as it was there when the page was made.
pub async fn mark_all_read(
    conn: &mut PgConnection,
    person: PersonId,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update messages set read_at = $3
         where person_id = $1 and read_at is null and put_away_at is null and created_at <= $2",
        person as _,
        until,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts a message of a person away: it is listed no more. Errors: [`crate::Fault::Stale`], it is not the person's.
pub async fn put_away(
    conn: &mut PgConnection,
    id: MessageId,
    person: PersonId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update messages set put_away_at = $3, read_at = coalesce(read_at, $3)
         where id = $1 and person_id = $2 and put_away_at is null",
        id as _,
        person as _,
        now
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// What a daily mail of a person is made of, taken off the list of what waits for one.
pub async fn take_daily(
    conn: &mut PgConnection,
    person: PersonId,
    daily: Uuid,
) -> Result<Vec<MessageRow>> {
    let mut rows = sqlx::query_as!(
        MessageRow,
        r#"update messages m set waits_for_daily = false, daily_id = $2
           where m.person_id = $1 and m.waits_for_daily
           returning m.id as "id: _", m.kind, m.variables, m.created_at, m.read_at, m.daily_id, m.waits_for_daily,
                     null::text as body_name, (select role from mandates d where d.id = m.mandate_id) as "role!: _",
                     m.mandate_id as "mandate_id: _""#,
        person as _,
        daily
    )
    .fetch_all(conn)
    .await?;
    rows.sort_by_key(|row| (row.created_at, row.id));
    Ok(rows)
}
