//! What waits for its form: one ceiling for all together, a smaller one for those whom nobody has confirmed.

use crate::browser::{Browser, Page};
use crate::house::{House, unbounded};
use app::desk::Desk;
use app::uploads::{LARGEST, Uploads};
use axum::http::{Request, header};
use market::upload::{Room, Used};
use object_store::memory::InMemory;
use server::http::{Server, router};
use std::sync::Arc;
use store::upload::Sender;

const MEGABYTE: u64 = 1024 * 1024;

/// A house in which nothing waits yet, though the cast has sent a lot.
async fn house(room: Room) -> House {
    let uploads = Uploads::new(Arc::new(InMemory::new())).with_room(room);
    let house = House::open_with_uploads(uploads).await;
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    sqlx::query("delete from uploads")
        .execute(desk.conn())
        .await
        .expect("forgotten");
    desk.commit().await.expect("committed");
    house
}

/// A browser of another server over the same database, which does not know what is on its way to the first.
async fn of_another_server(house: &House, login: &str) -> Browser {
    let mut world = house.world.clone();
    world.uploads = Uploads::new(Arc::new(InMemory::new())).with_room(house.world.uploads.room);
    let server = Server::new(world, false, false, unbounded());
    let mut browser = Browser::new(router(server, std::path::Path::new("no-such-folder")));
    browser.sign_in(login, crate::cast::PASSWORD).await;
    browser
}

/// Sends a file ahead of its form, as the island does.
async fn send(browser: &mut Browser, name: &str, size: u64) -> Page {
    let request = Request::post("/uploads")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("x-island", "1");
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}.pdf\"\r\n\r\n%PDF-1.4\n%{name}\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
    );
    let mut body = head.clone().into_bytes();
    let before_the_file = head.find("%PDF").expect("a file");
    body.resize(before_the_file + size as usize, b' ');
    body.extend(b"\r\n--x--\r\n");
    browser.send(request, body).await
}

fn is_for_later(page: &Page) -> bool {
    let says_when = page
        .headers
        .get(header::RETRY_AFTER)
        .is_some_and(|after| after == "3600");
    page.status == 429 && says_when && page.text.contains("一小时")
}

async fn waits(house: &House) -> u64 {
    let mut desk = Desk::reading(&house.world).await.expect("a desk");
    let figure = store::upload::figure(desk.conn()).await.expect("a figure");
    figure.waiting_bytes as u64
}

#[tokio::test]
async fn all_together_have_one_ceiling_and_the_desk_shows_it() {
    let room = Room {
        waiting: LARGEST + 6 * MEGABYTE,
        ..Room::ENDLESS
    };
    let house = house(room).await;
    let mut one = house.as_("agency1").await;
    assert_eq!(send(&mut one, "一", 4 * MEGABYTE).await.status, 200);
    let mut two = house.as_("agency2").await;
    assert_eq!(send(&mut two, "二", 4 * MEGABYTE).await.status, 200);
    // One of ten might come now, and what might come is counted.
    let refused = send(&mut two, "三", MEGABYTE).await;
    assert!(
        is_for_later(&refused),
        "{} {}",
        refused.status,
        refused.text
    );
    assert_eq!(waits(&house).await, 8 * MEGABYTE);
    assert_eq!(house.world.uploads.under_way(), 0);
    let page = house.as_("auditor").await.get("/desk/jobs").await;
    page.shows("上限 16.0 MB，已用 50%");
    // With a form the file is refused at its field, and nothing else of the form is lost.
    let mut three = house.as_("agency5").await;
    let form = three.get("/desk/dossier").await;
    let form = form.form("/desk/dossier/commitment").with("agreed", "on");
    let page = three
        .submit_once(&form.file("letter", "书.pdf", crate::browser::PDF))
        .await;
    assert_eq!(
        (page.status.as_u16(), &page.headers[header::RETRY_AFTER]),
        (429, &"3600".parse().expect("a value"))
    );
    assert!(
        page.complaint("letter").contains("一小时"),
        "{}",
        page.complaints()
    );
    assert_eq!(page.form("/desk/dossier/commitment").value("agreed"), "on");
    house.close().await;
}

#[tokio::test]
async fn of_two_at_once_one_takes_the_last_room() {
    let room = Room {
        waiting: LARGEST + MEGABYTE,
        ..Room::ENDLESS
    };
    let house = house(room).await;
    // Two servers: neither knows what is on its way to the other.
    let (mut one, mut two) = (
        house.as_("agency1").await,
        of_another_server(&house, "agency2").await,
    );
    let pages = futures::join!(
        send(&mut one, "一", 9 * MEGABYTE),
        send(&mut two, "二", 9 * MEGABYTE)
    );
    let later = [&pages.0, &pages.1].map(is_for_later);
    assert_ne!(later[0], later[1], "{} {}", pages.0.text, pages.1.text);
    assert_eq!(waits(&house).await, 9 * MEGABYTE);
    house.close().await;
}

#[tokio::test]
async fn what_is_on_its_way_counts() {
    let room = Room {
        waiting: LARGEST + MEGABYTE,
        ..Room::ENDLESS
    };
    let house = house(room).await;
    let mut browser = house.as_("agency1").await;
    let under_way = house.world.uploads.set_out();
    assert!(is_for_later(&send(&mut browser, "一", MEGABYTE).await));
    drop(under_way);
    assert_eq!(send(&mut browser, "一", MEGABYTE).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn whom_nobody_has_confirmed_may_send_less() {
    let room = Room {
        newcomer_all: 2 * MEGABYTE,
        ..Room::ENDLESS
    };
    let house = house(room).await;
    let mut stranger = house.as_("stranger").await;
    assert_eq!(
        send(&mut stranger, "一", 3 * MEGABYTE / 2).await.status,
        200
    );
    let refused = send(&mut stranger, "二", 3 * MEGABYTE / 2).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("通过核对以前") && refused.text.contains("2 MB"),
        "{}",
        refused.text
    );
    let mut known = house.as_("agency1").await;
    for name in ["三", "四"] {
        assert_eq!(send(&mut known, name, 3 * MEGABYTE / 2).await.status, 200);
    }
    house.close().await;
}

/// Whether somebody counts as unconfirmed.
async fn is_newcomer(house: &House, login: &str) -> bool {
    let mut desk = Desk::reading(&house.world).await.expect("a desk");
    let person: uuid::Uuid = sqlx::query_scalar("select id from persons where login = $1")
        .bind(login)
        .fetch_one(desk.conn())
        .await
        .expect("somebody");
    let sender = Sender {
        person: person.into(),
        owner: None,
        agency: None,
    };
    let now = desk.now;
    let used: Used = store::upload::used(desk.conn(), sender, now)
        .await
        .expect("counted");
    used.is_newcomer
}

#[tokio::test]
async fn confirmed_are_the_people_of_offices_and_of_bodies_that_have_passed_their_check() {
    let house = house(Room::ENDLESS).await;
    for login in [
        "owner1",
        "trustee",
        "agency1",
        "auditor",
        "publisher",
        "supervisor",
    ] {
        assert!(!is_newcomer(&house, login).await, "{login}");
    }
    assert!(is_newcomer(&house, "stranger").await);
    // An agency that is only registered confirms nobody; one that has passed its check does.
    let n = crate::cast::AGENCIES.len() + 1;
    let browser = crate::cast::register_agency(&house, "latecomer", n).await;
    assert!(is_newcomer(&house, "latecomer").await);
    crate::cast::hand_in(&house, browser, n).await;
    assert!(is_newcomer(&house, "latecomer").await);
    crate::cast::pass_check(&house, "latecomer").await;
    assert!(!is_newcomer(&house, "latecomer").await);
    house.close().await;
}
