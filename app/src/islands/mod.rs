//! The islands: the only code that ships to the browser. Each is complete HTML without scripts; what scripts add is
//! sealing a bid, replaying a draw, a countdown, search as you type, upload progress and autosave.

pub mod autosave;
pub mod countdown;
pub mod replay;
pub mod search;
pub mod secrets;
pub mod upload;

#[cfg(feature = "hydrate")]
mod browser;
