//! Numbers on paper: whatever number somebody types, however it is typed, leads to what it is printed on.

use super::Shown;
use crate::AppError;
use crate::address;
use crate::ask::{Ask, encode};
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Tone, crumbs, mono, note};
use crate::reply::Reply;
use leptos::prelude::*;
use store::number::Numbered;
use uuid::Uuid;

/// `/verify`: a field for any number that stands on paper, and the way to what it stands for.
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let typed = ask.query("number").unwrap_or_default().to_string();
    if let Some(place) = place(desk, "/verify/", &typed).await? {
        return Ok(Reply::to(place));
    }
    Ok(Reply::page(
        "按编号查验",
        Section::Results,
        move || {
            let unknown = (!typed.is_empty()).then(|| unknown(&typed));
            view! {
                {crumbs(&[("/awards", "中选结果")], "按编号查验")}
                <h1>"按编号查验"</h1>
                {unknown}
                {field(&typed)}
                {forms()}
            }
            .into_any()
        },
    ))
}

/// Where a page has nothing under the number or id of its address: the address that it has in its one spelling.
/// Errors: not found when there is none, or when it is the one that was asked for.
pub async fn elsewhere(desk: &mut Desk, ask: &Ask) -> Shown {
    let typed = ask.params.values().next().cloned().unwrap_or_default();
    let prefix = ask
        .path
        .find('/')
        .and_then(|start| ask.path[start + 1..].find('/'))
        .map_or("/", |end| &ask.path[..end + 2]);
    place(desk, prefix, &typed)
        .await?
        .filter(|place| *place != format!("{prefix}{}", encode(&typed)))
        .filter(|place| *place != format!("{prefix}{typed}"))
        .map(Reply::to)
        .ok_or(AppError::NotFound)
}

/// The address of what a number stands for, preferring what the address above it lists.
async fn place(desk: &mut Desk, prefix: &str, typed: &str) -> Result<Option<String>, AppError> {
    let key = market::number::key(typed);
    if key.is_empty() {
        return Ok(None);
    }
    match prefix {
        "/ledger/" => return Ok(key.parse().ok().map(address::ledger_entry)),
        "/policies/" => {
            let region = desk.world.site.region.clone();
            let versions = store::policy::versions(desk.conn(), &region).await?;
            let found = versions
                .into_iter()
                .find(|version| market::number::key(&version.name) == key);
            return Ok(found.map(|version| address::policy(&version.name)));
        }
        _ => {}
    }
    if prefix != "/verify/"
        && let Some(id) = id(typed)
    {
        return Ok(Some(format!("{prefix}{id}")));
    }
    let found = store::number::find(desk.conn(), typed).await?;
    let places: Vec<String> = found.iter().map(address).collect();
    let near = places.iter().find(|place| place.starts_with(prefix));
    Ok(near.or(places.first()).cloned())
}

fn address(found: &Numbered) -> String {
    match found {
        Numbered::Award(number) => address::verify(number),
        Numbered::Requirement(id) => address::requirement(*id),
        Numbered::Item(code) => address::item(code),
        Numbered::Agency(uscc) => address::agency(uscc),
        Numbered::Owner(uscc) => address::owner(uscc),
    }
}

/// An id copied with blanks, in full width or without its hyphens.
fn id(typed: &str) -> Option<Uuid> {
    let plain = market::typed::plain(&market::typed::clean(typed));
    let digits: String = plain.chars().filter(char::is_ascii_hexdigit).collect();
    let others = plain
        .chars()
        .any(|c| c.is_ascii_alphanumeric() && !c.is_ascii_hexdigit());
    (digits.len() == 32 && !others).then(|| digits.parse().ok())?
}

/// The field, for every page that helps to find a paper.
pub fn field(typed: &str) -> AnyView {
    view! {
        <form class="card row filters-row" action="/verify">
            <div class="field">
                <label for="f-number">"按编号查验"</label>
                <p class="hint" id="h-number">
                    "中选通知书编号、公告编号、事项编码或统一社会信用代码。大小写、空格和短横不影响查找。"
                </p>
                <input id="f-number" name="number" value=typed.to_string() aria-describedby="h-number" />
            </div>
            <button class="btn">"查验"</button>
        </form>
    }
    .into_any()
}

/// That nothing has the number, and what to look at before doubting the paper.
pub fn unknown(typed: &str) -> AnyView {
    note(
        Tone::Bad,
        view! {
            <p>
                <b>"没有查到这个编号："</b>
                {mono(typed.to_string())}
            </p>
            <p>
                "请对照下面的样式核对：是否少了或多了一位，是否把相近的数字看错，是否抄的是合同或文件的其他编号。核对无误仍查不到的，请拨打监督电话，并保留纸面文件。"
            </p>
        },
    )
}

/// What the numbers look like.
pub fn forms() -> AnyView {
    view! {
        <section class="card stack-s">
            <h2>"编号的样式"</h2>
            <dl class="facts">
                <dt>"中选通知书"</dt>
                <dd>"ZX 加 18 位数字，再加短横和序号，如 "{mono("ZX420606202603160001-1")}</dd>
                <dt>"采购公告"</dt>
                <dd>"ZJXY 加 18 位数字，如 "{mono("ZJXY420606202603160001")}</dd>
                <dt>"服务事项"</dt>
                <dd>"如 "{mono("ZJ-ZR-008")}</dd>
                <dt>"统一社会信用代码"</dt>
                <dd>"18 位数字和大写字母"</dd>
            </dl>
        </section>
    }
    .into_any()
}
