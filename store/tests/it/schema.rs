//! The schema itself: names agree with Rust, keys have indexes, constraints have names.

use crate::fixture::{catalogue, owner, person};
use std::collections::BTreeMap;
use store::testing::TestDatabase;

/// The values of every enum of the database, in order.
async fn enums(database: &TestDatabase) -> BTreeMap<String, Vec<String>> {
    let rows: Vec<(String, Vec<String>)> = sqlx::query_as(
        "select t.typname::text, array_agg(e.enumlabel::text order by e.enumsortorder)
         from pg_type t join pg_enum e on e.enumtypid = t.oid group by 1",
    )
    .fetch_all(&database.pool)
    .await
    .expect("the enums");
    rows.into_iter().collect()
}

macro_rules! same {
    ($found:ident, $($name:ty),+ $(,)?) => {
        $(
            let codes: Vec<String> = <$name>::ALL.iter().map(|value| value.code().to_string()).collect();
            assert_eq!($found.remove(<$name>::PG_NAME), Some(codes), "{}", <$name>::PG_NAME);
        )+
    };
}

#[tokio::test]
async fn enums_have_the_same_values_in_rust_and_in_the_database() {
    let database = TestDatabase::fresh().await;
    let mut found = enums(&database).await;
    same!(
        found,
        market::service_item::CommissionedBy,
        market::qualification::QualificationGrade,
        market::owner::OwnerKind,
        market::owner::FundType,
        market::owner::OwnerState,
        market::agency::AgencyNature,
        market::agency::AgencyState,
        market::agency::ServiceState,
        market::vetting::VettingState,
        market::judgement::Verdict,
        market::credit::Grade,
        market::credit::EventCode,
        market::credit::Severity,
        market::permit::Role,
        market::requirement::RequirementState,
        market::requirement::EditionState,
        market::requirement::PriceKind,
        market::selection::Method,
        market::notice::NoticeKind,
        market::sign_up::SignUpState,
        market::sign_up::MadeBy,
        market::draw::Purpose,
        market::award::AwardState,
        market::contract::Side,
        market::contract::ContractState,
        market::contract::DeliverableState,
        market::stored::StoredKind,
        market::ledger::EntryKind,
    );
    // The jobs' enums are the store's own: their names are made by rule, and every kind can be written and read.
    found.remove("job_kind");
    found.remove("job_state");
    assert!(found.is_empty(), "nothing in Rust stands for {found:?}");
    database.close().await;
}

#[tokio::test]
async fn methods_have_the_same_traits_in_rust_and_in_the_database() {
    use market::selection::{Bid, Chooser, Draws, Method};
    let database = TestDatabase::fresh().await;
    for &method in Method::ALL {
        let found: (bool, bool, bool) = sqlx::query_as(
            "select method_has_bid($1), method_is_chosen_by_owner($1), method_always_draws($1)",
        )
        .bind(method)
        .fetch_one(&database.pool)
        .await
        .expect("the traits");
        let kind = method.kind();
        let said = (
            kind.bid != Bid::None,
            matches!(kind.chooser, Chooser::Owner),
            kind.draws == Draws::Always,
        );
        assert_eq!(found, said, "{method:?}");
    }
    // Constraints and triggers ask for traits: none of them names a method.
    let codes: Vec<&str> = Method::ALL.iter().map(|method| method.code()).collect();
    let named: Vec<String> = sqlx::query_scalar(
        "select name from (
             select conname::text as name, pg_get_constraintdef(oid) as text from pg_constraint
             union all
             select proname::text, prosrc from pg_proc
             where pronamespace = 'public'::regnamespace and not starts_with(proname::text, 'method_')) as found
         where exists (select from unnest($1::text[]) as code where position(quote_literal(code) in text) > 0)",
    )
    .bind(codes)
    .fetch_all(&database.pool)
    .await
    .expect("the names");
    assert!(named.is_empty(), "{named:?}");
    database.close().await;
}

#[tokio::test]
async fn every_kind_of_job_is_a_value_of_the_database() {
    let database = TestDatabase::fresh().await;
    let count: i64 = sqlx::query_scalar("select count(*) from pg_enum e join pg_type t on t.oid = e.enumtypid where t.typname = 'job_kind'")
        .fetch_one(&database.pool)
        .await
        .expect("a number");
    assert_eq!(count as usize, store::job::JobKind::ALL.len());
    for kind in store::job::JobKind::ALL {
        let back: store::job::JobKind = sqlx::query_scalar("select $1")
            .bind(kind)
            .fetch_one(&database.pool)
            .await
            .expect("the same");
        assert_eq!(back, *kind);
    }
    database.close().await;
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let database = TestDatabase::fresh().await;
    let bare: Vec<String> = sqlx::query_scalar(
        "select c.conrelid::regclass || ' ' || c.conname from pg_constraint c
         where c.contype = 'f' and not exists (
             select from pg_index i where i.indrelid = c.conrelid
               and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey
               and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] <@ c.conkey)",
    )
    .fetch_all(&database.pool)
    .await
    .expect("the keys");
    assert!(bare.is_empty(), "without an index: {bare:#?}");
    database.close().await;
}

#[tokio::test]
async fn constraints_that_rules_stand_on_have_names() {
    let database = TestDatabase::fresh().await;
    let nameless: Vec<String> = sqlx::query_scalar(
        "select conrelid::regclass || ' ' || conname from pg_constraint
         where contype = 'c' and connamespace = 'public'::regnamespace and conname ~ '_check[0-9]*$'",
    )
    .fetch_all(&database.pool)
    .await
    .expect("the constraints");
    assert!(nameless.is_empty(), "{nameless:#?}");
    database.close().await;
}

#[tokio::test]
async fn migrating_again_or_twice_at_once_changes_nothing() {
    let database = TestDatabase::fresh().await;
    let owners = database.owners_pool();
    let (a, b) = tokio::join!(
        store::database::migrate(&owners),
        store::database::migrate(&owners)
    );
    owners.close().await;
    a.expect("nothing to do");
    b.expect("nothing to do");
    assert!(
        store::database::is_ready(&database.pool)
            .await
            .expect("an answer")
    );
    database.close().await;
}

#[tokio::test]
async fn loading_the_catalogue_twice_changes_nothing() {
    let (database, mut chance) = catalogue().await;
    let sums = || async {
        let sum: String = sqlx::query_scalar(
            "select (select md5(string_agg(i::text, '|' order by i.id)) from service_items i)
                 || (select md5(string_agg(t::text, '|' order by t.id)) from service_types t)
                 || (select count(*) from departments) || (select count(*) from policies)",
        )
        .fetch_one(&database.pool)
        .await
        .expect("a sum");
        sum
    };
    let before = sums().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    let now = crate::fixture::NOW + time::Duration::days(1);
    store::catalogue::load(
        &mut conn,
        (crate::fixture::REGION, "示范区"),
        now,
        crate::fixture::item_address,
        now,
        &mut chance,
    )
    .await
    .expect("again");
    drop(conn);
    assert_eq!(sums().await, before);
    database.close().await;
}

#[tokio::test]
async fn the_roles_that_exclude_each_other_are_the_same_in_rust_and_in_the_database() {
    let database = TestDatabase::fresh().await;
    use market::permit::Role;
    for &one in Role::ALL {
        for &other in Role::ALL {
            let excluded: bool = sqlx::query_scalar("select roles_exclude($1, $2)")
                .bind(one)
                .bind(other)
                .fetch_one(&database.pool)
                .await
                .expect("an answer");
            assert_eq!(
                excluded,
                market::duty::exclusion(one, other).is_some(),
                "{} and {}",
                one.code(),
                other.code()
            );
        }
    }
    database.close().await;
}

#[tokio::test]
async fn every_pair_of_acts_is_held_by_something_in_the_database() {
    let database = TestDatabase::fresh().await;
    let pairs = market::duty::APART.iter().map(|pair| pair.held_by);
    let bodies = market::duty::OF_OTHERS.iter().map(|(_, held_by)| *held_by);
    for name in pairs.chain(bodies) {
        let is_there: bool = sqlx::query_scalar(
            "select exists (select from pg_constraint where conname = $1)
                 or exists (select from pg_proc p join pg_trigger t on t.tgfoid = p.oid
                            where strpos(p.prosrc, 'constraint = ''' || $1 || '''') > 0)",
        )
        .bind(name)
        .fetch_one(&database.pool)
        .await
        .expect("an answer");
        assert!(is_there, "nothing holds {name}");
    }
    database.close().await;
}

/// Tables whose rows are written once.
const FINAL: [&str; 10] = [
    "draws",
    "entrants",
    "exclusions",
    "journal",
    "ledger_entries",
    "ledger_heads",
    "ledger_positions",
    "notices",
    "policies",
    "selections",
];

#[tokio::test]
async fn what_does_not_change_cannot_be_emptied_either() {
    let database = TestDatabase::fresh().await;
    // Bits of tgtype: 1 for each row, 8 DELETE, 16 UPDATE, 32 TRUNCATE.
    let guarded: Vec<(String, bool, bool, bool)> = sqlx::query_as(
        "select c.relname::text, bool_or(t.tgtype & 16 > 0), bool_or(t.tgtype & 8 > 0), bool_or(t.tgtype & 32 > 0)
         from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
         where p.proname in ('refuse_change', 'ledger_refuses_change') group by 1 order by 1",
    )
    .fetch_all(&database.pool)
    .await
    .expect("the triggers");
    let owners = database.owners_pool();
    for (table, update, delete, truncate) in &guarded {
        assert!(
            update & delete & truncate,
            "{table}: {update} {delete} {truncate}"
        );
        let emptied = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("truncate {table} cascade")))
            .execute(&owners)
            .await;
        assert!(emptied.is_err(), "{table} was emptied");
    }
    owners.close().await;
    for table in FINAL {
        assert!(
            guarded.iter().any(|(guarded, ..)| guarded == table),
            "{table} can be changed"
        );
    }
    database.close().await;
}

#[tokio::test]
async fn an_operator_belongs_to_no_agency() {
    let (database, mut chance) = catalogue().await;
    let both = person(&database, &mut chance, "both").await;
    crate::fixture::agencies(&database, &mut chance, 1).await;
    let agency: uuid::Uuid = sqlx::query_scalar("select id from agencies")
        .fetch_one(&database.pool)
        .await
        .expect("an agency");
    let mut conn = database.pool.acquire().await.expect("a connection");
    let mut grant = async |role, body| {
        let mandate = store::mandate::NewMandate {
            id: chance.id(),
            person: both,
            role,
            body,
            granted_by: None,
            granted_at: crate::fixture::NOW,
        };
        store::mandate::grant(&mut conn, mandate).await
    };
    use market::permit::Role;
    use store::mandate::Body;
    grant(Role::OperatorAuditor, Body::Platform)
        .await
        .expect("an operator");
    let refused = grant(Role::AgencyAdmin, Body::Agency(agency.into()))
        .await
        .expect_err("apart");
    assert_eq!(refused.constraint(), Some("mandates_roles_apart"));
    let refusal = refused.refusal().expect("people read a sentence");
    let said = format!("{refusal}{}", refusal.way_out());
    assert!(
        said.contains("同一人不能同时承担") && !said.contains("稍后"),
        "trying again later can never work: {said}"
    );
    drop(conn);
    database.close().await;
}

#[tokio::test]
async fn who_registers_does_not_check() {
    let (database, mut chance) = catalogue().await;
    let id = owner(&database, &mut chance).await;
    let broken = sqlx::query("update owners set checked_by = registered_by where id = $1")
        .bind(id.0)
        .execute(&database.pool)
        .await;
    let Err(sqlx::Error::Database(error)) = broken else {
        panic!("{broken:?}")
    };
    assert_eq!(error.constraint(), Some("owners_checker_is_another"));
    database.close().await;
}
