//! Registrations that claim a credit code: how many a person has, who else claims the same, and what gives way.

use crate::Result;
use crate::fault::one_row;
use market::agency::AgencyState;
use market::owner::OwnerState;
use market::{AgencyId, OwnerId, PersonId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a code is claimed as: a body may be owner and agency, each with a registration of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    Owner,
    Agency,
}

/// When the newest unconfirmed registrations of a person were made. The person's row is locked (beside the locks of foreign keys to it), so that of several
/// registrations at once each sees those before it.
pub async fn unconfirmed(conn: &mut PgConnection, by: PersonId) -> Result<Vec<Timestamp>> {
    sqlx::query!(
        "select from persons where id = $1 for no key update",
        by as _
    )
    .fetch_optional(&mut *conn)
    .await?;
    Ok(sqlx::query_scalar!(
        r#"select registered_at as "registered_at!" from (
               select registered_at from owners where registered_by = $1 and state <> 'active'
               union all
               select registered_at from agencies where registered_by = $1 and state <> 'settled') c
           order by registered_at desc limit 50"#,
        by as _
    )
    .fetch_all(conn)
    .await?)
}

/// Whether a code belongs to a checked body.
pub async fn is_confirmed(conn: &mut PgConnection, uscc: &str, claimed: As) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select case when $2 then exists (select from owners where uscc = $1 and state = 'active')
                       else exists (select from agencies where uscc = $1 and state = 'settled') end as "is!""#,
        uscc,
        claimed == As::Owner
    )
    .fetch_one(conn)
    .await?)
}

/// Another registration of the same code.
#[derive(Debug, Clone)]
pub struct Rival {
    pub id: Uuid,
    pub name: String,
    pub person_name: String,
    pub registered_at: Timestamp,
    pub is_confirmed: bool,
}

/// Everybody else who claims a code, oldest first.
pub async fn rivals(
    conn: &mut PgConnection,
    uscc: &str,
    claimed: As,
    except: Uuid,
) -> Result<Vec<Rival>> {
    Ok(sqlx::query_as!(
        Rival,
        r#"select c.id as "id!", c.name as "name!", p.name as "person_name!", c.registered_at as "registered_at!",
                  c.is_confirmed as "is_confirmed!"
           from (select id, name, registered_by, registered_at, state = 'active' as is_confirmed
                 from owners where uscc = $1 and $3
                 union all
                 select id, name, registered_by, registered_at, state = 'settled'
                 from agencies where uscc = $1 and not $3) c
           join persons p on p.id = c.registered_by
           where c.id <> $2 order by c.registered_at, c.id limit 50"#,
        uscc,
        except,
        claimed == As::Owner
    )
    .fetch_all(conn)
    .await?)
}

/// An owner's registration gives way to another.
pub async fn return_owner(
    conn: &mut PgConnection,
    id: OwnerId,
    version: i32,
    state: OwnerState,
    note: &str,
) -> Result<()> {
    let result = sqlx::query!(
        "update owners set state = $3, check_note = $4, version = version + 1 where id = $1 and version = $2",
        id as _,
        version,
        state as _,
        note
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// An agency's registration gives way to another, with what it has handed in.
pub async fn return_agency(
    conn: &mut PgConnection,
    id: AgencyId,
    version: i32,
    state: AgencyState,
    note: &str,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update agencies set state = $3, check_note = $4, check_due_at = null, version = version + 1
         where id = $1 and version = $2",
        id as _,
        version,
        state as _,
        note
    )
    .execute(&mut *conn)
    .await?;
    one_row(result)?;
    // Its people are free for the agency that they really work for.
    sqlx::query!(
        "update practitioners set removed_at = $2 where agency_id = $1 and removed_at is null",
        id as _,
        now
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update agency_services set state = 'returned', note = $2, check_due_at = null, version = version + 1
         where agency_id = $1 and state = 'formal_check'",
        id as _,
        note
    )
    .execute(conn)
    .await?;
    Ok(())
}
