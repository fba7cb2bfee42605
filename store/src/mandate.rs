//! For whom a person may act, and in which role.

use crate::Result;
use market::colleague::Begun;
use market::journal::Deed;
use market::permit::Role;
use market::{AgencyId, DepartmentId, MandateId, OwnerId, PersonId, Timestamp};
use sqlx::PgConnection;

/// The body that a mandate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    Owner(OwnerId),
    Agency(AgencyId),
    Department(DepartmentId),
    /// The operator and the supervisors: one of each an installation.
    Platform,
}

impl Body {
    /// The three columns that name a body, of which one at most is filled.
    fn columns(self) -> (Option<OwnerId>, Option<AgencyId>, Option<DepartmentId>) {
        match self {
            Body::Owner(id) => (Some(id), None, None),
            Body::Agency(id) => (None, Some(id), None),
            Body::Department(id) => (None, None, Some(id)),
            Body::Platform => (None, None, None),
        }
    }
}

/// A mandate to grant.
#[derive(Debug, Clone, Copy)]
pub struct NewMandate {
    pub id: MandateId,
    pub person: PersonId,
    pub role: Role,
    pub body: Body,
    pub granted_by: Option<PersonId>,
    pub granted_at: Timestamp,
}

/// Grants a mandate. Errors: `mandates_once`, `mandates_roles_apart`, `mandates_body_fits_role`.
pub async fn grant(conn: &mut PgConnection, mandate: NewMandate) -> Result<()> {
    let (owner, agency, department) = mandate.body.columns();
    sqlx::query!(
        "insert into mandates (id, person_id, role, owner_id, agency_id, department_id, granted_by, granted_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        mandate.id as _,
        mandate.person as _,
        mandate.role as _,
        owner as _,
        agency as _,
        department as _,
        mandate.granted_by as _,
        mandate.granted_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The roles that a person holds now, for any body.
pub async fn roles(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Role>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct role as "role: Role" from mandates where person_id = $1 and ended_at is null"#,
        person as _
    )
    .fetch_all(conn)
    .await?)
}

/// Whether a person acts or ever acted for a body: whoever once did does not look at its matters in others' place.
pub async fn belonged(conn: &mut PgConnection, person: PersonId, body: Body) -> Result<bool> {
    let (owner, agency, department) = body.columns();
    Ok(sqlx::query_scalar!(
        r#"select exists (select from mandates where person_id = $1
               and (owner_id = $2 or agency_id = $3 or department_id = $4)) as "belonged!""#,
        person as _,
        owner as _,
        agency as _,
        department as _
    )
    .fetch_one(conn)
    .await?)
}

/// How many act for a body in a role.
pub async fn count(conn: &mut PgConnection, role: Role, body: Body) -> Result<usize> {
    let (owner, agency, department) = body.columns();
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from mandates where ended_at is null and role = $1
               and owner_id is not distinct from $2 and agency_id is not distinct from $3
               and department_id is not distinct from $4"#,
        role as _,
        owner as _,
        agency as _,
        department as _
    )
    .fetch_one(conn)
    .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A mandate as its person chooses it.
#[derive(Debug, Clone)]
pub struct MandateRow {
    pub id: MandateId,
    pub role: Role,
    pub body_name: Option<String>,
}

/// The live mandates of a person.
pub async fn of_person(conn: &mut PgConnection, person: PersonId) -> Result<Vec<MandateRow>> {
    Ok(sqlx::query_as!(
        MandateRow,
        r#"select m.id, m.role, coalesce(o.name, a.name, d.name) as body_name
           from mandates m
           left join owners o on o.id = m.owner_id
           left join agencies a on a.id = m.agency_id
           left join departments d on d.id = m.department_id
           where m.person_id = $1 and m.ended_at is null order by m.id"#,
        person as _
    )
    .fetch_all(conn)
    .await?)
}

/// A person who acts for an owner.
#[derive(Debug, Clone)]
pub struct TrusteeRow {
    pub id: MandateId,
    pub person_id: PersonId,
    pub name: String,
    pub login: String,
    pub phone_masked: String,
    pub role: Role,
    pub granted_at: Timestamp,
}

/// Everybody who acts for an owner.
pub async fn of_owner(conn: &mut PgConnection, owner: OwnerId) -> Result<Vec<TrusteeRow>> {
    Ok(sqlx::query_as!(
        TrusteeRow,
        "select m.id, m.person_id, p.name, p.login, p.phone_masked, m.role, m.granted_at
         from mandates m join persons p on p.id = m.person_id
         where m.owner_id = $1 and m.ended_at is null order by m.id",
        owner as _
    )
    .fetch_all(conn)
    .await?)
}

/// Ends every live mandate of a person in one role; sessions that use one lose it at once. Returns how many there were.
pub async fn end_role(
    conn: &mut PgConnection,
    person: PersonId,
    role: Role,
    now: Timestamp,
) -> Result<u64> {
    let ended = sqlx::query!(
        "update mandates set ended_at = $3 where person_id = $1 and role = $2 and ended_at is null",
        person as _,
        role as _,
        now
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update sessions s set mandate_id = null from mandates m
         where m.id = s.mandate_id and m.person_id = $1 and m.ended_at is not null",
        person as _
    )
    .execute(conn)
    .await?;
    Ok(ended.rows_affected())
}

/// The logins of those who hold roles that exclude each other: granted before the table of today.
pub async fn clashing(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select distinct p.login from persons p
         join mandates a on a.person_id = p.id and a.ended_at is null
         join mandates b on b.person_id = p.id and b.ended_at is null
         where roles_exclude(a.role, b.role) order by p.login"
    )
    .fetch_all(conn)
    .await?)
}

/// Ends the mandate of a trustee of an owner; sessions that use it lose it at once.
/// Errors: [`crate::Fault::Stale`] when it is no trustee of that owner.
pub async fn end_trustee(
    conn: &mut PgConnection,
    id: MandateId,
    owner: OwnerId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update mandates set ended_at = $3
         where id = $1 and owner_id = $2 and role = 'owner_trustee' and ended_at is null",
        id as _,
        owner as _,
        now
    )
    .execute(&mut *conn)
    .await?;
    crate::fault::one_row(result)?;
    leave_sessions(conn, id).await
}

/// An administrator of a body, as the others see it.
#[derive(Debug, Clone)]
pub struct AdministratorRow {
    pub id: MandateId,
    pub person_id: PersonId,
    pub name: String,
    pub login: String,
    pub granted_at: Timestamp,
    pub must_change_password: bool,
    /// The person has chosen a password itself, once.
    pub has_chosen: bool,
}

impl AdministratorRow {
    /// How far the person has come.
    pub fn begun(&self) -> Begun {
        Begun::of(self.must_change_password, self.has_chosen)
    }
}

/// Everybody who acts for a body in a role, in the order in which they were named.
pub async fn administrators(
    conn: &mut PgConnection,
    role: Role,
    body: Body,
) -> Result<Vec<AdministratorRow>> {
    let (owner, agency, department) = body.columns();
    let chosen = [Deed::RegisterPerson, Deed::ChangePassword].map(|deed| deed.label().to_string());
    Ok(sqlx::query_as!(
        AdministratorRow,
        r#"select m.id, m.person_id, p.name, p.login, m.granted_at, p.must_change_password,
                  exists (select from journal j where j.person_id = p.id and j.result = 'done'
                      and j.action = any($5)) as "has_chosen!"
           from mandates m join persons p on p.id = m.person_id
           where m.ended_at is null and m.role = $1 and m.owner_id is not distinct from $2
             and m.agency_id is not distinct from $3 and m.department_id is not distinct from $4
           order by m.granted_at, m.id"#,
        role as _,
        owner as _,
        agency as _,
        department as _,
        &chosen[..]
    )
    .fetch_all(conn)
    .await?)
}

/// The same, with the mandates and accounts locked: of two who end each other's role, the second finds itself ended,
/// and who changes the first password is not given another meanwhile.
pub async fn lock_administrators(
    conn: &mut PgConnection,
    role: Role,
    body: Body,
) -> Result<Vec<AdministratorRow>> {
    let (owner, agency, department) = body.columns();
    sqlx::query!(
        "select m.id from mandates m join persons p on p.id = m.person_id
         where m.ended_at is null and m.role = $1 and m.owner_id is not distinct from $2
           and m.agency_id is not distinct from $3 and m.department_id is not distinct from $4
         order by m.id for update of m, p",
        role as _,
        owner as _,
        agency as _,
        department as _
    )
    .fetch_all(&mut *conn)
    .await?;
    administrators(conn, role, body).await
}

/// Ends a mandate; sessions that use it lose it at once. Errors: [`crate::Fault::Stale`] when it has ended already.
pub async fn end(conn: &mut PgConnection, id: MandateId, now: Timestamp) -> Result<()> {
    let result = sqlx::query!(
        "update mandates set ended_at = $2 where id = $1 and ended_at is null",
        id as _,
        now
    )
    .execute(&mut *conn)
    .await?;
    crate::fault::one_row(result)?;
    leave_sessions(conn, id).await
}

async fn leave_sessions(conn: &mut PgConnection, id: MandateId) -> Result<()> {
    sqlx::query!(
        "update sessions set mandate_id = null where mandate_id = $1",
        id as _
    )
    .execute(conn)
    .await?;
    Ok(())
}
