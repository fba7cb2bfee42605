//! A colour is a token of `style/tokens.css`: nothing else says one, neither in the stylesheet nor in a page.

use crate::tree;

/// How a line would say a colour by itself.
const SAYS: [&str; 6] = ["rgb(", "rgba(", "hsl(", "hsla(", "color-mix(", "hwb("];
/// What takes a colour in SVG; in a page, nothing does.
const TAKES: [&str; 6] = [
    "fill=\"",
    "stroke=\"",
    "stop-color=\"",
    "color=\"",
    "bgcolor=\"",
    "style=\"",
];
/// Names of colours that somebody would write; the value of a property, not a part of a word.
const NAMED: [&str; 10] = [
    "white", "black", "red", "green", "blue", "gray", "grey", "orange", "yellow", "silver",
];

/// Whether a line of CSS says a colour: `#abc` in a value, a function, a name.
fn says_a_colour(line: &str) -> bool {
    let Some((_, value)) = line.split_once(": ").filter(|_| line.ends_with(';')) else {
        return false;
    };
    let word = |word: &str| {
        let hex = word.strip_prefix('#').unwrap_or("");
        let is_hex = hex.len() >= 3 && hex.chars().all(|c| c.is_ascii_hexdigit());
        is_hex || NAMED.contains(&word)
    };
    let mut words = value.trim_end_matches(';').split([' ', ',', '(', ')']);
    words.any(word) || SAYS.iter().any(|says| value.contains(says))
}

#[test]
fn the_stylesheet_names_colours_by_their_tokens() {
    let mut wrong = Vec::new();
    let mut tokens = 0;
    for file in tree::files("style/", ".css") {
        for (n, line) in (1..).zip(file.text.lines()) {
            let line = line.trim();
            if !says_a_colour(line) {
                continue;
            }
            if file.path == "style/tokens.css" && line.starts_with("--") {
                tokens += 1;
            } else {
                wrong.push(format!("{}:{n}: {line}", file.path));
            }
        }
    }
    assert!(tokens > 15, "only {tokens} tokens were read");
    assert!(wrong.is_empty(), "use a token: {wrong:#?}");
}

#[test]
fn a_page_says_no_colour() {
    let mut wrong = Vec::new();
    for file in tree::files("app/src/", ".rs") {
        for (n, line) in file.shipped() {
            let is_attribute = |takes: &str| {
                let mut before = line.match_indices(takes).map(|(at, _)| &line[..at]);
                before.any(|before| before.is_empty() || before.ends_with(' '))
            };
            if TAKES.iter().any(|takes| is_attribute(takes)) {
                wrong.push(format!("{}:{n}: {}", file.path, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "give it a class: {wrong:#?}");
}

#[test]
fn a_colour_is_seen_however_it_is_written() {
    for line in [
        "color: #fff;",
        "border: 1px solid #d5dbe3;",
        "background: white;",
        "box-shadow: 0 0 2px rgba(0, 0, 0, 0.2);",
        "background: linear-gradient(red, var(--ink));",
    ] {
        assert!(says_a_colour(line), "{line}");
    }
    for line in [
        "color: var(--ink);",
        "white-space: nowrap;",
        "a:hover {",
        "#main {",
        "border-color: transparent;",
    ] {
        assert!(!says_a_colour(line), "{line}");
    }
}
