//! Bytes on their way in: what has set out and no row counts yet. Whoever asks how much waits for a form adds them, so
//! that many slow lines at once cannot bring more than may wait.

use super::LARGEST;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// All files that are on their way to this process.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals(Arc<AtomicU64>);

impl Arrivals {
    /// One more file sets out.
    pub fn set_out(&self) -> UnderWay {
        self.0.fetch_add(LARGEST, Ordering::SeqCst);
        UnderWay(Arc::new(Weight {
            bytes: AtomicU64::new(LARGEST),
            all: self.0.clone(),
        }))
    }

    /// Bytes of all of them.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A file on its way. It counts as the largest until its size is known, and no more once the last clone is gone,
/// however its way ends.
#[derive(Debug, Clone)]
pub struct UnderWay(Arc<Weight>);

#[derive(Debug)]
struct Weight {
    bytes: AtomicU64,
    all: Arc<AtomicU64>,
}

impl UnderWay {
    /// It has arrived and is so large, [`LARGEST`] at most.
    pub(super) fn weighs(&self, bytes: u64) {
        let before = self.0.bytes.swap(bytes, Ordering::SeqCst);
        self.0.all.fetch_add(bytes, Ordering::SeqCst);
        self.0.all.fetch_sub(before, Ordering::SeqCst);
    }
}

impl Drop for Weight {
    fn drop(&mut self) {
        let bytes = *self.bytes.get_mut();
        self.all.fetch_sub(bytes, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_counts_in_full_until_its_size_is_known_and_no_more_when_its_way_has_ended() {
        let arrivals = Arrivals::default();
        let (one, two) = (arrivals.set_out(), arrivals.set_out());
        assert_eq!(arrivals.bytes(), 2 * LARGEST);
        one.weighs(100);
        assert_eq!(arrivals.bytes(), LARGEST + 100);
        let kept = one.clone();
        drop((one, two));
        assert_eq!(arrivals.bytes(), 100);
        drop(kept);
        assert_eq!(arrivals.bytes(), 0);
    }
}
