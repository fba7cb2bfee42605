//! From the notice of award to the credit: contract, clock, deliverable, acceptance, rating, events.

use crate::browser::PDF;
use crate::cast::{
    self, AGENCIES, accept_and_complete, agency_code, contract, deliver, draw, publish, rate,
    sign_up, win,
};
use crate::house::House;
use market::time::Duration;

/// A requirement with its winner and the notice of award.
async fn awarded(house: &House) -> (String, &'static str) {
    let id = publish(house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(house, login, &id, None).await;
    }
    draw(house, &id).await;
    win(house, &id).await
}

fn public_page(login: &str) -> String {
    let n = AGENCIES
        .iter()
        .position(|one| *one == login)
        .expect("one of the cast")
        + 1;
    format!("/agencies/{}", agency_code(n))
}

#[tokio::test]
async fn good_work_in_time_moves_the_credit() {
    let house = House::open().await;
    let (award, agency) = awarded(&house).await;
    let before = house.browser().get(&public_page(agency)).await;
    before.shows("信用 100 分");
    let contract = contract(&house, &award, agency, "owner1").await;
    house
        .browser()
        .get(&format!("/contracts/{contract}"))
        .await
        .shows("48,000.00")
        .hides("合同.pdf");
    house.advance(Duration::days(5)).await;
    deliver(&house, agency, &contract).await;
    accept_and_complete(&house, "owner1", &contract).await;
    rate(&house, "owner1", &contract, 5, "按时完成，沟通顺畅。").await;
    house.advance(Duration::minutes(1)).await;
    let page = house.browser().get(&public_page(agency)).await;
    page.shows("P01")
        .shows("信用 101 分")
        .shows("按时完成，沟通顺畅。")
        .shows("★ 5.0");

    // The agency answers once, publicly.
    let mut browser = house.as_(agency).await;
    let path = format!("/contracts/{contract}");
    let form = browser
        .get(&path)
        .await
        .form(&format!("{path}/reply"))
        .with("reply", "感谢信任。");
    browser.submit(form).await;
    house
        .browser()
        .get(&public_page(agency))
        .await
        .shows("感谢信任。");
    let again = browser
        .post(&format!("{path}/reply"), &[("reply", "再说一句。")])
        .await;
    assert_eq!(again.status, 422);

    // A year later the event has ended and the score with it, by itself.
    house.advance(Duration::days(370)).await;
    let page = house.browser().get(&public_page(agency)).await;
    page.shows("信用 100 分").hides("信用 101 分");
    house.close().await;
}

#[tokio::test]
async fn late_work_costs_points_and_a_low_rating_needs_its_reason() {
    let house = House::open().await;
    let (award, agency) = awarded(&house).await;
    let contract = contract(&house, &award, agency, "owner1").await;
    house.advance(Duration::days(18)).await;
    deliver(&house, agency, &contract).await;
    accept_and_complete(&house, "owner1", &contract).await;
    let mut owner = house.as_("owner1").await;
    let path = format!("/contracts/{contract}");
    let mut form = owner.get(&path).await.form(&format!("{path}/rating"));
    for dimension in ["quality", "timeliness", "attitude", "fee", "conduct"] {
        form = form.with(dimension, 2);
    }
    let page = owner.refused(form.with("comment", "差")).await;
    assert!(
        page.complaint("comment").contains("至少十个字"),
        "{}",
        page.complaints()
    );
    rate(
        &house,
        "owner1",
        &contract,
        2,
        "晚了三个工作日，影响了后续手续办理。",
    )
    .await;
    // The agency has five workdays to state its case before a demerit counts.
    house
        .browser()
        .get(&public_page(agency))
        .await
        .hides("98 分");
    house.advance(Duration::days(8)).await;
    let page = house.browser().get(&public_page(agency)).await;
    page.shows("M04").shows("98").hides("P01");
    house.close().await;
}

#[tokio::test]
async fn a_contract_equals_its_award_and_is_confirmed_by_the_other_side() {
    let house = House::open().await;
    let (award, agency) = awarded(&house).await;
    let mut browser = house.as_(agency).await;
    let path = format!("/awards/{award}/contract");
    let form = browser
        .get(&path)
        .await
        .form(&path)
        .with("amount", "48001")
        .with("content", "放线和验线测量。");
    let page = browser.refused(form.file("scan", "合同.pdf", PDF)).await;
    assert!(
        page.complaint("amount").contains("48,000.00"),
        "{}",
        page.complaints()
    );
    // The file came with the refused form and needs no second upload.
    let form = page.form(&path).with("amount", "48000");
    let contract = browser.submit(form).await.id();
    let path = format!("/contracts/{contract}");
    // Who recorded it can't confirm it.
    let page = browser.post(&format!("{path}/confirm"), &[]).await;
    assert_eq!(page.status, 422, "{}", page.words());
    // The other side objects, it is recorded again, and then confirmed.
    let mut owner = house.as_("owner1").await;
    let form = owner
        .get(&path)
        .await
        .form(&format!("{path}/object"))
        .with("objection", "成果份数应为六份，请补充。");
    owner.submit(form).await;
    let form = browser
        .get(&path)
        .await
        .form(&format!("{path}/record"))
        .with("content", "放线和验线测量，成果六份。");
    browser.submit(form.file("scan", "合同2.pdf", PDF)).await;
    let form = owner.get(&path).await.form(&format!("{path}/confirm"));
    owner.submit(form).await;
    house.browser().get(&path).await.shows("成果六份");
    house.close().await;
}

#[tokio::test]
async fn a_returned_deliverable_keeps_the_clock_running() {
    let house = House::open().await;
    let (award, agency) = awarded(&house).await;
    let contract = contract(&house, &award, agency, "owner1").await;
    deliver(&house, agency, &contract).await;
    let mut owner = house.as_("owner1").await;
    let path = format!("/contracts/{contract}");
    let form = owner
        .get(&path)
        .await
        .form(&format!("{path}/return"))
        .with("return_reason", "第三章与现场不符，请补充测量数据。");
    owner.submit(form).await.shows("已退回");
    house
        .as_(agency)
        .await
        .get(&path)
        .await
        .shows("第三章与现场不符");
    deliver(&house, agency, &contract).await;
    accept_and_complete(&house, "owner1", &contract).await;
    // A rating comes after the end, and once.
    rate(&house, "owner1", &contract, 4, "").await;
    let page = owner
        .post(
            &format!("{path}/rating"),
            &[
                ("quality", "5"),
                ("timeliness", "5"),
                ("attitude", "5"),
                ("fee", "5"),
                ("conduct", "5"),
            ],
        )
        .await;
    assert_eq!(page.status, 422);
    house.close().await;
}

#[tokio::test]
async fn an_owner_who_owes_a_rating_gets_no_new_requirement() {
    let house = House::open().await;
    let (award, agency) = awarded(&house).await;
    let contract = contract(&house, &award, agency, "owner1").await;
    deliver(&house, agency, &contract).await;
    accept_and_complete(&house, "owner1", &contract).await;
    house.advance(Duration::days(20)).await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = cast::begin(&house, &mut owner).await;
    let form = cast::document(page.form(&format!("/requirements/{id}/submit")), "random");
    let page = owner.refused(form).await;
    page.shows("未评价");
    assert!(
        page.text.contains("唐白路规划放线测量"),
        "what was typed is still there"
    );
    rate(&house, "owner1", &contract, 5, "").await;
    let form = page.form(&format!("/requirements/{id}/submit"));
    owner.submit(form).await;
    house.close().await;
}
