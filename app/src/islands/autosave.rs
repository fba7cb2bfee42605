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
        use wasm_bindgen::{JsCast, JsValue};
        let Some(form) = anchor.get().and_then(|anchor| form_of(&anchor)) else {
            return;
        };
        set_state.set("输入会自动保存。".into());
        let (turn, path) = (Rc::new(Cell::new(0u32)), path.clone());
        // One save at a time, and what is handed in waits for it: it must carry the version that the save gives.
        let (under_way, again) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
        let held: Rc<Cell<Option<JsValue>>> = Rc::default();
        let watched = form.clone();
        let (waits_for, holds, typed) = (under_way.clone(), held.clone(), turn.clone());
        listen(&form, "submit", move |event| {
            // No save begins after this.
            typed.set(typed.get() + 1);
            if waits_for.get() {
                event.prevent_default();
                holds.set(js_sys::Reflect::get(&event, &"submitter".into()).ok());
            }
        });
        listen(&form, "input", move |_| {
            turn.set(turn.get() + 1);
            let (mine, turn, form, path) =
                (turn.get(), turn.clone(), watched.clone(), path.clone());
            let (under_way, again, held) = (under_way.clone(), again.clone(), held.clone());
            let save = move || {
                if turn.get() != mine {
                    return;
                }
                if under_way.replace(true) {
                    again.set(true);
                    return;
                }
                leptos::task::spawn_local(async move {
                    loop {
                        again.set(false);
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
                        if !again.get() {
                            break;
                        }
                    }
                    under_way.set(false);
                    if let Some(submitter) = held.take() {
                        let _ = form.request_submit_with_submitter(submitter.dyn_ref());
                    }
                });
            };
            set_timeout(save, std::time::Duration::from_millis(1_200));
        });
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (&path, set_state);
    view! {
        <p class="small muted" role="status" node_ref=anchor>
            {state}
        </p>
    }
}
