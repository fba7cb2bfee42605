//! `/desk/jobs`: the two lanes of work on one page, with what uploads take up.

use super::super::Shown;
use super::{effects, spelled};
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::thousands;
use crate::parts::{Tone, count_text, crumbs, done, empty, instant, link, pager, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::job::Job;
use store::job::{Filter, JobKind, JobRow, JobState};
use store::page::Page;
use store::upload::Figure;

/// Which lane the address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Jobs,
    Effects,
}

/// What stands above both lanes: how many of each have stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopped {
    jobs: i64,
    effects: i64,
}

/// `/desk/jobs`
pub async fn jobs(desk: &mut Desk, ask: &Ask) -> Shown {
    let now = desk.now;
    let stopped = Stopped {
        jobs: store::job::backlog(desk.conn(), now).await?.1,
        effects: store::effect::backlog(desk.conn(), now).await?.1,
    };
    if ask.query("lane") == Some("effects") {
        return effects::list(desk, ask, stopped).await;
    }
    let code = ask.query("state").unwrap_or("waiting");
    let kind = ask.query("kind").and_then(|code| JobKind::parse(code).ok());
    let filter = Filter {
        state: JobState::ALL.into_iter().find(|one| one.code() == code),
        kind,
        has_failed: false,
        text: ask.query("q").map(spelled),
    };
    let page = store::job::list(desk.conn(), &filter, ask.cursor().as_ref()).await?;
    let count = store::job::count(desk.conn(), &filter).await?;
    let uploads = store::upload::figure(desk.conn()).await?;
    let most_waiting = desk.world.uploads.room.waiting;
    let ask = ask.clone();
    Ok(Reply::page("系统任务", Section::Desk, move || {
        view! {
            {head(&ask, Lane::Jobs, stopped)}
            <p>
                "截止和抽取的时刻写在公告里，任务只是按时执行；早一秒晚一秒都不影响结果，也没有人能提前。"
            </p>
            {states(&ask, filter.state)}
            {filters(&ask, filter.kind)}
            {table(&ask, page, count, now)}
            {uploads_view(&uploads, most_waiting)}
        }
        .into_any()
    }))
}

/// Title and lanes.
pub(super) fn head(ask: &Ask, lane: Lane, stopped: Stopped) -> AnyView {
    let tab = |own: Lane, label: &'static str, href: &'static str, dead: i64| {
        let current = (own == lane).then_some("true");
        let dead = (dead > 0).then(|| format!("（{} 件已停止）", thousands(dead)));
        view! {
            <a href=href aria-current=current>
                {label}
                {dead}
            </a>
        }
        .into_any()
    };
    view! {
        {crumbs(&[("/desk", "工作台")], "系统任务")}
        {done(ask)}
        <h1>"系统任务"</h1>
        <nav class="tabs" aria-label="按种类">
            {tab(Lane::Jobs, "定时任务", "/desk/jobs", stopped.jobs)}
            {tab(Lane::Effects, "对外发送", "/desk/jobs?lane=effects", stopped.effects)}
        </nav>
    }
    .into_any()
}

fn states(ask: &Ask, state: Option<JobState>) -> AnyView {
    let tabs: Vec<AnyView> = JobState::ALL
        .into_iter()
        .map(|own| {
            let current = (Some(own) == state).then_some("true");
            let href = ask.link(&[("state", Some(own.code())), ("at", None)]);
            view! {
                <a href=href aria-current=current>
                    {own.label()}
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <nav class="tabs" aria-label="按状态">
            {tabs}
        </nav>
    }
    .into_any()
}

fn filters(ask: &Ask, kind: Option<JobKind>) -> AnyView {
    let kinds: Vec<AnyView> = JobKind::ALL
        .iter()
        .map(|&own| {
            view! {
                <option value=own.code() selected=kind == Some(own)>
                    {own.label()}
                </option>
            }
            .into_any()
        })
        .collect();
    let typed = ask.query("q").unwrap_or_default().to_string();
    let state = ask.query("state").map(str::to_string);
    view! {
        <form method="get" action="/desk/jobs" class="row" role="search">
            {state.map(|state| view! { <input type="hidden" name="state" value=state /> })}
            <label>
                "任务 "<select name="kind">
                    <option value="">"全部"</option>
                    {kinds}
                </select>
            </label>
            <label>"公告编号、项目或机构 "<input name="q" value=typed /></label>
            <button class="btn">"筛选"</button>
        </form>
    }
    .into_any()
}

fn table(ask: &Ask, page: Page<JobRow>, count: i64, now: Timestamp) -> AnyView {
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| row_view(row, now))
        .collect();
    let body = if rows.is_empty() {
        empty(
            "没有这样的任务",
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

fn row_view(row: JobRow, now: Timestamp) -> AnyView {
    let state = match row.state {
        JobState::Dead => tag(Tone::Bad, "已停止"),
        JobState::Done => tag(Tone::Ok, "已办结"),
        JobState::Waiting if row.attempts > 0 => {
            tag(Tone::Warn, format!("已失败 {} 次，将重试", row.attempts))
        }
        JobState::Waiting if row.run_at < now => tag(Tone::Go, "正在办理"),
        JobState::Waiting => tag(Tone::Plain, "等待"),
    };
    let revive = (row.state == JobState::Dead).then(|| {
        view! {
            <form method="post" action=address::job_revive(row.id)>
                <button class="btn">"重新开始"</button>
            </form>
        }
    });
    let about = match (row.about, place(row.kind, row.subject)) {
        (Some(about), Some(place)) => link(place, about),
        (about, _) => view! { {about} }.into_any(),
    };
    view! {
        <tr>
            <td>
                {row.kind.label()}<br />{about}<br />
                <span class="small muted mono wrap-any">"任务编号 "{row.id.to_string()}</span>
            </td>
            <td data-h="时间">{instant(row.run_at)}</td>
            <td data-h="状态">{state}<br /><span class="small wrap-any">{row.last_error}</span></td>
            <td data-h="操作">{revive}</td>
        </tr>
    }
    .into_any()
}

/// The page of what a job is about. Agencies are found by their code, which the job does not have.
fn place(kind: JobKind, subject: uuid::Uuid) -> Option<String> {
    match Job::of(kind, subject) {
        Job::Close(id) | Job::Draw(id) | Job::ChoiceTimeout(id) | Job::RemindRequirement(id) => {
            Some(address::requirement(id))
        }
        Job::PublicityEnd(id) | Job::ConfirmTimeout(id) | Job::RemindAward(id) => {
            Some(address::award(id))
        }
        Job::Overdue(id) | Job::AcceptTimeout(id) | Job::RemindContract(id) => {
            Some(address::contract(id))
        }
        Job::ActivateService(_) | Job::RecomputeCredit(_) | Job::RemindAgency(_) => None,
        Job::DailyMail(_) => None,
    }
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
