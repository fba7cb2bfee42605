//! CSV files, the one way for every export: a byte order mark for Chinese, text that stays text, nothing that runs.

use crate::AppError;
use crate::parts::list::Value;
use std::borrow::Cow;

/// The file: a heading and rows of cells. Errors: only such as a writer into memory can have.
pub fn csv<'a, Row: IntoIterator<Item = Value<'a>>>(
    head: impl IntoIterator<Item = &'static str>,
    rows: impl IntoIterator<Item = Row>,
) -> Result<Vec<u8>, AppError> {
    // Everything but numbers stands in quotes: a tab inside is then no border of a cell for any reader.
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::NonNumeric)
        .from_writer("\u{FEFF}".as_bytes().to_vec());
    let broken = |error: csv::Error| AppError::Broken(Box::new(error));
    writer.write_record(head).map_err(broken)?;
    for row in rows {
        for cell in row {
            writer
                .write_field(written(&cell).as_bytes())
                .map_err(broken)?;
        }
        writer.write_record(None::<&[u8]>).map_err(broken)?;
    }
    writer
        .into_inner()
        .map_err(|error| AppError::broken(error.to_string()))
}

fn written<'a>(cell: &'a Value<'_>) -> Cow<'a, str> {
    let text = cell.plain();
    if cell.is_text() && runs(&text) {
        Cow::Owned(format!("'{text}"))
    } else if cell.is_text() && turns_into_a_number(&text) {
        // Excel and WPS keep a cell that begins with a tab as it is, and show nothing of the tab.
        Cow::Owned(format!("\t{text}"))
    } else {
        text
    }
}

/// What a spreadsheet takes for a formula, also in full width.
fn runs(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// What a spreadsheet takes for a number, a date, a time or a percentage, and shows otherwise: long digits lose their
/// end, `007` its noughts, `91420600E12` becomes a power of ten, `3-12` and `Dec-12` the twelfth of a month.
fn turns_into_a_number(text: &str) -> bool {
    let lower = market::typed::plain(text).trim().to_lowercase();
    let has_digit = lower.chars().any(|c| c.is_ascii_digit());
    let has_month = names_a_month(&lower);
    let only_signs = lower
        .chars()
        .all(|c| c.is_ascii_digit() || " .,+-/:%$¥e()年月日时分秒".contains(c));
    has_digit && (only_signs || has_month)
}

/// Whether a text that is short enough for a date has a month as a word of its own. Hashes and identifiers have the
/// letters of many a month in them, and are compared by programs.
fn names_a_month(lower: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const LONGEST_DATE: usize = 20;
    let mut words = lower.split(|c: char| !c.is_ascii_alphabetic());
    let is_month =
        |word: &str| word.len() >= 3 && MONTHS.iter().any(|month| month.starts_with(word));
    lower.chars().count() <= LONGEST_DATE && words.any(is_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file<const N: usize>(head: [&'static str; N], rows: Vec<[Value<'_>; N]>) -> String {
        let bytes = csv(head, rows).expect("a file");
        String::from_utf8(bytes).expect("UTF-8")
    }

    fn text(text: &str) -> Value<'_> {
        Value::Text(text.into())
    }

    #[test]
    fn files_do_not_run_and_amounts_stay_amounts() {
        let row = [
            text("=1+1"),
            text("楚天,环保"),
            Value::Fen(market::Fen(-860)),
        ];
        assert_eq!(
            file(["甲", "乙", "丙"], vec![row]),
            "\u{FEFF}\"甲\",\"乙\",\"丙\"\n\"'=1+1\",\"楚天,环保\",-8.60\n"
        );
        for formula in ["＝SUM(A1)", "+86", "-2+3", "@a", "\t=1", "\n=1"] {
            assert!(written(&text(formula)).starts_with('\''), "{formula}");
        }
    }

    #[test]
    fn whatever_a_spreadsheet_would_turn_into_a_number_stays_text() {
        for code in [
            "914206007676767676",
            "420602199001011234",
            "13900001111",
            "007",
            "91420600E123456789",
            "3-12",
            "1/2",
            "Dec-12",
            "12-Dec-2026",
            "3 March",
            "2026-03-05",
            "12：30",
            "１２３４５６７８９０１２３４５６７８",
            "50%",
            "2603-420606-04-01-123456",
        ] {
            assert_eq!(written(&text(code)), format!("\t{code}"));
        }
        for plain in [
            "fd15ececdecb8960a9d1c4e85ab0be3712aa4490fbbd1d2a7c3b2a5b6c7d8e9f",
            "019dd6fc-febd-7000-8000-000000000002",
            "91420600MA4876543X",
            "ZJ-HJ-001",
            "楚天环保",
            "",
            "襄中选〔2026〕0001号",
        ] {
            assert_eq!(written(&text(plain)), plain);
        }
    }

    #[test]
    fn every_text_is_read_back_whole() {
        for cell in [
            "",
            "'",
            "甲,乙",
            "甲\"乙\"",
            "甲\n乙",
            "\t",
            "007",
            "=1",
            "'=1",
            " 1 ",
            "-",
        ] {
            let whole = file(["列"], vec![[text(cell)]]);
            let whole = whole.trim_start_matches('\u{FEFF}').as_bytes();
            let mut reader = csv::Reader::from_reader(whole);
            let record = reader.records().next().expect("a row").expect("readable");
            let guarded = record[0].strip_prefix(['\'', '\t']).unwrap_or(&record[0]);
            assert!(
                &record[0] == cell || guarded == cell,
                "{cell:?}: {:?}",
                &record[0]
            );
        }
    }
}
