//! 中介机构: the list with filters and orders, and the page of each.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Filters, Listed, Loaded, Noun, load, orders};
use crate::parts::{
    Choice, Html, Tone, card, credit, crumbs, empty, facts, instant, mono, nothing, stars,
    table_card, tag, text,
};
use crate::reply::Reply;
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
use store::page::{Cursor, Page};
use store::rating::RatingRow;

/// 中介机构, in an order of choice.
pub struct Agencies {
    pub filter: AgencyFilter,
    today: Date,
}

impl Listed for Agencies {
    type Row = AgencyRow;
    const NOUN: Noun = Noun::new("/agencies", "中介机构", "家")
        .empty("没有符合条件的机构", "减少一些条件，或者换一个词。")
        .all("查看全部机构");

    async fn read(desk: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let types = ask.query.all("type");
        let grades = ask.query.all("grade");
        let filter = AgencyFilter {
            service_types: types.iter().filter_map(|id| id.parse().ok()).collect(),
            grades: grades
                .iter()
                .filter_map(|code| Grade::parse(code).ok())
                .collect(),
            text: ask.query("q").map(str::to_string),
            sort: Sort::parse(ask.query.get("sort")),
        };
        let today = day(desk.now);
        Ok(Agencies { filter, today })
    }

    fn columns(&self) -> Columns<'_, AgencyRow> {
        let mut to = Columns::<AgencyRow>::new();
        to.code("统一社会信用代码", |row| &row.uscc)
            .only_in_files("uscc");
        to.text("机构", |row| &row.name)
            .in_files("name")
            .shown(|row, to| {
                to.link(format_args!("/agencies/{}", row.uscc), &row.name)
                    .second_code(&row.uscc);
            });
        to.only_shown("信用", |row, to| {
            to.credit(row.credit_grade, row.credit_score);
        });
        to.points("信用分", |row| row.credit_score)
            .only_in_files("credit_score");
        to.coded("信用等级", |row| row.credit_grade)
            .only_in_files("credit_grade");
        to.only_shown("评价", |row, to| {
            to.stars(row.rating_mean, row.rating_count);
        })
        .class("nowrap");
        to.mean("评价（星）", |row| {
            (row.rating_count > 0).then_some(row.rating_mean)
        })
        .only_in_files("rating_mean");
        to.count("评价数", |row| Some(row.rating_count))
            .only_in_files("rating_count");
        to.count("中选", |row| Some(row.awards)).in_files("awards");
        to.count("完成", |row| Some(row.completed))
            .in_files("completed");
        to.figure_shown("按时", |row, to| {
            match row.completed {
                0 => to.text("—"),
                completed => to.text(format_args!("{}%", row.on_time * 100 / completed)),
            };
        });
        to.count("按时完成", |row| Some(row.on_time))
            .only_in_files("on_time");
        to.date("资质到期", |row| row.next_expiry_on)
            .in_files("next_expiry_on")
            .shown(|row, to| expiry(to, row.next_expiry_on, self.today));
        to.instant("入驻时间", |row| Some(row.settled_at))
            .only_in_files("settled_at");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<AgencyRow>, AppError> {
        Ok(store::agency::list(desk.conn(), &self.filter, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        if self.filter.is_empty() {
            return Ok(store::counter::all(desk.conn()).await?.get("agencies"));
        }
        Ok(store::agency::count(desk.conn(), &self.filter).await?)
    }
}

/// `/agencies`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Agencies>(desk, ask).await?;
    let counters = store::counter::all(desk.conn()).await?;
    let types = store::catalogue::service_types(desk.conn()).await?;
    Ok(Reply::page("中介机构", Section::Agencies, move || {
        list_view(list, types, counters)
    }))
}

fn list_view(list: Loaded<Agencies>, types: Vec<ServiceTypeRow>, counters: Counters) -> AnyView {
    let ask = &list.ask;
    let (chosen, others): (Vec<_>, Vec<_>) = types
        .into_iter()
        .partition(|t| ask.query.has("type", &t.id.to_string()));
    let choice =
        |t: ServiceTypeRow| Choice::new(t.id.to_string(), format!("{} ({})", t.name, t.agencies));
    let (shown, more): (Vec<_>, Vec<_>) = others.into_iter().partition(|t| t.agencies > 0);
    let types: Vec<Choice> = chosen
        .into_iter()
        .chain(shown)
        .chain(more)
        .map(choice)
        .collect();
    let grades = Grade::ALL
        .iter()
        .map(|grade| {
            let count = counters.get(&format!("agencies:grade:{}", grade.code()));
            Choice::new(grade.code(), format!("{} ({count})", grade.label()))
        })
        .collect();
    let sorts = Sort::ALL.map(|(_, code, label)| (code, label));
    let filters = Filters::new(ask, Agencies::NOUN.path)
        .search("名称、代码或拼音首字母")
        .folded("type", ("服务类型", "开通的服务类型（任一）"), types)
        .checks("grade", "信用等级", grades)
        .keeping("sort")
        .side(());
    let orders = orders(ask, "sort", sorts, list.list.filter.sort.code());
    view! {
        <h1>"中介机构"</h1>
        <div class="side-main">{filters} {list.card(orders)}</div>
    }
    .into_any()
}

/// A day of expiry: a warning within 60 days, a word when it is over.
fn expiry(to: &mut Html, on: Option<Date>, today: Date) {
    match on {
        None => to.span("muted", |to| {
            to.text("长期");
        }),
        Some(on) if on < today => to.tag(Tone::Bad, format_args!("{} 已过期", date_text(on))),
        Some(on) if (on - today).whole_days() <= 60 => {
            let days = (on - today).whole_days();
            to.tag(Tone::Warn, format_args!("{days} 天后"))
        }
        Some(on) => to.text(date_text(on)),
    };
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
    let mut to = Columns::<ServiceRow>::new();
    to.text("服务类型", |row| &row.name).shown(|row, to| {
        let department = format_args!("{} 审核", row.department_name);
        to.text(&row.name).second(department);
    });
    to.state("状态", |row| row.state);
    to.text("服务承诺", |row| &row.promise);
    to.text("收费参考", |row| &row.fee_reference);
    table_card("服务类型与承诺", nothing(), to.table(&rows))
}

fn qualifications(rows: Vec<QualificationRow>, today: Date) -> AnyView {
    let mut to = Columns::<QualificationRow>::new();
    to.words("资质", QualificationRow::title).shown(|row, to| {
        to.text(row.title()).second(&row.number);
    });
    to.coded("等级", |row| row.grade);
    to.text("发证机关", |row| &row.issuer);
    to.date("有效期至", |row| row.valid_until)
        .shown(|row, to| expiry(to, row.valid_until, today));
    let body = if rows.is_empty() {
        empty(
            "没有需要资质许可的证书",
            "部分服务类型的资质许可已经取消，按服务承诺执业。",
            None,
        )
    } else {
        to.table(&rows)
    };
    let remark = view! { <span class="small muted">"主管部门审核通过的"</span> };
    table_card("资质", remark.into_any(), body)
}

fn practitioners(rows: Vec<PractitionerRow>, today: Date) -> AnyView {
    let mut to = Columns::<PractitionerRow>::new();
    to.words("姓名", |row| mask_name(&row.name));
    to.text("证书", |row| &row.certificate);
    to.text("服务类型", |row| &row.service_name);
    to.count("从业年限", |row| Some(row.practice_years));
    to.date("证书有效期", |row| row.valid_until)
        .shown(|row, to| expiry(to, row.valid_until, today));
    let count = rows.len();
    let remark = view! { <span class="small muted">{count}" 人，姓名已脱敏"</span> };
    table_card("执业人员", remark.into_any(), to.table(&rows))
}

fn finished(rows: Vec<FinishedRow>) -> AnyView {
    if rows.is_empty() {
        return card(
            "完成的合同",
            empty("还没有办结的合同", "办结后会列在这里。", None),
        );
    }
    let mut to = Columns::<FinishedRow>::new();
    to.text("合同", |row| &row.name).shown(|row, to| {
        to.link(format_args!("/contracts/{}", row.id), &row.name)
            .second(&row.owner_name);
    });
    to.fen("金额（元）", |row| row.amount_fen);
    to.only_shown("履约", |row, to| {
        match row.overdue_workdays {
            Some(0) | None => to.tag(Tone::Ok, "按时"),
            Some(days) => to.tag(Tone::Bad, format_args!("超期 {days} 个工作日")),
        };
    });
    to.words("评价", |row| {
        row.rating_mean.map_or("未评价".into(), mean_text)
    });
    table_card("完成的合同", nothing(), to.table(&rows))
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
    let rows: Vec<(String, i64, i64)> = [5, 4, 3, 2, 1]
        .into_iter()
        .zip(bars.into_iter().rev())
        .map(|(stars, count)| (format!("{stars} 星"), count, count * 100 / most))
        .collect();
    crate::parts::bars("评价分布", &rows)
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
