//! Sign-up: by eligible agencies only, once, replaceable and withdrawable until the deadline.

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::bid::{SEALED_LENGTH, seal};
use market::eligibility::admit;
use market::form::Reader;
use market::hash::Hex32;
use market::journal::{Deed, Subject};
use market::press::Replaces;
use market::selection::Bid;
use market::sign_up::{MadeBy, SignUp, SignUpState, is_open};
use market::{AgencyId, Fen, Refusal, RequirementId};
use store::requirement::{Hold, Published, Requirement};

/// The requirement of the route, held against decisions but not against other sign-ups, and still open.
async fn open_requirement(
    desk: &mut Desk,
    ask: &Ask,
) -> Result<(Requirement, Published), AppError> {
    let id: RequirementId = ask.param("id").ok_or(AppError::NotFound)?;
    let requirement = store::requirement::lock(desk.conn(), id, Hold::Shared)
        .await?
        .ok_or(AppError::NotFound)?;
    if !requirement.state.is_public() {
        return Err(AppError::NotFound);
    }
    let published = requirement.published()?;
    is_open(requirement.state, published.schedule.deadline_at, desk.now)?;
    Ok((requirement, published))
}

/// Signs up, or puts a new sign-up in the place of the old one.
pub async fn sign_up(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, published) = open_requirement(desk, ask).await?;
    let (agency, by, now) = (desk.agency()?, desk.person()?, desk.now);
    eligible(desk, &requirement, &published, agency).await?;
    store::sign_up::hold(desk.conn(), requirement.id, agency).await?;
    if let Some(old) = store::sign_up::own(desk.conn(), requirement.id, agency).await? {
        Replaces::read(ask.form.get("replaces")).allow(old.nonce)?;
        let state = old.state.end(SignUpState::Replaced)?;
        store::sign_up::end(desk.conn(), old.id, state, now).await?;
    }
    let (nonce, nonce_by) = read_nonce(desk, ask)?;
    let bid = match published.method.kind().bid {
        Bid::None => None,
        Bid::Sealed => Some(read_bid(desk, ask, &requirement, &published, agency)?),
    };
    let (sealed_bid, sealed_by) = bid.unzip();
    let sign_up = SignUp {
        id: desk.id(),
        requirement: requirement.id,
        agency,
        nonce,
        nonce_by,
        sealed_bid,
        sealed_by,
        received_at: now,
    };
    store::sign_up::add(
        desk.conn(),
        &requirement.region_code,
        published.edition,
        &sign_up,
        by,
    )
    .await?;
    desk.journal(Deed::SignUp, Subject::SignUp(sign_up.id), "")
        .await?;
    // The page says 报名成功 once, to this session, and only if the sign-up is live when it is read, which the receipt
    // tells it. Afterwards the receipt alone speaks.
    Ok(Reply::to(format!(
        "/requirements/{}?done=signed_up&receipt={}#mine",
        requirement.id,
        sign_up.receipt()
    )))
}

/// Takes one's sign-up back.
pub async fn withdraw(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, _) = open_requirement(desk, ask).await?;
    let (agency, now) = (desk.agency()?, desk.now);
    let own = store::sign_up::own(desk.conn(), requirement.id, agency).await?;
    let own = own.ok_or(Refusal::not_now("撤回", "没有有效的报名"))?;
    let state = own.state.end(SignUpState::Withdrawn)?;
    store::sign_up::end(desk.conn(), own.id, state, now).await?;
    desk.journal(Deed::Withdraw, Subject::SignUp(own.id), "")
        .await?;
    Ok(Reply::to(format!(
        "/requirements/{}?done=withdrawn",
        requirement.id
    )))
}

/// Judges the agency now. Errors: [`Refusal::NotEligible`] with every reason.
async fn eligible(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    agency: AgencyId,
) -> Result<(), AppError> {
    let (id, edition) = (requirement.id, published.edition);
    let document = store::requirement::document(desk.conn(), id, edition).await?;
    let (owner, since) = (requirement.owner_id, requirement.created_at);
    let contact = document.contact_name.as_str();
    let buyer = store::owner::buyer(desk.conn(), owner, since, contact).await?;
    let candidate = store::agency::candidate(desk.conn(), agency).await?;
    let conditions = &document.conditions;
    Ok(admit(&candidate, conditions, &buyer, desk.now)?)
}

/// The browser's random number, or the server's for a form without scripts.
fn read_nonce(desk: &mut Desk, ask: &Ask) -> Result<(Hex32, MadeBy), AppError> {
    match ask.form.get("nonce") {
        "" => Ok((Hex32(desk.chance().bytes()), MadeBy::Server)),
        text => match Hex32::parse(text) {
            Ok(nonce) => Ok((nonce, MadeBy::Browser)),
            Err(sentence) => Err(Refusal::at("nonce", sentence).into()),
        },
    }
}

/// The bid that the browser sealed; or the price of a form without scripts, sealed before anything else happens to it.
/// A readable price is what stands in the field, so it counts even where a sealed bid came with it.
fn read_bid(
    desk: &mut Desk,
    ask: &Ask,
    requirement: &Requirement,
    published: &Published,
    agency: AgencyId,
) -> Result<(Vec<u8>, MadeBy), AppError> {
    let (sealed, price) = (ask.form.get("sealed_bid"), ask.form.get("price"));
    if !sealed.is_empty() && price.trim().is_empty() {
        let bytes = hex::decode(sealed).unwrap_or_default();
        if bytes.len() != SEALED_LENGTH {
            return Err(Refusal::at("price", "密封报价不完整，请刷新页面后重新填写。").into());
        }
        return Ok((bytes, MadeBy::Browser));
    }
    let sum = Fen::parse(price).map_err(|sentence| Refusal::at("price", sentence))?;
    let bounds = published.price.bounds();
    if let Some(objection) = bounds.objection(sum) {
        return Err(Refusal::at("price", objection).into());
    }
    if let Some(question) = bounds.doubt(sum) {
        let mut read = Reader::new(&ask.form);
        let answered = read.ask("price", question, &sum.plain());
        read.finish(|| answered)?;
    }
    let key = published
        .bid_key
        .ok_or_else(|| AppError::broken("a requirement by price has no key"))?;
    let entropy = desk.chance().bytes();
    let sealed = seal(sum, key, requirement.id, agency, entropy).map_err(AppError::broken)?;
    Ok((sealed, MadeBy::Server))
}
