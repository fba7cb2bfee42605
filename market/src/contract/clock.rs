//! The clock of a contract: it starts, pauses while a deliverable lies with the owner, and stops.

use crate::Timestamp;
use crate::calendar::Clock;

/// The clock of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceClock {
    pub started_at: Timestamp,
    pub due_at: Timestamp,
    /// Set while a deliverable lies with the owner.
    pub paused_at: Option<Timestamp>,
    /// The delivery that was accepted.
    pub stopped_at: Option<Timestamp>,
}

impl ServiceClock {
    /// Starts when both have confirmed.
    pub fn start(clock: &Clock<'_>, now: Timestamp, service_workdays: u32) -> ServiceClock {
        ServiceClock {
            started_at: now,
            due_at: clock.after(now, service_workdays),
            paused_at: None,
            stopped_at: None,
        }
    }

    /// A delivery pauses it.
    pub fn pause(self, now: Timestamp) -> ServiceClock {
        ServiceClock {
            paused_at: Some(now),
            ..self
        }
    }

    /// A return resumes it; the workdays that the owner took are added.
    pub fn resume(self, clock: &Clock<'_>, now: Timestamp) -> ServiceClock {
        let due_at = self
            .paused_at
            .map_or(self.due_at, |paused| clock.resume(self.due_at, paused, now));
        ServiceClock {
            due_at,
            paused_at: None,
            ..self
        }
    }

    /// An acceptance stops it at the delivery.
    pub fn stop(self, now: Timestamp) -> ServiceClock {
        ServiceClock {
            stopped_at: Some(self.paused_at.unwrap_or(now)),
            paused_at: None,
            ..self
        }
    }

    /// Workdays late, now or when it stopped. A running pause does not count.
    pub fn overdue(&self, clock: &Clock<'_>, now: Timestamp) -> u32 {
        clock.overdue(
            self.due_at,
            self.stopped_at.or(self.paused_at).unwrap_or(now),
        )
    }

    /// The light that desks and pages show.
    pub fn light(&self, clock: &Clock<'_>, now: Timestamp, serious_workdays: u32) -> Light {
        let at = self.stopped_at.or(self.paused_at).unwrap_or(now);
        match self.overdue(clock, now) {
            0 if clock.used_percent(self.started_at, self.due_at, at) >= 80 => Light::Yellow,
            0 => Light::Green,
            late if late > serious_workdays => Light::Black,
            _ => Light::Red,
        }
    }
}

/// How a clock stands, always shown with its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    Green,
    Yellow,
    Red,
    Black,
}

impl Light {
    /// The word beside the colour.
    pub fn label(self) -> &'static str {
        match self {
            Light::Green => "正常",
            Light::Yellow => "将到期",
            Light::Red => "超期",
            Light::Black => "严重超期",
        }
    }
}
