//! The draw, computed once more in the visitor's own browser from the published evidence. The HTML is `pages::draws`'s.
//!
//! The evidence is read with the browser's own parser: another one would be the largest part of what is shipped.

use super::browser::{add, fact, get, member, milliseconds, parse};
use market::draw::{BeaconRule, Entrant, Evidence, Excluded, Pick, Purpose};
use market::hash::Hex32;
use std::str::FromStr;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

/// Fetches the evidence that the island names, repeats the draw and shows what came out.
pub fn replay_draw(island: HtmlElement) {
    wasm_bindgen_futures::spawn_local(async move { replay(&island).await });
}

async fn replay(island: &HtmlElement) {
    let text = get(&fact(island, "path")).await.unwrap_or_default();
    let Some(evidence) = parse(&text).and_then(|json| read(&json)) else {
        return say(
            island,
            "warn",
            "",
            "没有取到证据文件，暂时无法验算。请刷新页面再试。",
        );
    };
    let began = milliseconds();
    let agrees = evidence.is_right();
    let took = (milliseconds() - began) as u32 + 1;
    if agrees {
        let took = took.to_string();
        let remark = [
            "用公开的种子和名单重新计算，得到同样的结果，用时 ",
            &took,
            " 毫秒。",
        ];
        say(island, "ok", "在您的浏览器里验算：一致。", &remark.concat());
    } else {
        let remark = "请保存本页并拨打监督电话。";
        say(island, "bad", "在您的浏览器里验算：不一致！", remark);
    }
    let _ = compare(island, &evidence);
}

fn say(island: &HtmlElement, tone: &str, verdict: &str, remark: &str) {
    let write = |css: &str, words: &str| {
        if let Ok(Some(place)) = island.query_selector(css) {
            place.set_text_content(Some(words));
        }
    };
    if let Ok(Some(note)) = island.query_selector(".note") {
        note.set_class_name(&["note ", tone].concat());
    }
    write("b", verdict);
    write("span", remark);
}

/// Shows value by value what this browser computed.
fn compare(island: &HtmlElement, evidence: &Evidence) -> Option<()> {
    let list = island.query_selector("dl").ok()??;
    for row in evidence.replay() {
        let mark = if row.agrees() {
            "一致 · "
        } else {
            "不一致 · "
        };
        add(&list, "dt", &[mark, row.what].concat())?;
        let value = add(&list, "dd", &row.computed)?;
        value.set_class_name("mono");
    }
    let details = list.closest("details").ok()??;
    details.remove_attribute("hidden").ok()
}

/// The published JSON as evidence; `None` when something is missing or is not what it should be.
fn read(json: &JsValue) -> Option<Evidence> {
    Some(Evidence {
        notice_no: member(json, "notice_no")?,
        purpose: Purpose::parse(&member(json, "purpose")?).ok()?,
        server_seed: hex(json, "server_seed")?,
        seed_commitment: hex(json, "seed_commitment")?,
        beacon_rule: BeaconRule::parse(&member(json, "beacon_rule")?)?,
        beacon: member(json, "beacon")?,
        entrants_hash: hex(json, "entrants_hash")?,
        entrants: list(json, "entrants", |row| {
            Some(Entrant {
                seq: number(row, "seq")?,
                uscc: member(row, "uscc")?,
                weight: number(row, "weight")?,
                nonce: hex(row, "nonce")?,
            })
        })?,
        excluded: list(json, "excluded", |row| {
            Some(Excluded {
                uscc: member(row, "uscc")?,
                reason: member(row, "reason")?,
            })
        })?,
        picks: list(json, "picks", |row| {
            Some(Pick {
                uscc: member(row, "uscc")?,
                counter: number(row, "counter")?,
                word: number(row, "word")?,
                ticket: number(row, "ticket")?,
                total: number(row, "total")?,
            })
        })?,
    })
}

fn hex(json: &JsValue, name: &str) -> Option<Hex32> {
    Hex32::parse(&member(json, name)?).ok()
}

fn number<T: FromStr>(json: &JsValue, name: &str) -> Option<T> {
    member(json, name)?.parse().ok()
}

fn list<T>(json: &JsValue, name: &str, row: impl Fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
    let rows = js_sys::Reflect::get(json, &name.into()).ok()?;
    js_sys::Array::is_array(&rows).then_some(())?;
    js_sys::Array::from(&rows)
        .iter()
        .map(|value| row(&value))
        .collect()
}
