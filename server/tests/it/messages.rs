//! What people are told: the right person at once and nobody else, what is unread, reminders, and the ways besides.

use crate::browser::Browser;
use crate::cast::{self, AGENCIES, draw, publish, sign_up};
use crate::house::House;
use market::message::Message;
use market::message::preference::DAILY_AT;
use market::time::{Duration, at_clock, day};
use store::message::{Filter, MessageRow};

/// Everything that a person was told, oldest first.
async fn told(house: &House, login: &str) -> Vec<MessageRow> {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let person: uuid::Uuid = sqlx::query_scalar("select id from persons where login = $1")
        .bind(login)
        .fetch_one(&mut *conn)
        .await
        .expect("the person");
    let filter = Filter::default();
    let page = store::message::list(&mut conn, person.into(), filter, None).await;
    let mut rows = page.expect("the messages").rows;
    rows.reverse();
    rows
}

fn kinds(rows: &[MessageRow]) -> Vec<&str> {
    rows.iter().map(|row| row.kind.as_str()).collect()
}

/// The kinds of what a person was told from an instant on, sorted.
async fn kinds_since(house: &House, login: &str, since: market::Timestamp) -> Vec<String> {
    let rows = told(house, login).await;
    let new = rows.iter().filter(|row| row.created_at >= since);
    // What is written at one instant has no order.
    let mut kinds: Vec<String> = new.map(|row| row.kind.clone()).collect();
    kinds.sort();
    kinds
}

/// How many mails and text messages wait or have left, in the order in which they are due.
async fn effects(house: &House) -> Vec<(String, String, market::Timestamp)> {
    sqlx::query_as("select kind, title, due_at from effects order by due_at, id")
        .fetch_all(&house.world.pool)
        .await
        .expect("the effects")
}

/// How many of them the operator's desk lists.
async fn listed(house: &House, title: &str) -> usize {
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let filter = store::effect::Filter {
        text: Some(title.to_string()),
        ..Default::default()
    };
    let page = store::effect::list(&mut conn, &filter, None).await;
    let count = store::effect::count(&mut conn, &filter).await;
    let rows = page.expect("the list").rows.len();
    assert_eq!(count.expect("a number"), rows as i64);
    rows
}

async fn unread(browser: &mut Browser) -> String {
    let page = browser.get("/help").await;
    let css = scraper::Selector::parse(".mast a[href='/messages']").expect("a selector");
    let html = page.html();
    let link = html.select(&css).next().expect("the way to the messages");
    link.text().collect::<String>().split_whitespace().collect()
}

/// Four agencies are signed up and one has won.
async fn won(house: &House) -> (String, String, &'static str) {
    let id = publish(house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(house, login, &id, None).await;
    }
    draw(house, &id).await;
    let (award, winner) = cast::award(house, &id).await;
    (id, award, winner)
}

#[tokio::test]
async fn an_award_is_told_to_the_winner_and_the_others_at_once_and_to_nobody_else() {
    let house = House::open().await;
    let begun = house.now();
    let (id, award, winner) = won(&house).await;
    for login in AGENCIES {
        let kinds = kinds_since(&house, login, begun).await;
        let expected = if login == winner { "won" } else { "not_won" };
        assert_eq!(kinds, [expected], "{login}");
    }
    assert!(kinds_since(&house, "agency5", begun).await.is_empty());
    assert!(kinds_since(&house, "owner2", begun).await.is_empty());
    assert!(kinds_since(&house, "trustee", begun).await.is_empty());
    let expected = ["audited", "published", "selected"];
    assert_eq!(kinds_since(&house, "owner1", begun).await, expected);
    // The winner reads what to do, until when, and what it costs; the button leads there.
    let mut browser = house.as_(winner).await;
    let page = browser.get("/messages").await;
    page.shows("唐白路规划放线测量")
        .shows("48,000.00")
        .shows("24:00 前确认或者放弃")
        .shows("扣 8 分");
    let row = told(&house, winner).await.pop().expect("a message");
    let read = format!("/messages/{}/read", row.id);
    let opened = browser.post(&read, &[("then", "open")]).await;
    assert_eq!(opened.location(), format!("/awards/{award}"));
    // The others know their own place.
    let others = AGENCIES.iter().filter(|login| **login != winner);
    let mut backups = 0;
    for login in others {
        let rows = told(&house, login).await;
        let Ok(Message::NotWon(said)) = rows[rows.len() - 1].message() else {
            panic!("{login} has not won");
        };
        assert_eq!(
            (said.requirement.to_string(), said.entrants),
            (id.clone(), 4)
        );
        backups += usize::from(said.is_backup);
    }
    assert_eq!(backups, 1);
    house.close().await;
}

#[tokio::test]
async fn what_is_read_is_counted_no_more_and_what_is_of_others_is_not_there() {
    let house = House::open().await;
    let (_, _, winner) = won(&house).await;
    let mut browser = house.as_(winner).await;
    let page = browser.get("/messages").await;
    let before = told(&house, winner).await;
    let count = before.iter().filter(|row| row.read_at.is_none()).count();
    assert_eq!(unread(&mut browser).await, format!("消息{count}条未读"));
    let last = before.last().expect("a message");
    let read = format!("/messages/{}/read", last.id);
    // Of the two forms to one address, the one that stays here.
    let here = browser.post(&read, &[("back", "/messages?unread=1")]).await;
    assert_eq!(here.location(), "/messages?unread=1");
    let fewer = count - 1;
    assert_eq!(unread(&mut browser).await, format!("消息{fewer}条未读"));
    // Another one's message is not there, neither to read nor to put away.
    let other = AGENCIES.iter().find(|login| **login != winner);
    let mut stranger = house.as_(other.expect("another")).await;
    let path = format!("/messages/{}", last.id);
    assert_eq!(stranger.get(&path).await.status, 404);
    for what in ["read", "put-away"] {
        let page = stranger.post(&format!("{path}/{what}"), &[]).await;
        assert_eq!(page.status, 404, "{what}");
    }
    browser.get(&path).await.shows("收件身份");
    // All at once, and away.
    let page = browser.submit(page.form("/messages/read")).await;
    page.shows("已全部标为已读");
    assert_eq!(unread(&mut browser).await, "消息");
    browser
        .get("/messages?unread=1")
        .await
        .shows("没有这样的消息");
    let away = page.form(&format!("{path}/put-away"));
    browser.submit(away).await;
    let listed = told(&house, winner).await;
    assert_eq!(listed.len(), before.len() - 1);
    house.browser().get("/messages").await.shows("登录");
    house.close().await;
}

#[tokio::test]
async fn a_deadline_is_reminded_of_at_half_time_and_in_the_last_quarter_until_it_is_met() {
    let house = House::open().await;
    let (_, award, winner) = won(&house).await;
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let row = store::award::find(&mut conn, award.parse().expect("an id")).await;
    drop(conn);
    let row = row.expect("an answer").expect("the award");
    let whole = row.confirm_by_at - row.announced_at;
    let since = house.now();
    let reminded = async || kinds_since(&house, winner, since).await.len();
    house.advance_to(row.announced_at + whole * 49 / 100).await;
    assert_eq!(reminded().await, 0);
    house.advance_to(row.announced_at + whole * 51 / 100).await;
    assert_eq!(reminded().await, 1);
    house.advance_to(row.announced_at + whole * 76 / 100).await;
    assert_eq!(reminded().await, 2);
    // Silence: the award lapses, and is told with what it costs; the backup is called.
    house.advance_to(row.confirm_by_at + Duration::SECOND).await;
    let kinds = kinds_since(&house, winner, since).await;
    let expected = [
        "award_lapsed",
        "credit_recorded",
        "deadline_near",
        "deadline_near",
    ];
    assert_eq!(kinds, expected);
    let (award, backup) = {
        let id = row.requirement_id.to_string();
        cast::award(&house, &id).await
    };
    let called = told(&house, backup).await;
    assert_eq!(called.last().expect("a message").kind, "backup_called");
    // Who confirms is reminded of nothing any more.
    let since = house.now();
    let mut browser = house.as_(backup).await;
    let path = format!("/awards/{award}");
    let form = browser.get(&path).await.form(&format!("{path}/confirm"));
    browser.submit(form).await;
    house.advance(Duration::days(4)).await;
    let after = kinds_since(&house, backup, since).await;
    assert_eq!(after.first().map(String::as_str), Some("award_issued"));
    house.close().await;
}

#[tokio::test]
async fn an_excluded_agency_reads_why_and_a_correction_is_told_to_who_is_signed_up() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    confirm_mailbox(&house, "agency1", "agency1@example.cn").await;
    let since = house.now();
    let mut owner = house.as_("owner1").await;
    let page = owner.get(&format!("/requirements/{id}")).await;
    let page = owner
        .submit(page.form(&format!("/requirements/{id}/correct")))
        .await;
    let form = page
        .form(&format!("/requirements/{id}/submit"))
        .with("service_workdays", "12")
        .with("correction_reason", "服务时限过紧，经研究延长。");
    owner.submit(form).await;
    cast::audit_and_publish(&house, &id).await;
    assert_eq!(kinds_since(&house, "agency1", since).await, ["corrected"]);
    assert!(kinds_since(&house, "agency5", since).await.is_empty());
    // Nobody at a desk learns from what was sent who is signed up, or how many, before the deadline.
    let title = "公告有更正";
    let sent = effects(&house).await;
    assert!(sent.iter().any(|(_, said, _)| said.contains(title)));
    assert_eq!(listed(&house, title).await, 0);
    let mut conn = house.world.pool.acquire().await.expect("a connection");
    let later = house.now() + Duration::days(1);
    let (late, _) = store::effect::backlog(&mut conn, later)
        .await
        .expect("figures");
    let others: i64 = sqlx::query_scalar(
        "select count(*) from effects where state in ('waiting', 'running') and not starts_with(title, $1)",
    )
    .bind(title)
    .fetch_one(&mut *conn)
    .await
    .expect("a count");
    assert_eq!(
        late, others,
        "the figures of the desk count what its lists hide"
    );
    drop(conn);
    sqlx::query("update agencies set suspended_until = '2027-01-01' where uscc = $1")
        .bind(cast::agency_code(1))
        .execute(&house.owners_pool())
        .await
        .expect("suspended");
    house.advance_to(cast::deadline(&house, &id).await).await;
    assert_eq!(listed(&house, title).await, 1);
    let rows = told(&house, "agency1").await;
    assert!(kinds(&rows).contains(&"excluded"), "{:?}", kinds(&rows));
    let mut browser = house.as_("agency1").await;
    browser.get("/messages?topic=award").await.shows("暂停参与");
    house.close().await;
}

/// Confirms an address as its person would; the code is read from the envelope, as the mail would show it.
async fn confirm_mailbox(house: &House, login: &str, mailbox: &str) -> Browser {
    let mut browser = house.as_(login).await;
    let page = browser.get("/account/messages").await;
    let form = page.form("/account/mailbox").with("mailbox", mailbox);
    let page = browser.submit(form).await;
    let (id, sealed): (uuid::Uuid, Vec<u8>) = sqlx::query_as(
        "select e.id, e.envelope_sealed from effects e join persons p on p.id = e.subject
         where e.subject_kind = 'person' and p.login = $1",
    )
    .bind(login)
    .fetch_one(&house.world.pool)
    .await
    .expect("the mail with the code");
    let envelope = house.world.vault.open_envelope(id.into(), &sealed);
    let envelope = envelope.expect("an envelope");
    assert_eq!(envelope.to, mailbox);
    let code = envelope.code.expect("a code");
    assert!(!page.text.contains(&code), "the page tells the code");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let form = page.form("/account/mailbox/code");
    let again = browser.refused(form.clone().with("code", wrong)).await;
    assert!(again.complaint("code").contains("确认码不对"));
    browser
        .submit(again.form("/account/mailbox/code").with("code", code))
        .await
        .shows("已确认");
    browser
}

async fn mails(house: &House, title: &str) -> Vec<market::Timestamp> {
    let all = effects(house).await;
    let of = all
        .into_iter()
        .filter(|(kind, said, _)| kind == "mail" && said.contains(title));
    of.map(|(_, _, due_at)| due_at).collect()
}

#[tokio::test]
async fn mail_comes_to_a_confirmed_address_only_and_as_its_person_prefers() {
    let house = House::open().await;
    publish(&house, "owner1", "random").await;
    assert!(
        mails(&house, "公告已发布").await.is_empty(),
        "no address yet"
    );
    let mut owner = confirm_mailbox(&house, "owner1", "chen.gong@example.cn").await;
    let page = owner.get("/account/messages").await;
    page.shows("ch***@example.cn").hides("chen.gong");
    publish(&house, "owner1", "random").await;
    assert_eq!(mails(&house, "公告已发布").await.len(), 1);
    owner.get("/messages").await.shows("电子邮件等待发送");
    // No mail for this topic, and no text message either way: the cast has no mobile of its own to spare.
    let wish = |form: crate::browser::TypedForm, mail| form.with("mail_requirement", mail);
    let form = page.form("/account/messages");
    owner.submit(wish(form, "off")).await.shows("已保存");
    publish(&house, "owner1", "random").await;
    assert_eq!(mails(&house, "公告已发布").await.len(), 1);
    // Once a day: one mail with all of it, before offices close.
    let form = owner
        .get("/account/messages")
        .await
        .form("/account/messages");
    owner.submit(wish(form, "daily")).await;
    publish(&house, "owner1", "random").await;
    owner.get("/messages").await.shows("等待每日汇总");
    let at_five = at_clock(day(house.now()), DAILY_AT, 0);
    house.advance_to(at_five - Duration::SECOND).await;
    assert!(mails(&house, "今天有").await.is_empty());
    house.advance_to(at_five).await;
    assert_eq!(mails(&house, "今天有 2 条消息").await, [at_five]);
    owner.get("/messages").await.shows("每日汇总邮件等待发送");
    house.advance(Duration::days(2)).await;
    assert_eq!(
        mails(&house, "今天有").await.len(),
        1,
        "nothing new, no mail"
    );
    // Without an address there is none.
    let form = owner
        .get("/account/messages")
        .await
        .form("/account/mailbox/forget");
    owner.submit(form).await.shows("还没有，不发邮件");
    house.close().await;
}

#[tokio::test]
async fn quiet_hours_hold_back_everything_but_what_costs_points() {
    let house = House::open().await;
    let mut owner = confirm_mailbox(&house, "owner1", "owner@example.cn").await;
    let form = owner
        .get("/account/messages")
        .await
        .form("/account/messages");
    // From nine in the morning, which it is, until eight the next day.
    let quiet = form
        .with("quiet", "on")
        .with("quiet_from", "9")
        .with("quiet_until", "8");
    owner.submit(quiet).await.shows("已保存");
    let id = publish(&house, "owner1", "random").await;
    let morning = at_clock(day(house.now()) + Duration::DAY, 8, 0);
    assert_eq!(mails(&house, "公告已发布").await, [morning]);
    for login in AGENCIES {
        let mailbox = format!("{login}@example.cn");
        let mut browser = confirm_mailbox(&house, login, &mailbox).await;
        let form = browser
            .get("/account/messages")
            .await
            .form("/account/messages");
        let quiet = form
            .with("quiet", "on")
            .with("quiet_from", "9")
            .with("quiet_until", "8");
        browser.submit(quiet).await;
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let drawn = cast::requirement(&house, &id)
        .await
        .draw_at
        .expect("a draw");
    // Drawn in the afternoon, within the quiet hours: who has won knows at once, the others in the morning.
    assert_eq!(mails(&house, "中选：唐白路").await.first(), Some(&drawn));
    let others = mails(&house, "未中选：").await;
    assert_eq!(others.len(), 3);
    assert!(others.iter().all(|due_at| *due_at > drawn), "{others:?}");
    house.close().await;
}

#[tokio::test]
async fn no_sealed_price_and_no_address_is_in_what_is_told_or_sent() {
    let house = House::open().await;
    confirm_mailbox(&house, "agency1", "unheard.of@example.cn").await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let prices = ["43217.89", "45678.91", "46543.21"];
    for (login, price) in AGENCIES.into_iter().zip(prices) {
        sign_up(&house, login, &id, Some(price)).await;
    }
    let everything = async || -> String {
        sqlx::query_scalar(
            "select coalesce((select string_agg(row_to_json(m)::text, ' ') from messages m), '')
                 || coalesce((select string_agg(row_to_json(e)::text, ' ') from effects e), '')
                 || coalesce((select string_agg(row_to_json(s)::text, ' ') from message_settings s), '')",
        )
        .fetch_one(&house.world.pool)
        .await
        .expect("the rows")
    };
    let before = everything().await;
    for price in prices {
        for form in [price.to_string(), price.replace('.', "")] {
            assert!(!before.contains(&form), "{form}");
        }
    }
    assert!(!before.contains("unheard.of"), "an address is readable");
    // After the opening only the price of the award is told, which is public.
    draw(&house, &id).await;
    let after = everything().await;
    for price in &prices[1..] {
        assert!(!after.contains(&price.replace('.', "")), "{price}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_operator_sees_what_every_message_says() {
    let house = House::open().await;
    let mut auditor = house.as_("auditor").await;
    let page = auditor.get("/desk/messages").await;
    for kind in market::message::MessageKind::ALL {
        page.shows(kind.label());
    }
    page.shows("不受免打扰限制").shows("变量：");
    auditor
        .get("/desk/messages?topic=credit")
        .await
        .shows("收到评价")
        .hides("公告待发布");
    house.close().await;
}

#[tokio::test]
async fn papers_that_end_are_told_a_month_and_a_week_before() {
    let house = House::open().await;
    let since = house.now();
    house
        .advance_to(time::macros::datetime!(2028-12-01 08:59 +8))
        .await;
    let papers = async || {
        let kinds = kinds_since(&house, "agency1", since).await;
        kinds
            .iter()
            .filter(|kind| *kind == "paper_expiring")
            .count()
    };
    assert_eq!(papers().await, 0);
    house.advance(Duration::minutes(1)).await;
    assert_eq!(papers().await, 1);
    house.advance(Duration::days(24)).await;
    assert_eq!(papers().await, 2);
    house.close().await;
}

#[tokio::test]
async fn codes_are_few_whatever_is_forgotten_meanwhile() {
    let house = House::open().await;
    let mut person = house.as_("agency1").await;
    let form = async |person: &mut Browser| {
        let page = person.get("/account/messages").await;
        let form = page.form("/account/mailbox");
        form.with("mailbox", "victim@example.org")
    };
    let send = async |person: &mut Browser| {
        let form = form(person).await;
        person.submit(form).await.shows("vi***@example.org");
    };
    let refuse = async |person: &mut Browser, why: &str| {
        let form = form(person).await;
        person.refused(form).await.shows(why);
    };
    let forget = async |person: &mut Browser| {
        person.post("/account/mailbox/forget", &[]).await;
    };
    for _ in 0..5 {
        send(&mut person).await;
        forget(&mut person).await;
        refuse(&mut person, "一分钟后再试").await;
        house.advance(Duration::minutes(2)).await;
    }
    refuse(&mut person, "已达上限").await;
    // Others do not reach that mailbox either.
    let mut other = house.as_("agency2").await;
    refuse(&mut other, "已达上限").await;
    let waiting: i64 = sqlx::query_scalar(
        "select count(*) from effects where kind = 'mail' and state = 'waiting' and title = '邮箱确认码'",
    )
    .fetch_one(&house.world.pool)
    .await
    .expect("a count");
    assert_eq!(waiting, 0, "what waited goes with the address");
    house.advance(Duration::days(1)).await;
    send(&mut other).await;
    house.close().await;
}

#[tokio::test]
async fn a_message_that_was_put_away_is_put_away_again_without_a_word() {
    let house = House::open().await;
    cast::publish(&house, "owner1", "random").await;
    let mut owner = house.as_("owner1").await;
    let list = owner.get("/messages").await;
    let path = list.links("/messages/").pop().expect("a message");
    let page = owner.get(&path).await;
    let form = page.form(&format!("{path}/put-away"));
    owner.submit(form.clone()).await;
    assert_eq!(owner.submit(form).await.status, axum::http::StatusCode::OK);
    house.close().await;
}
