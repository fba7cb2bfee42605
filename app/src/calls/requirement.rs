//! A requirement at its owner's desk: begin, save, submit, drop, correct, publish again.

use super::{Called, own_requirement};
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::draw::Hex32;
use market::form::{Reader, public};
use market::journal::{Deed, Subject};
use market::owner::{FundType, OwnerKind};
use market::rating;
use market::requirement::correction::{self, Change};
use market::requirement::hand_in::HandIn;
use market::requirement::specification::{AVOIDED_ROWS, Circumstances, ItemTerms};
use market::requirement::{EditionAction, RequirementAction, Specification};
use market::selection::Method;
use market::time::SHANGHAI;
use market::{Fen, FileId, Form, Refusal, RequirementId, ServiceItemId, Uscc};
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
    Ok(Reply::to(format!("/requirements/{id}/edit")))
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

/// The edition that the owner is writing, fresh.
async fn draft(desk: &mut Desk, ask: &Ask, requirement: &Requirement) -> Result<Edition, AppError> {
    let edition = open_edition(desk, requirement).await?;
    desk.fresh(ask.version(), edition.version)?;
    Ok(edition)
}

/// Saves what was typed so far, mistakes and all. An island gets JSON, a button a redirect.
pub async fn save(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let edition = draft(desk, ask, &requirement).await?;
    edition.state.after(EditionAction::Save)?;
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
    Ok(Reply::to(format!(
        "/requirements/{}/edit?done=saved",
        requirement.id
    )))
}

/// Hands the document in for audit.
pub async fn submit(desk: &mut Desk, ask: &Ask) -> Called {
    let owner = super::owner::active_owner(desk).await?;
    let requirement = own_requirement(desk, ask).await?;
    let edition = draft(desk, ask, &requirement).await?;
    let state = edition.state.after(EditionAction::Submit)?;
    // A notice that runs must be correctable whatever its owner owes.
    if edition.edition == 1 {
        owes_no_rating(desk, &requirement, owner.fund_type).await?;
    }
    let terms = item_terms(desk, requirement.item_id).await?;
    let spec = read_document(desk, &requirement, owner.kind, &terms, &ask.form).await?;
    let (reason, changes) = match edition.edition {
        1 => (None, None),
        _ => {
            let (reason, changes) = read_correction(desk, &requirement, &spec, &ask.form).await?;
            (Some(reason), Some(changes))
        }
    };
    let rules = desk.rules().await?;
    let form = ask.form.clone().without(NOT_THE_DOCUMENT);
    let sha256 = hash(desk, &edition, &spec, reason.as_deref(), changes.as_deref()).await?;
    let submission = Submission {
        sha256,
        state,
        form: &form,
        spec: &spec,
        correction_reason: reason.as_deref(),
        changes: changes.as_deref(),
        by: desk.person()?,
        at: desk.now,
        audit_due_at: rules
            .clock()
            .after(desk.now, rules.policy.publication.audit_workdays),
    };
    store::edition::submit(desk.conn(), &edition, submission).await?;
    desk.journal(
        Deed::HandIn,
        Subject::Requirement(requirement.id),
        &spec.project_name,
    )
    .await?;
    Ok(Reply::to(format!(
        "/requirements/{}?done=submitted",
        requirement.id
    )))
}

/// Takes back what was handed in, until somebody has begun to audit it.
pub async fn take_back(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    // Whether somebody has begun says more than that the page is older than the row.
    let edition = open_edition(desk, &requirement).await?;
    let state = edition.state.take_back(edition.audit_begun_at)?;
    desk.fresh(ask.version(), edition.version)?;
    store::edition::take_back(desk.conn(), &edition, state).await?;
    desk.journal(Deed::TakeBack, Subject::Requirement(requirement.id), "")
        .await?;
    Ok(Reply::to(format!(
        "/requirements/{}/edit?done=taken_back",
        requirement.id
    )))
}

/// The hash of what is handed in, files and all.
async fn hash(
    desk: &mut Desk,
    edition: &Edition,
    spec: &Specification,
    correction_reason: Option<&str>,
    changes: Option<&[Change]>,
) -> Result<Hex32, AppError> {
    let printed = store::edition::printed(desk.conn(), edition.requirement_id).await?;
    let as_data =
        |value: serde_json::Result<Value>| value.map_err(|error| AppError::Broken(Box::new(error)));
    let document = as_data(serde_json::to_value(spec))?;
    let changes = changes.map(serde_json::to_value).map(as_data).transpose()?;
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
        failures: requirement.failures as u32,
        failed_amount: Fen(failed_amount.unwrap_or_default()),
        chosen_last_year,
    };
    let spec = Specification::read(form, terms, &rules.policy, around)?;
    are_known(desk, &spec, form).await?;
    Ok(spec)
}

/// An irregular code among the avoided bodies is either that of a body that registered with it, or a slip.
async fn are_known(desk: &mut Desk, spec: &Specification, form: &Form) -> Result<(), AppError> {
    for avoided in spec
        .conditions
        .avoided
        .iter()
        .filter(|avoided| avoided.uscc.is_irregular())
    {
        let code = avoided.uscc.as_str();
        let is_known = store::dossier::by_uscc(desk.conn(), code).await?.is_some()
            || store::owner::by_uscc(desk.conn(), code).await?.is_some();
        if !is_known {
            let is_it = |field: &String| {
                Uscc::printed(form.get(field)).is_ok_and(|typed| typed == avoided.uscc)
            };
            let field = (0..AVOIDED_ROWS)
                .map(|row| format!("avoided_{row}_uscc"))
                .find(is_it);
            return Err(Refusal::at(
                &field.unwrap_or_default(),
                "最后一位校验码不对，请核对是否抄错。",
            )
            .into());
        }
    }
    Ok(())
}

async fn read_correction(
    desk: &mut Desk,
    requirement: &Requirement,
    spec: &Specification,
    form: &Form,
) -> Result<(String, Vec<Change>), AppError> {
    let published = requirement.published()?;
    let deadline_at = published.schedule.deadline_at;
    correction::may_come(requirement.state, deadline_at, desk.now)?;
    let before = store::edition::find(desk.conn(), requirement.id, published.edition)
        .await?
        .and_then(|edition| edition.spec);
    let before = before
        .ok_or_else(|| AppError::broken("a published edition has no document"))?
        .0;
    correction::check(&before, spec)?;
    let mut read = Reader::new(form);
    let reason = read.need("correction_reason", public(4, 500));
    let reason = read.finish(|| reason)?;
    Ok((reason, correction::changes(&before, spec)))
}

/// Public owners must have rated what is finished.
async fn owes_no_rating(
    desk: &mut Desk,
    requirement: &Requirement,
    fund: FundType,
) -> Result<(), AppError> {
    let before = rating::owed_before(&desk.rules().await?, desk.now);
    let owed = store::rating::owed(desk.conn(), requirement.owner_id, before).await?;
    Ok(rating::may_ask_for_more(fund, owed)?)
}

/// Drops the draft; a requirement that was never published goes with it.
pub async fn drop_draft(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let edition = draft(desk, ask, &requirement).await?;
    let state = edition.state.after(EditionAction::Drop)?;
    store::edition::drop_open(desk.conn(), &edition, state).await?;
    if edition.edition == 1 {
        let state = requirement.state.after(RequirementAction::Void)?;
        store::requirement::save_state(desk.conn(), &requirement, state).await?;
    }
    desk.journal(Deed::DropDraft, Subject::Requirement(requirement.id), "")
        .await?;
    let to = if edition.edition == 1 {
        "/desk/requirements".into()
    } else {
        format!("/requirements/{}", requirement.id)
    };
    Ok(Reply::to(format!("{to}?done=dropped")))
}

/// Begins a correction: a new edition that starts as a copy of the published one.
pub async fn correct(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let published = requirement.published()?;
    let deadline_at = published.schedule.deadline_at;
    correction::may_come(requirement.state, deadline_at, desk.now)?;
    let all = store::edition::all(desk.conn(), requirement.id).await?;
    let current = all
        .iter()
        .find(|edition| edition.edition == published.edition)
        .ok_or(AppError::NotFound)?;
    let next = all.iter().map(|edition| edition.edition).max().unwrap_or(0) + 1;
    let (by, now) = (desk.person()?, desk.now);
    store::edition::begin(desk.conn(), requirement.id, next, &current.form.0, by, now).await?;
    desk.journal(
        Deed::BeginCorrection,
        Subject::Requirement(requirement.id),
        "",
    )
    .await?;
    Ok(Reply::to(format!("/requirements/{}/edit", requirement.id)))
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
        return Ok(Reply::to(format!("/requirements/{already}")));
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
    Ok(Reply::to(format!("/requirements/{id}/edit")))
}

/// Attaches a file to the document.
pub async fn attach(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let edition = open_edition(desk, &requirement).await?;
    edition.state.after(EditionAction::Save)?;
    let received = super::required_file(ask, "attachment")?;
    if let Some(kind) = market::identity::personal_number(&received.name) {
        let sentence = format!("文件名会随公告公开，请先去掉其中的{kind}，再重新选择。");
        return Err(Refusal::at("attachment", sentence).into());
    }
    let file = super::remember_file(desk, received).await?;
    store::file::attach(desk.conn(), requirement.id, file).await?;
    Ok(Reply::to(format!(
        "/requirements/{}/edit?done=added#files",
        requirement.id
    )))
}

/// Takes an unpublished file off again.
pub async fn detach(desk: &mut Desk, ask: &Ask) -> Called {
    let requirement = own_requirement(desk, ask).await?;
    let file: FileId = ask.param("file").ok_or(AppError::NotFound)?;
    let edition = open_edition(desk, &requirement).await?;
    edition.state.after(EditionAction::Save)?;
    match store::file::detach(desk.conn(), requirement.id, file).await {
        Err(store::Fault::Stale) => Err(AppError::NotFound),
        other => {
            other?;
            Ok(Reply::to(format!(
                "/requirements/{}/edit?done=removed#files",
                requirement.id
            )))
        }
    }
}
