//! 中介机构: the list with filters and orders, and the page of each.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{
    Choice, Fields, Status, Tone, card, count_text, credit, crumbs, empty, facts, instant, link,
    mono, pager, stars, tag, text,
};
use crate::reply::Reply;
use crate::sheet;
use leptos::prelude::*;
use market::credit::{Grade, points_text};
use market::identity::{mask_name, mask_phone};
use market::rating::mean_text;
use market::time::{Date, date_text, day};
use market::{Fen, Timestamp};
use store::agency::{
    AgencyFilter, AgencyPage, AgencyRow, PractitionerRow, QualificationRow, ServiceRow, Sort,
};
use store::catalogue::ServiceTypeRow;
use store::contract::FinishedRow;
use store::counter::Counters;
use store::credit::EventRow;
use store::page::{PAGE, Page};
use store::rating::RatingRow;

/// The filter that an address names.
pub fn filter(ask: &Ask) -> AgencyFilter {
    AgencyFilter {
        service_types: ask
            .query
            .all("type")
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        grades: ask
            .query
            .all("grade")
            .iter()
            .filter_map(|code| Grade::parse(code).ok())
            .collect(),
        text: ask.query("q").map(str::to_string),
        sort: Sort::parse(ask.query.get("sort")),
    }
}

/// `/agencies`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let filter = filter(ask);
    let page = store::agency::list(desk.conn(), &filter, ask.cursor().as_ref(), PAGE).await?;
    let counters = store::counter::all(desk.conn()).await?;
    let count = if filter.is_empty() {
        counters.get("agencies")
    } else {
        store::agency::count(desk.conn(), &filter).await?
    };
    let types = store::catalogue::service_types(desk.conn()).await?;
    let (ask, today) = (ask.clone(), day(desk.now));
    Ok(Reply::page("中介机构", Section::Agencies, move || {
        list_view(&ask, page, count, types, counters, today)
    }))
}

fn list_view(
    ask: &Ask,
    page: Page<AgencyRow>,
    count: i64,
    types: Vec<ServiceTypeRow>,
    counters: Counters,
    today: Date,
) -> AnyView {
    let fields = Fields::new(ask, "", ask.query.clone(), uuid::Uuid::nil());
    let (chosen, others): (Vec<_>, Vec<_>) = types
        .into_iter()
        .partition(|t| ask.query.has("type", &t.id.to_string()));
    let choice =
        |t: ServiceTypeRow| Choice::new(t.id.to_string(), format!("{} ({})", t.name, t.agencies));
    let (shown, more): (Vec<_>, Vec<_>) = others.into_iter().partition(|t| t.agencies > 0);
    let list: Vec<Choice> = chosen
        .into_iter()
        .chain(shown)
        .chain(more)
        .map(choice)
        .collect();
    let grades = Grade::ALL
        .iter()
        .map(|grade| {
            Choice::new(
                grade.code(),
                format!(
                    "{} ({})",
                    grade.label(),
                    counters.get(&format!("agencies:grade:{}", grade.code()))
                ),
            )
        })
        .collect();
    let sort = Sort::parse(ask.query.get("sort"));
    let orders: Vec<AnyView> = Sort::ALL
        .iter()
        .map(|(order, code, label)| {
            let current = (*order == sort).then_some("true");
            view! {
                <a href=ask.link(&[("sort", Some(code)), ("at", None)]) aria-current=current>
                    {*label}
                </a>
                " "
            }
            .into_any()
        })
        .collect();
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| row_view(row, today))
        .collect();
    let body = if rows.is_empty() {
        empty(
            "没有符合条件的机构",
            "减少一些条件，或者换一个词。",
            Some(("/agencies".into(), "查看全部机构")),
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"机构"</th>
                        <th>"信用"</th>
                        <th>"评价"</th>
                        <th class="num">"中选"</th>
                        <th class="num">"完成"</th>
                        <th class="num">"按时"</th>
                        <th>"资质到期"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let export = ask.link_to("/agencies.csv", &[("at", None)]);
    let has_types = !ask.query.get("type").is_empty();
    view! {
        <h1>"中介机构"</h1>
        <div class="side-main">
            <form class="filters card stack" action="/agencies">
                {fields.input("search", "q", "名称、代码或拼音首字母", "")}
                <details open=has_types>
                    <summary>"服务类型"</summary>
                    <div class="scroll">{fields.checks("type", "开通的服务类型（任一）", "", list)}</div>
                </details>
                {fields.checks("grade", "信用等级", "", grades)}
                <input type="hidden" name="sort" value=ask.query.get("sort").to_string() />
                <button class="btn main wide">"筛选"</button>
                <a class="small" href="/agencies">
                    "清除条件"
                </a>
            </form>
            <section class="card flush">
                <div class="row between">
                    <p>"符合条件 "<b>{count_text(count)}</b>" 家"</p>
                    <p class="small sorts">"排序 "{orders}" "{link(export, "导出 CSV")}</p>
                </div>
                {body}
                {pager(ask, &page.previous, &page.next)}
            </section>
        </div>
    }
    .into_any()
}

fn row_view(row: AgencyRow, today: Date) -> AnyView {
    let on_time = if row.completed == 0 {
        "—".to_string()
    } else {
        format!("{}%", row.on_time * 100 / row.completed)
    };
    view! {
        <tr>
            <td>
                <a href=format!("/agencies/{}", row.uscc)>{row.name}</a>
                <br />
                <span class="small muted mono">{row.uscc}</span>
            </td>
            <td data-h="信用">{credit(row.credit_grade, row.credit_score)}</td>
            <td data-h="评价" class="nowrap">
                {stars(row.rating_mean, row.rating_count)}
            </td>
            <td class="num" data-h="中选">
                {row.awards}
            </td>
            <td class="num" data-h="完成">
                {row.completed}
            </td>
            <td class="num" data-h="按时">
                {on_time}
            </td>
            <td data-h="资质到期" class="nowrap">
                {expiry(row.next_expiry_on, today)}
            </td>
        </tr>
    }
    .into_any()
}

/// A day of expiry: a warning within 60 days, a word when it is over.
fn expiry(on: Option<Date>, today: Date) -> AnyView {
    match on {
        None => view! { <span class="muted">"长期"</span> }.into_any(),
        Some(on) if on < today => tag(Tone::Bad, format!("{} 已过期", date_text(on))),
        Some(on) if (on - today).whole_days() <= 60 => {
            tag(Tone::Warn, format!("{} 天后", (on - today).whole_days()))
        }
        Some(on) => text(date_text(on)),
    }
}

/// `/agencies.csv`
pub async fn csv(desk: &mut Desk, ask: &Ask) -> Shown {
    let rows = store::agency::export(desk.conn(), &filter(ask), 5_000).await?;
    let head = [
        "统一社会信用代码",
        "名称",
        "信用分",
        "信用等级",
        "评价",
        "评价数",
        "中选",
        "完成",
        "按时完成",
        "最早资质到期",
    ];
    let rows = rows.into_iter().map(|row| {
        [
            sheet::text(row.uscc),
            sheet::text(row.name),
            sheet::points(row.credit_score),
            sheet::text(row.credit_grade.label()),
            sheet::mean((row.rating_count > 0).then_some(row.rating_mean)),
            sheet::count(row.rating_count),
            sheet::count(row.awards),
            sheet::count(row.completed),
            sheet::count(row.on_time),
            sheet::date(row.next_expiry_on),
        ]
    });
    sheet::csv("agencies.csv", head, rows)
}

struct Profile {
    agency: AgencyPage,
    services: Vec<ServiceRow>,
    qualifications: Vec<QualificationRow>,
    practitioners: Vec<PractitionerRow>,
    events: Vec<EventRow>,
    ratings: Vec<RatingRow>,
    bars: [i64; 5],
    finished: Vec<FinishedRow>,
    now: Timestamp,
}

/// `/agencies/{uscc}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let uscc: String = ask.param("uscc").ok_or(AppError::NotFound)?;
    let agency = store::agency::by_uscc(desk.conn(), &uscc)
        .await?
        .ok_or(AppError::NotFound)?;
    let (id, now) = (agency.id, desk.now);
    let profile = Profile {
        services: store::agency::services(desk.conn(), id, true).await?,
        qualifications: store::agency::qualifications(desk.conn(), id, true).await?,
        practitioners: store::agency::practitioners(desk.conn(), id, true).await?,
        events: store::credit::of_agency(desk.conn(), id, true, now).await?,
        ratings: store::rating::of_agency(desk.conn(), id, 20).await?,
        bars: store::rating::distribution(desk.conn(), id).await?,
        finished: store::contract::finished_of(desk.conn(), id, 20).await?,
        agency,
        now,
    };
    let title = profile.agency.name.clone();
    Ok(Reply::page(title, Section::Agencies, move || {
        page_view(profile)
    }))
}

fn page_view(profile: Profile) -> AnyView {
    let agency = profile.agency;
    let today = day(profile.now);
    let suspended = agency
        .suspended_until
        .filter(|until| *until > profile.now)
        .map(|until| {
            view! { <p class="note bad">"暂停参与至 "{crate::parts::until(until)}"。"</p> }
        });
    let capital = agency.registered_capital_fen.map_or("—".into(), Fen::short);
    view! {
        {crumbs(&[("/agencies", "中介机构")], &agency.name)}
        <h1>{agency.name.clone()}</h1>
        <p class="row">
            {credit(agency.credit_grade, agency.credit_score)} {stars(agency.rating_mean, agency.rating_count)}
            <span class="muted">
                "中选 "{agency.awards}" 次 · 完成 "{agency.completed}" 份 · 按时 "{agency.on_time}" 份"
            </span>
        </p>
        {suspended}
        <div class="main-side">
            <div class="stack">
                {services(profile.services)} {qualifications(profile.qualifications, today)}
                {practitioners(profile.practitioners, today)} {finished(profile.finished)}
                {ratings(profile.ratings, profile.bars, agency.rating_mean, agency.rating_count)}
            </div>
            <aside class="stack">
                {card(
                    "基本情况",
                    facts(
                        vec![
                            ("代码", mono(agency.uscc)),
                            ("性质", text(agency.nature.label())),
                            ("法定代表人", text(agency.legal_representative)),
                            ("成立日期", text(date_text(agency.founded_on))),
                            ("注册资本", text(capital)),
                            ("地址", text(agency.address)),
                            ("联系电话", text(mask_phone(&agency.contact_phone))),
                            ("入驻时间", agency.settled_at.map_or_else(|| text("—"), instant)),
                            (
                                "简介",
                                text(if agency.introduction.is_empty() { "—".into() } else { agency.introduction }),
                            ),
                        ],
                    ),
                )} {events(profile.events, agency.credit_score)}
            </aside>
        </div>
    }
    .into_any()
}

fn services(rows: Vec<ServiceRow>) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td>{row.name}<br /><span class="small muted">{row.department_name}" 审核"</span></td>
                    <td data-h="状态">{row.state.tag()}</td>
                    <td data-h="服务承诺">{row.promise}</td>
                    <td data-h="收费参考">{row.fee_reference}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card flush">
            <div class="row">
                <h2>"服务类型与承诺"</h2>
            </div>
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"服务类型"</th>
                        <th>"状态"</th>
                        <th>"服务承诺"</th>
                        <th>"收费参考"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn qualifications(rows: Vec<QualificationRow>, today: Date) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let name = if row.speciality.is_empty() {
                row.kind_name
            } else {
                format!("{}（{}）", row.kind_name, row.speciality)
            };
            view! {
                <tr>
                    <td>{name}<br /><span class="small muted">{row.number}</span></td>
                    <td data-h="等级">{row.grade.label()}</td>
                    <td data-h="发证机关">{row.issuer}</td>
                    <td data-h="有效期至" class="nowrap">
                        {expiry(row.valid_until, today)}
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty(
            "没有需要资质许可的证书",
            "部分服务类型的资质许可已经取消，按服务承诺执业。",
            None,
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"资质"</th>
                        <th>"等级"</th>
                        <th>"发证机关"</th>
                        <th>"有效期至"</th>
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
                <h2>"资质"</h2>
                <span class="small muted">"主管部门审核通过的"</span>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn practitioners(rows: Vec<PractitionerRow>, today: Date) -> AnyView {
    let count = rows.len();
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td>{mask_name(&row.name)}</td>
                    <td data-h="证书">{row.certificate}</td>
                    <td data-h="服务类型">{row.service_name}</td>
                    <td class="num" data-h="从业年限">
                        {row.practice_years}
                    </td>
                    <td data-h="证书有效期" class="nowrap">
                        {expiry(row.valid_until, today)}
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card flush">
            <div class="row between">
                <h2>"执业人员"</h2>
                <span class="small muted">{count}" 人，姓名已脱敏"</span>
            </div>
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"姓名"</th>
                        <th>"证书"</th>
                        <th>"服务类型"</th>
                        <th class="num">"从业年限"</th>
                        <th>"证书有效期"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn finished(rows: Vec<FinishedRow>) -> AnyView {
    if rows.is_empty() {
        return card(
            "完成的合同",
            empty("还没有办结的合同", "办结后会列在这里。", None),
        );
    }
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let late = match row.overdue_workdays {
                Some(0) | None => tag(Tone::Ok, "按时"),
                Some(days) => tag(Tone::Bad, format!("超期 {days} 个工作日")),
            };
            view! {
                <tr>
                    <td>
                        <a href=format!("/contracts/{}", row.id)>{row.name}</a>
                        <br />
                        <span class="small muted">{row.owner_name}</span>
                    </td>
                    <td class="num" data-h="金额（元）">
                        {row.amount_fen.yuan()}
                    </td>
                    <td data-h="履约">{late}</td>
                    <td data-h="评价">{row.rating_mean.map_or("未评价".into(), mean_text)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card flush">
            <div class="row">
                <h2>"完成的合同"</h2>
            </div>
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"合同"</th>
                        <th class="num">"金额（元）"</th>
                        <th>"履约"</th>
                        <th>"评价"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn ratings(rows: Vec<RatingRow>, bars: [i64; 5], mean: i32, count: i32) -> AnyView {
    if rows.is_empty() {
        return card(
            "业主评价",
            empty(
                "暂无评价",
                "合同办结后由业主评价，系统不会自动给好评。",
                None,
            ),
        );
    }
    let bars = distribution(bars);
    let list: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let scores = [row.quality, row.timeliness, row.attitude, row.fee, row.conduct];
            let scores: Vec<String> =
                market::rating::Dimension::ALL.iter().zip(scores).map(|(d, n)| format!("{} {n}", d.label())).collect();
            let reply = row.reply.map(|reply| view! {
                <p class="reply">
                    <b>"机构回复 "</b>
                    {reply}
                </p>
            });
            let comment = if row.comment.is_empty() { "（没有文字评价）".to_string() } else { row.comment };
            view! {
                <div class="stack-s">
                    <p>
                        <span class="stars">"★ "{mean_text(row.mean)}</span>
                        " "
                        <b>{row.project_name}</b>
                        <span class="small muted">" · "{row.owner_name}" · "{instant(row.rated_at)}</span>
                    </p>
                    <p class="small muted">{scores.join(" · ")}</p>
                    <p>{comment}</p>
                    {reply}
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card stack">
            <h2>"业主评价"</h2>
            <div class="row">
                <p class="count">{mean_text(mean)}</p>
                <p class="muted">"共 "{count}" 条，五项平均"</p>
            </div>
            {bars}
            {list}
        </section>
    }
    .into_any()
}

/// Five bars as an SVG made here, with the numbers beside them.
fn distribution(bars: [i64; 5]) -> AnyView {
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    let rows: Vec<AnyView> = (1..=5)
        .rev()
        .map(|stars| {
            let count = bars[stars - 1];
            let width = format!("{}", count * 100 / most);
            view! {
                <tr>
                    <th scope="row" class="nowrap">
                        {stars}
                        " 星"
                    </th>
                    <td>
                        <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                            <rect width="100" height="6" />
                            <rect class="share of-stars" width=width height="6" />
                        </svg>
                    </td>
                    <td class="num">{count}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="bars">
            <caption class="sr">"评价分布"</caption>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn events(rows: Vec<EventRow>, score: i32) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|row| {
            let tone = if row.points > 0 { Tone::Ok } else { Tone::Bad };
            let sign = if row.points > 0 { "+" } else { "" };
            view! {
                <li>
                    {tag(tone, format!("{} {sign}{}", row.code.code(), points_text(row.points)))}" "{row.basis}<br />
                    <span class="small muted">
                        {row.severity.label()}" · 生效 "{date_text(day(row.effective_at))}" · 至 "
                        {date_text(day(row.ends_at))}
                    </span>
                </li>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p class="small muted">"没有有效的加分或扣分事项。"</p> }.into_any()
    } else {
        view! { <ul class="plain stack-s">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card stack">
            <h2>"信用 "{points_text(score)}" 分"</h2>
            {body}
            <a class="small" href="/policies#credit">
                "评分办法 →"
            </a>
        </section>
    }
    .into_any()
}
