//! What an agency's browser keeps of its bids: the price and the voucher, under the ciphertext. It is sent nowhere.

use super::browser::hex_text;
use market::Fen;
use market::hash::Hex32;
use web_sys::{HtmlFormElement, Storage};

/// What lasts in this browser; `None` where it keeps nothing.
fn lasting() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What lasts as long as this tab.
fn passing() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Under what a bid is kept: the beginning of its ciphertext, which no other bid has.
fn name_of(sealed: &str) -> String {
    ["bid ", sealed.get(..64).unwrap_or(sealed)].concat()
}

/// Keeps what a ciphertext holds. A browser that keeps nothing seals all the same.
pub fn keep(sealed: &str, sum: Fen, entropy: Hex32) {
    let text = [&sum.plain(), " ", &hex_text(&entropy.0)].concat();
    if let Some(storage) = lasting() {
        let _ = storage.set_item(&name_of(sealed), &text);
    }
}

/// What was kept of a ciphertext.
pub fn kept(sealed: &str) -> Option<(Fen, Hex32)> {
    let text = lasting()?.get_item(&name_of(sealed)).ok()??;
    let (sum, entropy) = text.split_once(' ')?;
    Some((Fen::parse(sum).ok()?, Hex32::parse(entropy).ok()?))
}

/// Notes what was typed, because a sealed form that is refused comes back without it.
pub fn remember_typed(form: &HtmlFormElement, price: &str) {
    if let Some(storage) = passing() {
        let _ = storage.set_item(&form.action(), price);
    }
}

/// What was typed into the form that has just been refused: the answer has the address of the form.
pub fn typed_before(form: &HtmlFormElement) -> Option<String> {
    let is_refused = web_sys::window()?.location().href().ok()? == form.action();
    let typed = passing()?.get_item(&form.action()).ok()?;
    typed.filter(|_| is_refused)
}
