//! What nobody may know before its time: prices and seeds, in tables, logs, pages and API.

use crate::cast::{self, publish, sign_up};
use crate::house::House;
use crate::listening;

/// Every value of every table, as text.
async fn every_row(house: &House) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'public' order by 1",
    )
    .fetch_all(&house.world.pool)
    .await
    .expect("the tables");
    assert!(tables.len() > 20, "{tables:?}");
    let mut all = String::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!(
            "select coalesce(string_agg(row_to_json(t)::text, ' '), '') from \"{table}\" t"
        ));
        let text: String = sqlx::query_scalar(sql)
            .fetch_one(&house.world.pool)
            .await
            .expect("the rows");
        all.push_str(&text);
    }
    all
}

#[tokio::test]
async fn before_the_deadline_no_price_is_in_the_tables_or_the_log() {
    let house = House::open().await;
    listening::begin();
    let id = publish(&house, "owner1", "lowest_price").await;
    // Sums that occur nowhere else, typed and in fen.
    let prices = ["43217.89", "45678.91", "46543.21"];
    for (login, price) in cast::AGENCIES.into_iter().zip(prices) {
        sign_up(&house, login, &id, Some(price)).await;
    }
    let rows = every_row(&house).await;
    let logged = listening::end();
    assert!(
        logged.contains("/requirements/{id}/sign-up"),
        "the log was listened to"
    );
    for price in prices {
        let fen = price.replace('.', "");
        let hexadecimal = hex::encode(price);
        for form in [price, &fen, &hexadecimal] {
            assert!(!rows.contains(form), "{form} is in a table");
            assert!(!logged.contains(form), "{form} is in the log");
        }
    }
    let requirement = cast::requirement(&house, &id).await;
    for path in [
        format!("/requirements/{id}"),
        "/api/v1/requirements".into(),
        "/api/v1/ledger".into(),
    ] {
        for login in ["owner1", "auditor", "supervisor", "agency4"] {
            let page = house.as_(login).await.get(&path).await;
            for price in prices {
                page.hides(price);
            }
        }
    }
    // Writing an amount early is refused by the table itself.
    let early = sqlx::query("update bids set amount_fen = 1, opened_at = now()")
        .execute(&house.world.pool)
        .await;
    assert!(
        early
            .expect_err("sealed")
            .to_string()
            .contains("the opening is not recorded")
    );

    house
        .advance_to(requirement.draw_at.expect("published"))
        .await;
    let rows = every_row(&house).await;
    assert!(
        rows.contains("4321789"),
        "after the opening the sums are there: the test can see them"
    );
    house.close().await;
}

#[tokio::test]
async fn the_seed_is_sealed_until_the_draw_and_a_stolen_table_opens_nothing() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in cast::AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    house.advance_to(cast::deadline(&house, &id).await).await;
    let before = every_row(&house).await;
    cast::draw(&house, &id).await;
    let link = house
        .browser()
        .get(&format!("/requirements/{id}"))
        .await
        .links("/draws/")
        .pop()
        .expect("a draw");
    let json = house.browser().get(&format!("/api/v1{link}")).await;
    let evidence: market::draw::Evidence = serde_json::from_str(&json.text).expect("evidence");
    assert!(
        !before.contains(&evidence.server_seed.to_string()),
        "the seed was not readable before the draw"
    );
    let stolen = cast::requirement(&house, &id)
        .await
        .seed_sealed
        .expect("sealed");
    let other = app::vault::Vault::new([8; 32]);
    assert!(
        other
            .open(app::vault::Purpose::DrawSeed, &id, &stolen)
            .is_err()
    );
    house.close().await;
}

#[tokio::test]
async fn files_are_for_those_who_may_see_them_and_never_shown_inline() {
    let house = House::open().await;
    let mut agency = house.as_("agency1").await;
    let file = agency
        .get("/desk/dossier")
        .await
        .links("/files/")
        .pop()
        .expect("a scan");
    let answer = agency.get(&file).await;
    assert_eq!(answer.status, 200);
    let head = |name: &str| {
        answer
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_string()
    };
    assert!(head("content-disposition").starts_with("attachment"));
    assert_eq!(head("x-content-type-options"), "nosniff");
    for login in ["agency2", "owner1", "stranger"] {
        assert_eq!(
            house.as_(login).await.get(&file).await.status,
            404,
            "{login} may not know of it"
        );
    }
    assert_eq!(house.browser().get(&file).await.status, 404);
    for login in ["auditor", "clerk"] {
        assert_eq!(
            house.as_(login).await.get(&file).await.status,
            200,
            "{login} vets it"
        );
    }
    house.close().await;
}
