//! 我的报名: every sign-up of an agency, and how each stands.

use super::super::Shown;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Status, Tone, crumbs, empty, instant, link, pager, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::requirement::RequirementState;
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
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| {
            let outcome = outcome(&row);
            view! {
                <tr>
                    <td>
                        {link(address::requirement(row.requirement_id), row.project_name)}<br />
                        <span class="small muted">{row.owner_name}</span>
                    </td>
                    <td data-h="方式">{row.method.map(|method| method.label())}</td>
                    <td data-h="报名时间">{instant(row.received_at)}</td>
                    <td data-h="我的报名">{outcome}</td>
                    <td data-h="项目状态">{row.requirement_state.tag()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty(
            "还没有报名",
            "看看现在有哪些公告可以报名。",
            Some(("/requirements?state=published".into(), "正在报名的公告")),
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"项目"</th>
                        <th>"方式"</th>
                        <th>"报名时间"</th>
                        <th>"我的报名"</th>
                        <th>"项目状态"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        {crumbs(&[("/desk", "工作台")], "我的报名")}
        <h1>"我的报名"</h1>
        <section class="card flush">{body}{pager(ask, &page.previous, &page.next)}</section>
    }
    .into_any()
}

/// How a sign-up stands.
fn outcome(row: &SignUpRow) -> AnyView {
    match row.award {
        Some(award) if award.is_live() => return tag(Tone::Ok, "中选"),
        Some(award) => return award.tag(),
        None => {}
    }
    if row.is_excluded {
        return tag(Tone::Bad, "未进入名单");
    }
    match (row.state, row.requirement_state) {
        (SignUpState::Live, RequirementState::Selected) => tag(Tone::Plain, waits(row.rank)),
        (SignUpState::Live, RequirementState::Awarded) => tag(Tone::Plain, "未中选"),
        (SignUpState::Live, RequirementState::Failed) => tag(Tone::Plain, "项目流标"),
        (state, _) => state.tag(),
    }
}

/// Which place one has who has not won: the first of a ranking has, and its backups follow it.
fn waits(rank: Option<i64>) -> String {
    match rank {
        Some(rank) if rank > 1 => format!("未中选，第 {} 候补", rank - 1),
        _ => "未中选，未列候补".to_string(),
    }
}
