//! The private cluster: after a bad end of the one before; what its roles may; what its log says; how one of an
//! earlier build is brought up to date.

use rustix::process::{Pid, Signal, geteuid, kill_process, test_kill_process};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use store::cluster::{APP, Cluster, Durability, find_binaries};
use store::{PgPool, database};

/// A process that has ended and not been waited for: its number counts as alive.
fn unburied(account_of: &Path) -> std::process::Child {
    let owner = std::fs::metadata(account_of).expect("its folder");
    let mut command = Command::new("true");
    if geteuid().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let child = command.spawn().expect("a process");
    while !std::fs::read_to_string(format!("/proc/{}/stat", child.id()))
        .expect("its state")
        .contains(") Z ")
    {
        std::thread::yield_now();
    }
    child
}

/// A data folder that every account enters.
fn data_folder() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(home.path(), open).expect("a folder that every account enters");
    let folder = home.path().join("data");
    std::fs::create_dir(&folder).expect("a folder");
    (home, folder)
}

/// Runs one of PostgreSQL's programs on a cluster that is stopped, as its account.
fn run(program: &str, arguments: &[&str], data: &Path) {
    let owner = std::fs::metadata(data).expect("its folder");
    let mut command = Command::new(find_binaries().expect("PostgreSQL").join(program));
    command.args(arguments).arg("-D").arg(data).current_dir("/");
    if geteuid().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let done = command.output().expect("a program");
    assert!(done.status.success(), "{program}: {done:?}");
}

async fn setting(pool: &PgPool, name: &str) -> String {
    sqlx::query_scalar("select current_setting($1)")
        .bind(name)
        .fetch_one(pool)
        .await
        .expect("a setting")
}

/// Everything that PostgreSQL has logged.
fn logged(data: &Path) -> String {
    let files = std::fs::read_dir(data.join("log")).expect("the log");
    files
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a text"))
        .collect()
}

#[tokio::test]
async fn the_server_connects_as_a_role_that_owns_nothing_and_the_log_names_no_values() {
    let (_home, folder) = data_folder();
    let cluster = Cluster::start(&folder, Durability::None)
        .await
        .expect("a cluster");
    let owners = database::pool(cluster.options(), 2);
    database::migrate(&owners).await.expect("migrations");
    database::make_role(&owners, APP).await.expect("a role");
    database::admit(&owners, APP).await.expect("grants");
    database::admit(&owners, APP).await.expect("again");
    sqlx::raw_sql("create table later (n integer constraint later_once unique)")
        .execute(&owners)
        .await
        .expect("a table of a later migration");
    let app = database::pool(cluster.app_options(), 2);
    assert!(database::owns_tables(&owners).await.expect("an answer"));
    assert!(!database::owns_tables(&app).await.expect("an answer"));
    assert!(database::is_ready(&app).await.expect("an answer"));
    for sql in [
        "truncate later",
        "truncate journal",
        "drop table later",
        "drop trigger journal_is_final on journal",
        "alter table journal disable trigger journal_is_final",
        "alter table later drop constraint later_once",
        "set session_replication_role = replica",
        "create table mine (n integer)",
        "create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'",
        "set role market",
        "delete from _sqlx_migrations",
    ] {
        let refused = sqlx::raw_sql(sql).execute(&app).await;
        let Err(sqlx::Error::Database(error)) = refused else {
            panic!("{sql} was taken: {refused:?}")
        };
        assert_eq!(error.code().as_deref(), Some("42501"), "{sql}: {error}");
    }

    let insert = "insert into later (n) values (13900001111 - 13000000000)";
    sqlx::raw_sql(insert).execute(&app).await.expect("a row");
    let twice = sqlx::raw_sql(insert).execute(&app).await.expect_err("once");
    assert!(twice.to_string().contains("later_once"), "{twice}");
    assert_eq!(setting(&app, "data_checksums").await, "on");
    assert_eq!(setting(&app, "log_rotation_size").await, "10MB");
    app.close().await;
    a_plain_owner_admits_too(&owners, &cluster).await;
    owners.close().await;
    cluster.stop().await.expect("stopped");
    let log = logged(cluster.folder());
    assert!(log.contains("later_once"), "the rule is named: {log}");
    assert!(
        !log.contains("900001111") && !log.contains("insert into"),
        "the values are not: {log}"
    );
}

/// In a PostgreSQL that others administer the owner of the tables is no superuser and makes no roles.
async fn a_plain_owner_admits_too(owners: &PgPool, cluster: &Cluster) {
    for sql in [
        "create role plain login",
        "create database theirs owner plain",
    ] {
        sqlx::raw_sql(sql).execute(owners).await.expect(sql);
    }
    let theirs = |role: &str| {
        let options = cluster.options().database("theirs").username(role);
        database::pool(options, 1)
    };
    let (plain, app) = (theirs("plain"), theirs(APP));
    database::migrate(&plain).await.expect("migrations");
    database::admit(&plain, APP).await.expect("grants");
    assert!(database::owns_tables(&plain).await.expect("an answer"));
    assert!(!database::owns_tables(&app).await.expect("an answer"));
    assert!(!database::holds_anything(&app).await.expect("it reads"));
    plain.close().await;
    app.close().await;
}

#[tokio::test]
async fn a_cluster_of_an_earlier_build_gets_checksums_and_settings_while_it_runs_or_not() {
    let (_home, folder) = data_folder();
    let start = || Cluster::start(&folder, Durability::None);
    let cluster = start().await.expect("a cluster");
    cluster.stop().await.expect("stopped");
    let data = cluster.folder().to_path_buf();
    drop(cluster);
    run("pg_checksums", &["--disable"], &data);
    let settings = data.join("postgresql.conf");
    let text = std::fs::read_to_string(&settings).expect("settings");
    let old = text.replace("include 'market.conf'", "log_error_verbosity = verbose");
    let make_old = || std::fs::write(&settings, &old).expect("settings of before");
    make_old();
    let cluster = start().await.expect("a cluster");
    let pool = database::pool(cluster.options(), 1);
    assert_eq!(setting(&pool, "data_checksums").await, "on");
    assert_eq!(setting(&pool, "log_error_verbosity").await, "terse");
    pool.close().await;
    // Its server is killed: PostgreSQL runs on, with the settings of an earlier build.
    make_old();
    drop(cluster);
    let cluster = start().await.expect("taken over");
    let pool = database::pool(cluster.options(), 1);
    assert_eq!(setting(&pool, "logging_collector").await, "on");
    let text = std::fs::read_to_string(&settings).expect("settings");
    assert!(text.trim_end().ends_with("include 'market.conf'"), "{text}");
    pool.close().await;
    cluster.stop().await.expect("stopped");
}

#[tokio::test]
async fn a_killed_postgresql_is_replaced_as_soon_as_it_is_buried() {
    let (_home, folder) = data_folder();
    let first = Cluster::start(&folder, Durability::None)
        .await
        .expect("a cluster");
    let lock = first.folder().join("postmaster.pid");
    let words = std::fs::read_to_string(&lock).expect("the lock file");
    let (pid, rest) = words.split_once('\n').expect("the process number");
    let pid = Pid::from_raw(pid.parse().expect("a number")).expect("a process");
    kill_process(pid, Signal::KILL).expect("killed");
    while test_kill_process(pid).is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut ghost = unburied(first.folder());
    std::fs::write(&lock, format!("{}\n{rest}", ghost.id())).expect("the lock file");
    drop(first);

    let burial = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_secs(1));
        ghost.wait()
    });
    let second = Cluster::start(&folder, Durability::None)
        .await
        .expect("started again");
    burial.await.expect("no panic").expect("buried");
    second.stop().await.expect("stopped");
}
