//! The machine fails: the database goes away and comes back, a job dies in the middle, the process is killed.

use crate::cast::{self, AGENCIES, draw, publish, requirement, sign_up};
use crate::house::House;
use app::AppError;
use app::calls;
use app::desk::Desk;
use axum::http::header;
use market::requirement::RequirementState;
use market::time::Duration;

#[tokio::test]
async fn without_the_database_pages_say_busy_and_recover_without_a_restart() {
    let (house, line) = House::open_with_line().await;
    let mut browser = house.as_("owner1").await;
    line.cut();
    for path in [
        "/",
        "/agencies",
        "/desk",
        "/requirements",
        "/api/v1/agencies",
    ] {
        let page = browser.ask(path).await;
        assert_eq!(page.status, 503, "{path}");
        assert!(
            page.headers.contains_key(header::RETRY_AFTER),
            "{path} says when to try again"
        );
    }
    assert_eq!(
        browser.ask("/healthz").await.status,
        200,
        "the process is alive"
    );
    assert_eq!(browser.ask("/readyz").await.status, 503, "but not ready");
    let page = browser.ask("/").await;
    page.hides("sqlx").hides("postgres").shows("请稍后");
    let page = browser.post("/requirements", &[("item", "x")]).await;
    assert_eq!(page.status, 503);
    line.mend();
    assert_eq!(browser.ask("/").await.status, 200);
    assert_eq!(browser.ask("/desk").await.status, 200, "still signed in");
    assert_eq!(browser.ask("/readyz").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn what_was_not_committed_never_happened_and_a_second_try_gives_the_same_draw() {
    let mut house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    house.advance_to(cast::deadline(&house, &id).await).await;
    let at = requirement(&house, &id).await.draw_at.expect("published");
    house.clock.set(at);

    // The draw is done in full, and the process dies before the commit.
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    calls::selection::draw(&mut desk, id.parse().expect("an id"))
        .await
        .expect("drawn");
    let first: String = sqlx::query_scalar("select evidence::text from draws")
        .fetch_one(desk.conn())
        .await
        .expect("evidence");
    drop(desk);
    let count: i64 = sqlx::query_scalar("select count(*) from draws")
        .fetch_one(&house.world.pool)
        .await
        .expect("a number");
    assert_eq!(
        (count, requirement(&house, &id).await.state),
        (0, RequirementState::Frozen)
    );

    draw(&house, &id).await;
    let second: String = sqlx::query_scalar("select evidence::text from draws")
        .fetch_one(&house.world.pool)
        .await
        .expect("evidence");
    assert_eq!(
        first, second,
        "the same inputs, the same draw: there is no way to ask for another"
    );
    // And once more, by a worker that did not hear of it: nothing happens.
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    calls::selection::draw(&mut desk, id.parse().expect("an id"))
        .await
        .expect("nothing to do");
    desk.commit().await.expect("committed");
    let count: i64 = sqlx::query_scalar("select count(*) from awards")
        .fetch_one(&house.world.pool)
        .await
        .expect("a number");
    assert_eq!(count, 1);
    house.drop_database().await;
}

#[tokio::test]
async fn a_draw_before_its_time_does_nothing_whoever_asks() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    for wait in [Duration::ZERO, Duration::hours(5)] {
        house.clock.set(house.now() + wait);
        let mut desk = Desk::writing(&house.world).await.expect("a desk");
        calls::closing::deadline(&mut desk, id.parse().expect("an id"))
            .await
            .expect("too early");
        calls::selection::draw(&mut desk, id.parse().expect("an id"))
            .await
            .expect("too early");
        desk.commit().await.expect("committed");
        assert_eq!(
            requirement(&house, &id).await.state,
            RequirementState::Published
        );
    }
    house.close().await;
}

#[tokio::test]
async fn a_seed_that_is_not_the_promised_one_is_never_used() {
    let mut house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    house.advance_to(cast::deadline(&house, &id).await).await;
    // Somebody with the installation's key and the database puts another seed in its place.
    let mut chance = (house.world.chance)();
    let sealed = house.world.vault.seal(
        app::vault::Purpose::DrawSeed,
        &id,
        &[9; 32],
        chance.as_mut(),
    );
    sqlx::query("update requirements set seed_sealed = $1 where id = $2::uuid")
        .bind(sealed)
        .bind(id.parse::<uuid::Uuid>().expect("an id"))
        .execute(&house.world.pool)
        .await
        .expect("forged");
    house
        .clock
        .set(requirement(&house, &id).await.draw_at.expect("published"));
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    let drawn = calls::selection::draw(&mut desk, id.parse().expect("an id")).await;
    assert!(matches!(drawn, Err(AppError::Broken(_))), "{drawn:?}");
    drop(desk);
    house.drop_database().await;
}

#[tokio::test]
async fn a_failing_job_waits_longer_each_time_dies_and_is_revived_from_the_desk() {
    let mut house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    // A sealed seed that nobody can open any more: the draw can't be made.
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    let kept = requirement(&house, &id).await.seed_sealed;
    sqlx::query("update requirements set seed_sealed = decode(repeat('00', 72), 'hex')")
        .execute(&house.world.pool)
        .await
        .expect("damaged");
    house.advance(Duration::days(10)).await;
    let page = house
        .as_("auditor")
        .await
        .get("/desk/jobs?state=dead")
        .await;
    page.shows("抽取或开标排序");
    let html = page.html();
    let css = scraper::Selector::parse("form[action$='/revive']").expect("a selector");
    let revive = html
        .select(&css)
        .next()
        .and_then(|form| form.attr("action"))
        .expect("a dead job")
        .to_string();
    sqlx::query("update requirements set seed_sealed = $1")
        .bind(kept)
        .execute(&house.world.pool)
        .await
        .expect("mended");
    house.as_("auditor").await.post(&revive, &[]).await;
    house.advance(Duration::minutes(1)).await;
    assert_eq!(
        requirement(&house, &id).await.state,
        RequirementState::Selected
    );
    house.drop_database().await;
}
