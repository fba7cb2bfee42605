//! `?done=…`: a call names what it has done; what goes into the address is a token that says so once, to its session.

use app::AppError;
use app::ask::Ask;
use app::desk::Desk;
use app::done::Done;
use app::reply::Reply;
use market::time::Duration;
use uuid::Uuid;

/// How long a browser may take from a form's answer to the page that it leads to.
const LONGEST_WAY: Duration = Duration::minutes(10);

/// A place taken apart around its `done=…`: path, the rest of the query, what was done, fragment.
fn apart(location: &str) -> Option<(&str, Vec<&str>, &str, &str)> {
    let (place, fragment) = match location.find('#') {
        Some(at) => location.split_at(at),
        None => (location, ""),
    };
    let (path, query) = place.split_once('?')?;
    let done = query
        .split('&')
        .find_map(|part| part.strip_prefix("done="))?;
    let others = query
        .split('&')
        .filter(|part| !part.starts_with("done="))
        .collect();
    Some((path, others, done, fragment))
}

/// Puts a token where the call has said what was done. Without a session nobody is told.
pub async fn leave(desk: &mut Desk, reply: Reply) -> Result<Reply, AppError> {
    let Reply::Redirect(location) = &reply else {
        return Ok(reply);
    };
    let Some((path, mut query, done, fragment)) = apart(location) else {
        return Ok(reply);
    };
    let token: String;
    if let Some(session) = desk.actor.as_ref().and_then(|actor| actor.session) {
        let (id, now) = (desk.id::<Uuid>(), desk.now);
        store::arrival::leave(desk.conn(), id, session, path, done, now).await?;
        token = format!("done={id}");
        query.push(&token);
    }
    let sign = if query.is_empty() { "" } else { "?" };
    Ok(Reply::to(format!(
        "{path}{sign}{}{fragment}",
        query.join("&")
    )))
}

/// What the address's token says to this session.
pub async fn take(desk: &mut Desk, ask: &Ask) -> Result<Option<Done>, AppError> {
    let token = ask.query("done").and_then(|token| token.parse().ok());
    let session = desk.actor.as_ref().and_then(|actor| actor.session);
    let Some((token, session)) = token.zip(session) else {
        return Ok(None);
    };
    let since = desk.now - LONGEST_WAY;
    let said = store::arrival::take(desk.conn(), token, session, &ask.path, since).await?;
    Ok(said.as_deref().and_then(Done::parse))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_apart() {
        assert_eq!(
            apart("/requirements/7?done=signed_up#mine"),
            Some(("/requirements/7", vec![], "signed_up", "#mine"))
        );
        assert_eq!(
            apart("/desk?a=b&done=x&c=d"),
            Some(("/desk", vec!["a=b", "c=d"], "x", ""))
        );
        assert_eq!(apart("/desk"), None);
        assert_eq!(apart("/desk?undone=x"), None);
        assert_eq!(apart("/desk#?done=x"), None);
    }
}
