//! What the program logs while a test listens, at the finest level. One subscriber for the whole test run, because
//! call sites remember whether anybody listened first; it keeps what its own thread logs, and only on request.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;

thread_local! {
    static HEARD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        HEARD.with_borrow_mut(|heard| {
            if let Some(heard) = heard {
                heard.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Listens from now on to this thread.
pub fn begin() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let listening = tracing_subscriber::filter::dynamic_filter_fn(|_, _| {
            HEARD.with_borrow(|heard| heard.is_some())
        });
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(|| Ear)
            .with_filter(listening);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
    });
    HEARD.set(Some(Vec::new()));
}

/// What was heard.
pub fn end() -> String {
    let heard = HEARD.take().unwrap_or_default();
    String::from_utf8_lossy(&heard).into_owned()
}
