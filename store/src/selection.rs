//! The frozen list, selections and draws.

use crate::Result;
use crate::page::{By, Cursor, Key, Order, Page, into_page, push_page};
use crate::stored::{Kept, OfSubject, Stored, json};
use market::count;
use market::draw::{Evidence, Excluded, Purpose};
use market::eligibility::{Exclusion, Reasons};
use market::hash::Hex32;
use market::selection::{Frozen, Method, Place, Ranking};
use market::sign_up::MadeBy;
use market::stored::NOT_READABLE;
use market::{AgencyId, DrawId, Fen, PolicyId, RequirementId, SelectionId, SignUpId, Timestamp};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// Writes the frozen list, once.
pub async fn freeze(
    conn: &mut PgConnection,
    requirement: RequirementId,
    list: &[Frozen],
) -> Result<()> {
    let seqs: Vec<i32> = list
        .iter()
        .map(|frozen| count::column(frozen.seq))
        .collect();
    let sign_ups: Vec<Uuid> = list.iter().map(|frozen| frozen.sign_up.0).collect();
    let agencies: Vec<Uuid> = list.iter().map(|frozen| frozen.agency.0).collect();
    let codes: Vec<String> = list.iter().map(|frozen| frozen.uscc.clone()).collect();
    let nonces: Vec<Vec<u8>> = list.iter().map(|frozen| frozen.nonce.0.to_vec()).collect();
    let amounts: Vec<Option<i64>> = list
        .iter()
        .map(|frozen| frozen.bid.map(|bid| bid.0))
        .collect();
    sqlx::query!(
        "insert into entrants (requirement_id, seq, sign_up_id, agency_id, uscc, nonce, amount_fen)
         select $1, * from unnest($2::integer[], $3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::bigint[])",
        requirement as _,
        &seqs,
        &sign_ups,
        &agencies,
        &codes,
        &nonces,
        &amounts as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The frozen list in order of receipt.
pub async fn frozen(conn: &mut PgConnection, requirement: RequirementId) -> Result<Vec<Frozen>> {
    let rows = sqlx::query!(
        r#"select e.seq, e.sign_up_id, e.agency_id, e.uscc, e.nonce as "nonce: Hex32", e.amount_fen as "amount_fen: Fen",
                  s.received_at
         from entrants e join sign_ups s on s.id = e.sign_up_id where e.requirement_id = $1 order by e.seq"#,
        requirement as _
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Frozen {
                seq: count::unsigned(row.seq),
                sign_up: row.sign_up_id.into(),
                agency: row.agency_id.into(),
                uscc: row.uscc,
                nonce: row.nonce,
                received_at: row.received_at,
                bid: row.amount_fen,
            })
        })
        .collect()
}

/// Writes an exclusion with all its reasons.
pub async fn exclude(
    conn: &mut PgConnection,
    requirement: RequirementId,
    exclusion: &Exclusion,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into exclusions (requirement_id, sign_up_id, agency_id, uscc, reasons, excluded_at)
         values ($1, $2, $3, $4, $5, $6)",
        requirement as _,
        exclusion.sign_up as _,
        exclusion.agency as _,
        exclusion.uscc,
        json(&Reasons {
            reasons: exclusion.reasons.clone(),
        })?,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The exclusions of a requirement as the evidence names them.
pub async fn excluded(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<Excluded>> {
    let rows = sqlx::query!(
        r#"select x.uscc, x.reasons as "reasons: Stored<Reasons>" from exclusions x
           join sign_ups s on s.id = x.sign_up_id
           where x.requirement_id = $1 order by s.received_at, s.id"#,
        requirement as _
    )
    .fetch_all(conn)
    .await
    .of(requirement)?;
    Ok(rows
        .into_iter()
        .map(|row| Excluded {
            uscc: row.uscc,
            reason: row.reasons.0.sentence(),
        })
        .collect())
}

/// A selection to record.
#[derive(Debug, Clone)]
pub struct NewSelection<'a> {
    pub id: SelectionId,
    pub requirement: RequirementId,
    pub method: Method,
    pub selection: &'a market::procurement::Selection,
    pub decided_at: Timestamp,
    pub policy: PolicyId,
}

/// Records a selection with its draws. Errors: `selections_once`; without its draw, a random one fails at commit.
pub async fn record(conn: &mut PgConnection, new: NewSelection<'_>) -> Result<()> {
    let selection = new.selection;
    let ranking = Ranking {
        places: selection.ranking.clone(),
    };
    let (by, reason) = match &selection.chosen {
        Some((by, reason)) => (Some(*by), Some(reason.as_str())),
        None => (None, None),
    };
    sqlx::query!(
        "insert into selections (id, requirement_id, ordinal, method, ranking, reason, decided_by, decided_at, policy_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id as _,
        new.requirement as _,
        selection.ordinal.cast_signed(),
        new.method as _,
        json(&ranking)?,
        reason,
        by as _,
        new.decided_at,
        new.policy as _
    )
    .execute(&mut *conn)
    .await?;
    for (drawn, ordinal) in selection.draws.iter().zip(1..) {
        let (purpose, text) = (drawn.evidence.purpose, drawn.text.as_str());
        let what = (ordinal, purpose, text);
        record_draw(
            &mut *conn,
            drawn.id,
            new.id,
            new.requirement,
            what,
            new.decided_at,
        )
        .await?;
    }
    Ok(())
}

/// Records a draw. `text` is its evidence as JSON, kept to the byte because the ledger holds its hash.
async fn record_draw(
    conn: &mut PgConnection,
    id: DrawId,
    selection: SelectionId,
    requirement: RequirementId,
    (ordinal, purpose, text): (i32, Purpose, &str),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into draws (id, selection_id, requirement_id, ordinal, purpose, evidence, drawn_at)
         values ($1, $2, $3, $4, $5, $6::text::json, $7)",
        id as _,
        selection as _,
        requirement as _,
        ordinal,
        purpose as _,
        text,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A selection as recorded.
#[derive(Debug, Clone)]
pub struct Selection {
    pub id: SelectionId,
    pub ordinal: i32,
    pub method: Method,
    pub ranking: Vec<Place>,
    pub reason: Option<String>,
    pub decided_at: Timestamp,
}

/// The selections of a requirement, oldest first.
pub async fn of_requirement(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<Selection>> {
    let rows = sqlx::query!(
        r#"select id, ordinal, method, ranking as "ranking: Stored<Ranking>", reason, decided_at
           from selections where requirement_id = $1 order by ordinal"#,
        requirement as _
    )
    .fetch_all(conn)
    .await
    .of(requirement)?;
    Ok(rows
        .into_iter()
        .map(|row| Selection {
            id: row.id.into(),
            ordinal: row.ordinal,
            method: row.method,
            ranking: row.ranking.0.places,
            reason: row.reason,
            decided_at: row.decided_at,
        })
        .collect())
}

/// A draw in the public list.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct DrawRow {
    pub id: DrawId,
    pub requirement_id: RequirementId,
    pub notice_no: String,
    pub project_name: String,
    pub purpose: Purpose,
    pub entrant_count: Option<i32>,
    #[serde(with = "time::serde::rfc3339")]
    pub drawn_at: Timestamp,
}

/// The newest draws.
pub async fn draws(
    conn: &mut PgConnection,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<DrawRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select d.id, d.requirement_id, r.notice_no, r.project_name, d.purpose, r.entrant_count, d.drawn_at
         from draws d join requirements r on r.id = d.requirement_id where true",
    );
    push_page(
        &mut query,
        By::Time("d.drawn_at"),
        "d.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<DrawRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.drawn_at), row.id.0)
    }))
}

/// A draw's page.
#[derive(Debug, Clone)]
pub struct DrawPage {
    pub id: DrawId,
    pub requirement_id: RequirementId,
    pub project_name: String,
    pub owner_name: String,
    pub policy_name: String,
    pub method: Method,
    pub evidence: Stored<Evidence>,
    pub drawn_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub frozen_at: Option<Timestamp>,
}

/// One draw.
pub async fn draw(conn: &mut PgConnection, id: DrawId) -> Result<Option<DrawPage>> {
    sqlx::query_as!(
        DrawPage,
        r#"select d.id, d.requirement_id, r.project_name, o.name as owner_name, p.name as policy_name, s.method,
                  d.evidence as "evidence: Stored<Evidence>", d.drawn_at, r.published_at, r.frozen_at
           from draws d
           join selections s on s.id = d.selection_id
           join requirements r on r.id = d.requirement_id
           join owners o on o.id = r.owner_id
           join policies p on p.id = s.policy_id
           where d.id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await
    .of(id)
}

/// The evidence of a draw as it was stored, byte for byte.
pub async fn evidence_text(conn: &mut PgConnection, id: DrawId) -> Result<Option<String>> {
    let text = sqlx::query_scalar!(
        r#"select evidence::text as "text!" from draws where id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await?;
    Ok(text)
}

/// The draws of a requirement.
pub async fn draws_of(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<(DrawId, Purpose)>> {
    let rows = sqlx::query!(
        "select id, purpose from draws where requirement_id = $1 order by drawn_at, ordinal",
        requirement as _
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.into(), row.purpose))
        .collect())
}

/// One of the list as it is shown once the deadline has passed.
#[derive(Debug, Clone)]
pub struct EntrantRow {
    pub seq: Option<i32>,
    pub sign_up_id: SignUpId,
    pub agency_id: AgencyId,
    pub agency_name: String,
    pub uscc: String,
    pub rating_mean: i32,
    pub rating_count: i32,
    pub credit_score: i32,
    pub amount_fen: Option<Fen>,
    pub reasons: Option<Kept<Reasons>>,
    pub received_at: Timestamp,
    pub receipt: Hex32,
    pub nonce: Hex32,
    pub nonce_by: MadeBy,
    /// The ciphertext of the bid, where there is one.
    pub sealed: Option<Vec<u8>>,
}

impl EntrantRow {
    /// Why it is not on the list, if it is not.
    pub fn excluded_because(&self) -> Option<String> {
        self.reasons.as_ref().map(|kept| match &kept.0 {
            Ok(reasons) => reasons.sentence(),
            Err(_) => NOT_READABLE.to_string(),
        })
    }

    /// The opened bid of one of the list, with its place.
    pub fn bid(&self) -> Option<(u32, Fen)> {
        Some((u32::try_from(self.seq?).ok()?, self.amount_fen?))
    }
}

/// Entrants and excluded together, in order of receipt.
pub async fn list_of(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<EntrantRow>> {
    Ok(sqlx::query_as!(
        EntrantRow,
        r#"select e.seq as "seq?", s.id as sign_up_id, s.agency_id, a.name as agency_name, a.uscc,
                  a.rating_mean as "rating_mean!", a.rating_count, a.credit_score,
                  coalesce(e.amount_fen, b.amount_fen) as "amount_fen?: Fen",
                  x.reasons as "reasons?: Kept<Reasons>", s.received_at, s.receipt as "receipt: Hex32",
                  s.nonce as "nonce: Hex32", s.nonce_by, b.sealed as "sealed?"
           from sign_ups s
           join agencies a on a.id = s.agency_id
           left join entrants e on e.sign_up_id = s.id
           left join exclusions x on x.sign_up_id = s.id
           left join bids b on b.sign_up_id = s.id
           where s.requirement_id = $1 and s.state = 'live' order by s.received_at, s.id"#,
        requirement as _
    )
    .fetch_all(conn)
    .await?)
}
