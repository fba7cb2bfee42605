//! Pages as such: every public page opens for everybody, carries its headers, and the main ones look as they did.

use crate::cast::{AGENCIES, draw, publish, sign_up, win};
use crate::house::House;
use app::routes::{ROUTES, Verb};

#[tokio::test]
async fn every_page_without_variables_opens_for_those_who_may() {
    let house = House::open().await;
    publish(&house, "owner1", "random").await;
    let logins = [
        "stranger",
        "owner1",
        "agency1",
        "agency5",
        "clerk",
        "checker",
        "auditor",
        "publisher",
        "supervisor",
    ];
    let mut browsers = vec![house.browser()];
    for login in logins {
        browsers.push(house.as_(login).await);
    }
    for route in ROUTES
        .iter()
        .filter(|route| route.verb == Verb::Get && !route.path.contains('{'))
    {
        let mut opened = 0;
        for browser in &mut browsers {
            let page = browser.get(route.path).await;
            assert!(
                page.status.as_u16() < 500,
                "{}: {}",
                route.path,
                page.status
            );
            if page.status != 200 {
                continue;
            }
            opened += 1;
            if page.text.starts_with("<!DOCTYPE html>") {
                let html = page.html();
                let count = |css: &str| {
                    html.select(&scraper::Selector::parse(css).expect("a selector"))
                        .count()
                };
                assert_eq!(count("h1"), 1, "{} has one heading", route.path);
                assert!(
                    page.text.contains("<title>") && page.text.contains("lang=\"zh-CN\""),
                    "{}",
                    route.path
                );
                assert!(!page.text.contains(" style=\""), "{}", route.path);
            }
        }
        assert!(opened > 0, "{} opens for nobody", route.path);
    }
    house.close().await;
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let house = House::open().await;
    for path in [
        "/",
        "/nothing-here",
        "/api/v1/agencies",
        "/favicon.ico",
        "/sign-in",
        "/desk",
    ] {
        let page = house.browser().ask(path).await;
        let policy = page
            .headers
            .get("content-security-policy")
            .expect("a policy")
            .to_str()
            .expect("ASCII")
            .to_string();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"),
            "{path}"
        );
        assert_eq!(
            page.headers.get("x-content-type-options").expect("nosniff"),
            "nosniff",
            "{path}"
        );
        assert!(page.headers.contains_key("referrer-policy"), "{path}");
    }
    let page = house.as_("owner1").await.get("/desk").await;
    assert_eq!(
        page.headers.get("cache-control").expect("caching"),
        "no-store"
    );
    house.close().await;
}

#[tokio::test]
async fn pages_without_an_island_send_no_script() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for path in [
        "/agencies",
        "/items",
        "/policies",
        "/ledger",
        "/help",
        "/awards",
        "/credit",
    ] {
        house.browser().get(path).await.hides("<script");
    }
    let page = house.browser().get(&format!("/requirements/{id}")).await;
    assert!(
        page.text.contains("<script type=\"module\""),
        "the countdown is an island"
    );
    house.close().await;
}

#[tokio::test]
async fn unknown_things_are_404_pages_with_a_way_out() {
    let house = House::open().await;
    let none = "01900000-0000-7000-8000-000000000000";
    for path in [
        format!("/requirements/{none}"),
        format!("/notices/{none}"),
        format!("/awards/{none}"),
        format!("/draws/{none}"),
        format!("/contracts/{none}"),
        format!("/files/{none}"),
        "/agencies/91420600MADEM00114".into(),
        "/items/none".into(),
        "/policies/none".into(),
        "/ledger/999999".into(),
        "/requirements/x".into(),
        "/no/such/page".into(),
        "/pkg/none.js".into(),
    ] {
        let page = house.browser().get(&path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.links("/").is_empty(), "{path} has a way out");
    }
    house.close().await;
}

#[tokio::test]
async fn the_elder_mode_is_remembered() {
    let house = House::open().await;
    let mut browser = house.browser();
    let form = browser
        .get("/items")
        .await
        .form("/elder")
        .forged("elder", "on");
    let page = browser.submit_once(&form).await;
    assert_eq!(page.location(), "/items");
    assert!(browser.get("/").await.text.contains("class=\"elder\""));
    let away = browser
        .post("/elder", &[("elder", "on"), ("to", "//evil.example")])
        .await;
    assert_eq!(away.location(), "/");
    house.close().await;
}

#[tokio::test]
async fn the_catalogue_is_the_real_list() {
    let house = House::open().await;
    let mut browser = house.browser();
    browser.get("/items").await.shows("94");
    let page = browser.get("/items/ZJ-ZR-008").await;
    page.shows("规划放线、验线测量")
        .shows("《测绘法》")
        .shows("不得要求申请人必须委托特定");
    let csv = browser.get("/items.csv").await;
    assert_eq!(csv.text.lines().count(), 95, "a heading and every item");
    house.close().await;
}

#[tokio::test]
async fn the_formal_papers_read_as_they_did() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let (award, _) = win(&house, &id).await;
    let notice = house
        .browser()
        .get(&format!("/requirements/{id}"))
        .await
        .links("/notices/");
    let first = notice.first().expect("a notice").clone();
    let mut settings = insta::Settings::clone_current();
    // Chance is the same in every run of one test, but not across the tests of a run.
    settings.add_filter(r"[0-9a-f]{64}", "[64 hex digits]");
    settings.add_filter(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
        "[id]",
    );
    settings.add_filter(r"汉江测绘\d有限公司", "[agency]");
    settings.add_filter(r"91420606MATET\d{3}..", "[code]");
    settings.set_prepend_module_to_snapshot(false);
    let lines = house.browser().get(&first).await.lines();
    settings.bind(|| insta::assert_snapshot!("requirement_notice", lines));
    let lines = house
        .browser()
        .get(&format!("/awards/{award}/notice"))
        .await
        .lines();
    settings.bind(|| insta::assert_snapshot!("award_notice", lines));
    house.close().await;
}
