//! Samples of every version are frozen in `samples`: what a database holds is read for ever.

use super::*;
use time::macros::datetime;

const SAMPLES: &str = include_str!("samples/1.txt");
const NOW: Timestamp = datetime!(2026-03-20 07:00 UTC);

#[test]
fn every_kind_is_read_and_written_as_the_frozen_sample() {
    let mut kinds = std::collections::BTreeSet::new();
    for line in SAMPLES.lines() {
        let stored: Value = serde_json::from_str(line).unwrap();
        let effect = Effect::of_stored(&stored).expect(line);
        assert_eq!(effect.stored().to_string(), line);
        kinds.insert(effect.kind());
    }
    assert!(kinds.iter().eq(EffectKind::ALL), "{kinds:?}");
}

#[test]
fn what_is_no_effect_is_not_read() {
    let newer = SAMPLES.replace("\"v\":1", "\"v\":2");
    let damaged = SAMPLES.replace("\"subject\"", "\"title\"");
    let other = SAMPLES.replace("\"kind\":\"mail\"", "\"kind\":\"pigeon\"");
    for text in ["{}", "null", &newer, &damaged, &other] {
        let stored = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert!(Effect::of_stored(&stored).is_err(), "{text}");
    }
}

#[test]
fn a_code_is_put_in_on_the_way_out_only() {
    let mail = Effect::Mail(Mail {
        subject: "确认邮箱".into(),
        text: format!("验证码 {CODE}，十分钟内有效。"),
    });
    let envelope = Envelope {
        to: "chen@example.cn".into(),
        code: Some("402817".into()),
    };
    assert!(!mail.stored().to_string().contains("402817"));
    assert!(!format!("{envelope:?}").contains("chen"));
    let Effect::Mail(sent) = mail.clone().with_code(envelope.code.as_deref()) else {
        panic!("a mail")
    };
    assert_eq!(sent.text, "验证码 402817，十分钟内有效。");
    assert_eq!(mail.clone().with_code(None), mail);
    let sms = Effect::Sms(Sms {
        template: "confirm".into(),
        variables: [("code".to_string(), CODE.to_string())].into(),
    });
    let Effect::Sms(sent) = sms.with_code(Some("402817")) else {
        panic!("a text message")
    };
    assert_eq!(sent.variables["code"], "402817");
}

#[test]
fn mailboxes_are_masked() {
    for (mailbox, masked) in [
        ("chen.gong@example.cn", "ch***@example.cn"),
        ("li@example.cn", "l***@example.cn"),
        ("陈@example.cn", "陈***@example.cn"),
        ("nonsense", "no***@"),
    ] {
        assert_eq!(mask_mailbox(mailbox), masked);
    }
}

#[test]
fn attempts_come_later_each_time_and_end() {
    let waits: Vec<i64> = (1..MOST_ATTEMPTS)
        .map_while(|attempt| next_attempt(Failure::Passing, attempt, NOW))
        .map(|at| (at - NOW).whole_seconds())
        .collect();
    assert!(waits.is_sorted() && waits.len() + 1 == MOST_ATTEMPTS as usize);
    assert_eq!((waits[0], waits[1], waits[13]), (15, 30, 3_600));
    assert!((7..9).contains(&(waits.iter().sum::<i64>() / 3_600)));
    assert_eq!(next_attempt(Failure::Passing, MOST_ATTEMPTS, NOW), None);
    assert_eq!(next_attempt(Failure::Final, 1, NOW), None);
    assert!(TIMEOUT * 2 < LEASE);
}
