//! What keeps the market running: the two lanes of work, and the journal of who did what.

pub mod effects;
mod jobs;

pub use jobs::jobs;

use super::Shown;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Tone, crumbs, empty, instant, pager, tag};
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

/// What is looked for among numbers, names and addresses: without blanks and full width.
fn spelled(typed: &str) -> String {
    let plain = market::typed::plain(typed);
    plain.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The head of lists of the journal.
pub fn journal_head() -> AnyView {
    view! {
        <tr>
            <th>"时间"</th>
            <th>"谁"</th>
            <th>"做了什么"</th>
            <th>"结果"</th>
            <th>"对象"</th>
        </tr>
    }
    .into_any()
}

/// A row of the journal.
pub fn journal_row(row: JournalRow) -> AnyView {
    let who = match (row.person_name, row.role) {
        (Some(name), Some(role)) => format!(
            "{name}（{} {}）",
            row.body_name.unwrap_or_else(|| "平台".into()),
            role.label()
        ),
        (Some(name), None) => name,
        _ if row.address.is_empty() => "系统".to_string(),
        _ => "未登录的访客".to_string(),
    };
    let who = match row.person_id {
        Some(person) => {
            view! { <a href=format!("/desk/journal?person={person}")>{who}</a> }.into_any()
        }
        None => view! { {who} }.into_any(),
    };
    let from = (!row.address.is_empty()).then(|| {
        let href = format!("/desk/journal?address={}", crate::ask::encode(&row.address));
        view! {
            <br />
            <a class="small mono" href=href>
                {row.address.clone()}
            </a>
        }
    });
    let result = match Outcome::of_code(&row.result) {
        Outcome::Done => tag(Tone::Ok, Outcome::Done.label()),
        other => tag(Tone::Bad, other.label()),
    };
    view! {
        <tr>
            <td class="nowrap" data-h="时间">
                {instant(row.at)}
            </td>
            <td data-h="谁">{who}{from}</td>
            <td data-h="做了什么">{row.action}<br /><span class="small muted wrap-any">{row.note}</span></td>
            <td data-h="结果">{result}</td>
            <td data-h="对象">
                <a class="small mono" href=format!("/desk/journal?subject={}", row.subject)>
                    {Subject::label(&row.subject_kind).unwrap_or_default()}
                </a>
            </td>
        </tr>
    }
    .into_any()
}

/// The nouns of the journal in Chinese.
fn journal_view(ask: &Ask, page: Page<JournalRow>) -> AnyView {
    let rows: Vec<AnyView> = page.rows.into_iter().map(journal_row).collect();
    let body = if rows.is_empty() {
        empty("没有记录", "每一项办理都会记在这里。", None)
    } else {
        view! {
            <table class="as-cards">
                <thead>{journal_head()}</thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
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
