//! 均价选取 from the form to the award: both rules, the sum that anybody can do again, a tie that is drawn, too few valid
//! bids, and what a correction may not change.

use crate::browser::TypedForm;
use crate::cast::{self, AGENCIES, agency_code, award, deadline, draw, publish_with, requirement};
use crate::house::House;
use market::bid::{PublicKey, seal};
use market::draw::{Evidence, Purpose};
use market::requirement::RequirementState;
use market::{AgencyId, Fen};
use serde_json::Value;

/// A document with this method, and one of its rules.
fn by(rule: &'static str) -> impl FnOnce(TypedForm) -> TypedForm {
    move |form| form.with("floor", "4万").with("variant", rule)
}

async fn json(house: &House, path: &str) -> Value {
    let page = house.browser().get(path).await;
    assert_eq!(page.status, 200, "{path}");
    serde_json::from_str(&page.text).expect("JSON")
}

/// Agencies sign up one a minute, with these prices.
async fn bid(house: &House, id: &str, prices: &[&str]) {
    for (login, price) in AGENCIES.into_iter().zip(prices) {
        let page = cast::sign_up(house, login, id, Some(price)).await;
        page.shows("报名成功");
    }
}

/// The texts of the ledger's entries of a kind.
async fn facts(house: &House, kind: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let list = json(house, &format!("/api/v1/ledger?kind={kind}")).await;
    for row in list["rows"].as_array().expect("rows") {
        let entry = json(house, &format!("/api/v1/ledger/{}", row["position"])).await;
        let text: Value =
            serde_json::from_str(entry["text"].as_str().expect("a text")).expect("JSON");
        found.push(text["facts"].clone());
    }
    found
}

#[tokio::test]
async fn the_nearest_to_the_mean_wins_and_anybody_can_do_the_sum() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = cast::begin(&house, &mut owner).await;
    let submit = format!("/requirements/{id}/submit");
    let form = cast::document(page.form(&submit), "average_price").with("floor", "4万");
    let page = owner.refused(form).await;
    assert!(page.complaint("variant").contains("请选定一种"));
    let form = page.form(&submit);
    assert_eq!(form.value("floor"), "4万", "nothing typed is lost");
    owner.submit(form.with("variant", "either_side")).await;
    cast::audit_and_publish(&house, &id).await;
    let path = format!("/requirements/{id}");
    let notice = house.browser().get(&path).await;
    notice
        .shows("均价选取（与均价最接近的中选，高低不限）")
        .shows("开标选取");

    // 176,400 / 4 = 44,100: the second is 900 above it, the first 1,100 below.
    bid(&house, &id, &["43000", "4.5万", "40500", "47900"]).await;
    let before = house.browser().get(&path).await;
    before.hides("44,100.00").hides("45,000.00");
    draw(&house, &id).await;
    let (first, winner) = award(&house, &id).await;
    assert_eq!(winner, "agency2");
    let after = house.browser().get(&path).await;
    after
        .shows("有效报价 4 家，合计 176,400.00 元，平均 44,100.00 元")
        .shows("比均价：高 900.00")
        .shows("比均价：低 1,100.00")
        .shows("先后分明，不需要抽取");
    let list = json(&house, &format!("/api/v1{path}/entrants")).await;
    let bids: Vec<i64> = list["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["amount_fen"].as_i64())
        .collect();
    assert_eq!(bids.iter().sum::<i64>() / 4, 4_410_000);
    assert_eq!(list["reference"]["price_fen"], 4_410_000);
    assert_eq!(list["reference"]["bids"][1]["distance_fen"], 90_000);
    assert_eq!(
        facts(&house, "publication").await[0]["variant"],
        "either_side"
    );
    let selection = &facts(&house, "selection").await[0];
    assert_eq!(selection["reference"], list["reference"]);
    assert_eq!(
        selection["ranking"],
        serde_json::json!([{ "seq": 2, "amount_fen": 4_500_000 }, { "seq": 1, "amount_fen": 4_300_000 }])
    );

    // The backup is the next nearest.
    let mut agency = house.as_(winner).await;
    let own = format!("/awards/{first}");
    let form = agency.get(&own).await.form(&format!("{own}/decline"));
    let form = form
        .with("reason", "近期人员不足，无法按时到位，特此说明。")
        .with("understood", "on");
    agency.submit(form).await;
    assert_eq!(award(&house, &id).await.1, "agency1");
    house.close().await;
}

#[tokio::test]
async fn by_the_other_rule_who_does_not_exceed_the_mean_comes_first() {
    let house = House::open().await;
    let id = publish_with(&house, "owner1", "average_price", by("below_first")).await;
    bid(&house, &id, &["43000", "4.5万", "40500", "47900"]).await;
    draw(&house, &id).await;
    let (_, winner) = award(&house, &id).await;
    assert_eq!(winner, "agency1");
    let ranking = &facts(&house, "selection").await[0]["ranking"];
    assert_eq!(
        ranking[1]["seq"], 3,
        "the backup is below, too, though another is nearer"
    );
    house.browser().get("/").await.shows("最接近均价 4.30 万元");
    let mut browser = house.browser();
    for (filter, shows) in [
        ("average_price", true),
        ("bid", true),
        ("lowest_price", false),
        ("random", false),
    ] {
        for list in ["awards", "requirements"] {
            let page = browser.get(&format!("/{list}?method={filter}")).await;
            let is_there = page.words().contains("唐白路规划放线测量");
            assert_eq!(is_there, shows, "{list} {filter}");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn bids_that_nothing_tells_apart_are_drawn_and_the_draw_replays() {
    let house = House::open().await;
    let id = publish_with(&house, "owner1", "average_price", by("either_side")).await;
    let path = format!("/requirements/{id}");
    let mut forms = Vec::new();
    for login in AGENCIES {
        let mut agency = house.as_(login).await;
        let form = agency.get(&path).await.form(&format!("{path}/sign-up"));
        forms.push((agency, form));
    }
    // All in one second: three bid the same, and the fourth lets the mean be their price.
    for (price, (agency, form)) in ["45000", "45000", "45000", "45000.01"]
        .into_iter()
        .zip(&mut forms)
    {
        agency
            .submit(form.clone().with("price", price))
            .await
            .shows("报名成功");
    }
    draw(&house, &id).await;
    let (_, winner) = award(&house, &id).await;
    assert_ne!(winner, "agency4");
    let mut browser = house.browser();
    let link = browser
        .get(&path)
        .await
        .links("/draws/")
        .pop()
        .expect("a draw");
    browser.get(&link).await.shows("同价抽取").shows("收到时间");
    let text = browser.get(&format!("/api/v1{link}")).await.text;
    let evidence: Evidence = serde_json::from_str(&text).expect("evidence");
    assert_eq!(
        (evidence.purpose, evidence.entrants.len()),
        (Purpose::Tie, 3)
    );
    assert_eq!(evidence.excluded[0].uscc, agency_code(4));
    assert!(evidence.is_right());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("evidence.json");
    std::fs::write(&file, &text).expect("written");
    let said = std::process::Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["verify", "draw"])
        .arg(file)
        .output()
        .expect("the command runs");
    assert!(String::from_utf8_lossy(&said.stdout).contains("验算结果：一致"));
    house.close().await;
}

#[tokio::test]
async fn too_few_valid_bids_fail_when_they_are_opened() {
    let house = House::open().await;
    let id = publish_with(&house, "owner1", "average_price", by("below_first")).await;
    bid(&house, &id, &["43000", "45000"]).await;
    // A browser seals what its agency wants, also what does not count.
    let key = requirement(&house, &id)
        .await
        .bid_public_key
        .expect("a key");
    let agency: AgencyId = sqlx::query_scalar::<_, uuid::Uuid>(
        "select m.agency_id from mandates m join persons p on p.id = m.person_id where p.login = 'agency3'",
    )
    .fetch_one(&house.world.pool)
    .await
    .expect("the agency")
    .into();
    let key = PublicKey(key.0);
    let sealed = seal(
        Fen(3_999_999),
        key,
        id.parse().expect("an id"),
        agency,
        [7; 32],
    );
    let path = format!("/requirements/{id}");
    let mut browser = house.as_("agency3").await;
    let form = browser.get(&path).await.form(&format!("{path}/sign-up"));
    let form = form
        .forged("price", "")
        .forged("sealed_bid", hex::encode(sealed.expect("seals")))
        .forged("nonce", "07".repeat(32));
    browser.submit(form).await.shows("报名成功");
    draw(&house, &id).await;
    assert_eq!(
        requirement(&house, &id).await.state,
        RequirementState::Failed
    );
    house
        .browser()
        .get(&path)
        .await
        .shows("开标后有效报价 2 家，不足 3 家。")
        .shows("低于最低限价");
    house.close().await;
}

#[tokio::test]
async fn a_correction_keeps_the_rule() {
    let house = House::open().await;
    let id = publish_with(&house, "owner1", "average_price", by("below_first")).await;
    let mut owner = house.as_("owner1").await;
    let path = format!("/requirements/{id}");
    let form = owner.get(&path).await.form(&format!("{path}/correct"));
    let page = owner.submit(form).await;
    let form = page
        .form(&format!("{path}/submit"))
        .with("service_workdays", "15")
        .with("correction_reason", "服务时限过紧，经研究延长。");
    assert_eq!(form.value("variant"), "below_first");
    let page = owner
        .refused(form.clone().with("variant", "either_side"))
        .await;
    assert!(page.complaint("variant").contains("更正不能改变选取规则"));
    owner.submit(form).await;
    cast::audit_and_publish(&house, &id).await;
    bid(&house, &id, &["43000", "4.5万", "40500", "47900"]).await;
    assert!(deadline(&house, &id).await > house.now());
    draw(&house, &id).await;
    assert_eq!(award(&house, &id).await.1, "agency1");
    house.close().await;
}
