//! What the islands need of the browser, in one place.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, HtmlElement, HtmlFormElement, HtmlInputElement, Request, RequestInit, Response,
};

/// Something that the browser refused.
pub type Failure = JsValue;

/// An island by the name that pages call it by, and what makes it live.
pub type Island<'a> = (&'a str, fn(HtmlElement));

/// Makes the islands of a module live: each element of that name, by the function that it names.
pub fn start(element: &str, islands: &[Island<'_>]) {
    let document = web_sys::window().and_then(|window| window.document());
    let found = document.and_then(|document| document.query_selector_all(element).ok());
    let Some(found) = found else { return };
    for element in (0..found.length()).filter_map(|place| found.item(place)) {
        let Ok(element) = element.dyn_into::<HtmlElement>() else {
            continue;
        };
        let component = fact(&element, "component");
        if let Some((_, begin)) = islands.iter().find(|(name, _)| *name == component) {
            begin(element);
        }
    }
}

/// The first element within an island that a selector names.
pub fn place(island: &Element, css: &str) -> Option<Element> {
    island.query_selector(css).ok().flatten()
}

/// A new element at the end of another one.
pub fn add(to: &Element, name: &str, text: &str) -> Option<Element> {
    let element = to.owner_document()?.create_element(name).ok()?;
    element.set_text_content(Some(text));
    to.append_child(&element).ok()?;
    Some(element)
}

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

/// Does something once, after some milliseconds.
pub fn after(milliseconds: i32, act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    if let Some(window) = web_sys::window() {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            act.unchecked_ref(),
            milliseconds,
        );
    }
}

/// Does something each time that some milliseconds have passed, for as long as the page lives.
pub fn every(milliseconds: i32, act: impl FnMut() + 'static) {
    let act = Closure::<dyn FnMut()>::new(act);
    if let Some(window) = web_sys::window() {
        let _ = window.set_interval_with_callback_and_timeout_and_arguments_0(
            act.as_ref().unchecked_ref(),
            milliseconds,
        );
    }
    act.forget();
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
