//! Forms that ask (GET): searches, filters and the field for numbers. What was meant is found however it was typed, and
//! nothing that can be typed breaks them.

use super::corpus::{HARMLESS, STRANGE, UNKEEPABLE, in_the_middle, words};
use crate::browser::{Browser, Page};
use crate::cast::{self, AGENCIES};
use crate::house::House;
use app::ask::encode;
use app::routes::{ROUTES, Verb};
use scraper::Selector;
use std::collections::BTreeMap;

/// A form that asks, and one of its fields for text.
type Field = (String, String);

/// The fields for text of a page's forms that ask.
fn fields(page: &Page) -> Vec<Field> {
    let (forms, inputs) = (
        Selector::parse("form:not([method=post])").expect("a selector"),
        Selector::parse("input:not([type]), input[type=text], input[type=search], input[type=number], input[type=date]")
            .expect("a selector"),
    );
    let html = page.html();
    let of_form = |form: scraper::ElementRef<'_>| -> Vec<Field> {
        let action = form.attr("action").unwrap_or_default().to_string();
        let names = form.select(&inputs).filter_map(|input| input.attr("name"));
        names
            .map(|name| (action.clone(), name.to_string()))
            .collect()
    };
    html.select(&forms).flat_map(of_form).collect()
}

/// Every such field of the pages that somebody can open without knowing an id, and who found it.
async fn all_fields(house: &House) -> BTreeMap<Field, &'static str> {
    let mut found = BTreeMap::new();
    for login in ["", "supervisor", "auditor", "clerk", "owner1", "agency1"] {
        let mut browser = as_(house, login).await;
        let pages = ROUTES.iter().filter(|route| {
            route.verb == Verb::Get
                && !route.path.contains(['{', '.'])
                && !route.path.contains("/api/")
        });
        for route in pages {
            let page = browser.ask(route.path).await;
            for field in fields(&page) {
                found.entry(field).or_insert(login);
            }
        }
    }
    found
}

async fn as_(house: &House, login: &str) -> Browser {
    match login {
        "" => house.browser(),
        login => house.as_(login).await,
    }
}

/// Asks with one field. Answers are pages, or lead to one.
async fn ask(browser: &mut Browser, (action, name): &Field, typed: &str) -> Page {
    let page = browser
        .ask(&format!("{action}?{name}={}", encode(typed)))
        .await;
    let is_fine = matches!(page.status.as_u16(), 200 | 303 | 422) && page.status != 303
        || page.status == 303 && !page.location().is_empty();
    assert!(is_fine, "{action}?{name}={typed:?}: {}", page.status);
    if page.status == 200 {
        let has_words = !page.words().is_empty();
        assert!(has_words, "{action}?{name}={typed:?} answers with nothing");
        let kept = page.form(action).value(name).to_string();
        assert_eq!(words(&kept), words(typed), "{name} of {action} is lost");
    }
    page
}

/// Where an answer leads: the address, or what the page lists but for links that repeat the query.
fn answer(page: &Page, (_, name): &Field) -> Vec<String> {
    if page.status == 303 {
        return vec![page.location()];
    }
    let links = Selector::parse("main a[href]").expect("a selector");
    let html = page.html();
    let hrefs = html.select(&links).filter_map(|link| link.attr("href"));
    let repeats = format!("{name}=");
    hrefs
        .filter(|href| !href.contains(&repeats))
        .map(str::to_string)
        .collect()
}

async fn feed(browser: &mut Browser, field: &Field, meant: &str) {
    let (action, name) = field;
    let found = answer(&ask(browser, field, meant).await, field);
    let nothing = answer(&ask(browser, field, "查无此字zq").await, field);
    assert_ne!(found, nothing, "{name} of {action} finds {meant}");
    for harmless in HARMLESS {
        let typed = harmless(meant);
        let page = ask(browser, field, &typed).await;
        assert_eq!(answer(&page, field), found, "{action}?{name}={typed:?}");
    }
    for bad in UNKEEPABLE {
        ask(browser, field, &in_the_middle(meant, bad)).await;
    }
    for strange in STRANGE.iter().chain(&["", "。", "%", "_", "\t"]) {
        ask(browser, field, strange).await;
    }
}

#[tokio::test]
async fn every_field_of_every_form_that_asks_finds_what_was_meant() {
    let house = House::open().await;
    let id = cast::publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        cast::sign_up(&house, login, &id, None).await;
    }
    cast::draw(&house, &id).await;
    let (award, _) = cast::win(&house, &id).await;
    let award_no = cast::award_no(&house, &award).await;
    // Another one of the name, whose deadline is to come: its job waits.
    cast::publish(&house, "owner1", "random").await;
    let mut passer_by = house.browser().at("203.0.113.7");
    passer_by.sign_in("owner1", cast::PASSWORD).await;
    let meant = |field: &Field| match (field.0.as_str(), field.1.as_str()) {
        ("/search", "q") => "ZJ-ZR-008".to_string(),
        ("/items", "q") => "ZJ-ZR-008".to_string(),
        ("/agencies", "q") => cast::agency_code(2),
        ("/owners", "q") => cast::owner_code(1),
        ("/requirements" | "/awards", "q") => "唐白路规划放线".to_string(),
        ("/verify", "number") => award_no.clone(),
        ("/desk/jobs", "q") => "唐白路规划放线".to_string(),
        ("/desk/journal", "address") => "203.0.113.7".to_string(),
        other => panic!("nobody asks with {other:?}"),
    };
    let all = all_fields(&house).await;
    for (field, login) in &all {
        let mut browser = as_(&house, login).await;
        feed(&mut browser, field, &meant(field)).await;
    }
    assert!(all.len() >= 8, "{all:?}");
    house.close().await;
}

#[tokio::test]
async fn numbers_in_addresses_are_read_in_every_width() {
    let house = House::open().await;
    let mut browser = house.browser();
    let rows = |page: &Page| -> usize {
        let body: serde_json::Value = serde_json::from_str(&page.text).expect("JSON");
        body["rows"].as_array().map_or(0, Vec::len)
    };
    for typed in ["2", "２", " 2 ", "\u{200B}2", "二"] {
        let page = browser
            .get(&format!("/api/v1/agencies?limit={}", encode(typed)))
            .await;
        assert_eq!(rows(&page), 2, "{typed:?}");
    }
    for typed in STRANGE.iter().chain(UNKEEPABLE) {
        for name in ["limit", "at", "type", "grade", "sort", "department", "by"] {
            let path = format!("/api/v1/agencies?{name}={}", encode(typed));
            assert_eq!(browser.ask(&path).await.status, 200, "{path}");
            let path = format!("/items?{name}={}", encode(typed));
            assert_eq!(browser.ask(&path).await.status, 200, "{path}");
        }
    }
    house.close().await;
}
