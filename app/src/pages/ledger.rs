//! 存证账本: the public list of entries, and a page each with its bytes and hashes.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Filters, Listed, Loaded, Noun, load};
use crate::parts::{card, count_text, crumbs, facts, instant, link, mono, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::hash::Hex32;
use market::ledger::EntryKind;
use store::ledger::{EntryPage, EntryRow};
use store::page::{Cursor, Page};

/// Entries of the ledger, of every kind or of one, newest first.
pub struct Entries {
    kind: Option<EntryKind>,
}

impl Listed for Entries {
    type Row = EntryRow;
    const NOUN: Noun = Noun::new("/ledger", "存证账本", "条")
        .empty("账本里还没有这类记录", "决定作出后一秒之内写入。");

    async fn read(_: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let kind = ask
            .query("kind")
            .and_then(|code| EntryKind::parse(code).ok());
        Ok(Entries { kind })
    }

    fn columns(&self) -> Columns<'_, EntryRow> {
        let mut to = Columns::<EntryRow>::new();
        to.count("序号", |row| Some(row.position))
            .in_files("position")
            .shown(|row, to| {
                to.link(format_args!("/ledger/{}", row.position), row.position);
            });
        to.tag("种类", |row| row.kind).in_files("kind");
        to.code("事项", |row| &row.subject).in_files("subject");
        to.hex("摘要", |row| row.leaf_hash.to_string())
            .in_files("leaf_hash")
            .class("mono small")
            .shown(|row, to| {
                to.text(short(row.leaf_hash));
            });
        to.instant("时间", |row| Some(row.created_at))
            .in_files("created_at");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<EntryRow>, AppError> {
        Ok(store::ledger::list(desk.conn(), self.kind, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        Ok(match self.kind {
            Some(kind) => store::ledger::count(desk.conn(), kind).await?,
            None => store::ledger::head(desk.conn())
                .await?
                .map_or(0, |(size, _)| size),
        })
    }
}

/// `/ledger`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Entries>(desk, ask).await?;
    let head = store::ledger::head(desk.conn()).await?;
    Ok(Reply::page("存证账本", Section::Ledger, move || {
        list_view(list, head)
    }))
}

fn list_view(list: Loaded<Entries>, head: Option<(i64, Hex32)>) -> AnyView {
    let (size, root) = head.map_or((0, text("—")), |(size, root)| {
        (size, mono(root.to_string()))
    });
    let filters = Filters::new(&list.ask, Entries::NOUN.path)
        .select("kind", "种类", crate::choices!(EntryKind))
        .row();
    view! {
        <h1>"存证账本"</h1>
        <p>
            "公告、更正、冻结、开标、抽取、中选、合同、评价和信用，每一项决定都写成一条记录，按顺序编号，只增不改。记录的摘要连成一棵树（RFC 6962），改动任何一条，树根就会不同。"
        </p>
        <section class="card stack-s">
            <p>"共 "<b>{count_text(size)}</b>" 条，当前树根："</p>
            <p>{root}</p>
        </section>
        {filters}
        {list.card(link("/api/v1/ledger", "开放数据 JSON"))}
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
