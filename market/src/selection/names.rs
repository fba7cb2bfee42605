//! Reads the sources: outside this folder nothing names a method but data of the demo and tests.

use super::Method;
use std::path::{Path, PathBuf};

/// The folders whose files decide, remember and show.
const FOLDERS: [&str; 4] = ["market/src", "store/src", "app/src", "server/src"];
/// What may name methods: this folder, and the demo, whose requirements are data.
const MAY: [&str; 2] = ["market/src/selection", "server/src/seed"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Whether a file holds nothing but tests.
fn is_test(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.ends_with("tests.rs"))
}

/// How a line would name a method: as a variant, as a literal of SQL or Rust, in an address.
fn names(line: &str) -> Option<String> {
    let code = |method: &Method| {
        let (name, code) = (format!("{method:?}"), method.code());
        [
            format!("Method::{name}"),
            format!("'{code}'"),
            format!("\"{code}\""),
            format!("method={code}"),
        ]
    };
    let glob = ["Method::*".to_string(), "Method::{".to_string()];
    let all = Method::ALL.iter().flat_map(code).chain(glob);
    all.into_iter().find(|name| line.contains(name.as_str()))
}

#[test]
fn nothing_outside_names_a_method() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut read = 0;
    let mut wrong = Vec::new();
    for folder in FOLDERS {
        let mut files = Vec::new();
        sources(&root.join(folder), &mut files);
        for path in files {
            let own = path.strip_prefix(root).expect("a file of the project");
            if is_test(own) || MAY.iter().any(|may| own.starts_with(may)) {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a text");
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
            read += 1;
            for (line, n) in text.lines().zip(1..) {
                if let Some(name) = names(line) {
                    wrong.push(format!("{}:{n}: {name}", own.display()));
                }
            }
        }
    }
    assert!(read > 100, "only {read} files were read");
    assert!(
        wrong.is_empty(),
        "ask what the method is (`Method::kind`) instead: {wrong:#?}"
    );
}

#[test]
fn a_name_is_seen_however_it_is_written() {
    for line in [
        "if spec.method == Method::Random {",
        "matches!(method, selection::Method::LowestPrice)",
        "Method::Direct => 1,",
        "where r.method = 'direct'",
        "form.set(\"method\", \"random\");",
        "link(\"/awards?method=lowest_price\", \"…\")",
        "use market::selection::Method::{self, Random};",
    ] {
        assert!(names(line).is_some(), "{line}");
    }
    for line in [
        "Method::ALL",
        "method.kind().draws",
        "axum::http::Method::POST",
    ] {
        assert_eq!(names(line), None, "{line}");
    }
}
