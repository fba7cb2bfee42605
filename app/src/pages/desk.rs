//! The desks: what waits for me, with its due date, for each role.

mod parties;
mod sign_ups;
pub(super) mod staff;
pub mod wording;

pub use sign_ups::page as sign_ups;

use super::Shown;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, tabs};
use crate::parts::{
    Fields, Html, Status, Tone, card, crumbs, done, empty, link, note, pager, table_card,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::permit::Role;
use market::{Form, Timestamp};
use store::mandate::TrusteeRow;
use store::page::{Page, Queue};
use store::requirement::{OwnRow, Progress};

/// `/desk`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    match desk.acting()?.role {
        Role::OwnerAdmin | Role::OwnerTrustee => parties::owner(desk, ask).await,
        Role::AgencyAdmin => parties::agency(desk, ask).await,
        Role::DepartmentClerk | Role::DepartmentChecker => staff::department(desk, ask).await,
        Role::OperatorAuditor | Role::OperatorPublisher => staff::operator(desk, ask).await,
        Role::Supervisor => staff::supervisor(desk, ask).await,
    }
}

/// The head of every desk: who acts for whom.
fn head(desk: &Desk, ask: &Ask) -> (String, Ask) {
    let acting = desk.actor.as_ref().and_then(|actor| actor.acting.as_ref());
    let line = acting.map_or(String::new(), |acting| {
        let body = acting.body_name.clone().unwrap_or_else(|| "平台".into());
        format!("{body} · {}", acting.role.label())
    });
    (line, ask.clone())
}

fn frame(head: (String, Ask), body: AnyView) -> AnyView {
    let (line, ask) = head;
    view! {
        {done(&ask)}
        <div class="row between">
            <h1>"等我办的事"</h1>
            <p class="muted">{line}</p>
        </div>
        {body}
    }
    .into_any()
}

/// A queue: rows that each lead to where they are dealt with, or a sentence that nothing waits.
pub(super) fn queue<R>(
    title: &'static str,
    waiting: &Queue<R>,
    columns: &Columns<'_, R>,
) -> AnyView {
    let how_many = waiting_text(waiting.count, waiting.rows.len());
    let body = if waiting.rows.is_empty() {
        view! { <p class="pad muted">"没有等办的事。"</p> }.into_any()
    } else {
        columns.table(&waiting.rows)
    };
    let remark = view! { <p class="small muted">{how_many}</p> };
    table_card(title, remark.into_any(), body)
}

/// How many wait, and how many of them are listed when those are fewer.
pub(super) fn waiting_text(count: i64, listed: usize) -> String {
    if count > market::count::signed(listed) {
        format!("{count} 件，先列出最急的 {listed} 件")
    } else {
        format!("{count} 件")
    }
}

/// `/desk/requirements`
pub async fn requirements(desk: &mut Desk, ask: &Ask) -> Shown {
    let (owner, only) = (desk.owner()?, desk.only_own());
    let stage = ask.query("stage").and_then(Progress::parse);
    let cursor = ask.cursor();
    let page =
        store::requirement::of_owner(desk.conn(), owner, only, stage, cursor.as_ref()).await?;
    let ask = ask.clone();
    Ok(Reply::page("我的需求", Section::Desk, move || {
        requirements_view(&ask, stage, page)
    }))
}

fn requirements_view(ask: &Ask, chosen: Option<Progress>, page: Page<OwnRow>) -> AnyView {
    let stages = Progress::ALL.map(|stage| (stage.code(), stage.label()));
    let choices = std::iter::once(("", "全部")).chain(stages);
    let mut to = Columns::<OwnRow>::new();
    to.only_shown("项目", |row, to| {
        let name = match row.project_name.as_str() {
            "" => "（还没有填项目名称）",
            name => name,
        };
        to.link(address::requirement(row.id), name)
            .second(format_args!("{} · {}", row.item_name, row.created_by_name));
    });
    to.state("状态", |row| row.state).shown(|row, to| {
        to.state(&row.state).raw(" ");
        if let Some(state) = &row.edition_state {
            to.state(state);
        }
    });
    to.instant("建立", |row| Some(row.created_at));
    to.only_shown("报名截止", |row, to| {
        if let Some(at) = row.deadline_at {
            to.until(at);
        }
    });
    let body = if page.rows.is_empty() && chosen.is_some() {
        empty("没有这样的需求", "换一个分类看看。", None)
    } else if page.rows.is_empty() {
        empty(
            "还没有需求",
            "选择一个服务事项，开始填写。",
            Some(("/requirements/new".into(), "发布需求")),
        )
    } else {
        to.table(&page.rows)
    };
    view! {
        {crumbs(&[("/desk", "工作台")], "我的需求")}
        {done(ask)}
        <div class="row between">
            <h1>"我的需求"</h1>
            <a class="btn main" href="/requirements/new">
                "发布需求"
            </a>
        </div>
        {tabs(ask, "按进度", "stage", choices, chosen.map_or("", Progress::code))}
        <section class="card flush">{body}{pager(ask, &page.previous, &page.next)}</section>
    }
    .into_any()
}

/// `/desk/trustees`
pub async fn trustees(desk: &mut Desk, ask: &Ask) -> Shown {
    let owner = desk.owner()?;
    let list = store::mandate::of_owner(desk.conn(), owner).await?;
    let fields = Fields::new(ask, "/desk/trustees", Form::default(), desk.id());
    let ask = ask.clone();
    Ok(Reply::page("采购受托人", Section::Desk, move || {
        trustees_view(&ask, list, fields)
    }))
}

fn trustees_view(ask: &Ask, list: Vec<TrusteeRow>, fields: Fields) -> AnyView {
    let count = list.len();
    let mut to = Columns::<TrusteeRow>::new();
    to.text("姓名", |row| &row.name).shown(|row, to| {
        to.text(&row.name).second(&row.login);
    });
    to.tag("角色", |row| row.role);
    to.text("手机", |row| &row.phone_masked);
    to.instant("授权时间", |row| Some(row.granted_at));
    to.only_shown("操作", |row, to| {
        if row.role == Role::OwnerTrustee {
            to.view(end_trust(&address::trustee_end(row.id)));
        }
    });
    let table = to.table(&list);
    view! {
        {crumbs(&[("/desk", "工作台")], "采购受托人")}
        {done(ask)}
        <h1>"采购受托人"</h1>
        <section class="card flush">
            <div class="row">
                <p>"共 "<b>{count}</b>" 人"</p>
            </div>
            {table}
        </section>
        <form method="post" action="/desk/trustees" class="card stack narrow">
            <h2>"授权新的受托人"</h2>
            {fields.hidden(None)}
            {fields.summary()}
            {note(
                Tone::Plain,
                "受托人只看到和办理自己建立的需求。请把登录名和初始密码当面交给本人，并提醒修改密码。",
            )}
            {fields.input("text", "person_name", "姓名", "")}
            {fields.input("tel", "phone", "手机号", "")}
            {fields.input("text", "login", "登录名", "3 至 30 个字母、数字、点、横线或下划线。")}
            {fields.input("password", "new_password", "初始密码", "至少 10 个字符。")}
            <div class="row">
                <button class="btn main">"授权"</button>
            </div>
        </form>
    }
    .into_any()
}

/// The form that ends a trustee's mandate, folded away.
fn end_trust(action: &str) -> AnyView {
    view! {
        <details>
            <summary class="small">"终止授权"</summary>
            <form method="post" action=action.to_string()>
                <p class="small">"终止后立即不能再以本单位名义办理，已办的事不受影响。"</p>
                <button class="btn danger">"确认终止"</button>
            </form>
        </details>
    }
    .into_any()
}

/// `/desk/registration`: a returned registration, corrected.
pub async fn registration(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = desk.owner()?;
    let owner = store::owner::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let stored: Form = [
        ("uscc", owner.uscc.as_str()),
        ("name", &owner.name),
        ("kind", owner.kind.code()),
        ("fund_type", owner.fund_type.code()),
        ("legal_representative", &owner.legal_representative),
        ("address", &owner.address),
        ("contact_name", &owner.contact_name),
        ("contact_phone", &owner.contact_phone),
    ]
    .into_iter()
    .collect();
    let fields = Fields::new(ask, "/desk/registration", stored, desk.id());
    Ok(Reply::page("业主登记", Section::Desk, move || {
        let may = owner.state == market::owner::OwnerState::Returned;
        let why = (!owner.check_note.is_empty()).then(|| {
            note(
                Tone::Warn,
                view! {
                    <p>
                        <b>"核对意见："</b>
                        {owner.check_note.clone()}
                    </p>
                },
            )
        });
        let button = may.then(|| {
            view! {
                <div class="row">
                    <button class="btn main">"重新提交"</button>
                </div>
            }
        });
        view! {
            {crumbs(&[("/desk", "工作台")], "业主登记")}
            <h1>"业主登记"</h1>
            <p>{owner.state.tag()}</p>
            {why}
            <form method="post" action="/desk/registration" enctype="multipart/form-data" class="card stack narrow">
                {fields.hidden(Some(owner.version))}
                {fields.summary()}
                <fieldset class="bare" disabled=!may>
                    {super::registration::owner_fields(&fields)}
                </fieldset>
                {button}
            </form>
        }
        .into_any()
    }))
}

/// A remark with a way on, at the top of a desk.
fn remark(tone: Tone, sentence: &'static str, href: &'static str, label: &'static str) -> AnyView {
    note(tone, view! { <p>{sentence}" "{link(href, label)}</p> })
}

/// When something is due, in a cell; empty when it never is.
fn due_cell(to: &mut Html, at: Option<Timestamp>, now: Timestamp, rules: &store::policy::Rules) {
    if let Some(at) = at {
        to.due(at, now, rules);
    }
}

/// A card of links.
fn links(title: &'static str, list: &[(&'static str, &'static str)]) -> AnyView {
    let list: Vec<AnyView> = list
        .iter()
        .map(|(href, label)| view! { <li>{link(*href, *label)}</li> }.into_any())
        .collect();
    card(title, view! { <ul class="plain">{list}</ul> })
}
