//! What people's hands do: press too early, press Enter, press twice. Nothing is decided by accident, and what was
//! handed in too early can be had back.

use crate::browser::{PDF, Page};
use crate::cast::{self, begin, begin_audit, document};
use crate::house::House;

/// An owner hands a document in. Answers its page and its id.
async fn hand_in(house: &House, login: &str) -> (Page, String) {
    let mut owner = house.as_(login).await;
    let (page, id) = begin(house, &mut owner).await;
    let form = page.form(&format!("/requirements/{id}/submit"));
    (owner.submit(document(form, "random")).await, id)
}

#[tokio::test]
async fn what_was_handed_in_goes_back_to_its_owner_until_its_audit_begins() {
    let house = House::open().await;
    let (page, id) = hand_in(&house, "owner1").await;
    let mut owner = house.as_("owner1").await;
    let take_back = format!("/requirements/{id}/take-back");
    let page = owner.submit(page.form(&take_back)).await;
    page.shows("已撤回");
    // Everything is as it was typed, and the queue of the auditors is empty.
    let again = page.form(&format!("/requirements/{id}/submit"));
    assert_eq!(again.value("project_name"), "唐白路规划放线测量");
    let mut auditor = house.as_("auditor").await;
    auditor.get("/desk/audits").await.shows("没有等办的事");
    // Handed in again; the auditor's look alone changes nothing, the press does.
    let page = owner.submit(again).await;
    let paper = auditor.get(&format!("/desk/editions/{id}")).await;
    assert!(!paper.has_form(&format!("/desk/editions/{id}/audit")));
    let late = page.form(&take_back);
    let judging = begin_audit(&mut auditor, &id).await;
    let refused = owner.refused(late).await;
    refused
        .shows("开始审核，不能再撤回")
        .shows("请联系运营机构退回");
    assert!(!refused.has_form(&take_back), "the button is gone");
    auditor.get("/desk/audits").await.shows("周审 已开始审核");
    house
        .as_("supervisor")
        .await
        .get("/desk/journal")
        .await
        .shows("撤回送审")
        .shows("开始审核");
    // What comes back from the audit and is handed in again waits for another beginning.
    let back = judging
        .with("verdict", "return")
        .with("note", "成果份数与范本不同，请核对。");
    auditor.submit(back).await;
    let form = owner
        .get(&format!("/requirements/{id}/edit"))
        .await
        .form(&format!("/requirements/{id}/submit"));
    let page = owner.submit(form).await;
    let page = owner.submit(page.form(&take_back)).await;
    page.shows("成果份数与范本不同，请核对。");
    house.close().await;
}

/// The version that the auditor's page would send, to begin with.
async fn begin_form(auditor: &mut crate::browser::Browser, id: &str) -> String {
    let path = format!("/desk/editions/{id}");
    let page = auditor.get(&path).await;
    page.form(&format!("{path}/begin"))
        .value("version")
        .to_string()
}

#[tokio::test]
async fn nothing_is_judged_whose_audit_has_not_begun_and_nothing_of_others_is_taken_back() {
    let house = House::open().await;
    let (_, id) = hand_in(&house, "owner1").await;
    let judge = format!("/desk/editions/{id}/audit");
    let mut auditor = house.as_("auditor").await;
    let version = begin_form(&mut auditor, &id).await;
    let answer = [("verdict", "approve"), ("note", ""), ("version", &version)];
    let page = auditor.post(&judge, &answer).await;
    assert_eq!(page.status, 422);
    page.shows("尚未开始审核");
    let take_back = format!("/requirements/{id}/take-back");
    for (login, status) in [("owner2", 404), ("agency1", 403), ("auditor", 403)] {
        let page = house.as_(login).await.post(&take_back, &[]).await;
        assert_eq!(page.status, status, "{login}");
    }
    house.close().await;
}

#[tokio::test]
async fn taking_back_and_beginning_the_audit_at_once_does_one_of_the_two() {
    let house = House::open().await;
    for round in 0..6 {
        let (_, id) = hand_in(&house, "owner1").await;
        let (mut owner, mut auditor) = (house.as_("owner1").await, house.as_("auditor").await);
        let (take_back, begin) = (
            format!("/requirements/{id}/take-back"),
            format!("/desk/editions/{id}/begin"),
        );
        let version = begin_form(&mut auditor, &id).await;
        let fields = [("version", version.as_str())];
        let (back, begun) = if round % 2 == 0 {
            tokio::join!(
                owner.post(&take_back, &fields),
                auditor.post(&begin, &fields)
            )
        } else {
            let (begun, back) = tokio::join!(
                auditor.post(&begin, &fields),
                owner.post(&take_back, &fields)
            );
            (back, begun)
        };
        let mut both = [back.status.as_u16(), begun.status.as_u16()];
        both.sort();
        assert_eq!(both, [303, 422], "round {round}");
        let state: String = sqlx::query_scalar(
            "select state::text from requirement_editions where requirement_id = $1::uuid",
        )
        .bind(id.parse::<uuid::Uuid>().expect("an id"))
        .fetch_one(&house.world.pool)
        .await
        .expect("a state");
        assert_eq!(
            state == "draft",
            back.status == 303,
            "round {round}: {state}"
        );
    }
    // And the database itself knows no draft whose audit has begun.
    let (_, id) = hand_in(&house, "owner1").await;
    begin_audit(&mut house.as_("auditor").await, &id).await;
    let broken = sqlx::query(
        "update requirement_editions set state = 'draft' where audit_begun_at is not null",
    )
    .execute(&house.world.pool)
    .await
    .map_err(store::Fault::from)
    .expect_err("it is refused");
    assert_eq!(
        broken.constraint(),
        Some("requirement_editions_taken_back_unaudited")
    );
    assert!(broken.refusal().is_some());
    house.close().await;
}

#[tokio::test]
async fn a_refusal_says_what_was_kept_and_what_must_be_given_again() {
    let house = House::open().await;
    // Typed fields are there again; a password never is.
    let mut stranger = house.browser();
    let form = stranger.get("/register").await.form("/register");
    let form = form
        .with("person_name", "")
        .with("login", "newcomer")
        .with("new_password", cast::PASSWORD)
        .with("new_password_again", cast::PASSWORD);
    let page = stranger.refused(form).await;
    page.shows("填写的内容都还在本页，但没有保存")
        .shows("密码不会保留，请重新填写")
        .hides(cast::PASSWORD);
    assert!(
        page.text.contains("<title>未提交：3 处需要修改 - "),
        "{}",
        page.words()
    );
    // A file that was received is named and kept; one that was refused is to be chosen again.
    let mut agency = house.as_("agency1").await;
    let post = "/desk/dossier/qualifications";
    let form = agency.get("/desk/dossier").await.form(post);
    let page = agency.refused(form.file("scan", "证书.pdf", PDF)).await;
    page.shows("已收到的文件不用重新选择：证书.pdf");
    let form = page
        .form(post)
        .file("scan", "证书.pdf", b"MZ\x90\x00 a program");
    let page = agency.refused(form).await;
    page.shows("没有收下的文件请重新选择");
    house.close().await;
}

#[tokio::test]
async fn an_error_that_answers_a_form_says_what_became_of_it() {
    let house = House::open().await;
    let mut owner = house.as_("owner1").await;
    let (_, id) = begin(&house, &mut owner).await;
    // Too large: nothing was read.
    let large = "长".repeat(200_000);
    let page = owner
        .post(&format!("/requirements/{id}/draft"), &[("content", &large)])
        .await;
    assert_eq!(page.status, 413);
    page.shows("一项也没有保存").hides("都还在本页");
    // Not there: it was read, and can be copied.
    let page = owner
        .post(
            "/requirements/01900000-0000-7000-8000-000000000000/submit",
            &[("content", "三千字的服务内容"), ("amount", "48000")],
        )
        .await;
    assert_eq!(page.status, 404);
    page.shows("没有办理，内容没有保存")
        .shows("三千字的服务内容")
        .shows("48000");
    house.close().await;
}
