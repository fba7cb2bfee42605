//! The first button of a form is the one that Enter in a one-line field presses. It is this one, and it is disabled:
//! browsers then do nothing (HTML, implicit submission), with scripts and without, and nothing typed travels or is
//! lost. What hands in, publishes or decides wants a press of its own.

use leptos::prelude::*;

/// Not `hidden`: a kernel that skips buttons without a box would press the next one.
pub(super) fn inert() -> AnyView {
    view! {
        <button class="sr" disabled=true aria-hidden="true" tabindex="-1">
            "按回车键不会提交"
        </button>
    }
    .into_any()
}
