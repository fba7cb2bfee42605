//! The table of facts, printed for people who read the ledger by program.

use super::{Fact, FieldOfFact};

/// Begins and ends the printed part of `docs/api.md`.
#[cfg(test)]
pub const BOUNDS: [&str; 2] = [
    "<!-- facts: printed from market/src/fact.rs -->",
    "<!-- end of facts -->",
];

/// The table in Markdown: a line a field, the kind in its first.
pub fn facts_table() -> String {
    let mut lines = vec![
        "| `kind` | | fact | |".to_string(),
        "|---|---|---|---|".to_string(),
    ];
    for (kind, fields) in Fact::FIELDS {
        let heads = std::iter::once(format!("`{}` | {}", kind.code(), kind.label()));
        for (head, FieldOfFact { name, about }) in
            heads.chain(std::iter::repeat(" | ".into())).zip(*fields)
        {
            lines.push(format!("| {head} | `{name}` | {} |", about.trim()));
        }
    }
    lines.join("\n")
}
