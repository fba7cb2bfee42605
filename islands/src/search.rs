//! Search as you type. Without scripts: an ordinary search field. The HTML is `parts::search_field`'s.

use super::browser::{add, after, get, listen, member, parse, place};
use super::turn::Turns;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// How long typing pauses before something is looked up, in milliseconds.
const PAUSE: i32 = 200;

/// A hit as the search API gives it.
struct Hit {
    title: String,
    subtitle: String,
    path: String,
}

/// Makes the list under the field show what is found while it is typed.
pub fn search(island: HtmlElement) {
    let input = place(&island, "input").and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    let list = place(&island, "ul");
    let (Some(input), Some(list)) = (input, list) else {
        return;
    };
    let (turns, field) = (Turns::default(), input.clone());
    listen(&input, "input", move |_| {
        let (turn, typed, list) = (turns.next(), field.value(), list.clone());
        after(PAUSE, move || {
            if !turn.is_latest() {
                return;
            }
            wasm_bindgen_futures::spawn_local(async move {
                let query = String::from(js_sys::encode_uri_component(&typed));
                let answer = get(&["/api/v1/search?limit=8&q=", &query].concat()).await;
                let hits = answer.ok().and_then(|text| read(&text));
                if turn.is_latest() {
                    let _ = show(&list, &hits.unwrap_or_default());
                }
            });
        });
    });
}

fn show(list: &Element, hits: &[Hit]) -> Option<()> {
    list.set_text_content(None);
    for hit in hits {
        let link = add(&add(list, "li", "")?, "a", &hit.title)?;
        link.set_attribute("href", &hit.path).ok()?;
        let subtitle = add(&link, "span", &[" ", &hit.subtitle].concat())?;
        subtitle.set_class_name("small muted");
    }
    list.toggle_attribute_with_force("hidden", hits.is_empty())
        .ok()?;
    Some(())
}

/// The hits of the search API's answer.
fn read(text: &str) -> Option<Vec<Hit>> {
    let hits = js_sys::Array::from(&js_sys::Reflect::get(&parse(text)?, &"hits".into()).ok()?);
    hits.iter()
        .map(|hit| {
            Some(Hit {
                title: member(&hit, "title")?,
                subtitle: member(&hit, "subtitle")?,
                path: member(&hit, "path")?,
            })
        })
        .collect()
}
