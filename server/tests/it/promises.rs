//! What every page keeps that any test sees. Called for each answer, so that a new page or state is tried by whatever
//! test reaches it.

use crate::browser::Page;
use axum::http::{Method, header};
use scraper::{ElementRef, Html, Selector};

/// Forms that Enter may send: nothing is handed in, published, deleted or decided by them.
const HARMLESS: &[&str] = &["/sign-in"];

/// One-line fields that a browser may give back empty after 后退, by id: those that hold a price nobody may see yet, and
/// what opens it.
const SECRET: &[&str] = &["f-price", "check-sum", "check-voucher"];

fn select<'a>(form: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(css).expect("a selector");
    form.select(&selector).collect()
}

/// Why Enter in a field of the page would send a form that wants a press of its own.
pub fn sent_by_enter(html: &Html) -> Option<String> {
    let forms = select(html.root_element(), "form[method=post]");
    forms.into_iter().find_map(|form| {
        let action = form.attr("action").unwrap_or_default();
        let fields = select(form, "input:not([type=hidden])");
        if fields.is_empty() || HARMLESS.contains(&action) {
            return None;
        }
        let buttons =
            "button:not([type=button]):not([type=reset]), input[type=submit], input[type=image]";
        let first = select(form, buttons).into_iter().next();
        match first {
            Some(first) if first.attr("disabled").is_some() => None,
            Some(first) => Some(format!("{action}: {}", first.html())),
            // A form with one field and no button is sent by Enter as well.
            None => Some(format!("{action}: no button")),
        }
    })
}

/// The first field that 后退 would give back empty, so that the form would be handed in with half of what was typed.
/// The search has a list of its own under it, and its text in the address.
pub fn lost_by_going_back(html: &Html) -> Option<String> {
    let off = "form[autocomplete=off], [autocomplete=off]:not([type=search])";
    let fields = select(html.root_element(), off).into_iter();
    let mut lost = fields.filter(|field| {
        let id = field.attr("id").unwrap_or_default();
        !SECRET.contains(&id)
    });
    lost.next().map(|field| field.html())
}

/// Tries everything of the answer to a request.
#[track_caller]
pub fn keep(method: &Method, page: &Page) {
    let kind = page.headers.get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return;
    }
    let html = page.html();
    if let Some(why) = sent_by_enter(&html) {
        panic!("Enter would send {why} in {}", page.path);
    }
    if let Some(field) = lost_by_going_back(&html) {
        panic!("going back would empty {field} in {}", page.path);
    }
    // Browsers with two kernels take the newer one for a page that asks for it.
    let renderer = select(
        html.root_element(),
        "head > meta[name=renderer][content=webkit]",
    );
    assert_eq!(renderer.len(), 1, "{} names no kernel", page.path);
    let title = select(html.root_element(), "title");
    let title: String = title.iter().flat_map(|title| title.text()).collect();
    // A kept form that is fetched has not been taken either.
    let is_fetched = page.path.starts_with("/kept/") && page.text.contains("这份内容还没有提交");
    let not_taken = (method == Method::POST && !page.status.is_success()) || is_fetched;
    assert_eq!(
        title.starts_with("未提交："),
        not_taken,
        "{method} {} answers {} with the title “{title}”",
        page.path,
        page.status
    );
}

#[test]
fn a_form_that_enter_would_send_is_found() {
    let form = |inside: &str| {
        Html::parse_document(&format!(
            "<form method=post action=/x>{inside}<button>提交</button></form>"
        ))
    };
    assert!(sent_by_enter(&form("<input name=a>")).is_some());
    assert!(sent_by_enter(&form("<label><input type=checkbox name=a></label>")).is_some());
    assert!(
        sent_by_enter(&form(
            "<button type=button disabled></button><input name=a>"
        ))
        .is_some()
    );
    assert!(sent_by_enter(&form("<button disabled></button><input name=a>")).is_none());
    assert!(sent_by_enter(&form("<input type=hidden name=a>")).is_none());
}

#[test]
fn a_field_that_going_back_would_empty_is_found() {
    let page = |inside: &str| Html::parse_document(&format!("<form>{inside}</form>"));
    assert!(lost_by_going_back(&page("<input name=amount autocomplete=off>")).is_some());
    assert!(lost_by_going_back(&Html::parse_document("<form autocomplete=off></form>")).is_some());
    assert!(lost_by_going_back(&page("<input name=phone autocomplete=tel>")).is_none());
    assert!(lost_by_going_back(&page("<input id=f-price autocomplete=off>")).is_none());
}
