//! The module that helps with a page: small, because a page with a single field loads it.

use islands::{autosave::autosave, countdown::countdown, search::search, start, upload::upload};

fn main() {
    start(
        "assist-island",
        &[
            ("autosave", autosave),
            ("countdown", countdown),
            ("search", search),
            ("upload", upload),
        ],
    );
}
