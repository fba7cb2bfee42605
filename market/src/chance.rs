//! Where randomness comes in. Nothing in this crate makes any.

/// A source of unpredictable bytes: the operating system in production, a seed in tests.
pub trait Chance: Send {
    /// Fills the whole slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl dyn Chance + '_ {
    /// `N` bytes at once.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
