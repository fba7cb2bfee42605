//! Writes. Every call is the same few lines and only goes forward: parse the form, lock the row, let `market` decide,
//! save with its ledger entries and jobs, answer. The desk was opened by the caller, who commits it.
//!
//! Jobs call the functions without an [`crate::ask::Ask`]; a job that comes too early or too late does nothing.

pub mod account;
pub mod award;
pub mod closing;
pub mod contract;
pub mod credit;
pub mod dossier;
pub mod edition;
pub mod file;
mod mandate;
pub mod operator;
pub mod owner;
pub mod rating;
pub mod requirement;
pub mod selection;
pub mod sign_up;
pub mod vetting;

use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::uploads::Received;
use market::{FileId, Refusal};
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
    let person = desk.person()?;
    if !store::upload::take(desk.conn(), received.upload, person).await? {
        return Err(file::receipt_is_over().into());
    }
    let id: FileId = desk.id();
    let mut sha256 = [0; 32];
    hex::decode_to_slice(&received.sha256, &mut sha256)
        .map_err(|error| AppError::Broken(Box::new(error)))?;
    let (owner, agency) = desk
        .actor
        .as_ref()
        .and_then(|actor| actor.acting.as_ref())
        .map_or((None, None), |acting| (acting.owner, acting.agency));
    let file = store::file::NewFile {
        id,
        sha256,
        size: received.size as i64,
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
