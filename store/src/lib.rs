//! Everything PostgreSQL, and the only SQL of the project. One file a noun; functions take a connection, never the
//! pool, so that the caller decides what one transaction is. Rules are in `market`; here is only what is remembered.
//!
//! Reads are one function a page and one query where one will do; lists page by keyset ([`page`]).

// Numbers change their type where it is seen what becomes of those that do not fit.
#![deny(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_lossless
)]
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::cast_lossless
    )
)]

pub mod agency;
pub mod arrival;
pub mod attempt;
pub mod award;
pub mod catalogue;
pub mod claim;
pub mod cluster;
pub mod contract;
pub mod counter;
pub mod credit;
pub mod database;
pub mod dossier;
pub mod edition;
pub mod effect;
pub mod fault;
pub mod file;
pub mod job;
pub mod journal;
pub mod kept_form;
pub mod ledger;
pub mod mandate;
pub mod message;
pub mod notice;
pub mod number;
pub mod owner;
pub mod page;
pub mod person;
pub mod policy;
pub mod portal;
pub mod rating;
pub mod requirement;
pub mod scale;
pub mod search;
pub mod selection;
pub mod session;
pub mod sign_up;
pub mod stored;
pub mod submission;
pub mod unreadable;
pub mod upload;
pub mod vetting;

#[cfg(feature = "testing")]
pub mod testing;

pub use fault::Fault;
pub use sqlx::Acquire;
pub use sqlx::PgConnection;
pub use sqlx::PgPool;

/// What every function here answers.
pub type Result<T> = std::result::Result<T, Fault>;
