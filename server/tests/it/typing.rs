//! Every text field of every form is fed with what hands, input methods and office programs leave behind: it is read
//! as it was meant, or refused at the field, and everything else that was typed is kept.

use crate::browser::{Browser, PDF, Page, TypedForm};
use crate::cast::{self, agency_form, begin, document, open_account, owner_form};
use crate::house::House;
use app::routes::route_of_form;
use market::typed::clean;
use std::collections::BTreeSet;

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
async fn accounts_and_registrations_read_what_was_meant_or_say_what_is_wrong() {
    let house = House::open().await;
    let mut fed = Fed::default();
    accounts_and_bodies(&house, &mut fed).await;
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
    let form = owner.get("/desk/trustees").await.form("/desk/trustees");
    let form = form
        .with("person_name", "受托 人")
        .with("phone", "13807100003")
        .with("login", "trustee2");
    fed.feed(&mut owner, form, ("new_password", "短")).await;
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
