//! The only error that crosses to the browser. No detail of a fault does; it is logged once, at the edge.

use market::stored::Unreadable;
use market::{Problems, Refusal};
use store::Fault;

/// Why a request has no ordinary answer.
#[derive(Debug)]
pub enum AppError {
    /// The rule says no: the form comes back with what was typed.
    Refused(Refusal),
    /// Not there, or not for this visitor to know.
    NotFound,
    /// Somebody must sign in first.
    SignIn,
    /// Signed in, but not in a role that may.
    Forbidden,
    /// The visitor has used up a share; there is room again in so many seconds.
    TooMany(u64),
    /// Somebody else has set the password: it is changed before anything else.
    FirstPassword,
    /// Try again in a moment.
    Busy(Option<Fault>),
    /// A stored document that no version of its shape explains: one page is lost, and the operator is told.
    Unreadable(Unreadable),
    /// The machine failed. What is inside is for the log only.
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

impl AppError {
    /// A fault of the program, with words for the log.
    pub fn broken(what: impl Into<String>) -> AppError {
        AppError::Broken(what.into().into())
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            AppError::Refused(refusal) => Some(refusal),
            AppError::Busy(fault) => fault.as_ref().map(|fault| fault as _),
            AppError::Broken(error) => Some(error.as_ref()),
            AppError::Unreadable(unreadable) => Some(unreadable),
            AppError::NotFound
            | AppError::SignIn
            | AppError::Forbidden
            | AppError::FirstPassword
            | AppError::TooMany(_) => None,
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        AppError::Refused(refusal)
    }
}

impl From<Problems> for AppError {
    fn from(problems: Problems) -> Self {
        AppError::Refused(Refusal::Invalid(problems))
    }
}

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        if let Some(refusal) = fault.refusal() {
            return AppError::Refused(refusal);
        }
        let fault = match fault {
            Fault::Unreadable(unreadable) => return AppError::Unreadable(unreadable),
            fault => fault,
        };
        if fault.is_passing() {
            AppError::Busy(Some(fault))
        } else {
            AppError::Broken(Box::new(fault))
        }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        Fault::from(error).into()
    }
}

impl From<crate::vault::DoesNotOpen> for AppError {
    fn from(error: crate::vault::DoesNotOpen) -> Self {
        AppError::Broken(Box::new(error))
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AppError::Refused(refusal) => write!(f, "refused: {refusal}"),
            AppError::NotFound => f.write_str("not found"),
            AppError::SignIn => f.write_str("sign-in needed"),
            AppError::Forbidden => f.write_str("forbidden"),
            AppError::TooMany(seconds) => write!(f, "too many, for {seconds} s"),
            AppError::FirstPassword => f.write_str("the first password must be changed"),
            AppError::Busy(Some(fault)) => write!(f, "busy: {fault}"),
            AppError::Busy(None) => f.write_str("busy"),
            AppError::Unreadable(unreadable) => write!(f, "unreadable: {unreadable}"),
            AppError::Broken(error) => write!(f, "broken: {error}"),
        }
    }
}
