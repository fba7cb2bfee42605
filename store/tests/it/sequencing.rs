//! The ledger's positions: without gaps, in order, given once, whatever runs at the same time.

use crate::fixture::{Counting, NOW};
use market::LedgerEntryId;
use market::fact::{Failure, PublicFact};
use market::ledger::{EntryKind, Peaks, leaf_hash};
use sqlx::PgConnection;
use store::ledger::{Entry, head, sequence, write};
use store::testing::TestDatabase;

async fn add(conn: &mut PgConnection, chance: &mut Counting, subject: &str) {
    let fact = PublicFact {
        subject: subject.to_string(),
        requirement: None,
        agency: None,
        fact: Failure {
            reason: "截止时符合条件的报名机构不足 3 家。".into(),
            cause: None,
        }
        .into(),
    };
    let text = fact.text(NOW).expect("a fact can be written");
    let id: LedgerEntryId = chance.id();
    let entry = Entry {
        id,
        kind: EntryKind::Failure,
        subject,
        requirement: None,
        agency: None,
        text: &text,
        created_at: NOW,
    };
    write(conn, entry).await.expect("written");
}

#[tokio::test]
async fn an_entry_that_is_committed_late_comes_late_and_leaves_no_gap() {
    let database = TestDatabase::fresh().await;
    let mut chance = Counting::default();
    let mut slow = database.pool.begin().await.expect("a transaction");
    add(&mut slow, &mut chance, "slow").await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    for n in 0..3 {
        add(&mut conn, &mut chance, &format!("fast {n}")).await;
    }
    assert_eq!(sequence(&mut conn, NOW).await.expect("positions"), 3);
    slow.commit().await.expect("committed");
    assert_eq!(sequence(&mut conn, NOW).await.expect("positions"), 1);
    assert_eq!(sequence(&mut conn, NOW).await.expect("positions"), 0);
    let subjects: Vec<String> = sqlx::query_scalar("select e.subject from ledger_positions p join ledger_entries e on e.id = p.entry_id order by p.position")
        .fetch_all(&mut *conn)
        .await
        .expect("the order");
    assert_eq!(subjects, ["fast 0", "fast 1", "fast 2", "slow"]);
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn many_writers_and_sequencers_make_one_chain() {
    let database = TestDatabase::fresh().await;
    let writers = (0..4u64).map(|writer| {
        let pool = database.pool.clone();
        async move {
            let mut chance = Counting::default();
            for _ in 0..writer * 1_000 {
                let _: uuid::Uuid = chance.id();
            }
            for n in 0..25 {
                let mut tx = pool.begin().await.expect("a transaction");
                add(&mut tx, &mut chance, &format!("{writer} {n}")).await;
                tx.commit().await.expect("committed");
            }
        }
    });
    let sequencers = (0..2).map(|_| {
        let pool = database.pool.clone();
        async move {
            for _ in 0..60 {
                let mut tx = pool.begin().await.expect("a transaction");
                sequence(&mut tx, NOW).await.expect("positions");
                tx.commit().await.expect("committed");
            }
        }
    });
    let mut tasks = tokio::task::JoinSet::new();
    for writer in writers {
        tasks.spawn(writer);
    }
    for sequencer in sequencers {
        tasks.spawn(sequencer);
    }
    tasks.join_all().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    while sequence(&mut conn, NOW).await.expect("positions") > 0 {}
    let rows: Vec<(i64, String, Vec<u8>)> = sqlx::query_as("select p.position, e.text, p.leaf_hash from ledger_positions p join ledger_entries e on e.id = p.entry_id order by p.position")
        .fetch_all(&mut *conn)
        .await
        .expect("the chain");
    assert_eq!(rows.len(), 100);
    let mut peaks = Peaks::default();
    for (n, (position, text, leaf)) in rows.iter().enumerate() {
        assert_eq!(*position, n as i64, "no gap");
        assert_eq!(leaf.as_slice(), leaf_hash(text).0.as_slice());
        peaks.push(leaf_hash(text));
    }
    let (size, root) = head(&mut conn).await.expect("an answer").expect("a head");
    assert_eq!((size, root), (100, peaks.root()));
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn nothing_in_the_ledger_changes() {
    let database = TestDatabase::fresh().await;
    let mut chance = Counting::default();
    let mut conn = database.pool.acquire().await.expect("a connection");
    add(&mut conn, &mut chance, "one").await;
    sequence(&mut conn, NOW).await.expect("positions");
    drop(conn);
    let owners = database.owners_pool();
    for sql in [
        "update ledger_entries set subject = 'two'",
        "delete from ledger_entries",
        "truncate ledger_entries cascade",
        "update ledger_positions set position = 7",
        "delete from ledger_heads",
    ] {
        let refused = sqlx::raw_sql(sql).execute(&owners).await.expect_err(sql);
        assert!(
            refused.to_string().contains("the ledger does not change"),
            "{sql}: {refused}"
        );
    }
    owners.close().await;
    database.close().await;
}
