//! Uploads ahead of their form, and downloads.

use super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::FileId;
use serde_json::json;
use store::file::Reader;

/// Takes a file for the upload island; the receipt is what its form carries instead.
pub async fn receive(desk: &mut Desk, ask: &Ask) -> Called {
    if let Some((_, refusal)) = ask.file_problems.first() {
        return Ok(Reply::Json(
            422,
            json!({ "problem": refusal.sentence() }).to_string(),
        ));
    }
    let received = ask.files.get("file").ok_or(AppError::NotFound)?;
    let vault = desk.world.vault.clone();
    let receipt = received.receipt(&vault, desk.chance());
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
    Ok(Reply::File {
        sha256: hex::encode(file.sha256),
        name: file.name,
        media_type: file.media_type,
        size: file.size,
    })
}
