//! A document at the operator's desk: audited by one person, published by another.

use super::{Called, follow};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use crate::vault::Purpose;
use market::bid::key_pair;
use market::duty::Act;
use market::form::{Reader, public};
use market::hash::{Hex32, sha256};
use market::judgement::{Judgement, Verdict};
use market::publication::{HandedIn, Promise};
use market::requirement::{EditionState, Specification, notice_no};
use market::time::day;
use market::{Refusal, RequirementId};
use store::edition::{Audit, Edition};
use store::mandate::Body;
use store::requirement::{Findable, Hold, Publication, Requirement};

/// A requirement with the edition that is on its way, both locked.
struct Waiting {
    requirement: Requirement,
    edition: Edition,
    handed_in: HandedIn,
}

/// What waits under the route. Errors: the person acts or acted for its owner, or nothing has been handed in.
async fn waiting(desk: &mut Desk, ask: &Ask, act: Act) -> Result<Waiting, AppError> {
    let id: RequirementId = ask.param("id").ok_or(AppError::NotFound)?;
    let requirement = store::requirement::lock(desk.conn(), id, Hold::Alone)
        .await?
        .ok_or(AppError::NotFound)?;
    let edition = store::edition::lock_open(desk.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_now("审核或发布", requirement.state.label()))?;
    desk.fresh(ask.version(), edition.version)?;
    super::mandate::look_at(desk, act, Body::Owner(requirement.owner_id)).await?;
    let handed_in = store::edition::handed_in(desk.conn(), &edition)
        .await?
        .ok_or_else(|| Refusal::not_now("审核或发布", edition.state.label()))?;
    Ok(Waiting {
        requirement,
        edition,
        handed_in,
    })
}

/// Begins the audit. It is a press of its own and not the first look at the page: looking changes nothing, and the owner
/// can still take back what somebody has merely glanced at. Another auditor may go on with it; pressed again, it is
/// only shown.
pub async fn begin_audit(desk: &mut Desk, ask: &Ask) -> Called {
    let waiting = waiting(desk, ask, Act::Audit).await?;
    let (by, now) = (desk.person()?, desk.now);
    if let Some(decision) = waiting.handed_in.begin_audit(by)? {
        let state = decision.next;
        store::edition::begin_audit(desk.conn(), &waiting.edition, state, by, now).await?;
        follow::carry_out(desk, decision.follows).await?;
    }
    let id = waiting.requirement.id;
    Ok(Reply::to(address::edition(id)))
}

/// The audit: on to publication, or back with a reason.
pub async fn audit(desk: &mut Desk, ask: &Ask) -> Called {
    let waiting = waiting(desk, ask, Act::Audit).await?;
    let (by, now, rules) = (desk.person()?, desk.now, desk.rules().await?);
    let judgement = Judgement::read(&ask.form)?;
    let done = match judgement.verdict {
        Verdict::Approve => Done::Passed,
        Verdict::Return => Done::Returned,
    };
    let decision = waiting.handed_in.audit(by, judgement, &rules, now)?;
    let audit = Audit {
        audited: &decision.next,
        by,
        at: now,
    };
    store::edition::save_audit(desk.conn(), &waiting.edition, audit).await?;
    follow::carry_out(desk, decision.follows).await?;
    Ok(Reply::done("/desk/audits", done))
}

/// The publisher sends it back instead.
pub async fn send_back(desk: &mut Desk, ask: &Ask) -> Called {
    let waiting = waiting(desk, ask, Act::Publish).await?;
    let mut read = Reader::new(&ask.form);
    let note = read.need("note", public(4, 500));
    let note = read.finish(|| note)?;
    let decision = waiting.handed_in.send_back(&note)?;
    let (edition, state) = (&waiting.edition, decision.next);
    store::edition::return_unpublished(desk.conn(), edition, state, &note).await?;
    follow::carry_out(desk, decision.follows).await?;
    Ok(Reply::done("/desk/publications", Done::Returned))
}

/// Publication, of the first edition or of a correction. Never by the person who audited it.
pub async fn publish(desk: &mut Desk, ask: &Ask) -> Called {
    let waiting = waiting(desk, ask, Act::Publish).await?;
    let (by, now, id) = (desk.person()?, desk.now, waiting.requirement.id);
    match waiting.handed_in.edition {
        1 => publish_first(desk, &waiting).await?,
        _ => publish_correction(desk, &waiting).await?,
    }
    let state = EditionState::Published;
    store::edition::save_published(desk.conn(), &waiting.edition, state, by, now).await?;
    store::file::publish_of_requirement(desk.conn(), id).await?;
    Ok(Reply::done(address::requirement(id), Done::Published))
}

async fn publish_first(desk: &mut Desk, waiting: &Waiting) -> Result<(), AppError> {
    let requirement = &waiting.requirement;
    let (id, region) = (requirement.id, &requirement.region_code);
    let (by, now, rules) = (desk.person()?, desk.now, desk.rules().await?);
    let document = &waiting.handed_in.document;
    let serial = store::requirement::next_serial(desk.conn(), region, day(now)).await?;
    let number = notice_no(region, now, serial);
    let (vault, context) = (desk.world.vault.clone(), id.to_string());
    let seed = Hex32(desk.chance().bytes());
    let seed_sealed = vault.seal(Purpose::DrawSeed, &context, &seed.0, desk.chance());
    let keys = document.method.wants_bid().then(|| key_pair(desk.chance()));
    let secret_sealed = keys
        .as_ref()
        .map(|(_, secret)| vault.seal(Purpose::BidSecret, &context, &secret.0, desk.chance()));
    let promise = Promise {
        seed_commitment: sha256(&seed.0),
        bid_key: keys.map(|(public, _)| public),
    };
    let of = (requirement.state, number);
    let decision = waiting
        .handed_in
        .publish_first(by, of, promise, &rules, now)?;
    let publication = Publication {
        published: &decision.next,
        edition: waiting.handed_in.edition,
        spec: document,
        policy: rules.policy_id,
        published_at: now,
        promise,
        seed_sealed: &seed_sealed,
        bid_secret_sealed: secret_sealed.as_deref(),
    };
    store::requirement::publish(desk.conn(), requirement, publication).await?;
    index(desk, requirement, document, &decision.next.notice_no).await?;
    follow::carry_out(desk, decision.follows).await
}

async fn publish_correction(desk: &mut Desk, waiting: &Waiting) -> Result<(), AppError> {
    let (by, now, handed_in) = (desk.person()?, desk.now, &waiting.handed_in);
    let of = store::requirement::load(desk.conn(), waiting.requirement.clone()).await?;
    let decision = handed_in.publish_correction(by, &of.whole, now)?;
    let (edition, document, schedule) = (handed_in.edition, &handed_in.document, decision.next);
    store::requirement::correct(desk.conn(), &of.row, edition, document, schedule).await?;
    index(desk, &of.row, document, &of.whole.notice_no).await?;
    follow::carry_out(desk, decision.follows).await
}

async fn index(
    desk: &mut Desk,
    requirement: &Requirement,
    spec: &Specification,
    number: &str,
) -> Result<(), AppError> {
    let now = desk.now;
    let owner = store::owner::find(desk.conn(), requirement.owner_id)
        .await?
        .ok_or(AppError::NotFound)?;
    let path = address::requirement(requirement.id);
    let found = Findable {
        id: requirement.id,
        owner_name: &owner.name,
        spec,
        notice_no: number,
        path: &path,
    };
    store::requirement::index(desk.conn(), found, now).await?;
    Ok(())
}
