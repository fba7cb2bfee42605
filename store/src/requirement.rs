//! Requirements as cases: the row that is locked, and what follows for it. Their documents are in `edition`, their
//! lists and pages in [`read`].

mod published;
mod read;

pub use published::*;
pub use read::*;

use crate::Result;
use crate::fault::{one_row, present};
use market::bid::PublicKey;
use market::hash::Hex32;
use market::owner::FundType;
use market::publication::Promise;
use market::requirement::PriceKind;
use market::requirement::{Price, RequirementState, Schedule, Specification};
use market::selection::{Chooser, Method};
use market::{
    Fen, OwnerId, PersonId, PolicyId, RequirementId, ServiceItemId, ServiceTypeId, Timestamp,
};
use sqlx::PgConnection;
use uuid::Uuid;

/// A requirement, locked for a decision.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub id: RequirementId,
    pub region_code: String,
    pub owner_id: OwnerId,
    pub item_id: ServiceItemId,
    pub state: RequirementState,
    pub created_by: PersonId,
    pub created_at: Timestamp,
    pub republished_from: Option<RequirementId>,
    pub failures: i32,
    pub version: i32,
    pub project_name: String,
    pub notice_no: Option<String>,
    pub edition: Option<i32>,
    pub method: Option<Method>,
    pub fund: Option<FundType>,
    pub price_kind: Option<PriceKind>,
    pub amount_fen: Option<Fen>,
    pub floor_fen: Option<Fen>,
    pub policy_id: Option<PolicyId>,
    pub published_at: Option<Timestamp>,
    pub deadline_at: Option<Timestamp>,
    pub draw_at: Option<Timestamp>,
    pub extensions: i32,
    pub backups: i32,
    pub seed_commitment: Option<Hex32>,
    pub seed_sealed: Option<Vec<u8>>,
    pub bid_public_key: Option<Hex32>,
    pub bid_secret_sealed: Option<Vec<u8>>,
    pub entrants_hash: Option<Hex32>,
    pub choice_due_at: Option<Timestamp>,
}

/// What publication has fixed.
#[derive(Debug, Clone)]
pub struct Published {
    pub notice_no: String,
    pub edition: i32,
    pub method: Method,
    pub fund: FundType,
    pub price: Price,
    pub policy_id: PolicyId,
    pub published_at: Timestamp,
    pub schedule: Schedule,
    pub seed_commitment: Hex32,
    pub seed_sealed: Vec<u8>,
    pub bid_key: Option<PublicKey>,
    pub bid_secret_sealed: Option<Vec<u8>>,
}

impl Requirement {
    /// What publication has fixed. Errors: not published, or a row that makes no sense.
    pub fn published(&self) -> Result<Published> {
        let amount = present(self.amount_fen, "amount")?;
        let price = match present(self.price_kind, "price kind")? {
            PriceKind::Fixed => Price::Fixed(amount),
            PriceKind::Ceiling => Price::Ceiling {
                ceiling: amount,
                floor: self.floor_fen,
            },
        };
        Ok(Published {
            notice_no: present(self.notice_no.clone(), "notice number")?,
            edition: present(self.edition, "edition")?,
            method: present(self.method, "method")?,
            fund: present(self.fund, "fund")?,
            price,
            policy_id: present(self.policy_id, "policy")?,
            published_at: present(self.published_at, "publication")?,
            schedule: Schedule {
                deadline_at: present(self.deadline_at, "deadline")?,
                draw_at: present(self.draw_at, "draw instant")?,
            },
            seed_commitment: present(self.seed_commitment, "commitment")?,
            seed_sealed: present(self.seed_sealed.clone(), "sealed seed")?,
            bid_key: self.bid_public_key.map(|key| PublicKey(key.0)),
            bid_secret_sealed: self.bid_secret_sealed.clone(),
        })
    }
}

/// A requirement to begin.
#[derive(Debug, Clone)]
pub struct NewRequirement<'a> {
    pub id: RequirementId,
    pub region: &'a str,
    pub owner: OwnerId,
    pub item: ServiceItemId,
    pub created_by: PersonId,
    pub created_at: Timestamp,
    pub republished_from: Option<RequirementId>,
    pub failures: i32,
}

/// Begins a requirement.
pub async fn create(conn: &mut PgConnection, new: NewRequirement<'_>) -> Result<()> {
    sqlx::query!(
        "insert into requirements (id, region_code, owner_id, item_id, state, created_by, created_at, republished_from, failures)
         values ($1, $2, $3, $4, 'preparing', $5, $6, $7, $8)",
        new.id as _,
        new.region,
        new.owner as _,
        new.item as _,
        new.created_by as _,
        new.created_at,
        new.republished_from as _,
        new.failures
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How strongly a row is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// For a decision: alone.
    Alone,
    /// For a sign-up: with other sign-ups, but not with a decision.
    Shared,
}

/// Reads and locks a requirement.
pub async fn lock(
    conn: &mut PgConnection,
    id: RequirementId,
    hold: Hold,
) -> Result<Option<Requirement>> {
    match hold {
        Hold::Alone => sqlx::query!("select from requirements where id = $1 for update", id as _)
            .fetch_optional(&mut *conn)
            .await?
            .map(drop),
        Hold::Shared => sqlx::query!("select from requirements where id = $1 for share", id as _)
            .fetch_optional(&mut *conn)
            .await?
            .map(drop),
    };
    find(conn, id).await
}

/// Reads a requirement.
pub async fn find(conn: &mut PgConnection, id: RequirementId) -> Result<Option<Requirement>> {
    Ok(sqlx::query_as!(
        Requirement,
        r#"select id, region_code, owner_id, item_id, state, created_by, created_at, republished_from as "republished_from: _", failures, version, project_name,
                  notice_no, edition, method as "method?", fund as "fund?", price_kind as "price_kind?", amount_fen as "amount_fen: Fen", floor_fen as "floor_fen: Fen",
                  policy_id as "policy_id: _", published_at, deadline_at, draw_at, extensions, backups,
                  seed_commitment as "seed_commitment: Hex32", seed_sealed, bid_public_key as "bid_public_key: Hex32",
                  bid_secret_sealed, entrants_hash as "entrants_hash: Hex32", choice_due_at
           from requirements where id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await?)
}

/// The next number of notices in a region on a day, from 1. Held by the row lock until the transaction ends.
pub async fn next_serial(conn: &mut PgConnection, region: &str, day: time::Date) -> Result<u32> {
    let last = sqlx::query_scalar!(
        "insert into notice_serials (region_code, day, last) values ($1, $2, 1)
         on conflict (region_code, day) do update set last = notice_serials.last + 1 returning last",
        region,
        day
    )
    .fetch_one(conn)
    .await?;
    Ok(market::count::unsigned(last))
}

/// What a publication fixes.
#[derive(Debug, Clone)]
pub struct Publication<'a> {
    pub published: &'a market::publication::Published,
    pub edition: i32,
    pub spec: &'a Specification,
    pub policy: PolicyId,
    pub published_at: Timestamp,
    pub promise: Promise,
    pub seed_sealed: &'a [u8],
    pub bid_secret_sealed: Option<&'a [u8]>,
}

/// Publishes the first edition.
pub async fn publish(
    conn: &mut PgConnection,
    requirement: &Requirement,
    publication: Publication<'_>,
) -> Result<()> {
    let spec = publication.spec;
    let types: Vec<Uuid> = spec
        .conditions
        .services
        .iter()
        .map(|service| service.id.0)
        .collect();
    let result = sqlx::query!(
        "update requirements set state = $3, notice_no = $4, edition = $5, project_name = $6, method = $7, fund = $8,
             price_kind = $9, amount_fen = $10, floor_fen = $11, service_types = $12, policy_id = $13, published_at = $14,
             deadline_at = $15, draw_at = $16, backups = $17, seed_commitment = $18, seed_sealed = $19,
             bid_public_key = $20, bid_secret_sealed = $21, version = version + 1
         where id = $1 and version = $2",
        requirement.id as _,
        requirement.version,
        RequirementState::Published as _,
        publication.published.notice_no,
        publication.edition,
        spec.project_name,
        spec.method as _,
        spec.fund as _,
        spec.price.kind() as _,
        spec.price.limit().0,
        spec.price.floor().map(|floor| floor.0),
        &types,
        publication.policy as _,
        publication.published_at,
        publication.published.schedule.deadline_at,
        publication.published.schedule.draw_at,
        publication.published.backups.cast_signed(),
        publication.promise.seed_commitment.0.as_slice(),
        publication.seed_sealed,
        publication
            .promise
            .bid_key
            .as_ref()
            .map(|key| key.0.as_slice()),
        publication.bid_secret_sealed
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Publishes a correction: a later edition with its own document, and perhaps a later deadline.
pub async fn correct(
    conn: &mut PgConnection,
    requirement: &Requirement,
    edition: i32,
    spec: &Specification,
    schedule: Schedule,
) -> Result<()> {
    let types: Vec<Uuid> = spec
        .conditions
        .services
        .iter()
        .map(|service| service.id.0)
        .collect();
    let result = sqlx::query!(
        "update requirements set edition = $3, project_name = $4, price_kind = $5, amount_fen = $6, floor_fen = $7,
             service_types = $8, deadline_at = $9, draw_at = $10, version = version + 1
         where id = $1 and version = $2",
        requirement.id as _,
        requirement.version,
        edition,
        spec.project_name,
        spec.price.kind() as _,
        spec.price.limit().0,
        spec.price.floor().map(|floor| floor.0),
        &types,
        schedule.deadline_at,
        schedule.draw_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Moves a requirement from state to state.
pub async fn save_state(
    conn: &mut PgConnection,
    requirement: &Requirement,
    state: RequirementState,
) -> Result<()> {
    let result = sqlx::query!(
        "update requirements set state = $3, version = version + 1 where id = $1 and version = $2",
        requirement.id as _,
        requirement.version,
        state as _
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// What an owner has awarded by its own choice for any of the service types since an instant, in fen (splitting guard).
pub async fn chosen_since(
    conn: &mut PgConnection,
    owner: OwnerId,
    types: &[ServiceTypeId],
    since: Timestamp,
) -> Result<Fen> {
    let types: Vec<Uuid> = types.iter().map(|id| id.0).collect();
    let by_choice = Method::such(|kind| matches!(kind.chooser, Chooser::Owner));
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum(a.amount_fen), 0)::bigint as "sum!" from awards a
           join requirements r on r.id = a.requirement_id
           where a.owner_id = $1 and r.method = any($4) and r.service_types && $2 and a.announced_at >= $3
             and a.state in ('announced', 'confirmed', 'issued')"#,
        owner as _,
        &types,
        since,
        by_choice as _
    )
    .fetch_one(conn)
    .await?;
    Ok(Fen(sum))
}

/// A published requirement as the search finds it.
#[derive(Debug, Clone, Copy)]
pub struct Findable<'a> {
    pub id: RequirementId,
    pub owner_name: &'a str,
    pub spec: &'a Specification,
    pub notice_no: &'a str,
    /// Where it is shown.
    pub path: &'a str,
}

/// Puts a published requirement into the search index.
pub async fn index(conn: &mut PgConnection, found: Findable<'_>, now: Timestamp) -> Result<()> {
    let subtitle = format!("{} · {}", found.owner_name, found.spec.item_name);
    let document = crate::search::Document {
        kind: crate::search::Kind::Requirement,
        subject: found.id.0,
        title: &found.spec.project_name,
        subtitle: &subtitle,
        also: found.notice_no,
        path: found.path,
        rank: 3,
    };
    crate::search::index(conn, document, now).await
}
