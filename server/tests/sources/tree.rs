//! The files of the project, as they are in its folder.

use std::path::{Path, PathBuf};

/// What is built or fetched.
const LEFT_OUT: [&str; 6] = [
    "target",
    "end2end/node_modules",
    "end2end/test-results",
    ".git",
    ".tools",
    "data",
];

/// A text of the project.
pub struct File {
    /// From the root of the project, with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    /// The folders and the name without its ending, as the path of a module has them: `store/src/search/fold.rs` is
    /// `store`, `src`, `search`, `fold`.
    pub fn rooms(&self) -> impl Iterator<Item = &str> {
        let end = if self.path.ends_with(".rs") { 3 } else { 0 };
        self.path[..self.path.len() - end].split('/')
    }

    /// The lines that ship: without the module of tests at the foot.
    pub fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.text.split("#[cfg(test)]\nmod tests {").next();
        (1..).zip(tests.unwrap_or("").lines())
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// One text by its path from the root.
pub fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a text of the project")
}

/// Every path of a file from the root.
pub fn paths() -> Vec<String> {
    let mut found = Vec::new();
    gather(root(), &mut found);
    assert!(found.len() > 400, "only {} files were found", found.len());
    found.iter().map(|path| own(path)).collect()
}

/// A path as it is from the root, with `/`.
fn own(path: &Path) -> String {
    let own = path.strip_prefix(root()).expect("a path of the project");
    own.to_string_lossy().replace('\\', "/")
}

/// Every file whose path begins and ends so.
pub fn files(under: &str, ending: &str) -> Vec<File> {
    let ours = |path: &String| path.starts_with(under) && path.ends_with(ending);
    let read = |path: String| File {
        text: text(&path),
        path,
    };
    paths().into_iter().filter(ours).map(read).collect()
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if LEFT_OUT.contains(&own(&path).as_str()) {
            continue;
        }
        if path.is_dir() {
            gather(&path, found);
        } else {
            found.push(path);
        }
    }
}
