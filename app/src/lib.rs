//! What people see: pages and forms, complete HTML from the server. A page is a load function and a view; a write is a
//! call (`calls`), six lines that only go forward.

pub mod address;
pub mod ask;
pub mod calls;
pub mod desk;
pub mod done;
pub mod error;
pub mod layout;
pub mod pages;
pub mod parts;
pub mod passwords;
pub mod records;
pub mod reply;
pub mod routes;
pub mod section;
pub mod sheet;
pub mod uploads;
pub mod vault;
pub mod world;

pub use error::AppError;
