//! Time and chance from the machine: the only place that asks for them.

use app::world::Clock;
use market::time::to_micros;
use market::{Chance, Timestamp};
use std::sync::Arc;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Timestamp {
        to_micros(Timestamp::now_utc())
    }
}

/// The operating system's random numbers.
pub struct SystemChance;

impl Chance for SystemChance {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's chance is read"
    )]
    fn fill(&mut self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Without chance nothing here may go on: seeds and tokens would be guessable.
            panic!("the operating system gives no random numbers: {error}");
        }
    }
}

/// A fresh source for each decision.
pub fn chance() -> app::world::ChanceSource {
    Arc::new(|| Box::new(SystemChance))
}
