//! The deadline: the list is frozen, bids are opened, or the sign-up is extended or fails. Only the clock does this.

use super::edition::notice;
use crate::AppError;
use crate::desk::Desk;
use crate::vault::Purpose;
use market::bid::{BidFault, SecretKey, open};
use market::draw::{Entrant, Hex32, entrants_hash, sha256};
use market::eligibility::{Buyer, Ineligibility, ineligibility, related};
use market::ledger::EntryKind;
use market::notice::NoticeKind;
use market::requirement::{
    Closing, RequirementAction, RequirementState, Schedule, Specification, close,
};
use market::selection::Frozen;
use market::time::{rfc3339, stamp};
use market::{Refusal, RequirementId};
use serde_json::json;
use store::job::JobKind;
use store::requirement::{Freezing, Hold, Published, Requirement};
use store::selection::Exclusion;
use store::sign_up::{Opened, Received};

/// The document that is in force.
pub(super) async fn document(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
) -> Result<Specification, AppError> {
    let edition = store::edition::find(desk.conn(), requirement.id, published.edition).await?;
    let spec = edition.and_then(|edition| edition.spec);
    Ok(spec
        .ok_or_else(|| AppError::broken("a published edition has no document"))?
        .0)
}

/// What eligibility reads of the buyer.
pub(super) async fn buyer(
    desk: &mut Desk,
    requirement: &Requirement,
    spec: &Specification,
) -> Result<Buyer, AppError> {
    let (owner, since) = (requirement.owner_id, requirement.created_at);
    Ok(store::owner::buyer(desk.conn(), owner, since, &spec.contact_name).await?)
}

/// Sign-ups at the deadline, judged.
struct Judged {
    eligible: Vec<(Received, String)>,
    excluded: Vec<Exclusion>,
}

/// The clock: closes sign-up. Does nothing when it is too early (the deadline has moved) or done already.
pub async fn deadline(desk: &mut Desk, id: RequirementId) -> Result<(), AppError> {
    let Some(requirement) = store::requirement::lock(desk.conn(), id, Hold::Alone).await? else {
        return Ok(());
    };
    if requirement.state != RequirementState::Published {
        return Ok(());
    }
    let published = requirement.published()?;
    let rules = store::policy::version(desk.conn(), published.policy_id).await?;
    let judged = judge(desk, &requirement, &published).await?;
    let least = rules.policy.min_entrants(published.method, published.fund);
    let eligible = judged.eligible.len() as u32;
    let deadline_at = published.schedule.deadline_at;
    let closing = close(
        &rules.policy,
        &rules.clock(),
        deadline_at,
        desk.now,
        eligible,
        least,
        requirement.extensions as u32,
    );
    match closing {
        Err(Refusal::TooEarly { .. }) => Ok(()),
        Err(refusal) => Err(refusal.into()),
        Ok(Closing::Extend(schedule)) => {
            extend(desk, &requirement, &published, schedule, least).await
        }
        Ok(Closing::Fail) => {
            let reason = format!("截止时符合条件的报名机构不足 {least} 家。");
            drop_open_correction(desk, &requirement).await?;
            record_exclusions(desk, &requirement, &judged.excluded).await?;
            fail(desk, &requirement, &published, &reason).await
        }
        Ok(Closing::Freeze) => {
            drop_open_correction(desk, &requirement).await?;
            record_exclusions(desk, &requirement, &judged.excluded).await?;
            freeze(desk, &requirement, &published, judged).await
        }
    }
}

/// Judges everybody who is signed up at this instant, in order of receipt.
async fn judge(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
) -> Result<Judged, AppError> {
    let spec = document(desk, requirement, published).await?;
    let buyer = buyer(desk, requirement, &spec).await?;
    let received = store::sign_up::received(desk.conn(), requirement.id).await?;
    let ids: Vec<_> = received.iter().map(|sign_up| sign_up.agency).collect();
    let candidates = store::agency::candidates(desk.conn(), &ids).await?;
    let mut judged = Judged {
        eligible: Vec::new(),
        excluded: Vec::new(),
    };
    let mut passed = Vec::new();
    for sign_up in received {
        let found = candidates
            .iter()
            .find(|candidate| candidate.agency == sign_up.agency);
        let candidate =
            found.ok_or_else(|| AppError::broken("an agency that signed up is gone"))?;
        let reasons = ineligibility(candidate, &spec.conditions, &buyer, desk.now);
        if reasons.is_empty() {
            passed.push((sign_up, candidate));
        } else {
            judged
                .excluded
                .push(exclusion(&sign_up, candidate.uscc.as_str(), reasons));
        }
    }
    let list: Vec<_> = passed.iter().map(|(_, candidate)| *candidate).collect();
    let related = related(&list);
    for (i, (sign_up, candidate)) in passed.into_iter().enumerate() {
        match related.iter().find(|(position, _)| *position == i) {
            Some((_, reason)) => {
                judged.excluded.push(exclusion(
                    &sign_up,
                    candidate.uscc.as_str(),
                    vec![reason.clone()],
                ));
            }
            None => judged.eligible.push((sign_up, candidate.uscc.to_string())),
        }
    }
    Ok(judged)
}

fn exclusion(sign_up: &Received, uscc: &str, reasons: Vec<Ineligibility>) -> Exclusion {
    Exclusion {
        sign_up: sign_up.id,
        agency: sign_up.agency,
        uscc: uscc.to_string(),
        reasons,
    }
}

async fn record_exclusions(
    desk: &mut Desk,
    requirement: &Requirement,
    list: &[Exclusion],
) -> Result<(), AppError> {
    let now = desk.now;
    for exclusion in list {
        store::selection::exclude(desk.conn(), requirement.id, exclusion, now).await?;
    }
    Ok(())
}

/// A correction that is still on its way when the deadline comes is overtaken.
async fn drop_open_correction(desk: &mut Desk, requirement: &Requirement) -> Result<(), AppError> {
    if let Some(edition) = store::edition::lock_open(desk.conn(), requirement.id).await? {
        store::edition::drop_open(
            desk.conn(),
            &edition,
            market::requirement::EditionState::Dropped,
        )
        .await?;
        desk.journal("更正因截止而作废", "requirement", requirement.id.0, "")
            .await?;
    }
    Ok(())
}

async fn extend(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    schedule: Schedule,
    least: u32,
) -> Result<(), AppError> {
    store::requirement::extend(desk.conn(), requirement, schedule).await?;
    let facts = json!({
        "deadline_at": rfc3339(schedule.deadline_at),
        "draw_at": rfc3339(schedule.draw_at),
        "least": least,
    });
    desk.ledger(
        EntryKind::Extension,
        &published.notice_no,
        Some(requirement.id),
        None,
        facts,
    )
    .await?;
    let title = format!("【{}】报名延期公告", requirement.project_name);
    // How many there are stays hidden: only that they are too few is said.
    let rows = vec![
        ("延期原因", format!("符合条件的报名机构不足 {least} 家。")),
        ("报名截止", stamp(schedule.deadline_at)),
        ("选取时间", stamp(schedule.draw_at)),
    ];
    notice(
        desk,
        requirement.id,
        NoticeKind::Extension,
        &title,
        &published.notice_no,
        rows,
    )
    .await?;
    tracing::info!(requirement_id = %requirement.id, "sign-up extended");
    desk.enqueue(JobKind::Close, requirement.id.0, schedule.deadline_at)
        .await
}

/// Ends a requirement without a winner, publicly.
pub(super) async fn fail(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    reason: &str,
) -> Result<(), AppError> {
    let (state, now) = (requirement.state.after(RequirementAction::Fail)?, desk.now);
    store::requirement::fail(desk.conn(), requirement, state, reason, now).await?;
    desk.ledger(
        EntryKind::Failure,
        &published.notice_no,
        Some(requirement.id),
        None,
        json!({ "reason": reason }),
    )
    .await?;
    let title = format!("【{}】采购失败公告", requirement.project_name);
    let rows = vec![
        ("失败原因", reason.to_string()),
        (
            "下一步",
            "项目业主可以重新发布，新公告与本公告相互链接。".to_string(),
        ),
    ];
    notice(
        desk,
        requirement.id,
        NoticeKind::Failure,
        &title,
        &published.notice_no,
        rows,
    )
    .await?;
    desk.journal("流标", "requirement", requirement.id.0, reason)
        .await
}

/// Freezes the list in order of receipt, opens the bids, and fixes what happens next.
async fn freeze(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    judged: Judged,
) -> Result<(), AppError> {
    let now = desk.now;
    let mut frozen: Vec<Frozen> = judged
        .eligible
        .iter()
        .zip(1..)
        .map(|((sign_up, uscc), seq)| Frozen {
            seq,
            sign_up: sign_up.id,
            agency: sign_up.agency,
            uscc: uscc.clone(),
            nonce: sign_up.nonce,
            received_at: sign_up.received_at,
            bid: None,
        })
        .collect();
    if published.method.wants_bid() {
        open_bids(desk, requirement, published, &judged, &mut frozen).await?;
    }
    let entrants: Vec<Entrant> = frozen
        .iter()
        .map(|one| Entrant {
            seq: one.seq,
            uscc: one.uscc.clone(),
            weight: 1,
            nonce: one.nonce,
        })
        .collect();
    let hash = entrants_hash(&entrants);
    store::selection::freeze(desk.conn(), requirement.id, &frozen).await?;
    let rules = store::policy::version(desk.conn(), published.policy_id).await?;
    let (action, choice_due_at) = if published.method.is_chosen_by_owner() {
        let workdays = rules.policy.selection.choice_workdays;
        let due = rules.clock().after(now, workdays);
        (RequirementAction::OpenChoice, Some(due))
    } else {
        (RequirementAction::Freeze, None)
    };
    let freezing = Freezing {
        state: requirement.state.after(action)?,
        frozen_at: now,
        entrants_hash: hash,
        entrant_count: frozen.len() as u32,
        choice_due_at,
    };
    store::requirement::freeze(desk.conn(), requirement, freezing).await?;
    let excluded: Vec<_> = judged
        .excluded
        .iter()
        .map(|one| json!({ "uscc": one.uscc, "reasons": one.reasons.iter().map(Ineligibility::sentence).collect::<Vec<_>>() }))
        .collect();
    let facts =
        json!({ "entrants_hash": hash.to_string(), "count": frozen.len(), "excluded": excluded });
    desk.ledger(
        EntryKind::Freezing,
        &published.notice_no,
        Some(requirement.id),
        None,
        facts,
    )
    .await?;
    desk.journal("冻结名单", "requirement", requirement.id.0, "")
        .await?;
    match choice_due_at {
        Some(due) => {
            desk.enqueue(JobKind::ChoiceTimeout, requirement.id.0, due)
                .await
        }
        None => {
            desk.enqueue(
                JobKind::Draw,
                requirement.id.0,
                published.schedule.draw_at.max(now),
            )
            .await
        }
    }
}

/// Releases the secret of the bids and opens every one of the frozen list. The secret goes into the ledger, so that
/// anyone can repeat the opening.
async fn open_bids(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    judged: &Judged,
    frozen: &mut [Frozen],
) -> Result<(), AppError> {
    let now = desk.now;
    let sealed = published
        .bid_secret_sealed
        .as_deref()
        .ok_or_else(|| AppError::broken("no sealed secret of the bids"))?;
    let secret = desk
        .world
        .vault
        .open(Purpose::BidSecret, &requirement.id.to_string(), sealed)?;
    let secret = SecretKey(
        secret
            .try_into()
            .map_err(|_| AppError::broken("a secret has not 32 bytes"))?,
    );
    store::requirement::record_opening(desk.conn(), requirement.id, now).await?;
    let mut opened = Vec::new();
    for (one, (sign_up, _)) in frozen.iter_mut().zip(&judged.eligible) {
        let sealed = sign_up.sealed.as_deref().unwrap_or_default();
        let found = open(sealed, &secret, requirement.id, sign_up.agency);
        one.bid = found.ok();
        let (result, shown) = match found {
            Ok(sum) => (Opened::Amount(sum), json!(sum.0)),
            Err(BidFault::Unreadable) => {
                (Opened::Fault("无法用公告的密钥打开"), json!("unreadable"))
            }
            Err(BidFault::NoSum) => (Opened::Fault("打开后不是金额"), json!("no sum")),
        };
        store::sign_up::save_opened(desk.conn(), sign_up.id, result, now).await?;
        opened.push(json!({ "uscc": one.uscc, "sealed_sha256": sha256(sealed).to_string(), "sealed": hex::encode(sealed), "amount_fen": shown }));
    }
    let facts = json!({ "bid_secret_key": Hex32(secret.0).to_string(), "bids": opened });
    desk.ledger(
        EntryKind::Opening,
        &published.notice_no,
        Some(requirement.id),
        None,
        facts,
    )
    .await
}
