//! Roles and acts that must be apart (docs/duties.txt), tried through the forms, past them, and with two connections.

use crate::cast::{
    self, AGENCIES, agency_code, agency_form, begin, begin_audit, document, draw, owner_form,
    publish, sign_up,
};
use crate::house::House;
use market::time::Duration;
use sqlx::PgPool;

/// Gives somebody of the cast a mandate past the program. `body` is a code; `ended` days after now, if it ended.
async fn give(pool: &PgPool, login: &str, role: &str, code: &str, ended: Option<&str>) {
    let sql = format!(
        "insert into mandates (id, person_id, role, owner_id, agency_id, granted_at, ended_at)
         select gen_random_uuid(), p.id, '{role}', (select id from owners where uscc = '{code}'),
                (select id from agencies where uscc = '{code}'), '2025-01-01', {}
         from persons p where p.login = '{login}'",
        ended.map_or("null".into(), |at| format!("'{at}'"))
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(pool)
        .await
        .expect("a mandate");
}

async fn constraint_of(pool: &PgPool, sql: String) -> String {
    let result = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone()))
        .execute(pool)
        .await;
    match result {
        Err(sqlx::Error::Database(error)) => error.constraint().unwrap_or("none").to_string(),
        other => panic!("{sql} was taken: {other:?}"),
    }
}

#[tokio::test]
async fn staff_register_neither_an_owner_nor_an_agency() {
    let house = House::open().await;
    let bodies = || async {
        let count: i64 = sqlx::query_scalar(
            "select (select count(*) from owners) + (select count(*) from agencies)",
        )
        .fetch_one(&house.world.pool)
        .await
        .expect("a number");
        count
    };
    let before = bodies().await;
    for login in ["auditor", "publisher", "clerk", "checker", "supervisor"] {
        let mut browser = house.as_(login).await;
        let page = browser.get("/register/owner").await;
        let form = page.form("/register/owner");
        let form = owner_form(form, "某某水利局", 7, "gov_agency", "fiscal");
        browser.refused(form).await.shows("不能同时是“业主管理员”");
        let page = browser.get("/register/agency").await;
        let form = agency_form(page.form("/register/agency"), 7);
        browser.refused(form).await.shows("不能同时是“机构管理员”");
    }
    assert_eq!(bodies().await, before);
    house.close().await;
}

#[tokio::test]
async fn nobody_audits_publishes_checks_or_vets_for_a_body_of_before() {
    let house = House::open().await;
    let pool = house.world.pool.clone();
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(&house, &mut owner).await;
    let form = page.form(&format!("/requirements/{id}/submit"));
    owner.submit(document(form, "random")).await;
    // A colleague of before: the mandate ended long ago.
    let ended = Some("2025-06-01");
    give(
        &pool,
        "auditor",
        "owner_trustee",
        &cast::owner_code(1),
        ended,
    )
    .await;
    let begin_it = format!("/desk/editions/{id}/begin");
    let mut auditor = house.as_("auditor").await;
    let page = auditor.get(&format!("/desk/editions/{id}")).await;
    let page = auditor.refused(page.form(&begin_it)).await;
    page.shows("您现在或曾经代表这个单位");
    for column in ["audit_begun_by", "audited_by", "published_by"] {
        let at = column.replace("_by", "_at");
        let sql = format!(
            "update requirement_editions set {column} = (select id from persons where login = 'auditor'),
                 {at} = now() where requirement_id = '{id}'"
        );
        let broken = constraint_of(&pool, sql).await;
        assert_eq!(broken, "requirement_editions_not_own_body", "{column}");
    }
    // And what one handed in oneself, whatever the mandate.
    let sql = format!(
        "update requirement_editions set audited_by = submitted_by, audited_at = now() where requirement_id = '{id}'"
    );
    assert_eq!(
        constraint_of(&pool, sql).await,
        "requirement_editions_author_apart"
    );

    let browser = cast::register_agency(&house, "agency9", 9).await;
    cast::hand_in(&house, browser, 9).await;
    give(&pool, "auditor", "agency_admin", &agency_code(9), ended).await;
    give(&pool, "clerk", "agency_admin", &agency_code(9), ended).await;
    let mut auditor = house.as_("auditor").await;
    let check = cast::waiting(&mut auditor, "agencies").await;
    let form = auditor.get(&check).await.form(&check);
    let page = auditor.refused(form.with("verdict", "approve")).await;
    page.shows("本单位事项的形式核对必须由他人办理");
    sqlx::query("delete from mandates where agency_id is not null and ended_at is not null and person_id = (select id from persons where login = 'auditor')")
        .execute(&pool)
        .await
        .expect("the auditor is a stranger again");
    cast::pass_check(&house, "agency9").await;
    let mut clerk = house.as_("clerk").await;
    let vettings = clerk.get("/desk/vettings").await.links("/desk/vettings/");
    let mut waiting = None;
    for vetting in vettings {
        let (page, action) = (clerk.get(&vetting).await, format!("{vetting}/opinion"));
        if page.has_form(&action) {
            waiting = Some(page.form(&action));
        }
    }
    let form = waiting.expect("one waits");
    let page = clerk.refused(form.with("verdict", "approve")).await;
    page.shows("本单位事项的经办必须由他人办理");
    house.close().await;
}

#[tokio::test]
async fn who_acts_for_the_buyer_does_not_bid_at_sign_up_deadline_or_award() {
    let house = House::open().await;
    let pool = house.world.pool.clone();
    let id = publish(&house, "owner1", "random").await;
    // The buyer's administrator is of the first agency too, until today.
    let today = market::time::rfc3339(house.now());
    give(
        &pool,
        "owner1",
        "agency_admin",
        &agency_code(1),
        Some(&today),
    )
    .await;
    let mut agency = house.as_("agency1").await;
    let path = format!("/requirements/{id}");
    let page = agency.get(&path).await;
    page.shows("与项目业主存在关联");
    let page = agency.post(&format!("{path}/sign-up"), &[]).await;
    assert_eq!(page.status, 422);
    page.shows("既代表项目业主、又代表本机构");
    let sql = format!(
        "insert into sign_ups (id, region_code, requirement_id, agency_id, edition, state, nonce, nonce_by, receipt, signed_by, received_at)
         select gen_random_uuid(), '420606', '{id}', a.id, 1, 'live', decode(repeat('00', 32), 'hex'), 'server',
                decode(repeat('00', 32), 'hex'), a.registered_by, '{today}' from agencies a where a.uscc = '{}'",
        agency_code(1)
    );
    assert_eq!(constraint_of(&pool, sql).await, "sign_ups_sides_apart");

    // The second becomes the buyer's between its sign-up and the deadline.
    for login in &AGENCIES[1..] {
        sign_up(&house, login, &id, None).await;
    }
    give(
        &pool,
        "agency2",
        "owner_trustee",
        &cast::owner_code(1),
        None,
    )
    .await;
    house
        .advance_to(cast::deadline(&house, &id).await + Duration::seconds(1))
        .await;
    draw(&house, &id).await;
    let reasons: String =
        sqlx::query_scalar("select reasons::text from exclusions where uscc = $1")
            .bind(agency_code(2))
            .fetch_one(&pool)
            .await
            .expect("it is excluded, with the reason");
    assert!(reasons.contains("related_to_owner"), "{reasons}");
    house
        .browser()
        .get(&path)
        .await
        .shows("既代表项目业主、又代表本机构");
    house.close().await;
}

#[tokio::test]
async fn a_winner_whose_people_went_over_to_the_buyer_is_passed_over() {
    let house = House::open().await;
    let pool = house.world.pool.clone();
    let id = publish(&house, "owner1", "lowest_price").await;
    let prices = ["41000", "42000", "43000", "44000"];
    for (login, price) in AGENCIES.into_iter().zip(prices) {
        sign_up(&house, login, &id, Some(price)).await;
    }
    house
        .advance_to(cast::deadline(&house, &id).await + Duration::seconds(1))
        .await;
    give(
        &pool,
        "agency1",
        "owner_trustee",
        &cast::owner_code(1),
        None,
    )
    .await;
    draw(&house, &id).await;
    let (_, winner) = cast::award(&house, &id).await;
    assert_eq!(winner, "agency2", "the lowest is the buyer's own");
    let skipped: i64 = sqlx::query_scalar(
        "select count(*) from ledger_entries where kind = 'selection' and text like '%既代表项目业主%'",
    )
    .fetch_one(&pool)
    .await
    .expect("a number");
    assert_eq!(skipped, 1, "and the ledger says why");
    house.close().await;
}

#[tokio::test]
async fn of_two_agencies_of_one_person_the_later_is_excluded() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    give(
        &house.world.pool,
        "agency1",
        "agency_admin",
        &agency_code(3),
        None,
    )
    .await;
    draw(&house, &id).await;
    let excluded: Vec<String> = sqlx::query_scalar("select uscc from exclusions")
        .fetch_all(&house.world.pool)
        .await
        .expect("the exclusions");
    assert_eq!(excluded, [agency_code(3)]);
    let page = house.browser().get(&format!("/requirements/{id}")).await;
    page.shows("由同一人代表");
    house.close().await;
}

/// A second connection waits for the first: whichever comes later sees what the other has written.
#[tokio::test]
async fn two_grants_to_one_person_at_once_leave_one() {
    let house = House::open().await;
    let pool = house.world.pool.clone();
    let grant = |role: &str| {
        format!(
            "insert into mandates (id, person_id, role, agency_id, granted_at)
             select gen_random_uuid(), p.id, '{role}', (select id from agencies where '{role}' = 'agency_admin' and uscc = '{}'), now()
             from persons p where p.login = 'stranger'",
            agency_code(1)
        )
    };
    let mut first = pool.begin().await.expect("a transaction");
    sqlx::raw_sql(sqlx::AssertSqlSafe(grant("operator_auditor")))
        .execute(&mut *first)
        .await
        .expect("the first");
    let second = tokio::spawn({
        let (pool, sql) = (pool.clone(), grant("agency_admin"));
        async move { constraint_of(&pool, sql).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!second.is_finished(), "it waits for the first");
    first.commit().await.expect("committed");
    assert_eq!(second.await.expect("an answer"), "mandates_roles_apart");
    house.close().await;
}

#[tokio::test]
async fn a_grant_and_an_audit_or_a_sign_up_at_once_are_seen_by_each_other() {
    let house = House::open().await;
    let pool = house.world.pool.clone();
    let id = publish(&house, "owner1", "random").await;
    let mut owner = house.as_("owner1").await;
    let (page, draft) = begin(&house, &mut owner).await;
    let form = page.form(&format!("/requirements/{draft}/submit"));
    owner.submit(document(form, "random")).await;
    begin_audit(&mut house.as_("auditor").await, &draft).await;
    // The auditor was of the body (past the program, while the first transaction is open).
    let mut granting = pool.begin().await.expect("a transaction");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "select from persons where login = 'auditor' for no key update;
         insert into mandates (id, person_id, role, owner_id, granted_at, ended_at)
         select gen_random_uuid(), p.id, 'owner_trustee', o.id, now(), now() from persons p, owners o
         where p.login = 'auditor' and o.uscc = '{}'",
        cast::owner_code(1)
    )))
    .execute(&mut *granting)
    .await
    .expect("a mandate");
    let auditing = tokio::spawn({
        let sql = format!(
            "update requirement_editions set audited_by = (select id from persons where login = 'auditor'),
                 audited_at = now() where requirement_id = '{draft}'"
        );
        let pool = pool.clone();
        async move { constraint_of(&pool, sql).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!auditing.is_finished(), "the audit waits for the grant");
    granting.commit().await.expect("committed");
    assert_eq!(
        auditing.await.expect("an answer"),
        "requirement_editions_not_own_body"
    );

    let mut granting = pool.begin().await.expect("a transaction");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "insert into mandates (id, person_id, role, agency_id, granted_at)
         select gen_random_uuid(), p.id, 'agency_admin', a.id, now() from persons p, agencies a
         where p.login = 'owner1' and a.uscc = '{}'",
        agency_code(1)
    )))
    .execute(&mut *granting)
    .await
    .expect("a mandate");
    let mut agency = house.as_("agency1").await;
    let path = format!("/requirements/{id}/sign-up");
    let signing = tokio::spawn(async move { agency.post(&path, &[]).await });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!signing.is_finished(), "the sign-up waits for the grant");
    granting.commit().await.expect("committed");
    let page = signing.await.expect("an answer");
    assert_eq!(page.status, 422);
    page.shows("既代表");
    house.close().await;
}

#[tokio::test]
async fn who_held_clashing_roles_before_is_named_and_loses_one_at_once() {
    let house = House::open().await;
    let owners = house.owners_pool();
    sqlx::raw_sql(
        "set session_replication_role = replica;
         insert into mandates (id, person_id, role, granted_at)
         select gen_random_uuid(), id, 'supervisor', now() from persons where login = 'auditor'",
    )
    .execute(&owners)
    .await
    .expect("a mandate of before");
    owners.close().await;
    let clashing = || async {
        let mut conn = house.world.pool.acquire().await.expect("a connection");
        store::mandate::clashing(&mut conn).await.expect("logins")
    };
    assert_eq!(clashing().await, ["auditor"]);
    let mut auditor = house.as_("auditor").await;
    let end = |role| server::seed::people::end_role(&house.world, "auditor", role);
    end("operator_auditor").await.expect("ended");
    assert!(clashing().await.is_empty());
    assert!(end("operator_auditor").await.is_err(), "it is over");
    let page = auditor.ask("/desk/audits").await;
    assert_ne!(page.status, 200, "the open session acts in it no more");
    house.close().await;
}
