//! A form whose session has ended: read without its files, kept for its browser, answered by a page that signs in.

use super::{Server, respond, take};
use app::AppError;
use app::ask::Ask;
use app::calls::account::COOKIE;
use app::pages::{errors, kept};
use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

/// Keeps the form and asks to sign in on the spot. An island is told in its own way, and keeps what it has itself.
pub async fn sign_in_first(
    server: &Server,
    mut ask: Ask,
    parts: Parts,
    body: Body,
) -> Response<Body> {
    if ask.from_island {
        let sentence = "登录已过期，刚才的内容没有保存。请在新窗口登录后再继续。";
        let text = serde_json::json!({ "problem": sentence }).to_string();
        return respond::json(StatusCode::UNAUTHORIZED, text);
    }
    let session = take::cookie(&parts.headers, COOKIE);
    let read = take::fields_alone(server, &mut ask, parts, body).await;
    let Ok(files) = read else {
        // Too large or cut off: nothing of it can be kept, and the page says so.
        return plain(server, &ask).await;
    };
    match kept::sign_in_first(&server.world, &ask, session.as_deref(), files).await {
        Ok((page, cookies)) => {
            let mut response =
                respond::error_page(server, &ask, None, StatusCode::UNAUTHORIZED, page).await;
            for cookie in cookies {
                if let Ok(value) = HeaderValue::from_str(&cookie) {
                    response.headers_mut().append(header::SET_COOKIE, value);
                }
            }
            response
        }
        Err(AppError::Busy(_)) => respond::busy(server, &ask).await,
        Err(error) => {
            tracing::error!(%error, path = ask.path, "a form could not be kept");
            plain(server, &ask).await
        }
    }
}

async fn plain(server: &Server, ask: &Ask) -> Response<Body> {
    let page = errors::signed_out();
    respond::error_page(server, ask, None, StatusCode::UNAUTHORIZED, page).await
}
