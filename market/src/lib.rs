//! The rules of the market, and nothing else: no I/O, no clock, no randomness, no SQL, no pages.
//! The server decides with this code and the browser checks with the very same code.
//!
//! Time and chance come in as arguments ([`Timestamp`], [`Chance`]). Amounts are integer fen.
//! Every "no" is a [`Refusal`] with one sentence in Chinese and a way out.

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

mod coded;

pub mod agency;
pub mod award;
pub mod bid;
pub mod calendar;
pub mod chance;
pub mod claim;
pub mod colleague;
pub mod contract;
pub mod count;
pub mod credit;
pub mod decision;
pub mod draw;
pub mod duty;
pub mod effect;
pub mod eligibility;
pub mod fact;
pub mod form;
pub mod hash;
pub mod id;
pub mod identity;
pub mod job;
pub mod journal;
pub mod judgement;
pub mod ledger;
pub mod lint;
pub mod message;
pub mod money;
pub mod notice;
pub mod number;
pub mod numeral;
pub mod owner;
pub mod password;
pub mod permit;
pub mod policy;
pub mod press;
pub mod procurement;
pub mod publication;
pub mod qualification;
pub mod rating;
pub mod refusal;
pub mod requirement;
pub mod rules;
pub mod selection;
pub mod service_item;
pub mod settling;
pub mod sign_up;
pub mod slip;
pub mod stored;
pub mod text;
pub mod time;
pub mod typed;
pub mod upload;
pub mod uscc;
pub mod vetting;

pub use chance::Chance;
pub use coded::Coded;
pub use form::{Form, Problem, Problems};
pub use id::*;
pub use money::Fen;
pub use refusal::Refusal;
pub use rules::Rules;
pub use time::{Date, Timestamp};
pub use uscc::Uscc;
