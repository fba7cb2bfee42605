//! The parts of the site.

/// Where a page belongs in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Home,
    Requirements,
    Results,
    Items,
    Agencies,
    Credit,
    Policies,
    Ledger,
    Help,
    Desk,
    /// Account pages, errors.
    None,
}
