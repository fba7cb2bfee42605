//! Bad input: every form comes back with what was typed and the reason at the field, and nothing is half saved.

use crate::cast::{self, begin, document, open_account, owner_form, publish, sign_up};
use crate::house::House;
use axum::body::Body;
use axum::http::{Request, header};

#[tokio::test]
async fn mistakes_are_named_at_their_fields_all_at_once() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let submit = format!("/requirements/{id}/submit");
    let form = document(page.form(&submit), "lowest_price")
        .with("project_name", "")
        .with("service_workdays", "十来天")
        .with("amount", "很多")
        .with("floor", "90000")
        .with("contact_phone", "电话")
        .with("scale", "长".repeat(5_000))
        .with("project_code", "2603-420606");
    let page = owner.refused(form).await;
    for field in [
        "project_name",
        "service_workdays",
        "amount",
        "contact_phone",
        "scale",
        "project_code",
    ] {
        assert!(
            !page.complaint(field).is_empty(),
            "{field} has no reason: {}",
            page.complaints()
        );
    }
    for typed in ["十来天", "很多", "90000", "2603-420606"] {
        assert!(page.text.contains(typed), "{typed} is lost");
    }
    // The first wrong field has the focus, and the summary leads to each.
    assert_eq!(page.text.matches("autofocus").count(), 1);
    assert!(page.text.contains("href=\"#f-project_name\""));
    // Nothing of it was saved.
    owner
        .get(&format!("/requirements/{id}/edit"))
        .await
        .hides("十来天");
    house.close().await;
}

#[tokio::test]
async fn markup_and_control_characters_come_back_as_text_or_not_at_all() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let payload = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let draft = format!("/requirements/{id}/draft");
    let form = document(page.form_by_button(&draft), "random")
        .with("content", payload)
        .with("project_name", payload);
    let page = owner.submit(form).await;
    page.hides("<script>alert").hides("<img src=x");
    assert_eq!(
        page.form(&format!("/requirements/{id}/submit"))
            .value("content"),
        payload,
        "it is text like any other"
    );
    let form = page
        .form(&format!("/requirements/{id}/submit"))
        .with("project_name", "名\u{0}称\u{7}");
    let page = owner.refused(form).await;
    assert!(!page.complaint("project_name").is_empty());
    // What is published is escaped, too: in the page, the notice, the list, the search.
    let form = page
        .form(&format!("/requirements/{id}/submit"))
        .with("project_name", "<b>放线</b>测量工程")
        .with("content", payload);
    owner.submit(form).await;
    cast::audit_and_publish(&house, &id).await;
    for path in [
        format!("/requirements/{id}"),
        "/requirements".into(),
        "/".into(),
        "/search?q=放线".into(),
    ] {
        let page = house.browser().get(&path).await;
        page.shows("<b>放线</b>测量工程");
        page.hides("<script>alert").hides("<b>放线");
    }
    house.close().await;
}

#[tokio::test]
async fn a_form_that_somebody_else_has_overtaken_is_not_saved() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let draft = format!("/requirements/{id}/draft");
    let second = owner
        .get(&format!("/requirements/{id}/edit"))
        .await
        .form_by_button(&draft);
    let first = page.form_by_button(&draft);
    owner
        .submit(document(first, "random").with("scale", "第一个窗口"))
        .await;
    let page = owner
        .refused(document(second, "random").with("scale", "第二个窗口"))
        .await;
    page.shows("在您打开页面之后已经变动");
    assert!(
        page.text.contains("第二个窗口"),
        "what was typed is not lost"
    );
    owner
        .get(&format!("/requirements/{id}/edit"))
        .await
        .hides("第二个窗口");
    house.close().await;
}

#[tokio::test]
async fn a_form_whose_time_has_passed_is_answered_with_the_reason_and_what_was_written() {
    let house = House::open().await;
    let id = cast::publish(&house, "owner1", "random").await;
    for login in cast::AGENCIES.iter().take(3) {
        cast::sign_up(&house, login, &id, None).await;
    }
    let path = format!("/requirements/{id}");
    let mut agency = house.as_(cast::AGENCIES[0]).await;
    let late = agency.get(&path).await.form(&format!("{path}/withdraw"));
    cast::draw(&house, &id).await;
    agency.refused(late).await.shows("截止。");
    // Confirmed in one window, declined in another.
    let (award, login) = cast::award(&house, &id).await;
    let mut winner = house.as_(login).await;
    let path = format!("/awards/{award}");
    let page = winner.get(&path).await;
    let decline = page
        .form(&format!("{path}/decline"))
        .with("reason", "近期人员都在外地，无法按期到场。")
        .with("understood", "on");
    winner.submit(page.form(&format!("{path}/confirm"))).await;
    winner
        .refused(decline)
        .await
        .shows("不能放弃")
        .shows("近期人员都在外地，无法按期到场。");
    // A second auditor comes too late, and is told so.
    let (page, id) = begin(&house, &mut house.as_("owner1").await).await;
    let form = page.form(&format!("/requirements/{id}/submit"));
    house
        .as_("owner1")
        .await
        .submit(document(form, "random"))
        .await;
    let mut second = house.as_("auditor").await;
    let stale = cast::begin_audit(&mut second, &id)
        .await
        .with("verdict", "return")
        .with("note", "成果份数与范本不同，请核对。");
    cast::audit_and_publish(&house, &id).await;
    second
        .refused(stale)
        .await
        .shows("不能审核或发布")
        .shows("成果份数与范本不同，请核对。");
    // A reload of that answer leads to the page.
    let reload = winner.ask(&format!("{path}/decline")).await;
    assert_eq!(
        (reload.status.as_u16(), reload.location()),
        (303, path.clone())
    );
    house.close().await;
}

#[tokio::test]
async fn what_was_handed_in_can_be_read_by_its_owner_and_nobody_else() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let form = page.form(&format!("/requirements/{id}/submit"));
    owner.submit(document(form, "random")).await;
    let path = format!("/requirements/{id}");
    owner
        .get(&path)
        .await
        .shows("唐白路规划放线测量")
        .shows("提交成果报告六份")
        .shows("待审核");
    for login in ["owner2", cast::AGENCIES[0], "trustee"] {
        assert_eq!(
            house.as_(login).await.ask(&path).await.status,
            404,
            "{login}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn a_double_click_does_one_thing() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let form = cast::beginning(&house, &mut owner).await;
    let mut other = owner.clone();
    let (a, b) = tokio::join!(owner.submit_once(&form), other.submit_once(&form));
    assert_eq!(
        (a.status, b.status),
        (
            303.try_into().expect("a status"),
            303.try_into().expect("a status")
        )
    );
    assert_eq!(
        a.location(),
        b.location(),
        "the second click gets the answer of the first"
    );
    let count: i64 = sqlx::query_scalar("select count(*) from requirements")
        .fetch_one(&house.world.pool)
        .await
        .expect("a number");
    assert_eq!(count, 1);
    house.close().await;
}

#[tokio::test]
async fn wrong_credit_codes_are_told_apart() {
    let house = House::open().await;
    let mut browser = open_account(&house, "late", "来迟").await;
    let page = browser.get("/register/owner").await;
    let good = cast::owner_code(40);
    let last = if good.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{last}", &good[..17]);
    for code in [wrong.as_str(), "123", "91420600MADEM0011I", ""] {
        let form = owner_form(
            page.form("/register/owner"),
            "区财政所",
            40,
            "gov_agency",
            "fiscal",
        )
        .with("uscc", code);
        let page = browser.refused(form).await;
        assert!(!page.complaint("uscc").is_empty(), "{code}");
        assert!(page.text.contains("区财政所"));
    }
    let form = owner_form(
        page.form("/register/owner"),
        "区财政所",
        1,
        "gov_agency",
        "fiscal",
    );
    let page = browser.refused(form).await;
    assert!(
        page.complaint("uscc").contains("已经登记"),
        "{}",
        page.complaints()
    );
    // Small letters and spaces are what people type; they are read as meant.
    let typed = format!(" {} ", good.to_lowercase());
    let form = owner_form(
        page.form("/register/owner"),
        "区财政所",
        40,
        "gov_agency",
        "fiscal",
    )
    .with("uscc", typed);
    browser.submit(form).await;
    house.close().await;
}

#[tokio::test]
async fn uploads_that_are_too_large_or_of_another_kind_come_back_with_the_form() {
    let house = House::open().await;
    let mut browser = house.as_("agency5").await;
    let page = browser.get("/desk/dossier").await;
    let commit = || page.form("/desk/dossier/commitment").with("agreed", "on");
    let mut large = b"%PDF-1.4\n".to_vec();
    large.resize(10 * 1024 * 1024 + 1, b' ');
    let refused = browser
        .refused(commit().file("letter", "大.pdf", &large))
        .await;
    assert!(
        refused.complaint("letter").contains("10 MB"),
        "{}",
        refused.complaints()
    );
    let refused = browser
        .refused(commit().file("letter", "页面.html", b"<html></html>"))
        .await;
    assert!(
        refused.complaint("letter").contains("只接受"),
        "{}",
        refused.complaints()
    );
    let refused = browser.refused(commit()).await;
    assert!(
        !refused.complaint("letter").is_empty(),
        "a missing file is named"
    );
    house.close().await;
}

#[tokio::test]
async fn odd_requests_are_answered_and_never_break_anything() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    let path = format!(
        "/requirements/{}",
        publish(&house, "owner1", "random").await
    );
    let requests = [
        Request::post("/sign-in").header(header::CONTENT_TYPE, "text/plain"),
        Request::post("/sign-in").header(header::CONTENT_TYPE, "multipart/form-data"),
        Request::post("/sign-in").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x"),
        Request::post("/requirements").header(header::CONTENT_TYPE, "application/json"),
        Request::put(path.as_str()),
        Request::delete(path.as_str()),
        Request::get("/requirements?at=zz&limit=-1&state=x&method=%FF"),
        Request::get("/agencies?grade=z&type=1&sort=x&at=an5_q"),
        Request::get("/search?q=%00%01"),
        Request::get("/search?q=%25%27%22%5C"),
        Request::get("/api/v1/agencies?limit=99999999999999999999"),
        Request::get("/items/..%2F..%2Fetc%2Fpasswd"),
        Request::get("/pkg/..%2F..%2FCargo.toml"),
        Request::get("/%E4%BD"),
        Request::get("/").header(header::COOKIE, "__Host-market=; a; =; %00"),
        Request::get("/").header(header::USER_AGENT, "x".repeat(9_000)),
        Request::get("/").header(header::ACCEPT_LANGUAGE, vec![0xff, 0xfe]),
    ];
    for request in requests {
        let page = browser.send(request, Body::from("{\"a\":1}")).await;
        assert!(
            page.status.as_u16() < 500,
            "{} gave {}",
            page.path,
            page.status
        );
    }
    let large = "x=".to_string() + &"y".repeat(300_000);
    let request = Request::post("/requirements")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(browser.send(request, large).await.status, 413);
    house.close().await;
}

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    for name in ["cross-site", "same-site"] {
        let request = Request::post("/sign-out").header("sec-fetch-site", name);
        assert_eq!(browser.send(request, Body::empty()).await.status, 403);
    }
    assert_eq!(browser.ask("/desk").await.status, 200, "still signed in");
    house.close().await;
}

#[tokio::test]
async fn a_sign_up_is_once_replaceable_and_withdrawable() {
    let house = House::open().await;
    let id = cast::publish_with(&house, "owner2", "lowest_price", |form| {
        form.with("fund", "social")
    })
    .await;
    sign_up(&house, "agency1", &id, Some("45000")).await;
    let mut agency = house.as_("agency1").await;
    let path = format!("/requirements/{id}");
    let twice = agency
        .post(&format!("{path}/sign-up"), &[("price", "44000")])
        .await;
    assert_eq!(twice.status, 422);
    twice.shows("已经报名");
    let page = agency.get(&path).await;
    let replaced = agency
        .submit(page.form(&format!("{path}/sign-up")).with("price", "44000"))
        .await;
    replaced.shows("报名回执");
    let withdraw = replaced.form(&format!("{path}/withdraw"));
    agency.submit(withdraw).await.shows("报名已撤回");
    let bids: i64 = sqlx::query_scalar("select count(*) from bids")
        .fetch_one(&house.world.pool)
        .await
        .expect("a number");
    assert_eq!(bids, 0, "what was taken back is gone for good");
    sign_up(&house, "agency1", &id, Some("43000")).await;
    house.advance_to(cast::deadline(&house, &id).await).await;
    let late = agency.post(&format!("{path}/withdraw"), &[]).await;
    assert_eq!(late.status, 422, "the deadline itself is too late");
    house.close().await;
}

#[tokio::test]
async fn unfair_wording_needs_a_reason_that_the_auditor_reads() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let submit = format!("/requirements/{id}/submit");
    let form = document(page.form(&submit), "random").with(
        "content",
        "限本地注册的机构参加，完成放线和验线测量，成果六份。",
    );
    let page = owner.refused(form).await;
    page.shows("可能不公平的表述");
    let said = page.complaint("content");
    assert!(
        said.contains("“限本地注册"),
        "the words at their field: {said}"
    );
    assert!(page.complaint("findings_reason").contains("“服务内容”"));
    let form = page
        .form(&submit)
        .with("findings_reason", "项目需要驻场配合，经集体研究保留此项。");
    owner.submit(form).await;
    let page = house
        .as_("auditor")
        .await
        .get(&format!("/desk/editions/{id}"))
        .await;
    page.shows("可能不公平的表述").shows("经集体研究保留此项");
    house.close().await;
}
