//! Whether the ciphertext on the server is the price that the agency meant: asked before the deadline, in the agency's
//! own browser, without sending anything. The HTML is `pages::requirement::taking_part`'s.

use super::browser::{fact, hex_text, listen};
use super::keeping::kept;
use super::seat::Seat;
use market::Fen;
use market::hash::Hex32;
use market::typed::clean;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// Makes the check of a receipt live: seals the price once more with the voucher that was kept when it was sealed, and
/// compares.
pub fn check_bid(island: HtmlElement) {
    let input = |css: &str| -> Option<HtmlInputElement> {
        island.query_selector(css).ok()??.dyn_into().ok()
    };
    let (Some(seat), Some(typed), Some(held)) = (
        Seat::of(&island),
        input("#check-sum"),
        input("#check-voucher"),
    ) else {
        return;
    };
    let sealed = fact(&island, "sealed");
    match kept(&sealed) {
        Some((sum, entropy)) => {
            held.set_value(&hex_text(&entropy.0));
            judge(&island, &seat, &sealed, sum, entropy);
        }
        None => say(
            &island,
            "warn",
            "本浏览器没有这份报价的核对凭据（在别的电脑或浏览器上提交的，或者浏览数据已经清除），不能自动核对。抄有凭据的，可以在下面输入；没有凭据又不放心的，请在截止前替换报名。",
        ),
    }
    if let Ok(Some(more)) = island.query_selector("details") {
        let _ = more.remove_attribute("hidden");
    }
    let Ok(Some(button)) = island.query_selector("button") else {
        return;
    };
    listen(&button, "click", move |_| {
        let read = Fen::parse(&clean(&typed.value()))
            .and_then(|sum| Ok((sum, market::bid::voucher(&held.value())?)));
        match read {
            Ok((sum, entropy)) => judge(&island, &seat, &sealed, sum, entropy),
            Err(sentence) => say(&island, "warn", &sentence),
        }
    });
}

fn judge(island: &HtmlElement, seat: &Seat, sealed: &str, sum: Fen, entropy: Hex32) {
    let amount = sum.yuan();
    if seat.is_of(sealed, sum, entropy) {
        let words = [
            "在您的浏览器里核对：一致。服务器上的密文就是您报的 ",
            &amount,
            " 元。",
        ];
        say(island, "ok", &words.concat());
    } else {
        let words = [
            "在您的浏览器里核对：不一致！用这份凭据核对，服务器上的密文不是 ",
            &amount,
            " 元。请核对金额和凭据；不放心的，请在截止前替换报名。",
        ];
        say(island, "bad", &words.concat());
    }
}

fn say(island: &HtmlElement, tone: &str, words: &str) {
    if let Ok(Some(verdict)) = island.query_selector(".note") {
        verdict.set_class_name(&["note ", tone].concat());
        verdict.set_text_content(Some(words));
    }
}
