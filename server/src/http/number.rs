//! 请求编号: every request has a number of ours. It stands in each line that the log has of it, in the header
//! `x-request-id` of the answer, on pages that say that something went wrong, and in records of what was refused, so
//! that whoever tends the server finds the lines of what a person names. What a browser or proxy sends is not taken.

use super::Server;
use crate::system;
use axum::extract::{Request, State};
use axum::http::header::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use market::Chance;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::Instrument;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// Where the numbers of this process come from: short enough to be read over the telephone, and never twice.
pub(super) struct Numbers {
    /// Tells this process from others and from the one before.
    process: String,
    given: AtomicU64,
}

impl Numbers {
    pub(super) fn new() -> Numbers {
        // Of the machine's own chance: that of the desk decides, and a request decides nothing.
        let mut source = system::chance()();
        let source: &mut dyn Chance = source.as_mut();
        Numbers {
            process: hex::encode(source.bytes::<4>()),
            given: AtomicU64::new(1),
        }
    }

    /// `9f3a61c2-1047`
    fn next(&self) -> String {
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        format!("{}-{given}", self.process)
    }
}

/// The number of the request under way; none outside of requests.
pub(super) fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Gives a request its number. Around everything else, so that every answer and every line has it.
pub(super) async fn give(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response {
    let number = server.numbers.next();
    // At the level of errors, because a span below the level of the log would leave its lines without the number.
    let span = tracing::error_span!("request", request_id = number);
    let value = HeaderValue::from_str(&number);
    let answering = CURRENT.scope(number, next.run(request).instrument(span));
    let mut response = answering.await;
    if let Ok(value) = value {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
