//! What `make bench` measures beside the server: the same list by a bare handler and a bare query, and sign-ups from
//! the opening of the desk to the commit. Runs as a guest of the server's private PostgreSQL.

#![expect(
    clippy::disallowed_methods,
    reason = "measuring reads the clock and asks the database past the store"
)]
#![expect(clippy::print_stdout, reason = "the figures go to standard output")]

use app::ask::Ask;
use app::calls::sign_up::sign_up;
use app::desk::{Acting, Actor, Desk};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use market::permit::Role;
use market::requirement::RequirementState;
use market::{AgencyId, MandateId, PersonId};
use server::config::{Config, Values};
use server::installation::{Installation, Stay, Trouble};
use std::time::{Duration, Instant};
use store::PgPool;
use store::agency::{AgencyFilter, AgencyRow};
use store::mandate::{Body, NewMandate};

#[tokio::main]
async fn main() -> Result<(), Trouble> {
    let environment = std::env::vars().collect();
    let values = Values::gather(None, &environment).map_err(|mistakes| format!("{mistakes:?}"))?;
    let config = Config::read(&values).map_err(|mistakes| format!("{mistakes:?}"))?;
    let installation = Installation::open(&config, Stay::Guest).await?;
    match std::env::args().nth(1).as_deref() {
        Some("bare") => bare(&config, installation.world.pool.clone()).await?,
        Some("sign-ups") => sign_ups(&installation, 500).await?,
        _ => return Err("measure bare | measure sign-ups".into()),
    }
    installation.close().await?;
    Ok(())
}

/// Serves `/hello` (nothing) and `/agencies` (the first page of the list, one query, no rule).
async fn bare(config: &Config, pool: PgPool) -> Result<(), Trouble> {
    let app = axum::Router::new()
        .route("/hello", get(|| async { "ok" }))
        .route("/agencies", get(agencies))
        .with_state(pool);
    let listener = tokio::net::TcpListener::bind(config.listen).await?;
    let ended = tokio::signal::ctrl_c();
    axum::serve(listener, app)
        .with_graceful_shutdown(async move { ended.await.unwrap_or(()) })
        .await?;
    Ok(())
}

async fn agencies(State(pool): State<PgPool>) -> impl IntoResponse {
    let rows: Vec<AgencyRow> = sqlx::query_as(
        "select id, uscc, name, credit_score, credit_grade, rating_mean, rating_count, awards, completed, on_time,
                next_expiry_on, settled_at
         from agencies where state = 'settled' order by credit_score desc, id desc limit 20",
    )
    .fetch_all(&pool)
    .await
    .unwrap_or_default();
    let text = serde_json::to_string(&rows).unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], text)
}

/// Signs `count` agencies up for one requirement, one after the other, and prints the times in milliseconds.
async fn sign_ups(installation: &Installation, count: usize) -> Result<(), Trouble> {
    let world = &installation.world;
    let mut desk = Desk::reading(world).await?;
    let filter = store::requirement::RequirementFilter {
        state: Some(RequirementState::Published),
        ..Default::default()
    };
    let open = store::requirement::list(desk.conn(), &filter, None, 1).await?;
    let requirement = open.rows.first().ok_or("no open requirement")?.id;
    let mut agencies: Vec<AgencyId> = Vec::new();
    let mut cursor = None;
    while agencies.len() < count {
        let page = store::agency::list(desk.conn(), &AgencyFilter::default(), cursor.as_ref(), 100)
            .await?;
        agencies.extend(page.rows.iter().map(|row| row.id));
        cursor = page.next.as_deref().and_then(store::page::Cursor::parse);
        if cursor.is_none() {
            break;
        }
    }
    drop(desk);
    let mut times: Vec<Duration> = Vec::new();
    for agency in agencies.into_iter().take(count) {
        let actor = actor(installation, agency).await?;
        let ask = Ask {
            path: format!("/requirements/{requirement}/sign-up"),
            params: [("id".to_string(), requirement.to_string())].into(),
            ..Ask::default()
        };
        let began = Instant::now();
        let mut desk = Desk::writing(world).await?;
        desk.actor = Some(actor);
        sign_up(&mut desk, &ask).await?;
        desk.commit().await?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
    println!(
        "{{\"count\":{},\"p50\":{:.2},\"p99\":{:.2}}}",
        times.len(),
        at(50),
        at(99)
    );
    Ok(())
}

/// Somebody who may act for an agency.
async fn actor(installation: &Installation, agency: AgencyId) -> Result<Actor, Trouble> {
    let mut desk = Desk::writing(&installation.world).await?;
    let (person, mandate): (PersonId, MandateId) = (desk.id(), desk.id());
    let now = desk.now;
    let login = format!("measure{}", &person.to_string()[24..]);
    let vault = desk.world.vault.clone();
    let phone = vault.seal_phone(person, "13800000000", desk.chance());
    let new = store::person::NewPerson {
        id: person,
        login: &login,
        name: "测量",
        phone: &phone,
        must_change_password: false,
        password_hash: "none",
        created_at: now,
    };
    store::person::add(desk.conn(), new).await?;
    let grant = NewMandate {
        id: mandate,
        person,
        role: Role::AgencyAdmin,
        body: Body::Agency(agency),
        granted_by: None,
        granted_at: now,
    };
    store::mandate::grant(desk.conn(), grant).await?;
    desk.commit().await?;
    let acting = Acting {
        mandate,
        role: Role::AgencyAdmin,
        owner: None,
        agency: Some(agency),
        department: None,
        body_name: None,
    };
    Ok(Actor {
        session: None,
        person,
        name: "测量".into(),
        must_change_password: false,
        unread: 0,
        acting: Some(acting),
    })
}
