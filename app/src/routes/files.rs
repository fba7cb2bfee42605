//! The files of each list, for those who may see its page.

use super::{Route, Share, Verb};
use crate::pages::requirements;
use crate::pages::{agencies, awards, contracts, credit, draws, items, ledger, notices, owners};
use crate::parts::list::file;
use market::permit::Action;

/// CSV, XLSX and JSON of each.
pub(super) const FILES: &[[Route; 3]] = &[
    list!("/items", ViewPublic, items::Items),
    list!("/agencies", ViewPublic, agencies::Agencies),
    list!("/owners", ViewPublic, owners::Owners),
    list!("/requirements", ViewPublic, requirements::Requirements),
    list!("/notices", ViewPublic, notices::Notices),
    list!("/awards", ViewPublic, awards::Awards),
    list!("/draws", ViewPublic, draws::Draws),
    list!("/contracts", ViewPublic, contracts::PublicContracts),
    list!("/credit", ViewPublic, credit::Events),
    list!("/credit/red", ViewPublic, credit::Red),
    list!("/ledger", ViewPublic, ledger::Entries),
    list!("/desk/contracts", KeepContract, contracts::OwnContracts),
];
