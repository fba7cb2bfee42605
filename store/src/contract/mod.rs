//! Contracts, their clock, and the deliverables.

mod deliverable;
mod read;

pub use deliverable::*;
pub use read::*;

use crate::Result;
use crate::fault::{one_row, present};
use market::contract::{ContractDetails, ContractState, ServiceClock, Side};
use market::owner::FundType;
use market::time::Date;
use market::{
    AgencyId, AwardId, ContractId, FileId, OwnerId, PersonId, PolicyId, RequirementId, Timestamp,
};
use sqlx::PgConnection;

/// A contract as one side records it, for the other to confirm.
#[derive(Debug, Clone)]
pub struct Recording<'a> {
    pub details: &'a ContractDetails,
    pub file: FileId,
    pub side: Side,
    pub by: PersonId,
    pub at: Timestamp,
    pub confirm_due_at: Timestamp,
}

/// A contract to record.
#[derive(Debug, Clone)]
pub struct NewContract<'a> {
    pub id: ContractId,
    pub region: &'a str,
    pub award: AwardId,
    pub requirement: RequirementId,
    pub owner: OwnerId,
    pub agency: AgencyId,
    pub service_workdays: i32,
    pub policy: PolicyId,
    pub recording: Recording<'a>,
}

/// Records a contract. Errors: `contracts_one_per_award`, `contracts_amount_is_award`, `contracts_need_issued_award`.
pub async fn record(conn: &mut PgConnection, new: NewContract<'_>) -> Result<()> {
    let recording = new.recording;
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
        recording.details.name,
        recording.details.amount.0,
        recording.details.signed_on,
        recording.details.content,
        recording.file as _,
        new.service_workdays,
        recording.side as _,
        recording.by as _,
        recording.at,
        recording.confirm_due_at,
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
    recording: Recording<'_>,
) -> Result<()> {
    let result = sqlx::query!(
        "update contracts set state = $3, name = $4, amount_fen = $5, signed_on = $6, content = $7, file_id = $8,
             recorded_side = $9, recorded_by = $10, recorded_at = $11, confirm_due_at = $12, objection = null,
             version = version + 1
         where id = $1 and version = $2",
        contract.id as _,
        contract.version,
        state as _,
        recording.details.name,
        recording.details.amount.0,
        recording.details.signed_on,
        recording.details.content,
        recording.file as _,
        recording.side as _,
        recording.by as _,
        recording.at,
        recording.confirm_due_at
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
