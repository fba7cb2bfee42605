//! Lists in all of their forms: the page, CSV, XLSX and JSON say the same, narrowed in the same way, to the same people.

use crate::browser::{Browser, Page};
use crate::cast::{self, AGENCIES, ITEM, draw, publish, sign_up, win};
use crate::house::House;
use app::parts::list::FileFormat;
use app::routes::ROUTES;
use calamine::{Data, Reader, Xlsx};
use market::permit::Action;
use std::io::Cursor;

/// A market with something in most lists.
async fn market() -> (House, String) {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let (award, agency) = win(&house, &id).await;
    cast::contract(&house, &award, agency, "owner1").await;
    (house, id)
}

/// A file as rows of text, its head first.
fn csv(page: &Page) -> Vec<Vec<String>> {
    let text = page.text.strip_prefix('\u{FEFF}').expect("its mark");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let unguarded = |cell: &str| cell.strip_prefix(['\'', '\t']).unwrap_or(cell).to_string();
    reader
        .records()
        .map(|row| row.expect("a row").iter().map(unguarded).collect())
        .collect()
}

fn xlsx(page: &Page) -> Vec<Vec<Data>> {
    let mut book = Xlsx::new(Cursor::new(page.bytes.clone())).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    sheet.rows().map(<[Data]>::to_vec).collect()
}

fn json(page: &Page) -> Vec<serde_json::Value> {
    let file: serde_json::Value = serde_json::from_str(&page.text).expect("JSON");
    assert_eq!(file["is_cut"], false);
    file["rows"].as_array().expect("rows").clone()
}

/// Rows of a list in each form, which must be as many in all of them.
async fn rows(browser: &mut Browser, list: &str, query: &str) -> usize {
    let csv = csv(&browser.get(&format!("{list}.csv{query}")).await);
    let xlsx = xlsx(&browser.get(&format!("{list}.xlsx{query}")).await);
    let json = json(&browser.get(&format!("{list}.json{query}")).await);
    assert_eq!(csv.len(), xlsx.len(), "{list}{query}");
    assert_eq!(csv.len() - 1, json.len(), "{list}{query}");
    json.len()
}

#[tokio::test]
async fn every_public_list_says_the_same_in_every_form() {
    let (house, _) = market().await;
    let mut browser = house.browser();
    let lists: Vec<&str> = ROUTES
        .iter()
        .filter(|route| route.action == Action::ViewPublic)
        .filter_map(|route| route.path.strip_suffix(".csv"))
        .collect();
    assert!(lists.len() >= 10, "{lists:?}");
    for list in lists {
        let of_csv = csv(&browser.get(&format!("{list}.csv")).await);
        let of_xlsx = xlsx(&browser.get(&format!("{list}.xlsx")).await);
        let of_json = json(&browser.get(&format!("{list}.json")).await);
        let head: Vec<String> = of_xlsx[0].iter().map(ToString::to_string).collect();
        assert_eq!(of_csv[0], head, "{list}");
        assert_eq!(of_csv.len(), of_xlsx.len(), "{list}");
        assert_eq!(of_csv.len() - 1, of_json.len(), "{list}");
        for (line, cells) in of_csv.iter().zip(&of_xlsx).skip(1) {
            for (text, cell) in line.iter().zip(cells) {
                match cell {
                    Data::Empty => assert_eq!(text, "", "{list}"),
                    Data::Float(number) => assert_eq!(text.parse(), Ok(*number), "{list}"),
                    Data::DateTime(_) => assert_eq!(&text[..2], "20", "{list}"),
                    Data::String(other) => assert_eq!(text, other, "{list}"),
                    other => panic!("{list}: {other:?}"),
                }
            }
        }
        for row in &of_json {
            assert_eq!(row.as_object().expect("a row").len(), head.len(), "{list}");
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_page_leads_to_its_files_and_cards_say_the_headings() {
    let (house, _) = market().await;
    let mut browser = house.browser();
    for list in ["/requirements", "/awards", "/agencies", "/items", "/ledger"] {
        let page = browser.get(&format!("{list}?q=&kind=")).await;
        for format in FileFormat::ALL {
            let path = format!("{list}.{}", format.ending());
            assert_eq!(page.links(&path), [path.as_str()]);
            let file = browser.get(&path).await;
            let name = file.headers["content-disposition"].to_str().expect("ASCII");
            assert!(
                name.starts_with("attachment; filename*=UTF-8''%E")
                    && name.ends_with(format.ending()),
                "{name}"
            );
            assert_eq!(file.headers["content-type"], format.media_type());
        }
        let html = page.html();
        let all = |css: &str| -> Vec<String> {
            let selector = scraper::Selector::parse(css).expect("a selector");
            let found = html.select(&selector);
            found
                .map(|one| match one.attr("data-h") {
                    Some(said) => said.to_string(),
                    None => one.text().collect(),
                })
                .collect()
        };
        let mut headings = all("table.as-cards th");
        let mut said = all("table.as-cards tbody tr:first-child td[data-h]");
        if said.len() < headings.len() {
            headings.remove(0);
        }
        assert_eq!(headings, said, "{list}");
        said.clear();
    }
    house.close().await;
}

#[tokio::test]
async fn a_file_is_narrowed_as_its_page_is() {
    let (house, id) = market().await;
    let mut browser = house.browser();
    let agency = cast::agency_code(1);
    for (list, query, expected) in [
        ("/requirements", String::new(), 1),
        ("/requirements", "?state=failed".into(), 0),
        ("/requirements", "?method=random".into(), 1),
        ("/requirements", "?method=bid".into(), 0),
        ("/awards", "?method=lowest_price".into(), 0),
        ("/awards", "?method=random".into(), 1),
        ("/agencies", format!("?q={agency}"), 1),
        ("/agencies", "?grade=d".into(), 0),
        ("/items", format!("?q={ITEM}"), 1),
        ("/notices", "?kind=failure".into(), 0),
        ("/contracts", "?state=completed".into(), 0),
        ("/draws", String::new(), 1),
    ] {
        assert_eq!(
            rows(&mut browser, list, &query).await,
            expected,
            "{list}{query}"
        );
        let page = browser.get(&format!("{list}{query}")).await;
        page.shows(&format!("共 {expected} "));
    }
    // What a cursor says is of the page alone: the file begins where the list does.
    let page = browser
        .get("/items?q=&at=as5a_00000000-0000-0000-0000-000000000007")
        .await;
    assert_eq!(page.links("/items.csv"), ["/items.csv"]);
    let found = browser.get("/requirements.json").await;
    assert_eq!(
        json(&found)[0]["notice_no"],
        cast::requirement(&house, &id)
            .await
            .notice_no
            .expect("a number")
    );
    house.close().await;
}

#[tokio::test]
async fn ones_own_contracts_are_no_file_for_others() {
    let (house, _) = market().await;
    let mut owner = house.as_("owner1").await;
    assert_eq!(rows(&mut owner, "/desk/contracts", "").await, 1);
    for format in FileFormat::ALL {
        let path = format!("/desk/contracts.{}", format.ending());
        let answer = house.browser().ask(&path).await;
        assert_eq!(answer.status, 303, "{path} of nobody");
        let answer = house.as_("clerk").await.ask(&path).await;
        assert_eq!(answer.status, 403, "{path} of a department");
    }
    let mut others = house.as_("agency4").await;
    let of_winner = rows(&mut others, "/desk/contracts", "").await;
    let mut all = of_winner;
    for login in &AGENCIES[..3] {
        all += rows(&mut house.as_(login).await, "/desk/contracts", "").await;
    }
    assert_eq!(all, 1, "one of them has the contract");
    house.close().await;
}
