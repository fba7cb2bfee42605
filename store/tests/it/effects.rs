//! The lane of effects with several connections: leases, order and pace of a receiver, ends.

use crate::fixture::{Counting, NOW};
use market::effect::{
    Effect, EffectKind, EffectState, Failure, LEASE, MOST_ATTEMPTS, Mail, Receiver, Sms,
};
use market::journal::Subject;
use market::{EffectId, PersonId, Timestamp};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use store::Fault;
use store::effect::{
    Claimed, Filter, NewEffect, add, claim, count, delivery_of, done, failed, find, list, put_away,
    revive,
};
use store::testing::TestDatabase;
use time::Duration;
use uuid::Uuid;

struct Lane {
    database: TestDatabase,
    chance: Counting,
}

impl Lane {
    async fn open() -> Lane {
        Lane {
            database: TestDatabase::fresh().await,
            chance: Counting::default(),
        }
    }

    async fn conn(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.database.pool.acquire().await.expect("a connection")
    }

    /// A mail for a person, due so many minutes from now.
    async fn mail(&mut self, person: PersonId, minutes: i64) -> EffectId {
        let effect = Effect::Mail(Mail {
            subject: format!("第 {minutes} 分钟"),
            text: "正文".into(),
        });
        self.add(&effect, person, minutes).await
    }

    async fn add(&mut self, effect: &Effect, person: PersonId, minutes: i64) -> EffectId {
        let id: EffectId = self.chance.id();
        let key = format!("test:{id}");
        let mut conn = self.conn().await;
        let is_new = add(&mut conn, new(id, effect, person, (&key, minutes))).await;
        assert!(is_new.expect("written"));
        id
    }
}

fn new<'a>(
    id: EffectId,
    effect: &'a Effect,
    person: PersonId,
    (idempotency_key, minutes): (&'a str, i64),
) -> NewEffect<'a> {
    NewEffect {
        id,
        effect,
        receiver: Box::leak(Box::new(Receiver::person(person))),
        receiver_masked: "ch***@example.cn",
        envelope_sealed: b"sealed",
        idempotency_key,
        subject: Subject::Person(person),
        due_at: NOW + Duration::minutes(minutes),
        now: NOW,
    }
}

async fn next(conn: &mut PgConnection, now: Timestamp) -> Option<Claimed> {
    claim(conn, EffectKind::Mail, now).await.expect("an answer")
}

#[tokio::test]
async fn what_is_written_twice_under_one_key_leaves_once() {
    let mut lane = Lane::open().await;
    let person: PersonId = lane.chance.id();
    let effect = Effect::Mail(Mail {
        subject: "一次".into(),
        text: "正文".into(),
    });
    let (one, two): (EffectId, EffectId) = (lane.chance.id(), lane.chance.id());
    let mut conn = lane.conn().await;
    for (id, is_new) in [(one, true), (two, false)] {
        let added = add(&mut conn, new(id, &effect, person, ("message:7:mail", 0))).await;
        assert_eq!(added.expect("written"), is_new);
    }
    let claimed = next(&mut conn, NOW).await.expect("due");
    assert_eq!((claimed.id, claimed.effect.as_ref()), (one, Ok(&effect)));
    assert!(next(&mut conn, NOW).await.is_none());
    done(&mut conn, &claimed, "250 taken", NOW)
        .await
        .expect("done");
    let added = add(&mut conn, new(two, &effect, person, ("message:7:mail", 0)));
    assert!(!added.await.expect("known"), "what is done is known, too");
    drop(conn);
    lane.database.close().await;
}

#[tokio::test]
async fn two_workers_never_hold_one_effect() {
    let mut lane = Lane::open().await;
    for _ in 0..40 {
        let person = lane.chance.id();
        lane.mail(person, 0).await;
    }
    let workers = (0..4).map(|_| {
        let pool = lane.database.pool.clone();
        tokio::spawn(async move {
            let mut held = Vec::new();
            loop {
                let mut transaction = pool.begin().await.expect("a transaction");
                let claimed = next(&mut transaction, NOW).await;
                tokio::task::yield_now().await;
                transaction.commit().await.expect("committed");
                match claimed {
                    Some(claimed) => held.push(claimed.id),
                    None => return held,
                }
            }
        })
    });
    let mut held = Vec::new();
    for worker in workers {
        held.extend(worker.await.expect("an end"));
    }
    held.sort_unstable();
    let all = held.len();
    held.dedup();
    // A claim that skips what another has locked may end early; what it leaves is there for the next poll.
    let mut conn = lane.conn().await;
    let mut left = 0;
    while next(&mut conn, NOW).await.is_some() {
        left += 1;
    }
    assert_eq!((held.len(), held.len() + left), (all, 40));
    drop(conn);
    lane.database.close().await;
}

#[tokio::test]
async fn a_later_one_never_overtakes_an_earlier_one_of_its_receiver() {
    let mut lane = Lane::open().await;
    let (one, other): (PersonId, PersonId) = (lane.chance.id(), lane.chance.id());
    let second = lane.mail(one, 2).await;
    let first = lane.mail(one, 1).await;
    lane.mail(one, 600).await;
    let elsewhere = lane.mail(other, 3).await;
    let mut conn = lane.conn().await;
    let now = NOW + Duration::minutes(5);
    let claimed = next(&mut conn, now).await.expect("the earliest");
    assert_eq!(claimed.id, first, "not in the order of writing");
    let another = next(&mut conn, now).await.expect("of another receiver");
    assert_eq!(another.id, elsewhere);
    assert!(
        next(&mut conn, now).await.is_none(),
        "the second waits while the first is sent"
    );
    let again = failed(&mut conn, &claimed, (Failure::Passing, "away"), now).await;
    let again = again.expect("noted").expect("tried again");
    assert!(
        next(&mut conn, now).await.is_none(),
        "and while the first waits to be sent again"
    );
    let claimed = next(&mut conn, again).await.expect("again");
    assert_eq!((claimed.id, claimed.attempts), (first, 2));
    done(&mut conn, &claimed, "250", again).await.expect("done");
    assert!(
        next(&mut conn, again).await.is_none(),
        "not faster than the pace of a receiver"
    );
    let later = again + EffectKind::Mail.pause();
    assert_eq!(next(&mut conn, later).await.expect("now").id, second);
    // What is due tomorrow holds up nothing of today.
    let urgent = lane.mail(other, 4).await;
    done(&mut conn, &another, "250", now).await.expect("done");
    assert_eq!(next(&mut conn, later).await.expect("today's").id, urgent);
    drop(conn);
    lane.database.close().await;
}

#[tokio::test]
async fn who_dies_while_sending_leaves_it_to_the_next_and_who_is_too_slow_marks_nothing() {
    let mut lane = Lane::open().await;
    let person = lane.chance.id();
    let id = lane.mail(person, 0).await;
    let mut conn = lane.conn().await;
    let died = next(&mut conn, NOW).await.expect("due");
    let before = NOW + LEASE - Duration::MICROSECOND;
    assert!(next(&mut conn, before).await.is_none(), "the lease holds");
    let now = NOW + LEASE;
    let second = next(&mut conn, now).await.expect("the lease is over");
    assert_eq!((second.id, second.attempts), (id, 2));
    assert_eq!(second.idempotency_key, died.idempotency_key);
    let late = done(&mut conn, &died, "250", now).await;
    assert!(matches!(late, Err(Fault::Stale)), "{late:?}");
    let late = failed(&mut conn, &died, (Failure::Final, "no"), now).await;
    assert!(matches!(late, Err(Fault::Stale)), "{late:?}");
    done(&mut conn, &second, "250 taken", now)
        .await
        .expect("done");
    let view = find(&mut conn, id)
        .await
        .expect("an answer")
        .expect("there");
    assert_eq!(view.row.state, EffectState::Done);
    let ends: Vec<(bool, &str)> = view
        .attempts
        .iter()
        .map(|attempt| (attempt.ended_at.is_some(), attempt.said.as_str()))
        .collect();
    assert_eq!(ends, [(false, ""), (true, "250 taken")]);
    drop(conn);
    lane.database.close().await;
}

#[tokio::test]
async fn one_that_fails_too_often_or_for_good_is_dead_until_a_person_decides() {
    let mut lane = Lane::open().await;
    let (one, other): (PersonId, PersonId) = (lane.chance.id(), lane.chance.id());
    let weary = lane.mail(one, 0).await;
    let mut conn = lane.conn().await;
    let mut now = NOW;
    let mut attempts = 0;
    loop {
        let claimed = next(&mut conn, now).await.expect("due");
        attempts += 1;
        let next = failed(&mut conn, &claimed, (Failure::Passing, "450 busy"), now).await;
        match next.expect("noted") {
            Some(at) => now = at,
            None => break,
        }
    }
    assert_eq!(attempts, MOST_ATTEMPTS);
    let wrong = lane.mail(other, 0).await;
    let claimed = next(&mut conn, now).await.expect("due");
    let end = failed(
        &mut conn,
        &claimed,
        (Failure::Final, "550 no such mailbox"),
        now,
    )
    .await;
    assert_eq!(end.expect("noted"), None);
    let dead = Filter {
        state: Some(EffectState::Dead),
        ..Filter::default()
    };
    assert_eq!(count(&mut conn, &dead).await.expect("a count"), 2);
    revive(&mut conn, weary, now).await.expect("revived");
    assert!(matches!(
        revive(&mut conn, weary, now).await,
        Err(Fault::Stale)
    ));
    let claimed = next(&mut conn, now).await.expect("again");
    assert_eq!((claimed.id, claimed.attempts), (weary, 1));
    assert!(
        matches!(put_away(&mut conn, weary, now).await, Err(Fault::Stale)),
        "what is being sent cannot be kept back"
    );
    put_away(&mut conn, wrong, now).await.expect("put away");
    let delivery = delivery_of(&mut conn, &[other.into()])
        .await
        .expect("an answer");
    let states: Vec<EffectState> = delivery.iter().map(|one| one.state).collect();
    assert_eq!(states, [EffectState::PutAway]);
    drop(conn);
    lane.database.close().await;
}

#[tokio::test]
async fn the_address_is_kept_only_while_it_is_needed() {
    let mut lane = Lane::open().await;
    let person = lane.chance.id();
    let (sent, dropped) = (lane.mail(person, 0).await, lane.mail(person, 1).await);
    let mut conn = lane.conn().await;
    let claimed = next(&mut conn, NOW).await.expect("due");
    assert_eq!(claimed.envelope_sealed, b"sealed");
    done(&mut conn, &claimed, "250", NOW).await.expect("done");
    put_away(&mut conn, dropped, NOW).await.expect("put away");
    let kept: i64 =
        sqlx::query_scalar("select count(*) from effects where envelope_sealed is not null")
            .fetch_one(&mut *conn)
            .await
            .expect("a count");
    assert_eq!((claimed.id, kept), (sent, 0));
    drop(conn);
    lane.database.close().await;
}

#[tokio::test]
async fn a_kind_is_served_apart_and_effects_are_found_by_what_the_desk_knows() {
    let mut lane = Lane::open().await;
    let (one, other): (PersonId, PersonId) = (lane.chance.id(), lane.chance.id());
    let mail = lane.mail(one, 0).await;
    let sms = Effect::Sms(Sms {
        template: "award".into(),
        variables: [("title".to_string(), "河堤测绘".to_string())].into(),
    });
    let sms = lane.add(&sms, one, 1).await;
    let elsewhere = lane.mail(other, 2).await;
    let mut conn = lane.conn().await;
    let now = NOW + Duration::minutes(5);
    let claimed = claim(&mut conn, EffectKind::Sms, now)
        .await
        .expect("an answer");
    assert_eq!(claimed.expect("without waiting for the mail").id, sms);
    let receiver = Some(Receiver::person(one).key().to_string());
    let text = |text: &str| Filter {
        text: Some(text.into()),
        ..Filter::default()
    };
    for (filter, expected) in [
        (Filter::default(), vec![elsewhere, sms, mail]),
        (
            Filter {
                kind: Some(EffectKind::Sms),
                ..Filter::default()
            },
            vec![sms],
        ),
        (
            Filter {
                state: Some(EffectState::Running),
                ..Filter::default()
            },
            vec![sms],
        ),
        (
            Filter {
                subject: Some(other.into()),
                ..Filter::default()
            },
            vec![elsewhere],
        ),
        (
            Filter {
                receiver,
                ..Filter::default()
            },
            vec![sms, mail],
        ),
        (text("第2分"), vec![elsewhere]),
        (text("河堤"), vec![sms]),
        (text("ch***"), vec![elsewhere, sms, mail]),
        (text(&mail.to_string()), vec![mail]),
        (text("没有"), vec![]),
    ] {
        let page = list(&mut conn, &filter, None).await.expect("a list");
        // All were written at one instant: their order is that of their ids, which is chance.
        let ids: BTreeSet<EffectId> = page.rows.iter().map(|row| row.id).collect();
        let expected: BTreeSet<EffectId> = expected.into_iter().collect();
        assert_eq!(ids, expected, "{filter:?}");
        let counted = count(&mut conn, &filter).await.expect("a count");
        assert_eq!(counted, ids.len() as i64, "{filter:?}");
    }
    drop(conn);
    lane.database.close().await;
}

#[tokio::test]
async fn kinds_and_states_are_those_of_the_checks() {
    let mut lane = Lane::open().await;
    let person = lane.chance.id();
    let id = lane.mail(person, 0).await;
    let owners = lane.database.owners_pool();
    let set = async |column: &str, value: &str| {
        let sql = format!(
            "update effects set {column} = '{value}',
                 finished_at = case when '{value}' in ('done', 'dead', 'put_away') then now() end,
                 envelope_sealed = case when '{value}' in ('done', 'put_away') then null else 'x'::bytea end
             where id = '{id}'"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&owners)
            .await
    };
    for kind in EffectKind::ALL {
        set("kind", kind.code()).await.expect("a kind of the check");
    }
    for state in EffectState::ALL {
        set("state", state.code())
            .await
            .expect("a state of the check");
    }
    assert!(set("kind", "pigeon").await.is_err() && set("state", "lost").await.is_err());
    owners.close().await;
    lane.database.close().await;
}

/// A receiver who does not answer for hours must not make every claim slow.
#[tokio::test]
async fn a_long_queue_of_one_receiver_is_passed_quickly_and_goes_on_afterwards() {
    let mut lane = Lane::open().await;
    let (slow, other): (PersonId, PersonId) = (lane.chance.id(), lane.chance.id());
    lane.mail(slow, 0).await;
    let mut conn = lane.conn().await;
    let held = next(&mut conn, NOW).await.expect("due");
    sqlx::query(
        "insert into effects (id, kind, receiver, receiver_masked, idempotency_key, title, payload, envelope_sealed,
                              subject_kind, subject, created_at, due_at, next_at)
         select gen_random_uuid(), kind, receiver, receiver_masked, 'n' || n, title, payload, 'x', subject_kind,
                subject, created_at, due_at + n * interval '1 ms', due_at + n * interval '1 ms'
         from effects, generate_series(1, 5000) as n where id = $1",
    )
    .bind(Uuid::from(held.id))
    .execute(&mut *conn)
    .await
    .expect("a long queue");
    let id = lane.mail(other, 1).await;
    let now = NOW + Duration::minutes(1);
    let again = failed(&mut conn, &held, (Failure::Passing, "away"), now).await;
    let again = again.expect("noted").expect("tried again");
    let passed: i64 = sqlx::query_scalar("select count(*) from effects where next_at <= $1")
        .bind(now)
        .fetch_one(&mut *conn)
        .await
        .expect("a count");
    assert_eq!(passed, 1, "what waits behind is not looked at");
    assert_eq!(next(&mut conn, now).await.expect("of another").id, id);
    // The next follows when the first is over, however that comes.
    let claimed = next(&mut conn, again).await.expect("again");
    done(&mut conn, &claimed, "250", again).await.expect("done");
    let now = again + EffectKind::Mail.pause();
    let second = next(&mut conn, now).await.expect("the second");
    assert_ne!(second.id, held.id);
    let again = failed(&mut conn, &second, (Failure::Passing, "away"), now).await;
    assert!(again.expect("noted").is_some());
    assert!(next(&mut conn, now).await.is_none());
    put_away(&mut conn, second.id, now).await.expect("put away");
    let third = next(&mut conn, now).await.expect("the third");
    let end = failed(&mut conn, &third, (Failure::Final, "no"), now).await;
    assert_eq!(end.expect("noted"), None);
    assert!(next(&mut conn, now).await.is_some(), "the fourth");
    drop(conn);
    lane.database.close().await;
}
