//! Columns: a heading, what stands in it, and where it stands. Declared once for a noun; the page, the files for
//! spreadsheets and the open data are made of them.

use super::value::{Kind, Value};
use crate::parts::html::Html;
use crate::parts::{Status, Tone};
use market::Coded;
use market::time::Date;
use market::{Fen, Timestamp};

type Of<'c, R> = Box<dyn for<'r> Fn(&'r R) -> Value<'r> + 'c>;
type Shown<'c, R> = Box<dyn Fn(&R, &mut Html) + 'c>;

/// A column. On the page only, unless it is said otherwise.
pub struct Column<'c, R> {
    pub(super) heading: &'static str,
    pub(super) kind: Kind,
    pub(super) is_on_page: bool,
    /// What it is called in JSON, if it stands in files.
    pub(super) name: Option<&'static str>,
    pub(super) class: &'static str,
    pub(super) is_row_heading: bool,
    pub(super) of: Of<'c, R>,
    pub(super) shown: Option<Shown<'c, R>>,
}

impl<'c, R> Column<'c, R> {
    /// It stands in files, too, under this name in JSON.
    pub fn in_files(&mut self, name: &'static str) -> &mut Self {
        self.name = Some(name);
        self
    }

    /// It stands in files alone, under this name in JSON.
    pub fn only_in_files(&mut self, name: &'static str) -> &mut Self {
        self.is_on_page = false;
        self.in_files(name)
    }

    /// How the page shows it, where it says more than the value: a link, a second line.
    pub fn shown(&mut self, write: impl Fn(&R, &mut Html) + 'c) -> &mut Self {
        self.shown = Some(Box::new(write));
        self
    }

    /// Classes of its cells.
    pub fn class(&mut self, class: &'static str) -> &mut Self {
        self.class = class;
        self
    }

    /// Its cells name their rows.
    pub fn heads_rows(&mut self) -> &mut Self {
        self.is_row_heading = true;
        self
    }

    pub(super) fn write(&self, row: &R, to: &mut Html) {
        match &self.shown {
            Some(shown) => shown(row, to),
            None => (self.of)(row).show(to),
        }
    }
}

/// The columns of a list, from left to right.
pub struct Columns<'c, R>(Vec<Column<'c, R>>);

impl<R> Default for Columns<'_, R> {
    fn default() -> Self {
        Columns(Vec::new())
    }
}

impl<'c, R> Columns<'c, R> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn add(
        &mut self,
        heading: &'static str,
        kind: Kind,
        of: impl for<'r> Fn(&'r R) -> Value<'r> + 'c,
    ) -> &mut Column<'c, R> {
        let column = Column {
            heading,
            kind,
            is_on_page: true,
            name: None,
            class: kind.class(),
            is_row_heading: false,
            of: Box::new(of),
            shown: None,
        };
        let place = self.0.len();
        self.0.push(column);
        &mut self.0[place]
    }

    /// Text of the row.
    pub fn text(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> &str + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Text, move |row| Value::Text(of(row).into()))
    }

    /// Text that is made of the row.
    pub fn words(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> String + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Text, move |row| Value::Text(of(row).into()))
    }

    /// A code or number that is read letter by letter.
    pub fn code(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> &str + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Code, move |row| Value::Code(of(row).into()))
    }

    /// An identifier or a hash: a code that is made of the row.
    pub fn hex(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> String + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Code, move |row| Value::Code(of(row).into()))
    }

    /// One of a fixed set: its label for people, its code in JSON.
    pub fn coded<T: Coded>(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> T + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Text, move |row| Value::coded(of(row), None))
    }

    /// The same as a tag.
    pub fn tag<T: Coded>(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> T + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Text, move |row| {
            Value::coded(of(row), Some(Tone::Go))
        })
    }

    /// A state, as a tag of its own tone.
    pub fn state<T: Coded + Status>(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> T + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Text, move |row| {
            let state = of(row);
            Value::coded(state, Some(state.tone()))
        })
    }

    /// Yes or no.
    pub fn flag(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> bool + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Text, move |row| Value::Flag(of(row)))
    }

    /// An amount, in yuan for people and in fen in JSON.
    pub fn fen(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> Fen + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Fen, move |row| Value::Fen(of(row)))
    }

    /// A number of things; nothing where it is not known.
    pub fn count<N: Into<i64>>(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> Option<N> + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Count, move |row| {
            of(row).map_or(Value::Nothing, |count| Value::Count(count.into()))
        })
    }

    /// Points of credit, from hundredths.
    pub fn points(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> i32 + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Points, move |row| Value::Points(of(row)))
    }

    /// A mean of ratings, from hundredths; nothing where nobody has rated.
    pub fn mean(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> Option<i32> + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Mean, move |row| {
            of(row).map_or(Value::Nothing, Value::Mean)
        })
    }

    /// A day.
    pub fn date(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> Option<Date> + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Date, move |row| {
            of(row).map_or(Value::Nothing, Value::Date)
        })
    }

    /// An instant.
    pub fn instant(
        &mut self,
        heading: &'static str,
        of: impl Fn(&R) -> Option<Timestamp> + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Instant, move |row| {
            of(row).map_or(Value::Nothing, Value::Instant)
        })
    }

    /// What only the page shows: links, buttons, forms.
    pub fn only_shown(
        &mut self,
        heading: &'static str,
        write: impl Fn(&R, &mut Html) + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Text, |_| Value::Nothing)
            .shown(write)
    }

    /// A figure that only the page shows, in another unit or with a remark: at the right.
    pub fn figure_shown(
        &mut self,
        heading: &'static str,
        write: impl Fn(&R, &mut Html) + 'c,
    ) -> &mut Column<'c, R> {
        self.add(heading, Kind::Count, |_| Value::Nothing)
            .shown(write)
    }

    pub(super) fn on_page(&self) -> impl Iterator<Item = &Column<'c, R>> + Clone {
        self.0.iter().filter(|column| column.is_on_page)
    }

    pub(super) fn in_files(&self) -> impl Iterator<Item = (&'static str, &Column<'c, R>)> + Clone {
        self.0
            .iter()
            .filter_map(|column| Some((column.name?, column)))
    }
}
