//! Writes. Every call is the same few lines and only goes forward: lock the row, parse the form, let `market` decide,
//! save with its ledger entries and jobs, answer. The desk was opened by the caller, who commits it.
//!
//! Jobs call the functions without an [`crate::ask::Ask`]; a job that comes too early or too late does nothing.

pub mod account;
pub mod award;
pub mod claim;
pub mod closing;
pub mod contract;
pub mod credit;
pub mod dossier;
pub mod edition;
mod failure;
pub mod file;
mod follow;
mod mandate;
pub mod message;
pub mod operator;
pub mod owner;
pub mod rating;
pub mod records;
pub mod reminder;
pub mod requirement;
pub mod selection;
pub mod sign_up;
mod telling;
pub mod vetting;

use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::uploads::Received;
use market::{AgencyId, FileId, OwnerId, Problems, Refusal, Uscc};
use store::requirement::{Hold, Requirement};

/// A call.
pub type Called = Result<crate::reply::Reply, AppError>;

/// The requirement of the route, locked, if it belongs to the owner at the desk.
async fn own_requirement(desk: &mut Desk, ask: &Ask) -> Result<Requirement, AppError> {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let (owner, only) = (desk.owner()?, desk.only_own());
    let requirement = store::requirement::lock(desk.conn(), id, Hold::Alone)
        .await?
        .ok_or(AppError::NotFound)?;
    if requirement.owner_id != owner || only.is_some_and(|person| requirement.created_by != person)
    {
        return Err(AppError::NotFound);
    }
    Ok(requirement)
}

/// The file of a form field. Errors at the field.
fn required_file<'a>(ask: &'a Ask, field: &str) -> Result<&'a Received, AppError> {
    if let Some((_, refusal)) = ask.file_problems.iter().find(|(name, _)| name == field) {
        return Err(Refusal::at(field, refusal.sentence()).into());
    }
    ask.files
        .get(field)
        .ok_or_else(|| Refusal::at(field, "请选择要上传的文件。").into())
}

/// Writes a received file as belonging to the body at the desk: from now on it is kept for good. Errors: its receipt
/// is over.
async fn remember_file(desk: &mut Desk, received: &Received) -> Result<FileId, AppError> {
    let (owner, agency) = desk
        .actor
        .as_ref()
        .and_then(|actor| actor.acting.as_ref())
        .map_or((None, None), |acting| (acting.owner, acting.agency));
    add_file(desk, received, owner, agency).await
}

/// The same for a body that is only being registered: [`store::file::give`] follows.
async fn remember_file_of_nobody(desk: &mut Desk, received: &Received) -> Result<FileId, AppError> {
    add_file(desk, received, None, None).await
}

async fn add_file(
    desk: &mut Desk,
    received: &Received,
    owner: Option<OwnerId>,
    agency: Option<AgencyId>,
) -> Result<FileId, AppError> {
    let person = desk.person()?;
    if !store::upload::take(desk.conn(), received.upload, person).await? {
        return Err(file::receipt_is_over().into());
    }
    let id: FileId = desk.id();
    let file = store::file::NewFile {
        id,
        sha256: received.sha256,
        size: received.size.cast_signed(),
        media_type: &received.media_type,
        name: &received.name,
        owner,
        agency,
        uploaded_by: person,
        uploaded_at: desk.now,
    };
    store::file::add(desk.conn(), file).await?;
    Ok(id)
}

/// The scan of the licence, if one was sent. A code with an irregular last character needs it: the operator compares.
fn licence<'a>(ask: &'a Ask, code: &Uscc, has_one: bool) -> Result<Option<&'a Received>, AppError> {
    if let Some((field, refusal)) = ask.file_problems.iter().find(|(name, _)| name == "licence") {
        return Err(Refusal::at(field, refusal.sentence()).into());
    }
    let sent = ask.files.get("licence");
    if code.is_irregular() && sent.is_none() && !has_one {
        let mut problems = Problems::one("uscc", "最后一位校验码不对，请先核对是否抄错。");
        let scan = "如果证照上确实是这个代码，请上传证照扫描件，由运营机构核对。";
        problems.0.extend(Problems::one("licence", scan).0);
        return Err(Refusal::Invalid(problems).into());
    }
    Ok(sent)
}

/// Reads a registration and looks for its licence, reporting the mistakes of both.
fn with_licence<T>(
    ask: &Ask,
    read: Result<T, Problems>,
    has_one: bool,
) -> Result<(T, Option<&Received>), AppError> {
    let licence = match Uscc::printed(ask.form.get("uscc")) {
        Ok(code) => licence(ask, &code, has_one),
        // What is wrong with the code has been said by who read it.
        Err(_) => Ok(None),
    };
    match (read, licence) {
        (Ok(value), Ok(licence)) => Ok((value, licence)),
        (read, licence) => {
            together(licence.map(drop), read.map(drop).map_err(AppError::from))?;
            Err(AppError::broken("two readers agreed and disagreed"))
        }
    }
}

/// Adds the mistakes of several readers together, so that a form shows all of them at once.
fn together(first: Result<(), AppError>, second: Result<(), AppError>) -> Result<(), AppError> {
    match (first, second) {
        (
            Err(AppError::Refused(Refusal::Invalid(mut one))),
            Err(AppError::Refused(Refusal::Invalid(two))),
        ) => {
            one.0.extend(two.0);
            Err(Refusal::Invalid(one).into())
        }
        (Err(error), _) | (Ok(()), Err(error)) => Err(error),
        (Ok(()), Ok(())) => Ok(()),
    }
}

/// Reads a form and checks its file, reporting the mistakes of both.
fn with_file<'a, T>(
    ask: &'a Ask,
    field: &str,
    read: Result<T, market::Problems>,
) -> Result<(T, &'a Received), AppError> {
    let file = required_file(ask, field);
    match (read, file) {
        (Ok(value), Ok(file)) => Ok((value, file)),
        (read, file) => {
            together(read.map(drop).map_err(AppError::from), file.map(drop))?;
            Err(AppError::broken("two readers agreed and disagreed"))
        }
    }
}
