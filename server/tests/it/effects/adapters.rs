//! The adapters against the other side on loopback, and the folders.

use super::relay::{Answer, Gateway, Posted, Relay, header};
use super::{mail, person, send, sms, state, until};
use crate::house::House;
use crate::program::Program;
use axum::http::StatusCode;
use hmac::{Hmac, KeyInit, Mac};
use market::effect::{EffectKind, EffectState};
use server::config::{Config, Values};
use server::outbound::Ways;
use server::work;
use sha2::Sha256;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

const SECRET: &str = "geheim-geheim-geheim";

fn config(data: &Path, pairs: &[(&str, String)]) -> Config {
    let folder = data.display().to_string();
    let given = pairs
        .iter()
        .map(|(key, value)| (key.to_string(), value.clone()));
    let environment = given.chain([("MARKET_DATA".to_string(), folder)]).collect();
    Config::read(&Values::gather(None, &environment).expect("known keys")).expect("sound")
}

fn to_relay(relay: &Relay) -> Vec<(&'static str, String)> {
    vec![
        ("MARKET_MAIL_HOST", "127.0.0.1".into()),
        ("MARKET_MAIL_PORT", relay.address.port().to_string()),
        ("MARKET_MAIL_TLS", "none".into()),
        ("MARKET_MAIL_FROM", "market@example.gov.cn".into()),
    ]
}

fn to_gateway(gateway: &Gateway, data: &TempDir) -> Vec<(&'static str, String)> {
    let file = data.path().join("sms.secret");
    std::fs::write(&file, format!("{SECRET}\n")).expect("written");
    vec![
        ("MARKET_SMS_URL", gateway.url.clone()),
        ("MARKET_SMS_SECRET_FILE", file.display().to_string()),
        ("MARKET_SMS_SIGN", "中介超市".into()),
        (
            "MARKET_SMS_TEMPLATES",
            "message=SMS_1000 award=SMS_1001".into(),
        ),
    ]
}

#[tokio::test]
async fn a_mail_reaches_the_relay_whole() {
    let (house, data) = (House::open().await, tempfile::tempdir().expect("a folder"));
    let relay = Relay::open(Answer::Taken).await;
    let ways = Ways::open(&config(data.path(), &to_relay(&relay))).expect("ways");
    let checked = ways.of(EffectKind::Mail).check().await.expect("it answers");
    assert!(checked.contains("answers"), "{checked}");
    let id = send(&house, person(1), &mail("中选通知"), "chen@example.cn").await;
    work::effects::turn(&house.world, &ways)
        .await
        .expect("sent");
    assert_eq!(state(&house, id).await, EffectState::Done);
    let mails = relay.mails();
    assert_eq!(mails.len(), 1);
    for (name, value) in [
        ("To", "chen@example.cn"),
        ("Auto-Submitted", "auto-generated"),
        ("Date", "Mon, 02 Mar 2026 01:00:00 +0000"),
    ] {
        assert_eq!(header(&mails[0], name), value, "{}", mails[0]);
    }
    assert!(header(&mails[0], "From").ends_with("<market@example.gov.cn>"));
    assert!(header(&mails[0], "Message-ID").ends_with("@example.gov.cn>"));
    assert!(header(&mails[0], "Content-Type").contains("utf-8"));
    house.close().await;
}

#[tokio::test]
async fn what_the_relay_refuses_for_good_waits_for_a_person_and_what_may_pass_is_tried_again() {
    let (house, data) = (House::open().await, tempfile::tempdir().expect("a folder"));
    for (n, (said, expected)) in [
        ("550 5.1.1 no such mailbox", EffectState::Dead),
        ("450 4.2.1 busy", EffectState::Waiting),
        ("530 5.7.0 sign in first", EffectState::Waiting),
    ]
    .into_iter()
    .enumerate()
    {
        let relay = Relay::open(Answer::Recipient(said)).await;
        let ways = Ways::open(&config(data.path(), &to_relay(&relay))).expect("ways");
        let to = "gone@example.cn";
        let id = send(&house, person(n as u128), &mail("一"), to).await;
        work::effects::turn(&house.world, &ways)
            .await
            .expect("tried");
        assert_eq!(state(&house, id).await, expected, "{said}");
        let why: String = sqlx::query_scalar("select last_error from effects where id = $1")
            .bind(id)
            .fetch_one(&house.world.pool)
            .await
            .expect("why");
        assert!(why.contains(&said[..3]) && !why.contains("gone"), "{why}");
    }
    // A relay that is away.
    let nobody = Relay::open(Answer::Taken).await;
    let mut away = to_relay(&nobody);
    away[1].1 = "1".into();
    let ways = Ways::open(&config(data.path(), &away)).expect("ways");
    assert!(ways.of(EffectKind::Mail).check().await.is_err());
    let id = send(&house, person(9), &mail("一"), "one@example.cn").await;
    work::effects::turn(&house.world, &ways)
        .await
        .expect("tried");
    assert_eq!(state(&house, id).await, EffectState::Waiting);
    house.close().await;
}

#[tokio::test]
async fn a_server_that_is_killed_between_sending_and_marking_sends_the_same_mail_again() {
    let mut house = House::open().await;
    let relay = Relay::open(Answer::Silence).await;
    let id = send(&house, person(1), &mail("中选通知"), "chen@example.cn").await;
    let mut environment = to_relay(&relay);
    environment.push(("MARKET_WORK", "true".into()));
    let mut program = Program::serving(&house, &environment).await;
    until("the relay has read it", async || relay.mails().len() == 1).await;
    // SIGKILL: nothing of it is marked.
    program.kill().await;
    assert_eq!(state(&house, id).await, EffectState::Running);
    relay.answer(Answer::Taken);
    sqlx::query("update effects set next_at = now()")
        .execute(&house.world.pool)
        .await
        .expect("the lease is over");
    let mut program = Program::serving(&house, &environment).await;
    until("it is marked", async || {
        state(&house, id).await == EffectState::Done
    })
    .await;
    program.kill().await;
    let mails = relay.mails();
    assert_eq!(mails.len(), 2, "at least once");
    let id = header(&mails[0], "Message-ID");
    assert!(id.len() > 40, "{id}");
    assert_eq!(
        id,
        header(&mails[1], "Message-ID"),
        "mail programs show it once"
    );
    house.drop_database().await;
}

/// The signature that a gateway computes of what it got.
fn signed(posted: &Posted) -> String {
    let time = posted.headers["x-market-time"].to_str().expect("ASCII");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(format!("{time}\n{}", posted.body).as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn a_text_message_is_posted_with_the_carriers_code_and_signed() {
    let (house, data) = (House::open().await, tempfile::tempdir().expect("a folder"));
    let gateway = Gateway::open(StatusCode::OK).await;
    let ways = Ways::open(&config(data.path(), &to_gateway(&gateway, &data))).expect("ways");
    ways.of(EffectKind::Sms).check().await.expect("it answers");
    let id = send(&house, person(1), &sms("award"), "13807100001").await;
    let unknown = send(&house, person(2), &sms("confirm"), "13807100002").await;
    work::effects::turn(&house.world, &ways)
        .await
        .expect("sent");
    assert_eq!(state(&house, id).await, EffectState::Done);
    assert_eq!(
        state(&house, unknown).await,
        EffectState::Dead,
        "no code is set for it"
    );
    let posted = gateway.posted();
    assert_eq!(posted.len(), 1);
    assert_eq!(
        posted[0].headers["x-market-signature"].to_str().ok(),
        Some(signed(&posted[0]).as_str())
    );
    let body: serde_json::Value = serde_json::from_str(&posted[0].body).expect("JSON");
    assert_eq!(
        posted[0].headers["x-market-key"].to_str().ok(),
        body["key"].as_str()
    );
    for (name, value) in [
        ("to", "13807100001"),
        ("template", "SMS_1001"),
        ("sign", "中介超市"),
    ] {
        assert_eq!(body[name], value);
    }
    assert_eq!(body["variables"]["title"], "河堤测绘");
    house.close().await;
}

#[tokio::test]
async fn what_a_gateway_calls_wrong_is_dead_and_what_it_cannot_do_now_is_tried_again() {
    let (house, data) = (House::open().await, tempfile::tempdir().expect("a folder"));
    for (n, (status, expected)) in [
        (400, EffectState::Dead),
        (401, EffectState::Waiting),
        (429, EffectState::Waiting),
        (302, EffectState::Waiting),
        (503, EffectState::Waiting),
    ]
    .into_iter()
    .enumerate()
    {
        let gateway = Gateway::open(StatusCode::from_u16(status).expect("a status")).await;
        let ways = Ways::open(&config(data.path(), &to_gateway(&gateway, &data))).expect("ways");
        let id = send(&house, person(n as u128), &sms("award"), "13807100001").await;
        work::effects::turn(&house.world, &ways)
            .await
            .expect("tried");
        assert_eq!(state(&house, id).await, expected, "{status}");
    }
    house.close().await;
}

#[tokio::test]
async fn without_settings_everything_goes_into_folders_that_nobody_else_reads() {
    let (house, data) = (House::open().await, tempfile::tempdir().expect("a folder"));
    let ways = Ways::open(&config(data.path(), &[])).expect("ways");
    let letter = send(&house, person(1), &mail("中选通知"), "chen@example.cn").await;
    let message = send(&house, person(1), &sms("award"), "13807100001").await;
    work::effects::turn(&house.world, &ways)
        .await
        .expect("written");
    let mode = |path: &Path| {
        let metadata = std::fs::metadata(path).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    let (mails, texts) = (data.path().join("mail"), data.path().join("sms"));
    assert_eq!((mode(&mails), mode(&texts)), (0o700, 0o700));
    let file = mails.join(format!("{letter}.eml"));
    assert_eq!(mode(&file), 0o600);
    let content = std::fs::read_to_string(file).expect("a mail");
    assert!(content.contains("To: chen@example.cn"), "{content}");
    let file = texts.join(format!("{message}.json"));
    assert_eq!(mode(&file), 0o600);
    let content = std::fs::read_to_string(file).expect("a text message");
    assert!(
        content.contains("13807100001") && content.contains("河堤测绘"),
        "{content}"
    );
    house.close().await;
}

#[test]
fn settings_that_cannot_work_are_named_at_the_start() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("missing").display().to_string();
    let mut pairs = vec![
        ("MARKET_MAIL_HOST", "127.0.0.1".to_string()),
        ("MARKET_MAIL_TLS", "none".into()),
        ("MARKET_MAIL_FROM", "market@example.gov.cn".into()),
        ("MARKET_MAIL_USER", "market".into()),
        ("MARKET_MAIL_PASSWORD_FILE", file.clone()),
    ];
    let trouble = Ways::open(&config(data.path(), &pairs))
        .err()
        .expect("no password");
    assert!(
        trouble.to_string().contains("mail_password_file"),
        "{trouble}"
    );
    pairs = vec![
        ("MARKET_SMS_URL", "https://sms.example.gov.cn/send".into()),
        ("MARKET_SMS_SECRET_FILE", file.clone()),
        (
            "MARKET_SMS_TEMPLATES",
            "message=SMS_1000 award=SMS_1001".into(),
        ),
    ];
    let trouble = Ways::open(&config(data.path(), &pairs))
        .err()
        .expect("no secret");
    assert!(trouble.to_string().contains("sms_secret_file"), "{trouble}");
    std::fs::write(&file, "short").expect("written");
    let trouble = Ways::open(&config(data.path(), &pairs))
        .err()
        .expect("too short");
    assert!(trouble.to_string().contains("16 characters"), "{trouble}");
    assert!(!trouble.to_string().contains("short\n"));
}
