//! 存证账本: the public list of entries, and a page each with its bytes and hashes.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{
    Fields, Tone, card, count_text, crumbs, empty, facts, instant, link, mono, pager, tag, text,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::hash::Hex32;
use market::ledger::EntryKind;
use store::ledger::{EntryPage, EntryRow};
use store::page::Page;

/// `/ledger`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let kind = ask
        .query("kind")
        .and_then(|code| EntryKind::parse(code).ok());
    let page = store::ledger::list(desk.conn(), kind, ask.cursor().as_ref()).await?;
    let head = store::ledger::head(desk.conn()).await?;
    let ask = ask.clone();
    Ok(Reply::page("存证账本", Section::Ledger, move || {
        list_view(&ask, page, head)
    }))
}

fn list_view(ask: &Ask, page: Page<EntryRow>, head: Option<(i64, Hex32)>) -> AnyView {
    let fields = Fields::new(ask, "", ask.query.clone(), uuid::Uuid::nil());
    let rows: Vec<AnyView> = page
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <td class="num" data-h="序号">
                        {link(format!("/ledger/{}", row.position), row.position.to_string())}
                    </td>
                    <td data-h="种类">{tag(Tone::Go, row.kind.label())}</td>
                    <td data-h="事项" class="mono">
                        {row.subject}
                    </td>
                    <td data-h="摘要" class="mono small">
                        {short(row.leaf_hash)}
                    </td>
                    <td data-h="时间" class="nowrap">
                        {instant(row.created_at)}
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        empty("账本里还没有这类记录", "决定作出后一秒之内写入。", None)
    } else {
        view! {
            <table class="as-cards">
                <thead>
                    <tr>
                        <th class="num">"序号"</th>
                        <th>"种类"</th>
                        <th>"事项"</th>
                        <th>"摘要"</th>
                        <th>"时间"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let (size, root) = head.map_or((0, text("—")), |(size, root)| {
        (size, mono(root.to_string()))
    });
    view! {
        <h1>"存证账本"</h1>
        <p>
            "公告、更正、冻结、开标、抽取、中选、合同、评价和信用，每一项决定都写成一条记录，按顺序编号，只增不改。记录的摘要连成一棵树（RFC 6962），改动任何一条，树根就会不同。"
        </p>
        <section class="card stack-s">
            <p>"共 "<b>{count_text(size)}</b>" 条，当前树根："</p>
            <p>{root}</p>
        </section>
        <form class="card row filters-row" action="/ledger">
            {fields.select("kind", "种类", "", "全部", crate::choices!(EntryKind))}
            <button class="btn main">"筛选"</button>
        </form>
        <section class="card flush">{body}{pager(ask, &page.previous, &page.next)}</section>
    }
    .into_any()
}

fn short(hash: Hex32) -> String {
    let hash = hash.to_string();
    format!("{}…{}", &hash[..8], &hash[hash.len() - 8..])
}

/// `/ledger/{position}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let position: i64 = ask.param("position").ok_or(AppError::NotFound)?;
    let entry = store::ledger::entry(desk.conn(), position)
        .await?
        .ok_or(AppError::NotFound)?;
    Ok(Reply::page(
        format!("账本第 {position} 条"),
        Section::Ledger,
        move || page_view(entry),
    ))
}

fn page_view(entry: EntryPage) -> AnyView {
    let requirement = entry.requirement.map_or(text("—"), |id| {
        link(format!("/requirements/{id}"), "项目全过程")
    });
    view! {
        {crumbs(&[("/ledger", "存证账本")], &format!("第 {} 条", entry.position))}
        <h1>"账本第 "{entry.position}" 条：" {entry.kind.label()}</h1>
        <div class="stack">
            {card(
                "记录",
                facts(
                    vec![
                        ("事项", mono(entry.subject)),
                        ("相关项目", requirement),
                        ("作出时间", instant(entry.created_at)),
                        ("写入账本", instant(entry.sequenced_at)),
                        ("摘要", mono(entry.leaf_hash.to_string())),
                        (
                            "所在的树",
                            view! {
                                "前 "
                                {entry.head_size}
                                " 条的树根 "
                                {mono(entry.head_root.to_string())}
                            }
                                .into_any(),
                        ),
                    ],
                ),
            )}
            {card(
                "原文",
                view! {
                    <p class="mono wrap-any">{entry.text}</p>
                    <p class="small muted">
                        "摘要 = SHA-256(字节 00 加上面的原文)。复制原文即可自己计算。"
                    </p>
                },
            )}
        </div>
    }
    .into_any()
}
