//! A sample of every message of the present version, frozen: what is stored now is read for ever, and the operator's
//! preview shows what is said.

use super::Message;

/// A kind and its variables a line.
const NOW: &str = include_str!("samples/1.txt");

/// The samples as kinds with their stored variables.
pub(super) fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    NOW.lines().filter_map(|line| line.split_once(' '))
}

/// Every message, some more than once where its words differ.
pub fn all() -> Vec<Message> {
    lines()
        .filter_map(|(kind, stored)| {
            let stored = serde_json::from_str(stored).ok()?;
            Message::of_stored(kind, &stored).ok()
        })
        .collect()
}
