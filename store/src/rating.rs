//! Ratings of finished contracts.

use crate::Result;
use crate::fault::one_row;
use market::rating::{Rated, Scores};
use market::{AgencyId, ContractId, OwnerId, PersonId, RatingId, Timestamp};
use sqlx::PgConnection;

/// A rating to add.
#[derive(Debug, Clone)]
pub struct NewRating<'a> {
    pub id: RatingId,
    pub contract: ContractId,
    pub owner: OwnerId,
    pub agency: AgencyId,
    pub scores: &'a Scores,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Adds a rating; the agency's mean moves with it. Errors: `ratings_one_per_contract`, `ratings_need_completed_contract`.
pub async fn add(conn: &mut PgConnection, rating: NewRating<'_>) -> Result<()> {
    let [quality, timeliness, attitude, fee, conduct] = rating.scores.values().map(i16::from);
    let mean = rating.scores.mean_hundredths();
    sqlx::query!(
        "insert into ratings (id, contract_id, owner_id, agency_id, quality, timeliness, attitude, fee, conduct, mean,
             comment, rated_by, rated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        rating.id as _,
        rating.contract as _,
        rating.owner as _,
        rating.agency as _,
        quality,
        timeliness,
        attitude,
        fee,
        conduct,
        mean,
        rating.scores.comment,
        rating.by as _,
        rating.at
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update agencies set rating_count = rating_count + 1, rating_sum = rating_sum + $2 where id = $1",
        rating.agency as _,
        i64::from(mean)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A rating as shown.
#[derive(Debug, Clone)]
pub struct RatingRow {
    pub id: RatingId,
    pub contract_id: ContractId,
    pub agency_id: AgencyId,
    pub owner_name: String,
    pub project_name: String,
    pub quality: i16,
    pub timeliness: i16,
    pub attitude: i16,
    pub fee: i16,
    pub conduct: i16,
    pub mean: i32,
    pub comment: String,
    pub rated_at: Timestamp,
    pub reply: Option<String>,
    pub replied_at: Option<Timestamp>,
}

impl RatingRow {
    /// As the agency's answer finds it.
    pub fn rated(&self) -> Rated {
        Rated {
            at: self.rated_at,
            is_answered: self.reply.is_some(),
        }
    }
}

/// Ratings as shown: which, in which order.
macro_rules! ratings {
    ($which:literal, $($argument:tt)*) => {
        sqlx::query_as!(
            RatingRow,
            "select ra.id, ra.contract_id, ra.agency_id, o.name as owner_name, r.project_name, ra.quality,
                    ra.timeliness, ra.attitude, ra.fee, ra.conduct, ra.mean, ra.comment, ra.rated_at, ra.reply,
                    ra.replied_at
             from ratings ra
             join contracts c on c.id = ra.contract_id
             join requirements r on r.id = c.requirement_id
             join owners o on o.id = ra.owner_id
             where " + $which,
            $($argument)*
        )
    };
}

/// The newest ratings of an agency.
pub async fn of_agency(
    conn: &mut PgConnection,
    agency: AgencyId,
    most: i64,
) -> Result<Vec<RatingRow>> {
    Ok(ratings!(
        "ra.agency_id = $1 order by ra.rated_at desc, ra.id desc limit $2",
        agency as _,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// The ratings of an agency since an instant that it has not answered, the oldest first.
pub async fn unanswered(
    conn: &mut PgConnection,
    agency: AgencyId,
    since: Timestamp,
) -> Result<Vec<RatingRow>> {
    Ok(ratings!(
        "ra.agency_id = $1 and ra.reply is null and ra.rated_at > $2 order by ra.rated_at, ra.id",
        agency as _,
        since
    )
    .fetch_all(conn)
    .await?)
}

/// The rating of a contract.
pub async fn of_contract(
    conn: &mut PgConnection,
    contract: ContractId,
) -> Result<Option<RatingRow>> {
    Ok(ratings!("ra.contract_id = $1", contract as _)
        .fetch_optional(conn)
        .await?)
}

/// How many ratings fall on each of five bars, one star first.
pub async fn distribution(conn: &mut PgConnection, agency: AgencyId) -> Result<[i64; 5]> {
    let rows = sqlx::query!(
        r#"select least(5, greatest(1, (mean + 50) / 100)) as "stars!", count(*) as "count!"
           from ratings where agency_id = $1 group by 1"#,
        agency as _
    )
    .fetch_all(conn)
    .await?;
    let mut bars = [0; 5];
    for row in rows {
        let bar = usize::try_from(row.stars - 1).ok();
        if let Some(bar) = bar.and_then(|bar| bars.get_mut(bar)) {
            *bar = row.count;
        }
    }
    Ok(bars)
}

/// The agency's one answer. Errors: [`crate::Fault::Stale`] when it has answered, or the rating is another's.
pub async fn reply(
    conn: &mut PgConnection,
    contract: ContractId,
    agency: AgencyId,
    text: &str,
    by: PersonId,
    now: Timestamp,
) -> Result<()> {
    let result = sqlx::query!(
        "update ratings set reply = $3, replied_by = $4, replied_at = $5
         where contract_id = $1 and agency_id = $2 and reply is null",
        contract as _,
        agency as _,
        text,
        by as _,
        now
    )
    .execute(conn)
    .await?;
    one_row(result)
}

/// How many finished contracts an owner should have rated before an instant and has not.
pub async fn owed(conn: &mut PgConnection, owner: OwnerId, before: Timestamp) -> Result<u32> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from contracts c
           where c.owner_id = $1 and c.state = 'completed' and c.rate_by_at < $2
             and not exists (select from ratings ra where ra.contract_id = c.id)"#,
        owner as _,
        before
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
