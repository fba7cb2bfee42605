//! The pool, the migrations, and what the role that requests connect as may do.

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

/// Makes a role that can sign in and do nothing else, if there is none. Errors: the owner may not make roles.
#[expect(
    clippy::disallowed_methods,
    reason = "statements about roles cannot be checked against a database"
)]
pub async fn make_role(owner: &PgPool, role: &str) -> Result<()> {
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(owner)
            .await?;
    if !exists {
        let sql = format!(
            "create role {} login nosuperuser nocreatedb nocreaterole noinherit",
            quoted(role)
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(owner)
            .await?;
    }
    Ok(())
}

/// Lets a role work with the rows of every table, those of later migrations included, and with nothing else: it owns no
/// table, so it can neither empty one nor drop a trigger or a constraint. Called by the owner after migrating.
#[expect(
    clippy::disallowed_methods,
    reason = "statements about roles cannot be checked against a database"
)]
pub async fn admit(owner: &PgPool, role: &str) -> Result<()> {
    let mut transaction = owner.begin().await?;
    // Two servers that start at once would trip over each other in the catalogue of tables.
    sqlx::query("select pg_advisory_xact_lock(4206062)")
        .execute(&mut *transaction)
        .await?;
    let lacks: bool = sqlx::query_scalar(
        "select not has_schema_privilege($1, 'public', 'usage') or exists (
             select from pg_class c, unnest(array['select', 'insert', 'update', 'delete']) as needed
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
               and c.relname <> '_sqlx_migrations' and not has_table_privilege($1, c.oid, needed))",
    )
    .bind(role)
    .fetch_one(&mut *transaction)
    .await?;
    if lacks {
        let role = quoted(role);
        let sql = format!(
            "revoke create on schema public from public;
             grant usage on schema public to {role};
             grant select, insert, update, delete on all tables in schema public to {role};
             grant usage, select on all sequences in schema public to {role};
             revoke insert, update, delete on _sqlx_migrations from {role};
             alter default privileges in schema public
                 grant select, insert, update, delete on tables to {role};
             alter default privileges in schema public grant usage, select on sequences to {role}"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut *transaction)
            .await?;
    }
    Ok(transaction.commit().await?)
}

/// An identifier as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether the connecting role could drop a trigger: it owns a table, or is allowed everything.
#[expect(
    clippy::disallowed_methods,
    reason = "the catalogue of tables is PostgreSQL's own"
)]
pub async fn owns_tables(pool: &PgPool) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (select from pg_class c
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
               and pg_has_role(current_user, c.relowner, 'usage'))",
    )
    .fetch_one(pool)
    .await?)
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
