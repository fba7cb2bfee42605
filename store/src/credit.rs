//! Credit events, and the score that is always recomputed from them.

use crate::Result;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, into_page, push_page};
use market::credit::{
    Counted, CreditRules, EventCode, Grade, Incident, Severity, Worth, score, turning_points,
};
use market::{AgencyId, CreditEventId, PolicyId, Timestamp};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// An event to record.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    pub id: CreditEventId,
    pub incident: &'a Incident,
    pub worth: Worth,
    pub occurred_at: Timestamp,
    pub policy: PolicyId,
}

/// Records an event. `false` when this event of this award or contract is on record already.
pub async fn record(conn: &mut PgConnection, event: NewEvent<'_>) -> Result<bool> {
    let result = sqlx::query!(
        "insert into credit_events (id, agency_id, code, points, severity, basis, award_id, contract_id, occurred_at,
             effective_at, ends_at, policy_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
        event.id as _,
        event.incident.agency as _,
        event.incident.code as _,
        event.worth.points,
        event.worth.severity as _,
        event.incident.basis,
        event.incident.award as _,
        event.incident.contract as _,
        event.occurred_at,
        event.worth.effective_at,
        event.worth.ends_at,
        event.policy as _
    )
    .execute(conn)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// What a recomputation found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recomputed {
    pub score: i32,
    pub grade: Grade,
    /// When it must be computed again because an event begins or ends.
    pub again_at: Option<Timestamp>,
}

/// Recomputes an agency's score from its events, under the agency's row lock.
pub async fn recompute(
    conn: &mut PgConnection,
    agency: AgencyId,
    rules: &CreditRules,
    now: Timestamp,
) -> Result<Recomputed> {
    sqlx::query!("select from agencies where id = $1 for update", agency as _)
        .fetch_optional(&mut *conn)
        .await?;
    let events = counted(conn, agency).await?;
    let score = score(rules, &events, now);
    let grade = rules.grade(score);
    sqlx::query!(
        "update agencies set credit_score = $2, credit_grade = $3
         where id = $1 and (credit_score <> $2 or credit_grade <> $3)",
        agency as _,
        score,
        grade as _
    )
    .execute(conn)
    .await?;
    Ok(Recomputed {
        score,
        grade,
        again_at: turning_points(&events, now).first().copied(),
    })
}

/// All events of an agency as the score counts them.
pub async fn counted(conn: &mut PgConnection, agency: AgencyId) -> Result<Vec<Counted>> {
    let rows = sqlx::query!(
        r#"select code, points, effective_at, ends_at, revoked_at is not null as "revoked!"
           from credit_events where agency_id = $1"#,
        agency as _
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Counted {
            code: row.code,
            points: row.points,
            effective_at: row.effective_at,
            ends_at: row.ends_at,
            revoked: row.revoked,
        })
        .collect())
}

/// An event that has begun to count and is not in the ledger yet.
#[derive(Debug, Clone)]
pub struct Begun {
    pub id: CreditEventId,
    pub code: EventCode,
    pub points: i32,
    pub basis: String,
    pub effective_at: Timestamp,
    pub ends_at: Timestamp,
}

/// Takes the events of an agency that must go into the ledger now, and marks them. The agency's row is locked.
pub async fn enter(
    conn: &mut PgConnection,
    agency: AgencyId,
    now: Timestamp,
) -> Result<Vec<Begun>> {
    Ok(sqlx::query_as!(
        Begun,
        "update credit_events set entered_at = $2
         where agency_id = $1 and effective_at <= $2 and revoked_at is null and entered_at is null
         returning id, code, points, basis, effective_at, ends_at",
        agency as _,
        now
    )
    .fetch_all(conn)
    .await?)
}

/// Suspends an agency until an instant, never shortening a suspension. `false`: it is for so long already.
pub async fn suspend(conn: &mut PgConnection, agency: AgencyId, until: Timestamp) -> Result<bool> {
    let result = sqlx::query!(
        "update agencies set suspended_until = $2
         where id = $1 and (suspended_until is null or suspended_until < $2)",
        agency as _,
        until
    )
    .execute(conn)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// An event as shown.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct EventRow {
    pub id: CreditEventId,
    pub agency_name: String,
    pub agency_uscc: String,
    pub code: EventCode,
    pub points: i32,
    pub severity: Severity,
    pub basis: String,
    #[serde(with = "time::serde::rfc3339")]
    pub occurred_at: Timestamp,
    #[serde(with = "time::serde::rfc3339")]
    pub effective_at: Timestamp,
    #[serde(with = "time::serde::rfc3339")]
    pub ends_at: Timestamp,
}

const ROW: &str = "select e.id, a.name as agency_name, a.uscc as agency_uscc, e.code, e.points, e.severity, e.basis,
       e.occurred_at, e.effective_at, e.ends_at
     from credit_events e join agencies a on a.id = e.agency_id where e.revoked_at is null";

/// The events of an agency: for the public those in force, for itself also those announced and those that ended.
pub async fn of_agency(
    conn: &mut PgConnection,
    agency: AgencyId,
    public_only: bool,
    now: Timestamp,
) -> Result<Vec<EventRow>> {
    let mut query = QueryBuilder::<Postgres>::new(ROW);
    query.push(" and e.agency_id = ").push_bind(agency);
    if public_only {
        query
            .push(" and e.effective_at <= ")
            .push_bind(now)
            .push(" and e.ends_at > ")
            .push_bind(now);
    }
    query.push(" order by e.occurred_at desc, e.id desc limit 100");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Which events in force are listed.
#[derive(Debug, Clone, Copy)]
pub struct EventFilter {
    pub demerits_only: bool,
    /// In force at this instant.
    pub at: Timestamp,
}

impl EventFilter {
    fn conditions(&self, query: &mut QueryBuilder<Postgres>) {
        query
            .push(" and e.effective_at <= ")
            .push_bind(self.at)
            .push(" and e.ends_at > ")
            .push_bind(self.at);
        if self.demerits_only {
            query.push(" and e.points < 0");
        }
    }
}

/// A page of the events in force of everybody, newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: EventFilter,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<EventRow>> {
    let mut query = QueryBuilder::<Postgres>::new(ROW);
    filter.conditions(&mut query);
    push_page(
        &mut query,
        By::Time("e.effective_at"),
        "e.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<EventRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Time(row.effective_at), row.id.0)
    }))
}

/// How many events of everybody fit, up to [`COUNT_CAP`] + 1.
pub async fn count(conn: &mut PgConnection, filter: EventFilter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from credit_events e where e.revoked_at is null",
    );
    filter.conditions(&mut query);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// An agency on the red list.
#[derive(Debug, Clone, FromRow)]
pub struct RedRow {
    pub id: AgencyId,
    pub uscc: String,
    pub name: String,
    pub credit_score: i32,
    pub credit_grade: Grade,
    pub completed: i32,
    pub rating_mean: i32,
    pub rating_count: i32,
}

/// What the red list asks by the rules in force: score, enough finished contracts, no demerit since an instant.
#[derive(Debug, Clone, Copy)]
pub struct RedList<'a> {
    pub rules: &'a CreditRules,
    pub clean_since: Timestamp,
}

impl RedList<'_> {
    fn conditions(&self, query: &mut QueryBuilder<Postgres>) {
        query
            .push(" from agencies a where a.state = 'settled' and a.credit_score >= ")
            .push_bind(self.rules.red_list_score)
            .push(" and a.completed >= ")
            .push_bind(market::count::column(self.rules.red_list_contracts))
            .push(
                " and not exists (select from credit_events e where e.agency_id = a.id and e.points < 0
                     and e.revoked_at is null and e.occurred_at >= ",
            )
            .push_bind(self.clean_since)
            .push(")");
    }

    /// A page of it, the highest score first.
    pub async fn page(
        &self,
        conn: &mut PgConnection,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<RedRow>> {
        let mut query = QueryBuilder::<Postgres>::new(
            "select a.id, a.uscc, a.name, a.credit_score, a.credit_grade, a.completed, a.rating_mean, a.rating_count",
        );
        self.conditions(&mut query);
        push_page(
            &mut query,
            By::Number("a.credit_score"),
            "a.id",
            Order::Descending,
            cursor,
            size,
        );
        let rows: Vec<RedRow> = query.build_query_as().fetch_all(conn).await?;
        Ok(into_page(rows, cursor, size, |row| {
            (Key::Number(i64::from(row.credit_score)), row.id.0)
        }))
    }

    /// How many are on it.
    pub async fn count(&self, conn: &mut PgConnection) -> Result<i64> {
        let mut query = QueryBuilder::<Postgres>::new("select count(*)");
        self.conditions(&mut query);
        Ok(query.build_query_scalar().fetch_one(conn).await?)
    }
}
