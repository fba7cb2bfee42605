//! Search as people type: signs left out or put in, parts of a name left out, documents of an older folding.

use crate::fixture::{NOW, catalogue};
use sqlx::PgConnection;
use store::catalogue::ItemFilter;
use store::number::Numbered;
use store::search::{Document, Kind, find, renew};

const AGENCIES: [(&str, &str); 5] = [
    ("襄正会计师事务所（普通合伙）", "91420600MADEM00114"),
    ("楚天环保技术咨询有限公司", "91420600MADEM00227"),
    ("楚天造价咨询有限公司", "91420600MADEM00330"),
    ("汉江环保工程有限公司", "91420600MADEM00447"),
    ("ABC-Test（湖北）检测有限公司", "91420600MADEM00550"),
];

async fn settle(conn: &mut PgConnection, chance: &mut crate::fixture::Counting) {
    for (title, uscc) in AGENCIES {
        let document = Document {
            kind: Kind::Agency,
            subject: chance.id(),
            title,
            subtitle: "已入驻",
            also: uscc,
            path: "/",
            rank: 1,
        };
        store::search::index(conn, document, NOW)
            .await
            .expect("indexed");
    }
}

async fn titles(conn: &mut PgConnection, query: &str) -> Vec<String> {
    let found = find(conn, query, None).await.expect("an answer");
    found.hits.into_iter().map(|hit| hit.title).collect()
}

#[tokio::test]
async fn signs_are_folded_on_both_sides() {
    let (database, mut chance) = catalogue().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    settle(&mut conn, &mut chance).await;
    for query in [
        "会计师事务所普通合伙",
        "会计师事务所（普通合伙）",
        "会计师事务所(普通合伙)",
        "会计师事务所 普通合伙",
        "会计师事务所-普通合伙",
        "\u{200B}会计师事务所【普通合伙】。",
        "91420600 MADEM 00114",
        "９１４２０６００ｍａｄｅｍ００１１４",
    ] {
        assert!(
            titles(&mut conn, query)
                .await
                .contains(&AGENCIES[0].0.to_string()),
            "{query}"
        );
    }
    for query in [
        "ZJHJ001",
        "zj-hj-001",
        "ＺＪ—ＨＪ—００１",
        "zj hj 001",
        "ZJ_HJ_001。",
    ] {
        let found = titles(&mut conn, query).await;
        assert_eq!(found, titles(&mut conn, "ZJ-HJ-001").await, "{query}");
        assert_eq!(found.len(), 1, "{query}");
        let filter = ItemFilter {
            text: Some(query.into()),
            ..ItemFilter::default()
        };
        let page = store::catalogue::items(&mut conn, &filter, None, 30)
            .await
            .expect("a page");
        assert!(
            page.rows.iter().any(|row| row.code == "ZJ-HJ-001"),
            "{query}"
        );
    }
    for query in ["abctest", "ABC Test", "abc（test）", "test湖北检测"] {
        assert_eq!(titles(&mut conn, query).await, [AGENCIES[4].0], "{query}");
    }
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn a_name_is_found_with_parts_left_out_or_put_in_and_the_likest_comes_first() {
    let (database, mut chance) = catalogue().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    settle(&mut conn, &mut chance).await;
    for query in [
        "楚天环保咨询公司",
        "楚天环保有限公司",
        "湖北楚天环保技术咨询有限公司",
        "楚天环保技术咨讯有限公司",
        "楚天环保技术咨询有限责任公司",
    ] {
        let found = find(&mut conn, query, None).await.expect("an answer");
        assert!(found.is_near, "{query}");
        assert_eq!(found.hits[0].title, AGENCIES[1].0, "{query}");
    }
    let found = find(&mut conn, "楚天环保技术咨询有限公司", None)
        .await
        .expect("an answer");
    assert!(
        !found.is_near && found.count == 1,
        "the name itself is found alone"
    );
    assert!(titles(&mut conn, "火星探测器研发公司").await.is_empty());
    assert!(
        titles(&mut conn, "汉绘").await.is_empty(),
        "two characters are no name"
    );
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn documents_of_an_older_folding_are_indexed_anew() {
    let (database, mut chance) = catalogue().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    settle(&mut conn, &mut chance).await;
    sqlx::query(
        "update search_documents set folding = 0, tokens = '{}', haystack = '', initials = '' where kind = 'agency'",
    )
    .execute(&mut *conn)
    .await
    .expect("older");
    assert!(titles(&mut conn, "事务所普通合伙").await.is_empty());
    assert_eq!(renew(&mut conn).await.expect("renewed"), AGENCIES.len());
    assert_eq!(renew(&mut conn).await.expect("renewed"), 0, "once");
    assert_eq!(titles(&mut conn, "事务所普通合伙").await, [AGENCIES[0].0]);
    assert_eq!(titles(&mut conn, "MADEM00114").await, [AGENCIES[0].0]);
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn the_database_and_the_rules_fold_a_number_alike() {
    let (database, _) = catalogue().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    for number in [
        "ZX420606202603160001-1",
        "zj-zr-008",
        "O0I1l.。·",
        "〔2026〕 1 号",
        "",
    ] {
        let key: String = sqlx::query_scalar("select number_key($1)")
            .bind(number)
            .fetch_one(&mut *conn)
            .await
            .expect("a key");
        assert_eq!(key, market::number::key(number), "{number}");
    }
    let found = store::number::find(&mut conn, "zj hj 001。")
        .await
        .expect("an answer");
    assert_eq!(found, [Numbered::Item("ZJ-HJ-001".into())]);
    drop(conn);
    database.close().await;
}

/// Requirements with a word in all their names, of which a number are in the sample.
async fn sections(conn: &mut PgConnection, numbers: std::ops::Range<u8>, is_sampled: bool) {
    for n in numbers {
        let mut id = [n; 16];
        id[0] = u8::from(is_sampled);
        // By the last byte is told what is in the sample.
        id[15] = if is_sampled { n % 8 } else { 200 };
        let title = format!("檀溪第{n}标段{}", if is_sampled { "甲" } else { "乙" });
        let document = Document {
            kind: Kind::Requirement,
            subject: uuid::Uuid::from_bytes(id),
            title: &title,
            subtitle: "",
            also: "",
            path: "/",
            rank: 1,
        };
        store::search::index(conn, document, NOW)
            .await
            .expect("indexed");
    }
}

#[tokio::test]
async fn few_are_counted_and_of_many_the_title_itself_comes_first() {
    let (database, _) = catalogue().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    sections(&mut conn, 0..120, true).await;
    sections(&mut conn, 0..100, false).await;
    let found = find(&mut conn, "檀溪 标段", None).await.expect("an answer");
    assert_eq!((found.count, found.is_cut), (220, false));
    // More than are looked at, in the sample alone.
    sections(&mut conn, 120..255, true).await;
    let found = find(&mut conn, "檀溪", None).await.expect("an answer");
    assert_eq!((found.count, found.is_cut), (250, true));
    assert!(found.hits.iter().all(|hit| hit.title.ends_with('甲')));
    let found = find(&mut conn, "檀溪第7标段乙", None)
        .await
        .expect("an answer");
    assert_eq!((found.count, found.is_cut), (1, false));
    let title = Document {
        kind: Kind::Requirement,
        subject: uuid::Uuid::from_bytes([201; 16]),
        title: "檀溪",
        subtitle: "",
        also: "",
        path: "/",
        rank: 9,
    };
    store::search::index(&mut conn, title, NOW)
        .await
        .expect("indexed");
    let found = find(&mut conn, "檀溪", Some(Kind::Requirement))
        .await
        .expect("an answer");
    assert_eq!(found.hits[0].title, "檀溪");
    drop(conn);
    database.close().await;
}
