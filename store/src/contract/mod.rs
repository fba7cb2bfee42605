//! Contracts, their clock, and the deliverables.

mod deliverable;
mod read;

pub use deliverable::*;
pub use read::*;

use crate::Result;
use crate::fault::{natural, one_row, present};
use market::contract::{ContractDetails, ContractState, ServiceClock, Side, Stage};
use market::owner::FundType;
use market::time::Date;
use market::{
    AgencyId, AwardId, ContractId, Fen, FileId, OwnerId, PersonId, PolicyId, RequirementId, Rules,
    Timestamp,
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
    pub amount_fen: Fen,
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
    /// As decisions take it. Errors: a row that makes no sense.
    fn whole(&self, rules: Rules) -> Result<market::contract::Contract> {
        Ok(market::contract::Contract {
            id: self.id,
            requirement: self.requirement_id,
            notice_no: present(self.notice_no.clone(), "notice number")?,
            award_no: self.award_no.clone(),
            project: self.project_name.clone(),
            fund: present(self.fund, "fund")?,
            owner_name: self.owner_name.clone(),
            agency: self.agency_id,
            agency_name: self.agency_name.clone(),
            details: ContractDetails {
                name: self.name.clone(),
                amount: self.amount_fen,
                signed_on: self.signed_on,
                content: self.content.clone(),
            },
            recorded_by: self.recorded_side,
            issued_at: present(self.issued_at, "issue of the award")?,
            service_workdays: natural(self.service_workdays)?,
            rules,
            stage: self.stage()?,
        })
    }

    fn stage(&self) -> Result<Stage> {
        let accepted = || {
            Ok::<_, crate::Fault>((
                present(self.accepted_at, "acceptance")?,
                natural(present(self.overdue_workdays, "lateness")?)?,
            ))
        };
        Ok(match self.state {
            ContractState::PendingConfirm => Stage::PendingConfirm,
            ContractState::Objected => Stage::Objected {
                reason: present(self.objection.clone(), "objection")?,
            },
            ContractState::Performing => Stage::Performing {
                clock: self.clock()?,
            },
            ContractState::Delivered => Stage::Delivered {
                clock: self.clock()?,
                delivered_at: present(self.paused_at, "delivery")?,
                accept_due_at: present(self.accept_due_at, "due acceptance")?,
            },
            ContractState::Accepted => {
                let (accepted_at, overdue_workdays) = accepted()?;
                Stage::Accepted {
                    clock: self.clock()?,
                    accepted_at,
                    overdue_workdays,
                }
            }
            ContractState::Completed => {
                let (accepted_at, overdue_workdays) = accepted()?;
                Stage::Completed {
                    clock: self.clock()?,
                    accepted_at,
                    overdue_workdays,
                    completed_at: present(self.completed_at, "completion")?,
                    rate_by_at: present(self.rate_by_at, "time for rating")?,
                }
            }
        })
    }

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

/// A contract that is locked for a decision: its row, and what is decided about.
#[derive(Debug, Clone)]
pub struct Locked {
    pub row: Contract,
    pub contract: market::contract::Contract,
}

/// Locks a contract and loads it whole.
pub async fn lock(conn: &mut PgConnection, id: ContractId) -> Result<Option<Locked>> {
    sqlx::query!("select from contracts where id = $1 for update", id as _)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = find(conn, id).await? else {
        return Ok(None);
    };
    let rules = crate::policy::version(conn, row.policy_id).await?;
    let contract = row.whole(rules)?;
    Ok(Some(Locked { row, contract }))
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

/// Saves where a contract stands now; `confirmed_by` comes with the confirmation. A completion moves the agency's
/// figures with it.
pub async fn save(
    conn: &mut PgConnection,
    row: &Contract,
    stage: &Stage,
    confirmed_by: Option<PersonId>,
) -> Result<()> {
    let columns = Columns::of(stage);
    let clock = stage.clock();
    let result = sqlx::query!(
        "update contracts set state = $3, objection = $4, confirmed_by = coalesce($5, confirmed_by), started_at = $6,
             due_at = $7, paused_at = $8, stopped_at = $9, accept_due_at = $10, accepted_at = $11,
             overdue_workdays = $12, completed_at = $13, rate_by_at = $14, version = version + 1
         where id = $1 and version = $2",
        row.id as _,
        row.version,
        stage.state() as _,
        columns.objection,
        confirmed_by as _,
        clock.map(|clock| clock.started_at),
        clock.map(|clock| clock.due_at),
        clock.and_then(|clock| clock.paused_at),
        clock.and_then(|clock| clock.stopped_at),
        columns.accept_due_at,
        columns.accepted_at,
        columns.overdue_workdays,
        columns.completed_at,
        columns.rate_by_at
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    if let ContractState::Completed = stage.state() {
        sqlx::query!(
            "update agencies set completed = completed + 1, on_time = on_time + $2 where id = $1",
            row.agency_id as _,
            i32::from(columns.overdue_workdays == Some(0))
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// What a stage has beside its clock, column by column.
#[derive(Debug, Default)]
struct Columns<'a> {
    objection: Option<&'a str>,
    accept_due_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    overdue_workdays: Option<i32>,
    completed_at: Option<Timestamp>,
    rate_by_at: Option<Timestamp>,
}

impl Columns<'_> {
    fn of(stage: &Stage) -> Columns<'_> {
        match stage {
            Stage::PendingConfirm | Stage::Performing { .. } => Columns::default(),
            Stage::Objected { reason } => Columns {
                objection: Some(reason),
                ..Columns::default()
            },
            Stage::Delivered { accept_due_at, .. } => Columns {
                accept_due_at: Some(*accept_due_at),
                ..Columns::default()
            },
            Stage::Accepted {
                accepted_at,
                overdue_workdays,
                ..
            } => Columns {
                accepted_at: Some(*accepted_at),
                overdue_workdays: Some(overdue_workdays.cast_signed()),
                ..Columns::default()
            },
            Stage::Completed {
                accepted_at,
                overdue_workdays,
                completed_at,
                rate_by_at,
                ..
            } => Columns {
                accepted_at: Some(*accepted_at),
                overdue_workdays: Some(overdue_workdays.cast_signed()),
                completed_at: Some(*completed_at),
                rate_by_at: Some(*rate_by_at),
                ..Columns::default()
            },
        }
    }
}
