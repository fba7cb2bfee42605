//! Agencies as everybody sees them, and as eligibility judges them. What an agency writes itself is in `dossier`.

use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, into_page, push_page};
use crate::search::Kind;
use crate::{Fault, Result};
use market::agency::{AgencyNature, AgencyState, ServiceState};
use market::credit::Grade;
use market::eligibility::{ActingPerson, Candidate, HeldService};
use market::qualification::{HeldPractitioner, HeldQualification, QualificationGrade};
use market::time::Date;
use market::{AgencyId, Fen, FileId, ServiceTypeId, Timestamp, Uscc};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Credit,
    Rating,
    Completed,
    Newest,
}

impl Sort {
    /// Every order, with its code in the address and its label.
    pub const ALL: [(Sort, &str, &str); 4] = [
        (Sort::Credit, "credit", "信用"),
        (Sort::Rating, "rating", "评价"),
        (Sort::Completed, "completed", "完成合同"),
        (Sort::Newest, "newest", "入驻时间"),
    ];

    /// The order with this code; the first for anything else.
    pub fn parse(code: &str) -> Sort {
        Sort::ALL
            .iter()
            .find(|(_, known, _)| *known == code)
            .map_or(Sort::Credit, |(sort, ..)| *sort)
    }

    /// Its code in the address.
    pub fn code(self) -> &'static str {
        Sort::ALL
            .iter()
            .find(|(sort, ..)| *sort == self)
            .map_or("", |(_, code, _)| code)
    }

    fn by(self) -> By {
        match self {
            Sort::Credit => By::Number("a.credit_score"),
            Sort::Rating => By::Number("a.rating_mean"),
            Sort::Completed => By::Number("a.completed"),
            Sort::Newest => By::Time("a.settled_at"),
        }
    }
}

/// What the list of agencies is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AgencyFilter {
    /// Active in any of these.
    pub service_types: Vec<ServiceTypeId>,
    pub grades: Vec<Grade>,
    pub text: Option<String>,
    pub sort: Sort,
}

impl AgencyFilter {
    /// Whether it shows everybody.
    pub fn is_empty(&self) -> bool {
        self.service_types.is_empty() && self.grades.is_empty() && self.text.is_none()
    }
}

/// An agency in a list. Scores are hundredths of a point, means hundredths of a star.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct AgencyRow {
    pub id: AgencyId,
    pub uscc: String,
    pub name: String,
    pub credit_score: i32,
    pub credit_grade: Grade,
    pub rating_mean: i32,
    pub rating_count: i32,
    pub awards: i32,
    pub completed: i32,
    pub on_time: i32,
    pub next_expiry_on: Option<Date>,
    #[serde(with = "time::serde::rfc3339")]
    pub settled_at: Timestamp,
}

const ROW: &str = "select a.id, a.uscc, a.name, a.credit_score, a.credit_grade, a.rating_mean, a.rating_count, a.awards,
       a.completed, a.on_time, a.next_expiry_on, a.settled_at
     from agencies a where a.state = 'settled'";

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &AgencyFilter) {
    if !filter.service_types.is_empty() {
        let ids: Vec<Uuid> = filter.service_types.iter().map(|id| id.0).collect();
        query.push(" and a.active_services && ").push_bind(ids);
    }
    match filter.grades.as_slice() {
        [] => {}
        // One grade by equality lets the index on (grade, score) serve the order, too.
        [one] => {
            query.push(" and a.credit_grade = ").push_bind(*one);
        }
        many => {
            query
                .push(" and a.credit_grade = any(")
                .push_bind(many.to_vec())
                .push(")");
        }
    }
    if let Some(text) = &filter.text {
        crate::search::push_condition(query, Kind::Agency, "a.id", text);
    }
}

/// A page of the list.
pub async fn list(
    conn: &mut PgConnection,
    filter: &AgencyFilter,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<AgencyRow>> {
    let mut query = QueryBuilder::<Postgres>::new(ROW);
    push_filter(&mut query, filter);
    push_page(
        &mut query,
        filter.sort.by(),
        "a.id",
        Order::Descending,
        cursor,
        size,
    );
    let rows: Vec<AgencyRow> = query.build_query_as().fetch_all(conn).await?;
    let sort = filter.sort;
    Ok(into_page(rows, cursor, size, |row| {
        let key = match sort {
            Sort::Credit => Key::Number(row.credit_score.into()),
            Sort::Rating => Key::Number(row.rating_mean.into()),
            Sort::Completed => Key::Number(row.completed.into()),
            Sort::Newest => Key::Time(row.settled_at),
        };
        (key, row.id.0)
    }))
}

/// How many agencies fit a filter, up to [`COUNT_CAP`] + 1. The number of all is a counter.
pub async fn count(conn: &mut PgConnection, filter: &AgencyFilter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from agencies a where a.state = 'settled'",
    );
    push_filter(&mut query, filter);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    let (count,): (i64,) = query.build_query_as().fetch_one(conn).await?;
    Ok(count)
}

/// The public page of an agency.
#[derive(Debug, Clone)]
pub struct AgencyPage {
    pub id: AgencyId,
    pub uscc: String,
    pub name: String,
    pub nature: AgencyNature,
    pub legal_representative: String,
    pub founded_on: Date,
    pub registered_capital_fen: Option<Fen>,
    pub address: String,
    pub contact_phone: String,
    pub introduction: String,
    pub settled_at: Option<Timestamp>,
    pub credit_score: i32,
    pub credit_grade: Grade,
    pub suspended_until: Option<Timestamp>,
    pub rating_mean: i32,
    pub rating_count: i32,
    pub awards: i32,
    pub completed: i32,
    pub on_time: i32,
}

/// A settled agency by its credit code.
pub async fn by_uscc(conn: &mut PgConnection, uscc: &str) -> Result<Option<AgencyPage>> {
    Ok(sqlx::query_as!(
        AgencyPage,
        r#"select id, uscc, name, nature, legal_representative, founded_on,
                  registered_capital_fen as "registered_capital_fen: Fen", address,
                  contact_phone, introduction, settled_at, credit_score, credit_grade, suspended_until,
                  rating_mean as "rating_mean!", rating_count, awards, completed, on_time
           from agencies where uscc = $1 and state = 'settled'"#,
        uscc
    )
    .fetch_optional(conn)
    .await?)
}

/// A service of an agency, as shown.
#[derive(Debug, Clone)]
pub struct ServiceRow {
    pub service_type_id: ServiceTypeId,
    pub name: String,
    pub department_name: String,
    pub state: ServiceState,
    pub promise: String,
    pub fee_reference: String,
    pub note: String,
    pub activates_at: Option<Timestamp>,
    pub activated_at: Option<Timestamp>,
    pub version: i32,
}

/// The services of an agency; only the active ones and those in publicity for the public.
pub async fn services(
    conn: &mut PgConnection,
    agency: AgencyId,
    public_only: bool,
) -> Result<Vec<ServiceRow>> {
    Ok(sqlx::query_as!(
        ServiceRow,
        "select s.service_type_id, t.name, d.name as department_name, s.state, s.promise, s.fee_reference, s.note,
                s.activates_at, s.activated_at, s.version
         from agency_services s
         join service_types t on t.id = s.service_type_id
         join departments d on d.id = t.department_id
         where s.agency_id = $1 and (not $2 or s.state in ('active', 'publicity')) order by t.code",
        agency as _,
        public_only
    )
    .fetch_all(conn)
    .await?)
}

/// A qualification as shown.
#[derive(Debug, Clone)]
pub struct QualificationRow {
    pub id: market::QualificationId,
    pub kind_name: String,
    pub speciality: String,
    pub grade: QualificationGrade,
    pub number: String,
    pub issuer: String,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
    pub added_at: Timestamp,
    pub vetted_at: Option<Timestamp>,
    pub file_id: market::FileId,
    pub file_name: String,
}

impl QualificationRow {
    /// Its kind, with the speciality if it has one.
    pub fn title(&self) -> String {
        match self.speciality.as_str() {
            "" => self.kind_name.clone(),
            speciality => format!("{}（{speciality}）", self.kind_name),
        }
    }
}

/// The qualifications of an agency; only the vetted ones for the public.
pub async fn qualifications(
    conn: &mut PgConnection,
    agency: AgencyId,
    public_only: bool,
) -> Result<Vec<QualificationRow>> {
    Ok(sqlx::query_as!(
        QualificationRow,
        "select q.id, k.name as kind_name, q.speciality, q.grade, q.number, q.issuer, q.valid_from, q.valid_until,
                q.added_at, q.vetted_at, q.file_id, f.name as file_name
         from qualifications q
         join qualification_kinds k on k.id = q.kind_id
         join files f on f.id = q.file_id
         where q.agency_id = $1 and q.removed_at is null and (not $2 or q.vetted_at is not null)
         order by k.code, q.id",
        agency as _,
        public_only
    )
    .fetch_all(conn)
    .await?)
}

/// A practitioner as shown: the number is masked already.
#[derive(Debug, Clone)]
pub struct PractitionerRow {
    pub id: market::PractitionerId,
    pub service_name: String,
    pub name: String,
    pub id_number_masked: String,
    pub id_number_sealed: Vec<u8>,
    pub certificate: String,
    pub certificate_number: String,
    pub valid_until: Option<Date>,
    pub practice_years: i32,
    /// The scan of the certificate; rows of before it was asked for have none.
    pub certificate_file_id: Option<FileId>,
    pub added_at: Timestamp,
    pub vetted_at: Option<Timestamp>,
}

/// The practitioners of an agency; only the vetted ones for the public.
pub async fn practitioners(
    conn: &mut PgConnection,
    agency: AgencyId,
    public_only: bool,
) -> Result<Vec<PractitionerRow>> {
    Ok(sqlx::query_as!(
        PractitionerRow,
        r#"select p.id, t.name as service_name, p.name, p.id_number_masked, p.id_number_sealed, p.certificate,
                p.certificate_number, p.valid_until, p.practice_years,
                p.certificate_file_id as "certificate_file_id: FileId", p.added_at, p.vetted_at
         from practitioners p join service_types t on t.id = p.service_type_id
         where p.agency_id = $1 and p.removed_at is null and (not $2 or p.vetted_at is not null)
         order by t.code, p.id"#,
        agency as _,
        public_only
    )
    .fetch_all(conn)
    .await?)
}

/// Everything that eligibility judges, for several agencies at once (five queries, whatever their number).
/// Only what a department has vetted is handed over. Errors: a stored code that is none.
pub async fn candidates(conn: &mut PgConnection, ids: &[AgencyId]) -> Result<Vec<Candidate>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut held = Held::read(conn, &ids).await?;
    let agencies = sqlx::query!(
        "select id, uscc, name, legal_representative, contact_name, state, suspended_until, credit_grade from agencies where id = any($1)",
        &ids
    )
    .fetch_all(conn)
    .await?;
    agencies
        .into_iter()
        .map(|agency| {
            let id = agency.id;
            Ok(Candidate {
                agency: id.into(),
                uscc: Uscc::printed(&agency.uscc).map_err(Fault::Inconsistent)?,
                name: agency.name,
                legal_representative: agency.legal_representative.into(),
                contact_name: agency.contact_name.into(),
                people: held.people.remove(&id).unwrap_or_default(),
                state: agency.state,
                suspended_until: agency.suspended_until,
                grade: agency.credit_grade,
                services: held.services.remove(&id).unwrap_or_default(),
                qualifications: held.qualifications.remove(&id).unwrap_or_default(),
                practitioners: held.practitioners.remove(&id).unwrap_or_default(),
            })
        })
        .collect()
}

/// What several agencies have, each kind by the agency.
#[derive(Default)]
struct Held {
    services: BTreeMap<Uuid, Vec<HeldService>>,
    qualifications: BTreeMap<Uuid, Vec<HeldQualification>>,
    practitioners: BTreeMap<Uuid, Vec<HeldPractitioner>>,
    people: BTreeMap<Uuid, Vec<ActingPerson>>,
}

impl Held {
    async fn read(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Held> {
        let mut held = Held::default();
        let services = sqlx::query!(
            "select agency_id, service_type_id, state from agency_services where agency_id = any($1)",
            ids
        )
        .fetch_all(&mut *conn)
        .await?;
        for row in services {
            held.services
                .entry(row.agency_id)
                .or_default()
                .push(HeldService {
                    id: row.service_type_id.into(),
                    state: row.state,
                });
        }
        held.read_papers(conn, ids).await?;
        let people = sqlx::query!(
            r#"select m.agency_id as "agency_id!", m.person_id, p.name, m.ended_at
           from mandates m join persons p on p.id = m.person_id where m.agency_id = any($1)"#,
            ids
        )
        .fetch_all(conn)
        .await?;
        for row in people {
            held.people
                .entry(row.agency_id)
                .or_default()
                .push(ActingPerson {
                    id: row.person_id.into(),
                    name: row.name.into(),
                    until: row.ended_at,
                });
        }
        Ok(held)
    }

    /// Only what a department has vetted and nobody has taken out.
    async fn read_papers(&mut self, conn: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
        let qualifications = sqlx::query!(
            "select agency_id, kind_id, speciality, grade, valid_from, valid_until from qualifications
         where agency_id = any($1) and removed_at is null and vetted_at is not null",
            ids
        )
        .fetch_all(&mut *conn)
        .await?;
        for row in qualifications {
            let held = HeldQualification {
                kind: row.kind_id.into(),
                speciality: row.speciality,
                grade: row.grade,
                valid_from: row.valid_from,
                valid_until: row.valid_until,
            };
            self.qualifications
                .entry(row.agency_id)
                .or_default()
                .push(held);
        }
        let practitioners = sqlx::query!(
            "select agency_id, certificate, valid_until from practitioners
         where agency_id = any($1) and removed_at is null and vetted_at is not null",
            ids
        )
        .fetch_all(conn)
        .await?;
        for row in practitioners {
            let held = HeldPractitioner {
                certificate: row.certificate,
                valid_until: row.valid_until,
            };
            self.practitioners
                .entry(row.agency_id)
                .or_default()
                .push(held);
        }
        Ok(())
    }
}

/// One candidate. Errors: the agency is not there.
pub async fn candidate(conn: &mut PgConnection, id: AgencyId) -> Result<Candidate> {
    let found = candidates(conn, &[id]).await?.into_iter().next();
    found.ok_or_else(|| Fault::Inconsistent(format!("agency {id} is missing")))
}

/// Puts to each of a list its agency as it is now. Errors: an agency is missing.
pub async fn with_candidates<T>(
    conn: &mut PgConnection,
    list: Vec<T>,
    agency: impl Fn(&T) -> AgencyId,
) -> Result<Vec<(T, Candidate)>> {
    let ids: Vec<AgencyId> = list.iter().map(&agency).collect();
    let candidates = candidates(conn, &ids).await?;
    let with = |one: T| {
        let id = agency(&one);
        let found = candidates.iter().find(|candidate| candidate.agency == id);
        let found = found.ok_or_else(|| Fault::Inconsistent(format!("agency {id} is missing")))?;
        Ok((one, found.clone()))
    };
    list.into_iter().map(with).collect()
}

/// An agency's state, for pages that only name it.
#[derive(Debug, Clone)]
pub struct Named {
    pub id: AgencyId,
    pub uscc: String,
    pub name: String,
    pub state: AgencyState,
}

/// Name and code of an agency.
pub async fn named(conn: &mut PgConnection, id: AgencyId) -> Result<Option<Named>> {
    Ok(sqlx::query_as!(
        Named,
        "select id, uscc, name, state from agencies where id = $1",
        id as _
    )
    .fetch_optional(conn)
    .await?)
}
