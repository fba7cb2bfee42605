//! Choices that are all visible: one of a few, any number of a few, a single box.

use super::{Choice, Fields};
use leptos::prelude::*;

/// One of the choices, with whatever is told beside it. What may not be chosen stands there all the same.
pub struct Told {
    pub value: String,
    pub label: AnyView,
    pub is_closed: bool,
}

impl From<Choice> for Told {
    fn from(choice: Choice) -> Told {
        Told {
            value: choice.value,
            label: choice.label.into_any(),
            is_closed: false,
        }
    }
}

impl Fields {
    /// One of a few, all visible.
    pub fn radios(
        &self,
        name: &'static str,
        label: &str,
        hint: &str,
        list: Vec<Choice>,
    ) -> AnyView {
        self.radios_told(
            name,
            label,
            hint,
            list.into_iter().map(Told::from).collect(),
        )
    }

    /// The same, where more is told of each.
    pub fn radios_told(
        &self,
        name: &'static str,
        label: &str,
        hint: &str,
        list: Vec<Told>,
    ) -> AnyView {
        self.boxes("radio", name, label, hint, list)
    }

    /// Any number of a few, all visible.
    pub fn checks(
        &self,
        name: &'static str,
        label: &str,
        hint: &str,
        list: Vec<Choice>,
    ) -> AnyView {
        let list = list.into_iter().map(Told::from).collect();
        self.boxes("checkbox", name, label, hint, list)
    }

    fn boxes(
        &self,
        kind: &'static str,
        name: &'static str,
        label: &str,
        hint: &str,
        list: Vec<Told>,
    ) -> AnyView {
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
        let hint_view = (!hint.is_empty()).then(|| {
            view! {
                <p class="hint" id=self.id('h', name)>
                    {hint.to_string()}
                </p>
            }
        });
        let boxes: Vec<AnyView> = list
            .into_iter()
            .enumerate()
            .map(|(i, one)| {
                let checked = self.values.has(name, &one.value);
                let id = if i == 0 {
                    self.id('f', name)
                } else {
                    format!("{}-{i}", self.id('f', name))
                };
                view! {
                    <label class="check" for=id.clone()>
                        <input
                            type=kind
                            id=id.clone()
                            name=name
                            value=one.value
                            checked=checked
                            disabled=one.is_closed
                            autofocus=i == 0 && self.is_first_wrong(name)
                        />
                        <span>{one.label}</span>
                    </label>
                }
                .into_any()
            })
            .collect();
        view! {
            <fieldset class="field" data-wrong=wrong aria-describedby=self.described(name, hint)>
                <legend>{label.to_string()}</legend>
                {hint_view}
                {problem}
                {boxes}
            </fieldset>
        }
        .into_any()
    }

    /// A single box.
    pub fn check(&self, name: &'static str, label: impl IntoView + 'static) -> AnyView {
        let problem = self.problem(name);
        let wrong = problem.is_some().then_some("");
        let problem = problem.map(|sentence| {
            view! {
                <p class="wrong" id=self.id('w', name)>
                    {sentence}
                </p>
            }
        });
        let checked = !self.values.get(name).is_empty();
        view! {
            <div class="field" data-wrong=wrong>
                {problem}
                <label class="check" for=self.id('f', name)>
                    <input
                        type="checkbox"
                        id=self.id('f', name)
                        name=name
                        value="on"
                        checked=checked
                        aria-describedby=self.described(name, "")
                        aria-invalid=self.invalid(name)
                    />
                    <span>{label.into_any()}</span>
                </label>
            </div>
        }
        .into_any()
    }
}
