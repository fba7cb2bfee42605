//! Loads the catalogue from the project's data files. Loading again changes nothing but what the files changed.

use crate::search::{Document, Kind, index};
use crate::{Fault, Result};
use market::policy::Policy;
use market::qualification::QualificationGrade;
use market::service_item::{read_commissioned_by, read_departments};
use market::time::parse_date;
use market::{Chance, PolicyId, Timestamp, id::uuid_v7};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

const ITEMS: &str = include_str!("../../data/service_items.tsv");
const TYPES: &str = include_str!("../../data/service_types.tsv");
const KINDS: &str = include_str!("../../data/qualification_kinds.tsv");
const DEPARTMENTS: &str = include_str!("../../data/departments.tsv");
const EVERYDAY_WORDS: &str = include_str!("../../data/everyday_words.tsv");
const HOLIDAYS: &str = include_str!("../../data/holidays.tsv");

/// Where an item is shown, by its code: the search leads there.
pub type ItemAddress = fn(&str) -> String;

/// Loads region, holidays, the standard policy, departments, types, items and kinds, in one transaction of the
/// caller's. `effective_from` is when the standard policy begins to rule an empty installation.
pub async fn load(
    conn: &mut PgConnection,
    region: (&str, &str),
    effective_from: Timestamp,
    item_address: ItemAddress,
    now: Timestamp,
    chance: &mut dyn Chance,
) -> Result<()> {
    sqlx::query!(
        "insert into regions (code, name) values ($1, $2) on conflict do nothing",
        region.0,
        region.1
    )
    .execute(&mut *conn)
    .await?;
    load_holidays(conn).await?;
    let policy_id = PolicyId::new(now, chance);
    crate::policy::enact(
        conn,
        policy_id,
        region.0,
        &Policy::standard(),
        effective_from,
        now,
    )
    .await?;
    let departments = load_departments(conn, region.0, now, chance).await?;
    let types = load_types(conn, &departments, now, chance).await?;
    load_items(conn, &departments, &types, item_address, now, chance).await?;
    load_kinds(conn, &types.by_code, now, chance).await
}

/// Rows of a file with a header: comments and empty lines are skipped.
pub(super) fn rows<const N: usize>(file: &'static str) -> Result<Vec<[&'static str; N]>> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
            fields
                .try_into()
                .map_err(|_| Fault::Inconsistent(format!("data row: {line}")))
        })
        .collect()
}

pub(super) fn wrong(what: impl std::fmt::Display) -> Fault {
    Fault::Inconsistent(format!("data: {what}"))
}

async fn load_holidays(conn: &mut PgConnection) -> Result<()> {
    for [kind, date] in rows::<2>(HOLIDAYS)? {
        let day = parse_date(date).map_err(wrong)?;
        sqlx::query!(
            "insert into holidays (day, works) values ($1, $2) on conflict (day) do update set works = excluded.works",
            day,
            kind == "workday"
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Department ids by the names under which lists call them.
async fn load_departments(
    conn: &mut PgConnection,
    region: &str,
    now: Timestamp,
    chance: &mut dyn Chance,
) -> Result<BTreeMap<&'static str, Uuid>> {
    let mut by_competence = BTreeMap::new();
    for [code, name, competences] in rows::<3>(DEPARTMENTS)? {
        let names = read_departments(competences);
        let stored: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let id = sqlx::query_scalar!(
            "insert into departments (id, code, region_code, name, competences) values ($1, $2, $3, $4, $5)
             on conflict (code) do update set competences = excluded.competences returning id",
            uuid_v7(now, chance),
            code,
            region,
            name,
            &stored
        )
        .fetch_one(&mut *conn)
        .await?;
        by_competence.extend(names.into_iter().map(|name| (name, id)));
    }
    Ok(by_competence)
}

struct Types {
    by_code: BTreeMap<&'static str, Uuid>,
    /// Item code → types.
    of_item: BTreeMap<&'static str, Vec<Uuid>>,
}

async fn load_types(
    conn: &mut PgConnection,
    departments: &BTreeMap<&'static str, Uuid>,
    now: Timestamp,
    chance: &mut dyn Chance,
) -> Result<Types> {
    let mut types = Types {
        by_code: BTreeMap::new(),
        of_item: BTreeMap::new(),
    };
    for [code, name, competence, items] in rows::<4>(TYPES)? {
        let department = departments
            .get(competence)
            .ok_or_else(|| wrong(competence))?;
        let id = sqlx::query_scalar!(
            "insert into service_types (id, code, name, department_id) values ($1, $2, $3, $4)
             on conflict (code) do update set name = excluded.name, department_id = excluded.department_id returning id",
            uuid_v7(now, chance),
            code,
            name,
            department
        )
        .fetch_one(&mut *conn)
        .await?;
        types.by_code.insert(code, id);
        for item in items.split(' ') {
            types.of_item.entry(item).or_default().push(id);
        }
    }
    Ok(types)
}

impl Types {
    /// Gives an item its service types. Errors: the data names none for it.
    async fn give(&self, conn: &mut PgConnection, item: Uuid, code: &str) -> Result<()> {
        let missing = || wrong(format!("{code} has no service type"));
        for service_type in self.of_item.get(code).ok_or_else(missing)? {
            sqlx::query!(
                "insert into service_item_types (item_id, service_type_id) values ($1, $2) on conflict do nothing",
                item,
                service_type
            )
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }
}

async fn load_items(
    conn: &mut PgConnection,
    departments: &BTreeMap<&'static str, Uuid>,
    types: &Types,
    address: ItemAddress,
    now: Timestamp,
    chance: &mut dyn Chance,
) -> Result<()> {
    let everyday: BTreeMap<&str, &str> = rows::<2>(EVERYDAY_WORDS)?
        .into_iter()
        .map(|[code, words]| (code, words))
        .collect();
    for [
        code,
        name,
        category,
        basis,
        competent,
        approval,
        qualification,
        by,
        limit,
        fee,
    ] in rows::<10>(ITEMS)?
    {
        let department = read_departments(competent)
            .iter()
            .find_map(|name| departments.get(name))
            .ok_or_else(|| wrong(format!("{code}: nobody is {competent}")))?;
        let (commissioned_by, self_do_allowed) = read_commissioned_by(by).map_err(wrong)?;
        let limit = read_limit(code, limit)?;
        let id = sqlx::query_scalar!(
            "insert into service_items (id, code, name, category, legal_basis, competent_department, department_id,
                 approval_item, qualification_required, commissioned_by, self_do_allowed, time_limit_workdays, fee_basis)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             on conflict (code) do update set name = excluded.name, category = excluded.category,
                 legal_basis = excluded.legal_basis, competent_department = excluded.competent_department,
                 department_id = excluded.department_id, approval_item = excluded.approval_item,
                 qualification_required = excluded.qualification_required, commissioned_by = excluded.commissioned_by,
                 self_do_allowed = excluded.self_do_allowed, time_limit_workdays = excluded.time_limit_workdays,
                 fee_basis = excluded.fee_basis
             returning id",
            uuid_v7(now, chance),
            code,
            name,
            category,
            basis,
            competent,
            department,
            approval,
            qualification,
            commissioned_by as _,
            self_do_allowed,
            limit,
            fee
        )
        .fetch_one(&mut *conn)
        .await?;
        types.give(&mut *conn, id, code).await?;
        let path = address(code);
        let words = everyday.get(code).copied().unwrap_or_default();
        let also = format!("{code} {approval} {words}");
        let document = Document {
            kind: Kind::Item,
            subject: id,
            title: name,
            subtitle: competent,
            also: &also,
            path: &path,
            rank: 1,
        };
        index(conn, document, now).await?;
    }
    Ok(())
}

/// A legal limit in workdays, where there is one.
fn read_limit(code: &str, days: &str) -> Result<Option<i32>> {
    match days {
        "" => Ok(None),
        days => match days.parse() {
            Ok(days) => Ok(Some(days)),
            Err(_) => Err(wrong(format!("{code}: {days}"))),
        },
    }
}

async fn load_kinds(
    conn: &mut PgConnection,
    types: &BTreeMap<&'static str, Uuid>,
    now: Timestamp,
    chance: &mut dyn Chance,
) -> Result<()> {
    for [code, name, of_types, grades, specialities] in rows::<5>(KINDS)? {
        let grades: Vec<QualificationGrade> = grades
            .split(' ')
            .map(QualificationGrade::parse)
            .collect::<std::result::Result<_, _>>()
            .map_err(wrong)?;
        let specialities: Vec<String> = specialities
            .split('；')
            .filter(|name| !name.is_empty())
            .map(str::to_string)
            .collect();
        let id = sqlx::query_scalar!(
            "insert into qualification_kinds (id, code, name, grades, specialities) values ($1, $2, $3, $4, $5)
             on conflict (code) do update set name = excluded.name, grades = excluded.grades,
                 specialities = excluded.specialities
             returning id",
            uuid_v7(now, chance),
            code,
            name,
            grades as _,
            &specialities
        )
        .fetch_one(&mut *conn)
        .await?;
        for service_type in of_types.split(' ') {
            let service_type = types
                .get(service_type)
                .ok_or_else(|| wrong(format!("{code}: {service_type}")))?;
            sqlx::query!(
                "insert into qualification_kind_types (kind_id, service_type_id) values ($1, $2) on conflict do nothing",
                id,
                service_type
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_its_94_items_and_every_one_has_a_type_and_a_department() {
        let items = rows::<10>(ITEMS).expect("well-formed");
        assert_eq!(items.len(), 94);
        let departments: Vec<&str> = rows::<3>(DEPARTMENTS)
            .expect("well-formed")
            .iter()
            .flat_map(|[_, _, names]| read_departments(names))
            .collect();
        let typed: Vec<&str> = rows::<4>(TYPES)
            .expect("well-formed")
            .iter()
            .flat_map(|[_, _, _, items]| items.split(' '))
            .collect();
        for [code, _, _, _, competent, ..] in &items {
            assert!(typed.contains(code), "{code}");
            assert!(
                read_departments(competent)
                    .iter()
                    .all(|name| departments.contains(name)),
                "{code}: {competent}"
            );
        }
        for [code, _] in rows::<2>(EVERYDAY_WORDS).expect("well-formed") {
            assert!(items.iter().any(|item| item[0] == code), "{code}");
        }
        let count = |text: &str| items.iter().filter(|row| row[7].starts_with(text)).count();
        assert_eq!(
            (
                count("申请人委托"),
                count("行政机关委托"),
                count("项目业主自主委托")
            ),
            (46, 16, 32)
        );
    }
}
