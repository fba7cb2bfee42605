//! Project owners.

use crate::Result;
use crate::fault::one_row;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, QUEUE, Queue, into_page, push_page};
use market::eligibility::{ActingPerson, Buyer};
use market::owner::{FundType, OwnerDetails, OwnerKind, OwnerState};
use market::{FileId, OwnerId, PersonId, Timestamp, Uscc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// What is registered, by whom, and until when it is to be checked.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    pub details: &'a OwnerDetails,
    pub licence: Option<FileId>,
    pub by: PersonId,
    pub at: Timestamp,
    pub check_due_at: Timestamp,
}

/// Registers an owner, to be checked by the operator. Errors: `owners_claim_once`.
pub async fn register(
    conn: &mut PgConnection,
    id: OwnerId,
    region: &str,
    registration: Registration<'_>,
) -> Result<()> {
    let details = registration.details;
    sqlx::query!(
        "insert into owners (id, region_code, uscc, name, kind, fund_type, legal_representative, address, contact_name,
             contact_phone, state, registered_by, registered_at, check_due_at, code_is_irregular, licence_file_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', $11, $12, $13, $14, $15)",
        id as _,
        region,
        details.uscc.as_str(),
        details.name,
        details.kind as _,
        details.fund_type as _,
        details.legal_representative.as_str(),
        details.address,
        details.contact_name,
        details.contact_phone,
        registration.by as _,
        registration.at,
        registration.check_due_at,
        details.uscc.is_irregular(),
        registration.licence as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An owner, locked for a decision.
#[derive(Debug, Clone)]
pub struct Owner {
    pub id: OwnerId,
    pub region_code: String,
    pub uscc: String,
    pub name: String,
    pub kind: OwnerKind,
    pub fund_type: FundType,
    pub legal_representative: String,
    pub address: String,
    pub contact_name: String,
    pub contact_phone: String,
    /// The last character of the code is not the one that the rule asks for; the licence shows it so.
    pub code_is_irregular: bool,
    pub licence_file_id: Option<FileId>,
    pub state: OwnerState,
    pub registered_by: PersonId,
    pub registered_at: Timestamp,
    pub check_due_at: Timestamp,
    pub check_note: String,
    pub version: i32,
}

impl Owner {
    /// As decisions take it.
    pub fn registration(&self) -> market::owner::Registration {
        market::owner::Registration {
            owner: self.id,
            state: self.state,
            registered_by: self.registered_by,
        }
    }
}

/// Reads and locks an owner.
pub async fn lock(conn: &mut PgConnection, id: OwnerId) -> Result<Option<Owner>> {
    Ok(sqlx::query_as!(
        Owner,
        r#"select id, region_code, uscc, name, kind, fund_type, legal_representative, address, contact_name, contact_phone,
                code_is_irregular, licence_file_id as "licence_file_id: _", state, registered_by, registered_at, check_due_at, check_note, version
         from owners where id = $1 for update"#,
        id as _
    )
    .fetch_optional(conn)
    .await?)
}

/// Reads an owner.
pub async fn find(conn: &mut PgConnection, id: OwnerId) -> Result<Option<Owner>> {
    Ok(sqlx::query_as!(
        Owner,
        r#"select id, region_code, uscc, name, kind, fund_type, legal_representative, address, contact_name, contact_phone,
                code_is_irregular, licence_file_id as "licence_file_id: _", state, registered_by, registered_at, check_due_at, check_note, version
         from owners where id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await?)
}

/// What eligibility reads of the buyer of a requirement that was begun at an instant; `contact` is the document's.
/// Errors: a stored code that is none.
pub async fn buyer(
    conn: &mut PgConnection,
    id: OwnerId,
    since: Timestamp,
    contact: &str,
) -> Result<Buyer> {
    let owner = sqlx::query!(
        "select uscc, legal_representative, contact_name from owners where id = $1",
        id as _
    )
    .fetch_one(&mut *conn)
    .await?;
    let people = sqlx::query!(
        "select m.person_id, p.name, m.ended_at from mandates m join persons p on p.id = m.person_id
         where m.owner_id = $1",
        id as _
    )
    .fetch_all(conn)
    .await?;
    let people = people.into_iter().map(|row| ActingPerson {
        id: row.person_id.into(),
        name: row.name.into(),
        until: row.ended_at,
    });
    Ok(Buyer {
        uscc: Uscc::printed(&owner.uscc).map_err(crate::Fault::Inconsistent)?,
        legal_representative: owner.legal_representative.into(),
        contacts: vec![owner.contact_name.into(), contact.into()],
        people: people.collect(),
        since,
    })
}

/// Reads the owner to whom a credit code belongs.
pub async fn by_uscc(conn: &mut PgConnection, uscc: &str) -> Result<Option<Owner>> {
    let id = sqlx::query_scalar!(
        "select id from owners where uscc = $1 and state = 'active'",
        uscc
    )
    .fetch_optional(&mut *conn)
    .await?;
    match id {
        Some(id) => find(conn, id.into()).await,
        None => Ok(None),
    }
}

/// The registration of a credit code, checked or not; the first of several that claim it.
pub async fn registration(conn: &mut PgConnection, uscc: &str) -> Result<Option<OwnerId>> {
    let id = sqlx::query_scalar!(
        "select id from owners where uscc = $1 order by state = 'active' desc, registered_at limit 1",
        uscc
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(Into::into))
}

/// The operator's answer to a registration.
pub async fn save_check(
    conn: &mut PgConnection,
    owner: &Owner,
    state: OwnerState,
    by: PersonId,
    note: &str,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update owners set state = $3, checked_by = $4, checked_at = $5, check_note = $6, version = version + 1
         where id = $1 and version = $2",
        owner.id as _,
        owner.version,
        state as _,
        by as _,
        now,
        note
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// A corrected registration, with the licence that it has now.
pub async fn save_details(
    conn: &mut PgConnection,
    owner: &Owner,
    details: &OwnerDetails,
    licence: Option<FileId>,
    state: OwnerState,
    check_due_at: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update owners set uscc = $3, name = $4, kind = $5, fund_type = $6, legal_representative = $7, address = $8,
             contact_name = $9, contact_phone = $10, state = $11, check_due_at = $12,
             code_is_irregular = $13, licence_file_id = $14, version = version + 1
         where id = $1 and version = $2",
        owner.id as _,
        owner.version,
        details.uscc.as_str(),
        details.name,
        details.kind as _,
        details.fund_type as _,
        details.legal_representative.as_str(),
        details.address,
        details.contact_name,
        details.contact_phone,
        state as _,
        check_due_at,
        details.uscc.is_irregular(),
        licence as _
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// An owner in the public list.
#[derive(Debug, Clone, FromRow)]
pub struct OwnerRow {
    pub id: OwnerId,
    pub uscc: String,
    pub name: String,
    pub kind: OwnerKind,
    pub registered_at: Timestamp,
    pub requirements: i64,
}

/// What the list of owners is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct OwnerFilter {
    pub kind: Option<OwnerKind>,
    /// In name or code.
    pub text: Option<String>,
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &OwnerFilter) {
    if let Some(kind) = filter.kind {
        query.push(" and o.kind = ").push_bind(kind);
    }
    if let Some(text) = &filter.text {
        crate::search::push_condition(query, crate::search::Kind::Owner, "o.id", text);
    }
}

/// A page of the active owners, newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: &OwnerFilter,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<OwnerRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select o.id, o.uscc, o.name, o.kind, o.registered_at,
                (select count(*) from requirements r where r.owner_id = o.id and r.notice_no is not null) as requirements
         from owners o where o.state = 'active'",
    );
    push_filter(&mut query, filter);
    push_page(
        &mut query,
        By::Time("o.registered_at"),
        "o.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<OwnerRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.registered_at), row.id.0)
    }))
}

/// How many active owners fit a filter, up to [`COUNT_CAP`] + 1.
pub async fn count(conn: &mut PgConnection, filter: &OwnerFilter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from owners o where o.state = 'active'",
    );
    push_filter(&mut query, filter);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    let (count,): (i64,) = query.build_query_as().fetch_one(conn).await?;
    Ok(count)
}

/// Registrations that wait for the operator, most urgent first.
pub async fn pending(conn: &mut PgConnection) -> Result<Queue<Owner>> {
    let rows = sqlx::query_as!(
        Owner,
        r#"select id, region_code, uscc, name, kind, fund_type, legal_representative, address, contact_name, contact_phone,
                code_is_irregular, licence_file_id as "licence_file_id: _", state, registered_by, registered_at, check_due_at, check_note, version
         from owners where state = 'pending' order by check_due_at, id limit $1"#,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from owners where state = 'pending'"#)
            .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}
