//! The lane of effects at the operator's desk.

use super::{mail, person, send, send_at, sms, state};
use crate::cast::PASSWORD;
use crate::house::House;
use crate::outbox::{Fate, Outbox};
use app::ask::encode;
use market::PersonId;
use market::effect::{CODE, Effect, EffectState, Mail};
use market::journal::Deed;
use server::work;
use time::Duration;

async fn deeds(house: &House, deed: Deed) -> i64 {
    sqlx::query_scalar("select count(*) from journal where action = $1 and subject_kind = 'effect'")
        .bind(deed.label())
        .fetch_one(&house.world.pool)
        .await
        .expect("a count")
}

#[tokio::test]
async fn what_has_stopped_is_found_read_sent_again_or_put_away() {
    let house = House::open().await;
    let lost = send(&house, person(1), &mail("中选通知"), "chen.gong@example.cn").await;
    let useless = send(&house, person(2), &sms("award"), "13807100001").await;
    let refusing = Outbox::judging(|_| Fate::Final("550 no such mailbox"));
    work::effects::turn(&house.world, &refusing.ways())
        .await
        .expect("tried");
    let mut auditor = house.as_("auditor").await;
    auditor.get("/desk").await.shows("异常任务");
    let jobs = auditor.get("/desk/jobs").await;
    jobs.shows("对外发送（2 件已停止）");
    let list = auditor.get("/desk/jobs?lane=effects&state=dead").await;
    list.shows("共 2 件")
        .shows("ch***@example.cn")
        .shows("138****0001");
    list.hides("chen.gong").hides("13807100001");
    // By way, by title and by the masked receiver.
    for (name, value, shown, hidden) in [
        ("kind", "sms", "河堤测绘", "中选通知"),
        ("q", "中选 通知", "中选通知", "138****0001"),
        ("q", "138****0001", "河堤测绘", "中选通知"),
    ] {
        let page = auditor
            .get(&format!("/desk/jobs?lane=effects&{name}={}", encode(value)))
            .await;
        page.shows(shown).hides(hidden).shows("共 1 件");
    }
    let page = auditor.get("/desk/jobs?lane=effects&state=done").await;
    page.shows("没有这样的发送");
    // One of them, with its attempts.
    let path = format!("/desk/effects/{lost}");
    let page = auditor.get(&path).await;
    page.shows("550 no such mailbox")
        .shows("贵单位已中选")
        .shows(&lost.to_string())
        .shows("发送经过")
        .hides("chen.gong");
    let again = auditor.submit(page.form(&format!("{path}/revive"))).await;
    again.shows("已重新开始");
    let other = format!("/desk/effects/{useless}");
    let page = auditor.get(&other).await;
    let page = auditor
        .submit(page.form(&format!("{other}/put-away")))
        .await;
    page.shows("这一件不再发送");
    let taking = Outbox::taking_everything();
    let tried = work::effects::turn(&house.world, &taking.ways()).await;
    assert_eq!(tried.expect("sent"), 1);
    assert_eq!(
        (state(&house, lost).await, state(&house, useless).await),
        (EffectState::Done, EffectState::PutAway)
    );
    let page = auditor.get(&path).await;
    page.shows("对方答复").hides("重新发送");
    assert_eq!(deeds(&house, Deed::ReviveEffect).await, 1);
    assert_eq!(deeds(&house, Deed::PutAwayEffect).await, 1);
    // A second press of an old page changes nothing.
    for action in ["revive", "put-away"] {
        let late = auditor.post(&format!("{path}/{action}"), &[]).await;
        assert_eq!(late.status, 422, "{action}");
    }
    assert_eq!(state(&house, lost).await, EffectState::Done);
    house.close().await;
}

#[tokio::test]
async fn to_who_has_closed_the_account_nothing_more_is_sent() {
    let house = House::open().await;
    let trustee: PersonId = sqlx::query_scalar("select id from persons where login = 'trustee'")
        .fetch_one(&house.world.pool)
        .await
        .expect("a person");
    let later = house.now() + Duration::hours(8);
    let to = "trustee@example.cn";
    let own = send_at(&house, trustee, (&mail("明早"), None), to, later).await;
    let other = send_at(&house, person(7), (&mail("明早"), None), to, later).await;
    let mut browser = house.as_("trustee").await;
    let form = browser.get("/account").await.form("/account/close");
    let form = form.with("password", PASSWORD).with("agreed", "on");
    browser.submit(form).await;
    assert_eq!(state(&house, own).await, EffectState::PutAway);
    assert_eq!(state(&house, other).await, EffectState::Waiting);
    let kept: i64 =
        sqlx::query_scalar("select count(*) from effects where envelope_sealed is not null")
            .fetch_one(&house.world.pool)
            .await
            .expect("a count");
    assert_eq!(kept, 1, "the address is gone with the account");
    house.close().await;
}

#[tokio::test]
async fn effects_are_counted_and_go_on_for_pages_and_codes_are_not_shown() {
    let house = House::open().await;
    let code = Effect::Mail(Mail {
        subject: "确认邮箱".into(),
        text: format!("验证码 {CODE}，十分钟内有效。"),
    });
    let later = house.now() + Duration::hours(8);
    let id = send_at(
        &house,
        person(99),
        (&code, Some("402817")),
        "li@example.cn",
        later,
    )
    .await;
    for n in 0..30 {
        send(&house, person(n), &mail("中选通知"), "li@example.cn").await;
    }
    let mut publisher = house.as_("publisher").await;
    let first = publisher.get("/desk/jobs?lane=effects").await;
    first.shows("共 31 件").shows("下一页");
    let next = first
        .links("/desk/jobs?")
        .into_iter()
        .find(|link| link.contains("at="));
    let second = publisher.get(&next.expect("a next page")).await;
    second.shows("共 31 件").shows("上一页");
    let page = publisher.get(&format!("/desk/effects/{id}")).await;
    page.shows("验证码不显示")
        .shows("还没有发送过")
        .hides("402817")
        .hides(CODE);
    // Nobody else reads them, and what is not there answers so.
    for login in ["owner1", "agency1", "clerk", "supervisor"] {
        let mut other = house.as_(login).await;
        for path in ["/desk/jobs?lane=effects", &format!("/desk/effects/{id}")] {
            assert_eq!(other.ask(path).await.status, 403, "{login} {path}");
        }
    }
    let nothing = "/desk/effects/01900000-0000-7000-8000-000000000000";
    assert_eq!(publisher.ask(nothing).await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn jobs_are_found_by_what_they_are_about_and_name_the_id_of_the_log() {
    let house = House::open().await;
    let id = crate::cast::publish(&house, "owner1", "random").await;
    let notice = crate::cast::requirement(&house, &id).await.notice_no;
    let notice = notice.expect("published");
    let mut auditor = house.as_("auditor").await;
    let page = auditor.get(&format!("/desk/jobs?q={notice}")).await;
    page.shows("共 1 件").shows("报名截止").shows(&notice);
    assert!(
        page.links("/requirements/")
            .contains(&format!("/requirements/{id}"))
    );
    let job: String = sqlx::query_scalar("select id::text from jobs where subject = $1")
        .bind(id.parse::<uuid::Uuid>().expect("an id"))
        .fetch_one(&house.world.pool)
        .await
        .expect("a job");
    page.shows(&job);
    let page = auditor.get(&format!("/desk/jobs?q={job}")).await;
    page.shows("共 1 件");
    let page = auditor.get("/desk/jobs?state=dead").await;
    page.shows("没有这样的任务");
    house.close().await;
}
