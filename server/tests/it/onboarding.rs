//! An agency from its account to being active, and what keeps it from that.

use crate::browser::PDF;
use crate::cast::{self, agency_code, hand_in, pass_check, register_agency, vet_everything};
use crate::house::House;

#[tokio::test]
async fn an_agency_registers_is_vetted_and_becomes_active() {
    let house = House::open().await;
    let browser = register_agency(&house, "agency9", 9).await;
    let path = format!("/agencies/{}", agency_code(9));
    assert_eq!(
        house.browser().get(&path).await.status,
        404,
        "not public before it has settled"
    );
    hand_in(&house, browser, 9).await;
    pass_check(&house, "agency9").await;
    // The number of the identity card is for those who vet, and for nobody else.
    let mut clerk = house.as_("clerk").await;
    let vetting = clerk
        .get("/desk/vettings")
        .await
        .links("/desk/vettings/")
        .first()
        .expect("a vetting waits")
        .clone();
    clerk.get(&vetting).await.shows(&cast::id_number(9));
    house
        .as_("agency9")
        .await
        .get("/desk/dossier")
        .await
        .hides(&cast::id_number(9))
        .shows("420***********");
    vet_everything(&house).await;
    let page = house.browser().get(&path).await;
    page.shows("汉江测绘9有限公司")
        .shows("测绘")
        .shows("张**")
        .hides("张测绘")
        .hides("13807100004")
        .hides(&cast::id_number(9));
    assert!(
        !house
            .browser()
            .get("/agencies?q=测绘9")
            .await
            .links(&path)
            .is_empty()
    );
    let id = cast::publish(&house, "owner1", "random").await;
    cast::sign_up(&house, "agency9", &id, None)
        .await
        .shows("报名成功");
    house.close().await;
}

#[tokio::test]
async fn an_incomplete_dossier_is_not_taken_and_says_what_is_missing() {
    let house = House::open().await;
    let mut browser = house.as_("agency5").await;
    let page = browser.get("/desk/dossier").await;
    let refused = browser.post("/desk/dossier/submit", &[]).await;
    assert_eq!(refused.status, 422);
    refused.shows("尚未签署承诺书").shows("没有需要提交的内容");
    // A program in the clothes of a PDF is refused by its content, and the rest of the form stays.
    let commit = page
        .form("/desk/dossier/commitment")
        .with("agreed", "on")
        .file("letter", "承诺书.pdf", b"MZ\x90\x00 program");
    let refused = browser.refused(commit).await;
    assert!(
        refused.complaint("letter").contains("不符"),
        "{}",
        refused.complaints()
    );
    let commit = page
        .form("/desk/dossier/commitment")
        .with("agreed", "on")
        .file("letter", "承诺书.pdf", PDF);
    browser.submit(commit).await.shows("已签署");
    house.close().await;
}

#[tokio::test]
async fn what_is_returned_is_corrected_and_handed_in_again() {
    let house = House::open().await;
    let browser = register_agency(&house, "agency9", 9).await;
    hand_in(&house, browser, 9).await;
    let mut auditor = house.as_("auditor").await;
    let path = cast::waiting(&mut auditor, "agencies").await;
    let form = auditor
        .get(&path)
        .await
        .form(&path)
        .with("verdict", "return");
    let page = auditor.refused(form).await;
    assert!(
        !page.complaint("note").is_empty(),
        "a return needs its reason"
    );
    let form = page
        .form(&path)
        .with("verdict", "return")
        .with("note", "承诺书没有盖章，请重新上传。");
    auditor.submit(form).await;
    let mut agency = house.as_("agency9").await;
    agency.get("/desk/dossier").await.shows("承诺书没有盖章");
    let form = agency
        .get("/desk/dossier")
        .await
        .form("/desk/dossier/submit");
    agency.submit(form).await;
    pass_check(&house, "agency9").await;
    house.close().await;
}

#[tokio::test]
async fn one_person_is_registered_with_one_agency_only() {
    let house = House::open().await;
    let browser = register_agency(&house, "agency9", 9).await;
    hand_in(&house, browser, 9).await;
    pass_check(&house, "agency9").await;
    let mut browser = house.as_("agency9").await;
    let page = browser.get("/desk/dossier").await;
    let service = cast::option_of(&page, "service_type", "测绘");
    let employ = page
        .form("/desk/dossier/practitioners")
        .with("service_type", service)
        .with("name", "张测绘")
        .with("id_number", cast::id_number(1))
        .with("certificate", "注册测绘师")
        .with("certificate_number", "E1")
        .with("practice_years", "8");
    // Without the certificate the answer is the same for somebody who is registered and for somebody who is not.
    let mut answers = Vec::new();
    for n in [1, 77] {
        let asked = employ.clone().with("id_number", cast::id_number(n));
        let page = browser.refused(asked).await;
        let complaint = page.complaint("certificate_scan");
        assert!(!complaint.is_empty(), "{}", page.complaints());
        assert_eq!(page.complaint("id_number"), "");
        answers.push((page.status, page.words().replace(&cast::id_number(n), "")));
    }
    assert_eq!(answers[0], answers[1]);
    let page = browser
        .refused(employ.file("certificate_scan", "执业证.pdf", PDF))
        .await;
    // Neutral: whether and where somebody is registered is not told to whoever tries a number.
    assert!(
        page.complaint("id_number").contains("不能登记在本单位名下"),
        "{}",
        page.complaints()
    );
    for agency in 2..=4 {
        let again = page
            .form("/desk/dossier/practitioners")
            .with("id_number", cast::id_number(agency))
            .file("certificate_scan", "执业证.pdf", PDF);
        browser.refused(again).await;
    }
    for _ in 0..2 {
        let again = page
            .form("/desk/dossier/practitioners")
            .with("id_number", cast::id_number(1))
            .file("certificate_scan", "执业证.pdf", PDF);
        let told = browser.submit_once(&again).await;
        if told.status == 429 && told.complaints().contains("尝试次数过多") {
            house.close().await;
            return;
        }
    }
    panic!("numbers can be tried without end");
}

#[tokio::test]
async fn misses_at_identity_numbers_do_not_hinder_an_honest_addition() {
    let house = House::open().await;
    let browser = register_agency(&house, "agency9", 9).await;
    hand_in(&house, browser, 9).await;
    house.close().await;
}

#[tokio::test]
async fn who_is_on_the_own_list_already_is_named_so_and_is_no_guess() {
    let house = House::open().await;
    let mut browser = house.as_("agency1").await;
    let page = browser.get("/desk/dossier").await;
    let service = cast::option_of(&page, "service_type", "测绘");
    let again = page
        .form("/desk/dossier/practitioners")
        .with("service_type", service)
        .with("name", "张测绘")
        .with("id_number", cast::id_number(1))
        .with("certificate", "注册测绘师")
        .with("certificate_number", "E1")
        .with("practice_years", "8")
        .file("certificate_scan", "执业证.pdf", PDF);
    for _ in 0..8 {
        let told = browser.refused(again.clone()).await;
        let said = told.complaint("id_number");
        assert!(said.contains("已在名单中"), "{}", told.complaints());
    }
    house.close().await;
}

#[tokio::test]
async fn an_agency_reads_why_it_may_not_sign_up() {
    let house = House::open().await;
    let id = cast::publish(&house, "owner1", "random").await;
    let mut agency = house.as_("agency5").await;
    let path = format!("/requirements/{id}");
    let page = agency.get(&path).await;
    page.shows("不符合")
        .shows("机构尚未入驻")
        .shows("未开通所需的服务类型");
    assert!(!page.has_form(&format!("{path}/sign-up")));
    let forced = agency.post(&format!("{path}/sign-up"), &[]).await;
    assert_eq!(forced.status, 422);
    forced.shows("机构尚未入驻");
    house.close().await;
}
