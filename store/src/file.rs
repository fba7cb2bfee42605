//! Uploaded files: what they are and who may see them. The bytes are in the object store, under their hash.

use crate::Result;
use market::hash::Hex32;
use market::permit::Role;
use market::{AgencyId, DepartmentId, FileId, OwnerId, PersonId, RequirementId, Timestamp};
use sqlx::PgConnection;

/// A file that has been stored.
#[derive(Debug, Clone)]
pub struct NewFile<'a> {
    pub id: FileId,
    pub sha256: Hex32,
    pub size: i64,
    pub media_type: &'a str,
    pub name: &'a str,
    pub owner: Option<OwnerId>,
    pub agency: Option<AgencyId>,
    pub uploaded_by: PersonId,
    pub uploaded_at: Timestamp,
}

/// Remembers a file.
pub async fn add(conn: &mut PgConnection, file: NewFile<'_>) -> Result<()> {
    sqlx::query!(
        "insert into files (id, sha256, size, media_type, name, owner_id, agency_id, uploaded_by, uploaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        file.id as _,
        file.sha256.0.as_slice(),
        file.size,
        file.media_type,
        file.name,
        file.owner as _,
        file.agency as _,
        file.uploaded_by as _,
        file.uploaded_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a file to the body that was registered with it.
pub async fn give(
    conn: &mut PgConnection,
    file: FileId,
    owner: Option<OwnerId>,
    agency: Option<AgencyId>,
) -> Result<()> {
    let result = sqlx::query!(
        "update files set owner_id = $2, agency_id = $3 where id = $1 and owner_id is null and agency_id is null",
        file as _,
        owner as _,
        agency as _
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// What is needed to serve a file.
#[derive(Debug, Clone)]
pub struct Served {
    pub sha256: Hex32,
    pub size: i64,
    pub media_type: String,
    pub name: String,
    pub is_public: bool,
}

/// Who asks for a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reader {
    pub role: Option<Role>,
    pub owner: Option<OwnerId>,
    pub agency: Option<AgencyId>,
    pub department: Option<DepartmentId>,
    /// A trustee, who sees of its owner only what belongs to its own requirements.
    pub only: Option<PersonId>,
}

/// The file, if this reader may see it: the public ones; one's own; the operator and supervisors all; a department
/// the scans in the dossiers of agencies that have registered one of its service types; the parties of a contract its files.
pub async fn serve(conn: &mut PgConnection, id: FileId, reader: Reader) -> Result<Option<Served>> {
    let sees_all = reader
        .role
        .is_some_and(|role| role.is_operator() || role == Role::Supervisor);
    Ok(sqlx::query_as!(
        Served,
        r#"select f.sha256 as "sha256: Hex32", f.size, f.media_type, f.name, f.is_public from files f
           where f.id = $1 and (
               f.is_public or $2
               or f.agency_id = $4
               or (f.owner_id = $3 and ($6::uuid is null or f.uploaded_by = $6 or exists (
                   select from requirement_files rf join requirements r on r.id = rf.requirement_id
                   where rf.file_id = f.id and r.created_by = $6)))
               or ($5::uuid is not null and exists (
                   select from agency_services s join service_types t on t.id = s.service_type_id
                   where s.agency_id = f.agency_id and t.department_id = $5)
                   and (exists (select from agencies a where f.id in (a.commitment_file_id, a.licence_file_id))
                        or exists (select from qualifications q where q.file_id = f.id)
                        or exists (select from practitioners p where p.certificate_file_id = f.id)))
               or exists (
                   select from contracts c join requirements r on r.id = c.requirement_id
                   left join deliverables d on d.contract_id = c.id
                   where (c.file_id = f.id or d.file_id = f.id)
                     and (c.agency_id = $4 or (c.owner_id = $3 and ($6::uuid is null or r.created_by = $6)))))"#,
        id as _,
        sees_all,
        reader.owner as _,
        reader.agency as _,
        reader.department as _,
        reader.only as _
    )
    .fetch_optional(conn)
    .await?)
}

/// A file beside what it belongs to.
#[derive(Debug, Clone)]
pub struct FileLink {
    pub id: FileId,
    pub name: String,
    pub size: i64,
}

/// The names of the files that a person has uploaded, newest first, for the person's own copy.
pub async fn of_person(
    conn: &mut PgConnection,
    person: PersonId,
) -> Result<Vec<(String, Timestamp)>> {
    let rows = sqlx::query!(
        "select name, uploaded_at from files where uploaded_by = $1 order by uploaded_at desc limit 10000",
        person as _
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.name, row.uploaded_at))
        .collect())
}

/// Publishes the files of a requirement with its notice.
pub async fn publish_of_requirement(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<()> {
    sqlx::query!(
        "update files set is_public = true
         where not is_public and id in (select file_id from requirement_files where requirement_id = $1)",
        requirement as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Attaches a file to a requirement.
pub async fn attach(
    conn: &mut PgConnection,
    requirement: RequirementId,
    file: FileId,
) -> Result<()> {
    sqlx::query!(
        "insert into requirement_files (requirement_id, file_id) values ($1, $2)",
        requirement as _,
        file as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Detaches a file that has not been published; nothing names it then, and its bytes go as those of an upload that no
/// form has taken. Errors: it is published, or another's.
pub async fn detach(
    conn: &mut PgConnection,
    requirement: RequirementId,
    file: FileId,
) -> Result<()> {
    let result = sqlx::query!(
        "delete from requirement_files rf using files f
         where rf.file_id = f.id and rf.requirement_id = $1 and rf.file_id = $2 and not f.is_public",
        requirement as _,
        file as _
    )
    .execute(&mut *conn)
    .await?;
    crate::fault::one_row(result)?;
    sqlx::query!(
        "with gone as (
             delete from files f
             where id = $1 and not exists (select from requirement_files where file_id = f.id) returning f.*)
         insert into uploads (id, sha256, size, person_id, owner_id, agency_id, received_at, is_taken)
         select id, sha256, size, uploaded_by, owner_id, agency_id, uploaded_at, true from gone",
        file as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The files of a requirement; only the published ones unless `also_unpublished`.
pub async fn of_requirement(
    conn: &mut PgConnection,
    requirement: RequirementId,
    also_unpublished: bool,
) -> Result<Vec<FileLink>> {
    Ok(sqlx::query_as!(
        FileLink,
        "select f.id, f.name, f.size from requirement_files rf join files f on f.id = rf.file_id
         where rf.requirement_id = $1 and (f.is_public or $2) order by f.id",
        requirement as _,
        also_unpublished
    )
    .fetch_all(conn)
    .await?)
}
