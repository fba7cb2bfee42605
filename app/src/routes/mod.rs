//! The one flat list of everything that can be asked for: method, path, what it is for in the permit table, and
//! who answers. A route without an action cannot be written down.

mod table;

pub use table::ROUTES;

use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::permit::Action;
use std::future::Future;
use std::pin::Pin;

/// What answers a route.
pub type Handler = for<'a> fn(
    &'a mut Desk,
    &'a Ask,
)
    -> Pin<Box<dyn Future<Output = Result<Reply, AppError>> + Send + 'a>>;

/// How a route is asked for. A POST is one transaction; a GET changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
}

/// A line of the list.
#[derive(Clone, Copy)]
pub struct Route {
    pub verb: Verb,
    /// As axum writes it: `/requirements/{id}`
    pub path: &'static str,
    pub action: Action,
    pub run: Handler,
    /// The page that a refused form comes back on.
    pub form_page: Option<Handler>,
}

/// The page above an address that only takes forms: where one lands who reloads the answer to a form.
pub fn page_above(path: &str) -> &str {
    let mut path = path;
    while let Some(end) = path.rfind('/') {
        path = &path[..end];
        if ROUTES
            .iter()
            .any(|route| route.verb == Verb::Get && fits(route.path, path))
        {
            return path;
        }
    }
    "/"
}

/// Whether an address is one of a route.
fn fits(route: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (route.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || one.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_an_address_for_forms_is_the_page_of_the_thing() {
        assert_eq!(page_above("/contracts/7/object"), "/contracts/7");
        assert_eq!(page_above("/desk/editions/7/audit"), "/desk/editions/7");
        assert_eq!(page_above("/account/sessions/7/end"), "/account");
        assert_eq!(page_above("/elder"), "/");
    }

    #[test]
    fn no_route_is_listed_twice_and_no_reading_action_writes() {
        let mut seen = std::collections::BTreeSet::new();
        for route in ROUTES {
            assert!(
                seen.insert((route.path, route.verb == Verb::Post)),
                "{}",
                route.path
            );
            let reads = matches!(
                route.action,
                Action::ReadQueue | Action::ReadVettings | Action::ReadJournal | Action::OpenDesk
            );
            assert!(
                !(reads && route.verb == Verb::Post),
                "{} writes with a reading action",
                route.path
            );
        }
    }

    #[test]
    fn every_action_of_the_permit_table_has_a_route() {
        for action in Action::ALL {
            assert!(
                ROUTES.iter().any(|route| route.action == *action),
                "{}",
                action.code()
            );
        }
    }
}
