//! Names and codes as they are typed: one body is one body, an irregular code goes to the operator, and an identity
//! number is no code.

use crate::browser::{Browser, PDF, Page, TypedForm};
use crate::cast::{self, agency_form, begin, document, open_account, owner_form};
use crate::house::House;
use market::Uscc;

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
        page.text.matches("法定代表人同名").count(),
        1,
        "{}",
        page.words()
    );
    house.close().await;
}

/// A credit code whose last character is another than the rule asks for.
fn irregular(regular: &str) -> String {
    let last = if regular.ends_with('1') { '2' } else { '1' };
    format!("{}{last}", &regular[..17])
}

/// Registers a body with an irregular code: refused without the scan of its licence, taken with it.
async fn register_irregular(browser: &mut Browser, form: TypedForm) -> Page {
    let page = browser.refused(form.clone()).await;
    let complaint = page.complaint("uscc");
    assert!(complaint.contains("校验码"), "{}", page.complaints());
    let complaint = page.complaint("licence");
    assert!(complaint.contains("扫描件"), "{}", page.complaints());
    let form = page.form(form.action());
    let form = form.file("licence", "执照.pdf", PDF);
    browser.submit(form).await
}

/// The operator is warned of the code, reads the scan that nobody else can read, and passes the body.
async fn pass_with_warning(house: &House, bodies: &str) {
    let mut auditor = house.as_("auditor").await;
    let check = cast::waiting(&mut auditor, bodies).await;
    let page = auditor.get(&check).await;
    page.shows("与校验规则不符");
    let scan = page.links("/files/").into_iter().next();
    let scan = scan.expect("the licence");
    assert_eq!(auditor.ask(&scan).await.status, 200);
    let elsewhere = house.browser().ask(&scan).await;
    assert_eq!(elsewhere.status, 404, "it is nobody else's");
    auditor
        .submit(page.form(&check).with("verdict", "approve"))
        .await;
}

#[tokio::test]
async fn an_irregular_code_of_an_owner_comes_with_its_licence_and_the_operator_decides() {
    let house = House::open().await;
    let code = irregular(&cast::owner_code(7));
    let mut browser = open_account(&house, "irregular", "早年登记").await;
    let form = browser.get("/register/owner").await.form("/register/owner");
    let form = owner_form(form, "区早年登记单位", 7, "private_enterprise", "social");
    register_irregular(&mut browser, form.with("uscc", &code)).await;
    pass_with_warning(&house, "owners").await;
    let page = house.browser().get(&format!("/owners/{code}")).await;
    page.shows("区早年登记单位");
    // A settled body with such a code can buy: its stored code is read.
    cast::publish(&house, "irregular", "random").await;
    // In the list of avoided bodies it is read where a body has registered with it, and is a slip otherwise.
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let form = |code: &str| {
        document(page.form(&format!("/requirements/{id}/submit")), "random")
            .with("avoided_0_uscc", code)
            .with("avoided_0_name", "某单位")
            .with("avoided_0_reason", "承担过前期设计")
    };
    let unknown = irregular(&cast::agency_code(1));
    let page = owner.refused(form(&unknown)).await;
    let complaint = page.complaint("avoided_0_uscc");
    assert!(complaint.contains("校验码"), "{}", page.complaints());
    owner.submit(form(&code)).await;
    house.close().await;
}

#[tokio::test]
async fn an_irregular_code_of_an_agency_comes_with_its_licence_and_the_operator_decides() {
    let house = House::open().await;
    let code = irregular(&cast::agency_code(8));
    let mut browser = open_account(&house, "irregular", "早年登记").await;
    let form = browser.get("/register/agency").await;
    let form = agency_form(form.form("/register/agency"), 8).with("uscc", &code);
    register_irregular(&mut browser, form).await;
    // Saved again, the details need no second scan.
    let form = browser.get("/desk/dossier").await.form("/desk/dossier");
    assert_eq!(form.value("uscc"), code);
    browser.submit(form).await;
    cast::hand_in(&house, browser, 8).await;
    pass_with_warning(&house, "agencies").await;
    cast::vet_everything(&house).await;
    let page = house.browser().get(&format!("/agencies/{code}")).await;
    page.shows("汉江测绘8有限公司");
    // Its stored code is read where it takes part.
    let id = cast::publish(&house, "owner1", "random").await;
    cast::sign_up(&house, "irregular", &id, None).await;
    house.close().await;
}

/// An identity number whose ninth to seventeenth figures are those of an organisation code.
fn identity_number_like_a_code() -> String {
    let found = (0..100).find_map(|n| {
        let code = Uscc::complete("42", "060619", &format!("900101{n:02}")).ok()?;
        let first = &code.as_str()[..17];
        let is_digits = first.bytes().all(|c| c.is_ascii_digit());
        is_digits.then(|| cast::identity_number(first))
    });
    found.expect("one of a hundred")
}

#[tokio::test]
async fn an_identity_number_is_refused_as_a_code_and_never_published() {
    let house = House::open().await;
    let number = identity_number_like_a_code();
    let mut browser = open_account(&house, "other", "另一个人").await;
    for path in ["/register/owner", "/register/agency"] {
        let form = browser.get(path).await.form(path);
        let form = match path {
            "/register/owner" => owner_form(form, "区园林局", 9, "gov_agency", "fiscal"),
            _ => agency_form(form, 9),
        };
        // The scan that lets an irregular code pass changes nothing.
        let form = form
            .with("uscc", format!("统一社会信用代码：{number}"))
            .file("licence", "执照.pdf", PDF);
        let page = browser.refused(form).await;
        let complaint = page.complaint("uscc");
        assert!(complaint.contains("身份证号码"), "{}", page.complaints());
    }
    let mut agency = house.as_("agency5").await;
    let form = agency.get("/desk/dossier").await.form("/desk/dossier");
    let page = agency.refused(form.with("uscc", &number)).await;
    let complaint = page.complaint("uscc");
    assert!(complaint.contains("身份证号码"), "{}", page.complaints());
    let mut nobody = house.browser();
    for path in ["/owners", "/agencies", "/agencies.csv", "/api/v1/agencies"] {
        nobody.get(path).await.hides(&number);
    }
    for prefix in ["/owners/", "/agencies/"] {
        assert_eq!(nobody.get(&format!("{prefix}{number}")).await.status, 404);
    }
    let found = nobody.get(&format!("/api/v1/search?q={number}")).await;
    assert!(found.text.contains("\"count\":0"), "{}", found.text);
    house.close().await;
}
