//! Refused acts on record: who was refused what, from where, and who met a defect. Each names the number under which
//! the log has the request. Read by the supervisors with everything else.

use super::{Server, number};
use app::AppError;
use app::ask::Ask;
use app::calls::records::sum_up;
use app::desk::{Actor, Desk};
use app::records::{Kind, Who};
use app::routes::route_of_form;
use app::world::World;
use axum::http::Method;
use market::journal::{Deed, Subject};
use market::stored::Unreadable;
use store::journal::Outcome;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// So often it is looked whether an hour of the records is over.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(60);

/// Writes down that somebody who is signed in was refused: a role that may not, something that is not there for them,
/// or a rule that keeps this very person from it. What visitors without an account are refused is in the log. A record
/// that can't be written hinders nothing.
pub async fn note_refusal(
    server: &Server,
    ask: &Ask,
    actor: Option<Actor>,
    error: &AppError,
    method: &Method,
) {
    let why = match error {
        AppError::Forbidden => "当前角色没有权限".to_string(),
        AppError::NotFound => "没有这个对象，或者无权查看".to_string(),
        AppError::FirstPassword => "初始密码还没有修改".to_string(),
        AppError::Refused(refusal) if refusal.is_of_duty() => refusal.sentence(),
        AppError::Broken(_) | AppError::Unreadable(_) => {
            let what = (Kind::Broken, "系统出错");
            return note(server, ask, actor, what, method).await;
        }
        _ => return,
    };
    if actor.is_some() {
        note(server, ask, actor, (Kind::Refused, &why), method).await;
    }
}

/// Writes down that another site sent a form, with whoever's browser it was, signed in or not.
pub async fn note_other_site(server: &Server, ask: &Ask, actor: Option<Actor>) {
    let what = (Kind::OtherSite, "请求来自其他网站，没有办理");
    note(server, ask, actor, what, &Method::POST).await;
}

/// Keeps an unreadable document in view of the operator. That it cannot be noted hinders nothing: it is in the log.
pub async fn note_unreadable(world: &World, unreadable: &Unreadable) {
    let noted = async {
        let mut desk = Desk::writing(world).await?;
        let now = desk.now;
        store::unreadable::note(desk.conn(), unreadable, now).await?;
        desk.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "an unreadable document could not be noted");
    }
}

async fn note(
    server: &Server,
    ask: &Ask,
    actor: Option<Actor>,
    (kind, why): (Kind, &str),
    method: &Method,
) {
    let who = match &actor {
        Some(actor) => Who::Person(actor.person),
        None => Who::at(&ask.address),
    };
    let world = &server.world;
    let now = world.clock.now();
    let Some(last) = world.records.room(who, kind, now) else {
        return;
    };
    let place = match (method, route_of_form(&ask.path)) {
        (&Method::POST, Some(route)) => route.path.to_string(),
        _ => ask.path.chars().take(200).collect(),
    };
    let subject = ask.param("id").unwrap_or_else(Uuid::nil);
    let number = number::current().map_or(String::new(), |number| format!("；请求编号 {number}"));
    let note = format!("{method} {place}：{why}{number}{last}");
    let result = match kind {
        Kind::Broken => Outcome::Failed,
        _ => Outcome::Refused,
    };
    let written = async {
        let mut desk = Desk::writing(world).await?;
        desk.actor = actor;
        desk.address.clone_from(&ask.address);
        desk.record(Deed::Visit, Subject::Route(subject), &note, result)
            .await?;
        desk.commit().await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, "a refused act could not be put on record");
    }
}

/// Until told to stop: writes down how many acts were left out of the records, once an hour and at the end.
pub async fn sum_up_until(world: World, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        if let Err(error) = sum_up(&world, stop.is_cancelled()).await {
            tracing::warn!(%error, "what was left out of the records could not be summed up");
        }
    }
}
