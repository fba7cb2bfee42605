//! Policies of every version are read from the database, and a newer standard takes the place of an older one.

use crate::fixture::{Counting, NOW, REGION, item_address};
use market::policy::Policy;
use market::selection::Method;
use store::testing::TestDatabase;
use uuid::Uuid;

/// The standard policy of before methods were rows.
const BEFORE_ROWS: &str = include_str!("../../../market/src/policy/stored/2026-1.json");

#[tokio::test]
async fn a_policy_of_before_is_read_and_a_newer_standard_takes_its_place() {
    let database = TestDatabase::fresh().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    sqlx::query("insert into regions (code, name) values ($1, '示范区')")
        .bind(REGION)
        .execute(&mut *conn)
        .await
        .expect("the region");
    sqlx::query(
        "insert into policies (id, region_code, name, effective_from, rules, created_at)
         values ($1, $2, '2026-1', $3, $4::jsonb, $3)",
    )
    .bind(Uuid::from_u128(1))
    .bind(REGION)
    .bind(NOW)
    .bind(BEFORE_ROWS)
    .execute(&mut *conn)
    .await
    .expect("the policy of before");
    let before = store::policy::in_force(&mut conn, REGION, NOW)
        .await
        .expect("a policy");
    assert_eq!(before.policy.name, "2026-1");
    let offered = before.policy.selection.methods.methods();
    assert!(!offered.is_empty() && offered.len() < Method::ALL.len());

    let mut chance = Counting::default();
    store::catalogue::load(
        &mut conn,
        (REGION, "示范区"),
        NOW,
        item_address,
        NOW,
        &mut chance,
    )
    .await
    .expect("the catalogue");
    let after = store::policy::in_force(&mut conn, REGION, NOW)
        .await
        .expect("a policy");
    assert_eq!(after.policy, Policy::standard());
    // What was decided under the older one still reads it.
    let version = store::policy::version(&mut conn, before.policy_id)
        .await
        .expect("the version");
    assert_eq!(version.policy, before.policy);
    drop(conn);
    database.close().await;
}
