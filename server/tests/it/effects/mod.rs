//! The lane of effects: a slow receiver delays nothing else, what was begun when a process died is sent again, and
//! nothing that is kept or logged names an address.

mod adapters;
mod desk;
mod lane;
mod relay;

use crate::house::House;
use app::desk::{Desk, Sending};
use market::effect::{Effect, EffectState, Envelope, Mail, Receiver, Sms};
use market::journal::Subject;
use market::{EffectId, PersonId, Timestamp};

/// The `n`th person; it need not exist.
fn person(n: u128) -> PersonId {
    PersonId(uuid::Uuid::from_u128(n))
}

fn mail(subject: &str) -> Effect {
    Effect::Mail(Mail {
        subject: subject.into(),
        text: "贵单位已中选。\n请按时确认。".into(),
    })
}

fn sms(template: &str) -> Effect {
    Effect::Sms(Sms {
        template: template.into(),
        variables: [("title".to_string(), "河堤测绘".to_string())].into(),
    })
}

/// Has something leave for a person, as a decision does.
async fn send(house: &House, person: PersonId, effect: &Effect, to: &str) -> EffectId {
    send_at(house, person, (effect, None), to, house.now()).await
}

async fn send_at(
    house: &House,
    person: PersonId,
    (effect, code): (&Effect, Option<&str>),
    to: &str,
    due_at: Timestamp,
) -> EffectId {
    let mut desk = Desk::writing(&house.world).await.expect("a desk");
    let key = format!("test:{}", desk.id::<uuid::Uuid>());
    let sending = Sending {
        effect,
        receiver: Receiver::person(person),
        envelope: Envelope {
            to: to.into(),
            code: code.map(str::to_string),
        },
        idempotency_key: &key,
        subject: Subject::Person(person),
        due_at,
    };
    assert!(desk.send(sending).await.expect("written"));
    let id: EffectId = sqlx::query_scalar("select id from effects where idempotency_key = $1")
        .bind(&key)
        .fetch_one(desk.conn())
        .await
        .expect("its id");
    desk.commit().await.expect("committed");
    id
}

async fn state(house: &House, id: EffectId) -> EffectState {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let found = store::effect::find(&mut conn, id).await.expect("an answer");
    found.expect("it is there").row.state
}

/// Waits in real time until something holds; a machine under load may take a while.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..1_200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never: {what}");
}
