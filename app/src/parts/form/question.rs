//! The answer to a question about what was typed: a box beside the field, for exactly the value that was asked about.

use super::Fields;
use leptos::prelude::*;
use market::form::answer_of;
use market::{Fen, Refusal};

/// The box, where a question is open or has been answered for what stands in the field.
pub(super) fn answer(fields: &Fields, name: &str) -> Option<AnyView> {
    answer_now(fields, name).map(|(value, answered)| check_box(fields, name, value, answered))
}

/// The box of a field about which the browser may ask as well (`islands::secrets`): hidden where nothing is asked.
pub(super) fn answer_in_waiting(fields: &Fields, name: &str) -> AnyView {
    let now = answer_now(fields, name);
    let is_hidden = now.is_none();
    let (value, answered) = now.unwrap_or_default();
    view! { <div hidden=is_hidden>{check_box(fields, name, value, answered)}</div> }.into_any()
}

/// The value of the box, and whether it is checked.
fn answer_now(fields: &Fields, name: &str) -> Option<(String, bool)> {
    let given = || answer_given(fields, name, &answer_of(name)).map(|value| (value, true));
    asked(fields, name)
        .map(|value| (value, false))
        .or_else(given)
}

fn check_box(fields: &Fields, name: &str, value: String, answered: bool) -> AnyView {
    let id = fields.id('m', name);
    view! {
        <label class="check" for=id.clone()>
            <input type="checkbox" id=id.clone() name=answer_of(name) value=value.clone() checked=answered />
            <span>"没有写错，就是 "<b>{value}</b>" 元"</span>
        </label>
    }
    .into_any()
}

fn asked(fields: &Fields, name: &str) -> Option<String> {
    let Some(Refusal::Invalid(problems)) = &fields.refusal else {
        return None;
    };
    let problem = problems.0.iter().find(|problem| problem.field == name)?;
    problem.confirm.clone()
}

/// An answer stays with the amount that it was given for.
fn answer_given(fields: &Fields, name: &str, box_name: &str) -> Option<String> {
    let given = fields.value(box_name);
    let typed = Fen::parse(&fields.value(name)).ok()?;
    (typed.plain() == given).then_some(given)
}
