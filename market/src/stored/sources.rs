//! Reads the sources: no field that is read has a nameless default, and nothing is stored past [`super::Shape`].

use std::path::{Path, PathBuf};

const FOLDERS: [&str; 4] = ["market/src", "store/src", "app/src", "server/src"];

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

fn all() -> Vec<(PathBuf, String)> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut found = Vec::new();
    for folder in FOLDERS {
        sources(&root.join(folder), &mut found);
    }
    let read = |path: PathBuf| {
        let own = path.strip_prefix(root).expect("a file of the project");
        let text = std::fs::read_to_string(&path).expect("a text");
        (own.to_path_buf(), text)
    };
    found.into_iter().map(read).collect()
}

/// The attributes of serde in a source that give a default without a name. It says nothing of what older texts meant.
fn nameless_defaults(text: &str) -> Vec<String> {
    let attributes = text.match_indices("#[serde(").map(|(from, _)| {
        let rest = &text[from..];
        rest.split(")]").next().unwrap_or(rest).to_string()
    });
    let is_nameless = |attribute: &String| {
        let inside = attribute.trim_start_matches("#[serde(");
        inside.split(',').any(|part| part.trim() == "default")
    };
    attributes.filter(is_nameless).collect()
}

#[test]
fn every_default_says_what_older_texts_meant() {
    let all = all();
    assert!(all.len() > 100, "only {} files were read", all.len());
    let wrong: Vec<(PathBuf, Vec<String>)> = all
        .into_iter()
        .filter(|(path, _)| !path.ends_with("stored/sources.rs"))
        .map(|(path, text)| (path, nameless_defaults(&text)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    assert!(wrong.is_empty(), "name what older texts did: {wrong:#?}");
}

#[test]
fn a_nameless_default_is_seen_however_it_is_written() {
    for text in [
        "#[serde(default)]",
        "#[serde(default, skip_serializing_if = \"Vec::is_empty\")]",
        "#[serde(\n    skip_serializing,\n    default\n)]",
    ] {
        assert_eq!(nameless_defaults(text).len(), 1, "{text}");
    }
    for text in [
        "#[serde(default = \"nothing_was_asked\")]",
        "#[serde(rename = \"default\")]",
    ] {
        assert!(nameless_defaults(text).is_empty(), "{text}");
    }
}

#[test]
fn nothing_is_stored_or_read_past_its_shape() {
    let bypasses = |text: &str| text.contains("types::Json") || text.contains("Json<");
    let wrong: Vec<PathBuf> = all()
        .into_iter()
        .filter(|(path, _)| path.starts_with("store/src") && !path.ends_with("stored.rs"))
        .filter(|(_, text)| bypasses(text))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "use `store::stored`: {wrong:#?}");
    assert!(bypasses("use sqlx::types::Json;"));
}
