//! The pool and the migrations.

use crate::{Fault, Result};
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;

/// The migrations of this build, inside the binary.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Opens a pool. Connections are made when needed, so the database may come later.
/// `most` connections; a request waits two seconds for one, then answers "busy".
pub fn pool(options: PgConnectOptions, most: u32) -> PgPool {
    let options = options.application_name("intermediary-market").options([
        ("statement_timeout", "15s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("jit", "off"),
    ]);
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_secs(2))
        .idle_timeout(Duration::from_secs(300))
        .max_lifetime(Duration::from_secs(1_800))
        .connect_lazy_with(options)
}

/// Brings the schema up to this build. Safe when several servers start at once (an advisory lock serialises them).
pub async fn migrate(pool: &PgPool) -> Result<()> {
    // A migration may take as long as it needs, and a second server waits for the first; the pool's limits are for
    // requests, so this connection is not given back to it.
    let mut connection = pool.acquire().await?.detach();
    for setting in [
        "set statement_timeout = 0",
        "set lock_timeout = 0",
        "set idle_in_transaction_session_timeout = 0",
    ] {
        sqlx::raw_sql(setting).execute(&mut connection).await?;
    }
    let done = MIGRATIONS.run(&mut connection).await;
    sqlx::Connection::close(connection).await?;
    done.map_err(|error| Fault::Inconsistent(format!("migrations: {error}")))
}

/// Whether anybody has ever used this database.
pub async fn holds_anything(pool: &PgPool) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists (select from persons) as "holds!""#)
            .fetch_one(pool)
            .await?,
    )
}

/// Renews the planner's statistics after a bulk filling.
pub async fn analyse(conn: &mut sqlx::PgConnection) -> Result<()> {
    sqlx::raw_sql("analyze").execute(conn).await?;
    Ok(())
}

/// Whether the database answers and its schema is this build's.
#[expect(
    clippy::disallowed_methods,
    reason = "the table of migrations is sqlx's own"
)]
pub async fn is_ready(pool: &PgPool) -> Result<bool> {
    let newest = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    let applied: Option<i64> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success")
            .fetch_one(pool)
            .await?;
    Ok(applied == Some(newest))
}
