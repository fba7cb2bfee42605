//! Credit: an event is recorded with its basis; the score is recomputed now, when it begins and when it ends.
//! It becomes public, in the ledger too, when it begins to count. The ledger is for ever and a basis is not (it ends,
//! it may be repaired), so the ledger holds only the hash of the basis.

use crate::AppError;
use crate::desk::Desk;
use market::credit::{Counted, EventCode, months_later, points_text, suspends};
use market::draw::sha256;
use market::ledger::EntryKind;
use market::time::rfc3339;
use market::{AgencyId, AwardId, ContractId};
use serde_json::json;
use store::credit::NewEvent;
use store::job::JobKind;

/// Records an event by the rules in force. A demerit begins after the agency had time to state its case.
pub(super) async fn record(
    desk: &mut Desk,
    agency: AgencyId,
    code: EventCode,
    basis: &str,
    award: Option<AwardId>,
    contract: Option<ContractId>,
) -> Result<(), AppError> {
    let rules = desk.rules().await?;
    let now = desk.now;
    let rule = rules
        .policy
        .credit
        .rule(code)
        .ok_or_else(|| AppError::broken("no rule for a credit event"))?
        .clone();
    let delay = if rule.points < 0 {
        rules.policy.credit.state_case_workdays
    } else {
        0
    };
    let effective_at = rules.clock().after(now, delay);
    let ends_at = months_later(effective_at, rule.months);
    let event = NewEvent {
        id: desk.id(),
        agency,
        code,
        points: rule.points,
        severity: rule.severity,
        basis,
        award,
        contract,
        occurred_at: now,
        effective_at,
        ends_at,
        policy: rules.policy_id,
    };
    if !store::credit::record(desk.conn(), event).await? {
        return Ok(());
    }
    desk.journal(
        "信用事项",
        "agency",
        agency.0,
        &format!("{} {basis}", code.code()),
    )
    .await?;
    recompute(desk, agency).await
}

/// Recomputes a score from its events; the clock calls it whenever one begins or ends.
pub async fn recompute(desk: &mut Desk, agency: AgencyId) -> Result<(), AppError> {
    let rules = desk.rules().await?;
    let now = desk.now;
    let found = store::credit::recompute(desk.conn(), agency, &rules.policy.credit, now).await?;
    if let Some(again_at) = found.again_at {
        desk.enqueue(JobKind::RecomputeCredit, agency.0, again_at)
            .await?;
    }
    enter_ledger(desk, agency).await?;
    let events = store::credit::counted(desk.conn(), agency).await?;
    let give_ups: Vec<&Counted> = events
        .iter()
        .filter(|event| event.code == EventCode::M02 && event.is_active(now))
        .collect();
    if suspends(&rules.policy.credit, give_ups.len() as u32)
        && let Some(latest) = give_ups.iter().map(|event| event.effective_at).max()
    {
        let until = months_later(latest, rules.policy.credit.give_up_suspend_months);
        store::credit::suspend(desk.conn(), agency, until).await?;
    }
    Ok(())
}

/// Writes the events that have begun to count into the ledger.
async fn enter_ledger(desk: &mut Desk, agency: AgencyId) -> Result<(), AppError> {
    let now = desk.now;
    let begun = store::credit::enter(desk.conn(), agency, now).await?;
    if begun.is_empty() {
        return Ok(());
    }
    let named = store::agency::named(desk.conn(), agency)
        .await?
        .ok_or(AppError::NotFound)?;
    for event in begun {
        let facts = json!({
            "event": event.id.to_string(),
            "agency": named.uscc,
            "points": points_text(event.points),
            "basis_sha256": sha256(event.basis.as_bytes()).to_string(),
            "effective_at": rfc3339(event.effective_at),
            "ends_at": rfc3339(event.ends_at),
        });
        desk.ledger(
            EntryKind::Credit,
            event.code.code(),
            None,
            Some(agency),
            facts,
        )
        .await?;
    }
    Ok(())
}
