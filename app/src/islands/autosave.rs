//! Saves a draft while it is typed. Without scripts: the button "保存草稿" does.

use leptos::prelude::*;

/// Watches the form around it and posts it to `path` when typing pauses.
#[island]
pub fn Autosave(path: String) -> impl IntoView {
    let (state, set_state) = signal(String::new());
    let anchor = NodeRef::<leptos::html::P>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move || {
        use super::browser::{form_of, input_of, listen, member, parse, post_form};
        use std::{cell::Cell, rc::Rc};
        let Some(form) = anchor.get().and_then(|anchor| form_of(&anchor)) else {
            return;
        };
        set_state.set("输入会自动保存。".into());
        let (turn, path) = (Rc::new(Cell::new(0u32)), path.clone());
        let watched = form.clone();
        listen(&form, "input", move |_| {
            turn.set(turn.get() + 1);
            let (mine, turn, form, path) =
                (turn.get(), turn.clone(), watched.clone(), path.clone());
            let save = move || {
                if turn.get() != mine {
                    return;
                }
                leptos::task::spawn_local(async move {
                    set_state.set("正在保存…".into());
                    let answer = post_form(&path, &form).await.ok();
                    let answer = answer.and_then(|text| parse(&text));
                    let told = |name| answer.as_ref().and_then(|answer| member(answer, name));
                    if let (Some(version), Some(input)) =
                        (told("version"), input_of(&form, "version"))
                    {
                        input.set_value(&version);
                    }
                    let saved = told("saved_at").map(|at| ["已自动保存 ", &at].concat());
                    let failed = || "暂时没有保存上，请稍后再试或点“保存草稿”。".to_string();
                    set_state.set(saved.or_else(|| told("problem")).unwrap_or_else(failed));
                });
            };
            set_timeout(save, std::time::Duration::from_millis(1_200));
        });
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (&path, set_state);
    view! { <p class="small muted" role="status" node_ref=anchor>{state}</p> }
}
