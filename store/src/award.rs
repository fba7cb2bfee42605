//! Awards: announced, answered, issued, replaced.

use crate::Result;
use crate::fault::{one_row, present};
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, QUEUE, Queue, into_page, push_page};
use crate::search::Kind;
use market::award::{AwardState, AwardTimes, Stage};
use market::owner::FundType;
use market::procurement::Announced;
use market::selection::Method;
use market::{
    AgencyId, AwardId, DrawId, Fen, OwnerId, PersonId, PolicyId, RequirementId, SelectionId,
    SignUpId, Timestamp,
};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// An award to announce.
#[derive(Debug, Clone)]
pub struct NewAward<'a> {
    pub region: &'a str,
    pub requirement: RequirementId,
    pub selection: SelectionId,
    pub owner: OwnerId,
    pub announced: &'a Announced,
    pub announced_at: Timestamp,
    pub policy: PolicyId,
}

/// Announces an award. Errors: `awards_one_live`, `awards_agency_once`.
pub async fn announce(conn: &mut PgConnection, new: NewAward<'_>) -> Result<()> {
    let award = new.announced;
    sqlx::query!(
        "insert into awards (id, region_code, requirement_id, selection_id, owner_id, agency_id, sign_up_id, ordinal, award_no,
             amount_fen, state, announced_at, publicity_ends_at, confirm_by_at, policy_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'announced', $11, $12, $13, $14)",
        award.id as _,
        new.region,
        new.requirement as _,
        new.selection as _,
        new.owner as _,
        award.place.agency as _,
        award.place.sign_up as _,
        award.ordinal.cast_signed(),
        award.award_no,
        award.place.amount.0,
        new.announced_at,
        award.times.publicity_ends_at,
        award.times.confirm_by_at,
        new.policy as _
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update agencies set awards = awards + 1 where id = $1",
        award.place.agency as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An award, locked for a decision or read for its page.
#[derive(Debug, Clone)]
pub struct Award {
    pub id: AwardId,
    pub requirement_id: RequirementId,
    pub selection_id: SelectionId,
    pub owner_id: OwnerId,
    pub owner_name: String,
    pub agency_id: AgencyId,
    pub agency_name: String,
    pub agency_uscc: String,
    pub agency_address: String,
    pub sign_up_id: SignUpId,
    pub ordinal: i32,
    pub award_no: String,
    pub amount_fen: Fen,
    pub state: AwardState,
    pub announced_at: Timestamp,
    pub publicity_ends_at: Timestamp,
    pub confirm_by_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub decline_reason: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub sign_by_at: Option<Timestamp>,
    pub policy_id: PolicyId,
    pub policy_name: String,
    pub version: i32,
    pub contract_id: Option<market::ContractId>,
}

/// Reads and locks an award.
pub async fn lock(conn: &mut PgConnection, id: AwardId) -> Result<Option<Award>> {
    sqlx::query!("select from awards where id = $1 for update", id as _)
        .fetch_optional(&mut *conn)
        .await?;
    find(conn, id).await
}

/// Reads an award.
pub async fn find(conn: &mut PgConnection, id: AwardId) -> Result<Option<Award>> {
    Ok(sqlx::query_as!(
        Award,
        r#"select w.id, w.requirement_id, w.selection_id, w.owner_id, o.name as owner_name, w.agency_id,
                  a.name as agency_name, a.uscc as agency_uscc, a.address as agency_address, w.sign_up_id, w.ordinal,
                  w.award_no, w.amount_fen, w.state, w.announced_at, w.publicity_ends_at, w.confirm_by_at, w.answered_at,
                  w.decline_reason, w.issued_at, w.sign_by_at, w.policy_id, p.name as policy_name, w.version, c.id as "contract_id?: _"
           from awards w
           join owners o on o.id = w.owner_id
           join agencies a on a.id = w.agency_id
           join policies p on p.id = w.policy_id
           left join contracts c on c.award_id = w.id
           where w.id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await?)
}

/// The id of an award by its number, for the verification page.
pub async fn by_number(conn: &mut PgConnection, award_no: &str) -> Result<Option<AwardId>> {
    let id = sqlx::query_scalar!("select id from awards where award_no = $1", award_no)
        .fetch_optional(conn)
        .await?;
    Ok(id.map(Into::into))
}

/// The requirement of an award, to lock it before the award.
pub async fn requirement_of(conn: &mut PgConnection, id: AwardId) -> Result<Option<RequirementId>> {
    let found = sqlx::query_scalar!("select requirement_id from awards where id = $1", id as _)
        .fetch_optional(conn)
        .await?;
    Ok(found.map(Into::into))
}

impl Award {
    /// As decisions take it. Errors: a row that makes no sense.
    pub fn whole(&self) -> Result<market::award::Award> {
        Ok(market::award::Award {
            id: self.id,
            award_no: self.award_no.clone(),
            agency: self.agency_id,
            agency_name: self.agency_name.clone(),
            agency_uscc: self.agency_uscc.clone(),
            amount: self.amount_fen,
            announced_at: self.announced_at,
            times: AwardTimes {
                publicity_ends_at: self.publicity_ends_at,
                confirm_by_at: self.confirm_by_at,
            },
            stage: match self.state {
                AwardState::Announced => Stage::Announced,
                AwardState::Confirmed => Stage::Confirmed,
                AwardState::Issued => Stage::Issued {
                    issued_at: present(self.issued_at, "issue")?,
                    sign_by_at: present(self.sign_by_at, "time to sign")?,
                },
                AwardState::Declined => Stage::Declined {
                    reason: self.decline_reason.clone().unwrap_or_default(),
                },
                AwardState::Lapsed => Stage::Lapsed,
            },
        })
    }
}

/// Saves where an award stands now. The first stage after its announcement is the agency's answer, or its silence:
/// `by` says who gave it.
pub async fn save(
    conn: &mut PgConnection,
    award: &Award,
    stage: &Stage,
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<()> {
    let reason = match stage {
        Stage::Declined { reason } => Some(reason.as_str()),
        _ => None,
    };
    let (issued_at, sign_by_at) = match stage {
        Stage::Issued {
            issued_at,
            sign_by_at,
        } => (Some(*issued_at), Some(*sign_by_at)),
        _ => (None, None),
    };
    let result = sqlx::query!(
        "update awards set state = $3, answered_by = coalesce(answered_by, $4), answered_at = coalesce(answered_at, $5),
             decline_reason = $6, issued_at = $7, sign_by_at = $8, version = version + 1
         where id = $1 and version = $2",
        award.id as _,
        award.version,
        stage.state() as _,
        by as _,
        now,
        reason,
        issued_at,
        sign_by_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// An award in the list of results.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct AwardRow {
    pub id: AwardId,
    pub requirement_id: RequirementId,
    pub award_no: String,
    pub project_name: String,
    pub owner_name: String,
    pub agency_name: String,
    pub agency_uscc: String,
    pub method: Method,
    pub fund: FundType,
    /// The ceiling or fixed price, for the saving.
    pub limit_fen: Fen,
    pub amount_fen: Fen,
    pub state: AwardState,
    #[serde(with = "time::serde::rfc3339")]
    pub announced_at: Timestamp,
    pub draw_id: Option<DrawId>,
}

/// What the list of results is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AwardFilter {
    /// Any of them; none narrows nothing.
    pub methods: Vec<Method>,
    pub text: Option<String>,
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &AwardFilter) {
    if !filter.methods.is_empty() {
        query
            .push(" and r.method = any(")
            .push_bind(filter.methods.clone())
            .push(")");
    }
    if let Some(text) = &filter.text {
        let keys = market::number::of_award(text);
        if keys.is_empty() {
            crate::search::push_condition(query, Kind::Requirement, "r.id", text);
        } else {
            // Each half has its index.
            query
                .push(" and w.id in (select id from awards where number_key(award_no) = any(")
                .push_bind(keys.clone())
                .push(") union select a.id from awards a join requirements q on q.id = a.requirement_id where number_key(q.notice_no) = any(")
                .push_bind(keys)
                .push("))");
        }
    }
}

/// The newest results.
pub async fn list(
    conn: &mut PgConnection,
    filter: &AwardFilter,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<AwardRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select w.id, w.requirement_id, w.award_no, r.project_name, o.name as owner_name, a.name as agency_name,
                a.uscc as agency_uscc, r.method, r.fund, r.amount_fen as limit_fen, w.amount_fen, w.state, w.announced_at,
                (select d.id from draws d where d.selection_id = w.selection_id order by d.ordinal limit 1) as draw_id
         from awards w
         join requirements r on r.id = w.requirement_id
         join owners o on o.id = w.owner_id
         join agencies a on a.id = w.agency_id
         where true",
    );
    push_filter(&mut query, filter);
    push_page(
        &mut query,
        By::Time("w.announced_at"),
        "w.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<AwardRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.announced_at), row.id.0)
    }))
}

/// How many results fit a filter, up to [`COUNT_CAP`] + 1.
pub async fn count(conn: &mut PgConnection, filter: &AwardFilter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from awards w join requirements r on r.id = w.requirement_id where true",
    );
    push_filter(&mut query, filter);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    let (count,): (i64,) = query.build_query_as().fetch_one(conn).await?;
    Ok(count)
}

/// An award beside its requirement.
#[derive(Debug, Clone)]
pub struct AwardLink {
    pub id: AwardId,
    pub ordinal: i32,
    pub award_no: String,
    pub agency_id: AgencyId,
    pub agency_name: String,
    pub agency_uscc: String,
    pub sign_up_id: SignUpId,
    pub amount_fen: Fen,
    pub state: AwardState,
    pub announced_at: Timestamp,
    pub publicity_ends_at: Timestamp,
    pub confirm_by_at: Timestamp,
    pub issued_at: Option<Timestamp>,
    pub contract_id: Option<market::ContractId>,
}

/// The awards of a requirement in order.
pub async fn of_requirement(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Vec<AwardLink>> {
    Ok(sqlx::query_as!(
        AwardLink,
        r#"select w.id, w.ordinal, w.award_no, w.agency_id, a.name as agency_name, a.uscc as agency_uscc, w.sign_up_id,
                  w.amount_fen, w.state, w.announced_at, w.publicity_ends_at, w.confirm_by_at, w.issued_at,
                  c.id as "contract_id?: _"
           from awards w
           join agencies a on a.id = w.agency_id
           left join contracts c on c.award_id = w.id
           where w.requirement_id = $1 order by w.ordinal"#,
        requirement as _
    )
    .fetch_all(conn)
    .await?)
}

/// An award that waits for one of its parties.
#[derive(Debug, Clone)]
pub struct WaitingAward {
    pub id: AwardId,
    pub requirement_id: RequirementId,
    pub project_name: String,
    pub other_name: String,
    pub amount_fen: Fen,
    pub state: AwardState,
    /// Until when it must be confirmed.
    pub confirm_by_at: Timestamp,
    /// Until when the contract must be signed, once the notice of award is out.
    pub sign_by_at: Option<Timestamp>,
}

/// Awards that an agency must answer, or for which no contract is recorded yet.
pub async fn waiting_for_agency(
    conn: &mut PgConnection,
    agency: AgencyId,
) -> Result<Queue<WaitingAward>> {
    let rows = sqlx::query_as!(
        WaitingAward,
        "select w.id, w.requirement_id, r.project_name, o.name as other_name, w.amount_fen, w.state,
                w.confirm_by_at, w.sign_by_at
         from awards w
         join requirements r on r.id = w.requirement_id
         join owners o on o.id = w.owner_id
         where w.agency_id = $1 and (w.state = 'announced'
             or (w.state = 'issued' and not exists (select from contracts c where c.award_id = w.id)))
         order by w.confirm_by_at limit $2",
        agency as _,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from awards w
           where w.agency_id = $1 and (w.state = 'announced'
               or (w.state = 'issued' and not exists (select from contracts c where c.award_id = w.id)))"#,
        agency as _
    )
    .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}

/// Issued awards of an owner for which no contract is recorded yet.
pub async fn waiting_for_owner(
    conn: &mut PgConnection,
    owner: OwnerId,
    only: Option<PersonId>,
) -> Result<Queue<WaitingAward>> {
    let rows = sqlx::query_as!(
        WaitingAward,
        "select w.id, w.requirement_id, r.project_name, a.name as other_name, w.amount_fen, w.state,
                w.confirm_by_at, w.sign_by_at
         from awards w
         join requirements r on r.id = w.requirement_id
         join agencies a on a.id = w.agency_id
         where w.owner_id = $1 and w.state = 'issued' and ($2::uuid is null or r.created_by = $2)
           and not exists (select from contracts c where c.award_id = w.id)
         order by w.issued_at limit $3",
        owner as _,
        only as _,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from awards w
           join requirements r on r.id = w.requirement_id
           where w.owner_id = $1 and w.state = 'issued' and ($2::uuid is null or r.created_by = $2)
             and not exists (select from contracts c where c.award_id = w.id)"#,
        owner as _,
        only as _
    )
    .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}
