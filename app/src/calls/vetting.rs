//! Vettings: a clerk's opinion, a checker's decision, publicity, activation.

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::agency::{ServiceAction, ServiceState};
use market::duty::Act;
use market::journal::{Deed, Subject};
use market::vetting::{Judgement, Verdict};
use market::{AgencyId, VettingId};
use store::dossier::{Service, ServiceChange};
use store::job::JobKind;
use store::mandate::Body;
use store::vetting::{NewVetting, Vetting};

/// Opens a vetting of a service type at its department.
pub(super) async fn open(desk: &mut Desk, service: &Service) -> Result<(), AppError> {
    let rules = desk.rules().await?;
    let vetting = NewVetting {
        id: desk.id(),
        agency: service.agency_id,
        service_type: service.service_type_id,
        department: service.department_id,
        requested_at: desk.now,
        due_at: rules
            .clock()
            .after(desk.now, rules.policy.onboarding.vetting_workdays),
        policy: rules.policy_id,
    };
    store::vetting::open(desk.conn(), vetting).await?;
    Ok(())
}

/// The vetting of the route, locked, if it is this department's and not about the person's own agency.
async fn of_department(desk: &mut Desk, ask: &Ask, act: Act) -> Result<Vetting, AppError> {
    let id: VettingId = ask.param("id").ok_or(AppError::NotFound)?;
    let department = desk.department()?;
    let vetting = store::vetting::lock(desk.conn(), id, department)
        .await?
        .ok_or(AppError::NotFound)?;
    desk.fresh(ask.version(), vetting.version)?;
    super::mandate::look_at(desk, act, Body::Agency(vetting.agency_id)).await?;
    Ok(vetting)
}

/// The clerk's opinion.
pub async fn opine(desk: &mut Desk, ask: &Ask) -> Called {
    let vetting = of_department(desk, ask, Act::Opine).await?;
    let (by, now) = (desk.person()?, desk.now);
    let judgement = Judgement::read(&ask.form)?;
    let state = vetting.state.opine(&vetting.done(), by)?;
    store::vetting::save_opinion(desk.conn(), &vetting, state, &judgement, by, now).await?;
    desk.journal(
        Deed::Opine,
        Subject::Vetting(vetting.id),
        judgement.verdict.label(),
    )
    .await?;
    Ok(Reply::to("/desk/vettings?done=opined"))
}

/// The checker's decision. Approved: what was handed in counts, and the service goes into publicity if it was new.
pub async fn decide(desk: &mut Desk, ask: &Ask) -> Called {
    let vetting = of_department(desk, ask, Act::Decide).await?;
    let (by, now) = (desk.person()?, desk.now);
    let judgement = Judgement::read(&ask.form)?;
    let state = vetting
        .state
        .decide(&vetting.done(), by, judgement.verdict)?;
    store::vetting::save_decision(desk.conn(), &vetting, state, &judgement, by, now).await?;
    let services = store::dossier::lock_services(desk.conn(), vetting.agency_id).await?;
    let service = services
        .into_iter()
        .find(|found| found.service_type_id == vetting.service_type_id)
        .ok_or(AppError::NotFound)?;
    let is_new = service.state == ServiceState::Vetting;
    match judgement.verdict {
        Verdict::Approve => {
            store::dossier::mark_vetted(
                desk.conn(),
                vetting.agency_id,
                vetting.service_type_id,
                vetting.requested_at,
                now,
            )
            .await?;
            if is_new {
                let rules = desk.rules().await?;
                let ends = rules
                    .clock()
                    .after(now, rules.policy.onboarding.publicity_workdays);
                let state = service.state.after(ServiceAction::Approve)?;
                let change = ServiceChange {
                    activates_at: Some(ends),
                    ..ServiceChange::default()
                };
                store::dossier::save_service(desk.conn(), &service, state, change).await?;
                desk.enqueue(JobKind::ActivateService, vetting.agency_id.0, ends)
                    .await?;
            }
        }
        Verdict::Return if is_new => {
            let state = service.state.after(ServiceAction::Return)?;
            let change = ServiceChange {
                note: &judgement.note,
                ..ServiceChange::default()
            };
            store::dossier::save_service(desk.conn(), &service, state, change).await?;
        }
        Verdict::Return => {
            let change = ServiceChange {
                note: &judgement.note,
                ..ServiceChange::default()
            };
            store::dossier::save_service(desk.conn(), &service, service.state, change).await?;
        }
    }
    desk.journal(
        Deed::DecideVetting,
        Subject::Vetting(vetting.id),
        judgement.verdict.label(),
    )
    .await?;
    Ok(Reply::to("/desk/vettings?done=decided"))
}

/// The clock: services whose publicity is over become active.
pub async fn activate(desk: &mut Desk, agency: AgencyId) -> Result<(), AppError> {
    let now = desk.now;
    let Some(dossier) = store::dossier::lock(desk.conn(), agency).await? else {
        return Ok(());
    };
    for service in store::dossier::lock_services(desk.conn(), agency).await? {
        let is_due = service.state == ServiceState::Publicity
            && service.activates_at.is_some_and(|at| at <= now);
        if is_due {
            let state = service.state.after(ServiceAction::Activate)?;
            let change = ServiceChange {
                activated_at: Some(now),
                ..ServiceChange::default()
            };
            store::dossier::save_service(desk.conn(), &service, state, change).await?;
            desk.journal(
                Deed::ActivateService,
                Subject::Agency(agency),
                &service.name,
            )
            .await?;
        }
    }
    store::dossier::index(desk.conn(), &dossier, now).await?;
    Ok(())
}
