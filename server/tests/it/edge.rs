//! The edge: what is refused before any rule is asked, and how it is told.

use crate::house::House;
use app::routes::{ROUTES, Verb};
use axum::body::Body;
use axum::http::{Request, header};

/// A form with one file, as a browser sends it.
fn carrying(file: &[u8]) -> Vec<u8> {
    let head = "--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a.pdf\"\r\n\r\n";
    [head.as_bytes(), file, b"\r\n--x--\r\n"].concat()
}

#[tokio::test]
async fn files_are_kept_only_where_a_form_has_a_field_for_them() {
    let house = House::open().await;
    for (who, mut browser) in [
        ("nobody", house.browser()),
        ("owner1", house.as_("owner1").await),
    ] {
        for route in ROUTES.iter().filter(|route| route.verb == Verb::Post) {
            // Signing out would end the visit.
            if route.takes_files || route.path == "/sign-out" {
                continue;
            }
            let file = format!("%PDF-1.4\n{who} {}\n%%EOF\n", route.path);
            let path = route
                .path
                .replace("{id}", "01900000-0000-7000-8000-000000000000")
                .replace("{file}", "01900000-0000-7000-8000-000000000001");
            let request =
                Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
            let page = browser.send(request, carrying(file.as_bytes())).await;
            let status = page.status.as_u16();
            assert!(
                [401, 403, 415].contains(&status),
                "{who} at {} got {status}",
                route.path
            );
            assert!(!page.words().is_empty(), "{who} at {}", route.path);
            let hash = market::hash::sha256(file.as_bytes());
            let kept = house.world.uploads.read(hash).await;
            assert!(kept.is_err(), "{who} left a file at {}", route.path);
        }
    }
    house.close().await;
}

/// Places in lists that no list has written.
fn crafted() -> Vec<String> {
    let id = "00000000-0000-0000-0000-000000000007";
    let keys = [
        "t0",
        "t-377705116800000000",
        "t-210866803200000001",
        "t-9223372036854775808",
        "t9223372036854775807",
        "t253402300799999999",
        "tNaN",
        "t1e9",
        "n0",
        "n-9223372036854775808",
        "n9223372036854775807",
        "n9223372036854775808",
        "nNaN",
        "n1.5",
        "s",
        "s00",
        "sff",
        "s27",
        "s5a4a",
        "x",
        "",
    ];
    let mut list: Vec<String> = ["a", "b", "c", ""]
        .iter()
        .flat_map(|direction| keys.map(|key| format!("{direction}{key}_{id}")))
        .collect();
    list.extend(["at0_7", "an1", "_", "测绘", "'\";--", "\0"].map(str::to_string));
    list
}

#[tokio::test]
async fn a_place_that_no_list_has_written_is_its_first_page() {
    let house = House::open().await;
    let lists = [
        ("/items", None),
        ("/agencies", None),
        ("/agencies?sort=rating", None),
        ("/agencies?sort=completed", None),
        ("/agencies?sort=newest", None),
        ("/owners", None),
        ("/requirements", None),
        ("/notices", None),
        ("/awards", None),
        ("/draws", None),
        ("/contracts", None),
        ("/credit", None),
        ("/ledger", None),
        ("/search?q=测绘", None),
        ("/api/v1/items", None),
        ("/api/v1/agencies", None),
        ("/api/v1/requirements", None),
        ("/api/v1/awards", None),
        ("/api/v1/draws", None),
        ("/api/v1/ledger", None),
        ("/desk/requirements", Some("owner1")),
        ("/desk/contracts", Some("owner1")),
        ("/desk/sign-ups", Some("agency1")),
        ("/desk/checks", Some("auditor")),
        ("/desk/audits", Some("auditor")),
        ("/desk/journal", Some("supervisor")),
        ("/desk/vettings", Some("clerk")),
    ];
    for (path, login) in lists {
        let mut browser = match login {
            Some(login) => house.as_(login).await,
            None => house.browser(),
        };
        for place in crafted() {
            let sign = if path.contains('?') { '&' } else { '?' };
            let page = browser
                .ask(&format!("{path}{sign}at={}", app::ask::encode(&place)))
                .await;
            assert_eq!(page.status, 200, "{path} at {place:?}");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn nobody_is_sent_away_by_what_a_link_says() {
    let house = House::open().await;
    let wanted = [
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "\t//evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/desk\r\nSet-Cookie: a=b",
        "/\u{85}/evil.example",
    ];
    for to in wanted {
        let mut browser = house.browser();
        let away = browser.post("/elder", &[("to", to)]).await;
        assert_eq!(
            (away.status.as_u16(), away.location()),
            (303, "/".into()),
            "{to:?}"
        );
        let fields = [
            ("login", "owner1"),
            ("password", crate::cast::PASSWORD),
            ("to", to),
        ];
        let inside = browser.post("/sign-in", &fields).await;
        assert_eq!(inside.location(), "/desk", "{to:?}");
        assert!(!inside.words().is_empty());
        // The page that offers the way says nothing else either, and a link through it is whole.
        let page = house
            .browser()
            .ask(&format!("/sign-in?to={}", app::ask::encode(to)))
            .await;
        assert_eq!(page.status, 200, "{to:?}");
        assert!(!page.text.contains("href=\"//evil"), "{to:?}");
    }
    let mut browser = house.browser();
    let back = browser.post("/elder", &[("to", "/search?q=测绘")]).await;
    assert_eq!(back.location(), "/search?q=%E6%B5%8B%E7%BB%98");
    house.close().await;
}

#[tokio::test]
async fn an_address_in_gbk_is_read() {
    let house = House::open().await;
    let mut browser = house.browser();
    let utf8 = browser.ask("/agencies?q=测绘").await.words();
    assert_eq!(browser.ask("/agencies?q=%B2%E2%BB%E6").await.words(), utf8);
    let missing = browser.ask("/items/%B2%E2%BB%E6").await;
    assert_eq!(missing.status, 404);
    missing.shows("没有找到");
    house.close().await;
}

#[tokio::test]
async fn half_a_form_is_never_taken() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    let many: Vec<String> = (0..501).map(|n| format!("f{n}=1")).collect();
    let page = browser
        .send(
            Request::post("/requirements")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
            many.join("&"),
        )
        .await;
    assert_eq!(page.status, 413);
    page.shows("没有保存任何内容");
    let page = browser.ask(&format!("/agencies?{}", many.join("&"))).await;
    assert_eq!(page.status, 400);
    page.shows("条件太多");

    // A file whose line is cut in the middle: between chunks, and by a form that ends too early.
    let head =
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4"
            .to_vec();
    let cut = futures::stream::iter([
        Ok(head.clone()),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]);
    for body in [Body::from(head), Body::from_stream(cut)] {
        let request = Request::post("/uploads")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let page = browser.send(request, body).await;
        assert_eq!(page.status, 400);
        page.shows("不完整");
    }
    let cut = futures::stream::iter([
        Ok(b"login=a".to_vec()),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]);
    let request =
        Request::post("/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_eq!(
        browser.send(request, Body::from_stream(cut)).await.status,
        400
    );
    house.close().await;
}

#[tokio::test]
async fn a_form_that_does_not_say_what_it_was_made_from_is_stale() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = crate::cast::begin(&house, &mut owner).await;
    let draft = format!("/requirements/{id}/draft");
    for version in ["abc", "", " 1", "1.0", "1e0", "99999999999"] {
        let form = page
            .form_by_button(&draft)
            .with("scale", "不该保存的内容")
            .forged("version", version);
        let page = owner.refused(form).await;
        assert!(
            page.text.contains("不该保存的内容"),
            "what was typed is lost"
        );
    }
    owner
        .get(&format!("/requirements/{id}/edit"))
        .await
        .hides("不该保存的内容");
    house.close().await;
}

#[tokio::test]
async fn one_host_is_named() {
    let house = House::open().await;
    let mut browser = house.browser();
    let twice = Request::get("/")
        .header(header::HOST, "market.test")
        .header(header::HOST, "evil.example");
    let page = browser.send(twice, Body::empty()).await;
    assert_eq!(page.status, 400);
    page.shows("域名");
    for path in ["/livez", "/healthz", "/readyz"] {
        assert_eq!(browser.ask(path).await.status, 200, "{path}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_success_is_told_once_to_the_session_that_had_it() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (page, id) = crate::cast::begin(&house, &mut owner).await;
    let edit = format!("/requirements/{id}/edit");
    let draft = format!("/requirements/{id}/draft");
    let saved = owner.submit_once(&page.form_by_button(&draft)).await;
    let first = saved.location();
    let again = owner.get(&edit).await.form_by_button(&draft);
    let second = owner.submit_once(&again).await.location();
    assert_ne!(first, second);
    // Neither a link, nor another session of the same person, nor another page is told anything.
    for forged in ["saved", "signed_up", "00000000-0000-7000-8000-000000000000"] {
        let page = owner.ask(&format!("{edit}?done={forged}")).await;
        page.hides("note ok");
    }
    let mut elsewhere = house.as_("owner1").await;
    elsewhere.ask(&first).await.hides("note ok");
    let token = first.split("done=").nth(1).expect("a token");
    let token = token.split('#').next().expect("a token");
    owner
        .ask(&format!("/desk?done={token}"))
        .await
        .hides("note ok");
    house
        .browser()
        .ask(&format!("/items?done={token}"))
        .await
        .hides("note ok");
    // Both tabs are told, each once.
    owner.ask(&second).await.shows("已保存");
    owner.ask(&first).await.shows("已保存");
    owner.ask(&first).await.hides("note ok");
    owner.ask(&second).await.hides("note ok");
    // Nobody comes back to it after lunch.
    let page = owner.get(&edit).await.form_by_button(&draft);
    let late = owner.submit_once(&page).await.location();
    house.advance(market::time::Duration::hours(1)).await;
    owner.ask(&late).await.hides("note ok");
    house.close().await;
}
