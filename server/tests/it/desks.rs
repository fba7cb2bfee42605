//! Lists at the desks: nothing is cut without a word, and everybody is told the own place.

use crate::cast::{self, AGENCIES};
use crate::house::House;
use app::desk::Desk;
use store::credit::RedList;
use store::page::Cursor;

#[tokio::test]
async fn who_has_not_won_is_told_the_own_place_and_all_sign_ups_are_listed() {
    let house = House::open().await;
    let id = cast::publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        cast::sign_up(&house, login, &id, None).await;
    }
    // Of before: more than a page of sign-ups that were withdrawn.
    sqlx::query(
        "insert into sign_ups
         select (jsonb_populate_record(s, jsonb_build_object(
                    'id', gen_random_uuid(), 'state', 'withdrawn', 'ended_at', s.received_at,
                    'received_at', s.received_at - interval '1 hour'))).*
         from sign_ups s
         join mandates m on m.agency_id = s.agency_id
         join persons p on p.id = m.person_id and p.login = 'agency1', generate_series(1, 25)",
    )
    .execute(&house.world.pool)
    .await
    .expect("sign-ups");
    let mut agency = house.as_("agency1").await;
    let first = agency.get("/desk/sign-ups").await;
    let links = first.links("/desk/sign-ups?at=");
    let second = agency.get(links.last().expect("a next page")).await;
    let row = scraper::Selector::parse("tbody tr").expect("a selector");
    let listed = |page: &crate::browser::Page| page.html().select(&row).count();
    assert_eq!(listed(&first) + listed(&second), 26);
    cast::draw(&house, &id).await;
    let (_, winner) = cast::award(&house, &id).await;
    let mut firsts = 0;
    for login in AGENCIES.into_iter().filter(|login| *login != winner) {
        let rank: Option<i64> = sqlx::query_scalar(
            "select max(p.n) from selections se, jsonb_array_elements(ranking_places(se.ranking)) with ordinality p (place, n), sign_ups s
             join mandates m on m.agency_id = s.agency_id join persons pe on pe.id = m.person_id
             where se.requirement_id = $1::uuid and s.id::text = p.place ->> 'sign_up' and pe.login = $2",
        )
        .bind(&id)
        .bind(login)
        .fetch_one(&house.world.pool)
        .await
        .expect("a rank");
        let told = match rank {
            Some(rank) => format!("未中选，第 {} 候补", rank - 1),
            None => "未中选，未列候补".to_string(),
        };
        firsts += usize::from(rank == Some(2));
        let mut agency = house.as_(login).await;
        agency.get("/desk/sign-ups").await.shows(&told);
    }
    assert_eq!(firsts, 1);
    house.close().await;
}

#[tokio::test]
async fn jobs_are_counted_and_services_in_vetting_are_on_the_desk() {
    let house = House::open().await;
    sqlx::query(
        "insert into jobs (id, kind, subject, run_at, created_at)
         select gen_random_uuid(), 'close', gen_random_uuid(), '2099-01-01', now() from generate_series(1, 120)",
    )
    .execute(&house.world.pool)
    .await
    .expect("jobs");
    let mut auditor = house.as_("auditor").await;
    let page = auditor.get("/desk/jobs?kind=close").await;
    page.shows("共 120 件").shows("下一页");
    let page = auditor.get("/desk/jobs?kind=draw").await;
    page.shows("没有这样的任务");
    let browser = cast::register_agency(&house, "agency9", 9).await;
    cast::hand_in(&house, browser, 9).await;
    cast::pass_check(&house, "agency9").await;
    let mut agency = house.as_("agency9").await;
    agency
        .get("/desk")
        .await
        .shows("资质审核中的服务类型")
        .shows("待经办");
    let mut owner = house.as_("owner1").await;
    owner.get("/desk").await.shows("待录入合同");
    house.close().await;
}

#[tokio::test]
async fn the_red_list_is_counted_and_goes_on_for_pages() {
    let house = House::open().await;
    sqlx::query("update agencies set credit_score = 10400, completed = 3 where state = 'settled'")
        .execute(&house.world.pool)
        .await
        .expect("excellent");
    let mut desk = Desk::reading(&house.world).await.expect("a desk");
    let rules = desk.rules().await.expect("rules");
    let list = RedList {
        rules: &rules.policy.credit,
        clean_since: desk.now,
    };
    let all = list.count(desk.conn()).await.expect("a count");
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = list.page(desk.conn(), cursor.as_ref(), 1).await;
        let page = page.expect("a page");
        found.extend(page.rows.into_iter().map(|row| row.uscc));
        cursor = page.next.as_deref().and_then(Cursor::parse);
        if cursor.is_none() {
            break;
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(
        (found.len() as i64, all),
        (AGENCIES.len() as i64, AGENCIES.len() as i64)
    );
    drop(desk);
    let mut browser = house.browser();
    let page = browser.get("/credit?kind=red").await;
    page.shows("上榜机构").shows("共 4 家");
    house.close().await;
}
