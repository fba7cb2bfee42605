//! Forms that arrived after their session had ended, sealed, for the browser that sent them.

use crate::Result;
use market::{MandateId, PersonId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// A form to keep.
#[derive(Debug, Clone)]
pub struct NewKeptForm<'a> {
    pub id: Uuid,
    /// SHA-256 of the token in the browser's cookie.
    pub browser: [u8; 32],
    pub person: Option<PersonId>,
    pub mandate: Option<MandateId>,
    pub path: &'a str,
    pub sealed: &'a [u8],
    pub place: &'a str,
    pub kept_at: Timestamp,
}

/// Keeps a form, and no more than `most` of a browser: the oldest go.
pub async fn keep(conn: &mut PgConnection, form: NewKeptForm<'_>, most: i64) -> Result<()> {
    sqlx::query!(
        "insert into kept_forms (id, browser, person_id, mandate_id, path, sealed, place, kept_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        form.id,
        form.browser.as_slice(),
        form.person as _,
        form.mandate as _,
        form.path,
        form.sealed,
        form.place,
        form.kept_at
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from kept_forms where id in
             (select id from kept_forms where browser = $1 order by kept_at desc, id desc offset $2)",
        form.browser.as_slice(),
        most
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many forms a place has left since an instant.
pub async fn count_from(conn: &mut PgConnection, place: &str, since: Timestamp) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from kept_forms where place = $1 and kept_at > $2"#,
        place,
        since
    )
    .fetch_one(conn)
    .await?)
}

/// A kept form.
#[derive(Debug, Clone)]
pub struct KeptForm {
    pub person: Option<PersonId>,
    pub mandate: Option<MandateId>,
    pub path: String,
    pub sealed: Vec<u8>,
}

/// A form by its id, for the browser that left it there after an instant.
pub async fn find(
    conn: &mut PgConnection,
    id: Uuid,
    browser: [u8; 32],
    since: Timestamp,
) -> Result<Option<KeptForm>> {
    Ok(sqlx::query_as!(
        KeptForm,
        r#"select person_id as "person: _", mandate_id as "mandate: _", path, sealed from kept_forms
           where id = $1 and browser = $2 and kept_at > $3"#,
        id,
        browser.as_slice(),
        since
    )
    .fetch_optional(conn)
    .await?)
}

/// Forgets forms that were kept before an instant.
pub async fn sweep(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    Ok(
        sqlx::query!("delete from kept_forms where kept_at < $1", before)
            .execute(conn)
            .await?
            .rows_affected(),
    )
}
