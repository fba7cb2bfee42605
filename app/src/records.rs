//! How many refused and failed acts are written down: every one of a person's, not every one of a flood's.

use market::Timestamp;
use market::password::place;
use market::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Lines of one place in an hour.
const MOST_OF_A_PLACE: u32 = 120;
/// Lines of all places in an hour; with it the memory for places is bounded, too.
const MOST: u32 = 5_000;

/// The room that refused acts have in the records. One a process; it begins anew every hour.
#[derive(Debug, Clone, Default)]
pub struct Records(Arc<Mutex<Hour>>);

#[derive(Debug, Default)]
struct Hour {
    since: Option<Timestamp>,
    all: u32,
    of_places: HashMap<String, u32>,
}

impl Records {
    /// Whether there is room for one more line from an address, with what the line says besides: the last one says
    /// that it is the last.
    pub fn room(&self, address: &str, now: Timestamp) -> Option<&'static str> {
        let mut hour = self.0.lock().ok()?;
        if hour
            .since
            .is_none_or(|since| now - since >= Duration::hours(1) || now < since)
        {
            *hour = Hour {
                since: Some(now),
                ..Hour::default()
            };
        }
        if hour.all >= MOST {
            return None;
        }
        let of_place = hour.of_places.entry(place(address)).or_default();
        if *of_place >= MOST_OF_A_PLACE {
            return None;
        }
        *of_place += 1;
        let is_last = *of_place == MOST_OF_A_PLACE;
        hour.all += 1;
        let is_last = is_last || hour.all == MOST;
        Some(if is_last {
            "；同一地址一小时内的其余不再逐条记录"
        } else {
            ""
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Timestamp = datetime!(2026-03-02 09:00 +8);

    #[test]
    fn a_flood_has_little_room_and_says_so_and_an_hour_later_there_is_room_again() {
        let records = Records::default();
        let lines: Vec<_> = (0..1_000)
            .filter_map(|_| records.room("192.0.2.1", NOW))
            .collect();
        assert_eq!(lines.len(), MOST_OF_A_PLACE as usize);
        assert!(lines.last().is_some_and(|last| !last.is_empty()));
        assert_eq!(records.room("192.0.2.2", NOW), Some(""));
        for n in 0..10_000 {
            records.room(&format!("10.0.{}.{}", n / 250, n % 250), NOW);
        }
        assert_eq!(records.room("192.0.2.3", NOW), None);
        assert_eq!(
            records.room("192.0.2.3", NOW + Duration::hours(1)),
            Some("")
        );
    }
}
