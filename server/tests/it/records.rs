//! Who came, who failed, who was refused, who read what: on record with address and result, for supervisors.

use crate::cast::{self, PASSWORD, open_account};
use crate::house::House;
use app::desk::{Actor, Desk};
use axum::http::Request;
use market::PersonId;
use market::journal::{Deed, Subject};
use std::collections::BTreeSet;

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

/// The mandates of a login.
async fn mandates(house: &House, login: &str) -> Vec<String> {
    sqlx::query_scalar(
        "select m.id::text from mandates m join persons p on p.id = m.person_id where p.login = $1",
    )
    .bind(login)
    .fetch_all(&house.world.pool)
    .await
    .expect("mandates")
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
    assert!(
        found.iter().any(|line| line.0.contains("（owner2）"))
            && found
                .iter()
                .any(|line| line.0.contains("ge…，共 15 个字符")),
        "the account is named: {found:?}"
    );
    let page = known.get("/account").await;
    let mandate = mandates(&house, "owner1").await.remove(0);
    assert_eq!(page.status, 200);
    known
        .post("/account/mandate", &[("mandate", &mandate)])
        .await;
    let switched = lines(&house, "切换身份").await;
    assert!(
        switched
            .iter()
            .any(|line| line.0 == "区水利局（业主管理员）"),
        "{switched:?}"
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
    app::calls::records::sum_up(&house.world, false)
        .await
        .expect("nothing to say yet");
    assert!(lines(&house, summary).await.is_empty());
    house.advance(market::time::Duration::hours(1)).await;
    app::calls::records::sum_up(&house.world, false)
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
async fn acts_that_a_rule_forbids_the_person_and_forms_of_other_sites_are_on_record() {
    let house = House::open().await;
    // The table of roles lets an administrator come this far; a rule about people does not.
    let mut owner = house.as_("owner1").await.at("203.0.113.7");
    let own = mandates(&house, "owner1").await.remove(0);
    let path = format!("/account/administrators/{own}/end");
    assert_eq!(owner.post(&path, &[]).await.status, 422);
    // A mistake is no such act.
    assert_eq!(owner.post("/account/administrators", &[]).await.status, 422);
    let found = lines(&house, "访问").await;
    let [(note, address, result, true)] = &found[..] else {
        panic!("one line of a person: {found:?}");
    };
    assert!(
        note.contains("/account/administrators/{id}/end：") && note.contains("不能由自己终止"),
        "{note}"
    );
    assert_eq!(
        (address.as_str(), result.as_str()),
        ("203.0.113.7", "refused")
    );
    // Too many wrong passwords outside of signing in.
    let form = owner.get("/account").await.form("/account/close");
    let form = form
        .with("password", "wrong-Fountain-1")
        .with("agreed", "on");
    for _ in 0..12 {
        owner.submit_once(&form).await;
    }
    let found = lines(&house, "访问").await;
    assert!(
        found.iter().any(|line| line.0.contains("尝试次数过多")),
        "{found:?}"
    );
    // From another site: whose browser it was, where that can be told, and a stranger's address otherwise.
    for mut browser in [owner, house.browser().at("203.0.113.8")] {
        let request = Request::post("/account/close").header("sec-fetch-site", "cross-site");
        assert_eq!(browser.send(request, "").await.status, 403);
    }
    let found: Vec<_> = lines(&house, "访问").await;
    let found: Vec<_> = found
        .iter()
        .filter(|line| line.0.contains("其他网站"))
        .collect();
    let by: BTreeSet<_> = found.iter().map(|line| (line.1.as_str(), line.3)).collect();
    let expected = [("203.0.113.7", true), ("203.0.113.8", false)];
    assert_eq!((found.len(), by), (2, BTreeSet::from(expected)));
    house.close().await;
}

#[tokio::test]
async fn what_a_rule_brings_about_is_nobodys_act() {
    let house = House::open().await;
    let person: uuid::Uuid = sqlx::query_scalar("select id from persons where login = 'owner1'")
        .fetch_one(&house.world.pool)
        .await
        .expect("a person");
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    desk.address = "203.0.113.9".into();
    desk.actor = Some(Actor {
        session: None,
        person: PersonId(person),
        name: "李业".into(),
        acting: None,
        must_change_password: false,
        unread: 0,
    });
    for deed in [Deed::SkipIneligible, Deed::DeclineAward] {
        let subject = Subject::Person(PersonId(person));
        desk.journal(deed, subject, "").await.expect("a line");
    }
    desk.commit().await.expect("written");
    let who = async |deed: Deed| {
        let found = lines(&house, deed.label()).await;
        found.last().map(|line| (line.1.clone(), line.3))
    };
    assert_eq!(
        who(Deed::SkipIneligible).await,
        Some((String::new(), false))
    );
    assert_eq!(
        who(Deed::DeclineAward).await,
        Some(("203.0.113.9".into(), true))
    );
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
