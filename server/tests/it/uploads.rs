//! Files: whose a receipt is, how much somebody may send, what is kept for good and what is swept.

use crate::browser::{Browser, PDF, Page, TypedForm};
use crate::house::House;
use app::calls::file;
use app::desk::Desk;
use app::uploads::Uploads;
use market::hash::Hex32;
use market::time::Duration;
use market::upload::Room;
use market::{PersonId, UploadId};
use object_store::memory::InMemory;
use std::sync::Arc;
use store::upload::Swept;

const MEGABYTE: u64 = 1024 * 1024;

async fn house(room: Room) -> House {
    let uploads = Uploads::new(Arc::new(InMemory::new())).with_room(room);
    House::open_with_uploads(uploads).await
}

/// A PDF of a size, different from others of another number.
fn pdf(number: u8, size: usize) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.4\n%{number}\n1 0 obj\n<<>>\nendobj\n%%EOF\n").into_bytes();
    bytes.resize(size, b' ');
    bytes
}

/// The form of the commitment letter, which needs its box checked and its file.
async fn commitment(browser: &mut Browser) -> TypedForm {
    let page = browser.get("/desk/dossier").await;
    page.form("/desk/dossier/commitment")
}

fn receipt(page: &Page) -> String {
    let form = page.form("/desk/dossier/commitment");
    form.value("letter_kept").to_string()
}

/// How many contents lie in the store, and how many files are on their way.
async fn stored(house: &House) -> (usize, usize) {
    let mut files = 0;
    for byte in 0..=u8::MAX {
        let prefix = format!("files/{byte:02x}");
        files += house
            .world
            .uploads
            .below(&prefix)
            .await
            .expect("a list")
            .len();
    }
    let incoming = house.world.uploads.below("incoming").await.expect("a list");
    (files, incoming.len())
}

#[tokio::test]
async fn a_receipt_is_good_for_who_sent_the_file_and_for_a_day() {
    let house = house(Room::ENDLESS).await;
    let mut sender = house.as_("agency5").await;
    let form = commitment(&mut sender).await;
    let page = sender.refused(form.file("letter", "承诺书.pdf", PDF)).await;
    let receipt = receipt(&page);
    assert!(
        !receipt.is_empty(),
        "the file is kept although the box is not checked"
    );

    let mut other = house.as_("agency4").await;
    let form = commitment(&mut other).await.with("agreed", "on");
    let page = other.refused(form.with("letter_kept", &receipt)).await;
    assert!(
        page.complaint("letter").contains("已失效"),
        "{}",
        page.complaints()
    );

    let again = commitment(&mut sender).await.with("agreed", "on");
    let again = again.with("letter_kept", &receipt);
    house.clock.set(house.now() + Duration::hours(25));
    let page = sender.refused(again.clone()).await;
    assert!(
        page.complaint("letter").contains("已失效"),
        "{}",
        page.complaints()
    );
    house.clock.set(house.now() - Duration::hours(2));
    sender.submit(again).await;
    house.close().await;
}

#[tokio::test]
async fn what_no_form_has_taken_is_swept_after_its_receipt_and_what_one_has_taken_stays() {
    let house = house(Room::ENDLESS).await;
    let mut browser = house.as_("agency5").await;
    let taken = commitment(&mut browser).await.with("agreed", "on");
    browser
        .submit(taken.file("letter", "承诺书.pdf", &pdf(1, 100)))
        .await;
    let refused = commitment(&mut browser).await;
    browser
        .refused(refused.file("letter", "承诺书.pdf", &pdf(2, 200)))
        .await;
    assert_eq!(stored(&house).await, (2, 0));
    let nothing = Swept::default();
    assert_eq!(file::sweep(&house.world).await.expect("swept"), nothing);
    assert_eq!(stored(&house).await, (2, 0), "its receipt is good");
    house.clock.set(house.now() + Duration::hours(27));
    let expected = Swept {
        removed_files: 1,
        removed_bytes: 200,
    };
    assert_eq!(file::sweep(&house.world).await.expect("swept"), expected);
    assert_eq!(stored(&house).await, (1, 0));
    let page = house.as_("auditor").await.get("/desk/jobs").await;
    page.shows("清除 1 个");
    house.clock.set(house.now() + Duration::hours(1));
    assert_eq!(file::sweep(&house.world).await.expect("swept"), nothing);
    house.close().await;
}

/// The one upload that waits: its id, its person and its content.
async fn waiting(house: &House) -> (UploadId, PersonId, Hex32) {
    let mut desk = Desk::reading(&house.world).await.expect("a desk");
    let row: (uuid::Uuid, uuid::Uuid, Hex32) = sqlx::query_as(
        "select id, person_id, sha256 from uploads where not is_taken and size < 1000",
    )
    .fetch_one(desk.conn())
    .await
    .expect("one upload");
    (row.0.into(), row.1.into(), row.2)
}

/// A file that waits for its form, and whose receipt is over.
async fn overdue() -> (House, UploadId, PersonId, Hex32) {
    let house = house(Room::ENDLESS).await;
    let mut cast = Desk::writing(&house.world).await.expect("a desk");
    sqlx::query("delete from uploads")
        .execute(cast.conn())
        .await
        .expect("forgotten");
    cast.commit().await.expect("committed");
    let mut browser = house.as_("agency5").await;
    let refused = commitment(&mut browser).await;
    browser
        .refused(refused.file("letter", "承诺书.pdf", &pdf(3, 300)))
        .await;
    house.clock.set(house.now() + Duration::hours(27));
    let (id, person, content) = waiting(&house).await;
    (house, id, person, content)
}

#[tokio::test]
async fn a_content_that_is_just_being_stored_is_not_swept() {
    let (house, id, person, content) = overdue().await;
    let mut storing = Desk::writing(&house.world).await.expect("a desk");
    store::upload::lock_content(storing.conn(), content)
        .await
        .expect("locked");
    assert_eq!(
        file::sweep(&house.world).await.expect("swept"),
        Swept::default()
    );
    assert_eq!(stored(&house).await, (1, 0));
    // A desk that is dropped lets go of its locks a moment later; one that is committed at once.
    storing.commit().await.expect("ended");
    let swept = file::sweep(&house.world).await.expect("swept");
    assert_eq!((swept.removed_files, stored(&house).await), (1, (0, 0)));
    // A form that comes now is told, even if its receipt still opens.
    let mut late = Desk::writing(&house.world).await.expect("a desk");
    assert!(
        !store::upload::take(late.conn(), id, person)
            .await
            .expect("an answer")
    );
    drop(late);
    house.close().await;
}

#[tokio::test]
async fn a_form_that_takes_a_file_while_its_receipt_runs_out_keeps_the_file() {
    let (house, id, person, sha256) = overdue().await;
    let mut taking = Desk::writing(&house.world).await.expect("a desk");
    assert!(
        store::upload::take(taking.conn(), id, person)
            .await
            .expect("an answer")
    );
    let file = store::file::NewFile {
        id: uuid::Uuid::from_u128(7).into(),
        sha256,
        size: 1,
        media_type: "application/pdf",
        name: "a.pdf",
        owner: None,
        agency: None,
        uploaded_by: person,
        uploaded_at: house.now(),
    };
    store::file::add(taking.conn(), file).await.expect("added");
    // The sweep waits for the row that the form holds.
    let world = house.world.clone();
    let sweeping = tokio::spawn(async move { file::sweep(&world).await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!sweeping.is_finished());
    taking.commit().await.expect("committed");
    let swept = sweeping.await.expect("no panic").expect("swept");
    assert_eq!((swept, stored(&house).await), (Swept::default(), (1, 0)));
    house.close().await;
}

#[tokio::test]
async fn whatever_instant_the_server_dies_at_the_next_sweep_finds_what_is_left() {
    let (house, ..) = overdue().await;
    let actor = app::desk::Actor {
        must_change_password: false,
        unread: 0,
        session: None,
        person: waiting(&house).await.1,
        name: "某人".into(),
        acting: None,
    };
    // It dies while a file arrives, before anybody has looked at it.
    let chunks = futures::stream::iter([Ok::<_, String>(bytes::Bytes::from_static(PDF))]);
    file::arrive(&house.world, &actor, "a.pdf", chunks)
        .await
        .expect("arrived");
    assert_eq!(stored(&house).await, (1, 1));
    file::sweep(&house.world).await.expect("swept");
    assert_eq!(stored(&house).await, (0, 1), "it may still be on its way");
    // It dies between the row and the bytes.
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    let upload = store::upload::NewUpload {
        id: UploadId(uuid::Uuid::from_u128(9)),
        sha256: Hex32([9; 32]),
        size: 9,
        sender: store::upload::Sender {
            person: actor.person,
            owner: None,
            agency: None,
        },
        received_at: desk.now,
    };
    store::upload::add(desk.conn(), &upload)
        .await
        .expect("added");
    desk.commit().await.expect("committed");
    house.clock.set(house.now() + Duration::hours(27));
    let swept = file::sweep(&house.world).await.expect("swept");
    assert_eq!((swept.removed_files, stored(&house).await), (1, (0, 0)));
    // What this database has never known is left to whoever put it there.
    let other = house.world.clone();
    house
        .world
        .uploads
        .store(&app::uploads::Judged {
            name: "b.pdf".into(),
            media_type: "application/pdf",
            bytes: pdf(4, 400).into(),
        })
        .await
        .expect("stored");
    file::sweep(&other).await.expect("swept");
    assert_eq!(stored(&house).await, (1, 0));
    house.close().await;
}

#[tokio::test]
async fn a_quota_is_told_at_the_field_and_two_at_once_cannot_both_take_the_last_of_it() {
    let room = Room {
        person_day: 2 * MEGABYTE,
        ..Room::ENDLESS
    };
    let house = house(room).await;
    let mut browser = house.as_("agency5").await;
    let form = commitment(&mut browser).await;
    let size = MEGABYTE as usize * 3 / 2;
    browser
        .refused(form.clone().file("letter", "承诺书.pdf", &pdf(1, size)))
        .await;
    let form = form.with("agreed", "on");
    let page = browser
        .refused(form.clone().file("letter", "承诺书.pdf", &pdf(2, size)))
        .await;
    assert!(
        page.complaint("letter").contains("2 MB"),
        "{}",
        page.complaints()
    );
    assert_eq!(stored(&house).await, (1, 0), "nothing of it stays");
    // The next day there is room again: for one of two at the same time.
    house.clock.set(house.now() + Duration::hours(25));
    let (mut one, mut two) = (house.as_("agency5").await, house.as_("agency5").await);
    let first = form
        .clone()
        .without("agreed")
        .file("letter", "一.pdf", &pdf(3, size));
    let second = form
        .without("agreed")
        .file("letter", "二.pdf", &pdf(4, size));
    let pages = futures::join!(one.refused(first), two.refused(second));
    let kept = [&pages.0, &pages.1].map(|page| !receipt(page).is_empty());
    assert_ne!(
        kept[0],
        kept[1],
        "{} {}",
        pages.0.complaints(),
        pages.1.complaints()
    );
    house.close().await;
}

#[tokio::test]
async fn while_the_scanner_is_away_files_are_refused_at_their_field_and_nothing_stays() {
    let scanner = "unix:/no/such/socket".parse().expect("a socket");
    let uploads = Uploads::new(Arc::new(InMemory::new())).with_scanner(Some(scanner));
    let house = House::open_with_uploads(uploads).await;
    let mut browser = house.as_("agency5").await;
    let form = commitment(&mut browser).await.with("agreed", "on");
    let page = browser
        .refused(form.file("letter", "承诺书.pdf", PDF))
        .await;
    assert!(
        page.complaint("letter").contains("没有应答"),
        "{}",
        page.complaints()
    );
    assert_eq!(
        (receipt(&page), stored(&house).await),
        (String::new(), (0, 0))
    );
    assert!(
        !page
            .form("/desk/dossier/commitment")
            .value("agreed")
            .is_empty()
    );
    house.close().await;
}
