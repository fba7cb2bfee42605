//! Notices of every kind, and a page each that prints as a public notice.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Listed, Noun, load, tabs};
use crate::parts::{crumbs, instant, link, mono, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::notice::NoticeKind;
use market::time::{date_formal, day};
use store::notice::{NoticePage, NoticeRow};
use store::page::{Cursor, Page};

/// Notices of every kind or of one, newest first.
pub struct Notices {
    kind: Option<NoticeKind>,
}

impl Listed for Notices {
    type Row = NoticeRow;
    const NOUN: Noun = Noun::new("/notices", "公告", "条")
        .empty("没有这类公告", "发布后会列在这里。")
        .all("查看全部公告");

    async fn read(_: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let kind = ask
            .query("kind")
            .and_then(|code| NoticeKind::parse(code).ok());
        Ok(Notices { kind })
    }

    fn columns(&self) -> Columns<'_, NoticeRow> {
        let mut to = Columns::<NoticeRow>::new();
        to.text("公告", |row| &row.title)
            .in_files("title")
            .shown(|row, to| {
                to.link(format_args!("/notices/{}", row.id), &row.title)
                    .second(&row.owner_name);
            });
        to.text("项目业主", |row| &row.owner_name)
            .only_in_files("owner_name");
        to.tag("类型", |row| row.kind).in_files("kind");
        to.instant("发布时间", |row| Some(row.published_at))
            .in_files("published_at");
        to.hex("公告标识", |row| row.id.to_string())
            .only_in_files("id");
        to.hex("项目标识", |row| row.requirement_id.to_string())
            .only_in_files("requirement_id");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<NoticeRow>, AppError> {
        Ok(store::notice::list(desk.conn(), self.kind, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        if self.kind.is_none() {
            return Ok(store::counter::all(desk.conn()).await?.get("notices"));
        }
        Ok(store::notice::count(desk.conn(), self.kind).await?)
    }
}

/// `/notices`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Notices>(desk, ask).await?;
    Ok(Reply::page("公告", Section::Requirements, move || {
        let kinds = NoticeKind::ALL
            .iter()
            .map(|kind| (kind.code(), kind.label()));
        let choices = std::iter::once(("", "全部")).chain(kinds);
        let current = list.list.kind.map_or("", NoticeKind::code);
        view! {
            <h1>"公告"</h1>
            {tabs(&list.ask, "按类型", "kind", choices, current)}
            {list.card(())}
        }
        .into_any()
    }))
}

/// `/notices/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let notice = store::notice::page(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let title = notice.title.clone();
    let host = desk.world.site.host.clone();
    Ok(Reply::page(title, Section::Requirements, move || {
        page_view(notice, host)
    }))
}

fn page_view(notice: NoticePage, host: String) -> AnyView {
    let rows: Vec<AnyView> = notice
        .body
        .rows
        .into_iter()
        .map(|(label, value)| {
            view! {
                <dt>{label}</dt>
                <dd>{text(value)}</dd>
            }
            .into_any()
        })
        .collect();
    let changes = notice.body.changes;
    let changes = (!changes.is_empty()).then(|| crate::parts::changes(&changes));
    let number = notice.notice_no.unwrap_or_default();
    view! {
        {crumbs(
            &[("/notices", "公告"), (&format!("/requirements/{}", notice.requirement_id), &notice.project_name)],
            notice.kind.label(),
        )}
        <article class="card stack document">
            <h1>{notice.title}</h1>
            <p class="row center muted">
                <span>"公告编号 "{mono(number)}</span>
            </p>
            <dl class="facts">{rows}</dl>
            {changes}
            <p class="signature">{notice.owner_name}<br />{host}<br />{date_formal(day(notice.published_at))}</p>
        </article>
        <p class="small muted">
            "发布时间 "{instant(notice.published_at)}" · "
            {link(format!("/requirements/{}", notice.requirement_id), "查看项目全过程")}
        </p>
    }
    .into_any()
}
