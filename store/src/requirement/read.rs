//! Lists and pages of requirements.

use crate::Result;
use crate::page::{
    By, COUNT_CAP, Cursor, Key, Order, PAGE, Page, QUEUE, Queue, into_page, push_page,
};
use crate::search::Kind;
use crate::stored::{Kept, OfSubject, Stored};
use market::hash::Hex32;
use market::owner::{FundType, OwnerKind};
use market::procurement::FailureReason;
use market::requirement::PriceKind;
use market::requirement::{EditionState, RequirementState, Specification};
use market::selection::Method;
use market::stored::NOT_READABLE;
use market::{AgencyId, Fen, OwnerId, PersonId, RequirementId, ServiceTypeId, Timestamp};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// What the list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct RequirementFilter {
    pub state: Option<RequirementState>,
    /// Any of them; none narrows nothing.
    pub methods: Vec<Method>,
    pub service_type: Option<ServiceTypeId>,
    pub owner: Option<OwnerId>,
    pub text: Option<String>,
}

impl RequirementFilter {
    /// Whether it shows everything.
    pub fn is_empty(&self) -> bool {
        self.state.is_none()
            && self.methods.is_empty()
            && self.service_type.is_none()
            && self.owner.is_none()
            && self.text.is_none()
    }
}

/// A published requirement in a list. Nothing in it says how many have signed up.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct RequirementRow {
    pub id: RequirementId,
    pub notice_no: String,
    pub project_name: String,
    pub owner_name: String,
    pub item_name: String,
    pub method: Method,
    pub fund: FundType,
    pub price_kind: PriceKind,
    pub amount_fen: Fen,
    pub state: RequirementState,
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: Timestamp,
    #[serde(with = "time::serde::rfc3339")]
    pub deadline_at: Timestamp,
}

const ROW: &str = "select r.id, r.notice_no, r.project_name, o.name as owner_name, i.name as item_name, r.method, r.fund,
       r.price_kind, r.amount_fen, r.state, r.published_at, r.deadline_at
     from requirements r
     join owners o on o.id = r.owner_id
     join service_items i on i.id = r.item_id
     where r.notice_no is not null";

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &RequirementFilter) {
    if let Some(state) = filter.state {
        query.push(" and r.state = ").push_bind(state);
    }
    match filter.methods[..] {
        [] => {}
        // Alone it has an index in the order of the list.
        [method] => {
            query.push(" and r.method = ").push_bind(method);
        }
        _ => {
            query
                .push(" and r.method = any(")
                .push_bind(filter.methods.clone())
                .push(")");
        }
    }
    if let Some(service_type) = filter.service_type {
        query
            .push(" and r.service_types && ")
            .push_bind(vec![service_type.0]);
    }
    if let Some(owner) = filter.owner {
        query.push(" and r.owner_id = ").push_bind(owner);
    }
    if let Some(text) = &filter.text {
        crate::search::push_condition(query, Kind::Requirement, "r.id", text);
    }
}

/// A page of published requirements, newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: &RequirementFilter,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<RequirementRow>> {
    let mut query = QueryBuilder::<Postgres>::new(ROW);
    push_filter(&mut query, filter);
    push_page(
        &mut query,
        By::Time("r.published_at"),
        "r.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<RequirementRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.published_at), row.id.0)
    }))
}

/// How many fit a filter, up to [`COUNT_CAP`] + 1.
pub async fn count(conn: &mut PgConnection, filter: &RequirementFilter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from requirements r where r.notice_no is not null",
    );
    push_filter(&mut query, filter);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    let (count,): (i64,) = query.build_query_as().fetch_one(conn).await?;
    Ok(count)
}

/// Those that take sign-ups now, the soonest deadline first; of some service types if given.
pub async fn open(
    conn: &mut PgConnection,
    types: Option<&[Uuid]>,
    now: Timestamp,
    most: i64,
) -> Result<Queue<RequirementRow>> {
    let mut query = QueryBuilder::<Postgres>::new(ROW);
    push_open(&mut query, types, now);
    query
        .push(" order by r.deadline_at, r.id limit ")
        .push_bind(most);
    let rows = query.build_query_as().fetch_all(&mut *conn).await?;
    let mut count = QueryBuilder::<Postgres>::new("select count(*) from requirements r where true");
    push_open(&mut count, types, now);
    Queue::of(rows, most, count.build_query_scalar().fetch_one(conn)).await
}

fn push_open(query: &mut QueryBuilder<Postgres>, types: Option<&[Uuid]>, now: Timestamp) {
    query
        .push(" and r.state = 'published' and r.deadline_at > ")
        .push_bind(now);
    if let Some(types) = types {
        query
            .push(" and r.service_types && ")
            .push_bind(types.to_vec());
    }
}

/// The page of a requirement.
#[derive(Debug, Clone)]
pub struct RequirementPage {
    pub id: RequirementId,
    pub owner_id: OwnerId,
    pub owner_name: String,
    pub owner_uscc: String,
    pub owner_kind: OwnerKind,
    pub item_code: String,
    pub item_name: String,
    pub legal_basis: String,
    pub state: RequirementState,
    pub created_by: PersonId,
    pub created_at: Timestamp,
    pub failures: i32,
    pub version: i32,
    pub notice_no: Option<String>,
    pub edition: Option<i32>,
    pub spec: Option<Stored<Specification>>,
    pub policy_name: Option<String>,
    pub published_at: Option<Timestamp>,
    pub deadline_at: Option<Timestamp>,
    pub draw_at: Option<Timestamp>,
    pub extensions: i32,
    pub seed_commitment: Option<Hex32>,
    pub bid_public_key: Option<Hex32>,
    pub bids_opened_at: Option<Timestamp>,
    pub frozen_at: Option<Timestamp>,
    pub entrants_hash: Option<Hex32>,
    pub entrant_count: Option<i32>,
    pub choice_due_at: Option<Timestamp>,
    /// Why it failed. What failed before reasons were data has the sentence alone.
    pub failure: Option<Kept<FailureReason>>,
    pub fail_reason: Option<String>,
    pub republished_from: Option<RequirementId>,
    pub republished_as: Option<RequirementId>,
    /// Of finished contracts of the same item.
    pub median_amount_fen: Option<Fen>,
    pub finished_contracts: i64,
}

impl RequirementPage {
    /// Why it failed, if it did.
    pub fn why_failed(&self) -> Option<String> {
        why_failed(self.failure.as_ref(), self.fail_reason.as_deref())
    }
}

/// Reads a requirement's page. Who may see one that is not public, the caller decides.
pub async fn page(conn: &mut PgConnection, id: RequirementId) -> Result<Option<RequirementPage>> {
    sqlx::query_as!(
        RequirementPage,
        r#"select r.id, r.owner_id, o.name as owner_name, o.uscc as owner_uscc, o.kind as owner_kind, i.code as item_code,
                  i.name as item_name, i.legal_basis, r.state, r.created_by, r.created_at, r.failures, r.version, r.notice_no,
                  r.edition, e.spec as "spec?: Stored<Specification>", p.name as "policy_name?", r.published_at, r.deadline_at,
                  r.draw_at, r.extensions, r.seed_commitment as "seed_commitment: Hex32",
                  r.bid_public_key as "bid_public_key: Hex32", r.bids_opened_at, r.frozen_at,
                  r.entrants_hash as "entrants_hash: Hex32", r.entrant_count, r.choice_due_at,
                  r.failure as "failure: Kept<FailureReason>", r.fail_reason,
                  r.republished_from as "republished_from: _",
                  (select n.id from requirements n where n.republished_from = r.id and n.state <> 'voided' limit 1)
                      as "republished_as?: _",
                  c.median as "median_amount_fen?: Fen", c.count as "finished_contracts!"
           from requirements r
           join owners o on o.id = r.owner_id
           join service_items i on i.id = r.item_id
           left join requirement_editions e on e.requirement_id = r.id and e.edition = r.edition
           left join policies p on p.id = r.policy_id
           cross join lateral (
               select count(*), percentile_cont(0.5) within group (order by k.amount_fen)::bigint as median
               from (select k.amount_fen from contracts k join requirements q on q.id = k.requirement_id
                     where q.item_id = r.item_id and k.state = 'completed' order by k.completed_at desc limit 200) k) c
           where r.id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await
    .of(id)
}

/// A requirement in the owner's own list.
#[derive(Debug, Clone, FromRow)]
pub struct OwnRow {
    pub id: RequirementId,
    pub project_name: String,
    pub item_name: String,
    pub state: RequirementState,
    pub edition_state: Option<EditionState>,
    pub created_by_name: String,
    pub created_at: Timestamp,
    pub deadline_at: Option<Timestamp>,
}

/// How far an owner's requirement is, as its desk counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Drafts,
    InAudit,
    Published,
    Choosing,
}

impl Progress {
    /// Every stage, in their order.
    pub const ALL: [Progress; 4] = [
        Progress::Drafts,
        Progress::InAudit,
        Progress::Published,
        Progress::Choosing,
    ];

    /// As addresses name it.
    pub fn code(self) -> &'static str {
        match self {
            Progress::Drafts => "drafts",
            Progress::InAudit => "audit",
            Progress::Published => "published",
            Progress::Choosing => "choosing",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Progress::Drafts => "草稿和退回",
            Progress::InAudit => "审核发布中",
            Progress::Published => "报名中",
            Progress::Choosing => "等我选定",
        }
    }

    pub fn parse(code: &str) -> Option<Progress> {
        Progress::ALL.into_iter().find(|stage| stage.code() == code)
    }

    fn condition(self) -> &'static str {
        match self {
            Progress::Drafts => " and e.state in ('draft', 'returned')",
            Progress::InAudit => " and e.state in ('submitted', 'audited')",
            Progress::Published => " and r.state = 'published'",
            Progress::Choosing => " and r.state = 'choosing'",
        }
    }
}

/// An owner's requirements, newest first; only one person's for a trustee.
pub async fn of_owner(
    conn: &mut PgConnection,
    owner: OwnerId,
    only: Option<PersonId>,
    stage: Option<Progress>,
    cursor: Option<&Cursor>,
) -> Result<Page<OwnRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select r.id, case when r.project_name <> '' then r.project_name else coalesce(e.form -> 'project_name' ->> 0, '') end
                    as project_name,
                i.name as item_name, r.state, e.state as edition_state, p.name as created_by_name, r.created_at, r.deadline_at
         from requirements r
         join service_items i on i.id = r.item_id
         join persons p on p.id = r.created_by
         left join requirement_editions e on e.requirement_id = r.id
             and e.state in ('draft', 'submitted', 'returned', 'audited')
         where r.owner_id = ",
    );
    query.push_bind(owner);
    if let Some(person) = only {
        query.push(" and r.created_by = ").push_bind(person);
    }
    query.push(stage.map_or("", Progress::condition));
    push_page(
        &mut query,
        By::Time("r.created_at"),
        "r.id",
        Order::Descending,
        cursor,
        PAGE,
    );
    let rows: Vec<OwnRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, PAGE, |row| {
        (Key::Time(row.created_at), row.id.0)
    }))
}

/// A requirement that waits for its owner.
#[derive(Debug, Clone)]
pub struct WaitingRequirement {
    pub id: RequirementId,
    pub project_name: String,
    pub item_name: String,
    pub state: RequirementState,
    /// What the audit said when it was sent back.
    pub audit_note: Option<String>,
    pub failure: Option<Kept<FailureReason>>,
    pub fail_reason: Option<String>,
    pub choice_due_at: Option<Timestamp>,
}

impl WaitingRequirement {
    /// Why it was sent back, or why it failed.
    pub fn why(&self) -> String {
        let note = self.audit_note.clone();
        let failed = || why_failed(self.failure.as_ref(), self.fail_reason.as_deref());
        note.or_else(failed).unwrap_or_default()
    }
}

/// Why a requirement failed, as a sentence.
fn why_failed(failure: Option<&Kept<FailureReason>>, said: Option<&str>) -> Option<String> {
    match failure {
        Some(Kept(Ok(reason))) => Some(reason.sentence()),
        Some(Kept(Err(_))) => Some(NOT_READABLE.to_string()),
        None => said.map(str::to_string),
    }
}

/// Requirements that were sent back, wait for the owner's choice, or have failed since `since` and not been published
/// again.
pub async fn waiting_for_owner(
    conn: &mut PgConnection,
    owner: OwnerId,
    only: Option<PersonId>,
    since: Timestamp,
) -> Result<Queue<WaitingRequirement>> {
    let rows = sqlx::query_as!(
        WaitingRequirement,
        r#"select r.id, case when r.project_name <> '' then r.project_name else coalesce(e.form -> 'project_name' ->> 0, '') end
                      as "project_name!",
                  i.name as item_name, r.state, e.audit_note as "audit_note?",
                  r.failure as "failure: Kept<FailureReason>", r.fail_reason, r.choice_due_at
           from requirements r
           join service_items i on i.id = r.item_id
           left join requirement_editions e on e.requirement_id = r.id and e.state = 'returned'
           where r.owner_id = $1 and ($2::uuid is null or r.created_by = $2)
             and (e.state is not null or r.state = 'choosing'
                  or (r.state = 'failed' and r.failed_at > $3
                      and not exists (select from requirements n where n.republished_from = r.id)))
           order by r.created_at desc, r.id limit $4"#,
        owner as _,
        only as _,
        since,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from requirements r
           left join requirement_editions e on e.requirement_id = r.id and e.state = 'returned'
           where r.owner_id = $1 and ($2::uuid is null or r.created_by = $2)
             and (e.state is not null or r.state = 'choosing'
                  or (r.state = 'failed' and r.failed_at > $3
                      and not exists (select from requirements n where n.republished_from = r.id)))"#,
        owner as _,
        only as _,
        since
    )
    .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}

/// What waits for an owner, as numbers for its desk.
#[derive(Debug, Clone)]
pub struct OwnerFigures {
    pub drafts: i64,
    pub in_audit: i64,
    pub published: i64,
    pub choosing: i64,
    pub to_confirm: i64,
    pub to_accept: i64,
    pub to_complete: i64,
    pub to_rate: i64,
}

impl OwnerFigures {
    /// How many requirements are at a stage.
    pub fn at(&self, stage: Progress) -> i64 {
        match stage {
            Progress::Drafts => self.drafts,
            Progress::InAudit => self.in_audit,
            Progress::Published => self.published,
            Progress::Choosing => self.choosing,
        }
    }
}

/// The numbers of an owner's desk, in one query.
pub async fn owner_figures(
    conn: &mut PgConnection,
    owner: OwnerId,
    only: Option<PersonId>,
) -> Result<OwnerFigures> {
    Ok(sqlx::query_as!(
        OwnerFigures,
        r#"with mine as (
               select r.id, r.state, e.state as edition_state from requirements r
               left join requirement_editions e on e.requirement_id = r.id
                   and e.state in ('draft', 'submitted', 'returned', 'audited')
               where r.owner_id = $1 and ($2::uuid is null or r.created_by = $2)),
           deals as (
               select c.state, c.recorded_side, ra.id as rating from contracts c
               join requirements r on r.id = c.requirement_id
               left join ratings ra on ra.contract_id = c.id
               where c.owner_id = $1 and ($2::uuid is null or r.created_by = $2))
           select (select count(*) from mine where edition_state in ('draft', 'returned')) as "drafts!",
                  (select count(*) from mine where edition_state in ('submitted', 'audited')) as "in_audit!",
                  (select count(*) from mine where state = 'published') as "published!",
                  (select count(*) from mine where state = 'choosing') as "choosing!",
                  (select count(*) from deals where state = 'pending_confirm' and recorded_side = 'agency') as "to_confirm!",
                  (select count(*) from deals where state = 'delivered') as "to_accept!",
                  (select count(*) from deals where state = 'accepted') as "to_complete!",
                  (select count(*) from deals where state = 'completed' and rating is null) as "to_rate!""#,
        owner as _,
        only as _
    )
    .fetch_one(conn)
    .await?)
}

/// The service types in which an agency is active.
pub async fn active_types(conn: &mut PgConnection, agency: AgencyId) -> Result<Vec<Uuid>> {
    let types = sqlx::query_scalar!(
        "select active_services from agencies where id = $1",
        agency as _
    )
    .fetch_optional(conn)
    .await?;
    Ok(types.unwrap_or_default())
}
