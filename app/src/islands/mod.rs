//! The islands: the only code that ships to the browser. Each is complete HTML without scripts; what scripts add is
//! sealing a bid and checking it, replaying a draw, a countdown, search as you type, upload progress and autosave.
//!
//! Two kinds in one wrapper, `<leptos-island data-component>`, which `start.js` makes live: Leptos islands, and functions
//! of that name, which work on HTML that a page has made and read their facts from its `data-` attributes. The second
//! kind ships no text, no view and no parser for facts, and has no state apart from the page.

pub mod autosave;
pub mod search;
pub mod upload;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod check;
#[cfg(feature = "hydrate")]
mod countdown;
#[cfg(feature = "hydrate")]
mod keeping;
#[cfg(feature = "hydrate")]
mod replay;
#[cfg(feature = "hydrate")]
mod seat;
#[cfg(feature = "hydrate")]
mod secrets;
