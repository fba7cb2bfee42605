//! 服务事项: the catalogue with filters, and a page for each item.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{
    Choice, Fields, Tone, card, count_text, crumbs, empty, facts, link, pager, tag, text,
};
use crate::reply::Reply;
use crate::sheet;
use leptos::prelude::*;
use market::service_item::{CommissionedBy, NO_DESIGNATION};
use store::catalogue::{ItemFacets, ItemFilter, ItemPage, ItemRow};
use store::page::Page;

fn filter(ask: &Ask) -> ItemFilter {
    ItemFilter {
        department: ask.query("department").and_then(|id| id.parse().ok()),
        category: ask.query("category").map(str::to_string),
        commissioned_by: ask
            .query("by")
            .and_then(|code| CommissionedBy::parse(code).ok()),
        text: ask.query("q").map(str::to_string),
    }
}

/// `/items`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let filter = filter(ask);
    let (page, count) =
        store::catalogue::items(desk.conn(), &filter, ask.cursor().as_ref()).await?;
    let facets = store::catalogue::item_facets(desk.conn()).await?;
    let ask = ask.clone();
    Ok(Reply::page(
        "中介服务事项",
        Section::Items,
        move || list_view(&ask, page, count, facets),
    ))
}

fn list_view(ask: &Ask, page: Page<ItemRow>, count: i64, facets: ItemFacets) -> AnyView {
    let fields = Fields::new(ask, "", ask.query.clone(), uuid::Uuid::nil());
    let departments = facets
        .departments
        .into_iter()
        .map(|(id, name)| Choice::new(id.to_string(), name))
        .collect();
    let categories = facets
        .categories
        .into_iter()
        .map(|name| Choice::new(name.clone(), name))
        .collect();
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td>
                        <a href=format!("/items/{}", row.code)>{row.name}</a>
                        <br />
                        <span class="small muted mono">{row.code}</span>
                    </td>
                    <td data-h="类别" class="nowrap">
                        {row.category}
                    </td>
                    <td data-h="主管部门">{row.department_name}</td>
                    <td data-h="由谁委托">{commissioned(row.commissioned_by, row.self_do_allowed)}</td>
                    <td class="num" data-h="时限（工作日）">
                        {row.time_limit_workdays.map_or("按项目".to_string(), |days| days.to_string())}
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty(
            "没有符合条件的事项",
            "换一个词，或者清除筛选条件。",
            Some(("/items".into(), "查看全部事项")),
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"事项"</th>
                        <th>"类别"</th>
                        <th>"主管部门"</th>
                        <th>"由谁委托"</th>
                        <th class="num">"时限（工作日）"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <h1>"中介服务事项"</h1>
        <p class="note">{NO_DESIGNATION}"清单之外，不得作为办理审批的条件。"</p>
        <div class="side-main">
            <form class="filters card stack" action="/items">
                {fields.input("search", "q", "名称、编码或审批事项", "")}
                {fields.select("department", "主管部门", "", "全部", departments)}
                {fields.select("category", "类别", "", "全部", categories)}
                {fields.select("by", "由谁委托", "", "全部", crate::choices!(CommissionedBy))}
                <button class="btn main wide">"筛选"</button>
                <a class="small" href="/items">
                    "清除条件"
                </a>
            </form>
            <section class="card flush">
                <div class="row between">
                    <p>"共 "<b>{count_text(count)}</b>" 项"</p>
                    <p class="small">{link(ask.link_to("/items.csv", &[("at", None)]), "导出 CSV")}</p>
                </div>
                {body}
                {pager(ask, &page.previous, &page.next)}
            </section>
        </div>
    }
    .into_any()
}

fn commissioned(by: CommissionedBy, self_do: bool) -> AnyView {
    let self_do = self_do.then(|| tag(Tone::Ok, "可自行办理"));
    view! {
        {by.label()}
        " "
        {self_do}
    }
    .into_any()
}

/// `/items.csv`
pub async fn csv(desk: &mut Desk, ask: &Ask) -> Shown {
    let filter = filter(ask);
    let mut rows = Vec::new();
    let mut cursor = None;
    loop {
        let (page, _) = store::catalogue::items(desk.conn(), &filter, cursor.as_ref()).await?;
        rows.extend(page.rows.into_iter().map(|row| {
            [
                sheet::text(row.code),
                sheet::text(row.name),
                sheet::text(row.category),
                sheet::text(row.department_name),
                sheet::text(row.commissioned_by.label()),
                sheet::text(if row.self_do_allowed { "是" } else { "否" }),
                row.time_limit_workdays
                    .map_or_else(|| sheet::text(""), sheet::count),
            ]
        }));
        cursor = page.next.as_deref().and_then(store::page::Cursor::parse);
        if cursor.is_none() {
            break;
        }
    }
    let head = [
        "编码",
        "名称",
        "类别",
        "主管部门",
        "由谁委托",
        "可自行办理",
        "时限（工作日）",
    ];
    sheet::csv("items.csv", head, rows)
}

/// `/items/{code}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let code: String = ask.param("code").ok_or(AppError::NotFound)?;
    let item = store::catalogue::item(desk.conn(), &code)
        .await?
        .ok_or(AppError::NotFound)?;
    let title = item.name.clone();
    Ok(Reply::page(title, Section::Items, move || page_view(item)))
}

fn page_view(item: ItemPage) -> AnyView {
    let or_dash = |value: String| {
        if value.is_empty() {
            "—".to_string()
        } else {
            value
        }
    };
    let approval = if item.approval_item.is_empty() {
        "不是审批要件".to_string()
    } else {
        item.approval_item
    };
    let limit = match item.time_limit_workdays {
        Some(days) => format!("{days} 个工作日（有法定时限的从其规定）"),
        None => "按项目约定".to_string(),
    };
    let price = match item.median_amount_fen {
        Some(median) if item.contracts > 0 => format!(
            "近期 {} 份办结合同，金额中位数 {} 元",
            item.contracts,
            median.yuan()
        ),
        _ => "还没有办结的合同".to_string(),
    };
    let types: Vec<AnyView> = item
        .service_types
        .into_iter()
        .map(|service| {
            view! {
                <tr>
                    <td>{service.name}</td>
                    <td data-h="审核部门">{service.department_name}</td>
                    <td class="num" data-h="可选机构">
                        <a href=format!("/agencies?type={}", service.id)>{service.agencies}" 家"</a>
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        {crumbs(&[("/items", "服务事项")], &item.code)}
        <h1>{item.name}</h1>
        <p class="note">{NO_DESIGNATION}</p>
        <div class="main-side">
            <div class="stack">
                {card(
                    "事项要素",
                    facts(
                        vec![
                            ("编码", crate::parts::mono(item.code)),
                            ("类别", text(item.category)),
                            ("设定依据", text(or_dash(item.legal_basis.replace('；', "；\n")))),
                            (
                                "主管部门",
                                text(
                                    format!(
                                        "{}（清单表述：{}）",
                                        item.department_name,
                                        item.competent_department,
                                    ),
                                ),
                            ),
                            ("对应审批事项", text(approval)),
                            ("由谁委托", commissioned(item.commissioned_by, item.self_do_allowed)),
                            ("机构资质要求", text(or_dash(item.qualification_required))),
                            ("参考时限", text(limit)),
                            ("收费依据", text(item.fee_basis)),
                            ("成交参考", text(price)),
                        ],
                    ),
                )}
            </div>
            <aside class="stack">
                <section class="card flush">
                    <div class="row">
                        <h2>"对应的服务类型"</h2>
                    </div>
                    <table class="as-cards">
                        <thead>
                            <tr>
                                <th>"服务类型"</th>
                                <th>"审核部门"</th>
                                <th class="num">"可选机构"</th>
                            </tr>
                        </thead>
                        <tbody>{types}</tbody>
                    </table>
                </section>
                <section class="card stack">
                    <h2>"办理"</h2>
                    <form method="post" action="/requirements">
                        <input type="hidden" name="item" value=item.id.to_string() />
                        <button class="btn main wide">"为这一事项选中介"</button>
                    </form>
                    <p class="small muted">"需要以项目业主身份登录。"</p>
                </section>
            </aside>
        </div>
    }
    .into_any()
}
