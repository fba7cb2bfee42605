//! 信用公示: the red list, the ranking's entry, and every event in force with basis and end.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Listed, Loaded, Noun, load, tabs};
use crate::parts::{Html, Tone, count_text, credit, empty, figures, link, stars};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Timestamp;
use market::credit::{Grade, months_earlier, points_text};
use market::time::{date_text, day};
use store::counter::Counters;
use store::credit::{EventFilter, EventRow, RedList, RedRow};
use store::page::{Cursor, Page};
use store::policy::Rules;

/// Credit events in force, newest first.
pub struct Events {
    filter: EventFilter,
}

impl Listed for Events {
    type Row = EventRow;
    const NOUN: Noun = Noun::new("/credit", "信用公示", "条")
        .empty("目前没有有效的信用事项", "事项生效后公示，到期自动移出。");

    async fn read(desk: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let demerits_only = Part::parse(ask.query("kind")) == Part::Demerits;
        let at = desk.now;
        let filter = EventFilter { demerits_only, at };
        Ok(Events { filter })
    }

    fn columns(&self) -> Columns<'_, EventRow> {
        let mut to = Columns::<EventRow>::new();
        to.text("机构", |row| &row.agency_name)
            .only_in_files("agency_name");
        to.code("统一社会信用代码", |row| &row.agency_uscc)
            .only_in_files("agency_uscc");
        to.only_shown("机构与依据", |row, to| {
            let page = format_args!("/agencies/{}", row.agency_uscc);
            to.link(page, &row.agency_name).raw("<br>");
            to.span("small", |to| {
                to.text(&row.basis);
            });
        });
        to.coded("信用事项", |row| row.code).only_in_files("code");
        to.points("分值", |row| row.points).only_in_files("points");
        to.coded("程度", |row| row.severity)
            .only_in_files("severity");
        to.text("依据", |row| &row.basis).only_in_files("basis");
        to.only_shown("事项", |row, to| {
            to.points(row).second(row.severity.label());
        });
        to.only_shown("有效期", |row, to| {
            to.text(date_text(day(row.effective_at))).raw(" 起<br>");
            to.text(date_text(day(row.ends_at))).raw(" 止");
        })
        .class("nowrap small");
        to.instant("生效时间", |row| Some(row.effective_at))
            .only_in_files("effective_at");
        to.instant("失效时间", |row| Some(row.ends_at))
            .only_in_files("ends_at");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<EventRow>, AppError> {
        Ok(store::credit::list(desk.conn(), self.filter, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        Ok(store::credit::count(desk.conn(), self.filter).await?)
    }
}

impl Html {
    /// `M02 -5`
    pub fn points(&mut self, row: &EventRow) -> &mut Html {
        let (tone, sign) = match row.points {
            1.. => (Tone::Ok, "+"),
            _ => (Tone::Bad, ""),
        };
        let points = points_text(row.points);
        self.tag(tone, format_args!("{} {sign}{points}", row.code.code()))
    }
}

/// The agencies of the red list, the highest score first.
pub struct Red {
    rules: Rules,
    clean_since: Timestamp,
}

impl Red {
    fn list(&self) -> RedList<'_> {
        RedList {
            rules: &self.rules.policy.credit,
            clean_since: self.clean_since,
        }
    }
}

impl Listed for Red {
    type Row = RedRow;
    const NOUN: Noun =
        Noun::new("/credit/red", "诚信红榜", "家").empty("暂无机构上榜", "达到条件的自动上榜。");

    async fn read(desk: &mut Desk, _: &Ask) -> Result<Self, AppError> {
        let rules = desk.rules().await?;
        let clean_since = months_earlier(desk.now, rules.policy.credit.red_list_clean_months);
        Ok(Red { rules, clean_since })
    }

    fn columns(&self) -> Columns<'_, RedRow> {
        let mut to = Columns::<RedRow>::new();
        to.code("统一社会信用代码", |row| &row.uscc)
            .only_in_files("uscc");
        to.text("机构", |row| &row.name)
            .in_files("name")
            .shown(|row, to| {
                to.link(format_args!("/agencies/{}", row.uscc), &row.name);
            });
        to.only_shown("信用", |row, to| {
            to.credit(row.credit_grade, row.credit_score);
        });
        to.points("信用分", |row| row.credit_score)
            .only_in_files("credit_score");
        to.coded("信用等级", |row| row.credit_grade)
            .only_in_files("credit_grade");
        to.count("完成合同", |row| Some(row.completed))
            .in_files("completed");
        to.only_shown("评价", |row, to| {
            to.stars(row.rating_mean, row.rating_count);
        });
        to.mean("评价（星）", |row| {
            (row.rating_count > 0).then_some(row.rating_mean)
        })
        .only_in_files("rating_mean");
        to.count("评价数", |row| Some(row.rating_count))
            .only_in_files("rating_count");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<RedRow>, AppError> {
        Ok(self.list().page(desk.conn(), cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        Ok(self.list().count(desk.conn()).await?)
    }
}

/// `/credit`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let part = Part::parse(ask.query("kind"));
    let red = load_first(desk).await?;
    let main = match part {
        Part::Red => Main::Red(Box::new(load(desk, ask).await?)),
        _ => Main::Events(Box::new(load(desk, ask).await?)),
    };
    let counters = store::counter::all(desk.conn()).await?;
    let ask = ask.clone();
    Ok(Reply::page("信用公示", Section::Credit, move || {
        view(&ask, red, main, &counters, part)
    }))
}

/// The first page of the red list, whatever page the visitor is on.
async fn load_first(desk: &mut Desk) -> Result<Loaded<Red>, AppError> {
    load(desk, &Ask::default()).await
}

/// What the page lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Demerits,
    Red,
}

impl Part {
    const CHOICES: [(&str, &str); 3] = [
        ("", "全部事项"),
        ("demerits", "只看扣分"),
        ("red", "诚信红榜"),
    ];

    fn parse(code: Option<&str>) -> Part {
        match code {
            Some("demerits") => Part::Demerits,
            Some("red") => Part::Red,
            _ => Part::All,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Part::All => "",
            Part::Demerits => "demerits",
            Part::Red => "red",
        }
    }
}

enum Main {
    Events(Box<Loaded<Events>>),
    Red(Box<Loaded<Red>>),
}

fn view(ask: &Ask, red: Loaded<Red>, main: Main, counters: &Counters, part: Part) -> AnyView {
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
    let base = points_text(red.list.rules.policy.credit.base);
    let (title, list) = match main {
        Main::Events(events) => {
            let order = link("/agencies?sort=credit", "按信用查看机构");
            ("有效的信用事项", events.card(order))
        }
        Main::Red(red) => ("上榜机构", red.card(())),
    };
    view! {
        <h1>"信用公示"</h1>
        <p>
            "每家机构从 "{base}" 分起，按事项加减，分值随事项到期自动恢复。"
            {link("/policies#credit", "评分办法全文")}
        </p>
        {figures(cells)}
        <div class="main-side">
            <div class="stack">
                {tabs(ask, "按种类", "kind", Part::CHOICES, part.code())} <h2>{title}</h2> {list}
            </div>
            <aside class="stack">{red_list(red)}</aside>
        </div>
    }
    .into_any()
}

fn red_list(red: Loaded<Red>) -> AnyView {
    let (rows, count) = (red.page.rows, red.count);
    let credit_rules = &red.list.rules.policy.credit;
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
