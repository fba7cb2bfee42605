//! Makes HTTP answers of replies and errors.

use super::{Server, number};
use app::ask::{Ask, Trouble};
use app::desk::Desk;
use app::layout::{Frame, render};
use app::pages::errors;
use app::parts::form::kept::Fate;
use app::reply::{LocalPath, Page, Reply};
use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode};
use cookie::Cookie;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// An answer of axum.
pub type Answer = Response<Body>;

fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Answer {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// A page in its frame. Pages of people who are signed in are kept by no cache.
pub fn page(status: StatusCode, page: Page, frame: Frame) -> Answer {
    let caching = if frame.actor.is_some() {
        "no-store"
    } else {
        "no-cache"
    };
    let mut response = answer(status, "text/html; charset=utf-8", render(page, frame));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// A page about what did not work, with as much frame as the desk can still give.
pub async fn error_page(
    server: &Server,
    ask: &Ask,
    desk: Option<&mut Desk>,
    status: StatusCode,
    body: Page,
) -> Answer {
    if ask.path.starts_with("/api/") || ask.from_island {
        // Programs read the reason, not a page.
        let reason = serde_json::json!({
            "status": status.as_u16(),
            "error": body.title,
            "problem": body.title,
            "request": number::current(),
        });
        let text = reason.to_string();
        return answer(status, "application/json; charset=utf-8", text);
    }
    let frame = match desk {
        Some(desk) => Frame::of(desk, ask).await,
        None => Frame::bare(server.world.site.clone(), ask),
    };
    let body = if ask.is_posted {
        errors::of_a_form(body, ask, fate(status, ask))
    } else {
        body
    };
    let body = match number::current().filter(|_| status.is_server_error()) {
        Some(number) => errors::with_number(body, number),
        None => body,
    };
    page(status, body, frame)
}

/// What became of a form that got this answer. A refusal says it itself, and who must sign in is told there.
fn fate(status: StatusCode, ask: &Ask) -> Option<Fate> {
    let is_read = ask.form.pairs().next().is_some();
    match status {
        StatusCode::TOO_MANY_REQUESTS if is_read => Some(Fate::Later),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNAUTHORIZED => None,
        StatusCode::NOT_FOUND | StatusCode::INTERNAL_SERVER_ERROR => Some(Fate::Undone),
        StatusCode::SERVICE_UNAVAILABLE => Some(Fate::Unknown),
        _ => Some(Fate::Unread),
    }
}

/// 303 to a place of ours. Whatever else somebody has talked a call into leads home.
pub fn redirect(location: &str) -> Answer {
    let place = LocalPath::parse(location);
    if place.is_none() {
        tracing::warn!("a redirect to no place of ours was sent home");
    }
    let place = place.as_ref().map_or("/", LocalPath::as_str);
    let text = format!("请打开 {place}");
    let mut response = answer(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", text);
    response
        .headers_mut()
        .insert(header::LOCATION, header_value(place));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An answer with cookies.
pub fn with_cookies(mut response: Answer, cookies: &[Cookie<'static>]) -> Answer {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// 429 with the time after which there is room again.
pub async fn too_many(server: &Server, ask: &Ask, desk: Option<&mut Desk>, seconds: u64) -> Answer {
    let page = errors::too_many(seconds, ask.is_posted);
    let mut response = error_page(server, ask, desk, StatusCode::TOO_MANY_REQUESTS, page).await;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// 503 with a hint when to try again.
pub async fn busy(server: &Server, ask: &Ask) -> Answer {
    let mut response = error_page(
        server,
        ask,
        None,
        StatusCode::SERVICE_UNAVAILABLE,
        errors::busy(),
    )
    .await;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// 503 without a page, when even that would be too much.
pub fn plain_busy() -> Answer {
    let mut response = answer(
        StatusCode::SERVICE_UNAVAILABLE,
        "text/plain; charset=utf-8",
        "系统繁忙，请稍后再试。",
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// 500 after a panic; the log has the place.
pub fn after_panic(panic: Box<dyn std::any::Any + Send>) -> Answer {
    let what = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
    tracing::error!(what = what.unwrap_or_default(), "a handler panicked");
    answer(
        StatusCode::INTERNAL_SERVER_ERROR,
        "text/plain; charset=utf-8",
        match number::current() {
            Some(number) => format!("系统出错了，请稍后再试。请求编号 {number}"),
            None => "系统出错了，请稍后再试。".to_string(),
        },
    )
}

/// An ordinary reply. A page still needs its frame.
pub async fn reply(server: &Server, reply: Reply, frame: impl AsyncFnOnce() -> Frame) -> Answer {
    match reply {
        Reply::Page(body) => page(StatusCode::OK, body, frame().await),
        Reply::Redirect(location) => redirect(&location),
        Reply::Refused(refusal) => page(
            StatusCode::UNPROCESSABLE_ENTITY,
            errors::refused(Trouble::new(&Ask::default(), refusal)),
            frame().await,
        ),
        Reply::Json(status, text) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            answer(status, "application/json; charset=utf-8", text)
        }
        Reply::Export {
            name,
            media_type,
            bytes,
        } => private(attachment(answer(StatusCode::OK, media_type, bytes), &name)),
        Reply::Download {
            name,
            media_type,
            text,
        } => private(attachment(answer(StatusCode::OK, media_type, text), &name)),
        Reply::Svg(text) => answer(StatusCode::OK, "image/svg+xml", text),
        Reply::File {
            sha256,
            name,
            media_type,
            size,
        } => match server.world.uploads.read(sha256).await {
            Ok(stream) => {
                let mut response = attachment(
                    answer(
                        StatusCode::OK,
                        "application/octet-stream",
                        Body::from_stream(stream),
                    ),
                    &name,
                );
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, header_value(&media_type));
                headers.insert(header::CONTENT_LENGTH, header_value(&size.to_string()));
                headers.insert(
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("private, no-store"),
                );
                headers.insert(
                    header::CONTENT_SECURITY_POLICY,
                    HeaderValue::from_static("sandbox; default-src 'none'"),
                );
                response
            }
            Err(error) => {
                tracing::error!(%error, %sha256, "a stored file can't be read");
                answer(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "text/plain; charset=utf-8",
                    "文件暂时不能读取，请稍后再试。",
                )
            }
        },
    }
}

/// Nobody between here and the visitor keeps it: what a file holds may depend on who asks.
fn private(mut response: Answer) -> Answer {
    let never = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}

/// Never shown inside the site: always saved.
fn attachment(mut response: Answer, name: &str) -> Answer {
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC).to_string();
    let value = header_value(&format!("attachment; filename*=UTF-8''{encoded}"));
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, value);
    response
}

/// JSON for an island.
pub fn json(status: StatusCode, text: String) -> Answer {
    answer(status, "application/json; charset=utf-8", text)
}
