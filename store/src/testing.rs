//! Databases for tests: a cluster without durability, a migrated template, and a clone of it for each test.

#![expect(
    clippy::disallowed_methods,
    reason = "statements about databases cannot be checked against one"
)]

use crate::cluster::{APP, Cluster, Durability};
use crate::database;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool};
use std::path::PathBuf;
use std::str::FromStr;
use tokio::sync::OnceCell;

/// Names the server to clone from: set by `make test`; else a cluster is started and left running for the next run.
pub const SERVER: &str = "MARKET_TEST_SERVER";

static TEMPLATE: OnceCell<PgConnectOptions> = OnceCell::const_new();

/// A database of one's own, dropped with it. The pool connects as the server's does, so that a missing grant shows.
pub struct TestDatabase {
    pub pool: PgPool,
    pub options: PgConnectOptions,
    /// How the owner of the tables connects, for what only it can do.
    pub owner: PgConnectOptions,
    name: String,
    server: PgConnectOptions,
}

impl TestDatabase {
    /// A fresh clone of the migrated template. Panics when there is no PostgreSQL: a test cannot go on then.
    pub async fn fresh() -> TestDatabase {
        TEMPLATE.get_or_init(prepare).await;
        TestDatabase::copy(&template_name()).await
    }

    /// A clone of a template that [`TestDatabase::into_template`] made.
    pub async fn copy(template: &str) -> TestDatabase {
        let server = TEMPLATE.get_or_init(prepare).await.clone();
        let name = unique();
        let mut admin = server.connect().await.expect("the test server answers");
        let sql = format!("create database {name} template {template}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut admin)
            .await
            .expect("a clone of the template");
        let owner = server.clone().database(&name);
        let options = owner.clone().username(APP);
        TestDatabase {
            pool: database::pool(options.clone(), 8),
            options,
            owner,
            name,
            server,
        }
    }

    /// Closes the pool and keeps the database as a template for others, for as long as this process lives.
    pub async fn into_template(self) -> String {
        self.pool.close().await;
        let name = format!("cast_{}", std::process::id());
        let mut admin = self
            .server
            .connect()
            .await
            .expect("the test server answers");
        for sql in [
            format!("drop database if exists {name} with (force)"),
            format!("alter database {} rename to {name}", self.name),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&mut admin)
                .await
                .expect("a template");
        }
        name
    }

    /// A pool of the owner's. Close it before the database is dropped.
    pub fn owners_pool(&self) -> PgPool {
        database::pool(self.owner.clone(), 4)
    }

    /// Closes the pool and drops the database.
    pub async fn close(self) {
        self.pool.close().await;
        if let Ok(mut admin) = self.server.connect().await {
            let sql = format!("drop database if exists {} with (force)", self.name);
            let _ = sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&mut admin)
                .await;
        }
    }
}

/// A name that no other test has, from the kernel.
fn unique() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/uuid").expect("a Linux kernel");
    format!("test_{}", id.trim().replace('-', ""))
}

fn template_name() -> String {
    let sum: u64 = database::MIGRATIONS
        .iter()
        .flat_map(|migration| {
            let number = migration.version.to_be_bytes();
            number.into_iter().chain(migration.checksum.iter().copied())
        })
        .fold(14_695_981_039_346_656_037, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
        });
    format!("template_{sum:016x}")
}

async fn prepare() -> PgConnectOptions {
    let server = match std::env::var(SERVER) {
        Ok(url) => PgConnectOptions::from_str(&url).expect("a URL of PostgreSQL"),
        Err(_) => start_shared().await,
    };
    let mut admin = server.connect().await.expect("the test server answers");
    sqlx::query("select pg_advisory_lock(4206061)")
        .execute(&mut admin)
        .await
        .expect("a lock");
    drop_left_over(&mut admin).await;
    let name = template_name();
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut admin)
            .await
            .expect("an answer");
    if !exists {
        let building = format!("{name}_building");
        for sql in [
            format!("drop database if exists {building} with (force)"),
            format!("create database {building}"),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&mut admin)
                .await
                .expect("an empty database");
        }
        let pool = database::pool(server.clone().database(&building), 2);
        database::migrate(&pool).await.expect("migrations");
        database::make_role(&pool, APP).await.expect("a role");
        database::admit(&pool, APP).await.expect("grants");
        pool.close().await;
        let sql = format!("alter database {building} rename to {name}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut admin)
            .await
            .expect("the template");
    }
    server
}

/// Drops the templates of test processes that have ended.
async fn drop_left_over(admin: &mut PgConnection) {
    let names: Vec<String> =
        sqlx::query_scalar("select datname::text from pg_database where datname like 'cast\\_%'")
            .fetch_all(&mut *admin)
            .await
            .expect("the databases");
    for name in names {
        let process = format!("/proc/{}", name.trim_start_matches("cast_"));
        if !std::path::Path::new(&process).exists() {
            let sql = format!("drop database if exists {name} with (force)");
            let _ = sqlx::query(sqlx::AssertSqlSafe(sql))
                .execute(&mut *admin)
                .await;
        }
    }
}

/// Starts the shared cluster, or finds that another test process has it running.
async fn start_shared() -> PgConnectOptions {
    let folder: PathBuf = std::env::temp_dir().join(format!(
        "market-test-{}",
        rustix::process::geteuid().as_raw()
    ));
    for _ in 0..600 {
        match Cluster::start(&folder, Durability::None).await {
            Ok(cluster) => return cluster.options().database("postgres"),
            Err(crate::Fault::Cluster(why)) if why.contains("another server") => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            Err(fault) => panic!("no PostgreSQL for tests: {fault}"),
        }
    }
    panic!("another test process keeps the cluster starting");
}
