//! From publication to the notice of award by each method, and what happens when too few come.

use crate::browser::{Browser, Page};
use crate::cast::{
    self, AGENCIES, award, deadline, draw, publish, publish_with, requirement, sign_up, win,
};
use crate::house::House;
use market::Timestamp;
use market::draw::Evidence;
use market::requirement::RequirementState;
use market::time::{Duration, at_clock, day};
use time::macros::date;

async fn evidence(house: &House, id: &str) -> (String, Evidence) {
    let mut browser = house.browser();
    let page = browser.get(&format!("/requirements/{id}")).await;
    let link = page.links("/draws/").pop().expect("a draw");
    let json = browser.get(&format!("/api/v1{link}")).await;
    assert_eq!(json.status, 200);
    (link, serde_json::from_str(&json.text).expect("evidence"))
}

#[tokio::test]
async fn a_random_draw_from_the_notice_to_the_award() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    let notice = house.browser().get(&format!("/requirements/{id}")).await;
    notice
        .shows("关于为【唐白路规划放线测量】公开选取【测绘】机构的公告")
        .shows("承诺值");
    // Small public money: three workdays were asked for, ending on the next workday after them at 15:00.
    assert_eq!(day(deadline(&house, &id).await), date!(2026 - 03 - 06));

    for login in AGENCIES {
        sign_up(&house, login, &id, None)
            .await
            .shows("报名成功")
            .shows("报名回执");
    }
    let before = house.browser().get(&format!("/requirements/{id}")).await;
    before
        .hides("汉江测绘")
        .shows("报名家数和名称在截止前不公开");

    house.advance_to(deadline(&house, &id).await).await;
    let frozen = requirement(&house, &id).await;
    assert_eq!(
        frozen.state,
        RequirementState::Frozen,
        "the list is frozen before the draw"
    );
    house
        .browser()
        .get(&format!("/requirements/{id}"))
        .await
        .shows("汉江测绘1有限公司");

    draw(&house, &id).await;
    let (link, evidence) = evidence(&house, &id).await;
    assert!(evidence.is_right(), "{:#?}", evidence.replay());
    assert_eq!(evidence.entrants.len(), 4);
    assert_eq!(evidence.picks.len(), 2, "a winner and a backup");
    assert_eq!(
        evidence.seed_commitment,
        frozen.seed_commitment.expect("promised")
    );
    house
        .browser()
        .get(&link)
        .await
        .shows("抽中")
        .shows("候补 1")
        .shows(&evidence.server_seed.to_string());

    is_on_paper(&house, &id, &evidence).await;
    house.close().await;
}

/// The one drawn has a notice of award that can be verified.
async fn is_on_paper(house: &House, id: &str, evidence: &Evidence) {
    let (award, login) = win(house, id).await;
    let drawn = &evidence.picks[0].uscc;
    let n = AGENCIES
        .iter()
        .position(|one| *one == login)
        .expect("one of the cast")
        + 1;
    assert_eq!(*drawn, cast::agency_code(n));
    let paper = house
        .browser()
        .get(&format!("/awards/{award}/notice"))
        .await;
    paper
        .shows("中选通知书")
        .shows("48,000.00")
        .shows("肆万捌仟元整");
    let number = cast::award_no(house, &award).await;
    paper.shows(&format!("http://market.test/verify/{number}"));
    house
        .browser()
        .get(&format!("/verify/{number}"))
        .await
        .shows("真实");
    let forged = house.browser().get(&format!("/verify/{number}0")).await;
    assert!(
        !forged.words().contains("查验结果：真实"),
        "{}",
        forged.words()
    );
}

#[tokio::test]
async fn the_lowest_price_wins_and_ties_are_drawn() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    for (login, price) in AGENCIES
        .into_iter()
        .zip(["46000", "43,500.00", "4.35万", "47999.99"])
    {
        sign_up(&house, login, &id, Some(price))
            .await
            .shows("报名成功");
    }
    draw(&house, &id).await;
    let (award_id, winner) = award(&house, &id).await;
    assert!(
        ["agency2", "agency3"].contains(&winner),
        "{winner} was not the lowest"
    );
    let (_, evidence) = evidence(&house, &id).await;
    assert_eq!(evidence.purpose, market::draw::Purpose::Tie);
    assert!(evidence.is_right());
    assert_eq!(evidence.entrants.len(), 2, "only those who tie are drawn");
    house
        .browser()
        .get(&format!("/awards/{award_id}"))
        .await
        .shows("43,500.00");
    // After the opening every bid is public.
    house
        .browser()
        .get(&format!("/requirements/{id}"))
        .await
        .shows("46,000.00")
        .shows("47,999.99");
    house.close().await;
}

#[tokio::test]
async fn bids_outside_the_bounds_are_refused_at_the_field() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let mut agency = house.as_("agency1").await;
    let path = format!("/requirements/{id}");
    for (price, why) in [
        ("50000", "最高限价"),
        ("100", "最低限价"),
        ("", "填写"),
        ("四万左右", "金额"),
    ] {
        let form = agency
            .get(&path)
            .await
            .form(&format!("{path}/sign-up"))
            .with("price", price);
        let page = agency.refused(form).await;
        assert!(
            page.complaints().contains(why),
            "{price}: {}",
            page.complaints()
        );
        assert!(
            page.text.contains(&format!("value=\"{price}\"")),
            "what was typed is kept: {price}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn too_few_extend_once_then_fail_and_are_published_again() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    sign_up(&house, "agency1", &id, None).await;
    let first = deadline(&house, &id).await;
    house.advance_to(first).await;
    let extended = requirement(&house, &id).await;
    assert_eq!(
        (extended.state, extended.extensions),
        (RequirementState::Published, 1)
    );
    assert!(extended.deadline_at > Some(first));
    house
        .browser()
        .get(&format!("/requirements/{id}"))
        .await
        .shows("报名延期公告")
        .hides("汉江测绘1");
    // What was signed up stays, and another one is still too few for public money.
    sign_up(&house, "agency2", &id, None).await;
    house.advance_to(deadline(&house, &id).await).await;
    assert_eq!(
        requirement(&house, &id).await.state,
        RequirementState::Failed
    );

    let mut owner = house.as_("owner1").await;
    let path = format!("/requirements/{id}");
    let form = owner.get(&path).await.form(&format!("{path}/republish"));
    let page = owner.submit(form).await;
    let again = page.id();
    assert_ne!(again, id);
    owner
        .submit(page.form(&format!("/requirements/{again}/submit")))
        .await;
    cast::audit_and_publish(&house, &again).await;
    house
        .browser()
        .get(&format!("/requirements/{again}"))
        .await
        .shows("重新发布");
    assert!(
        !house
            .browser()
            .get(&path)
            .await
            .links(&format!("/requirements/{again}"))
            .is_empty()
    );
    // It is published again once only; asking again leads to what there is.
    let page = owner.post(&format!("{path}/republish"), &[]).await;
    assert_eq!(page.location(), format!("/requirements/{again}"));
    house.close().await;
}

#[tokio::test]
async fn social_money_goes_on_with_a_single_entrant() {
    let house = House::open().await;
    let id = publish_with(&house, "owner2", "random", |form| {
        form.with("fund", "social").with("sign_up_workdays", "1")
    })
    .await;
    sign_up(&house, "agency3", &id, None).await;
    draw(&house, &id).await;
    let (_, login) = award(&house, &id).await;
    assert_eq!(login, "agency3");
    house.close().await;
}

#[tokio::test]
async fn nobody_signs_up_and_the_requirement_fails_after_its_extension() {
    let house = House::open().await;
    let id = publish_with(&house, "owner2", "random", |form| {
        form.with("fund", "social").with("sign_up_workdays", "1")
    })
    .await;
    house.advance(Duration::days(12)).await;
    assert_eq!(
        requirement(&house, &id).await.state,
        RequirementState::Failed
    );
    house
        .browser()
        .get(&format!("/requirements/{id}"))
        .await
        .shows("采购失败公告");
    house.close().await;
}

/// A requirement for a direct choice, published after a price above the cap was refused.
async fn within_the_cap(house: &House, owner: &mut Browser) -> String {
    let (page, id) = cast::begin(house, owner).await;
    let form = cast::document(page.form(&format!("/requirements/{id}/submit")), "direct")
        .with("amount", "5.1万");
    let page = owner.refused(form).await;
    assert!(
        page.complaints().contains("50,000.00"),
        "{}",
        page.complaints()
    );
    let form = page
        .form(&format!("/requirements/{id}/submit"))
        .with("amount", "3万");
    owner.submit(form).await;
    cast::audit_and_publish(house, &id).await;
    id
}

#[tokio::test]
async fn the_owner_chooses_directly_with_a_reason_and_within_the_cap() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let id = within_the_cap(&house, &mut owner).await;
    sign_up(&house, "agency1", &id, None).await;
    sign_up(&house, "agency2", &id, None).await;
    house.advance_to(deadline(&house, &id).await).await;
    assert_eq!(
        requirement(&house, &id).await.state,
        RequirementState::Choosing
    );

    let notice = house.browser().get(&format!("/requirements/{id}")).await;
    notice.shows("怎样保证公平").hides("随机数");

    let path = format!("/requirements/{id}/choose");
    // Who may no longer be chosen is named all the same, with the reason, and cannot be pressed.
    let until = house.now() + Duration::days(30);
    suspend(&house, "agency1", Some(until)).await;
    let page = owner.get(&path).await;
    page.shows("现在不能选定")
        .shows("暂停参与期")
        .shows("符合条件")
        .shows("暂无评价");
    let closed = scraper::Selector::parse("input[name=sign_up][disabled]").expect("a selector");
    assert_eq!(page.html().select(&closed).count(), 1);
    assert_eq!(page.links("/agencies/").len(), 2);
    suspend(&house, "agency1", None).await;
    let page = owner.get(&path).await;
    let form = page.form(&path);
    let chosen = {
        let html = page.html();
        let css = scraper::Selector::parse("input[name=sign_up]").expect("a selector");
        html.select(&css)
            .next_back()
            .and_then(|radio| radio.attr("value"))
            .expect("a choice")
            .to_string()
    };
    let refused = owner
        .refused(form.with("sign_up", &chosen).with("reason", "就它"))
        .await;
    assert!(!refused.complaint("reason").is_empty());
    let reason = "承担过前期工作，资料齐全，能够按时完成。";
    let form = |page: &Page| {
        let form = page.form(&path).with("sign_up", &chosen);
        form.with("reason", reason)
    };
    // Whoever may not take part any more is not taken, and the owner is told why instead of that it has chosen.
    let until = house.now() + Duration::days(30);
    suspend(&house, "agency2", Some(until)).await;
    let refused = owner.refused(form(&refused)).await;
    assert!(refused.complaint("sign_up").contains("暂停参与期"));
    assert_eq!(
        requirement(&house, &id).await.state,
        RequirementState::Choosing
    );
    suspend(&house, "agency2", None).await;
    owner.submit(form(&refused)).await.shows("已选定");
    let (_, login) = award(&house, &id).await;
    assert_eq!(login, "agency2", "the second of the list was chosen");
    house.close().await;
}

#[tokio::test]
async fn the_backup_takes_over_when_the_winner_declines_or_is_silent() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    for login in AGENCIES {
        sign_up(&house, login, &id, None).await;
    }
    draw(&house, &id).await;
    let (_, evidence) = evidence(&house, &id).await;
    let (first, winner) = award(&house, &id).await;
    let mut agency = house.as_(winner).await;
    let path = format!("/awards/{first}");
    // What came of it stands before what was asked for, and what is to be done before what is known.
    for (page, sooner, later) in [
        (format!("/requirements/{id}"), "<h2>选取结果", "<h2>需求"),
        (path.clone(), "贵机构中选，请确认", "公示期至"),
    ] {
        let text = agency.get(&page).await.text;
        let at = |words: &str| text.find(words).expect("it is there");
        assert!(at(sooner) < at(later), "{page}");
    }
    let form = agency.get(&path).await.form(&format!("{path}/decline"));
    let form = form
        .with("reason", "近期人员不足，无法按时到位，特此说明。")
        .with("understood", "on");
    agency.submit(form).await.shows("放弃");
    let (_, backup) = award(&house, &id).await;
    let n = AGENCIES
        .iter()
        .position(|one| *one == backup)
        .expect("one of the cast")
        + 1;
    assert_eq!(
        evidence.picks[1].uscc,
        cast::agency_code(n),
        "the backup of the draw"
    );
    // Two give-ups, and nobody is left: it fails publicly.
    house.advance(Duration::days(5)).await;
    assert_eq!(
        requirement(&house, &id).await.state,
        RequirementState::Failed
    );
    // The demerits count once the agencies have had their five workdays to state their case.
    house.advance(Duration::days(8)).await;
    for login in [winner, backup] {
        let n = AGENCIES
            .iter()
            .position(|one| *one == login)
            .expect("one of the cast")
            + 1;
        let page = house
            .browser()
            .get(&format!("/agencies/{}", cast::agency_code(n)))
            .await;
        page.shows("M02").shows("92");
    }
    house.close().await;
}

#[tokio::test]
async fn a_correction_is_a_new_edition_that_shows_what_changed() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    let mut owner = house.as_("owner1").await;
    let path = format!("/requirements/{id}");
    let form = owner.get(&path).await.form(&format!("{path}/correct"));
    let page = owner.submit(form).await;
    let form = page
        .form(&format!("{path}/submit"))
        .with("service_workdays", "15")
        .with("correction_reason", "服务时限过紧，经研究延长。");
    owner.submit(form).await;
    house.browser().get(&path).await.hides("服务时限过紧");
    cast::audit_and_publish(&house, &id).await;
    let page = house.browser().get(&path).await;
    page.shows("更正记录")
        .shows("服务时限过紧")
        .shows("15 个工作日");
    assert!(page.text.contains("<del>") && page.text.contains("<ins>"));
    house.close().await;
}

#[tokio::test]
async fn the_deadline_is_a_workday_at_three_o_clock() {
    let house = House::open().await;
    // A Wednesday before the Qingming holiday (2026-04-06 is a holiday, a Monday).
    house
        .advance_to(at_clock(date!(2026 - 04 - 01), 10, 0))
        .await;
    let id = publish(&house, "owner1", "random").await;
    let deadline = deadline(&house, &id).await;
    assert_eq!(
        deadline,
        at_clock(date!(2026 - 04 - 08), 15, 0),
        "Thursday, Friday, Tuesday; then the next workday"
    );
    house.close().await;
}

async fn suspend(house: &House, login: &str, until: Option<Timestamp>) {
    let sql = "update agencies set suspended_until = $2 where id in
        (select m.agency_id from mandates m join persons p on p.id = m.person_id where p.login = $1)";
    sqlx::query(sql)
        .bind(login)
        .bind(until)
        .execute(&house.owners_pool())
        .await
        .expect("suspended");
}
