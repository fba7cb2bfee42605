//! Contracts, their clock, and the deliverables.

use crate::Result;
use crate::fault::{one_row, present};
use crate::page::{COUNT_CAP, Cursor, Key, Order, PAGE, Page, into_page, push_page};
use market::contract::{ContractDetails, ContractState, DeliverableState, ServiceClock, Side};
use market::owner::FundType;
use market::time::Date;
use market::{
    AgencyId, AwardId, ContractId, DeliverableId, FileId, OwnerId, PersonId, PolicyId,
    RequirementId, Timestamp,
};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// A contract to record.
#[derive(Debug, Clone)]
pub struct NewContract<'a> {
    pub id: ContractId,
    pub region: &'a str,
    pub award: AwardId,
    pub requirement: RequirementId,
    pub owner: OwnerId,
    pub agency: AgencyId,
    pub details: &'a ContractDetails,
    pub file: FileId,
    pub service_workdays: i32,
    pub side: Side,
    pub by: PersonId,
    pub at: Timestamp,
    pub confirm_due_at: Timestamp,
    pub policy: PolicyId,
}

/// Records a contract. Errors: `contracts_one_per_award`, `contracts_amount_is_award`, `contracts_need_issued_award`.
pub async fn record(conn: &mut PgConnection, new: NewContract<'_>) -> Result<()> {
    sqlx::query!(
        "insert into contracts (id, region_code, award_id, requirement_id, owner_id, agency_id, name, amount_fen, signed_on,
             content, file_id, service_workdays, state, recorded_side, recorded_by, recorded_at, confirm_due_at, policy_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'pending_confirm', $13, $14, $15, $16, $17)",
        new.id as _,
        new.region,
        new.award as _,
        new.requirement as _,
        new.owner as _,
        new.agency as _,
        new.details.name,
        new.details.amount.0,
        new.details.signed_on,
        new.details.content,
        new.file as _,
        new.service_workdays,
        new.side as _,
        new.by as _,
        new.at,
        new.confirm_due_at,
        new.policy as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A contract, locked for a decision or read for its page.
#[derive(Debug, Clone)]
pub struct Contract {
    pub id: ContractId,
    pub region_code: String,
    pub award_id: AwardId,
    pub award_no: String,
    pub requirement_id: RequirementId,
    pub notice_no: Option<String>,
    pub project_name: String,
    pub requirement_created_by: PersonId,
    pub fund: Option<FundType>,
    pub owner_id: OwnerId,
    pub owner_name: String,
    pub agency_id: AgencyId,
    pub agency_name: String,
    pub agency_uscc: String,
    pub name: String,
    pub amount_fen: i64,
    pub signed_on: Date,
    pub content: String,
    pub file_id: FileId,
    pub service_workdays: i32,
    pub state: ContractState,
    pub recorded_side: Side,
    pub recorded_at: Timestamp,
    pub confirm_due_at: Timestamp,
    pub objection: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    pub paused_at: Option<Timestamp>,
    pub stopped_at: Option<Timestamp>,
    pub accept_due_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub overdue_workdays: Option<i32>,
    pub completed_at: Option<Timestamp>,
    pub rate_by_at: Option<Timestamp>,
    pub policy_id: PolicyId,
    pub version: i32,
}

impl Contract {
    /// The running clock. Errors: not started.
    pub fn clock(&self) -> Result<ServiceClock> {
        Ok(ServiceClock {
            started_at: present(self.started_at, "start of the clock")?,
            due_at: present(self.due_at, "due instant")?,
            paused_at: self.paused_at,
            stopped_at: self.stopped_at,
        })
    }
}

/// Reads and locks a contract.
pub async fn lock(conn: &mut PgConnection, id: ContractId) -> Result<Option<Contract>> {
    sqlx::query!("select from contracts where id = $1 for update", id as _)
        .fetch_optional(&mut *conn)
        .await?;
    find(conn, id).await
}

/// Reads a contract.
pub async fn find(conn: &mut PgConnection, id: ContractId) -> Result<Option<Contract>> {
    Ok(sqlx::query_as!(
        Contract,
        r#"select c.id, c.region_code, c.award_id, w.award_no, c.requirement_id, r.notice_no, r.project_name,
                  r.created_by as requirement_created_by, r.fund as "fund?", c.owner_id, o.name as owner_name, c.agency_id,
                  a.name as agency_name, a.uscc as agency_uscc, c.name, c.amount_fen, c.signed_on, c.content, c.file_id,
                  c.service_workdays, c.state, c.recorded_side, c.recorded_at, c.confirm_due_at, c.objection, w.issued_at,
                  c.started_at, c.due_at, c.paused_at, c.stopped_at, c.accept_due_at, c.accepted_at, c.overdue_workdays,
                  c.completed_at, c.rate_by_at, c.policy_id, c.version
           from contracts c
           join awards w on w.id = c.award_id
           join requirements r on r.id = c.requirement_id
           join owners o on o.id = c.owner_id
           join agencies a on a.id = c.agency_id
           where c.id = $1"#,
        id as _
    )
    .fetch_optional(conn)
    .await?)
}

/// Records a contract anew after an objection.
pub async fn record_again(
    conn: &mut PgConnection,
    contract: &Contract,
    state: ContractState,
    details: &ContractDetails,
    file: FileId,
    side: Side,
    by: PersonId,
    now: Timestamp,
    confirm_due_at: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update contracts set state = $3, name = $4, amount_fen = $5, signed_on = $6, content = $7, file_id = $8,
             recorded_side = $9, recorded_by = $10, recorded_at = $11, confirm_due_at = $12, objection = null,
             version = version + 1
         where id = $1 and version = $2",
        contract.id as _,
        contract.version,
        state as _,
        details.name,
        details.amount.0,
        details.signed_on,
        details.content,
        file as _,
        side as _,
        by as _,
        now,
        confirm_due_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// The other side objects.
pub async fn save_objection(
    conn: &mut PgConnection,
    contract: &Contract,
    state: ContractState,
    reason: &str,
) -> Result<()> {
    let result = sqlx::query!(
        "update contracts set state = $3, objection = $4, version = version + 1 where id = $1 and version = $2",
        contract.id as _,
        contract.version,
        state as _,
        reason
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// The other side confirms and the clock starts.
pub async fn save_confirmed(
    conn: &mut PgConnection,
    contract: &Contract,
    state: ContractState,
    by: PersonId,
    clock: ServiceClock,
) -> Result<()> {
    let result = sqlx::query!(
        "update contracts set state = $3, confirmed_by = $4, started_at = $5, due_at = $6, version = version + 1
         where id = $1 and version = $2",
        contract.id as _,
        contract.version,
        state as _,
        by as _,
        clock.started_at,
        clock.due_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Moves the contract and its clock: delivery, return, acceptance.
pub async fn save_clock(
    conn: &mut PgConnection,
    contract: &Contract,
    state: ContractState,
    clock: ServiceClock,
    accept_due_at: Option<Timestamp>,
) -> Result<()> {
    let result = sqlx::query!(
        "update contracts set state = $3, due_at = $4, paused_at = $5, stopped_at = $6, accept_due_at = $7,
             version = version + 1
         where id = $1 and version = $2",
        contract.id as _,
        contract.version,
        state as _,
        clock.due_at,
        clock.paused_at,
        clock.stopped_at,
        accept_due_at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Acceptance: the clock has stopped and the lateness is known.
pub async fn save_accepted(
    conn: &mut PgConnection,
    contract: &Contract,
    state: ContractState,
    clock: ServiceClock,
    overdue_workdays: u32,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update contracts set state = $3, paused_at = null, stopped_at = $4, accept_due_at = null, accepted_at = $5,
             overdue_workdays = $6, version = version + 1
         where id = $1 and version = $2",
        contract.id as _,
        contract.version,
        state as _,
        clock.stopped_at,
        now,
        overdue_workdays as i32
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Completion: rating may begin; the agency's figures move with it.
pub async fn save_completed(
    conn: &mut PgConnection,
    contract: &Contract,
    state: ContractState,
    now: Timestamp,
    rate_by_at: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update contracts set state = $3, completed_at = $4, rate_by_at = $5, version = version + 1
         where id = $1 and version = $2",
        contract.id as _,
        contract.version,
        state as _,
        now,
        rate_by_at
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    sqlx::query!(
        "update agencies set completed = completed + 1, on_time = on_time + $2 where id = $1",
        contract.agency_id as _,
        i32::from(contract.overdue_workdays == Some(0))
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Hands in a deliverable. Errors: `deliverables_one_open`.
pub async fn deliver(
    conn: &mut PgConnection,
    id: DeliverableId,
    contract: ContractId,
    note: &str,
    file: FileId,
    by: PersonId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into deliverables (id, contract_id, round, note, file_id, state, delivered_by, delivered_at)
         values ($1, $2, (select count(*)::integer + 1 from deliverables where contract_id = $2), $3, $4, 'submitted', $5, $6)",
        id as _,
        contract as _,
        note,
        file as _,
        by as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Answers the deliverable that lies with the owner; `by` is `None` when silence answered.
pub async fn answer_deliverable(
    conn: &mut PgConnection,
    contract: ContractId,
    state: DeliverableState,
    note: &str,
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update deliverables set state = $2, answer_note = $3, answered_by = $4, answered_at = $5
         where contract_id = $1 and state = 'submitted'",
        contract as _,
        state as _,
        note,
        by as _,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// A deliverable as shown to the parties.
#[derive(Debug, Clone)]
pub struct DeliverableRow {
    pub round: i32,
    pub note: String,
    pub file_id: FileId,
    pub file_name: String,
    pub state: DeliverableState,
    pub delivered_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub answer_note: String,
}

/// The deliverables of a contract, oldest first.
pub async fn deliverables(
    conn: &mut PgConnection,
    contract: ContractId,
) -> Result<Vec<DeliverableRow>> {
    Ok(sqlx::query_as!(
        DeliverableRow,
        "select d.round, d.note, d.file_id, f.name as file_name, d.state, d.delivered_at, d.answered_at, d.answer_note
         from deliverables d join files f on f.id = d.file_id where d.contract_id = $1 order by d.round",
        contract as _
    )
    .fetch_all(conn)
    .await?)
}

/// A contract in a list.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct ContractRow {
    pub id: Uuid,
    pub name: String,
    pub project_name: String,
    pub owner_name: String,
    pub agency_name: String,
    pub agency_uscc: String,
    pub amount_fen: i64,
    pub signed_on: Date,
    pub state: ContractState,
    #[serde(skip)]
    pub recorded_at: Timestamp,
    #[serde(skip)]
    pub recorded_side: Side,
    #[serde(skip)]
    pub started_at: Option<Timestamp>,
    #[serde(skip)]
    pub due_at: Option<Timestamp>,
    #[serde(skip)]
    pub paused_at: Option<Timestamp>,
    #[serde(skip)]
    pub stopped_at: Option<Timestamp>,
    #[serde(skip)]
    pub is_rated: bool,
}

/// Whose contracts are listed.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    /// Everybody's that both sides have confirmed.
    Public,
    /// An owner's; one person's for a trustee.
    Owner(OwnerId, Option<PersonId>),
    Agency(AgencyId),
}

fn push_whose(query: &mut QueryBuilder<Postgres>, whose: Whose, state: Option<ContractState>) {
    match whose {
        Whose::Public => {
            query.push(" and c.state not in ('pending_confirm', 'objected')");
        }
        Whose::Owner(owner, only) => {
            query.push(" and c.owner_id = ").push_bind(owner);
            if let Some(person) = only {
                query.push(" and r.created_by = ").push_bind(person);
            }
        }
        Whose::Agency(agency) => {
            query.push(" and c.agency_id = ").push_bind(agency);
        }
    }
    if let Some(state) = state {
        query.push(" and c.state = ").push_bind(state);
    }
}

/// The newest contracts.
pub async fn list(
    conn: &mut PgConnection,
    whose: Whose,
    state: Option<ContractState>,
    cursor: Option<&Cursor>,
) -> Result<Page<ContractRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select c.id, c.name, r.project_name, o.name as owner_name, a.name as agency_name, a.uscc as agency_uscc, c.amount_fen,
                c.signed_on, c.state, c.recorded_at, c.recorded_side, c.started_at, c.due_at, c.paused_at, c.stopped_at,
                exists (select from ratings ra where ra.contract_id = c.id) as is_rated
         from contracts c
         join requirements r on r.id = c.requirement_id
         join owners o on o.id = c.owner_id
         join agencies a on a.id = c.agency_id
         where true",
    );
    push_whose(&mut query, whose, state);
    push_page(
        &mut query,
        "c.recorded_at",
        "c.id",
        Order::Descending,
        cursor,
        PAGE,
    );
    let rows: Vec<ContractRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, PAGE, |row| {
        (Key::Time(row.recorded_at), row.id)
    }))
}

/// How many contracts a list has, up to [`COUNT_CAP`] + 1.
pub async fn count(
    conn: &mut PgConnection,
    whose: Whose,
    state: Option<ContractState>,
) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from contracts c join requirements r on r.id = c.requirement_id where true",
    );
    push_whose(&mut query, whose, state);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    let (count,): (i64,) = query.build_query_as().fetch_one(conn).await?;
    Ok(count)
}

/// The latest finished contracts of an agency, for its public page.
#[derive(Debug, Clone)]
pub struct FinishedRow {
    pub id: ContractId,
    pub name: String,
    pub owner_name: String,
    pub amount_fen: i64,
    pub completed_at: Option<Timestamp>,
    pub overdue_workdays: Option<i32>,
    pub rating_mean: Option<i32>,
}

/// Finished contracts of an agency, newest first.
pub async fn finished_of(
    conn: &mut PgConnection,
    agency: AgencyId,
    most: i64,
) -> Result<Vec<FinishedRow>> {
    Ok(sqlx::query_as!(
        FinishedRow,
        r#"select c.id, c.name, o.name as owner_name, c.amount_fen, c.completed_at, c.overdue_workdays,
                  ra.mean as "rating_mean?"
           from contracts c
           join owners o on o.id = c.owner_id
           left join ratings ra on ra.contract_id = c.id
           where c.agency_id = $1 and c.state = 'completed' order by c.completed_at desc limit $2"#,
        agency as _,
        most
    )
    .fetch_all(conn)
    .await?)
}
