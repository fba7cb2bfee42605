//! What becomes of a body that is not a form, or not one that is taken.

/// Why a body could not be read.
pub enum Unreadable {
    TooLarge,
    TooMany,
    /// Files for a form that has no field for them.
    Unwanted,
    Malformed,
    /// It came one byte at a time, or not at all.
    TooSlow,
    Failed(String),
}
