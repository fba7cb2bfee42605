//! Masses of agencies and requirements, for measuring. Rows are written many at a time, in the shape that the rules
//! would have given them; nothing else uses this.

use crate::Result;
use market::requirement::Specification;
use market::{
    AgencyId, OwnerId, PersonId, PolicyId, RequirementId, ServiceItemId, ServiceTypeId, Timestamp,
};
use sqlx::PgConnection;
use uuid::Uuid;

/// A settled agency, active in one service type.
#[derive(Debug, Clone)]
pub struct Agency {
    pub id: AgencyId,
    pub uscc: String,
    pub name: String,
    pub representative: String,
    /// Hundredths of a point.
    pub score: i32,
    pub ratings: i32,
    /// Hundredths of a star, summed over the ratings.
    pub rating_sum: i64,
    pub completed: i32,
    pub settled_at: Timestamp,
}

/// Adds agencies.
pub async fn agencies(
    conn: &mut PgConnection,
    region: &str,
    service: ServiceTypeId,
    by: PersonId,
    rows: &[Agency],
) -> Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let codes: Vec<String> = rows.iter().map(|row| row.uscc.clone()).collect();
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let heads: Vec<String> = rows.iter().map(|row| row.representative.clone()).collect();
    let scores: Vec<i32> = rows.iter().map(|row| row.score).collect();
    let ratings: Vec<i32> = rows.iter().map(|row| row.ratings).collect();
    let sums: Vec<i64> = rows.iter().map(|row| row.rating_sum).collect();
    let completed: Vec<i32> = rows.iter().map(|row| row.completed).collect();
    let settled: Vec<Timestamp> = rows.iter().map(|row| row.settled_at).collect();
    sqlx::query!(
        "insert into agencies (id, region_code, uscc, name, nature, legal_representative, founded_on, address, contact_name,
             contact_phone, introduction, state, registered_by, registered_at, committed_by, committed_at, settled_at,
             credit_score, credit_grade, rating_count, rating_sum, awards, completed, on_time, active_services)
         select id, $1, uscc, name, 'enterprise', head, '2015-05-05', '示范区', head, '13800000000', '', 'settled', $3,
             settled_at, $3, settled_at, settled_at, score,
             case when score >= 12000 then 'a_plus' when score >= 10000 then 'a' when score >= 8000 then 'b'
                  when score >= 6000 then 'c' else 'd' end::credit_grade,
             ratings, sum, completed, completed, completed, array[$2::uuid]
         from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::integer[], $10::bigint[],
                     $11::integer[], $12::timestamptz[])
             as t (id, uscc, name, head, score, ratings, sum, completed, settled_at)",
        region,
        service as _,
        by as _,
        &ids,
        &codes,
        &names,
        &heads,
        &scores,
        &ratings,
        &sums,
        &completed,
        &settled
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into agency_services (agency_id, service_type_id, state, promise, fee_reference, activated_at)
         select id, $1, 'active', '', '', settled_at from unnest($2::uuid[], $3::timestamptz[]) as t (id, settled_at)",
        service as _,
        &ids,
        &settled
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What all requirements of a filling have in common.
#[derive(Debug, Clone, Copy)]
pub struct Common<'a> {
    pub region: &'a str,
    pub owner: OwnerId,
    pub item: ServiceItemId,
    pub service: ServiceTypeId,
    pub policy: PolicyId,
    pub by: PersonId,
    /// Another person, who published.
    pub publisher: PersonId,
    pub spec: &'a Specification,
}

/// A requirement; failed for want of entrants, unless its deadline is still to come.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub id: RequirementId,
    pub notice_no: String,
    pub name: String,
    pub published_at: Timestamp,
    pub deadline_at: Timestamp,
    pub is_open: bool,
    pub seed_commitment: Vec<u8>,
    pub seed_sealed: Vec<u8>,
}

/// Adds requirements with their published editions.
pub async fn requirements(
    conn: &mut PgConnection,
    common: Common<'_>,
    rows: &[Requirement],
) -> Result<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let numbers: Vec<String> = rows.iter().map(|row| row.notice_no.clone()).collect();
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let published: Vec<Timestamp> = rows.iter().map(|row| row.published_at).collect();
    let deadlines: Vec<Timestamp> = rows.iter().map(|row| row.deadline_at).collect();
    let open: Vec<bool> = rows.iter().map(|row| row.is_open).collect();
    let commitments: Vec<Vec<u8>> = rows.iter().map(|row| row.seed_commitment.clone()).collect();
    let sealed: Vec<Vec<u8>> = rows.iter().map(|row| row.seed_sealed.clone()).collect();
    sqlx::query!(
        "insert into requirements (id, region_code, owner_id, item_id, state, created_by, created_at, notice_no, edition,
             project_name, method, fund, price_kind, amount_fen, service_types, policy_id, published_at, deadline_at,
             draw_at, seed_commitment, seed_sealed, failed_at, fail_reason)
         select id, $1, $2, $3, case when is_open then 'published' else 'failed' end::requirement_state, $6, published_at,
             notice_no, 1, name, $17, $7, 'fixed', $8, array[$4::uuid], $5, published_at, deadline_at,
             deadline_at + interval '5 minutes', commitment, sealed,
             case when is_open then null else deadline_at end, case when is_open then null else '截止时没有机构报名。' end
         from unnest($9::uuid[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::boolean[],
                     $15::bytea[], $16::bytea[])
             as t (id, notice_no, name, published_at, deadline_at, is_open, commitment, sealed)",
        common.region,
        common.owner as _,
        common.item as _,
        common.service as _,
        common.policy as _,
        common.by as _,
        common.spec.fund as _,
        common.spec.price.limit().0,
        &ids,
        &numbers,
        &names,
        &published,
        &deadlines,
        &open,
        &commitments,
        &sealed,
        common.spec.method as _
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into requirement_editions (requirement_id, edition, state, form, spec, created_at, saved_at, saved_by,
             submitted_by, submitted_at, audit_begun_by, audit_begun_at, audited_by, audited_at, published_by, published_at)
         select id, 1, 'published', '{}', jsonb_set($1, '{project_name}', to_jsonb(name)), at, at, $2, $2, at, $2, at, $2, at, $3, at
         from unnest($4::uuid[], $5::text[], $6::timestamptz[]) as t (id, name, at)",
        crate::stored::json(common.spec)?,
        common.by as _,
        common.publisher as _,
        &ids,
        &names,
        &published
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into jobs (id, kind, subject, run_at, created_at)
         select gen_random_uuid(), 'close', id, deadline_at, published_at
         from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::boolean[])
             as t (id, published_at, deadline_at, is_open) where is_open",
        &ids,
        &published,
        &deadlines,
        &open
    )
    .execute(conn)
    .await?;
    Ok(())
}
