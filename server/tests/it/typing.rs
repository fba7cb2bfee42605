//! Every text field of every form is fed with what hands, input methods and office programs leave behind: it is read
//! as it was meant, or refused at the field, and everything else that was typed is kept.

use crate::browser::{Browser, PDF, Page, TypedForm};
use crate::cast::{
    self, agency_form, begin, begin_audit, document, open_account, option_of, owner_form,
};
use crate::house::House;
use app::routes::{ROUTES, Verb, route_of_form};
use market::typed::clean;
use std::collections::BTreeSet;

/// Forms without a field for text: buttons, choices, files and passwords.
const WITHOUT_TEXT: &[&str] = &[
    "/elder",
    "/sign-out",
    "/account/password",
    "/account/close",
    "/account/mandate",
    "/account/sessions/{id}/end",
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
    "/awards/{id}/confirm",
    "/contracts/{id}/confirm",
    "/contracts/{id}/accept",
    "/contracts/{id}/complete",
];

/// What makes no difference to what is meant.
const HARMLESS: &[fn(&str) -> String] = &[
    |value| format!("\u{202D}{value}\u{202C}"),
    |value| format!("\u{FEFF}{value}\u{200B}"),
    |value| format!("\u{A0}\u{3000}{value}\u{2009}"),
    |value| format!("\u{B}{value}\u{C}\u{2028}"),
    |value| in_the_middle(value, "\u{AD}\u{2060}\u{FE0F}"),
    full_width,
];

/// What cannot be kept.
const UNKEEPABLE: &[&str] = &["\u{7}", "\u{1B}", "\0", "\u{E863}", "\u{FFFE}"];

/// What may be right or wrong, and must never break anything.
const STRANGE: &[&str] = &[
    "５²½①",
    "👨‍👩‍👧 🇨🇳",
    "عربى \u{202E}abc",
    "e\u{301}\u{301}\u{301}\u{301}",
    "\u{2F00}\u{F900}\u{3164}",
    "' or 1=1 --\\%_",
    "🀄︎𠀀𪚥",
];

fn in_the_middle(value: &str, what: &str) -> String {
    let at = value
        .char_indices()
        .nth(value.chars().count() / 2)
        .map_or(0, |(at, _)| at);
    format!("{}{what}{}", &value[..at], &value[at..])
}

/// Digits and letters as an input method leaves them; texts of words stay.
fn full_width(value: &str) -> String {
    if !value.is_ascii() {
        return value.to_string();
    }
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).expect("its wide form"),
        c => c,
    };
    value.chars().map(wide).collect()
}

/// Line ends and blanks in a one-line field are one space: the page may show either.
fn words(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The forms that have been fed.
#[derive(Default)]
struct Fed(BTreeSet<&'static str>);

impl Fed {
    fn note(&mut self, action: &str) {
        let route = route_of_form(action).unwrap_or_else(|| panic!("no route takes {action}"));
        self.0.insert(route.path);
    }

    /// Feeds each field of a form that is right but for `wrong`, so that it always comes back.
    async fn feed(&mut self, browser: &mut Browser, form: TypedForm, wrong: (&str, &str)) {
        self.note(form.action());
        let form = form.forged(wrong.0, wrong.1);
        let page = browser.refused(form.clone()).await;
        let fields: Vec<String> = form
            .texts()
            .iter()
            .filter(|field| *field != wrong.0 && !form.value(field).is_empty())
            .cloned()
            .collect();
        for field in &fields {
            let complaint = page.complaint(field);
            assert_eq!(complaint, "", "{field} of {} is sound", form.action());
        }
        for field in &fields {
            self.feed_field(browser, &form, field).await;
        }
    }

    async fn feed_field(&self, browser: &mut Browser, form: &TypedForm, field: &str) {
        let (action, value) = (form.action().to_string(), form.value(field).to_string());
        for harmless in HARMLESS {
            let typed = harmless(&value);
            let page = browser.refused(form.clone().with(field, &typed)).await;
            let complaint = page.complaint(field);
            assert_eq!(complaint, "", "{action}: {field} typed as {typed:?}");
            is_kept(&page, form, field, &typed);
        }
        for bad in UNKEEPABLE {
            let typed = in_the_middle(&value, bad);
            let page = browser.refused(form.clone().with(field, &typed)).await;
            let complaint = page.complaint(field);
            assert!(
                complaint.contains("个字是"),
                "{action}: {field} with {bad:?}: {complaint:?}"
            );
            is_kept(&page, form, field, &typed);
        }
        for strange in STRANGE {
            let page = browser.refused(form.clone().with(field, strange)).await;
            is_kept(&page, form, field, strange);
        }
    }

    /// Feeds a form that has one field for text and would be taken otherwise.
    async fn feed_alone(&mut self, browser: &mut Browser, form: TypedForm, field: &str) {
        self.note(form.action());
        for bad in UNKEEPABLE {
            let typed = in_the_middle("这里写了十个字以上的一段话，", bad);
            let page = browser.refused(form.clone().with(field, &typed)).await;
            let complaint = page.complaint(field);
            assert!(
                !complaint.is_empty(),
                "{}: {field} with {bad:?}",
                form.action()
            );
            is_kept(&page, &form, field, &typed);
        }
        // What nobody sees does not make a text longer.
        let typed =
            "短\u{200B}\u{200B}\u{2060}\u{FEFF}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}";
        let page = browser.refused(form.clone().with(field, typed)).await;
        assert!(
            !page.complaint(field).is_empty(),
            "{}: {field}",
            form.action()
        );
        is_kept(&page, &form, field, typed);
    }
}

/// The page shows the form again with everything that was typed.
#[track_caller]
fn is_kept(page: &Page, form: &TypedForm, field: &str, typed: &str) {
    let again = page.form(form.action());
    assert_eq!(
        words(again.value(field)),
        words(typed),
        "{field} of {}",
        form.action()
    );
    for other in form.texts().iter().filter(|other| *other != field) {
        let kept = words(again.value(other));
        assert_eq!(
            kept,
            words(form.value(other)),
            "{other} of {} is lost",
            form.action()
        );
    }
}

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
        let is_tried = fed.0.contains(route.path) || WITHOUT_TEXT.contains(&route.path);
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
    let check = auditor
        .get("/desk/checks")
        .await
        .links("/desk/checks/owners/")
        .pop()
        .expect("one waits");
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

    let mut owner = house.as_("owner1").await;
    let form = owner.get("/account").await.form("/account/phone");
    fed.feed_alone(&mut owner, form, "phone").await;
    let form = owner.get("/desk/trustees").await.form("/desk/trustees");
    let form = form
        .with("person_name", "受托 人")
        .with("phone", "13807100003")
        .with("login", "trustee2");
    fed.feed(&mut owner, form, ("new_password", "短")).await;
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
    let check = auditor
        .get("/desk/checks")
        .await
        .links("/desk/checks/agencies/")
        .pop()
        .expect("one waits");
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
        .submit(objection.with("objection", "成果份数应为六份，请补充。"))
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

#[tokio::test]
async fn one_person_in_two_spellings_takes_part_once() {
    let house = House::open().await;
    let id = cast::publish(&house, "owner1", "random").await;
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    for (code, name) in [(1, "阿卜杜拉·买买提"), (2, "阿卜杜拉・\u{3000}买买提")] {
        sqlx::query("update agencies set legal_representative = $2 where uscc = $1")
            .bind(cast::agency_code(code))
            .bind(name)
            .execute(&mut *conn)
            .await
            .expect("renamed");
    }
    drop(conn);
    for login in cast::AGENCIES {
        cast::sign_up(&house, login, &id, None).await;
    }
    house.advance_to(cast::deadline(&house, &id).await).await;
    let page = house.browser().get(&format!("/requirements/{id}")).await;
    assert_eq!(
        page.text.matches("为同一法定代表人").count(),
        1,
        "{}",
        page.words()
    );
    house.close().await;
}

#[tokio::test]
async fn an_irregular_code_comes_with_its_licence_and_the_operator_decides() {
    let house = House::open().await;
    let regular = cast::owner_code(7);
    let last = if regular.ends_with('1') { '2' } else { '1' };
    let irregular = format!("{}{last}", &regular[..17]);
    let mut browser = open_account(&house, "irregular", "早年登记").await;
    let form = browser.get("/register/owner").await.form("/register/owner");
    let form = owner_form(form, "区早年登记单位", 7, "private_enterprise", "social")
        .with("uscc", &irregular);
    let page = browser.refused(form).await;
    assert!(
        page.complaint("uscc").contains("校验码"),
        "{}",
        page.complaints()
    );
    assert!(
        page.complaint("licence").contains("扫描件"),
        "{}",
        page.complaints()
    );
    let form = page
        .form("/register/owner")
        .file("licence", "执照.pdf", PDF);
    browser.submit(form).await;
    let mut auditor = house.as_("auditor").await;
    let check = auditor
        .get("/desk/checks")
        .await
        .links("/desk/checks/owners/")
        .pop()
        .expect("one waits");
    let page = auditor.get(&check).await;
    page.shows("与校验规则不符");
    let scan = page.links("/files/").pop().expect("the licence");
    assert_eq!(auditor.ask(&scan).await.status, 200);
    assert_eq!(
        house.browser().ask(&scan).await.status,
        404,
        "it is nobody else's"
    );
    auditor
        .submit(page.form(&check).with("verdict", "approve"))
        .await;
    house
        .browser()
        .get(&format!("/owners/{irregular}"))
        .await
        .shows("区早年登记单位");
    // A settled body with such a code can buy: its stored code is read.
    cast::publish(&house, "irregular", "random").await;
    // An identity number is no code, for owners and agencies, and neither is a wrong one in the list of avoided bodies.
    let mut other = open_account(&house, "other", "另一个人").await;
    for path in ["/register/owner", "/register/agency"] {
        let form = other
            .get(path)
            .await
            .form(path)
            .with("uscc", cast::id_number(3));
        let page = other.refused(form).await;
        assert!(
            page.complaint("uscc").contains("身份证号码"),
            "{}",
            page.complaints()
        );
    }
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let form = |code: &str| {
        document(page.form(&format!("/requirements/{id}/submit")), "random")
            .with("avoided_0_uscc", code)
            .with("avoided_0_name", "某单位")
            .with("avoided_0_reason", "承担过前期设计")
    };
    let unknown = format!(
        "{}{}",
        &cast::agency_code(1)[..17],
        if cast::agency_code(1).ends_with('1') {
            '2'
        } else {
            '1'
        }
    );
    let page = owner.refused(form(&unknown)).await;
    assert!(
        page.complaint("avoided_0_uscc").contains("校验码"),
        "{}",
        page.complaints()
    );
    owner.submit(form(&irregular)).await;
    house.close().await;
}
