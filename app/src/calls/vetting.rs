//! Vettings: a clerk's opinion, a checker's decision, publicity, activation.

use super::{Called, dossier, follow};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::duty::Act;
use market::judgement::Judgement;
use market::settling::VettingRequest;
use market::{AgencyId, VettingId};
use store::mandate::Body;
use store::vetting::{NewVetting, Said, Vetting};

/// Opens the vettings that departments are asked for.
pub(super) async fn open(
    desk: &mut Desk,
    agency: AgencyId,
    requests: &[VettingRequest],
) -> Result<(), AppError> {
    let rules = desk.rules().await?;
    for request in requests {
        let vetting = NewVetting {
            id: desk.id(),
            agency,
            service_type: request.service_type,
            department: request.department,
            requested_at: desk.now,
            due_at: request.due_at,
            policy: rules.policy_id,
        };
        store::vetting::open(desk.conn(), vetting).await?;
    }
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
    let (by, at) = (desk.person()?, desk.now);
    let judgement = &Judgement::read(&ask.form)?;
    let decision = vetting.whole().opine(by, judgement)?;
    let said = Said { judgement, by, at };
    store::vetting::save_opinion(desk.conn(), &vetting, decision.next, said).await?;
    follow::carry_out(desk, decision.follows).await?;
    Ok(Reply::to("/desk/vettings?done=opined"))
}

/// The checker's decision.
pub async fn decide(desk: &mut Desk, ask: &Ask) -> Called {
    let vetting = of_department(desk, ask, Act::Decide).await?;
    let (by, at, rules) = (desk.person()?, desk.now, desk.rules().await?);
    let of = dossier::lock(desk, vetting.agency_id).await?;
    let judgement = &Judgement::read(&ask.form)?;
    let decision = vetting
        .whole()
        .decide(by, judgement, &of.settling, &rules, at)?;
    let said = Said { judgement, by, at };
    store::vetting::save_decision(desk.conn(), &vetting, &decision.next, said).await?;
    follow::carry_out(desk, decision.follows).await?;
    Ok(Reply::to("/desk/vettings?done=decided"))
}

/// The clock: services whose publicity is over become active.
pub async fn activate(desk: &mut Desk, agency: AgencyId) -> Result<(), AppError> {
    let now = desk.now;
    let Some(locked) = store::dossier::lock_whole(desk.conn(), agency).await? else {
        return Ok(());
    };
    let decision = locked.settling.activate(now)?;
    store::dossier::save_moved(desk.conn(), agency, &decision.next, now).await?;
    store::dossier::index(desk.conn(), &locked.dossier, now).await?;
    follow::carry_out(desk, decision.follows).await
}
