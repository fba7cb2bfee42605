//! Persons with an account.

use crate::Result;
use market::{PersonId, Timestamp};
use sqlx::PgConnection;

/// A person to add; the password is hashed already.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    pub id: PersonId,
    pub login: &'a str,
    pub name: &'a str,
    pub phone: &'a str,
    pub password_hash: &'a str,
    pub created_at: Timestamp,
}

/// Adds a person. Errors: `persons_login_once`.
pub async fn add(conn: &mut PgConnection, person: NewPerson<'_>) -> Result<()> {
    sqlx::query!(
        "insert into persons (id, login, name, phone, password_hash, created_at) values ($1, $2, $3, $4, $5, $6)",
        person.id as _,
        person.login,
        person.name,
        person.phone,
        person.password_hash,
        person.created_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What signing in needs.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub id: PersonId,
    pub password_hash: String,
    pub is_disabled: bool,
}

/// The account of a login name.
pub async fn credentials(conn: &mut PgConnection, login: &str) -> Result<Option<Credentials>> {
    Ok(sqlx::query_as!(
        Credentials,
        r#"select id, password_hash, disabled_at is not null as "is_disabled!" from persons where login = $1"#,
        login
    )
    .fetch_optional(conn)
    .await?)
}

/// The account of a person, to check the old password before a change.
pub async fn credentials_of(conn: &mut PgConnection, id: PersonId) -> Result<Credentials> {
    Ok(sqlx::query_as!(
        Credentials,
        r#"select id, password_hash, disabled_at is not null as "is_disabled!" from persons where id = $1"#,
        id as _
    )
    .fetch_one(conn)
    .await?)
}

/// Changes a password.
pub async fn set_password(
    conn: &mut PgConnection,
    id: PersonId,
    password_hash: &str,
) -> Result<()> {
    let result = sqlx::query!(
        "update persons set password_hash = $2 where id = $1",
        id as _,
        password_hash
    )
    .execute(conn)
    .await?;
    crate::fault::one_row(result)
}

/// The account page of a person.
#[derive(Debug, Clone)]
pub struct Account {
    pub login: String,
    pub name: String,
    pub phone: String,
}

/// Login, name and phone.
pub async fn account(conn: &mut PgConnection, id: PersonId) -> Result<Account> {
    Ok(sqlx::query_as!(
        Account,
        "select login, name, phone from persons where id = $1",
        id as _
    )
    .fetch_one(conn)
    .await?)
}
