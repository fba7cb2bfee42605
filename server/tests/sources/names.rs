//! Looking up what a document names.
//!
//! What stands between backticks is one of these, and is looked up accordingly:
//! - an address of the site (`/desk/jobs`): a path of `ROUTES`;
//! - a file or folder (`docs/api.md`, `search/fold`, `style/`): the end of a path of the project, without its ending
//!   where that is left out;
//! - `make …`: a target of the Makefile; `cargo test -p …`: a crate;
//! - a path of Rust (`calls::file::sweep`): its last name is defined in a file that has each name before it in its own
//!   path, or defines or implements a type of that name;
//! - a single name: defined somewhere in Rust, named in the migrations and not dropped by the last that names it, a
//!   module or folder, or a text in Rust (the name of a field of a form, the value of a rule). With a `*`, it is the
//!   beginning or end of such names.
//!
//! Anything with other characters is a quotation (SQL, a header, HTML) and names nothing.

use crate::tree::{self, File};
use app::routes::ROUTES;
use std::collections::{BTreeMap, BTreeSet};

/// Names that the documents use and that are not ours.
pub const OTHERS: [&str; 5] = [
    "Location",
    "Option",
    "QueryBuilder",
    "Retry-After",
    "formdata",
];

/// What stands between backticks outside blocks of code, once each.
pub fn quoted(document: &str) -> BTreeSet<String> {
    let mut prose = String::new();
    for (n, part) in document.split("```").enumerate() {
        if n % 2 == 0 {
            prose.push_str(part);
        }
    }
    prose
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

/// Everything that can be named.
pub struct Known {
    paths: Vec<String>,
    /// For each name, the files of Rust that define it.
    defined: BTreeMap<String, Vec<usize>>,
    /// For each file of Rust: the names of its path, and the types that it defines or implements.
    rooms: Vec<BTreeSet<String>>,
    /// Texts between quotation marks in Rust.
    texts: BTreeSet<String>,
    /// Names in the migrations, without those that were dropped.
    stored: BTreeSet<String>,
    make: String,
}

impl Known {
    /// Reads the project.
    pub fn read() -> Known {
        let mut known = Known {
            paths: tree::paths(),
            defined: BTreeMap::new(),
            rooms: Vec::new(),
            texts: BTreeSet::new(),
            stored: stored(&tree::files("migrations/", ".sql")),
            make: tree::text("Makefile"),
        };
        // These tests themselves name what is not there.
        let mut files = tree::files("", ".rs");
        files.retain(|file| !file.path.starts_with("server/tests/sources/"));
        for (at, file) in files.iter().enumerate() {
            known.take(at, file);
        }
        known
    }

    fn take(&mut self, at: usize, file: &File) {
        let mut rooms: BTreeSet<String> = file.rooms().map(String::from).collect();
        for line in file.text.lines() {
            let words: Vec<&str> = words(line).collect();
            for pair in words.windows(2) {
                let (keyword, name) = (pair[0], pair[1]);
                if KEYWORDS.contains(&keyword) {
                    self.define(name, at);
                }
                if ["struct", "enum", "trait", "impl", "for", "type"].contains(&keyword) {
                    rooms.insert(name.to_string());
                }
            }
            if let Some(name) = member(line) {
                self.define(name, at);
            }
            let texts = line.split('"').skip(1).step_by(2);
            self.texts.extend(texts.map(String::from));
        }
        self.rooms.push(rooms);
    }

    fn define(&mut self, name: &str, at: usize) {
        self.defined.entry(name.to_string()).or_default().push(at);
    }

    /// Whether it is there; quotations always are.
    pub fn has(&self, name: &str) -> bool {
        if let Some(target) = name.strip_prefix("make ") {
            return self.make.contains(&format!("\n{target}: ## "));
        }
        if let Some((_, rest)) = name.split_once("cargo test -p ") {
            let package = rest.split(' ').next().unwrap_or("");
            return self.has_path(&format!("{package}/Cargo.toml"));
        }
        if name.starts_with('/') {
            return ROUTES.iter().any(|route| route.path == name);
        }
        if !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_:/.*-".contains(c))
        {
            return true;
        }
        if OTHERS.contains(&name) || self.has_path(name) {
            return true;
        }
        match name.rsplit_once("::") {
            Some((rooms, last)) => self.has_in(rooms, last),
            None => self.has_name(name),
        }
    }

    /// A file or folder, by the end of its path.
    fn has_path(&self, name: &str) -> bool {
        let name = format!("/{}", name.trim_end_matches('/'));
        self.paths.iter().any(|path| {
            let path = format!("/{path}");
            path.ends_with(&name)
                || path.contains(&format!("{name}/"))
                || path.contains(&format!("{name}."))
        })
    }

    /// A path of Rust. `noun` stands for each file of the crate.
    fn has_in(&self, rooms: &str, last: &str) -> bool {
        let Some(files) = self.defined.get(last) else {
            return false;
        };
        files.iter().any(|&file| {
            let within = |room: &str| room == "noun" || self.rooms[file].contains(room);
            rooms.split("::").all(within)
        })
    }

    fn has_name(&self, name: &str) -> bool {
        if let Some(end) = name.strip_prefix('*') {
            return self.stored.iter().any(|stored| stored.ends_with(end));
        }
        if let Some(start) = name.strip_suffix('*') {
            let packages = || self.texts.iter().chain(self.stored.iter());
            return packages().any(|known| known.starts_with(start))
                || tree::text("Cargo.toml").contains(&format!("\n{start}"));
        }
        self.defined.contains_key(name) || self.stored.contains(name) || self.texts.contains(name)
    }

    /// Whether the database has a constraint, trigger, index or function of that name.
    pub fn is_stored(&self, name: &str) -> bool {
        self.stored.contains(name)
    }
}

/// After these stands what is defined.
const KEYWORDS: [&str; 9] = [
    "fn",
    "struct",
    "enum",
    "trait",
    "mod",
    "const",
    "static",
    "type",
    "macro_rules",
];

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
}

/// The variant or field that a line defines, if it does: a name at its beginning before `,`, `(`, `{`, `:` or `=`.
fn member(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let name = words(line).next().filter(|name| line.starts_with(name))?;
    let after = line[name.len()..].trim_start();
    let ends = after.starts_with([',', '(', '{', '=']) || after.starts_with(": ");
    let is_field = after.starts_with(": ") && line.ends_with(',');
    let is_variant = ends && name.starts_with(|c: char| c.is_ascii_uppercase());
    (is_field || is_variant).then_some(name)
}

/// Names in the migrations; one that a migration drops is gone until a later line names it again.
fn stored(migrations: &[File]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in migrations {
        for line in file.text.lines() {
            let line = line.split("--").next().unwrap_or("");
            for word in words(line) {
                if line
                    .to_lowercase()
                    .contains(&format!("drop constraint {word}"))
                    || line.contains(&format!("drop trigger {word}"))
                    || line.contains(&format!("drop index {word}"))
                {
                    names.remove(word);
                } else {
                    names.insert(word.to_string());
                }
            }
        }
    }
    names
}

#[test]
fn a_name_is_looked_up_by_its_kind() {
    let known = Known::read();
    for name in [
        "/requirements/{id}",
        "search/fold",
        "style/",
        "make test",
        "cargo test -p market",
        "calls::file::sweep",
        "Procurement::draw",
        "store::noun::lock",
        "sign_ups_one_live",
        "*_not_own_body",
        "for update of r",
    ] {
        assert!(known.has(name), "{name}");
    }
    for name in [
        "/requirements/{id}/forget",
        "search/unfold",
        "make coffee",
        "cargo test -p bazaar",
        "calls::file::swept",
        "pages::file::sweep",
        "Procurement::withdraw_everything",
        "store::noun::unlock_all",
        "sign_ups_two_live",
        "*_not_own_soul",
        "Hex64",
    ] {
        assert!(!known.has(name), "{name}");
    }
}
