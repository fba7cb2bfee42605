//! What was handed in is what is audited, and what was audited is what is published: every way to change it between.

use crate::browser::{Browser, PDF};
use crate::cast::{self, begin, begin_audit, document};
use crate::house::House;

/// A document with one file, handed in. Answers the owner's browser, the requirement and the file's form to remove it.
async fn handed_in(house: &House) -> (Browser, String, String) {
    let mut owner = house.as_("owner1").await;
    let (page, id) = begin(house, &mut owner).await;
    let attach = page.form(&format!("/requirements/{id}/files"));
    let page = owner
        .submit(attach.file("attachment", "要求.pdf", PDF))
        .await;
    let file: String = sqlx::query_scalar(
        "select file_id::text from requirement_files where requirement_id = $1::uuid",
    )
    .bind(id.parse::<uuid::Uuid>().expect("an id"))
    .fetch_one(&house.world.pool)
    .await
    .expect("a file");
    let form = page.form(&format!("/requirements/{id}/submit"));
    owner.submit(document(form, "random")).await;
    (owner, id, file)
}

/// Past every trigger, as only somebody with the whole database in hand could.
pub async fn tamper(house: &House, sql: &str) {
    let owners = house.owners_pool();
    let all = format!("set session_replication_role = replica; {sql}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(all))
        .execute(&owners)
        .await
        .expect("it is changed");
    owners.close().await;
}

/// Every part of what is published, changed behind the program's back, and how it is put right again.
fn changes(id: &str, file: &str) -> [(&'static str, String, String); 7] {
    let edition = |set: &str| {
        format!(
            "update requirement_editions set {set} where requirement_id = '{id}' and edition = 1"
        )
    };
    let owner = |set: &str| {
        format!(
            "update owners set {set} where id = (select owner_id from requirements where id = '{id}')"
        )
    };
    let spec = |key: &str, value: &str| {
        edition(&format!("spec = jsonb_set(spec, '{{{key}}}', '{value}')"))
    };
    [
        (
            "the document",
            spec("content", "\"别的内容，做别的事情，交别的成果。\""),
            spec(
                "content",
                "\"完成道路红线放线和验线测量，提交成果报告六份。\"",
            ),
        ),
        (
            "a term",
            spec("sign_up_workdays", "9"),
            spec("sign_up_workdays", "3"),
        ),
        (
            "a file's place",
            format!("delete from requirement_files where file_id = '{file}'"),
            format!("insert into requirement_files values ('{id}', '{file}')"),
        ),
        (
            "a file's bytes",
            format!("update files set sha256 = sha256(sha256) where id = '{file}'"),
            // Nobody finds the way back from a hash: the bytes are named anew.
            format!(
                "update files set sha256 = decode('{}', 'hex') where id = '{file}'",
                pdf_hash()
            ),
        ),
        (
            "a file's name",
            format!("update files set name = '别的.pdf' where id = '{file}'"),
            format!("update files set name = '要求.pdf' where id = '{file}'"),
        ),
        (
            "the owner's name",
            owner("name = '别的局'"),
            owner("name = '区水利局'"),
        ),
        (
            "the owner's code",
            owner("uscc = '11420606DEM000110X'"),
            owner(&format!("uscc = '{}'", cast::owner_code(1))),
        ),
    ]
}

fn pdf_hash() -> String {
    market::hash::sha256(PDF).to_string()
}

#[tokio::test]
async fn nothing_that_changed_after_the_hand_in_is_audited_or_published() {
    let house = House::open().await;
    let (_, id, file) = handed_in(&house).await;
    let path = format!("/desk/editions/{id}");
    let mut auditor = house.as_("auditor").await;
    let audit = begin_audit(&mut auditor, &id)
        .await
        .with("verdict", "approve");
    for (what, change, back) in changes(&id, &file) {
        tamper(&house, &change).await;
        let page = auditor.refused(audit.clone()).await;
        assert!(
            page.words().contains("与提交时不一致"),
            "audited with {what} changed"
        );
        auditor.get(&path).await.shows("与提交时不一致");
        tamper(&house, &back).await;
    }
    auditor.submit(audit).await;
    let mut publisher = house.as_("publisher").await;
    let page = publisher.get(&path).await;
    let publish = page.form(&format!("{path}/publish"));
    for (what, change, back) in changes(&id, &file) {
        tamper(&house, &change).await;
        let page = publisher.refused(publish.clone()).await;
        assert!(
            page.words().contains("与提交时不一致"),
            "published with {what} changed"
        );
        tamper(&house, &back).await;
    }
    let hash: String = sqlx::query_scalar(
        "select encode(handed_in_sha256, 'hex') from requirement_editions where requirement_id = $1::uuid",
    )
    .bind(id.parse::<uuid::Uuid>().expect("an id"))
    .fetch_one(&house.world.pool)
    .await
    .expect("a hash");
    page.shows(&hash);
    publisher.submit(publish).await;
    let facts: String =
        sqlx::query_scalar("select text from ledger_entries where kind = 'publication'")
            .fetch_one(&house.world.pool)
            .await
            .expect("an entry");
    assert!(
        facts.contains(&hash) && facts.contains(&pdf_hash()),
        "{facts}"
    );
    let notice: String = sqlx::query_scalar("select body::text from notices")
        .fetch_one(&house.world.pool)
        .await
        .expect("a notice");
    assert!(notice.contains(&hash), "{notice}");
    house.close().await;
}

#[tokio::test]
async fn files_come_and_go_only_while_the_document_is_with_its_owner() {
    let house = House::open().await;
    let (mut owner, id, file) = handed_in(&house).await;
    let (attach, detach) = (
        format!("/requirements/{id}/files"),
        format!("/requirements/{id}/files/{file}/remove"),
    );
    let files = || async {
        let count: i64 = sqlx::query_scalar("select count(*) from requirement_files")
            .fetch_one(&house.world.pool)
            .await
            .expect("a number");
        count
    };
    let mut auditor = house.as_("auditor").await;
    for stage in ["submitted", "audited", "published"] {
        for (path, fields) in [(&attach, vec![]), (&detach, vec![("understood", "on")])] {
            let page = owner.post(path, &fields).await;
            assert_eq!(page.status, 422, "{stage}: {path}");
        }
        let draft = format!("/requirements/{id}/draft");
        assert_eq!(owner.post(&draft, &[]).await.status, 422, "{stage}");
        for sql in [
            format!("delete from requirement_files where file_id = '{file}'"),
            format!("update requirement_files set file_id = file_id where file_id = '{file}'"),
        ] {
            let broken = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&house.world.pool)
                .await
                .map_err(store::Fault::from)
                .expect_err(stage);
            assert_eq!(broken.constraint(), Some("requirement_files_as_handed_in"));
            assert!(broken.refusal().is_some());
        }
        let spec = "update requirement_editions set spec = jsonb_set(spec, '{content}', '\"x\"')";
        let broken = sqlx::raw_sql(spec)
            .execute(&house.world.pool)
            .await
            .map_err(store::Fault::from)
            .expect_err(stage);
        assert_eq!(
            broken.constraint(),
            Some("requirement_editions_as_handed_in")
        );
        assert_eq!(files().await, 1);
        match stage {
            "submitted" => {
                let form = begin_audit(&mut auditor, &id).await;
                auditor.submit(form.with("verdict", "approve")).await;
            }
            "audited" => cast::publish_audited(&house, &id).await,
            _ => {}
        }
    }
    house.close().await;
}

#[tokio::test]
async fn taken_back_or_returned_it_changes_again_and_gets_another_hash() {
    let house = House::open().await;
    let (mut owner, id, file) = handed_in(&house).await;
    let hash = || async {
        let hash: Vec<u8> = sqlx::query_scalar("select handed_in_sha256 from requirement_editions")
            .fetch_one(&house.world.pool)
            .await
            .expect("a hash");
        hash
    };
    let first = hash().await;
    let page = owner.get(&format!("/requirements/{id}")).await;
    owner
        .submit(page.form(&format!("/requirements/{id}/take-back")))
        .await;
    let page = owner.get(&format!("/requirements/{id}/edit")).await;
    let page = owner
        .submit(page.form(&format!("/requirements/{id}/files/{file}/remove")))
        .await;
    owner
        .submit(page.form(&format!("/requirements/{id}/submit")))
        .await;
    assert_ne!(hash().await, first, "a file less is another hash");
    cast::audit_and_publish(&house, &id).await;
    house.close().await;
}
