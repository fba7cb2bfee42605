//! Passwords and persons: first passwords, tokens, sessions, the own telephone, the own data, and the way out.

use crate::cast::{self, FIRST_PASSWORD, PASSWORD, open_account};
use crate::house::House;

const NEW: &str = "清泉-Willow-5512-雪";

#[tokio::test]
async fn passwords_that_everybody_tries_first_are_refused_at_every_form() {
    let house = House::open().await;
    let mut browser = house.browser();
    let page = browser.get("/register").await;
    for weak in [
        "Admin@123456",
        "Huawei@123",
        "demo-Hanjiang-2026",
        "襄阳中介服务超市2026",
        "X1angyang@2026",
    ] {
        let form = page
            .form("/register")
            .with("person_name", "李新")
            .with("phone", "13807100009")
            .with("login", "fresh")
            .with("new_password", weak)
            .with("new_password_again", weak)
            .with("agreed", "on");
        let refused = browser.refused(form).await;
        assert!(
            !refused.complaint("new_password").is_empty(),
            "{weak}: {}",
            refused.complaints()
        );
    }
    for weak in ["Admin@123456", "demo-Hanjiang-2026"] {
        let staff = server::seed::people::Staff {
            login: "new.one",
            name: "新人",
            phone: "13807100001",
            role: "supervisor",
            department: None,
        };
        let added = server::seed::people::add_staff(&house.world, staff, weak);
        assert!(added.await.is_err(), "{weak}");
    }
    house.close().await;
}

#[tokio::test]
async fn a_first_password_of_somebody_else_is_changed_before_anything_else() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let form = owner.get("/desk/trustees").await.form("/desk/trustees");
    let form = form
        .with("person_name", "新受托人")
        .with("phone", "13807100003")
        .with("login", "trustee2")
        .with("new_password", FIRST_PASSWORD);
    owner.submit(form).await;
    let mut trustee = house.browser();
    trustee.sign_in("trustee2", FIRST_PASSWORD).await;
    for path in [
        "/desk",
        "/desk/requirements",
        "/requirements/new",
        "/register/agency",
    ] {
        assert!(
            trustee.ask(path).await.location().starts_with("/account"),
            "{path}"
        );
    }
    for path in [
        "/requirements",
        "/account/mandate",
        "/account/phone",
        "/account/close",
        "/uploads",
    ] {
        assert_eq!(trustee.post(path, &[]).await.status, 403, "{path}");
    }
    let page = trustee.get("/account").await;
    page.shows("请先修改初始密码");
    let same = page
        .form("/account/password")
        .with("old_password", FIRST_PASSWORD)
        .with("new_password", FIRST_PASSWORD)
        .with("new_password_again", FIRST_PASSWORD);
    assert!(
        !trustee
            .refused(same)
            .await
            .complaint("new_password")
            .is_empty()
    );
    let form = page
        .form("/account/password")
        .with("old_password", FIRST_PASSWORD)
        .with("new_password", NEW)
        .with("new_password_again", NEW);
    trustee.submit(form).await;
    assert_eq!(trustee.ask("/desk/requirements").await.status, 200);
    // A reset by the operator is a first password again.
    server::seed::people::reset_password(&house.world, "trustee2", FIRST_PASSWORD)
        .await
        .expect("reset");
    assert_eq!(trustee.ask("/desk/requirements").await.status, 303);
    trustee.sign_in("trustee2", FIRST_PASSWORD).await;
    assert!(
        trustee
            .ask("/desk/requirements")
            .await
            .location()
            .starts_with("/account")
    );
    house.close().await;
}

#[tokio::test]
async fn a_token_is_renewed_with_password_and_role() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    let thief = browser.clone();
    let form = browser.get("/account").await.form("/account/password");
    let form = form
        .with("old_password", PASSWORD)
        .with("new_password", NEW)
        .with("new_password_again", NEW);
    browser.submit(form).await;
    assert_eq!(
        thief.clone().ask("/desk").await.status,
        303,
        "the old token is worth nothing"
    );
    assert_eq!(browser.ask("/desk").await.status, 200);
    let thief = browser.clone();
    let mandate: uuid::Uuid = sqlx::query_scalar(
        "select m.id from mandates m join persons p on p.id = m.person_id where p.login = 'owner1'",
    )
    .fetch_one(&house.world.pool)
    .await
    .expect("a mandate");
    browser
        .post("/account/mandate", &[("mandate", &mandate.to_string())])
        .await;
    assert_eq!(
        thief.clone().ask("/desk").await.status,
        303,
        "nor after a change of role"
    );
    assert_eq!(browser.ask("/desk").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn the_session_used_longest_ago_ends_when_there_are_too_many() {
    let mut house = House::open().await;
    house.with_sessions(3);
    let mut first = house.as_("owner1").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        house.advance(market::time::Duration::minutes(2)).await;
        others.push(house.as_("owner1").await);
    }
    assert_eq!(first.ask("/desk").await.status, 303);
    for other in &mut others {
        assert_eq!(other.ask("/desk").await.status, 200);
    }
    let said = "因在别处登录过多，本次登录已结束";
    first.get("/sign-in").await.shows(said);
    // Whoever signed out, or never signed in, is told nothing of the kind.
    let mut left = others.pop().expect("a browser");
    let mut copy = left.clone();
    house.advance(market::time::Duration::minutes(2)).await;
    left.post("/sign-out", &[]).await;
    house.advance(market::time::Duration::minutes(2)).await;
    house.as_("owner1").await;
    copy.get("/sign-in").await.hides(said);
    house.browser().get("/sign-in").await.hides(said);
    house.close().await;
}

#[tokio::test]
async fn telephones_are_sealed_corrected_by_their_person_and_old_rows_too() {
    let house = House::open().await;
    let plain: i64 = sqlx::query_scalar(
        "select count(*) from persons where phone is not null or phone_masked like '%13807100002%'
            or position(convert_to('13807100002', 'UTF8') in phone_sealed) > 0",
    )
    .fetch_one(&house.world.pool)
    .await
    .expect("a count");
    assert_eq!(plain, 0);
    let mut browser = house.as_("owner1").await;
    let page = browser.get("/account").await;
    page.shows("138****0002");
    let wrong = page.form("/account/phone").with("phone", "12");
    assert!(!browser.refused(wrong).await.complaints().is_empty());
    browser
        .submit(page.form("/account/phone").with("phone", "139 0710 0007"))
        .await
        .shows("139****0007");
    // A row of before: the server seals it when it starts.
    let old = "update persons set phone = '13600001111', phone_sealed = null, phone_masked = '' where login = 'owner1'";
    sqlx::query(old)
        .execute(&house.world.pool)
        .await
        .expect("an old row");
    let sealed = app::calls::account::seal_phones(&house.world)
        .await
        .expect("sealed");
    assert_eq!(sealed, 1);
    browser.get("/account").await.shows("136****1111");
    assert_eq!(
        app::calls::account::seal_phones(&house.world)
            .await
            .expect("none"),
        0
    );
    house.close().await;
}

#[tokio::test]
async fn one_takes_a_copy_of_ones_own_data_and_of_nobody_elses() {
    let house = House::open().await;
    let mut browser = house.as_("owner1").await;
    let page = browser.ask("/account/data.json").await;
    assert_eq!(page.status, 200);
    let disposition = page.headers["content-disposition"].to_str().expect("ASCII");
    assert!(disposition.starts_with("attachment"), "{disposition}");
    let held: serde_json::Value = serde_json::from_str(&page.text).expect("JSON");
    assert_eq!(held["登录名"], "owner1");
    assert_eq!(held["手机"], "13807100002");
    assert!(page.text.contains("登记项目业主") && page.text.contains("区水利局"));
    assert!(!page.text.contains("汉江测绘"), "{}", page.text);
    for line in held["操作记录"].as_array().expect("lines") {
        assert_eq!(line["结果"], "已办理", "{line}");
    }
    assert!(
        house
            .browser()
            .ask("/account/data.json")
            .await
            .location()
            .starts_with("/sign-in")
    );
    house.close().await;
}

#[tokio::test]
async fn an_account_is_closed_by_its_person_but_not_the_last_of_a_body() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let form = owner.get("/account").await.form("/account/close");
    let form = form.with("password", PASSWORD).with("agreed", "on");
    let refused = owner.refused(form).await;
    assert!(
        refused.complaints().contains("区水利局"),
        "{}",
        refused.complaints()
    );
    refused.shows("在“我的账号”的“增加管理员”里为接手的人开通账号");
    let mut trustee = house.as_("trustee").await;
    let page = trustee.get("/account").await;
    let wrong = page
        .form("/account/close")
        .with("password", "wrong-Fountain-1")
        .with("agreed", "on");
    assert_eq!(
        trustee.refused(wrong).await.complaint("close-password"),
        "密码不正确。"
    );
    let unticked = page.form("/account/close").with("password", PASSWORD);
    trustee.refused(unticked).await;
    let form = page
        .form("/account/close")
        .with("password", PASSWORD)
        .with("agreed", "on");
    trustee.submit(form).await;
    assert_eq!(trustee.ask("/desk").await.status, 303);
    let mut again = house.browser();
    let fields = [("login", "trustee"), ("password", PASSWORD)];
    assert_eq!(again.post("/sign-in", &fields).await.status, 422);
    let row: (String, Option<String>, bool) = sqlx::query_as(
        "select name, phone_masked, phone_sealed is null from persons where closed_at is not null",
    )
    .fetch_one(&house.world.pool)
    .await
    .expect("the row");
    assert_eq!(row, ("受**".to_string(), Some(String::new()), true));
    let note: String = sqlx::query_scalar(
        "select note from journal where action = '注销账号' and result = 'done'",
    )
    .fetch_one(&house.world.pool)
    .await
    .expect("on record");
    assert!(note.contains("受托人"), "{note}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_the_last_two_who_leave_at_once_one_stays() {
    let house = House::open().await;
    open_account(&house, "second", "第二人").await;
    sqlx::query(
        "insert into mandates (id, person_id, role, owner_id, granted_at)
         select gen_random_uuid(), p.id, m.role, m.owner_id, m.granted_at from persons p, mandates m
         join persons q on q.id = m.person_id where p.login = 'second' and q.login = 'owner1'",
    )
    .execute(&house.world.pool)
    .await
    .expect("a second administrator");
    let leave = async |login: &str| {
        let mut browser = house.as_(login).await;
        let form = browser.get("/account").await.form("/account/close");
        let form = form.with("password", PASSWORD).with("agreed", "on");
        browser.submit_once(&form).await.status.as_u16()
    };
    let (one, two) = tokio::join!(leave("owner1"), leave("second"));
    let mut both = [one, two];
    both.sort_unstable();
    assert_eq!(both, [303, 422]);
    house.close().await;
}

#[tokio::test]
async fn the_cast_has_changed_its_first_passwords() {
    let house = House::open().await;
    let waiting: i64 =
        sqlx::query_scalar("select count(*) from persons where must_change_password")
            .fetch_one(&house.world.pool)
            .await
            .expect("a count");
    assert_eq!(waiting, 0);
    let mut fresh = cast::register_agency(&house, "agency7", 7).await;
    assert_eq!(fresh.ask("/desk").await.status, 200);
    house.close().await;
}

/// Closes the account at a browser.
async fn close(browser: &mut crate::browser::Browser) -> crate::browser::Page {
    let form = browser.get("/account").await.form("/account/close");
    let form = form.with("password", PASSWORD).with("agreed", "on");
    browser.submit_once(&form).await
}

#[tokio::test]
async fn an_administrator_hands_over_and_goes() {
    let house = House::open().await;
    for (login, successor, action) in [
        ("owner1", "owner1.next", "/desk/trustees"),
        ("agency1", "agency1.next", "/desk/dossier"),
    ] {
        let mut browser = house.as_(login).await;
        let page = browser.get("/account").await;
        let form = page
            .form("/account/administrators")
            .with("person_name", "接手人")
            .with("phone", "13807100008")
            .with("login", successor)
            .with("new_password", FIRST_PASSWORD);
        browser.submit(form).await.shows("已授权");
        // Who has only been named can do nothing yet.
        let early = close(&mut browser).await;
        assert_eq!(early.status, 422, "{login}");
        early.shows("先由接手的人登录，再注销");
        let mut next = cast::change_first_password(&house, successor).await;
        assert_eq!(close(&mut browser).await.status, 303, "{login}");
        assert_eq!(next.ask(action).await.status, 200, "{successor}");
    }
    // A body has so many of them and no more, and a registration that nobody has checked has none to give.
    let mut next = house.as_("agency2").await;
    for n in 1..=5 {
        let form = next.get("/account").await.form("/account/administrators");
        let form = form
            .with("person_name", "又一人")
            .with("phone", "13807100008")
            .with("login", format!("agency2.n{n}"))
            .with("new_password", FIRST_PASSWORD);
        let page = next.submit_once(&form).await;
        match n {
            5 => page
                .shows("最多有 5 名机构管理员")
                .shows("“本单位的管理员”里终止"),
            _ => {
                assert_eq!(page.status, 303, "{n}");
                &page
            }
        };
    }
    let mut draft = house.as_("agency5").await;
    let form = draft.get("/account").await.form("/account/administrators");
    let refused = draft.refused(form).await;
    refused.shows("还不能办理");
    // Nobody else has anything to hand over.
    let mut trustee = house.as_("trustee").await;
    assert!(
        !trustee
            .get("/account")
            .await
            .has_form("/account/administrators")
    );
    house.close().await;
}

#[tokio::test]
async fn a_registration_that_was_never_confirmed_goes_with_its_person() {
    let house = House::open().await;
    let mut owner = open_account(&house, "fresh", "登记人").await;
    let form = owner.get("/register/owner").await.form("/register/owner");
    let form = cast::owner_form(form, "区园林局", 41, "gov_agency", "fiscal");
    owner.submit(form).await;
    assert_eq!(close(&mut owner).await.status, 303);
    let agency = cast::register_agency(&house, "agency9", 9).await;
    cast::hand_in(&house, agency, 9).await;
    let mut agency = house.as_("agency9").await;
    assert_eq!(close(&mut agency).await.status, 303);
    let mut auditor = house.as_("auditor").await;
    let page = auditor.get("/desk/checks").await;
    page.hides("区园林局").hides("汉江测绘9有限公司");
    assert!(page.links("/desk/checks/owners/").is_empty());
    assert!(page.links("/desk/checks/agencies/").is_empty());
    house.close().await;
}

#[tokio::test]
async fn an_owner_has_so_many_trustees_and_no_more() {
    let house = House::open().await;
    // The one of the cast and twenty-eight of before.
    sqlx::query(
        "with added as (
             insert into persons (id, login, name, phone_sealed, phone_masked, password_hash, created_at)
             select gen_random_uuid(), 'many.' || n, '受托人', '\\x00', '', '', now() from generate_series(1, 28) n
             returning id)
         insert into mandates (id, person_id, role, owner_id, granted_at)
         select gen_random_uuid(), a.id, 'owner_trustee', o.id, now() from added a, owners o where o.name = '区水利局'",
    )
    .execute(&house.world.pool)
    .await
    .expect("many trustees");
    // Of two at once, one is the last.
    let owner = house.as_("owner1").await;
    let name = async |login: &str| {
        let mut owner = owner.clone();
        let form = owner.get("/desk/trustees").await.form("/desk/trustees");
        let form = form
            .with("person_name", "新受托人")
            .with("phone", "13807100003")
            .with("login", login)
            .with("new_password", FIRST_PASSWORD);
        owner.submit_once(&form).await
    };
    let (one, two) = tokio::join!(name("trustee.one"), name("trustee.two"));
    let [taken, refused] = if one.status == 303 {
        [one, two]
    } else {
        [two, one]
    };
    assert_eq!((taken.status.as_u16(), refused.status.as_u16()), (303, 422));
    refused
        .shows("最多有 30 名采购受托人")
        .shows("终止不再需要的授权");
    house.close().await;
}
