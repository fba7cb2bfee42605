//! What keeps the market running: the two lanes of work, and the journal of who did what.

pub mod effects;
mod jobs;

pub use jobs::jobs;

use super::Shown;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{Tone, count_text, crumbs, empty, pager};
use crate::reply::Reply;
use leptos::prelude::*;
use market::journal::{Deed, Subject};
use store::journal::{Filter, JournalRow, Outcome};
use store::page::{PAGE, Page};

/// `/desk/journal`
pub async fn journal(desk: &mut Desk, ask: &Ask) -> Shown {
    let filter = Filter {
        subject: ask.query("subject").and_then(|id| id.parse().ok()),
        person: ask.query("person").and_then(|id| id.parse().ok()),
        deed: ask.query("deed").and_then(Deed::parse),
        address: ask.query("address").map(spelled),
        result: ask
            .query("result")
            .and_then(|code| Outcome::ALL.into_iter().find(|one| one.code() == code)),
    };
    let page = store::journal::list(desk.conn(), &filter, ask.cursor().as_ref(), PAGE).await?;
    let ask = ask.clone();
    Ok(Reply::page("操作记录", Section::Desk, move || {
        journal_view(&ask, page)
    }))
}

/// What is listed of a lane, with its count and the ways to its other pages.
fn listed<R>(
    ask: &Ask,
    page: &Page<R>,
    count: i64,
    columns: &Columns<'_, R>,
    none: [&'static str; 2],
) -> AnyView {
    let [title, hint] = none;
    let body = match page.rows.as_slice() {
        [] => empty(title, hint, None),
        rows => columns.table(rows),
    };
    view! {
        <section class="card flush">
            <div class="row">
                <p>"共 "<b>{count_text(count)}</b>" 件"</p>
            </div>
            {body}
            {pager(ask, &page.previous, &page.next)}
        </section>
    }
    .into_any()
}

/// What is looked for among numbers, names and addresses: without blanks and full width.
fn spelled(typed: &str) -> String {
    let plain = market::typed::plain(typed);
    plain.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The columns of lists of the journal.
pub fn journal_columns<'c>() -> Columns<'c, JournalRow> {
    let mut to = Columns::<JournalRow>::new();
    to.instant("时间", |row| Some(row.at));
    to.words("谁", who).shown(|row, to| {
        match row.person_id {
            Some(person) => to.link(format_args!("/desk/journal?person={person}"), who(row)),
            None => to.text(who(row)),
        };
        if !row.address.is_empty() {
            let same = crate::ask::encode(&row.address);
            to.raw("<br><a class=\"small mono\"")
                .attribute("href", format_args!("/desk/journal?address={same}"))
                .raw(">");
            to.text(&row.address).raw("</a>");
        }
    });
    to.text("做了什么", |row| &row.action).shown(|row, to| {
        to.text(&row.action).raw("<br>");
        to.span("small muted wrap-any", |to| {
            to.text(&row.note);
        });
    });
    to.only_shown("结果", |row, to| {
        match Outcome::of_code(&row.result) {
            Outcome::Done => to.tag(Tone::Ok, Outcome::Done.label()),
            other => to.tag(Tone::Bad, other.label()),
        };
    });
    to.only_shown("对象", |row, to| {
        to.raw("<a class=\"small mono\"")
            .attribute(
                "href",
                format_args!("/desk/journal?subject={}", row.subject),
            )
            .raw(">");
        to.text(Subject::label(&row.subject_kind).unwrap_or_default())
            .raw("</a>");
    });
    to
}

/// Who has done it, and for whom.
fn who(row: &JournalRow) -> String {
    match (&row.person_name, row.role) {
        (Some(name), Some(role)) => {
            let body = row.body_name.as_deref().unwrap_or("平台");
            format!("{name}（{body} {}）", role.label())
        }
        (Some(name), None) => name.clone(),
        _ if row.address.is_empty() => "系统".to_string(),
        _ => "未登录的访客".to_string(),
    }
}

fn journal_view(ask: &Ask, page: Page<JournalRow>) -> AnyView {
    let body = if page.rows.is_empty() {
        empty("没有记录", "每一项办理都会记在这里。", None)
    } else {
        journal_columns().table(&page.rows)
    };
    let is_filtered = ["subject", "person", "deed", "address", "result"]
        .into_iter()
        .any(|name| ask.query(name).is_some());
    let results: Vec<AnyView> = Outcome::ALL
        .into_iter()
        .map(|one| {
            let chosen = ask.query("result") == Some(one.code());
            view! {
                <option value=one.code() selected=chosen>
                    {one.label()}
                </option>
            }
            .into_any()
        })
        .collect();
    let deeds: Vec<AnyView> = Deed::ALL
        .iter()
        .map(|deed| {
            let chosen = ask.query("deed") == Some(deed.code());
            view! {
                <option value=deed.code() selected=chosen>
                    {deed.label()}
                </option>
            }
            .into_any()
        })
        .collect();
    let typed = |name: &str| ask.query(name).unwrap_or_default().to_string();
    let filters = view! {
        <form method="get" action="/desk/journal" class="row" role="search">
            <label>
                "做了什么 "<select name="deed">
                    <option value="">"全部"</option>
                    {deeds}
                </select>
            </label>
            <label>"网络地址 "<input name="address" value=typed("address") /></label>
            <label>
                "结果 "<select name="result">
                    <option value="">"全部"</option>
                    {results}
                </select>
            </label>
            <button class="btn">"筛选"</button>
        </form>
    };
    let one = is_filtered
        .then(|| view! { <p>"只显示符合条件的记录。"<a href="/desk/journal">"查看全部"</a></p> });
    view! {
        {crumbs(&[("/desk", "工作台")], "操作记录")}
        <h1>"操作记录"</h1>
        {filters}
        {one}
        <section class="card flush">{body}{pager(ask, &page.previous, &page.next)}</section>
    }
    .into_any()
}
