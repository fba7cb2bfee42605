//! The time that is left, running. Without scripts: the time that was left when the page was made. The HTML is
//! `pages::requirement::aside`'s.

use super::browser::{every, fact, milliseconds};
use market::time::{Duration, span};
use web_sys::HtmlElement;

/// Counts down from the seconds that the island names. The absolute time stands beside it on the page.
pub fn countdown(island: HtmlElement) {
    let seconds: i64 = fact(&island, "seconds").parse().unwrap_or(0);
    let began = milliseconds();
    let show = move || {
        let left = seconds - ((milliseconds() - began) / 1_000.0) as i64;
        let words = match left {
            left if left > 0 => span(Duration::seconds(left)),
            _ => "时间已到，请刷新页面".to_string(),
        };
        island.set_text_content(Some(&words));
    };
    every(1_000, show);
}
