//! 合同: the public list and page; for the parties also record, clock, deliverables and rating.

mod forms;

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{
    Status, Step, card, count_text, course, crumbs, done, empty, facts, instant, light, link,
    maybe_instant, nothing, pager, text, until,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::contract::{ContractState, Side};
use market::permit::Role;
use market::rating::{Dimension, mean_text};
use market::time::{date_text, stamp_short};
use store::contract::{Contract, ContractRow, DeliverableRow, Whose};
use store::page::Page;
use store::policy::Rules;
use store::rating::RatingRow;

pub use forms::record;

/// `/contracts`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    show_list(desk, ask, Whose::Public, "合同公示", Section::Results).await
}

/// `/desk/contracts`
pub async fn own(desk: &mut Desk, ask: &Ask) -> Shown {
    let acting = desk.acting()?;
    let whose = match (acting.owner, acting.agency) {
        (Some(owner), _) => Whose::Owner(owner, desk.only_own()),
        (_, Some(agency)) => Whose::Agency(agency),
        _ => return Err(AppError::Forbidden),
    };
    show_list(desk, ask, whose, "我的合同", Section::Desk).await
}

async fn show_list(
    desk: &mut Desk,
    ask: &Ask,
    whose: Whose,
    title: &'static str,
    section: Section,
) -> Shown {
    let state = ask
        .query("state")
        .and_then(|code| ContractState::parse(code).ok());
    let page = store::contract::list(desk.conn(), whose, state, ask.cursor().as_ref()).await?;
    let count = match (whose, state) {
        (Whose::Public, None) => store::counter::all(desk.conn()).await?.get("contracts"),
        _ => store::contract::count(desk.conn(), whose, state).await?,
    };
    let (ask, rules, now) = (ask.clone(), desk.rules().await?, desk.now);
    let is_public = matches!(whose, Whose::Public);
    Ok(Reply::page(title, section, move || {
        list_view(&ask, title, is_public, state, page, count, &rules, now)
    }))
}

#[expect(clippy::too_many_arguments, reason = "a view of one list")]
fn list_view(
    ask: &Ask,
    title: &'static str,
    is_public: bool,
    state: Option<ContractState>,
    page: Page<ContractRow>,
    count: i64,
    rules: &Rules,
    now: Timestamp,
) -> AnyView {
    let hidden = [ContractState::PendingConfirm, ContractState::Objected];
    let states = ContractState::ALL
        .iter()
        .filter(|own| !is_public || !hidden.contains(own))
        .map(|own| (Some(*own), own.label()));
    let tabs: Vec<AnyView> = std::iter::once((None, "全部"))
        .chain(states)
        .map(|(own, label)| {
            let current = (own == state).then_some("true");
            view! {
                <a href=ask.link(&[("state", own.map(ContractState::code)), ("at", None)]) aria-current=current>
                    {label}
                </a>
            }.into_any()
        })
        .collect();
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| row_view(row, rules, now))
        .collect();
    let body = if rows.is_empty() {
        empty("没有这样的合同", "双方确认后会列在这里。", None)
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"合同"</th>
                        <th>"中介机构"</th>
                        <th class="num">"金额（元）"</th>
                        <th>"签订"</th>
                        <th>"状态"</th>
                        <th>"期限"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <h1>{title}</h1>
        <nav class="tabs" aria-label="按状态">
            {tabs}
        </nav>
        <section class="card flush">
            <div class="row">
                <p>"共 "<b>{count_text(count)}</b>" 份"</p>
            </div>
            {body}
            {pager(ask, &page.previous, &page.next)}
        </section>
    }
    .into_any()
}

fn row_view(row: ContractRow, rules: &Rules, now: Timestamp) -> AnyView {
    let light = match (row.started_at, row.due_at) {
        (Some(started_at), Some(due_at)) => {
            let clock = market::contract::ServiceClock {
                started_at,
                due_at,
                paused_at: row.paused_at,
                stopped_at: row.stopped_at,
            };
            light(clock.light(
                &rules.clock(),
                now,
                rules.policy.contract.overdue_serious_workdays,
            ))
        }
        _ => text("—"),
    };
    let unrated = (row.state == ContractState::Completed && !row.is_rated)
        .then(|| crate::parts::tag(crate::parts::Tone::Warn, "待评价"));
    view! {
        <tr>
            <td>
                {link(format!("/contracts/{}", row.id), row.name)}<br />
                <span class="small muted">{row.owner_name}</span>
            </td>
            <td data-h="中介机构">{link(format!("/agencies/{}", row.agency_uscc), row.agency_name)}</td>
            <td class="num" data-h="金额（元）">
                {row.amount_fen.yuan()}
            </td>
            <td data-h="签订" class="nowrap">
                {date_text(row.signed_on)}
            </td>
            <td data-h="状态">{row.state.tag()}" "{unrated}</td>
            <td data-h="期限">{light}</td>
        </tr>
    }
    .into_any()
}

pub(super) struct Case {
    pub contract: Contract,
    pub deliverables: Vec<DeliverableRow>,
    pub rating: Option<RatingRow>,
    /// Which party the visitor is; `None` for everybody else.
    pub side: Option<Side>,
    pub sees_files: bool,
    pub rules: Rules,
    pub now: Timestamp,
    pub once: uuid::Uuid,
    pub ask: Ask,
}

/// `/contracts/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let contract = store::contract::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let acting = desk.actor.as_ref().and_then(|actor| actor.acting.as_ref());
    let side = acting.and_then(|acting| {
        match (
            desk.owns(contract.owner_id, contract.requirement_created_by),
            acting.agency == Some(contract.agency_id),
        ) {
            (true, _) => Some(Side::Owner),
            (_, true) => Some(Side::Agency),
            _ => None,
        }
    });
    let watches =
        acting.is_some_and(|acting| acting.role.is_operator() || acting.role == Role::Supervisor);
    let is_public = !matches!(
        contract.state,
        ContractState::PendingConfirm | ContractState::Objected
    );
    if side.is_none() && !watches && !is_public {
        return Err(AppError::NotFound);
    }
    let case = Case {
        deliverables: store::contract::deliverables(desk.conn(), id).await?,
        rating: store::rating::of_contract(desk.conn(), id).await?,
        rules: store::policy::version(desk.conn(), contract.policy_id).await?,
        now: desk.now,
        once: desk.id(),
        ask: ask.clone(),
        sees_files: side.is_some() || watches,
        side,
        contract,
    };
    let title = case.contract.name.clone();
    Ok(Reply::page(title, Section::Results, move || view(case)))
}

fn view(case: Case) -> AnyView {
    let contract = &case.contract;
    let objection = contract.objection.clone().map(|why| {
        crate::parts::note(
            crate::parts::Tone::Warn,
            view! {
                <p>
                    <b>"对方的异议："</b>
                    {why}
                </p>
            },
        )
    });
    let file = case.sees_files.then(|| {
        (
            "合同文本",
            link(format!("/files/{}", contract.file_id), "下载扫描件"),
        )
    });
    let mut rows = vec![
        (
            "项目",
            link(
                format!("/requirements/{}", contract.requirement_id),
                contract.project_name.clone(),
            ),
        ),
        ("项目业主", text(contract.owner_name.clone())),
        (
            "中介机构",
            link(
                format!("/agencies/{}", contract.agency_uscc),
                contract.agency_name.clone(),
            ),
        ),
        (
            "合同金额",
            text(format!(
                "{} 元（{}，等于中选金额）",
                contract.amount_fen.yuan(),
                contract.amount_fen.capitals()
            )),
        ),
        ("签订日期", text(date_text(contract.signed_on))),
        (
            "服务时限",
            text(format!("{} 个工作日", contract.service_workdays)),
        ),
        ("主要内容", text(contract.content.clone())),
        (
            "中选通知书",
            link(
                format!("/awards/{}", contract.award_id),
                contract.award_no.clone(),
            ),
        ),
        (
            "录入",
            text(format!(
                "{}于 {} 录入",
                contract.recorded_side.label(),
                market::time::stamp(contract.recorded_at)
            )),
        ),
    ];
    rows.extend(file);
    view! {
        {crumbs(
            &[
                ("/contracts", "合同公示"),
                (&format!("/requirements/{}", contract.requirement_id), &contract.project_name),
            ],
            "合同",
        )}
        {done(&case.ask)}
        <h1>{contract.name.clone()}</h1>
        <p class="row">{contract.state.tag()}{clock_light(&case)}</p>
        {course(steps(&case))}
        {objection}
        <div class="main-side acting">
            <aside class="stack" aria-label="办理">
                {forms::actions(&case)}
            </aside>
            <div class="stack">
                {card("合同", facts(rows))} {clock(&case)} {deliverables(&case)} {rating(&case)}
            </div>
        </div>
    }
    .into_any()
}

fn steps(case: &Case) -> Vec<(&'static str, String, Step)> {
    use ContractState as S;
    let contract = &case.contract;
    let at = |at: Option<Timestamp>| at.map(stamp_short).unwrap_or_default();
    let reached = match contract.state {
        S::PendingConfirm | S::Objected => 1,
        S::Performing => 2,
        S::Delivered => 3,
        S::Accepted => 4,
        S::Completed if case.rating.is_none() => 5,
        S::Completed => 6,
    };
    let delivered = case.deliverables.last().map(|row| row.delivered_at);
    [
        ("录入", stamp_short(contract.recorded_at)),
        ("双方确认", at(contract.started_at)),
        ("提交成果", at(delivered)),
        ("验收", at(contract.accepted_at)),
        ("办结", at(contract.completed_at)),
        (
            "评价",
            at(case.rating.as_ref().map(|rating| rating.rated_at)),
        ),
    ]
    .into_iter()
    .enumerate()
    .map(|(i, (name, when))| {
        let step = match i.cmp(&reached) {
            std::cmp::Ordering::Less => Step::Done,
            std::cmp::Ordering::Equal => Step::Now,
            std::cmp::Ordering::Greater => Step::Later,
        };
        (name, when, step)
    })
    .collect()
}

fn clock_light(case: &Case) -> AnyView {
    match case.contract.clock() {
        Ok(clock) => light(clock.light(
            &case.rules.clock(),
            case.now,
            case.rules.policy.contract.overdue_serious_workdays,
        )),
        Err(_) => nothing(),
    }
}

fn clock(case: &Case) -> AnyView {
    let Ok(clock) = case.contract.clock() else {
        return nothing();
    };
    let late = clock.overdue(&case.rules.clock(), case.now);
    let stand = match (clock.stopped_at, clock.paused_at) {
        (Some(at), _) => view! {
            "已停表，按 "
            {instant(at)}
            " 交付计"
        }
        .into_any(),
        (None, Some(at)) => view! {
            "暂停计时：成果于 "
            {instant(at)}
            " 提交，等待业主验收"
        }
        .into_any(),
        (None, None) => text("正在计时"),
    };
    let percent = case.rules.clock().used_percent(
        clock.started_at,
        clock.due_at,
        clock.stopped_at.or(clock.paused_at).unwrap_or(case.now),
    );
    card(
        "服务期限",
        view! {
            {facts(
                vec![
                    ("开始计时", instant(clock.started_at)),
                    ("到期", until(clock.due_at)),
                    ("状态", stand),
                    (
                        "超期",
                        text(if late == 0 { "没有超期".to_string() } else { format!("{late} 个工作日") }),
                    ),
                ],
            )}
            <svg
                class="bar"
                viewBox="0 0 100 6"
                preserveAspectRatio="none"
                role="img"
                aria-label=format!("已用 {percent}%")
            >
                <rect width="100" height="6" />
                <rect class="share" width=percent.to_string() height="6" />
            </svg>
            <p class="small muted">
                "期限内已用 "{percent}
                "%。提交成果时停表；被退回的，顺延业主验收所用的工作日。"
            </p>
        },
    )
}

fn deliverables(case: &Case) -> AnyView {
    if case.deliverables.is_empty() {
        return nothing();
    }
    let rows: Vec<AnyView> = case
        .deliverables
        .iter()
        .map(|row| {
            let file = if case.sees_files { link(format!("/files/{}", row.file_id), row.file_name.clone()) } else { text("（仅双方、运营机构和监督人员可见）") };
            let note = if case.sees_files { text(row.note.clone()) } else { nothing() };
            let answer = (!row.answer_note.is_empty() && case.sees_files).then(|| view! {
                <br />
                <span class="small">"退回理由："{row.answer_note.clone()}</span>
            });
            view! {
                <tr>
                    <td class="num" data-h="次">
                        {row.round}
                    </td>
                    <td data-h="成果">{file}<br /><span class="small muted">{note}</span></td>
                    <td data-h="提交">{instant(row.delivered_at)}</td>
                    <td data-h="结果">{row.state.label()}" "{maybe_instant(row.answered_at)}{answer}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card flush">
            <div class="row">
                <h2>"成果"</h2>
            </div>
            <table class="as-cards">
                <thead>
                    <tr>
                        <th class="num">"次"</th>
                        <th>"成果"</th>
                        <th>"提交"</th>
                        <th>"结果"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn rating(case: &Case) -> AnyView {
    let Some(rating) = &case.rating else {
        return nothing();
    };
    let scores = [
        rating.quality,
        rating.timeliness,
        rating.attitude,
        rating.fee,
        rating.conduct,
    ];
    let mut rows: Vec<(&'static str, AnyView)> = Dimension::ALL
        .iter()
        .zip(scores)
        .map(|(dimension, score)| (dimension.label(), text(format!("{score} 分"))))
        .collect();
    rows.push((
        "文字评价",
        text(if rating.comment.is_empty() {
            "（无）".into()
        } else {
            rating.comment.clone()
        }),
    ));
    let reply = rating.reply.clone().map(|reply| {
        view! {
            <p class="reply">
                <b>"机构回复 "</b>
                {reply}
                <br />
                <span class="small muted">{maybe_instant(rating.replied_at)}</span>
            </p>
        }
    });
    view! {
        <section class="card stack" id="rating">
            <h2>"业主评价"</h2>
            <p>
                <span class="stars">"★ "{mean_text(rating.mean)}</span>
                " "
                <span class="small muted">{instant(rating.rated_at)}</span>
            </p>
            {facts(rows)}
            {reply}
        </section>
    }
    .into_any()
}
