//! What stands in `view!` is read like a page: a line shows one thing and ends before column 120.

use crate::tree;

const WIDEST: usize = 119;

/// The lines of a text that stand in a `view!`, by their numbers. Braces in texts are left out of the count.
fn in_views(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (n, line) in (1..).zip(text.lines()) {
        let opens = line.contains("view! {");
        if depth > 0 || opens {
            found.push((n, line));
        }
        // On the line that opens one, only what comes after counts.
        let counted = match line.split_once("view! {") {
            Some((_, after)) if depth == 0 => format!("{{{after}"),
            _ if depth == 0 => continue,
            _ => line.to_string(),
        };
        for part in counted.split('"').step_by(2) {
            depth += part.matches('{').count();
            depth = depth.saturating_sub(part.matches('}').count());
        }
    }
    found
}

#[test]
fn no_line_of_a_view_is_wider_than_a_screen() {
    let mut read = 0;
    let mut wide = Vec::new();
    for file in tree::files("app/src/", ".rs") {
        for (n, line) in in_views(&file.text) {
            read += 1;
            if line.chars().count() > WIDEST {
                wide.push(format!("{}:{n}: {}", file.path, line.trim()));
            }
        }
    }
    assert!(read > 3_000, "only {read} lines were read");
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn a_view_begins_and_ends_with_its_braces() {
    let text =
        "fn f() {\n    view! {\n        <p>\"{\"</p>\n    }\n}\nfn g() { view! { <p /> } }\nlet x;";
    let lines: Vec<usize> = in_views(text).into_iter().map(|(n, _)| n).collect();
    assert_eq!(lines, [2, 3, 4, 6]);
}
