//! Credit: an event is recorded with its basis; the score is recomputed now, when it begins and when it ends.
//! It becomes public, in the ledger too, when it begins to count. The ledger is for ever and a basis is not (it ends,
//! it may be repaired), so the ledger holds only the hash of the basis.

use super::follow::write;
use crate::AppError;
use crate::desk::Desk;
use market::AgencyId;
use market::credit::{Incident, Worth, suspended, suspended_until};
use market::decision::Follows;
use market::fact::{self, PublicFact};
use market::hash::sha256;
use market::job::Job;
use store::credit::NewEvent;

/// Records an event by the rules in force, once for its cause, and says what follows.
pub(super) async fn record(desk: &mut Desk, incident: &Incident) -> Result<Follows, AppError> {
    let (rules, now, agency) = (desk.rules().await?, desk.now, incident.agency);
    let worth = Worth::of(incident.code, &rules, now)
        .ok_or_else(|| AppError::broken("no rule for a credit event"))?;
    let event = NewEvent {
        id: desk.id(),
        incident,
        worth,
        occurred_at: now,
        policy: rules.policy_id,
    };
    if !store::credit::record(desk.conn(), event).await? {
        return Ok(Follows::new());
    }
    let recorded = incident.recorded(worth);
    Ok(recorded.and(recomputed(desk, agency).await?))
}

/// Recomputes a score from its events; the clock calls it whenever one begins or ends.
pub async fn recompute(desk: &mut Desk, agency: AgencyId) -> Result<(), AppError> {
    let follows = recomputed(desk, agency).await?;
    write(desk, &follows).await
}

async fn recomputed(desk: &mut Desk, agency: AgencyId) -> Result<Follows, AppError> {
    let (rules, now) = (desk.rules().await?, desk.now);
    let found = store::credit::recompute(desk.conn(), agency, &rules.policy.credit, now).await?;
    let mut follows = Follows::new();
    if let Some(again_at) = found.again_at {
        follows = follows.job(Job::RecomputeCredit(agency), again_at);
    }
    follows.facts = begun(desk, agency).await?;
    let events = store::credit::counted(desk.conn(), agency).await?;
    if let Some(until) = suspended_until(&rules.policy.credit, &events, now)
        && store::credit::suspend(desk.conn(), agency, until).await?
    {
        follows = follows.and(suspended(agency, until, now));
    }
    Ok(follows)
}

/// The facts of the events that have begun to count.
async fn begun(desk: &mut Desk, agency: AgencyId) -> Result<Vec<PublicFact>, AppError> {
    let now = desk.now;
    let begun = store::credit::enter(desk.conn(), agency, now).await?;
    if begun.is_empty() {
        return Ok(Vec::new());
    }
    let named = store::agency::named(desk.conn(), agency)
        .await?
        .ok_or(AppError::NotFound)?;
    let fact = |event: store::credit::Begun| PublicFact {
        subject: event.code.code().to_string(),
        requirement: None,
        agency: Some(agency),
        fact: fact::Credit {
            event: event.id.to_string(),
            agency: named.uscc.clone(),
            points: fact::Credit::points(event.points),
            basis_sha256: sha256(event.basis.as_bytes()),
            effective_at: event.effective_at,
            ends_at: event.ends_at,
        }
        .into(),
    };
    Ok(begun.into_iter().map(fact).collect())
}
