//! Sessions: opening, renewing and ending them, and the cookies that prove them.

use super::super::Called;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::done::Done;
use crate::reply::Reply;
use cookie::{Cookie, SameSite};
use market::hash::sha256;
use market::journal::{Deed, Subject};
use market::time::Duration;
use market::{MandateId, PersonId, SessionId};

/// The cookie of a session. The prefix makes browsers refuse it without `Secure`, with a domain or a narrower path.
pub const COOKIE: &str = "__Host-market";

/// The cookie of a browser that has signed somebody in. It opens nothing: locks that strangers bring about do not hold
/// this browser up.
pub const BROWSER: &str = "__Host-browser";

/// The cookie of a browser for which forms are kept that arrived after their session had ended.
pub const KEEPER: &str = "__Host-kept";

/// Browsers keep no cookie longer.
const LONGEST_COOKIE: Duration = Duration::days(400);

/// A fresh token for a cookie, of 256 bits.
pub(super) fn token(desk: &mut Desk) -> String {
    hex::encode(desk.chance().bytes::<32>())
}

/// Has the answer carry a cookie. An age of zero takes it away.
pub(super) fn keep_cookie(desk: &mut Desk, name: &str, value: &str, age: Duration) {
    let cookie = Cookie::build((name.to_string(), value.to_string()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(age);
    desk.cookies.push(cookie.build());
}

/// Opens a session with a fresh token and ends the one that the browser had, and those used longest ago where there are
/// too many. Acts under the `wanted` mandate or the only one. Returns the number of mandates.
pub async fn open(
    desk: &mut Desk,
    ask: &Ask,
    person: PersonId,
    wanted: Option<MandateId>,
) -> Result<usize, AppError> {
    if let Some((session, old)) = at_desk(desk) {
        let now = desk.now;
        store::session::end(desk.conn(), session, old, now).await?;
    }
    let mandates = store::mandate::of_person(desk.conn(), person).await?;
    let wanted = wanted.filter(|wanted| mandates.iter().any(|mandate| mandate.id == *wanted));
    let (most, now) = (desk.world.site.sessions, desk.now);
    store::session::end_beyond(desk.conn(), person, most - 1, now).await?;
    let token = token(desk);
    let hours = desk.world.site.session_hours;
    let session = store::session::NewSession {
        id: desk.id(),
        token_hash: sha256(token.as_bytes()).0,
        person,
        mandate: match mandates.as_slice() {
            [only] => Some(only.id),
            _ => wanted,
        },
        created_at: desk.now,
        expires_at: desk.now + Duration::hours(hours),
        address: &ask.address,
        agent: &ask.agent,
    };
    store::session::open(desk.conn(), session).await?;
    keep_cookie(desk, COOKIE, &token, Duration::hours(hours));
    remember_browser(desk, ask, person).await?;
    Ok(mandates.len())
}

/// Gives the session at the desk a fresh token: whoever had copied the old one has nothing any more.
pub async fn renew(desk: &mut Desk) -> Result<(), AppError> {
    let Some((session, _)) = at_desk(desk) else {
        return Ok(());
    };
    let (token, hours) = (token(desk), desk.world.site.session_hours);
    store::session::renew(desk.conn(), session, sha256(token.as_bytes()).0).await?;
    keep_cookie(desk, COOKIE, &token, Duration::hours(hours));
    Ok(())
}

/// Notes that this browser has signed the person in. The token stays the same for all persons of a browser.
async fn remember_browser(desk: &mut Desk, ask: &Ask, person: PersonId) -> Result<(), AppError> {
    let browser = match &ask.browser {
        Some(browser) => browser.clone(),
        None => token(desk),
    };
    let now = desk.now;
    let hash = sha256(browser.as_bytes()).0;
    store::session::remember_browser(desk.conn(), person, hash, now).await?;
    keep_cookie(desk, BROWSER, &browser, LONGEST_COOKIE);
    Ok(())
}

/// The session at the desk, with its person.
pub(super) fn at_desk(desk: &Desk) -> Option<(SessionId, PersonId)> {
    let actor = desk.actor.as_ref()?;
    Some((actor.session?, actor.person))
}

/// Signs out.
pub async fn sign_out(desk: &mut Desk, _: &Ask) -> Called {
    if let Some((session, person)) = at_desk(desk) {
        let now = desk.now;
        store::session::end(desk.conn(), session, person, now).await?;
        desk.journal(Deed::SignOut, Subject::Person(person), "")
            .await?;
    }
    keep_cookie(desk, COOKIE, "", Duration::ZERO);
    Ok(Reply::to("/"))
}

/// Ends one of one's own sessions.
pub async fn end(desk: &mut Desk, ask: &Ask) -> Called {
    let id: SessionId = ask.param("id").ok_or(AppError::NotFound)?;
    let (person, now) = (desk.person()?, desk.now);
    match store::session::end(desk.conn(), id, person, now).await {
        Err(store::Fault::Stale) => Err(AppError::NotFound),
        other => {
            other?;
            desk.journal(Deed::EndSession, Subject::Person(person), "")
                .await?;
            Ok(Reply::done("/account", Done::Ended))
        }
    }
}
