//! Form fields: label, hint, what was typed, and the mistake at its place. The only textarea of the project is in
//! `text_area`.

mod boxes;
mod first;
pub mod kept;
mod question;
mod summary;
mod text_area;

pub use boxes::Told;
pub use summary::refused;

use crate::ask::{Ask, Trouble};
use leptos::prelude::*;
use market::{Form, Refusal};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// One value of a choice.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    /// A value with its label.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// All values of a coded enum as choices.
#[macro_export]
macro_rules! choices {
    ($name:ty) => {
        <$name>::ALL
            .iter()
            .map(|value| $crate::parts::Choice::new(value.code(), value.label()))
            .collect::<Vec<_>>()
    };
}

/// The fields of one form: its values, and what is wrong with them.
pub struct Fields {
    /// In front of the names in ids, so that forms of one page don't share them; empty for the only form.
    prefix: String,
    values: Form,
    refusal: Option<Refusal>,
    /// What is wrong with files, by field.
    files: Vec<(String, String)>,
    /// What of a refused form is still there.
    kept: kept::Kept,
    /// To be set when the refusal has been said.
    shown: Arc<AtomicBool>,
    once: String,
    /// What the fields are called, as far as they have been made: for the summary, which stands before them.
    labels: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Fields {
    /// The fields of the form that posts to `action`, with `stored` values unless the form has just been refused.
    /// `once` is a fresh key against double submission.
    pub fn new(ask: &Ask, action: &str, stored: Form, once: uuid::Uuid) -> Fields {
        match ask.trouble_at(action) {
            Some(Trouble {
                form,
                refusal,
                shown,
                kept,
                files,
                ..
            }) => {
                let key = if form.get("once").is_empty() {
                    once.to_string()
                } else {
                    form.get("once").to_string()
                };
                Fields {
                    prefix: String::new(),
                    values: form.clone(),
                    refusal: Some(refusal.clone()),
                    files: files.clone(),
                    kept: kept.clone(),
                    shown: shown.clone(),
                    once: key,
                    labels: Arc::default(),
                }
            }
            None => Fields {
                prefix: String::new(),
                values: stored,
                refusal: None,
                files: Vec::new(),
                kept: kept::Kept::default(),
                shown: Arc::default(),
                once: once.to_string(),
                labels: Arc::default(),
            },
        }
    }

    /// One of several forms on a page that share names of fields.
    pub fn named(mut self, form: &str) -> Fields {
        self.prefix = format!("{form}-");
        self
    }

    /// The id of a field's control (`f`), hint (`h`) or mistake (`w`).
    fn id(&self, what: char, name: &str) -> String {
        format!("{what}-{}{name}", self.prefix)
    }

    /// The value of a field as it was typed or stored.
    pub fn value(&self, name: &str) -> String {
        self.values.get(name).to_string()
    }

    /// All of them.
    pub fn values(&self) -> &Form {
        &self.values
    }

    fn problem(&self, name: &str) -> Option<String> {
        let of_form = match &self.refusal {
            Some(Refusal::Invalid(problems)) => problems.of(name).map(str::to_string),
            _ => None,
        };
        let mut files = self.files.iter();
        of_form.or_else(|| {
            files
                .find(|(field, _)| field == name)
                .map(|(_, said)| said.clone())
        })
    }

    /// The first wrong field, which gets the focus.
    fn is_first_wrong(&self, name: &str) -> bool {
        match &self.refusal {
            Some(Refusal::Invalid(problems)) => problems
                .0
                .iter()
                .find(|p| !p.field.is_empty())
                .is_some_and(|p| p.field == name),
            _ => false,
        }
    }

    fn remember(&self, name: &str, label: &str) {
        if let Ok(mut labels) = self.labels.lock() {
            labels.insert(name.to_string(), label.to_string());
        }
    }

    /// Why the form was refused, with links to the fields. First thing inside the form; rendered once the fields are
    /// there, because it calls them by their names.
    pub fn summary(&self) -> AnyView {
        let Some(refusal) = self.refusal.clone() else {
            return super::nothing();
        };
        self.shown.store(true, Ordering::Relaxed);
        let (labels, prefix) = (self.labels.clone(), self.prefix.clone());
        let kept = self.kept.sentence();
        (move || {
            summary::view(
                &refusal,
                &kept,
                &prefix,
                &labels.lock().map(|map| map.clone()).unwrap_or_default(),
            )
        })
        .into_any()
    }

    /// The hidden fields that every writing form carries, and in front of them what Enter presses: nothing.
    pub fn hidden(&self, version: Option<i32>) -> AnyView {
        let version = version.map(
            |version| view! { <input type="hidden" name="version" value=version.to_string() /> },
        );
        view! {
            {first::inert()}
            <input type="hidden" name="once" value=self.once.clone() />
            {version}
        }
        .into_any()
    }

    /// A frame around a control: label, hint, mistake.
    fn framed(&self, name: &str, label: &str, hint: &str, control: AnyView) -> AnyView {
        self.remember(name, label);
        let problem = self.problem(name);
        let wrong = problem.is_some().then_some("");
        let problem = problem.map(|sentence| {
            view! {
                <p class="wrong" id=self.id('w', name)>
                    {sentence}
                </p>
            }
        });
        let hint = (!hint.is_empty()).then(|| {
            view! {
                <p class="hint" id=self.id('h', name)>
                    {hint.to_string()}
                </p>
            }
        });
        let answer = question::answer(self, name);
        view! {
            <div class="field" data-wrong=wrong>
                <label for=self.id('f', name)>{label.to_string()}</label>
                {hint}
                {problem}
                {control}
                {answer}
            </div>
        }
        .into_any()
    }

    /// The answer to a question about a field that stands in no frame of this file.
    pub fn answer_in_waiting(&self, name: &str) -> AnyView {
        question::answer_in_waiting(self, name)
    }

    /// What a control points to with `aria-describedby`.
    fn described(&self, name: &str, hint: &str) -> Option<String> {
        let hint = (!hint.is_empty()).then(|| self.id('h', name));
        let wrong = self.problem(name).map(|_| self.id('w', name));
        let ids: Vec<String> = hint.into_iter().chain(wrong).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn invalid(&self, name: &str) -> Option<&'static str> {
        self.problem(name).map(|_| "true")
    }

    /// A line of text. `kind` is the input's type: text, date, tel, password.
    pub fn input(
        &self,
        kind: &'static str,
        name: &'static str,
        label: &str,
        hint: &str,
    ) -> AnyView {
        self.input_named(kind, name.to_string(), label, hint)
    }

    /// A line of text whose name is computed (rows of a table).
    pub fn input_named(
        &self,
        kind: &'static str,
        name: String,
        label: &str,
        hint: &str,
    ) -> AnyView {
        let value = if kind == "password" {
            String::new()
        } else {
            self.value(&name)
        };
        // A browser shows no date in its own field but one of its own spelling: what was typed would be lost.
        let is_foreign = kind == "date" && !value.is_empty() && !is_date_of_browsers(&value);
        let kind = if is_foreign { "text" } else { kind };
        let control = view! {
            <input
                id=self.id('f', &name)
                name=name.clone()
                type=kind
                value=value
                aria-describedby=self.described(&name, hint)
                aria-invalid=self.invalid(&name)
                autocomplete=autocomplete(&name)
                autofocus=self.is_first_wrong(&name)
            />
        };
        self.framed(&name, label, hint, control.into_any())
    }

    /// A number or amount: right-aligned, with the right keyboard on a phone.
    pub fn number(
        &self,
        name: &'static str,
        label: &str,
        hint: &str,
        unit: &'static str,
    ) -> AnyView {
        let control = view! {
            <span class="with-unit">
                <input
                    id=self.id('f', name)
                    name=name
                    class="num"
                    inputmode="decimal"
                    value=self.value(name)
                    aria-describedby=self.described(name, hint)
                    aria-invalid=self.invalid(name)
                    autofocus=self.is_first_wrong(name)
                />
                <span>{unit}</span>
            </span>
        };
        self.framed(name, label, hint, control.into_any())
    }

    /// Several lines of text.
    pub fn text_area(&self, name: &'static str, label: &str, hint: &str, rows: u8) -> AnyView {
        let attributes = [
            ("id", Some(self.id('f', name))),
            ("name", Some(name.to_string())),
            ("rows", Some(rows.to_string())),
            ("aria-describedby", self.described(name, hint)),
            ("aria-invalid", self.invalid(name).map(str::to_string)),
            ("autofocus", self.is_first_wrong(name).then(String::new)),
        ];
        self.framed(
            name,
            label,
            hint,
            text_area::escaped(&attributes, &self.value(name)),
        )
    }

    /// One of several, as a list to pull down. `prompt` is the empty choice.
    pub fn select(
        &self,
        name: &str,
        label: &str,
        hint: &str,
        prompt: &'static str,
        list: Vec<Choice>,
    ) -> AnyView {
        self.select_grouped(name, label, hint, prompt, vec![(String::new(), list)])
    }

    /// The same in groups: (title, choices); an empty title means no group.
    pub fn select_grouped(
        &self,
        name: &str,
        label: &str,
        hint: &str,
        prompt: &'static str,
        groups: Vec<(String, Vec<Choice>)>,
    ) -> AnyView {
        let chosen = self.value(name);
        let option = |choice: Choice| {
            let selected = choice.value == chosen;
            view! {
                <option value=choice.value selected=selected>
                    {choice.label}
                </option>
            }
            .into_any()
        };
        let options: Vec<AnyView> = groups
            .into_iter()
            .map(|(title, list)| {
                let list: Vec<AnyView> = list.into_iter().map(option).collect();
                if title.is_empty() {
                    list.into_any()
                } else {
                    view! { <optgroup label=title>{list}</optgroup> }.into_any()
                }
            })
            .collect();
        let control = view! {
            <select
                id=self.id('f', name)
                name=name.to_string()
                aria-describedby=self.described(name, hint)
                aria-invalid=self.invalid(name)
                autofocus=self.is_first_wrong(name)
            >
                <option value="">{prompt}</option>
                {options}
            </select>
        };
        self.framed(name, label, hint, control.into_any())
    }

    /// A file. One that was received with a refused form is kept and named; the receipt travels in `{name}_kept`.
    /// With scripts, `islands::upload` sends it at once and shows how far it is. Several pictures become one document.
    pub fn file(&self, name: &'static str, label: &str, hint: &str) -> AnyView {
        let hint = &format!("{hint}可以一次选多张图片，会按顺序合并成一份 PDF。");
        let kept = self.value(&format!("{name}_kept"));
        let kept_name = self.value(&format!("{name}_name"));
        let id = self.id('f', name);
        let has_none = kept.is_empty();
        let arrived = if has_none {
            String::new()
        } else {
            format!("已收到：{kept_name}")
        };
        let control = view! {
            <assist-island data-component="upload">
                <div role="status">
                    <p class="arrived" hidden=has_none>
                        {arrived}
                    </p>
                </div>
                <label class="small" for=id.clone() hidden=has_none>
                    "换一个文件（不换就不用再选）"
                </label>
                <input
                    type="file"
                    id=id
                    name=name.to_string()
                    accept=crate::uploads::ACCEPT
                    multiple
                    aria-describedby=self.described(name, hint)
                    aria-invalid=self.invalid(name)
                />
                <input type="hidden" name=format!("{name}_kept") value=kept />
                <input type="hidden" name=format!("{name}_name") value=kept_name />
                <progress max="100" value="0" hidden aria-label="上传进度"></progress>
                <p class="small muted upload" role="status"></p>
            </assist-island>
        };
        self.framed(name, label, hint, control.into_any())
    }
}

/// `2026-03-20`
fn is_date_of_browsers(text: &str) -> bool {
    market::time::parse_date(text).is_ok_and(|date| market::time::date_text(date) == text)
}

/// What browsers may fill in by themselves. Never `off`: a browser gives such a field back empty after 后退, and the
/// form would be handed in with half of what was typed.
fn autocomplete(name: &str) -> Option<&'static str> {
    match name {
        "login" => Some("username"),
        "password" | "old_password" => Some("current-password"),
        "new_password" | "new_password_again" => Some("new-password"),
        "person_name" | "contact_name" => Some("name"),
        "phone" | "contact_phone" => Some("tel"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
