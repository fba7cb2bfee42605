//! What the islands need of the browser, in one place.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlFormElement, HtmlInputElement, Request, RequestInit, Response};

/// Something that the browser refused.
pub type Failure = JsValue;

/// The form around an element.
pub fn form_of(element: &Element) -> Option<HtmlFormElement> {
    element.closest("form").ok().flatten()?.dyn_into().ok()
}

/// An input of a form by name.
pub fn input_of(form: &HtmlFormElement, name: &str) -> Option<HtmlInputElement> {
    form.query_selector(&["input[name=", name, "]"].concat())
        .ok()
        .flatten()?
        .dyn_into()
        .ok()
}

/// What the server wrote on an island for its browser part; empty where it wrote nothing.
pub fn fact(island: &Element, name: &str) -> String {
    let name = ["data-", name].concat();
    island.get_attribute(&name).unwrap_or_default()
}

/// 32 unpredictable bytes from the browser.
pub fn random_32() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    web_sys::window()?
        .crypto()
        .ok()?
        .get_random_values_with_u8_array(&mut bytes)
        .ok()?;
    Some(bytes)
}

/// GETs a text; an answer that is not OK is a failure.
pub async fn get(path: &str) -> Result<String, Failure> {
    text(Request::new_with_str(path)?).await
}

/// POSTs a form without files as an island does, and gives the answer's text whatever its status.
pub async fn post_form(path: &str, form: &HtmlFormElement) -> Result<String, Failure> {
    let data = web_sys::FormData::new_with_form(form)?;
    let init = RequestInit::new();
    init.set_method("POST");
    // Parts are for files: a route that takes none refuses them.
    init.set_body(web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data)?.as_ref());
    let request = Request::new_with_str_and_init(path, &init)?;
    request.headers().set("x-island", "1")?;
    let response = send(&request).await?;
    let body = JsFuture::from(response.text()?).await?;
    Ok(body.as_string().unwrap_or_default())
}

async fn text(request: Request) -> Result<String, Failure> {
    let response = send(&request).await?;
    if !response.ok() {
        return Err(JsValue::from_str("not ok"));
    }
    let body = JsFuture::from(response.text()?).await?;
    Ok(body.as_string().unwrap_or_default())
}

async fn send(request: &Request) -> Result<Response, Failure> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_request(request))
        .await?
        .dyn_into()
}

/// Reads JSON with the browser's own parser.
pub fn parse(text: &str) -> Option<JsValue> {
    js_sys::JSON::parse(text).ok()
}

/// A member of an object as text; a number as it is written.
pub fn member(object: &JsValue, name: &str) -> Option<String> {
    let value = js_sys::Reflect::get(object, &name.into()).ok()?;
    value.as_string().or_else(|| {
        js_sys::JSON::stringify(&value)
            .ok()
            .and_then(|text| text.as_string())
    })
}

/// Milliseconds since the page began.
pub fn milliseconds() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// Listens to an event of an element for as long as the page lives.
pub fn listen(
    target: &web_sys::EventTarget,
    event: &str,
    handler: impl FnMut(web_sys::Event) + 'static,
) {
    let closure = Closure::<dyn FnMut(web_sys::Event)>::new(handler);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Bytes as the server reads them.
pub fn hex_text(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let pair = |byte: &u8| {
        [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]
    };
    bytes.iter().flat_map(pair).map(char::from).collect()
}
