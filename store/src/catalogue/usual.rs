//! What an item usually costs: from its awards, or from the data of its service types.

use super::load::{rows, wrong};
use crate::Result;
use market::slip::Usual;
use market::{Fen, ServiceItemId};
use sqlx::PgConnection;

const USUAL: &str = include_str!("../../data/usual_amounts.tsv");
/// Of the awards of an item, so many of the newest say what is usual.
const NEWEST: i64 = 200;

/// What amounts for an item usually are.
pub async fn usual_amount(conn: &mut PgConnection, item: ServiceItemId) -> Result<Usual> {
    let earlier: Vec<Fen> = sqlx::query_scalar!(
        r#"select w.amount_fen as "amount: Fen" from awards w
           join requirements r on r.id = w.requirement_id
           where r.item_id = $1 and w.state = 'issued' order by w.issued_at desc limit $2"#,
        item as _,
        NEWEST
    )
    .fetch_all(&mut *conn)
    .await?;
    if let Some(usual) = Usual::of(earlier) {
        return Ok(usual);
    }
    let types = sqlx::query_scalar!(
        "select t.code from service_item_types it join service_types t on t.id = it.service_type_id
         where it.item_id = $1",
        item as _
    )
    .fetch_all(conn)
    .await?;
    of_types(&types)
}

/// By the data: what is usual for one of the types.
fn of_types(types: &[String]) -> Result<Usual> {
    let mut every = None;
    let mut found: Option<Usual> = None;
    for [code, least, most] in rows::<3>(USUAL)? {
        let usual = Usual::yuan(least.parse().map_err(wrong)?, most.parse().map_err(wrong)?);
        if code == "*" {
            every = Some(usual);
        } else if types.iter().any(|own| own == code) {
            found = Some(found.map_or(usual, |found| found.or(usual)));
        }
    }
    found
        .or(every)
        .ok_or_else(|| wrong("usual_amounts.tsv has no row for every type"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_range_and_of_a_type_that_exists() {
        let types = include_str!("../../data/service_types.tsv");
        for [code, least, most] in rows::<3>(USUAL).expect("rows") {
            let (least, most): (i64, i64) =
                (least.parse().expect("yuan"), most.parse().expect("yuan"));
            assert!(least < most, "{code}");
            assert!(
                code == "*"
                    || types
                        .lines()
                        .any(|line| line.starts_with(&format!("{code}\t"))),
                "{code}"
            );
        }
        let both = of_types(&["CHJS".into(), "JYJC".into()]).expect("a range");
        assert_eq!(both, Usual::yuan(100, 20_000_000));
        assert_eq!(
            of_types(&["none".into()]).expect("a range"),
            Usual::yuan(1_000, 10_000_000)
        );
    }
}
