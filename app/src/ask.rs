//! A request as pages and calls see it: parsed, bounded, free of HTTP.

use crate::done::Done;
use crate::parts::form::kept::{self, Kept};
use crate::uploads::Received;
use market::{Form, Refusal};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use uuid::Uuid;

/// What a browser asks.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// The path as it was asked for.
    pub path: String,
    /// The variables of the route, such as `id`.
    pub params: BTreeMap<String, String>,
    /// The query of the address.
    pub query: Form,
    /// The fields of a posted form.
    pub form: Form,
    /// Files of a posted form by field, already kept under their hash.
    pub files: BTreeMap<String, Received>,
    /// What is wrong with files of the form, by field.
    pub file_problems: Vec<(String, Refusal)>,
    /// The address of the visitor.
    pub address: String,
    /// The User-Agent, cut to a bearable length.
    pub agent: String,
    /// The cookie of a session, though it may have ended.
    pub session: Option<String>,
    /// The cookie of a browser that has signed somebody in before.
    pub browser: Option<String>,
    /// The cookie of a browser for which forms are kept.
    pub keeper: Option<String>,
    /// Larger text and plainer words.
    pub elder: bool,
    /// A form was sent: an error tells what became of it.
    pub is_posted: bool,
    /// What the form has done that led here: its session's, and said once.
    pub done: Option<Done>,
    /// An island asks: it wants JSON instead of a page.
    pub from_island: bool,
    /// The form that was refused, when a page is shown again because of it.
    pub trouble: Option<Trouble>,
}

/// A refused form: what was typed, and why it was refused.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub form: Form,
    pub refusal: Refusal,
    /// What of the form is still there.
    pub kept: Kept,
    /// What people typed, to be copied when its form is gone.
    pub written: Vec<String>,
    /// The path that was posted to, so that of several forms on a page the right one shows it.
    pub posted_to: String,
    /// What is wrong with files, by field, whatever else the form was refused for.
    pub files: Vec<(String, String)>,
    /// Whether a form of the page has said it. The form may be gone by now: then the frame says it.
    pub shown: Arc<AtomicBool>,
}

/// What is wrong with the files of a form, by field.
fn file_sentences(ask: &Ask) -> Vec<(String, String)> {
    let problems = ask.file_problems.iter();
    problems
        .map(|(field, refusal)| (field.clone(), refusal.sentence()))
        .collect()
}

impl Trouble {
    /// That a request was refused; passwords and what is made anew for each click are not kept.
    pub fn new(ask: &Ask, refusal: Refusal) -> Trouble {
        let form = ask.form.clone().without(kept::SECRET).without(kept::FRESH);
        Trouble {
            form,
            refusal,
            kept: Kept::of(ask),
            written: kept::written(ask),
            posted_to: ask.path.clone(),
            files: file_sentences(ask),
            shown: Arc::default(),
        }
    }
}

impl Ask {
    /// A variable of the route, parsed; `None` shows as "not found".
    pub fn param<T: FromStr>(&self, name: &str) -> Option<T> {
        self.params.get(name)?.parse().ok()
    }

    /// A value of the query; `None` when empty.
    pub fn query(&self, name: &str) -> Option<&str> {
        Some(self.query.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// The place in a list that the query names.
    pub fn cursor(&self) -> Option<store::page::Cursor> {
        store::page::Cursor::parse(self.query.get("at"))
    }

    /// The key against double submission: the page's own key, bound to where and what is posted. A second click has
    /// the same; a form that was changed and sent again (by the Back button, say) has another. A sealed bid and its
    /// random number are part of what is posted: the browser makes them once for a price (`market::press`).
    pub fn submission(&self) -> Option<Uuid> {
        let once: Uuid = self.form.get("once").parse().ok()?;
        let mut text = format!("{once}|{}", self.path);
        for (name, value) in self.form.pairs() {
            // The receipt of an upload is made anew by the server; the file itself counts, below.
            if !name.ends_with("_kept") {
                text.push_str(&format!("|{}:{name}={}:{value}", name.len(), value.len()));
            }
        }
        for (name, file) in &self.files {
            text.push_str(&format!("|{name}:{}", file.sha256));
        }
        let digest = market::hash::sha256(text.as_bytes()).0;
        let (first, _) = digest.split_first_chunk::<16>()?;
        Some(uuid::Builder::from_custom_bytes(*first).into_uuid())
    }

    /// After how many seconds a file that there was no room for may be sent again.
    pub fn retry_after(&self) -> Option<u32> {
        let problems = self.file_problems.iter();
        problems
            .filter_map(|(_, refusal)| refusal.retry_after())
            .max()
    }

    /// What was wrong with the form that posts to `action`, if that is the one that was refused.
    pub fn trouble_at(&self, action: &str) -> Option<&Trouble> {
        let trouble = self.trouble.as_ref()?;
        (trouble.posted_to == action).then_some(trouble)
    }

    /// The version of the row that the form was made from; `None` when it does not say, or says nonsense.
    pub fn version(&self) -> Option<i32> {
        self.form.get("version").parse().ok()
    }

    /// The path with some of the query changed: a link that keeps the other filters.
    pub fn link(&self, changes: &[(&str, Option<&str>)]) -> String {
        self.link_to(&self.path, changes)
    }

    /// The same for another path that takes the same query (an export, say).
    pub fn link_to(&self, path: &str, changes: &[(&str, Option<&str>)]) -> String {
        let kept = self
            .query
            .pairs()
            .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let added = changes
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)));
        let query: Vec<String> = kept
            .chain(added)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if query.is_empty() {
            path.to_string()
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }
}

/// Percent-encodes a part of an address.
pub fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_is_the_same_submission_and_a_changed_form_is_not() {
        let ask = |path: &str, pairs: &[(&str, &str)]| Ask {
            path: path.into(),
            form: pairs.iter().copied().collect(),
            ..Ask::default()
        };
        let once = ("once", "01900000-0000-7000-8000-000000000000");
        let first = ask("/x", &[once, ("a", "1"), ("nonce", "aa")]).submission();
        assert!(first.is_some());
        let again = ask("/x", &[once, ("a", "1"), ("nonce", "aa")]).submission();
        assert_eq!(first, again);
        for changed in ["nonce", "sealed_bid"] {
            let other = ask("/x", &[once, ("a", "1"), ("nonce", "aa"), (changed, "bb")]);
            assert_ne!(first, other.submission(), "another {changed}");
        }
        assert_ne!(first, ask("/x", &[once, ("a", "2")]).submission());
        assert_ne!(first, ask("/y", &[once, ("a", "1")]).submission());
        assert_eq!(ask("/x", &[("a", "1")]).submission(), None);
    }

    #[test]
    fn links_keep_the_other_filters() {
        let ask = Ask {
            path: "/agencies".into(),
            query: [
                ("q", "测绘 甲"),
                ("at", "an5_x"),
                ("grade", "a"),
                ("grade", "b"),
            ]
            .into_iter()
            .collect(),
            ..Ask::default()
        };
        assert_eq!(
            ask.link(&[("at", None), ("sort", Some("rating"))]),
            "/agencies?grade=a&grade=b&q=%E6%B5%8B%E7%BB%98%20%E7%94%B2&sort=rating"
        );
        assert_eq!(
            Ask {
                path: "/items".into(),
                ..Ask::default()
            }
            .link(&[]),
            "/items"
        );
    }
}
