//! Vettings by the departments.

use crate::Result;
use crate::fault::one_row;
use crate::page::{QUEUE, Queue};
use market::duty::Act;
use market::judgement::{Judgement, Verdict};
use market::vetting::{Decided, VettingState};
use market::{AgencyId, DepartmentId, PersonId, PolicyId, ServiceTypeId, Timestamp, VettingId};
use sqlx::PgConnection;

/// A vetting to open.
#[derive(Debug, Clone, Copy)]
pub struct NewVetting {
    pub id: VettingId,
    pub agency: AgencyId,
    pub service_type: ServiceTypeId,
    pub department: DepartmentId,
    pub requested_at: Timestamp,
    pub due_at: Timestamp,
    pub policy: PolicyId,
}

/// Opens a vetting. Errors: `vettings_one_open`.
pub async fn open(conn: &mut PgConnection, vetting: NewVetting) -> Result<()> {
    sqlx::query!(
        "insert into vettings (id, agency_id, service_type_id, department_id, state, requested_at, due_at, policy_id)
         values ($1, $2, $3, $4, 'waiting', $5, $6, $7)",
        vetting.id as _,
        vetting.agency as _,
        vetting.service_type as _,
        vetting.department as _,
        vetting.requested_at,
        vetting.due_at,
        vetting.policy as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A vetting, locked for an opinion or a decision, or read for its page.
#[derive(Debug, Clone)]
pub struct Vetting {
    pub id: VettingId,
    pub agency_id: AgencyId,
    pub agency_name: String,
    pub agency_uscc: String,
    pub service_type_id: ServiceTypeId,
    pub service_name: String,
    pub department_id: DepartmentId,
    pub department_name: String,
    pub state: VettingState,
    pub requested_at: Timestamp,
    pub due_at: Timestamp,
    pub opinion: Option<Verdict>,
    pub opinion_note: String,
    pub opined_by: Option<PersonId>,
    pub opined_by_name: Option<String>,
    pub opined_at: Option<Timestamp>,
    pub decision: Option<Verdict>,
    pub decision_note: String,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub policy_id: PolicyId,
    pub version: i32,
    pub registered_by: PersonId,
    pub committed_by: Option<PersonId>,
    pub checked_by: Option<PersonId>,
}

impl Vetting {
    /// As decisions take it.
    pub fn whole(&self) -> market::vetting::Vetting {
        market::vetting::Vetting {
            id: self.id,
            service_type: self.service_type_id,
            state: self.state,
            done: vec![
                (Act::Register, Some(self.registered_by)),
                (Act::Register, self.committed_by),
                (Act::Check, self.checked_by),
                (Act::Opine, self.opined_by),
            ],
        }
    }
}

/// Reads and locks a vetting of a department.
pub async fn lock(
    conn: &mut PgConnection,
    id: VettingId,
    department: DepartmentId,
) -> Result<Option<Vetting>> {
    sqlx::query!("select from vettings where id = $1 for update", id as _)
        .fetch_optional(&mut *conn)
        .await?;
    find(conn, id, department).await
}

/// Reads a vetting of a department.
pub async fn find(
    conn: &mut PgConnection,
    id: VettingId,
    department: DepartmentId,
) -> Result<Option<Vetting>> {
    Ok(sqlx::query_as!(
        Vetting,
        r#"select v.id, v.agency_id, a.name as agency_name, a.uscc as agency_uscc, v.service_type_id,
                  t.name as service_name, v.department_id, d.name as department_name, v.state, v.requested_at, v.due_at,
                  v.opinion, v.opinion_note, v.opined_by as "opined_by: _", po.name as "opined_by_name?", v.opined_at,
                  v.decision, v.decision_note, pd.name as "decided_by_name?", v.decided_at, v.policy_id, v.version,
                  a.registered_by, a.committed_by as "committed_by: _", a.checked_by as "checked_by: _"
           from vettings v
           join agencies a on a.id = v.agency_id
           join service_types t on t.id = v.service_type_id
           join departments d on d.id = v.department_id
           left join persons po on po.id = v.opined_by
           left join persons pd on pd.id = v.decided_by
           where v.id = $1 and v.department_id = $2"#,
        id as _,
        department as _
    )
    .fetch_optional(conn)
    .await?)
}

/// What somebody said of a vetting.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub judgement: &'a Judgement,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Writes the clerk's opinion. Errors: `vettings_author_apart`, `vettings_not_own_body`.
pub async fn save_opinion(
    conn: &mut PgConnection,
    vetting: &Vetting,
    state: VettingState,
    said: Said<'_>,
) -> Result<()> {
    let result = sqlx::query!(
        "update vettings set state = $3, opinion = $4, opinion_note = $5, opined_by = $6, opined_at = $7,
             version = version + 1 where id = $1 and version = $2",
        vetting.id as _,
        vetting.version,
        state as _,
        said.judgement.verdict as _,
        said.judgement.note,
        said.by as _,
        said.at
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// Writes the checker's decision, and what it makes of papers and service type. Errors: `vettings_two_persons`, `vettings_author_apart`, `vettings_not_own_body`.
pub async fn save_decision(
    conn: &mut PgConnection,
    vetting: &Vetting,
    next: &Decided,
    said: Said<'_>,
) -> Result<()> {
    let result = sqlx::query!(
        "update vettings set state = $3, decision = $4, decision_note = $5, decided_by = $6, decided_at = $7,
             version = version + 1 where id = $1 and version = $2",
        vetting.id as _,
        vetting.version,
        next.state as _,
        said.judgement.verdict as _,
        said.judgement.note,
        said.by as _,
        said.at
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    let (agency, service_type) = (vetting.agency_id, vetting.service_type_id);
    if next.state == VettingState::Approved {
        let asked_at = vetting.requested_at;
        crate::dossier::mark_vetted(conn, agency, service_type, asked_at, said.at).await?;
    }
    crate::dossier::save_moved(conn, agency, next.service.as_slice(), said.at).await
}

/// A vetting in a department's list.
#[derive(Debug, Clone)]
pub struct VettingRow {
    pub id: VettingId,
    pub agency_name: String,
    pub service_name: String,
    pub state: VettingState,
    pub requested_at: Timestamp,
    pub due_at: Timestamp,
}

/// What waits at a department in one state, most urgent first.
pub async fn waiting(
    conn: &mut PgConnection,
    department: DepartmentId,
    state: VettingState,
) -> Result<Queue<VettingRow>> {
    let rows = sqlx::query_as!(
        VettingRow,
        "select v.id, a.name as agency_name, t.name as service_name, v.state, v.requested_at, v.due_at
         from vettings v
         join agencies a on a.id = v.agency_id
         join service_types t on t.id = v.service_type_id
         where v.department_id = $1 and v.state = $2 order by v.due_at, v.id limit $3",
        department as _,
        state as _,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from vettings where department_id = $1 and state = $2"#,
        department as _,
        state as _
    )
    .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}

/// The latest decisions of a department.
pub async fn decided(conn: &mut PgConnection, department: DepartmentId) -> Result<Vec<VettingRow>> {
    Ok(sqlx::query_as!(
        VettingRow,
        "select v.id, a.name as agency_name, t.name as service_name, v.state, v.requested_at, v.due_at
         from vettings v
         join agencies a on a.id = v.agency_id
         join service_types t on t.id = v.service_type_id
         where v.department_id = $1 and v.state in ('approved', 'returned')
         order by v.decided_at desc limit 20",
        department as _
    )
    .fetch_all(conn)
    .await?)
}

/// What a department has done this month, for its desk.
#[derive(Debug, Clone)]
pub struct MonthFigures {
    pub received: i64,
    pub decided: i64,
    pub late: i64,
}

/// Received since an instant, decided since, and late at `now`.
pub async fn figures(
    conn: &mut PgConnection,
    department: DepartmentId,
    since: Timestamp,
    now: Timestamp,
) -> Result<MonthFigures> {
    Ok(sqlx::query_as!(
        MonthFigures,
        r#"select count(*) filter (where requested_at >= $2) as "received!",
                  count(*) filter (where decided_at >= $2) as "decided!",
                  count(*) filter (where state in ('waiting', 'opined') and due_at < $3) as "late!"
           from vettings where department_id = $1"#,
        department as _,
        since,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// The vettings of an agency, newest first, for its dossier page.
#[derive(Debug, Clone)]
pub struct AgencyVetting {
    pub service_name: String,
    pub department_name: String,
    pub state: VettingState,
    pub due_at: Timestamp,
    pub decision_note: String,
    pub decided_at: Option<Timestamp>,
}

/// Every vetting of an agency.
pub async fn of_agency(conn: &mut PgConnection, agency: AgencyId) -> Result<Vec<AgencyVetting>> {
    Ok(sqlx::query_as!(
        AgencyVetting,
        "select t.name as service_name, d.name as department_name, v.state, v.due_at, v.decision_note, v.decided_at
         from vettings v
         join service_types t on t.id = v.service_type_id
         join departments d on d.id = v.department_id
         where v.agency_id = $1 order by v.requested_at desc, v.id desc limit 50",
        agency as _
    )
    .fetch_all(conn)
    .await?)
}
