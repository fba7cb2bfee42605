//! What stands in a cell, typed: pages, spreadsheets and programs each write it in their own way.

use crate::parts::Tone;
use crate::parts::html::Html;
use market::Coded;
use market::credit::points_text;
use market::rating::mean_text;
use market::time::{Date, date_text, rfc3339, stamp};
use market::{Fen, Timestamp};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// What a column holds, known without a row: how it is aligned, how wide it is, how a spreadsheet formats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Read letter by letter: every character counts.
    Code,
    /// An amount of money.
    Fen,
    Count,
    /// Credit points.
    Points,
    /// A mean of ratings.
    Mean,
    Date,
    /// An instant, shown to the minute.
    Instant,
}

impl Kind {
    /// Numbers stand at the right.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Kind::Fen | Kind::Count | Kind::Points | Kind::Mean)
    }

    pub(super) fn class(self) -> &'static str {
        match self {
            Kind::Fen | Kind::Count | Kind::Points | Kind::Mean => "num",
            Kind::Date | Kind::Instant => "nowrap",
            Kind::Text | Kind::Code => "",
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// There is none.
    Nothing,
    Text(Cow<'a, str>),
    /// Read letter by letter.
    Code(Cow<'a, str>),
    /// One of a fixed set; as a tag if it has a tone.
    Coded {
        code: &'static str,
        label: &'static str,
        tone: Option<Tone>,
    },
    Flag(bool),
    Fen(Fen),
    Count(i64),
    /// Hundredths of a point.
    Points(i32),
    /// Hundredths of a star.
    Mean(i32),
    Date(Date),
    Instant(Timestamp),
}

impl Value<'_> {
    pub(super) fn coded<'a>(value: impl Coded, tone: Option<Tone>) -> Value<'a> {
        Value::Coded {
            code: value.code(),
            label: value.label(),
            tone,
        }
    }

    /// As a page shows it.
    pub(super) fn show(&self, to: &mut Html) {
        match self {
            Value::Nothing => to.dash(),
            Value::Text(text) => to.lines(text),
            Value::Code(code) => to.mono(code),
            Value::Coded {
                label,
                tone: Some(tone),
                ..
            } => to.tag(*tone, label),
            Value::Coded { label, .. } => to.text(label),
            Value::Flag(is_so) => to.text(yes_or_no(*is_so)),
            Value::Fen(amount) => to.text(amount.yuan()),
            Value::Count(count) => to.text(count),
            Value::Points(points) => to.text(points_text(*points)),
            Value::Mean(mean) => to.text(mean_text(*mean)),
            Value::Date(on) => to.text(date_text(*on)),
            Value::Instant(at) => to.instant(*at),
        };
    }

    /// As a file writes it in text: without marks that only guide the eye.
    pub(crate) fn plain(&self) -> Cow<'_, str> {
        match self {
            Value::Nothing => Cow::Borrowed(""),
            Value::Text(text) | Value::Code(text) => Cow::Borrowed(text),
            Value::Coded { label, .. } => Cow::Borrowed(label),
            Value::Flag(is_so) => Cow::Borrowed(yes_or_no(*is_so)),
            Value::Fen(amount) => Cow::Owned(amount.plain()),
            Value::Count(count) => Cow::Owned(count.to_string()),
            Value::Points(points) => Cow::Owned(points_text(*points)),
            Value::Mean(mean) => Cow::Owned(mean_text(*mean)),
            Value::Date(on) => Cow::Owned(date_text(*on)),
            Value::Instant(at) => Cow::Owned(stamp(*at)),
        }
    }

    /// Whether somebody has typed it, or it is a name: a spreadsheet must take it for text whatever it looks like.
    pub(crate) fn is_text(&self) -> bool {
        matches!(
            self,
            Value::Text(_) | Value::Code(_) | Value::Coded { .. } | Value::Flag(_)
        )
    }
}

fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "是" } else { "否" }
}

/// As programs read it: codes, fen, hundredths, RFC 3339.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Nothing => to.serialize_none(),
            Value::Text(text) | Value::Code(text) => to.serialize_str(text),
            Value::Coded { code, .. } => to.serialize_str(code),
            Value::Flag(is_so) => to.serialize_bool(*is_so),
            Value::Fen(amount) => to.serialize_i64(amount.0),
            Value::Count(count) => to.serialize_i64(*count),
            Value::Points(hundredths) | Value::Mean(hundredths) => to.serialize_i32(*hundredths),
            Value::Date(on) => to.serialize_str(&date_text(*on)),
            Value::Instant(at) => to.serialize_str(&rfc3339(*at)),
        }
    }
}
