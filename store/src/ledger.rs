//! The ledger: entries are written by the deciding transaction without a position; one sequencer gives them
//! gap-free positions and RFC 6962 hashes. Nothing here is ever updated.

use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, into_page, push_page};
use crate::{Fault, Result};
use market::hash::Hex32;
use market::ledger::{EntryKind, Peaks, leaf_hash};
use market::{AgencyId, LedgerEntryId, RequirementId, Timestamp};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// An entry to write.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    pub id: LedgerEntryId,
    pub kind: EntryKind,
    /// What it is about, as people name it: a notice number or a credit code.
    pub subject: &'a str,
    pub requirement: Option<RequirementId>,
    pub agency: Option<AgencyId>,
    /// [`market::fact::PublicFact::text`]
    pub text: &'a str,
    pub created_at: Timestamp,
}

/// Writes an entry.
pub async fn write(conn: &mut PgConnection, entry: Entry<'_>) -> Result<()> {
    sqlx::query!(
        "insert into ledger_entries (id, kind, subject, requirement_id, agency_id, text, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        entry.id as _,
        entry.kind as _,
        entry.subject,
        entry.requirement as _,
        entry.agency as _,
        entry.text,
        entry.created_at
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into ledger_waiting (entry_id) values ($1)",
        entry.id as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives positions to the entries that have none, at most 500 at once. Returns how many.
/// One sequencer works at a time (advisory lock); another that comes along does nothing.
pub async fn sequence(conn: &mut PgConnection, now: Timestamp) -> Result<usize> {
    let alone = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(4206062) as "alone!""#)
        .fetch_one(&mut *conn)
        .await?;
    if !alone {
        return Ok(0);
    }
    let entries = sqlx::query!(
        "with next as (
             delete from ledger_waiting where ordinal in (select ordinal from ledger_waiting order by ordinal limit 500)
             returning ordinal, entry_id)
         select e.id, e.text from next join ledger_entries e on e.id = next.entry_id order by next.ordinal"
    )
    .fetch_all(&mut *conn)
    .await?;
    if entries.is_empty() {
        return Ok(0);
    }
    let mut peaks = newest_head(&mut *conn).await?;
    let first = peaks.size;
    let mut ids = Vec::with_capacity(entries.len());
    let mut positions = Vec::with_capacity(entries.len());
    let mut hashes = Vec::with_capacity(entries.len());
    for (entry, position) in entries.iter().zip(first..) {
        let leaf = leaf_hash(&entry.text);
        peaks.push(leaf);
        ids.push(entry.id);
        positions.push(position.cast_signed());
        hashes.push(leaf.0.to_vec());
    }
    sqlx::query!(
        "insert into ledger_positions (position, entry_id, leaf_hash, sequenced_at)
         select position, entry_id, leaf_hash, $4
         from unnest($1::bigint[], $2::uuid[], $3::bytea[]) as t (position, entry_id, leaf_hash)",
        &positions,
        &ids,
        &hashes,
        now
    )
    .execute(&mut *conn)
    .await?;
    let root = peaks.root();
    let packed: Vec<u8> = peaks.hashes.iter().flat_map(|hash| hash.0).collect();
    sqlx::query!(
        "insert into ledger_heads (size, root, peaks, sequenced_at) values ($1, $2, $3, $4)",
        peaks.size.cast_signed(),
        root.0.as_slice(),
        packed,
        now
    )
    .execute(conn)
    .await?;
    Ok(entries.len())
}

async fn newest_head(conn: &mut PgConnection) -> Result<Peaks> {
    let head = sqlx::query!("select size, peaks from ledger_heads order by size desc limit 1")
        .fetch_optional(conn)
        .await?;
    let Some(head) = head else {
        return Ok(Peaks::default());
    };
    let (hashes, rest) = head.peaks.as_chunks::<32>();
    let peaks = Peaks {
        size: head.size.cast_unsigned(),
        hashes: hashes.iter().map(|hash| Hex32(*hash)).collect(),
    };
    if !rest.is_empty() || market::count::count(&peaks.hashes) != peaks.size.count_ones() {
        return Err(Fault::Inconsistent("the peaks of the ledger's head".into()));
    }
    Ok(peaks)
}

/// An entry as the public list shows it.
#[derive(Debug, Clone, FromRow)]
pub struct EntryRow {
    pub position: i64,
    pub entry_id: Uuid,
    pub kind: EntryKind,
    pub subject: String,
    pub leaf_hash: Hex32,
    pub created_at: Timestamp,
}

/// The newest entries that have a position, of one kind if given.
pub async fn list(
    conn: &mut PgConnection,
    kind: Option<EntryKind>,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<EntryRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select p.position, p.entry_id, e.kind, e.subject, p.leaf_hash, e.created_at
         from ledger_positions p join ledger_entries e on e.id = p.entry_id where true",
    );
    if let Some(kind) = kind {
        query.push(" and e.kind = ").push_bind(kind);
    }
    push_page(
        &mut query,
        By::Number("p.position"),
        "p.entry_id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<EntryRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Number(row.position), row.entry_id)
    }))
}

/// How many entries of a kind have a position, up to [`COUNT_CAP`] + 1.
pub async fn count(conn: &mut PgConnection, kind: EntryKind) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from
           (select from ledger_positions p join ledger_entries e on e.id = p.entry_id where e.kind = $1 limit $2) n"#,
        kind as _,
        COUNT_CAP + 1
    )
    .fetch_one(conn)
    .await?)
}

/// An entry's page: its bytes, its leaf, and the first head that covers it.
#[derive(Debug, Clone)]
pub struct EntryPage {
    pub position: i64,
    pub kind: EntryKind,
    pub subject: String,
    pub text: String,
    pub leaf_hash: Hex32,
    pub created_at: Timestamp,
    pub sequenced_at: Timestamp,
    pub requirement: Option<RequirementId>,
    pub head_size: i64,
    pub head_root: Hex32,
}

/// The entry at a position.
pub async fn entry(conn: &mut PgConnection, position: i64) -> Result<Option<EntryPage>> {
    let row = sqlx::query!(
        r#"select p.position, e.kind, e.subject, e.text, p.leaf_hash as "leaf_hash: Hex32", e.created_at, p.sequenced_at,
                  e.requirement_id as "requirement_id?", h.size, h.root as "root: Hex32"
           from ledger_positions p
           join ledger_entries e on e.id = p.entry_id
           join lateral (select size, root from ledger_heads where size > p.position order by size limit 1) h on true
           where p.position = $1"#,
        position
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| EntryPage {
        position: row.position,
        kind: row.kind,
        subject: row.subject,
        text: row.text,
        leaf_hash: row.leaf_hash,
        created_at: row.created_at,
        sequenced_at: row.sequenced_at,
        requirement: row.requirement_id.map(Into::into),
        head_size: row.size,
        head_root: row.root,
    }))
}

/// An entry of a requirement, beside the decision that it records. No position yet means: within a second.
#[derive(Debug, Clone)]
pub struct EntryLink {
    pub kind: EntryKind,
    pub created_at: Timestamp,
    pub position: Option<i64>,
    pub leaf_hash: Option<Hex32>,
}

/// The entries of a requirement, oldest first.
pub async fn of_requirement(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<EntryLink>> {
    let rows = sqlx::query_as!(
        EntryLink,
        r#"select e.kind, e.created_at, p.position as "position?", p.leaf_hash as "leaf_hash?: Hex32"
           from ledger_entries e left join ledger_positions p on p.entry_id = e.id
           where e.requirement_id = $1 order by p.position nulls last, e.created_at, e.id"#,
        requirement as _
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The newest head: size and root.
pub async fn head(conn: &mut PgConnection) -> Result<Option<(i64, Hex32)>> {
    let head = sqlx::query!(
        r#"select size, root as "root: Hex32" from ledger_heads order by size desc limit 1"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(head.map(|head| (head.size, head.root)))
}
