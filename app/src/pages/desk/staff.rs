//! The desks of departments, the operator and supervisors.

use super::super::Shown;
use super::{due_cell, frame, head, links, queue};
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Status, Tone, figures, link, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::permit::Role;
use market::requirement::EditionState;
use market::time::{at_clock, day};
use market::vetting::VettingState;
use store::edition::WaitingEdition;
use store::policy::Rules;
use store::vetting::VettingRow;

/// A department's desk: the clerk's queue or the checker's.
pub async fn department(desk: &mut Desk, ask: &Ask) -> Shown {
    let (id, now) = (desk.department()?, desk.now);
    let is_clerk = desk.acting()?.role == Role::DepartmentClerk;
    let state = if is_clerk {
        VettingState::Waiting
    } else {
        VettingState::Opined
    };
    let waiting = store::vetting::waiting(desk.conn(), id, state).await?;
    let month = at_clock(day(now).replace_day(1).unwrap_or(day(now)), 0, 0);
    let counts = store::vetting::figures(desk.conn(), id, month, now).await?;
    let rules = desk.rules().await?;
    let head = head(desk, ask);
    Ok(Reply::page("工作台", Section::Desk, move || {
        let cells = vec![
            (
                waiting.count.to_string(),
                if is_clerk { "待经办" } else { "待复核" },
                "/desk/vettings".to_string(),
            ),
            (
                counts.received.to_string(),
                "本月收到",
                "/desk/vettings".into(),
            ),
            (
                counts.decided.to_string(),
                "本月办结",
                "/desk/vettings".into(),
            ),
            (counts.late.to_string(), "已超期", "/desk/vettings".into()),
        ];
        let count = waiting.count;
        let rows = waiting
            .rows
            .into_iter()
            .map(|row| vetting_row(row, &rules, now))
            .collect();
        frame(
            head,
            view! {
                {figures(cells)}
                {queue("资质审核", count, rows, vetting_head())}
            }
            .into_any(),
        )
    }))
}

/// The head of lists of vettings.
pub fn vetting_head() -> AnyView {
    view! {
        <th>"机构与服务类型"</th>
        <th>"状态"</th>
        <th>"期限"</th>
        <th>"办理"</th>
    }
    .into_any()
}

/// A row of lists of vettings.
pub fn vetting_row(row: VettingRow, rules: &Rules, now: Timestamp) -> AnyView {
    let open = matches!(row.state, VettingState::Waiting | VettingState::Opined);
    let until = if open {
        due_cell(Some(row.due_at), now, rules)
    } else {
        crate::parts::until(row.due_at)
    };
    view! {
        <tr>
            <td>{row.agency_name}<br /><span class="small muted">{row.service_name}</span></td>
            <td data-h="状态">{row.state.tag()}</td>
            <td data-h="期限">{until}</td>
            <td data-h="办理">
                <a class="btn" href=address::vetting(row.id)>
                    {if open { "审核" } else { "查看" }}
                </a>
            </td>
        </tr>
    }
    .into_any()
}

/// The operator's desk.
pub async fn operator(desk: &mut Desk, ask: &Ask) -> Shown {
    let now = desk.now;
    let audits = store::edition::waiting(desk.conn(), EditionState::Submitted).await?;
    let publications = store::edition::waiting(desk.conn(), EditionState::Audited).await?;
    let owners = store::owner::pending(desk.conn()).await?.count;
    let dossiers = store::dossier::waiting(desk.conn()).await?.count;
    let (late, dead) =
        store::job::backlog(desk.conn(), now - market::time::Duration::minutes(1)).await?;
    let (unsent, stopped) = store::effect::backlog(desk.conn(), now).await?;
    let troubled = late + dead + unsent + stopped;
    let is_auditor = desk.acting()?.role == Role::OperatorAuditor;
    let rules = desk.rules().await?;
    let head = head(desk, ask);
    Ok(Reply::page("工作台", Section::Desk, move || {
        let cells = vec![
            (
                audits.count.to_string(),
                "需求待审核",
                "/desk/audits".to_string(),
            ),
            (
                publications.count.to_string(),
                "公告待发布",
                "/desk/publications".into(),
            ),
            (owners.to_string(), "业主登记待核对", "/desk/checks".into()),
            (
                dossiers.to_string(),
                "机构资料待核对",
                "/desk/checks".into(),
            ),
            (troubled.to_string(), "异常任务", "/desk/jobs".into()),
        ];
        let (title, list) = if is_auditor {
            ("需求审核", audits)
        } else {
            ("公告发布", publications)
        };
        let count = list.count;
        let rows = list
            .rows
            .into_iter()
            .map(|row| edition_row(row, &rules, now))
            .collect();
        let body = view! {
            {figures(cells)}
            <div class="main-side">
                <div class="stack">{queue(title, count, rows, edition_head())}</div>
                <aside class="stack">
                    {links(
                        "常用",
                        &[
                            ("/desk/checks", "登记与入驻核对"),
                            ("/desk/audits", "需求审核"),
                            ("/desk/publications", "公告发布"),
                            ("/desk/jobs", "系统任务"),
                            ("/desk/messages", "消息样式"),
                            ("/desk/journal", "操作记录"),
                        ],
                    )}
                </aside>
            </div>
        };
        frame(head, body.into_any())
    }))
}

/// The head of lists of editions.
pub fn edition_head() -> AnyView {
    view! {
        <th>"项目"</th>
        <th>"提示"</th>
        <th>"期限"</th>
        <th>"办理"</th>
    }
    .into_any()
}

/// A row of lists of editions.
pub fn edition_row(row: WaitingEdition, rules: &Rules, now: Timestamp) -> AnyView {
    let kind = if row.edition > 1 {
        tag(Tone::Warn, format!("更正 第 {} 版", row.edition))
    } else {
        tag(Tone::Go, "新公告")
    };
    let findings =
        (row.findings > 0).then(|| tag(Tone::Warn, format!("{} 处可能不公平", row.findings)));
    let begun = row
        .begun_by
        .filter(|_| row.state == EditionState::Submitted)
        .map(|name| tag(Tone::Plain, format!("{name} 已开始审核")));
    view! {
        <tr>
            <td>{row.project_name}<br /><span class="small muted">{row.owner_name}</span></td>
            <td data-h="提示">{kind}" "{findings}" "{begun}</td>
            <td data-h="期限">{due_cell(row.due_at, now, rules)}</td>
            <td data-h="办理">
                <a class="btn" href=address::edition(row.requirement_id)>
                    "办理"
                </a>
            </td>
        </tr>
    }
    .into_any()
}

/// The supervisor's desk: the newest of the journal, and where to look.
pub async fn supervisor(desk: &mut Desk, ask: &Ask) -> Shown {
    let counters = store::counter::all(desk.conn()).await?;
    let lines = store::journal::list(desk.conn(), &Default::default(), None, store::page::PAGE)
        .await?
        .rows;
    let head = head(desk, ask);
    Ok(Reply::page("工作台", Section::Desk, move || {
        let count = |name: &str| crate::parts::list::thousands(counters.get(name));
        let cells = vec![
            (count("requirements"), "公告", "/requirements".to_string()),
            (
                count("requirements:state:failed"),
                "流标",
                "/requirements?state=failed".into(),
            ),
            (count("awards"), "中选结果", "/awards".into()),
            (count("draws"), "抽取", "/draws".into()),
            (count("contracts"), "合同", "/contracts".into()),
            (count("ledger"), "存证记录", "/ledger".into()),
        ];
        let rows = lines
            .into_iter()
            .map(super::super::machinery::journal_row)
            .collect::<Vec<_>>();
        let body = view! {
            {figures(cells)}
            <div class="main-side">
                <div class="stack">
                    <section class="card flush">
                        <div class="row between">
                            <h2>"最新操作"</h2>
                            {link("/desk/journal", "全部操作记录")}
                        </div>
                        <table class="as-cards">
                            <thead>{super::super::machinery::journal_head()}</thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </section>
                </div>
                <aside class="stack">
                    {links(
                        "查看",
                        &[
                            ("/desk/journal", "操作记录"),
                            ("/ledger", "存证账本"),
                            ("/draws", "抽取与验算"),
                            ("/credit", "信用公示"),
                            ("/policies", "规则与政策"),
                        ],
                    )}
                </aside>
            </div>
        };
        frame(head, body.into_any())
    }))
}
