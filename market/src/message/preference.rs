//! How a person wishes to be told. On the site everything is told; mail and text messages come besides, by topic.

use super::Message;
use crate::coded::coded;
use crate::time::{Duration, Timestamp};
use crate::time::{SHANGHAI, at_clock, day};

coded! {
    /// What one prefers something for.
    pub enum Topic {
        Requirement = "requirement", "采购需求与公告";
        Award = "award", "选取与中选";
        Contract = "contract", "合同与成果";
        Credit = "credit", "评价与信用";
        Deadline = "deadline", "期限提醒";
        Registration = "registration", "登记、入驻与资质";
        Desk = "desk", "待办事项";
    }
}

coded! {
    /// Whether mail comes at all, at once, or once a day.
    pub enum MailWish {
        Off = "off", "不发";
        AtOnce = "at_once", "立即发";
        Daily = "daily", "每天汇总一封";
    }
}

/// What a person prefers for a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    pub mail: MailWish,
    pub sms: bool,
}

impl Topic {
    /// What holds for who has chosen nothing: mail at once, and a text message for what costs most when it is missed.
    pub fn usual(self) -> Preference {
        Preference {
            mail: MailWish::AtOnce,
            sms: matches!(self, Topic::Award | Topic::Deadline),
        }
    }
}

/// The hours in which nothing is sent, in whole hours of Shanghai: from 22 to 7 is over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: u8,
    pub until: u8,
}

impl QuietHours {
    /// Two different hours of the day.
    pub fn new(from: u8, until: u8) -> Option<QuietHours> {
        (from < 24 && until < 24 && from != until).then_some(QuietHours { from, until })
    }

    fn holds(self, at: Timestamp) -> bool {
        let hour = at.to_offset(SHANGHAI).hour();
        match self.from < self.until {
            true => (self.from..self.until).contains(&hour),
            false => hour >= self.from || hour < self.until,
        }
    }

    /// When something that is due at an instant may be sent: then, or when the quiet hours end.
    pub fn after(self, at: Timestamp) -> Timestamp {
        if !self.holds(at) {
            return at;
        }
        let end = at_clock(day(at), self.until, 0);
        if end > at {
            return end;
        }
        at_clock(day(at).saturating_add(Duration::days(1)), self.until, 0)
    }
}

/// The hour of Shanghai at which the daily mail is written: before offices close.
pub const DAILY_AT: u8 = 17;

/// The next instant at which the daily mail is written.
pub fn next_daily(now: Timestamp) -> Timestamp {
    let today = at_clock(day(now), DAILY_AT, 0);
    if today > now {
        return today;
    }
    at_clock(day(now).saturating_add(Duration::days(1)), DAILY_AT, 0)
}

/// When a message is sent by mail or text message: at once, unless the quiet hours hold it back.
pub fn send_at(message: &Message, quiet: Option<QuietHours>, now: Timestamp) -> Timestamp {
    match quiet {
        Some(quiet) if !message.is_urgent() => quiet.after(now),
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::datetime;

    #[test]
    fn quiet_hours_over_midnight_end_in_the_morning() {
        let night = QuietHours::new(22, 7).unwrap();
        let evening = datetime!(2026-03-20 22:00 +8);
        assert_eq!(night.after(evening), datetime!(2026-03-21 07:00 +8));
        let early = datetime!(2026-03-21 06:59:59 +8);
        assert_eq!(night.after(early), datetime!(2026-03-21 07:00 +8));
        for awake in [
            datetime!(2026-03-20 21:59:59 +8),
            datetime!(2026-03-21 07:00 +8),
        ] {
            assert_eq!(night.after(awake), awake);
        }
    }

    #[test]
    fn quiet_hours_of_one_day_end_on_it() {
        let noon = QuietHours::new(12, 14).unwrap();
        let lunch = datetime!(2026-03-20 04:30 UTC);
        assert_eq!(noon.after(lunch), datetime!(2026-03-20 14:00 +8));
        assert_eq!(QuietHours::new(7, 7), None);
        assert_eq!(QuietHours::new(24, 7), None);
    }

    #[test]
    fn the_daily_mail_is_written_before_offices_close() {
        let morning = datetime!(2026-03-20 09:00 +8);
        assert_eq!(next_daily(morning), datetime!(2026-03-20 17:00 +8));
        let then = datetime!(2026-03-20 17:00 +8);
        assert_eq!(next_daily(then), datetime!(2026-03-21 17:00 +8));
    }
}
