//! 项目业主: the public list and a page each.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Filters, Listed, Noun, load};
use crate::parts::{card, crumbs, empty, facts, instant, mono, pager, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::owner::{OwnerKind, OwnerState};
use store::owner::{Owner, OwnerFilter, OwnerRow};
use store::page::{Cursor, PAGE, Page};
use store::requirement::{RequirementFilter, RequirementRow};

/// 项目业主, newest first.
pub struct Owners {
    filter: OwnerFilter,
}

impl Listed for Owners {
    type Row = OwnerRow;
    const NOUN: Noun = Noun::new("/owners", "项目业主", "家")
        .empty("没有符合条件的业主", "换一个词，或者清除筛选条件。")
        .all("查看全部业主");

    async fn read(_: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let kind = ask
            .query("kind")
            .and_then(|code| OwnerKind::parse(code).ok());
        let text = ask.query("q").map(str::to_string);
        let filter = OwnerFilter { kind, text };
        Ok(Owners { filter })
    }

    fn columns(&self) -> Columns<'_, OwnerRow> {
        let mut to = Columns::<OwnerRow>::new();
        to.code("统一社会信用代码", |row| &row.uscc)
            .only_in_files("uscc");
        to.text("业主", |row| &row.name)
            .in_files("name")
            .shown(|row, to| {
                to.link(format_args!("/owners/{}", row.uscc), &row.name)
                    .second_code(&row.uscc);
            });
        to.coded("性质", |row| row.kind).in_files("kind");
        to.count("发布公告", |row| Some(row.requirements))
            .in_files("requirements");
        to.instant("登记时间", |row| Some(row.registered_at))
            .in_files("registered_at");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<OwnerRow>, AppError> {
        Ok(store::owner::list(desk.conn(), &self.filter, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        Ok(store::owner::count(desk.conn(), &self.filter).await?)
    }
}

/// `/owners`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Owners>(desk, ask).await?;
    Ok(Reply::page("项目业主", Section::None, move || {
        let filters = Filters::new(&list.ask, Owners::NOUN.path)
            .search("名称、代码或拼音首字母")
            .select("kind", "性质", crate::choices!(OwnerKind))
            .side(());
        view! {
            <h1>"项目业主"</h1>
            <div class="side-main">{filters} {list.card(())}</div>
        }
        .into_any()
    }))
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
        super::requirements::columns(now).table(&page.rows)
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
