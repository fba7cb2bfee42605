//! The lane of effects at the operator's desk: what leaves, what has stopped, and what each attempt came to. Addresses
//! are masked here, too.

use super::super::Shown;
use super::jobs::{Lane, Stopped, head};
use super::{listed, spelled};
use crate::AppError;
use crate::address;
use crate::ask::{Ask, encode};
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{
    Tone, card, crumbs, done, facts, instant, link, mono, nothing, table_card, tag, text,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::effect::{CODE, Effect, EffectKind, EffectState};
use market::journal::Subject;
use store::effect::{Attempt, EffectRow, EffectView, Filter};

/// `/desk/jobs?lane=effects`
pub(super) async fn list(desk: &mut Desk, ask: &Ask, stopped: Stopped) -> Shown {
    let state = ask
        .query("state")
        .and_then(|code| EffectState::parse(code).ok());
    let kind = ask
        .query("kind")
        .and_then(|code| EffectKind::parse(code).ok());
    let filter = Filter {
        state,
        kind,
        subject: ask.query("subject").and_then(|id| id.parse().ok()),
        receiver: ask.query("receiver").map(str::to_string),
        text: ask.query("q").map(spelled),
    };
    let page = store::effect::list(desk.conn(), &filter, ask.cursor().as_ref()).await?;
    let count = store::effect::count(desk.conn(), &filter).await?;
    let (ask, now) = (ask.clone(), desk.now);
    Ok(Reply::page("系统任务", Section::Desk, move || {
        let is_narrowed = filter.receiver.is_some() || filter.subject.is_some();
        let all = is_narrowed.then(|| {
            view! { <p>"只显示同一收件人或同一事项的。" <a href="/desk/jobs?lane=effects">"查看全部"</a></p> }
        });
        view! {
            {head(&ask, Lane::Effects, stopped)}
            <p>
                "邮件和短信在事项办结之后另行发送，发送慢或者失败不影响任何期限和结果。同一收件人的按先后顺序发送；失败的自动重试，多次失败的停止下来，等待处理。"
            </p>
            {states(&ask, state)}
            {filters(&ask, kind)}
            {all}
            {listed(&ask, &page, count, &columns(now), ["没有这样的发送", "办理中需要通知本人的，会在这里排队发出。"])}
        }
        .into_any()
    }))
}

fn states(ask: &Ask, state: Option<EffectState>) -> AnyView {
    let own = EffectState::ALL.iter().map(|own| (Some(*own), own.label()));
    let tabs: Vec<AnyView> = std::iter::once((None, "全部"))
        .chain(own)
        .map(|(own, label)| {
            let current = (own == state).then_some("true");
            let href = ask.link(&[("state", own.map(EffectState::code)), ("at", None)]);
            view! {
                <a href=href aria-current=current>
                    {label}
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

fn filters(ask: &Ask, kind: Option<EffectKind>) -> AnyView {
    let kinds: Vec<AnyView> = EffectKind::ALL
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
            <input type="hidden" name="lane" value="effects" />
            {state.map(|state| view! { <input type="hidden" name="state" value=state /> })}
            <label>
                "方式 "<select name="kind">
                    <option value="">"全部"</option>
                    {kinds}
                </select>
            </label>
            <label>"标题或收件人（隐去部分的写法） "<input name="q" value=typed /></label>
            <button class="btn">"筛选"</button>
        </form>
    }
    .into_any()
}

fn columns<'c>(now: Timestamp) -> Columns<'c, EffectRow> {
    let mut to = Columns::<EffectRow>::new();
    to.text("内容", |row| &row.title).shown(|row, to| {
        to.link(address::effect(row.id), &row.title)
            .second(row.kind.label());
    });
    to.text("收件人", |row| &row.receiver_masked)
        .shown(|row, to| {
            let all = format_args!("/desk/jobs?lane=effects&receiver={}", encode(&row.receiver));
            to.link(all, &row.receiver_masked);
        });
    to.instant("应发时间", |row| Some(row.due_at));
    to.only_shown("状态", move |row, to| {
        to.view(state_tag(row, now));
        to.raw("<br>").span("small wrap-any", |to| {
            to.text(row.last_error.as_deref().unwrap_or_default());
        });
    });
    to
}

fn state_tag(row: &EffectRow, now: Timestamp) -> AnyView {
    match row.state {
        EffectState::Dead => tag(Tone::Bad, format!("已停止，试过 {} 次", row.attempts)),
        EffectState::Done => tag(Tone::Ok, "已发送"),
        EffectState::PutAway => tag(Tone::Plain, "不再发送"),
        EffectState::Running => tag(Tone::Go, "正在发送"),
        EffectState::Waiting if row.attempts > 0 => {
            tag(Tone::Warn, format!("已失败 {} 次，将重试", row.attempts))
        }
        EffectState::Waiting if row.due_at <= now => tag(Tone::Go, "排队中"),
        EffectState::Waiting => tag(Tone::Plain, "等待"),
    }
}

/// `/desk/effects/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let found = store::effect::find(desk.conn(), id).await?;
    let effect = found.ok_or(AppError::NotFound)?;
    let (ask, now) = (ask.clone(), desk.now);
    Ok(Reply::page("对外发送", Section::Desk, move || {
        let title = effect.row.title.clone();
        view! {
            {crumbs(&[("/desk", "工作台"), ("/desk/jobs?lane=effects", "对外发送")], &title)}
            {done(&ask)}
            <h1>{title.clone()}</h1>
            <section class="card stack">{facts(facts_of(&effect, now))} {actions(&effect.row)}</section>
            {card("内容", content(&effect.effect))}
            {attempts(effect.attempts)}
        }
        .into_any()
    }))
}

fn facts_of(effect: &EffectView, now: Timestamp) -> Vec<(&'static str, AnyView)> {
    let row = &effect.row;
    let receiver = format!("/desk/jobs?lane=effects&receiver={}", encode(&row.receiver));
    let subject = format!("/desk/jobs?lane=effects&subject={}", row.subject);
    let subject_label = Subject::label(&row.subject_kind).unwrap_or("事项");
    let mut facts = vec![
        ("方式", text(row.kind.label())),
        ("收件人", link(receiver, row.receiver_masked.clone())),
        ("事项", link(subject, subject_label)),
        ("应发时间", instant(row.due_at)),
        ("状态", state_tag(row, now)),
    ];
    if row.state == EffectState::Waiting && row.attempts > 0 {
        facts.push(("下次重试", instant(row.next_at)));
    }
    if let Some(finished_at) = row.finished_at {
        facts.push(("结束时间", instant(finished_at)));
    }
    if let Some(result) = &row.result {
        facts.push(("对方答复", text(result.clone())));
    }
    if let Some(error) = &row.last_error {
        facts.push(("最近一次失败原因", text(error.clone())));
    }
    facts.push(("发送编号（日志中按此编号查找）", mono(row.id.to_string())));
    facts.push(("防重复编号", mono(effect.idempotency_key.clone())));
    facts
}

/// What a person can decide: send what has stopped again, or that it is not sent any more.
fn actions(row: &EffectRow) -> AnyView {
    let revive = (row.state == EffectState::Dead).then(|| {
        view! {
            <form method="post" action=address::effect_revive(row.id)>
                <button class="btn main">"重新发送"</button>
            </form>
        }
    });
    let can_be_put_away = matches!(row.state, EffectState::Dead | EffectState::Waiting);
    let put_away = can_be_put_away.then(|| {
        view! {
            <details>
                <summary>"不再发送"</summary>
                <p class="small">
                    "这一件不再发出，对方收不到，收件地址随即删除，不能恢复。站内消息和办理结果不受影响。"
                </p>
                <form method="post" action=address::effect_put_away(row.id)>
                    <button class="btn danger">"确认不再发送"</button>
                </form>
            </details>
        }
    });
    if revive.is_none() && put_away.is_none() {
        return nothing();
    }
    view! { <div class="row">{revive} {put_away}</div> }.into_any()
}

/// What it says. A code that opens something is not stored with it, and so not shown.
fn content(effect: &Result<Effect, String>) -> AnyView {
    match effect {
        Ok(Effect::Mail(mail)) => {
            let shown = mail.text.replace(CODE, "（验证码不显示）");
            view! { <p>{text(shown)}</p> }.into_any()
        }
        Ok(Effect::Sms(sms)) => {
            let variables: Vec<AnyView> = sms
                .variables
                .iter()
                .map(|(name, value)| {
                    let shown = value.replace(CODE, "（验证码不显示）");
                    view! {
                        <dt>{name.clone()}</dt>
                        <dd>{shown}</dd>
                    }
                    .into_any()
                })
                .collect();
            view! {
                <p>"短信模板 "{mono(sms.template.clone())}</p>
                <dl class="facts">{variables}</dl>
            }
            .into_any()
        }
        Err(why) => view! {
            <p>"存储的内容读不出来，没有发出。"</p>
            <p class="small wrap-any">{why.clone()}</p>
        }
        .into_any(),
    }
}

fn attempts(attempts: Vec<Attempt>) -> AnyView {
    if attempts.is_empty() {
        return card("发送经过", view! { <p class="muted">"还没有发送过。"</p> });
    }
    let mut to = Columns::<Attempt>::new();
    to.figure_shown("次数", |attempt, to| {
        to.text(attempt.attempt);
    });
    to.instant("开始", |attempt| Some(attempt.began_at));
    to.instant("结束", |attempt| attempt.ended_at);
    to.text("结果", |attempt| match attempt.ended_at {
        Some(_) => &attempt.said,
        None => "正在进行，或者进程中断、没有结果",
    })
    .class("wrap-any");
    table_card("发送经过", nothing(), to.table(&attempts))
}
