//! Stored JSON, between columns and the shapes of `market::stored`.

use crate::{Fault, Result};
use market::stored::{Shape, Unreadable, read, write};
use serde_json::Value;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgTypeInfo, PgValueRef};
use sqlx::types::Json;
use sqlx::{Decode, Postgres, Type};
use uuid::Uuid;

/// A document that the rest of its row is worth nothing without: a row with one that cannot be read is a fault, which
/// [`OfSubject::of`] gives its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T>(pub T);

/// A document of one row of several. One that cannot be read spoils its own row alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T>(pub std::result::Result<T, Unreadable>);

impl<T> Kept<T> {
    /// The document. Errors: [`Fault::Unreadable`].
    pub fn take(self, subject: Uuid) -> Result<T> {
        self.0
            .map_err(|unreadable| Fault::Unreadable(unreadable.of(subject)))
    }
}

/// The value of a column for a document.
pub(crate) fn json<T: Shape>(document: &T) -> Result<Value> {
    write(document)
        .map_err(|error| Fault::Inconsistent(format!("a document cannot be written: {error}")))
}

/// Says what an unreadable document belongs to.
pub(crate) trait OfSubject<T> {
    /// The same, named.
    fn of(self, subject: impl Into<Uuid>) -> Result<T>;
}

impl<T> OfSubject<T> for std::result::Result<T, sqlx::Error> {
    fn of(self, subject: impl Into<Uuid>) -> Result<T> {
        self.map_err(|error| match Fault::from(error) {
            Fault::Unreadable(unreadable) => Fault::Unreadable(unreadable.of(subject.into())),
            fault => fault,
        })
    }
}

macro_rules! as_json {
    ($name:ident, $decode:expr) => {
        impl<T> Type<Postgres> for $name<T> {
            fn type_info() -> PgTypeInfo {
                <Json<Value> as Type<Postgres>>::type_info()
            }

            fn compatible(of: &PgTypeInfo) -> bool {
                <Json<Value> as Type<Postgres>>::compatible(of)
            }
        }

        impl<T: Shape> Decode<'_, Postgres> for $name<T> {
            fn decode(value: PgValueRef<'_>) -> std::result::Result<Self, BoxDynError> {
                let Json(value) = <Json<Value> as Decode<Postgres>>::decode(value)?;
                $decode(read(value))
            }
        }
    };
}

as_json!(Stored, |read: std::result::Result<T, Unreadable>| Ok(
    Stored(read?)
));
as_json!(Kept, |read| Ok(Kept(read)));

/// The document that could not be read, if that is why a query failed.
pub(crate) fn unreadable(error: &sqlx::Error) -> Option<&Unreadable> {
    match error {
        sqlx::Error::ColumnDecode { source, .. } => source.downcast_ref(),
        sqlx::Error::Decode(source) => source.downcast_ref(),
        _ => None,
    }
}
