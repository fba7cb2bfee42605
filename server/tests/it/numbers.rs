//! Numbers on paper: however they are typed, a genuine paper is found.

use crate::browser::Browser;
use crate::cast::{
    AGENCIES, agency_code, award_no, draw, owner_code, publish, requirement, sign_up, win,
};
use crate::house::House;
use app::ask::encode;

/// What hands make of a number.
fn spellings(number: &str) -> Vec<String> {
    let wide: String = number
        .chars()
        .map(|c| char::from_u32(c as u32 + 0xFEE0).expect("full width"))
        .collect();
    let mut spaced = number.to_string();
    spaced.insert(6, ' ');
    vec![
        number.to_lowercase(),
        wide,
        spaced,
        format!(" {number}。"),
        format!("“{number}”"),
        format!("编号：{number}"),
        format!("{number}（1-1）"),
        format!("{number} (1/1)"),
        format!("统一社会信用代码：{number}（副本）"),
        number.replace('-', ""),
        number.replace('-', " — "),
        format!("\u{202D}{number}\u{202C}"),
        format!("{number}."),
    ]
}

/// Every spelling of every number leads to its place, in an address and typed into the field.
async fn leads_there(browser: &mut Browser, cases: &[(&str, String, String)]) {
    for (prefix, number, place) in cases {
        // An id is on no paper that has copies.
        let is_id = number.len() == 36;
        for typed in spellings(number) {
            if is_id && typed.ends_with([')', '）']) {
                continue;
            }
            let page = browser.get(&format!("{prefix}{}", encode(&typed))).await;
            assert_eq!(page.status, 200, "{prefix}{typed}");
            // Signs that nobody sees are taken out of every address before a page sees it: that is no other spelling.
            // An id is read with or without its hyphens, where it stands.
            if typed.chars().all(|c| c != '\u{202D}') && !number.contains("-7") {
                assert_eq!(&page.path, place, "{prefix}{typed}");
            }
            let page = browser
                .get(&format!("/verify?number={}", encode(&typed)))
                .await;
            if !prefix.starts_with("/requirements") && !number.contains("-7") {
                assert_eq!(&page.path, place, "typed into the field: {typed}");
            }
        }
    }
}

#[tokio::test]
async fn every_spelling_of_a_number_leads_to_its_page() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let (award, _) = win(&house, &id).await;
    let award_no = award_no(&house, &award).await;
    let notice_no = requirement(&house, &id).await.notice_no.expect("published");
    let project = format!("/requirements/{id}");
    let verified = format!("/verify/{award_no}");
    let mut browser = house.browser();
    let cases = [
        ("/verify/", award_no.clone(), verified.clone()),
        ("/verify/", notice_no.clone(), project.clone()),
        ("/notices/", notice_no.clone(), project.clone()),
        ("/requirements/", notice_no.clone(), project.clone()),
        ("/awards/", award_no.clone(), verified.clone()),
        (
            "/agencies/",
            agency_code(1),
            format!("/agencies/{}", agency_code(1)),
        ),
        (
            "/owners/",
            owner_code(1),
            format!("/owners/{}", owner_code(1)),
        ),
        (
            "/items/",
            "ZJ-ZR-008".to_string(),
            "/items/ZJ-ZR-008".to_string(),
        ),
        ("/requirements/", id.clone(), project.clone()),
        ("/awards/", award.clone(), format!("/awards/{award}")),
    ];
    leads_there(&mut browser, &cases).await;
    browser.get(&verified).await.shows("真实有效");
    // Where one searches by words.
    let (agency, owner) = (agency_code(1), owner_code(1));
    let searches = [
        ("/awards", &award_no, format!("/awards/{award}")),
        ("/search", &award_no, verified.clone()),
        ("/search", &notice_no, project.clone()),
        ("/search", &agency, format!("/agencies/{agency}")),
        ("/search", &owner, format!("/owners/{owner}")),
        ("/agencies", &agency, format!("/agencies/{agency}")),
        ("/requirements", &notice_no, project.clone()),
    ];
    are_found(&mut browser, &searches).await;
    // Without its letters, without its last figure, as a whole address.
    let digits = award_no.trim_start_matches("ZX").to_string();
    for (typed, place) in [
        (digits.clone(), &verified),
        (format!("http://market.test/verify/{award_no}"), &verified),
        (
            digits.split('-').next().expect("digits").to_string(),
            &project,
        ),
    ] {
        let page = browser
            .get(&format!("/verify?number={}", encode(&typed)))
            .await;
        assert_eq!(&page.path, place, "{typed}");
    }
    others_lead_there_or_nowhere(&mut browser, &verified).await;
    house.close().await;
}

/// Each list finds its number in every spelling.
async fn are_found(browser: &mut Browser, searches: &[(&str, &String, String)]) {
    for (list, number, place) in searches {
        for typed in spellings(number) {
            let page = browser.get(&format!("{list}?q={}", encode(&typed))).await;
            let found = page.links(place);
            assert!(!found.is_empty(), "{list}?q={typed}: {}", page.words());
        }
    }
}

/// With slashes after it, versions of the policy and entries of the ledger, too; another host never.
async fn others_lead_there_or_nowhere(browser: &mut Browser, verified: &str) {
    for slash in ["/", "//"] {
        let page = browser.get(&format!("{verified}{slash}")).await;
        assert_eq!(page.path, verified);
    }
    for host in ["//evil.example/", "/\\evil.example/", "///"] {
        let page = browser.ask(host).await;
        assert!(page.status != 303, "{host} leads away");
    }
    let policy = browser
        .get("/policies")
        .await
        .links("/policies/")
        .pop()
        .expect("a version");
    let upper = policy.to_uppercase().replace("/POLICIES/", "/policies/");
    assert_eq!(browser.get(&format!("{upper}%E3%80%82")).await.path, policy);
    assert_eq!(browser.get("/ledger/%EF%BC%91").await.path, "/ledger/1");
}

#[tokio::test]
async fn an_unknown_number_is_told_what_to_check() {
    let house = House::open().await;
    let mut browser = house.browser();
    let form = browser
        .get("/")
        .await
        .form("/verify")
        .with("number", "ZX42060620990101000l-9");
    let typed = encode(form.value("number"));
    let page = browser.get(&format!("/verify?number={typed}")).await;
    page.shows("没有查到这个编号")
        .shows("ZX42060620990101000l-9")
        .shows("编号的样式");
    assert_eq!(
        page.form("/verify").value("number"),
        "ZX42060620990101000l-9"
    );
    let page = browser.get("/verify/ZX420606209901010001-9").await;
    page.shows("没有查到这个编号").shows("编号的样式");
    for nothing in [
        "/verify",
        "/verify?number=",
        "/verify?number=%E3%80%82",
        "/verify/%E3%80%82",
    ] {
        assert_eq!(browser.get(nothing).await.status, 200, "{nothing}");
    }
    let page = browser.get("/agencies/91420600MADEM00114").await;
    assert_eq!(page.status, 404);
    assert!(
        page.has_form("/verify"),
        "the page offers to look the number up"
    );
    house.close().await;
}
