//! A database with the catalogue, and what the tests of this layer put into it.

use market::{Chance, OwnerId, PersonId, ServiceTypeId, Timestamp, id::uuid_v7};
use store::scale::Agency;
use store::testing::TestDatabase;
use time::macros::datetime;
use uuid::Uuid;

pub const NOW: Timestamp = datetime!(2026-03-02 09:00 +8);
pub const REGION: &str = "420606";

/// Counts up: no two fills are alike, and every run is.
#[derive(Default)]
pub struct Counting(u64);

impl Chance for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 += 1;
            let word = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

impl Counting {
    pub fn id<T: From<Uuid>>(&mut self) -> T {
        uuid_v7(NOW, self).into()
    }
}

/// A database with the catalogue and the standard policy.
pub async fn catalogue() -> (TestDatabase, Counting) {
    let database = TestDatabase::fresh().await;
    let mut chance = Counting::default();
    let mut conn = database.pool.acquire().await.expect("a connection");
    store::catalogue::load(
        &mut conn,
        (REGION, "示范区"),
        NOW - time::Duration::days(100),
        item_address,
        NOW,
        &mut chance,
    )
    .await
    .expect("the catalogue");
    drop(conn);
    (database, chance)
}

pub async fn person(database: &TestDatabase, chance: &mut Counting, login: &str) -> PersonId {
    let id: PersonId = chance.id();
    let person = store::person::NewPerson {
        id,
        login,
        name: "张三",
        phone: &store::person::SealedPhone {
            sealed: vec![0],
            masked: "138****0000".into(),
        },
        must_change_password: false,
        password_hash: "none",
        created_at: NOW,
    };
    let mut conn = database.pool.acquire().await.expect("a connection");
    store::person::add(&mut conn, person)
        .await
        .expect("a person");
    id
}

pub async fn surveying(database: &TestDatabase) -> ServiceTypeId {
    let mut conn = database.pool.acquire().await.expect("a connection");
    let types = store::catalogue::service_types(&mut conn)
        .await
        .expect("the types");
    types
        .iter()
        .find(|found| found.code == "CHJS")
        .expect("测绘")
        .id
}

/// `count` agencies; several share a score, so that the tie-breaker counts.
pub async fn agencies(database: &TestDatabase, chance: &mut Counting, count: u32) {
    let by = person(database, chance, "filler").await;
    let service = surveying(database).await;
    let rows: Vec<Agency> = (0..count)
        .map(|n| Agency {
            id: chance.id(),
            uscc: format!("{n:018}"),
            name: format!("汉江测绘{n}有限公司"),
            representative: format!("法人{n}"),
            score: 9_000 + (n % 7) as i32 * 100,
            ratings: 1,
            rating_sum: i64::from(n % 5) * 100,
            completed: (n % 3) as i32,
            settled_at: NOW - time::Duration::minutes(i64::from(n % 11)),
        })
        .collect();
    let mut conn = database.pool.acquire().await.expect("a connection");
    store::scale::agencies(&mut conn, REGION, service, by, &rows)
        .await
        .expect("agencies");
}

/// An owner who waits for its check.
pub async fn owner(database: &TestDatabase, chance: &mut Counting) -> OwnerId {
    let by = person(database, chance, "owner").await;
    let form: market::Form = [
        ("uscc", "11420606DEM000110X"),
        ("name", "区水利局"),
        ("kind", "gov_agency"),
        ("fund_type", "fiscal"),
        ("legal_representative", "郑海涛"),
        ("address", "示范区政务大道 1 号"),
        ("contact_name", "陈工"),
        ("contact_phone", "0710-3456789"),
    ]
    .into_iter()
    .collect();
    let details = market::owner::OwnerDetails::read(&form).expect("an owner");
    let id: OwnerId = chance.id();
    let mut conn = database.pool.acquire().await.expect("a connection");
    let registration = store::owner::Registration {
        details: &details,
        licence: None,
        by,
        at: NOW,
        check_due_at: NOW,
    };
    store::owner::register(&mut conn, id, REGION, registration)
        .await
        .expect("registered");
    id
}

/// Where an item would be shown.
pub fn item_address(code: &str) -> String {
    format!("/items/{code}")
}
