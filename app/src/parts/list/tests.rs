//! One list with a column of each kind, in all of its forms.

use super::{Columns, FileFormat};
use calamine::{Data, Reader, Xlsx};
use market::owner::OwnerKind;
use market::time::{Date, at_clock};
use market::{Fen, Timestamp};
use std::io::Cursor;

struct Row {
    name: &'static str,
    code: &'static str,
    amount: Fen,
    on: Option<Date>,
    at: Timestamp,
}

fn day() -> Date {
    Date::from_calendar_date(2026, time::Month::March, 20).expect("a day")
}

fn rows() -> Vec<Row> {
    let at = at_clock(day(), 15, 7);
    let row = |name, code, on| Row {
        name,
        code,
        amount: Fen(8_600_001),
        on,
        at,
    };
    vec![
        row("楚天环保", "914206007676767676", Some(day())),
        row("=HYPERLINK(\"http://x\")", "+86-1", None),
        row("@SUM(A1)\n<b>", "-1", None),
    ]
}

fn columns<'c>() -> Columns<'c, Row> {
    let mut to = Columns::<Row>::new();
    to.text("名称", |row| row.name)
        .in_files("name")
        .shown(|row, to| {
            to.link(format_args!("/x?{}", row.name), row.name)
                .second(row.name);
        });
    to.code("代码", |row| row.code).only_in_files("code");
    to.coded("性质", |_| OwnerKind::ALL[0]).in_files("kind");
    to.flag("自办", |_| true).in_files("self_do");
    to.fen("金额（元）", |row| row.amount)
        .in_files("amount_fen");
    to.count("次数", |_| Some(12)).in_files("count");
    to.points("信用分", |_| 10_350).in_files("points");
    to.mean("评价（星）", |_| Some(460)).in_files("mean");
    to.date("日期", |row| row.on).in_files("on");
    to.instant("时间", |row| Some(row.at)).in_files("at");
    to.only_shown("操作", |_, to| {
        to.button("/x", "办理");
    });
    to
}

const HEAD: [&str; 10] = [
    "名称",
    "代码",
    "性质",
    "自办",
    "金额（元）",
    "次数",
    "信用分",
    "评价（星）",
    "日期",
    "时间",
];

fn workbook(columns: &Columns<Row>, rows: &[Row]) -> Xlsx<Cursor<Vec<u8>>> {
    let at = at_clock(day(), 9, 0);
    let bytes = columns.xlsx("中选结果", rows, at).expect("a workbook");
    Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens")
}

#[test]
fn a_card_says_the_headings_of_its_table() {
    let html = columns().table_text(&rows());
    let after = |mark: &str| -> Vec<String> {
        let parts = html.split(mark).skip(1);
        parts
            .map(|part| {
                part.split(['"', '<'])
                    .next()
                    .unwrap_or_default()
                    .to_string()
            })
            .collect()
    };
    let head = html.split("</thead>").next().expect("a head");
    let headings: Vec<&str> = head
        .split("<th")
        .skip(2)
        .filter_map(|part| part.split_once('>')?.1.split('<').next())
        .collect();
    let said = after("data-h=\"");
    // The first column is the heading of the card and says none; a column of files alone is on no page.
    assert_eq!(headings[0], "名称");
    assert_eq!(said.len(), (headings.len() - 1) * 3);
    for card in said.chunks(headings.len() - 1) {
        assert_eq!(card, &headings[1..]);
    }
    assert!(!headings.contains(&"代码"));
    assert!(!html.contains("<b>"), "{html}");
    assert!(html.contains("<td class=\"num\" data-h=\"金额（元）\">86,000.01</td>"));
}

#[test]
fn every_file_has_the_same_head_and_rows() {
    let (columns, rows) = (columns(), rows());
    let csv = columns.csv(&rows).expect("a file");
    let csv = csv.strip_prefix("\u{FEFF}".as_bytes()).expect("its mark");
    let mut csv = csv::Reader::from_reader(csv);
    let head: Vec<String> = csv
        .headers()
        .expect("a head")
        .iter()
        .map(Into::into)
        .collect();
    assert_eq!(head, HEAD);
    let csv: Vec<csv::StringRecord> = csv.records().collect::<Result<_, _>>().expect("rows");
    let mut book = workbook(&columns, &rows);
    let sheet = book.worksheet_range("中选结果").expect("the sheet");
    let top: Vec<String> = sheet
        .rows()
        .next()
        .expect("a head")
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(top, HEAD);
    let json = columns.json(&rows, false).expect("JSON");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let listed = json["rows"].as_array().expect("rows");
    assert_eq!((csv.len(), sheet.height() - 1, listed.len()), (3, 3, 3));
    for (row, line) in rows.iter().zip(&csv) {
        let guarded = line[0].strip_prefix(['\'', '\t']).unwrap_or(&line[0]);
        assert_eq!(guarded, row.name);
    }
    let first = &listed[0];
    assert_eq!(first["name"], "楚天环保");
    assert_eq!(first["kind"], OwnerKind::ALL[0].code());
    assert_eq!(first["self_do"], true);
    assert_eq!(first["amount_fen"], 8_600_001);
    assert_eq!(first["points"], 10_350);
    assert_eq!(first["on"], "2026-03-20");
    assert_eq!(first["at"], "2026-03-20T07:07:00.000000Z");
    assert!(listed[1]["on"].is_null());
    assert_eq!(json["is_cut"], false);
}

#[test]
fn a_workbook_has_typed_cells_and_no_formula() {
    let (columns, rows) = (columns(), rows());
    let mut book = workbook(&columns, &rows);
    let formulas = book.worksheet_formula("中选结果").expect("formulas");
    assert!(formulas.is_empty(), "{formulas:?}");
    let sheet = book.worksheet_range("中选结果").expect("the sheet");
    for (row, line) in rows.iter().zip(sheet.rows().skip(1)) {
        assert_eq!(line[0], Data::String(row.name.into()));
        assert_eq!(line[1], Data::String(row.code.into()), "codes stay text");
        assert_eq!(line[4], Data::Float(86_000.01));
        assert_eq!(line[5], Data::Float(12.0));
        assert_eq!(line[6], Data::Float(103.5));
        let Data::DateTime(at) = &line[9] else {
            panic!("no instant: {:?}", line[9]);
        };
        // Days since 1899-12-30, and the part of the day.
        let minutes = (at.as_f64() * 1_440.0).round() - 46_101.0 * 1_440.0;
        assert_eq!(minutes, 15.0 * 60.0 + 7.0, "the clocks here say 15:07");
    }
    let first = sheet.rows().nth(1).expect("a row");
    assert!(matches!(&first[8], Data::DateTime(on) if on.as_f64() == 46_101.0));
    assert_eq!(sheet.rows().nth(2).expect("a row")[8], Data::Empty);
}

#[test]
fn a_text_that_no_cell_holds_is_cut_and_says_so() {
    let mut to = Columns::<String>::new();
    to.text("依据", |row| row).in_files("basis");
    let long = "长".repeat(40_000);
    let at = at_clock(day(), 9, 0);
    let bytes = to.xlsx("依据", &[long], at).expect("a workbook");
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let sheet = book.worksheet_range("依据").expect("the sheet");
    let cell = sheet.rows().nth(1).expect("a row")[0].to_string();
    assert_eq!(cell.encode_utf16().count(), 32_767);
    assert!(cell.ends_with("未全部列出）"));
}

#[test]
fn a_format_is_known_by_its_ending() {
    for format in FileFormat::ALL {
        let path = format!("/awards.{}", format.ending());
        assert_eq!(FileFormat::of(&path), Some(format));
    }
    assert_eq!(FileFormat::of("/awards"), None);
    assert_eq!(FileFormat::of("/awards.exe"), None);
}

/// Every file of pages, with its text.
fn pages(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            pages(&path, found);
        } else {
            let text = std::fs::read_to_string(&path).expect("text");
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn no_page_writes_a_table_of_its_own() {
    let mut found = Vec::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
    pages(&folder, &mut found);
    assert!(found.len() > 30);
    for (path, text) in found {
        for mark in ["<table", "<thead", "<th", "<td", "<tr"] {
            let mut places = text.match_indices(mark);
            let own = places.find(|(at, _)| {
                let after = text[at + mark.len()..].chars().next();
                after.is_some_and(|c| c == '>' || c.is_whitespace())
            });
            assert!(
                own.is_none(),
                "{path} has {mark}> of its own: parts::list makes tables"
            );
        }
    }
}
