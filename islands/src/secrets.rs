//! What an agency's browser makes for a sign-up: its random number for the draw and, where the method has bids, the
//! sealed bid. With scripts the price never leaves the browser readable; without, the server seals it on receipt.
//!
//! Nothing in the page changes when the form is pressed, so nothing can be stale when it is pressed again, after Back or
//! with scripts that died half way: the seal is made while the browser collects what it is about to send, from the very
//! price that it collected, and takes its place in what is sent. Where that fails, the price itself is sent.
//!
//! The HTML is `pages::requirement::taking_part`'s.

use super::browser::{fact, form_of, hex_text, input_of, listen, random_32};
use super::keeping::{keep, remember_typed, typed_before};
use super::seat::Seat;
use market::Fen;
use market::form::answer_of;
use market::press::Presses;
use market::selection::Bounds;
use market::typed::clean;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FormData, HtmlElement, HtmlFormElement};

/// Makes the secrets of a sign-up form live.
pub fn secrets(island: HtmlElement) {
    let Some(form) = form_of(&island) else { return };
    let has_bid = !fact(&island, "key").is_empty();
    let seat = Seat::of(&island);
    // A form whose key cannot be used is sealed by the server.
    if has_bid && seat.is_none() {
        return;
    }
    let fen = |name| fact(&island, name).parse().unwrap_or(0);
    let bounds = Bounds {
        ceiling: Fen(fen("ceiling")),
        floor: Some(Fen(fen("floor"))).filter(|floor| floor.0 > 0),
    };
    if has_bid {
        ask_before(&island, &form, bounds);
    }
    seal_when_sent(&form, seat, bounds);
    if let Ok(Some(remark)) = island.query_selector("[data-remark]") {
        remark.set_text_content(remark.get_attribute("data-remark").as_deref());
    }
}

/// Stops a press with a price that would not count, or that looks like a slip of the unit and is not confirmed.
/// Once it is sealed nobody can tell until it is too late.
fn ask_before(island: &HtmlElement, form: &HtmlFormElement, bounds: Bounds) {
    if let Some(input) = input_of(form, "price").filter(|input| input.value().is_empty())
        && let Some(typed) = typed_before(form)
    {
        input.set_value(&typed);
    }
    let (island, pressed) = (island.clone(), form.clone());
    listen(form, "submit", move |event| {
        let _ = question(&island, &pressed, &event, bounds);
    });
}

/// `None` where the page has not got what it should: then the server asks.
fn question(
    island: &HtmlElement,
    form: &HtmlFormElement,
    event: &Event,
    bounds: Bounds,
) -> Option<()> {
    let answer = input_of(form, &answer_of("price"))?;
    let input = input_of(form, "price")?;
    let read = Fen::parse(&clean(&input.value())).and_then(|sum| match bounds.objection(sum) {
        Some(objection) => Err(objection),
        None => Ok(sum),
    });
    let (problem, doubtful) = match read {
        Err(sentence) => (sentence, String::new()),
        Ok(sum) => {
            let meant = sum.plain();
            let is_meant = answer.checked() && answer.value() == meant;
            match bounds.doubt(sum).filter(|_| !is_meant) {
                Some(sentence) => (sentence, meant),
                None => return say(island, "").map(|_| ()),
            }
        }
    };
    event.prevent_default();
    say(island, &problem)?;
    let _ = input.set_attribute("aria-invalid", "true");
    let _ = input.focus();
    answer.set_checked(false);
    answer.set_value(&doubtful);
    let box_around: HtmlElement = answer.closest("div").ok()??.dyn_into().ok()?;
    box_around.set_hidden(doubtful.is_empty());
    let amount = box_around.query_selector("b").ok()??;
    amount.set_text_content(Some(&doubtful));
    Some(())
}

/// Writes what is wrong at the price.
fn say(island: &HtmlElement, problem: &str) -> Option<Element> {
    let place = island.query_selector("#w-price").ok()??;
    place.set_text_content(Some(problem));
    let field = place.closest(".field").ok()??;
    let _ = field.toggle_attribute_with_force("data-wrong", !problem.is_empty());
    Some(field)
}

/// Puts the secrets into what is sent, each time that something is: made of the price that is about to be sent,
/// which they replace.
fn seal_when_sent(form: &HtmlFormElement, seat: Option<Seat>, bounds: Bounds) {
    let mut presses = Presses::default();
    let sent_by = form.clone();
    listen(form, "formdata", move |event| {
        let data = js_sys::Reflect::get(&event, &"formData".into())
            .ok()
            .and_then(|data| data.dyn_into::<FormData>().ok());
        if let Some(data) = data {
            let _ = put(&sent_by, &data, &mut presses, seat.as_ref(), bounds);
        }
    });
}

/// `None` when something was missing: then the server does it, with the price as it was collected. The price is
/// taken out last.
fn put(
    form: &HtmlFormElement,
    data: &FormData,
    presses: &mut Presses,
    seat: Option<&Seat>,
    bounds: Bounds,
) -> Option<()> {
    let mut price = None;
    if seat.is_some() {
        let typed = data.get("price").as_string()?;
        remember_typed(form, &typed);
        let sum = Fen::parse(&clean(&typed)).ok()?;
        price = Some(sum).filter(|sum| bounds.fault(*sum).is_none());
        price?;
    }
    let press = presses.press(price, random_32)?;
    let of_the_page = data.get("replaces").as_string().unwrap_or_default();
    if let (Some(seat), Some(sum)) = (seat, price) {
        let sealed = hex_text(&seat.seal(sum, press.entropy)?);
        keep(&sealed, sum, press.entropy);
        data.set_with_str("sealed_bid", &sealed).ok()?;
    }
    let nonce = hex_text(&press.nonce.0);
    data.set_with_str("nonce", &nonce).ok()?;
    let replaces = presses.replaces(&of_the_page);
    data.set_with_str("replaces", &replaces).ok()?;
    data.delete("price");
    data.delete(&answer_of("price"));
    Some(())
}
