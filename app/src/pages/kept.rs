//! The form that arrived without a session: the page that asks to sign in on the spot, and the form again afterwards.

use super::{Shown, errors};
use crate::AppError;
use crate::ask::{Ask, Trouble};
use crate::calls::account::{find_kept, keep, take_lost};
use crate::desk::Desk;
use crate::layout::{Section, not_taken};
use crate::parts::{Fields, Tone, note, refused};
use crate::reply::{Page, Reply};
use crate::routes::{params, route_of_form};
use cookie::Cookie;
use leptos::prelude::*;
use market::{Form, Refusal};
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// What can be said about the files of a form that was read without a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilesSent {
    None,
    /// Some came with the form and were not taken.
    NotTaken,
}

/// Keeps the form and makes the page that says so and asks to sign in. Returns the cookies that it needs.
pub async fn sign_in_first(
    world: &crate::world::World,
    ask: &Ask,
    session: Option<&str>,
    files: FilesSent,
) -> Result<(Page, Vec<Cookie<'static>>), AppError> {
    let keeping = keep(world, ask, session).await?;
    let fields = Fields::new(&Ask::default(), "/sign-in", Form::default(), Uuid::nil());
    let kept = keeping.id;
    let ended = keeping.had_no_room.then_some(world.site.sessions);
    let to = crate::routes::page_above(&ask.path).to_string();
    let title = match kept {
        Some(_) => "登录已过期，填写的内容已保留",
        None => "登录已过期",
    };
    let page = Page {
        title: title.into(),
        section: Section::None,
        body: Box::new(move || first_view(fields, kept, to, files, ended)),
    };
    Ok((page, keeping.cookies))
}

fn first_view(
    fields: Fields,
    kept: Option<Uuid>,
    to: String,
    files: FilesSent,
    ended: Option<i64>,
) -> AnyView {
    let said = match kept {
        Some(_) => {
            "刚才填写的内容还没有提交，已经为这个浏览器保留一小时。请在这里登录，登录后会回到原来的表单，内容都还在，核对后再提交。密码和报价出于安全没有保留，需要重新填写。"
        }
        None => {
            "刚才填写的内容还没有提交，也没有能够保留。请在新窗口登录，再用浏览器的“后退”回到原来的页面重新提交。"
        }
    };
    let files = (files == FilesSent::NotTaken).then(|| {
        note(
            Tone::Warn,
            "随表单选择的文件没有收下，登录后请重新选择；之前已经上传成功的文件不受影响。",
        )
    });
    view! {
        <h1>"登录已过期，请重新登录"</h1>
        {ended.map(crowded_out)}
        {note(Tone::Warn, said)}
        {files}
        {sign_in_form(&fields, kept.map(|id| id.to_string()), to)}
    }
    .into_any()
}

/// What is said where a session was ended because its person has signed in elsewhere too often.
pub fn crowded_out(most: i64) -> AnyView {
    note(
        Tone::Warn,
        format!(
            "因在别处登录过多，本次登录已结束，请重新登录。同一账号最多同时登录 {most} 处；别处的登录不是您本人的，请尽快修改密码。"
        ),
    )
}

/// The form that signs in and leads back to the kept one.
pub fn sign_in_form(fields: &Fields, kept: Option<String>, to: String) -> AnyView {
    let kept = kept.map(|id| view! { <input type="hidden" name="kept" value=id /> });
    view! {
        <form method="post" action="/sign-in" class="card stack">
            <input type="hidden" name="to" value=to />
            {kept}
            {fields.summary()}
            {fields.input("text", "login", "登录名", "")}
            {fields.input("password", "password", "密码", "")}
            <div class="row">
                <button class="btn main">"登录"</button>
                <a href="/register">"没有账号，去注册"</a>
            </div>
            <p class="small muted">
                "连续输错会暂时锁定。部门和运营人员的账号由运营机构开通。"
            </p>
        </form>
    }
    .into_any()
}

/// `/kept/{id}`: the form again, filled in, on its own page. It is sent only by the press of its button.
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let person = desk.person()?;
    let id = ask.params.get("form").cloned().unwrap_or_default();
    let Some((kept, mut form)) = find_kept(desk, ask, &id).await? else {
        return Ok(gone(
            "保留的内容已经超过一小时，或者是在另一个浏览器填写的，不能取回。",
        ));
    };
    if kept.person.is_some_and(|owner| owner != person) {
        return Ok(gone(
            "这份内容是另一个账号填写的，只有原来的账号登录后才能取回。",
        ));
    }
    let route = route_of_form(&kept.path).ok_or(AppError::NotFound)?;
    match desk.permit(route.action) {
        Ok(()) => {}
        Err(AppError::Forbidden) => {
            return Ok(gone(
                "当前的单位或角色不能办理这张表单。请先在“我的账号”切换，再打开本页，填写的内容还在。",
            ));
        }
        Err(error) => return Err(error),
    }
    let file_problems = take_lost(&mut form);
    let mut again = Ask {
        path: kept.path.clone(),
        params: params(route, &kept.path),
        query: Form::default(),
        form,
        file_problems,
        ..ask.clone()
    };
    let trouble = Trouble::new(&again, Refusal::SignedOut);
    again.trouble = Some(trouble.clone());
    let shown = match route.form_page {
        Some(form_page) => form_page(desk, &again).await,
        None => Err(AppError::NotFound),
    };
    match shown {
        Ok(Reply::Page(page)) => Ok(Reply::Page(said_by_all_means(page, trouble))),
        // The form has no page (any more): what was written can be copied.
        Ok(_) | Err(AppError::NotFound) => Ok(Reply::Page(entitled(
            errors::refused(trouble.clone()),
            &trouble,
        ))),
        Err(error) => Err(error),
    }
}

/// The page under a title that says first that the form has not been taken, as that of every refusal does.
fn entitled(page: Page, trouble: &Trouble) -> Page {
    Page {
        title: not_taken(trouble, &page.title),
        ..page
    }
}

/// The page, with the words in front if no form of it has said them.
fn said_by_all_means(page: Page, trouble: Trouble) -> Page {
    let page = entitled(page, &trouble);
    let body = page.body;
    Page {
        body: Box::new(move || {
            let body = body();
            let unsaid = (!trouble.shown.load(Ordering::Relaxed)).then(|| refused(&trouble));
            view! {
                {unsaid}
                {body}
            }
            .into_any()
        }),
        ..page
    }
}

fn gone(sentence: &'static str) -> Reply {
    Reply::page("没有可以取回的内容", Section::None, move || {
        view! {
            <h1>"没有可以取回的内容"</h1>
            <p>{sentence}</p>
            <p class="row">
                <a class="btn main" href="/account#mandates">
                    "我的账号"
                </a>
                <a class="btn" href="/desk">
                    "回到工作台"
                </a>
            </p>
        }
        .into_any()
    })
}
