//! 服务事项: the catalogue with filters, and a page for each item.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Filters, Listed, Loaded, Noun, load};
use crate::parts::{Choice, Html, Tone, card, crumbs, facts, html, nothing, table_card, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::service_item::{CommissionedBy, NO_DESIGNATION};
use store::catalogue::{ItemFacets, ItemFilter, ItemPage, ItemRow, ServiceTypeRow};
use store::page::{Cursor, Page};

/// 中介服务事项, by code.
pub struct Items {
    pub filter: ItemFilter,
}

impl Listed for Items {
    type Row = ItemRow;
    const NOUN: Noun = Noun::new("/items", "中介服务事项", "项")
        .empty("没有符合条件的事项", "换一个词，或者清除筛选条件。")
        .all("查看全部事项")
        .rows(30);

    async fn read(_: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let filter = ItemFilter {
            department: ask.query("department").and_then(|id| id.parse().ok()),
            category: ask.query("category").map(str::to_string),
            commissioned_by: ask
                .query("by")
                .and_then(|code| CommissionedBy::parse(code).ok()),
            text: ask.query("q").map(str::to_string),
        };
        Ok(Items { filter })
    }

    fn columns(&self) -> Columns<'_, ItemRow> {
        let mut to = Columns::<ItemRow>::new();
        to.code("编码", |row| &row.code).only_in_files("code");
        to.text("事项", |row| &row.name)
            .in_files("name")
            .shown(|row, to| {
                to.link(format_args!("/items/{}", row.code), &row.name)
                    .second_code(&row.code);
            });
        to.text("类别", |row| &row.category)
            .in_files("category")
            .class("nowrap");
        to.text("主管部门", |row| &row.department_name)
            .in_files("department");
        to.coded("由谁委托", |row| row.commissioned_by)
            .in_files("commissioned_by")
            .shown(|row, to| commissioned(to, row.commissioned_by, row.self_do_allowed));
        to.flag("可自行办理", |row| row.self_do_allowed)
            .only_in_files("self_do_allowed");
        to.count("时限（工作日）", |row| row.time_limit_workdays)
            .in_files("time_limit_workdays")
            .shown(|row, to| {
                match row.time_limit_workdays {
                    Some(days) => to.text(days),
                    None => to.text("按项目"),
                };
            });
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<ItemRow>, AppError> {
        Ok(store::catalogue::items(desk.conn(), &self.filter, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        Ok(store::catalogue::count_filtered(desk.conn(), &self.filter).await?)
    }
}

/// `/items`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Items>(desk, ask).await?;
    let facets = store::catalogue::item_facets(desk.conn()).await?;
    Ok(Reply::page(
        "中介服务事项",
        Section::Items,
        move || list_view(list, facets),
    ))
}

fn list_view(list: Loaded<Items>, facets: ItemFacets) -> AnyView {
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
    let filters = Filters::new(&list.ask, Items::NOUN.path)
        .search("名称、编码或审批事项")
        .select("department", "主管部门", departments)
        .select("category", "类别", categories)
        .select("by", "由谁委托", crate::choices!(CommissionedBy))
        .side(());
    view! {
        <h1>"中介服务事项"</h1>
        <p class="note">{NO_DESIGNATION}"清单之外，不得作为办理审批的条件。"</p>
        <div class="side-main">{filters} {list.card(())}</div>
    }
    .into_any()
}

fn commissioned(to: &mut Html, by: CommissionedBy, self_do: bool) {
    to.text(by.label());
    if self_do {
        to.raw(" ").tag(Tone::Ok, "可自行办理");
    }
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
    let mut to = Columns::<ServiceTypeRow>::new();
    to.text("服务类型", |row| &row.name);
    to.text("审核部门", |row| &row.department_name);
    to.figure_shown("可选机构", |row, to| {
        let agencies = format_args!("{} 家", row.agencies);
        to.link(format_args!("/agencies?type={}", row.id), agencies);
    });
    let types = table_card("对应的服务类型", nothing(), to.table(&item.service_types));
    let (code, name, id) = (item.code.clone(), item.name.clone(), item.id);
    let elements = elements(item);
    view! {
        {crumbs(&[("/items", "服务事项")], &code)}
        <h1>{name}</h1>
        <p class="note">{NO_DESIGNATION}</p>
        <div class="main-side">
            <div class="stack">
                {elements}
            </div>
            <aside class="stack">
                {types} <section class="card stack">
                    <h2>"办理"</h2>
                    <form method="post" action="/requirements">
                        <input type="hidden" name="item" value=id.to_string() />
                        <button class="btn main wide">"为这一事项选中介"</button>
                    </form>
                    <p class="small muted">"需要以项目业主身份登录。"</p>
                </section>
            </aside>
        </div>
    }
    .into_any()
}

/// What the catalogue says of the item.
fn elements(item: ItemPage) -> AnyView {
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
    card(
        "事项要素",
        facts(vec![
            ("编码", crate::parts::mono(item.code)),
            ("类别", text(item.category)),
            (
                "设定依据",
                text(or_dash(item.legal_basis.replace('；', "；\n"))),
            ),
            (
                "主管部门",
                text(format!(
                    "{}（清单表述：{}）",
                    item.department_name, item.competent_department,
                )),
            ),
            ("对应审批事项", text(approval)),
            (
                "由谁委托",
                html(|to| commissioned(to, item.commissioned_by, item.self_do_allowed)),
            ),
            ("机构资质要求", text(or_dash(item.qualification_required))),
            ("参考时限", text(limit)),
            ("收费依据", text(item.fee_basis)),
            ("成交参考", text(price)),
        ]),
    )
}
