//! A requirement at its owner's desk: begin, save, submit, drop, correct, publish again.

use super::{Called, follow, own_requirement};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use market::form::{Reader, public};
use market::hash::Hex32;
use market::journal::{Deed, Subject};
use market::owner::OwnerKind;
use market::rating;
use market::requirement::Specification;
use market::requirement::correction::Changes;
use market::requirement::draft::{self, Draft, begin_correction};
use market::requirement::hand_in::HandIn;
use market::requirement::specification::{Circumstances, ItemTerms};
use market::selection::Method;
use market::stored;
use market::time::SHANGHAI;
use market::{Fen, FileId, Form, Problems, Refusal, RequirementId, ServiceItemId};
use serde_json::{Value, json};
use store::edition::{Edition, Submission};
use store::requirement::{NewRequirement, Requirement};

/// Fields of a posted form that are not part of the document.
const NOT_THE_DOCUMENT: &[&str] = &["once", "version", "correction_reason"];

/// Begins a requirement for an item, with what is known of the owner filled in.
pub async fn begin(desk: &mut Desk, ask: &Ask) -> Called {
    let owner = super::owner::active_owner(desk).await?;
    let mut read = Reader::new(&ask.form);
    let item: Option<ServiceItemId> = read.choose("item", market::form::id);
    let item = read.finish(|| item)?;
    let terms = store::catalogue::item_terms(desk.conn(), item)
        .await?
        .ok_or_else(|| Refusal::at("item", "请从列表中选择服务事项。"))?;
    let mut form: Form = [
        ("fund", owner.fund_type.code()),
        ("contact_name", owner.contact_name.as_str()),
        ("contact_phone", owner.contact_phone.as_str()),
        ("complaint_phone", "12345"),
        ("price_note", "无"),
        ("method", Method::PRESET.code()),
        ("sign_up_workdays", "3"),
    ]
    .into_iter()
    .collect();
    if let [(only, _)] = terms.service_types.as_slice() {
        form.set("service_type", only.to_string());
    }
    let id = create(desk, owner.id, item, &form, None, 0).await?;
    Ok(Reply::to(address::requirement_edit(id)))
}

async fn create(
    desk: &mut Desk,
    owner: market::OwnerId,
    item: ServiceItemId,
    form: &Form,
    republished_from: Option<RequirementId>,
    failures: i32,
) -> Result<RequirementId, AppError> {
    let (id, by, now, region): (RequirementId, _, _, _) = (
        desk.id(),
        desk.person()?,
        desk.now,
        desk.world.site.region.clone(),
    );
    let new = NewRequirement {
        id,
        region: &region,
        owner,
        item,
        created_by: by,
        created_at: now,
        republished_from,
        failures,
    };
    store::requirement::create(desk.conn(), new).await?;
    store::edition::begin(desk.conn(), id, 1, form, by, now).await?;
    desk.journal(Deed::BeginRequirement, Subject::Requirement(id), "")
        .await?;
    Ok(id)
}

/// The edition that is on its way, locked. Errors: there is none any more.
async fn open_edition(desk: &mut Desk, requirement: &Requirement) -> Result<Edition, AppError> {
    let open = store::edition::lock_open(desk.conn(), requirement.id).await?;
    Ok(open.ok_or_else(|| Refusal::not_now("修改", requirement.state.label()))?)
}

/// The edition that the owner is writing, fresh, and as decisions take it.
async fn draft(
    desk: &mut Desk,
    ask: &Ask,
    requirement: &Requirement,
) -> Result<(Edition, Draft), AppError> {
    let edition = open_edition(desk, requirement).await?;
    desk.fresh(ask.version(), edition.version)?;
    let draft = store::edition::draft(desk.conn(), requirement, &edition).await?;
    Ok((edition, draft))
}

/// Saves what was typed so far, mistakes and all. An island gets JSON, a button a redirect.
pub async fn save(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let (edition, draft) = draft(desk, ask, &requirement).await?;
    draft.save()?;
    let (by, now) = (desk.person()?, desk.now);
    let form = ask.form.clone().without(NOT_THE_DOCUMENT);
    let version = store::edition::save_form(desk.conn(), &edition, &form, by, now).await?;
    if ask.from_island {
        let local = now.to_offset(SHANGHAI);
        let saved_at = format!(
            "{:02}:{:02}:{:02}",
            local.hour(),
            local.minute(),
            local.second()
        );
        return Reply::json(&json!({ "version": version, "saved_at": saved_at }));
    }
    Ok(Reply::done(
        address::requirement_edit(requirement.id),
        Done::Saved,
    ))
}

/// Hands the document in for audit.
pub async fn submit(desk: &mut Desk, ask: &Ask) -> Called {
    let owner = super::owner::active_owner(desk).await?;
    let requirement = own_requirement(desk, ask).await?;
    let (edition, draft) = draft(desk, ask, &requirement).await?;
    let (by, now, rules) = (desk.person()?, desk.now, desk.rules().await?);
    let before = rating::owed_before(&rules, now);
    let owed = store::rating::owed(desk.conn(), requirement.owner_id, before).await?;
    draft.may_hand_in(owner.fund_type, owed, now)?;
    let terms = item_terms(desk, requirement.item_id).await?;
    let spec = read_document(desk, &requirement, owner.kind, &terms, &ask.form).await?;
    let decision = draft.hand_in(&spec, &rules, now)?;
    let reason = match draft.corrects {
        Some(_) => Some(read_reason(&ask.form)?),
        None => None,
    };
    let (reason, next) = (reason.as_deref(), decision.next);
    let changes = next.changes.map(|changes| Changes { changes });
    let submission = Submission {
        sha256: hash(desk, &edition, &spec, reason, changes.as_ref()).await?,
        state: next.state,
        form: &ask.form.clone().without(NOT_THE_DOCUMENT),
        spec: &spec,
        correction_reason: reason,
        changes: changes.as_ref(),
        by,
        at: now,
        audit_due_at: next.audit_due_at,
    };
    store::edition::submit(desk.conn(), &edition, submission).await?;
    follow::carry_out(desk, decision.follows).await?;
    let id = requirement.id;
    Ok(Reply::done(address::requirement(id), Done::Submitted))
}

/// Takes back what was handed in, until somebody has begun to audit it.
pub async fn take_back(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let edition = open_edition(desk, &requirement).await?;
    let draft = store::edition::draft(desk.conn(), &requirement, &edition).await?;
    // Whether somebody has begun says more than that the page is older than the row.
    let decision = draft.take_back()?;
    desk.fresh(ask.version(), edition.version)?;
    store::edition::take_back(desk.conn(), &edition, decision.next).await?;
    follow::carry_out(desk, decision.follows).await?;
    let id = requirement.id;
    Ok(Reply::done(address::requirement_edit(id), Done::TakenBack))
}

/// The hash of what is handed in, files and all.
async fn hash(
    desk: &mut Desk,
    edition: &Edition,
    spec: &Specification,
    correction_reason: Option<&str>,
    changes: Option<&Changes>,
) -> Result<Hex32, AppError> {
    let printed = store::edition::printed(desk.conn(), edition.requirement_id).await?;
    let as_data =
        |value: serde_json::Result<Value>| value.map_err(|error| AppError::Broken(Box::new(error)));
    let document = as_data(stored::write(spec))?;
    let changes = changes.map(stored::write).map(as_data).transpose()?;
    let hand_in = HandIn {
        printed: &printed,
        edition: edition.edition,
        document: &document,
        correction_reason,
        changes: changes.as_ref(),
    };
    Ok(hand_in.hash())
}

/// What the catalogue says of the item.
pub(crate) async fn item_terms(
    desk: &mut Desk,
    item: ServiceItemId,
) -> Result<ItemTerms, AppError> {
    store::catalogue::item_terms(desk.conn(), item)
        .await?
        .ok_or_else(|| AppError::broken("an item of a requirement is gone"))
}

/// Reads the document under the rules in force and the owner's history.
async fn read_document(
    desk: &mut Desk,
    requirement: &Requirement,
    owner: OwnerKind,
    terms: &ItemTerms,
    form: &Form,
) -> Result<Specification, AppError> {
    let rules = desk.rules().await?;
    let types: Vec<_> = terms.service_types.iter().map(|(id, _)| *id).collect();
    let year_ago = market::credit::months_earlier(desk.now, 12);
    let chosen_last_year: Fen =
        store::requirement::chosen_since(desk.conn(), requirement.owner_id, &types, year_ago)
            .await?;
    let failed_amount = match requirement.republished_from {
        Some(failed) => store::requirement::find(desk.conn(), failed)
            .await?
            .and_then(|failed| failed.amount_fen),
        None => None,
    };
    let usual = store::catalogue::usual_amount(desk.conn(), requirement.item_id).await?;
    let around = Circumstances {
        usual,
        owner,
        failures: market::count::unsigned(requirement.failures),
        failed_amount: failed_amount.unwrap_or(Fen(0)),
        chosen_last_year,
    };
    let spec = Specification::read(form, terms, &rules.policy, around)?;
    are_known(desk, &spec, form).await?;
    Ok(spec)
}

/// An irregular code among the avoided bodies is either that of a body that registered with it, or a slip.
async fn are_known(desk: &mut Desk, spec: &Specification, form: &Form) -> Result<(), AppError> {
    for code in draft::irregular_codes(spec) {
        let is_known = store::dossier::by_uscc(desk.conn(), code.as_str())
            .await?
            .is_some()
            || store::owner::by_uscc(desk.conn(), code.as_str())
                .await?
                .is_some();
        if !is_known {
            return Err(draft::unknown_code(form, code).into());
        }
    }
    Ok(())
}

/// Why a correction is made.
fn read_reason(form: &Form) -> Result<String, Problems> {
    let mut read = Reader::new(form);
    let reason = read.need("correction_reason", public(4, 500));
    read.finish(|| reason)
}

/// Drops the draft; a requirement that was never published goes with it.
pub async fn drop_draft(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let (edition, draft) = draft(desk, ask, &requirement).await?;
    let decision = draft.give_up()?;
    store::edition::drop_open(desk.conn(), &edition, decision.next.state).await?;
    let to = match decision.next.requirement {
        Some(state) => {
            store::requirement::save_state(desk.conn(), &requirement, state).await?;
            "/desk/requirements".into()
        }
        None => address::requirement(requirement.id),
    };
    follow::carry_out(desk, decision.follows).await?;
    Ok(Reply::done(to, Done::Dropped))
}

/// Begins a correction: a new edition that starts as a copy of the published one.
pub async fn correct(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let (id, by, now) = (requirement.id, desk.person()?, desk.now);
    let published = requirement.published()?;
    let deadline_at = published.schedule.deadline_at;
    let follows = begin_correction(id, requirement.state, deadline_at, now)?;
    let all = store::edition::all(desk.conn(), id).await?;
    let current = all
        .iter()
        .find(|edition| edition.edition == published.edition)
        .ok_or(AppError::NotFound)?;
    let next = all.iter().map(|edition| edition.edition).max().unwrap_or(0) + 1;
    store::edition::begin(desk.conn(), id, next, &current.form.0, by, now).await?;
    follow::carry_out(desk, follows).await?;
    Ok(Reply::to(address::requirement_edit(id)))
}

/// Publishes a failed requirement again: a new one, linked to the old, that starts as its copy.
pub async fn republish(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    // An owner who let the time for choosing pass has not shown that nobody comes.
    let is_owners_failure = requirement.choice_due_at.is_some();
    let failures = requirement
        .state
        .republish(requirement.failures, is_owners_failure)?;
    let page = store::requirement::page(desk.conn(), requirement.id)
        .await?
        .ok_or(AppError::NotFound)?;
    if let Some(already) = page.republished_as {
        return Ok(Reply::to(address::requirement(already)));
    }
    let edition = requirement.edition.ok_or(AppError::NotFound)?;
    let form = store::edition::find(desk.conn(), requirement.id, edition)
        .await?
        .ok_or(AppError::NotFound)?
        .form
        .0;
    let id = create(
        desk,
        requirement.owner_id,
        requirement.item_id,
        &form,
        Some(requirement.id),
        failures,
    )
    .await?;
    Ok(Reply::to(address::requirement_edit(id)))
}

/// The requirement of the route with the edition that its owner may still change.
async fn changeable(desk: &mut Desk, ask: &Ask) -> Result<RequirementId, AppError> {
    let requirement = own_requirement(desk, ask).await?;
    let edition = open_edition(desk, &requirement).await?;
    let draft = store::edition::draft(desk.conn(), &requirement, &edition).await?;
    draft.save()?;
    Ok(requirement.id)
}

/// Attaches a file to the document.
pub async fn attach(desk: &mut Desk, ask: &Ask) -> Called {
    let id = changeable(desk, ask).await?;
    let received = super::required_file(ask, "attachment")?;
    draft::attach(&received.name)?;
    let file = super::remember_file(desk, received).await?;
    store::file::attach(desk.conn(), id, file).await?;
    Ok(Reply::done(
        address::requirement_edit(id) + "#files",
        Done::Added,
    ))
}

/// Takes an unpublished file off again.
pub async fn detach(desk: &mut Desk, ask: &Ask) -> Called {
    let id = changeable(desk, ask).await?;
    let file: FileId = ask.param("file").ok_or(AppError::NotFound)?;
    match store::file::detach(desk.conn(), id, file).await {
        Err(store::Fault::Stale) => return Err(AppError::NotFound),
        other => other?,
    }
    Ok(Reply::done(
        address::requirement_edit(id) + "#files",
        Done::Removed,
    ))
}
