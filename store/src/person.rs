//! Persons with an account. Telephones are sealed by the caller; what is read here is the mask.

use crate::Result;
use market::duty::Holding;
use market::permit::Role;
use market::{AgencyId, MandateId, OwnerId, PersonId, Timestamp};
use sqlx::PgConnection;

/// A telephone as it is stored.
#[derive(Debug, Clone)]
pub struct SealedPhone {
    pub sealed: Vec<u8>,
    pub masked: String,
}

/// A person to add; the password is hashed already.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    pub id: PersonId,
    pub login: &'a str,
    pub name: &'a str,
    pub phone: &'a SealedPhone,
    pub password_hash: &'a str,
    /// Somebody else has chosen the password.
    pub must_change_password: bool,
    pub created_at: Timestamp,
}

/// Adds a person. Errors: `persons_login_once`.
pub async fn add(conn: &mut PgConnection, person: NewPerson<'_>) -> Result<()> {
    sqlx::query!(
        "insert into persons (id, login, name, phone_sealed, phone_masked, password_hash, must_change_password, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        person.id as _,
        person.login,
        person.name,
        person.phone.sealed,
        person.phone.masked,
        person.password_hash,
        person.must_change_password,
        person.created_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What signing in needs.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub id: PersonId,
    pub name: String,
    pub password_hash: String,
    pub is_disabled: bool,
}

/// The account of a login name.
pub async fn credentials(conn: &mut PgConnection, login: &str) -> Result<Option<Credentials>> {
    Ok(sqlx::query_as!(
        Credentials,
        r#"select id, name, password_hash, disabled_at is not null as "is_disabled!" from persons where login = $1"#,
        login
    )
    .fetch_optional(conn)
    .await?)
}

/// The account of a person, to check the old password before a change.
pub async fn credentials_of(conn: &mut PgConnection, id: PersonId) -> Result<Credentials> {
    Ok(sqlx::query_as!(
        Credentials,
        r#"select id, name, password_hash, disabled_at is not null as "is_disabled!" from persons where id = $1"#,
        id as _
    )
    .fetch_one(conn)
    .await?)
}

/// Changes a password. One that somebody else has set must be changed again before anything else.
pub async fn set_password(
    conn: &mut PgConnection,
    id: PersonId,
    password_hash: &str,
    must_change: bool,
) -> Result<()> {
    let result = sqlx::query!(
        "update persons set password_hash = $2, must_change_password = $3 where id = $1",
        id as _,
        password_hash,
        must_change
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// The account page of a person.
#[derive(Debug, Clone)]
pub struct Account {
    pub login: String,
    pub name: String,
    pub phone_sealed: Option<Vec<u8>>,
    pub phone_masked: String,
    pub must_change_password: bool,
    pub created_at: Timestamp,
}

/// Login, name and telephone.
pub async fn account(conn: &mut PgConnection, id: PersonId) -> Result<Account> {
    Ok(sqlx::query_as!(
        Account,
        "select login, name, phone_sealed, phone_masked, must_change_password, created_at from persons where id = $1",
        id as _
    )
    .fetch_one(conn)
    .await?)
}

/// Changes a telephone.
pub async fn set_phone(conn: &mut PgConnection, id: PersonId, phone: &SealedPhone) -> Result<()> {
    let result = sqlx::query!(
        "update persons set phone = null, phone_sealed = $2, phone_masked = $3 where id = $1",
        id as _,
        phone.sealed,
        phone.masked
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// Persons whose telephone is still plain: rows of before it was sealed.
pub async fn plain_phones(conn: &mut PgConnection) -> Result<Vec<(PersonId, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id: PersonId", phone as "phone!" from persons
           where phone is not null order by id limit 500 for update"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.phone)).collect())
}

/// A live mandate of a person, and whether somebody else can act in its place: one who still has a first password can't.
#[derive(Debug, Clone)]
pub struct Held {
    pub mandate: MandateId,
    pub role: Role,
    pub owner: Option<OwnerId>,
    pub agency: Option<AgencyId>,
    pub body_name: Option<String>,
    pub has_another: bool,
    /// Somebody else holds the role, but still has the first password and can do nothing.
    pub awaits_another: bool,
    /// The operator has found its registration in order; who registers nowhere needs none.
    pub is_confirmed: bool,
}

impl Held {
    /// As leaving takes it.
    pub fn holding(&self) -> Holding<'_> {
        Holding {
            role: self.role,
            body: self.body_name.as_deref(),
            has_another: self.has_another,
            awaits_another: self.awaits_another,
            is_confirmed: self.is_confirmed,
        }
    }
}

/// The live mandates of a person, with all of the same bodies locked: of two who leave at once, the second sees that
/// the first has left.
pub async fn held(conn: &mut PgConnection, id: PersonId) -> Result<Vec<Held>> {
    sqlx::query!(
        "select m.id from mandates m where m.ended_at is null and exists (
             select from mandates own where own.person_id = $1 and own.ended_at is null and own.role = m.role
               and own.owner_id is not distinct from m.owner_id and own.agency_id is not distinct from m.agency_id
               and own.department_id is not distinct from m.department_id)
         order by m.id for update of m",
        id as _
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(sqlx::query_as!(
        Held,
        r#"select m.id as mandate, m.role, m.owner_id as "owner: _", m.agency_id as "agency: _",
                  coalesce(o.name, a.name, d.name) as body_name,
                  coalesce(o.state = 'active', a.state = 'settled', true) as "is_confirmed!",
                  coalesce(others.acting > 0, false) as "has_another!",
                  coalesce(others.waiting > 0, false) as "awaits_another!"
           from mandates m
           cross join lateral (
               select count(*) filter (where not p.must_change_password) as acting,
                      count(*) filter (where p.must_change_password) as waiting
               from mandates other join persons p on p.id = other.person_id and p.disabled_at is null
               where other.ended_at is null and other.person_id <> m.person_id and other.role = m.role
                 and other.owner_id is not distinct from m.owner_id
                 and other.agency_id is not distinct from m.agency_id
                 and other.department_id is not distinct from m.department_id) others
           left join owners o on o.id = m.owner_id
           left join agencies a on a.id = m.agency_id
           left join departments d on d.id = m.department_id
           where m.person_id = $1 and m.ended_at is null order by m.id"#,
        id as _
    )
    .fetch_all(conn)
    .await?)
}

/// Closes an account: it opens nothing any more, and what names its person is masked. What it did stays on record.
pub async fn close(
    conn: &mut PgConnection,
    id: PersonId,
    masked_name: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update mandates set ended_at = $2 where person_id = $1 and ended_at is null",
        id as _,
        now
    )
    .execute(&mut *conn)
    .await?;
    crate::message::forget_mailbox(conn, id).await?;
    let result = sqlx::query!(
        "update persons set disabled_at = $2, closed_at = $2, name = $3, login = 'closed.' || id::text,
             phone = null, phone_sealed = null, phone_masked = '', password_hash = ''
         where id = $1 and closed_at is null",
        id as _,
        now,
        masked_name
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}
