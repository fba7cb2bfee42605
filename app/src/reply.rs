//! What a handler answers: a page, a way to go, data or a file.

use crate::layout::Section;
use leptos::prelude::*;

/// A page before it is put into its frame. The body is built inside the renderer's owner, where islands are known.
pub struct Page {
    pub title: String,
    pub section: Section,
    pub body: Box<dyn FnOnce() -> AnyView + Send>,
}

/// An answer.
pub enum Reply {
    Page(Page),
    /// The form comes back with the reason, and what was written stays: a wrong password has been counted.
    Refused(market::Refusal),
    /// 303: after a write, or to the right place.
    Redirect(String),
    /// JSON, with its status.
    Json(u16, String),
    /// A CSV file by name.
    Csv {
        name: String,
        text: String,
    },
    /// A stored file, streamed by the server.
    File {
        sha256: String,
        name: String,
        media_type: String,
        size: i64,
    },
    /// SVG made here (a QR code).
    Svg(String),
}

impl Reply {
    /// A page.
    pub fn page(
        title: impl Into<String>,
        section: Section,
        body: impl FnOnce() -> AnyView + Send + 'static,
    ) -> Reply {
        Reply::Page(Page {
            title: title.into(),
            section,
            body: Box::new(body),
        })
    }

    /// Go there.
    pub fn to(location: impl Into<String>) -> Reply {
        Reply::Redirect(location.into())
    }

    /// JSON of a value.
    pub fn json(value: &impl serde::Serialize) -> Result<Reply, crate::AppError> {
        let text = serde_json::to_string(value)
            .map_err(|error| crate::AppError::Broken(Box::new(error)))?;
        Ok(Reply::Json(200, text))
    }
}
