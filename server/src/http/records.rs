//! Refused acts on record: who was refused what, from where. Read by the supervisors with everything else.

use super::Server;
use app::AppError;
use app::ask::Ask;
use app::desk::{Actor, Desk};
use app::routes::route_of_form;
use axum::http::Method;
use store::journal::Outcome;
use uuid::Uuid;

/// Writes down that somebody who is signed in was refused: a role that may not, or something that is not there for
/// them. What visitors without an account are refused is in the log. A record that can't be written hinders nothing.
pub async fn note_refusal(
    server: &Server,
    ask: &Ask,
    actor: Option<Actor>,
    error: &AppError,
    method: &Method,
) {
    let why = match error {
        AppError::Forbidden => "当前角色没有权限",
        AppError::NotFound => "没有这个对象，或者无权查看",
        AppError::FirstPassword => "初始密码还没有修改",
        _ => return,
    };
    let Some(actor) = actor else {
        return;
    };
    let world = &server.world;
    let Some(last) = world.records.room(&ask.address, world.clock.now()) else {
        return;
    };
    let place = match (method, route_of_form(&ask.path)) {
        (&Method::POST, Some(route)) => route.path.to_string(),
        _ => ask.path.chars().take(200).collect(),
    };
    let subject = ask.param("id").unwrap_or_else(Uuid::nil);
    let note = format!("{method} {place}：{why}{last}");
    let written = async {
        let mut desk = Desk::writing(world).await?;
        desk.actor = Some(actor);
        desk.address.clone_from(&ask.address);
        desk.record("访问", "route", subject, &note, Outcome::Refused)
            .await?;
        desk.commit().await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, "a refused act could not be put on record");
    }
}
