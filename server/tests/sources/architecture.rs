//! `docs/ARCHITECTURE.md` names what there is, and its lists are those of the code.

use crate::names::{Known, OTHERS, quoted};
use crate::tree;
use market::job::{Job, JobKind};
use std::collections::BTreeSet;

fn document() -> String {
    tree::text("docs/ARCHITECTURE.md")
}

/// The cells of the table whose heading is this line, without the heading.
fn rows(document: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, after) = document.split_once(heading).expect("the table is there");
    let row = |line: &str| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_string()).collect()
    };
    let rows: Vec<Vec<String>> = after
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(row)
        .collect();
    assert!(rows.len() > 3, "{heading} has rows");
    rows
}

#[test]
fn every_name_exists() {
    let (document, known) = (document(), Known::read());
    let names = quoted(&document);
    assert!(names.len() > 300, "only {} names were read", names.len());
    let gone: Vec<&String> = names.iter().filter(|name| !known.has(name)).collect();
    assert!(
        gone.is_empty(),
        "named in ARCHITECTURE.md and not there: {gone:#?}"
    );
    let idle: Vec<&&str> = OTHERS
        .iter()
        .filter(|other| !document.contains(*other))
        .collect();
    assert!(idle.is_empty(), "no longer named: {idle:?}");
}

#[test]
fn the_jobs_are_those_of_the_clock() {
    let table: Vec<[String; 2]> = rows(&document(), "| job | subject | what it does |")
        .into_iter()
        .map(|row| [row[0].trim_matches('`').to_string(), row[1].clone()])
        .collect();
    let jobs: Vec<[String; 2]> = JobKind::ALL
        .iter()
        .map(|&kind| {
            // As `Close(RequirementId(…))`: the subject is the type of its identifier.
            let job = format!("{:?}", Job::of(kind, uuid::Uuid::nil()));
            let (name, id) = job.split_once('(').expect("a subject");
            let subject = id.split("Id").next().unwrap_or("").to_lowercase();
            [name.to_string(), subject]
        })
        .collect();
    assert_eq!(table, jobs, "in the order of JobKind");
}

/// The islands of a module: the names before their functions in its program.
fn islands(program: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let (name, _) = line.trim_start().strip_prefix("(\"")?.split_once('"')?;
        Some(name.to_string())
    };
    program.lines().filter_map(name).collect()
}

#[test]
fn the_islands_are_those_that_ship() {
    let document = document();
    let programs = tree::files("islands/src/bin/", ".rs");
    assert!(programs.len() > 1, "the modules were read");
    for program in programs {
        let module = program.path.trim_start_matches("islands/src/");
        let bullet = format!("- `{}`: ", module.trim_end_matches(".rs"));
        let (_, after) = document.split_once(&bullet).expect("the module is named");
        let (list, _) = after.split_once('.').expect("its end");
        assert_eq!(quoted(list), islands(&program.text), "{module}");
    }
}

#[test]
fn what_holds_an_invariant_is_in_the_database_or_the_code() {
    let known = Known::read();
    let tests = |name: &str| {
        let here = format!("server/tests/it/{name}");
        known.has(&format!("{here}.rs"))
            || known.has(&format!("{here}/mod.rs"))
            || name.contains('/')
    };
    for row in rows(&document(), "| invariant | held by | tried by |") {
        let [invariant, held, tried] = &row[..] else {
            panic!("three cells: {row:?}");
        };
        for name in quoted(held) {
            // A constraint, trigger or index begins with its table: it is in the schema as it is now.
            let is_rust = name.contains("::") || name.contains('*') || known.has(&name);
            assert!(is_rust || known.is_stored(&name), "{invariant}: {name}");
        }
        for name in quoted(tried) {
            let is_crate = ["market", "store", "app", "islands", "server"].contains(&name.as_str());
            let is_command = name.starts_with("make ");
            assert!(
                is_crate || is_command || tests(&name),
                "{invariant}: {name}"
            );
        }
    }
}

#[test]
fn the_errors_are_those_that_cross() {
    let enums = tree::text("app/src/error.rs");
    let (_, body) = enums.split_once("pub enum AppError {").expect("the enum");
    let (body, _) = body.split_once("\n}").expect("its end");
    let variants: BTreeSet<String> = body
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|line| {
            line.trim_end_matches(',')
                .split('(')
                .next()
                .unwrap_or("")
                .to_string()
        })
        .collect();
    let table = rows(&document(), "| `AppError` | status | |");
    let named: BTreeSet<String> = table
        .iter()
        .map(|row| row[0].trim_matches('`').to_string())
        .collect();
    assert_eq!(named, variants);
}
