//! Deliverables: what the agency hands in, round by round, and the owner's answers.

use crate::Result;
use crate::fault::one_row;
use market::contract::DeliverableState;
use market::{ContractId, DeliverableId, FileId, PersonId, Timestamp};
use sqlx::PgConnection;

/// A deliverable to hand in.
#[derive(Debug, Clone)]
pub struct NewDeliverable<'a> {
    pub id: DeliverableId,
    pub contract: ContractId,
    pub note: &'a str,
    pub file: FileId,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Hands in a deliverable. Errors: `deliverables_one_open`.
pub async fn deliver(conn: &mut PgConnection, new: NewDeliverable<'_>) -> Result<()> {
    sqlx::query!(
        "insert into deliverables (id, contract_id, round, note, file_id, state, delivered_by, delivered_at)
         values ($1, $2, (select count(*)::integer + 1 from deliverables where contract_id = $2), $3, $4, 'submitted', $5, $6)",
        new.id as _,
        new.contract as _,
        new.note,
        new.file as _,
        new.by as _,
        new.at
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
