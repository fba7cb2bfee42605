//! The small cast of the tests, and what its members do again and again, all of it through pages and forms.

use crate::browser::{Browser, PDF, Page, TypedForm};
use crate::house::{House, MONDAY};
use market::Uscc;
use market::time::Duration;
use server::seed::people::{Staff, add_staff};

pub const PASSWORD: &str = "檀溪-Fountain-7381-雨";
/// What somebody else sets, and its person changes before anything else.
pub const FIRST_PASSWORD: &str = "初见-Harbour-4417-石";
/// 规划放线、验线测量: an applicant's item of the service type 测绘.
pub const ITEM: &str = "ZJ-ZR-008";
pub const AGENCIES: [&str; 4] = ["agency1", "agency2", "agency3", "agency4"];

/// The credit code of the `n`th agency.
pub fn agency_code(n: usize) -> String {
    Uscc::complete("91", "420606", &format!("MATET{n:03}"))
        .expect("nine characters")
        .to_string()
}

/// The credit code of the `n`th owner.
pub fn owner_code(n: usize) -> String {
    Uscc::complete("11", "420606", &format!("TET{n:05}"))
        .expect("nine characters")
        .to_string()
}

/// A valid identity number (GB 11643) that belongs to nobody.
pub fn id_number(n: usize) -> String {
    identity_number(&format!("42060619900101{n:03}"))
}

/// The identity number of 17 figures.
pub fn identity_number(digits: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .chars()
        .zip(weights)
        .map(|(c, w)| c.to_digit(10).expect("a digit") * w)
        .sum();
    let check = b"10X98765432"[(sum % 11) as usize] as char;
    format!("{digits}{check}")
}

/// Everybody arrives in the weeks before [`MONDAY`] and is settled by then.
pub async fn arrive(house: &House) {
    house.clock.set(MONDAY - Duration::days(35));
    for (login, name, role, department) in [
        ("auditor", "周审", "operator_auditor", None),
        ("publisher", "吴发", "operator_publisher", None),
        ("clerk", "郑经", "department_clerk", Some("zr")),
        ("checker", "王核", "department_checker", Some("zr")),
        ("supervisor", "冯督", "supervisor", None),
    ] {
        let staff = Staff {
            login,
            name,
            phone: "13807100001",
            role,
            department,
        };
        let added = add_staff(&house.world, staff, FIRST_PASSWORD).await;
        added.unwrap_or_else(|error| panic!("{login}: {error}"));
        change_first_password(house, login).await;
    }
    open_account(house, "stranger", "路人").await;
    owner(house, "owner1", "区水利局", 1, "gov_agency", "fiscal").await;
    owner(
        house,
        "owner2",
        "区新材料有限公司",
        2,
        "private_enterprise",
        "social",
    )
    .await;
    trustee(house).await;
    for (n, login) in AGENCIES.into_iter().enumerate() {
        let browser = register_agency(house, login, n + 1).await;
        hand_in(house, browser, n + 1).await;
        pass_check(house, login).await;
    }
    vet_everything(house).await;
    let browser = register_agency(house, "agency5", 5).await;
    drop(browser);
    house.advance_to(MONDAY).await;
}

/// Signs in with a first password and changes it to [`PASSWORD`].
pub async fn change_first_password(house: &House, login: &str) -> Browser {
    let mut browser = house.browser();
    browser.sign_in(login, FIRST_PASSWORD).await;
    let form = browser.get("/account").await.form("/account/password");
    let form = form
        .with("old_password", FIRST_PASSWORD)
        .with("new_password", PASSWORD)
        .with("new_password_again", PASSWORD);
    browser.submit(form).await;
    browser
}

/// Opens an account on the site and stays signed in.
pub async fn open_account(house: &House, login: &str, name: &str) -> Browser {
    let mut browser = house.browser();
    let form = browser.get("/register").await.form("/register");
    let form = form
        .with("person_name", name)
        .with("phone", "13807100002")
        .with("login", login)
        .with("new_password", PASSWORD)
        .with("new_password_again", PASSWORD)
        .with("agreed", "on");
    browser.submit(form).await;
    browser
}

pub fn owner_form(form: TypedForm, name: &str, n: usize, kind: &str, fund: &str) -> TypedForm {
    form.with("uscc", owner_code(n))
        .with("name", name)
        .with("kind", kind)
        .with("fund_type", fund)
        .with("legal_representative", format!("业主{n}"))
        .with("address", "示范区政务大道 1 号")
        .with("contact_name", "业主联系人")
        .with("contact_phone", "0710-3456789")
}

async fn owner(house: &House, login: &str, name: &str, n: usize, kind: &str, fund: &str) {
    let mut browser = open_account(house, login, "业主管理员").await;
    let form = browser.get("/register/owner").await.form("/register/owner");
    browser.submit(owner_form(form, name, n, kind, fund)).await;
    let mut auditor = house.as_("auditor").await;
    let check = waiting(&mut auditor, "owners").await;
    let page = auditor.get(&check).await;
    auditor
        .submit(page.form(&check).with("verdict", "approve"))
        .await;
}

async fn trustee(house: &House) {
    let mut owner = house.as_("owner1").await;
    let form = owner.get("/desk/trustees").await.form("/desk/trustees");
    let form = form
        .with("person_name", "受托人")
        .with("phone", "13807100003")
        .with("login", "trustee")
        .with("new_password", FIRST_PASSWORD);
    owner.submit(form).await;
    change_first_password(house, "trustee").await;
}

pub fn agency_form(form: TypedForm, n: usize) -> TypedForm {
    form.with("uscc", agency_code(n))
        .with("name", format!("汉江测绘{n}有限公司"))
        .with("nature", "enterprise")
        .with("legal_representative", format!("法人{n}"))
        .with("founded_on", "2015-05-05")
        .with("registered_capital", "300万")
        .with("address", "示范区中介大厦 301 室")
        .with("contact_name", "联系人")
        .with("contact_phone", "13807100004")
}

/// Registers the `n`th agency and leaves its dossier a draft.
pub async fn register_agency(house: &House, login: &str, n: usize) -> Browser {
    let mut browser = open_account(house, login, "机构管理员").await;
    let form = browser
        .get("/register/agency")
        .await
        .form("/register/agency");
    browser.submit(agency_form(form, n)).await.shows("服务类型");
    browser
}

/// Fills the dossier of the browser's agency for 测绘 and hands it in.
pub async fn hand_in(house: &House, mut browser: Browser, n: usize) {
    let service = surveying(house).await;
    let page = browser.get("/desk/dossier").await;
    let offer = page
        .form("/desk/dossier/services")
        .with("service_type", &service)
        .with("promise", "两个工作日内到场，按约定时间交付。")
        .with("fee_reference", "市场调节价");
    let page = browser.submit(offer).await;
    let kind = option_of(&page, "kind", "测绘资质");
    let qualify = page
        .form("/desk/dossier/qualifications")
        .with("kind", kind)
        .with("speciality", "工程测量")
        .with("grade", if n == 1 { "class_a" } else { "class_b" })
        .with("number", format!("鄂测资字{n:04}"))
        .with("issuer", "省自然资源厅")
        .with("valid_from", "2024-01-01")
        .with("valid_until", "2028-12-31")
        .file("scan", "证书.pdf", PDF);
    let page = browser.submit(qualify).await;
    let employ = page
        .form("/desk/dossier/practitioners")
        .with("service_type", &service)
        .with("name", "张测绘")
        .with("id_number", id_number(n))
        .with("certificate", "注册测绘师")
        .with("certificate_number", format!("E{n:08}"))
        .with("practice_years", "8")
        .file("certificate_scan", "执业证.pdf", PDF);
    let page = browser.submit(employ).await;
    let commit = page
        .form("/desk/dossier/commitment")
        .with("agreed", "on")
        .file("letter", "承诺书.pdf", PDF);
    let page = browser.submit(commit).await;
    browser.submit(page.form("/desk/dossier/submit")).await;
}

/// The value of the option whose label begins so.
pub fn option_of(page: &Page, select: &str, label: &str) -> String {
    let html = page.html();
    let css =
        scraper::Selector::parse(&format!("select[name=\"{select}\"] option")).expect("a selector");
    let found = html
        .select(&css)
        .find(|option| option.text().collect::<String>().starts_with(label));
    let found = found.unwrap_or_else(|| panic!("no option {label} in {}", page.path));
    found.attr("value").expect("a value").to_string()
}

pub async fn surveying(house: &House) -> String {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let types = store::catalogue::service_types(&mut conn)
        .await
        .expect("the types");
    types
        .iter()
        .find(|found| found.code == "CHJS")
        .expect("测绘")
        .id
        .to_string()
}

/// Where the operator checks the last registration that waits, of `owners` or `agencies`.
pub async fn waiting(auditor: &mut Browser, bodies: &str) -> String {
    let list = auditor.get("/desk/checks").await;
    let mut checks = list.links(&format!("/desk/checks/{bodies}/"));
    checks.pop().expect("one waits")
}

/// The operator's formal check of the one agency that waits.
pub async fn pass_check(house: &House, login: &str) {
    let mut auditor = house.as_("auditor").await;
    let waiting = auditor
        .get("/desk/checks")
        .await
        .links("/desk/checks/agencies/");
    assert_eq!(waiting.len(), 1, "{login} alone waits");
    let page = auditor.get(&waiting[0]).await;
    auditor
        .submit(page.form(&waiting[0]).with("verdict", "approve"))
        .await;
}

/// Clerk and checker of the department pass whatever waits, and publicity goes by.
pub async fn vet_everything(house: &House) {
    let (mut clerk, mut checker) = (house.as_("clerk").await, house.as_("checker").await);
    for (browser, step) in [(&mut clerk, "opinion"), (&mut checker, "decision")] {
        for vetting in browser.get("/desk/vettings").await.links("/desk/vettings/") {
            let page = browser.get(&vetting).await;
            let action = format!("{vetting}/{step}");
            if page.has_form(&action) {
                browser
                    .submit(page.form(&action).with("verdict", "approve"))
                    .await;
            }
        }
    }
    house.advance(Duration::days(7)).await;
}

/// What an owner types for a requirement by a method; tests change what they are about.
pub fn document(form: TypedForm, method: &str) -> TypedForm {
    let form = form
        .with("project_name", "唐白路规划放线测量")
        .with("scale", "道路 3.2 公里")
        .with("content", "完成道路红线放线和验线测量，提交成果报告六份。")
        .with("service_workdays", "10")
        .with("method", method)
        .with("amount", "4.8万")
        .with("price_note", "含成果修改")
        .with("sign_up_workdays", "3")
        .with("contact_name", "陈工")
        .with("contact_phone", "0710-3456789")
        .with("complaint_phone", "12345");
    match method {
        "lowest_price" => form.with("floor", "4万"),
        "direct" => form.with(
            "method_reason",
            "同一项目的后续补充工作，资料连续，金额较小。",
        ),
        _ => form,
    }
}

/// The form that begins a requirement, with [`ITEM`] chosen.
pub async fn beginning(house: &House, owner: &mut Browser) -> TypedForm {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let item = store::catalogue::item(&mut conn, ITEM)
        .await
        .expect("an answer")
        .expect("the item");
    let page = owner.get("/requirements/new").await;
    page.form("/requirements").with("item", item.id)
}

/// Begins a requirement for [`ITEM`]; answers the page with its form, and its id.
pub async fn begin(house: &House, owner: &mut Browser) -> (Page, String) {
    let form = beginning(house, owner).await;
    let page = owner.submit(form).await;
    let id = page.id();
    (page, id)
}

/// From nothing to a published notice; the owner's edits of the document are given. Answers the id.
pub async fn publish_with(
    house: &House,
    login: &str,
    method: &str,
    edit: impl FnOnce(TypedForm) -> TypedForm,
) -> String {
    let mut owner = house.as_(login).await;
    let (page, id) = begin(house, &mut owner).await;
    let form = page.form(&format!("/requirements/{id}/submit"));
    owner.submit(edit(document(form, method))).await;
    audit_and_publish(house, &id).await;
    id
}

pub async fn publish(house: &House, login: &str, method: &str) -> String {
    publish_with(house, login, method, |form| form).await
}

/// An auditor begins, or finds it begun. Answers the form of the judgement.
pub async fn begin_audit(auditor: &mut Browser, id: &str) -> TypedForm {
    let path = format!("/desk/editions/{id}");
    let mut page = auditor.get(&path).await;
    let begin = format!("{path}/begin");
    if page.has_form(&begin) {
        page = auditor.submit(page.form(&begin)).await;
    }
    page.form(&format!("{path}/audit"))
}

/// Two people of the operator let an edition through.
pub async fn audit_and_publish(house: &House, id: &str) {
    let mut auditor = house.as_("auditor").await;
    let form = begin_audit(&mut auditor, id).await;
    auditor.submit(form.with("verdict", "approve")).await;
    publish_audited(house, id).await;
}

/// The second of them, once the first has audited.
pub async fn publish_audited(house: &House, id: &str) {
    let path = format!("/desk/editions/{id}");
    let mut publisher = house.as_("publisher").await;
    let form = publisher.get(&path).await.form(&format!("{path}/publish"));
    publisher.submit(form).await;
}

/// Signs an agency up, with a price where the method wants one.
pub async fn sign_up(house: &House, login: &str, id: &str, price: Option<&str>) -> Page {
    let mut agency = house.as_(login).await;
    let path = format!("/requirements/{id}");
    let form = agency.get(&path).await.form(&format!("{path}/sign-up"));
    let form = match price {
        Some(price) => form.with("price", price),
        None => form,
    };
    house.advance(Duration::minutes(1)).await;
    agency.submit(form).await
}

/// The instant that publication fixed.
pub async fn deadline(house: &House, id: &str) -> market::Timestamp {
    requirement(house, id).await.deadline_at.expect("published")
}

pub async fn requirement(house: &House, id: &str) -> store::requirement::Requirement {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let id = id.parse().expect("an id");
    store::requirement::find(&mut conn, id)
        .await
        .expect("an answer")
        .expect("a requirement")
}

/// Past the deadline and the draw.
pub async fn draw(house: &House, id: &str) {
    let requirement = requirement(house, id).await;
    house
        .advance_to(requirement.draw_at.expect("published") + Duration::seconds(1))
        .await;
}

/// The live award of a requirement and the login of its agency.
pub async fn award(house: &House, id: &str) -> (String, &'static str) {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let awards = store::award::of_requirement(&mut conn, id.parse().expect("an id"))
        .await
        .expect("an answer");
    let live = awards
        .into_iter()
        .find(|award| award.state.is_live())
        .expect("a live award");
    let found = store::award::find(&mut conn, live.id)
        .await
        .expect("an answer")
        .expect("the award");
    let login = (1..=AGENCIES.len())
        .find(|n| agency_code(*n) == found.agency_uscc)
        .map(|n| AGENCIES[n - 1]);
    (live.id.to_string(), login.expect("one of the cast"))
}

/// The number of a notice of award.
pub async fn award_no(house: &House, award: &str) -> String {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let found = store::award::find(&mut conn, award.parse().expect("an id")).await;
    found.expect("an answer").expect("the award").award_no
}

/// The winner confirms and publicity goes by. Answers the award and its agency's login.
pub async fn win(house: &House, id: &str) -> (String, &'static str) {
    let (award, login) = award(house, id).await;
    let mut agency = house.as_(login).await;
    let path = format!("/awards/{award}");
    let form = agency.get(&path).await.form(&format!("{path}/confirm"));
    agency.submit(form).await;
    house.advance(Duration::days(4)).await;
    (award, login)
}

/// The agency records the contract and the owner confirms it. Answers the contract's id.
pub async fn contract(house: &House, award: &str, agency: &str, owner: &str) -> String {
    let mut agency = house.as_(agency).await;
    let path = format!("/awards/{award}/contract");
    let form = agency.get(&path).await.form(&path);
    let form = form
        .with("content", "放线和验线测量，成果六份。")
        .file("scan", "合同.pdf", PDF);
    let page = agency.submit(form).await;
    let id = page.id();
    let mut owner = house.as_(owner).await;
    let path = format!("/contracts/{id}");
    let form = owner.get(&path).await.form(&format!("{path}/confirm"));
    owner.submit(form).await;
    id
}

pub async fn deliver(house: &House, agency: &str, contract: &str) {
    let mut agency = house.as_(agency).await;
    let path = format!("/contracts/{contract}");
    let form = agency.get(&path).await.form(&format!("{path}/deliver"));
    let form = form
        .with("note", "报告六份已送达，由业主签收。")
        .file("result", "报告.pdf", PDF);
    agency.submit(form).await;
}

/// The owner accepts and completes.
pub async fn accept_and_complete(house: &House, owner: &str, contract: &str) {
    let mut owner = house.as_(owner).await;
    let path = format!("/contracts/{contract}");
    let form = owner.get(&path).await.form(&format!("{path}/accept"));
    let page = owner.submit(form).await;
    owner.submit(page.form(&format!("{path}/complete"))).await;
}

/// The owner rates in all five dimensions alike.
pub async fn rate(house: &House, owner: &str, contract: &str, stars: u32, comment: &str) {
    let mut owner = house.as_(owner).await;
    let path = format!("/contracts/{contract}");
    let mut form = owner.get(&path).await.form(&format!("{path}/rating"));
    for dimension in ["quality", "timeliness", "attitude", "fee", "conduct"] {
        form = form.with(dimension, stars);
    }
    owner.submit(form.with("comment", comment)).await;
}
