//! Samples of every kind and version are frozen in `samples`, a text a line: what has been stored is read for ever.

use super::*;

/// The samples of a version, by kind.
macro_rules! samples {
    ($version:literal: $( $kind:ident $file:literal ),+) => {
        &[$( (
            StoredKind::$kind,
            $version,
            include_str!(concat!("samples/", $file, ".", $version, ".txt")),
        ) ),+]
    };
}

const OLD: &[(StoredKind, u32, &str)] = samples!(0:
    Form "form", Document "document", Changes "changes", Notice "notice", Reasons "reasons", Ranking "ranking",
    Evidence "evidence", Policy "policy");
const NOW: &[(StoredKind, u32, &str)] = samples!(1:
    Form "form", Document "document", Changes "changes", Notice "notice", Reasons "reasons", Ranking "ranking",
    Failure "failure", Evidence "evidence", Policy "policy");

#[test]
fn texts_of_every_kind_and_version_are_read() {
    for (kind, version, texts) in OLD.iter().chain(NOW) {
        assert!(texts.lines().count() > 0, "{kind:?} {version}");
        for text in texts.lines() {
            let value: Value = serde_json::from_str(text).expect("json");
            assert_eq!(
                value.get(FIELD).is_none(),
                *version == 0,
                "{kind:?} {version}"
            );
            assert_eq!(kind.check(value), Ok(()), "{kind:?} {version}: {text}");
        }
    }
}

#[test]
fn what_is_written_now_is_byte_for_byte_the_newest_sample() {
    let newest: Vec<StoredKind> = NOW.iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(newest, StoredKind::ALL, "a kind without a sample");
    for (kind, version, texts) in NOW {
        assert_eq!(*version, kind.version(), "{kind:?}: freeze a sample");
        for text in texts.lines() {
            assert_eq!(kind.again(text).as_deref(), Ok(text), "{kind:?}");
        }
    }
}

#[test]
fn an_old_text_and_a_new_one_say_the_same() {
    for (kind, _, old) in OLD {
        let (_, _, new) = NOW.iter().find(|(other, ..)| other == kind).expect("now");
        // What older versions said as words stays words.
        if *kind == StoredKind::Reasons {
            continue;
        }
        for (old, new) in old.lines().zip(new.lines()) {
            assert_eq!(kind.again(old).as_deref(), Ok(new), "{kind:?}");
        }
    }
}

#[test]
fn reasons_of_old_stay_readable_sentences() {
    let sentences = |(_, _, texts): &(StoredKind, u32, &str)| -> Vec<String> {
        let lines = texts.lines();
        let read = lines.map(|text| read_text::<Reasons>(text).expect(text));
        read.map(|reasons| reasons.sentence()).collect()
    };
    let of = |list: &[(StoredKind, u32, &'static str)]| {
        let found = list.iter().find(|(kind, ..)| *kind == StoredKind::Reasons);
        sentences(found.expect("reasons"))
    };
    assert_eq!(of(OLD), of(NOW));
    assert!(of(NOW)[0].contains("法定代表人与项目业主的法定代表人同名"));
}

#[test]
fn a_version_that_is_not_known_is_not_read_and_neither_is_what_is_damaged() {
    for (kind, _, texts) in NOW {
        let text = texts.lines().next().expect("a sample");
        let mut value: Value = serde_json::from_str(text).expect("json");
        for version in [json!(0), json!(2), json!(-1), json!("1"), Value::Null] {
            value[FIELD] = version;
            let read = kind.check(value.clone()).expect_err("no version of ours");
            assert!(read.why.contains("version"), "{kind:?}: {}", read.why);
            assert_eq!(read.kind, *kind);
        }
    }
    for (kind, damaged) in [
        (StoredKind::Notice, "{}"),
        (StoredKind::Notice, "[]"),
        (StoredKind::Notice, r#"{"v": 1, "notice_no": "1"}"#),
        (
            StoredKind::Notice,
            r#"{"notice_no": "1", "rows": [["甲"]]}"#,
        ),
        (StoredKind::Document, r#"{"v": 1}"#),
        (StoredKind::Changes, r#"{"changes": {}}"#),
        (StoredKind::Ranking, "null"),
        (StoredKind::Reasons, r#"[{"code": "unheard_of"}]"#),
        (StoredKind::Form, r#"{"name": "甲"}"#),
    ] {
        let value = serde_json::from_str(damaged).expect("json");
        assert!(kind.check(value).is_err(), "{kind:?}: {damaged}");
    }
}

#[test]
fn a_field_that_is_called_like_the_version_does_not_take_its_place() {
    let form: Form = [("v", "7"), ("name", "甲")].into_iter().collect();
    let stored = write(&form).expect("written");
    assert_eq!(stored, json!({ "v": 1, "name": ["甲"] }));
    let back: Form = read(stored).expect("read");
    assert_eq!((back.get("name"), back.get("v")), ("甲", ""));
}

#[test]
fn an_unreadable_document_is_named() {
    let found = read_text::<NoticeBody>("{}").expect_err("damaged");
    assert_eq!(found.number(), "公告");
    let found = found.of(Uuid::from_u128(7));
    assert_eq!(found.number(), "公告 00000000-0000-0000-0000-000000000007");
    assert!(found.to_string().starts_with("stored notice of 0000"));
}
