//! A form that arrives after its session has ended is kept for its browser, sealed, until somebody has signed in there
//! again. Nothing is done with it but to show it again, filled in.

use super::session::{KEEPER, keep_cookie, token};
use crate::AppError;
use crate::ask::{Ask, Trouble};
use crate::desk::Desk;
use crate::vault::Purpose;
use crate::world::World;
use cookie::Cookie;
use market::form::answer_of;
use market::hash::sha256;
use market::password::place;
use market::time::Duration;
use market::{Form, MandateId, Refusal};
use store::kept_form::{KeptForm, NewKeptForm};
use uuid::Uuid;

/// For so long a form is kept.
const KEPT_FOR: Duration = Duration::hours(1);
/// Forms of one browser.
const MOST_OF_A_BROWSER: i64 = 5;
/// Forms that one address may leave in an hour: an office, not a flood.
const MOST_OF_A_PLACE: i64 = 60;

/// What the name of a field ends with that keeps why a file of the form is not there.
const LOST: &str = "_lost";

/// What became of a form without a session.
pub struct Keeping {
    /// Where it is kept; `None`: it could not be kept.
    pub id: Option<Uuid>,
    /// The session was ended because its person had signed in elsewhere too often.
    pub had_no_room: bool,
    /// What the answer has the browser remember.
    pub cookies: Vec<Cookie<'static>>,
}

/// Keeps the form of a request. What is secret is not kept at all; the rest is sealed. `session` is the token of the
/// session that has ended.
pub async fn keep(world: &World, ask: &Ask, session: Option<&str>) -> Result<Keeping, AppError> {
    let mut desk = Desk::writing(world).await?;
    let (now, place) = (desk.now, place(&ask.address));
    let form = Trouble::new(ask, Refusal::SignedOut)
        .form
        .without(&["price", &answer_of("price")]);
    let token_hash = session.map(|session| sha256(session.as_bytes()).0);
    let had_no_room = match token_hash {
        Some(hash) => store::session::had_no_room(desk.conn(), hash).await?,
        None => false,
    };
    let left = store::kept_form::count_from(desk.conn(), &place, now - KEPT_FOR).await?;
    if form.pairs().next().is_none() || left >= MOST_OF_A_PLACE {
        return Ok(Keeping {
            id: None,
            had_no_room,
            cookies: Vec::new(),
        });
    }
    let ended = match token_hash {
        Some(hash) => store::session::ended(desk.conn(), hash).await?,
        None => None,
    };
    let (id, browser) = (desk.id::<Uuid>(), ask.keeper.clone());
    let browser = browser.unwrap_or_else(|| token(&mut desk));
    let lost: Vec<(String, String)> = ask
        .file_problems
        .iter()
        .map(|(field, refusal)| (format!("{field}{LOST}"), refusal.sentence()))
        .collect();
    let lost = lost
        .iter()
        .map(|(field, said)| (field.as_str(), said.as_str()));
    let pairs: Vec<(&str, &str)> = form.pairs().chain(lost).collect();
    let text = serde_json::to_vec(&pairs).map_err(|error| AppError::Broken(Box::new(error)))?;
    let vault = desk.world.vault.clone();
    let sealed = vault.seal(Purpose::KeptForm, &id.to_string(), &text, desk.chance());
    let kept = NewKeptForm {
        id,
        browser: sha256(browser.as_bytes()).0,
        person: ended.as_ref().map(|ended| ended.person),
        mandate: ended.and_then(|ended| ended.mandate),
        path: &ask.path,
        sealed: &sealed,
        place: &place,
        kept_at: now,
    };
    store::kept_form::keep(desk.conn(), kept, MOST_OF_A_BROWSER).await?;
    keep_cookie(&mut desk, KEEPER, &browser, KEPT_FOR);
    let cookies = std::mem::take(&mut desk.cookies);
    desk.commit().await?;
    Ok(Keeping {
        id: Some(id),
        had_no_room,
        cookies,
    })
}

/// Takes out of a kept form why its files are not there, by field.
pub fn take_lost(form: &mut Form) -> Vec<(String, Refusal)> {
    let lost = form.pairs().filter_map(|(name, said)| {
        let sentence = said.to_string();
        Some((
            name.strip_suffix(LOST)?.to_string(),
            Refusal::File { sentence },
        ))
    });
    let lost: Vec<(String, Refusal)> = lost.collect();
    for (field, _) in &lost {
        let kept = std::mem::take(form);
        *form = kept.without(&[&format!("{field}{LOST}")]);
    }
    lost
}

/// The kept form of this browser with that id. `None`: it never was, or its hour is over.
pub async fn find(
    desk: &mut Desk,
    ask: &Ask,
    id: &str,
) -> Result<Option<(KeptForm, Form)>, AppError> {
    let (Ok(id), Some(browser)) = (id.parse::<Uuid>(), &ask.keeper) else {
        return Ok(None);
    };
    let (browser, since) = (sha256(browser.as_bytes()).0, desk.now - KEPT_FOR);
    let Some(kept) = store::kept_form::find(desk.conn(), id, browser, since).await? else {
        return Ok(None);
    };
    let vault = desk.world.vault.clone();
    let text = vault.open(Purpose::KeptForm, &id.to_string(), &kept.sealed)?;
    let pairs: Vec<(String, String)> =
        serde_json::from_slice(&text).map_err(|error| AppError::Broken(Box::new(error)))?;
    let form = pairs.into_iter().collect();
    Ok(Some((kept, form)))
}

/// For whom the session of a kept form acted: whoever signs in to get the form back acts for the same again.
pub async fn mandate(desk: &mut Desk, ask: &Ask) -> Result<Option<MandateId>, AppError> {
    let kept = find(desk, ask, ask.form.get("kept")).await?;
    Ok(kept.and_then(|(kept, _)| kept.mandate))
}
