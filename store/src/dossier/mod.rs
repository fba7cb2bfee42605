//! What an agency writes about itself, and how the operator checks it.

mod papers;
mod settling;

pub use papers::*;
pub use settling::*;

use crate::fault::one_row;
use crate::page::{QUEUE, Queue};
use crate::{Fault, Result};
use market::agency::{AgencyDetails, AgencyNature, AgencyState, ServiceOffer};
use market::time::Date;
use market::{AgencyId, Fen, FileId, PersonId, Timestamp};
use sqlx::PgConnection;

/// An agency to register.
#[derive(Debug, Clone)]
pub struct NewAgency<'a> {
    pub id: AgencyId,
    pub region: &'a str,
    pub details: &'a AgencyDetails,
    /// The scan of its licence.
    pub licence: Option<FileId>,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Registers an agency with an empty dossier. Errors: `agencies_claim_once`.
pub async fn register(conn: &mut PgConnection, new: NewAgency<'_>) -> Result<()> {
    let details = new.details;
    sqlx::query!(
        "insert into agencies (id, region_code, uscc, name, nature, legal_representative, founded_on,
             registered_capital_fen, address, contact_name, contact_phone, introduction, state, registered_by, registered_at,
             code_is_irregular, licence_file_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'draft', $13, $14, $15, $16)",
        new.id as _,
        new.region,
        details.uscc.as_str(),
        details.name,
        details.nature as _,
        details.legal_representative.as_str(),
        details.founded_on,
        details.registered_capital.map(|capital| capital.0),
        details.address,
        details.contact_name,
        details.contact_phone,
        details.introduction,
        new.by as _,
        new.at,
        details.uscc.is_irregular(),
        new.licence as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The head of a dossier.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub id: AgencyId,
    pub region_code: String,
    pub uscc: String,
    pub name: String,
    pub nature: AgencyNature,
    pub legal_representative: String,
    pub founded_on: Date,
    pub registered_capital_fen: Option<Fen>,
    pub address: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub introduction: String,
    /// The last character of the code is not the one that the rule asks for; the licence shows it so.
    pub code_is_irregular: bool,
    pub licence_file_id: Option<FileId>,
    pub state: AgencyState,
    pub committed_at: Option<Timestamp>,
    pub commitment_file_id: Option<FileId>,
    pub check_due_at: Option<Timestamp>,
    pub check_note: String,
    pub registered_by: PersonId,
    pub version: i32,
}

/// Reads and locks a dossier.
pub async fn lock(conn: &mut PgConnection, id: AgencyId) -> Result<Option<Dossier>> {
    sqlx::query!("select from agencies where id = $1 for update", id as _)
        .fetch_optional(&mut *conn)
        .await?;
    find(conn, id).await
}

/// Reads a dossier.
pub async fn find(conn: &mut PgConnection, id: AgencyId) -> Result<Option<Dossier>> {
    Ok(sqlx::query_as!(
        Dossier,
        r#"select id, region_code, uscc, name, nature, legal_representative, founded_on,
                  registered_capital_fen as "registered_capital_fen: Fen", address,
                  contact_name, contact_phone, introduction, code_is_irregular,
                  licence_file_id as "licence_file_id: _", state, committed_at,
                  commitment_file_id as "commitment_file_id: _", check_due_at, check_note, registered_by, version
           from agencies where id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await?)
}

/// The agency of a credit code, settled or not.
pub async fn by_uscc(conn: &mut PgConnection, uscc: &str) -> Result<Option<AgencyId>> {
    let id = sqlx::query_scalar!("select id from agencies where uscc = $1 order by state = 'settled' desc, registered_at limit 1", uscc)
        .fetch_optional(conn)
        .await?;
    Ok(id.map(Into::into))
}

/// Changes the body's details and the licence that it has now.
pub async fn save_details(
    conn: &mut PgConnection,
    dossier: &Dossier,
    details: &AgencyDetails,
    licence: Option<FileId>,
) -> Result<()> {
    let result = sqlx::query!(
        "update agencies set uscc = $3, name = $4, nature = $5, legal_representative = $6, founded_on = $7,
             registered_capital_fen = $8, address = $9, contact_name = $10, contact_phone = $11, introduction = $12,
             code_is_irregular = $13, licence_file_id = $14, version = version + 1
         where id = $1 and version = $2",
        dossier.id as _,
        dossier.version,
        details.uscc.as_str(),
        details.name,
        details.nature as _,
        details.legal_representative.as_str(),
        details.founded_on,
        details.registered_capital.map(|capital| capital.0),
        details.address,
        details.contact_name,
        details.contact_phone,
        details.introduction,
        details.uscc.is_irregular(),
        licence as _
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Accepts the commitment letter with its stamped scan.
pub async fn commit(
    conn: &mut PgConnection,
    id: AgencyId,
    by: PersonId,
    file: FileId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update agencies set committed_by = $2, committed_at = $3, commitment_file_id = $4 where id = $1",
        id as _,
        by as _,
        now,
        file as _
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Offers a service type, or changes the offer while it may be changed.
pub async fn offer(conn: &mut PgConnection, agency: AgencyId, offer: &ServiceOffer) -> Result<()> {
    let result = sqlx::query!(
        "insert into agency_services (agency_id, service_type_id, state, promise, fee_reference)
         values ($1, $2, 'draft', $3, $4)
         on conflict (agency_id, service_type_id) do update set promise = excluded.promise,
             fee_reference = excluded.fee_reference, version = agency_services.version + 1
         where agency_services.state in ('draft', 'returned')",
        agency as _,
        offer.service_type as _,
        offer.promise,
        offer.fee_reference
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// A dossier that waits for the operator's formal check.
#[derive(Debug, Clone)]
pub struct WaitingDossier {
    pub id: AgencyId,
    pub name: String,
    pub uscc: String,
    pub state: AgencyState,
    pub services: Option<String>,
    pub due_at: Option<Timestamp>,
}

/// Dossiers with a service type in formal check, most urgent first.
pub async fn waiting(conn: &mut PgConnection) -> Result<Queue<WaitingDossier>> {
    let rows = sqlx::query_as!(
        WaitingDossier,
        r#"select a.id, a.name, a.uscc, a.state, string_agg(t.name, '、' order by t.code) as services,
                  min(s.check_due_at) as due_at
           from agency_services s
           join agencies a on a.id = s.agency_id
           join service_types t on t.id = s.service_type_id
           where s.state = 'formal_check'
           group by a.id order by min(s.check_due_at), a.id limit $1"#,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(distinct agency_id) as "count!" from agency_services where state = 'formal_check'"#
    )
    .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}

/// Puts an agency into the search index, or renews its entry.
pub async fn index(
    conn: &mut PgConnection,
    dossier: &Dossier,
    path: &str,
    now: Timestamp,
) -> Result<()> {
    if dossier.state != AgencyState::Settled {
        return Err(Fault::Inconsistent(
            "only a settled agency is indexed".into(),
        ));
    }
    let services: Option<String> = sqlx::query_scalar!(
        "select string_agg(t.name, '、' order by t.code) from agency_services s
         join service_types t on t.id = s.service_type_id where s.agency_id = $1 and s.state = 'active'",
        dossier.id as _
    )
    .fetch_one(&mut *conn)
    .await?;
    let subtitle = services.unwrap_or_else(|| "已入驻".into());
    let document = crate::search::Document {
        kind: crate::search::Kind::Agency,
        subject: dossier.id.0,
        title: &dossier.name,
        subtitle: &subtitle,
        also: &dossier.uscc,
        path,
        rank: 2,
    };
    crate::search::index(conn, document, now).await
}
