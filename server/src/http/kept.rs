//! Forms that are not taken before they are read: one whose session has ended is kept for its browser and answered by a
//! page that signs in, one too many is given back in the page. Both are read without their files.

use super::{Server, respond, security, take};
use app::AppError;
use app::ask::Ask;
use app::calls::account::COOKIE;
use app::desk::{Actor, Desk};
use app::pages::kept::FilesSent;
use app::pages::{errors, kept};
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};

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
            let response =
                respond::error_page(server, &ask, None, StatusCode::UNAUTHORIZED, page).await;
            respond::with_cookies(response, &cookies)
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

/// Answers a request for which a share is used up. What a page of ours has sent is read, and given back in the answer;
/// programs have it still.
pub async fn too_many(
    server: &Server,
    mut ask: Ask,
    actor: Option<Actor>,
    parts: Parts,
    body: Body,
    seconds: u64,
) -> Response<Body> {
    tracing::info!(path = ask.path, seconds, "too many");
    let is_form = parts.method == Method::POST && !ask.from_island;
    if is_form && security::is_same_site(&parts).await {
        match take::fields_alone(server, &mut ask, parts, body).await {
            Ok(FilesSent::None | FilesSent::NotTaken) => {}
            // Half of a form is none: the answer says that it was not read.
            Err(_) => ask.form = Default::default(),
        }
    }
    let mut desk = match actor {
        Some(_) => Desk::reading(&server.world).await.ok(),
        // Whoever asks too much without an account costs no connection.
        None => None,
    };
    if let Some(desk) = &mut desk {
        desk.actor = actor;
    }
    respond::too_many(server, &ask, desk.as_mut(), seconds).await
}
