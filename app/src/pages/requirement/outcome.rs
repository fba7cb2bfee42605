//! What the deadline brought: the list, the opened bids, the selection and the awards.

use super::Case;
use crate::address;
use crate::parts::list::Columns;
use crate::parts::{Html, Tone, link, mono};
use leptos::prelude::*;
use market::SignUpId;
use market::selection::{Bounds, Reference};
use store::award::AwardLink;
use store::selection::EntrantRow;

/// What the opened bids are measured by, where the method has it.
fn reference(case: &Case) -> Option<Reference> {
    let spec = case.spec.as_ref()?;
    let bids = case.entrants.iter().filter_map(EntrantRow::bid);
    spec.method.reference(spec.price.bounds(), bids)
}

/// Everybody who was signed up at the deadline, with bids where there were any, and why some were kept out.
pub fn entrants(case: &Case) -> AnyView {
    if case.entrants.is_empty() {
        return ().into_any();
    }
    let bounds = case
        .spec
        .as_ref()
        .filter(|spec| spec.method.wants_bid())
        .map(|spec| spec.price.bounds());
    let reference = reference(case);
    let in_list = case.entrants.iter().filter(|row| row.seq.is_some()).count();
    let winner = winner(case);
    let columns = entrant_columns(case, bounds, reference.as_ref());
    let table = columns.table_with(&case.entrants, |row| match winner {
        Some(winner) if winner == row.sign_up_id => "hit",
        _ => "",
    });
    let hash = case.page.entrants_hash.map(|hash| {
        let data = address::requirement_entrants(case.page.id);
        view! {
            <p class="small">
                "名单摘要 "{mono(hash.to_string())}" · " {link(data, "核对用的全部数据（JSON）")}
            </p>
        }
    });
    view! {
        <section class="card flush" id="entrants">
            <div class="row between">
                <h2>"报名名单"</h2>
                <p class="small muted">{case.entrants.len()}" 家报名，"{in_list}" 家进入名单"</p>
            </div>
            {table}
            <div class="row">{hash}</div>
        </section>
    }
    .into_any()
}

fn entrant_columns<'c>(
    case: &'c Case,
    bounds: Option<Bounds>,
    reference: Option<&'c Reference>,
) -> Columns<'c, EntrantRow> {
    let mut to = Columns::<EntrantRow>::new();
    to.count("序号", |row| row.seq).shown(|row, to| {
        match row.seq {
            Some(seq) => to.text(seq),
            None => to.text("—"),
        };
    });
    to.text("机构", |row| &row.agency_name).shown(|row, to| {
        to.link(address::agency(&row.uscc), &row.agency_name)
            .second_code(&row.uscc);
    });
    if let Some(bounds) = bounds {
        to.figure_shown("报价（元）", move |row, to| {
            bid(case, row, (bounds, reference), to);
        });
    }
    to.only_shown("结果", move |row, to| {
        place(case, row, to);
        if let Some(why) = row.excluded_because() {
            to.span("small", |to| {
                to.text(why);
            });
        }
    });
    to.only_shown("收到时间与回执", |row, to| {
        let receipt = row.receipt.to_string();
        to.text(market::time::stamp_seconds(row.received_at))
            .raw("<br><span class=\"mono muted\"")
            .attribute("title", &receipt)
            .raw(">");
        to.text(receipt.get(..16).unwrap_or(&receipt))
            .raw("…</span>");
    })
    .class("small");
    to
}

/// What somebody has bid, how far it is from the reference price, and why it doesn't count.
fn bid(
    case: &Case,
    row: &EntrantRow,
    (bounds, reference): (Bounds, Option<&Reference>),
    to: &mut Html,
) {
    match (row.amount_fen, row.seq) {
        (Some(amount), _) => to.text(amount.yuan()),
        (None, Some(_)) if case.page.bids_opened_at.is_some() => to.text("无法开启"),
        _ => to.text("未开启"),
    };
    let place = row.seq.and_then(|seq| u32::try_from(seq).ok());
    let distance = reference
        .zip(place)
        .and_then(|(reference, seq)| reference.distance_words(seq));
    if let Some(far) = distance {
        to.second(format_args!("比均价：{far}"));
    }
    if let Some(why) = row.amount_fen.and_then(|amount| bounds.fault(amount)) {
        to.raw("<br>").span("small wrong", |to| {
            to.text(why);
        });
    }
}

fn winner(case: &Case) -> Option<SignUpId> {
    case.awards
        .iter()
        .find(|award| award.state.is_live())
        .map(|award| award.sign_up_id)
}

/// What became of one of the list.
fn place(case: &Case, row: &EntrantRow, to: &mut Html) {
    let award = case
        .awards
        .iter()
        .find(|award| award.sign_up_id == row.sign_up_id);
    let is_ranked = case
        .selections
        .iter()
        .flat_map(|selection| &selection.ranking)
        .any(|place| place.sign_up == row.sign_up_id);
    match award {
        _ if row.seq.is_none() => to.tag(Tone::Bad, "未进入名单"),
        Some(award) if award.state.is_live() => to.tag(Tone::Ok, "中选"),
        Some(award) => to.state(&award.state),
        None if is_ranked => to.tag(Tone::Go, "候补"),
        None => to,
    };
}

/// The selection with its proof, and every award that followed.
pub fn result(case: &Case) -> AnyView {
    if case.selections.is_empty() {
        return ().into_any();
    }
    let draws: Vec<AnyView> = case
        .draws
        .iter()
        .map(|(id, purpose)| {
            let what = format!("{}：名单、证据和验算", purpose.label());
            view! { <li>{link(address::draw(*id), what)}</li> }.into_any()
        })
        .collect();
    let how = case.spec.as_ref().map(|spec| {
        let words = spec.method.kind().words;
        let undrawn = words.undrawn.filter(|_| case.draws.is_empty());
        undrawn.unwrap_or(words.result)
    });
    let data = address::requirement_entrants(case.page.id);
    let computed = reference(case).map(|reference| {
        let rule = case.spec.as_ref().and_then(|spec| spec.variant);
        view! {
            <p>
                {reference.words()}{rule.map(|rule| format!("规则：{}。", rule.label()))}
                "各报价与均价的差见报名名单，"{link(data, "可按公开的数据复算")}"。"
            </p>
        }
    });
    let reasons: Vec<AnyView> = case
        .selections
        .iter()
        .filter_map(|selection| selection.reason.clone())
        .map(|reason| {
            view! {
                <p>
                    <b>"业主的理由："</b>
                    {reason}
                </p>
            }
            .into_any()
        })
        .collect();
    let mut to = Columns::<AwardLink>::new();
    to.text("中选机构", |award| &award.agency_name)
        .shown(|award, to| {
            to.link(address::award(award.id), &award.agency_name)
                .second_code(&award.agency_uscc);
        });
    to.fen("金额（元）", |award| award.amount_fen);
    to.state("状态", |award| award.state);
    to.instant("公布时间", |award| Some(award.announced_at));
    let awards = to.table(&case.awards);
    view! {
        <section class="card flush" id="result">
            <div class="row">
                <h2>"选取结果"</h2>
            </div>
            <div class="pad stack-s">
                <p>{how}</p>
                {computed}
                {reasons}
                <ul class="plain">{draws}</ul>
            </div>
            {awards}
        </section>
    }
    .into_any()
}
