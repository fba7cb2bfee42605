//! Sign-ups and their sealed bids.

use crate::Result;
use crate::fault::one_row;
use crate::page::{By, Cursor, Key, Order, PAGE, Page, into_page, push_page};
use market::award::AwardState;
use market::bid::BidFault;
use market::eligibility::Candidate;
use market::hash::Hex32;
use market::requirement::RequirementState;
use market::selection::Method;
use market::sign_up::{MadeBy, Received, SignUp, SignUpState};
use market::{AgencyId, Fen, PersonId, RequirementId, SignUpId, Timestamp};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// Writes a sign-up with its sealed bid.
/// Errors: `sign_ups_one_live`, `sign_ups_before_deadline`.
pub async fn add(
    conn: &mut PgConnection,
    region: &str,
    edition: i32,
    sign_up: &SignUp,
    by: PersonId,
) -> Result<()> {
    let receipt = sign_up.receipt();
    sqlx::query!(
        "insert into sign_ups (id, region_code, requirement_id, agency_id, edition, state, nonce, nonce_by, receipt,
             signed_by, received_at)
         values ($1, $2, $3, $4, $5, 'live', $6, $7, $8, $9, $10)",
        sign_up.id as _,
        region,
        sign_up.requirement as _,
        sign_up.agency as _,
        edition,
        sign_up.nonce.0.as_slice(),
        sign_up.nonce_by as _,
        receipt.0.as_slice(),
        by as _,
        sign_up.received_at
    )
    .execute(&mut *conn)
    .await?;
    if let (Some(sealed), Some(sealed_by)) = (&sign_up.sealed_bid, sign_up.sealed_by) {
        sqlx::query!(
            "insert into bids (sign_up_id, sealed, sealed_by) values ($1, $2, $3)",
            sign_up.id as _,
            sealed,
            sealed_by as _
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Ends a sign-up; the ciphertext of its bid is deleted, so that nobody ever reads what was taken back.
pub async fn end(
    conn: &mut PgConnection,
    id: SignUpId,
    state: SignUpState,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "delete from bids where sign_up_id = $1 and opened_at is null",
        id as _
    )
    .execute(&mut *conn)
    .await?;
    let result = sqlx::query!(
        "update sign_ups set state = $2, ended_at = $3 where id = $1 and state = 'live'",
        id as _,
        state as _,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// An agency's own live sign-up.
#[derive(Debug, Clone)]
pub struct Own {
    pub id: SignUpId,
    pub state: SignUpState,
    pub edition: i32,
    pub receipt: Hex32,
    pub received_at: Timestamp,
    pub nonce: Hex32,
    pub nonce_by: MadeBy,
    pub sealed: Option<Vec<u8>>,
    pub sealed_by: Option<MadeBy>,
}

/// Holds the live sign-up of an agency, if there is one, until the transaction ends: of two that replace it at once
/// the second sees what the first has made of it.
pub async fn hold(
    conn: &mut PgConnection,
    requirement: RequirementId,
    agency: AgencyId,
) -> Result<()> {
    sqlx::query_scalar!(
        "select 1 from sign_ups where requirement_id = $1 and agency_id = $2 and state = 'live' for update",
        requirement as _,
        agency as _
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

/// The live sign-up of an agency for a requirement.
pub async fn own(
    conn: &mut PgConnection,
    requirement: RequirementId,
    agency: AgencyId,
) -> Result<Option<Own>> {
    Ok(sqlx::query_as!(
        Own,
        r#"select s.id, s.state, s.edition, s.receipt as "receipt: Hex32", s.received_at, s.nonce as "nonce: Hex32", s.nonce_by,
                  b.sealed as "sealed?", b.sealed_by as "sealed_by?"
           from sign_ups s left join bids b on b.sign_up_id = s.id
           where s.requirement_id = $1 and s.agency_id = $2 and s.state = 'live'"#,
        requirement as _,
        agency as _
    )
    .fetch_optional(conn)
    .await?)
}

/// The live sign-ups of a requirement in order of receipt, each with its agency as it is now.
pub async fn received(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<(Received, Candidate)>> {
    let rows = sqlx::query!(
        r#"select s.id, s.agency_id, s.nonce as "nonce: Hex32", s.received_at, b.sealed as "sealed?"
           from sign_ups s left join bids b on b.sign_up_id = s.id
           where s.requirement_id = $1 and s.state = 'live' order by s.received_at, s.id"#,
        requirement as _
    )
    .fetch_all(&mut *conn)
    .await?;
    let received = rows.into_iter().map(|row| {
        Ok(Received {
            id: row.id.into(),
            agency: row.agency_id.into(),
            nonce: row.nonce,
            sealed: row.sealed,
            received_at: row.received_at,
        })
    });
    let received: Vec<Received> = received.collect::<Result<_>>()?;
    crate::agency::with_candidates(conn, received, |one| one.agency).await
}

/// Writes what was found. Errors: `bids_open_at_the_deadline` before [`crate::requirement::record_opening`].
pub async fn save_opened(
    conn: &mut PgConnection,
    id: SignUpId,
    found: std::result::Result<Fen, BidFault>,
    now: Timestamp,
) -> Result<()> {
    let (amount, fault) = match found {
        Ok(amount) => (Some(amount.0), None),
        Err(fault) => (None, Some(fault.label())),
    };
    let result = sqlx::query!(
        "update bids set amount_fen = $2, fault = $3, opened_at = $4 where sign_up_id = $1",
        id as _,
        amount,
        fault,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// A sign-up in the agency's own list.
#[derive(Debug, Clone, FromRow)]
pub struct SignUpRow {
    pub id: SignUpId,
    pub requirement_id: RequirementId,
    pub project_name: String,
    pub owner_name: String,
    pub method: Option<Method>,
    pub requirement_state: RequirementState,
    pub deadline_at: Option<Timestamp>,
    pub state: SignUpState,
    pub received_at: Timestamp,
    pub is_excluded: bool,
    /// What became of its award, if it had one.
    pub award: Option<AwardState>,
    /// Its place in the newest ranking that has it, the first place 1.
    pub rank: Option<i64>,
}

/// Which of these requirements an agency is signed up for.
pub async fn signed_up_for(
    conn: &mut PgConnection,
    agency: AgencyId,
    requirements: &[RequirementId],
) -> Result<Vec<RequirementId>> {
    let ids: Vec<_> = requirements.iter().map(|id| id.0).collect();
    Ok(sqlx::query_scalar!(
        r#"select requirement_id as "id: RequirementId" from sign_ups
           where agency_id = $1 and state = 'live' and requirement_id = any($2)"#,
        agency as _,
        &ids
    )
    .fetch_all(conn)
    .await?)
}

/// The sign-ups of an agency, newest first, those replaced left out.
pub async fn of_agency(
    conn: &mut PgConnection,
    agency: AgencyId,
    cursor: Option<&Cursor>,
) -> Result<Page<SignUpRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select s.id, s.requirement_id, r.project_name, o.name as owner_name, r.method,
                r.state as requirement_state, r.deadline_at, s.state, s.received_at,
                exists (select from exclusions x where x.sign_up_id = s.id) as is_excluded,
                (select a.state from awards a where a.sign_up_id = s.id) as award,
                (select p.n from selections se, jsonb_array_elements(ranking_places(se.ranking)) with ordinality p (place, n)
                 where se.requirement_id = s.requirement_id and p.place ->> 'sign_up' = s.id::text
                 order by se.ordinal desc limit 1) as rank
         from sign_ups s
         join requirements r on r.id = s.requirement_id
         join owners o on o.id = r.owner_id
         where s.state <> 'replaced' and s.agency_id = ",
    );
    query.push_bind(agency);
    push_page(
        &mut query,
        By::Time("s.received_at"),
        "s.id",
        Order::Descending,
        cursor,
        PAGE,
    );
    let rows: Vec<SignUpRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, PAGE, |row| {
        (Key::Time(row.received_at), row.id.0)
    }))
}
