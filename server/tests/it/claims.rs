//! Credit codes: whoever types one first keeps nobody out; the operator's check gives it to one, and the others are told.

use crate::browser::{Browser, Page};
use crate::cast::{
    self, agency_code, agency_form, hand_in, open_account, owner_form, pass_check, register_agency,
};
use crate::house::House;

async fn claim_owner(browser: &mut Browser, n: usize, name: &str) -> Page {
    let form = browser.get("/register/owner").await.form("/register/owner");
    let form = owner_form(form, name, n, "private_enterprise", "social");
    browser.submit_once(&form).await
}

#[tokio::test]
async fn a_squatted_code_goes_to_the_body_whose_evidence_is_right() {
    let house = House::open().await;
    let mut squatter = open_account(&house, "squatter", "抢注人").await;
    let mut body = open_account(&house, "body", "本单位人").await;
    assert_eq!(
        claim_owner(&mut squatter, 40, "抢注有限公司").await.status,
        303
    );
    assert_eq!(claim_owner(&mut body, 40, "真正有限公司").await.status, 303);
    // One person claims a code once.
    let again = claim_owner(&mut squatter, 40, "抢注有限公司").await;
    assert_eq!(again.status, 422);
    assert!(
        again.complaint("uscc").contains("工作台"),
        "{}",
        again.complaints()
    );

    let mut auditor = house.as_("auditor").await;
    let mut checks = Vec::new();
    for link in auditor
        .get("/desk/checks")
        .await
        .links("/desk/checks/owners/")
    {
        let page = auditor.get(&link).await;
        if page.words().contains("真正有限公司") && page.words().contains("抢注有限公司")
        {
            checks.push(link);
        }
    }
    assert_eq!(checks.len(), 2, "each shows the other");
    let mut right = None;
    for link in &checks {
        let page = auditor.get(link).await;
        let html = page.html();
        let css = scraper::Selector::parse("h1").expect("a selector");
        let heading: String = html.select(&css).flat_map(|h1| h1.text()).collect();
        if heading == "真正有限公司" {
            right = Some(page.form(link).with("verdict", "approve"));
        }
    }
    auditor.submit(right.expect("the true body's")).await;
    body.get("/desk/registration").await.shows("已启用");
    let page = squatter.get("/desk/registration").await;
    page.shows("退回补正").shows("已由另一份登记凭材料核对通过");
    let insisting = squatter.refused(page.form("/desk/registration")).await;
    assert!(
        insisting.complaint("uscc").contains("重新核实"),
        "{}",
        insisting.complaints()
    );
    let mut third = open_account(&house, "third", "第三人").await;
    let page = claim_owner(&mut third, 40, "又一个有限公司").await;
    assert!(
        page.complaint("uscc").contains("重新核实"),
        "{}",
        page.complaints()
    );
    // The public page is the confirmed body's.
    house
        .browser()
        .get(&format!("/owners/{}", cast::owner_code(40)))
        .await
        .shows("真正有限公司");
    house.close().await;
}

#[tokio::test]
async fn an_agency_gives_way_with_what_it_has_handed_in() {
    let house = House::open().await;
    let mut squatter = open_account(&house, "squatter", "抢注人").await;
    let form = squatter
        .get("/register/agency")
        .await
        .form("/register/agency");
    squatter
        .submit(agency_form(form, 9).with("name", "抢注测绘有限公司"))
        .await;
    let browser = register_agency(&house, "agency9", 9).await;
    hand_in(&house, browser, 9).await;
    pass_check(&house, "agency9").await;
    squatter
        .get("/desk/dossier")
        .await
        .shows("已由另一份登记凭材料核对通过");
    let path = format!("/agencies/{}", agency_code(9));
    house.browser().get(&path).await.hides("抢注测绘有限公司");
    house.close().await;
}

#[tokio::test]
async fn one_account_hoards_no_codes_however_fast_it_asks() {
    let house = House::open().await;
    let mut hoarder = open_account(&house, "hoarder", "囤积人").await;
    let page = hoarder.get("/register/owner").await;
    let tries = (50..62).map(|n| {
        let mut browser = hoarder.clone();
        let form = page
            .form("/register/owner")
            .forged("once", uuid::Uuid::from_u128(n as u128));
        let form = owner_form(form, "囤积有限公司", n, "private_enterprise", "social");
        async move { browser.submit_once(&form).await }
    });
    let pages = futures::future::join_all(tries).await;
    let taken = pages.iter().filter(|page| page.status == 303).count();
    assert_eq!(taken, 3);
    let refused = pages.iter().find(|page| page.status == 422).expect("one");
    refused.shows("还没有核对通过");
    // What nobody has confirmed is released after its time.
    house.advance(market::time::Duration::days(60)).await;
    let mut hoarder = house.as_("hoarder").await;
    assert_eq!(
        claim_owner(&mut hoarder, 70, "囤积有限公司").await.status,
        303
    );
    house.close().await;
}

/// A draft of an agency that offers surveying.
async fn offering(house: &House, login: &str, n: usize) -> Browser {
    let mut browser = register_agency(house, login, n).await;
    let offer = browser.get("/desk/dossier").await;
    let offer = offer
        .form("/desk/dossier/services")
        .with("service_type", cast::surveying(house).await)
        .with("promise", "两个工作日内到场，按约定时间交付。")
        .with("fee_reference", "市场调节价");
    browser.submit(offer).await;
    browser
}

/// Names somebody as a practitioner of the browser's agency, with the scan of a certificate.
async fn employ(house: &House, browser: &mut Browser, person: usize) -> Page {
    let service = cast::surveying(house).await;
    let page = browser.get("/desk/dossier").await;
    let form = page
        .form("/desk/dossier/practitioners")
        .with("service_type", &service)
        .with("name", "张测绘")
        .with("id_number", cast::id_number(person))
        .with("certificate", "注册测绘师")
        .with("certificate_number", format!("E{person:08}"))
        .with("practice_years", "8")
        .file("certificate_scan", "执业证.pdf", crate::browser::PDF);
    browser.submit_once(&form).await
}

#[tokio::test]
async fn practitioners_are_held_no_longer_than_codes_and_never_against_a_checked_agency() {
    let house = House::open().await;
    let mut hoarder = offering(&house, "hoarder", 8).await;
    assert_eq!(employ(&house, &mut hoarder, 70).await.status, 303);
    assert_eq!(employ(&house, &mut hoarder, 71).await.status, 303);
    // Another that nobody has checked waits until the first one's time is over.
    let mut rival = offering(&house, "rival", 9).await;
    assert_eq!(employ(&house, &mut rival, 70).await.status, 422);
    // A checked one that shows the certificate does not.
    let mut settled = house.as_("agency1").await;
    assert_eq!(employ(&house, &mut settled, 71).await.status, 303);
    house.advance(market::time::Duration::days(60)).await;
    let mut rival = house.as_("rival").await;
    assert_eq!(employ(&house, &mut rival, 70).await.status, 303);
    let mut settled = house.as_("agency2").await;
    assert_eq!(employ(&house, &mut settled, 71).await.status, 422);
    let released: i64 =
        sqlx::query_scalar("select count(*) from journal where action = '执业人员释放'")
            .fetch_one(&house.world.pool)
            .await
            .expect("a count");
    assert_eq!(released, 2);
    house.close().await;
}
