//! Notices of every kind, and a page each that prints as a public notice.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Tone, count_text, crumbs, empty, instant, link, mono, pager, tag, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::notice::NoticeKind;
use market::time::{date_formal, day};
use store::notice::{NoticePage, NoticeRow};
use store::page::Page;

/// `/notices`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let kind = ask
        .query("kind")
        .and_then(|code| NoticeKind::parse(code).ok());
    let page = store::notice::list(desk.conn(), kind, ask.cursor().as_ref()).await?;
    let count = match kind {
        None => store::counter::all(desk.conn()).await?.get("notices"),
        Some(_) => store::notice::count(desk.conn(), kind).await?,
    };
    let ask = ask.clone();
    Ok(Reply::page("公告", Section::Requirements, move || {
        list_view(&ask, kind, page, count)
    }))
}

fn list_view(ask: &Ask, kind: Option<NoticeKind>, page: Page<NoticeRow>, count: i64) -> AnyView {
    let all = std::iter::once((None, "全部")).chain(
        NoticeKind::ALL
            .iter()
            .map(|kind| (Some(*kind), kind.label())),
    );
    let tabs: Vec<AnyView> = all
        .map(|(own, label)| {
            let current = (own == kind).then_some("true");
            view! {
                <a href=ask.link(&[("kind", own.map(NoticeKind::code)), ("at", None)]) aria-current=current>
                    {label}
                </a>
            }.into_any()
        })
        .collect();
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td>
                        {link(format!("/notices/{}", row.id), row.title)}<br />
                        <span class="small muted">{row.owner_name}</span>
                    </td>
                    <td data-h="类型">{tag(Tone::Go, row.kind.label())}</td>
                    <td data-h="发布时间">{instant(row.published_at)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty(
            "没有这类公告",
            "发布后会列在这里。",
            Some(("/notices".into(), "查看全部公告")),
        )
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"公告"</th>
                        <th>"类型"</th>
                        <th>"发布时间"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <h1>"公告"</h1>
        <nav class="tabs" aria-label="按类型">
            {tabs}
        </nav>
        <section class="card flush">
            <div class="row">
                <p>"共 "<b>{count_text(count)}</b>" 条"</p>
            </div>
            {body}
            {pager(ask, &page.previous, &page.next)}
        </section>
    }
    .into_any()
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
    let changes = (!changes.is_empty()).then(|| {
        let rows: Vec<AnyView> = changes
            .into_iter()
            .map(|change| {
                view! {
                    <tr>
                        <th scope="row">{change.label}</th>
                        <td data-h="原来">
                            <del>{text(change.before)}</del>
                        </td>
                        <td data-h="现在">
                            <ins>{text(change.after)}</ins>
                        </td>
                    </tr>
                }
                .into_any()
            })
            .collect();
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"栏目"</th>
                        <th>"原来"</th>
                        <th>"现在"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
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
