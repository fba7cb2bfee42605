//! An agency's dossier: details, services, qualifications, practitioners, commitment; handed in and checked for form.

use super::account::{Attempt, Ending};
use super::{Called, remember_file, with_file};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use crate::vault::Purpose;
use market::agency::{
    AgencyDetails, AgencyState, DossierAction, PractitionerDetails, QualificationDetails,
    ServiceAction, ServiceOffer, ServiceState,
};
use market::duty::{self, Act};
use market::form::Reader;
use market::identity::mask_id_number;
use market::journal::{Deed, Subject};
use market::permit::Role;
use market::time::day;
use market::typed::Name;
use market::vetting::{Judgement, Verdict};
use market::{AgencyId, PractitionerId, Problems, Refusal};
use store::claim::As;
use store::dossier::{Dossier, Named, NewPractitioner, SealedIdentity, ServiceChange};
use store::journal::Outcome;
use store::mandate::Body;

const PAGE: &str = "/desk/dossier";

/// Registers an agency; the person becomes its administrator and goes on to the dossier.
pub async fn register(desk: &mut Desk, ask: &Ask) -> Called {
    let person = desk.person()?;
    let read = AgencyDetails::read(&ask.form, day(desk.now));
    let (details, licence) = super::with_licence(ask, read, false)?;
    super::claim::permit(desk, details.uscc.as_str(), As::Agency).await?;
    let (id, now, region): (AgencyId, _, _) = (desk.id(), desk.now, desk.world.site.region.clone());
    let licence = match licence {
        Some(received) => Some(super::remember_file_of_nobody(desk, received).await?),
        None => None,
    };
    store::dossier::register(desk.conn(), id, &region, &details, licence, person, now).await?;
    if let Some(file) = licence {
        store::file::give(desk.conn(), file, None, Some(id)).await?;
    }
    let mandate =
        super::mandate::grant(desk, person, Role::AgencyAdmin, Body::Agency(id), None).await?;
    super::account::switch_to(desk, person, mandate).await?;
    desk.journal(Deed::RegisterAgency, Subject::Agency(id), &details.name)
        .await?;
    Ok(Reply::to(PAGE))
}

/// The dossier at the desk, locked.
async fn own(desk: &mut Desk) -> Result<Dossier, AppError> {
    let id = desk.agency()?;
    store::dossier::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)
}

/// The dossier, if it may be changed: not while the operator checks it.
async fn own_editable(desk: &mut Desk) -> Result<Dossier, AppError> {
    let dossier = own(desk).await?;
    match dossier.state {
        AgencyState::FormalCheck => Err(Refusal::not_now("修改资料", dossier.state.label()).into()),
        _ => Ok(dossier),
    }
}

/// Changes the body's details. Code, name and representative stay once settled: that is a change case.
pub async fn save_details(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    desk.fresh(ask.version(), dossier.version)?;
    let has_one = dossier.licence_file_id.is_some();
    let read = AgencyDetails::read(&ask.form, day(desk.now));
    let (details, licence) = super::with_licence(ask, read, has_one)?;
    if dossier.state == AgencyState::Settled {
        let fixed = [
            ("uscc", dossier.uscc == details.uscc.as_str()),
            (
                "name",
                Name::from(dossier.name.as_str()) == Name::from(details.name.as_str()),
            ),
            (
                "legal_representative",
                Name::from(dossier.legal_representative.as_str()) == details.legal_representative,
            ),
        ];
        if let Some((field, _)) = fixed.iter().find(|(_, is_same)| !is_same) {
            return Err(Refusal::at(
                field,
                "入驻后变更这一项，请凭登记机关的变更证明联系运营机构办理。",
            )
            .into());
        }
    }
    let licence = match licence {
        Some(received) => Some(remember_file(desk, received).await?),
        None => dossier.licence_file_id,
    };
    store::dossier::save_details(desk.conn(), &dossier, &details, licence).await?;
    desk.journal(Deed::SaveDetails, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::to(format!("{PAGE}?done=saved")))
}

/// Offers a service type, or changes the offer.
pub async fn offer(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    let offer = ServiceOffer::read(&ask.form)?;
    match store::dossier::offer(desk.conn(), dossier.id, &offer).await {
        Err(store::Fault::Stale) => {
            return Err(
                Refusal::at("service_type", "该服务类型已提交或已开通，不需要重复添加。").into(),
            );
        }
        other => other?,
    }
    desk.journal(Deed::OfferService, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::to(format!("{PAGE}?done=added#services")))
}

/// Adds a qualification with its scan.
pub async fn add_qualification(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    let (details, received) = with_file(
        ask,
        "scan",
        QualificationDetails::read(&ask.form, day(desk.now)),
    )?;
    let file = remember_file(desk, received).await?;
    let (id, now) = (desk.id(), desk.now);
    store::dossier::add_qualification(desk.conn(), id, dossier.id, &details, file, now).await?;
    desk.journal(
        Deed::AddQualification,
        Subject::Agency(dossier.id),
        &details.number,
    )
    .await?;
    Ok(Reply::to(format!("{PAGE}?done=added#qualifications")))
}

/// Takes a qualification off the list.
pub async fn remove_qualification(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    let (id, now) = (ask.param("id").ok_or(AppError::NotFound)?, desk.now);
    not_found_if_stale(
        store::dossier::remove_qualification(desk.conn(), id, dossier.id, now).await,
    )?;
    desk.journal(Deed::RemoveQualification, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::to(format!("{PAGE}?done=removed#qualifications")))
}

/// Adds a practitioner with the scan of the certificate; the identity number is sealed before it is stored.
pub async fn add_practitioner(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    // Without the certificate nothing is looked up: the answer is the same for every number.
    let read = PractitionerDetails::read(&ask.form, day(desk.now));
    let (details, received) = with_file(ask, "certificate_scan", read)?;
    let (id, now): (PractitionerId, _) = (desk.id(), desk.now);
    let vault = desk.world.vault.clone();
    let identity = SealedIdentity {
        sealed: vault.seal(
            Purpose::IdNumber,
            &id.to_string(),
            details.id_number.as_bytes(),
            desk.chance(),
        ),
        digest: vault.digest(Purpose::IdNumber, &details.id_number),
        masked: mask_id_number(&details.id_number),
    };
    // Whether somebody is registered elsewhere is nobody's business who only guesses numbers: misses are counted, and
    // what is said about them is neutral.
    let attempt = Attempt::at_identities(dossier.id);
    attempt.begin(desk).await?;
    desk.between(std::future::ready(())).await?;
    let dossier = own_editable(desk).await?;
    let named = store::dossier::practitioner_of(desk.conn(), &identity.digest).await?;
    if named
        .as_ref()
        .is_some_and(|named| named.agency == dossier.id)
    {
        // Nothing is learnt from the own list, so it is no guess.
        attempt.end(desk, Ending::NotJudged).await?;
        let sentence = "该人员已在名单中，不用再添加。";
        return Ok(Reply::Refused(Refusal::at("id_number", sentence)));
    }
    free(desk, &dossier, named).await?;
    let practitioner = NewPractitioner {
        id,
        agency: dossier.id,
        details: &details,
        identity: &identity,
        certificate: remember_file(desk, received).await?,
        added_at: now,
    };
    let added = store::dossier::add_practitioner(desk.conn(), practitioner).await;
    if let Err(fault) = added {
        let Some(refusal) = fault.refusal() else {
            return Err(fault.into());
        };
        // The transaction of the addition is lost; the count goes into one of its own.
        desk.between(std::future::ready(())).await?;
        attempt.end(desk, Ending::Wrong).await?;
        let note = "身份证号不能登记在本单位名下";
        desk.record(
            Deed::AddPractitioner,
            Subject::Agency(dossier.id),
            note,
            Outcome::Refused,
        )
        .await?;
        return Ok(Reply::Refused(refusal));
    }
    attempt.end(desk, Ending::NotJudged).await?;
    desk.journal(Deed::AddPractitioner, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::to(format!("{PAGE}?done=added#practitioners")))
}

/// Takes the person off the list of an agency that holds it no longer against the one at the desk.
async fn free(desk: &mut Desk, dossier: &Dossier, named: Option<Named>) -> Result<(), AppError> {
    let Some(named) = named else {
        return Ok(());
    };
    let (rules, now) = (desk.rules().await?, desk.now);
    let is_confirmed = dossier.state == AgencyState::Settled;
    if named.employer.frees_for(is_confirmed, rules.clock(), now) {
        store::dossier::remove_practitioner(desk.conn(), named.id, named.agency, now).await?;
        desk.journal(
            Deed::ReleasePractitioner,
            Subject::Agency(named.agency),
            "登记没有核对通过",
        )
        .await?;
    }
    Ok(())
}

/// Takes a practitioner off the list.
pub async fn remove_practitioner(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    let (id, now) = (ask.param("id").ok_or(AppError::NotFound)?, desk.now);
    not_found_if_stale(
        store::dossier::remove_practitioner(desk.conn(), id, dossier.id, now).await,
    )?;
    desk.journal(Deed::RemovePractitioner, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::to(format!("{PAGE}?done=removed#practitioners")))
}

fn not_found_if_stale(result: store::Result<()>) -> Result<(), AppError> {
    match result {
        Err(store::Fault::Stale) => Err(AppError::NotFound),
        other => Ok(other?),
    }
}

/// Accepts the commitment letter, with its stamped scan.
pub async fn commit(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    let mut read = Reader::new(&ask.form);
    let agreed = read.agreed("agreed", "请逐条阅读后勾选同意。");
    let ((), received) = with_file(ask, "letter", read.finish(|| agreed))?;
    let file = remember_file(desk, received).await?;
    let (by, now) = (desk.person()?, desk.now);
    store::dossier::commit(desk.conn(), dossier.id, by, file, now).await?;
    desk.journal(Deed::Commit, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::to(format!("{PAGE}?done=saved#commitment")))
}

/// Hands in what is new: drafts go to the formal check; additions to an active service go straight to its department.
pub async fn submit(desk: &mut Desk, _: &Ask) -> Called {
    let dossier = own(desk).await?;
    let services = store::dossier::lock_services(desk.conn(), dossier.id).await?;
    let complete = store::dossier::completeness(desk.conn(), dossier.id).await?;
    let of = |id| complete.iter().find(|found| found.service_type_id == id);
    let drafts: Vec<_> = services
        .iter()
        .filter(|service| service.state.is_editable())
        .collect();
    let grown: Vec<_> = services
        .iter()
        .filter(|service| {
            service.state == ServiceState::Active
                && of(service.service_type_id).is_some_and(|c| c.unvetted > 0)
        })
        .collect();
    let mut missing = Vec::new();
    if dossier.committed_at.is_none() {
        missing.push("尚未签署承诺书。".to_string());
    }
    if drafts.is_empty() && grown.is_empty() {
        missing.push("没有需要提交的内容：请先添加服务类型、资质或执业人员。".to_string());
    }
    for service in &drafts {
        let complete = of(service.service_type_id);
        if complete.is_some_and(|c| c.needs_qualification && c.qualifications == 0) {
            missing.push(format!("“{}”还没有添加资质。", service.name));
        }
        if complete.is_some_and(|c| c.practitioners == 0) {
            missing.push(format!("“{}”还没有添加执业人员。", service.name));
        }
    }
    if !missing.is_empty() {
        return Err(Refusal::Invalid(Problems::one("", missing.concat())).into());
    }
    let rules = desk.rules().await?;
    let now = desk.now;
    if !drafts.is_empty() {
        let due = rules
            .clock()
            .after(now, rules.policy.onboarding.formal_check_workdays);
        let state = dossier.state.after(DossierAction::Submit)?;
        if dossier.state != AgencyState::Settled {
            super::claim::still(desk, &dossier.uscc, As::Agency).await?;
        }
        store::dossier::save_state(desk.conn(), &dossier, state, Some(due)).await?;
        for service in drafts {
            let state = service.state.after(ServiceAction::Submit)?;
            let change = ServiceChange {
                submitted_at: Some(now),
                check_due_at: Some(due),
                ..ServiceChange::default()
            };
            store::dossier::save_service(desk.conn(), service, state, change).await?;
        }
    }
    for service in grown {
        super::vetting::open(desk, service).await?;
    }
    desk.journal(Deed::HandInDossier, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::to(format!("{PAGE}?done=submitted")))
}

/// The operator's formal check: passed services go to their departments, or everything goes back.
pub async fn check(desk: &mut Desk, ask: &Ask) -> Called {
    let id: AgencyId = ask.param("id").ok_or(AppError::NotFound)?;
    let (by, now) = (desk.person()?, desk.now);
    let dossier = store::dossier::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    desk.fresh(ask.version(), dossier.version)?;
    let judgement = Judgement::read(&ask.form)?;
    duty::take(
        Act::Check,
        by,
        &[(Act::Register, Some(dossier.registered_by))],
    )?;
    super::mandate::look_at(desk, Act::Check, Body::Agency(id)).await?;
    let passes = judgement.verdict == Verdict::Approve;
    let services = store::dossier::lock_services(desk.conn(), id).await?;
    let waiting: Vec<_> = services
        .iter()
        .filter(|service| service.state == ServiceState::FormalCheck)
        .collect();
    if waiting.is_empty() {
        return Err(Refusal::not_now("核对入驻资料", dossier.state.label()).into());
    }
    let state = dossier.state.after(if passes {
        DossierAction::Pass
    } else {
        DossierAction::Return
    })?;
    store::dossier::save_check(desk.conn(), &dossier, state, by, &judgement.note, now).await?;
    if state == AgencyState::Settled {
        super::claim::settle_agency(desk, id, &dossier.uscc).await?;
    }
    for service in waiting {
        let action = if passes {
            ServiceAction::PassFormalCheck
        } else {
            ServiceAction::Return
        };
        let state = service.state.after(action)?;
        let change = ServiceChange {
            note: &judgement.note,
            ..ServiceChange::default()
        };
        store::dossier::save_service(desk.conn(), service, state, change).await?;
        if passes {
            super::vetting::open(desk, service).await?;
        }
    }
    if let Some(settled) = store::dossier::find(desk.conn(), id)
        .await?
        .filter(|found| found.state == AgencyState::Settled)
    {
        store::dossier::index(desk.conn(), &settled, now).await?;
    }
    desk.journal(
        Deed::CheckForm,
        Subject::Agency(id),
        judgement.verdict.label(),
    )
    .await?;
    Ok(Reply::to(format!(
        "/desk/checks?done={}",
        if passes { "passed" } else { "returned" }
    )))
}
