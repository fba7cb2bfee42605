//! 我的报名: every sign-up of an agency, and how each stands.

use super::super::Shown;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{Html, Tone, crumbs, empty, pager};
use crate::reply::Reply;
use leptos::prelude::*;
use market::requirement::RequirementState;
use market::selection::Method;
use market::sign_up::SignUpState;
use store::page::Page;
use store::sign_up::SignUpRow;

/// `/desk/sign-ups`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let agency = desk.agency()?;
    let page = store::sign_up::of_agency(desk.conn(), agency, ask.cursor().as_ref()).await?;
    let ask = ask.clone();
    Ok(Reply::page("我的报名", Section::Desk, move || {
        view(&ask, page)
    }))
}

fn view(ask: &Ask, page: Page<SignUpRow>) -> AnyView {
    let mut to = Columns::<SignUpRow>::new();
    to.text("项目", |row| &row.project_name).shown(|row, to| {
        let project = address::requirement(row.requirement_id);
        to.link(project, &row.project_name).second(&row.owner_name);
    });
    to.text("方式", |row| row.method.map_or("", Method::label));
    to.instant("报名时间", |row| Some(row.received_at));
    to.only_shown("我的报名", outcome);
    to.state("项目状态", |row| row.requirement_state);
    let body = if page.rows.is_empty() {
        empty(
            "还没有报名",
            "看看现在有哪些公告可以报名。",
            Some(("/requirements?state=published".into(), "正在报名的公告")),
        )
    } else {
        to.table(&page.rows)
    };
    view! {
        {crumbs(&[("/desk", "工作台")], "我的报名")}
        <h1>"我的报名"</h1>
        <section class="card flush">{body}{pager(ask, &page.previous, &page.next)}</section>
    }
    .into_any()
}

/// How a sign-up stands.
fn outcome(row: &SignUpRow, to: &mut Html) {
    match row.award {
        Some(award) if award.is_live() => to.tag(Tone::Ok, "中选"),
        Some(award) => to.state(&award),
        None if row.is_excluded => to.tag(Tone::Bad, "未进入名单"),
        None => match (row.state, row.requirement_state) {
            (SignUpState::Live, RequirementState::Selected) => to.tag(Tone::Plain, waits(row.rank)),
            (SignUpState::Live, RequirementState::Awarded) => to.tag(Tone::Plain, "未中选"),
            (SignUpState::Live, RequirementState::Failed) => to.tag(Tone::Plain, "项目流标"),
            (state, _) => to.state(&state),
        },
    };
}

/// Which place one has who has not won: the first of a ranking has, and its backups follow it.
fn waits(rank: Option<i64>) -> String {
    match rank {
        Some(rank) if rank > 1 => format!("未中选，第 {} 候补", rank - 1),
        _ => "未中选，未列候补".to_string(),
    }
}
