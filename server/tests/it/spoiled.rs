//! Stored documents: what older versions wrote reads the same, and one that nobody can read spoils its own page alone.

use crate::browser::Browser;
use crate::cast::{self, AGENCIES, begin, document, draw, publish, publish_with, sign_up};
use crate::house::House;
use crate::unchanged::tamper;
use app::routes::{ROUTES, Verb};

const SAYS: &str = "这份文件的存储格式无法读取";

/// Everybody whose desk and lists are looked at.
const VISITORS: [&str; 8] = [
    "owner1",
    "trustee",
    "agency1",
    "agency2",
    "clerk",
    "auditor",
    "publisher",
    "supervisor",
];

/// What a course of business has left behind.
struct Matters {
    /// Drawn, with a backup and one who was kept out.
    drawn: String,
    notice: String,
    draw: String,
    /// Handed in and not audited.
    waiting: String,
    failed: String,
    /// A correction was published.
    corrected: String,
}

async fn one(house: &House, sql: &str, id: &str) -> String {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_string()))
        .bind(id.parse::<uuid::Uuid>().expect("an id"))
        .fetch_one(&house.world.pool)
        .await
        .expect(sql)
}

async fn correct(house: &House, id: &str) {
    let mut owner = house.as_("owner1").await;
    let path = format!("/requirements/{id}");
    let form = owner.get(&path).await.form(&format!("{path}/correct"));
    let page = owner.submit(form).await;
    let form = page.form(&format!("{path}/submit"));
    let form = form
        .with("price_note", "含成果修改和复测")
        .with("correction_reason", "补充复测的说明");
    owner.submit(form).await;
    cast::audit_and_publish(house, id).await;
}

async fn matters(house: &House) -> Matters {
    let failed = publish(house, "owner1", "random").await;
    cast::draw(house, &failed).await;
    cast::draw(house, &failed).await;
    let drawn = publish(house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(house, login, &drawn, None).await;
    }
    let until = "update agencies set suspended_until = '2027-01-01' where uscc = ";
    tamper(house, &format!("{until}'{}'", cast::agency_code(4))).await;
    draw(house, &drawn).await;
    let corrected = publish(house, "owner1", "random").await;
    correct(house, &corrected).await;
    let mut owner = house.as_("owner1").await;
    let (page, waiting) = begin(house, &mut owner).await;
    let form = page.form(&format!("/requirements/{waiting}/submit"));
    owner.submit(document(form, "random")).await;
    let notice = "select id::text from notices where requirement_id = $1 limit 1";
    let of_draw = "select id::text from draws where requirement_id = $1 limit 1";
    Matters {
        notice: one(house, notice, &drawn).await,
        draw: one(house, of_draw, &drawn).await,
        drawn,
        waiting,
        failed,
        corrected,
    }
}

impl Matters {
    /// The pages on which something stored is read.
    fn pages(&self) -> Vec<String> {
        vec![
            format!("/requirements/{}", self.drawn),
            format!("/requirements/{}", self.failed),
            format!("/requirements/{}", self.corrected),
            format!("/notices/{}", self.notice),
            format!("/draws/{}", self.draw),
            format!("/api/v1/requirements/{}/entrants", self.drawn),
            "/policies".into(),
        ]
    }
}

/// Every list and desk, of nobody and of everybody; answers which did not answer.
async fn lists(house: &House) -> Vec<String> {
    let mut browsers: Vec<(&str, Browser)> = vec![("nobody", house.browser())];
    for login in VISITORS {
        browsers.push((login, house.as_(login).await));
    }
    let mut broken = Vec::new();
    for (login, browser) in &mut browsers {
        for route in ROUTES {
            if route.verb == Verb::Get && !route.path.contains('{') {
                let status = browser.ask(route.path).await.status.as_u16();
                if status >= 500 {
                    broken.push(format!("{login} at {}: {status}", route.path));
                }
            }
        }
    }
    broken
}

/// A page as it reads, without what differs between two looks.
async fn words(house: &House, path: &str) -> String {
    house.browser().get(path).await.words()
}

#[tokio::test]
async fn what_older_versions_stored_reads_the_same() {
    let house = House::open().await;
    let matters = matters(&house).await;
    let mut agency = house.as_("agency1").await;
    let sign_ups = agency.get("/desk/sign-ups").await.words();
    let mut now = Vec::new();
    for path in matters.pages() {
        now.push(words(&house, &path).await);
    }
    assert!(now[0].contains("机构处于暂停参与期"), "{}", now[0]);
    assert!(now[1].contains("截止时符合条件的报名机构不足 3 家。"));
    for sql in [
        "update requirement_editions set form = form - 'v', spec = spec - 'v', changes = changes -> 'changes'",
        "update notices set body = body - 'v'",
        "update exclusions set reasons = reasons -> 'reasons'",
        "update selections set ranking = ranking -> 'places'",
        "update draws set evidence = (evidence::jsonb - 'v')::json",
        "update policies set rules = rules - 'v'",
        "update requirements set failure = null, fail_reason = '截止时符合条件的报名机构不足 3 家。' where failure is not null",
    ] {
        tamper(&house, sql).await;
    }
    for (path, now) in matters.pages().iter().zip(now) {
        assert_eq!(words(&house, path).await, now, "{path}");
    }
    assert_eq!(agency.get("/desk/sign-ups").await.words(), sign_ups);
    assert!(lists(&house).await.is_empty());
    house.close().await;
}

/// How each kind of document is spoiled, where that is met, and under whose number the operator's desk has it.
fn damages(matters: &Matters) -> Vec<(&'static str, String, String, String)> {
    let (drawn, failed) = (&matters.drawn, &matters.failed);
    let edition = |column: &str, id: &str| {
        format!(
            "update requirement_editions set {column} = '{{\"v\": 7}}' where requirement_id = '{id}' and edition = (select max(edition) from requirement_editions where requirement_id = '{id}')"
        )
    };
    let page = |id: &str| format!("/requirements/{id}");
    vec![
        (
            "公告",
            format!(
                "update notices set body = '{{}}' where id = '{}'",
                matters.notice
            ),
            format!("/notices/{}", matters.notice),
            matters.notice.clone(),
        ),
        (
            "抽取证据",
            format!(
                "update draws set evidence = '[]' where id = '{}'",
                matters.draw
            ),
            format!("/draws/{}", matters.draw),
            matters.draw.clone(),
        ),
        (
            "选取名次",
            format!(
                "update selections set ranking = '{{\"v\": 9}}' where requirement_id = '{drawn}'"
            ),
            page(drawn),
            drawn.clone(),
        ),
        (
            "需求文件",
            edition("spec", &matters.waiting),
            format!("/desk/editions/{}", matters.waiting),
            matters.waiting.clone(),
        ),
        (
            "更正内容",
            edition("changes", &matters.corrected),
            page(&matters.corrected),
            matters.corrected.clone(),
        ),
        (
            "填写的需求",
            edition("form", failed),
            page(failed),
            failed.clone(),
        ),
    ]
}

#[tokio::test]
async fn one_unreadable_document_is_one_pages_fault_and_a_line_on_the_operators_desk() {
    let house = House::open().await;
    let matters = matters(&house).await;
    let mut auditor = house.as_("auditor").await;
    auditor.get("/desk").await.hides("无法读取的存储内容");
    for (kind, sql, path, number) in damages(&matters) {
        tamper(&house, &sql).await;
        let page = auditor.ask(&path).await;
        assert_eq!(page.status, 500, "{kind} at {path}");
        page.shows(SAYS).shows(&number).shows(kind);
        auditor.get("/desk").await.shows(kind).shows(&number);
    }
    // Of one row of a list, only that row is lost.
    let spoil = |table: &str, set: &str, id: &str| format!("update {table} set {set} where {id}");
    let of = |id: &str| format!("requirement_id = '{id}'");
    tamper(
        &house,
        &spoil("exclusions", "reasons = '{}'", &of(&matters.drawn)),
    )
    .await;
    let data = format!("/api/v1/requirements/{}/entrants", matters.drawn);
    assert!(words(&house, &data).await.contains("内容无法读取"));
    let id = format!("id = '{}'", matters.failed);
    tamper(&house, &spoil("requirements", "failure = '7'", &id)).await;
    let mut owner = house.as_("owner1").await;
    owner.get("/desk").await.shows("内容无法读取");
    auditor.get("/desk").await.shows("内容无法读取");
    assert_eq!(lists(&house).await, Vec::<String>::new());
    // Put right again, it goes.
    tamper(
        &house,
        "update notices set body = '{\"notice_no\": \"1\", \"rows\": []}' where body = '{}'",
    )
    .await;
    let page = auditor.get("/desk").await;
    page.hides(&matters.notice).shows(&matters.draw);
    house.close().await;
}

#[tokio::test]
async fn what_the_clock_cannot_read_waits_and_is_told() {
    let mut house = House::open().await;
    let id = publish_with(&house, "owner1", "random", |form| form).await;
    let edition =
        format!("update requirement_editions set spec = '[]' where requirement_id = '{id}'");
    tamper(&house, &edition).await;
    house.advance_to(cast::deadline(&house, &id).await).await;
    let mut auditor = house.as_("auditor").await;
    auditor.get("/desk").await.shows("需求文件").shows(&id);
    auditor.get("/desk/jobs").await.shows("cannot be read");
    house.drop_database().await;
}
