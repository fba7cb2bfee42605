//! A dossier as what is decided about it needs it: the body, its service types and what belongs to each.

use super::Dossier;
use crate::Result;
use crate::fault::{one_row, present};
use market::agency::ServiceState;
use market::settling::{Checked, HandedIn, Moved, Papers, Service, ServiceStage, Settling, Step};
use market::{AgencyId, DepartmentId, PersonId, ServiceTypeId, Timestamp};
use sqlx::PgConnection;

/// A dossier, locked, with its service types, locked too.
#[derive(Debug, Clone)]
pub struct Locked {
    pub dossier: Dossier,
    pub settling: Settling,
}

/// Reads and locks a dossier whole.
pub async fn lock_whole(conn: &mut PgConnection, id: AgencyId) -> Result<Option<Locked>> {
    let Some(dossier) = super::lock(conn, id).await? else {
        return Ok(None);
    };
    sqlx::query!(
        "select from agency_services where agency_id = $1 order by service_type_id for update",
        id as _
    )
    .fetch_all(&mut *conn)
    .await?;
    let settling = Settling {
        agency: id,
        state: dossier.state,
        registered_by: dossier.registered_by,
        has_committed: dossier.committed_at.is_some(),
        services: services(conn, id).await?,
    };
    Ok(Some(Locked { dossier, settling }))
}

struct Row {
    service_type_id: ServiceTypeId,
    name: String,
    department_id: DepartmentId,
    state: ServiceState,
    activates_at: Option<Timestamp>,
    needs_qualification: bool,
    qualifications: i64,
    practitioners: i64,
    unvetted: i64,
}

/// The service types of an agency, each with what belongs to it.
pub async fn services(conn: &mut PgConnection, agency: AgencyId) -> Result<Vec<Service>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.service_type_id, t.name, t.department_id, s.state, s.activates_at,
                  exists (select from qualification_kind_types kt where kt.service_type_id = s.service_type_id)
                      as "needs_qualification!",
                  q.count as "qualifications!", p.count as "practitioners!", q.unvetted + p.unvetted as "unvetted!"
           from agency_services s
           join service_types t on t.id = s.service_type_id
           cross join lateral (
               select count(*), count(*) filter (where q.vetted_at is null) as unvetted from qualifications q
               join qualification_kind_types kt on kt.kind_id = q.kind_id and kt.service_type_id = s.service_type_id
               where q.agency_id = s.agency_id and q.removed_at is null) q
           cross join lateral (
               select count(*), count(*) filter (where p.vetted_at is null) as unvetted from practitioners p
               where p.agency_id = s.agency_id and p.service_type_id = s.service_type_id and p.removed_at is null) p
           where s.agency_id = $1 order by s.service_type_id"#,
        agency as _
    )
    .fetch_all(conn)
    .await?;
    let service = |row: Row| {
        Ok(Service {
            stage: stage(row.state, row.activates_at)?,
            service_type: row.service_type_id,
            name: row.name,
            department: row.department_id,
            papers: Papers {
                needs_qualification: row.needs_qualification,
                qualifications: row.qualifications,
                practitioners: row.practitioners,
                unvetted: row.unvetted,
            },
        })
    };
    rows.into_iter().map(service).collect()
}

fn stage(state: ServiceState, activates_at: Option<Timestamp>) -> Result<ServiceStage> {
    Ok(match state {
        ServiceState::Draft => ServiceStage::Draft,
        ServiceState::FormalCheck => ServiceStage::FormalCheck,
        ServiceState::Vetting => ServiceStage::Vetting,
        ServiceState::Publicity => ServiceStage::Publicity {
            activates_at: present(activates_at, "end of publicity")?,
        },
        ServiceState::Active => ServiceStage::Active,
        ServiceState::Returned => ServiceStage::Returned,
    })
}

/// Saves that a dossier was handed in.
pub async fn save_hand_in(
    conn: &mut PgConnection,
    locked: &Locked,
    next: &HandedIn,
    now: Timestamp,
) -> Result<()> {
    let dossier = &locked.dossier;
    if let Some((state, check_due_at)) = next.formal_check {
        let result = sqlx::query!(
            "update agencies set state = $3, check_due_at = $4, version = version + 1 where id = $1 and version = $2",
            dossier.id as _,
            dossier.version,
            state as _,
            check_due_at
        )
        .execute(&mut *conn)
        .await?;
        one_row(result)?;
    }
    save_moved(conn, dossier.id, &next.moved, now).await
}

/// Who checked a dossier for form, and what it was told.
#[derive(Debug, Clone, Copy)]
pub struct FormalCheck<'a> {
    pub by: PersonId,
    pub at: Timestamp,
    pub note: &'a str,
}

/// Saves the operator's answer to the formal check. Errors: `agencies_checker_is_another`, `agencies_uscc_once`.
pub async fn save_check(
    conn: &mut PgConnection,
    locked: &Locked,
    next: &Checked,
    check: FormalCheck<'_>,
) -> Result<()> {
    let dossier = &locked.dossier;
    let result = sqlx::query!(
        "update agencies set state = $3, checked_by = $4, checked_at = $5, check_note = $6, check_due_at = null,
             settled_at = case when $3 = 'settled'::agency_state then coalesce(settled_at, $5) end, version = version + 1
         where id = $1 and version = $2",
        dossier.id as _,
        dossier.version,
        next.state as _,
        check.by as _,
        check.at,
        check.note
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    save_moved(conn, dossier.id, &next.moved, check.at).await
}

/// Saves what has happened to service types, and keeps the agency's list of open ones in step.
pub async fn save_moved(
    conn: &mut PgConnection,
    agency: AgencyId,
    moved: &[Moved],
    now: Timestamp,
) -> Result<()> {
    for one in moved {
        let columns = Columns::of(&one.step, now);
        let result = sqlx::query!(
            "update agency_services set state = $3, note = $4, submitted_at = coalesce($5, submitted_at),
                 check_due_at = $6, activates_at = $7, activated_at = coalesce($8, activated_at), version = version + 1
             where agency_id = $1 and service_type_id = $2",
            agency as _,
            one.service_type as _,
            one.state as _,
            columns.note,
            columns.submitted_at,
            columns.check_due_at,
            columns.activates_at,
            columns.activated_at
        )
        .execute(&mut *conn)
        .await?;
        one_row(result)?;
    }
    sqlx::query!(
        "update agencies set active_services =
             array(select service_type_id from agency_services where agency_id = $1 and state = 'active' order by 1)
         where id = $1",
        agency as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a step writes besides the state.
#[derive(Default)]
struct Columns<'a> {
    note: &'a str,
    submitted_at: Option<Timestamp>,
    check_due_at: Option<Timestamp>,
    activates_at: Option<Timestamp>,
    activated_at: Option<Timestamp>,
}

impl Columns<'_> {
    fn of(step: &Step, now: Timestamp) -> Columns<'_> {
        let none = Columns::default();
        match step {
            Step::HandedIn { check_due_at } => Columns {
                submitted_at: Some(now),
                check_due_at: Some(*check_due_at),
                ..none
            },
            Step::PassedFormalCheck => none,
            Step::Approved { activates_at } => Columns {
                activates_at: Some(*activates_at),
                ..none
            },
            Step::Activated => Columns {
                activated_at: Some(now),
                ..none
            },
            Step::Returned { note } | Step::AdditionReturned { note } => Columns { note, ..none },
        }
    }
}
