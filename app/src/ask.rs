//! A request as pages and calls see it: parsed, bounded, free of HTTP.

use crate::uploads::Received;
use market::{Form, Refusal};
use std::collections::BTreeMap;
use std::str::FromStr;
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
    /// Larger text and plainer words.
    pub elder: bool,
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
    /// The path that was posted to, so that of several forms on a page the right one shows it.
    pub posted_to: String,
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

    /// The key against double submission.
    pub fn once(&self) -> Option<Uuid> {
        self.form.get("once").parse().ok()
    }

    /// The version of the row that the form was made from.
    pub fn version(&self) -> Option<i32> {
        self.form.get("version").parse().ok()
    }

    /// The path with some of the query changed: a link that keeps the other filters.
    pub fn link(&self, changes: &[(&str, Option<&str>)]) -> String {
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
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
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
