//! Draws: the public list, and a page with the list, the evidence, a replay in one's own browser, and the command.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Listed, Noun, load};
use crate::parts::{Tone, card, crumbs, facts, instant, link, mono, tag, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::draw::{Evidence, Pick};
use market::time::stamp_seconds;
use std::collections::BTreeMap;
use store::page::{Cursor, Page};
use store::selection::{DrawPage, DrawRow};

/// 公开抽取, newest first.
pub struct Draws;

impl Listed for Draws {
    type Row = DrawRow;
    const NOUN: Noun = Noun::new("/draws", "公开抽取", "次")
        .empty("还没有抽取", "第一次抽取后会列在这里，任何人都可以验算。");

    async fn read(_: &mut Desk, _: &Ask) -> Result<Self, AppError> {
        Ok(Draws)
    }

    fn columns(&self) -> Columns<'_, DrawRow> {
        let mut to = Columns::<DrawRow>::new();
        to.code("公告编号", |row| &row.notice_no)
            .only_in_files("notice_no");
        to.text("项目", |row| &row.project_name)
            .in_files("project_name")
            .shown(|row, to| {
                to.link(format_args!("/draws/{}", row.id), &row.project_name)
                    .second_code(&row.notice_no);
            });
        to.tag("用途", |row| row.purpose).in_files("purpose");
        to.count("名单家数", |row| row.entrant_count)
            .in_files("entrant_count");
        to.instant("抽取时间", |row| Some(row.drawn_at))
            .in_files("drawn_at")
            .shown(|row, to| {
                to.text(stamp_seconds(row.drawn_at));
            });
        to.hex("抽取标识", |row| row.id.to_string())
            .only_in_files("id");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<DrawRow>, AppError> {
        Ok(store::selection::draws(desk.conn(), cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        Ok(store::counter::all(desk.conn()).await?.get("draws"))
    }
}

/// `/draws`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Draws>(desk, ask).await?;
    Ok(Reply::page("公开抽取", Section::Results, move || {
        view! {
            <h1>"公开抽取"</h1>
            <p>
                "每次抽取的种子、名单和每一步计算都公开，可以在浏览器里、用命令或自己写的程序验算。"
                {link("/help#draw", "怎样验算")}
            </p>
            {list.card(link("/api/v1/draws", "开放数据 JSON"))}
        }
        .into_any()
    }))
}

/// `/draws/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let draw = store::selection::draw(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let names = store::selection::list_of(desk.conn(), draw.requirement_id)
        .await?
        .into_iter()
        .map(|row| (row.uscc, row.agency_name))
        .collect();
    // The draws of a requirement and their entries are in the same order.
    let draws = store::selection::draws_of(desk.conn(), draw.requirement_id).await?;
    let place = draws.iter().position(|(other, _)| *other == draw.id);
    let entry = store::ledger::of_requirement(desk.conn(), draw.requirement_id)
        .await?
        .into_iter()
        .filter(|entry| entry.kind == market::ledger::EntryKind::Draw)
        .nth(place.unwrap_or_default())
        .and_then(|entry| entry.position);
    let title = format!("{}：{}", draw.project_name, draw.evidence.0.purpose.label());
    Ok(Reply::page(title.clone(), Section::Results, move || {
        page_view(draw, names, entry, title)
    }))
}

fn page_view(
    draw: DrawPage,
    names: BTreeMap<String, String>,
    entry: Option<i64>,
    title: String,
) -> AnyView {
    let evidence = draw.evidence.0;
    let json = format!("/api/v1/draws/{}", draw.id);
    let ledger = match entry {
        Some(position) => link(
            format!("/ledger/{position}"),
            format!("账本第 {position} 条"),
        ),
        None => text("即将写入账本"),
    };
    view! {
        {crumbs(
            &[("/draws", "公开抽取"), (&format!("/requirements/{}", draw.requirement_id), &draw.project_name)],
            evidence.purpose.label(),
        )}
        <h1>{title}</h1>
        <p class="row">
            {tag(Tone::Ok, "已完成")}
            <span class="muted">
                {stamp_seconds(draw.drawn_at)}" · "{evidence.entrants.len()}" 家进入名单 · 政策版本 "
                {draw.policy_name.clone()}
            </span>
        </p>
        <div class="main-side">
            <div class="stack">{replay(&json)} {list_of(&evidence, &names, &json)} {steps(&evidence)}</div>
            <aside class="stack">
                <section class="card stack-s">
                    <h2>"存证"</h2>
                    <p>{ledger}</p>
                </section>
                {excluded(&evidence, &names)}
                <section class="card stack-s">
                    <h2>"怎样信任这次抽取"</h2>
                    <p class="small">{evidence.beacon_rule.trust()}</p>
                    <p class="small">
                        "种子在公告发布时已承诺（"{draw.published_at.map(instant)}
                        "），名单在截止时冻结（"{draw.frozen_at.map(instant)}
                        "），此后结果就已确定，没有人能挑选抽取的时刻，也不能再抽一次。"
                    </p>
                </section>
            </aside>
        </div>
    }
    .into_any()
}

/// Repeated in the visitor's browser (`islands::replay`).
fn replay(json: &str) -> AnyView {
    view! {
        <crypto-island data-component="replay_draw" data-path=json.to_string()>
            <div class="note" role="status">
                <p>
                    <b></b>
                    <span>
                        "浏览器启用脚本后，会在这里用公开的证据重新计算一遍。未启用脚本的，可以下载证据文件用下面的命令验算。"
                    </span>
                </p>
                <details hidden>
                    <summary>"逐项比对：本机算出的值"</summary>
                    <dl class="facts small"></dl>
                </details>
            </div>
        </crypto-island>
    }
    .into_any()
}

fn list_of(evidence: &Evidence, names: &BTreeMap<String, String>, json: &str) -> AnyView {
    let rows: Vec<AnyView> = evidence
        .entrants
        .iter()
        .map(|entrant| {
            let name = names
                .get(&entrant.uscc)
                .cloned()
                .unwrap_or_else(|| entrant.uscc.clone());
            let place = evidence
                .picks
                .iter()
                .position(|pick| pick.uscc == entrant.uscc);
            let (class, mark) = match place {
                Some(0) => ("ticket hit", tag(Tone::Ok, "抽中")),
                Some(n) => ("ticket", tag(Tone::Go, format!("候补 {n}"))),
                None => ("ticket", ().into_any()),
            };
            let ticket = place
                .map(|n| &evidence.picks[n])
                .map(|pick| format!("签号 {} / {}", pick.ticket, pick.total));
            view! {
                <li class=class>
                    <b>{entrant.seq}</b>
                    <span>
                        <a href=format!("/agencies/{}", entrant.uscc)>{name}</a>
                        " "
                        {mark}
                        <br />
                        <span class="mono small muted">{entrant.uscc.clone()}</span>
                    </span>
                    <span class="mono small">{ticket}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card flush">
            <div class="row between">
                <h2>"名单与结果"</h2>
                <a class="small" href=json.to_string() download="evidence.json">
                    "下载证据 JSON"
                </a>
            </div>
            <ol class="plain tickets">{rows}</ol>
        </section>
    }
    .into_any()
}

fn steps(evidence: &Evidence) -> AnyView {
    let mut to = Columns::<Pick>::new();
    to.count("第几个字", |pick| Some(pick.counter));
    to.hex("64 位字", |pick| pick.word.to_string());
    to.figure_shown("签号 / 总签数", |pick, to| {
        to.text(format_args!("{} / {}", pick.ticket, pick.total));
    });
    to.code("抽中", |pick| &pick.uscc);
    card(
        "计算的每一步",
        view! {
            {facts(
                vec![
                    ("公告编号", mono(evidence.notice_no.clone())),
                    ("公告时承诺", mono(evidence.seed_commitment.to_string())),
                    ("公开的种子", mono(evidence.server_seed.to_string())),
                    ("名单摘要", mono(evidence.entrants_hash.to_string())),
                    (
                        "外部随机源",
                        text(if evidence.beacon.is_empty() { "无".to_string() } else { evidence.beacon.clone() }),
                    ),
                    ("计算值", mono(evidence.final_value().to_string())),
                ],
            )}
            {to.table(&evidence.picks)}
            <p class="small">
                "用自己的电脑验算：下载证据后运行 "<code>"server verify draw evidence.json"</code>
                "，或按"{link("/help#draw", "规则全文")}"用任何语言计算，只需要 SHA-256。"
            </p>
        },
    )
}

fn excluded(evidence: &Evidence, names: &BTreeMap<String, String>) -> AnyView {
    let rows: Vec<AnyView> = evidence
        .excluded
        .iter()
        .map(|one| {
            let name = names
                .get(&one.uscc)
                .cloned()
                .unwrap_or_else(|| one.uscc.clone());
            view! {
                <li>
                    <b>{name}</b>
                    <br />
                    <span class="small">{one.reason.clone()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p class="small muted">"没有。"</p> }.into_any()
    } else {
        view! { <ul class="plain stack-s">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card stack-s">
            <h2>"未进入名单"</h2>
            {body}
        </section>
    }
    .into_any()
}
