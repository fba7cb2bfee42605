//! What only the home page and the desks' first screens need: a few figures, each in one query.

use crate::Result;
use market::selection::{Method, PriceFrom};
use sqlx::PgConnection;

/// Figures of the latest 500 awards: how fast, and how much below the limit.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    /// The middle of the seconds from publication to the announced result.
    pub median_seconds: Option<f64>,
    /// Percent below the ceilings, over all awards by price.
    pub saved_percent: Option<f64>,
}

/// How fast the market is and what it saves.
pub async fn pace(conn: &mut PgConnection) -> Result<Pace> {
    let by_price = Method::such(|kind| kind.price == PriceFrom::Bid);
    let row = sqlx::query!(
        r#"select percentile_cont(0.5) within group (order by extract(epoch from (w.announced_at - w.published_at)))
                      as "median_seconds?",
                  (100.0 * (1 - sum(w.amount_fen) filter (where w.by_price)
                           / nullif(sum(w.limit_fen) filter (where w.by_price), 0)))::float8 as "saved_percent?"
           from (select w.announced_at, r.published_at, w.amount_fen, r.amount_fen as limit_fen,
                        r.method = any($1) as by_price
                 from awards w join requirements r on r.id = w.requirement_id
                 where w.ordinal = 1 order by w.announced_at desc limit 500) w"#,
        by_price as _
    )
    .fetch_one(conn)
    .await?;
    Ok(Pace {
        median_seconds: row.median_seconds,
        saved_percent: row.saved_percent,
    })
}
