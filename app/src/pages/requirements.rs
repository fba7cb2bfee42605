//! 采购公告: the list with filters.

use super::Shown;
use super::home::left;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Filters, Listed, Loaded, Noun, load, tabs};
use crate::parts::{Choice, link};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::requirement::RequirementState;
use market::selection::{BY_BID, Method};
use market::time::{stamp, stamp_end_short};
use store::catalogue::ServiceTypeRow;
use store::page::{Cursor, Page};
use store::requirement::{RequirementFilter, RequirementRow};

/// 采购公告, newest first.
pub struct Requirements {
    pub filter: RequirementFilter,
    now: Timestamp,
}

impl Listed for Requirements {
    type Row = RequirementRow;
    const NOUN: Noun = Noun::new("/requirements", "采购公告", "条")
        .empty("没有符合条件的公告", "减少一些条件，或者换一个词。")
        .all("查看全部公告");

    async fn read(desk: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let state = ask
            .query("state")
            .and_then(|code| RequirementState::parse(code).ok());
        let filter = RequirementFilter {
            state: state.filter(|state| state.is_public()),
            methods: ask.query("method").map(Method::named).unwrap_or_default(),
            service_type: ask.query("type").and_then(|id| id.parse().ok()),
            owner: None,
            text: ask.query("q").map(str::to_string),
        };
        let now = desk.now;
        Ok(Requirements { filter, now })
    }

    fn columns(&self) -> Columns<'_, RequirementRow> {
        columns(self.now)
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<RequirementRow>, AppError> {
        Ok(store::requirement::list(desk.conn(), &self.filter, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        if self.filter.is_empty() {
            let counters = store::counter::all(desk.conn()).await?;
            return Ok(counters.get("requirements"));
        }
        Ok(store::requirement::count(desk.conn(), &self.filter).await?)
    }
}

/// Rows of requirements, here and on owners' pages.
pub fn columns<'c>(now: Timestamp) -> Columns<'c, RequirementRow> {
    let mut to = Columns::<RequirementRow>::new();
    to.code("公告编号", |row| &row.notice_no)
        .only_in_files("notice_no");
    to.text("项目", |row| &row.project_name)
        .in_files("project_name")
        .shown(|row, to| {
            let at = stamp(row.published_at);
            let about = format_args!("{} · {} · 发布 {at}", row.owner_name, row.item_name);
            to.link(format_args!("/requirements/{}", row.id), &row.project_name)
                .second(about);
        });
    to.text("项目业主", |row| &row.owner_name)
        .only_in_files("owner_name");
    to.text("服务事项", |row| &row.item_name)
        .only_in_files("item_name");
    to.tag("方式", |row| row.method).in_files("method");
    to.coded("资金", |row| row.fund).only_in_files("fund");
    to.coded("价格", |row| row.price_kind)
        .only_in_files("price_kind");
    to.fen("金额（元）", |row| row.amount_fen)
        .only_in_files("amount_fen");
    to.figure_shown("金额（万元）", amount);
    to.state("状态", |row| row.state).in_files("state");
    to.instant("发布时间", |row| Some(row.published_at))
        .only_in_files("published_at");
    to.instant("报名截止", |row| Some(row.deadline_at))
        .in_files("deadline_at")
        .shown(move |row, to| {
            to.text(stamp_end_short(row.deadline_at));
            if row.state == RequirementState::Published {
                to.raw("<br>");
                left(to, row.deadline_at, now);
            }
        });
    to
}

/// The price, or the most that may be bid.
pub fn amount(row: &RequirementRow, to: &mut crate::parts::Html) {
    to.text(row.amount_fen.wan());
    if row.method.wants_bid() {
        to.text(" 以内");
    }
}

/// `/requirements`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Requirements>(desk, ask).await?;
    let types = store::catalogue::service_types(desk.conn()).await?;
    let title = Requirements::NOUN.title;
    Ok(Reply::page(title, Section::Requirements, move || {
        view(list, types)
    }))
}

/// The methods that a list can be narrowed to: each, and all that are decided by bids.
pub fn methods() -> Vec<Choice> {
    let mut list = crate::choices!(Method);
    list.push(Choice::new(BY_BID, "按报价选取（全部报价的方式）"));
    list
}

const TABS: [RequirementState; 6] = [
    RequirementState::Published,
    RequirementState::Frozen,
    RequirementState::Choosing,
    RequirementState::Selected,
    RequirementState::Awarded,
    RequirementState::Failed,
];

fn view(list: Loaded<Requirements>, types: Vec<ServiceTypeRow>) -> AnyView {
    let ask = &list.ask;
    let types = types
        .into_iter()
        .map(|t| Choice::new(t.id.to_string(), t.name))
        .collect();
    let states = TABS.map(|state| (state.code(), state.label()));
    let choices = std::iter::once(("", "全部")).chain(states);
    let state = list.list.filter.state.map_or("", RequirementState::code);
    let filters = Filters::new(ask, Requirements::NOUN.path)
        .keeping("state")
        .search("项目、编号或拼音首字母")
        .select("method", "选取方式", methods())
        .select("type", "服务类型", types)
        .side(view! { <p class="small">{link("/notices", "按公告类型查看（更正、延期、流标、合同）")}</p> });
    view! {
        <h1>"采购公告"</h1>
        {tabs(ask, "按状态", "state", choices, state)}
        <div class="side-main">{filters} {list.card(link("/api/v1/requirements", "开放数据 JSON"))}</div>
    }
    .into_any()
}
