//! Time and chance from the machine, and how large it is: the only place that asks for them.

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

/// How many passwords are hashed at once when nothing else is configured: each takes a processor and 19 MiB, and a small
/// machine has other things to do.
pub fn password_places() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    let by_memory = kibibytes.map_or(processors, |total: usize| total / (512 * 1_024));
    processors.min(by_memory).clamp(1, 4)
}
