//! The standard catalogue: departments, service types, items, kinds of qualification. Loaded from the project's data
//! (`store/data`), read by pages and forms.

mod load;
mod usual;

pub use load::{ItemAddress, load};
pub use usual::usual_amount;

use crate::Result;
use crate::page::{By, COUNT_CAP, Cursor, Key, Order, Page, into_page, push_page};
use market::qualification::QualificationGrade;
use market::requirement::specification::ItemTerms;
use market::service_item::CommissionedBy;
use market::{AgencyId, DepartmentId, Fen, QualificationKindId, ServiceItemId, ServiceTypeId};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// What the list of items is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    pub department: Option<DepartmentId>,
    pub category: Option<String>,
    pub commissioned_by: Option<CommissionedBy>,
    pub text: Option<String>,
}

/// An item in a list.
#[derive(Debug, Clone, FromRow)]
pub struct ItemRow {
    pub id: ServiceItemId,
    pub code: String,
    pub name: String,
    pub category: String,
    pub department_name: String,
    pub commissioned_by: CommissionedBy,
    pub self_do_allowed: bool,
    pub time_limit_workdays: Option<i32>,
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &ItemFilter) {
    if let Some(department) = filter.department {
        query.push(" and i.department_id = ").push_bind(department);
    }
    if let Some(category) = &filter.category {
        query.push(" and i.category = ").push_bind(category.clone());
    }
    if let Some(by) = filter.commissioned_by {
        query.push(" and i.commissioned_by = ").push_bind(by);
    }
    if let Some(text) = &filter.text {
        crate::search::push_condition(query, crate::search::Kind::Item, "i.id", text);
    }
}

/// A page of the items that fit a filter, by code.
pub async fn items(
    conn: &mut PgConnection,
    filter: &ItemFilter,
    cursor: Option<&Cursor>,
    size: usize,
) -> Result<Page<ItemRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select i.id, i.code, i.name, i.category, d.name as department_name, i.commissioned_by, i.self_do_allowed,
                i.time_limit_workdays
         from service_items i join departments d on d.id = i.department_id where true",
    );
    push_filter(&mut query, filter);
    push_page(
        &mut query,
        By::Text("i.code"),
        "i.id",
        Order::Ascending,
        cursor,
        size,
    );
    let rows: Vec<ItemRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(into_page(rows, cursor, size, |row| {
        (Key::Text(row.code.clone()), row.id.0)
    }))
}

/// How many items fit a filter, up to [`COUNT_CAP`] + 1.
pub async fn count_filtered(conn: &mut PgConnection, filter: &ItemFilter) -> Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from service_items i where true",
    );
    push_filter(&mut query, filter);
    query.push(format!(" limit {}) n", COUNT_CAP + 1));
    let (count,): (i64,) = query.build_query_as().fetch_one(conn).await?;
    Ok(count)
}

/// How many items the catalogue has.
pub async fn count_items(conn: &mut PgConnection) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"select count(*) as "count!" from service_items"#)
            .fetch_one(conn)
            .await?,
    )
}

/// What the filters of the list offer.
#[derive(Debug, Clone)]
pub struct ItemFacets {
    pub departments: Vec<(DepartmentId, String)>,
    pub categories: Vec<String>,
}

/// Departments that have items, and the categories.
pub async fn item_facets(conn: &mut PgConnection) -> Result<ItemFacets> {
    let departments = sqlx::query!(
        "select d.id, d.name from departments d
         where exists (select from service_items i where i.department_id = d.id) order by d.id"
    )
    .fetch_all(&mut *conn)
    .await?;
    let categories =
        sqlx::query_scalar!("select distinct category from service_items order by category")
            .fetch_all(conn)
            .await?;
    Ok(ItemFacets {
        departments: departments
            .into_iter()
            .map(|d| (d.id.into(), d.name))
            .collect(),
        categories,
    })
}

/// An item's page.
#[derive(Debug, Clone)]
pub struct ItemPage {
    pub id: ServiceItemId,
    pub code: String,
    pub name: String,
    pub category: String,
    pub legal_basis: String,
    pub competent_department: String,
    pub department_name: String,
    pub approval_item: String,
    pub qualification_required: String,
    pub commissioned_by: CommissionedBy,
    pub self_do_allowed: bool,
    pub time_limit_workdays: Option<i32>,
    pub fee_basis: String,
    pub service_types: Vec<ServiceTypeRow>,
    /// Finished contracts of this item, the middle of their amounts in fen and of their service workdays.
    pub contracts: i64,
    pub median_amount_fen: Option<Fen>,
}

/// The page of an item by its code.
pub async fn item(conn: &mut PgConnection, code: &str) -> Result<Option<ItemPage>> {
    let row = sqlx::query!(
        r#"select i.id, i.code, i.name, i.category, i.legal_basis, i.competent_department, d.name as department_name,
                  i.approval_item, i.qualification_required, i.commissioned_by, i.self_do_allowed,
                  i.time_limit_workdays, i.fee_basis, c.count as "contracts!", c.median as "median?: Fen"
           from service_items i
           join departments d on d.id = i.department_id
           cross join lateral (
               select count(*), percentile_cont(0.5) within group (order by k.amount_fen)::bigint as median
               from contracts k join requirements r on r.id = k.requirement_id
               where r.item_id = i.id and k.state = 'completed') c
           where i.code = $1"#,
        code
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let service_types = sqlx::query_as!(
        ServiceTypeRow,
        r#"select t.id, t.code, t.name, t.department_id, d.name as department_name, coalesce(c.value, 0) as "agencies!"
           from service_item_types it
           join service_types t on t.id = it.service_type_id
           join departments d on d.id = t.department_id
           left join counters c on c.name = 'agencies:type:' || t.id
           where it.item_id = $1 order by t.code"#,
        row.id
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(ItemPage {
        id: row.id.into(),
        code: row.code,
        name: row.name,
        category: row.category,
        legal_basis: row.legal_basis,
        competent_department: row.competent_department,
        department_name: row.department_name,
        approval_item: row.approval_item,
        qualification_required: row.qualification_required,
        commissioned_by: row.commissioned_by,
        self_do_allowed: row.self_do_allowed,
        time_limit_workdays: row.time_limit_workdays,
        fee_basis: row.fee_basis,
        service_types,
        contracts: row.contracts,
        median_amount_fen: row.median,
    }))
}

/// A service type with the number of agencies that are active in it.
#[derive(Debug, Clone)]
pub struct ServiceTypeRow {
    pub id: ServiceTypeId,
    pub code: String,
    pub name: String,
    pub department_id: DepartmentId,
    pub department_name: String,
    pub agencies: i64,
}

/// All service types, by department.
pub async fn service_types(conn: &mut PgConnection) -> Result<Vec<ServiceTypeRow>> {
    Ok(sqlx::query_as!(
        ServiceTypeRow,
        r#"select t.id, t.code, t.name, t.department_id, d.name as department_name, coalesce(c.value, 0) as "agencies!"
           from service_types t
           join departments d on d.id = t.department_id
           left join counters c on c.name = 'agencies:type:' || t.id
           order by d.id, t.id"#
    )
    .fetch_all(conn)
    .await?)
}

/// All items for a choice, grouped by department: (department, [(id, name)]).
pub async fn item_choices(
    conn: &mut PgConnection,
) -> Result<Vec<(String, Vec<(ServiceItemId, String)>)>> {
    let rows = sqlx::query!(
        "select d.name as department, i.id, i.name from service_items i join departments d on d.id = i.department_id
         order by d.id, i.code"
    )
    .fetch_all(conn)
    .await?;
    let mut groups: Vec<(String, Vec<(ServiceItemId, String)>)> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some((department, items)) if *department == row.department => {
                items.push((row.id.into(), row.name))
            }
            _ => groups.push((row.department, vec![(row.id.into(), row.name)])),
        }
    }
    Ok(groups)
}

/// What the form of a requirement needs to know of its item.
pub async fn item_terms(conn: &mut PgConnection, item: ServiceItemId) -> Result<Option<ItemTerms>> {
    let row = sqlx::query!("select name from service_items where id = $1", item as _)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let types = sqlx::query!(
        "select t.id, t.name from service_item_types it join service_types t on t.id = it.service_type_id
         where it.item_id = $1 order by t.code",
        item as _
    )
    .fetch_all(&mut *conn)
    .await?;
    let kinds = sqlx::query!(
        "select distinct k.id, k.name, k.code from service_item_types it
         join qualification_kind_types kt on kt.service_type_id = it.service_type_id
         join qualification_kinds k on k.id = kt.kind_id
         where it.item_id = $1 order by k.code",
        item as _
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(ItemTerms {
        item,
        item_name: row.name,
        service_types: types.into_iter().map(|t| (t.id.into(), t.name)).collect(),
        kinds: kinds.into_iter().map(|k| (k.id.into(), k.name)).collect(),
    }))
}

/// A kind of qualification as forms offer it.
#[derive(Debug, Clone)]
pub struct Kind {
    pub id: QualificationKindId,
    pub name: String,
    pub grades: Vec<QualificationGrade>,
    pub specialities: Vec<String>,
}

/// The kinds that belong to a service type.
pub async fn kinds_of_type(
    conn: &mut PgConnection,
    service_type: ServiceTypeId,
) -> Result<Vec<Kind>> {
    Ok(sqlx::query_as!(
        Kind,
        r#"select k.id, k.name, k.grades as "grades: Vec<QualificationGrade>", k.specialities
           from qualification_kind_types kt join qualification_kinds k on k.id = kt.kind_id
           where kt.service_type_id = $1 order by k.code"#,
        service_type as _
    )
    .fetch_all(conn)
    .await?)
}

/// The kinds of qualification that an agency may enter: by the name of each service type that it has added.
pub async fn kinds_of_agency(
    conn: &mut PgConnection,
    agency: AgencyId,
) -> Result<Vec<(String, Kind)>> {
    let rows = sqlx::query!(
        r#"select t.name as service_name, k.id as "id: QualificationKindId", k.name,
                  k.grades as "grades: Vec<QualificationGrade>", k.specialities
           from agency_services s
           join service_types t on t.id = s.service_type_id
           join qualification_kind_types kt on kt.service_type_id = s.service_type_id
           join qualification_kinds k on k.id = kt.kind_id
           where s.agency_id = $1 order by t.code, k.code"#,
        agency as _
    )
    .fetch_all(conn)
    .await?;
    let named = rows.into_iter().map(|row| {
        let kind = Kind {
            id: row.id,
            name: row.name,
            grades: row.grades,
            specialities: row.specialities,
        };
        (row.service_name, kind)
    });
    Ok(named.collect())
}

/// A department.
#[derive(Debug, Clone)]
pub struct Department {
    pub id: DepartmentId,
    pub code: String,
    pub name: String,
}

/// All departments.
pub async fn departments(conn: &mut PgConnection) -> Result<Vec<Department>> {
    Ok(sqlx::query_as!(
        Department,
        "select id, code, name from departments order by id"
    )
    .fetch_all(conn)
    .await?)
}
