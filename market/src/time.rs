//! Instants and dates as people of Asia/Shanghai read them. China keeps one time, UTC+8, all year.

mod reading;

pub use ::time::{Date, Duration, Weekday};
pub use reading::{date_near, end_near, parse_date};

use ::time::{PrimitiveDateTime, Time, UtcOffset, format_description::well_known::Rfc3339};

/// An instant with microsecond precision, the precision of the database.
pub type Timestamp = ::time::OffsetDateTime;

/// UTC+8.
pub const SHANGHAI: UtcOffset = match UtcOffset::from_hms(8, 0, 0) {
    Ok(offset) => offset,
    Err(_) => unreachable!(),
};

/// Cuts an instant to microseconds, so that what is compared is what will be stored.
pub fn to_micros(at: Timestamp) -> Timestamp {
    at.replace_nanosecond(at.nanosecond() / 1_000 * 1_000)
        .unwrap_or(at)
}

/// The calendar day of an instant in Shanghai.
pub fn day(at: Timestamp) -> Date {
    at.to_offset(SHANGHAI).date()
}

/// The instant at which a day starts in Shanghai, plus hours and minutes.
pub fn at_clock(date: Date, hour: u8, minute: u8) -> Timestamp {
    let time = Time::from_hms(hour, minute, 0).unwrap_or(Time::MIDNIGHT);
    PrimitiveDateTime::new(date, time).assume_offset(SHANGHAI)
}

/// `2026-03-20 15:00`
pub fn stamp(at: Timestamp) -> String {
    let at = at.to_offset(SHANGHAI);
    format!(
        "{} {:02}:{:02}",
        date_text(at.date()),
        at.hour(),
        at.minute()
    )
}

/// `2026-03-20 15:00:07`, where seconds matter (draws, receipts, the ledger).
pub fn stamp_seconds(at: Timestamp) -> String {
    format!("{}:{:02}", stamp(at), at.to_offset(SHANGHAI).second())
}

/// The first whole second that is not before an instant: what is named in seconds has then come.
pub fn whole_second_from(at: Timestamp) -> Timestamp {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    if whole == at {
        at
    } else {
        whole + Duration::SECOND
    }
}

/// `03-20 15:00`, for narrow columns beside a full date elsewhere.
pub fn stamp_short(at: Timestamp) -> String {
    stamp(at)[5..].to_string()
}

/// The end of a period as the rules say it: midnight is 24:00 of the day that ends, `2026-03-20 24:00`; any other end is
/// what [`stamp`] says. For people only: what is stored and what programs read stays an instant.
pub fn stamp_end(at: Timestamp) -> String {
    let local = at.to_offset(SHANGHAI);
    match local.date().previous_day() {
        Some(ended) if local.time() == Time::MIDNIGHT => format!("{} 24:00", date_text(ended)),
        _ => stamp(at),
    }
}

/// The same without the year: `03-20 24:00`.
pub fn stamp_end_short(at: Timestamp) -> String {
    stamp_end(at)[5..].to_string()
}

/// `2026-03-20`
pub fn date_text(date: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// `2026年3月20日`, as formal documents write it.
pub fn date_formal(date: Date) -> String {
    format!(
        "{}年{}月{}日",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// `2026-03-20T07:00:00.123456Z`, the form of the ledger, receipts and the API: always UTC, always six digits.
pub fn rfc3339(at: Timestamp) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    let text = whole.format(&Rfc3339).unwrap_or_default();
    format!("{}.{:06}Z", text.trim_end_matches('Z'), at.microsecond())
}

/// An instant in stored JSON, written as [`rfc3339`] does and read in every form of RFC 3339.
pub mod instant {
    use super::{Timestamp, rfc3339};
    use serde::{Deserialize, Deserializer, Serializer};
    use time::format_description::well_known::Rfc3339;

    pub fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&rfc3339(*at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        Timestamp::parse(&text, &Rfc3339).map_err(serde::de::Error::custom)
    }

    /// The same where there may be none.
    pub mod optional {
        use super::super::Timestamp;
        use serde::{Deserialize, Deserializer, Serializer};

        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Instant(#[serde(with = "super")] Timestamp);

        pub fn serialize<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
            match at {
                Some(at) => super::serialize(at, to),
                None => to.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            let at = Option::<Instant>::deserialize(from)?;
            Ok(at.map(|Instant(at)| at))
        }
    }
}

/// A day in stored JSON: `2026-03-20`.
pub mod date_code {
    use super::{Date, date_text};
    use serde::{Deserialize, Deserializer, Serializer};
    use time::macros::format_description;

    pub fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&date_text(*date))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        let format = format_description!("[year]-[month]-[day]");
        Date::parse(&text, format).map_err(serde::de::Error::custom)
    }
}

/// How long until (or since) something, in the two largest units: `2 天 4 小时`, `3 分 20 秒`.
pub fn span(duration: Duration) -> String {
    let seconds = duration.whole_seconds().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{} 秒", seconds % 60),
        (0, 0, _) => format!("{minutes} 分 {} 秒", seconds % 60),
        (0, _, _) => format!("{hours} 小时 {minutes} 分"),
        _ => format!("{days} 天 {hours} 小时"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::{date, datetime};

    #[test]
    fn instants_read_as_shanghai() {
        let at = datetime!(2026-03-20 07:00:07.123456 UTC);
        assert_eq!(stamp(at), "2026-03-20 15:00");
        assert_eq!(stamp_seconds(at), "2026-03-20 15:00:07");
        assert_eq!(stamp_short(at), "03-20 15:00");
        assert_eq!(rfc3339(at), "2026-03-20T07:00:07.123456Z");
        assert_eq!(day(datetime!(2026-03-20 16:30 UTC)), date!(2026 - 03 - 21));
        assert_eq!(
            at_clock(date!(2026 - 03 - 20), 15, 5),
            datetime!(2026-03-20 07:05 UTC)
        );
    }

    #[test]
    fn a_period_that_ends_at_midnight_ends_at_24_of_its_last_day() {
        let midnight = at_clock(date!(2026 - 07 - 08), 0, 0);
        assert_eq!(stamp_end(midnight), "2026-07-07 24:00");
        assert_eq!(stamp_end_short(midnight), "07-07 24:00");
        let year = at_clock(date!(2027 - 01 - 01), 0, 0);
        assert_eq!(stamp_end(year), "2026-12-31 24:00");
        let later = midnight + Duration::minutes(1);
        assert_eq!(stamp_end(later), "2026-07-08 00:01");
        let afternoon = at_clock(date!(2026 - 07 - 08), 15, 0);
        assert_eq!(stamp_end(afternoon), "2026-07-08 15:00");
    }

    #[test]
    fn spans_use_two_units() {
        assert_eq!(span(Duration::seconds(187_200)), "2 天 4 小时");
        assert_eq!(span(Duration::seconds(200)), "3 分 20 秒");
        assert_eq!(span(Duration::seconds(7_260)), "2 小时 1 分");
        assert_eq!(span(Duration::seconds(-5)), "0 秒");
    }
}
