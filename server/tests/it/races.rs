//! What must never happen, tried with two real connections at once; and what the database refuses by itself.

use crate::cast::{self, AGENCIES, award, deadline, draw, publish, requirement, sign_up};
use crate::house::House;
use market::requirement::RequirementState;
use market::time::Duration;
use server::work;

async fn count(house: &House, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&house.world.pool)
        .await
        .expect("a number")
}

/// The name of the constraint that a statement breaks, even one of the tables' owner.
async fn broken(house: &House, sql: &str) -> String {
    let owners = house.owners_pool();
    let result = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_string()))
        .execute(&owners)
        .await;
    owners.close().await;
    match result {
        Err(sqlx::Error::Database(error)) => error
            .constraint()
            .unwrap_or_else(|| panic!("{error}"))
            .to_string(),
        other => panic!("{sql} was taken: {other:?}"),
    }
}

#[tokio::test]
async fn two_sign_ups_of_one_agency_at_once_leave_one() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let browser = house.as_("agency1").await;
    let path = format!("/requirements/{id}/sign-up");
    for _ in 0..5 {
        let tries = (0..6).map(|n| {
            let (mut browser, path) = (browser.clone(), path.clone());
            async move {
                browser
                    .post(&path, &[("price", &(43_000 + n).to_string())])
                    .await
                    .status
                    .as_u16()
            }
        });
        let answers = futures::future::join_all(tries).await;
        let taken = answers.iter().filter(|status| **status == 303).count();
        assert!(
            taken <= 1 && answers.iter().all(|status| [303, 422].contains(status)),
            "{answers:?}"
        );
        assert_eq!(
            count(&house, "select count(*) from sign_ups where state = 'live'").await,
            1
        );
        assert_eq!(count(&house, "select count(*) from bids").await, 1);
        browser
            .clone()
            .post(&format!("/requirements/{id}/withdraw"), &[])
            .await;
    }
    house.close().await;
}

#[tokio::test]
async fn a_sign_up_and_the_deadline_at_once_never_lose_or_add_one() {
    for round in 0..4 {
        let house = House::open().await;
        let id = publish(&house, "owner1", "random").await;
        for login in &AGENCIES[..3] {
            sign_up(&house, login, &id, None).await;
        }
        let at = deadline(&house, &id).await;
        house.clock.set(at - Duration::milliseconds(1));
        let mut late = house.as_("agency4").await;
        let path = format!("/requirements/{id}/sign-up");
        let closing = async {
            house.clock.set(at);
            work::turn(&house.world).await.expect("the jobs")
        };
        let (page, _) = tokio::join!(late.post(&path, &[]), closing);
        let frozen = requirement(&house, &id).await;
        assert_eq!(frozen.state, RequirementState::Frozen);
        let listed: i64 =
            sqlx::query_scalar("select count(*) from entrants where requirement_id = $1::uuid")
                .bind(id.parse::<uuid::Uuid>().expect("an id"))
                .fetch_one(&house.world.pool)
                .await
                .expect("a number");
        match page.status.as_u16() {
            303 => assert_eq!(
                listed, 4,
                "round {round}: what was confirmed is in the list"
            ),
            422 => assert_eq!(listed, 3, "round {round}: what was refused is not"),
            other => panic!("{other}"),
        }
        house.close().await;
    }
}

#[tokio::test]
async fn many_workers_draw_once() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    let at = requirement(&house, &id).await.draw_at.expect("published");
    house.clock.set(at);
    let workers = (0..4).map(|_| work::turn(&house.world));
    for done in futures::future::join_all(workers).await {
        done.expect("the jobs");
    }
    while work::turn(&house.world).await.expect("the jobs") > 0 {}
    assert_eq!(count(&house, "select count(*) from draws").await, 1);
    assert_eq!(count(&house, "select count(*) from awards").await, 1);
    assert_eq!(
        count(
            &house,
            "select count(*) from ledger_entries where kind = 'draw'"
        )
        .await,
        1
    );
    house.close().await;
}

#[tokio::test]
async fn confirming_and_declining_at_once_does_one_of_the_two() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let (award, login) = award(&house, &id).await;
    let (mut one, mut two) = (house.as_(login).await, house.as_(login).await);
    let (confirm, decline) = (
        format!("/awards/{award}/confirm"),
        format!("/awards/{award}/decline"),
    );
    let fields = [
        ("reason", "人员不足，无法按时到位，特此说明。"),
        ("understood", "on"),
    ];
    let (a, b) = tokio::join!(one.post(&confirm, &[]), two.post(&decline, &fields));
    let mut both = [a.status.as_u16(), b.status.as_u16()];
    both.sort();
    assert_eq!(both, [303, 422]);
    assert_eq!(
        count(
            &house,
            "select count(*) from awards where state in ('announced', 'confirmed', 'issued')"
        )
        .await,
        1
    );
    house.close().await;
}

#[tokio::test]
async fn the_database_refuses_what_must_never_happen() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    for (login, price) in AGENCIES
        .into_iter()
        .zip(["43000", "44000", "45000", "46000"])
    {
        sign_up(&house, login, &id, Some(price)).await;
    }
    let live = "insert into sign_ups (id, region_code, requirement_id, agency_id, edition, state, nonce, nonce_by, receipt, signed_by, received_at)
        select gen_random_uuid(), region_code, requirement_id, agency_id, edition, 'live', nonce, nonce_by, receipt, signed_by, received_at
        from sign_ups limit 1";
    assert_eq!(broken(&house, live).await, "sign_ups_one_live");
    assert_eq!(
        broken(&house, "update bids set amount_fen = 1, opened_at = now()").await,
        "bids_open_at_the_deadline"
    );
    assert_eq!(
        broken(
            &house,
            "update bids set sealed = decode(repeat('00', 64), 'hex')"
        )
        .await,
        "bids_are_sealed"
    );

    draw(&house, &id).await;
    let late = live.replace("requirement_id, agency_id, edition, 'live'", "requirement_id, (select id from agencies where state <> 'settled' limit 1), edition, 'live'");
    assert_eq!(broken(&house, &late).await, "sign_ups_before_deadline");
    assert_eq!(
        broken(
            &house,
            "update sign_ups set state = 'withdrawn', ended_at = now()"
        )
        .await,
        "sign_ups_before_deadline"
    );

    let second = "insert into awards (id, region_code, requirement_id, selection_id, owner_id, agency_id, sign_up_id, ordinal, award_no,
            amount_fen, state, announced_at, publicity_ends_at, confirm_by_at, policy_id)
        select gen_random_uuid(), a.region_code, a.requirement_id, a.selection_id, a.owner_id, e.agency_id, e.sign_up_id, 2, 'second',
            a.amount_fen, 'announced', a.announced_at, a.publicity_ends_at, a.confirm_by_at, a.policy_id
        from awards a join entrants e on e.requirement_id = a.requirement_id and e.agency_id <> a.agency_id limit 1";
    assert_eq!(broken(&house, second).await, "awards_one_live");
    assert_eq!(
        broken(&house, "update entrants set amount_fen = 1").await,
        "entrants_are_final"
    );
    assert_eq!(
        broken(&house, "delete from selections").await,
        "selections_are_final"
    );

    let unrated = "insert into ratings (id, contract_id, owner_id, agency_id, quality, timeliness, attitude, fee, conduct, mean, comment, rated_by, rated_at)
        select gen_random_uuid(), gen_random_uuid(), a.owner_id, a.agency_id, 5, 5, 5, 5, 5, 500, '', (select id from persons limit 1), now() from awards a limit 1";
    assert_eq!(
        broken(&house, unrated).await,
        "ratings_need_completed_contract"
    );
    for sql in [
        "update ledger_entries set text = 'x'",
        "delete from ledger_positions",
        "truncate ledger_heads",
    ] {
        assert_eq!(broken(&house, sql).await, "ledger_is_append_only", "{sql}");
    }
    assert_eq!(
        broken(&house, "update journal set note = 'x'").await,
        "journal_are_final"
    );
    house.close().await;
}

#[tokio::test]
async fn a_random_selection_without_its_draw_cannot_be_committed() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    house.advance_to(deadline(&house, &id).await).await;
    let sql = format!(
        "insert into selections (id, requirement_id, ordinal, method, ranking, decided_at, policy_id)
         select gen_random_uuid(), id, 1, 'random', '[]', now(), policy_id from requirements where id = '{id}'"
    );
    assert_eq!(broken(&house, &sql).await, "selections_random_needs_draw");
    house.close().await;
}

#[tokio::test]
async fn eligibility_is_judged_again_at_the_deadline_and_the_reason_is_public() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    // One is suspended between its sign-up and the deadline.
    let code = cast::agency_code(2);
    sqlx::query("update agencies set suspended_until = '2027-01-01' where uscc = $1")
        .bind(&code)
        .execute(&house.world.pool)
        .await
        .expect("suspended");
    draw(&house, &id).await;
    let page = house.browser().get(&format!("/requirements/{id}")).await;
    page.shows("暂停参与期");
    let link = page.links("/draws/").pop().expect("a draw");
    let json = house.browser().get(&format!("/api/v1{link}")).await;
    let evidence: market::draw::Evidence = serde_json::from_str(&json.text).expect("evidence");
    assert_eq!(evidence.entrants.len(), 3);
    assert_eq!(evidence.excluded[0].uscc, code);
    house.close().await;
}
