//! The desks of the two parties.

use super::super::Shown;
use super::{due_cell, frame, head, links, queue, remark};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{Status, Tone, figures, link, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::agency::AgencyState;
use market::award::AwardState;
use market::contract::{ContractState, Side};
use market::owner::OwnerState;
use market::permit::Role;
use market::rating::may_reply;
use market::requirement::RequirementState;
use market::time::day;
use market::vetting::VettingState;
use market::{RequirementId, Timestamp};
use store::award::WaitingAward;
use store::contract::{ContractRow, Whose};
use store::credit::EventRow;
use store::page::Queue;
use store::policy::Rules;
use store::rating::RatingRow;
use store::requirement::{OwnerFigures, Progress, RequirementRow, WaitingRequirement};
use store::vetting::AgencyVetting;

/// How long ahead the desk reminds of the end of a qualification.
const EXPIRY_AHEAD: market::time::Duration = market::time::Duration::days(60);

/// The owner's desk.
pub async fn owner(desk: &mut Desk, ask: &Ask) -> Shown {
    let (id, only, now) = (desk.owner()?, desk.only_own(), desk.now);
    let owner = store::owner::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let figures = store::requirement::owner_figures(desk.conn(), id, only).await?;
    let awards = store::award::waiting_for_owner(desk.conn(), id, only).await?;
    let since = now - market::time::Duration::days(30);
    let requirements = store::requirement::waiting_for_owner(desk.conn(), id, only, since).await?;
    for row in &requirements.rows {
        desk.note_unreadable(row.failure.as_ref(), row.id).await?;
    }
    let contracts = store::contract::waiting(desk.conn(), Whose::Owner(id, only)).await?;
    let rules = desk.rules().await?;
    let is_admin = desk.acting()?.role == Role::OwnerAdmin;
    let head = head(desk, ask);
    Ok(Reply::page("工作台", Section::Desk, move || {
        frame(
            head,
            owner_view(OwnerDesk {
                state: owner.state,
                figures,
                requirements,
                awards,
                contracts,
                rules,
                now,
                is_admin,
            }),
        )
    }))
}

struct OwnerDesk {
    state: OwnerState,
    figures: OwnerFigures,
    requirements: Queue<WaitingRequirement>,
    awards: Queue<WaitingAward>,
    contracts: Queue<ContractRow>,
    rules: Rules,
    now: Timestamp,
    is_admin: bool,
}

/// How the registration of the body stands, until it is confirmed.
fn registration(state: OwnerState) -> AnyView {
    match state {
        OwnerState::Active => ().into_any(),
        OwnerState::Pending => remark(
            Tone::Go,
            "单位登记正在核对，核对通过后即可发布需求。",
            "/desk/registration",
            "查看登记",
        ),
        OwnerState::Returned => remark(
            Tone::Warn,
            "单位登记被退回，请补正后重新提交。",
            "/desk/registration",
            "去补正",
        ),
    }
}

/// The figures of an owner's desk, each with the rows behind it.
fn owner_cells(counts: &OwnerFigures, to_record: i64) -> Vec<(String, &'static str, String)> {
    let mut cells: Vec<_> = Progress::ALL
        .into_iter()
        .map(|stage| {
            let href = format!("/desk/requirements?stage={}", stage.code());
            (counts.at(stage).to_string(), stage.label(), href)
        })
        .collect();
    cells.extend([
        (
            to_record.to_string(),
            "待录入合同",
            "/desk#to-record".into(),
        ),
        (
            counts.to_confirm.to_string(),
            "待确认合同",
            "/desk/contracts?state=pending_confirm".into(),
        ),
        (
            counts.to_accept.to_string(),
            "待验收",
            "/desk/contracts?state=delivered".into(),
        ),
        (
            counts.to_complete.to_string(),
            "待办结",
            "/desk/contracts?state=accepted".into(),
        ),
        (
            counts.to_rate.to_string(),
            "待评价",
            "/desk/contracts?state=completed".into(),
        ),
    ]);
    cells
}

fn owner_view(desk: OwnerDesk) -> AnyView {
    let cells = owner_cells(&desk.figures, desk.awards.count);
    let (rules, now) = (desk.rules, desk.now);
    let mut ways = vec![
        ("/desk/requirements", "我的需求"),
        ("/desk/contracts", "我的合同"),
    ];
    if desk.is_admin {
        ways.extend([
            ("/desk/trustees", "采购受托人"),
            ("/desk/registration", "单位登记"),
        ]);
    }
    let begin = (desk.state == OwnerState::Active).then(|| {
        view! {
            <a class="btn main wide" href="/requirements/new">
                "发布需求"
            </a>
        }
    });
    let contracts = contract_columns(Side::Owner, &rules, now);
    view! {
        {registration(desk.state)}
        {figures(cells)}
        <div class="main-side">
            <div class="stack">
                {queue("等我办理的需求", &desk.requirements, &requirement_columns(&rules, now))}
                <div id="to-record">
                    {award_queue("已发中选通知书，等待录入合同", &desk.awards, &rules, now)}
                </div>
                {queue("等我办理的合同", &desk.contracts, &contracts)}
            </div>
            <aside class="stack">{begin}{links("常用", &ways)}</aside>
        </div>
    }
    .into_any()
}

/// Sent back, to be chosen from, or failed: what happened and the way on.
fn requirement_columns(rules: &Rules, now: Timestamp) -> Columns<'_, WaitingRequirement> {
    let mut to = Columns::<WaitingRequirement>::new();
    to.text("项目", |row| &row.project_name).shown(|row, to| {
        to.link(address::requirement(row.id), &row.project_name)
            .second(&row.item_name);
    });
    to.only_shown("状态", |row, to| {
        match row.state {
            RequirementState::Choosing | RequirementState::Failed => to.state(&row.state),
            _ => to.tag(Tone::Warn, "退回修改"),
        };
        let why = row.why();
        if !why.is_empty() {
            to.raw("<br>").span("small", |to| {
                to.text(why);
            });
        }
    });
    to.only_shown("期限", move |row, to| {
        due_cell(to, row.choice_due_at, now, rules);
    });
    to.only_shown("办理", |row, to| {
        let (what, page) = match row.state {
            RequirementState::Choosing => ("选定机构", address::requirement_choose(row.id)),
            RequirementState::Failed => ("看看能否重发", address::requirement(row.id)),
            _ => ("去修改", address::requirement_edit(row.id)),
        };
        to.button(page, what);
    });
    to
}

fn contract_columns(side: Side, rules: &Rules, now: Timestamp) -> Columns<'_, ContractRow> {
    let mut to = Columns::<ContractRow>::new();
    to.text("合同", |row| &row.name).shown(move |row, to| {
        let other = match side {
            Side::Owner => &row.agency_name,
            Side::Agency => &row.owner_name,
        };
        to.link(address::contract(row.id), &row.name).second(other);
    });
    to.fen("金额（元）", |row| row.amount_fen);
    to.state("状态", |row| row.state);
    to.only_shown("期限", move |row, to| {
        let performing = row.state == ContractState::Performing;
        due_cell(to, row.due_at.filter(|_| performing), now, rules);
    });
    to.only_shown("办理", |row, to| {
        let what = match row.state {
            ContractState::PendingConfirm => "核对确认",
            ContractState::Objected => "重新录入",
            ContractState::Performing => "提交成果",
            ContractState::Delivered => "验收",
            ContractState::Accepted => "办结",
            ContractState::Completed => "评价",
        };
        to.button(address::contract(row.id), what);
    });
    to
}

fn award_queue(
    title: &'static str,
    awards: &Queue<WaitingAward>,
    rules: &Rules,
    now: Timestamp,
) -> AnyView {
    let is_new = |row: &WaitingAward| row.state == AwardState::Announced;
    let mut to = Columns::<WaitingAward>::new();
    to.text("项目", |row| &row.project_name).shown(|row, to| {
        let project = address::requirement(row.requirement_id);
        to.link(project, &row.project_name).second(&row.other_name);
    });
    to.fen("金额（元）", |row| row.amount_fen);
    to.only_shown("期限", move |row, to| {
        let until = match is_new(row) {
            true => Some(row.confirm_by_at),
            false => row.sign_by_at,
        };
        due_cell(to, until, now, rules);
    });
    to.only_shown("办理", move |row, to| {
        if is_new(row) {
            to.button(address::award(row.id), "确认或放弃");
        } else {
            to.button(address::award_contract(row.id), "录入合同");
        }
    });
    queue(title, awards, &to)
}

/// No reply is taken so long after a rating: twice its workdays, and the longest holidays.
fn longest_reply(rules: &Rules) -> market::time::Duration {
    let workdays = i64::from(rules.policy.rating.reply_workdays);
    market::time::Duration::days(2 * workdays + 30)
}

struct AgencyDesk {
    state: AgencyState,
    check_note: String,
    /// Qualifications that have ended or soon will.
    expiring: Vec<String>,
    awards: Queue<WaitingAward>,
    contracts: Queue<ContractRow>,
    open: Queue<RequirementRow>,
    signed_up: Vec<RequirementId>,
    notified: Vec<EventRow>,
    /// Service types that a department is looking at.
    in_vetting: Vec<AgencyVetting>,
    /// Ratings that may still be answered.
    answerable: Vec<RatingRow>,
    rules: Rules,
    now: Timestamp,
}

/// The agency's desk.
pub async fn agency(desk: &mut Desk, ask: &Ask) -> Shown {
    let (id, now) = (desk.agency()?, desk.now);
    let dossier = store::dossier::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let types = store::requirement::active_types(desk.conn(), id).await?;
    let qualifications = store::agency::qualifications(desk.conn(), id, true).await?;
    let soon = day(now).saturating_add(EXPIRY_AHEAD);
    let events = store::credit::of_agency(desk.conn(), id, false, now).await?;
    let rules = desk.rules().await?;
    let may_be_answered = |rating: &RatingRow| may_reply(&rules, rating.rated(), now).is_ok();
    let since = now - longest_reply(&rules);
    let ratings = store::rating::unanswered(desk.conn(), id, since).await?;
    let open = match types.as_slice() {
        [] => Queue {
            rows: Vec::new(),
            count: 0,
        },
        types => store::requirement::open(desk.conn(), Some(types), now, 10).await?,
    };
    let listed: Vec<RequirementId> = open.rows.iter().map(|row| row.id).collect();
    let view = AgencyDesk {
        answerable: ratings.into_iter().filter(may_be_answered).collect(),
        in_vetting: store::vetting::of_agency(desk.conn(), id)
            .await?
            .into_iter()
            .filter(|row| matches!(row.state, VettingState::Waiting | VettingState::Opined))
            .collect(),
        state: dossier.state,
        check_note: dossier.check_note,
        expiring: qualifications
            .into_iter()
            .filter(|row| row.valid_until.is_some_and(|until| until <= soon))
            .map(|row| {
                format!(
                    "{}（{}）",
                    row.kind_name,
                    row.valid_until
                        .map(market::time::date_text)
                        .unwrap_or_default()
                )
            })
            .collect(),
        awards: store::award::waiting_for_agency(desk.conn(), id).await?,
        contracts: store::contract::waiting(desk.conn(), Whose::Agency(id)).await?,
        signed_up: store::sign_up::signed_up_for(desk.conn(), id, &listed).await?,
        open,
        notified: events
            .into_iter()
            .filter(|event| event.points < 0 && event.effective_at > now)
            .collect(),
        rules,
        now,
    };
    let head = head(desk, ask);
    Ok(Reply::page("工作台", Section::Desk, move || {
        frame(head, agency_view(view))
    }))
}

/// The service types that are being looked at, with the instant until when.
fn in_vetting(vettings: Vec<AgencyVetting>, rules: &Rules, now: Timestamp) -> Option<AnyView> {
    let rows: Vec<AnyView> = vettings
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    <b>{row.service_name}</b>
                    " "
                    {row.state.tag()}
                    <br />
                    <span class="small muted">{row.department_name}"，期限 "</span>
                    {crate::parts::due(row.due_at, now, rules)}
                </li>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| {
        let list = view! {
            <ul class="plain stack-s">{rows}</ul>
            <p class="small">{link("/desk/dossier", "查看入驻资料")}</p>
        };
        crate::parts::card("资质审核中的服务类型", list)
    })
}

/// How the dossier stands, until it is settled.
fn settling(state: AgencyState) -> AnyView {
    match state {
        AgencyState::Settled => ().into_any(),
        AgencyState::Draft => remark(
            Tone::Go,
            "入驻资料还没有提交，填写完整后提交核对。",
            "/desk/dossier",
            "去填写",
        ),
        AgencyState::FormalCheck => {
            remark(Tone::Go, "入驻资料正在核对。", "/desk/dossier", "查看进度")
        }
        AgencyState::Returned => remark(
            Tone::Warn,
            "入驻资料被退回，请按意见补正。",
            "/desk/dossier",
            "去补正",
        ),
    }
}

/// Qualifications that have ended or soon will.
fn expiring(names: &[String]) -> Option<AnyView> {
    (!names.is_empty()).then(|| {
        crate::parts::note(
            Tone::Warn,
            view! {
                <p>
                    <b>"资质已到期或将到期："</b>
                    {names.join("、")}
                    "。到期后不能再报名和中选，请及时更新。"
                    {link("/desk/dossier#qualifications", "去更新")}
                </p>
            },
        )
    })
}

/// Credit events that the agency may still answer.
fn notified(events: Vec<EventRow>) -> Option<AnyView> {
    let notified: Vec<AnyView> = events
        .into_iter()
        .map(|event| {
            view! {
                <li>
                    {tag(Tone::Bad, format!("{} {}", event.code.code(), market::credit::points_text(event.points)))}
                    " "{event.basis}"。将于 "{crate::parts::instant(event.effective_at)}
                    " 生效，有异议的请在此前联系运营机构陈述。"
                </li>
            }
            .into_any()
        })
        .collect();
    (!notified.is_empty()).then(|| {
        crate::parts::card(
            "信用事项告知",
            view! { <ul class="plain stack-s">{notified}</ul> },
        )
    })
}

fn answerable(ratings: Vec<RatingRow>) -> Option<AnyView> {
    let answerable: Vec<AnyView> = ratings
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    {link(address::contract(row.contract_id), row.project_name)}" "
                    <span class="small muted">{row.owner_name}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    (!answerable.is_empty()).then(|| {
        crate::parts::card(
            "可以回复的评价",
            view! { <ul class="plain stack-s">{answerable}</ul> },
        )
    })
}

/// What takes sign-ups now.
fn open_columns<'c>(
    signed_up: &'c [RequirementId],
    rules: &'c Rules,
    now: Timestamp,
) -> Columns<'c, RequirementRow> {
    let mut open = Columns::<RequirementRow>::new();
    open.text("项目", |row| &row.project_name)
        .shown(move |row, to| {
            to.link(address::requirement(row.id), &row.project_name)
                .raw(" ");
            if signed_up.contains(&row.id) {
                to.tag(Tone::Ok, "已报名");
            }
            to.second(format_args!("{} · {}", row.owner_name, row.item_name));
        });
    open.coded("方式", |row| row.method);
    open.fen("金额（元）", |row| row.amount_fen);
    open.only_shown("截止", move |row, to| {
        to.due(row.deadline_at, now, rules);
    });
    open
}

fn agency_view(desk: AgencyDesk) -> AnyView {
    let why = (desk.state == AgencyState::Returned && !desk.check_note.is_empty())
        .then(|| view! { <p class="note warn">{desk.check_note.clone()}</p> });
    let expiring = expiring(&desk.expiring);
    let notified = notified(desk.notified);
    let in_vetting = in_vetting(desk.in_vetting, &desk.rules, desk.now);
    let answerable = answerable(desk.answerable);
    let (rules, now) = (&desk.rules, desk.now);
    let open = open_columns(&desk.signed_up, rules, now);
    let contracts = contract_columns(Side::Agency, rules, now);
    view! {
        {settling(desk.state)}
        {why}
        {expiring}
        <div class="main-side">
            <div class="stack">
                {award_queue("中选事项", &desk.awards, rules, now)}
                {queue("等我办理的合同", &desk.contracts, &contracts)}
                {queue("我的服务类型正在报名的公告", &desk.open, &open)}
            </div>
            <aside class="stack">
                {notified}{in_vetting}{answerable}
                {links(
                    "常用",
                    &[
                        ("/desk/dossier", "入驻资料"),
                        ("/desk/sign-ups", "我的报名"),
                        ("/desk/contracts", "我的合同"),
                        ("/requirements?state=published", "正在报名的公告"),
                    ],
                )}
            </aside>
        </div>
    }
    .into_any()
}
