//! A document at the operator's desk: audited by one person, published by another.

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use crate::vault::Purpose;
use market::bid::key_pair;
use market::draw::{Hex32, sha256};
use market::duty::{self, Act};
use market::form::{Reader, public};
use market::ledger::EntryKind;
use market::notice::{NoticeBody, NoticeKind};
use market::requirement::correction::{Change, reschedule};
use market::requirement::hand_in::HandedFile;
use market::requirement::{
    EditionAction, RequirementAction, RequirementState, Schedule, Specification, notice_no,
    schedule,
};
use market::time::{day, rfc3339, stamp};
use market::vetting::{Judgement, Verdict};
use market::{Refusal, RequirementId};
use serde_json::{Value, json};
use store::edition::{Audit, Edition};
use store::job::JobKind;
use store::mandate::Body;
use store::notice::NewNotice;
use store::requirement::{Hold, Publication, Requirement};

/// The requirement of the route and its open edition, both locked.
/// Errors: the person acts or acted for its owner.
async fn waiting(desk: &mut Desk, ask: &Ask, act: Act) -> Result<(Requirement, Edition), AppError> {
    let id: RequirementId = ask.param("id").ok_or(AppError::NotFound)?;
    let requirement = store::requirement::lock(desk.conn(), id, Hold::Alone)
        .await?
        .ok_or(AppError::NotFound)?;
    let edition = store::edition::lock_open(desk.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_now("审核或发布", requirement.state.label()))?;
    desk.fresh(ask.version(), edition.version)?;
    super::mandate::look_at(desk, act, Body::Owner(requirement.owner_id)).await?;
    Ok((requirement, edition))
}

/// Begins the audit. It is a press of its own and not the first look at the page: looking changes nothing, and the owner
/// can still take back what somebody has merely glanced at. Another auditor may go on with it; pressed again, it is
/// only shown.
pub async fn begin_audit(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, edition) = waiting(desk, ask, Act::Audit).await?;
    let (by, now) = (desk.person()?, desk.now);
    duty::take(Act::Audit, by, &edition.done())?;
    let state = edition.state.after(EditionAction::BeginAudit)?;
    if edition.audit_begun_at.is_none() {
        store::edition::begin_audit(desk.conn(), &edition, state, by, now).await?;
        desk.journal("开始审核", "requirement", requirement.id.0, "")
            .await?;
    }
    Ok(Reply::to(format!("/desk/editions/{}", requirement.id)))
}

/// The audit: on to publication, or back with a reason.
pub async fn audit(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, edition) = waiting(desk, ask, Act::Audit).await?;
    let (by, now) = (desk.person()?, desk.now);
    let judgement = Judgement::read(&ask.form)?;
    duty::take(Act::Audit, by, &edition.done())?;
    let (action, due, done) = match judgement.verdict {
        Verdict::Approve => {
            let rules = desk.rules().await?;
            let due = rules
                .clock()
                .after(now, rules.policy.publication.publish_workdays);
            (EditionAction::Audit, Some(due), "passed")
        }
        Verdict::Return => (EditionAction::Return, None, "returned"),
    };
    let state = edition.state.judge(action, edition.audit_begun_at)?;
    // What has changed can only go back.
    let sha256 = match judgement.verdict {
        Verdict::Approve => Some(as_handed_in(desk, &edition).await?.sha256),
        Verdict::Return => None,
    };
    let audit = Audit {
        state,
        by,
        at: now,
        note: &judgement.note,
        publish_due_at: due,
        sha256,
    };
    store::edition::save_audit(desk.conn(), &edition, audit).await?;
    desk.journal(
        "审核采购需求",
        "requirement",
        requirement.id.0,
        judgement.verdict.label(),
    )
    .await?;
    Ok(Reply::to(format!("/desk/audits?done={done}")))
}

/// What was handed in, shown to be what lies here now.
struct AsHandedIn {
    sha256: Hex32,
    files: Vec<HandedFile>,
}

/// The row of a notice that names the hash.
const HANDED_IN: &str = "内容与附件校验值";

impl AsHandedIn {
    /// Name and hash of every file, for the ledger.
    fn facts(&self) -> Vec<Value> {
        self.files.iter().map(HandedFile::facts).collect()
    }
}

/// Errors: [`Refusal::Changed`] when document, files or owner are no longer what was handed in.
async fn as_handed_in(desk: &mut Desk, edition: &Edition) -> Result<AsHandedIn, AppError> {
    let printed = store::edition::printed(desk.conn(), edition.requirement_id).await?;
    let sha256 = edition.unchanged(&printed)??;
    Ok(AsHandedIn {
        sha256,
        files: printed.files,
    })
}

/// The publisher sends it back instead.
pub async fn send_back(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, edition) = waiting(desk, ask, Act::Publish).await?;
    let mut read = Reader::new(&ask.form);
    let note = read.need("note", public(4, 500));
    let note = read.finish(|| note)?;
    let state = edition.state.after(EditionAction::Return)?;
    store::edition::return_unpublished(desk.conn(), &edition, state, &note).await?;
    desk.journal("发布前退回", "requirement", requirement.id.0, &note)
        .await?;
    Ok(Reply::to("/desk/publications?done=returned"))
}

/// Publication, of the first edition or of a correction. Never by the person who audited it.
pub async fn publish(desk: &mut Desk, ask: &Ask) -> Called {
    let (requirement, edition) = waiting(desk, ask, Act::Publish).await?;
    let (by, now) = (desk.person()?, desk.now);
    let state = edition.state.publish(&edition.done(), by)?;
    let spec = edition
        .spec
        .as_ref()
        .ok_or_else(|| AppError::broken("an audited edition has no document"))?
        .0
        .clone();
    let handed_in = as_handed_in(desk, &edition).await?;
    match edition.edition {
        1 => publish_first(desk, &requirement, &edition, &spec, &handed_in).await?,
        _ => publish_correction(desk, &requirement, &edition, &spec, &handed_in).await?,
    }
    store::edition::save_published(desk.conn(), &edition, state, by, now).await?;
    store::file::publish_of_requirement(desk.conn(), requirement.id).await?;
    desk.journal(
        "发布公告",
        "requirement",
        requirement.id.0,
        &spec.project_name,
    )
    .await?;
    Ok(Reply::to(format!(
        "/requirements/{}?done=published",
        requirement.id
    )))
}

async fn publish_first(
    desk: &mut Desk,
    requirement: &Requirement,
    edition: &Edition,
    spec: &Specification,
    handed_in: &AsHandedIn,
) -> Result<(), AppError> {
    let (id, now) = (requirement.id, desk.now);
    let rules = desk.rules().await?;
    let state = requirement.state.after(RequirementAction::Publish)?;
    let serial =
        store::requirement::next_serial(desk.conn(), &requirement.region_code, day(now)).await?;
    let number = notice_no(&requirement.region_code, now, serial);
    let schedule = schedule(&rules.policy, &rules.clock(), now, spec.sign_up_workdays);
    let vault = desk.world.vault.clone();
    let seed = Hex32(desk.chance().bytes());
    let seed_sealed = vault.seal(Purpose::DrawSeed, &id.to_string(), &seed.0, desk.chance());
    let keys = spec.method.wants_bid().then(|| key_pair(desk.chance()));
    let secret_sealed = keys.as_ref().map(|(_, secret)| {
        vault.seal(
            Purpose::BidSecret,
            &id.to_string(),
            &secret.0,
            desk.chance(),
        )
    });
    let publication = Publication {
        notice_no: &number,
        edition: edition.edition,
        spec,
        policy: rules.policy_id,
        published_at: now,
        schedule,
        backups: rules.policy.backups(spec.method),
        seed_commitment: sha256(&seed.0),
        seed_sealed: &seed_sealed,
        bid_public_key: keys.as_ref().map(|(public, _)| public.0),
        bid_secret_sealed: secret_sealed.as_deref(),
    };
    store::requirement::publish(desk.conn(), requirement, state, publication).await?;
    let public_key = keys.map(|(public, _)| Hex32(public.0).to_string());
    let mut facts = json!({
        "edition": edition.edition,
        "title": spec.title(),
        "document_sha256": document_hash(spec),
        "handed_in_sha256": handed_in.sha256.to_string(),
        "files": handed_in.facts(),
        "method": spec.method.code(),
        "deadline_at": rfc3339(schedule.deadline_at),
        "draw_at": rfc3339(schedule.draw_at),
        "seed_commitment": sha256(&seed.0).to_string(),
        "beacon_rule": "none",
        "bid_public_key": public_key,
        "policy": rules.policy.name,
    });
    if let Some(variant) = spec.variant {
        facts["variant"] = json!(variant);
    }
    desk.ledger(EntryKind::Publication, &number, Some(id), None, facts)
        .await?;
    let mut body = spec.rows();
    body.extend(schedule_rows(schedule));
    body.push(("种子承诺", sha256(&seed.0).to_string()));
    body.push((HANDED_IN, handed_in.sha256.to_string()));
    if let Some(key) = public_key {
        body.push(("报价公钥", key));
    }
    notice(
        desk,
        id,
        NoticeKind::Requirement,
        &spec.title(),
        &number,
        body,
    )
    .await?;
    index(desk, requirement, spec, &number).await?;
    desk.enqueue(JobKind::Close, id.0, schedule.deadline_at)
        .await
}

async fn publish_correction(
    desk: &mut Desk,
    requirement: &Requirement,
    edition: &Edition,
    spec: &Specification,
    handed_in: &AsHandedIn,
) -> Result<(), AppError> {
    let (id, now) = (requirement.id, desk.now);
    if requirement.state != RequirementState::Published {
        return Err(Refusal::not_now("发布更正", requirement.state.label()).into());
    }
    let published = requirement.published()?;
    market::sign_up::in_time(published.schedule.deadline_at, now)?;
    let rules = store::policy::version(desk.conn(), published.policy_id).await?;
    let schedule = reschedule(
        &rules.policy,
        &rules.clock(),
        published.published_at,
        published.schedule,
        now,
    );
    store::requirement::correct(desk.conn(), requirement, edition.edition, spec, schedule).await?;
    let changes: Vec<Change> = edition
        .changes
        .as_ref()
        .map(|changes| changes.0.clone())
        .unwrap_or_default();
    let reason = edition.correction_reason.clone().unwrap_or_default();
    let facts = json!({
        "edition": edition.edition,
        "document_sha256": document_hash(spec),
        "handed_in_sha256": handed_in.sha256.to_string(),
        "files": handed_in.facts(),
        "changes": changes,
        "reason": reason,
        "deadline_at": rfc3339(schedule.deadline_at),
        "draw_at": rfc3339(schedule.draw_at),
    });
    desk.ledger(
        EntryKind::Correction,
        &published.notice_no,
        Some(id),
        None,
        facts,
    )
    .await?;
    let mut body = vec![("更正原因", reason)];
    body.extend(schedule_rows(schedule));
    body.push((HANDED_IN, handed_in.sha256.to_string()));
    let title = format!(
        "【{}】更正公告（第 {} 版）",
        spec.project_name, edition.edition
    );
    let body = NoticeBody {
        changes,
        ..NoticeBody::of(&published.notice_no, body)
    };
    publish_notice(desk, id, NoticeKind::Correction, &title, &body).await?;
    index(desk, requirement, spec, &published.notice_no).await?;
    if schedule != published.schedule {
        desk.enqueue(JobKind::Close, id.0, schedule.deadline_at)
            .await?;
    }
    Ok(())
}

fn schedule_rows(schedule: Schedule) -> Vec<(&'static str, String)> {
    vec![
        ("报名截止", stamp(schedule.deadline_at)),
        ("选取时间", stamp(schedule.draw_at)),
    ]
}

fn document_hash(spec: &Specification) -> String {
    sha256(serde_json::to_string(spec).unwrap_or_default().as_bytes()).to_string()
}

async fn index(
    desk: &mut Desk,
    requirement: &Requirement,
    spec: &Specification,
    number: &str,
) -> Result<(), AppError> {
    let now = desk.now;
    let owner = store::owner::find(desk.conn(), requirement.owner_id)
        .await?
        .ok_or(AppError::NotFound)?;
    store::requirement::index(desk.conn(), requirement.id, &owner.name, spec, number, now).await?;
    Ok(())
}

/// Publishes a notice of rows.
pub(super) async fn notice(
    desk: &mut Desk,
    requirement: RequirementId,
    kind: NoticeKind,
    title: &str,
    number: &str,
    rows: Vec<(&'static str, String)>,
) -> Result<(), AppError> {
    let body = NoticeBody::of(number, rows);
    publish_notice(desk, requirement, kind, title, &body).await
}

async fn publish_notice(
    desk: &mut Desk,
    requirement: RequirementId,
    kind: NoticeKind,
    title: &str,
    body: &NoticeBody,
) -> Result<(), AppError> {
    let new = NewNotice {
        id: desk.id(),
        requirement,
        kind,
        title,
        body,
        published_at: desk.now,
    };
    store::notice::publish(desk.conn(), new).await?;
    Ok(())
}
