//! What every list has, declared once for a noun: columns, filters, a count, an empty state, pages and files.

mod column;
mod files;
mod listed;
mod narrow;
mod table;
#[cfg(test)]
mod tests;
mod value;

pub use column::{Column, Columns};
pub use files::FileFormat;
pub use listed::{Listed, Loaded, Noun, file, load};
pub use narrow::{Filters, orders, tabs};
pub use value::{Kind, Value};

use super::nothing;
use crate::ask::Ask;
use leptos::prelude::*;
use store::page::COUNT_CAP;

/// `1,284`, or `10,000 以上` beyond the cap.
pub fn count_text(count: i64) -> String {
    if count > COUNT_CAP {
        format!("{} 以上", thousands(COUNT_CAP))
    } else {
        thousands(count)
    }
}

/// `1,284`
pub fn thousands(count: i64) -> String {
    market::Fen(count * 100)
        .yuan()
        .trim_end_matches(".00")
        .to_string()
}

/// An empty list says why and what to do.
pub fn empty(
    title: impl Into<String>,
    hint: impl Into<String>,
    action: Option<(String, &'static str)>,
) -> AnyView {
    let action = action.map(|(href, label)| {
        view! {
            <p>
                <a class="btn" href=href>
                    {label}
                </a>
            </p>
        }
    });
    view! {
        <div class="empty">
            <p>
                <b>{title.into()}</b>
            </p>
            <p class="muted">{hint.into()}</p>
            {action}
        </div>
    }
    .into_any()
}

/// Links to the neighbouring pages, keeping the filters.
pub fn pager(ask: &Ask, previous: &Option<String>, next: &Option<String>) -> AnyView {
    if previous.is_none() && next.is_none() {
        return nothing();
    }
    let side = |at: &Option<String>, label: &'static str, rel: &'static str| match at {
        Some(at) => view! {
            <a href=ask.link(&[("at", Some(at)), ("done", None)]) rel=rel>
                {label}
            </a>
        }
        .into_any(),
        None => view! { <span class="muted">{label}</span> }.into_any(),
    };
    let first = ask
        .query("at")
        .map(|_| view! { <a href=ask.link(&[("at", None)])>"回到第一页"</a> });
    view! {
        <nav class="pager" aria-label="翻页">
            {side(previous, "← 上一页", "prev")}
            {first}
            {side(next, "下一页 →", "next")}
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod counts {
    use super::*;

    #[test]
    fn counts_beyond_the_cap_say_so() {
        assert_eq!(count_text(1_284), "1,284");
        assert_eq!(count_text(10_000), "10,000");
        assert_eq!(count_text(10_001), "10,000 以上");
        assert_eq!(count_text(0), "0");
    }
}
