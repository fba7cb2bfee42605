//! Vettings: a clerk's opinion, a checker's decision, publicity, activation.

use super::{Called, dossier, follow};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::decision::Follows;
use market::duty::Act;
use market::job::Job;
use market::judgement::{Judgement, Verdict};
use market::message::{self, Audience, Message};
use market::settling::{Step, VettingRequest};
use market::vetting::Decided;
use market::{AgencyId, VettingId};
use store::dossier::Locked;
use store::mandate::Body;
use store::vetting::{NewVetting, Said, Vetting};

/// Opens the vettings that departments are asked for.
pub(super) async fn open(
    desk: &mut Desk,
    of: &Locked,
    requests: &[VettingRequest],
) -> Result<(), AppError> {
    let rules = desk.rules().await?;
    let mut follows = Follows::new();
    for request in requests {
        let vetting = NewVetting {
            id: desk.id(),
            agency: of.dossier.id,
            service_type: request.service_type,
            department: request.department,
            requested_at: desk.now,
            due_at: request.due_at,
            policy: rules.policy_id,
        };
        let service = of.settling.service(request.service_type);
        let told = message::VettingWaiting {
            vetting: vetting.id,
            agency: of.dossier.name.clone(),
            service: service.map_or(String::new(), |service| service.name.clone()),
            due_at: request.due_at,
        };
        follows = follows.tell(Audience::Clerks(request.department), told);
        store::vetting::open(desk.conn(), vetting).await?;
    }
    follow::carry_out(desk, follows).await
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
    let told = message::VettingOpined {
        vetting: vetting.id,
        agency: vetting.agency_name.clone(),
        service: vetting.service_name.clone(),
        due_at: vetting.due_at,
    };
    let checkers = Audience::Checkers(vetting.department_id);
    follow::carry_out(desk, decision.follows.tell(checkers, told)).await?;
    Ok(Reply::done("/desk/vettings", Done::Opined))
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
    let (told, next) = (told(&vetting, judgement, &decision.next), decision.follows);
    let agency = vetting.agency_id;
    let follows = next.tell(Audience::Agency(agency), told);
    // What has been vetted now may end some day.
    let follows = follows.job(Job::RemindAgency(agency), at);
    follow::carry_out(desk, follows).await?;
    Ok(Reply::done("/desk/vettings", Done::Decided))
}

/// What the agency is told of a decision.
fn told(vetting: &Vetting, judgement: &Judgement, decided: &Decided) -> Message {
    let service = vetting.service_name.clone();
    let step = decided.service.as_ref().map(|moved| &moved.step);
    match judgement.verdict {
        Verdict::Approve => message::ServiceVetted {
            service,
            activates_at: match step {
                Some(Step::Approved { activates_at }) => Some(*activates_at),
                _ => None,
            },
        }
        .into(),
        Verdict::Return => message::ServiceReturned {
            service,
            note: judgement.note.clone(),
        }
        .into(),
    }
}

/// The clock: services whose publicity is over become active.
pub async fn activate(desk: &mut Desk, agency: AgencyId) -> Result<(), AppError> {
    let now = desk.now;
    let Some(locked) = store::dossier::lock_whole(desk.conn(), agency).await? else {
        return Ok(());
    };
    let decision = locked.settling.activate(now)?;
    store::dossier::save_moved(desk.conn(), agency, &decision.next, now).await?;
    let path = address::agency(&locked.dossier.uscc);
    store::dossier::index(desk.conn(), &locked.dossier, &path, now).await?;
    follow::carry_out(desk, decision.follows).await
}
