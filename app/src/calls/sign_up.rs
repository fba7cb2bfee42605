//! Sign-up: by eligible agencies only, once, replaceable and withdrawable until the deadline.

use super::Called;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::bid::seal;
use market::eligibility::admit;
use market::hash::Hex32;
use market::journal::{Deed, Subject};
use market::press::Replaces;
use market::selection::Bid;
use market::sign_up::{
    MadeBy, Offer, SignUp, SignUpState, is_open, read_nonce, read_offer, withdraw as withdraw_live,
};
use market::{AgencyId, RequirementId};
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
    let (nonce, nonce_by) = match read_nonce(&ask.form)? {
        Some(nonce) => (nonce, MadeBy::Browser),
        None => (Hex32(desk.chance().bytes()), MadeBy::Server),
    };
    let bid = match published.method.kind().bid {
        Bid::None => None,
        Bid::Sealed => Some(sealed_bid(desk, ask, (requirement.id, agency), &published)?),
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
    let page = address::requirement(requirement.id);
    let receipt = sign_up.receipt();
    Ok(Reply::done(
        format!("{page}?receipt={receipt}#mine"),
        Done::SignedUp,
    ))
}

/// Takes one's sign-up back.
pub async fn withdraw(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, _) = open_requirement(desk, ask).await?;
    let (agency, now) = (desk.agency()?, desk.now);
    let own = store::sign_up::own(desk.conn(), requirement.id, agency).await?;
    let state = withdraw_live(own.as_ref().map(|own| own.state))?;
    let own = own.ok_or(AppError::NotFound)?;
    store::sign_up::end(desk.conn(), own.id, state, now).await?;
    desk.journal(Deed::Withdraw, Subject::SignUp(own.id), "")
        .await?;
    Ok(Reply::done(
        address::requirement(requirement.id),
        Done::Withdrawn,
    ))
}

/// Judges the agency now. Errors: [`market::Refusal::NotEligible`] with every reason.
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

/// The bid that the browser sealed, or the price of a form without scripts, sealed here.
fn sealed_bid(
    desk: &mut Desk,
    ask: &Ask,
    (requirement, agency): (RequirementId, AgencyId),
    published: &Published,
) -> Result<(Vec<u8>, MadeBy), AppError> {
    let sum = match read_offer(&ask.form, &published.price.bounds())? {
        Offer::Sealed(bytes) => return Ok((bytes, MadeBy::Browser)),
        Offer::Price(sum) => sum,
    };
    let key = published
        .bid_key
        .ok_or_else(|| AppError::broken("a requirement by price has no key"))?;
    let entropy = desk.chance().bytes();
    let sealed = seal(sum, key, requirement, agency, entropy).map_err(AppError::broken)?;
    Ok((sealed, MadeBy::Server))
}
