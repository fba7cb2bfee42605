//! What is known by a number on paper, found however the number was typed.

use crate::Result;
use market::RequirementId;
use market::number::meanings;
use sqlx::PgConnection;

/// What a number leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbered {
    /// An award, by its number.
    Award(String),
    /// A requirement that was published under the number.
    Requirement(RequirementId),
    /// A service item, by its code.
    Item(String),
    /// A settled agency, by its credit code.
    Agency(String),
    /// An active owner, by its credit code.
    Owner(String),
}

/// Everything public that the number may stand for, the nearest meaning first.
pub async fn find(conn: &mut PgConnection, typed: &str) -> Result<Vec<Numbered>> {
    let keys = meanings(typed);
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // Credit codes have neither O nor I: their key is the code.
    let rows = sqlx::query!(
        r#"select 'award' as "kind!", award_no as "number!", null::uuid as id,
                  array_position($1, number_key(award_no)) as at
           from awards where number_key(award_no) = any($1)
           union all
           select 'requirement', notice_no, id, array_position($1, number_key(notice_no))
           from requirements where number_key(notice_no) = any($1)
           union all
           select 'item', code, null, array_position($1, number_key(code))
           from service_items where number_key(code) = any($1)
           union all
           select 'agency', uscc, null, array_position($1, uscc) from agencies where uscc = any($1) and state = 'settled'
           union all
           select 'owner', uscc, null, array_position($1, uscc) from owners where uscc = any($1) and state = 'active'
           order by 4, 1"#,
        &keys
    )
    .fetch_all(conn)
    .await?;
    let found = rows.into_iter().filter_map(|row| {
        Some(match row.kind.as_str() {
            "award" => Numbered::Award(row.number),
            "item" => Numbered::Item(row.number),
            "agency" => Numbered::Agency(row.number),
            "owner" => Numbered::Owner(row.number),
            _ => Numbered::Requirement(row.id?.into()),
        })
    });
    Ok(found.collect())
}
