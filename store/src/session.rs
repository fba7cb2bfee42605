//! Sessions and the browsers that have had one (the hash of a token, never the token).

use crate::Result;
use market::permit::Role;
use market::{AgencyId, DepartmentId, MandateId, OwnerId, PersonId, SessionId, Timestamp};
use sqlx::PgConnection;

/// A session to open.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    pub id: SessionId,
    /// SHA-256 of the 256-bit token in the cookie.
    pub token_hash: [u8; 32],
    pub person: PersonId,
    pub mandate: Option<MandateId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub address: &'a str,
    pub agent: &'a str,
}

/// Opens a session.
pub async fn open(conn: &mut PgConnection, session: NewSession<'_>) -> Result<()> {
    sqlx::query!(
        "insert into sessions (id, token_hash, person_id, mandate_id, created_at, seen_at, expires_at, address, agent)
         values ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
        session.id as _,
        session.token_hash.as_slice(),
        session.person as _,
        session.mandate as _,
        session.created_at,
        session.expires_at,
        session.address,
        session.agent
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who a live session belongs to, and for whom it acts.
#[derive(Debug, Clone)]
pub struct Live {
    pub id: SessionId,
    pub person: PersonId,
    pub person_name: String,
    pub mandate: Option<MandateId>,
    pub role: Option<Role>,
    pub owner: Option<OwnerId>,
    pub agency: Option<AgencyId>,
    pub department: Option<DepartmentId>,
    pub body_name: Option<String>,
    pub seen_at: Timestamp,
    /// Somebody else has set the password: nothing else is done before it is changed.
    pub must_change_password: bool,
    /// Messages that the person has not read, at most [`crate::message::UNREAD_CAP`] and one.
    pub unread: i64,
}

/// The session of a token: not ended, not expired, seen after `idle_since`, its person not disabled.
pub async fn find(
    conn: &mut PgConnection,
    token_hash: [u8; 32],
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<Live>> {
    Ok(sqlx::query_as!(
        Live,
        r#"select s.id, s.person_id as person, p.name as person_name, m.id as "mandate?: _", m.role as "role?",
                  m.owner_id as "owner?: _", m.agency_id as "agency?: _", m.department_id as "department?: _",
                  coalesce(o.name, a.name, d.name) as body_name, s.seen_at,
                  p.must_change_password,
                  (select count(*) from (select from messages n where n.person_id = s.person_id
                       and n.read_at is null and n.put_away_at is null limit 100) unread) as "unread!"
           from sessions s
           join persons p on p.id = s.person_id and p.disabled_at is null
           left join mandates m on m.id = s.mandate_id and m.ended_at is null
           left join owners o on o.id = m.owner_id
           left join agencies a on a.id = m.agency_id
           left join departments d on d.id = m.department_id
           where s.token_hash = $1 and s.ended_at is null and s.expires_at > $2 and s.seen_at > $3"#,
        token_hash.as_slice(),
        now,
        idle_since
    )
    .fetch_optional(conn)
    .await?)
}

/// Notes that a session is in use.
pub async fn touch(conn: &mut PgConnection, id: SessionId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "update sessions set seen_at = $2 where id = $1 and seen_at < $2",
        id as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets a session act under another mandate of the same person. Errors: [`crate::Fault::Stale`] when it is not.
pub async fn act_as(
    conn: &mut PgConnection,
    id: SessionId,
    person: PersonId,
    mandate: MandateId,
) -> Result<()> {
    let result = sqlx::query!(
        "update sessions s set mandate_id = m.id from mandates m
         where s.id = $1 and m.id = $3 and m.person_id = $2 and s.person_id = $2 and m.ended_at is null",
        id as _,
        person as _,
        mandate as _
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Ends one session of a person.
pub async fn end(
    conn: &mut PgConnection,
    id: SessionId,
    person: PersonId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update sessions set ended_at = $3 where id = $1 and person_id = $2 and ended_at is null",
        id as _,
        person as _,
        now
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Whether a session was ended because its person had signed in elsewhere too often: by [`end_beyond`], at the very
/// instant at which the one was opened that there was no room for.
pub async fn had_no_room(conn: &mut PgConnection, token_hash: [u8; 32]) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from sessions s
               join sessions opened on opened.person_id = s.person_id and opened.created_at = s.ended_at
               where s.token_hash = $1) as "had!""#,
        token_hash.as_slice()
    )
    .fetch_one(conn)
    .await?)
}

/// Gives a session a fresh token: after a change of password or role the old one is worth nothing.
pub async fn renew(conn: &mut PgConnection, id: SessionId, token_hash: [u8; 32]) -> Result<()> {
    let result = sqlx::query!(
        "update sessions set token_hash = $2 where id = $1 and ended_at is null",
        id as _,
        token_hash.as_slice()
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Ends the sessions of a person that were used longest ago, so that `most` remain.
pub async fn end_beyond(
    conn: &mut PgConnection,
    person: PersonId,
    most: i64,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update sessions set ended_at = $3 where id in
             (select id from sessions where person_id = $1 and ended_at is null and expires_at > $3
              order by seen_at desc, created_at desc, id desc offset $2)",
        person as _,
        most,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whose session a token was, and for whom it acted, though it may have ended.
#[derive(Debug, Clone)]
pub struct Ended {
    pub person: PersonId,
    pub mandate: Option<MandateId>,
}

/// The session that a token belonged to, as long as it is not swept.
pub async fn ended(conn: &mut PgConnection, token_hash: [u8; 32]) -> Result<Option<Ended>> {
    Ok(sqlx::query_as!(
        Ended,
        r#"select person_id as person, mandate_id as "mandate: _" from sessions where token_hash = $1"#,
        token_hash.as_slice()
    )
    .fetch_optional(conn)
    .await?)
}

/// Ends every session of a person but one: after a change of password.
pub async fn end_others(
    conn: &mut PgConnection,
    keep: SessionId,
    person: PersonId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update sessions set ended_at = $3 where person_id = $2 and id <> $1 and ended_at is null",
        keep as _,
        person as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends every session of a person.
pub async fn end_all(conn: &mut PgConnection, person: PersonId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "update sessions set ended_at = $2 where person_id = $1 and ended_at is null",
        person as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A session in the list of one's own.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub address: String,
    pub agent: String,
}

/// The live sessions of a person, newest first.
pub async fn of_person(
    conn: &mut PgConnection,
    person: PersonId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<SessionRow>> {
    Ok(sqlx::query_as!(
        SessionRow,
        "select id, created_at, seen_at, address, agent from sessions
         where person_id = $1 and ended_at is null and expires_at > $2 and seen_at > $3
         order by created_at desc limit 50",
        person as _,
        now,
        idle_since
    )
    .fetch_all(conn)
    .await?)
}

/// Forgets sessions that ended or expired before an instant.
pub async fn sweep(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    let gone = sqlx::query!(
        "delete from sessions where expires_at < $1 or ended_at < $1",
        before
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected())
}

/// Whether a person has signed in from an address before; sessions are kept for half a year.
pub async fn knows_place(conn: &mut PgConnection, person: PersonId, address: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from sessions where person_id = $1 and address = $2) as "known!""#,
        person as _,
        address
    )
    .fetch_one(conn)
    .await?)
}

/// Whether a browser has signed a person in before. The token of its cookie comes as its hash.
pub async fn knows_browser(
    conn: &mut PgConnection,
    person: PersonId,
    browser: [u8; 32],
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from known_browsers where browser = $2 and person_id = $1) as "known!""#,
        person as _,
        browser.as_slice()
    )
    .fetch_one(conn)
    .await?)
}

/// Notes that a browser has signed a person in.
pub async fn remember_browser(
    conn: &mut PgConnection,
    person: PersonId,
    browser: [u8; 32],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into known_browsers (browser, person_id, seen_at) values ($2, $1, $3)
         on conflict (browser, person_id) do update set seen_at = greatest(known_browsers.seen_at, excluded.seen_at)",
        person as _,
        browser.as_slice(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the browsers of a person: whoever has one of them is a stranger from now on.
pub async fn forget_browsers(conn: &mut PgConnection, person: PersonId) -> Result<()> {
    sqlx::query!(
        "delete from known_browsers where person_id = $1",
        person as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets browsers that have signed nobody in since an instant.
pub async fn sweep_browsers(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    Ok(
        sqlx::query!("delete from known_browsers where seen_at < $1", before)
            .execute(conn)
            .await?
            .rows_affected(),
    )
}
