//! What every request passes before its route is looked for: one host, a readable address, a bounded query, and a place
//! among the requests of its address.

use super::take::{self, MOST_FIELDS};
use super::{Server, address, respond};
use app::ask::Ask;
use app::pages::errors;
use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderMap};
use axum::http::{Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Refuses what no browser sends, and makes the address readable for everything behind it.
pub async fn admit(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    if !has_one_host(request.headers(), request.version()) {
        let ask = asked(&request);
        return refused(
            &server,
            &ask,
            "请求没有写明或者重复写明了网站的域名（Host）。",
        )
        .await;
    }
    let query = request.uri().query().unwrap_or_default();
    if address::pairs(query.as_bytes(), MOST_FIELDS).is_none() {
        let ask = asked(&request);
        return refused(&server, &ask, "地址里的条件太多，请减少筛选条件后再试。").await;
    }
    let from = take::address(&server, request.headers(), request.extensions());
    let Some(place) = server.limits.place(&from) else {
        tracing::warn!(address = from, "too many requests of one address under way");
        let ask = asked(&request);
        return respond::too_many(&server, &ask, None, 2).await;
    };
    let uri = std::mem::take(request.uri_mut());
    *request.uri_mut() = address::readable(uri);
    let response = next.run(request).await.into_response();
    drop(place);
    response
}

/// Two hosts may mean two sites to two programs on the way; none means no site. HTTP/1.0 did not know hosts.
fn has_one_host(headers: &HeaderMap, version: Version) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(|host| {
            host.parse::<axum::http::uri::Authority>()
                .is_ok_and(|authority| !authority.as_str().contains('@'))
        }),
        (None, _) => version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// As much of a request that goes no further as its answer speaks of: where it went, and that a form came with it, of
/// which nothing is read.
fn asked(request: &Request) -> Ask {
    Ask {
        path: request.uri().path().to_string(),
        is_posted: request.method() == Method::POST,
        from_island: request.headers().contains_key("x-island"),
        ..Ask::default()
    }
}

/// 400 with the reason.
async fn refused(server: &Server, ask: &Ask, sentence: &'static str) -> Response {
    let page = errors::unacceptable(sentence);
    respond::error_page(server, ask, None, StatusCode::BAD_REQUEST, page).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn there_is_one_host() {
        let judge = |hosts: &[&'static str], version| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, HeaderValue::from_static(host));
            }
            has_one_host(&headers, version)
        };
        assert!(judge(&["market.test"], Version::HTTP_11));
        assert!(judge(&["127.0.0.1:3000"], Version::HTTP_11));
        assert!(judge(&["[::1]:3000"], Version::HTTP_11));
        assert!(judge(&[], Version::HTTP_10));
        assert!(!judge(&[], Version::HTTP_11));
        assert!(!judge(&["a.test", "a.test"], Version::HTTP_11));
        assert!(!judge(&["a.test", "b.test"], Version::HTTP_10));
        for host in ["", "a b", "a.test/x", "u@a.test", "a.test, b.test"] {
            assert!(!judge(&[host], Version::HTTP_11), "{host:?}");
        }
    }
}
