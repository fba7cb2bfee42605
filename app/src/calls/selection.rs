//! The selection: at the draw instant by the clock, or by the owner's reasoned choice.

use super::{Called, award, closing, own_requirement};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use crate::vault::Purpose;
use market::draw::{Hex32, Setup, sha256};
use market::ledger::EntryKind;
use market::requirement::RequirementState;
use market::selection::direct::{Choice, choose as decide_choice};
use market::selection::{Field, Frozen, Outcome, Place, Selected};
use market::{PersonId, RequirementId, SelectionId, SignUpId};
use serde_json::json;
use store::requirement::{Hold, Published, Requirement};
use store::selection::NewSelection;

/// The clock: draws or ranks. The same inputs give the same result however often it is tried; it is recorded once.
pub async fn draw(desk: &mut Desk, id: RequirementId) -> Result<(), AppError> {
    let Some(requirement) = store::requirement::lock(desk.conn(), id, Hold::Alone).await? else {
        return Ok(());
    };
    if requirement.state != RequirementState::Frozen {
        return Ok(());
    }
    let published = requirement.published()?;
    if desk.now < published.schedule.draw_at {
        return Ok(());
    }
    let rules = store::policy::version(desk.conn(), published.policy_id).await?;
    let frozen = store::selection::frozen(desk.conn(), id).await?;
    let excluded = store::selection::excluded(desk.conn(), id).await?;
    let setup = setup(desk, &requirement, &published)?;
    let spec = closing::document(desk, &requirement, &published).await?;
    let field = Field {
        setup: &setup,
        frozen: &frozen,
        excluded: &excluded,
        terms: spec.terms(),
        least: rules.policy.min_entrants(published.method, published.fund),
        places: 1 + requirement.backups as usize,
    };
    let outcome = match published.method.select(&field) {
        Selected::Ranked(outcome) => outcome,
        Selected::TooFew { valid, least } => {
            let reason = format!("开标后有效报价 {valid} 家，不足 {least} 家。");
            return closing::fail(desk, &requirement, &published, &reason).await;
        }
        Selected::ByOwner => return Ok(()),
    };
    let selection = record(desk, &requirement, &published, 1, &outcome, None).await?;
    award::announce_next(desk, &requirement, &published, selection, &outcome.ranking).await
}

/// Opens the seed and makes sure that it is the one that was promised.
fn setup(desk: &Desk, requirement: &Requirement, published: &Published) -> Result<Setup, AppError> {
    let seed = desk.world.vault.open(
        Purpose::DrawSeed,
        &requirement.id.to_string(),
        &published.seed_sealed,
    )?;
    let seed = Hex32(
        seed.try_into()
            .map_err(|_| AppError::broken("a seed has not 32 bytes"))?,
    );
    if sha256(&seed.0) != published.seed_commitment {
        return Err(AppError::broken(
            "the seed is not the one that was promised",
        ));
    }
    Ok(Setup {
        notice_no: published.notice_no.clone(),
        server_seed: seed,
        beacon_rule: "none".into(),
        beacon: String::new(),
    })
}

/// Records a selection with its draws and ledger entries.
async fn record(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    ordinal: i32,
    outcome: &Outcome,
    chosen: Option<(PersonId, &str)>,
) -> Result<SelectionId, AppError> {
    let (id, now): (SelectionId, _) = (desk.id(), desk.now);
    let selection = NewSelection {
        id,
        requirement: requirement.id,
        ordinal,
        method: published.method,
        ranking: &outcome.ranking,
        reason: chosen.map(|(_, reason)| reason),
        decided_by: chosen.map(|(by, _)| by),
        decided_at: now,
        policy: published.policy_id,
    };
    store::selection::record(desk.conn(), selection).await?;
    for (evidence, ordinal) in outcome.draws.iter().zip(1..) {
        let draw = desk.id();
        let text =
            serde_json::to_string(evidence).map_err(|error| AppError::Broken(Box::new(error)))?;
        store::selection::record_draw(
            desk.conn(),
            draw,
            id,
            requirement.id,
            (ordinal, evidence.purpose, &text),
            now,
        )
        .await?;
        let facts = json!({
            "draw": draw.to_string(),
            "purpose": evidence.purpose.code(),
            "evidence_sha256": sha256(text.as_bytes()).to_string(),
            "server_seed": evidence.server_seed.to_string(),
            "picks": evidence.picks.iter().map(|pick| pick.uscc.clone()).collect::<Vec<_>>(),
        });
        desk.ledger(
            EntryKind::Draw,
            &published.notice_no,
            Some(requirement.id),
            None,
            facts,
        )
        .await?;
    }
    let ranking: Vec<_> = outcome
        .ranking
        .iter()
        .map(|place| json!({ "seq": place.seq, "amount_fen": place.amount.0 }))
        .collect();
    let mut facts = json!({ "method": published.method.code(), "ordinal": ordinal, "ranking": ranking, "reason": chosen.map(|(_, reason)| reason) });
    if let Some(reference) = &outcome.reference {
        facts["reference"] = json!(reference);
    }
    desk.ledger(
        EntryKind::Selection,
        &published.notice_no,
        Some(requirement.id),
        None,
        facts,
    )
    .await?;
    Ok(id)
}

/// The owner's choice among those who signed up, with its reason.
pub async fn choose(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    if requirement.state != RequirementState::Choosing {
        return Err(market::Refusal::not_now("选定机构", requirement.state.label()).into());
    }
    let published = requirement.published()?;
    let by = desk.person()?;
    let choice = Choice::read(&ask.form)?;
    let frozen: Vec<Frozen> = store::selection::frozen(desk.conn(), requirement.id).await?;
    let refused: Vec<SignUpId> = awarded_before(desk, requirement.id).await?;
    let place: Place = decide_choice(&frozen, &refused, &choice, published.price.limit())?;
    let earlier = store::selection::of_requirement(desk.conn(), requirement.id)
        .await?
        .len() as i32;
    let outcome = Outcome {
        ranking: vec![place],
        ..Outcome::default()
    };
    let selection = record(
        desk,
        &requirement,
        &published,
        earlier + 1,
        &outcome,
        Some((by, &choice.reason)),
    )
    .await?;
    desk.journal("直接选定", "requirement", requirement.id.0, &choice.reason)
        .await?;
    award::announce_next(desk, &requirement, &published, selection, &outcome.ranking).await?;
    Ok(Reply::to(format!(
        "/requirements/{}?done=chosen",
        requirement.id
    )))
}

/// The sign-ups that have had an award of this requirement.
pub(super) async fn awarded_before(
    desk: &mut Desk,
    id: RequirementId,
) -> Result<Vec<SignUpId>, AppError> {
    Ok(store::award::of_requirement(desk.conn(), id)
        .await?
        .into_iter()
        .map(|award| award.sign_up_id)
        .collect())
}

/// The clock: the owner did not choose in time.
pub async fn choice_timeout(desk: &mut Desk, id: RequirementId) -> Result<(), AppError> {
    let Some(requirement) = store::requirement::lock(desk.conn(), id, Hold::Alone).await? else {
        return Ok(());
    };
    let is_due = requirement.choice_due_at.is_some_and(|due| due <= desk.now);
    if requirement.state != RequirementState::Choosing || !is_due {
        return Ok(());
    }
    let published = requirement.published()?;
    closing::fail(
        desk,
        &requirement,
        &published,
        "项目业主没有在规定时间内选定机构。",
    )
    .await
}
