//! Pages. Each is a load function that reads and a view that shows; views stay short.

pub mod account;
pub mod agencies;
pub mod api;
pub mod audits;
pub mod awards;
pub mod checks;
pub mod choosing;
pub mod contracts;
pub mod credit;
pub mod desk;
pub mod dossier;
pub mod draws;
pub mod editing;
pub mod errors;
pub mod help;
pub mod home;
pub mod items;
pub mod kept;
pub mod ledger;
pub mod machinery;
pub mod messages;
pub mod notices;
pub mod numbers;
pub mod owners;
pub mod policies;
pub mod registration;
pub mod requirement;
pub mod requirements;
pub mod search;
pub mod vettings;

use crate::AppError;
use crate::reply::Reply;

/// What a page function answers.
pub type Shown = Result<Reply, AppError>;
