//! The selection: at the draw instant by the clock, or by the owner's reasoned choice.

use super::{Called, award, failure, follow, own_requirement};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use crate::vault::Purpose;
use market::decision::Decision;
use market::draw::{BeaconRule, Setup};
use market::hash::{Hex32, sha256};
use market::procurement::{Drawn, Left, Selection};
use market::selection::direct::Choice;
use market::{AgencyId, DrawId, RequirementId, SelectionId, id::uuid_v7};
use store::requirement::{Hold, Locked};
use store::selection::NewSelection;

/// The clock: draws or ranks. The same inputs give the same result however often it is tried; it is recorded once.
pub async fn draw(desk: &mut Desk, id: RequirementId) -> Result<(), AppError> {
    let Some(locked) = store::requirement::lock_published(desk.conn(), id, Hold::Alone).await?
    else {
        return Ok(());
    };
    let frozen = store::selection::frozen(desk.conn(), id).await?;
    let excluded = store::selection::excluded(desk.conn(), id).await?;
    let setup = setup(desk, &locked)?;
    let (now, list) = (desk.now, (frozen.as_slice(), excluded.as_slice()));
    let new_id = || DrawId(uuid_v7(now, desk.chance()));
    match locked.whole.draw(&setup, list, now, new_id)? {
        None => Ok(()),
        Some(Drawn::Failed(decision)) => failure::end(desk, &locked, decision).await,
        Some(Drawn::Selected(decision)) => selected(desk, &locked, decision).await,
    }
}

/// Opens the seed and makes sure that it is the one that was promised.
fn setup(desk: &Desk, locked: &Locked) -> Result<Setup, AppError> {
    let (id, published) = (locked.row.id.to_string(), &locked.published);
    let vault = &desk.world.vault;
    let seed = vault.open(Purpose::DrawSeed, &id, &published.seed_sealed)?;
    let seed = seed
        .try_into()
        .map_err(|_| AppError::broken("a seed has not 32 bytes"))?;
    let seed = Hex32(seed);
    if sha256(&seed.0) != published.seed_commitment {
        return Err(AppError::broken(
            "the seed is not the one that was promised",
        ));
    }
    Ok(Setup {
        notice_no: published.notice_no.clone(),
        server_seed: seed,
        beacon_rule: BeaconRule::None,
        beacon: String::new(),
    })
}

/// Records a selection with its draws, and announces the award.
async fn selected(
    desk: &mut Desk,
    locked: &Locked,
    decision: Decision<Selection>,
) -> Result<(), AppError> {
    let id: SelectionId = desk.id();
    let new = NewSelection {
        id,
        requirement: locked.row.id,
        method: locked.whole.method(),
        selection: &decision.next,
        decided_at: desk.now,
        policy: locked.published.policy_id,
    };
    store::selection::record(desk.conn(), new).await?;
    follow::carry_out(desk, decision.follows).await?;
    award::next(desk, locked, id, decision.next.ranking).await
}

/// The owner's choice among those who signed up, with its reason.
pub async fn choose(desk: &mut Desk, ask: &Ask) -> Called {
    let row = own_requirement(desk, ask).await?;
    let id = row.id;
    if !row.state.is_public() {
        return Err(AppError::NotFound);
    }
    let locked = store::requirement::load(desk.conn(), row).await?;
    let (by, now) = (desk.person()?, desk.now);
    locked.whole.may_choose(now)?;
    let choice = Choice::read(&ask.form)?;
    let frozen = store::selection::frozen(desk.conn(), id).await?;
    let agencies: Vec<AgencyId> = frozen.iter().map(|one| one.agency).collect();
    let candidates = store::agency::candidates(desk.conn(), &agencies).await?;
    let choices = store::selection::of_requirement(desk.conn(), id).await?;
    let left = Left {
        frozen: &frozen,
        had: &award::had(desk, id).await?,
        candidates: &candidates,
        choices: market::count::count(&choices),
    };
    let decision = locked.whole.choose(choice, &left, by, now)?;
    selected(desk, &locked, decision).await?;
    Ok(Reply::done(address::requirement(id), Done::Chosen))
}

/// The clock: the owner did not choose in time.
pub async fn choice_timeout(desk: &mut Desk, id: RequirementId) -> Result<(), AppError> {
    let Some(locked) = store::requirement::lock_published(desk.conn(), id, Hold::Alone).await?
    else {
        return Ok(());
    };
    match locked.whole.not_chosen(desk.now)? {
        None => Ok(()),
        Some(decision) => failure::end(desk, &locked, decision).await,
    }
}
