//! The home page: figures, what is open now, what was just decided, ways in for the three kinds of user.

use super::Shown;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, thousands};
use crate::parts::{Html, credit, empty, figures, link, search_field, table_card};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::credit::months_earlier;
use market::selection::{BY_BID, PriceFrom};
use market::time::{Duration, span, stamp_end_short};
use store::award::{AwardFilter, AwardRow};
use store::contract::{ContractRow, Whose};
use store::counter::Counters;
use store::credit::{RedList, RedRow};
use store::portal::Pace;
use store::requirement::RequirementRow;

struct Home {
    items: i64,
    counters: Counters,
    pace: Pace,
    open: Vec<RequirementRow>,
    results: Vec<AwardRow>,
    contracts: Vec<ContractRow>,
    red: Vec<RedRow>,
    now: Timestamp,
}

/// `/`
pub async fn page(desk: &mut Desk, _: &Ask) -> Shown {
    let rules = desk.rules().await?;
    let now = desk.now;
    let clean_since = months_earlier(now, rules.policy.credit.red_list_clean_months);
    let red = RedList {
        rules: &rules.policy.credit,
        clean_since,
    };
    let home = Home {
        items: store::catalogue::count_items(desk.conn()).await?,
        counters: store::counter::all(desk.conn()).await?,
        pace: store::portal::pace(desk.conn()).await?,
        open: store::requirement::open(desk.conn(), None, now, 8)
            .await?
            .rows,
        results: store::award::list(desk.conn(), &AwardFilter::default(), None, 6)
            .await?
            .rows,
        contracts: store::contract::list(desk.conn(), Whose::Public, None, None, 4)
            .await?
            .rows,
        red: red.page(desk.conn(), None, 6).await?.rows,
        now,
    };
    Ok(Reply::page("首页", Section::Home, move || view(home)))
}

fn view(home: Home) -> AnyView {
    let count = |name: &str| thousands(home.counters.get(name));
    let mut cells = vec![
        (thousands(home.items), "服务事项", "/items".to_string()),
        (count("agencies"), "入驻机构", "/agencies".into()),
        (count("owners"), "项目业主", "/owners".into()),
        (count("awards"), "完成选取", "/awards".into()),
        (
            count("contracts:completed"),
            "办结合同",
            "/contracts?state=completed".into(),
        ),
    ];
    if let Some(percent) = home.pace.saved_percent {
        cells.push((
            format!("{percent:.1}%"),
            "按报价选取较限价节约",
            format!("/awards?method={BY_BID}"),
        ));
    }
    if let Some(seconds) = home.pace.median_seconds {
        cells.push((
            pace(seconds as i64),
            "公告到中选（中位数）",
            "/awards".into(),
        ));
    }
    view! {
        <section class="hero stack">
            <h1>"公开选、依规选、看得见地选"</h1>
            <p class="muted">
                "每一次选取都按公开的规则进行，每一个结果任何人都可以自己算一遍。"
            </p>
            <form class="find" role="search" action="/search">
                {search_field(String::new())}
                <button class="btn main">"搜索"</button>
            </form>
            <p class="small muted">
                "常用：" {link("/search?q=环境影响", "环境影响评价")} " · "
                {link("/search?q=水土保持", "水土保持方案")} " · "
                {link("/search?q=施工图", "施工图审查")} " · "
                {link("/search?q=房产面积", "房产测绘")} " · " {link("/search?q=审计", "财务审计")}
            </p>
        </section>
        {super::numbers::field("")}
        {figures(cells)}
        {doors()}
        <div class="main-side">
            <div class="stack">{open(home.open, home.now)}{contracts(home.contracts)}</div>
            <aside class="stack">{results(home.results)}{red(home.red)}</aside>
        </div>
    }
    .into_any()
}

/// Short enough for a counter: from a day on, days with one decimal.
fn pace(seconds: i64) -> String {
    const DAY: i64 = 86_400;
    if seconds < DAY {
        return span(Duration::seconds(seconds));
    }
    format!("{:.1} 天", seconds as f64 / DAY as f64)
}

fn doors() -> AnyView {
    view! {
        <div class="grid-3">
            <a class="card door" href="/requirements/new">
                <h2>"我要选中介"</h2>
                <p class="muted">
                    "发布需求，随机抽取、按报价选取或直接选取，最快次日中选。"
                </p>
            </a>
            <a class="card door" href="/help#agency">
                <h2>"我是中介机构"</h2>
                <p class="muted">"一次入驻，看看哪些公告我能报名、为什么。"</p>
            </a>
            <a class="card door" href="/desk">
                <h2>"我是主管部门"</h2>
                <p class="muted">"资质审核、监督查询，等我办的事都在工作台。"</p>
            </a>
        </div>
    }
    .into_any()
}

fn open(rows: Vec<RequirementRow>, now: Timestamp) -> AnyView {
    if rows.is_empty() {
        let body = empty(
            "目前没有正在报名的公告",
            "新公告发布后会出现在这里。",
            Some(("/requirements".into(), "查看全部公告")),
        );
        return table_card("正在报名", ().into_any(), body);
    }
    let mut to = Columns::<RequirementRow>::new();
    to.text("项目", |row| &row.project_name).shown(|row, to| {
        to.link(format_args!("/requirements/{}", row.id), &row.project_name)
            .second(format_args!("{} · {}", row.owner_name, row.item_name));
    });
    to.tag("方式", |row| row.method);
    to.figure_shown("金额（万元）", super::requirements::amount);
    to.instant("截止", |row| Some(row.deadline_at))
        .shown(move |row, to| {
            to.text(stamp_end_short(row.deadline_at)).raw("<br>");
            left(to, row.deadline_at, now);
        });
    let all = link("/requirements?state=published", "全部正在报名");
    table_card("正在报名", all, to.table(&rows))
}

/// How much time is left, beside the absolute time.
pub fn left(to: &mut Html, at: Timestamp, now: Timestamp) {
    let left = at - now;
    if left.is_negative() {
        to.small("已截止");
    } else if left < Duration::days(1) {
        to.span("small tag warn", |to| {
            to.text(format_args!("还剩 {}", span(left)));
        });
    } else {
        to.small(format_args!("还剩 {}", span(left)));
    }
}

fn results(rows: Vec<AwardRow>) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let kind = row.method.kind();
            let how = match kind.price {
                PriceFrom::Notice => kind.words.won.to_string(),
                PriceFrom::Bid => {
                    let amount = row.amount_fen;
                    let saved = amount.percent_below(row.limit_fen);
                    format!("{} {}，低 {saved}%", kind.words.won, amount.short())
                }
            };
            let verify = row.draw_id.map(|id| {
                view! {
                    " · "
                    <a href=format!("/draws/{id}")>"验算"</a>
                }
            });
            view! {
                <p>
                    <a href=format!("/awards/{}", row.id)>{row.project_name}</a>
                    <br />
                    <span class="small muted">{how}" · "{row.agency_name}{verify}</span>
                </p>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty("还没有选取结果", "第一个结果产生后会出现在这里。", None)
    } else {
        rows.into_any()
    };
    view! {
        <section class="card stack">
            <h2>"刚刚选出"</h2>
            {body}
            <a class="small" href="/draws">
                "自己验算一次抽取 →"
            </a>
        </section>
    }
    .into_any()
}

fn contracts(rows: Vec<ContractRow>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let mut to = Columns::<ContractRow>::new();
    to.text("合同", |row| &row.name).shown(|row, to| {
        to.link(format_args!("/contracts/{}", row.id), &row.name)
            .second(format_args!("{} · {}", row.owner_name, row.agency_name));
    });
    to.figure_shown("金额（万元）", |row, to| {
        to.text(row.amount_fen.wan());
    });
    to.state("状态", |row| row.state);
    table_card("合同公示", link("/contracts", "全部合同"), to.table(&rows))
}

fn red(rows: Vec<RedRow>) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    <a href=format!("/agencies/{}", row.uscc)>{row.name}</a>
                    " "
                    {credit(row.credit_grade, row.credit_score)}
                </li>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p class="small muted">"暂无机构达到红榜条件。"</p> }.into_any()
    } else {
        view! { <ul class="plain small">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card stack">
            <h2>"诚信红榜"</h2>
            {body}
            <a class="small" href="/credit">
                "信用公示与评分办法 →"
            </a>
        </section>
    }
    .into_any()
}
