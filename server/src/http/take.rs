//! Takes a request apart: query, form, files, cookies, address. Everything is bounded, nothing panics.

use super::Server;
use super::files::Files;
use app::ask::Ask;
use app::calls::account::BROWSER;
use app::desk::Actor;
use app::routes::Route;
use app::uploads::LARGEST;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::multipart::MultipartError;
use axum::extract::{ConnectInfo, FromRequest, Multipart, RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderMap, USER_AGENT};
use axum::http::request::Parts;
use market::Form;
use market::typed::clean;
use std::net::SocketAddr;

/// The largest form without files, in bytes.
pub const LARGEST_FORM: usize = 256 * 1024;
/// Fields of a form.
const MOST_FIELDS: usize = 500;
/// The largest form with files, in bytes: the files, the fields and what is around them.
pub const LARGEST_UPLOAD: usize = 5 * LARGEST as usize + 2 * LARGEST_FORM;

/// Why a body could not be read.
pub enum Unreadable {
    TooLarge,
    /// Files for a form that has no field for them.
    Unwanted,
    Malformed,
    Failed(String),
}

/// Everything but the body.
pub async fn head(server: &Server, parts: &mut Parts) -> Ask {
    let params = match RawPathParams::from_request_parts(parts, &()).await {
        Ok(params) => params
            .iter()
            .map(|(name, value)| (name.to_string(), clean(value)))
            .collect(),
        Err(_) => Default::default(),
    };
    let query = parts.uri.query().unwrap_or_default();
    let text = |name| {
        parts
            .headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default()
    };
    Ask {
        path: parts.uri.path().to_string(),
        params,
        query: pairs(query.as_bytes()),
        address: address(server, parts),
        agent: text(USER_AGENT)
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
        browser: cookie(&parts.headers, BROWSER).filter(|token| token.len() == 64),
        elder: cookie(&parts.headers, "__Host-elder").is_some(),
        is_posted: parts.method == axum::http::Method::POST,
        from_island: parts.headers.contains_key("x-island"),
        ..Ask::default()
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(cookie::Cookie::split_parse)
        .flatten()
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_string())
}

fn address(server: &Server, parts: &Parts) -> String {
    let forwarded = parts
        .headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    // The last address is the one that our own proxy saw.
    let forwarded = forwarded
        .and_then(|list| list.rsplit(',').next())
        .map(|last| last.trim().to_string());
    let direct = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_string());
    let address = if server.trusted_proxy {
        forwarded.or(direct)
    } else {
        direct
    };
    address
        .unwrap_or_else(|| "unknown".into())
        .chars()
        .take(64)
        .collect()
}

fn pairs(bytes: &[u8]) -> Form {
    form_urlencoded::parse(bytes).take(MOST_FIELDS).collect()
}

/// Reads the body of a POST into the form, keeping files as they stream in where the route has a field for them.
pub async fn body(
    server: &Server,
    route: &Route,
    actor: Option<&Actor>,
    ask: &mut Ask,
    parts: Parts,
    body: Body,
) -> Result<(), Unreadable> {
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.starts_with("multipart/") {
        let Some(actor) = actor.filter(|_| route.takes_files) else {
            return Err(Unreadable::Unwanted);
        };
        let request = Request::from_parts(parts, body);
        let multipart = Multipart::from_request(request, &())
            .await
            .map_err(|_| Unreadable::Malformed)?;
        return fields(server, actor, ask, multipart).await;
    }
    let bytes = axum::body::to_bytes(body, LARGEST_FORM)
        .await
        .map_err(|_| Unreadable::TooLarge)?;
    if kind.starts_with("application/x-www-form-urlencoded") || bytes.is_empty() {
        ask.form = pairs(&bytes);
        return Ok(());
    }
    Err(Unreadable::Malformed)
}

async fn fields(
    server: &Server,
    actor: &Actor,
    ask: &mut Ask,
    mut multipart: Multipart,
) -> Result<(), Unreadable> {
    let mut files = Files::of(server, actor);
    let read = read_fields(ask, &mut files, &mut multipart).await;
    match read {
        Ok(()) => files.settle(ask).await,
        Err(unreadable) => {
            files.discard().await;
            Err(unreadable)
        }
    }
}

async fn read_fields(
    ask: &mut Ask,
    files: &mut Files<'_>,
    multipart: &mut Multipart,
) -> Result<(), Unreadable> {
    let (mut size, mut count) = (0usize, 0usize);
    loop {
        let field = multipart.next_field().await.map_err(unreadable)?;
        let Some(mut field) = field else { break };
        let name = field.name().unwrap_or_default().to_string();
        count += 1;
        if count > MOST_FIELDS {
            return Err(Unreadable::TooLarge);
        }
        match field.file_name().map(str::to_string) {
            // A file field that nothing was chosen for.
            Some(file) if file.is_empty() => {}
            Some(file) => files.arrive(name, &file, field).await?,
            None => {
                let mut value = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
                    size += chunk.len();
                    if size > LARGEST_FORM {
                        return Err(Unreadable::TooLarge);
                    }
                    value.extend_from_slice(&chunk);
                }
                ask.form.push(name, String::from_utf8_lossy(&value));
            }
        }
    }
    Ok(())
}

fn unreadable(error: MultipartError) -> Unreadable {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Unreadable::TooLarge
    } else {
        Unreadable::Malformed
    }
}
