//! Locks on passwords: guesses are judged no more often at once than one after another, nobody is kept out from
//! elsewhere, and hashing stays within its places.

use crate::browser::Browser;
use crate::cast::PASSWORD;
use crate::house::House;
use axum::http::header;
use futures::future::join_all;
use market::time::Duration;

const WRONG: &str = "wrong-Fountain-1";

/// Tries a password once; what the page says.
async fn attempt(browser: &Browser, login: &str, password: &str) -> (u16, String) {
    let mut browser = browser.clone();
    let page = browser
        .post("/sign-in", &[("login", login), ("password", password)])
        .await;
    (page.status.as_u16(), page.complaints())
}

fn judged(answers: &[(u16, String)]) -> usize {
    answers
        .iter()
        .filter(|(_, words)| words.contains("账号或密码不正确"))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_guesses_at_once_five_are_judged() {
    let house = House::open().await;
    let stranger = house.browser().at("203.0.113.5");
    let guesses = (0..20).map(|_| attempt(&stranger, "owner1", WRONG));
    let answers = join_all(guesses).await;
    assert_eq!(judged(&answers), 5, "{answers:?}");
    let told = answers
        .iter()
        .filter(|(_, words)| words.contains("尝试次数过多"))
        .count();
    assert_eq!(told, 15, "{answers:?}");
    // A login that nobody has is counted just the same.
    let guesses = (0..20).map(|_| attempt(&stranger, "nobody", WRONG));
    assert_eq!(judged(&join_all(guesses).await), 5);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rival_locks_out_nobody_but_itself() {
    let house = House::open().await;
    let mut known = house.browser().at("198.51.100.7");
    known.sign_in("owner1", PASSWORD).await;
    known.post("/sign-out", &[]).await;
    // From everywhere, until strangers are slowed down, and a hundred times from the person's own office.
    for n in 0..8 {
        let rival = house.browser().at(&format!("203.0.113.{n}"));
        join_all((0..5).map(|_| attempt(&rival, "owner1", WRONG))).await;
    }
    let colleague = house.browser().at("198.51.100.7");
    for n in 0..25 {
        let login = format!("nobody{n}");
        join_all((0..5).map(|_| attempt(&colleague, &login, WRONG))).await;
    }
    join_all((0..8).map(|_| attempt(&colleague, "owner1", WRONG))).await;
    let stranger = house.browser().at("192.0.2.1");
    assert_eq!(attempt(&stranger, "owner1", PASSWORD).await.0, 429);
    // The browser that has signed in before passes all of it, and so does a new browser at a place of the person's.
    assert_eq!(attempt(&known, "owner1", PASSWORD).await.0, 303);
    // A stranger is slowed down for half a minute at most.
    house.advance(Duration::seconds(31)).await;
    assert_eq!(attempt(&stranger, "owner1", PASSWORD).await.0, 303);
    // Whoever signs in from the office is let in again soon.
    house.advance(Duration::minutes(6)).await;
    assert_eq!(attempt(&colleague, "owner2", PASSWORD).await.0, 303);
    house.close().await;
}

#[tokio::test]
async fn a_new_browser_at_a_known_place_is_not_held_up_by_strangers() {
    let house = House::open().await;
    house
        .browser()
        .at("198.51.100.7")
        .sign_in("owner1", PASSWORD)
        .await;
    for n in 0..8 {
        let rival = house.browser().at(&format!("203.0.113.{n}"));
        join_all((0..5).map(|_| attempt(&rival, "owner1", WRONG))).await;
    }
    let new = house.browser().at("198.51.100.7");
    assert_eq!(attempt(&new, "owner1", PASSWORD).await.0, 303);
    house.close().await;
}

#[tokio::test]
async fn a_known_browser_guesses_no_more_often_either() {
    let house = House::open().await;
    let mut known = house.browser().at("198.51.100.7");
    known.sign_in("owner1", PASSWORD).await;
    let answers = join_all((0..20).map(|_| attempt(&known, "owner1", WRONG))).await;
    assert_eq!(judged(&answers), 5, "{answers:?}");
    // For another login it is a stranger.
    let answers = join_all((0..20).map(|_| attempt(&known, "owner2", WRONG))).await;
    assert_eq!(judged(&answers), 5, "{answers:?}");
    house.close().await;
}

#[tokio::test]
async fn a_success_forgives() {
    let house = House::open().await;
    let office = house.browser().at("198.51.100.7");
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(judged(&[attempt(&office, "owner1", WRONG).await]), 1);
        }
        assert_eq!(attempt(&office, "owner1", PASSWORD).await.0, 303);
    }
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let left: i64 = sqlx::query_scalar("select count(*) from attempts")
        .fetch_one(&mut *conn)
        .await
        .expect("a count");
    assert_eq!(left, 0, "login, pair and address are all forgiven");
    drop(conn);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_right_ones_at_once_are_all_let_in_or_told_to_come_back() {
    let house = House::open().await;
    let browser = house.browser().at("198.51.100.7");
    let answers = join_all((0..30).map(|_| attempt(&browser, "owner1", PASSWORD))).await;
    for (status, words) in &answers {
        assert!([303, 429].contains(status), "{status} {words}");
    }
    assert!(answers.iter().any(|(status, _)| *status == 303));
    house.close().await;
}

#[tokio::test]
async fn the_moment_that_a_lock_names_is_one_at_which_it_is_over() {
    let house = House::open().await;
    let mut browser = house.browser();
    // Within a second, as moments are.
    house.advance(Duration::milliseconds(250)).await;
    let page = browser.get("/sign-in").await;
    let form = |password: &str| {
        page.form("/sign-in")
            .with("login", "owner1")
            .with("password", password)
    };
    for _ in 0..5 {
        browser.refused(form(WRONG)).await;
    }
    let told = browser.told_when(form(PASSWORD)).await;
    let seconds: i64 = told.headers[header::RETRY_AFTER]
        .to_str()
        .expect("ASCII")
        .parse()
        .expect("seconds");
    let moment = house.now() + Duration::seconds(seconds);
    let words = told.complaints();
    assert!(words.contains(&format!("约 {seconds} 秒后")), "{words}");
    let named = market::time::stamp_seconds(moment.replace_nanosecond(0).expect("a second"));
    assert!(words.contains(&named), "{named}: {words}");
    house.advance(Duration::seconds(seconds)).await;
    assert_eq!(browser.submit_once(&form(PASSWORD)).await.status, 303);
    house.close().await;
}

#[tokio::test]
async fn tries_at_the_old_password_are_counted() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    let page = browser.get("/account").await;
    let form = |old: &str| {
        page.form("/account/password")
            .with("old_password", old)
            .with("new_password", "清泉-Willow-5512-雪")
            .with("new_password_again", "清泉-Willow-5512-雪")
    };
    for _ in 0..5 {
        let refused = browser.refused(form(WRONG)).await;
        assert_eq!(refused.complaint("old_password"), "原密码不正确。");
    }
    let refused = browser.told_when(form(PASSWORD)).await;
    assert!(
        refused.complaints().contains("尝试次数过多"),
        "{}",
        refused.complaints()
    );
    house.advance(Duration::minutes(16)).await;
    let form = browser.get("/account").await.form("/account/password");
    let form = form
        .with("old_password", PASSWORD)
        .with("new_password", "清泉-Willow-5512-雪")
        .with("new_password_again", "清泉-Willow-5512-雪");
    browser.submit(form).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rush_is_told_when_to_come_back() {
    let house = House::open().await;
    let rush = (0..150).map(|n| {
        let mut browser = house
            .browser()
            .at(&format!("198.51.{}.{}", n / 100, n % 100 + 1));
        async move {
            let fields = [("login", "owner1"), ("password", PASSWORD)];
            let page = browser.post("/sign-in", &fields).await;
            let after = page.headers.get(header::RETRY_AFTER).cloned();
            (page.status.as_u16(), after, page.complaints())
        }
    });
    let answers = join_all(rush).await;
    for (status, after, words) in &answers {
        assert!([303, 429].contains(status), "{status} {words}");
        assert_eq!(*status == 429, after.is_some());
    }
    house.close().await;
}
