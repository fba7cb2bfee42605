//! The sealed bid is the price that stood in the field when the form was pressed: double clicks, corrections, forms
//! that overtake each other, and what the page says of them afterwards.

use crate::browser::{Browser, Page, TypedForm};
use crate::cast::{self, publish, publish_with};
use crate::house::House;
use market::bid::{PublicKey, seal};
use market::press::Presses;
use market::{AgencyId, Fen, RequirementId};

/// The sign-up page of an agency in a browser with scripts.
struct Sealing {
    page: Page,
    action: String,
    key: PublicKey,
    requirement: RequirementId,
    agency: AgencyId,
    presses: Presses,
    count: u8,
}

/// What a browser with scripts sends, and the ciphertext in it.
struct Sent {
    form: TypedForm,
    sealed: String,
}

impl Sealing {
    async fn open(house: &House, browser: &mut Browser, id: &str, count: u8) -> Sealing {
        let key = cast::requirement(house, id).await.bid_public_key;
        let key = key.expect("a key").0;
        let page = browser.get(&format!("/requirements/{id}")).await;
        let agency: uuid::Uuid = sqlx::query_scalar(
            "select m.agency_id from mandates m join persons p on p.id = m.person_id where p.login = 'agency1'",
        )
        .fetch_one(&house.world.pool)
        .await
        .expect("the agency");
        Sealing {
            page,
            action: format!("/requirements/{id}/sign-up"),
            key: PublicKey(key),
            requirement: id.parse().expect("an id"),
            agency: agency.into(),
            presses: Presses::default(),
            count,
        }
    }

    /// Presses the button with a price in the field.
    fn press(&mut self, yuan: i64) -> Sent {
        let sum = Fen(yuan * 100);
        let count = &mut self.count;
        let fresh = || {
            *count += 1;
            Some([*count; 32])
        };
        let press = self.presses.press(Some(sum), fresh).expect("chance");
        let entropy = press.entropy.0;
        let sealed = seal(sum, self.key, self.requirement, self.agency, entropy).expect("seals");
        let form = self.page.form(&self.action);
        let replaces = self.presses.replaces(form.value("replaces"));
        let sealed = hex::encode(sealed);
        Sent {
            form: form
                .forged("price", "")
                .forged("sealed_bid", &sealed)
                .forged("nonce", press.nonce)
                .forged("replaces", replaces),
            sealed,
        }
    }
}

/// The one ciphertext that is kept.
async fn stored(house: &House) -> String {
    let all: Vec<Vec<u8>> = sqlx::query_scalar("select sealed from bids")
        .fetch_all(&house.world.pool)
        .await
        .expect("the bids");
    let [one] = all.as_slice() else {
        panic!("{} bids", all.len())
    };
    hex::encode(one)
}

#[tokio::test]
async fn a_corrected_price_stands_in_whatever_order_the_forms_arrive() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let mut browser = house.as_("agency1").await;
    // In order: the second press takes the place of the first.
    let mut page = Sealing::open(&house, &mut browser, &id, 0).await;
    let (first, second) = (page.press(47_000), page.press(44_000));
    browser.submit(first.form).await.shows("报名成功");
    browser.submit(second.form).await.shows("报名成功");
    assert_eq!(stored(&house).await, second.sealed);
    // The other way round, from the page that replaces: the late first press is told, and changes nothing.
    let mut page = Sealing::open(&house, &mut browser, &id, 100).await;
    let (first, second) = (page.press(46_000), page.press(43_000));
    browser.submit(second.form).await.shows("报名成功");
    let late = browser.refused(first.form).await;
    late.shows("这一次提交的没有采用").hides("报名成功");
    assert_eq!(stored(&house).await, second.sealed);
    house.close().await;
}

#[tokio::test]
async fn a_double_click_is_one_sign_up() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let mut browser = house.as_("agency1").await;
    let mut page = Sealing::open(&house, &mut browser, &id, 0).await;
    let (first, again) = (page.press(45_000), page.press(45_000));
    let mut other = browser.clone();
    let (a, b) = tokio::join!(
        browser.submit_once(&first.form),
        other.submit_once(&again.form)
    );
    assert_eq!((a.status.as_u16(), b.status.as_u16()), (303, 303));
    assert_eq!(a.location(), b.location());
    let sign_ups: i64 = sqlx::query_scalar("select count(*) from sign_ups")
        .fetch_one(&house.world.pool)
        .await
        .expect("a number");
    assert_eq!(sign_ups, 1);
    house.close().await;
}

#[tokio::test]
async fn of_two_windows_one_is_taken_and_both_tell_the_truth() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let mut browser = house.as_("agency1").await;
    for round in 0..4 {
        let mut one = Sealing::open(&house, &mut browser, &id, 50 * round).await;
        let mut two = Sealing::open(&house, &mut browser, &id, 50 * round + 25).await;
        let (one, two) = (one.press(44_000), two.press(43_000));
        let (mut a, mut b) = (browser.clone(), browser.clone());
        let (a, b) = tokio::join!(a.submit_once(&one.form), b.submit_once(&two.form));
        let (won, lost, sealed) = if a.status.is_redirection() {
            (a, b, one.sealed)
        } else {
            (b, a, two.sealed)
        };
        assert_eq!(stored(&house).await, sealed);
        assert_eq!(lost.status.as_u16(), 422);
        lost.shows("这一次提交的没有采用")
            .shows("报名回执")
            .shows(&sealed);
        let to = won.location();
        browser.get(&to).await.shows("报名成功").shows(&sealed);
    }
    house.close().await;
}

#[tokio::test]
async fn success_is_said_only_of_the_sign_up_that_stands() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let mut browser = house.as_("agency1").await;
    let mut page = Sealing::open(&house, &mut browser, &id, 0).await;
    let first = page.press(46_000);
    let arrived = browser.submit_once(&first.form).await.location();
    browser.get(&arrived).await.shows("报名成功");
    let mut page = Sealing::open(&house, &mut browser, &id, 50).await;
    browser.submit(page.press(43_000).form).await;
    // The same form again, as by Back: its answer is remembered, and is no longer true.
    let again = browser.submit_once(&first.form).await.location();
    assert_eq!(again, arrived);
    browser
        .get(&again)
        .await
        .shows("后来被替换了")
        .hides("报名成功");
    let withdraw = format!("/requirements/{id}/withdraw");
    let form = browser.get(&arrived).await.form(&withdraw);
    browser.submit(form).await;
    browser
        .get(&arrived)
        .await
        .shows("后来撤回了")
        .hides("报名成功");
    let mut strangers = [house.browser(), house.as_("agency2").await];
    for stranger in &mut strangers {
        stranger.get(&arrived).await.hides("报名成功");
    }
    house.close().await;
}

#[tokio::test]
async fn a_readable_price_counts_whatever_ciphertext_came_with_it() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "lowest_price").await;
    let mut browser = house.as_("agency1").await;
    let mut page = Sealing::open(&house, &mut browser, &id, 0).await;
    // Scripts died half way, or a browser put an old ciphertext back: the field holds another price.
    let stale = page.press(47_000);
    let answer = browser.submit(stale.form.with("price", "43000")).await;
    answer.shows("已密封（服务器代为生成）");
    assert_ne!(stored(&house).await, stale.sealed);
    house.close().await;
}

/// A policy under which bids may be very low.
async fn allow_low_floors(house: &House) {
    sqlx::query(
        "insert into policies (id, region_code, name, effective_from, rules, created_at)
         select gen_random_uuid(), region_code, 'low floors', effective_from + interval '1 second',
             jsonb_set(rules, '{selection,floor_percent}', '1'), created_at
         from policies order by effective_from desc limit 1",
    )
    .execute(&house.world.pool)
    .await
    .expect("a policy");
}

#[tokio::test]
async fn a_price_that_looks_like_a_slip_of_the_unit_is_asked_about() {
    let house = House::open().await;
    allow_low_floors(&house).await;
    let id = publish_with(&house, "owner1", "lowest_price", |form| {
        form.with("floor", "500")
    })
    .await;
    let mut browser = house.as_("agency1").await;
    let (path, action) = (
        format!("/requirements/{id}"),
        format!("/requirements/{id}/sign-up"),
    );
    let form = browser.get(&path).await.form(&action);
    let outside = browser.refused(form.with("price", "4.3")).await;
    outside.shows("报价低于最低限价 500.00 元。要报 43,000.00 元的，请写上“万”字。");
    let asked = outside.form(&action).with("price", "4300");
    let asked = browser.refused(asked).await;
    asked.shows("4,300.00 元只有最高限价 48,000.00 元的十分之一或者更少");
    // What was confirmed for one sum holds for no other.
    let form = asked.form(&action);
    assert_eq!(form.value("price"), "4300");
    let other = form.with("price_meant", "4300.00").with("price", "4400");
    browser.refused(other).await.shows("4,400.00 元只有");
    let meant = asked.form(&action).with("price_meant", "4300.00");
    browser.submit(meant).await.shows("报名成功");
    house.close().await;
}
