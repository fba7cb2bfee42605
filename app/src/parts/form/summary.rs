//! Why a form was refused, in front of its fields.

use leptos::prelude::*;
use market::Refusal;
use market::form::Problem;
use std::collections::BTreeMap;

/// Every mistake with a link to its field, by the name that people see beside it.
pub(super) fn view(refusal: &Refusal, prefix: &str, labels: &BTreeMap<String, String>) -> AnyView {
    let link = |problem: &Problem| {
        let name = labels.get(&problem.field).map(|label| format!("{label}："));
        let href = format!("#f-{prefix}{}", problem.field);
        view! { <li><a href=href>{name}{problem.sentence.clone()}</a></li> }.into_any()
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
        <div class="note bad" role="alert" tabindex="-1"><p><b>{refusal.sentence()}</b>{refusal.way_out()}</p>{list}</div>
    }
    .into_any()
}
