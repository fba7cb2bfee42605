//! The two types by which names and numbers are compared. Neither can be compared as it was typed.

use super::{clean, is_dash, plain};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};

/// A name or number as it is compared: without blanks of any kind, half width, one middle dot, one dash, one kind of
/// bracket, case folded, without punctuation at its ends. Only for comparing and finding; never shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Folded(String);

impl Folded {
    /// Folds a text.
    pub fn of(text: &str) -> Folded {
        let mut folded = String::with_capacity(text.len());
        for c in plain(&clean(text)).chars() {
            match c {
                c if c.is_whitespace() => {}
                c if is_dash(c) => folded.push('-'),
                // The dot between the parts of a name, and what keyboards have instead of it.
                '·' | '•' | '‧' | '∙' | '⋅' | '・' | '●' | '\u{16EB}' | '\u{2E31}' | '.' => {
                    folded.push('·')
                }
                '〔' | '【' | '[' | '〈' | '《' | '「' => folded.push('('),
                '〕' | '】' | ']' | '〉' | '》' | '」' => folded.push(')'),
                '‘' | '’' | '“' | '”' | '"' | '\'' | '`' => {}
                c => folded.extend(c.to_lowercase()),
            }
        }
        // Some letters compose anew once they are small.
        let folded = plain(&folded);
        let is_stop = |c| matches!(c, '·' | ',' | ';' | ':' | '、' | '!' | '?');
        Folded(folded.trim_matches(is_stop).to_string())
    }

    /// The folded text, for a column or an index.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left: signs and blanks alone are no name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The name of a person or a body: shown as it was typed, compared only as [`Folded`]. `徐 强` is `徐强`, and
/// `阿卜杜拉·买买提` is the same person in every kind of dot.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// A name as typed.
    pub fn new(text: impl Into<String>) -> Name {
        Name(text.into())
    }

    /// As it was typed, for showing and storing.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared.
    pub fn folded(&self) -> Folded {
        Folded::of(&self.0)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name(text.to_string())
    }
}

impl From<String> for Name {
    fn from(text: String) -> Name {
        Name(text)
    }
}
