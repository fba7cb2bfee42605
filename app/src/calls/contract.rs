//! Contracts: recorded by one side, confirmed by the other; delivered, accepted or returned, completed.

use super::{Called, follow, remember_file, with_file};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::award::contract_may_come;
use market::contract::{Answer, ContractDetails, Recorded, Side, Stage};
use market::decision::{Decision, Follows};
use market::form::{Reader, public};
use market::journal::{Deed, Subject};
use market::{AwardId, ContractId, PersonId, Rules};
use store::contract::{Locked, NewContract, NewDeliverable, Recording};

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
async fn own(desk: &mut Desk, ask: &Ask) -> Result<(Locked, Side), AppError> {
    let id: ContractId = ask.param("id").ok_or(AppError::NotFound)?;
    let side = side(desk)?;
    let (owner, agency, only) = (desk.acting()?.owner, desk.acting()?.agency, desk.only_own());
    let locked = store::contract::lock(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let row = &locked.row;
    let is_party = match side {
        Side::Owner => {
            Some(row.owner_id) == owner
                && only.is_none_or(|person| row.requirement_created_by == person)
        }
        Side::Agency => Some(row.agency_id) == agency,
    };
    if !is_party {
        return Err(AppError::NotFound);
    }
    desk.fresh(ask.version(), row.version)?;
    Ok((locked, side))
}

/// The contract, if the desk is the owner's.
async fn as_owner(desk: &mut Desk, ask: &Ask) -> Result<Locked, AppError> {
    match own(desk, ask).await? {
        (locked, Side::Owner) => Ok(locked),
        _ => Err(AppError::NotFound),
    }
}

/// Saves where the contract stands now, and carries out what follows. Returns the page of the contract.
async fn decided(
    desk: &mut Desk,
    locked: &Locked,
    decision: Decision<Stage>,
    confirmed_by: Option<PersonId>,
) -> Result<String, AppError> {
    store::contract::save(desk.conn(), &locked.row, &decision.next, confirmed_by).await?;
    follow::carry_out(desk, decision.follows).await?;
    Ok(address::contract(locked.row.id))
}

/// Writes the answer on the deliverable; `by` is `None` when silence answers.
async fn answered(
    desk: &mut Desk,
    locked: &Locked,
    answer: &Answer,
    by: Option<PersonId>,
) -> Result<(), AppError> {
    let (id, now) = (locked.row.id, desk.now);
    let (state, note) = (answer.deliverable, answer.note.as_str());
    store::contract::answer_deliverable(desk.conn(), id, state, note, by, now).await?;
    Ok(())
}

/// When the other side is to have confirmed what is recorded now.
fn confirm_due(rules: &Rules, now: market::Timestamp) -> market::Timestamp {
    let workdays = rules.policy.contract.confirm_workdays;
    rules.clock().after(now, workdays)
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
    let issued_at = contract_may_come(award.state, award.issued_at)?;
    let read = ContractDetails::read(&ask.form, award.amount_fen, issued_at, now);
    let (details, received) = with_file(ask, "scan", read)?;
    let file = remember_file(desk, received).await?;
    let published = requirement.published()?;
    let spec = store::requirement::document(desk.conn(), requirement.id, published.edition).await?;
    let rules = store::policy::version(desk.conn(), award.policy_id).await?;
    let new = NewContract {
        id: desk.id(),
        region: &requirement.region_code,
        award: award.id,
        requirement: requirement.id,
        owner: award.owner_id,
        agency: award.agency_id,
        service_workdays: market::count::column(spec.service_workdays),
        policy: award.policy_id,
        recording: Recording {
            details: &details,
            file,
            side,
            by,
            at: now,
            confirm_due_at: confirm_due(&rules, now),
        },
    };
    let contract = new.id;
    store::contract::record(desk.conn(), new).await?;
    let told = Recorded {
        contract,
        requirement: requirement.id,
        agency: award.agency_id,
        project: spec.project_name.clone(),
        by: side,
        at: now,
        confirm_due_at: confirm_due(&rules, now),
    };
    let line = Follows::new().line(
        Deed::RecordContract,
        Subject::Contract(contract),
        &details.name,
    );
    follow::carry_out(desk, line.and(told.follows())).await?;
    Ok(Reply::done(address::contract(contract), Done::Recorded))
}

/// Records it anew after an objection.
pub async fn record_again(desk: &mut Desk, ask: &Ask) -> Called {
    let (locked, side) = own(desk, ask).await?;
    let (by, now, contract) = (desk.person()?, desk.now, &locked.contract);
    let decision = contract.record_again()?;
    let amount = contract.details.amount;
    let read = ContractDetails::read(&ask.form, amount, contract.issued_at, now);
    let (details, received) = with_file(ask, "scan", read)?;
    let recording = Recording {
        details: &details,
        file: remember_file(desk, received).await?,
        side,
        by,
        at: now,
        confirm_due_at: confirm_due(&contract.rules, now),
    };
    let state = decision.next.state();
    store::contract::record_again(desk.conn(), &locked.row, state, recording).await?;
    let told = Recorded {
        contract: contract.id,
        requirement: contract.requirement,
        agency: contract.agency,
        project: contract.project.clone(),
        by: side,
        at: now,
        confirm_due_at: confirm_due(&contract.rules, now),
    };
    follow::carry_out(desk, decision.follows.and(told.follows())).await?;
    Ok(Reply::done(address::contract(contract.id), Done::Recorded))
}

/// The other side confirms: the contract is public and the clock starts.
pub async fn confirm(desk: &mut Desk, ask: &Ask) -> Called {
    let (locked, side) = own(desk, ask).await?;
    let decision = locked.contract.confirm(side, desk.now)?;
    let by = desk.person()?;
    let page = decided(desk, &locked, decision, Some(by)).await?;
    Ok(Reply::done(page, Done::Confirmed))
}

fn reason(ask: &Ask, field: &str) -> Result<String, AppError> {
    let mut read = Reader::new(&ask.form);
    let reason = read.need(field, public(4, 500));
    Ok(read.finish(|| reason)?)
}

/// The other side finds the record wrong.
pub async fn object(desk: &mut Desk, ask: &Ask) -> Called {
    let (locked, side) = own(desk, ask).await?;
    let decision = locked.contract.object(side, reason(ask, "objection")?)?;
    let page = decided(desk, &locked, decision, None).await?;
    Ok(Reply::done(page, Done::Objected))
}

/// The agency hands in a deliverable; the clock pauses.
pub async fn deliver(desk: &mut Desk, ask: &Ask) -> Called {
    let (locked, side) = own(desk, ask).await?;
    if side != Side::Agency {
        return Err(AppError::NotFound);
    }
    let (by, now) = (desk.person()?, desk.now);
    let mut read = Reader::new(&ask.form);
    let note = read.need("note", public(4, 500));
    let (note, received) = with_file(ask, "result", read.finish(|| note))?;
    let decision = locked.contract.deliver(now)?;
    let file = remember_file(desk, received).await?;
    let new = NewDeliverable {
        id: desk.id(),
        contract: locked.row.id,
        note: &note,
        file,
        by,
        at: now,
    };
    store::contract::deliver(desk.conn(), new).await?;
    let page = decided(desk, &locked, decision, None).await?;
    Ok(Reply::done(page, Done::Delivered))
}

/// The owner returns the deliverable; the clock goes on.
pub async fn send_back(desk: &mut Desk, ask: &Ask) -> Called {
    let locked = as_owner(desk, ask).await?;
    let reason = reason(ask, "return_reason")?;
    let Decision { next, follows } = locked.contract.send_back(reason, desk.now)?;
    let by = desk.person()?;
    answered(desk, &locked, &next, Some(by)).await?;
    let page = decided(desk, &locked, follows.from(next.stage), None).await?;
    Ok(Reply::done(page, Done::Returned))
}

/// The owner accepts the deliverable; the clock stops at the delivery.
pub async fn accept(desk: &mut Desk, ask: &Ask) -> Called {
    let locked = as_owner(desk, ask).await?;
    let Decision { next, follows } = locked.contract.accept(desk.now)?;
    let by = desk.person()?;
    answered(desk, &locked, &next, Some(by)).await?;
    let page = decided(desk, &locked, follows.from(next.stage), None).await?;
    Ok(Reply::done(page, Done::Accepted))
}

/// The clock: the owner has been silent.
pub async fn accept_timeout(desk: &mut Desk, id: ContractId) -> Result<(), AppError> {
    let Some(locked) = store::contract::lock(desk.conn(), id).await? else {
        return Ok(());
    };
    let Some(Decision { next, follows }) = locked.contract.silence(desk.now) else {
        return Ok(());
    };
    if let Some(answer) = next {
        answered(desk, &locked, &answer, None).await?;
        store::contract::save(desk.conn(), &locked.row, &answer.stage, None).await?;
    }
    follow::carry_out(desk, follows).await
}

/// The owner closes the case: rating may begin.
pub async fn complete(desk: &mut Desk, ask: &Ask) -> Called {
    let locked = as_owner(desk, ask).await?;
    let decision = locked.contract.complete(desk.now)?;
    let page = decided(desk, &locked, decision, None).await?;
    Ok(Reply::done(page + "#rate", Done::Completed))
}

/// The clock: a contract that is seriously overdue is an event even before it is finished.
pub async fn overdue(desk: &mut Desk, id: ContractId) -> Result<(), AppError> {
    let Some(locked) = store::contract::lock(desk.conn(), id).await? else {
        return Ok(());
    };
    let follows = locked.contract.overdue(desk.now);
    follow::carry_out(desk, follows).await
}
