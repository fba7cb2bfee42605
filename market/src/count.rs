//! Lengths and numbers as other types have them. What does not fit becomes the largest that does: no list here is
//! near it, and nothing wraps.

/// How many there are.
pub fn count<T>(list: &[T]) -> u32 {
    of(list.len())
}

/// A length.
pub fn of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A length as columns and figures have it.
pub fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// A length of a file.
pub fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A number as a length or a place in a list.
pub fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A column that is never negative.
pub fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// A number as a column has it.
pub fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_does_not_wrap() {
        assert_eq!((count(&[1, 2]), of(usize::MAX)), (2, u32::MAX));
        assert_eq!((signed(7), signed(usize::MAX)), (7, i64::MAX));
        assert_eq!((unsigned(-1), unsigned(3)), (0, 3));
        assert_eq!((column(u32::MAX), column(3)), (i32::MAX, 3));
        assert_eq!(place(3), 3);
    }
}
