//! Reasons as they are stored: as data. The sentence is made when it is shown.

use super::Ineligibility;
use serde::{Deserialize, Serialize};

/// Why somebody is not on the list, all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasons {
    pub reasons: Vec<Ineligibility>,
}

impl Reasons {
    /// Everything in one text.
    pub fn sentence(&self) -> String {
        self.reasons.iter().map(Ineligibility::sentence).collect()
    }
}

/// A value of the rules by its code. Older versions stored the words that were shown; they stay words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Told<T> {
    Is(T),
    Said(String),
}

impl<T: Copy> Told<T> {
    /// Whether it is a value that is so. Words are nothing that could be asked.
    pub fn is(&self, is_so: impl Fn(T) -> bool) -> bool {
        match self {
            Told::Is(value) => is_so(*value),
            Told::Said(_) => false,
        }
    }
}

impl<T> From<T> for Told<T> {
    fn from(value: T) -> Told<T> {
        Told::Is(value)
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Told<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Told::Is(value) => value.fmt(f),
            Told::Said(words) => f.write_str(words),
        }
    }
}
