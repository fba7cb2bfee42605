//! A session that ends in the middle of a form: the form is kept for its browser and comes back after signing in on the
//! spot, filled in and never sent by itself.

use crate::browser::{Browser, Page, TypedForm};
use crate::cast::{self, PASSWORD, open_account, owner_form};
use crate::house::House;
use market::time::Duration;

async fn end_all_sessions(house: &House) {
    let ended =
        sqlx::query("update sessions set ended_at = $1 where ended_at is null").bind(house.now());
    ended.execute(&house.world.pool).await.expect("they end");
}

/// A browser with a registration filled in, whose session has ended since.
async fn left_open(house: &House) -> (Browser, TypedForm) {
    let mut browser = open_account(house, "fresh", "新来的人").await;
    let form = browser.get("/register/owner").await.form("/register/owner");
    let form = owner_form(form, "区园林局", 41, "gov_agency", "fiscal");
    end_all_sessions(house).await;
    (browser, form)
}

/// Sends a form whose session has ended, and signs in on the page that comes back.
async fn sign_in_on_the_spot(browser: &mut Browser, form: TypedForm, login: &str) -> Page {
    let page = browser.submit_once(&form).await;
    assert_eq!(page.status, 401);
    assert!(
        page.text.contains("已经为这个浏览器保留一小时"),
        "{}",
        page.words()
    );
    let again = page.form("/sign-in").with("login", login);
    browser.submit(again.with("password", PASSWORD)).await
}

#[tokio::test]
async fn a_form_comes_back_filled_in_after_signing_in_on_the_spot() {
    let house = House::open().await;
    let (mut browser, form) = left_open(&house).await;
    let page = sign_in_on_the_spot(&mut browser, form, "fresh").await;
    page.shows("这份内容还没有提交").shows("请核对后再提交");
    let back = page.form("/register/owner");
    assert_eq!(back.value("name"), "区园林局");
    assert_eq!(back.value("contact_phone"), "0710-3456789");
    // Nothing was sent by itself; one press of the person does it, and a second is the same.
    let owners: i64 = sqlx::query_scalar("select count(*) from owners where name = '区园林局'")
        .fetch_one(&house.world.pool)
        .await
        .expect("a count");
    assert_eq!(owners, 0);
    browser.submit(back).await;
    house.close().await;
}

#[tokio::test]
async fn a_wrong_password_on_the_way_loses_nothing() {
    let house = House::open().await;
    let (mut browser, form) = left_open(&house).await;
    let page = browser.submit_once(&form).await;
    let wrong = page
        .form("/sign-in")
        .with("login", "fresh")
        .with("password", "nonsense");
    let page = browser.refused(wrong).await;
    page.shows("还没有提交，仍为这个浏览器保留着");
    let right = page.form("/sign-in").with("password", PASSWORD);
    let page = browser.submit(right).await;
    assert_eq!(page.form("/register/owner").value("name"), "区园林局");
    house.close().await;
}

#[tokio::test]
async fn a_form_with_files_comes_back_without_its_secrets_and_for_its_own_role() {
    let house = House::open().await;
    let mut browser = house.as_("agency5").await;
    let page = browser.get("/desk/dossier").await;
    let form = page
        .form("/desk/dossier/qualifications")
        .with("number", "甲测资字4200001")
        .with("issuer", "省自然资源厅")
        .file("scan", "证书.pdf", crate::browser::PDF);
    end_all_sessions(&house).await;
    let page = browser.submit_once(&form).await;
    assert_eq!(page.status, 401);
    assert!(
        page.text.contains("随表单选择的文件没有收下"),
        "{}",
        page.words()
    );
    let again = page
        .form("/sign-in")
        .with("login", "agency5")
        .with("password", PASSWORD);
    let page = browser.submit(again).await;
    let back = page.form("/desk/dossier/qualifications");
    assert_eq!(back.value("issuer"), "省自然资源厅");
    assert_eq!(page.complaint("scan"), "“证书.pdf”没有收下，请重新选择。");
    house.close().await;
}

#[tokio::test]
async fn a_kept_form_is_for_its_person_and_its_browser_and_for_an_hour() {
    let house = House::open().await;
    let (mut browser, form) = left_open(&house).await;
    let page = browser.submit_once(&form).await;
    let id = page.form("/sign-in").value("kept").to_string();
    // Another person at the same browser.
    let other = page
        .form("/sign-in")
        .with("login", "stranger")
        .with("password", PASSWORD);
    let shown = browser.clone().submit(other).await;
    shown.shows("另一个账号").hides("区园林局");
    // The same person at another browser.
    let mut elsewhere = house.as_("fresh").await;
    elsewhere
        .get(&format!("/kept/{id}"))
        .await
        .hides("区园林局");
    // In the database it can't be read.
    let readable: i64 = sqlx::query_scalar(
        "select count(*) from kept_forms where position(convert_to('区园林局', 'UTF8') in sealed) > 0",
    )
    .fetch_one(&house.world.pool)
    .await
    .expect("a count");
    assert_eq!(readable, 0);
    house.advance(Duration::minutes(61)).await;
    let again = page
        .form("/sign-in")
        .with("login", "fresh")
        .with("password", PASSWORD);
    let page = browser.submit(again).await;
    page.shows("超过一小时");
    house.close().await;
}

#[tokio::test]
async fn passwords_and_prices_are_not_kept_and_one_browser_or_place_keeps_few() {
    let house = House::open().await;
    let id = cast::publish(&house, "owner1", "lowest_price").await;
    let mut browser = house.as_("agency1").await;
    end_all_sessions(&house).await;
    let path = format!("/requirements/{id}/sign-up");
    for n in 0..9 {
        let once = format!("0190000{n}-0000-7000-8000-000000000000");
        let page = browser
            .post(
                &path,
                &[
                    ("once", &once),
                    ("price", "78000"),
                    ("price_meant", "78000.00"),
                    ("sealed_bid", "aa"),
                    ("password", "geheim"),
                ],
            )
            .await;
        assert_eq!(page.status, 401);
    }
    let rows: Vec<(uuid::Uuid, Vec<u8>)> = sqlx::query_as("select id, sealed from kept_forms")
        .fetch_all(&house.world.pool)
        .await
        .expect("rows");
    assert_eq!(rows.len(), 5, "of one browser");
    for (id, sealed) in rows {
        let open = house
            .world
            .vault
            .open(app::vault::Purpose::KeptForm, &id.to_string(), &sealed);
        let text = String::from_utf8(open.expect("it opens")).expect("text");
        for secret in ["78000", "sealed_bid", "geheim"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    // Browsers without a cookie of ours leave what one place may leave, and no more.
    for n in 0..80 {
        let mut fresh = house.browser().at("203.0.113.9");
        let text = n.to_string();
        fresh.post("/requirements", &[("item", &text)]).await;
    }
    let left: i64 =
        sqlx::query_scalar("select count(*) from kept_forms where place = '203.0.113.9'")
            .fetch_one(&house.world.pool)
            .await
            .expect("a count");
    assert_eq!(left, 60);
    house.close().await;
}

#[tokio::test]
async fn an_island_is_told_and_a_link_keeps_its_filters() {
    let house = House::open().await;
    let mut browser = house.browser();
    let request = axum::http::Request::post("/requirements").header("x-island", "1");
    let page = browser.send(request, "").await;
    assert_eq!(page.status, 401);
    let told: serde_json::Value = serde_json::from_str(&page.text).expect("JSON");
    assert!(
        told["problem"]
            .as_str()
            .is_some_and(|text| text.contains("没有保存"))
    );
    let page = browser
        .get("/desk/journal?result=refused&deed=SignIn")
        .await;
    let form = page
        .form("/sign-in")
        .with("login", "supervisor")
        .with("password", PASSWORD);
    let page = browser.submit(form).await;
    assert!(page.path.contains("result=refused"), "{}", page.path);
    house.close().await;
}
