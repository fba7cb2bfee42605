//! Bodies that come at a pace: whoever sends one byte at a time holds no place for long.

use super::limits::Bounds;
use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

/// The body did not come fast enough.
#[derive(Debug)]
pub struct TooSlow;

impl std::fmt::Display for TooSlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body did not come fast enough")
    }
}

impl std::error::Error for TooSlow {}

struct Paced {
    body: Body,
    /// Where the next byte must have come. Each byte that comes puts it off.
    due: Pin<Box<Sleep>>,
    pace: u32,
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            if let Some(Ok(frame)) = &frame {
                let came = frame.data_ref().map_or(0, Bytes::len);
                let earned = Duration::from_secs_f64(came as f64 / f64::from(self.pace.max(1)));
                let due = self.due.deadline() + earned;
                self.due.as_mut().reset(due);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        match self.due.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(TooSlow.into()))),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The same body, which fails with [`TooSlow`] when it falls behind.
pub fn paced(body: Body, bounds: &Bounds) -> Body {
    let due = Box::pin(tokio::time::sleep(bounds.grace));
    let pace = bounds.pace;
    Body::new(Paced { body, due, pace }.boxed_unsync())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;

    fn bounds() -> Bounds {
        Bounds {
            shares: Default::default(),
            places: 1,
            connections: 1,
            head: Duration::from_secs(1),
            grace: Duration::from_secs(10),
            pace: 1_000,
        }
    }

    /// A body of parts of so many bytes, one a second.
    async fn sent(parts: usize, size: usize) -> Result<usize, axum::Error> {
        let parts = futures::stream::iter(0..parts).then(move |_| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>(vec![0u8; size])
        });
        let body = paced(Body::from_stream(parts), &bounds());
        Ok(body.collect().await?.to_bytes().len())
    }

    #[tokio::test(start_paused = true)]
    async fn a_poor_line_is_waited_for_and_a_trickle_is_not() {
        assert_eq!(sent(60, 1_000).await.expect("in time"), 60_000);
        assert_eq!(sent(9, 1).await.expect("within the grace"), 9);
        for trickle in [sent(60, 1).await, sent(600, 500).await] {
            let error = trickle.expect_err("too slow");
            let mut causes =
                std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source());
            assert!(causes.any(|cause| cause.is::<TooSlow>()));
        }
    }
}
