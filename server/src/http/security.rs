//! What every answer carries, and which requests are refused before anything else.

use super::Server;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;
use std::sync::Arc;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::csrf::{CsrfLayer, ProtectionError};

/// No inline script or style anywhere, so no nonce is needed; wasm may be compiled, nothing else is evaluated.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Puts the security headers on every answer.
pub async fn headers(
    State(server): State<Arc<Server>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (HeaderName::from_static("content-security-policy"), POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if server.is_https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

/// Whether a form may come from where it says it comes from, as tower-http's layer judges it by `Sec-Fetch-Site`, `Origin`
/// and `Host`. What sends neither of the first two is no browser, and has no cookie that `SameSite=Lax` would have kept
/// back. The layer is asked and does not stand before the routes: what is refused is counted against its sender first,
/// and is written down.
pub async fn is_same_site(parts: &Parts) -> bool {
    let mut judged = Request::new(());
    judged.method_mut().clone_from(&parts.method);
    judged.uri_mut().clone_from(&parts.uri);
    judged.headers_mut().clone_from(&parts.headers);
    let passes = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(())));
    let Ok(answer) = CsrfLayer::new().layer(passes).oneshot(judged).await;
    answer.extensions().get::<ProtectionError>().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn judge(pairs: &[(&str, &str)]) -> bool {
        let mut request = Request::post("/sign-out");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        is_same_site(&parts).await
    }

    #[tokio::test]
    async fn forms_from_other_sites_are_refused() {
        assert!(judge(&[("sec-fetch-site", "same-origin")]).await);
        assert!(!judge(&[("sec-fetch-site", "cross-site")]).await);
        assert!(!judge(&[("sec-fetch-site", "same-site")]).await);
        assert!(
            judge(&[
                ("origin", "http://127.0.0.1:3000"),
                ("host", "127.0.0.1:3000")
            ])
            .await
        );
        assert!(
            !judge(&[
                ("origin", "http://evil.example"),
                ("host", "127.0.0.1:3000")
            ])
            .await
        );
        assert!(!judge(&[("origin", "null"), ("host", "127.0.0.1:3000")]).await);
        assert!(judge(&[]).await);
    }
}
