//! Lists of contracts.

use crate::Result;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, QUEUE, Queue, into_page, push_page};
use market::contract::{ContractState, Side};
use market::time::Date;
use market::{AgencyId, ContractId, Fen, OwnerId, PersonId, Timestamp};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// A contract in a list.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct ContractRow {
    pub id: ContractId,
    pub name: String,
    pub project_name: String,
    pub owner_name: String,
    pub agency_name: String,
    pub agency_uscc: String,
    pub amount_fen: Fen,
    pub signed_on: Date,
    pub state: ContractState,
    #[serde(skip)]
    pub recorded_at: Timestamp,
    #[serde(skip)]
    pub recorded_side: Side,
    #[serde(skip)]
    pub started_at: Option<Timestamp>,
    #[serde(skip)]
    pub due_at: Option<Timestamp>,
    #[serde(skip)]
    pub paused_at: Option<Timestamp>,
    #[serde(skip)]
    pub stopped_at: Option<Timestamp>,
    #[serde(skip)]
    pub is_rated: bool,
}

/// Whose contracts are listed.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    /// Everybody's that both sides have confirmed.
    Public,
    /// An owner's; one person's for a trustee.
    Owner(OwnerId, Option<PersonId>),
    Agency(AgencyId),
}

fn push_whose(query: &mut QueryBuilder<Postgres>, whose: Whose, state: Option<ContractState>) {
    match whose {
        Whose::Public => {
            query.push(" and c.state not in ('pending_confirm', 'objected')");
        }
        Whose::Owner(owner, only) => {
            query.push(" and c.owner_id = ").push_bind(owner);
            if let Some(person) = only {
                query.push(" and r.created_by = ").push_bind(person);
            }
        }
        Whose::Agency(agency) => {
            query.push(" and c.agency_id = ").push_bind(agency);
        }
    }
    if let Some(state) = state {
        query.push(" and c.state = ").push_bind(state);
    }
}

const ROWS: &str =
    "select c.id, c.name, r.project_name, o.name as owner_name, a.name as agency_name, a.uscc as agency_uscc, c.amount_fen,
            c.signed_on, c.state, c.recorded_at, c.recorded_side, c.started_at, c.due_at, c.paused_at, c.stopped_at,
            exists (select from ratings ra where ra.contract_id = c.id) as is_rated
     from contracts c
     join requirements r on r.id = c.requirement_id
     join owners o on o.id = c.owner_id
     join agencies a on a.id = c.agency_id
     where true";

/// Contracts in which this side has the next step, the longest waiting first.
pub async fn waiting(conn: &mut PgConnection, whose: Whose) -> Result<Queue<ContractRow>> {
    let mut query = QueryBuilder::<Postgres>::new(ROWS);
    push_waiting(&mut query, whose);
    query
        .push(" order by c.recorded_at, c.id limit ")
        .push_bind(QUEUE);
    let rows = query.build_query_as().fetch_all(&mut *conn).await?;
    let mut count = QueryBuilder::<Postgres>::new(
        "select count(*) from contracts c join requirements r on r.id = c.requirement_id where true",
    );
    push_waiting(&mut count, whose);
    Queue::of(rows, QUEUE, count.build_query_scalar().fetch_one(conn)).await
}

fn push_waiting(query: &mut QueryBuilder<Postgres>, whose: Whose) {
    push_whose(query, whose, None);
    query.push(match whose {
        Whose::Public => " and false",
        Whose::Owner(..) => {
            " and (c.state in ('objected', 'delivered', 'accepted')
                   or c.state = 'pending_confirm' and c.recorded_side = 'agency'
                   or c.state = 'completed' and not exists (select from ratings ra where ra.contract_id = c.id))"
        }
        Whose::Agency(_) => {
            " and (c.state in ('objected', 'performing') or c.state = 'pending_confirm' and c.recorded_side = 'owner')"
        }
    });
}

/// The newest contracts.
pub async fn list(
    conn: &mut PgConnection,
    whose: Whose,
    state: Option<ContractState>,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<ContractRow>> {
    let mut query = QueryBuilder::<Postgres>::new(ROWS);
    push_whose(&mut query, whose, state);
    push_page(
        &mut query,
        By::Time("c.recorded_at"),
        "c.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<ContractRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.recorded_at), row.id.0)
    }))
}

/// How many contracts a list has, up to [`COUNT_CAP`] + 1.
pub async fn count(
    conn: &mut PgConnection,
    whose: Whose,
    state: Option<ContractState>,
) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from contracts c join requirements r on r.id = c.requirement_id where true",
    );
    push_whose(&mut query, whose, state);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    let (count,): (i64,) = query.build_query_as().fetch_one(conn).await?;
    Ok(count)
}

/// The latest finished contracts of an agency, for its public page.
#[derive(Debug, Clone)]
pub struct FinishedRow {
    pub id: ContractId,
    pub name: String,
    pub owner_name: String,
    pub amount_fen: Fen,
    pub completed_at: Option<Timestamp>,
    pub overdue_workdays: Option<i32>,
    pub rating_mean: Option<i32>,
}

/// Finished contracts of an agency, newest first.
pub async fn finished_of(
    conn: &mut PgConnection,
    agency: AgencyId,
    most: i64,
) -> Result<Vec<FinishedRow>> {
    Ok(sqlx::query_as!(
        FinishedRow,
        r#"select c.id, c.name, o.name as owner_name, c.amount_fen, c.completed_at, c.overdue_workdays,
                  ra.mean as "rating_mean?"
           from contracts c
           join owners o on o.id = c.owner_id
           left join ratings ra on ra.contract_id = c.id
           where c.agency_id = $1 and c.state = 'completed' order by c.completed_at desc limit $2"#,
        agency as _,
        most
    )
    .fetch_all(conn)
    .await?)
}
