//! Open data: what is public, as JSON with cursors.

use super::Shown;
use super::items::Items;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::parts::list::Listed;
use crate::reply::Reply;
use market::ledger::EntryKind;
use market::numeral::{signs, whole};
use serde::Serialize;
use serde_json::json;
use store::page::{PAGE, Page};
use store::search::Kind;
use store::selection::EntrantRow;

/// A page of a list: rows and the addresses of its neighbours.
#[derive(Serialize)]
struct RowsWithWays<T: Serialize> {
    rows: Vec<T>,
    previous: Option<String>,
    next: Option<String>,
}

fn listed<T: Serialize>(ask: &Ask, page: Page<T>) -> Shown {
    let address = |at: Option<String>| at.map(|at| ask.link(&[("at", Some(&at))]));
    Reply::json(&RowsWithWays {
        previous: address(page.previous),
        next: address(page.next),
        rows: page.rows,
    })
}

/// Rows a page: `limit` up to 100.
fn size(ask: &Ask) -> usize {
    ask.query("limit")
        .and_then(|limit| whole(&signs(limit)).ok())
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(PAGE)
        .clamp(1, 100)
}

/// A page of a list of rows that are public as they are, narrowed as its own page is.
async fn narrowed<L: Listed<Row: Serialize>>(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = L::read(desk, ask).await?;
    let page = list.page(desk, ask.cursor().as_ref(), size(ask)).await?;
    listed(ask, page)
}

/// `/api/v1/agencies`
pub async fn agencies(desk: &mut Desk, ask: &Ask) -> Shown {
    narrowed::<super::agencies::Agencies>(desk, ask).await
}

/// `/api/v1/requirements`
pub async fn requirements(desk: &mut Desk, ask: &Ask) -> Shown {
    narrowed::<super::requirements::Requirements>(desk, ask).await
}

/// `/api/v1/awards`
pub async fn awards(desk: &mut Desk, ask: &Ask) -> Shown {
    narrowed::<super::awards::Awards>(desk, ask).await
}

/// `/api/v1/items`
pub async fn items(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = Items::read(desk, ask).await?;
    let cursor = ask.cursor();
    let page = list.page(desk, cursor.as_ref(), Items::NOUN.rows).await?;
    let count = list.count(desk).await?;
    let rows: Vec<_> = page
        .rows
        .iter()
        .map(|row| {
            json!({
                "code": row.code, "name": row.name, "category": row.category, "department": row.department_name,
                "commissioned_by": row.commissioned_by.code(), "self_do_allowed": row.self_do_allowed,
                "time_limit_workdays": row.time_limit_workdays,
            })
        })
        .collect();
    let next = page.next.map(|at| ask.link(&[("at", Some(&at))]));
    Reply::json(&json!({ "count": count, "rows": rows, "next": next }))
}

/// `/api/v1/draws`
pub async fn draws(desk: &mut Desk, ask: &Ask) -> Shown {
    let page = store::selection::draws(desk.conn(), ask.cursor().as_ref(), PAGE).await?;
    listed(ask, page)
}

/// `/api/v1/draws/{id}`: the evidence, byte for byte as it was stored.
pub async fn draw(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let text = store::selection::evidence_text(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    Ok(Reply::Json(200, text))
}

/// `/api/v1/requirements/{id}/entrants`: everything that the frozen list and the receipts are hashes of, once the
/// deadline has passed. Errors: not found before.
pub async fn entrants(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let requirement = store::requirement::find(desk.conn(), id)
        .await?
        .filter(|found| found.entrants_hash.is_some())
        .ok_or(AppError::NotFound)?;
    let list = store::selection::list_of(desk.conn(), id).await?;
    let published = requirement.published()?;
    let bids = list.iter().filter_map(EntrantRow::bid);
    let reference = published.method.reference(published.price.bounds(), bids);
    let rows: Vec<_> = list
        .iter()
        .map(|row| {
            json!({
                "seq": row.seq, "uscc": row.uscc, "agency": row.agency_id.to_string(), "sign_up": row.sign_up_id.to_string(),
                "received_at": market::time::rfc3339(row.received_at), "nonce": row.nonce,
                "nonce_by": row.nonce_by.code(), "sealed_bid": row.sealed.as_ref().map(hex::encode),
                "receipt": row.receipt, "amount_fen": row.amount_fen,
                "excluded_because": row.excluded_because(),
            })
        })
        .collect();
    Reply::json(&json!({
        "requirement": requirement.id.to_string(), "notice_no": requirement.notice_no,
        "entrants_hash": requirement.entrants_hash, "reference": reference, "rows": rows,
    }))
}

/// `/api/v1/ledger`
pub async fn ledger(desk: &mut Desk, ask: &Ask) -> Shown {
    let kind = ask
        .query("kind")
        .and_then(|code| EntryKind::parse(code).ok());
    let page = store::ledger::list(desk.conn(), kind, ask.cursor().as_ref(), PAGE).await?;
    let rows: Vec<_> = page
        .rows
        .iter()
        .map(|row| {
            json!({
                "position": row.position, "kind": row.kind.code(), "subject": row.subject,
                "leaf_hash": row.leaf_hash, "created_at": market::time::rfc3339(row.created_at),
            })
        })
        .collect();
    let next = page.next.map(|at| ask.link(&[("at", Some(&at))]));
    let head = store::ledger::head(desk.conn())
        .await?
        .map(|(size, root)| json!({ "size": size, "root": root }));
    Reply::json(&json!({ "head": head, "rows": rows, "next": next }))
}

/// `/api/v1/ledger/{position}`
pub async fn ledger_entry(desk: &mut Desk, ask: &Ask) -> Shown {
    let position: i64 = ask.param("position").ok_or(AppError::NotFound)?;
    let entry = store::ledger::entry(desk.conn(), position)
        .await?
        .ok_or(AppError::NotFound)?;
    Reply::json(&json!({
        "position": entry.position, "kind": entry.kind.code(), "subject": entry.subject, "text": entry.text,
        "leaf_hash": entry.leaf_hash, "created_at": market::time::rfc3339(entry.created_at),
        "covered_by": { "size": entry.head_size, "root": entry.head_root },
    }))
}

/// `/api/v1/search`
pub async fn search(desk: &mut Desk, ask: &Ask) -> Shown {
    let query = ask.query("q").unwrap_or_default();
    let kind = ask.query("kind").and_then(Kind::parse);
    let found = store::search::find(desk.conn(), query, kind).await?;
    let rows: Vec<_> = found
        .hits
        .into_iter()
        .take(size(ask))
        .map(|hit| json!({ "kind": hit.kind.code(), "title": hit.title, "subtitle": hit.subtitle, "path": hit.path }))
        .collect();
    Reply::json(
        &json!({ "count": found.count, "is_cut": found.is_cut, "is_near": found.is_near, "hits": rows }),
    )
}
