//! Saves a draft while it is typed. Without scripts: the button "保存草稿" does. The HTML is `pages::editing`'s.

use super::browser::{after, fact, form_of, input_of, listen, member, parse, place, post_form};
use super::turn::Turns;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlFormElement};

/// How long typing pauses before a draft is saved, in milliseconds.
const PAUSE: i32 = 1_200;

/// Watches the form around the island and posts it to the address that the island names when typing pauses.
pub fn autosave(island: HtmlElement) {
    let (Some(form), Some(status)) = (form_of(&island), place(&island, "p")) else {
        return;
    };
    status.set_text_content(Some("输入会自动保存。"));
    let draft = Rc::new(Draft {
        path: fact(&island, "path"),
        form,
        status,
        is_saving: Cell::default(),
        is_changed: Cell::default(),
        held: Cell::default(),
    });
    let turns = Turns::default();
    let (waiting, ends) = (draft.clone(), turns.clone());
    listen(&draft.form, "submit", move |event| {
        // No save begins after this.
        ends.next();
        if waiting.is_saving.get() {
            event.prevent_default();
            let submitter = js_sys::Reflect::get(&event, &"submitter".into());
            waiting.held.set(submitter.ok());
        }
    });
    let typed = draft.clone();
    listen(&draft.form, "input", move |_| {
        let (turn, draft) = (turns.next(), typed.clone());
        after(PAUSE, move || {
            if turn.is_latest() {
                draft.save();
            }
        });
    });
}

/// A draft in its form. One save at a time, and what is handed in waits for it: it must carry the version that the save
/// gives.
struct Draft {
    path: String,
    form: HtmlFormElement,
    status: Element,
    is_saving: Cell<bool>,
    /// Typed on while it was being saved.
    is_changed: Cell<bool>,
    /// The button that was pressed while it was being saved.
    held: Cell<Option<JsValue>>,
}

impl Draft {
    fn save(self: Rc<Self>) {
        if self.is_saving.replace(true) {
            self.is_changed.set(true);
            return;
        }
        wasm_bindgen_futures::spawn_local(async move {
            loop {
                self.is_changed.set(false);
                self.save_once().await;
                if !self.is_changed.get() {
                    break;
                }
            }
            self.is_saving.set(false);
            if let Some(submitter) = self.held.take() {
                let _ = self.form.request_submit_with_submitter(submitter.dyn_ref());
            }
        });
    }

    async fn save_once(&self) {
        self.status.set_text_content(Some("正在保存…"));
        let answer = post_form(&self.path, &self.form).await.ok();
        let answer = answer.and_then(|text| parse(&text));
        let told = |name| answer.as_ref().and_then(|answer| member(answer, name));
        if let (Some(version), Some(input)) = (told("version"), input_of(&self.form, "version")) {
            input.set_value(&version);
        }
        let saved = told("saved_at").map(|at| ["已自动保存 ", &at].concat());
        let words = saved.or_else(|| told("problem"));
        let failed = "暂时没有保存上，请稍后再试或点“保存草稿”。";
        self.status
            .set_text_content(Some(words.as_deref().unwrap_or(failed)));
    }
}
