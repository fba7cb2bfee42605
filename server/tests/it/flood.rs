//! Many and slow: shares that are used up, bodies that do not come, connections by the hundred. On real sockets where
//! the protocol itself is tried.

use crate::browser::Browser;
use crate::house::{House, unbounded};
use app::routes::Share;
use axum::body::Body;
use axum::http::Request;
use server::http::Bounds;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

fn counted(share: Share, address: &str, account: &str) -> Bounds {
    Bounds {
        shares: [(share, (address.parse().ok(), account.parse().ok()))].into(),
        ..unbounded()
    }
}

/// A request from an address, as our proxy passes it on.
async fn from(browser: &mut Browser, address: &str, path: &str) -> crate::browser::Page {
    let request = Request::get(path).header("x-forwarded-for", address);
    browser.send(request, Body::empty()).await
}

#[tokio::test]
async fn whoever_asks_too_much_is_told_when_to_come_back_and_nobody_else_is_hit() {
    let house = House::open().await;
    let router = house.bounded(counted(Share::Searches, "2/minute", "off"));
    let mut browser = Browser::new(router.clone());
    let path = "/search?q=a";
    for _ in 0..2 {
        assert_eq!(from(&mut browser, "192.0.2.1", path).await.status, 200);
    }
    let refused = from(&mut browser, "192.0.2.1", path).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "30");
    refused.shows("操作太频繁，请过 30 秒再试");
    // For programs and islands the same, as data.
    let data = from(&mut browser, "192.0.2.1", "/api/v1/search?q=a").await;
    assert_eq!(data.status, 429);
    assert!(
        data.text.starts_with('{') && data.text.contains("30 秒"),
        "{}",
        data.text
    );
    // What a visitor writes into the header itself is not believed, and other pages go on.
    let spoofed = from(&mut browser, "198.51.100.9, 192.0.2.1", path).await;
    assert_eq!(spoofed.status, 429);
    assert_eq!(from(&mut browser, "192.0.2.1", "/items").await.status, 200);
    assert_eq!(from(&mut browser, "192.0.2.2", path).await.status, 200);
    house.advance(market::time::Duration::seconds(30)).await;
    assert_eq!(from(&mut browser, "192.0.2.1", path).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn whoever_finds_no_place_is_told_what_became_of_the_form() {
    let house = House::open().await;
    let router = house.bounded(Bounds {
        places: 0,
        ..unbounded()
    });
    let mut browser = Browser::new(router);
    let page = from(&mut browser, "192.0.2.1", "/items").await;
    assert_eq!(page.status, 429);
    page.shows("刷新本页").hides("没有读取");
    let form = |island: bool| {
        let request = Request::post("/register/owner").header("x-forwarded-for", "192.0.2.1");
        match island {
            true => request.header("x-island", "1"),
            false => request,
        }
    };
    let page = browser.send(form(false), Body::from("name=a")).await;
    assert_eq!(page.status, 429);
    assert_eq!(page.headers["retry-after"], "2");
    page.shows("没有读取，一项也没有保存")
        .shows("填写的内容一般还在那里")
        .hides("刷新本页");
    let data = browser.send(form(true), Body::from("name=a")).await;
    assert!(data.text.starts_with('{'), "{}", data.text);
    house.close().await;
}

#[tokio::test]
async fn an_account_has_its_share_wherever_it_comes_from() {
    let house = House::open().await;
    let router = house.bounded(counted(Share::Drafts, "off", "3/hour"));
    let mut owner = Browser::new(router.clone());
    owner.sign_in("owner1", crate::cast::PASSWORD).await;
    let mut refused = None;
    for n in 0..5 {
        let request =
            Request::post("/requirements").header("x-forwarded-for", format!("192.0.2.{n}"));
        let page = owner.send(request, Body::empty()).await;
        if page.status == 429 {
            refused = Some((n, page));
            break;
        }
    }
    let (n, page) = refused.expect("a refusal");
    assert_eq!(n, 3);
    page.shows("填写的内容一般还在");
    let mut other = Browser::new(router);
    other.sign_in("owner2", crate::cast::PASSWORD).await;
    assert_ne!(other.post("/requirements", &[]).await.status, 429);
    house.close().await;
}

#[tokio::test]
async fn a_form_too_many_is_given_back_and_sent_once_more_with_one_press() {
    let house = House::open().await;
    let router = house.bounded(counted(Share::Forms, "off", "1/minute"));
    let mut stranger = Browser::new(router);
    stranger.sign_in("stranger", crate::cast::PASSWORD).await;
    let blank = stranger
        .get("/register/owner")
        .await
        .form("/register/owner");
    let form = crate::cast::owner_form(blank, "区园林局", 41, "gov_agency", "fiscal");
    stranger.post("/account/phone", &[("phone", "12")]).await;
    // A file that came with it is not taken, and the page does not pretend so.
    let with_file = form
        .clone()
        .file("licence", "证照.pdf", crate::browser::PDF);
    let page = stranger.submit_once(&with_file).await;
    assert_eq!(page.status, 429);
    page.shows("区园林局").shows("密码和文件要重新填写、选择");
    assert!(!page.has_form("/register/owner"), "a file would be missing");
    let page = stranger.submit_once(&form).await;
    assert_eq!(page.status, 429);
    page.shows("按下面的按钮再提交一次");
    let again = page.form("/register/owner");
    house.advance(market::time::Duration::minutes(1)).await;
    stranger.submit(again).await;
    let owners: i64 = sqlx::query_scalar("select count(*) from owners where name = '区园林局'")
        .fetch_one(&house.world.pool)
        .await
        .expect("a count");
    assert_eq!(owners, 1);
    house.close().await;
}

#[tokio::test]
async fn an_address_with_too_much_gets_its_form_back_but_another_sites_never() {
    let house = House::open().await;
    let router = house.bounded(counted(Share::Accounts, "1/hour", "off"));
    let mut browser = Browser::new(router);
    let text = "person_name=%E6%9D%8E%E6%96%B0%E4%BA%BA&login=fresh&new_password=geheim-Fountain-1";
    let ask = |from: &'static str| {
        Request::post("/register")
            .header("x-forwarded-for", "192.0.2.1")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", from)
    };
    browser.send(ask("same-origin"), Body::from(text)).await;
    let page = browser.send(ask("same-origin"), Body::from(text)).await;
    assert_eq!(page.status, 429);
    page.shows("李新人").hides("geheim");
    let page = browser.send(ask("cross-site"), Body::from(text)).await;
    assert_eq!(page.status, 429);
    page.hides("李新人").shows("没有读取");
    house.close().await;
}

/// A server on a socket of its own.
struct Listening {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Listening {
    async fn to(house: &House, bounds: Bounds) -> Listening {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("its address");
        let (router, stop) = (house.bounded(bounds.clone()), CancellationToken::new());
        let until = stop.clone();
        let serving = tokio::spawn(async move {
            server::http::serve(listener, router, &bounds, false, until).await;
        });
        Listening {
            address,
            stop,
            serving,
        }
    }

    /// Sends bytes and reads what comes until the connection ends.
    async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("connected");
        stream.write_all(bytes).await.expect("sent");
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        let _ = tokio::time::timeout(Duration::from_secs(20), reading)
            .await
            .expect("an end");
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn get(&self, path: &str) -> String {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: market.test\r\nConnection: close\r\n\r\n");
        self.say(request.as_bytes()).await
    }

    async fn close(self) {
        self.stop.cancel();
        let _ = tokio::time::timeout(Duration::from_secs(10), self.serving)
            .await
            .expect("it stops");
    }
}

#[tokio::test]
async fn bodies_that_trickle_hold_the_places_of_their_address_and_not_for_long() {
    let house = House::open().await;
    let bounds = Bounds {
        places: 40,
        grace: Duration::from_secs(2),
        ..unbounded()
    };
    let listening = Listening::to(&house, bounds).await;
    let mut trickling = Vec::new();
    for n in 0..200 {
        let mut stream = TcpStream::connect(listening.address)
            .await
            .expect("connected");
        // From an address of its own each, but for the first hundred.
        let address = if n < 100 { 1 } else { n };
        let head = format!(
            "POST /sign-in HTTP/1.1\r\nHost: market.test\r\nX-Forwarded-For: 192.0.2.{address}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\na"
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        trickling.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    for path in ["/livez", "/readyz", "/items"] {
        let answer = listening.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    // Those beyond the places are told at once, the others when their time is over.
    let mut statuses = std::collections::BTreeMap::<String, usize>::new();
    for mut stream in trickling {
        let mut answer = [0; 12];
        tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut answer))
            .await
            .expect("an answer in time")
            .expect("an answer");
        *statuses
            .entry(String::from_utf8_lossy(&answer[9..]).into_owned())
            .or_default() += 1;
    }
    assert_eq!(statuses["429"], 60, "{statuses:?}");
    assert_eq!(statuses["408"], 140, "{statuses:?}");
    listening.close().await;
    house.close().await;
}

#[tokio::test]
async fn heads_that_do_not_come_end_and_connections_are_counted() {
    let house = House::open().await;
    let bounds = Bounds {
        connections: 20,
        head: Duration::from_secs(1),
        ..unbounded()
    };
    let listening = Listening::to(&house, bounds).await;
    let mut silent = Vec::new();
    for _ in 0..30 {
        let mut stream = TcpStream::connect(listening.address)
            .await
            .expect("connected");
        let _ = stream.write_all(b"GET / HT").await;
        silent.push(stream);
    }
    for mut stream in silent {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest));
        let _ = ended.await.expect("it ends");
    }
    let answer = listening.get("/items").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    listening.close().await;
    house.close().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_in_words() {
    let house = House::open().await;
    let listening = Listening::to(&house, unbounded()).await;
    let end = "Connection: close\r\n\r\n";
    let long = "x".repeat(70_000);
    let odd = [
        (format!("GET / HTTP/1.1\r\n{end}"), 400),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n{end}"),
            400,
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n{end}"),
            400,
        ),
        (format!("G<T / HTTP/1.1\r\nHost: a\r\n{end}"), 400),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n{end}"),
            431,
        ),
        (format!("GET /none HTTP/1.1\r\nHost: a\r\n{end}"), 404),
        (format!("BREW / HTTP/1.1\r\nHost: a\r\n{end}"), 405),
        (
            format!("POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n{end}x"),
            400,
        ),
    ];
    for (request, status) in odd {
        let shown: String = request.chars().take(60).collect();
        let answer = listening.say(request.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{shown}: {answer}"
        );
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(body.contains('。'), "{shown}: {answer}");
    }
    // Raw GBK in an address is read like the same text in UTF-8.
    let begin = b"GET /agencies?q=".as_slice();
    let rest = b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".as_slice();
    let gbk = listening
        .say(&[begin, b"\xB2\xE2\xBB\xE6", rest].concat())
        .await;
    assert!(
        gbk.starts_with("HTTP/1.1 200") && gbk.contains("测绘"),
        "{gbk}"
    );
    listening.close().await;
    house.close().await;
}
