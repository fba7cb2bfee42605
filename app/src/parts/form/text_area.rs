//! The only textarea of the project, because Leptos does not escape its content on the server.

use leptos::prelude::*;

/// Content and attributes are escaped here, by hand.
pub(super) fn escaped(attributes: &[(&str, Option<String>)], value: &str) -> AnyView {
    let attributes: String = attributes
        .iter()
        .filter_map(|(name, value)| {
            value
                .as_ref()
                .map(|value| format!(" {name}=\"{}\"", escape(value)))
        })
        .collect();
    // A line end right after the tag would be swallowed; one is put there so that the text keeps its own.
    let html = format!("<textarea{attributes}>\n{}</textarea>", escape(value));
    view! { <div inner_html=html></div> }.into_any()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
