//! What is stored is read for ever; no text holds what nobody may know, and each says what to do.

use super::samples::{all, lines};
use super::*;
use std::collections::BTreeSet;

#[test]
fn every_message_has_a_frozen_sample_that_is_written_byte_for_byte() {
    let mut kinds = BTreeSet::new();
    for (kind, stored) in lines() {
        let data: Value = serde_json::from_str(stored).expect(stored);
        let message = Message::of_stored(kind, &data).expect(stored);
        assert_eq!(message.kind().code(), kind);
        assert_eq!(message.stored().to_string(), stored);
        kinds.insert(message.kind());
    }
    let expected: BTreeSet<_> = MessageKind::ALL.iter().copied().collect();
    assert_eq!(kinds, expected);
    assert_eq!(all().len(), lines().count());
}

#[test]
fn what_is_no_message_is_not_read() {
    let (kind, stored) = lines().next().expect("a sample");
    let newer: Value = serde_json::from_str(&stored.replace("\"v\":1", "\"v\":2")).unwrap();
    let damaged: Value = serde_json::from_str(&stored.replace("project", "projekt")).unwrap();
    let sound: Value = serde_json::from_str(stored).unwrap();
    for (kind, data) in [(kind, &newer), (kind, &damaged), ("unheard_of", &sound)] {
        assert!(Message::of_stored(kind, data).is_err(), "{kind} {data}");
    }
}

#[test]
fn codes_and_labels_are_told_apart_and_fit_the_column() {
    let codes: BTreeSet<_> = MessageKind::ALL.iter().map(|kind| kind.code()).collect();
    let labels: BTreeSet<_> = MessageKind::ALL.iter().map(|kind| kind.label()).collect();
    assert_eq!(codes.len(), MessageKind::ALL.len());
    assert_eq!(labels.len(), MessageKind::ALL.len());
    for kind in MessageKind::ALL {
        let fits = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(kind.code().chars().all(fits), "{}", kind.code());
        assert_eq!(MessageKind::of_code(kind.code()), Some(*kind));
    }
}

/// A variable that could carry what nobody may know has no place in a message.
#[test]
fn no_message_has_a_variable_for_a_secret() {
    let secret = [
        "bid",
        "seed",
        "nonce",
        "key",
        "secret",
        "sealed",
        "password",
        "phone",
        "token",
        "code_sent",
    ];
    for kind in MessageKind::ALL {
        for variable in kind.variables() {
            let hit = secret.iter().find(|word| variable.name.contains(**word));
            assert_eq!(hit, None, "{} {}", kind.code(), variable.name);
        }
    }
}

/// An amount is said only once there is an award, which is public.
#[test]
fn only_messages_of_an_award_name_an_amount() {
    for kind in MessageKind::ALL {
        let names = |name| kind.variables().iter().any(|one| one.name == name);
        assert!(!names("amount") || names("award"), "{}", kind.code());
    }
}

#[test]
fn every_text_is_one_short_paragraph_that_leads_somewhere() {
    for message in all() {
        let Said { title, text, path } = message.said();
        let kind = message.kind().code();
        assert!((4..=80).contains(&title.chars().count()), "{kind}: {title}");
        assert!((20..=220).contains(&text.chars().count()), "{kind}: {text}");
        assert!(
            text.ends_with('。') && !text.contains('\n'),
            "{kind}: {text}"
        );
        for slip in ["。。", "，。", "  ", "前前", "：。"] {
            assert!(!text.contains(slip), "{kind}: {text}");
        }
        assert!(
            path.starts_with('/') && !path.contains(' '),
            "{kind}: {path}"
        );
    }
}

#[test]
fn what_has_a_deadline_says_its_day_and_hour_and_what_follows() {
    for message in all() {
        let kind = message.kind();
        let has_due = kind
            .variables()
            .iter()
            .any(|one| one.name.ends_with("due_at") || one.name.ends_with("by_at"));
        let text = message.said().text;
        if has_due {
            assert!(text.contains("2026-03-2") && text.contains(":00"), "{text}");
        }
        if kind.topic() == Topic::Deadline {
            let says = ["逾期", "超期", "不确认", "过期"];
            assert!(says.iter().any(|word| text.contains(word)), "{text}");
        }
    }
}

#[test]
fn only_what_cannot_wait_breaks_into_the_quiet_hours() {
    let urgent: BTreeSet<_> = all()
        .into_iter()
        .filter(Message::is_urgent)
        .map(|message| message.kind().code())
        .collect();
    let expected = ["backup_called", "deadline_near", "won"];
    assert_eq!(urgent, expected.into());
}
