//! Small truths: what pages and commands say is so.

use crate::cast::publish;
use crate::house::House;
use std::process::{Command, Stdio};

#[tokio::test]
async fn desks_count_what_they_do_not_list() {
    let house = House::open().await;
    sqlx::query(
        "insert into owners (id, region_code, uscc, name, kind, fund_type, legal_representative, address, contact_name,
             contact_phone, state, registered_by, registered_at, check_due_at)
         select gen_random_uuid(), o.region_code, lpad(n::text, 18, '0'), '单位' || n, o.kind, o.fund_type, '某', '某', '某',
             '12345', 'pending', o.registered_by, o.registered_at, o.check_due_at
         from owners o, generate_series(1, 130) n where o.name = '区水利局'",
    )
    .execute(&house.world.pool)
    .await
    .expect("130 registrations");
    let mut auditor = house.as_("auditor").await;
    auditor.get("/desk").await.shows("130 业主登记待核对");
    let page = auditor.get("/desk/checks").await;
    page.shows("130 件，先列出最急的 100 件");
    assert_eq!(page.links("/desk/checks/owners/").len(), 100);
    house.close().await;
}

#[tokio::test]
async fn a_damaged_notice_is_a_fault_and_not_an_empty_page() {
    let house = House::open().await;
    let id = publish(&house, "owner1", "random").await;
    let page = house.browser().get(&format!("/requirements/{id}")).await;
    let notice = page.links("/notices/").pop().expect("a notice");
    house
        .browser()
        .get(&notice)
        .await
        .shows("唐白路规划放线测量");
    let owners = house.owners_pool();
    sqlx::raw_sql(
        "alter table notices disable trigger user;
         update notices set body = body - 'rows'; alter table notices enable trigger user",
    )
    .execute(&owners)
    .await
    .expect("damaged");
    owners.close().await;
    assert_eq!(house.browser().get(&notice).await.status, 500);
    house.close().await;
}

/// `server check | head -0`, and the same with standard error closed as well.
#[test]
fn commands_bear_that_nobody_reads_their_answer() {
    let closed = || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        Stdio::from(writer)
    };
    let command = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
        command.args(arguments).env_clear().stdin(Stdio::null());
        command
    };
    for arguments in [
        &["check"][..],
        &["--version"],
        &["verify", "draw", "no-such-file"],
        &["check", "--config", "no-such-file"],
    ] {
        let open = command(arguments).output().expect("it runs").status.code();
        let answer = command(arguments)
            .stdout(closed())
            .stderr(Stdio::piped())
            .spawn()
            .and_then(|child| child.wait_with_output())
            .expect("it runs");
        let complaint = String::from_utf8_lossy(&answer.stderr);
        assert!(
            !complaint.contains("panicked"),
            "{arguments:?}: {complaint}"
        );
        assert_eq!(answer.status.code(), open, "{arguments:?}");
        let status = command(arguments)
            .stdout(closed())
            .stderr(closed())
            .status();
        assert_eq!(status.expect("it runs").code(), open, "{arguments:?}");
    }
}
