//! Layer 2: the store against a real PostgreSQL, a cloned database for each test, races with two connections.

#![expect(
    clippy::disallowed_methods,
    reason = "tests look behind the store with queries of their own"
)]

mod cluster;
mod effects;
mod finding;
mod fixture;
mod jobs;
mod lists;
mod policies;
mod schema;
mod sequencing;
