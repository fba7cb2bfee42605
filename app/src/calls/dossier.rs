//! An agency's dossier: details, services, qualifications, practitioners, commitment; handed in and checked for form.

use super::account::{Attempt, Ending};
use super::{Called, follow, remember_file, with_file};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use crate::vault::Purpose;
use market::agency::{
    AgencyDetails, AgencyState, OnRecord, PractitionerDetails, QualificationDetails, ServiceOffer,
};
use market::contract::Side;
use market::duty::Act;
use market::form::Reader;
use market::identity::mask_id_number;
use market::journal::{Deed, Subject};
use market::judgement::{Judgement, Verdict};
use market::message::{self, Audience};
use market::permit::Role;
use market::time::day;
use market::{AgencyId, PractitionerId, Refusal};
use store::claim::As;
use store::dossier::{
    Dossier, FormalCheck, Locked, Named, NewAgency, NewPractitioner, SealedIdentity,
};
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
    let new = NewAgency {
        id,
        region: &region,
        details: &details,
        licence,
        by: person,
        at: now,
    };
    store::dossier::register(desk.conn(), new).await?;
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
    dossier.state.edit()?;
    Ok(dossier)
}

/// Changes the body's details. Code, name and representative stay once settled: that is a change case.
pub async fn save_details(desk: &mut Desk, ask: &Ask) -> Called {
    let dossier = own_editable(desk).await?;
    desk.fresh(ask.version(), dossier.version)?;
    let has_one = dossier.licence_file_id.is_some();
    let read = AgencyDetails::read(&ask.form, day(desk.now));
    let (details, licence) = super::with_licence(ask, read, has_one)?;
    let on_record = OnRecord {
        uscc: &dossier.uscc,
        name: &dossier.name,
        legal_representative: &dossier.legal_representative,
    };
    dossier.state.change(on_record, &details)?;
    let licence = match licence {
        Some(received) => Some(remember_file(desk, received).await?),
        None => dossier.licence_file_id,
    };
    store::dossier::save_details(desk.conn(), &dossier, &details, licence).await?;
    desk.journal(Deed::SaveDetails, Subject::Agency(dossier.id), "")
        .await?;
    Ok(Reply::done(PAGE, Done::Saved))
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
    Ok(Reply::done(format!("{PAGE}#services"), Done::Added))
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
    Ok(Reply::done(format!("{PAGE}#qualifications"), Done::Added))
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
    Ok(Reply::done(format!("{PAGE}#qualifications"), Done::Removed))
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
    let named = store::dossier::practitioner_of(desk.conn(), identity.digest).await?;
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
    Ok(Reply::done(format!("{PAGE}#practitioners"), Done::Added))
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
    Ok(Reply::done(format!("{PAGE}#practitioners"), Done::Removed))
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
    Ok(Reply::done(format!("{PAGE}#commitment"), Done::Saved))
}

/// Hands in what is new.
pub async fn submit(desk: &mut Desk, _: &Ask) -> Called {
    let id = desk.agency()?;
    let (locked, rules, now) = (lock(desk, id).await?, desk.rules().await?, desk.now);
    let decision = locked.settling.hand_in(&rules, now)?;
    if locked.settling.asks_for_admission() {
        super::claim::still(desk, &locked.dossier.uscc, As::Agency).await?;
    }
    store::dossier::save_hand_in(desk.conn(), &locked, &decision.next, now).await?;
    super::vetting::open(desk, &locked, &decision.next.vettings).await?;
    let follows = match decision.next.formal_check {
        None => decision.follows,
        Some((_, check_due_at)) => {
            let told = message::RegistrationWaiting {
                name: locked.dossier.name.clone(),
                side: Side::Agency,
                id: id.into(),
                check_due_at,
            };
            decision.follows.tell(Audience::Auditors, told)
        }
    };
    follow::carry_out(desk, follows).await?;
    Ok(Reply::done(PAGE, Done::Submitted))
}

/// The operator's formal check.
pub async fn check(desk: &mut Desk, ask: &Ask) -> Called {
    let id: AgencyId = ask.param("id").ok_or(AppError::NotFound)?;
    let (by, now, rules) = (desk.person()?, desk.now, desk.rules().await?);
    let mut locked = lock(desk, id).await?;
    desk.fresh(ask.version(), locked.dossier.version)?;
    let judgement = Judgement::read(&ask.form)?;
    super::mandate::look_at(desk, Act::Check, Body::Agency(id)).await?;
    let decision = locked.settling.check(by, &judgement, &rules, now)?;
    let check = FormalCheck {
        by,
        at: now,
        note: &judgement.note,
    };
    store::dossier::save_check(desk.conn(), &locked, &decision.next, check).await?;
    super::vetting::open(desk, &locked, &decision.next.vettings).await?;
    locked.dossier.state = decision.next.state;
    if locked.dossier.state == AgencyState::Settled {
        super::claim::settle_agency(desk, id, &locked.dossier.uscc).await?;
        let path = address::agency(&locked.dossier.uscc);
        store::dossier::index(desk.conn(), &locked.dossier, &path, now).await?;
    }
    let told = super::claim::checked(&locked.dossier.name, Side::Agency, &judgement);
    let follows = decision.follows.tell(Audience::Agency(id), told);
    follow::carry_out(desk, follows).await?;
    let done = match judgement.verdict {
        Verdict::Approve => Done::Passed,
        Verdict::Return => Done::Returned,
    };
    Ok(Reply::done("/desk/checks", done))
}

/// A dossier whole, locked.
pub(super) async fn lock(desk: &mut Desk, id: AgencyId) -> Result<Locked, AppError> {
    let locked = store::dossier::lock_whole(desk.conn(), id).await?;
    locked.ok_or(AppError::NotFound)
}
