//! What one form may ask of those who work on its files: pixels to unpack, of all its pictures and of all their pages
//! together, and time. The work looks between its steps; a step is small, because what it may unpack is bounded too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Fifty pages of A4 at 300 dots an inch have 435 million.
const MOST_PIXELS: u64 = 450_000_000;

/// How long the work on the files of one field may take.
pub(super) const MOST_TIME: Duration = Duration::from_secs(30);

const TOO_MANY_PIXELS: &str = "这次上传的图片、扫描件合计像素太多，处理不了。请用 200 dpi 重新扫描，或分成几份、分几次上传，也可以在扫描时直接存成 PDF 再上传。";
pub(super) const TOO_LONG: &str =
    "文件太复杂，没有处理完。请打印（输出）为 PDF，或分成几份后再上传。";

/// What is left of it. Clones share it.
#[derive(Debug, Clone)]
pub struct Effort {
    left: Arc<Left>,
    time: Duration,
}

#[derive(Debug)]
struct Left {
    pixels: AtomicU64,
    is_over: AtomicBool,
}

impl Effort {
    /// What a form may ask.
    pub fn of_a_form() -> Effort {
        Effort::of(MOST_PIXELS, MOST_TIME)
    }

    /// So many pixels, and so much time for each field.
    pub(super) fn of(pixels: u64, time: Duration) -> Effort {
        let left = Left {
            pixels: AtomicU64::new(pixels),
            is_over: AtomicBool::new(false),
        };
        Effort {
            left: Arc::new(left),
            time,
        }
    }

    /// How long the work on the files of one field may take.
    pub(super) fn time(&self) -> Duration {
        self.time
    }

    /// Before a page is unpacked: takes its pixels from what is left. Errors: a sentence.
    pub(super) fn page(&self, pixels: u64) -> Result<(), String> {
        self.goes_on()?;
        let take = |left: u64| left.checked_sub(pixels);
        let taken = self
            .left
            .pixels
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.map(drop).map_err(|_| TOO_MANY_PIXELS.into())
    }

    /// Between two steps. Errors: a sentence, when the time is over.
    pub(super) fn goes_on(&self) -> Result<(), String> {
        if self.left.is_over.load(Ordering::Relaxed) {
            Err(TOO_LONG.into())
        } else {
            Ok(())
        }
    }

    /// The time is over: the work ends at its next step, and so does what the same form asks afterwards.
    pub(super) fn end(&self) {
        self.left.is_over.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_share_what_there_is_and_nothing_goes_on_after_the_end() {
        let effort = Effort::of(10, MOST_TIME);
        let same = effort.clone();
        assert_eq!((effort.page(6), same.page(4)), (Ok(()), Ok(())));
        assert!(same.page(1).is_err_and(|told| told.contains("200 dpi")));
        assert_eq!(same.page(0), Ok(()));
        effort.end();
        assert!(same.goes_on().is_err_and(|told| told.contains("PDF")));
        assert!(same.page(0).is_err());
    }
}
