//! Policies by region and date of effect, and the calendar: everything that makes the rules of a moment.

use crate::stored::{Kept, OfSubject, Stored, json};
use crate::{Fault, Result};
pub use market::Rules;
use market::calendar::Calendar;
use market::policy::Policy;
use market::{PolicyId, Timestamp};
use sqlx::PgConnection;

/// The rules in force in a region. Errors: [`Fault::Inconsistent`] before `server seed` has run.
pub async fn in_force(conn: &mut PgConnection, region: &str, now: Timestamp) -> Result<Rules> {
    let row = sqlx::query!(
        r#"select p.id, p.rules as "rules: Kept<Policy>",
                  array(select day from holidays where not works) as "holidays!",
                  array(select day from holidays where works) as "make_up_days!"
           from policies p where p.region_code = $1 and p.effective_from <= $2
           order by p.effective_from desc, p.id desc limit 1"#,
        region,
        now
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| {
        Fault::Inconsistent(format!(
            "no policy is in force in {region}; run `server seed`"
        ))
    })?;
    Ok(Rules {
        policy_id: row.id.into(),
        policy: row.rules.take(row.id)?,
        calendar: Calendar {
            holidays: row.holidays.into_iter().collect(),
            make_up_days: row.make_up_days.into_iter().collect(),
        },
    })
}

/// The rules of a version that a decision stored.
pub async fn version(conn: &mut PgConnection, id: PolicyId) -> Result<Rules> {
    let row = sqlx::query!(
        r#"select p.rules as "rules: Stored<Policy>",
                  array(select day from holidays where not works) as "holidays!",
                  array(select day from holidays where works) as "make_up_days!"
           from policies p where p.id = $1"#,
        id as _
    )
    .fetch_one(conn)
    .await
    .of(id)?;
    Ok(Rules {
        policy_id: id,
        policy: row.rules.0,
        calendar: Calendar {
            holidays: row.holidays.into_iter().collect(),
            make_up_days: row.make_up_days.into_iter().collect(),
        },
    })
}

/// A version in the list of versions.
#[derive(Debug, Clone)]
pub struct Version {
    pub id: PolicyId,
    pub name: String,
    pub effective_from: Timestamp,
    pub policy: Kept<Policy>,
}

/// All versions of a region, newest first.
pub async fn versions(conn: &mut PgConnection, region: &str) -> Result<Vec<Version>> {
    let rows = sqlx::query!(
        r#"select id, name, effective_from, rules as "rules: Kept<Policy>" from policies
           where region_code = $1 order by effective_from desc, id desc"#,
        region
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Version {
            id: row.id.into(),
            name: row.name,
            effective_from: row.effective_from,
            policy: row.rules,
        })
        .collect())
}

/// Puts a version into force from an instant on. A name that exists is left as it is: versions never change.
pub async fn enact(
    conn: &mut PgConnection,
    id: PolicyId,
    region: &str,
    policy: &Policy,
    effective_from: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into policies (id, region_code, name, effective_from, rules, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (region_code, name) do nothing",
        id as _,
        region,
        policy.name,
        effective_from,
        json(policy)?,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
