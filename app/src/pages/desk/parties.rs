//! The desks of the two parties.

use super::super::Shown;
use super::{due_cell, frame, head, links, queue, remark};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
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

/// Where the registration stands, until it is confirmed.
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
    let (counts, rules, now) = (desk.figures, desk.rules, desk.now);
    let counts_of = (desk.requirements.count, desk.contracts.count);
    let (registration, cells) = (
        registration(desk.state),
        owner_cells(&counts, desk.awards.count),
    );
    let waiting: Vec<AnyView> = desk
        .contracts
        .rows
        .into_iter()
        .map(|row| contract_row(row, Side::Owner, &rules, now))
        .collect();
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
    let asks: Vec<AnyView> = desk
        .requirements
        .rows
        .into_iter()
        .map(|row| requirement_row(row, &rules, now))
        .collect();
    view! {
        {registration}
        {figures(cells)}
        <div class="main-side">
            <div class="stack">
                {queue(
                    "等我办理的需求",
                    counts_of.0,
                    asks,
                    view! {
                        <th>"项目"</th>
                        <th>"状态"</th>
                        <th>"期限"</th>
                        <th>"办理"</th>
                    }
                        .into_any(),
                )}
                <div id="to-record">
                    {award_queue("已发中选通知书，等待录入合同", desk.awards, &rules, now)}
                </div> {queue("等我办理的合同", counts_of.1, waiting, contract_head())}
            </div>
            <aside class="stack">{begin}{links("常用", &ways)}</aside>
        </div>
    }
    .into_any()
}

/// Sent back, to be chosen from, or failed: what happened and the way on.
fn requirement_row(row: WaitingRequirement, rules: &Rules, now: Timestamp) -> AnyView {
    let page = address::requirement(row.id);
    let (state, what, href) = match row.state {
        RequirementState::Choosing => (row.state.tag(), "选定机构", format!("{page}/choose")),
        RequirementState::Failed => (row.state.tag(), "看看能否重发", page.clone()),
        _ => (
            tag(Tone::Warn, "退回修改"),
            "去修改",
            format!("{page}/edit"),
        ),
    };
    let why = (!row.why.is_empty()).then(|| {
        view! {
            <br />
            <span class="small">{row.why}</span>
        }
    });
    view! {
        <tr>
            <td>{link(page, row.project_name)}<br /><span class="small muted">{row.item_name}</span></td>
            <td data-h="状态">{state}{why}</td>
            <td data-h="期限">{due_cell(row.choice_due_at, now, rules)}</td>
            <td data-h="办理">
                <a class="btn" href=href>
                    {what}
                </a>
            </td>
        </tr>
    }
    .into_any()
}

fn contract_head() -> AnyView {
    view! {
        <th>"合同"</th>
        <th class="num">"金额（元）"</th>
        <th>"状态"</th>
        <th>"期限"</th>
        <th>"办理"</th>
    }
    .into_any()
}

fn contract_row(row: ContractRow, side: Side, rules: &Rules, now: Timestamp) -> AnyView {
    let due_at = row
        .due_at
        .filter(|_| row.state == ContractState::Performing);
    let what = match (row.state, side) {
        (ContractState::PendingConfirm, _) => "核对确认",
        (ContractState::Objected, _) => "重新录入",
        (ContractState::Performing, _) => "提交成果",
        (ContractState::Delivered, _) => "验收",
        (ContractState::Accepted, _) => "办结",
        (ContractState::Completed, _) => "评价",
    };
    let other = if side == Side::Owner {
        row.agency_name
    } else {
        row.owner_name
    };
    view! {
        <tr>
            <td>{link(address::contract(row.id), row.name)}<br /><span class="small muted">{other}</span></td>
            <td class="num" data-h="金额（元）">
                {row.amount_fen.yuan()}
            </td>
            <td data-h="状态">{row.state.tag()}</td>
            <td data-h="期限">{due_cell(due_at, now, rules)}</td>
            <td data-h="办理">
                <a class="btn" href=address::contract(row.id)>
                    {what}
                </a>
            </td>
        </tr>
    }
    .into_any()
}

fn award_queue(
    title: &'static str,
    awards: Queue<WaitingAward>,
    rules: &Rules,
    now: Timestamp,
) -> AnyView {
    let count = awards.count;
    let rows: Vec<AnyView> = awards
        .rows
        .into_iter()
        .map(|row| {
            let (what, href, due_at) = match row.state {
                AwardState::Announced => (
                    "确认或放弃",
                    address::award(row.id),
                    Some(row.confirm_by_at),
                ),
                _ => ("录入合同", address::award_contract(row.id), row.sign_by_at),
            };
            view! {
                <tr>
                    <td>
                        {link(address::requirement(row.requirement_id), row.project_name)}<br />
                        <span class="small muted">{row.other_name}</span>
                    </td>
                    <td class="num" data-h="金额（元）">
                        {row.amount_fen.yuan()}
                    </td>
                    <td data-h="期限">{due_cell(due_at, now, rules)}</td>
                    <td data-h="办理">
                        <a class="btn" href=href>
                            {what}
                        </a>
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    queue(
        title,
        count,
        rows,
        view! {
            <th>"项目"</th>
            <th class="num">"金额（元）"</th>
            <th>"期限"</th>
            <th>"办理"</th>
        }
        .into_any(),
    )
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
                    {due_cell(Some(row.due_at), now, rules)}
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

/// Where the dossier stands, until the agency has settled.
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

/// A notice that the agency may sign up for, and whether it has.
fn open_row(
    row: RequirementRow,
    signed_up: &[RequirementId],
    rules: &Rules,
    now: Timestamp,
) -> AnyView {
    let signed_up = signed_up
        .iter()
        .any(|id| *id == row.id)
        .then(|| tag(Tone::Ok, "已报名"));
    view! {
        <tr>
            <td>
                {link(address::requirement(row.id), row.project_name)}" "{signed_up}<br />
                <span class="small muted">{row.owner_name}" · "{row.item_name}</span>
            </td>
            <td data-h="方式">{row.method.label()}</td>
            <td class="num" data-h="金额（元）">
                {row.amount_fen.yuan()}
            </td>
            <td data-h="截止">{due_cell(Some(row.deadline_at), now, rules)}</td>
        </tr>
    }
    .into_any()
}

fn agency_view(desk: AgencyDesk) -> AnyView {
    let (contract_count, open_count) = (desk.contracts.count, desk.open.count);
    let settling = settling(desk.state);
    let why = (desk.state == AgencyState::Returned && !desk.check_note.is_empty())
        .then(|| view! { <p class="note warn">{desk.check_note.clone()}</p> });
    let (expiring, notified) = (expiring(&desk.expiring), notified(desk.notified));
    let in_vetting = in_vetting(desk.in_vetting, &desk.rules, desk.now);
    let answerable = answerable(desk.answerable);
    let contracts: Vec<AnyView> = desk
        .contracts
        .rows
        .into_iter()
        .map(|row| contract_row(row, Side::Agency, &desk.rules, desk.now))
        .collect();
    let (signed_up, rules, now) = (&desk.signed_up, &desk.rules, desk.now);
    let open: Vec<AnyView> = desk
        .open
        .rows
        .into_iter()
        .map(|row| open_row(row, signed_up, rules, now))
        .collect();
    view! {
        {settling}
        {why}
        {expiring}
        <div class="main-side">
            <div class="stack">
                {award_queue("中选事项", desk.awards, &desk.rules, desk.now)}
                {queue("等我办理的合同", contract_count, contracts, contract_head())}
                {queue(
                    "我的服务类型正在报名的公告",
                    open_count,
                    open,
                    view! {
                        <th>"项目"</th>
                        <th>"方式"</th>
                        <th class="num">"金额（元）"</th>
                        <th>"截止"</th>
                    }
                        .into_any(),
                )}
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
