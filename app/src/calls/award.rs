//! Awards: announced, answered by the agency, issued after publicity, or passed on.

use super::edition::notice;
use super::{Called, closing, follow, selection};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::award::{AwardAction, AwardState, answer, award_no, issue, lapse, read_decline, times};
use market::credit::{EventCode, Incident};
use market::decision::Follows;
use market::eligibility::ineligibility;
use market::ledger::EntryKind;
use market::notice::NoticeKind;
use market::requirement::RequirementAction;
use market::selection::Place;
use market::time::{rfc3339, stamp};
use market::{AwardId, SelectionId};
use serde_json::json;
use store::award::{Award, NewAward};
use store::job::JobKind;
use store::requirement::{Hold, Published, Requirement};

/// Announces the first place of a ranking that has not had its award and still may take part now. With nobody left,
/// a direct selection goes back to the owner while choices are left, and everything else fails.
pub(super) async fn announce_next(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    selection: SelectionId,
    ranking: &[Place],
) -> Result<(), AppError> {
    let had = selection::awarded_before(desk, requirement.id).await?;
    let spec = closing::document(desk, requirement, published).await?;
    let buyer = closing::buyer(desk, requirement, &spec).await?;
    for place in ranking.iter().filter(|place| !had.contains(&place.sign_up)) {
        let candidate = store::agency::candidate(desk.conn(), place.agency).await?;
        let reasons = ineligibility(&candidate, &spec.conditions, &buyer, desk.now);
        if reasons.is_empty() {
            return announce(
                desk,
                requirement,
                published,
                selection,
                place,
                had.len() as i32 + 1,
            )
            .await;
        }
        let sentences: Vec<String> = reasons.iter().map(|reason| reason.sentence()).collect();
        let facts = json!({ "skipped": candidate.uscc.as_str(), "reasons": sentences });
        desk.ledger(
            EntryKind::Selection,
            &published.notice_no,
            Some(requirement.id),
            None,
            facts,
        )
        .await?;
        desk.journal(
            "中选时已不符合条件，顺延",
            "requirement",
            requirement.id.0,
            &sentences.concat(),
        )
        .await?;
    }
    let rules = store::policy::version(desk.conn(), published.policy_id).await?;
    let choices = store::selection::of_requirement(desk.conn(), requirement.id)
        .await?
        .len() as u32;
    let others = store::selection::frozen(desk.conn(), requirement.id)
        .await?
        .len()
        > had.len();
    if published.method.is_chosen_by_owner() && choices < rules.policy.selection.choices && others {
        let due = rules
            .clock()
            .after(desk.now, rules.policy.selection.choice_workdays);
        let state = match requirement.state {
            market::requirement::RequirementState::Choosing => requirement.state,
            state => state.after(RequirementAction::ChooseAgain)?,
        };
        store::requirement::choose_again(desk.conn(), requirement, state, due).await?;
        return desk
            .enqueue(JobKind::ChoiceTimeout, requirement.id.0, due)
            .await;
    }
    closing::fail(
        desk,
        requirement,
        published,
        "中选机构和候补机构均已放弃或不再符合条件。",
    )
    .await
}

async fn announce(
    desk: &mut Desk,
    requirement: &Requirement,
    published: &Published,
    selection: SelectionId,
    place: &Place,
    ordinal: i32,
) -> Result<(), AppError> {
    let rules = store::policy::version(desk.conn(), published.policy_id).await?;
    let now = desk.now;
    let times = times(&rules.policy, &rules.clock(), published.fund, now);
    let number = award_no(&published.notice_no, ordinal as u32);
    let award = NewAward {
        id: desk.id(),
        region: &requirement.region_code,
        requirement: requirement.id,
        selection,
        owner: requirement.owner_id,
        agency: place.agency,
        sign_up: place.sign_up,
        ordinal,
        award_no: &number,
        amount_fen: place.amount.0,
        announced_at: now,
        times,
        policy: published.policy_id,
    };
    let id = award.id;
    store::award::announce(desk.conn(), award).await?;
    let state = requirement.state.after(RequirementAction::Select)?;
    store::requirement::save_state(desk.conn(), requirement, state).await?;
    let agency = store::agency::named(desk.conn(), place.agency)
        .await?
        .ok_or(AppError::NotFound)?;
    let facts = json!({
        "award_no": number,
        "ordinal": ordinal,
        "agency": agency.uscc,
        "amount_fen": place.amount.0,
        "publicity_ends_at": rfc3339(times.publicity_ends_at),
        "confirm_by_at": rfc3339(times.confirm_by_at),
    });
    desk.ledger(
        EntryKind::Award,
        &published.notice_no,
        Some(requirement.id),
        Some(place.agency),
        facts,
    )
    .await?;
    let title = format!(
        "【{}】中选公告{}",
        requirement.project_name,
        if ordinal > 1 {
            "（候补递补）"
        } else {
            ""
        }
    );
    let spec = closing::document(desk, requirement, published).await?;
    let rows = vec![
        ("中选机构", agency.name),
        ("统一社会信用代码", agency.uscc),
        (
            "中选金额",
            format!("{} 元（{}）", place.amount.yuan(), place.amount.capitals()),
        ),
        ("选取方式", spec.method_words()),
        ("选取时间", stamp(now)),
        ("公示期至", stamp(times.publicity_ends_at)),
        ("监督电话", spec.complaint_phone),
    ];
    notice(
        desk,
        requirement.id,
        NoticeKind::Result,
        &title,
        &published.notice_no,
        rows,
    )
    .await?;
    desk.enqueue(JobKind::PublicityEnd, id.0, times.publicity_ends_at)
        .await?;
    desk.enqueue(JobKind::ConfirmTimeout, id.0, times.confirm_by_at)
        .await
}

/// Requirement and award, locked in this order everywhere.
async fn locked(desk: &mut Desk, id: AwardId) -> Result<Option<(Requirement, Award)>, AppError> {
    let Some(requirement) = store::award::requirement_of(desk.conn(), id).await? else {
        return Ok(None);
    };
    let requirement = store::requirement::lock(desk.conn(), requirement, Hold::Alone).await?;
    let award = store::award::lock(desk.conn(), id).await?;
    Ok(requirement.zip(award))
}

/// The award of the route, if it is the agency's at the desk.
async fn own(desk: &mut Desk, ask: &Ask) -> Result<(Requirement, Award), AppError> {
    let id: AwardId = ask.param("id").ok_or(AppError::NotFound)?;
    let agency = desk.agency()?;
    let (requirement, award) = locked(desk, id).await?.ok_or(AppError::NotFound)?;
    if award.agency_id != agency {
        return Err(AppError::NotFound);
    }
    Ok((requirement, award))
}

/// The agency accepts. When publicity is over already, the notice of award follows at once.
pub async fn confirm(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, award) = own(desk, ask).await?;
    let (by, now) = (desk.person()?, desk.now);
    let state = answer(award.state, AwardAction::Confirm, award.confirm_by_at, now)?;
    store::award::save_answer(desk.conn(), &award, state, Some(by), None, now).await?;
    desk.journal("确认中选", "award", award.id.0, "").await?;
    if now >= award.publicity_ends_at {
        let award = store::award::lock(desk.conn(), award.id)
            .await?
            .ok_or(AppError::NotFound)?;
        issue_notice(desk, &requirement, &award).await?;
    }
    Ok(Reply::to(format!("/awards/{}?done=confirmed", award.id)))
}

/// The agency declines; the backup takes its place.
pub async fn decline(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, award) = own(desk, ask).await?;
    let (by, now) = (desk.person()?, desk.now);
    let reason = read_decline(&ask.form)?;
    let state = answer(award.state, AwardAction::Decline, award.confirm_by_at, now)?;
    store::award::save_answer(desk.conn(), &award, state, Some(by), Some(&reason), now).await?;
    desk.journal("放弃中选", "award", award.id.0, &reason)
        .await?;
    give_up(
        desk,
        &requirement,
        &award,
        &format!(
            "放弃“{}”的中选资格，理由：{reason}",
            requirement.project_name
        ),
    )
    .await?;
    Ok(Reply::to(format!("/awards/{}?done=declined", award.id)))
}

/// The clock: the agency did not answer in time.
pub async fn confirm_timeout(desk: &mut Desk, id: AwardId) -> Result<(), AppError> {
    let Some((requirement, award)) = locked(desk, id).await? else {
        return Ok(());
    };
    let now = desk.now;
    if award.state != AwardState::Announced || now < award.confirm_by_at {
        return Ok(());
    }
    let state = lapse(award.state, award.confirm_by_at, now)?;
    store::award::save_answer(desk.conn(), &award, state, None, None, now).await?;
    desk.journal("逾期未确认中选", "award", award.id.0, "")
        .await?;
    give_up(
        desk,
        &requirement,
        &award,
        &format!("“{}”中选后逾期未确认", requirement.project_name),
    )
    .await
}

/// Records the credit event and passes the award on.
async fn give_up(
    desk: &mut Desk,
    requirement: &Requirement,
    award: &Award,
    basis: &str,
) -> Result<(), AppError> {
    let incident = Incident {
        agency: award.agency_id,
        code: EventCode::M02,
        basis: basis.to_string(),
        award: Some(award.id),
        contract: None,
    };
    follow::carry_out(desk, Follows::new().incident(incident)).await?;
    let published = requirement.published()?;
    let found = store::selection::of_requirement(desk.conn(), requirement.id)
        .await?
        .into_iter()
        .find(|one| one.id == award.selection_id);
    let ranking: Vec<Place> = found
        .iter()
        .flat_map(|one| one.ranking.iter().map(Place::from))
        .collect();
    announce_next(desk, requirement, &published, award.selection_id, &ranking).await
}

/// The clock: publicity is over. What is confirmed is issued; what is not yet, waits for its answer.
pub async fn publicity_end(desk: &mut Desk, id: AwardId) -> Result<(), AppError> {
    let Some((requirement, award)) = locked(desk, id).await? else {
        return Ok(());
    };
    if award.state != AwardState::Confirmed || desk.now < award.publicity_ends_at {
        return Ok(());
    }
    issue_notice(desk, &requirement, &award).await
}

/// Issues the notice of award.
async fn issue_notice(
    desk: &mut Desk,
    requirement: &Requirement,
    award: &Award,
) -> Result<(), AppError> {
    let now = desk.now;
    let published = requirement.published()?;
    let state = issue(award.state, award.publicity_ends_at, now)?;
    let rules = store::policy::version(desk.conn(), award.policy_id).await?;
    let sign_by_at = market::contract::sign_due(&rules.policy, &rules.clock(), now);
    store::award::save_issued(desk.conn(), award, state, now, sign_by_at).await?;
    let state = requirement.state.after(RequirementAction::Award)?;
    store::requirement::save_state(desk.conn(), requirement, state).await?;
    let facts = json!({ "award_no": award.award_no, "agency": award.agency_uscc, "amount_fen": award.amount_fen });
    desk.ledger(
        EntryKind::AwardNotice,
        &published.notice_no,
        Some(requirement.id),
        Some(award.agency_id),
        facts,
    )
    .await?;
    let rows = vec![
        ("中选通知书编号", award.award_no.clone()),
        ("中选机构", award.agency_name.clone()),
        (
            "中选金额",
            format!("{} 元", market::Fen(award.amount_fen).yuan()),
        ),
    ];
    let title = format!("【{}】中选通知书", requirement.project_name);
    notice(
        desk,
        requirement.id,
        NoticeKind::AwardNotice,
        &title,
        &published.notice_no,
        rows,
    )
    .await?;
    desk.journal("发出中选通知书", "award", award.id.0, &award.award_no)
        .await
}
