//! The time that is left, running. Without scripts: the time that was left when the page was made.

use leptos::prelude::*;
use market::time::{Duration, span};

/// Counts down from `seconds`. The absolute time stands beside it on the page.
#[island]
pub fn Countdown(seconds: i64) -> impl IntoView {
    let (left, set_left) = signal(seconds);
    #[cfg(feature = "hydrate")]
    {
        use super::browser::milliseconds;
        let began = milliseconds();
        set_interval(
            move || set_left.set(seconds - ((milliseconds() - began) / 1_000.0) as i64),
            std::time::Duration::from_secs(1),
        );
    }
    let _ = set_left;
    move || match left.get() {
        seconds if seconds > 0 => span(Duration::seconds(seconds)),
        _ => "时间已到，请刷新页面".to_string(),
    }
}
