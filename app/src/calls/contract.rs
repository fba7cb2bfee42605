//! Contracts: recorded by one side, confirmed by the other; delivered, accepted or returned, completed.

use super::edition::notice;
use super::{Called, credit, remember_file, with_file};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::contract::{
    ContractAction, ContractDetails, ContractState, DeliverableState, ServiceClock, Side, Silence,
    is_signed_late, other_side, silence,
};
use market::credit::{EventCode, lateness};
use market::form::{Reader, public};
use market::ledger::EntryKind;
use market::notice::NoticeKind;
use market::time::{date_text, rfc3339};
use market::{AwardId, ContractId, Fen, Refusal};
use serde_json::json;
use store::contract::{Contract, NewContract, Recording};
use store::job::JobKind;

/// Which side the person at the desk is on. Errors: neither.
fn side(desk: &Desk) -> Result<Side, AppError> {
    let acting = desk.acting()?;
    match (acting.owner, acting.agency) {
        (Some(_), _) => Ok(Side::Owner),
        (_, Some(_)) => Ok(Side::Agency),
        _ => Err(AppError::Forbidden),
    }
}

/// The contract of the route, locked, if the body at the desk is a party to it.
async fn own(desk: &mut Desk, ask: &Ask) -> Result<(Contract, Side), AppError> {
    let id: ContractId = ask.param("id").ok_or(AppError::NotFound)?;
    let side = side(desk)?;
    let (owner, agency, only) = (desk.acting()?.owner, desk.acting()?.agency, desk.only_own());
    let contract = store::contract::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let is_party = match side {
        Side::Owner => {
            Some(contract.owner_id) == owner
                && only.is_none_or(|person| contract.requirement_created_by == person)
        }
        Side::Agency => Some(contract.agency_id) == agency,
    };
    if !is_party {
        return Err(AppError::NotFound);
    }
    desk.fresh(ask.version(), contract.version)?;
    Ok((contract, side))
}

/// The contract, if the desk is the owner's.
async fn as_owner(desk: &mut Desk, ask: &Ask) -> Result<Contract, AppError> {
    match own(desk, ask).await? {
        (contract, Side::Owner) => Ok(contract),
        _ => Err(AppError::NotFound),
    }
}

/// Records the contract of an award.
pub async fn record(desk: &mut Desk, ask: &Ask) -> Called {
    let id: AwardId = ask.param("id").ok_or(AppError::NotFound)?;
    let (side, by, now) = (side(desk)?, desk.person()?, desk.now);
    let acting = desk.acting()?.clone();
    let award = store::award::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    if Some(award.owner_id) != acting.owner && Some(award.agency_id) != acting.agency {
        return Err(AppError::NotFound);
    }
    let requirement = store::requirement::find(desk.conn(), award.requirement_id)
        .await?
        .ok_or(AppError::NotFound)?;
    if desk
        .only_own()
        .is_some_and(|person| requirement.created_by != person)
    {
        return Err(AppError::NotFound);
    }
    let issued_at = award
        .issued_at
        .ok_or(Refusal::not_now("录入合同", award.state.label()))?;
    let read = ContractDetails::read(&ask.form, Fen(award.amount_fen), issued_at, now);
    let (details, received) = with_file(ask, "scan", read)?;
    let file = remember_file(desk, received).await?;
    let published = requirement.published()?;
    let spec = super::closing::document(desk, &requirement, &published).await?;
    let rules = store::policy::version(desk.conn(), award.policy_id).await?;
    let new = NewContract {
        id: desk.id(),
        region: &requirement.region_code,
        award: award.id,
        requirement: requirement.id,
        owner: award.owner_id,
        agency: award.agency_id,
        service_workdays: spec.service_workdays as i32,
        policy: award.policy_id,
        recording: Recording {
            details: &details,
            file,
            side,
            by,
            at: now,
            confirm_due_at: rules
                .clock()
                .after(now, rules.policy.contract.confirm_workdays),
        },
    };
    let contract = new.id;
    store::contract::record(desk.conn(), new).await?;
    desk.journal("录入合同", "contract", contract.0, &details.name)
        .await?;
    Ok(Reply::to(format!("/contracts/{contract}?done=recorded")))
}

/// Records it anew after an objection.
pub async fn record_again(desk: &mut Desk, ask: &Ask) -> Called {
    let (contract, side) = own(desk, ask).await?;
    let (by, now) = (desk.person()?, desk.now);
    let state = contract.state.after(ContractAction::Record)?;
    let issued_at = contract
        .issued_at
        .ok_or_else(|| AppError::broken("a contract without an issued award"))?;
    let read = ContractDetails::read(&ask.form, Fen(contract.amount_fen), issued_at, now);
    let (details, received) = with_file(ask, "scan", read)?;
    let file = remember_file(desk, received).await?;
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let recording = Recording {
        details: &details,
        file,
        side,
        by,
        at: now,
        confirm_due_at: rules
            .clock()
            .after(now, rules.policy.contract.confirm_workdays),
    };
    store::contract::record_again(desk.conn(), &contract, state, recording).await?;
    desk.journal("重新录入合同", "contract", contract.id.0, "")
        .await?;
    Ok(Reply::to(format!(
        "/contracts/{}?done=recorded",
        contract.id
    )))
}

/// The other side confirms: the contract is public and the clock starts.
pub async fn confirm(desk: &mut Desk, ask: &Ask) -> Called {
    let (contract, side) = own(desk, ask).await?;
    let (by, now) = (desk.person()?, desk.now);
    other_side(contract.recorded_side, side)?;
    let state = contract.state.after(ContractAction::Confirm)?;
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let clock = ServiceClock::start(&rules.clock(), now, contract.service_workdays as u32);
    store::contract::save_confirmed(desk.conn(), &contract, state, by, clock).await?;
    let number = contract.notice_no.clone().unwrap_or_default();
    let facts = json!({
        "award_no": contract.award_no,
        "amount_fen": contract.amount_fen,
        "signed_on": date_text(contract.signed_on),
        "due_at": rfc3339(clock.due_at),
    });
    desk.ledger(
        EntryKind::Contract,
        &number,
        Some(contract.requirement_id),
        Some(contract.agency_id),
        facts,
    )
    .await?;
    let rows = vec![
        ("合同名称", contract.name.clone()),
        ("项目业主", contract.owner_name.clone()),
        ("中介机构", contract.agency_name.clone()),
        (
            "合同金额",
            format!("{} 元", Fen(contract.amount_fen).yuan()),
        ),
        ("签订日期", date_text(contract.signed_on)),
        (
            "服务时限",
            format!("{} 个工作日", contract.service_workdays),
        ),
    ];
    let title = format!("【{}】合同公告", contract.project_name);
    notice(
        desk,
        contract.requirement_id,
        NoticeKind::Contract,
        &title,
        &number,
        rows,
    )
    .await?;
    desk.journal("确认合同", "contract", contract.id.0, "")
        .await?;
    let issued_at = contract
        .issued_at
        .ok_or_else(|| AppError::broken("a contract without an issued award"))?;
    if is_signed_late(&rules.policy, &rules.clock(), issued_at, contract.signed_on) {
        let basis = format!(
            "“{}”的合同签订于 {}，超过规定期限",
            contract.project_name,
            date_text(contract.signed_on)
        );
        credit::record(
            desk,
            contract.agency_id,
            EventCode::M03,
            &basis,
            None,
            Some(contract.id),
        )
        .await?;
    }
    let check_at = rules.clock().after(
        clock.due_at,
        rules.policy.contract.overdue_serious_workdays + 1,
    );
    desk.enqueue(JobKind::Overdue, contract.id.0, check_at)
        .await?;
    Ok(Reply::to(format!(
        "/contracts/{}?done=confirmed",
        contract.id
    )))
}

fn reason(ask: &Ask, field: &str) -> Result<String, AppError> {
    let mut read = Reader::new(&ask.form);
    let reason = read.need(field, public(4, 500));
    Ok(read.finish(|| reason)?)
}

/// The other side finds the record wrong.
pub async fn object(desk: &mut Desk, ask: &Ask) -> Called {
    let (contract, side) = own(desk, ask).await?;
    other_side(contract.recorded_side, side)?;
    let reason = reason(ask, "objection")?;
    let state = contract.state.after(ContractAction::Object)?;
    store::contract::save_objection(desk.conn(), &contract, state, &reason).await?;
    desk.journal("对合同提出异议", "contract", contract.id.0, &reason)
        .await?;
    Ok(Reply::to(format!(
        "/contracts/{}?done=objected",
        contract.id
    )))
}

/// The agency hands in a deliverable; the clock pauses.
pub async fn deliver(desk: &mut Desk, ask: &Ask) -> Called {
    let (contract, side) = own(desk, ask).await?;
    if side != Side::Agency {
        return Err(AppError::NotFound);
    }
    let (by, now) = (desk.person()?, desk.now);
    let mut read = Reader::new(&ask.form);
    let note = read.need("note", public(4, 500));
    let (note, received) = with_file(ask, "result", read.finish(|| note))?;
    let state = contract.state.after(ContractAction::Deliver)?;
    let file = remember_file(desk, received).await?;
    let id = desk.id();
    store::contract::deliver(desk.conn(), id, contract.id, &note, file, by, now).await?;
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let clock = contract.clock()?.pause(now);
    let due = rules
        .clock()
        .after(now, rules.policy.contract.accept_workdays);
    store::contract::save_clock(desk.conn(), &contract, state, clock, Some(due)).await?;
    let silent = rules
        .clock()
        .after(now, rules.policy.contract.silent_accept_workdays);
    desk.enqueue(JobKind::AcceptTimeout, contract.id.0, silent)
        .await?;
    desk.journal("提交成果", "contract", contract.id.0, "")
        .await?;
    Ok(Reply::to(format!(
        "/contracts/{}?done=delivered",
        contract.id
    )))
}

/// The owner returns the deliverable; the clock goes on.
pub async fn send_back(desk: &mut Desk, ask: &Ask) -> Called {
    let contract = as_owner(desk, ask).await?;
    let (by, now) = (desk.person()?, desk.now);
    let reason = reason(ask, "return_reason")?;
    let state = contract.state.after(ContractAction::Return)?;
    store::contract::answer_deliverable(
        desk.conn(),
        contract.id,
        DeliverableState::Returned,
        &reason,
        Some(by),
        now,
    )
    .await?;
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let clock = contract.clock()?.resume(&rules.clock(), now);
    store::contract::save_clock(desk.conn(), &contract, state, clock, None).await?;
    desk.journal("退回成果", "contract", contract.id.0, &reason)
        .await?;
    Ok(Reply::to(format!(
        "/contracts/{}?done=returned",
        contract.id
    )))
}

/// The owner accepts the deliverable; the clock stops at the delivery.
pub async fn accept(desk: &mut Desk, ask: &Ask) -> Called {
    let contract = as_owner(desk, ask).await?;
    let by = desk.person()?;
    take(desk, &contract, Some(by)).await?;
    desk.journal("验收成果", "contract", contract.id.0, "")
        .await?;
    Ok(Reply::to(format!(
        "/contracts/{}?done=accepted",
        contract.id
    )))
}

async fn take(
    desk: &mut Desk,
    contract: &Contract,
    by: Option<market::PersonId>,
) -> Result<(), AppError> {
    let now = desk.now;
    let state = contract.state.after(ContractAction::Accept)?;
    store::contract::answer_deliverable(
        desk.conn(),
        contract.id,
        DeliverableState::Accepted,
        "",
        by,
        now,
    )
    .await?;
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let clock = contract.clock()?.stop(now);
    let overdue = clock.overdue(&rules.clock(), now);
    store::contract::save_accepted(desk.conn(), contract, state, clock, overdue, now).await?;
    Ok(())
}

/// The clock: the owner has been silent. Social money: accepted. Public money: the operator is told.
pub async fn accept_timeout(desk: &mut Desk, id: ContractId) -> Result<(), AppError> {
    let Some(contract) = store::contract::lock(desk.conn(), id).await? else {
        return Ok(());
    };
    if contract.state != ContractState::Delivered {
        return Ok(());
    }
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let delivered_at = contract
        .paused_at
        .ok_or_else(|| AppError::broken("a delivery without its instant"))?;
    // A later delivery has a job of its own.
    if desk.now
        < rules
            .clock()
            .after(delivered_at, rules.policy.contract.silent_accept_workdays)
    {
        return Ok(());
    }
    let fund = contract
        .fund
        .ok_or_else(|| AppError::broken("a contract without a fund"))?;
    match silence(fund) {
        Silence::Accepts => {
            take(desk, &contract, None).await?;
            desk.journal("逾期未验收，视为验收", "contract", id.0, "")
                .await
        }
        Silence::Escalates => {
            desk.journal(
                "逾期未验收，请运营机构督促",
                "contract",
                id.0,
                &contract.owner_name,
            )
            .await
        }
    }
}

/// The owner closes the case: rating may begin.
pub async fn complete(desk: &mut Desk, ask: &Ask) -> Called {
    let contract = as_owner(desk, ask).await?;
    let now = desk.now;
    let state = contract.state.after(ContractAction::Complete)?;
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let rate_by = rules
        .clock()
        .after(now, rules.policy.rating.window_workdays);
    store::contract::save_completed(desk.conn(), &contract, state, now, rate_by).await?;
    let overdue = contract.overdue_workdays.unwrap_or(0) as u32;
    let facts = json!({ "award_no": contract.award_no, "overdue_workdays": overdue });
    let number = contract.notice_no.clone().unwrap_or_default();
    desk.ledger(
        EntryKind::Completion,
        &number,
        Some(contract.requirement_id),
        Some(contract.agency_id),
        facts,
    )
    .await?;
    if let Some(code) = lateness(overdue, rules.policy.contract.overdue_serious_workdays) {
        let basis = format!("“{}”超期 {overdue} 个工作日交付", contract.project_name);
        credit::record(
            desk,
            contract.agency_id,
            code,
            &basis,
            None,
            Some(contract.id),
        )
        .await?;
    }
    desk.journal("办结合同", "contract", contract.id.0, "")
        .await?;
    Ok(Reply::to(format!(
        "/contracts/{}?done=completed#rate",
        contract.id
    )))
}

/// The clock: a contract that is seriously overdue is an event even before it is finished.
pub async fn overdue(desk: &mut Desk, id: ContractId) -> Result<(), AppError> {
    let Some(contract) = store::contract::lock(desk.conn(), id).await? else {
        return Ok(());
    };
    if !matches!(
        contract.state,
        ContractState::Performing | ContractState::Delivered
    ) {
        return Ok(());
    }
    let rules = store::policy::version(desk.conn(), contract.policy_id).await?;
    let serious = rules.policy.contract.overdue_serious_workdays;
    let clock = contract.clock()?;
    let late = clock.overdue(&rules.clock(), desk.now);
    if late > serious {
        let basis = format!("“{}”超期 {late} 个工作日仍未交付", contract.project_name);
        return credit::record(
            desk,
            contract.agency_id,
            EventCode::M04S,
            &basis,
            None,
            Some(id),
        )
        .await;
    }
    // The clock was paused or moved meanwhile: look again when it could be serious.
    let again = rules.clock().after(clock.due_at.max(desk.now), serious + 1);
    desk.enqueue(JobKind::Overdue, id.0, again).await
}
