//! Exact counts that triggers keep, so that a page need not count.

use crate::Result;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// All counters by name. A name that is missing is zero.
#[derive(Debug, Clone, Default)]
pub struct Counters(BTreeMap<String, i64>);

impl Counters {
    /// The value of a counter.
    pub fn get(&self, name: &str) -> i64 {
        self.0.get(name).copied().unwrap_or(0)
    }
}

/// Reads every counter (some hundred rows at most).
pub async fn all(conn: &mut PgConnection) -> Result<Counters> {
    let rows = sqlx::query!("select name, value from counters")
        .fetch_all(conn)
        .await?;
    Ok(Counters(
        rows.into_iter().map(|row| (row.name, row.value)).collect(),
    ))
}
