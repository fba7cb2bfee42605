//! The desks of departments, the operator and supervisors.

use super::super::Shown;
use super::{due_cell, frame, head, links, queue, waiting_text};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{Tone, figures, link, table_card};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::permit::Role;
use market::requirement::EditionState;
use market::stored::StoredKind;
use market::time::{at_clock, day};
use market::vetting::VettingState;
use store::edition::WaitingEdition;
use store::page::Queue;
use store::policy::Rules;
use store::unreadable::Found;
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
        let columns = vetting_columns(&rules, now);
        frame(
            head,
            view! {
                {figures(cells)}
                {queue("资质审核", &waiting, &columns)}
            }
            .into_any(),
        )
    }))
}

/// The columns of lists of vettings.
pub fn vetting_columns(rules: &Rules, now: Timestamp) -> Columns<'_, VettingRow> {
    let is_open =
        |row: &VettingRow| matches!(row.state, VettingState::Waiting | VettingState::Opined);
    let mut to = Columns::<VettingRow>::new();
    to.text("机构与服务类型", |row| &row.agency_name)
        .shown(|row, to| {
            to.text(&row.agency_name).second(&row.service_name);
        });
    to.state("状态", |row| row.state);
    to.only_shown("期限", move |row, to| {
        if is_open(row) {
            to.due(row.due_at, now, rules);
        } else {
            to.until(row.due_at);
        }
    });
    to.only_shown("办理", move |row, to| {
        let what = if is_open(row) { "审核" } else { "查看" };
        to.button(address::vetting(row.id), what);
    });
    to
}

/// The operator's desk.
pub async fn operator(desk: &mut Desk, ask: &Ask) -> Shown {
    let now = desk.now;
    let audits = waiting_editions(desk, EditionState::Submitted).await?;
    let publications = waiting_editions(desk, EditionState::Audited).await?;
    let unreadable = store::unreadable::waiting(desk.conn()).await?;
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
        let columns = edition_columns(&rules, now);
        let body = view! {
            {figures(cells)}
            <div class="main-side">
                <div class="stack">{queue(title, &list, &columns)}{unreadable_documents(unreadable)}</div>
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

/// Editions that wait in a state. One whose document cannot be read is noted, and stays in the list.
pub async fn waiting_editions(
    desk: &mut Desk,
    state: EditionState,
) -> Result<Queue<WaitingEdition>, AppError> {
    let waiting = store::edition::waiting(desk.conn(), state).await?;
    for row in &waiting.rows {
        let (kept, subject) = (row.document.as_ref(), row.requirement_id);
        desk.note_unreadable(kept, subject).await?;
    }
    Ok(waiting)
}

/// Stored documents that could not be read; nothing where there are none.
fn unreadable_documents(found: Queue<Found>) -> AnyView {
    if found.rows.is_empty() {
        return ().into_any();
    }
    let how_many = waiting_text(found.count, found.rows.len());
    let table = unreadable_columns().table(&found.rows);
    view! {
        <section class="card flush" id="unreadable">
            <div class="row between">
                <h2>"无法读取的存储内容"</h2>
                <p class="small muted">{how_many}</p>
            </div>
            <p class="pad">
                "下列内容的存储格式与本系统的任何版本都不符，页面上显示为“内容无法读取”。请把编号和技术说明转给技术人员；恢复后会自动从这里消失。"
            </p>
            {table}
        </section>
    }
    .into_any()
}

fn unreadable_columns() -> Columns<'static, Found> {
    let mut to = Columns::<Found>::new();
    to.text("内容", |row| row.kind.label()).shown(|row, to| {
        to.text(row.kind.label()).second_code(row.subject);
    });
    to.instant("发现时间", |row| Some(row.found_at));
    to.text("技术说明", |row| &row.why).class("small wrap-any");
    to.only_shown("查看", |row, to| {
        let place = match row.kind {
            StoredKind::Notice => address::notice(row.subject.into()),
            StoredKind::Evidence => address::draw(row.subject.into()),
            StoredKind::Policy => "/policies".to_string(),
            StoredKind::Form
            | StoredKind::Document
            | StoredKind::Changes
            | StoredKind::Reasons
            | StoredKind::Ranking
            | StoredKind::Failure => address::requirement(row.subject.into()),
        };
        to.link(place, "打开");
    });
    to
}

/// The columns of lists of editions.
pub fn edition_columns(rules: &Rules, now: Timestamp) -> Columns<'_, WaitingEdition> {
    let mut to = Columns::<WaitingEdition>::new();
    to.text("项目", WaitingEdition::project).shown(|row, to| {
        to.text(row.project()).second(&row.owner_name);
    });
    to.only_shown("提示", |row, to| {
        match row.edition {
            2.. => to.tag(Tone::Warn, format_args!("更正 第 {} 版", row.edition)),
            _ => to.tag(Tone::Go, "新公告"),
        };
        let findings = row.findings();
        if findings > 0 {
            let found = format_args!("{findings} 处可能不公平");
            to.raw(" ").tag(Tone::Warn, found);
        }
        if let (Some(name), EditionState::Submitted) = (&row.begun_by, row.state) {
            let begun = format_args!("{name} 已开始审核");
            to.raw(" ").tag(Tone::Plain, begun);
        }
    });
    to.only_shown("期限", move |row, to| {
        due_cell(to, row.due_at, now, rules)
    });
    to.only_shown("办理", |row, to| {
        to.button(address::edition(row.requirement_id), "办理");
    });
    to
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
        let table = super::super::machinery::journal_columns().table(&lines);
        let body = view! {
            {figures(cells)}
            <div class="main-side">
                <div class="stack">
                    {table_card("最新操作", link("/desk/journal", "全部操作记录"), table)}
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
