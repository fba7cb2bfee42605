//! Search over everything public: items, agencies, owners, requirements.

use super::Shown;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Tone, count_text, empty, link, note, search_field, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use store::search::{Found, Kind, MOST_HITS};

/// `/search`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let query = ask.query("q").unwrap_or_default().to_string();
    let kind = ask.query("kind").and_then(Kind::parse);
    let found = store::search::find(desk.conn(), &query, kind).await?;
    let ask = ask.clone();
    Ok(Reply::page("搜索", Section::None, move || {
        view(&ask, query, found)
    }))
}

fn tabs(ask: &Ask) -> Vec<AnyView> {
    let chosen = ask.query("kind");
    std::iter::once((None, "全部"))
        .chain(Kind::ALL.map(|kind| (Some(kind.code()), kind.label())))
        .map(|(kind, label)| {
            view! {
                <a href=ask.link(&[("kind", kind)]) aria-current=(kind == chosen).then_some("true")>
                    {label}
                </a>
            }
            .into_any()
        })
        .collect()
}

fn view(ask: &Ask, query: String, found: Found) -> AnyView {
    let tabs = tabs(ask);
    let shown = market::count::signed(found.hits.len());
    let near = found.is_near.then(|| {
        note(
            Tone::Go,
            "没有完全包含这些字的结果，下面是名称相近的，最像的在前。",
        )
    });
    let rows: Vec<AnyView> = found
        .hits
        .into_iter()
        .map(|hit| {
            view! {
                <li>
                    {tag(Tone::Go, hit.kind.label())}" "{link(hit.path, hit.title)}<br />
                    <span class="small muted">{hit.subtitle}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let body = match (query.is_empty(), rows.is_empty()) {
        (true, _) => empty(
            "想找什么？",
            "可以输入事项、机构、业主、项目名称或编号，也可以输入拼音首字母，如 hjyxpj。",
            None,
        ),
        (_, true) => empty(
            format!("没有找到“{query}”"),
            "换一个更短的词，或者只输入其中两个字；有编号的，可以在首页按编号查验。",
            Some(("/items".into(), "查看事项清单")),
        ),
        _ => {
            let more = (found.count > shown).then(|| {
                let only = format!("只显示前 {MOST_HITS} 条，请输入更具体的词。");
                view! { <p class="small muted pad">{only}</p> }
            });
            view! {
                {near}
                <ul class="plain results">{rows}</ul>
                {more}
            }
            .into_any()
        }
    };
    view! {
        <h1>"搜索"</h1>
        <form class="find" role="search" action="/search">
            {search_field(query)}
            <button class="btn main">"搜索"</button>
        </form>
        <nav class="tabs" aria-label="按种类">
            {tabs}
        </nav>
        <section class="card flush">
            <div class="row">
                <p>"找到 "<b>{count_text(found.count)}</b>{if found.is_cut { " 条以上" } else { " 条" }}</p>
            </div>
            {body}
        </section>
    }
    .into_any()
}
