//! What one was told: the list, one message with what has become of its mail, and what each message says.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Tone, count_text, crumbs, done, empty, instant, link, pager, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::effect::{EffectKind, EffectState};
use market::message::{Message, Topic};
use market::{MandateId, MessageId, Timestamp};
use store::effect::Delivery;
use store::message::{Filter, MessageRow};
use store::page::Page;
use uuid::Uuid;

/// A message as its page shows it.
struct Told {
    row: MessageRow,
    message: Option<Message>,
    deliveries: Vec<Delivery>,
    /// Whether the person acts in the capacity in which it was told.
    is_acting: bool,
}

/// `/messages`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let person = desk.person()?;
    let topic = ask.query("topic").and_then(|code| Topic::parse(code).ok());
    let is_unread = ask.query("unread").is_some();
    let filter = Filter { is_unread, topic };
    let page = store::message::list(desk.conn(), person, filter, ask.cursor().as_ref()).await?;
    let count = store::message::count(desk.conn(), person, filter).await?;
    let Page {
        rows,
        previous,
        next,
    } = page;
    let rows = shown(desk, rows).await?;
    let page = Page {
        rows,
        previous,
        next,
    };
    let (ask, now) = (ask.clone(), desk.now);
    Ok(Reply::page("消息", Section::Desk, move || {
        list_view(&ask, filter, page, count, now)
    }))
}

/// `/messages/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id: MessageId = ask.param("id").ok_or(AppError::NotFound)?;
    let person = desk.person()?;
    let row = store::message::find(desk.conn(), id, person)
        .await?
        .ok_or(AppError::NotFound)?;
    let one = shown(desk, vec![row]).await?.pop();
    let one = one.ok_or(AppError::NotFound)?;
    let title = one.message.as_ref().map(|message| message.said().title);
    let (title, ask) = (title.unwrap_or_else(|| "消息".into()), ask.clone());
    Ok(Reply::page(title, Section::Desk, move || {
        let item = item(one, "/messages");
        view! {
            {crumbs(&[("/desk", "工作台"), ("/messages", "消息")], "一条消息")}
            {done(&ask)}
            <h1>"消息"</h1>
            <section class="card flush">
                <ul class="plain messages">{item}</ul>
            </section>
        }
        .into_any()
    }))
}

async fn shown(desk: &mut Desk, rows: Vec<MessageRow>) -> Result<Vec<Told>, AppError> {
    let acting = desk.actor.as_ref().and_then(|actor| actor.acting.as_ref());
    let acting: Option<MandateId> = acting.map(|acting| acting.mandate);
    let of_rows = rows.iter().flat_map(|row| [Some(row.id.0), row.daily_id]);
    let subjects: Vec<Uuid> = of_rows.flatten().collect();
    let deliveries = store::effect::delivery_of(desk.conn(), &subjects).await?;
    let shown = rows.into_iter().map(|row| {
        let message = row.message();
        if let Err(reason) = &message {
            tracing::error!(message_id = %row.id, reason, "a stored message cannot be read");
        }
        let is_of = |one: &&Delivery| one.subject == row.id.0 || Some(one.subject) == row.daily_id;
        Told {
            message: message.ok(),
            deliveries: deliveries.iter().filter(is_of).cloned().collect(),
            is_acting: acting == Some(row.mandate_id),
            row,
        }
    });
    Ok(shown.collect())
}

fn filters(ask: &Ask, filter: Filter) -> AnyView {
    let reads: Vec<AnyView> = [(false, "全部"), (true, "未读")]
        .into_iter()
        .map(|(unread, label)| {
            let current = (filter.is_unread == unread).then_some("true");
            let href = ask.link(&[("unread", unread.then_some("1")), ("at", None)]);
            view! {
                <a href=href aria-current=current>
                    {label}
                </a>
            }
            .into_any()
        })
        .collect();
    let all = std::iter::once((None, "所有类别"));
    let topics: Vec<AnyView> = all
        .chain(Topic::ALL.iter().map(|topic| (Some(*topic), topic.label())))
        .map(|(topic, label)| {
            let current = (filter.topic == topic).then_some("true");
            let href = ask.link(&[("topic", topic.map(Topic::code)), ("at", None)]);
            view! {
                <a href=href aria-current=current>
                    {label}
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <nav class="tabs" aria-label="按是否已读">
            {reads}
        </nav>
        <nav class="tabs" aria-label="按类别">
            {topics}
        </nav>
    }
    .into_any()
}

fn list_view(ask: &Ask, filter: Filter, page: Page<Told>, count: i64, now: Timestamp) -> AnyView {
    let has_unread = page.rows.iter().any(|one| one.row.read_at.is_none());
    let here = ask.link(&[("done", None)]);
    let items: Vec<AnyView> = page.rows.into_iter().map(|one| item(one, &here)).collect();
    let body = if items.is_empty() && filter != Filter::default() {
        let all = Some(("/messages".to_string(), "查看全部消息"));
        empty("没有这样的消息", "换一个类别看看。", all)
    } else if items.is_empty() {
        empty(
            "还没有消息",
            "有事项需要您办理，或者您关心的事项有了结果，会在这里告诉您。",
            Some(("/desk".into(), "回到工作台")),
        )
    } else {
        view! { <ul class="plain messages">{items}</ul> }.into_any()
    };
    let until = now.unix_timestamp_nanos() / 1_000;
    let read_all = has_unread.then(|| {
        view! {
            <form method="post" action="/messages/read">
                <input type="hidden" name="until" value=until.to_string() />
                <button class="btn">"全部标为已读"</button>
            </form>
        }
    });
    view! {
        {crumbs(&[("/desk", "工作台")], "消息")}
        {done(ask)}
        <div class="row between">
            <h1>"消息"</h1>
            <p>{link("/account/messages", "消息设置：邮箱、短信、免打扰")}</p>
        </div>
        {filters(ask, filter)}
        <section class="card flush">
            <div class="row between">
                <p>"共 "<b>{count_text(count)}</b>" 条"</p>
                {read_all}
            </div>
            {body}
            {pager(ask, &page.previous, &page.next)}
        </section>
    }
    .into_any()
}

/// One message: what it says, where it is done, and by which ways it went.
fn item(one: Told, back: &str) -> AnyView {
    let Told {
        row,
        message,
        deliveries,
        is_acting,
    } = one;
    let is_unread = row.read_at.is_none();
    let state = match is_unread {
        true => tag(Tone::Go, "未读"),
        false => tag(Tone::Plain, "已读"),
    };
    let (title, text) = match &message {
        Some(message) => {
            let said = message.said();
            (said.title, said.text)
        }
        None => (
            "这条消息的内容无法显示".to_string(),
            "已经记录，运营机构会处理。请到工作台查看要办的事。".to_string(),
        ),
    };
    let topic = message.as_ref().map(|message| message.kind().topic());
    let topic = topic.map(|topic| tag(Tone::Plain, topic.label()));
    let body = row.body_name.clone().unwrap_or_else(|| "平台".into());
    let capacity = format!("收件身份：{body} · {}", row.role.label());
    let switch = (!is_acting).then(|| {
        view! { <span>" 办理前请先" {link("/account#mandates", "切换到这个身份")}</span> }
    });
    view! {
        <li class=if is_unread { "unread" } else { "" }>
            <p class="row between">
                <b>{link(format!("/messages/{}", row.id), title)}</b>
                <span>{topic}" "{state}</span>
            </p>
            <p>{text}</p>
            <p class="small muted">
                {instant(row.created_at)}" · "{capacity}{switch}" · "{ways(&row, &deliveries)}
            </p>
            {buttons(&row, message.is_some(), back)}
        </li>
    }
    .into_any()
}

fn buttons(row: &MessageRow, leads_on: bool, back: &str) -> AnyView {
    let read = format!("/messages/{}/read", row.id);
    let open = leads_on.then(|| {
        view! {
            <form method="post" action=read.clone()>
                <input type="hidden" name="then" value="open" />
                <button class="btn main">"查看并办理"</button>
            </form>
        }
    });
    let mark = row.read_at.is_none().then(|| {
        view! {
            <form method="post" action=read.clone()>
                <input type="hidden" name="back" value=back.to_string() />
                <button class="btn">"标为已读"</button>
            </form>
        }
    });
    view! {
        <div class="row">
            {open} {mark} <form method="post" action=format!("/messages/{}/put-away", row.id)>
                <input type="hidden" name="back" value="/messages" />
                <button class="link">"收起，不再列出"</button>
            </form>
        </div>
    }
    .into_any()
}

/// By which ways it went, and whether it has arrived there: `站内；电子邮件已发送`.
fn ways(row: &MessageRow, deliveries: &[Delivery]) -> String {
    let mut ways = vec!["站内".to_string()];
    if row.waits_for_daily {
        ways.push("电子邮件等待每日汇总".into());
    }
    for one in deliveries {
        let way = match (one.kind, row.daily_id == Some(one.subject)) {
            (EffectKind::Mail, true) => "每日汇总邮件",
            (kind, _) => kind.label(),
        };
        ways.push(format!("{way}{}", arrived(one)));
    }
    ways.join("；")
}

fn arrived(one: &Delivery) -> String {
    match one.state {
        EffectState::Done => "已发送".into(),
        EffectState::Waiting | EffectState::Running => {
            format!("等待发送（{} 起）", market::time::stamp(one.due_at))
        }
        EffectState::Dead | EffectState::PutAway => "未送达".into(),
    }
}
