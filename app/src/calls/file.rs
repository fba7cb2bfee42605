//! Uploads on their way from a visitor to a form, downloads, and the sweep of what nothing names.

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::{Actor, Desk};
use crate::reply::Reply;
use crate::uploads::{Arrived, Effort, GOOD_FOR, Judged, Object, Received, UploadFailure};
use crate::world::World;
use bytes::Bytes;
use futures::Stream;
use market::count;
use market::journal::{Deed, Subject};
use market::time::Duration;
use market::{FileId, Refusal, Timestamp, UploadId};
use serde_json::json;
use store::file::Reader;
use store::upload::{Expired, NewUpload, Sender, Swept};

/// For so long a receipt is remembered: longer than it is good, so that a form that comes at the last moment finds it.
const REMEMBERED_FOR: Duration = GOOD_FOR.saturating_add(Duration::hours(2));
/// For so long a file may be on its way in.
const LONGEST_WAY: Duration = Duration::hours(1);

fn sender(actor: &Actor) -> Sender {
    let acting = actor.acting.as_ref();
    Sender {
        person: actor.person,
        owner: acting.and_then(|acting| acting.owner),
        agency: acting.and_then(|acting| acting.agency),
    }
}

fn failed(error: impl std::fmt::Display) -> UploadFailure {
    UploadFailure::Broken(error.to_string())
}

/// Streams a file in, unless its sender has used up what one may send.
pub async fn arrive<E: std::fmt::Display>(
    world: &World,
    actor: &Actor,
    name: &str,
    chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Arrived, UploadFailure> {
    // Before anything is counted: of two that come at once each counts the other.
    let under_way = world.uploads.set_out();
    let mut desk = Desk::reading(world).await.map_err(failed)?;
    let since = desk.now - Duration::days(1);
    let used = store::upload::used(desk.conn(), sender(actor), since).await;
    let mut used = used.map_err(failed)?;
    used.waiting += world.uploads.under_way();
    world.uploads.room.admits(&used, 1)?;
    let id: UploadId = desk.id();
    // No connection is held while the visitor sends.
    drop(desk);
    world.uploads.arrive(id, name, under_way, chunks).await
}

/// Judges what has arrived in one field and stores it under a receipt; it is kept for good when a form has taken it.
/// All fields of a form share what it may ask of those who look.
pub async fn keep(
    world: &World,
    actor: &Actor,
    arrived: &[Arrived],
    effort: &Effort,
) -> Result<Received, UploadFailure> {
    let kept = judge_and_store(world, actor, arrived, effort).await;
    world.uploads.discard(arrived).await;
    kept
}

async fn judge_and_store(
    world: &World,
    actor: &Actor,
    arrived: &[Arrived],
    effort: &Effort,
) -> Result<Received, UploadFailure> {
    let uploads = &world.uploads;
    let judged = uploads.judge(actor.person, arrived, effort).await?;
    let upload = claim(world, actor, &judged).await?;
    // The row is there before the bytes are, so that whatever happens now the sweep knows of them. Under the lock of
    // the content, because a sweep may just be removing the same one of an older row.
    let mut desk = Desk::writing(world).await.map_err(failed)?;
    store::upload::lock_content(desk.conn(), upload.sha256)
        .await
        .map_err(failed)?;
    uploads.store(&judged).await?;
    desk.commit().await.map_err(failed)?;
    Ok(Received {
        upload: upload.id,
        sha256: upload.sha256,
        size: count::bytes(judged.bytes.len()),
        media_type: judged.media_type.to_string(),
        name: judged.name,
        at: upload.received_at.unix_timestamp(),
    })
}

/// Writes that a file is received, if its sender has room for it.
async fn claim(world: &World, actor: &Actor, judged: &Judged) -> Result<NewUpload, UploadFailure> {
    let mut desk = Desk::writing(world).await.map_err(failed)?;
    let size = count::bytes(judged.bytes.len());
    let upload = NewUpload {
        id: desk.id(),
        sha256: judged.sha256(),
        size: size.cast_signed(),
        sender: sender(actor),
        received_at: desk.now,
    };
    let conn = desk.conn();
    let since = upload.received_at - Duration::days(1);
    store::upload::lock_quota(conn, upload.sender)
        .await
        .map_err(failed)?;
    let used = store::upload::used(conn, upload.sender, since).await;
    world.uploads.room.admits(&used.map_err(failed)?, size)?;
    store::upload::add(conn, &upload).await.map_err(failed)?;
    desk.commit().await.map_err(failed)?;
    Ok(upload)
}

/// The receipt is too old, another person's, or none of ours.
pub fn receipt_is_over() -> Refusal {
    Refusal::File {
        sentence: "之前上传的文件已失效，请重新选择。".into(),
    }
}

/// Takes a file for the upload island; the receipt is what its form carries instead.
pub async fn receive(desk: &mut Desk, ask: &Ask) -> Called {
    if let Some((_, refusal)) = ask.file_problems.first() {
        return Ok(Reply::Json(
            422,
            json!({ "problem": refusal.sentence() }).to_string(),
        ));
    }
    let received = ask.files.get("file").ok_or(AppError::NotFound)?;
    let (vault, person) = (desk.world.vault.clone(), desk.person()?);
    let receipt = received.receipt(person, &vault, desk.chance());
    Reply::json(&json!({ "receipt": receipt, "name": received.name, "size": received.size }))
}

/// Serves a file to those who may see it; for all others it is not there.
pub async fn serve(desk: &mut Desk, ask: &Ask) -> Called {
    let id: FileId = ask.param("id").ok_or(AppError::NotFound)?;
    let only = desk.only_own();
    let acting = desk.actor.as_ref().and_then(|actor| actor.acting.as_ref());
    let reader = acting.map_or(Reader::default(), |acting| Reader {
        role: Some(acting.role),
        owner: acting.owner,
        agency: acting.agency,
        department: acting.department,
        only,
    });
    let file = store::file::serve(desk.conn(), id, reader)
        .await?
        .ok_or(AppError::NotFound)?;
    if !file.is_public {
        desk.journal(Deed::DownloadFile, Subject::File(id), &file.name)
            .await?;
    }
    Ok(Reply::File {
        sha256: file.sha256,
        name: file.name,
        media_type: file.media_type,
        size: file.size,
    })
}

/// Removes what nothing names: files that never arrived whole, and contents whose last receipt is over and that no
/// file names. Whatever instant the server is killed at, the next sweep finds what is left.
pub async fn sweep(world: &World) -> Result<Swept, AppError> {
    let now = world.clock.now();
    let mut swept = Swept::default();
    for object in world
        .uploads
        .below("incoming")
        .await
        .map_err(store_failed)?
    {
        if is_left_over(&object, now) {
            remove(world, &object, &mut swept).await?;
        }
    }
    let mut after = UploadId(uuid::Uuid::nil());
    loop {
        let mut desk = Desk::reading(world).await?;
        let some = store::upload::expired(desk.conn(), now - REMEMBERED_FOR, after).await?;
        drop(desk);
        let Some(last) = some.last() else { break };
        after = last.id;
        for upload in &some {
            sweep_one(world, upload, &mut swept).await?;
        }
    }
    let mut desk = Desk::writing(world).await?;
    store::upload::note_sweep(desk.conn(), now, swept).await?;
    desk.commit().await?;
    Ok(swept)
}

/// Forgets a received file, and removes its content if nothing else names it. All under the lock of the content: who
/// stores the same one meanwhile waits and stores it anew.
async fn sweep_one(world: &World, upload: &Expired, swept: &mut Swept) -> Result<(), AppError> {
    let mut desk = Desk::writing(world).await?;
    if !store::upload::try_lock_content(desk.conn(), upload.sha256).await? {
        return Ok(());
    }
    let is_named = store::upload::forget(desk.conn(), upload).await?;
    for object in world
        .uploads
        .copies(upload.sha256)
        .await
        .map_err(store_failed)?
    {
        if !is_named || object.is_half() {
            remove(world, &object, swept).await?;
        }
    }
    // The row goes after the bytes: killed in between, the next sweep comes back to it.
    desk.commit().await
}

async fn remove(world: &World, object: &Object, swept: &mut Swept) -> Result<(), AppError> {
    world.uploads.remove(object).await.map_err(store_failed)?;
    swept.removed_files += 1;
    swept.removed_bytes += object.size.cast_signed();
    Ok(())
}

fn store_failed(error: std::io::Error) -> AppError {
    AppError::broken(format!("the store of uploads: {error}"))
}

/// Whether a file in `incoming` has been on its way for too long. Its name tells when it began.
fn is_left_over(object: &Object, now: Timestamp) -> bool {
    let id: Option<uuid::Uuid> = object.stem().parse().ok();
    let began = id
        .and_then(|id| id.get_timestamp())
        .map(|at| at.to_unix().0.cast_signed());
    began.is_none_or(|began| now.unix_timestamp() - began > LONGEST_WAY.whole_seconds())
}
