//! Lists and search over many rows: every filter and order, paging there and back, cursors from elsewhere.

use crate::fixture::{agencies, catalogue};
use market::credit::Grade;
use store::agency::{AgencyFilter, Sort, count, list};
use store::page::{Cursor, Key};
use store::search::{Document, Kind};
use uuid::Uuid;

#[tokio::test]
async fn every_order_pages_through_all_rows_there_and_back() {
    let (database, mut chance) = catalogue().await;
    agencies(&database, &mut chance, 53).await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    for (sort, code, _) in Sort::ALL {
        let filter = AgencyFilter {
            sort,
            ..AgencyFilter::default()
        };
        let mut there: Vec<Vec<Uuid>> = Vec::new();
        let mut at: Option<String> = None;
        let mut last = loop {
            let cursor = at.as_deref().and_then(Cursor::parse);
            let page = list(&mut conn, &filter, cursor.as_ref(), 10)
                .await
                .expect("a page");
            there.push(page.rows.iter().map(|row| row.id.0).collect());
            assert_eq!(page.previous.is_some(), there.len() > 1, "{code}");
            match page.next {
                Some(next) => at = Some(next),
                None => break page.previous,
            }
        };
        let all: std::collections::BTreeSet<Uuid> = there.iter().flatten().copied().collect();
        assert_eq!((all.len(), there.len()), (53, 6), "{code}");
        let mut back: Vec<Vec<Uuid>> = vec![there[5].clone()];
        while let Some(previous) = last {
            let cursor = Cursor::parse(&previous).expect("a cursor");
            let page = list(&mut conn, &filter, Some(&cursor), 10)
                .await
                .expect("a page");
            back.insert(0, page.rows.iter().map(|row| row.id.0).collect());
            last = page.previous;
        }
        assert_eq!(back, there, "{code}");
    }
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn a_row_that_arrives_meanwhile_shifts_nothing() {
    let (database, mut chance) = catalogue().await;
    agencies(&database, &mut chance, 30).await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    let filter = AgencyFilter::default();
    let first = list(&mut conn, &filter, None, 10).await.expect("a page");
    let cursor = Cursor::parse(&first.next.expect("more")).expect("a cursor");
    let before = list(&mut conn, &filter, Some(&cursor), 10)
        .await
        .expect("a page");
    sqlx::query("update agencies set credit_score = 15000 where id = (select id from agencies order by credit_score limit 1)")
        .execute(&mut *conn)
        .await
        .expect("moved to the top");
    let after = list(&mut conn, &filter, Some(&cursor), 10)
        .await
        .expect("a page");
    let ids = |page: &store::page::Page<store::agency::AgencyRow>| {
        page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&before), ids(&after));
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn filters_narrow_and_counts_agree() {
    let (database, mut chance) = catalogue().await;
    agencies(&database, &mut chance, 53).await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    let service = crate::fixture::surveying(&database).await;
    for filter in [
        AgencyFilter::default(),
        AgencyFilter {
            grades: vec![Grade::B],
            ..AgencyFilter::default()
        },
        AgencyFilter {
            grades: vec![Grade::A, Grade::APlus],
            ..AgencyFilter::default()
        },
        AgencyFilter {
            service_types: vec![service],
            ..AgencyFilter::default()
        },
        AgencyFilter {
            service_types: vec![service],
            grades: vec![Grade::B],
            ..AgencyFilter::default()
        },
    ] {
        let rows = list(&mut conn, &filter, None, 100)
            .await
            .expect("a page")
            .rows;
        assert_eq!(
            rows.len() as i64,
            count(&mut conn, &filter).await.expect("a number"),
            "{filter:?}"
        );
        assert!(
            rows.iter()
                .all(|row| filter.grades.is_empty() || filter.grades.contains(&row.credit_grade))
        );
    }
    // The counters that triggers keep are the truth.
    let counters = store::counter::all(&mut conn).await.expect("the counters");
    let by_grade: i64 =
        sqlx::query_scalar("select count(*) from agencies where credit_grade = 'b'")
            .fetch_one(&mut *conn)
            .await
            .expect("a number");
    assert_eq!(
        (counters.get("agencies"), counters.get("agencies:grade:b")),
        (53, by_grade)
    );
    sqlx::query("update agencies set credit_grade = 'c' where credit_grade = 'b'")
        .execute(&mut *conn)
        .await
        .expect("moved");
    let counters = store::counter::all(&mut conn).await.expect("the counters");
    assert_eq!(
        (
            counters.get("agencies:grade:b"),
            counters.get("agencies:grade:c")
        ),
        (0, by_grade)
    );
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn a_cursor_of_another_list_is_no_cursor_and_no_error() {
    let (database, mut chance) = catalogue().await;
    agencies(&database, &mut chance, 5).await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    let keys = [
        Key::Time(crate::fixture::NOW),
        Key::Number(i64::MAX),
        Key::Text("x".into()),
    ];
    for key in keys {
        for back in [false, true] {
            let cursor = Some(Cursor {
                key: key.clone(),
                id: Uuid::nil(),
                back,
            });
            for (sort, ..) in Sort::ALL {
                let filter = AgencyFilter {
                    sort,
                    ..AgencyFilter::default()
                };
                list(&mut conn, &filter, cursor.as_ref(), 10)
                    .await
                    .expect("a page");
            }
            store::ledger::list(&mut conn, None, cursor.as_ref(), 10)
                .await
                .expect("a page");
            store::selection::draws(&mut conn, cursor.as_ref(), 10)
                .await
                .expect("a page");
            let events = store::credit::EventFilter {
                demerits_only: false,
                at: crate::fixture::NOW,
            };
            store::credit::list(&mut conn, events, cursor.as_ref(), 10)
                .await
                .expect("a page");
            store::catalogue::items(&mut conn, &Default::default(), cursor.as_ref(), 10)
                .await
                .expect("a page");
            store::requirement::list(&mut conn, &Default::default(), cursor.as_ref(), 10)
                .await
                .expect("a page");
            store::award::list(&mut conn, &Default::default(), cursor.as_ref(), 10)
                .await
                .expect("a page");
        }
    }
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn search_finds_words_and_initials_and_takes_nothing_for_a_pattern() {
    let (database, mut chance) = catalogue().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    for title in ["汉江测绘有限公司", "唐白勘测有限公司", "100%环保_公司"] {
        let document = Document {
            kind: Kind::Agency,
            subject: chance.id(),
            title,
            subtitle: "",
            also: "",
            path: "/",
            rank: 1,
        };
        store::search::index(&mut conn, document, crate::fixture::NOW)
            .await
            .expect("indexed");
    }
    let mut find = async |query: &str| -> Vec<String> {
        let found = store::search::find(&mut conn, query, Some(Kind::Agency))
            .await
            .expect("an answer");
        found.hits.into_iter().map(|hit| hit.title).collect()
    };
    assert_eq!(find("测绘").await, ["汉江测绘有限公司"]);
    assert_eq!(find("江").await, ["汉江测绘有限公司"]);
    assert_eq!(find("hjch").await, ["汉江测绘有限公司"]);
    assert_eq!(find("TBKC").await, ["唐白勘测有限公司"]);
    assert_eq!(find("汉江 有限").await, ["汉江测绘有限公司"]);
    assert_eq!(find("100%环").await, ["100%环保_公司"]);
    assert!(find("汉绘").await.is_empty(), "not side by side");
    // Signs are no letters: they separate words and match nothing by themselves.
    assert!(find("%").await.is_empty());
    assert_eq!(find("_江").await, find("江").await);
    assert!(find("").await.is_empty() && find("\\").await.is_empty());
    assert!(find("环评").await.is_empty(), "items are of another kind");
    let found = store::search::find(&mut conn, "环评", None)
        .await
        .expect("an answer");
    let titles: Vec<&str> = found.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(found.count, 3, "everyday words find items: {titles:?}");
    assert!(titles.contains(&"建设项目环境影响报告书编制"));
    let filter = store::catalogue::ItemFilter {
        text: Some("hjyx".into()),
        ..Default::default()
    };
    let page = store::catalogue::items(&mut conn, &filter, None, 30)
        .await
        .expect("a page");
    let count = store::catalogue::count_filtered(&mut conn, &filter)
        .await
        .expect("a number");
    assert!(count == page.rows.len() as i64 && page.rows[0].name.contains("环境影响"));
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn the_kinds_of_an_agency_are_those_of_its_service_types() {
    let (database, mut chance) = catalogue().await;
    agencies(&database, &mut chance, 1).await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    let page = list(&mut conn, &AgencyFilter::default(), None, 1)
        .await
        .expect("a page");
    let agency = page.rows[0].id;
    let kinds = store::catalogue::kinds_of_agency(&mut conn, agency)
        .await
        .expect("kinds");
    let types = store::agency::services(&mut conn, agency, false)
        .await
        .expect("types");
    let one = store::catalogue::kinds_of_type(&mut conn, types[0].service_type_id)
        .await
        .expect("kinds");
    let names = |kinds: Vec<&store::catalogue::Kind>| -> Vec<String> {
        kinds.iter().map(|kind| kind.name.clone()).collect()
    };
    assert!(!one.is_empty());
    assert_eq!(
        names(kinds.iter().map(|(_, kind)| kind).collect()),
        names(one.iter().collect())
    );
    assert!(kinds.iter().all(|(service, _)| *service == types[0].name));
    drop(conn);
    database.close().await;
}
