//! Accounts: opening one, signing in and out, lock-out, sessions, acting for one of several bodies.

use crate::cast::{PASSWORD, open_account, owner_form};
use crate::house::House;
use axum::http::header;
use market::time::Duration;

#[tokio::test]
async fn weak_passwords_and_taken_logins_are_refused_and_nothing_typed_is_lost() {
    let house = House::open().await;
    let mut browser = house.browser();
    let page = browser.get("/register").await;
    let form = page
        .form("/register")
        .with("person_name", "李新")
        .with("phone", "13807100009")
        .with("login", "owner1");
    let form = form
        .with("new_password", "password123")
        .with("new_password_again", "password124")
        .with("agreed", "on");
    let page = browser.refused(form).await;
    assert!(
        page.complaint("new_password").contains("太容易被猜到"),
        "{}",
        page.complaints()
    );
    assert!(page.text.contains("value=\"李新\"") && !page.text.contains("password123"));
    let form = page
        .form("/register")
        .with("new_password", PASSWORD)
        .with("new_password_again", PASSWORD);
    let page = browser.refused(form).await;
    assert!(
        page.complaint("login").contains("已经被使用"),
        "{}",
        page.complaints()
    );
    house.close().await;
}

#[tokio::test]
async fn the_session_cookie_is_strict_new_at_sign_in_and_kept_as_a_hash() {
    let house = House::open().await;
    let mut browser = house.browser();
    let form = browser
        .get("/sign-in")
        .await
        .form("/sign-in")
        .with("login", " OWNER1 ")
        .with("password", PASSWORD);
    let page = browser.submit_once(&form).await;
    let cookie = page
        .headers
        .get(header::SET_COOKIE)
        .expect("a cookie")
        .to_str()
        .expect("ASCII")
        .to_string();
    for part in [
        "__Host-market=",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let token = browser
        .cookie("__Host-market")
        .expect("signed in")
        .to_string();
    let stored = sqlx::query_scalar::<_, bool>(
        "select exists (select from sessions where encode(token_hash, 'hex') = $1 or position(convert_to($1, 'UTF8') in token_hash) > 0)",
    );
    assert!(
        !stored
            .bind(&token)
            .fetch_one(&house.world.pool)
            .await
            .expect("an answer"),
        "only a hash is stored"
    );
    let mut again = browser.clone();
    again.sign_in("owner1", PASSWORD).await;
    assert_ne!(
        again.cookie("__Host-market"),
        Some(token.as_str()),
        "a new token at each sign-in"
    );
    house.close().await;
}

#[tokio::test]
async fn sign_out_ends_the_session_on_the_server() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    let thief = browser.clone();
    browser.post("/sign-out", &[]).await;
    assert_eq!(
        thief.clone().ask("/desk").await.status,
        303,
        "the old token is worth nothing"
    );
    // One's sessions are listed, and any of them can be ended from another device.
    let mut phone = house.as_("owner1").await;
    let mut desktop = house.as_("owner1").await;
    let page = desktop.get("/account").await;
    let html = page.html();
    let css = scraper::Selector::parse("form[action$='/end']").expect("a selector");
    let ends: Vec<String> = html
        .select(&css)
        .filter_map(|form| form.attr("action"))
        .map(str::to_string)
        .collect();
    assert!(!ends.is_empty(), "another session can be ended");
    for end in &ends {
        desktop.post(end, &[]).await;
    }
    assert_eq!(phone.ask("/desk").await.status, 303);
    assert_eq!(desktop.ask("/desk").await.status, 200);
    // Somebody else's sessions are not there.
    assert_eq!(
        house.as_("owner2").await.post(&ends[0], &[]).await.status,
        404
    );
    house.close().await;
}

#[tokio::test]
async fn wrong_passwords_lock_the_account_for_a_while() {
    let house = House::open().await;
    let mut browser = house.browser();
    let page = browser.get("/sign-in").await;
    let mut locked = false;
    for _ in 0..10 {
        let form = page
            .form("/sign-in")
            .with("login", "owner1")
            .with("password", "wrong-Fountain-1");
        let page = browser.submit_once(&form).await;
        assert!(!page.text.contains("wrong-Fountain-1"));
        locked = page.complaints().contains("尝试次数过多");
        assert_eq!(page.status, if locked { 429 } else { 422 });
        if locked {
            break;
        }
        assert!(
            page.complaints().contains("账号或密码不正确"),
            "{}",
            page.complaints()
        );
    }
    assert!(locked, "ten wrong passwords in a row lock the account");
    let form = page
        .form("/sign-in")
        .with("login", "owner1")
        .with("password", PASSWORD);
    let refused = browser.told_when(form).await;
    assert!(
        refused.complaints().contains("尝试次数过多"),
        "the right one does not help while it is locked"
    );
    house.advance(Duration::hours(25)).await;
    browser.sign_in("owner1", PASSWORD).await;
    house.close().await;
}

#[tokio::test]
async fn an_unknown_account_gets_the_same_answer_as_a_wrong_password() {
    let house = House::open().await;
    let mut browser = house.browser();
    let page = browser.get("/sign-in").await;
    let known = browser
        .refused(
            page.form("/sign-in")
                .with("login", "owner1")
                .with("password", "x"),
        )
        .await;
    let unknown = browser
        .refused(
            page.form("/sign-in")
                .with("login", "nobody")
                .with("password", "x"),
        )
        .await;
    assert_eq!(known.complaints(), unknown.complaints());
    house.close().await;
}

#[tokio::test]
async fn sessions_end_when_idle_and_after_their_longest_time() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    // The tests' sessions are long; what counts is that both limits are kept.
    house.advance(Duration::days(399)).await;
    assert_eq!(browser.ask("/desk").await.status, 200);
    house.advance(Duration::days(2)).await;
    assert_eq!(
        browser.ask("/desk").await.status,
        303,
        "over the longest time"
    );
    let mut browser = house.as_("owner1").await;
    house.advance(Duration::days(401)).await;
    assert_eq!(browser.ask("/desk").await.status, 303, "idle");
    house.close().await;
}

#[tokio::test]
async fn one_person_acts_for_several_bodies_and_chooses_which() {
    let house = House::open().await;
    let mut browser = open_account(&house, "both", "两边").await;
    let form = browser.get("/register/owner").await.form("/register/owner");
    browser
        .submit(owner_form(form, "区文旅局", 31, "gov_agency", "fiscal"))
        .await;
    let form = browser.get("/register/owner").await.form("/register/owner");
    browser
        .submit(owner_form(form, "区体育局", 32, "gov_agency", "fiscal"))
        .await;
    browser.get("/desk").await.shows("区体育局");
    let page = browser.get("/account").await;
    page.shows("区文旅局").shows("区体育局");
    let html = page.html();
    let css = scraper::Selector::parse("form[action='/account/mandate'] [name=mandate]")
        .expect("a selector");
    let mandates: Vec<String> = html
        .select(&css)
        .filter_map(|e| e.attr("value"))
        .map(str::to_string)
        .collect();
    let mut desks = std::collections::BTreeSet::new();
    for mandate in &mandates {
        let page = browser
            .post("/account/mandate", &[("mandate", mandate)])
            .await;
        assert_eq!(page.status, 303);
        desks.insert(browser.get("/desk").await.words().contains("区文旅局"));
    }
    assert!(desks.contains(&true), "{mandates:?}");
    // Another person's mandate can't be chosen.
    let other = house
        .as_("owner2")
        .await
        .post("/account/mandate", &[("mandate", &mandates[0])])
        .await;
    assert_eq!(other.status, 404);
    house.close().await;
}

/// The address of the scan of a contract of `owner1`, which its administrator published.
async fn files_of_a_contract(house: &House) -> String {
    use crate::cast;
    let id = cast::publish(house, "owner1", "random").await;
    for login in cast::AGENCIES.iter().take(3) {
        cast::sign_up(house, login, &id, None).await;
    }
    cast::draw(house, &id).await;
    let (award, agency) = cast::win(house, &id).await;
    let contract = cast::contract(house, &award, agency, "owner1").await;
    let page = house
        .as_("owner1")
        .await
        .get(&format!("/contracts/{contract}"))
        .await;
    let start = page.text.find("/files/").expect("the scan");
    page.text[start..]
        .split('"')
        .next()
        .expect("its address")
        .to_string()
}

#[tokio::test]
async fn a_trustee_sees_only_its_own_requirements() {
    let house = House::open().await;
    let id = crate::cast::publish(&house, "owner1", "random").await;
    let mut trustee = house.as_("trustee").await;
    trustee.get("/desk/requirements").await.hides("唐白路");
    assert_eq!(
        trustee
            .post(&format!("/requirements/{id}/correct"), &[])
            .await
            .status,
        404
    );
    let files = house.as_("owner1").await;
    let scan = files_of_a_contract(&house).await;
    let clerk = house.as_("clerk").await;
    for (browser, status) in [(files, 200), (trustee.clone(), 404), (clerk, 404)] {
        let mut browser = browser;
        assert_eq!(browser.ask(&scan).await.status, status, "{scan}");
    }
    let (_, own) = crate::cast::begin(&house, &mut trustee).await;
    assert_eq!(
        house
            .as_("owner1")
            .await
            .get(&format!("/requirements/{own}/edit"))
            .await
            .status,
        200
    );
    // Its mandate ends at once.
    let mut owner = house.as_("owner1").await;
    let page = owner.get("/desk/trustees").await;
    let html = page.html();
    let css = scraper::Selector::parse("form[action$='/end']").expect("a selector");
    let end = html
        .select(&css)
        .next()
        .and_then(|form| form.attr("action"))
        .expect("a trustee to end")
        .to_string();
    owner.post(&end, &[]).await;
    let page = trustee.ask("/desk/requirements").await;
    assert!(
        [303, 403].contains(&page.status.as_u16()),
        "{}",
        page.status
    );
    house.close().await;
}
