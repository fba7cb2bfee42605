//! `/desk/messages`: what every message says, with sample data, so that the operator knows what people are told.

use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::pages::Shown;
use crate::parts::{Tone, crumbs, link, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::message::{Message, MessageKind, Topic, samples};

/// `/desk/messages`
pub async fn page(_: &mut Desk, ask: &Ask) -> Shown {
    let topic = ask.query("topic").and_then(|code| Topic::parse(code).ok());
    let ask = ask.clone();
    Ok(Reply::page("消息样式", Section::Desk, move || {
        page_view(&ask, topic)
    }))
}

fn page_view(ask: &Ask, chosen: Option<Topic>) -> AnyView {
    let all = std::iter::once((None, "全部"));
    let tabs: Vec<AnyView> = all
        .chain(Topic::ALL.iter().map(|topic| (Some(*topic), topic.label())))
        .map(|(topic, label)| {
            let current = (topic == chosen).then_some("true");
            view! {
                <a href=ask.link(&[("topic", topic.map(Topic::code))]) aria-current=current>
                    {label}
                </a>
            }
            .into_any()
        })
        .collect();
    let messages = samples::all();
    let kinds: Vec<MessageKind> = MessageKind::ALL
        .iter()
        .copied()
        .filter(|kind| chosen.is_none_or(|topic| kind.topic() == topic))
        .collect();
    let count = kinds.len();
    let cards: Vec<AnyView> = kinds
        .into_iter()
        .map(|kind| {
            let of_kind = messages.iter().filter(|message| message.kind() == kind);
            card(kind, of_kind.collect())
        })
        .collect();
    view! {
        {crumbs(&[("/desk", "工作台")], "消息样式")}
        <h1>"消息样式"</h1>
        <p>
            "系统发给办理人的每一种消息，用虚构的数据举例。实际发出的邮件和短信见"
            {link("/desk/jobs?lane=effects", "对外发送")}"。"
        </p>
        <nav class="tabs" aria-label="按类别">
            {tabs}
        </nav>
        <p>"共 "<b>{count}</b>" 种"</p>
        {cards}
    }
    .into_any()
}

fn card(kind: MessageKind, examples: Vec<&Message>) -> AnyView {
    let is_urgent = examples.iter().any(|message| message.is_urgent());
    let urgent = is_urgent.then(|| tag(Tone::Warn, "不受免打扰限制"));
    let said: Vec<AnyView> = examples
        .into_iter()
        .map(|message| {
            let said = message.said();
            view! {
                <li class="stack-s">
                    <b>{said.title}</b>
                    <p>{said.text}</p>
                    <p class="small muted mono">{said.path}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    let variables: Vec<String> = kind
        .variables()
        .iter()
        .map(|variable| format!("{}（{}）", variable.about.trim(), variable.name))
        .collect();
    view! {
        <section class="card stack" id=kind.code()>
            <div class="row between">
                <h2>{kind.label()}</h2>
                <span>{tag(Tone::Plain, kind.topic().label())}" "{urgent}</span>
            </div>
            <ul class="plain stack">{said}</ul>
            <p class="small muted">{format!("变量：{}。", variables.join("、"))}</p>
        </section>
    }
    .into_any()
}
