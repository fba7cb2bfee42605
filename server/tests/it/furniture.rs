//! Every route with a variable meets a live object of somebody else: for the right role of another body it is not there,
//! and nothing changes. A route without its object fails the test.

use crate::browser::Browser;
use crate::cast::{self, AGENCIES, begin, document, draw, publish, sign_up, win};
use crate::house::House;
use crate::unchanged::tamper;
use app::routes::{ROUTES, Route, Verb};
use std::collections::{BTreeMap, BTreeSet};

/// Who may see or touch an object.
enum Of {
    /// One body: the login of somebody who acts for it, and those of the same right for another body.
    Body(&'static str, Vec<&'static str>),
    /// Everybody may read it.
    Everybody,
    /// The right belongs to one body in the whole market; the login of somebody who acts for it.
    OneBody(&'static str),
    /// Every body has its own under the same address: the login of one that has none, which is told so.
    Each(&'static str),
}

/// An object at a route.
struct Piece {
    verb: Verb,
    path: String,
    of: Of,
}

/// What stands in the house.
struct Furniture(Vec<Piece>);

impl Furniture {
    fn add(&mut self, verb: Verb, path: String, of: Of) {
        self.0.push(Piece { verb, path, of });
    }

    fn get(&mut self, path: impl Into<String>, of: Of) {
        self.add(Verb::Get, path.into(), of);
    }

    fn post(&mut self, path: impl Into<String>, of: Of) {
        self.add(Verb::Post, path.into(), of);
    }
}

/// Whether an address is one of a route's. A route that says a part in letters goes before one with a variable there.
fn is_of(route: &Route, piece: &Piece) -> bool {
    let (wanted, found) = (route.path.split('/'), piece.path.split('/'));
    route.verb == piece.verb
        && wanted.clone().count() == found.clone().count()
        && wanted
            .zip(found)
            .all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
}

async fn ids(house: &House, sql: &str) -> Vec<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_string()))
        .fetch_all(&house.world.pool)
        .await
        .expect(sql)
}

async fn only(house: &House, sql: &str) -> String {
    let found = ids(house, sql).await;
    found
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("nothing: {sql}"))
}

/// Everything but what keeps account of visits: journal, sessions, attempts and refusals.
async fn digest(house: &House) -> BTreeMap<String, String> {
    const VISITS: [&str; 8] = [
        "journal",
        "sessions",
        "sign_in_failures",
        "submissions",
        "arrivals",
        "known_browsers",
        "kept_forms",
        "_sqlx_migrations",
    ];
    let tables = ids(
        house,
        "select tablename::text from pg_tables where schemaname = 'public' order by 1",
    )
    .await;
    let each = tables
        .iter()
        .filter(|table| !VISITS.contains(&table.as_str()))
        .map(|table| format!("select '{table}', md5(coalesce(string_agg(x::text, '|' order by x::text), '')) from {table} x"));
    let sql = each.collect::<Vec<_>>().join(" union all ");
    let rows: Vec<(String, String)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(&house.world.pool)
        .await
        .expect("every table");
    rows.into_iter().collect()
}

/// The loser of a selection among all agencies.
fn loser(winner: &str) -> &'static str {
    let other = AGENCIES.iter().find(|one| **one != winner);
    other.expect("another agency")
}

async fn all_sign_up(house: &House) -> String {
    let id = publish(house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(house, login, &id, None).await;
    }
    id
}

/// What takes days to become: a failure, a contract, and a notice of award.
async fn past(house: &House, all: &mut Furniture) {
    use Of::{Body, Everybody};
    let failed = publish(house, "owner1", "random").await;
    draw(house, &failed).await;
    draw(house, &failed).await;
    let path = format!("/requirements/{failed}/republish");
    all.post(path, Body("owner1", vec!["owner2", "trustee"]));
    let mut won = Vec::new();
    for _ in 0..3 {
        let id = all_sign_up(house).await;
        draw(house, &id).await;
        won.push(win(house, &id).await);
    }
    let (award, winner) = won[0].clone();
    let rated = cast::contract(house, &award, winner, "owner1").await;
    cast::deliver(house, winner, &rated).await;
    cast::accept_and_complete(house, "owner1", &rated).await;
    cast::rate(house, "owner1", &rated, 5, "按时完成。").await;
    let path = format!("/contracts/{rated}/reply");
    all.post(path, Body(winner, vec![loser(winner)]));

    let (award, winner) = won[1].clone();
    let contract = cast::contract(house, &award, winner, "owner1").await;
    let (path, loses) = (format!("/contracts/{contract}"), loser(winner));
    all.get(path.clone(), Everybody);
    for act in ["record", "confirm", "object"] {
        let of = Body("owner1", vec!["owner2", loses]);
        all.post(format!("{path}/{act}"), of);
    }
    all.post(format!("{path}/deliver"), Body(winner, vec![loses]));
    for act in ["accept", "return", "complete", "rating"] {
        all.post(format!("{path}/{act}"), Body("owner1", vec!["owner2"]));
    }
    let sql = format!("select file_id::text from contracts where id = '{contract}'");
    let scan = only(house, &sql).await;
    let of = Body(winner, vec!["owner2", loses, "stranger"]);
    all.get(format!("/files/{scan}"), of);

    let (award, winner) = won[2].clone();
    let path = format!("/awards/{award}");
    for page in ["", "/notice", "/qr.svg"] {
        all.get(format!("{path}{page}"), Everybody);
    }
    let of = || Body(winner, vec!["owner2", loser(winner)]);
    all.get(format!("{path}/contract"), of());
    all.post(format!("{path}/contract"), of());
    let number = cast::award_no(house, &award).await;
    all.get(format!("/verify/{number}"), Everybody);
}

/// What is to be answered within days: an award, and a choice.
async fn present(house: &House, all: &mut Furniture) {
    use Of::{Body, Everybody};
    let chosen = publish(house, "owner1", "direct").await;
    sign_up(house, "agency1", &chosen, None).await;
    let id = all_sign_up(house).await;
    draw(house, &id).await;
    let (award, winner) = cast::award(house, &id).await;
    for act in ["decline", "confirm"] {
        let of = Body(winner, vec![loser(winner)]);
        all.post(format!("/awards/{award}/{act}"), of);
    }
    let path = format!("/requirements/{chosen}/choose");
    all.get(path.clone(), Body("owner1", vec!["owner2"]));
    all.post(path, Body("owner1", vec!["owner2"]));
    let of = |table: &str| format!("select id::text from {table} where requirement_id = '{id}'");
    let drawn = only(house, &of("draws")).await;
    let notice = only(house, &of("notices")).await;
    for path in [
        format!("/draws/{drawn}"),
        format!("/api/v1/draws/{drawn}"),
        format!("/notices/{notice}"),
        format!("/api/v1/requirements/{id}/entrants"),
    ] {
        all.get(path, Everybody);
    }
}

/// A document that is handed in, one that takes sign-ups, and one in the hands of its owner, with a file.
async fn requirements(house: &House, all: &mut Furniture) {
    use Of::{Body, Each, Everybody, OneBody};
    let others = || Body("owner1", vec!["owner2", "trustee"]);
    let mut owner = house.as_("owner1").await;
    let (page, handed_in) = begin(house, &mut owner).await;
    let form = page.form(&format!("/requirements/{handed_in}/submit"));
    owner.submit(document(form, "random")).await;
    let edition = format!("/desk/editions/{handed_in}");
    all.get(edition.clone(), OneBody("auditor"));
    for (act, login) in [
        ("begin", "auditor"),
        ("audit", "auditor"),
        ("publish", "publisher"),
        ("return", "publisher"),
    ] {
        all.post(format!("{edition}/{act}"), OneBody(login));
    }
    all.post(format!("/requirements/{handed_in}/take-back"), others());

    let open = publish(house, "owner1", "random").await;
    sign_up(house, "agency1", &open, None).await;
    let path = format!("/requirements/{open}");
    all.get(path.clone(), Everybody);
    all.post(format!("{path}/correct"), others());
    all.post(format!("{path}/sign-up"), Each("agency5"));
    all.post(format!("{path}/withdraw"), Each("agency2"));

    let (page, draft) = begin(house, &mut owner).await;
    let path = format!("/requirements/{draft}");
    let attach = page.form(&format!("{path}/files"));
    let attach = attach.file("attachment", "要求.pdf", crate::browser::PDF);
    owner.submit(attach).await;
    let of = format!("requirement_files where requirement_id = '{draft}'");
    let file = only(house, &format!("select file_id::text from {of}")).await;
    let mut second = house.as_("owner2").await;
    let (_, elsewhere) = begin(house, &mut second).await;
    let nobodys = || vec!["owner2", "trustee", "agency1", "stranger"];
    all.get(path.clone(), Body("owner1", nobodys()));
    all.get(format!("/files/{file}"), Body("owner1", nobodys()));
    all.get(format!("{path}/edit"), others());
    for act in ["draft", "submit", "files"] {
        all.post(format!("{path}/{act}"), others());
    }
    // Under one's own requirement, the file of another.
    let crossed = format!("/requirements/{elsewhere}/files/{file}/remove");
    all.post(crossed, Body("", vec!["owner2"]));
    all.post(format!("{path}/files/{file}/remove"), others());
    all.post(format!("{path}/drop"), others());
}

/// Registrations, dossiers and vettings on their way, and staff of another department.
async fn bodies(house: &House, all: &mut Furniture) {
    use Of::{Body, Everybody, OneBody};
    for (login, role) in [
        ("clerk2", "department_clerk"),
        ("checker2", "department_checker"),
    ] {
        let staff = server::seed::people::Staff {
            login,
            name: "他局",
            phone: "13807100008",
            role,
            department: Some("hj"),
        };
        let added = server::seed::people::add_staff(&house.world, staff, cast::FIRST_PASSWORD);
        added.await.expect("staff of another department");
        cast::change_first_password(house, login).await;
    }
    let vetted = cast::register_agency(house, "agency7", 7).await;
    cast::hand_in(house, vetted, 7).await;
    cast::pass_check(house, "agency7").await;
    let vetting = house.as_("clerk").await.get("/desk/vettings").await;
    let path = vetting.links("/desk/vettings/").pop().expect("one waits");
    all.get(path.clone(), Body("clerk", vec!["clerk2", "checker2"]));
    all.post(format!("{path}/opinion"), Body("clerk", vec!["clerk2"]));
    all.post(
        format!("{path}/decision"),
        Body("checker", vec!["checker2"]),
    );

    let returned = cast::register_agency(house, "agency6", 6).await;
    cast::hand_in(house, returned, 6).await;
    let mut auditor = house.as_("auditor").await;
    let check = cast::waiting(&mut auditor, "agencies").await;
    let form = auditor.get(&check).await.form(&check);
    let form = form
        .with("verdict", "return")
        .with("note", "承诺书没有盖章。");
    auditor.submit(form).await;
    for noun in ["qualifications", "practitioners"] {
        let code = cast::agency_code(6);
        let sql = format!(
            "select q.id::text from {noun} q join agencies a on a.id = q.agency_id where a.uscc = '{code}'"
        );
        let id = only(house, &sql).await;
        all.post(
            format!("/desk/dossier/{noun}/{id}/remove"),
            Body("agency6", vec!["agency5"]),
        );
    }

    let waiting = cast::register_agency(house, "agency8", 8).await;
    cast::hand_in(house, waiting, 8).await;
    let mut browser = cast::open_account(house, "owner3", "业主管理员").await;
    let form = browser.get("/register/owner").await.form("/register/owner");
    let form = cast::owner_form(form, "区园林局", 3, "gov_agency", "fiscal");
    browser.submit(form).await;
    for noun in ["owners", "agencies"] {
        let path = cast::waiting(&mut auditor, noun).await;
        all.get(path.clone(), OneBody("auditor"));
        all.post(path, OneBody("auditor"));
    }
    all.get(format!("/agencies/{}", cast::agency_code(1)), Everybody);
    all.get(format!("/owners/{}", cast::owner_code(1)), Everybody);
}

/// A mail that nobody has taken.
const DEAD_EFFECT: &str = r#"insert into effects
    (id, kind, receiver, receiver_masked, idempotency_key, title, payload, envelope_sealed, subject_kind, subject,
     created_at, due_at, next_at, state, finished_at)
    select '01900000-0000-7000-8000-00000000000e', 'mail', 'r', '张*', 'k', '中选通知',
        '{"kind":"mail","v":1,"what":{"subject":"中选通知","text":"贵单位已中选。"}}', '\\x00', 'requirement', r.id,
        r.created_at, r.created_at, r.created_at, 'dead', r.created_at
    from requirements r limit 1"#;

/// Roles, sessions, kept forms, jobs and effects.
async fn accounts(house: &House, all: &mut Furniture) {
    use Of::{Body, Everybody, OneBody};
    let mut owner = house.as_("owner1").await;
    let form = owner.get("/account").await.form("/account/administrators");
    let form = form
        .with("person_name", "接手人")
        .with("phone", "13807100008")
        .with("login", "owner1b")
        .with("new_password", cast::FIRST_PASSWORD);
    owner.submit(form).await;
    let mandate = |login: &str| {
        format!(
            "select m.id::text from mandates m join persons p on p.id = m.person_id where p.login = '{login}'"
        )
    };
    let id = only(house, &mandate("owner1b")).await;
    for act in ["password", "end"] {
        let path = format!("/account/administrators/{id}/{act}");
        all.post(path, Body("owner1", vec!["owner2", "agency1"]));
    }
    let id = only(house, &mandate("trustee")).await;
    all.post(
        format!("/desk/trustees/{id}/end"),
        Body("owner1", vec!["owner2"]),
    );
    let sql = "select s.id::text from sessions s join persons p on p.id = s.person_id where p.login = 'owner1' and s.ended_at is null order by s.created_at limit 1";
    let session = only(house, sql).await;
    all.post(
        format!("/account/sessions/{session}/end"),
        Body("owner1", vec!["owner2", "stranger"]),
    );

    // A form that was left open when its session ended.
    let mut left = house.as_("owner1").await;
    let form = cast::beginning(house, &mut left).await;
    left.get("/").await;
    left.post("/sign-out", &[]).await;
    let page = left.submit_once(&form).await;
    let kept = page.form("/sign-in").value("kept").to_string();
    all.get(
        format!("/kept/{kept}"),
        Body("", vec!["owner2", "stranger"]),
    );

    tamper(house, "update jobs set state = 'dead', finished_at = now() where id = (select id from jobs where state = 'waiting' order by run_at desc, id limit 1)").await;
    let dead = only(
        house,
        "select id::text from jobs where state = 'dead' limit 1",
    )
    .await;
    all.post(format!("/desk/jobs/{dead}/revive"), OneBody("auditor"));
    let sql = "select m.id::text from messages m join persons p on p.id = m.person_id
        where p.login = 'owner1' and m.entrants_of is null order by m.id desc limit 1";
    let path = format!("/messages/{}", only(house, sql).await);
    // Messages are of a person: a trustee of the same body has not got them either.
    let of = || Body("owner1", vec!["owner2", "agency1", "trustee"]);
    all.get(path.clone(), of());
    for act in ["read", "put-away"] {
        all.post(format!("{path}/{act}"), of());
    }
    tamper(house, DEAD_EFFECT).await;
    let effect = only(house, "select id::text from effects where state = 'dead'").await;
    let path = format!("/desk/effects/{effect}");
    all.get(path.clone(), OneBody("auditor"));
    all.post(format!("{path}/revive"), OneBody("auditor"));
    all.post(format!("{path}/put-away"), OneBody("auditor"));
    for path in ["/ledger/0", "/api/v1/ledger/0"] {
        all.get(path, Everybody);
    }
    all.get(format!("/items/{}", cast::ITEM), Everybody);
    let policy = only(house, "select name from policies limit 1").await;
    all.get(format!("/policies/{policy}"), Everybody);
}

/// Asks as somebody does who knows the address: nothing typed but what lets a form pass its first look.
async fn ask(browser: &mut Browser, piece: &Piece) -> crate::browser::Page {
    let fields = [
        ("reason", "不该有这个权力的人写的理由。"),
        ("note", "不该有这个权力的人写的意见。"),
        ("verdict", "approve"),
        ("understood", "on"),
    ];
    match piece.verb {
        Verb::Get => browser.ask(&piece.path).await,
        Verb::Post => browser.post(&piece.path, &fields).await,
    }
}

async fn visit<'a>(
    house: &House,
    browsers: &'a mut BTreeMap<&'static str, Browser>,
    login: &'static str,
) -> &'a mut Browser {
    if !browsers.contains_key(login) {
        browsers.insert(login, house.as_(login).await);
    }
    browsers.get_mut(login).expect("signed in")
}

/// Tries one object as everybody who must not have it. Answers what went wrong.
async fn try_others(
    house: &House,
    browsers: &mut BTreeMap<&'static str, Browser>,
    piece: &Piece,
) -> Vec<String> {
    let tried: Vec<(&'static str, u16)> = match &piece.of {
        Of::Body(_, others) => others.iter().map(|login| (*login, 404)).collect(),
        Of::Each(login) => vec![(*login, 422)],
        Of::Everybody => vec![("stranger", 200)],
        Of::OneBody(_) => Vec::new(),
    };
    let mut wrong = Vec::new();
    for (login, expected) in tried {
        let browser = visit(house, browsers, login).await;
        let before = digest(house).await;
        let page = ask(browser, piece).await;
        let (path, after) = (&piece.path, digest(house).await);
        // A kept form is answered by a page that says whose it is.
        let is_told = path.starts_with("/kept/") && page.words().contains("没有可以取回的内容");
        if page.status != expected && !is_told {
            wrong.push(format!(
                "{login} at {path}: {} {}",
                page.status,
                page.complaints()
            ));
        }
        let changed: BTreeSet<&String> = after
            .keys()
            .filter(|table| before.get(*table) != after.get(*table))
            .collect();
        if !changed.is_empty() {
            wrong.push(format!("{login} at {path} has changed {changed:?}"));
        }
    }
    wrong
}

/// Whoever it belongs to is not told that it is not there: the object was a live one.
async fn try_own(
    house: &House,
    browsers: &mut BTreeMap<&'static str, Browser>,
    piece: &Piece,
) -> Option<String> {
    let login = match &piece.of {
        Of::Body("", _) | Of::Everybody | Of::Each(_) => return None,
        Of::Body(login, _) | Of::OneBody(login) => *login,
    };
    let page = ask(visit(house, browsers, login).await, piece).await;
    let status = page.status.as_u16();
    (![200, 303, 422].contains(&status))
        .then(|| format!("{login} at the own {}: {status}", piece.path))
}

#[tokio::test]
async fn what_belongs_to_another_body_is_not_there_and_stays_as_it_is() {
    let mut house = House::open().await;
    let mut all = Furniture(Vec::new());
    past(&house, &mut all).await;
    present(&house, &mut all).await;
    requirements(&house, &mut all).await;
    bodies(&house, &mut all).await;
    accounts(&house, &mut all).await;
    let bare: Vec<&str> = ROUTES
        .iter()
        .filter(|route| route.path.contains('{'))
        .filter(|route| !all.0.iter().any(|piece| is_of(route, piece)))
        .map(|route| route.path)
        .collect();
    assert!(bare.is_empty(), "these routes have no object: {bare:#?}");
    let mut browsers = BTreeMap::new();
    let mut wrong = Vec::new();
    for piece in &all.0 {
        wrong.extend(try_others(&house, &mut browsers, piece).await);
    }
    for piece in &all.0 {
        wrong.extend(try_own(&house, &mut browsers, piece).await);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    house.drop_database().await;
}
