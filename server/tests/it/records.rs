//! Who came, who failed, who was refused, who read what: on record with address and result, for supervisors.

use crate::cast::{self, PASSWORD, open_account};
use crate::house::House;

/// The lines of an action, as (note, address, result, has a person).
async fn lines(house: &House, action: &str) -> Vec<(String, String, String, bool)> {
    sqlx::query_as(
        "select note, address, result, person_id is not null from journal where action = $1 order by at, id",
    )
    .bind(action)
    .fetch_all(&house.world.pool)
    .await
    .expect("rows")
}

#[tokio::test]
async fn sign_in_failure_lock_new_account_and_change_of_role_are_on_record() {
    let house = House::open().await;
    let mut browser = house.browser().at("203.0.113.5");
    for _ in 0..7 {
        let fields = [("login", "owner2"), ("password", "wrong-Fountain-1")];
        browser.post("/sign-in", &fields).await;
    }
    let fields = [("login", "geheim-password"), ("password", "x")];
    browser.post("/sign-in", &fields).await;
    let found: Vec<_> = lines(&house, "登录")
        .await
        .into_iter()
        .filter(|line| line.1 == "203.0.113.5")
        .collect();
    let count = |result: &str| found.iter().filter(|line| line.2 == result).count();
    assert_eq!(
        (count("failed"), count("refused"), count("done")),
        (6, 2, 0),
        "{found:?}"
    );
    assert!(
        found.iter().any(|line| line.0.contains("已锁定至")),
        "{found:?}"
    );
    assert!(
        found.iter().all(|line| !line.0.contains("geheim")),
        "what was typed may be a password"
    );
    let mut known = house.browser().at("203.0.113.6");
    known.sign_in("owner1", PASSWORD).await;
    assert!(
        lines(&house, "登录")
            .await
            .iter()
            .any(|line| line.1 == "203.0.113.6" && line.2 == "done" && line.3)
    );
    open_account(&house, "fresh", "新来的人").await;
    assert!(!lines(&house, "注册账号").await.is_empty());
    // The supervisor finds them.
    let mut supervisor = house.as_("supervisor").await;
    let page = supervisor
        .get("/desk/journal?result=failed&address=203.0.113.5")
        .await;
    page.shows("失败")
        .shows("未登录的访客")
        .shows("203.0.113.5");
    house.close().await;
}

#[tokio::test]
async fn refused_acts_are_on_record_and_a_flood_of_them_is_not() {
    let house = House::open().await;
    let mut browser = house.as_("agency1").await.at("203.0.113.5");
    assert_eq!(browser.ask("/desk/audits").await.status, 403);
    let nothing = "/requirements/01900000-0000-7000-8000-000000000000/sign-up";
    assert_eq!(browser.post(nothing, &[]).await.status, 404);
    let found = lines(&house, "访问").await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .all(|line| line.2 == "refused" && line.3 && line.1 == "203.0.113.5"),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|line| line.0.contains("/requirements/{id}/sign-up")),
        "{found:?}"
    );
    for _ in 0..200 {
        browser.ask("/desk/audits").await;
    }
    let found = lines(&house, "访问").await;
    assert_eq!(found.len(), 120);
    assert!(found.iter().any(|line| line.0.contains("不再逐条记录")));
    // When the hour is over, what was left out stands there as a number.
    let summary = "汇总未逐条记录的行为";
    app::records::sum_up(&house.world, false)
        .await
        .expect("nothing to say yet");
    assert!(lines(&house, summary).await.is_empty());
    house.advance(market::time::Duration::hours(1)).await;
    app::records::sum_up(&house.world, false)
        .await
        .expect("written");
    let found = lines(&house, summary).await;
    let [(note, ..)] = &found[..] else {
        panic!("one line: {found:?}");
    };
    assert!(note.contains("已登录的人员被拒绝的访问 82 次"), "{note}");
    house.close().await;
}

#[tokio::test]
async fn reading_numbers_dossiers_and_files_is_on_record() {
    let house = House::open().await;
    let browser = cast::register_agency(&house, "agency9", 9).await;
    cast::hand_in(&house, browser, 9).await;
    let mut auditor = house.as_("auditor").await;
    let page = auditor.get("/desk/checks").await;
    let check = page
        .links("/desk/checks/agencies/")
        .pop()
        .expect("one waits");
    let page = auditor.get(&check).await;
    assert!(!lines(&house, "查阅机构档案").await.is_empty());
    let file = page.links("/files/").pop().expect("a scan");
    auditor.get(&file).await;
    assert_eq!(lines(&house, "下载文件").await.len(), 1);
    cast::pass_check(&house, "agency9").await;
    let before = lines(&house, "查看完整身份证号").await.len();
    let mut clerk = house.as_("clerk").await;
    let page = clerk.get("/desk/vettings").await;
    for vetting in page.links("/desk/vettings/") {
        clerk.get(&vetting).await;
    }
    assert!(lines(&house, "查看完整身份证号").await.len() > before);
    house.close().await;
}
