//! Samples of every version are frozen in `samples`: a line that a ledger holds is read for ever.

use super::*;
use crate::time::Timestamp;
use std::collections::BTreeSet;
use time::macros::datetime;

const OLD: &str = include_str!("samples/0.txt");
const NOW: &str = include_str!("samples/1.txt");
const AT: Timestamp = datetime!(2026-03-20 07:00:07.123456 UTC);

fn kinds(samples: &str) -> BTreeSet<EntryKind> {
    let read = |line| PublicFact::of_text(line).expect(line).kind();
    samples.lines().map(read).collect()
}

#[test]
fn texts_of_every_version_and_kind_are_read() {
    let all: BTreeSet<EntryKind> = EntryKind::ALL.iter().copied().collect();
    assert_eq!(kinds(OLD), all);
    assert_eq!(kinds(NOW), all);
}

#[test]
fn what_is_written_now_is_byte_for_byte_the_frozen_sample() {
    for line in NOW.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let fact = PublicFact {
            subject: entry["subject"].as_str().unwrap().to_string(),
            requirement: None,
            agency: None,
            fact: PublicFact::of_text(line).unwrap(),
        };
        assert_eq!(fact.text(AT).unwrap(), line);
    }
}

#[test]
fn the_two_facts_of_a_selection_are_told_apart() {
    let found: Vec<bool> = NOW
        .lines()
        .filter(|line| line.contains("\"kind\":\"selection\""))
        .map(|line| matches!(PublicFact::of_text(line), Ok(Fact::Skipped(_))))
        .collect();
    assert_eq!(found, [false, false, true, true, false]);
}

#[test]
fn what_is_no_fact_is_not_read() {
    let newer = NOW.lines().next().unwrap().replace("\"v\":1", "\"v\":2");
    let damaged = NOW
        .lines()
        .next()
        .unwrap()
        .replace("deadline_at", "deadline");
    for text in ["", "{}", r#"{"kind":"new","facts":{}}"#, &newer, &damaged] {
        assert!(PublicFact::of_text(text).is_err(), "{text}");
    }
}

#[test]
fn the_printed_table_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md");
    let document = std::fs::read_to_string(path).unwrap();
    let [begin, end] = table::BOUNDS;
    let (before, rest) = document.split_once(begin).expect("the table begins");
    let (printed, after) = rest.split_once(end).expect("the table ends");
    let table = format!("\n{}\n", facts_table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(printed, table, "run with UPDATE_DOCS=1");
    }
}
