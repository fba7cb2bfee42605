//! Search as you type. Without scripts: an ordinary search field.

use leptos::prelude::*;

/// A hit: title, subtitle, address.
type Hit = (String, String, String);

/// The field of a search form, with a list of hits under it.
#[island]
pub fn SearchField(query: String) -> impl IntoView {
    let (hits, set_hits) = signal(Vec::<Hit>::new());
    let on_input = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        {
            use std::cell::Cell;
            thread_local!(static TURN: Cell<u32> = const { Cell::new(0) });
            let typed = event_target_value(&event);
            let turn = TURN.with(|count| {
                count.set(count.get() + 1);
                count.get()
            });
            set_timeout(
                move || {
                    if TURN.with(Cell::get) != turn {
                        return;
                    }
                    leptos::task::spawn_local(async move {
                        let path = format!(
                            "/api/v1/search?limit=8&q={}",
                            js_sys::encode_uri_component(&typed)
                        );
                        let text = super::browser::get(&path).await.unwrap_or_default();
                        let found = read(&text).unwrap_or_default();
                        if TURN.with(Cell::get) == turn {
                            set_hits.set(found);
                        }
                    });
                },
                std::time::Duration::from_millis(200),
            );
        }
        let _ = (&event, set_hits);
    };
    view! {
        <div class="suggest">
            <input
                type="search"
                name="q"
                value=query
                aria-label="搜索"
                autocomplete="off"
                on:input=on_input
                placeholder="事项、机构、公告，支持拼音首字母，如 hjyxpj"
            />
            <ul class="hits" aria-live="polite" hidden=move || hits.with(Vec::is_empty)>
                {move || {
                    hits.get()
                        .into_iter()
                        .map(|(title, subtitle, path)| {
                            view! {
                                <li>
                                    <a href=path>{title}<span class="small muted">" "{subtitle}</span></a>
                                </li>
                            }
                        })
                        .collect::<Vec<_>>()
                }}
            </ul>
        </div>
    }
}

/// The hits of the search API's answer.
#[cfg(feature = "hydrate")]
fn read(text: &str) -> Option<Vec<Hit>> {
    use super::browser::{member, parse};
    let hits = js_sys::Array::from(&js_sys::Reflect::get(&parse(text)?, &"hits".into()).ok()?);
    hits.iter()
        .map(|hit| {
            Some((
                member(&hit, "title")?,
                member(&hit, "subtitle")?,
                member(&hit, "path")?,
            ))
        })
        .collect()
}
