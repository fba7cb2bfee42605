//! 信用公示: the red list, the ranking's entry, and every event in force with basis and end.

use super::Shown;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Tone, count_text, credit, empty, figures, link, pager, stars, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::credit::{Grade, months_earlier, points_text};
use market::time::{date_text, day};
use store::counter::Counters;
use store::credit::{EventRow, RedList, RedRow};
use store::page::{PAGE, Page};
use store::policy::Rules;

/// `/credit`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let rules = desk.rules().await?;
    let now = desk.now;
    let shown = Listed::parse(ask.query("kind"));
    let clean_since = months_earlier(now, rules.policy.credit.red_list_clean_months);
    let list = RedList {
        rules: &rules.policy.credit,
        clean_since,
    };
    let red = list.page(desk.conn(), None, PAGE).await?;
    let red_count = match &red.next {
        None => red.rows.len() as i64,
        Some(_) => list.count(desk.conn()).await?,
    };
    let cursor = ask.cursor();
    let cursor = cursor.as_ref();
    let main = match shown {
        Listed::Red => Main::Red(list.page(desk.conn(), cursor, PAGE).await?),
        _ => {
            let demerits = shown == Listed::Demerits;
            Main::Events(store::credit::list(desk.conn(), demerits, cursor, now).await?)
        }
    };
    let counters = store::counter::all(desk.conn()).await?;
    let ask = ask.clone();
    Ok(Reply::page("信用公示", Section::Credit, move || {
        let red = (red.rows, red_count);
        view(&ask, &rules, red, main, &counters, shown)
    }))
}

/// What the page lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    All,
    Demerits,
    Red,
}

impl Listed {
    fn parse(code: Option<&str>) -> Listed {
        match code {
            Some("demerits") => Listed::Demerits,
            Some("red") => Listed::Red,
            _ => Listed::All,
        }
    }
}

enum Main {
    Events(Page<EventRow>),
    Red(Page<RedRow>),
}

fn view(
    ask: &Ask,
    rules: &Rules,
    red: (Vec<RedRow>, i64),
    main: Main,
    counters: &Counters,
    shown: Listed,
) -> AnyView {
    let cells = Grade::ALL
        .iter()
        .map(|grade| {
            let count = counters.get(&format!("agencies:grade:{}", grade.code()));
            let label = match grade {
                Grade::APlus => "A+ 级机构",
                Grade::A => "A 级机构",
                Grade::B => "B 级机构",
                Grade::C => "C 级机构",
                Grade::D => "D 级机构",
            };
            (
                count_text(count),
                label,
                format!("/agencies?grade={}", grade.code()),
            )
        })
        .collect();
    let credit_rules = &rules.policy.credit;
    let tab = |label: &'static str, kind: Option<&str>, listed: Listed| {
        view! {
            <a href=ask.link(&[("kind", kind), ("at", None)]) aria-current=(listed == shown).then_some("true")>
                {label}
            </a>
        }.into_any()
    };
    let body = match main {
        Main::Events(events) => event_list(ask, events),
        Main::Red(page) => red_page(ask, page, red.1),
    };
    view! {
        <h1>"信用公示"</h1>
        <p>
            "每家机构从 "{points_text(credit_rules.base)}
            " 分起，按事项加减，分值随事项到期自动恢复。"
            {link("/policies#credit", "评分办法全文")}
        </p>
        {figures(cells)}
        <div class="main-side">
            <div class="stack">
                <nav class="tabs" aria-label="按种类">
                    {tab("全部事项", None, Listed::All)}
                    {tab("只看扣分", Some("demerits"), Listed::Demerits)}
                    {tab("诚信红榜", Some("red"), Listed::Red)}
                </nav>
                {body}
            </div>
            <aside class="stack">{red_list(red, rules)}</aside>
        </div>
    }
    .into_any()
}

fn event_list(ask: &Ask, page: Page<EventRow>) -> AnyView {
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| {
            let (tone, sign) = if row.points > 0 { (Tone::Ok, "+") } else { (Tone::Bad, "") };
            view! {
                <tr>
                    <td>
                        {link(format!("/agencies/{}", row.agency_uscc), row.agency_name)}<br />
                        <span class="small">{row.basis}</span>
                    </td>
                    <td data-h="事项">
                        {tag(tone, format!("{} {sign}{}", row.code.code(), points_text(row.points)))}<br />
                        <span class="small muted">{row.severity.label()}</span>
                    </td>
                    <td data-h="有效期" class="nowrap small">
                        {date_text(day(row.effective_at))}
                        " 起"
                        <br />
                        {date_text(day(row.ends_at))}
                        " 止"
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty(
            "目前没有有效的信用事项",
            "事项生效后公示，到期自动移出。",
            None,
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"机构与依据"</th>
                        <th>"事项"</th>
                        <th>"有效期"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="card flush">
            <div class="row between">
                <h2>"有效的信用事项"</h2>
                <p class="small">{link("/agencies?sort=credit", "按信用查看机构")}</p>
            </div>
            {body}
            {pager(ask, &page.previous, &page.next)}
        </section>
    }
    .into_any()
}

/// A page of the whole red list.
fn red_page(ask: &Ask, page: Page<RedRow>, count: i64) -> AnyView {
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td>{link(format!("/agencies/{}", row.uscc), row.name)}</td>
                    <td data-h="信用">{credit(row.credit_grade, row.credit_score)}</td>
                    <td data-h="完成合同" class="num">
                        {row.completed}
                    </td>
                    <td data-h="评价">{stars(row.rating_mean, row.rating_count)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty("暂无机构上榜", "达到条件的自动上榜。", None)
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"机构"</th>
                        <th>"信用"</th>
                        <th class="num">"完成合同"</th>
                        <th>"评价"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="card flush">
            <div class="row between">
                <h2>"上榜机构"</h2>
                <p class="small muted">{format!("共 {count} 家")}</p>
            </div>
            {body}
            {pager(ask, &page.previous, &page.next)}
        </section>
    }
    .into_any()
}

fn red_list((rows, count): (Vec<RedRow>, i64), rules: &Rules) -> AnyView {
    let credit_rules = &rules.policy.credit;
    let rule = format!(
        "信用分不低于 {}，近 {} 个月没有扣分，完成合同不少于 {} 份。",
        points_text(credit_rules.red_list_score),
        credit_rules.red_list_clean_months,
        credit_rules.red_list_contracts
    );
    let rest = (count > rows.len() as i64)
        .then(|| view! { <p>{link("/credit?kind=red", format!("查看全部 {count} 家"))}</p> });
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    {link(format!("/agencies/{}", row.uscc), row.name)}" "{credit(row.credit_grade, row.credit_score)}
                    <br />
                    <span class="small muted">
                        "完成 "{row.completed}" 份 · "{stars(row.rating_mean, row.rating_count)}
                    </span>
                </li>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty("暂无机构上榜", "达到条件的自动上榜。", None)
    } else {
        view! { <ul class="plain stack-s">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card stack">
            <h2>"诚信红榜（"{count}" 家）"</h2>
            <p class="small muted">{rule}</p>
            {body}
            {rest}
        </section>
    }
    .into_any()
}
