//! HTTP: the routes of `app` in an axum router, static files, health, and the order of the middleware.

mod address;
mod admission;
mod arrival;
mod connections;
mod dispatch;
mod edge;
mod files;
mod kept;
mod limits;
mod number;
mod pace;
mod records;
mod respond;
mod security;
mod take;
mod unreadable;
mod wire;

use app::routes::{ROUTES, Verb};
use app::world::World;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use limits::Limits;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::services::ServeDir;

pub use connections::serve;
pub use limits::{Allowance, Both, Bounds};
pub use records::sum_up_until;
pub use take::{LARGEST_FORM, LARGEST_UPLOAD};

/// What every handler of HTTP knows.
#[derive(Clone)]
pub struct Server {
    pub world: World,
    /// Take the visitor's address from X-Forwarded-For.
    pub trusted_proxy: bool,
    /// Whether browsers come by HTTPS only, so that they may be told to stay with it.
    pub is_https: bool,
    bounds: Bounds,
    limits: Arc<Limits>,
    numbers: Arc<number::Numbers>,
}

impl Server {
    /// A server of a world, its visitors bounded.
    pub fn new(world: World, trusted_proxy: bool, is_https: bool, bounds: Bounds) -> Server {
        let limits = Arc::new(Limits::new(&bounds, world.clock.clone()));
        Server {
            world,
            trusted_proxy,
            is_https,
            bounds,
            limits,
            numbers: Arc::new(number::Numbers::new()),
        }
    }
}

/// Requests under way at once; more are answered "busy" instead of queueing without end.
const MOST_AT_ONCE: usize = 512;

/// How long a request may take; the slowest is an upload over a poor line. Queries have limits of their own.
const LONGEST: Duration = Duration::from_secs(600);

/// The whole router. `site` is the folder of static files.
pub fn router(server: Server, site: &Path) -> Router {
    let mut by_path: BTreeMap<&str, MethodRouter<Arc<Server>>> = BTreeMap::new();
    for route in ROUTES {
        let filter = match route.verb {
            Verb::Get => MethodFilter::GET,
            Verb::Post => MethodFilter::POST,
        };
        let methods = by_path.remove(route.path).unwrap_or_default();
        by_path.insert(
            route.path,
            methods.merge(on(filter, dispatch::handler(route))),
        );
    }
    let server = Arc::new(server);
    let mut router = Router::new();
    for (path, methods) in by_path {
        router = router.route(path, methods.fallback(dispatch::wrong_method));
    }
    let files = ServeDir::new(site)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    let pages = router
        .fallback_service(tower::service_fn({
            let server = server.clone();
            move |request| {
                let (server, files) = (server.clone(), files.clone());
                async move {
                    Ok::<_, std::convert::Infallible>(
                        dispatch::file_or_not_found(server, files, request).await,
                    )
                }
            }
        }))
        .with_state(server.clone())
        .layer(DefaultBodyLimit::max(LARGEST_UPLOAD))
        .layer(
            // From the outside in: a line in the log, panics become pages, too much becomes 503, then compression.
            ServiceBuilder::new()
                .layer(axum::middleware::from_fn(dispatch::log))
                .layer(CatchPanicLayer::custom(respond::after_panic))
                .layer(axum::error_handling::HandleErrorLayer::new(too_busy))
                .load_shed()
                .layer(GlobalConcurrencyLimitLayer::new(MOST_AT_ONCE))
                .timeout(LONGEST)
                .layer(CompressionLayer::new().quality(CompressionLevel::Fastest)),
        );
    // Whoever watches the server is answered however much is asked of the pages.
    Router::new()
        .route("/livez", get(|| async { "ok" }))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .with_state(server.clone())
        .fallback_service(
            ServiceBuilder::new()
                .layer(from_fn_with_state(server.clone(), edge::admit))
                .service(pages),
        )
        .layer(from_fn_with_state(server.clone(), security::headers))
        .layer(from_fn_with_state(server, number::give))
}

async fn too_busy(_: tower::BoxError) -> impl IntoResponse {
    respond::plain_busy()
}

async fn ready(
    axum::extract::State(server): axum::extract::State<Arc<Server>>,
) -> impl IntoResponse {
    match store::database::is_ready(&server.world.pool).await {
        Ok(true) => (StatusCode::OK, "ready"),
        Ok(false) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the schema is not this build's",
        ),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer",
        ),
    }
}
