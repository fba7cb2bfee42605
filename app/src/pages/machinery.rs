//! What keeps the market running: jobs, and the journal of who did what.

use super::Shown;
use super::desk::waiting_text;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::thousands;
use crate::parts::{Tone, crumbs, done, empty, instant, pager, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::journal::{Deed, Subject};
use store::job::{JobRow, JobState};
use store::journal::{Filter, JournalRow, Outcome};
use store::page::{Page, Queue};
use store::upload::Figure;

/// `/desk/jobs`
pub async fn jobs(desk: &mut Desk, ask: &Ask) -> Shown {
    let waiting = store::job::desk(desk.conn()).await?;
    let uploads = store::upload::figure(desk.conn()).await?;
    let most_waiting = desk.world.uploads.room.waiting;
    let (ask, now) = (ask.clone(), desk.now);
    Ok(Reply::page("系统任务", Section::Desk, move || {
        view! {
            {jobs_view(&ask, waiting, now)}
            {uploads_view(&uploads, most_waiting)}
        }
        .into_any()
    }))
}

/// What uploads take up, how much may wait for its form, and what the hourly sweep has removed.
fn uploads_view(figure: &Figure, most_waiting: u64) -> AnyView {
    let last = match &figure.last {
        Some((at, swept)) => view! {
            {instant(*at)}
            "，清除 "
            {thousands(swept.removed_files)}
            " 个、"
            {megabytes(swept.removed_bytes)}
        }
        .into_any(),
        None => view! { "还没有清理过" }.into_any(),
    };
    let ceiling = (most_waiting < u64::MAX).then(|| {
        let share = figure.waiting_bytes.max(0) as f64 / most_waiting.max(1) as f64;
        format!(
            "上限 {}，已用 {:.0}%；",
            megabytes(most_waiting as i64),
            share * 100.0
        )
    });
    view! {
        <section class="card stack" id="uploads">
            <h2>"上传文件"</h2>
            <p>
                "办理中用到的文件 "<b>{thousands(figure.files)}</b>" 个、"{megabytes(figure.bytes)}
                "；已上传、等待随表单提交的 " <b>{thousands(figure.waiting)}</b>" 个、"
                {megabytes(figure.waiting_bytes)}"（"{ceiling}"一天内没有提交的自动清除）。"
            </p>
            <p>"最近一次清理："{last}"。"</p>
        </section>
    }
    .into_any()
}

fn megabytes(bytes: i64) -> String {
    format!("{:.1} MB", bytes as f64 / 1_048_576.0)
}

fn jobs_view(ask: &Ask, waiting: Queue<JobRow>, now: market::Timestamp) -> AnyView {
    let how_many = waiting_text(waiting.count, waiting.rows.len());
    let rows: Vec<AnyView> = waiting
        .rows
        .into_iter()
        .map(|row| {
            let state = match row.state {
                JobState::Dead => tag(Tone::Bad, "已停止"),
                JobState::Waiting if row.attempts > 0 => tag(Tone::Warn, format!("已失败 {} 次，将重试", row.attempts)),
                JobState::Waiting if row.run_at < now => tag(Tone::Go, "正在办理"),
                _ => tag(Tone::Plain, "等待"),
            };
            let revive = (row.state == JobState::Dead).then(|| view! {
                <form method="post" action=format!("/desk/jobs/{}/revive", row.id)>
                    <button class="btn">"重新开始"</button>
                </form>
            });
            view! {
                <tr>
                    <td>{row.kind.label()}<br /><span class="small muted mono">{row.subject.to_string()}</span></td>
                    <td data-h="时间">{instant(row.run_at)}</td>
                    <td data-h="状态">{state}<br /><span class="small wrap-any">{row.last_error}</span></td>
                    <td data-h="操作">{revive}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty(
            "没有等待的任务",
            "截止、抽取、期满等都由任务按时进行。",
            None,
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"任务"</th>
                        <th>"时间"</th>
                        <th>"状态"</th>
                        <th>"操作"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        {crumbs(&[("/desk", "工作台")], "系统任务")}
        {done(ask)}
        <h1>"系统任务"</h1>
        <p>
            "截止和抽取的时刻写在公告里，任务只是按时执行；早一秒晚一秒都不影响结果，也没有人能提前。"
        </p>
        <section class="card flush">
            <div class="row">
                <p>{how_many}</p>
            </div>
            {body}
        </section>
    }
    .into_any()
}

/// `/desk/journal`
pub async fn journal(desk: &mut Desk, ask: &Ask) -> Shown {
    let filter = Filter {
        subject: ask.query("subject").and_then(|id| id.parse().ok()),
        person: ask.query("person").and_then(|id| id.parse().ok()),
        action: ask.query("action").map(spelled),
        address: ask.query("address").map(spelled),
        result: ask
            .query("result")
            .and_then(|code| Outcome::ALL.into_iter().find(|one| one.code() == code)),
    };
    let page = store::journal::list(desk.conn(), &filter, ask.cursor().as_ref()).await?;
    let ask = ask.clone();
    Ok(Reply::page("操作记录", Section::Desk, move || {
        journal_view(&ask, page)
    }))
}

/// What is looked for among acts and addresses: they have no blanks and no full width.
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
    let is_filtered = ["subject", "person", "action", "address", "result"]
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
        .map(|deed| view! { <option value=deed.label()></option> }.into_any())
        .collect();
    let typed = |name: &str| ask.query(name).unwrap_or_default().to_string();
    let filters = view! {
        <form method="get" action="/desk/journal" class="row" role="search">
            <label>"做了什么 "<input name="action" value=typed("action") list="actions" /></label>
            <datalist id="actions">{deeds}</datalist>
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
