//! The workers, with the ways out in the hands of the test.

use super::{mail, person, send, send_at, sms, state, until};
use crate::cast::{AGENCIES, publish, requirement, sign_up};
use crate::house::House;
use crate::listening;
use crate::outbox::{Fate, Outbox};
use app::desk::Desk;
use market::effect::{CODE, Effect, EffectKind, EffectState, LEASE, Mail};
use market::requirement::RequirementState;
use server::work;
use std::collections::BTreeSet;
use store::job::JobKind;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test]
async fn a_receiver_who_hangs_delays_neither_a_deadline_nor_another_receiver() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    let slow = Outbox::judging(|parcel| match parcel.to.as_str() {
        "slow@example.cn" => Fate::Silence,
        _ => Fate::Taken,
    });
    // As many who hang as nearly fill the places, and one of them with more behind the first.
    let mut hanging = Vec::new();
    for n in 1..work::effects::PLACES as u128 {
        hanging.push(send(&house, person(n), &mail("慢"), "slow@example.cn").await);
    }
    // Of one instant, the order would be that of the ids, which is chance.
    house.clock.set(house.now() + time::Duration::MILLISECOND);
    let behind = send(&house, person(1), &mail("在后"), "slow@example.cn").await;
    let served = send(&house, person(100), &mail("快"), "quick@example.cn").await;
    let by_phone = send(&house, person(1), &sms("award"), "13807100001").await;
    // The deadline is reached while all of them hang.
    let deadline = requirement(&house, &id)
        .await
        .deadline_at
        .expect("published");
    house.clock.set(deadline);
    let stop = CancellationToken::new();
    let working = tokio::spawn(work::run(house.world.clone(), slow.ways(), stop.clone()));
    until("the deadline is decided", async || {
        requirement(&house, &id).await.state != RequirementState::Published
    })
    .await;
    until("another receiver is served", async || {
        state(&house, served).await == EffectState::Done
    })
    .await;
    until("another kind is served", async || {
        state(&house, by_phone).await == EffectState::Done
    })
    .await;
    let positions: i64 = sqlx::query_scalar("select count(*) from ledger_waiting")
        .fetch_one(&house.world.pool)
        .await
        .expect("a count");
    assert_eq!(positions, 0, "the ledger goes on");
    for id in hanging {
        until("all the others hang", async || {
            state(&house, id).await == EffectState::Running
        })
        .await;
    }
    assert_eq!(state(&house, behind).await, EffectState::Waiting);
    working.abort();
    stop.cancel();
    house.close().await;
}

#[tokio::test]
async fn an_attempt_that_gets_no_answer_ends_and_comes_again_and_others_follow() {
    let house = House::open().await;
    let id = send(&house, person(1), &mail("慢"), "slow@example.cn").await;
    let silent = Outbox::judging(|_| Fate::Silence).waiting(std::time::Duration::from_millis(50));
    let tried = work::effects::turn(&house.world, &silent.ways()).await;
    assert_eq!(tried.expect("an answer"), 1);
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let found = store::effect::find(&mut conn, id).await.expect("an answer");
    drop(conn);
    let row = found.expect("it is there").row;
    assert_eq!((row.state, row.attempts), (EffectState::Waiting, 1));
    assert!(row.last_error.is_some_and(|why| why.contains("no answer")));
    house.clock.set(row.next_at);
    let taking = Outbox::taking_everything();
    let tried = work::effects::turn(&house.world, &taking.ways()).await;
    assert_eq!(tried.expect("an answer"), 1);
    assert_eq!(state(&house, id).await, EffectState::Done);
    house.close().await;
}

#[tokio::test]
async fn what_a_process_had_begun_when_it_died_is_sent_again_under_the_same_key() {
    let house = House::open().await;
    let id = send(&house, person(1), &mail("一"), "one@example.cn").await;
    let dying = Outbox::judging(|_| Fate::Silence);
    let working = tokio::spawn(work::run(
        house.world.clone(),
        dying.ways(),
        CancellationToken::new(),
    ));
    until("it is handed over", async || dying.parcels().len() == 1).await;
    working.abort();
    let _ = working.await;
    let next = Outbox::taking_everything();
    let early = work::effects::turn(&house.world, &next.ways()).await;
    assert_eq!(early.expect("an answer"), 0, "the lease holds");
    house.clock.set(house.now() + LEASE);
    let later = work::effects::turn(&house.world, &next.ways()).await;
    assert_eq!(later.expect("an answer"), 1);
    let (first, second) = (dying.parcels().remove(0), next.parcels().remove(0));
    assert_eq!(first.idempotency_key, second.idempotency_key);
    assert_eq!(state(&house, id).await, EffectState::Done);
    house.close().await;
}

#[tokio::test]
async fn two_processes_share_the_work_and_no_parcel_leaves_twice() {
    let house = House::open().await;
    for n in 0..40 {
        send(&house, person(n), &mail("一"), "one@example.cn").await;
    }
    let outbox = Outbox::taking_everything();
    let stop = CancellationToken::new();
    let both: Vec<_> = (0..2)
        .map(|_| tokio::spawn(work::run(house.world.clone(), outbox.ways(), stop.clone())))
        .collect();
    until("all are sent", async || outbox.parcels().len() >= 40).await;
    stop.cancel();
    for one in both {
        one.await.expect("an end");
    }
    let parcels = outbox.parcels();
    let keys: BTreeSet<&str> = parcels
        .iter()
        .map(|one| one.idempotency_key.as_str())
        .collect();
    assert_eq!((keys.len(), parcels.len()), (40, 40));
    house.close().await;
}

#[tokio::test]
async fn for_one_receiver_everything_leaves_in_order_and_at_a_bearable_pace() {
    let house = House::open().await;
    for subject in ["一", "二", "三"] {
        send(&house, person(1), &mail(subject), "one@example.cn").await;
        house
            .clock
            .set(house.now() + time::Duration::milliseconds(1));
    }
    let fails_once = std::sync::atomic::AtomicBool::new(true);
    let outbox = Outbox::judging(move |_| {
        match fails_once.swap(false, std::sync::atomic::Ordering::SeqCst) {
            true => Fate::Passing("450 busy"),
            false => Fate::Taken,
        }
    });
    let mut turns = Vec::new();
    for _ in 0..40 {
        let turn = work::effects::turn(&house.world, &outbox.ways()).await;
        turns.push(turn.expect("an answer"));
        house.clock.set(house.now() + EffectKind::Mail.pause());
    }
    assert!(turns.iter().all(|tried| *tried <= 1), "{turns:?}");
    let subjects: Vec<String> = outbox
        .parcels()
        .iter()
        .map(|parcel| parcel.effect.title().to_string())
        .collect();
    assert_eq!(subjects, ["一", "一", "二", "三"]);
    house.close().await;
}

/// Every value of the table of effects and of their attempts, as text.
async fn rows(house: &House) -> String {
    let mut all = String::new();
    for sql in [
        "select coalesce(string_agg(row_to_json(t)::text, ' '), '') from effects t",
        "select coalesce(string_agg(row_to_json(t)::text, ' '), '') from effect_attempts t",
    ] {
        let text: String = sqlx::query_scalar(sql)
            .fetch_one(&house.world.pool)
            .await
            .expect("the rows");
        all.push_str(&text);
    }
    all
}

#[tokio::test]
async fn no_address_and_no_code_is_readable_in_the_database_or_the_log() {
    let house = House::open().await;
    listening::begin();
    let code = Effect::Mail(Mail {
        subject: "确认邮箱".into(),
        text: format!("验证码 {CODE}。"),
    });
    let (to, phone) = ("chen.gong@example.cn", "13807100001");
    let now = house.now();
    send_at(&house, person(1), (&code, Some("402817")), to, now).await;
    send(&house, person(2), &mail("退信"), "Wrong.Name@example.cn").await;
    send(&house, person(3), &sms("award"), phone).await;
    let before = rows(&house).await;
    let outbox = Outbox::judging(|parcel| match parcel.effect.title() {
        "退信" => Fate::Final("550 no such mailbox"),
        "award" => Fate::Passing("450 busy"),
        _ => Fate::Taken,
    });
    work::effects::turn(&house.world, &outbox.ways())
        .await
        .expect("sent");
    let mut mails = outbox.of(EffectKind::Mail).into_iter();
    let sent = mails.find(|parcel| parcel.to == to).expect("handed over");
    let Effect::Mail(sent) = sent.effect else {
        panic!("a mail")
    };
    assert_eq!(sent.text, "验证码 402817。", "who it is for gets it");
    let (after, logged) = (rows(&house).await, listening::end());
    assert!(after.contains("550 no such mailbox") && logged.contains("550 no such mailbox"));
    for hidden in [to, phone, "402817", "Wrong.Name", "wrong.name"] {
        for (place, text) in [("before", &before), ("after", &after), ("log", &logged)] {
            assert!(!text.contains(hidden), "{hidden} is in {place}");
            assert!(
                !text.contains(&hex::encode(hidden)),
                "{hidden} is in {place}"
            );
        }
    }
    house.close().await;
}

#[tokio::test]
async fn every_line_of_a_job_and_of_an_effect_carries_its_id() {
    let house = House::open().await;
    let effect = send(&house, person(1), &mail("一"), "one@example.cn").await;
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    let nothing = Uuid::from_u128(7);
    let now = desk.now;
    desk.enqueue(JobKind::Draw, nothing, now)
        .await
        .expect("written");
    desk.commit().await.expect("committed");
    let job: Uuid = sqlx::query_scalar("select id from jobs where subject = $1")
        .bind(nothing)
        .fetch_one(&house.world.pool)
        .await
        .expect("its id");
    listening::begin();
    work::turn(&house.world).await.expect("the jobs");
    let outbox = Outbox::judging(|_| Fate::Passing("450 busy"));
    work::effects::turn(&house.world, &outbox.ways())
        .await
        .expect("tried");
    let logged = listening::end();
    let lines = |words: &str| -> Vec<String> {
        let found = logged.lines().filter(|line| line.contains(words));
        found.map(str::to_string).collect()
    };
    let of_job = lines("job done");
    assert_eq!(of_job.len(), 1, "{logged}");
    assert!(of_job[0].contains(&format!("job_id={job}")));
    let of_effect = lines("could not be handed over");
    assert_eq!(of_effect.len(), 1, "{logged}");
    assert!(of_effect[0].contains(&format!("effect_id={effect}")));
    house.close().await;
}
