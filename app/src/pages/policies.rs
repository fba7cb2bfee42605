//! 规则与政策: the parameters in force in plain words, and every earlier version.

use super::Shown;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Tone, crumbs, instant, link, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::policy::Policy;
use store::policy::Version;

/// `/policies`
pub async fn current(desk: &mut Desk, _: &Ask) -> Shown {
    let in_force = desk.rules().await?.policy_id;
    show(desk, in_force).await
}

/// `/policies/{name}`
pub async fn version(desk: &mut Desk, ask: &Ask) -> Shown {
    let name: String = ask.param("name").ok_or(AppError::NotFound)?;
    let region = desk.world.site.region.clone();
    let found = store::policy::versions(desk.conn(), &region)
        .await?
        .into_iter()
        .find(|version| version.name == name);
    let id = found.ok_or(AppError::NotFound)?.id;
    show(desk, id).await
}

async fn show(desk: &mut Desk, id: market::PolicyId) -> Shown {
    let in_force = desk.rules().await?.policy_id;
    let region = desk.world.site.region.clone();
    let versions = store::policy::versions(desk.conn(), &region).await?;
    for version in &versions {
        desk.note_unreadable(Some(&version.policy), version.id)
            .await?;
    }
    let shown = versions.iter().find(|version| version.id == id);
    let shown = shown.ok_or(AppError::NotFound)?;
    let shown = Readable {
        name: shown.name.clone(),
        policy: shown.policy.clone().take(id.0)?,
    };
    let knows = desk
        .rules()
        .await?
        .calendar
        .knows(desk.now.to_offset(market::time::SHANGHAI).year());
    Ok(Reply::page(
        "规则与政策",
        Section::Policies,
        move || view(versions, shown, in_force, knows),
    ))
}

/// The version that is shown.
struct Readable {
    name: String,
    policy: Policy,
}

fn view(
    versions: Vec<Version>,
    shown: Readable,
    in_force: market::PolicyId,
    knows_calendar: bool,
) -> AnyView {
    let list: Vec<AnyView> = versions
        .iter()
        .map(|version| {
            let mark = (version.id == in_force).then(|| tag(Tone::Ok, "现行"));
            view! {
                <li>
                    {link(address::policy(&version.name), version.name.clone())}" "{mark}<br />
                    <span class="small muted">{instant(version.effective_from)}" 起施行"</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let chapters = shown.policy.chapters();
    let contents: Vec<AnyView> = chapters
        .iter()
        .map(|chapter| {
            view! { <li>{link(format!("#{}", chapter.anchor), chapter.title)}</li> }.into_any()
        })
        .collect();
    let body: Vec<AnyView> = chapters
        .into_iter()
        .map(|chapter| {
            let sentences: Vec<AnyView> = chapter
                .sentences
                .into_iter()
                .map(|sentence| view! { <li>{sentence}</li> }.into_any())
                .collect();
            view! {
                <section class="card stack" id=chapter.anchor>
                    <h2>{chapter.title}</h2>
                    <ol>{sentences}</ol>
                </section>
            }
            .into_any()
        })
        .collect();
    let calendar = (!knows_calendar).then(|| {
        crate::parts::note(
            Tone::Warn,
            "本年度的节假日安排还没有录入，暂按周一至周五为工作日计算。",
        )
    });
    view! {
        {crumbs(&[("/policies", "规则与政策")], &shown.name)}
        <h1>"规则与政策"</h1>
        <p>
            "下面的每一句都由系统实际使用的参数生成，页面与决定不会不一致。当前显示版本 "
            <b>{shown.name.clone()}</b>"。"
        </p>
        {calendar}
        <div class="main-side">
            <div class="stack">{body}</div>
            <aside class="stack">
                <section class="card stack-s">
                    <h2>"目录"</h2>
                    <ul class="plain">{contents}</ul>
                </section>
                <section class="card stack-s">
                    <h2>"各版本"</h2>
                    <ul class="plain stack-s">{list}</ul>
                </section>
            </aside>
        </div>
    }
    .into_any()
}
