//! Every text field of every form is fed with what hands, input methods and office programs leave behind: it is read
//! as it was meant, or refused at the field, and everything else that was typed is kept.

mod codes;
mod corpus;
mod fed;
mod queries;

use crate::browser::PDF;
use crate::cast::{self, agency_form, begin, begin_audit, document, option_of, owner_form};
use crate::house::House;
use app::routes::{ROUTES, Verb};
use corpus::decorated;
use fed::Fed;

/// Forms without a field for text: buttons, choices, files and passwords.
const WITHOUT_TEXT: &[&str] = &[
    "/elder",
    "/sign-out",
    "/account/password",
    "/account/close",
    "/account/mandate",
    "/account/messages",
    "/account/mailbox/forget",
    "/messages/read",
    "/messages/{id}/read",
    "/messages/{id}/put-away",
    "/account/sessions/{id}/end",
    "/account/administrators/{id}/end",
    "/account/administrators/{id}/password",
    "/uploads",
    "/requirements",
    "/requirements/{id}/drop",
    "/requirements/{id}/correct",
    "/requirements/{id}/republish",
    "/requirements/{id}/take-back",
    "/requirements/{id}/files",
    "/requirements/{id}/files/{file}/remove",
    "/requirements/{id}/withdraw",
    "/desk/trustees/{id}/end",
    "/desk/dossier/qualifications/{id}/remove",
    "/desk/dossier/practitioners/{id}/remove",
    "/desk/dossier/commitment",
    "/desk/dossier/submit",
    "/desk/editions/{id}/begin",
    "/desk/editions/{id}/publish",
    "/desk/jobs/{id}/revive",
    "/desk/effects/{id}/revive",
    "/desk/effects/{id}/put-away",
    "/awards/{id}/confirm",
    "/contracts/{id}/confirm",
    "/contracts/{id}/accept",
    "/contracts/{id}/complete",
];

#[tokio::test]
async fn every_text_field_of_every_form_reads_what_was_meant_or_says_what_is_wrong() {
    let house = House::open().await;
    let mut fed = Fed::default();
    accounts_and_bodies(&house, &mut fed).await;
    dossiers(&house, &mut fed).await;
    documents(&house, &mut fed).await;
    choices(&house, &mut fed).await;
    awards_and_contracts(&house, &mut fed).await;
    for route in ROUTES.iter().filter(|route| route.verb == Verb::Post) {
        let is_tried = fed.has(route.path) || WITHOUT_TEXT.contains(&route.path);
        assert!(is_tried, "nobody types into the form for {}", route.path);
    }
    house.close().await;
}

async fn accounts_and_bodies(house: &House, fed: &mut Fed) {
    let mut nobody = house.browser();
    let form = nobody.get("/register").await.form("/register");
    let form = form
        .with("person_name", "阿卜杜拉·买买提")
        .with("phone", "13807100002")
        .with("login", "newcomer")
        .with("new_password", cast::PASSWORD)
        .with("new_password_again", cast::PASSWORD);
    fed.feed(&mut nobody, form, ("agreed", "")).await;
    // A login is found however it was typed.
    nobody
        .sign_in("\u{FEFF}ＯＷＮＥＲ１\u{3000}", cast::PASSWORD)
        .await;
    fed.note("/sign-in");

    let mut stranger = house.as_("stranger").await;
    let form = stranger
        .get("/register/owner")
        .await
        .form("/register/owner");
    let form = owner_form(form, "区林业局", 9, "gov_agency", "fiscal");
    fed.feed(&mut stranger, form.clone(), ("kind", "x")).await;
    let agency = stranger
        .get("/register/agency")
        .await
        .form("/register/agency");
    let agency = agency_form(agency, 8).with("introduction", "从事测绘二十年。");
    fed.feed(&mut stranger, agency, ("nature", "x")).await;

    stranger.submit(form).await;
    let mut auditor = house.as_("auditor").await;
    let check = cast::waiting(&mut auditor, "owners").await;
    let judgement = auditor
        .get(&check)
        .await
        .form(&check)
        .with("note", "名称与证照不一致。");
    fed.feed(&mut auditor, judgement.clone(), ("verdict", "x"))
        .await;
    auditor.submit(judgement.with("verdict", "return")).await;
    let form = stranger
        .get("/desk/registration")
        .await
        .form("/desk/registration");
    fed.feed(&mut stranger, form, ("kind", "x")).await;
    own_account(house, fed).await;
}

/// How one is reached, and accounts for others.
async fn own_account(house: &House, fed: &mut Fed) {
    let mut owner = house.as_("owner1").await;
    let form = owner.get("/account").await.form("/account/phone");
    fed.feed_alone(&mut owner, form.clone(), "phone").await;
    let phone = decorated("13900009999");
    owner
        .submit(form.with("phone", phone))
        .await
        .shows("139****9999");
    let page = owner.get("/account/messages").await;
    fed.feed_alone(&mut owner, page.form("/account/mailbox"), "mailbox")
        .await;
    let form = page.form("/account/mailbox");
    let mailbox = decorated("chen.gong@example.cn");
    let page = owner.submit(form.with("mailbox", mailbox)).await;
    page.shows("ch***@example.cn");
    fed.feed_alone(&mut owner, page.form("/account/mailbox/code"), "code")
        .await;
    for (page, action) in [
        ("/desk/trustees", "/desk/trustees"),
        ("/account", "/account/administrators"),
    ] {
        let form = owner.get(page).await.form(action);
        let form = form
            .with("person_name", "受托 人")
            .with("phone", "13807100003")
            .with("login", "trustee2");
        fed.feed(&mut owner, form, ("new_password", "短")).await;
    }
}

async fn dossiers(house: &House, fed: &mut Fed) {
    let mut agency = house.as_("agency5").await;
    let page = agency.get("/desk/dossier").await;
    let form = page
        .form("/desk/dossier")
        .with("introduction", "从事测绘二十年。");
    fed.feed(&mut agency, form, ("nature", "x")).await;
    let offer = page
        .form("/desk/dossier/services")
        .with("promise", "两个工作日内到场，按约定时间交付。")
        .with("fee_reference", "市场调节价");
    fed.feed(&mut agency, offer, ("service_type", "x")).await;
    let qualify = page
        .form("/desk/dossier/qualifications")
        .with("speciality", "工程测量")
        .with("grade", "class_b")
        .with("number", "鄂测资字0001")
        .with("issuer", "省自然资源厅")
        .with("valid_from", "2024-01-01")
        .with("valid_until", "2028-12-31");
    fed.feed(&mut agency, qualify, ("kind", "x")).await;
    let employ = page
        .form("/desk/dossier/practitioners")
        .with("name", "张测绘")
        .with("id_number", cast::id_number(5))
        .with("certificate", "注册测绘师")
        .with("certificate_number", "E00000005")
        .with("certificate_valid_until", "2028-12-31")
        .with("practice_years", "8");
    fed.feed(&mut agency, employ, ("service_type", "x")).await;
    cast::hand_in(house, agency, 5).await;

    let mut auditor = house.as_("auditor").await;
    let check = cast::waiting(&mut auditor, "agencies").await;
    let judgement = auditor
        .get(&check)
        .await
        .form(&check)
        .with("note", "材料齐全。");
    fed.feed(&mut auditor, judgement, ("verdict", "x")).await;
    cast::pass_check(house, "agency5").await;
    let (mut clerk, mut checker) = (house.as_("clerk").await, house.as_("checker").await);
    let mut vetting = String::new();
    for link in clerk.get("/desk/vettings").await.links("/desk/vettings/") {
        if clerk.get(&link).await.has_form(&format!("{link}/opinion")) {
            vetting = link;
        }
    }
    for (browser, step) in [(&mut clerk, "opinion"), (&mut checker, "decision")] {
        let action = format!("{vetting}/{step}");
        let form = browser
            .get(&vetting)
            .await
            .form(&action)
            .with("note", "证书与登记一致。");
        fed.feed(browser, form.clone(), ("verdict", "x")).await;
        browser.submit(form.with("verdict", "approve")).await;
    }
}

/// From a draft to a published notice by price, its correction, and a sign-up.
async fn documents(house: &House, fed: &mut Fed) {
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(house, &mut owner).await;
    let submit = format!("/requirements/{id}/submit");
    let kind = option_of(&page, "need_0_0_kind", "测绘资质");
    let form = document(page.form(&submit), "lowest_price");
    let full = form
        .clone()
        .with("project_code", "2603-420606-04-01-123456")
        .with("need_0_0_kind", kind)
        .with("need_0_0_speciality", "工程测量")
        .with("need_0_0_grade", "class_b")
        .with("certificate_0", "注册测绘师")
        .with("certificate_0_count", "1")
        .with("avoided_0_uscc", cast::agency_code(4))
        .with("avoided_0_name", "汉江测绘4有限公司")
        .with("avoided_0_reason", "承担过前期设计")
        .with("other_terms", "现场踏勘由业主组织。");
    fed.feed(&mut owner, full, ("fund", "social")).await;
    // A draft keeps whatever was typed, read the same way.
    let draft = format!("/requirements/{id}/draft");
    let typed = page
        .form_by_button(&draft)
        .with("scale", "３.２\u{A0}公里\u{200B}")
        .with("content", "一\u{B}二");
    let page = owner.submit(typed).await;
    fed.note(&draft);
    assert_eq!(page.form(&submit).value("scale"), "３.２ 公里");
    assert_eq!(page.form(&submit).value("content"), "一\n二");
    let form = document(page.form(&submit), "lowest_price");
    owner.submit(form).await;

    let path = format!("/desk/editions/{id}");
    let mut auditor = house.as_("auditor").await;
    let judgement = begin_audit(&mut auditor, &id)
        .await
        .with("note", "内容完整。");
    fed.feed(&mut auditor, judgement.clone(), ("verdict", "x"))
        .await;
    auditor.submit(judgement.with("verdict", "approve")).await;
    let mut publisher = house.as_("publisher").await;
    let page = publisher.get(&path).await;
    fed.feed_alone(&mut publisher, page.form(&format!("{path}/return")), "note")
        .await;
    publisher
        .submit(page.form(&format!("{path}/publish")))
        .await;

    let place = format!("/requirements/{id}");
    let mut agency = house.as_("agency1").await;
    let form = agency.get(&place).await.form(&format!("{place}/sign-up"));
    fed.feed_alone(&mut agency, form.clone(), "price").await;
    // Read as anything but 42,000 it would be outside the bounds.
    let price = "\u{202D}４.２万元\u{202C}\u{3000}";
    agency.submit(form.with("price", price)).await;
}

async fn choices(house: &House, fed: &mut Fed) {
    let id = cast::publish_with(house, "owner1", "direct", |form| form.with("amount", "3万")).await;
    cast::sign_up(house, "agency1", &id, None).await;
    house.advance_to(cast::deadline(house, &id).await).await;
    let mut owner = house.as_("owner1").await;
    let path = format!("/requirements/{id}/choose");
    let form = owner
        .get(&path)
        .await
        .form(&path)
        .with("reason", "承担过前期工作，资料齐全，能够按时完成。");
    fed.feed(&mut owner, form, ("sign_up", "x")).await;
}

async fn awards_and_contracts(house: &House, fed: &mut Fed) {
    let id = cast::publish(house, "owner1", "random").await;
    for login in cast::AGENCIES {
        cast::sign_up(house, login, &id, None).await;
    }
    cast::draw(house, &id).await;
    let (award, winner) = cast::award(house, &id).await;
    let mut agency = house.as_(winner).await;
    let path = format!("/awards/{award}");
    let form = agency.get(&path).await.form(&format!("{path}/decline"));
    fed.feed_alone(&mut agency, form.with("understood", "on"), "reason")
        .await;
    let (award, _) = cast::win(house, &id).await;

    // Without its scan a contract always comes back.
    let path = format!("/awards/{award}/contract");
    let form = agency
        .get(&path)
        .await
        .form(&path)
        .with("content", "放线和验线测量，成果六份。");
    fed.feed(&mut agency, form.clone(), ("once", "")).await;
    let page = agency.submit(form.file("scan", "合同.pdf", PDF)).await;
    let path = format!("/contracts/{}", page.id());
    let mut owner = house.as_("owner1").await;
    let objection = owner.get(&path).await.form(&format!("{path}/object"));
    fed.feed_alone(&mut owner, objection.clone(), "objection")
        .await;
    owner
        .submit(objection.with("objection", decorated("成果份数应为六份，请补充。")))
        .await;
    let form = agency.get(&path).await.form(&format!("{path}/record"));
    fed.feed(&mut agency, form.clone(), ("once", "")).await;
    agency.submit(form.file("scan", "合同.pdf", PDF)).await;
    let form = owner.get(&path).await.form(&format!("{path}/confirm"));
    owner.submit(form).await;

    let form = agency
        .get(&path)
        .await
        .form(&format!("{path}/deliver"))
        .with("note", "报告六份已送达，由业主签收。");
    fed.feed(&mut agency, form.clone(), ("once", "")).await;
    agency.submit(form.file("result", "报告.pdf", PDF)).await;
    let back = owner.get(&path).await.form(&format!("{path}/return"));
    fed.feed_alone(&mut owner, back, "return_reason").await;
    let contract = path.rsplit('/').next().unwrap_or_default().to_string();
    cast::accept_and_complete(house, "owner1", &contract).await;
    let rating = owner
        .get(&path)
        .await
        .form(&format!("{path}/rating"))
        .with("comment", "按时交付，数据准确，配合及时。");
    fed.feed(&mut owner, rating, ("quality", "9")).await;
    cast::rate(house, "owner1", &contract, 5, "").await;
    let reply = agency.get(&path).await.form(&format!("{path}/reply"));
    fed.feed_alone(&mut agency, reply, "reply").await;
}
