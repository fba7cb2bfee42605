//! The files of a list: CSV and XLSX for spreadsheets, JSON for programs, all of the same columns and rows.

use super::column::Columns;
use super::value::{Kind, Value};
use crate::AppError;
use crate::sheet;
use market::Timestamp;
use market::time::{Date, SHANGHAI};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// In which form a list is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    Csv,
    Xlsx,
    Json,
}

impl FileFormat {
    /// Each of them.
    pub const ALL: [FileFormat; 3] = [FileFormat::Csv, FileFormat::Xlsx, FileFormat::Json];

    /// How an address and a file of it end, without the dot.
    pub const fn ending(self) -> &'static str {
        match self {
            FileFormat::Csv => "csv",
            FileFormat::Xlsx => "xlsx",
            FileFormat::Json => "json",
        }
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            FileFormat::Csv => "CSV",
            FileFormat::Xlsx => "Excel",
            FileFormat::Json => "JSON",
        }
    }

    /// The media type of such a file.
    pub const fn media_type(self) -> &'static str {
        match self {
            FileFormat::Csv => "text/csv; charset=utf-8",
            FileFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileFormat::Json => "application/json; charset=utf-8",
        }
    }

    /// The format that an address ends in.
    pub fn of(path: &str) -> Option<FileFormat> {
        let (_, ending) = path.rsplit_once('.')?;
        FileFormat::ALL
            .into_iter()
            .find(|format| format.ending() == ending)
    }
}

/// The most characters that a cell of a spreadsheet holds.
const LONGEST: usize = 32_767;
/// What stands at the end of a text that is longer.
const CUT: &str = "……（内容过长，未全部列出）";

/// The formats of cells.
struct Formats {
    heading: Format,
    text: Format,
    amount: Format,
    count: Format,
    date: Format,
    instant: Format,
}

impl Formats {
    fn new() -> Formats {
        Formats {
            heading: Format::new().set_bold().set_align(FormatAlign::Center),
            // "@": whatever is typed over it later stays text, too.
            text: Format::new().set_num_format("@"),
            amount: Format::new().set_num_format("0.00"),
            count: Format::new().set_num_format("0"),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
        }
    }
}

impl<R> Columns<'_, R> {
    /// As CSV. Errors: only such as a writer into memory can have.
    pub fn csv(&self, rows: &[R]) -> Result<Vec<u8>, AppError> {
        let head = self.in_files().map(|(_, column)| column.heading);
        let rows = rows
            .iter()
            .map(|row| self.in_files().map(move |(_, column)| (column.of)(row)));
        sheet::csv(head, rows)
    }

    /// As a workbook for Excel and WPS, made at an instant. Row by row through a temporary file: what is held in
    /// memory does not grow with the sheet. Errors: there is no room for that file.
    pub fn xlsx(&self, title: &str, rows: &[R], at: Timestamp) -> Result<Vec<u8>, AppError> {
        self.workbook(title, rows, at)
            .map_err(|error| AppError::Broken(Box::new(error)))
    }

    fn workbook(&self, title: &str, rows: &[R], at: Timestamp) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let made = DocProperties::new().set_title(title);
        book.set_properties(&match excel_time(at) {
            Some(at) => made.set_creation_datetime(&at),
            None => made,
        });
        let formats = Formats::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(title)?;
        sheet.set_freeze_panes(1, 0)?;
        for (place, (_, column)) in (0..).zip(self.in_files()) {
            sheet.set_column_width(place, width(column.kind, column.heading))?;
            sheet.write_string_with_format(0, place, column.heading, &formats.heading)?;
        }
        for (line, row) in (1..).zip(rows) {
            for (place, (_, column)) in (0..).zip(self.in_files()) {
                write_cell(sheet, (line, place), &(column.of)(row), &formats)?;
            }
        }
        book.save_to_buffer()
    }

    /// As JSON: `rows`, each with the names and values of its columns, and whether the list goes on.
    pub fn json(&self, rows: &[R], is_cut: bool) -> Result<String, AppError> {
        let file = JsonFile {
            rows: rows
                .iter()
                .map(|row| JsonRow { columns: self, row })
                .collect(),
            is_cut,
        };
        serde_json::to_string(&file).map_err(|error| AppError::Broken(Box::new(error)))
    }
}

#[derive(Serialize)]
#[serde(bound = "")]
struct JsonFile<'a, 'c, R> {
    rows: Vec<JsonRow<'a, 'c, R>>,
    is_cut: bool,
}

struct JsonRow<'a, 'c, R> {
    columns: &'a Columns<'c, R>,
    row: &'a R,
}

impl<R> Serialize for JsonRow<'_, '_, R> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (name, column) in self.columns.in_files() {
            map.serialize_entry(name, &(column.of)(self.row))?;
        }
        map.end()
    }
}

/// Text is written as text, never as a formula, whatever it begins with.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let number = match value {
        Value::Nothing => return Ok(()),
        Value::Fen(amount) => Some((hundredths(amount.0), &formats.amount)),
        Value::Points(points) => Some((hundredths(i64::from(*points)), &formats.amount)),
        Value::Mean(mean) => Some((hundredths(i64::from(*mean)), &formats.amount)),
        Value::Count(count) => Some((*count as f64, &formats.count)),
        _ => None,
    };
    let time = match value {
        Value::Date(on) => excel_date(*on).map(|on| (on, &formats.date)),
        Value::Instant(at) => excel_time(*at).map(|at| (at, &formats.instant)),
        _ => None,
    };
    if let Some((number, format)) = number {
        sheet.write_number_with_format(row, column, number, format)?;
    } else if let Some((time, format)) = time {
        sheet.write_datetime_with_format(row, column, &time, format)?;
    } else {
        sheet.write_string_with_format(row, column, cut(&value.plain()), &formats.text)?;
    }
    Ok(())
}

/// A spreadsheet counts in binary fractions; to two places they are exact up to 90 billion yuan.
fn hundredths(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

fn cut(text: &str) -> String {
    if text.encode_utf16().count() <= LONGEST {
        return text.to_string();
    }
    let room = LONGEST - CUT.encode_utf16().count();
    let mut used = 0;
    let kept = text.chars().take_while(|c| {
        used += c.len_utf16();
        used <= room
    });
    kept.chain(CUT.chars()).collect()
}

/// A day as a spreadsheet counts it; none before 1900.
fn excel_date(on: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(on.year()).ok()?;
    ExcelDateTime::from_ymd(year, on.month().into(), on.day()).ok()
}

/// An instant as the clocks here show it, to the second.
fn excel_time(at: Timestamp) -> Option<ExcelDateTime> {
    let local = at.to_offset(SHANGHAI);
    let time = (local.hour(), local.minute(), local.second());
    excel_date(local.date())?
        .and_hms(time.0.into(), time.1, time.2)
        .ok()
}

/// How wide a column is, in characters.
fn width(kind: Kind, heading: &str) -> f64 {
    let wide = match kind {
        Kind::Text => 24.0,
        Kind::Code => 26.0,
        Kind::Fen => 16.0,
        Kind::Count | Kind::Points | Kind::Mean => 10.0,
        Kind::Date => 12.0,
        Kind::Instant => 18.0,
    };
    // A Chinese character takes two.
    let heading = u32::try_from(heading.chars().count()).unwrap_or_default();
    f64::max(wide, f64::from(heading * 2 + 2))
}
