//! The answer to a question about what was typed: a box beside the field, for exactly the value that was asked about.

use super::Fields;
use leptos::prelude::*;
use market::{Fen, Refusal};

/// The box, where a question is open or has been answered for what stands in the field.
pub(super) fn answer(fields: &Fields, name: &str) -> Option<AnyView> {
    let box_name = format!("{name}_meant");
    let (value, answered) = match asked(fields, name) {
        Some(value) => (value, false),
        None => (answer_given(fields, name, &box_name)?, true),
    };
    let label = format!("没有写错，就是 {value} 元");
    let id = fields.id('m', name);
    Some(view! {
        <label class="check" for=id.clone()><input type="checkbox" id=id.clone() name=box_name value=value checked=answered/><span>{label}</span></label>
    }
    .into_any())
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
