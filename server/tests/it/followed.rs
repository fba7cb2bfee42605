//! A request is followed by its number: in the answer, on the page, in the records and in every line of the log.

use crate::house::House;
use crate::listening;
use axum::body::Body;
use axum::http::Request;
use std::collections::BTreeSet;
use tower::ServiceExt;

fn number(page: &crate::browser::Page) -> String {
    let value = page
        .headers
        .get("x-request-id")
        .expect("every answer has one");
    value.to_str().expect("ASCII").to_string()
}

#[tokio::test]
async fn every_answer_has_a_number_of_ours_and_no_two_are_alike() {
    let house = House::open().await;
    let mut browser = house.browser();
    let mut seen = BTreeSet::new();
    for path in [
        "/",
        "/agencies",
        "/nothing",
        "/api/v1/agencies",
        "/healthz",
        "/desk",
    ] {
        assert!(seen.insert(number(&browser.ask(path).await)), "{path}");
    }
    // What somebody sends is not taken, however it looks.
    let server = house.bounded(crate::house::unbounded());
    for sent in ["mine", "\u{7f}", "9f3a61c2-1"] {
        let mut request = Request::get("/").header("host", "market.test");
        if let Ok(value) = axum::http::HeaderValue::from_str(sent) {
            request = request.header("x-request-id", value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = server.clone().oneshot(request).await.expect("an answer");
        let given = &response.headers()["x-request-id"];
        assert_ne!(given.to_str().ok(), Some(sent));
        assert_eq!(response.headers().get_all("x-request-id").iter().count(), 1);
    }
    house.close().await;
}

#[tokio::test]
async fn a_defect_is_followed_from_the_page_over_the_records_to_the_log() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    // A defect: a table that a page needs is away.
    let owners = house.owners_pool();
    sqlx::raw_sql("alter table service_items rename to away")
        .execute(&owners)
        .await
        .expect("away");
    listening::begin();
    let page = owner.ask("/items").await;
    let logged = listening::end();
    sqlx::raw_sql("alter table away rename to service_items")
        .execute(&owners)
        .await
        .expect("back");
    owners.close().await;
    assert_eq!(page.status, 500);
    let number = number(&page);
    page.shows("请求编号").shows(&number).hides("service_items");
    let lines: Vec<&str> = logged
        .lines()
        .filter(|line| line.contains(&number))
        .collect();
    assert!(lines.iter().any(|line| line.contains("broken")), "{logged}");
    assert!(
        lines.iter().any(|line| line.contains("milliseconds")),
        "{logged}"
    );
    let mut supervisor = house.as_("supervisor").await;
    let page = supervisor.get("/desk/journal?result=failed").await;
    page.shows("系统出错").shows(&number);
    house.close().await;
}

#[tokio::test]
async fn a_refused_act_on_record_names_its_request_and_an_ordinary_page_shows_no_number() {
    let house = House::open().await;
    let mut agency = house.as_("agency1").await;
    let refused = agency.ask("/desk/audits").await;
    assert_eq!(refused.status, 403);
    refused.hides("请求编号");
    let note: String = sqlx::query_scalar("select note from journal where action = '访问'")
        .fetch_one(&house.world.pool)
        .await
        .expect("on record");
    assert!(note.contains(&number(&refused)), "{note}");
    house.close().await;
}

#[tokio::test]
async fn who_finds_the_server_busy_can_name_the_request_too() {
    let (house, line) = House::open_with_line().await;
    let mut browser = house.browser();
    line.cut();
    let page = browser.ask("/agencies").await;
    assert_eq!(page.status, 503);
    page.shows("请求编号").shows(&number(&page));
    let answer = browser.ask("/api/v1/agencies").await;
    let body: serde_json::Value = serde_json::from_str(&answer.text).expect("JSON");
    assert_eq!(body["request"].as_str(), Some(number(&answer).as_str()));
    line.mend();
    house.close().await;
}
