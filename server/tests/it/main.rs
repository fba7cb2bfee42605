//! Layer 3: the real router in process, a database of one's own for each test, clock and chance injected, forms read
//! from the pages and posted as a browser without scripts would. Jobs are done inline when the clock is moved.

#![expect(
    clippy::disallowed_methods,
    reason = "tests look behind the store with queries of their own"
)]

mod accounts;
mod administrators;
mod average;
mod bids;
mod browser;
mod cast;
mod claims;
mod desks;
mod duties;
mod edge;
mod effects;
mod faults;
mod filed;
mod flood;
mod followed;
mod forms;
mod fulfilment;
mod furniture;
mod hands;
mod house;
mod kept;
mod ledger;
mod line;
mod listening;
mod lists;
mod locks;
mod memory;
mod messages;
mod months;
mod numbers;
mod onboarding;
mod outbox;
mod pages;
mod permits;
mod persons;
mod program;
mod promises;
mod races;
mod records;
mod secrets;
mod selection;
mod slips;
mod spoiled;
mod truths;
mod typing;
mod unchanged;
mod uploads;
mod waiting;
