//! Received files before a form has taken them, how much of its quota somebody has used, and what the sweep may
//! remove: contents that this database has known and that neither a file nor a live receipt names any more. The bytes
//! are in the object store.

use crate::Result;
use market::hash::Hex32;
use market::upload::Used;
use market::{AgencyId, OwnerId, PersonId, Timestamp, UploadId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Who sends a file, and for which body.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    pub person: PersonId,
    pub owner: Option<OwnerId>,
    pub agency: Option<AgencyId>,
}

/// A file that has been received.
#[derive(Debug, Clone)]
pub struct NewUpload {
    pub id: UploadId,
    pub sha256: Hex32,
    pub size: i64,
    pub sender: Sender,
    pub received_at: Timestamp,
}

/// Remembers that a file was received.
pub async fn add(conn: &mut PgConnection, upload: &NewUpload) -> Result<()> {
    sqlx::query!(
        "insert into uploads (id, sha256, size, person_id, owner_id, agency_id, received_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        upload.id as _,
        upload.sha256.0.as_slice(),
        upload.size,
        upload.sender.person as _,
        upload.sender.owner as _,
        upload.sender.agency as _,
        upload.received_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a received file as taken by a form. `false`: it is not there any more, or another person's.
pub async fn take(conn: &mut PgConnection, id: UploadId, person: PersonId) -> Result<bool> {
    let taken = sqlx::query!(
        "update uploads set is_taken = true where id = $1 and person_id = $2",
        id as _,
        person as _
    )
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// What a sender has used: in a day everything received since, in all the files and what still waits. What waits of
/// everybody is counted too, and whether the sender is somebody whom nobody has confirmed: neither in an office nor of
/// an owner or agency that has passed its check.
pub async fn used(conn: &mut PgConnection, sender: Sender, since: Timestamp) -> Result<Used> {
    let row = sqlx::query!(
        r#"select
             (select coalesce(sum(size), 0) from uploads where person_id = $1 and received_at > $4)::bigint as "person_day!",
             ((select coalesce(sum(size), 0) from files where uploaded_by = $1)
              + (select coalesce(sum(size), 0) from uploads where person_id = $1 and not is_taken))::bigint as "person_all!",
             (select coalesce(sum(size), 0) from uploads
              where (owner_id = $2 or agency_id = $3) and received_at > $4)::bigint as "body_day!",
             ((select coalesce(sum(size), 0) from files where owner_id = $2 or agency_id = $3)
              + (select coalesce(sum(size), 0) from uploads
                 where (owner_id = $2 or agency_id = $3) and not is_taken))::bigint as "body_all!",
             (select coalesce(sum(size), 0) from uploads where not is_taken)::bigint as "waiting!",
             not exists (
                 select from mandates m
                 left join owners o on o.id = m.owner_id
                 left join agencies a on a.id = m.agency_id
                 where m.person_id = $1 and m.ended_at is null
                   and (o.state = 'active' or a.state = 'settled'
                        or (m.owner_id is null and m.agency_id is null))) as "is_newcomer!""#,
        sender.person as _,
        sender.owner as _,
        sender.agency as _,
        since
    )
    .fetch_one(conn)
    .await?;
    let bytes = |sum: i64| u64::try_from(sum).unwrap_or(0);
    Ok(Used {
        person_day: bytes(row.person_day),
        person_all: bytes(row.person_all),
        body_day: bytes(row.body_day),
        body_all: bytes(row.body_all),
        waiting: bytes(row.waiting),
        is_newcomer: row.is_newcomer,
    })
}

/// Any number that no person and no body has.
const EVERYBODY: i64 = 0x7570_6c6f_6164_7300;

/// Until the transaction ends, nobody else is counted, first of this person and body, then at all: two uploads at once
/// cannot both take the last of a quota, nor the last room for what waits.
pub async fn lock_quota(conn: &mut PgConnection, sender: Sender) -> Result<()> {
    let body = sender.owner.map(|id| id.0).or(sender.agency.map(|id| id.0));
    // Always the person first, so that two never wait for each other.
    for id in [Some(sender.person.0), body].into_iter().flatten() {
        lock(conn, key_of_id(id)).await?;
    }
    lock(conn, EVERYBODY).await
}

/// Until the transaction ends, the sweep does not touch this content, and this content is not stored by another.
pub async fn lock_content(conn: &mut PgConnection, sha256: Hex32) -> Result<()> {
    lock(conn, key_of_content(sha256)).await
}

/// The same for the sweep, which does not wait. `false`: somebody is storing just this content.
pub async fn try_lock_content(conn: &mut PgConnection, sha256: Hex32) -> Result<bool> {
    let key = key_of_content(sha256);
    Ok(
        sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "alone!""#, key)
            .fetch_one(conn)
            .await?,
    )
}

async fn lock(conn: &mut PgConnection, key: i64) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock($1)", key)
        .execute(conn)
        .await?;
    Ok(())
}

/// The random half of an identifier.
fn key_of_id(id: Uuid) -> i64 {
    let (_, random) = id.as_u64_pair();
    random.cast_signed()
}

fn key_of_content(sha256: Hex32) -> i64 {
    let (first, _) = sha256.0.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    i64::from_be_bytes(*first)
}

/// A received file whose receipt is over.
#[derive(Debug, Clone)]
pub struct Expired {
    pub id: UploadId,
    pub sha256: Hex32,
}

/// The oldest that are over, after one that has been dealt with.
pub async fn expired(
    conn: &mut PgConnection,
    before: Timestamp,
    after: UploadId,
) -> Result<Vec<Expired>> {
    Ok(sqlx::query_as!(
        Expired,
        r#"select id as "id: _", sha256 as "sha256: Hex32" from uploads where received_at < $1 and id > $2 order by id limit 200"#,
        before,
        after as _
    )
    .fetch_all(conn)
    .await?)
}

/// Forgets a received file; it waits for a form that is just taking it. Answers whether anything else names its
/// content.
pub async fn forget(conn: &mut PgConnection, upload: &Expired) -> Result<bool> {
    sqlx::query!("delete from uploads where id = $1", upload.id as _)
        .execute(&mut *conn)
        .await?;
    Ok(sqlx::query_scalar!(
        r#"select exists (select from files where sha256 = $1)
               or exists (select from uploads where sha256 = $1) as "named!""#,
        upload.sha256.0.as_slice()
    )
    .fetch_one(conn)
    .await?)
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    pub removed_files: i64,
    pub removed_bytes: i64,
}

/// Notes a sweep; of older ones a month stays.
pub async fn note_sweep(conn: &mut PgConnection, at: Timestamp, swept: Swept) -> Result<()> {
    sqlx::query!(
        "insert into upload_sweeps (swept_at, removed_files, removed_bytes)
         values ($1, $2, $3) on conflict (swept_at) do nothing",
        at,
        swept.removed_files,
        swept.removed_bytes
    )
    .execute(&mut *conn)
    .await?;
    let month = at - time::Duration::days(31);
    sqlx::query!("delete from upload_sweeps where swept_at < $1", month)
        .execute(conn)
        .await?;
    Ok(())
}

/// The figure on the operator's desk.
#[derive(Debug, Clone, Default)]
pub struct Figure {
    /// Files that rows name, and their bytes.
    pub files: i64,
    pub bytes: i64,
    /// Received and waiting for their form.
    pub waiting: i64,
    pub waiting_bytes: i64,
    pub last: Option<(Timestamp, Swept)>,
}

/// How much is stored, how much waits, and what the last sweep did.
pub async fn figure(conn: &mut PgConnection) -> Result<Figure> {
    let stored = sqlx::query!(
        r#"select (select count(*) from files) as "files!",
                  (select coalesce(sum(size), 0) from files)::bigint as "bytes!",
                  (select count(*) from uploads where not is_taken) as "waiting!",
                  (select coalesce(sum(size), 0) from uploads where not is_taken)::bigint as "waiting_bytes!""#
    )
    .fetch_one(&mut *conn)
    .await?;
    let last = sqlx::query!(
        "select swept_at, removed_files, removed_bytes from upload_sweeps order by swept_at desc limit 1"
    )
    .fetch_optional(conn)
    .await?;
    Ok(Figure {
        files: stored.files,
        bytes: stored.bytes,
        waiting: stored.waiting,
        waiting_bytes: stored.waiting_bytes,
        last: last.map(|row| {
            let swept = Swept {
                removed_files: row.removed_files,
                removed_bytes: row.removed_bytes,
            };
            (row.swept_at, swept)
        }),
    })
}
