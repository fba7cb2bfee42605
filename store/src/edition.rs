//! The editions of a requirement's document: drafts, what was submitted, what was published.

use crate::fault::{one_row, present};
use crate::page::{QUEUE, Queue};
use crate::requirement::Requirement;
use crate::stored::{Kept, OfSubject, Stored, json};
use crate::{Fault, Result};
use market::duty::Act;
use market::hash::Hex32;
use market::publication::{Audited, HandedIn};
use market::requirement::correction::Changes;
use market::requirement::draft::{Corrects, Draft};
use market::requirement::hand_in::{HandIn, HandedFile, Printed};
use market::requirement::{EditionState, Specification};
use market::stored::NOT_READABLE;
use market::{Form, PersonId, Refusal, RequirementId, Timestamp};
use serde_json::Value;
use sqlx::PgConnection;

/// An edition, locked or read.
#[derive(Debug, Clone)]
pub struct Edition {
    pub requirement_id: RequirementId,
    pub edition: i32,
    pub state: EditionState,
    pub form: Stored<Form>,
    pub spec: Option<Stored<Specification>>,
    /// The document and the changes as data, for the hash of what was handed in.
    pub document: Option<Value>,
    pub correction_reason: Option<String>,
    pub changes: Option<Stored<Changes>>,
    pub change_list: Option<Value>,
    pub handed_in_sha256: Option<Hex32>,
    pub created_at: Timestamp,
    pub saved_at: Timestamp,
    pub saved_by: PersonId,
    pub submitted_by: Option<PersonId>,
    pub submitted_at: Option<Timestamp>,
    pub audit_due_at: Option<Timestamp>,
    pub audit_begun_by_name: Option<String>,
    pub audit_begun_at: Option<Timestamp>,
    pub audited_by: Option<PersonId>,
    pub audited_by_name: Option<String>,
    pub audited_at: Option<Timestamp>,
    pub audit_note: String,
    pub publish_due_at: Option<Timestamp>,
    pub published_by_name: Option<String>,
    pub published_at: Option<Timestamp>,
    pub version: i32,
}

impl Edition {
    /// That what was handed in is still what lies here. Returns the hash of it.
    /// Errors: [`Fault::Inconsistent`] without a document; the refusal is the inner result's.
    pub fn unchanged(&self, printed: &Printed) -> Result<std::result::Result<Hex32, Refusal>> {
        let document = self.document.as_ref().ok_or_else(|| {
            Fault::Inconsistent("an edition that was handed in has no document".into())
        })?;
        let hand_in = HandIn {
            printed,
            edition: self.edition,
            document,
            correction_reason: self.correction_reason.as_deref(),
            changes: self.change_list.as_ref(),
        };
        Ok(hand_in.unchanged(self.handed_in_sha256))
    }

    /// Who has done what with the document, for the acts that exclude each other.
    pub fn done(&self) -> [(Act, Option<PersonId>); 3] {
        [
            (Act::Write, Some(self.saved_by)),
            (Act::Write, self.submitted_by),
            (Act::Audit, self.audited_by),
        ]
    }
}

/// What was handed in with an edition, whole. `None`: nothing has been.
pub async fn handed_in(conn: &mut PgConnection, edition: &Edition) -> Result<Option<HandedIn>> {
    let Some(document) = &edition.spec else {
        return Ok(None);
    };
    let printed = printed(conn, edition.requirement_id).await?;
    let changes = edition.changes.as_ref();
    Ok(Some(HandedIn {
        requirement: edition.requirement_id,
        edition: edition.edition,
        state: edition.state,
        audit_begun_at: edition.audit_begun_at,
        done: edition.done().to_vec(),
        document: document.0.clone(),
        reason: edition.correction_reason.clone().unwrap_or_default(),
        changes: changes
            .map(|changes| changes.0.changes.clone())
            .unwrap_or_default(),
        sha256: edition.unchanged(&printed)?,
        files: printed.files,
    }))
}

/// An edition that is on its way, as its owner's decisions take it.
pub async fn draft(conn: &mut PgConnection, of: &Requirement, edition: &Edition) -> Result<Draft> {
    let corrects = match edition.edition {
        1 => None,
        _ => {
            let published = of.published()?;
            let current = find(conn, of.id, published.edition).await?;
            let document = present(current.and_then(|one| one.spec), "published document")?.0;
            Some(Corrects {
                deadline_at: published.schedule.deadline_at,
                document,
            })
        }
    };
    Ok(Draft {
        requirement: of.id,
        of: of.state,
        state: edition.state,
        audit_begun_at: edition.audit_begun_at,
        corrects,
    })
}

/// What is printed with the document of a requirement now: its owner, its item, its files.
pub async fn printed(conn: &mut PgConnection, requirement: RequirementId) -> Result<Printed> {
    let around = sqlx::query!(
        "select o.uscc, o.name, i.code from requirements r
         join owners o on o.id = r.owner_id join service_items i on i.id = r.item_id where r.id = $1",
        requirement as _
    )
    .fetch_one(&mut *conn)
    .await?;
    let files = sqlx::query!(
        r#"select f.name, f.sha256 as "sha256: Hex32" from requirement_files rf join files f on f.id = rf.file_id
           where rf.requirement_id = $1 order by f.id"#,
        requirement as _
    )
    .fetch_all(conn)
    .await?;
    let files = files.into_iter().map(|file| HandedFile {
        name: file.name,
        sha256: file.sha256,
    });
    Ok(Printed {
        owner_uscc: around.uscc,
        owner_name: around.name,
        item_code: around.code,
        files: files.collect(),
    })
}

/// Begins a draft. Errors: `requirement_editions_one_open`.
pub async fn begin(
    conn: &mut PgConnection,
    requirement: RequirementId,
    edition: i32,
    form: &Form,
    by: PersonId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into requirement_editions (requirement_id, edition, state, form, created_at, saved_at, saved_by)
         values ($1, $2, 'draft', $3, $4, $4, $5)",
        requirement as _,
        edition,
        json(form)?,
        now,
        by as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The edition that is on its way, locked.
pub async fn lock_open(
    conn: &mut PgConnection,
    requirement: RequirementId,
) -> Result<Option<Edition>> {
    let number = sqlx::query_scalar!(
        "select edition from requirement_editions
         where requirement_id = $1 and state in ('draft', 'submitted', 'returned', 'audited') for update",
        requirement as _
    )
    .fetch_optional(&mut *conn)
    .await?;
    match number {
        Some(number) => find(conn, requirement, number).await,
        None => Ok(None),
    }
}

/// Reads one edition.
pub async fn find(
    conn: &mut PgConnection,
    requirement: RequirementId,
    edition: i32,
) -> Result<Option<Edition>> {
    Ok(all(conn, requirement)
        .await?
        .into_iter()
        .find(|found| found.edition == edition))
}

/// Every edition of a requirement, oldest first (a handful).
pub async fn all(conn: &mut PgConnection, requirement: RequirementId) -> Result<Vec<Edition>> {
    sqlx::query_as!(
        Edition,
        r#"select e.requirement_id, e.edition, e.state, e.form as "form: Stored<Form>",
                  e.spec as "spec: Stored<Specification>", e.spec as "document: Value", e.correction_reason,
                  e.changes as "changes: Stored<Changes>", e.changes as "change_list: Value",
                  e.handed_in_sha256 as "handed_in_sha256: Hex32", e.created_at, e.saved_at, e.saved_by,
                  e.submitted_by as "submitted_by: _", e.submitted_at, e.audit_due_at,
                  pb.name as "audit_begun_by_name?", e.audit_begun_at,
                  e.audited_by as "audited_by: _", pa.name as "audited_by_name?", e.audited_at, e.audit_note,
                  e.publish_due_at, pp.name as "published_by_name?", e.published_at, e.version
           from requirement_editions e
           left join persons pb on pb.id = e.audit_begun_by
           left join persons pa on pa.id = e.audited_by
           left join persons pp on pp.id = e.published_by
           where e.requirement_id = $1 order by e.edition"#,
        requirement as _
    )
    .fetch_all(conn)
    .await
    .of(requirement)
}

/// Changes what stands in an edition, if its version is still the one that was read: the version goes on.
/// Errors: [`Fault::Stale`].
macro_rules! change {
    ($conn:expr, $edition:expr, $set:literal, $($value:tt)*) => {
        one_row(
            sqlx::query!(
                "update requirement_editions set version = version + 1, " + $set
                    + " where requirement_id = $1 and edition = $2 and version = $3",
                $edition.requirement_id as _,
                $edition.edition,
                $edition.version,
                $($value)*
            )
            .execute($conn)
            .await?,
        )
    };
}

/// Saves what was typed so far, mistakes and all.
pub async fn save_form(
    conn: &mut PgConnection,
    edition: &Edition,
    form: &Form,
    by: PersonId,
    now: Timestamp,
) -> Result<i32> {
    let version = sqlx::query_scalar!(
        "update requirement_editions set form = $4, saved_at = $5, saved_by = $6, version = version + 1
         where requirement_id = $1 and edition = $2 and version = $3 returning version",
        edition.requirement_id as _,
        edition.edition,
        edition.version,
        json(form)?,
        now,
        by as _
    )
    .fetch_optional(conn)
    .await?;
    version.ok_or(crate::Fault::Stale)
}

/// What is handed in for audit.
#[derive(Debug, Clone)]
pub struct Submission<'a> {
    pub state: EditionState,
    pub form: &'a Form,
    pub spec: &'a Specification,
    pub correction_reason: Option<&'a str>,
    pub changes: Option<&'a Changes>,
    /// The hash of all of it, files included.
    pub sha256: Hex32,
    pub by: PersonId,
    pub at: Timestamp,
    pub audit_due_at: Timestamp,
}

/// Hands an edition in.
pub async fn submit(
    conn: &mut PgConnection,
    edition: &Edition,
    submission: Submission<'_>,
) -> Result<()> {
    change!(
        conn,
        edition,
        "state = $4, form = $5, spec = $6, correction_reason = $7, changes = $8,
         submitted_by = $9, submitted_at = $10, audit_due_at = $11, audit_begun_by = null, audit_begun_at = null,
         handed_in_sha256 = $12, saved_at = $10, saved_by = $9",
        submission.state as _,
        json(submission.form)?,
        json(submission.spec)?,
        submission.correction_reason,
        submission.changes.map(json).transpose()?,
        submission.by as _,
        submission.at,
        submission.audit_due_at,
        submission.sha256.0.as_slice()
    )
}

/// The owner takes back what was handed in; the document stays as it is. Errors: `requirement_editions_taken_back_unaudited`.
pub async fn take_back(
    conn: &mut PgConnection,
    edition: &Edition,
    state: EditionState,
) -> Result<()> {
    change!(
        conn,
        edition,
        "state = $4, submitted_by = null, submitted_at = null, audit_due_at = null",
        state as _
    )
}

/// Somebody begins to audit. The version moves on, so that a take-back from an older page is told.
pub async fn begin_audit(
    conn: &mut PgConnection,
    edition: &Edition,
    state: EditionState,
    by: PersonId,
    now: Timestamp,
) -> Result<()> {
    change!(
        conn,
        edition,
        "state = $4, audit_begun_by = $5, audit_begun_at = $6",
        state as _,
        by as _,
        now
    )
}

/// The auditor's answer.
#[derive(Debug, Clone, Copy)]
pub struct Audit<'a> {
    pub audited: &'a Audited,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Writes the audit: on to publication, or back. Errors: `requirement_editions_author_apart`,
/// `requirement_editions_not_own_body`, `requirement_editions_as_handed_in`.
pub async fn save_audit(
    conn: &mut PgConnection,
    edition: &Edition,
    audit: Audit<'_>,
) -> Result<()> {
    change!(
        conn,
        edition,
        "state = $4, audited_by = $5, audited_at = $6, audit_note = $7, publish_due_at = $8,
         handed_in_sha256 = coalesce(handed_in_sha256, $9)",
        audit.audited.state as _,
        audit.by as _,
        audit.at,
        audit.audited.note,
        audit.audited.publish_due_at,
        // Of a document that an earlier build took in without one.
        audit.audited.sha256.map(|hash| hash.0.to_vec())
    )
}

/// The publisher sends it back with a reason; the audit stays on record in the journal.
pub async fn return_unpublished(
    conn: &mut PgConnection,
    edition: &Edition,
    state: EditionState,
    note: &str,
) -> Result<()> {
    change!(
        conn,
        edition,
        "state = $4, audit_note = $5, audited_by = null, audited_at = null",
        state as _,
        note
    )
}

/// Publication. Errors: `requirement_editions_two_operators`, `requirement_editions_author_apart`,
/// `requirement_editions_not_own_body`.
pub async fn save_published(
    conn: &mut PgConnection,
    edition: &Edition,
    state: EditionState,
    by: PersonId,
    now: Timestamp,
) -> Result<()> {
    change!(
        conn,
        edition,
        "state = $4, published_by = $5, published_at = $6",
        state as _,
        by as _,
        now
    )
}

/// Drops a draft, or the correction that was overtaken by the deadline.
pub async fn drop_open(
    conn: &mut PgConnection,
    edition: &Edition,
    state: EditionState,
) -> Result<()> {
    change!(conn, edition, "state = $4", state as _)
}

/// An edition on the operator's desk.
#[derive(Debug, Clone)]
pub struct WaitingEdition {
    pub requirement_id: RequirementId,
    pub edition: i32,
    pub state: EditionState,
    /// `None`: nothing has been handed in.
    pub document: Option<Kept<Specification>>,
    pub owner_name: String,
    pub due_at: Option<Timestamp>,
    /// Who has begun to audit it.
    pub begun_by: Option<String>,
}

impl WaitingEdition {
    /// The name of the project, or that its document cannot be read.
    pub fn project(&self) -> &str {
        match &self.document {
            Some(Kept(Ok(document))) => &document.project_name,
            Some(Kept(Err(_))) => NOT_READABLE,
            None => "",
        }
    }

    /// How many wordings the lint has found.
    pub fn findings(&self) -> usize {
        match &self.document {
            Some(Kept(Ok(document))) => document.findings.len(),
            Some(Kept(Err(_))) | None => 0,
        }
    }
}

/// What waits in a state, most urgent first.
pub async fn waiting(
    conn: &mut PgConnection,
    state: EditionState,
) -> Result<Queue<WaitingEdition>> {
    let rows = sqlx::query_as!(
        WaitingEdition,
        r#"select e.requirement_id, e.edition, e.state as "state: _", e.spec as "document: Kept<Specification>",
                  o.name as owner_name,
                  case when e.state = 'submitted' then e.audit_due_at else e.publish_due_at end as due_at,
                  p.name as "begun_by?"
           from requirement_editions e
           join requirements r on r.id = e.requirement_id
           join owners o on o.id = r.owner_id
           left join persons p on p.id = e.audit_begun_by
           where e.state = $1
           order by case when e.state = 'submitted' then e.audit_due_at else e.publish_due_at end, e.requirement_id
           limit $2"#,
        state as _,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from requirement_editions where state = $1"#,
        state as _
    )
    .fetch_one(conn);
    Queue::of(rows, QUEUE, count).await
}
