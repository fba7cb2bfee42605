//! The administrators of a body among each other: listed, ended, and given another first password.

use crate::browser::{Browser, Page};
use crate::cast::{self, FIRST_PASSWORD};
use crate::house::House;

const ANOTHER: &str = "重来-Lantern-2290-竹";

/// Names another administrator of the body at a browser.
async fn name(browser: &mut Browser, login: &str) {
    let form = browser
        .get("/account")
        .await
        .form("/account/administrators")
        .with("person_name", "接手人")
        .with("phone", "13807100008")
        .with("login", login)
        .with("new_password", FIRST_PASSWORD);
    browser.submit(form).await.shows("已授权");
}

/// The mandate of a login, as the routes name it.
async fn mandate(house: &House, login: &str) -> String {
    let id: uuid::Uuid = sqlx::query_scalar(
        "select m.id from mandates m join persons p on p.id = m.person_id where p.login = $1",
    )
    .bind(login)
    .fetch_one(&house.world.pool)
    .await
    .expect("a mandate");
    format!("/account/administrators/{id}")
}

async fn lines(house: &House, action: &str) -> Vec<String> {
    sqlx::query_scalar("select note from journal where action = $1 and result = 'done'")
        .bind(action)
        .fetch_all(&house.world.pool)
        .await
        .expect("lines")
}

async fn end(browser: &mut Browser, of: &str) -> Page {
    browser.post(&format!("{of}/end"), &[]).await
}

#[tokio::test]
async fn administrators_are_listed_and_one_ends_the_role_of_another() {
    let house = House::open().await;
    for (login, next) in [("owner1", "owner1.next"), ("agency1", "agency1.next")] {
        let mut first = house.as_(login).await;
        name(&mut first, next).await;
        let (own, others) = (mandate(&house, login).await, mandate(&house, next).await);
        let page = first.get("/account").await;
        page.shows("本单位的管理员")
            .shows(next)
            .shows("还没有登录并修改初始密码")
            .shows("立即不能再以本单位名义办理");
        assert!(!page.has_form(&format!("{own}/end")), "not the own role");
        let mut second = cast::change_first_password(&house, next).await;
        first.get("/account").await.hides("还没有登录");
        // The own one is refused, those of other bodies are not there.
        let refused = end(&mut first, &own).await;
        assert_eq!(refused.status, 422);
        refused.shows("不能由自己终止");
        for stranger in ["owner2", "agency2"] {
            let id = mandate(&house, stranger).await;
            assert_eq!(end(&mut first, &id).await.status, 404, "{stranger}");
        }
        let form = first.get("/account").await.form(&format!("{others}/end"));
        first.submit(form).await.shows("授权已终止");
        first.get("/account").await.hides(next);
        assert_ne!(second.ask("/desk").await.status, 200, "{next}");
        assert_eq!(end(&mut first, &others).await.status, 404, "once");
    }
    assert_eq!(lines(&house, "终止管理员").await, ["接手人", "接手人"]);
    house.close().await;
}

#[tokio::test]
async fn of_two_who_end_each_other_one_stays() {
    let house = House::open().await;
    let mut first = house.as_("agency1").await;
    name(&mut first, "agency1.next").await;
    let mut second = cast::change_first_password(&house, "agency1.next").await;
    let (one, two) = (
        mandate(&house, "agency1").await,
        mandate(&house, "agency1.next").await,
    );
    let (a, b) = tokio::join!(end(&mut first, &two), end(&mut second, &one));
    let ended = [a.status, b.status];
    assert_eq!(
        ended.iter().filter(|status| **status == 303).count(),
        1,
        "{ended:?}"
    );
    house.close().await;
}

#[tokio::test]
async fn who_lost_the_first_password_is_given_another_and_nobody_else() {
    let house = House::open().await;
    let mut first = house.as_("owner1").await;
    name(&mut first, "owner1.next").await;
    let action = format!("{}/password", mandate(&house, "owner1.next").await);
    let page = first.get("/account").await;
    let weak = page.form(&action).with("new_password", "12345");
    let refused = first.refused(weak).await;
    assert!(!refused.complaint("new_password").is_empty());
    let form = page.form(&action).with("new_password", ANOTHER);
    first.submit(form).await.shows("初始密码已重新设置");
    let mut next = house.browser();
    let fields = [("login", "owner1.next"), ("password", FIRST_PASSWORD)];
    assert_eq!(next.post("/sign-in", &fields).await.status, 422);
    next.sign_in("owner1.next", ANOTHER).await;
    let form = next.get("/account").await.form("/account/password");
    let form = form
        .with("old_password", ANOTHER)
        .with("new_password", cast::PASSWORD)
        .with("new_password_again", cast::PASSWORD);
    next.submit(form).await;
    // Now the account is the person's own, after a reset by the operator, too.
    let fields = [("new_password", FIRST_PASSWORD)];
    for reset in [false, true] {
        if reset {
            server::seed::people::reset_password(&house.world, "owner1.next", ANOTHER)
                .await
                .expect("reset");
        }
        assert!(!first.get("/account").await.has_form(&action));
        assert_eq!(first.post(&action, &fields).await.status, 422, "{reset}");
    }
    let mut other = house.as_("owner2").await;
    assert_eq!(other.post(&action, &fields).await.status, 404);
    house.close().await;
}
