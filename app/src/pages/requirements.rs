//! 采购公告: the list with filters.

use super::Shown;
use super::home::left;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Choice, Fields, Status, Tone, count_text, empty, link, pager, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::requirement::RequirementState;
use market::selection::{BY_BID, Method};
use market::time::{stamp, stamp_end_short};
use store::catalogue::ServiceTypeRow;
use store::page::{PAGE, Page};
use store::requirement::{RequirementFilter, RequirementRow};

/// The filter that an address names.
pub fn filter(ask: &Ask) -> RequirementFilter {
    let state = ask
        .query("state")
        .and_then(|code| RequirementState::parse(code).ok());
    RequirementFilter {
        state: state.filter(|state| state.is_public()),
        methods: ask.query("method").map(Method::named).unwrap_or_default(),
        service_type: ask.query("type").and_then(|id| id.parse().ok()),
        owner: None,
        text: ask.query("q").map(str::to_string),
    }
}

/// `/requirements`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let filter = filter(ask);
    let page = store::requirement::list(desk.conn(), &filter, ask.cursor().as_ref(), PAGE).await?;
    let counters = store::counter::all(desk.conn()).await?;
    let count = if filter.is_empty() {
        counters.get("requirements")
    } else {
        store::requirement::count(desk.conn(), &filter).await?
    };
    let types = store::catalogue::service_types(desk.conn()).await?;
    let (ask, now) = (ask.clone(), desk.now);
    Ok(Reply::page(
        "采购公告",
        Section::Requirements,
        move || list_view(&ask, page, count, types, now),
    ))
}

/// The methods that a list can be narrowed to: each, and all that are decided by bids.
pub fn methods() -> Vec<Choice> {
    let mut list = crate::choices!(Method);
    list.push(Choice::new(BY_BID, "按报价选取（全部报价的方式）"));
    list
}

const TABS: [Option<RequirementState>; 7] = [
    None,
    Some(RequirementState::Published),
    Some(RequirementState::Frozen),
    Some(RequirementState::Choosing),
    Some(RequirementState::Selected),
    Some(RequirementState::Awarded),
    Some(RequirementState::Failed),
];

fn list_view(
    ask: &Ask,
    page: Page<RequirementRow>,
    count: i64,
    types: Vec<ServiceTypeRow>,
    now: Timestamp,
) -> AnyView {
    let fields = Fields::new(ask, "", ask.query.clone(), uuid::Uuid::nil());
    let state = filter(ask).state;
    let tabs: Vec<AnyView> = TABS
        .into_iter()
        .map(|own| {
            let current = (own == state).then_some("true");
            let label = own.map_or("全部", RequirementState::label);
            let href = ask.link(&[("state", own.map(RequirementState::code)), ("at", None)]);
            view! {
                <a href=href aria-current=current>
                    {label}
                </a>
            }
            .into_any()
        })
        .collect();
    let types = types
        .into_iter()
        .map(|t| Choice::new(t.id.to_string(), t.name))
        .collect();
    let body = if page.rows.is_empty() {
        empty(
            "没有符合条件的公告",
            "减少一些条件，或者换一个词。",
            Some(("/requirements".into(), "查看全部公告")),
        )
    } else {
        table(page.rows, now)
    };
    view! {
        <h1>"采购公告"</h1>
        <nav class="tabs" aria-label="按状态">
            {tabs}
        </nav>
        <div class="side-main">
            <form class="filters card stack" action="/requirements">
                <input type="hidden" name="state" value=ask.query.get("state").to_string() />
                {fields.input("search", "q", "项目、编号或拼音首字母", "")}
                {fields.select("method", "选取方式", "", "全部", methods())}
                {fields.select("type", "服务类型", "", "全部", types)}
                <button class="btn main wide">"筛选"</button>
                <a class="small" href="/requirements">
                    "清除条件"
                </a>
                <p class="small">
                    {link("/notices", "按公告类型查看（更正、延期、流标、合同）")}
                </p>
            </form>
            <section class="card flush">
                <div class="row between">
                    <p>"共 "<b>{count_text(count)}</b>" 条"</p>
                    <p class="small">{link("/api/v1/requirements", "开放数据 JSON")}</p>
                </div>
                {body}
                {pager(ask, &page.previous, &page.next)}
            </section>
        </div>
    }
    .into_any()
}

/// Rows of requirements, here and on owners' pages.
pub fn table(rows: Vec<RequirementRow>, now: Timestamp) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let until = match row.state {
                RequirementState::Published => view! {
                    {stamp_end_short(row.deadline_at)}
                    <br />
                    {left(row.deadline_at, now)}
                }
                .into_any(),
                _ => view! { {stamp_end_short(row.deadline_at)} }.into_any(),
            };
            view! {
                <tr>
                    <td>
                        <a href=format!("/requirements/{}", row.id)>{row.project_name}</a>
                        <br />
                        <span class="small muted">
                            {row.owner_name}" · "{row.item_name}" · 发布 "{stamp(row.published_at)}
                        </span>
                    </td>
                    <td data-h="方式">{tag(Tone::Go, row.method.label())}</td>
                    <td class="num" data-h="金额（万元）">
                        {row.amount_fen.wan()}
                        {row.method.wants_bid().then_some(" 以内")}
                    </td>
                    <td data-h="状态">{row.state.tag()}</td>
                    <td data-h="截止" class="nowrap">
                        {until}
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="as-cards">
            <thead>
                <tr>
                    <th>"项目"</th>
                    <th>"方式"</th>
                    <th class="num">"金额（万元）"</th>
                    <th>"状态"</th>
                    <th>"报名截止"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
