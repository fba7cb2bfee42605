//! Takes a request apart: query, form, files, cookies, address. Everything is bounded, nothing panics.

use super::Server;
use super::files::Files;
use super::pace::{TooSlow, paced};
use super::unreadable::Unreadable;
use app::ask::Ask;
use app::calls::account::{self, BROWSER, KEEPER};
use app::desk::Actor;
use app::pages::kept::FilesSent;
use app::routes::Route;
use app::uploads::LARGEST;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::multipart::MultipartError;
use axum::extract::{ConnectInfo, FromRequest, Multipart, RawPathParams, Request};
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderMap, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Extensions, StatusCode};
use market::typed::clean;
use market::{Form, Refusal};
use std::net::{IpAddr, SocketAddr};

/// The largest form without files, in bytes.
pub const LARGEST_FORM: usize = 256 * 1024;
/// Fields of a form.
pub const MOST_FIELDS: usize = 500;
/// The largest form with files, in bytes: the files, the fields and what is around them.
pub const LARGEST_UPLOAD: usize = 5 * LARGEST as usize + 2 * LARGEST_FORM;

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
        query: pairs(query.as_bytes()).unwrap_or_default(),
        address: address(server, &parts.headers, &parts.extensions),
        agent: text(USER_AGENT)
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
        session: cookie(&parts.headers, account::COOKIE).filter(|token| token.len() == 64),
        browser: cookie(&parts.headers, BROWSER).filter(|token| token.len() == 64),
        keeper: cookie(&parts.headers, KEEPER).filter(|token| token.len() == 64),
        elder: cookie(&parts.headers, account::ELDER).is_some(),
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

/// The address of the visitor. Behind a proxy of ours it is the last one of X-Forwarded-For: the one that our own
/// proxy saw.
pub fn address(server: &Server, headers: &HeaderMap, extensions: &Extensions) -> String {
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next());
    let direct = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip().to_canonical().to_string());
    match forwarded.filter(|_| server.trusted_proxy) {
        Some(forwarded) => one_spelling(forwarded),
        None => direct.unwrap_or_else(|| "unknown".into()),
    }
}

/// An address as proxies write it, in the one spelling in which visitors are counted, locked and put on record: without
/// port and brackets, an IPv4 address that is written as IPv6 as IPv4. What is none stays as it is, cut short.
fn one_spelling(text: &str) -> String {
    let text = text.trim().trim_matches('"');
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let address = bare
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    match address {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => text.chars().take(64).collect(),
    }
}

/// `None`: more fields than any form has. Half of a form would be worse than none.
fn pairs(bytes: &[u8]) -> Option<Form> {
    let pairs = super::address::pairs(bytes, MOST_FIELDS)?;
    Some(pairs.into_iter().collect())
}

/// Reads the fields of a form whose session has ended. Files that came with it are passed over unread: nobody may send
/// them. Returns whether there were any, and each is said at its field.
pub async fn fields_alone(
    server: &Server,
    ask: &mut Ask,
    parts: Parts,
    body: Body,
) -> Result<FilesSent, Unreadable> {
    let body = paced(body, &server.bounds);
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is_multipart = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/"));
    if !is_multipart {
        let bytes = axum::body::to_bytes(body, LARGEST_FORM)
            .await
            .map_err(|error| cut_short(&error))?;
        ask.form = pairs(&bytes).ok_or(Unreadable::TooMany)?;
        return Ok(FilesSent::None);
    }
    let request = Request::from_parts(parts, body);
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|_| Unreadable::Malformed)?;
    let (mut size, mut count, mut files) = (0usize, 0usize, FilesSent::None);
    while let Some(mut field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_string();
        count += 1;
        if count > MOST_FIELDS {
            return Err(Unreadable::TooMany);
        }
        match field.file_name().map(str::to_string) {
            Some(file) if file.is_empty() => {}
            Some(file) => {
                files = FilesSent::NotTaken;
                let sentence = format!("“{file}”没有收下，请重新选择。");
                ask.file_problems.push((name, Refusal::File { sentence }));
            }
            None => {
                let mut value = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
                    size += chunk.len();
                    if size > LARGEST_FORM {
                        return Err(Unreadable::TooLarge);
                    }
                    value.extend_from_slice(&chunk);
                }
                ask.form.push(name, super::address::text(&value));
            }
        }
    }
    Ok(files)
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
    let body = paced(body, &server.bounds);
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
        .map_err(|error| cut_short(&error))?;
    if kind.starts_with("application/x-www-form-urlencoded") || bytes.is_empty() {
        ask.form = pairs(&bytes).ok_or(Unreadable::TooMany)?;
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
            return Err(Unreadable::TooMany);
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
                ask.form.push(name, super::address::text(&value));
            }
        }
    }
    Ok(())
}

/// Why a body ended before it was whole.
fn cut_short(error: &(dyn std::error::Error + 'static)) -> Unreadable {
    for cause in std::iter::successors(Some(error), |error| error.source()) {
        if cause.is::<http_body_util::LengthLimitError>() {
            return Unreadable::TooLarge;
        }
        if cause.is::<TooSlow>() {
            return Unreadable::TooSlow;
        }
    }
    Unreadable::Malformed
}

fn unreadable(error: MultipartError) -> Unreadable {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Unreadable::TooLarge
    } else {
        cut_short(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling_however_a_proxy_writes_it() {
        let same = [
            ("192.0.2.7", "192.0.2.7"),
            (" 192.0.2.7 ", "192.0.2.7"),
            ("192.0.2.7:51000", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
            ("2001:db8:1:2::1", "2001:db8:1:2::1"),
            ("2001:0DB8:1:2:0:0:0:1", "2001:db8:1:2::1"),
            ("[2001:db8:1:2::1]", "2001:db8:1:2::1"),
            ("[2001:db8:1:2::1]:443", "2001:db8:1:2::1"),
            ("\"[2001:db8:1:2::1]:443\"", "2001:db8:1:2::1"),
            ("unknown", "unknown"),
        ];
        for (written, meant) in same {
            assert_eq!(one_spelling(written), meant, "{written}");
        }
        assert_eq!(one_spelling(&"x".repeat(1_000)).len(), 64);
    }
}
