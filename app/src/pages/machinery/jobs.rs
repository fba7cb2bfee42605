//! `/desk/jobs`: the two lanes of work on one page, with what uploads take up.

use super::super::Shown;
use super::{effects, listed, spelled};
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, tabs, thousands};
use crate::parts::{Tone, crumbs, done, instant};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::job::Job;
use store::job::{Filter, JobKind, JobRow, JobState};
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
            {listed(&ask, &page, count, &columns(now), ["没有这样的任务", "截止、抽取、期满等都由任务按时进行。"])}
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
    let choices = JobState::ALL.map(|state| (state.code(), state.label()));
    tabs(
        ask,
        "按状态",
        "state",
        choices,
        state.map_or("", JobState::code),
    )
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

fn columns<'c>(now: Timestamp) -> Columns<'c, JobRow> {
    let mut to = Columns::<JobRow>::new();
    to.only_shown("任务", |row, to| {
        to.text(row.kind.label()).raw("<br>");
        match (&row.about, place(row.kind, row.subject)) {
            (Some(about), Some(place)) => to.link(place, about),
            (about, _) => to.text(about.as_deref().unwrap_or_default()),
        };
        to.raw("<br>").span("small muted mono wrap-any", |to| {
            to.text(format_args!("任务编号 {}", row.id));
        });
    });
    to.instant("时间", |row| Some(row.run_at));
    to.only_shown("状态", move |row, to| {
        match row.state {
            JobState::Dead => to.tag(Tone::Bad, "已停止"),
            JobState::Done => to.tag(Tone::Ok, "已办结"),
            JobState::Waiting if row.attempts > 0 => {
                let failed = format_args!("已失败 {} 次，将重试", row.attempts);
                to.tag(Tone::Warn, failed)
            }
            JobState::Waiting if row.run_at < now => to.tag(Tone::Go, "正在办理"),
            JobState::Waiting => to.tag(Tone::Plain, "等待"),
        };
        to.raw("<br>").span("small wrap-any", |to| {
            to.text(row.last_error.as_deref().unwrap_or_default());
        });
    });
    to.only_shown("操作", |row, to| {
        if row.state == JobState::Dead {
            to.raw("<form method=\"post\"")
                .attribute("action", address::job_revive(row.id))
                .raw("><button class=\"btn\">重新开始</button></form>");
        }
    });
    to
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
