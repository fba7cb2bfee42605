//! Who is asking, and whether they may: before anything of the request is done.

use super::{Server, take};
use app::AppError;
use app::ask::Ask;
use app::calls::account::COOKIE;
use app::desk::{Acting, Actor, Desk};
use app::routes::{Route, comes_before_first_password};
use axum::http::request::Parts;
use market::hash::sha256;
use market::time::Duration;

/// Who is asking, by the cookie. Notes at most once a minute that the session is in use.
pub(super) async fn actor(
    server: &Server,
    desk: &mut Desk,
    parts: &Parts,
) -> Result<Option<Actor>, AppError> {
    let Some(token) = take::cookie(&parts.headers, COOKIE) else {
        return Ok(None);
    };
    let now = desk.now;
    let idle_since = now - Duration::minutes(server.world.site.session_idle_minutes);
    let live =
        store::session::find(desk.conn(), sha256(token.as_bytes()).0, now, idle_since).await?;
    let Some(live) = live else { return Ok(None) };
    if now - live.seen_at > Duration::minutes(1) {
        store::session::touch(desk.conn(), live.id, now).await?;
    }
    let mandate = live.mandate.filter(|_| !live.must_change_password);
    let acting = mandate.zip(live.role).map(|(mandate, role)| Acting {
        mandate,
        role,
        owner: live.owner,
        agency: live.agency,
        department: live.department,
        body_name: live.body_name,
    });
    Ok(Some(Actor {
        session: Some(live.id),
        person: live.person,
        name: live.person_name,
        acting,
        must_change_password: live.must_change_password,
        unread: live.unread,
    }))
}

/// Whose browser sent it, as far as that can be told; a form that is not taken waits for nothing.
pub(super) async fn sender(server: &Server, parts: &Parts) -> Option<Actor> {
    take::cookie(&parts.headers, COOKIE)?;
    let mut desk = Desk::reading(&server.world).await.ok()?;
    actor(server, &mut desk, parts).await.ok()?
}

/// A desk for reading with its actor, if the route may be asked by it and its share is not used up.
pub(super) async fn admitted(
    server: &Server,
    route: &Route,
    ask: &Ask,
    parts: &Parts,
) -> Result<Desk, (Option<Box<Desk>>, AppError)> {
    let mut desk = Desk::reading(&server.world)
        .await
        .map_err(|error| (None, error))?;
    desk.address.clone_from(&ask.address);
    desk.actor = actor(server, &mut desk, parts)
        .await
        .map_err(|error| (None, error))?;
    let must_change = desk
        .actor
        .as_ref()
        .is_some_and(|actor| actor.must_change_password);
    if must_change && !comes_before_first_password(route) {
        return Err((Some(Box::new(desk)), AppError::FirstPassword));
    }
    let counted = desk.permit(route.action).and_then(|()| match &desk.actor {
        Some(actor) => server
            .limits
            .of_account(route.share, actor.person)
            .map_err(AppError::TooMany),
        None => Ok(()),
    });
    match counted {
        Ok(()) => Ok(desk),
        Err(error) => Err((Some(Box::new(desk)), error)),
    }
}
