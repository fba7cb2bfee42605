//! The module that seals, checks and computes: the code of the server, run by whoever need not trust it.

use islands::{check::check_bid, replay::replay_draw, secrets::secrets, start};

fn main() {
    start(
        "crypto-island",
        &[
            ("check_bid", check_bid),
            ("replay_draw", replay_draw),
            ("secrets", secrets),
        ],
    );
}
