//! Jobs and double submissions with two connections.

use crate::fixture::{Counting, NOW, catalogue, person};
use market::JobId;
use store::job::{JobKind, MOST_ATTEMPTS, claim, done, enqueue, failed, next_at, revive};
use store::submission::Claim;
use store::testing::TestDatabase;
use time::Duration;
use uuid::Uuid;

async fn add(database: &TestDatabase, chance: &mut Counting, kind: JobKind, minutes: i64) -> Uuid {
    let subject: Uuid = chance.id();
    let mut conn = database.pool.acquire().await.expect("a connection");
    enqueue(
        &mut conn,
        chance.id::<JobId>(),
        kind,
        subject,
        NOW + Duration::minutes(minutes),
        NOW,
    )
    .await
    .expect("enqueued");
    subject
}

#[tokio::test]
async fn a_job_is_claimed_by_one_and_comes_back_when_that_one_dies() {
    let database = TestDatabase::fresh().await;
    let mut chance = Counting::default();
    let first = add(&database, &mut chance, JobKind::Draw, -2).await;
    let second = add(&database, &mut chance, JobKind::Close, -1).await;
    let mut one = database.pool.begin().await.expect("a transaction");
    let mut two = database.pool.begin().await.expect("a transaction");
    let a = claim(&mut one, NOW)
        .await
        .expect("an answer")
        .expect("the older");
    let b = claim(&mut two, NOW)
        .await
        .expect("an answer")
        .expect("the other, without waiting");
    assert_eq!((a.subject, b.subject), (first, second));
    assert!(
        claim(&mut two, NOW)
            .await
            .expect("an answer")
            .is_some_and(|again| again.id == b.id),
        "its own is not locked to it"
    );
    done(&mut two, b.id, NOW).await.expect("done");
    two.commit().await.expect("committed");
    // The first worker dies: PostgreSQL rolls back what it had begun. (Dropping it here would only ask for that.)
    one.rollback().await.expect("rolled back");
    let mut three = database.pool.begin().await.expect("a transaction");
    let again = claim(&mut three, NOW)
        .await
        .expect("an answer")
        .expect("it is there again");
    assert_eq!((again.id, again.attempts), (a.id, 0));
    drop(three);
    database.close().await;
}

#[tokio::test]
async fn nothing_is_claimed_before_its_time_and_the_same_is_written_once() {
    let database = TestDatabase::fresh().await;
    let mut chance = Counting::default();
    let subject = add(&database, &mut chance, JobKind::Draw, 5).await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    enqueue(
        &mut conn,
        chance.id::<JobId>(),
        JobKind::Draw,
        subject,
        NOW + Duration::minutes(5),
        NOW,
    )
    .await
    .expect("again");
    assert!(
        claim(
            &mut conn,
            NOW + Duration::minutes(5) - Duration::MICROSECOND
        )
        .await
        .expect("an answer")
        .is_none()
    );
    assert_eq!(
        next_at(&mut conn).await.expect("an answer"),
        Some(NOW + Duration::minutes(5))
    );
    let job = claim(&mut conn, NOW + Duration::minutes(5))
        .await
        .expect("an answer")
        .expect("now");
    done(&mut conn, job.id, NOW).await.expect("done");
    assert!(
        claim(&mut conn, NOW + Duration::days(1))
            .await
            .expect("an answer")
            .is_none()
    );
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn a_failing_job_waits_longer_each_time_and_dies_in_the_end() {
    let database = TestDatabase::fresh().await;
    let mut chance = Counting::default();
    add(&database, &mut chance, JobKind::Draw, 0).await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    let mut now = NOW;
    let mut waits = Vec::new();
    for _ in 0..MOST_ATTEMPTS {
        let job = claim(&mut conn, now)
            .await
            .expect("an answer")
            .expect("due");
        failed(&mut conn, &job, "the reason", now)
            .await
            .expect("noted");
        match next_at(&mut conn).await.expect("an answer") {
            Some(next) => {
                waits.push(next - now);
                now = next;
            }
            None => break,
        }
    }
    assert!(
        waits.is_sorted() && waits.len() + 1 == MOST_ATTEMPTS as usize,
        "{waits:?}"
    );
    let filter = store::job::Filter {
        state: Some(store::job::JobState::Dead),
        ..Default::default()
    };
    let dead = store::job::list(&mut conn, &filter, None).await;
    let dead = dead.expect("the desk").rows;
    let counted = store::job::count(&mut conn, &filter).await;
    assert_eq!((dead.len(), counted.expect("a count")), (1, 1));
    assert_eq!(dead[0].last_error.as_deref(), Some("the reason"));
    revive(&mut conn, dead[0].id, now).await.expect("revived");
    assert!(claim(&mut conn, now).await.expect("an answer").is_some());
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn a_second_submission_waits_for_the_first_and_gets_its_answer() {
    let (database, mut chance) = catalogue().await;
    let person = person(&database, &mut chance, "clicker").await;
    let key: Uuid = chance.id();
    let mut first = database.pool.begin().await.expect("a transaction");
    assert_eq!(
        store::submission::claim(&mut first, key, person, NOW)
            .await
            .expect("an answer"),
        Claim::New
    );
    let pool = database.pool.clone();
    let waiting = tokio::spawn(async move {
        let mut second = pool.begin().await.expect("a transaction");
        store::submission::claim(&mut second, key, person, NOW)
            .await
            .expect("an answer")
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!waiting.is_finished(), "it waits");
    store::submission::answer(&mut first, key, "/done")
        .await
        .expect("answered");
    first.commit().await.expect("committed");
    let answered = Claim::Answered("/done".into());
    assert_eq!(waiting.await.expect("an end"), answered);
    database.close().await;
}

#[tokio::test]
async fn a_submission_that_has_committed_a_part_is_under_way_until_it_is_given_up() {
    let (database, mut chance) = catalogue().await;
    let owner = person(&database, &mut chance, "clicker").await;
    let other = person(&database, &mut chance, "other").await;
    let key: Uuid = chance.id();
    let mut conn = database.pool.acquire().await.expect("a connection");
    let mut claim = async |by, now| {
        store::submission::claim(&mut conn, key, by, now)
            .await
            .expect("an answer")
    };
    assert_eq!(claim(owner, NOW).await, Claim::New);
    assert_eq!(claim(owner, NOW).await, Claim::UnderWay);
    assert_ne!(claim(other, NOW).await, Claim::New);
    let later = NOW + time::Duration::minutes(2);
    assert_ne!(claim(other, later).await, Claim::New);
    assert_eq!(claim(owner, later).await, Claim::New);
    assert_eq!(claim(owner, later).await, Claim::UnderWay);
    drop(conn);
    database.close().await;
}
