//! Qualifications and practitioners of a dossier: added by the agency, counted once they are vetted.

use crate::Result;
use crate::fault::one_row;
use market::agency::{PractitionerDetails, QualificationDetails};
use market::claim::Employer;
use market::count;
use market::hash::Hex32;
use market::identity::mask_name;
use market::message::expiry::Paper;
use market::{AgencyId, FileId, PractitionerId, QualificationId, ServiceTypeId, Timestamp};
use sqlx::PgConnection;

/// Adds a qualification with its scan; it counts once it is vetted.
pub async fn add_qualification(
    conn: &mut PgConnection,
    id: QualificationId,
    agency: AgencyId,
    details: &QualificationDetails,
    file: FileId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into qualifications (id, agency_id, kind_id, speciality, grade, number, issuer, valid_from, valid_until,
             file_id, added_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id as _,
        agency as _,
        details.kind as _,
        details.speciality,
        details.grade as _,
        details.number,
        details.issuer,
        details.valid_from,
        details.valid_until,
        file as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a qualification off the list; history keeps it. Errors: another's, or gone.
pub async fn remove_qualification(
    conn: &mut PgConnection,
    id: QualificationId,
    agency: AgencyId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update qualifications set removed_at = $3 where id = $1 and agency_id = $2 and removed_at is null",
        id as _,
        agency as _,
        now
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    refresh_expiry(conn, agency).await
}

/// A practitioner's sealed identity.
#[derive(Debug, Clone)]
pub struct SealedIdentity {
    pub sealed: Vec<u8>,
    pub digest: Hex32,
    pub masked: String,
}

/// A practitioner to add.
#[derive(Debug, Clone)]
pub struct NewPractitioner<'a> {
    pub id: PractitionerId,
    pub agency: AgencyId,
    pub details: &'a PractitionerDetails,
    pub identity: &'a SealedIdentity,
    /// The scan of the certificate.
    pub certificate: FileId,
    pub added_at: Timestamp,
}

/// A practitioner whom an agency has named.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: PractitionerId,
    pub agency: AgencyId,
    pub employer: Employer,
}

/// The live practitioner of an identity number's digest, locked.
pub async fn practitioner_of(conn: &mut PgConnection, digest: Hex32) -> Result<Option<Named>> {
    let row = sqlx::query!(
        r#"select p.id as "id: PractitionerId", p.agency_id as "agency: AgencyId", a.registered_at,
                  a.state = 'settled' as "is_confirmed!"
           from practitioners p join agencies a on a.id = p.agency_id
           where p.id_number_digest = $1 and p.removed_at is null for update of p"#,
        digest.0.as_slice()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Named {
        id: row.id,
        agency: row.agency,
        employer: Employer {
            is_confirmed: row.is_confirmed,
            registered_at: row.registered_at,
        },
    }))
}

/// Adds a practitioner; counts once vetted. Errors: `practitioners_person_once`.
pub async fn add_practitioner(conn: &mut PgConnection, new: NewPractitioner<'_>) -> Result<()> {
    let (details, identity) = (new.details, new.identity);
    sqlx::query!(
        "insert into practitioners (id, agency_id, service_type_id, name, id_number_sealed, id_number_digest,
             id_number_masked, certificate, certificate_number, valid_until, practice_years, added_at, certificate_file_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        new.id as _,
        new.agency as _,
        details.service_type as _,
        details.name,
        identity.sealed,
        identity.digest.0.as_slice(),
        identity.masked,
        details.certificate,
        details.certificate_number,
        details.valid_until,
        count::column(details.practice_years),
        new.added_at,
        new.certificate as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a practitioner off the list. Errors: another's, or gone.
pub async fn remove_practitioner(
    conn: &mut PgConnection,
    id: PractitionerId,
    agency: AgencyId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update practitioners set removed_at = $3 where id = $1 and agency_id = $2 and removed_at is null",
        id as _,
        agency as _,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Marks what belongs to a service type and was there when its vetting was asked for. What came later was seen by
/// nobody and waits for a vetting of its own.
pub async fn mark_vetted(
    conn: &mut PgConnection,
    agency: AgencyId,
    service_type: ServiceTypeId,
    requested_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update qualifications q set vetted_at = $3
         where q.agency_id = $1 and q.vetted_at is null and q.removed_at is null and q.added_at <= $4
           and q.kind_id in (select kind_id from qualification_kind_types where service_type_id = $2)",
        agency as _,
        service_type as _,
        now,
        requested_at
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update practitioners set vetted_at = $3
         where agency_id = $1 and service_type_id = $2 and vetted_at is null and removed_at is null and added_at <= $4",
        agency as _,
        service_type as _,
        now,
        requested_at
    )
    .execute(&mut *conn)
    .await?;
    refresh_expiry(conn, agency).await
}

async fn refresh_expiry(conn: &mut PgConnection, agency: AgencyId) -> Result<()> {
    sqlx::query!(
        "update agencies set next_expiry_on =
             (select min(valid_until) from qualifications where agency_id = $1 and removed_at is null and vetted_at is not null)
         where id = $1",
        agency as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What has been vetted of an agency and ends some day: qualifications, and certificates of practitioners.
pub async fn papers_that_end(conn: &mut PgConnection, agency: AgencyId) -> Result<Vec<Paper>> {
    let rows = sqlx::query!(
        r#"select q.id as "id!", k.name || case when q.speciality = '' then '' else ' ' || q.speciality end as "name!",
                  null::text as person, q.valid_until as "valid_until!"
           from qualifications q join qualification_kinds k on k.id = q.kind_id
           where q.agency_id = $1 and q.removed_at is null and q.vetted_at is not null and q.valid_until is not null
           union all
           select p.id, p.certificate, p.name, p.valid_until
           from practitioners p
           where p.agency_id = $1 and p.removed_at is null and p.vetted_at is not null and p.valid_until is not null
           order by 4, 1"#,
        agency as _
    )
    .fetch_all(conn)
    .await?;
    let papers = rows.into_iter().map(|row| Paper {
        id: row.id,
        name: match row.person {
            Some(person) => format!("{}（{}）", row.name, mask_name(&person)),
            None => row.name,
        },
        valid_until: row.valid_until,
    });
    Ok(papers.collect())
}
