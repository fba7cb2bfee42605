//! How one wishes to be told: address for mail, topics, quiet hours.

use crate::ask::Ask;
use crate::calls::message::{SETTINGS, fields as names};
use crate::desk::Desk;
use crate::layout::Section;
use crate::pages::Shown;
use crate::parts::{Choice, Fields, Tone, crumbs, done, facts, note, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Form;
use market::message::mailbox::is_open;
use market::message::preference::{DAILY_AT, MailWish};
use market::message::{MessageKind, Topic};
use store::message::Settings;

/// `/account/messages`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let (person, now) = (desk.person()?, desk.now);
    let settings = store::message::settings(desk.conn(), person).await?;
    let account = store::person::account(desk.conn(), person).await?;
    let mut stored = Form::default();
    for (topic, preference) in store::message::preferences(desk.conn(), person).await? {
        let (mail, sms) = names(topic);
        stored.set(mail, preference.mail.code());
        if preference.sms {
            stored.set(sms, "on");
        }
    }
    if let Some(quiet) = settings.quiet {
        stored.set("quiet", "on");
        stored.set("quiet_from", quiet.from.to_string());
        stored.set("quiet_until", quiet.until.to_string());
    } else {
        stored.set("quiet_from", "22");
        stored.set("quiet_until", "7");
    }
    let wishes = Fields::new(ask, SETTINGS, stored, desk.id());
    let mailbox = Fields::new(ask, "/account/mailbox", Form::default(), desk.id()).named("mailbox");
    let code = Fields::new(ask, "/account/mailbox/code", Form::default(), desk.id()).named("code");
    let awaits = settings
        .code
        .as_ref()
        .is_some_and(|code| is_open(code.sent_at, code.attempts, now));
    let (ask, phone) = (ask.clone(), account.phone_masked);
    Ok(Reply::page("消息设置", Section::None, move || {
        view! {
            {crumbs(&[("/account", "我的账号")], "消息设置")}
            {done(&ask)}
            <h1>"消息设置"</h1>
            <p>
                "所有消息都会在本站的“消息”里列出。下面选择哪些另外发邮件或者短信给您。"
            </p>
            <div class="main-side">
                {wishes_view(&wishes)}
                <aside class="stack">{address(&settings, phone, &mailbox, code, awaits)}</aside>
            </div>
        }
        .into_any()
    }))
}

fn address(
    settings: &Settings,
    phone: String,
    mailbox: &Fields,
    code: Fields,
    awaits: bool,
) -> AnyView {
    let now_used = settings.mailbox.as_ref().map(|one| one.masked.clone());
    let is_set = now_used.is_some();
    let shown = now_used.unwrap_or_else(|| "还没有，不发邮件".into());
    let forget = is_set.then(|| {
        view! {
            <form method="post" action="/account/mailbox/forget">
                <button class="link">"删除邮箱，不再发邮件"</button>
            </form>
        }
    });
    let sent_to = settings
        .code
        .as_ref()
        .filter(|_| awaits)
        .map(|code| code.mailbox.masked.clone());
    let confirm = sent_to.map(|sent_to| {
        view! {
            <form method="post" action="/account/mailbox/code" class="card stack" id="code">
                <h2>"输入确认码"</h2>
                {code.hidden(None)}
                {code.summary()}
                <p>
                    "确认码已发到 " {sent_to}
                    "，30 分钟内有效。输入之前，新的邮箱不会使用。"
                </p>
                {code.input("text", "code", "确认码", "邮件里的 6 位数字。")}
                <button class="btn main wide">"确认邮箱"</button>
            </form>
        }
    });
    view! {
        {confirm}
        <section class="card stack" id="mailbox">
            <h2>"邮箱和手机"</h2>
            {facts(vec![("邮箱", text(shown)), ("手机", text(phone))])}
            {forget}
            <form method="post" action="/account/mailbox" class="stack-s">
                {mailbox.hidden(None)}
                {mailbox.summary()}
                {mailbox.input("email", "mailbox", "新的邮箱", "加密保存，只显示前两个字符。")}
                <button class="btn wide">"发送确认码"</button>
            </form>
            <p class="small">
                "手机号在“我的账号”里更正；短信只发到手机，不发固定电话。"
            </p>
        </section>
    }
    .into_any()
}

fn wishes_view(fields: &Fields) -> AnyView {
    let mails = || {
        let choice = |wish: &MailWish| Choice::new(wish.code(), wish.label());
        MailWish::ALL.iter().map(choice).collect::<Vec<_>>()
    };
    let topics: Vec<AnyView> = Topic::ALL
        .iter()
        .map(|topic| {
            let (mail, sms) = names(*topic);
            let kinds: Vec<&str> = MessageKind::ALL
                .iter()
                .filter(|kind| kind.topic() == *topic)
                .map(|kind| kind.label())
                .collect();
            view! {
                <fieldset class="bare stack-s">
                    <legend>
                        <b>{topic.label()}</b>
                    </legend>
                    <p class="small muted">{format!("包括：{}。", kinds.join("、"))}</p>
                    <div class="row">
                        {fields.select(mail, "邮件", "", "请选择", mails())} {fields.check(sms, "另发短信")}
                    </div>
                </fieldset>
            }
            .into_any()
        })
        .collect();
    let hours = || {
        let hour = |hour: u8| Choice::new(hour.to_string(), format!("{hour}:00"));
        (0..24).map(hour).collect::<Vec<_>>()
    };
    view! {
        <form method="post" action=SETTINGS class="card stack">
            <h2>"发哪些、怎么发"</h2>
            {fields.hidden(None)}
            {fields.summary()}
            {note(
                Tone::Plain,
                format!(
                    "“每天汇总一封”在 {DAILY_AT}:00 发出当天的消息；当天没有消息就不发。",
                ),
            )}
            {topics}
            <h2>"免打扰时段"</h2>
            <p class="small">
                "时段内的邮件和短信推迟到时段结束再发。中选、递补中选和确认中选的最后提醒除外，因为逾期会扣分，会立即发。"
            </p>
            {fields.check("quiet", "启用免打扰")}
            <div class="row">
                {fields.select("quiet_from", "从", "", "请选择", hours())}
                {fields.select("quiet_until", "到", "", "请选择", hours())}
            </div>
            <div class="row">
                <button class="btn main">"保存设置"</button>
            </div>
        </form>
    }
    .into_any()
}
