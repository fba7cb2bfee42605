//! Forms as they are fed: each field with the whole corpus, and everything else that was typed is kept.

use super::corpus::{HARMLESS, STRANGE, UNKEEPABLE, in_the_middle, words};
use crate::browser::{Browser, Page, TypedForm};
use app::routes::route_of_form;
use std::collections::BTreeSet;

/// The forms that have been fed.
#[derive(Default)]
pub struct Fed(BTreeSet<&'static str>);

impl Fed {
    pub fn note(&mut self, action: &str) {
        let route = route_of_form(action).unwrap_or_else(|| panic!("no route takes {action}"));
        self.0.insert(route.path);
    }

    /// Feeds each field of a form that is right but for `wrong`, so that it always comes back.
    pub async fn feed(&mut self, browser: &mut Browser, form: TypedForm, wrong: (&str, &str)) {
        self.note(form.action());
        let form = form.forged(wrong.0, wrong.1);
        let page = browser.refused(form.clone()).await;
        let fields: Vec<String> = form
            .texts()
            .iter()
            .filter(|field| *field != wrong.0 && !form.value(field).is_empty())
            .cloned()
            .collect();
        for field in &fields {
            let complaint = page.complaint(field);
            assert_eq!(complaint, "", "{field} of {} is sound", form.action());
        }
        for field in &fields {
            self.feed_field(browser, &form, field).await;
        }
    }

    async fn feed_field(&self, browser: &mut Browser, form: &TypedForm, field: &str) {
        let (action, value) = (form.action().to_string(), form.value(field).to_string());
        for harmless in HARMLESS {
            let typed = harmless(&value);
            let page = browser.refused(form.clone().with(field, &typed)).await;
            let complaint = page.complaint(field);
            assert_eq!(complaint, "", "{action}: {field} typed as {typed:?}");
            is_kept(&page, form, field, &typed);
        }
        for bad in UNKEEPABLE {
            let typed = in_the_middle(&value, bad);
            let page = browser.refused(form.clone().with(field, &typed)).await;
            let complaint = page.complaint(field);
            assert!(
                complaint.contains("个字是"),
                "{action}: {field} with {bad:?}: {complaint:?}"
            );
            is_kept(&page, form, field, &typed);
        }
        for strange in STRANGE {
            let page = browser.refused(form.clone().with(field, strange)).await;
            is_kept(&page, form, field, strange);
        }
    }

    /// Feeds a form that has one field for text and would be taken otherwise.
    pub async fn feed_alone(&mut self, browser: &mut Browser, form: TypedForm, field: &str) {
        self.note(form.action());
        for bad in UNKEEPABLE {
            let typed = in_the_middle("这里写了十个字以上的一段话，", bad);
            let page = browser.refused(form.clone().with(field, &typed)).await;
            let complaint = page.complaint(field);
            assert!(
                !complaint.is_empty(),
                "{}: {field} with {bad:?}",
                form.action()
            );
            is_kept(&page, &form, field, &typed);
        }
        // What makes no difference to what is meant makes none to what is wrong, nor a text longer than it is.
        let wrong = "1";
        let page = browser.refused(form.clone().with(field, wrong)).await;
        let complaint = page.complaint(field);
        assert!(!complaint.is_empty(), "{}: {field}", form.action());
        let unseen = |value: &str| format!("{value}{}", "\u{200B}\u{2060}\u{FEFF}".repeat(5));
        for typed in HARMLESS
            .iter()
            .map(|harmless| harmless(wrong))
            .chain([unseen(wrong)])
        {
            let page = browser.refused(form.clone().with(field, &typed)).await;
            let said = page.complaint(field);
            assert_eq!(
                said,
                complaint,
                "{}: {field} typed as {typed:?}",
                form.action()
            );
            is_kept(&page, &form, field, &typed);
        }
    }

    /// Whether the form for a route has been fed.
    pub fn has(&self, path: &str) -> bool {
        self.0.contains(path)
    }
}

/// The page shows the form again with everything that was typed.
#[track_caller]
fn is_kept(page: &Page, form: &TypedForm, field: &str, typed: &str) {
    let again = page.form(form.action());
    assert_eq!(
        words(again.value(field)),
        words(typed),
        "{field} of {}",
        form.action()
    );
    for other in form.texts().iter().filter(|other| *other != field) {
        let kept = words(again.value(other));
        assert_eq!(
            kept,
            words(form.value(other)),
            "{other} of {} is lost",
            form.action()
        );
    }
}
