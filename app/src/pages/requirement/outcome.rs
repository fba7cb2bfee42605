//! What the deadline brought: the list, the opened bids, the selection and the awards.

use super::Case;
use crate::address;
use crate::parts::{Status, Tone, instant, link, mono, tag, text};
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
    let rows: Vec<AnyView> = case
        .entrants
        .iter()
        .map(|row| entrant(case, row, bounds, reference.as_ref()))
        .collect();
    let hash = case.page.entrants_hash.map(|hash| {
        let data = address::requirement_entrants(case.page.id);
        view! {
            <p class="small">
                "名单摘要 "{mono(hash.to_string())}" · " {link(data, "核对用的全部数据（JSON）")}
            </p>
        }
    });
    let bid_head = bounds.map(|_| view! { <th class="num">"报价（元）"</th> });
    view! {
        <section class="card flush" id="entrants">
            <div class="row between">
                <h2>"报名名单"</h2>
                <p class="small muted">{case.entrants.len()}" 家报名，"{in_list}" 家进入名单"</p>
            </div>
            <table class="as-cards">
                <thead>
                    <tr>
                        <th class="num">"序号"</th>
                        <th>"机构"</th>
                        {bid_head}
                        <th>"结果"</th>
                        <th>"收到时间与回执"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="row">{hash}</div>
        </section>
    }
    .into_any()
}

fn entrant(
    case: &Case,
    row: &EntrantRow,
    bounds: Option<Bounds>,
    reference: Option<&Reference>,
) -> AnyView {
    let bid = bounds.map(|bounds| {
        let fault = row.amount_fen.and_then(|amount| bounds.fault(amount));
        let shown = match (row.amount_fen, row.seq) {
            (Some(amount), _) => amount.yuan(),
            (None, Some(_)) if case.page.bids_opened_at.is_some() => "无法开启".into(),
            _ => "未开启".into(),
        };
        let place = row.seq.and_then(|seq| u32::try_from(seq).ok());
        let distance = reference
            .zip(place)
            .and_then(|(reference, seq)| reference.distance_words(seq));
        let distance = distance.map(|far| {
            view! {
                <br />
                <span class="small muted">"比均价："{far}</span>
            }
        });
        view! {
            <td class="num" data-h="报价（元）">
                {shown}
                {distance}
                {fault
                    .map(|why| {
                        view! {
                            <br />
                            <span class="small wrong">{why}</span>
                        }
                    })}
            </td>
        }
    });
    let reasons: Option<String> = row
        .reasons
        .as_ref()
        .map(|reasons| reasons.0.iter().map(|reason| reason.sentence()).collect());
    let class = if winner(case) == Some(row.sign_up_id) {
        "hit"
    } else {
        ""
    };
    let receipt = row.receipt.to_string();
    view! {
        <tr class=class>
            <td class="num" data-h="序号">
                {row.seq.map_or("—".to_string(), |seq| seq.to_string())}
            </td>
            <td data-h="机构">
                <a href=address::agency(&row.uscc)>{row.agency_name.clone()}</a>
                <br />
                <span class="small muted mono">{row.uscc.clone()}</span>
            </td>
            {bid}
            <td data-h="结果">{place(case, row)}{reasons.map(|why| view! { <span class="small">{why}</span> })}</td>
            <td data-h="收到时间与回执" class="small">
                {market::time::stamp_seconds(row.received_at)}
                <br />
                <span class="mono muted" title=receipt.clone()>
                    {receipt[..16.min(receipt.len())].to_string()}
                    "…"
                </span>
            </td>
        </tr>
    }
    .into_any()
}

fn winner(case: &Case) -> Option<SignUpId> {
    case.awards
        .iter()
        .find(|award| award.state.is_live())
        .map(|award| award.sign_up_id)
}

/// What became of one of the list.
fn place(case: &Case, row: &EntrantRow) -> AnyView {
    if row.seq.is_none() {
        return tag(Tone::Bad, "未进入名单");
    }
    if let Some(award) = case
        .awards
        .iter()
        .find(|award| award.sign_up_id == row.sign_up_id)
    {
        return if award.state.is_live() {
            tag(Tone::Ok, "中选")
        } else {
            award.state.tag()
        };
    }
    let ranked = case
        .selections
        .iter()
        .flat_map(|selection| &selection.ranking)
        .position(|place| place.sign_up == row.sign_up_id);
    match ranked {
        Some(_) => tag(Tone::Go, "候补"),
        None => text(""),
    }
}

fn award_row(award: &AwardLink) -> AnyView {
    view! {
        <tr>
            <td>
                {link(address::award(award.id), award.agency_name.clone())}<br />
                <span class="small muted mono">{award.agency_uscc.clone()}</span>
            </td>
            <td class="num" data-h="金额（元）">
                {award.amount_fen.yuan()}
            </td>
            <td data-h="状态">{award.state.tag()}</td>
            <td data-h="公布时间">{instant(award.announced_at)}</td>
        </tr>
    }
    .into_any()
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
    let awards: Vec<AnyView> = case.awards.iter().map(award_row).collect();
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
            <table class="as-cards">
                <thead>
                    <tr>
                        <th>"中选机构"</th>
                        <th class="num">"金额（元）"</th>
                        <th>"状态"</th>
                        <th>"公布时间"</th>
                    </tr>
                </thead>
                <tbody>{awards}</tbody>
            </table>
        </section>
    }
    .into_any()
}
