//! "The last 12 months" are months of the calendar on every page that says so: what happened 12 months less a day ago
//! belongs to them, what happened a day earlier than 12 months ago does not.

use crate::browser::Page;
use crate::cast::{self, AGENCIES};
use crate::house::House;
use market::Timestamp;
use market::time::Duration;
use scraper::Selector;

/// Twelve months before `now`, which is no last day of a month.
fn a_year_before(now: Timestamp) -> Timestamp {
    now.replace_year(now.year() - 1).expect("the same day")
}

/// The agencies in the red list of a page.
fn red_list(page: &Page) -> Vec<String> {
    let (sections, links) = (
        Selector::parse("section").expect("a selector"),
        Selector::parse("a[href^=\"/agencies/\"]").expect("a selector"),
    );
    let html = page.html();
    let section = html.select(&sections).find(|section| {
        let text: String = section.text().collect();
        text.starts_with("诚信红榜")
    });
    let section = section.unwrap_or_else(|| panic!("no red list in {}", page.path));
    let hrefs = section.select(&links).filter_map(|link| link.attr("href"));
    hrefs.map(str::to_string).collect()
}

#[tokio::test]
async fn a_demerit_keeps_off_the_red_lists_for_twelve_months_and_no_longer() {
    let house = House::open().await;
    let id = cast::publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        cast::sign_up(&house, login, &id, None).await;
    }
    cast::draw(&house, &id).await;
    let (award, _) = cast::award(&house, &id).await;
    let code = cast::agency_code(1);
    let agency = format!("/agencies/{code}");
    let excellent = "update agencies set credit_score = 10400, completed = 3 where uscc = $1";
    let demerit = "insert into credit_events (id, agency_id, code, points, severity, basis, award_id, occurred_at, effective_at,
             ends_at, policy_id)
         select gen_random_uuid(), a.id, 'M02', -300, 'minor', '放弃中选', w.id, $3, $3, $3 + interval '1 day', w.policy_id
         from agencies a, awards w where a.uscc = $1 and w.id = $2::uuid";
    sqlx::query(excellent)
        .bind(&code)
        .execute(&house.world.pool)
        .await
        .expect("excellent");
    let mut browser = house.browser();
    for path in ["/", "/credit"] {
        let listed = red_list(&browser.get(path).await);
        assert_eq!(listed, std::slice::from_ref(&agency));
    }
    let year_ago = a_year_before(house.now());
    sqlx::query(demerit)
        .bind(&code)
        .bind(&award)
        .bind(year_ago)
        .execute(&house.world.pool)
        .await
        .expect("a demerit");
    for (at, is_clean) in [
        (year_ago + Duration::days(1), false),
        (year_ago - Duration::days(1), true),
    ] {
        sqlx::query("update credit_events set occurred_at = $1 where points = -300")
            .bind(at)
            .execute(&house.world.pool)
            .await
            .expect("moved");
        for path in ["/", "/credit"] {
            let page = browser.get(path).await;
            let is_listed = red_list(&page).contains(&agency);
            assert_eq!(is_listed, is_clean, "{path} with a demerit of {at}");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn direct_awards_add_up_for_twelve_months_and_no_longer() {
    let house = House::open().await;
    let id = cast::publish_with(&house, "owner1", "direct", |form| {
        form.with("amount", "3万")
    })
    .await;
    cast::sign_up(&house, "agency1", &id, None).await;
    house.advance_to(cast::deadline(&house, &id).await).await;
    let mut owner = house.as_("owner1").await;
    let path = format!("/requirements/{id}/choose");
    let form = owner.get(&path).await.form(&path);
    let page = owner.get(&path).await;
    let choice = Selector::parse("input[name=sign_up]").expect("a selector");
    let choice = page.html().select(&choice).next().and_then(|radio| {
        let value = radio.attr("value");
        value.map(str::to_string)
    });
    let reason = "承担过前期工作，资料齐全，能够按时完成。";
    let form = form.with("sign_up", choice.expect("a choice"));
    owner.submit(form.with("reason", reason)).await;

    let year_ago = a_year_before(house.now());
    let (page, next) = cast::begin(&house, &mut owner).await;
    let submit = format!("/requirements/{next}/submit");
    let form = cast::document(page.form(&submit), "direct").with("amount", "3万");
    // As much as a year may have: 150,000 yuan.
    let announced = "update awards set amount_fen = 15000000, announced_at = $1 where requirement_id = $2::uuid";
    for (at, counts) in [
        (year_ago + Duration::days(1), true),
        (year_ago - Duration::days(1), false),
    ] {
        sqlx::query(announced)
            .bind(at)
            .bind(&id)
            .execute(&house.world.pool)
            .await
            .expect("moved");
        let page = owner.submit_once(&form).await;
        assert_eq!(page.status, if counts { 422 } else { 303 }, "{at}");
        if counts {
            let complaints = page.complaints();
            assert!(complaints.contains("近 12 个月"), "{complaints}");
        }
    }
    house.close().await;
}
