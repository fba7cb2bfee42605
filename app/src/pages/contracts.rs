//! 合同: the public list and page; for the parties also record, clock, deliverables and rating.

mod forms;

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Listed, Loaded, Noun, load, tabs};
use crate::parts::{
    Status, Step, Tone, card, course, crumbs, done, facts, instant, light, link, maybe_instant,
    nothing, table_card, text, until,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::contract::{ContractState, Light, ServiceClock, Side};
use market::permit::Role;
use market::rating::{Dimension, mean_text};
use market::time::{date_text, stamp_short};
use store::contract::{Contract, ContractRow, DeliverableRow, Whose};
use store::page::{Cursor, Page};
use store::policy::Rules;
use store::rating::RatingRow;

pub use forms::record;

/// Contracts, newest first: everybody's in public, or those of the body that one acts for.
pub struct Contracts<const OWN: bool> {
    whose: Whose,
    state: Option<ContractState>,
    rules: Rules,
    now: Timestamp,
}

/// 合同公示.
pub type PublicContracts = Contracts<false>;
/// 我的合同.
pub type OwnContracts = Contracts<true>;

impl<const OWN: bool> Listed for Contracts<OWN> {
    type Row = ContractRow;
    const NOUN: Noun = if OWN {
        Noun::new("/desk/contracts", "我的合同", "份")
    } else {
        Noun::new("/contracts", "合同公示", "份")
    }
    .empty("没有这样的合同", "双方确认后会列在这里。");

    async fn read(desk: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let state = ask
            .query("state")
            .and_then(|code| ContractState::parse(code).ok());
        Ok(Contracts {
            whose: if OWN { own_side(desk)? } else { Whose::Public },
            state,
            rules: desk.rules().await?,
            now: desk.now,
        })
    }

    fn columns(&self) -> Columns<'_, ContractRow> {
        let mut to = Columns::<ContractRow>::new();
        to.text("合同", |row| &row.name)
            .in_files("name")
            .shown(|row, to| {
                to.link(format_args!("/contracts/{}", row.id), &row.name)
                    .second(&row.owner_name);
            });
        to.text("项目", |row| &row.project_name)
            .only_in_files("project_name");
        to.text("项目业主", |row| &row.owner_name)
            .only_in_files("owner_name");
        to.text("中介机构", |row| &row.agency_name)
            .in_files("agency_name")
            .shown(|row, to| {
                let page = format_args!("/agencies/{}", row.agency_uscc);
                to.link(page, &row.agency_name);
            });
        to.code("统一社会信用代码", |row| &row.agency_uscc)
            .only_in_files("agency_uscc");
        to.fen("金额（元）", |row| row.amount_fen)
            .in_files("amount_fen");
        to.date("签订", |row| Some(row.signed_on))
            .in_files("signed_on");
        to.state("状态", |row| row.state)
            .in_files("state")
            .shown(|row, to| {
                to.state(&row.state).raw(" ");
                if row.state == ContractState::Completed && !row.is_rated {
                    to.tag(Tone::Warn, "待评价");
                }
            });
        to.only_shown("期限", |row, to| {
            match light_of(row, &self.rules, self.now) {
                Some(light) => to.light(light),
                None => to.text("—"),
            };
        });
        to.hex("合同标识", |row| row.id.to_string())
            .only_in_files("id");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<ContractRow>, AppError> {
        Ok(store::contract::list(desk.conn(), self.whose, self.state, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        Ok(match (self.whose, self.state) {
            (Whose::Public, None) => store::counter::all(desk.conn()).await?.get("contracts"),
            _ => store::contract::count(desk.conn(), self.whose, self.state).await?,
        })
    }
}

/// Whose contracts one's own are.
fn own_side(desk: &Desk) -> Result<Whose, AppError> {
    let acting = desk.acting()?;
    match (acting.owner, acting.agency) {
        (Some(owner), _) => Ok(Whose::Owner(owner, desk.only_own())),
        (_, Some(agency)) => Ok(Whose::Agency(agency)),
        _ => Err(AppError::Forbidden),
    }
}

/// States that only the parties see.
const UNAGREED: [ContractState; 2] = [ContractState::PendingConfirm, ContractState::Objected];

/// `/contracts`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<PublicContracts>(desk, ask).await?;
    Ok(Reply::page("合同公示", Section::Results, move || {
        list_view(list)
    }))
}

/// `/desk/contracts`
pub async fn own(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<OwnContracts>(desk, ask).await?;
    Ok(Reply::page("我的合同", Section::Desk, move || {
        list_view(list)
    }))
}

fn list_view<const OWN: bool>(list: Loaded<Contracts<OWN>>) -> AnyView {
    let states = ContractState::ALL
        .iter()
        .filter(|state| OWN || !UNAGREED.contains(state))
        .map(|state| (state.code(), state.label()));
    let choices = std::iter::once(("", "全部")).chain(states);
    let current = list.list.state.map_or("", ContractState::code);
    view! {
        <h1>{Contracts::<OWN>::NOUN.title}</h1>
        {tabs(&list.ask, "按状态", "state", choices, current)}
        {list.card(())}
    }
    .into_any()
}

/// How the work stands; nothing before it has begun.
fn light_of(row: &ContractRow, rules: &Rules, now: Timestamp) -> Option<Light> {
    let clock = ServiceClock {
        started_at: row.started_at?,
        due_at: row.due_at?,
        paused_at: row.paused_at,
        stopped_at: row.stopped_at,
    };
    let serious = rules.policy.contract.overdue_serious_workdays;
    Some(clock.light(&rules.clock(), now, serious))
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

/// What was agreed, by whom and when.
fn terms(case: &Case) -> Vec<(&'static str, AnyView)> {
    let contract = &case.contract;
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
    rows
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
                {card("合同", facts(terms(&case)))} {clock(&case)} {deliverables(&case)} {rating(&case)}
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
    let mut to = Columns::<DeliverableRow>::new();
    to.count("次", |row| Some(row.round));
    to.only_shown("成果", |row, to| {
        if case.sees_files {
            to.link(format_args!("/files/{}", row.file_id), &row.file_name);
            to.raw("<br>").span("small muted", |to| {
                to.lines(&row.note);
            });
        } else {
            to.text("（仅双方、运营机构和监督人员可见）");
        }
    });
    to.instant("提交", |row| Some(row.delivered_at));
    to.only_shown("结果", |row, to| {
        to.text(row.state.label()).raw(" ");
        to.maybe_instant(row.answered_at);
        if !row.answer_note.is_empty() && case.sees_files {
            to.raw("<br>").span("small", |to| {
                to.text("退回理由：").text(&row.answer_note);
            });
        }
    });
    table_card("成果", nothing(), to.table(&case.deliverables))
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
