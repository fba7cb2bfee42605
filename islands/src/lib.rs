//! What runs in the browser. Pages are complete without scripts; what scripts add is sealing a bid and checking it,
//! replaying a draw, a countdown, search as you type, upload progress and autosave.
//!
//! An island is a function on HTML that a page has made. It reads its facts from `data-` attributes and ships no view
//! and no parser for them. The element around it names the module that has the function: `<assist-island>` or
//! `<crypto-island>`; its `data-component` names the function. The programs in `bin` are those modules.

mod browser;
mod keeping;
mod seat;
mod turn;

pub mod autosave;
pub mod check;
pub mod countdown;
pub mod replay;
pub mod search;
pub mod secrets;
pub mod upload;

pub use browser::{Island, start};
