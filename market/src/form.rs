//! A form as it was typed, and how it is read: every field once, every mistake at its place.
//! Parse, don't validate: what comes out of [`Reader::finish`] has types that cannot be wrong.

mod fields;

pub use fields::{
    body, id, line, number, paper_number, paragraphs, person, public, public_line, public_number,
};

use crate::typed::{clean, unkeepable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody typed: field names and their values, in the order they were sent.
/// Unchecked boxes are absent. It can be stored (drafts) and shown again (mistakes).
///
/// Every value has been through [`clean`], wherever it came from: there is no other way into a form. Passwords alone
/// are kept as they were typed, sign for sign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "BTreeMap<String, Vec<String>>",
    into = "BTreeMap<String, Vec<String>>"
)]
pub struct Form(BTreeMap<String, Vec<String>>);

/// Whether a field holds a password: it means nothing but its own characters, so nothing is read into it.
fn is_password(field: &str) -> bool {
    field.contains("password")
}

fn value_of(field: &str, value: &str) -> String {
    if is_password(field) {
        value.to_string()
    } else {
        clean(value)
    }
}

impl From<BTreeMap<String, Vec<String>>> for Form {
    fn from(fields: BTreeMap<String, Vec<String>>) -> Form {
        let values = fields.into_iter().flat_map(|(field, values)| {
            values.into_iter().map(move |value| (field.clone(), value))
        });
        values.collect()
    }
}

impl From<Form> for BTreeMap<String, Vec<String>> {
    fn from(form: Form) -> Self {
        form.0
    }
}

impl Form {
    /// Adds one value of a field.
    pub fn push(&mut self, field: impl Into<String>, value: impl Into<String>) {
        let field = clean(&field.into());
        let value = value_of(&field, &value.into());
        self.0.entry(field).or_default().push(value);
    }

    /// Replaces all values of a field.
    pub fn set(&mut self, field: impl Into<String>, value: impl Into<String>) {
        let field = field.into();
        let value = value_of(&field, &value.into());
        self.0.insert(field, vec![value]);
    }

    /// The first value as typed; empty when absent.
    pub fn get(&self, field: &str) -> &str {
        self.0
            .get(field)
            .and_then(|values| values.first())
            .map_or("", String::as_str)
    }

    /// Every value of a field, for groups of check boxes.
    pub fn all(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Whether a box with this value is checked.
    pub fn has(&self, field: &str, value: &str) -> bool {
        self.all(field).iter().any(|v| v == value)
    }

    /// Whether nothing was typed at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All fields and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(field, values)| {
            values
                .iter()
                .map(move |value| (field.as_str(), value.as_str()))
        })
    }

    /// The same without some fields (secrets, file fields, what must not be stored or echoed).
    pub fn without(mut self, fields: &[&str]) -> Form {
        self.0.retain(|field, _| !fields.contains(&field.as_str()));
        self
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Form {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut form = Form::default();
        for (field, value) in pairs {
            form.push(field, value);
        }
        form
    }
}

/// One mistake: the field's name and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub field: String,
    pub sentence: String,
    /// It is a question: whoever meant what was typed says so with this value in [`answer_of`] the field.
    #[serde(default = "nothing_is_asked", skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
}

/// A mistake that is no question says nothing of one.
fn nothing_is_asked() -> Option<String> {
    None
}

/// All mistakes of a form, in the order of its fields. Never empty inside a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// A single mistake.
    pub fn one(field: &str, sentence: impl Into<String>) -> Problems {
        Problems(vec![Problem {
            field: field.to_string(),
            sentence: sentence.into(),
            confirm: None,
        }])
    }

    /// The sentence for a field, if it has a mistake.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|problem| problem.field == field)
            .map(|problem| problem.sentence.as_str())
    }
}

/// The box that answers a question about a field: its value is what was asked about, so that an answer holds for
/// nothing else.
pub fn answer_of(field: &str) -> String {
    [field, MEANT].concat()
}

/// Whether a field is such a box.
pub fn is_answer(field: &str) -> bool {
    field.ends_with(MEANT)
}

const MEANT: &str = "_meant";

/// Reads a form field by field and gathers the mistakes.
pub struct Reader<'a> {
    form: &'a Form,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    /// Starts reading.
    pub fn new(form: &'a Form) -> Self {
        Reader {
            form,
            problems: Vec::new(),
        }
    }

    /// A field that must be there and must parse.
    pub fn need<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.present(field, "请填写。", parse)
    }

    /// The same for a field that offers choices.
    pub fn choose<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.present(field, "请选择。", parse)
    }

    fn present<T>(
        &mut self,
        field: &str,
        absent: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let typed = self.form.get(field);
        if typed.trim().is_empty() {
            self.wrong(field, absent);
            return None;
        }
        self.parsed(field, kept(field, typed).and_then(parse))
    }

    /// A field that may be empty: `Some(None)` then, `None` only for a mistake.
    pub fn maybe<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        let typed = self.form.get(field);
        if typed.trim().is_empty() {
            return Some(None);
        }
        self.parsed(field, kept(field, typed).and_then(parse))
            .map(Some)
    }

    /// At least one of a group of check boxes, each parsed.
    pub fn some<T>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let values = self.form.all(field);
        if values.is_empty() {
            self.wrong(field, "请至少选择一项。");
            return None;
        }
        let parsed: Result<Vec<T>, String> = values
            .iter()
            .map(|value| kept(field, value).and_then(&parse))
            .collect();
        self.parsed(field, parsed)
    }

    /// A box that must be checked.
    pub fn agreed(&mut self, field: &str, sentence: &str) -> Option<()> {
        if self.form.get(field).is_empty() {
            self.wrong(field, sentence);
            return None;
        }
        Some(())
    }

    /// Notes a mistake found by comparing fields.
    pub fn wrong(&mut self, field: &str, sentence: impl Into<String>) {
        self.problems.push(Problem {
            field: field.to_string(),
            sentence: sentence.into(),
            confirm: None,
        });
    }

    /// Asks about what was typed, unless it has been answered for exactly this `value`. `None` while it is open.
    pub fn ask(&mut self, field: &str, question: String, value: &str) -> Option<()> {
        if self.form.get(&answer_of(field)) == value {
            return Some(());
        }
        self.problems.push(Problem {
            field: field.to_string(),
            sentence: question,
            confirm: Some(value.to_string()),
        });
        None
    }

    /// The value, if there were no mistakes. `build` may use `?` on what was read.
    pub fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Problems> {
        if !self.problems.is_empty() {
            return Err(Problems(self.problems));
        }
        build().ok_or_else(|| Problems::one("", "表单不完整，请刷新页面后重新填写。"))
    }

    fn parsed<T>(&mut self, field: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|sentence| self.wrong(field, sentence)).ok()
    }
}

/// A value, unless something in it cannot be kept. A password is nobody's text.
fn kept<'t>(field: &str, value: &'t str) -> Result<&'t str, String> {
    match unkeepable(value).filter(|_| !is_password(field)) {
        Some(sentence) => Err(sentence),
        None => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_reported_once_and_at_its_field() {
        let form: Form = [("name", "张"), ("days", "很久"), ("phone", "")]
            .into_iter()
            .collect();
        let mut read = Reader::new(&form);
        let name = read.need("name", line(2, 10));
        let days = read.need("days", number(1, 60, &["天"]));
        let phone = read.maybe("phone", crate::identity::parse_phone);
        let problems = read
            .finish(|| Some((name?, days?, phone?)))
            .expect_err("two mistakes");
        assert_eq!(problems.0.len(), 2);
        assert!(
            problems
                .of("name")
                .is_some_and(|s| s.contains("至少 2 个字"))
        );
        assert!(problems.of("days").is_some_and(|s| s.contains("1 至 60")));
        assert_eq!(problems.of("phone"), None);
    }

    #[test]
    fn every_way_into_a_form_cleans_what_was_typed_and_leaves_passwords_alone() {
        let (typed, meant) = ("\u{202D}甲\u{A0}乙\u{200B}", "甲 乙");
        let mut form: Form = [("pushed", typed), ("new_password", typed)]
            .into_iter()
            .collect();
        form.set("set", typed);
        assert_eq!(form.get("pushed"), meant);
        assert_eq!(form.get("set"), meant);
        assert_eq!(form.get("new_password"), typed);
        let stored = format!(r#"{{"stored":["{typed}"],"password":["{typed}"]}}"#);
        let stored: Form = serde_json::from_str(&stored).expect("a form");
        assert_eq!(stored.get("stored"), meant);
        assert_eq!(stored.get("password"), typed);
    }

    #[test]
    fn what_cannot_be_kept_is_named_at_every_kind_of_field() {
        let form: Form = ["need", "choose", "maybe", "some"]
            .into_iter()
            .map(|field| (field, "一\u{7}"))
            .collect();
        let mut read = Reader::new(&form);
        let whole = |text: &str| Ok(text.to_string());
        read.need("need", whole);
        read.choose("choose", whole);
        read.maybe("maybe", whole);
        read.some("some", whole);
        let problems = read.finish(|| Some(())).expect_err("four mistakes");
        assert_eq!(problems.0.len(), 4);
        assert!(problems.0.iter().all(|p| p.sentence.contains("第 2 个字")));
    }

    #[test]
    fn groups_of_boxes_are_read_whole() {
        let form: Form = [("kind", "1"), ("kind", "2")].into_iter().collect();
        let mut read = Reader::new(&form);
        let kinds = read.some("kind", |text| number(1, 3, &[])(text));
        assert_eq!(read.finish(|| kinds), Ok(vec![1, 2]));
        assert!(form.has("kind", "2") && !form.has("kind", "3"));
    }
}
