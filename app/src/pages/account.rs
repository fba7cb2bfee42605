//! Signing in, and one's own account: mandates, password, sessions.

mod administrators;
pub mod messages;

use super::Shown;
use super::kept::{crowded_out, sign_in_form};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::calls::account::find_kept;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{Fields, Tone, card, done, facts, named_table_card, note, tag, text};
use crate::reply::Reply;
use leptos::prelude::*;
use market::time::Duration;
use market::{Form, MandateId, SessionId};
use store::mandate::MandateRow;
use store::person::Account;
use store::session::SessionRow;

/// The demo's accounts, one a role: (login, role, body). Their password is [`DEMO_PASSWORD`].
pub const DEMO_ACCOUNTS: [(&str, &str, &str); 8] = [
    ("demo.owner", "业主管理员", "区住房和城乡建设局"),
    ("demo.trustee", "采购受托人", "区住房和城乡建设局"),
    ("demo.agency", "机构管理员", "楚天环保咨询有限公司"),
    ("demo.clerk", "主管部门经办", "市生态环境局区分局"),
    ("demo.checker", "主管部门复核", "市生态环境局区分局"),
    ("demo.auditor", "运营审核", "运营机构"),
    ("demo.publisher", "运营发布", "运营机构"),
    ("demo.supervisor", "监督人员", "监督机构"),
];

/// Known to everybody on purpose: the demo holds nothing real and is never on by itself.
pub const DEMO_PASSWORD: &str = "demo-Hanjiang-2026";

/// `/sign-in`
pub async fn sign_in(desk: &mut Desk, ask: &Ask) -> Shown {
    let to = ask
        .query("to")
        .or(Some(ask.form.get("to")).filter(|to| !to.is_empty()))
        .unwrap_or("/desk")
        .to_string();
    let fields = Fields::new(ask, "/sign-in", Form::default(), desk.id());
    let kept = Some(ask.form.get("kept").to_string()).filter(|kept| !kept.is_empty());
    // After a wrong password as before it.
    let is_kept = match &kept {
        Some(id) => find_kept(desk, ask, id).await?.is_some(),
        None => false,
    };
    let shows_demo = desk.world.site.shows_demo_accounts;
    let most = desk.world.site.sessions;
    let ended = is_crowded_out(desk, ask).await?.then_some(most);
    Ok(Reply::page("登录", Section::None, move || {
        let demo = shows_demo.then(|| demo_accounts(&to));
        let kept_note = is_kept.then(|| {
            note(
                Tone::Warn,
                "登录过期前填写的内容还没有提交，仍为这个浏览器保留着（共一小时）。登录后会回到原来的表单，核对后再提交。",
            )
        });
        let ended = ended.map(crowded_out);
        view! {
            <h1>"登录"</h1>
            {ended}
            {kept_note}
            <div class="main-side">
                {sign_in_form(&fields, kept.clone(), to.clone())} <aside class="stack">{demo}</aside>
            </div>
        }
        .into_any()
    }))
}

/// Whether somebody was signed in here until the same person had signed in elsewhere too often.
async fn is_crowded_out(desk: &mut Desk, ask: &Ask) -> Result<bool, AppError> {
    match ask.session.as_ref().filter(|_| desk.actor.is_none()) {
        Some(token) => {
            let hash = market::hash::sha256(token.as_bytes()).0;
            Ok(store::session::had_no_room(desk.conn(), hash).await?)
        }
        None => Ok(false),
    }
}

fn demo_accounts(to: &str) -> AnyView {
    let rows: Vec<AnyView> = DEMO_ACCOUNTS
        .into_iter()
        .map(|(login, role, body)| {
            view! {
                <li>
                    <form method="post" action="/sign-in" class="row between">
                        <input type="hidden" name="login" value=login />
                        <input type="hidden" name="password" value=DEMO_PASSWORD />
                        <input type="hidden" name="to" value=to.to_string() />
                        <span>{role}<br /><span class="small muted">{body}</span></span>
                        <button class="btn">"以此身份进入"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card stack">
            <h2>"演示账号"</h2>
            <p class="small muted">"只在演示环境出现，数据均为虚构。"</p>
            <ul class="plain stack-s">{rows}</ul>
        </section>
    }
    .into_any()
}

/// `/account`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let (person, now) = (desk.person()?, desk.now);
    let idle_since = now - Duration::minutes(desk.world.site.session_idle_minutes);
    let account = store::person::account(desk.conn(), person).await?;
    let mandates = store::mandate::of_person(desk.conn(), person).await?;
    let sessions = store::session::of_person(desk.conn(), person, now, idle_since).await?;
    let current = desk.actor.as_ref().and_then(|actor| actor.session);
    let acting = desk
        .actor
        .as_ref()
        .and_then(|actor| actor.acting.as_ref())
        .map(|acting| acting.mandate);
    let fields = Fields::new(ask, "/account/password", Form::default(), desk.id());
    if account.must_change_password {
        return Ok(Reply::page(
            "请先修改初始密码",
            Section::None,
            move || {
                view! {
                    <h1>"请先修改初始密码"</h1>
                    {note(
                        Tone::Warn,
                        "您的密码是别人设置的。请先换成只有自己知道的密码，之后就可以办理业务。",
                    )}
                    {password(fields)}
                }
                .into_any()
            },
        ));
    }
    let phone = Fields::new(ask, "/account/phone", Form::default(), desk.id()).named("phone");
    let administrators = administrators::load(desk, ask).await?;
    let close = Fields::new(ask, "/account/close", Form::default(), desk.id()).named("close");
    let ask = ask.clone();
    Ok(Reply::page("我的账号", Section::None, move || {
        let (colleagues, successor) = administrators.map(administrators::view).unzip();
        view! {
            {done(&ask)}
            <h1>"我的账号"</h1>
            <div class="main-side">
                <div class="stack">
                    {mandates_view(mandates, acting)}{colleagues}{sessions_view(sessions, current)}
                </div>
                <aside class="stack">
                    {person_view(account, phone)}{password(fields)}{own_data()}{successor}{closing(close)}
                </aside>
            </div>
        }
        .into_any()
    }))
}

fn person_view(account: Account, fields: Fields) -> AnyView {
    let known = card(
        "办理人",
        facts(vec![
            ("姓名", text(account.name)),
            ("登录名", text(account.login)),
            ("手机", text(account.phone_masked)),
        ]),
    );
    view! {
        {known}
        <section class="card stack" id="phone">
            <h2>"更正手机号"</h2>
            <form method="post" action="/account/phone" class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                {fields.input("tel", "phone", "新的手机号", "加密保存，只显示前三位和后四位。")}
                <button class="btn wide">"保存手机号"</button>
            </form>
        </section>
        <section class="card stack" id="messages">
            <h2>"消息设置"</h2>
            <p class="small">
                "填写邮箱，选择哪些事项另外发邮件或短信，设置免打扰时段。"
            </p>
            <p>
                <a class="btn" href="/account/messages">
                    "设置消息"
                </a>
            </p>
        </section>
    }
    .into_any()
}

fn own_data() -> AnyView {
    view! {
        <section class="card stack" id="data">
            <h2>"我的数据"</h2>
            <p class="small">
                "本站保存的关于您本人的资料、登录和操作记录，可以随时下载一份。"
            </p>
            <p>
                <a class="btn" href="/account/data.json" download>
                    "下载我的数据"
                </a>
            </p>
        </section>
    }
    .into_any()
}

fn closing(fields: Fields) -> AnyView {
    view! {
        <section class="card stack" id="close">
            <h2>"注销账号"</h2>
            <form method="post" action="/account/close" class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                {note(
                    Tone::Warn,
                    "注销后不能恢复：所有登录退出，授权终止，手机号删除，姓名隐去。已经办理的事项和操作记录依法保留。\
                     您是已核对单位的最后一位管理员时，请先在“增加管理员”里为接手的人开通账号，先由接手的人登录，再注销；还没有核对通过的登记，随账号一起终止。",
                )}
                {fields.input("password", "password", "密码", "")}
                {fields.check("agreed", "我已了解，注销后不能恢复")}
                <button class="btn wide">"注销我的账号"</button>
            </form>
        </section>
    }
    .into_any()
}

fn mandates_view(mandates: Vec<MandateRow>, acting: Option<MandateId>) -> AnyView {
    let rows: Vec<AnyView> = mandates
        .into_iter()
        .map(|row| {
            let action = if Some(row.id) == acting {
                tag(Tone::Ok, "当前")
            } else {
                view! {
                    <form method="post" action="/account/mandate">
                        <input type="hidden" name="mandate" value=row.id.to_string() />
                        <button class="btn">"切换到此身份"</button>
                    </form>
                }
                .into_any()
            };
            let body = row.body_name.unwrap_or_else(|| "平台".into());
            view! {
                <li class="row between">
                    <span>
                        <b>{body}</b>
                        <br />
                        <span class="small muted">{row.role.label()}</span>
                    </span>
                    {action}
                </li>
            }
            .into_any()
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p>"您还没有代表任何单位。"</p> }.into_any()
    } else {
        view! { <ul class="plain stack-s">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card stack" id="mandates">
            <h2>"我代表的单位和角色"</h2>
            {body}
            <p class="row">
                <a href="/register/owner">"登记项目业主"</a>
                <a href="/register/agency">"登记中介机构"</a>
            </p>
        </section>
    }
    .into_any()
}

fn sessions_view(sessions: Vec<SessionRow>, current: Option<SessionId>) -> AnyView {
    let mut to = Columns::<SessionRow>::new();
    to.instant("登录时间", |row| Some(row.created_at));
    to.instant("最近使用", |row| Some(row.seen_at));
    to.code("网络地址", |row| &row.address);
    to.text("浏览器", |row| &row.agent).class("small wrap-any");
    to.only_shown("操作", |row, to| {
        if Some(row.id) == current {
            to.tag(Tone::Ok, "本次登录");
        } else {
            to.raw("<form method=\"post\"")
                .attribute("action", address::session_end(row.id))
                .raw("><button class=\"link\">退出</button></form>");
        }
    });
    named_table_card("sessions", "登录记录", to.table(&sessions))
}

fn password(fields: Fields) -> AnyView {
    view! {
        <section class="card stack" id="password">
            <h2>"修改密码"</h2>
            <form method="post" action="/account/password" class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                {fields.input("password", "old_password", "原密码", "")}
                {fields
                    .input(
                        "password",
                        "new_password",
                        "新密码",
                        "至少 10 个字符，不能是常见或已泄露的密码。",
                    )}
                {fields.input("password", "new_password_again", "再输一次", "")}
                {note(Tone::Plain, "修改后，其他设备上的登录全部退出。")}
                <button class="btn main wide">"修改密码"</button>
            </form>
        </section>
    }
    .into_any()
}
