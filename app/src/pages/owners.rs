//! 项目业主: the public list and a page each.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Fields, card, count_text, crumbs, empty, facts, instant, mono, pager, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::owner::{OwnerKind, OwnerState};
use store::owner::{Owner, OwnerRow};
use store::page::{PAGE, Page};
use store::requirement::{RequirementFilter, RequirementRow};

/// `/owners`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let kind = ask
        .query("kind")
        .and_then(|code| OwnerKind::parse(code).ok());
    let (page, count) =
        store::owner::list(desk.conn(), kind, ask.query("q"), ask.cursor().as_ref()).await?;
    let ask = ask.clone();
    Ok(Reply::page("项目业主", Section::None, move || {
        list_view(&ask, page, count)
    }))
}

fn list_view(ask: &Ask, page: Page<OwnerRow>, count: i64) -> AnyView {
    let fields = Fields::new(ask, "", ask.query.clone(), uuid::Uuid::nil());
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td>
                        <a href=format!("/owners/{}", row.uscc)>{row.name}</a>
                        <br />
                        <span class="small muted mono">{row.uscc}</span>
                    </td>
                    <td data-h="性质">{row.kind.label()}</td>
                    <td class="num" data-h="发布公告">
                        {row.requirements}
                    </td>
                    <td data-h="登记时间">{instant(row.registered_at)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty(
            "没有符合条件的业主",
            "换一个词，或者清除筛选条件。",
            Some(("/owners".into(), "查看全部业主")),
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"业主"</th>
                        <th>"性质"</th>
                        <th class="num">"发布公告"</th>
                        <th>"登记时间"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <h1>"项目业主"</h1>
        <div class="side-main">
            <form class="filters card stack" action="/owners">
                {fields.input("search", "q", "名称、代码或拼音首字母", "")}
                {fields.select("kind", "性质", "", "全部", crate::choices!(OwnerKind))}
                <button class="btn main wide">"筛选"</button>
            </form>
            <section class="card flush">
                <div class="row between">
                    <p>"共 "<b>{count_text(count)}</b>" 家"</p>
                </div>
                {body}
                {pager(ask, &page.previous, &page.next)}
            </section>
        </div>
    }
    .into_any()
}

/// `/owners/{uscc}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let uscc: String = ask.param("uscc").ok_or(AppError::NotFound)?;
    let owner = store::owner::by_uscc(desk.conn(), &uscc)
        .await?
        .filter(|owner| owner.state == OwnerState::Active);
    let owner = owner.ok_or(AppError::NotFound)?;
    let filter = RequirementFilter {
        owner: Some(owner.id),
        ..RequirementFilter::default()
    };
    let requirements =
        store::requirement::list(desk.conn(), &filter, ask.cursor().as_ref(), PAGE).await?;
    let (title, ask, now) = (owner.name.clone(), ask.clone(), desk.now);
    Ok(Reply::page(title, Section::None, move || {
        page_view(&ask, owner, requirements, now)
    }))
}

fn page_view(
    ask: &Ask,
    owner: Owner,
    page: Page<RequirementRow>,
    now: market::Timestamp,
) -> AnyView {
    let body = if page.rows.is_empty() {
        empty("还没有发布过公告", "发布后会列在这里。", None)
    } else {
        super::requirements::table(page.rows, now)
    };
    view! {
        {crumbs(&[("/owners", "项目业主")], &owner.name)}
        <h1>{owner.name.clone()}</h1>
        <div class="main-side">
            <div class="stack">
                <section class="card flush">
                    <div class="row">
                        <h2>"发布的公告"</h2>
                    </div>
                    {body}
                    {pager(ask, &page.previous, &page.next)}
                </section>
            </div>
            <aside class="stack">
                {card(
                    "基本情况",
                    facts(
                        vec![
                            ("代码", mono(owner.uscc)),
                            ("性质", text(owner.kind.label())),
                            ("资金来源", text(owner.fund_type.label())),
                            ("地址", text(owner.address)),
                            ("登记时间", instant(owner.registered_at)),
                        ],
                    ),
                )}
            </aside>
        </div>
    }
    .into_any()
}
