//! From a request to an answer: who is asking, may they, what do they ask, what is answered. The same for all routes.

use super::admission::{actor, admitted, sender};
use super::respond::{self, Answer};
use super::take;
use super::unreadable::Unreadable;
use super::{Server, arrival, kept, records, security};
use app::AppError;
use app::ask::{Ask, Trouble};
use app::desk::{Actor, Desk};
use app::layout::Frame;
use app::pages::errors;
use app::reply::Reply;
use app::routes::{Handler, Route, Verb, page_above};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cookie::Cookie;
use market::Refusal;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use store::submission::Claim;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The axum handler of a route.
pub fn handler(
    route: &'static Route,
) -> impl Fn(State<Arc<Server>>, Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Clone
{
    move |State(server), request| {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let ask = take::head(&server, &mut parts).await;
            // Before anything is looked up: an address that asks too much costs nothing.
            if let Err(seconds) = server.limits.of_address(route.share, &ask.address) {
                return kept::too_many(&server, ask, None, parts, body, seconds).await;
            }
            match route.verb {
                Verb::Get => read(&server, route, ask, &parts).await,
                Verb::Post => write(&server, route, ask, parts, body).await,
            }
        })
    }
}

async fn read(server: &Server, route: &Route, mut ask: Ask, parts: &Parts) -> Response {
    let mut desk = match admitted(server, route, &ask, parts).await {
        Ok(desk) => desk,
        Err((mut desk, error)) => {
            return refuse(server, &ask, desk.as_deref_mut(), error, Method::GET).await;
        }
    };
    match arrival::take(&mut desk, &ask).await {
        Ok(done) => ask.done = done,
        Err(error) => return refuse(server, &ask, Some(&mut desk), error, Method::GET).await,
    }
    match (route.run)(&mut desk, &ask).await {
        Ok(reply) => respond::reply(server, reply, async || Frame::of(&mut desk, &ask).await).await,
        Err(error) => refuse(server, &ask, Some(&mut desk), error, Method::GET).await,
    }
}

async fn write(server: &Server, route: &Route, mut ask: Ask, parts: Parts, body: Body) -> Response {
    if !security::is_same_site(&parts).await {
        let sender = sender(server, &parts).await;
        records::note_other_site(server, &ask, sender).await;
        let page = errors::unacceptable("请求来自其他网站。请从本站的页面办理。");
        return respond::error_page(server, &ask, None, StatusCode::FORBIDDEN, page).await;
    }
    // The body is read only from those who may send one, and no connection is held meanwhile.
    let actor = match admitted(server, route, &ask, &parts).await {
        Ok(desk) => desk.actor.clone(),
        Err((_, AppError::SignIn)) => return kept::sign_in_first(server, ask, parts, body).await,
        Err((desk, AppError::TooMany(seconds))) => {
            let actor = desk.and_then(|desk| desk.actor.clone());
            return kept::too_many(server, ask, actor, parts, body, seconds).await;
        }
        Err((mut desk, error)) => {
            return refuse(server, &ask, desk.as_deref_mut(), error, Method::POST).await;
        }
    };
    if let Err(unreadable) = take::body(server, route, actor.as_ref(), &mut ask, parts, body).await
    {
        return cannot_read(server, &ask, unreadable).await;
    }
    let retry_after = ask.retry_after();
    let response = answer(server, route, ask, actor).await;
    wrong_moment(response, retry_after)
}

/// Performs a write and answers it.
async fn answer(server: &Server, route: &Route, ask: Ask, actor: Option<Actor>) -> Response {
    match perform(server, route.run, &ask, actor.clone()).await {
        Ok((Reply::Refused(refusal), _)) => come_back(server, route, ask, actor, refusal).await,
        Ok((reply, cookies)) => {
            let response = respond::reply(server, reply, async || {
                Frame::bare(server.world.site.clone(), &ask)
            })
            .await;
            respond::with_cookies(response, &cookies)
        }
        Err(AppError::Refused(refusal)) => {
            let error = AppError::Refused(refusal.clone());
            records::note_refusal(server, &ask, actor.clone(), &error, &Method::POST).await;
            come_back(server, route, ask, actor, refusal).await
        }
        Err(error) => {
            let mut desk = Desk::reading(&server.world).await.ok();
            if let Some(desk) = &mut desk {
                desk.actor = actor;
                desk.address.clone_from(&ask.address);
            }
            refuse(server, &ask, desk.as_mut(), error, Method::POST).await
        }
    }
}

/// One write in one transaction. A form whose key has been answered already is not performed again.
async fn perform(
    server: &Server,
    run: Handler,
    ask: &Ask,
    actor: Option<Actor>,
) -> Result<(Reply, Vec<Cookie<'static>>), AppError> {
    let mut desk = Desk::writing(&server.world).await?;
    let person = actor.as_ref().map(|actor| actor.person);
    desk.actor = actor;
    desk.address.clone_from(&ask.address);
    let claim = if ask.from_island {
        None
    } else {
        ask.submission().zip(person)
    };
    if let Some((key, person)) = claim {
        let now = desk.now;
        match store::submission::claim(desk.conn(), key, person, now).await? {
            Claim::New => {}
            Claim::Answered(location) => return Ok((Reply::to(location), Vec::new())),
            Claim::UnderWay => return Err(Refusal::Crowded { seconds: 5 }.into()),
        }
    }
    let reply = match run(&mut desk, ask).await {
        Ok(reply) => reply,
        Err(error) => {
            if let Some((key, _)) = claim.filter(|_| desk.is_parted) {
                // The claim is permanent already, but the form was not taken: it may come again.
                drop(desk);
                let mut desk = Desk::writing(&server.world).await?;
                store::submission::release(desk.conn(), key).await?;
                desk.commit().await?;
            }
            return Err(error);
        }
    };
    let reply = arrival::leave(&mut desk, reply).await?;
    match (claim, &reply) {
        (Some((key, _)), Reply::Redirect(location)) => {
            store::submission::answer(desk.conn(), key, location).await?;
        }
        (Some((key, _)), Reply::Refused(_)) => {
            store::submission::release(desk.conn(), key).await?;
        }
        _ => {}
    }
    let cookies = std::mem::take(&mut desk.cookies);
    desk.commit().await?;
    Ok((reply, cookies))
}

/// The form again, with 429 and a hint when to try again where only the moment was wrong.
async fn come_back(
    server: &Server,
    route: &Route,
    ask: Ask,
    actor: Option<Actor>,
    refusal: Refusal,
) -> Response {
    let retry_after = refusal.retry_after();
    let response = show_again(server, route, ask, actor, refusal).await;
    wrong_moment(response, retry_after)
}

/// Turns 422 into 429 with a hint when to try again, where there is such a time.
fn wrong_moment(mut response: Response, retry_after: Option<u32>) -> Response {
    if let Some(seconds) = retry_after
        && response.status() == StatusCode::UNPROCESSABLE_ENTITY
    {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Shows the form again with what was typed and why it was refused. An island gets the sentence as JSON.
async fn show_again(
    server: &Server,
    route: &Route,
    mut ask: Ask,
    actor: Option<Actor>,
    refusal: Refusal,
) -> Response {
    if ask.from_island {
        let text = serde_json::json!({ "problem": refusal.sentence() }).to_string();
        let reply = Reply::Json(422, text);
        return respond::reply(server, reply, async || {
            Frame::bare(server.world.site.clone(), &ask)
        })
        .await;
    }
    let mut desk = match Desk::reading(&server.world).await {
        Ok(desk) => desk,
        Err(error) => return refuse(server, &ask, None, error, Method::POST).await,
    };
    desk.actor = actor;
    desk.address.clone_from(&ask.address);
    let trouble = Trouble::new(&ask, refusal);
    let Some(page) = route.form_page else {
        return respond::error_page(
            server,
            &ask,
            Some(&mut desk),
            StatusCode::UNPROCESSABLE_ENTITY,
            errors::refused(trouble),
        )
        .await;
    };
    ask.trouble = Some(trouble.clone());
    match page(&mut desk, &ask).await {
        Ok(Reply::Page(body)) => {
            let frame = Frame::of(&mut desk, &ask).await;
            respond::page(StatusCode::UNPROCESSABLE_ENTITY, body, frame)
        }
        // The state has moved on and the form has no page any more: the reason is all there is to show.
        Ok(_) | Err(AppError::NotFound) => {
            ask.trouble = None;
            respond::error_page(
                server,
                &ask,
                Some(&mut desk),
                StatusCode::UNPROCESSABLE_ENTITY,
                errors::refused(trouble),
            )
            .await
        }
        Err(error) => refuse(server, &ask, Some(&mut desk), error, Method::POST).await,
    }
}

/// The page for an error; faults are logged here, once. Every refusal that is not a form's own passes here.
async fn refuse(
    server: &Server,
    ask: &Ask,
    desk: Option<&mut Desk>,
    error: AppError,
    method: Method,
) -> Response {
    let who = desk.as_ref().and_then(|desk| desk.actor.clone());
    records::note_refusal(server, ask, who, &error, &method).await;
    let (status, page) = match error {
        AppError::SignIn if method == Method::GET => {
            // With its query: a filtered list is the filtered list again.
            let to = ask.link(&[]);
            return respond::redirect(&format!("/sign-in?to={}", app::ask::encode(&to)));
        }
        AppError::SignIn => (StatusCode::UNAUTHORIZED, errors::signed_out()),
        AppError::NotFound => (StatusCode::NOT_FOUND, errors::not_found()),
        AppError::Forbidden => (StatusCode::FORBIDDEN, errors::forbidden()),
        AppError::TooMany(seconds) => {
            tracing::info!(path = ask.path, seconds, "too many");
            return respond::too_many(server, ask, desk, seconds).await;
        }
        AppError::FirstPassword if method == Method::GET => {
            return respond::redirect("/account#password");
        }
        AppError::FirstPassword => (StatusCode::FORBIDDEN, errors::first_password()),
        AppError::Refused(refusal) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            errors::refused(Trouble::new(ask, refusal)),
        ),
        AppError::Busy(fault) => {
            tracing::warn!(
                fault = fault.map(|fault| fault.to_string()),
                path = ask.path,
                "busy"
            );
            return respond::busy(server, ask).await;
        }
        AppError::Unreadable(unreadable) => {
            tracing::error!(%unreadable, path = ask.path, "a stored document cannot be read");
            records::note_unreadable(&server.world, &unreadable).await;
            let page = errors::unreadable(&unreadable);
            (StatusCode::INTERNAL_SERVER_ERROR, page)
        }
        AppError::Broken(error) => {
            let chain = std::iter::successors(error.source(), |error| error.source())
                .map(|error| error.to_string())
                .collect::<Vec<_>>();
            tracing::error!(%error, chain = chain.join(": "), path = ask.path, "broken");
            (StatusCode::INTERNAL_SERVER_ERROR, errors::broken())
        }
    };
    respond::error_page(server, ask, desk, status, page).await
}

async fn cannot_read(server: &Server, ask: &Ask, unreadable: Unreadable) -> Response {
    let (status, sentence) = match unreadable {
        Unreadable::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "提交的内容太大。文字请精简，文件每个不超过 10 MB。",
        ),
        Unreadable::TooMany => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "提交的栏目太多，没有保存任何内容。请从本站的页面办理。",
        ),
        Unreadable::Unwanted => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "这个表单没有上传文件的地方，请从本站的页面办理。",
        ),
        Unreadable::Malformed => (
            StatusCode::BAD_REQUEST,
            "提交的内容不完整，请返回上一页重新提交。",
        ),
        Unreadable::TooSlow => (
            StatusCode::REQUEST_TIMEOUT,
            "网络太慢或者中断了，内容没有传完，也没有保存。请返回上一页重新提交。",
        ),
        Unreadable::Failed(error) => {
            tracing::error!(error, "an upload could not be kept");
            return respond::busy(server, ask).await;
        }
    };
    respond::error_page(server, ask, None, status, errors::unacceptable(sentence)).await
}

/// A path that is asked for in a way that it does not have. A reload of the answer to a form leads to its page.
pub async fn wrong_method(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let ask = take::head(&server, &mut parts).await;
    if parts.method == Method::GET && !ask.path.starts_with("/api/") {
        return respond::redirect(page_above(&ask.path));
    }
    respond::error_page(
        &server,
        &ask,
        None,
        StatusCode::METHOD_NOT_ALLOWED,
        errors::unacceptable("这个地址不能这样访问。"),
    )
    .await
}

/// A static file, or the page that says that nothing is here.
pub async fn file_or_not_found(server: Arc<Server>, files: ServeDir, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let ask = take::head(&server, &mut parts).await;
    let path = parts.uri.path().to_string();
    let is_file = (parts.method == Method::GET || parts.method == Method::HEAD)
        && path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'));
    if is_file && path != "/manifest.txt" {
        let response = files
            .oneshot(Request::from_parts(parts, Body::empty()))
            .await;
        if let Ok(response) = response
            && response.status() != StatusCode::NOT_FOUND
        {
            let mut response = response.map(Body::new);
            // Names under /pkg carry the hash of their content.
            let caching = if path.starts_with("/pkg/") {
                "public, max-age=31536000, immutable"
            } else {
                "public, max-age=3600"
            };
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
            return response.into_response();
        }
        let mut parts = axum::http::Request::new(()).into_parts().0;
        return not_found(&server, &take::head(&server, &mut parts).await, None).await;
    }
    if let Some(without) = without_slash(&path)
        && parts.method == Method::GET
    {
        return respond::redirect(without);
    }
    let mut desk = Desk::reading(&server.world).await.ok();
    if let Some(desk) = &mut desk {
        desk.actor = actor(&server, desk, &parts).await.ok().flatten();
    }
    not_found(&server, &ask, desk.as_mut()).await
}

/// An address that was typed with a slash too many, without it. Never one that begins with two: those name a host.
fn without_slash(path: &str) -> Option<&str> {
    let without = path.strip_suffix('/')?.trim_end_matches('/');
    let is_ours = without.starts_with('/') && !without.starts_with("//") && !without.contains('\\');
    is_ours.then_some(without)
}

async fn not_found(server: &Server, ask: &Ask, desk: Option<&mut Desk>) -> Answer {
    respond::error_page(
        server,
        ask,
        desk,
        StatusCode::NOT_FOUND,
        errors::not_found(),
    )
    .await
}

/// One line a request: the route, never the values in it.
#[expect(
    clippy::disallowed_methods,
    reason = "how long an answer took is not a decision"
)]
pub async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_string())
        .unwrap_or_else(|| "-".into());
    let began = std::time::Instant::now();
    let response = next.run(request).await;
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, route, status = response.status().as_u16(), milliseconds, "request");
    response
}
