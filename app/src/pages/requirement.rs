//! The page of a requirement: the document, the conditions and how one stands to them, the course of the matter,
//! and — once the deadline has passed — who took part and what came of it.

mod aside;
mod outcome;
mod taking_part;

use super::Shown;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::{Actor, Desk};
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{
    Status, Step, Tone, card, course, crumbs, facts, instant, link, mono, named_table_card, note,
    tag, text,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::contract::ContractState;
use market::eligibility::{Check, checks};
use market::permit::Role;
use market::requirement::{EditionState, RequirementState, Specification};
use market::time::{stamp, stamp_end_short, stamp_short};
use store::award::AwardLink;
use store::contract::Contract;
use store::edition::Edition;
use store::file::FileLink;
use store::ledger::EntryLink;
use store::notice::NoticeLink;
use store::policy::Rules;
use store::requirement::RequirementPage;
use store::selection::{EntrantRow, Selection};
use store::sign_up::Own;

/// What the visitor is to this requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Public,
    Owner,
    Agency,
    Operator,
    /// Reads everything, does nothing.
    Supervisor,
}

pub(super) struct Case {
    pub page: RequirementPage,
    pub spec: Option<Specification>,
    pub editions: Vec<Edition>,
    pub notices: Vec<NoticeLink>,
    pub entries: Vec<EntryLink>,
    pub files: Vec<FileLink>,
    pub entrants: Vec<EntrantRow>,
    pub selections: Vec<Selection>,
    pub draws: Vec<(market::DrawId, market::draw::Purpose)>,
    pub awards: Vec<AwardLink>,
    pub contract: Option<Contract>,
    pub standing: Standing,
    pub actor: Option<Actor>,
    pub mine: Option<Own>,
    pub checks: Vec<Check>,
    pub rules: Rules,
    pub now: Timestamp,
    pub once: uuid::Uuid,
    pub ask: Ask,
}

/// `/requirements/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let case = load(desk, ask).await?;
    let title = if case.page.state.is_public() {
        case_name(&case)
    } else {
        "采购需求".to_string()
    };
    Ok(Reply::page(title, Section::Requirements, move || {
        view(case)
    }))
}

async fn load(desk: &mut Desk, ask: &Ask) -> Result<Case, AppError> {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let page = store::requirement::page(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let standing = standing(desk, &page);
    if !page.state.is_public() && standing == Standing::Public {
        return Err(AppError::NotFound);
    }
    let editions = store::edition::all(desk.conn(), id).await?;
    // Before the publication, those who may see it at all read what was handed in.
    let handed_in = || editions.last().and_then(|edition| edition.spec.as_ref());
    let spec = page.spec.as_ref().or_else(handed_in);
    let spec = spec.map(|spec| spec.0.clone());
    let rules = desk.rules().await?;
    let shows_list = page.frozen_at.is_some() || page.state == RequirementState::Failed;
    let (mine, checks) = match (standing, &spec) {
        (Standing::Agency, Some(spec)) => agency_view(desk, &page, spec).await?,
        _ => (None, Vec::new()),
    };
    let awards = store::award::of_requirement(desk.conn(), id).await?;
    let contract = match awards.iter().find_map(|award| award.contract_id) {
        Some(contract) => store::contract::find(desk.conn(), contract).await?,
        None => None,
    };
    let entrants = if shows_list {
        store::selection::list_of(desk.conn(), id).await?
    } else {
        Vec::new()
    };
    for row in &entrants {
        desk.note_unreadable(row.reasons.as_ref(), id).await?;
    }
    desk.note_unreadable(page.failure.as_ref(), id).await?;
    Ok(Case {
        editions,
        notices: store::notice::of_requirement(desk.conn(), id).await?,
        entries: store::ledger::of_requirement(desk.conn(), id).await?,
        files: store::file::of_requirement(desk.conn(), id, standing == Standing::Owner).await?,
        entrants,
        selections: store::selection::of_requirement(desk.conn(), id).await?,
        draws: store::selection::draws_of(desk.conn(), id).await?,
        awards,
        contract,
        standing,
        actor: desk.actor.clone(),
        mine,
        checks,
        rules,
        now: desk.now,
        once: desk.id(),
        ask: ask.clone(),
        page,
        spec,
    })
}

fn standing(desk: &Desk, page: &RequirementPage) -> Standing {
    let Some(acting) = desk.actor.as_ref().and_then(|actor| actor.acting.as_ref()) else {
        return Standing::Public;
    };
    match acting.role {
        _ if desk.owns(page.owner_id, page.created_by) => Standing::Owner,
        Role::AgencyAdmin if page.state.is_public() => Standing::Agency,
        role if role.is_operator() => Standing::Operator,
        Role::Supervisor => Standing::Supervisor,
        _ => Standing::Public,
    }
}

/// How the agency at the desk stands to the conditions, and its sign-up.
async fn agency_view(
    desk: &mut Desk,
    page: &RequirementPage,
    spec: &Specification,
) -> Result<(Option<Own>, Vec<Check>), AppError> {
    let agency = desk.agency()?;
    let mine = store::sign_up::own(desk.conn(), page.id, agency).await?;
    let (owner, since) = (page.owner_id, page.created_at);
    let buyer = store::owner::buyer(desk.conn(), owner, since, &spec.contact_name).await?;
    let candidate = store::agency::candidate(desk.conn(), agency).await?;
    Ok((mine, checks(&candidate, &spec.conditions, &buyer, desk.now)))
}

fn case_name(case: &Case) -> String {
    let typed = || {
        let draft = case.editions.last()?;
        let name = draft.form.0.get("project_name").trim();
        (!name.is_empty()).then(|| name.to_string())
    };
    case.spec
        .as_ref()
        .map(|spec| spec.project_name.clone())
        .or_else(typed)
        .unwrap_or_else(|| "（还没有填项目名称）".into())
}

fn view(case: Case) -> AnyView {
    let name = case_name(&case);
    let number = case.page.notice_no.clone().map(|number| {
        let edition = case.page.edition.unwrap_or(1);
        let edition = if edition > 1 {
            view! {
                " · 第 "
                {edition}
                " 版（"
                <a href="#corrections">"更正了什么"</a>
                "）"
            }
            .into_any()
        } else {
            ().into_any()
        };
        view! { <span class="muted">"公告编号 "{mono(number)}{edition}</span> }
    });
    let method = case
        .spec
        .as_ref()
        .map(|spec| tag(Tone::Go, spec.method.label()));
    let linked = relations(&case);
    let failed = case.page.why_failed().map(|reason| {
        note(
            Tone::Bad,
            view! {
                <p>
                    <b>"流标："</b>
                    {reason}
                </p>
            },
        )
    });
    view! {
        {crumbs(
            &[("/requirements", "采购公告"), (&address::item(&case.page.item_code), &case.page.item_name)],
            &name,
        )}
        {taking_part::said(&case)}
        <h1>{name}</h1>
        <p class="row">{method}{case.page.state.tag()}{number}</p>
        {course(steps(&case))}
        {failed}
        {linked}
        <div class="main-side acting">
            <aside class="stack" aria-label="办理">
                {aside::action(&case)}
            </aside>
            <div class="stack">
                {unpublished(&case)} {outcome::result(&case)} {document(&case)} {conditions(&case)}
                {outcome::entrants(&case)} {corrections(&case)} {records(&case)}
            </div>
            <aside class="stack" aria-label="说明">
                {aside::fairness(&case)}
            </aside>
        </div>
    }
    .into_any()
}

/// Links to the requirement before and after a failure.
fn relations(case: &Case) -> AnyView {
    let before = case.page.republished_from.map(|id| {
        let failed = link(address::requirement(id), "此前流标的公告");
        view! { <p>"本公告是"{failed}"的重新发布。"</p> }
    });
    let after = case
        .page
        .republished_as
        .map(|id| view! { <p>"已"{link(address::requirement(id), "重新发布")}"。"</p> });
    if before.is_none() && after.is_none() {
        ().into_any()
    } else {
        note(
            Tone::Go,
            view! {
                {before}
                {after}
            },
        )
    }
}

/// How many steps of the course are behind it.
fn reached(case: &Case) -> usize {
    use RequirementState as S;
    let page = &case.page;
    match page.state {
        S::Preparing | S::Voided => 0,
        S::Published => 1,
        S::Frozen | S::Choosing => 2,
        S::Selected => 3,
        S::Awarded => match case.contract.as_ref().map(|contract| contract.state) {
            None | Some(ContractState::PendingConfirm | ContractState::Objected) => 4,
            Some(ContractState::Completed) => 6,
            Some(_) => 5,
        },
        S::Failed => match (page.frozen_at, case.awards.is_empty()) {
            (None, _) => 1,
            (_, true) => 2,
            (_, false) => 3,
        },
    }
}

/// The steps of the course, each with its instant or period.
fn stations(case: &Case) -> [(&'static str, String); 7] {
    let page = &case.page;
    let at = |at: Option<Timestamp>| at.map(stamp_short).unwrap_or_default();
    let live = case.awards.iter().find(|award| award.state.is_live());
    let rated = case
        .contract
        .as_ref()
        .is_some_and(|c| c.completed_at.is_some());
    let selection = case
        .spec
        .as_ref()
        .map_or("选取", |spec| spec.method.kind().words.stage);
    [
        ("公告发布", at(page.published_at)),
        (
            "报名",
            page.deadline_at
                .map_or(String::new(), |at| format!("至 {}", stamp_end_short(at))),
        ),
        (selection, at(page.draw_at)),
        (
            "公示确认",
            live.map_or(String::new(), |award| {
                format!("至 {}", stamp_end_short(award.confirm_by_at))
            }),
        ),
        (
            "签约",
            live.and_then(|award| award.issued_at)
                .map_or(String::new(), |at| format!("{} 起", stamp_short(at))),
        ),
        (
            "服务",
            case.spec.as_ref().map_or(String::new(), |spec| {
                format!("{} 个工作日", spec.service_workdays)
            }),
        ),
        (
            "评价",
            if rated {
                "办结后".into()
            } else {
                String::new()
            },
        ),
    ]
}

/// The course of the matter.
fn steps(case: &Case) -> Vec<(&'static str, String, Step)> {
    use RequirementState as S;
    let (state, reached) = (case.page.state, reached(case));
    stations(case)
        .into_iter()
        .enumerate()
        .map(|(i, (name, when))| {
            let step = match i.cmp(&reached) {
                std::cmp::Ordering::Less => Step::Done,
                std::cmp::Ordering::Equal if matches!(state, S::Failed | S::Voided) => Step::Broken,
                std::cmp::Ordering::Equal => Step::Now,
                std::cmp::Ordering::Greater => Step::Later,
            };
            (name, when, step)
        })
        .collect()
}

/// The files that belong to the notice.
fn attachments(case: &Case) -> AnyView {
    let files: Vec<AnyView> = case
        .files
        .iter()
        .map(|file| {
            view! {
                {link(address::file(file.id), file.name.clone())}
                " "
                <span class="small muted">{format!("{:.1} MB", file.size as f64 / 1_048_576.0)}</span>
                <br />
            }.into_any()
        })
        .collect();
    if files.is_empty() {
        text("无")
    } else {
        files.into_any()
    }
}

fn document(case: &Case) -> AnyView {
    let Some(spec) = &case.spec else {
        return ().into_any();
    };
    let page = &case.page;
    let median = match page.median_amount_fen {
        Some(median) if page.finished_contracts > 0 => {
            format!(
                "近期同类 {} 份办结合同，金额中位数 {} 元",
                page.finished_contracts,
                median.yuan()
            )
        }
        _ => "还没有同类的办结合同可参考".into(),
    };
    let price = view! {
        <b>{spec.price.words()}</b>
        <br />
        <span class="small muted">{median}</span>
    };
    let item = view! {
        {link(address::item(&page.item_code), page.item_name.clone())}
        <br />
        <span class="small muted">{page.legal_basis.clone()}{market::service_item::NO_DESIGNATION}</span>
    };
    let owner = view! {
        {link(address::owner(&page.owner_uscc), page.owner_name.clone())}
        "（"
        {page.owner_kind.label()}
        "）"
    };
    let row = |label: &str| {
        spec.rows()
            .into_iter()
            .find(|(own, _)| *own == label)
            .map(|(_, value)| value)
            .unwrap_or_default()
    };
    let files = attachments(case);
    card(
        "需求",
        facts(vec![
            ("项目业主", owner.into_any()),
            ("服务事项", item.into_any()),
            ("投资项目代码", mono(row("投资项目代码"))),
            ("项目规模", text(row("项目规模"))),
            ("服务内容", text(row("服务内容"))),
            ("服务时限", text(row("服务时限"))),
            ("服务金额", price.into_any()),
            ("金额说明", text(row("金额说明"))),
            ("资金来源", text(row("资金来源"))),
            ("选取方式", text(row("选取方式"))),
            ("选取方式的理由", text(row("选取方式的理由"))),
            ("回避单位", text(row("回避单位"))),
            ("其他要求", text(row("其他要求"))),
            (
                "项目联系人",
                text(format!("{} {}", row("项目联系人"), row("咨询电话"))),
            ),
            ("监督电话", text(row("监督电话"))),
            ("附件", files),
        ]),
    )
}

/// For the owner and the operator: where an edition stands before the first publication.
fn unpublished(case: &Case) -> AnyView {
    let Some(edition) = case.editions.last().filter(|_| case.page.spec.is_none()) else {
        return ().into_any();
    };
    let course = if case.page.state == RequirementState::Voided {
        "已作废，不会发布。"
    } else {
        "提交后由运营机构一人审核、另一人发布，发布时系统确定报名截止和选取时间。"
    };
    let note = (!edition.audit_note.is_empty()).then(|| {
        view! {
            <p class="note warn">
                <b>"审核意见："</b>
                {edition.audit_note.clone()}
            </p>
        }
    });
    card(
        "还没有发布",
        view! {
            <p>"当前状态："{edition.state.tag()}</p>
            {note}
            <p class="muted">{course}</p>
        },
    )
}

fn conditions(case: &Case) -> AnyView {
    let Some(spec) = &case.spec else {
        return ().into_any();
    };
    if case.standing != Standing::Agency {
        let wanted = ["服务类型", "资质要求", "执业人员要求", "信用等级要求"];
        let rows = spec
            .rows()
            .into_iter()
            .filter(|(label, _)| wanted.contains(label))
            .map(|(label, value)| (label, text(value)))
            .collect();
        return card("报名条件", facts(rows));
    }
    let mut to = Columns::<Check>::new();
    to.text("条件", |check| &check.condition);
    to.text("我的情况", |check| &check.mine).shown(|check, to| {
        to.text(&check.mine);
        if let Some(why) = &check.failure {
            to.raw("<br>").span("small", |to| {
                to.text(why.sentence()).text(why.way_out());
            });
        }
    });
    to.only_shown("判断", |check, to| {
        match check.failure {
            None => to.tag(Tone::Ok, "符合"),
            Some(_) => to.tag(Tone::Bad, "不符合"),
        };
    });
    let table = to.table(&case.checks);
    named_table_card("eligibility", "报名条件与我是否符合", table)
}

fn corrections(case: &Case) -> AnyView {
    let published: Vec<AnyView> = case
        .editions
        .iter()
        .filter(|edition| edition.edition > 1 && edition.state == EditionState::Published)
        .map(|edition| {
            let changes = edition.changes.as_ref();
            let table = crate::parts::changes(changes.map_or(&[], |changes| &changes.0.changes));
            let when = edition.published_at.map(stamp).unwrap_or_default();
            view! {
                <h3>"第 "{edition.edition}" 版 · "{when}</h3>
                <p>"原因："{edition.correction_reason.clone()}</p>
                {table}
            }
            .into_any()
        })
        .collect();
    if published.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="card stack" id="corrections">
            <h2>"更正记录"</h2>
            {published}
        </section>
    }
    .into_any()
}

/// Notices and ledger entries, oldest first.
fn records(case: &Case) -> AnyView {
    if case.notices.is_empty() {
        return ().into_any();
    }
    let notices: Vec<AnyView> = case
        .notices
        .iter()
        .map(|notice| {
            let title = link(address::notice(notice.id), notice.title.clone());
            view! { <li>{instant(notice.published_at)}" "{title}</li> }.into_any()
        })
        .collect();
    let entries: Vec<AnyView> = case
        .entries
        .iter()
        .map(|entry| {
            let place = match entry.position {
                Some(position) => link(
                    address::ledger_entry(position),
                    format!("账本第 {position} 条"),
                ),
                None => text("即将写入账本"),
            };
            view! { <li>{instant(entry.created_at)}" "{entry.kind.label()}" "{place}</li> }
                .into_any()
        })
        .collect();
    view! {
        <section class="card stack" id="records">
            <h2>"公告与存证"</h2>
            <ul class="plain">{notices}</ul>
            <details>
                <summary>"存证账本中的记录（"{case.entries.len()}" 条）"</summary>
                <ul class="plain">{entries}</ul>
            </details>
        </section>
    }
    .into_any()
}
