//! The ledger as an outsider checks it: leaves, order, root; and search, lists and open data.

use crate::cast::{self, AGENCIES, draw, publish, sign_up};
use crate::house::House;
use market::ledger::{Peaks, leaf_hash};
use serde_json::Value;

async fn json(house: &House, path: &str) -> Value {
    let page = house.browser().get(path).await;
    assert_eq!(page.status, 200, "{path}");
    serde_json::from_str(&page.text).expect("JSON")
}

#[tokio::test]
async fn anyone_can_rebuild_the_tree_from_the_public_entries() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let head = json(&house, "/api/v1/ledger").await;
    let size = head["head"]["size"].as_u64().expect("a size");
    assert!(size >= 5, "publication, freezing, draw, selection, award");
    let mut peaks = Peaks::default();
    let mut kinds = Vec::new();
    for position in 0..size {
        let entry = json(&house, &format!("/api/v1/ledger/{position}")).await;
        let text = entry["text"].as_str().expect("a text");
        let leaf = leaf_hash(text);
        assert_eq!(entry["leaf_hash"], leaf.to_string(), "position {position}");
        peaks.push(leaf);
        kinds.push(entry["kind"].as_str().expect("a kind").to_string());
        if entry["covered_by"]["size"] == position + 1 {
            assert_eq!(entry["covered_by"]["root"], peaks.root().to_string());
        }
    }
    assert_eq!(head["head"]["root"], peaks.root().to_string());
    for kind in ["publication", "freezing", "draw", "selection", "award"] {
        assert!(
            kinds.iter().any(|found| found == kind),
            "{kind} in {kinds:?}"
        );
    }
    let page = house.browser().get("/ledger").await;
    page.shows("名单冻结");
    assert_eq!(
        house.browser().get(&format!("/ledger/{size}")).await.status,
        404
    );
    house.close().await;
}

#[tokio::test]
async fn draws_are_listed_and_their_evidence_is_checked_by_the_command() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let list = json(&house, "/api/v1/draws").await;
    let draw = list["rows"][0]["id"].as_str().expect("an id");
    let evidence = house
        .browser()
        .get(&format!("/api/v1/draws/{draw}"))
        .await
        .text;
    let folder = tempfile::tempdir().expect("a folder");
    let verify = |text: &str| {
        let file = folder.path().join("evidence.json");
        std::fs::write(&file, text).expect("written");
        std::process::Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["verify", "draw"])
            .arg(file)
            .output()
            .expect("the command runs")
    };
    let right = verify(&evidence);
    assert!(
        right.status.success(),
        "{}",
        String::from_utf8_lossy(&right.stdout)
    );
    assert!(String::from_utf8_lossy(&right.stdout).contains("验算结果：一致"));
    // Another seed, another entrant or another winner is found out.
    let mut forged: Value = serde_json::from_str(&evidence).expect("JSON");
    forged["picks"][0]["uscc"] = forged["entrants"][0]["uscc"].clone();
    let mut heavier: Value = serde_json::from_str(&evidence).expect("JSON");
    heavier["entrants"][0]["weight"] = 2.into();
    let other = forged["picks"][0]["uscc"]
        != serde_json::from_str::<Value>(&evidence).expect("JSON")["picks"][0]["uscc"];
    if other {
        assert!(!verify(&forged.to_string()).status.success());
    }
    assert!(!verify(&heavier.to_string()).status.success());
    assert!(!verify("{}").status.success());
    house.close().await;
}

#[tokio::test]
async fn search_finds_two_characters_and_pinyin_initials() {
    let house = House::open().await;
    publish(&house, "owner1", "random").await;
    for query in ["放线", "唐白路", "测绘", "hjch", "ZJ-ZR-008"] {
        let hits = json(&house, &format!("/api/v1/search?q={query}")).await;
        assert!(
            hits["count"].as_i64().expect("a count") > 0,
            "{query} finds nothing"
        );
    }
    let hits = json(&house, "/api/v1/search?q=唐白").await;
    assert!(
        hits["hits"][0]["title"]
            .as_str()
            .expect("a title")
            .contains("唐白路")
    );
    let hits = json(&house, "/api/v1/search?q=放白").await;
    assert_eq!(hits["count"], 0, "both characters, but not side by side");
    let page = house.browser().get("/search?q=没有这样的词").await;
    assert_eq!(page.status, 200);
    house.close().await;
}

#[tokio::test]
async fn lists_page_by_cursor_without_losing_or_repeating_a_row() {
    let house = House::open().await;
    let mut seen = Vec::new();
    let mut path = Some("/api/v1/agencies?limit=1".to_string());
    while let Some(at) = path {
        let page = json(&house, &at).await;
        for row in page["rows"].as_array().expect("rows") {
            seen.push(row["uscc"].as_str().expect("a code").to_string());
        }
        path = page["next"].as_str().map(str::to_string);
    }
    let mut codes: Vec<String> = (1..=AGENCIES.len()).map(cast::agency_code).collect();
    codes.sort();
    let mut once = seen.clone();
    once.sort();
    assert_eq!(once, codes, "{seen:?}");
    let csv = house.browser().get("/agencies.csv").await;
    assert!(csv.text.starts_with('\u{FEFF}') && csv.text.contains("汉江测绘1有限公司"));
    house.close().await;
}
