//! The operator's audits and publications: what waits, and an edition with what the lint found.

use super::Shown;
use super::desk::staff::{edition_columns, waiting_editions};
use super::desk::waiting_text;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{
    Fields, Status, Tone, card, crumbs, done, empty, facts, instant, link, note, text,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::hash::Hex32;
use market::lint::Finding;
use market::permit::Role;
use market::requirement::{EditionState, Specification};
use market::{Form, Refusal};
use store::edition::{Edition, WaitingEdition};
use store::file::FileLink;
use store::page::Queue;
use store::requirement::RequirementPage;

/// `/desk/audits`
pub async fn audits(desk: &mut Desk, ask: &Ask) -> Shown {
    list(desk, ask, EditionState::Submitted, "需求审核").await
}

/// `/desk/publications`
pub async fn publications(desk: &mut Desk, ask: &Ask) -> Shown {
    list(desk, ask, EditionState::Audited, "公告发布").await
}

async fn list(desk: &mut Desk, ask: &Ask, state: EditionState, title: &'static str) -> Shown {
    let waiting = waiting_editions(desk, state).await?;
    let (rules, now, ask) = (desk.rules().await?, desk.now, ask.clone());
    Ok(Reply::page(title, Section::Desk, move || {
        list_view(&ask, title, waiting, &rules, now)
    }))
}

fn list_view(
    ask: &Ask,
    title: &'static str,
    waiting: Queue<WaitingEdition>,
    rules: &store::policy::Rules,
    now: market::Timestamp,
) -> AnyView {
    let how_many = waiting_text(waiting.count, waiting.rows.len());
    let body = if waiting.rows.is_empty() {
        empty(
            "没有等办的事",
            "新的需求提交后会出现在这里。",
            Some(("/desk".into(), "回到工作台")),
        )
    } else {
        edition_columns(rules, now).table(&waiting.rows)
    };
    view! {
        {crumbs(&[("/desk", "工作台")], title)}
        {done(ask)}
        <h1>{title}</h1>
        <section class="card flush">
            <div class="row">
                <p>"共 "{how_many}</p>
            </div>
            {body}
        </section>
    }
    .into_any()
}

/// What the lint found, as a list.
pub fn findings(list: &[Finding]) -> AnyView {
    let rows: Vec<AnyView> = list
        .iter()
        .map(|finding| {
            view! {
                <li>
                    <b>{finding.field.clone()}</b>
                    "：“…"
                    {finding.quote.clone()}
                    "…” "
                    {finding.why.clone()}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul>{rows}</ul> }.into_any()
}

struct Paper {
    page: RequirementPage,
    edition: Edition,
    spec: Specification,
    files: Vec<FileLink>,
    once: uuid::Uuid,
    ask: Ask,
    role: Role,
    is_own_audit: bool,
    /// The hash of what was handed in, or that it has changed since.
    handed_in: Result<Hex32, Refusal>,
}

/// `/desk/editions/{id}`
pub async fn edition(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let page = store::requirement::page(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let waits = |edition: &Edition| {
        matches!(
            edition.state,
            EditionState::Submitted | EditionState::Audited
        )
    };
    let edition = store::edition::all(desk.conn(), id)
        .await?
        .into_iter()
        .find(waits);
    let Some(edition) = edition else {
        return Ok(Reply::to(address::requirement(id)));
    };
    let spec = edition
        .spec
        .as_ref()
        .ok_or_else(|| AppError::broken("a submitted edition has no document"))?
        .0
        .clone();
    let printed = store::edition::printed(desk.conn(), id).await?;
    let paper = Paper {
        handed_in: edition.unchanged(&printed)?,
        files: store::file::of_requirement(desk.conn(), id, true).await?,
        once: desk.id(),
        is_own_audit: edition.audited_by == Some(desk.person()?),
        role: desk.acting()?.role,
        ask: ask.clone(),
        page,
        edition,
        spec,
    };
    Ok(Reply::page("审核与发布", Section::Desk, move || {
        view(paper)
    }))
}

/// Wording that may be unfair, with the owner's reason.
fn suspects(paper: &Paper) -> Option<AnyView> {
    (!paper.spec.findings.is_empty()).then(|| {
        let reason = paper.spec.findings_reason.clone().unwrap_or_default();
        note(
            Tone::Warn,
            view! {
                <p>
                    <b>"可能不公平的表述"</b>
                </p>
                {findings(&paper.spec.findings)}
                <p>
                    <b>"业主的理由："</b>
                    {reason}
                </p>
            },
        )
    })
}

/// What a correction changes, and why.
fn changes(paper: &Paper) -> Option<AnyView> {
    paper.edition.changes.as_ref().map(|changes| {
        view! {
            <section class="card stack">
                <h2>"更正了什么"</h2>
                <p>"原因："{paper.edition.correction_reason.clone()}</p>
                {crate::parts::changes(&changes.0.changes)}
            </section>
        }
        .into_any()
    })
}

/// That nothing has changed since it was handed in, or what that means.
fn handed_in(paper: &Paper) -> AnyView {
    match &paper.handed_in {
        Ok(hash) => view! {
            <p class="small muted">
                "内容与附件校验值："<code>{hash.to_string()}</code>"，从提交到发布保持不变"
            </p>
        }
        .into_any(),
        Err(refusal) => note(
            Tone::Bad,
            format!("{}{}", refusal.sentence(), refusal.way_out()),
        ),
    }
}

fn view(paper: Paper) -> AnyView {
    let rows = paper
        .spec
        .rows()
        .into_iter()
        .map(|(label, value)| match (label, paper.spec.doubt) {
            ("服务金额", Some(doubt)) => (
                label,
                view! {
                    {text(value)}
                    {note(Tone::Warn, doubt.remark())}
                }
                .into_any(),
            ),
            _ => (label, text(value)),
        })
        .collect();
    let files: Vec<AnyView> = paper
        .files
        .iter()
        .map(|file| view! { <li>{link(address::file(file.id), file.name.clone())}</li> }.into_any())
        .collect();
    let files = (!files.is_empty()).then(|| card("附件", view! { <ul class="plain">{files}</ul> }));
    let (found, changes) = (suspects(&paper), changes(&paper));
    let handed_in = handed_in(&paper);
    let queue = if paper.edition.state == EditionState::Audited {
        ("/desk/publications", "公告发布")
    } else {
        ("/desk/audits", "需求审核")
    };
    view! {
        {crumbs(&[("/desk", "工作台"), queue], &paper.spec.project_name)}
        {done(&paper.ask)}
        <h1>{paper.spec.title()}</h1>
        <p class="row">
            {paper.edition.state.tag()}
            <span class="muted">{paper.page.owner_name.clone()}" · 第 "{paper.edition.edition}" 版"</span>
        </p>
        {found}
        {handed_in}
        <div class="main-side">
            <div class="stack">{changes}{card("需求全文", facts(rows))}{files}</div>
            <aside class="stack">{action(&paper)}</aside>
        </div>
    }
    .into_any()
}

impl Paper {
    /// The fields of the form that an address takes, with the address.
    fn form(&self, action: String) -> (String, Fields) {
        let fields = Fields::new(&self.ask, &action, Form::default(), self.once);
        (action, fields)
    }
}

fn action(paper: &Paper) -> AnyView {
    match (paper.edition.state, paper.role) {
        (EditionState::Submitted, Role::OperatorAuditor) => audit(paper),
        (EditionState::Audited, Role::OperatorPublisher) => publish(paper),
        (EditionState::Submitted, _) => note(Tone::Go, "等待审核人员审核。"),
        _ => note(Tone::Go, "等待发布人员发布，审核和发布必须是两个人。"),
    }
}

/// First a press that the audit begins; then its answer.
fn audit(paper: &Paper) -> AnyView {
    let version = paper.edition.version;
    if let Some(at) = paper.edition.audit_begun_at {
        let (audit, fields) = paper.form(address::edition_audit(paper.page.id));
        let by = paper.edition.audit_begun_by_name.clone();
        return view! {
            <p class="small muted">{by}" 于 "{instant(at)}" 开始审核，业主已不能撤回。"</p>
            {super::checks::judgement(&fields, audit, version, "审核", "提交结论")}
        }
        .into_any();
    }
    let (begin, fields) = paper.form(address::edition_begin(paper.page.id));
    view! {
        <section class="card stack">
            <h2>"审核"</h2>
            <form method="post" action=begin class="stack-s">
                {fields.hidden(Some(version))}
                {fields.summary()}
                <p class="small">
                    "开始审核之前，业主还可以撤回修改；开始之后由您作出结论。"
                </p>
                <button class="btn main wide">"开始审核"</button>
            </form>
        </section>
    }
    .into_any()
}

fn publish(paper: &Paper) -> AnyView {
    let version = Some(paper.edition.version);
    let ((publish, publishing), (back, returning)) = (
        paper.form(address::edition_publish(paper.page.id)),
        paper.form(address::edition_return(paper.page.id)),
    );
    let returns = paper.ask.trouble_at(&back).is_some();
    let same = paper
        .is_own_audit
        .then(|| note(Tone::Bad, "这份需求是您本人审核的，请由另一位人员发布。"));
    let audited = paper.edition.audited_by_name.clone().unwrap_or_default();
    view! {
        <section class="card stack">
            <h2>"发布"</h2>
            <p class="small muted">
                "审核人："{audited}" "
                {(!paper.edition.audit_note.is_empty()).then(|| paper.edition.audit_note.clone())}
            </p>
            {same}
            <form method="post" action=publish class="stack-s">
                {publishing.hidden(version)}
                {publishing.summary()}
                <p class="small">
                    "发布后系统确定报名截止和选取时间，锁定随机种子，写入存证账本，不能撤回，只能更正。"
                </p>
                <button class="btn main wide">"发布公告"</button>
            </form>
            <details open=returns>
                <summary>"不发布，退回修改"</summary>
                <form method="post" action=back class="stack-s">
                    {returning.hidden(version)}
                    {returning.summary()}
                    {returning.text_area("note", "退回的理由", "", 3)}
                    <button class="btn wide">"退回"</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}
