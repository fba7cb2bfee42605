//! Why a form was refused, in front of its fields; or in front of the page when the form is gone.

use crate::ask::Trouble;
use leptos::prelude::*;
use market::Refusal;
use market::form::Problem;
use std::collections::BTreeMap;

/// Every mistake with a link to its field, by the name that people see beside it.
pub(super) fn view(
    refusal: &Refusal,
    kept: &str,
    prefix: &str,
    labels: &BTreeMap<String, String>,
) -> AnyView {
    let kept = (!kept.is_empty()).then(|| view! { <p class="kept">{kept.to_string()}</p> });
    let link = |problem: &Problem| {
        let name = labels.get(&problem.field).map(|label| format!("{label}："));
        let href = format!("#f-{prefix}{}", problem.field);
        view! {
            <li>
                <a href=href>{name}{problem.sentence.clone()}</a>
            </li>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = match refusal {
        Refusal::Invalid(problems) => problems
            .0
            .iter()
            .filter(|problem| !problem.field.is_empty())
            .map(link)
            .collect(),
        Refusal::NotEligible { reasons } => reasons
            .iter()
            .map(|reason| view! { <li>{reason.sentence()}{reason.way_out()}</li> }.into_any())
            .collect(),
        _ => Vec::new(),
    };
    let list = (!rows.is_empty()).then(|| view! { <ul>{rows}</ul> });
    view! {
        <div class="note bad" role="alert" tabindex="-1">
            <p>
                <b>{refusal.sentence()}</b>
                {refusal.way_out()}
            </p>
            {list}
            {kept}
        </div>
    }
    .into_any()
}

/// Why something was refused that has no form on the page: the sentence, and what had been written, to be copied.
pub fn refused(trouble: &Trouble) -> AnyView {
    let refusal = &trouble.refusal;
    let mistakes: Vec<AnyView> = match refusal {
        Refusal::Invalid(problems) => problems
            .0
            .iter()
            .filter(|problem| !problem.field.is_empty())
            .map(|problem| view! { <li>{problem.sentence.clone()}</li> }.into_any())
            .collect(),
        _ => Vec::new(),
    };
    let mistakes = (!mistakes.is_empty()).then(|| view! { <ul>{mistakes}</ul> });
    let written = super::kept::without_form(trouble);
    view! {
        <div class="note bad" role="alert" tabindex="-1">
            <p>
                <b>{refusal.sentence()}</b>
                {refusal.way_out()}
            </p>
            {mistakes}
            {written}
        </div>
    }
    .into_any()
}
