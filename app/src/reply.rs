//! What a handler answers: a page, a way to go, data or a file.

use crate::done::Done;
use crate::section::Section;
use leptos::prelude::*;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// A place of this site: path, query and fragment, as they stand in an address. The only thing that a `Location` may
/// hold, so that nobody can be sent away from here by what somebody else has put into a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(String);

/// The longest place, in bytes; longer ones are made up.
const LONGEST_PLACE: usize = 4_000;

/// What is not written as it is in an address. Percent signs stay: the place is encoded already.
const RAW: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'^');

impl LocalPath {
    /// Reads a place. `None` for everything that a browser would take for another site's: browsers drop tabs and line
    /// breaks, take `\\` for `/`, and see a host after two slashes.
    pub fn parse(text: &str) -> Option<LocalPath> {
        let is_local = text.starts_with('/') && !text.starts_with("//");
        let is_odd = |c: char| c == '\\' || c.is_control() || c == '\u{FEFF}';
        if !is_local || text.len() > LONGEST_PLACE || text.contains(is_odd) {
            return None;
        }
        Some(LocalPath(utf8_percent_encode(text, RAW).to_string()))
    }

    /// As it stands in a header: visible ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A page before it is put into its frame. The body is built when the page is rendered.
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
    /// A list as a file by name.
    Export {
        name: String,
        media_type: &'static str,
        bytes: Vec<u8>,
    },
    /// A text to be saved as a file.
    Download {
        name: String,
        media_type: &'static str,
        text: String,
    },
    /// A stored file, streamed by the server.
    File {
        sha256: market::hash::Hex32,
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

    /// Go there, where the page says once what has been done.
    pub fn done(place: impl AsRef<str>, done: Done) -> Reply {
        let place = place.as_ref();
        let (page, fragment) = place.split_at(place.find('#').unwrap_or(place.len()));
        let sign = if page.contains('?') { '&' } else { '?' };
        Reply::to(format!("{page}{sign}done={}{fragment}", done.code()))
    }

    /// Go where the form says that one came from, if that is a place of ours.
    pub fn back_to(wanted: &str, otherwise: &str) -> Reply {
        let place = LocalPath::parse(wanted);
        Reply::to(place.as_ref().map_or(otherwise, LocalPath::as_str))
    }

    /// JSON of a value.
    pub fn json(value: &impl serde::Serialize) -> Result<Reply, crate::AppError> {
        let text = serde_json::to_string(value)
            .map_err(|error| crate::AppError::Broken(Box::new(error)))?;
        Ok(Reply::Json(200, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_stands_before_the_fragment() {
        let place = |place, done| match Reply::done(place, done) {
            Reply::Redirect(place) => place,
            _ => panic!("no redirect"),
        };
        assert_eq!(place("/desk", Done::Saved), "/desk?done=saved");
        assert_eq!(place("/desk?a=b#c", Done::Added), "/desk?a=b&done=added#c");
    }

    #[test]
    fn a_place_is_of_this_site_or_none() {
        let away = [
            "",
            "desk",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "/desk\r\nSet-Cookie: a=b",
            "/desk\u{0}",
            "/\u{85}/evil.example",
            "\u{FEFF}//evil.example",
            "/\u{FEFF}/evil.example",
        ];
        for text in away {
            assert_eq!(LocalPath::parse(text), None, "{text:?}");
        }
        assert_eq!(LocalPath::parse(&format!("/{}", "a".repeat(5_000))), None);
        let here = [
            ("/", "/"),
            ("/requirements/7?done=x#mine", "/requirements/7?done=x#mine"),
            (
                "/search?q=测绘 甲",
                "/search?q=%E6%B5%8B%E7%BB%98%20%E7%94%B2",
            ),
            ("/search?q=%E6%B5%8B", "/search?q=%E6%B5%8B"),
            ("/a\"<>", "/a%22%3C%3E"),
        ];
        for (text, place) in here {
            let parsed = LocalPath::parse(text).expect("a place of ours");
            assert_eq!(parsed.as_str(), place);
            assert!(parsed.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
