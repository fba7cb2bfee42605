//! 存储格式: what is stored as JSON is a contract. Every document says the version of its shape as `v`; those of before
//! say none and are version 0. Texts of every version are frozen in `stored/samples` and are read for ever.
//!
//! A field is never renamed or given another meaning. A new one has a default by a function that says what older
//! versions did, or the version goes up and [`Shape::laid_out`] turns what it was into what it is. What has been stored
//! is not written anew.

#[cfg(test)]
mod sources;
#[cfg(test)]
mod tests;

use crate::Form;
use crate::coded::coded;
use crate::draw::Evidence;
use crate::eligibility::Reasons;
use crate::notice::NoticeBody;
use crate::policy::Policy;
use crate::procurement::FailureReason;
use crate::requirement::Specification;
use crate::requirement::correction::Changes;
use crate::selection::Ranking;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

coded! {
    /// What is stored as JSON.
    pub enum StoredKind ("stored_kind") {
        Form = "form", "填写的需求";
        Document = "document", "需求文件";
        Changes = "changes", "更正内容";
        Notice = "notice", "公告";
        Reasons = "reasons", "未进入名单的原因";
        Ranking = "ranking", "选取名次";
        Failure = "failure", "流标原因";
        Evidence = "evidence", "抽取证据";
        Policy = "policy", "政策";
    }
}

/// The field in which a document says its version.
const FIELD: &str = "v";

/// A document that is stored as JSON: an object, in which the version is one field more.
pub trait Shape: Serialize + DeserializeOwned {
    const KIND: StoredKind;
    /// Of what is written now. It goes up when what older versions wrote must be laid out differently.
    const VERSION: u32;

    /// What an older version wrote, laid out as it is now.
    fn laid_out(_version: u32, content: Value) -> Value {
        content
    }
}

/// Why a stored document cannot be read. For the log and the operator; what it held is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub kind: StoredKind,
    /// What it belongs to: a requirement, a notice, a draw or a policy. `None` where nobody has said it yet.
    pub subject: Option<Uuid>,
    pub why: String,
}

/// What a list shows in place of a document that cannot be read.
pub const NOT_READABLE: &str = "内容无法读取";

impl Unreadable {
    fn new<T: Shape>(why: impl Into<String>) -> Unreadable {
        Unreadable {
            kind: T::KIND,
            subject: None,
            why: why.into(),
        }
    }

    /// Says what it belongs to.
    pub fn of(self, subject: Uuid) -> Unreadable {
        Unreadable {
            subject: Some(subject),
            ..self
        }
    }

    /// The number under which people speak of it: `公告 0198…`.
    pub fn number(&self) -> String {
        match self.subject {
            Some(subject) => format!("{} {subject}", self.kind.label()),
            None => self.kind.label().to_string(),
        }
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, why) = (self.kind.code(), &self.why);
        match self.subject {
            Some(subject) => write!(f, "stored {kind} of {subject} cannot be read: {why}"),
            None => write!(f, "stored {kind} cannot be read: {why}"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// As it is stored: its fields and the version of its shape, whatever its own fields are called.
pub fn write<T: Shape>(document: &T) -> serde_json::Result<Value> {
    let mut value = serde_json::to_value(document)?;
    if let Value::Object(fields) = &mut value {
        fields.insert(FIELD.to_string(), T::VERSION.into());
    }
    Ok(value)
}

/// As text with the version first and the fields in their order, for what is kept to the byte.
pub fn write_text<T: Shape>(document: &T) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Written<'a, T> {
        v: u32,
        #[serde(flatten)]
        document: &'a T,
    }
    serde_json::to_string(&Written {
        v: T::VERSION,
        document,
    })
}

/// Reads what any version has written. Errors: a version that this program does not know, or a text that is none of
/// its version.
pub fn read<T: Shape>(mut stored: Value) -> Result<T, Unreadable> {
    let said = match &mut stored {
        Value::Object(fields) => fields.remove(FIELD),
        _ => None,
    };
    let version = match said {
        None => 0,
        Some(said) => {
            let version = said.as_u64().and_then(|said| u32::try_from(said).ok());
            let known = version.filter(|version| (1..=T::VERSION).contains(version));
            known.ok_or_else(|| {
                let newest = T::VERSION;
                Unreadable::new::<T>(format!("version {said}, of which 1 to {newest} are known"))
            })?
        }
    };
    T::deserialize(T::laid_out(version, stored))
        .map_err(|error| Unreadable::new::<T>(error.to_string()))
}

/// Reads a text as [`read`] does.
pub fn read_text<T: Shape>(text: &str) -> Result<T, Unreadable> {
    let value = serde_json::from_str(text);
    read(value.map_err(|error| Unreadable::new::<T>(error.to_string()))?)
}

/// A list that was stored bare before documents said their version.
fn listed(version: u32, field: &str, content: Value) -> Value {
    match version {
        0 => json!({ field: content }),
        _ => content,
    }
}

macro_rules! shapes {
    ($( $kind:ident: $name:ty, $version:literal $(, bare $field:literal)?; )+) => {
        $(
            impl Shape for $name {
                const KIND: StoredKind = StoredKind::$kind;
                const VERSION: u32 = $version;

                $(
                    fn laid_out(version: u32, content: Value) -> Value {
                        listed(version, $field, content)
                    }
                )?
            }
        )+

        impl StoredKind {
            /// Whether a stored text of this kind can be read. Errors: why not.
            pub fn check(self, stored: Value) -> Result<(), Unreadable> {
                match self { $( StoredKind::$kind => read::<$name>(stored).map(drop), )+ }
            }

            /// What a stored text becomes when it is read and written again.
            #[cfg(test)]
            fn again(self, text: &str) -> Result<String, String> {
                match self { $( StoredKind::$kind => {
                    let read = read_text::<$name>(text).map_err(|error| error.to_string())?;
                    write_text(&read).map_err(|error| error.to_string())
                } )+ }
            }

            /// The version that is written now.
            #[cfg(test)]
            fn version(self) -> u32 {
                match self { $( StoredKind::$kind => <$name>::VERSION, )+ }
            }
        }
    };
}

shapes! {
    Form: Form, 1;
    Document: Specification, 1;
    Changes: Changes, 1, bare "changes";
    Notice: NoticeBody, 1;
    Reasons: Reasons, 1, bare "reasons";
    Ranking: Ranking, 1, bare "places";
    Failure: FailureReason, 1;
    Evidence: Evidence, 1;
    Policy: Policy, 1;
}
