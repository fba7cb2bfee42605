//! Connections: bounded in number, in the time that a request's head may take, and ended politely.

use super::limits::{Bounds, Places};
use super::wire::Wire;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The longest head of a request, in bytes: the address, the cookies, what a proxy adds.
const LONGEST_HEAD: usize = 64 * 1024;

/// Files and sockets that are kept for the database, uploads and the log.
const KEPT_FILES: u64 = 256;

/// Most connections, whatever the machine would allow.
const MOST_CONNECTIONS: u64 = 8_192;

/// Serves until told to stop; then takes nothing new and lets what is under way end.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    bounds: &Bounds,
    is_behind_proxy: bool,
    stop: CancellationToken,
) {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head)
        .max_buf_size(LONGEST_HEAD);
    let all = Arc::new(Semaphore::new(most_connections()));
    let places = Arc::new(Places::new(bounds.connections));
    let ending = GracefulShutdown::new();
    loop {
        let free = tokio::select! {
            () = stop.cancelled() => break,
            free = all.clone().acquire_owned() => free,
        };
        let (stream, address) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of files, or the visitor has gone: neither is the end of the server.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        // Behind a proxy all connections come from it; it bounds its own visitors.
        let place = Places::of_address(&places, address.ip());
        if place.is_none() && !is_behind_proxy {
            tracing::warn!(%address, "too many connections of one address");
            drop(stream);
            continue;
        }
        let connection = protocol.serve_connection(
            TokioIo::new(Wire::new(stream)),
            service(app.clone(), address),
        );
        let connection = ending.watch(connection);
        tokio::spawn(async move {
            // How a connection ends is the visitor's business.
            let _ = connection.await;
            drop((place, free));
        });
    }
    drop(listener);
    ending.shutdown().await;
}

/// The router, told from where the connection comes.
fn service(
    app: Router,
    address: SocketAddr,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> {
    hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        app.clone().oneshot(request)
    })
}

/// As many as the process may open files, but for its own.
fn most_connections() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let free = files.unwrap_or(MOST_CONNECTIONS).saturating_sub(KEPT_FILES);
    free.clamp(64, MOST_CONNECTIONS) as usize
}
