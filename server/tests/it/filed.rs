//! Every form that carries files: several pictures become one document, what has arrived stays when another field is
//! wrong, and what is stored is served as nothing that a browser would run.

use crate::browser::{Browser, PDF, TypedForm};
use crate::cast::{self, AGENCIES, draw, option_of, publish, sign_up, win};
use crate::house::House;
use app::routes::{ROUTES, route_of_form};
use std::collections::BTreeSet;
use std::io::Cursor;

fn picture(format: image::ImageFormat) -> Vec<u8> {
    let picture =
        image::RgbImage::from_fn(40, 60, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

/// Chooses two pictures at once, as phones and scanners name them.
fn with_pictures(form: TypedForm, field: &str) -> TypedForm {
    form.file(field, "扫描.jfif", &picture(image::ImageFormat::Jpeg))
        .file(field, "扫描 (2).JPG", &picture(image::ImageFormat::Png))
}

/// Sends a form with pictures and a mistake elsewhere; then the same again, corrected, without choosing them anew.
async fn stays(
    browser: &mut Browser,
    seen: &mut BTreeSet<&'static str>,
    form: TypedForm,
    field: &str,
    wrong: impl Fn(TypedForm) -> TypedForm,
    right: impl Fn(TypedForm) -> TypedForm,
) -> crate::browser::Page {
    let action = form.action.clone();
    seen.insert(route_of_form(&action).expect("a route").path);
    let page = browser.refused(with_pictures(wrong(form), field)).await;
    page.shows("已收到：扫描等2张.pdf").shows("换一个文件");
    let after = page.text.split_once("已收到：扫描").expect("it is there").1;
    let at = |words: &str| after.find(words).expect("it is there");
    assert!(at("换一个文件") < at("type=\"file\""), "above the control");
    assert!(
        page.complaint(field).is_empty(),
        "{action}: {}",
        page.complaint(field)
    );
    let again = page.form(&action);
    assert!(
        !again.value(&format!("{field}_kept")).is_empty(),
        "{action}"
    );
    browser.submit(right(again)).await
}

/// Registrations, and their corrections: the licence stays when the telephone is wrong.
async fn registrations(house: &House, seen: &mut BTreeSet<&'static str>) {
    let wrong = |form: TypedForm| form.with("contact_phone", "9");
    let right = |form: TypedForm| form.with("contact_phone", "0710-3456789");
    let mut buyer = cast::open_account(house, "buyer7", "业主管理员").await;
    let path = "/register/owner";
    let form = buyer.get(path).await.form(path);
    let form = cast::owner_form(form, "区园林中心", 7, "public_institution", "fiscal");
    stays(&mut buyer, seen, form, "licence", wrong, right).await;
    let mut auditor = house.as_("auditor").await;
    let check = auditor.get("/desk/checks").await;
    let check = check.links("/desk/checks/owners/").pop().expect("it waits");
    let form = auditor.get(&check).await.form(&check);
    let returned = form
        .with("verdict", "return")
        .with("note", "请核对联系电话。");
    auditor.submit(returned).await;
    let path = "/desk/registration";
    let form = buyer.get(path).await.form(path);
    stays(&mut buyer, seen, form, "licence", wrong, right).await;

    let mut bidder = cast::open_account(house, "bidder8", "机构管理员").await;
    let path = "/register/agency";
    let form = bidder.get(path).await.form(path);
    let form = cast::agency_form(form, 8);
    stays(&mut bidder, seen, form, "licence", wrong, right).await;
    let path = "/desk/dossier";
    let form = bidder.get(path).await.form(path);
    stays(&mut bidder, seen, form, "licence", wrong, right).await;
}

/// A practitioner: the scan of the certificate stays when the years of practice are none.
async fn practitioner(
    house: &House,
    browser: &mut Browser,
    seen: &mut BTreeSet<&'static str>,
    dossier: &crate::browser::Page,
) {
    let form = dossier
        .form("/desk/dossier/practitioners")
        .with("service_type", cast::surveying(house).await)
        .with("name", "张测绘")
        .with("id_number", cast::id_number(77))
        .with("certificate", "注册测绘师")
        .with("certificate_number", "E00000077");
    let wrong = |form: TypedForm| form.with("practice_years", "很多");
    let right = |form: TypedForm| form.with("practice_years", "8");
    stays(browser, seen, form, "certificate_scan", wrong, right).await;
}

#[tokio::test]
async fn whatever_form_it_was_in_a_file_that_arrived_stays_when_another_field_is_wrong() {
    let house = House::open().await;
    let mut seen = BTreeSet::from(["/uploads"]);
    registrations(&house, &mut seen).await;
    let mut newcomer = house.as_("agency5").await;
    let page = newcomer.get("/desk/dossier").await;
    let form = page.form("/desk/dossier/commitment");
    let page = stays(
        &mut newcomer,
        &mut seen,
        form,
        "letter",
        |form| form,
        |form| form.with("agreed", "on"),
    )
    .await;
    let offer = page
        .form("/desk/dossier/services")
        .with("service_type", cast::surveying(&house).await)
        .with("promise", "两个工作日内到场，按约定时间交付。")
        .with("fee_reference", "市场调节价");
    let page = newcomer.submit(offer).await;
    let kind = option_of(&page, "kind", "测绘资质");
    let form = page
        .form("/desk/dossier/qualifications")
        .with("kind", kind)
        .with("speciality", "工程测量")
        .with("grade", "class_b")
        .with("issuer", "省自然资源厅")
        .with("valid_from", "2024-01-01")
        .with("valid_until", "2028-12-31");
    let right = |form: TypedForm| form.with("number", "鄂测资字0999");
    let page = stays(&mut newcomer, &mut seen, form, "scan", |form| form, right).await;
    page.shows("扫描等2张.pdf");
    practitioner(&house, &mut newcomer, &mut seen, &page).await;

    contract(&house, &mut seen).await;

    // The one form that has nothing but its file.
    let mut owner = house.as_("owner1").await;
    let (page, id) = cast::begin(&house, &mut owner).await;
    let action = format!("/requirements/{id}/files");
    let form = with_pictures(page.form(&action), "attachment");
    owner.submit(form).await.shows("扫描等2张.pdf");
    seen.insert(route_of_form(&action).expect("a route").path);

    let all = ROUTES.iter().filter(|route| route.takes_files);
    assert_eq!(
        seen,
        all.map(|route| route.path).collect(),
        "every form with files is tried"
    );
    house.close().await;
}

/// The forms of a contract: recorded, recorded again after an objection, delivered.
async fn contract(house: &House, seen: &mut BTreeSet<&'static str>) {
    let id = publish(house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(house, login, &id, None).await;
    }
    draw(house, &id).await;
    let (award, login) = win(house, &id).await;
    let mut agency = house.as_(login).await;
    let path = format!("/awards/{award}/contract");
    let form = agency
        .get(&path)
        .await
        .form(&path)
        .with("content", "放线和验线测量。");
    let wrong = |form: TypedForm| form.with("amount", "1");
    let right = |form: TypedForm| form.with("amount", "48000");
    let contract = stays(&mut agency, seen, form, "scan", wrong, right)
        .await
        .id();
    let path = format!("/contracts/{contract}");
    let mut owner = house.as_("owner1").await;
    let form = owner.get(&path).await.form(&format!("{path}/object"));
    owner
        .submit(form.with("objection", "成果份数应为六份，请补充。"))
        .await;
    let form = agency.get(&path).await.form(&format!("{path}/record"));
    let right = |form: TypedForm| {
        form.with("amount", "48000")
            .with("content", "放线和验线测量，成果六份。")
    };
    stays(&mut agency, seen, form, "scan", wrong, right).await;
    let form = owner.get(&path).await.form(&format!("{path}/confirm"));
    owner.submit(form).await;
    let form = agency.get(&path).await.form(&format!("{path}/deliver"));
    let wrong = |form: TypedForm| form.with("note", "");
    let right = |form: TypedForm| form.with("note", "报告六份已送达，由业主签收。");
    stays(&mut agency, seen, form, "result", wrong, right)
        .await
        .shows("扫描等2张.pdf");
}

#[tokio::test]
async fn a_stored_file_is_saved_and_never_shown_as_a_page_of_this_site() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = cast::begin(&house, &mut owner).await;
    let form = page.form(&format!("/requirements/{id}/files"));
    let page = owner.submit(form.file("attachment", "附件.pdf", PDF)).await;
    let link = page.links("/files/").pop().expect("a file");
    let file = owner.ask(&link).await;
    assert_eq!(file.status, 200);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("content-type", "application/pdf"),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(
            file.headers.get(name).and_then(|found| found.to_str().ok()),
            Some(value),
            "{name}"
        );
    }
    let disposition = file.headers["content-disposition"].to_str().expect("ASCII");
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    house.close().await;
}

#[tokio::test]
async fn an_old_format_or_a_mixture_is_told_at_its_field_with_what_to_do() {
    let house = House::open().await;
    let mut browser = house.as_("agency5").await;
    let page = browser.get("/desk/dossier").await;
    let form = || page.form("/desk/dossier/commitment").with("agreed", "on");
    let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0];
    let refused = browser
        .refused(form().file("letter", "承诺书.wps", &old))
        .await;
    assert!(
        refused.complaint("letter").contains("另存为"),
        "{}",
        refused.complaints()
    );
    let mixture = with_pictures(form(), "letter").file("letter", "合同.pdf", PDF);
    let refused = browser.refused(mixture).await;
    assert!(
        refused.complaint("letter").contains("都是图片"),
        "{}",
        refused.complaints()
    );
    // A scan of another kind is turned into one that everybody can open.
    let scan = picture(image::ImageFormat::Bmp);
    browser
        .submit(form().file("letter", "承诺书.bmp", &scan))
        .await
        .shows("已签署");
    house.close().await;
}
