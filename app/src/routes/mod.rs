//! The one flat list of everything that can be asked for: method, path, what it is for in the permit table, and
//! who answers. A route without an action cannot be written down.

#[macro_use]
mod lines;
mod files;
mod table;

use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::reply::Reply;
use market::permit::Action;
use std::collections::BTreeMap;
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
    /// Whether its form has a field for files. Every other route refuses them unread.
    pub takes_files: bool,
    /// Which share of a visitor it is counted against.
    pub share: Share,
}

/// What is counted together, so that nobody takes what others need too. The numbers are in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// Pages: bounded only by the places that requests under way have.
    Pages,
    /// Full-text search and suggestions.
    Searches,
    /// Open data and exports.
    OpenData,
    /// Every form, also those with a share of their own.
    Forms,
    /// New accounts.
    Accounts,
    /// Registrations of bodies.
    Bodies,
    /// New drafts.
    Drafts,
    /// Forms that carry files.
    Uploads,
}

/// How many routes there are.
const COUNT: usize = table::PAGES.len() + files::FILES.as_flattened().len();

/// Every route.
pub const ROUTES: &[Route] = &{
    let mut all = [table::PAGES[0]; COUNT];
    let (pages, rest) = all.split_at_mut(table::PAGES.len());
    pages.copy_from_slice(table::PAGES);
    rest.copy_from_slice(files::FILES.as_flattened());
    all
};

impl Share {
    /// Each of them that is counted, in the order of the configuration.
    pub const COUNTED: [Share; 7] = [
        Share::Searches,
        Share::OpenData,
        Share::Forms,
        Share::Accounts,
        Share::Bodies,
        Share::Drafts,
        Share::Uploads,
    ];
}

impl Route {
    /// The same route with a field for files.
    const fn with_files(mut self) -> Route {
        self.takes_files = true;
        self.share = Share::Uploads;
        self
    }

    /// The same route, counted against this.
    const fn counted(mut self, share: Share) -> Route {
        self.share = share;
        self
    }
}

/// The route of a path that a form posts to.
pub fn route_of_form(path: &str) -> Option<&'static Route> {
    ROUTES
        .iter()
        .filter(|route| route.verb == Verb::Post)
        .find(|route| fits(route.path, path))
}

/// The variables of a route in a path of it.
pub fn params(route: &Route, path: &str) -> BTreeMap<String, String> {
    let pairs = route.path.split('/').zip(path.split('/'));
    pairs
        .filter_map(|(name, value)| {
            let name = name.strip_prefix('{')?.strip_suffix('}')?;
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            Some((name.to_string(), value.into_owned()))
        })
        .collect()
}

/// Whether a route may be asked for before a first password of somebody else's has been changed. Such a session acts
/// for nobody, so what everybody reads it reads as everybody does.
pub fn comes_before_first_password(route: &Route) -> bool {
    matches!(route.action, Action::ViewPublic | Action::Enter)
        || matches!(route.path, "/account" | "/account/password")
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
    fn the_variables_of_a_path_are_those_of_its_route() {
        let path = "/requirements/7/files/8/remove";
        let route = route_of_form(path).expect("a route");
        let found = params(route, path);
        assert_eq!(found.get("id").map(String::as_str), Some("7"));
        assert_eq!(found.get("file").map(String::as_str), Some("8"));
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
    fn files_are_taken_from_people_with_an_account_only() {
        for route in ROUTES.iter().filter(|route| route.takes_files) {
            assert_eq!(route.verb, Verb::Post, "{}", route.path);
            let is_open = matches!(route.action, Action::ViewPublic | Action::Enter);
            assert!(!is_open, "{} takes files of strangers", route.path);
            // A registration has the smaller share of the two.
            let is_bounded = matches!(route.share, Share::Uploads | Share::Bodies);
            assert!(is_bounded, "{} takes files without bounds", route.path);
        }
    }

    #[test]
    fn what_fills_the_database_or_the_machine_has_a_share() {
        for route in ROUTES {
            // Who reads a file or the copy of the own data is put on record, and a record is for ever.
            let is_data = route.path.starts_with("/api/")
                || [".csv", ".xlsx", ".json", "/files/{id}"]
                    .iter()
                    .any(|end| route.path.ends_with(end));
            let expected = match route.path {
                "/search" | "/api/v1/search" => Share::Searches,
                "/register" if route.verb == Verb::Post => Share::Accounts,
                _ if is_data => Share::OpenData,
                _ if route.verb == Verb::Post => {
                    assert_ne!(route.share, Share::Pages, "{}", route.path);
                    continue;
                }
                _ => Share::Pages,
            };
            assert_eq!(route.share, expected, "{}", route.path);
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
