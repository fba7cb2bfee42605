//! The pieces that pages are made of. Plain functions: a page reads as its outline, and compiles fast.

pub mod form;
pub mod html;
pub mod list;
pub mod status;
mod tables;

pub use form::{Choice, Fields, Told, refused};
pub use html::{Html, html};
pub use list::{count_text, empty, pager};
pub use status::*;
pub use tables::{bars, changes};

use crate::ask::Ask;
use leptos::prelude::*;

/// How a tag or note speaks. The word is always there; the colour only helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Go,
    Ok,
    Warn,
    Bad,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Go => " go",
            Tone::Ok => " ok",
            Tone::Warn => " warn",
            Tone::Bad => " bad",
        }
    }
}

/// A small word in a box.
pub fn tag(tone: Tone, text: impl Into<String>) -> AnyView {
    let word: String = text.into();
    html(|to| {
        to.tag(tone, word);
    })
}

/// A remark in the flow of a page.
pub fn note(tone: Tone, body: impl IntoView + 'static) -> AnyView {
    view! { <div class=format!("note{}", tone.class())>{body.into_any()}</div> }.into_any()
}

/// The field of a search form, with the list in which `islands::search` shows what is found while it is typed.
pub fn search_field(query: String) -> AnyView {
    view! {
        <assist-island data-component="search">
            <div class="suggest">
                <input
                    type="search"
                    name="q"
                    value=query
                    aria-label="搜索"
                    autocomplete="off"
                    placeholder="事项、机构、公告，支持拼音首字母，如 hjyxpj"
                />
                <ul class="hits" aria-live="polite" hidden></ul>
            </div>
        </assist-island>
    }
    .into_any()
}

/// A form with one button.
pub fn button(
    action: String,
    label: &'static str,
    class: &'static str,
    once: uuid::Uuid,
) -> AnyView {
    view! {
        <form method="post" action=action>
            <input type="hidden" name="once" value=once.to_string() />
            <button class=class>{label}</button>
        </form>
    }
    .into_any()
}

/// The way back: links, then where one is.
pub fn crumbs(way: &[(&str, &str)], here: &str) -> AnyView {
    let links: Vec<AnyView> = way
        .iter()
        .map(|(href, label)| {
            view! {
                <a href=href.to_string()>{label.to_string()}</a>
                " › "
            }
            .into_any()
        })
        .collect();
    view! {
        <nav class="small crumbs" aria-label="当前位置">
            {links}
            {here.to_string()}
        </nav>
    }
    .into_any()
}

/// A list of (label, value).
pub fn facts(rows: Vec<(&'static str, AnyView)>) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|(label, value)| {
            view! {
                <dt>{label}</dt>
                <dd>{value}</dd>
            }
            .into_any()
        })
        .collect();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// Text as a view; line ends stay line ends.
pub fn text(value: impl Into<String>) -> AnyView {
    let value: String = value.into();
    if value.contains('\n') {
        view! { <span class="lines">{value}</span> }.into_any()
    } else {
        view! { {value} }.into_any()
    }
}

/// Codes, hashes, numbers that are read letter by letter.
pub fn mono(value: impl Into<String>) -> AnyView {
    let code: String = value.into();
    html(|to| {
        to.mono(code);
    })
}

/// A link.
pub fn link(href: impl Into<String>, label: impl Into<String>) -> AnyView {
    let (href, label): (String, String) = (href.into(), label.into());
    html(|to| {
        to.link(href, label);
    })
}

/// Figures that lead to the rows behind them: (value, label, address).
pub fn figures(list: Vec<(String, &'static str, String)>) -> AnyView {
    let cells: Vec<AnyView> = list
        .into_iter()
        .map(|(value, label, href)| {
            view! {
                <a href=href>
                    <b>{value}</b>
                    <span>{label}</span>
                </a>
            }
            .into_any()
        })
        .collect();
    view! { <div class="figures">{cells}</div> }.into_any()
}

/// Where a step of a course stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Done,
    Now,
    Later,
    /// The course ended here.
    Broken,
}

/// The course of a matter, always visible: (name, what and when, where it stands).
pub fn course(steps: Vec<(&'static str, String, Step)>) -> AnyView {
    let steps: Vec<AnyView> = steps
        .into_iter()
        .map(|(name, when, step)| {
            let (class, word, current) = match step {
                Step::Done => ("done", "已完成：", None),
                Step::Now => ("now", "进行中：", Some("step")),
                Step::Later => ("", "", None),
                Step::Broken => ("broken", "止于此：", Some("step")),
            };
            view! {
                <li class=class aria-current=current>
                    <b>
                        <span class="sr">{word}</span>
                        {name}
                    </b>
                    {when}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="course">{steps}</ol> }.into_any()
}

/// A card with a heading.
pub fn card(title: &'static str, body: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="card stack">
            <h2>{title}</h2>
            {body.into_any()}
        </section>
    }
    .into_any()
}

/// A card that is a table: heading, a remark at the right, the table without padding.
pub fn table_card(title: impl Into<String>, remark: AnyView, table: AnyView) -> AnyView {
    table_section(None, title.into(), remark, table)
}

/// The same without a remark, as a place that links lead to.
pub fn named_table_card(id: &'static str, title: impl Into<String>, table: AnyView) -> AnyView {
    table_section(Some(id), title.into(), nothing(), table)
}

fn table_section(
    id: Option<&'static str>,
    title: String,
    remark: AnyView,
    table: AnyView,
) -> AnyView {
    view! {
        <section class="card flush" id=id>
            <div class="row between">
                <h2>{title}</h2>
                {remark}
            </div>
            {table}
        </section>
    }
    .into_any()
}

/// Nothing.
pub fn nothing() -> AnyView {
    ().into_any()
}

/// What a redirect says when it arrives. Only the session whose form led here is told, and once.
pub fn done(ask: &Ask) -> AnyView {
    let Some(done) = ask.done else {
        return nothing();
    };
    view! {
        <div class="note ok" role="status" data-done=done.code()>
            {done.sentence()}
        </div>
    }
    .into_any()
}
