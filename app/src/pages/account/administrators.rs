//! The administrators of the body at the desk: who they are, ending the role of one, naming another.

use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::calls::account::own_body;
use crate::desk::Desk;
use crate::parts::list::Columns;
use crate::parts::{Fields, Tone, named_table_card};
use leptos::prelude::*;
use market::colleague::Begun;
use market::permit::Action;
use market::{Form, MandateId};
use store::mandate::AdministratorRow;

/// What an administrator sees of the others.
pub(super) struct Administrators {
    body: String,
    own: MandateId,
    rows: Vec<(AdministratorRow, First)>,
    successor: Fields,
}

/// The form of another first password.
struct First {
    fields: Fields,
    is_refused: bool,
}

/// The administrators, for those who may name them.
pub(super) async fn load(desk: &mut Desk, ask: &Ask) -> Result<Option<Administrators>, AppError> {
    if desk.permit(Action::NameAdministrator).is_err() {
        return Ok(None);
    }
    let (acting, (body, _)) = (desk.acting()?.clone(), own_body(desk)?);
    let rows = store::mandate::administrators(desk.conn(), acting.role, body).await?;
    let mut with_forms = Vec::new();
    for row in rows {
        let action = address::administrator_password(row.id);
        let fields = Fields::new(ask, &action, Form::default(), desk.id());
        let first = First {
            fields: fields.named(&format!("first-{}", row.id)),
            is_refused: ask.trouble_at(&action).is_some(),
        };
        with_forms.push((row, first));
    }
    let successor = Fields::new(ask, "/account/administrators", Form::default(), desk.id());
    Ok(Some(Administrators {
        body: acting.body_name.unwrap_or_default(),
        own: acting.mandate,
        rows: with_forms,
        successor: successor.named("administrator"),
    }))
}

/// The list, and the form that names another.
pub(super) fn view(all: Administrators) -> (AnyView, AnyView) {
    let own = all.own;
    let mut to = Columns::<(AdministratorRow, First)>::new();
    to.only_shown("姓名", |(row, _), to| {
        to.text(&row.name).second(&row.login);
    });
    to.instant("担任时间", |(row, _)| Some(row.granted_at));
    to.only_shown("账号", |(row, _), to| {
        let tone = match row.begun() {
            Begun::Acts => Tone::Ok,
            _ => Tone::Warn,
        };
        to.tag(tone, row.begun().label());
    });
    to.only_shown("操作", |(row, first), to| {
        if row.id == own {
            to.tag(Tone::Plain, "本人");
        } else {
            to.view(others(row, row.begun(), first));
        }
    });
    let list = named_table_card("administrators", "本单位的管理员", to.table(&all.rows));
    (list, successor(&all.body, &all.successor))
}

/// What may be done about another administrator.
fn others(row: &AdministratorRow, begun: Begun, first: &First) -> AnyView {
    let what_follows = format!(
        "终止后，{}立即不能再以本单位名义办理，已办的事不受影响；需要恢复的，只能用新的登录名再增加。",
        row.name
    );
    let fields = &first.fields;
    let first_password = (begun == Begun::Never).then(|| {
        view! {
            <details open=first.is_refused>
                <summary class="small">"重新设置初始密码"</summary>
                <form method="post" action=address::administrator_password(row.id) class="stack-s">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {fields
                        .input(
                            "password",
                            "new_password",
                            "初始密码",
                            "至少 10 个字符，当面交给本人，首次登录时修改。原来的初始密码作废。",
                        )}
                    <button class="btn">"重新设置"</button>
                </form>
            </details>
        }
    });
    view! {
        {first_password}
        <details>
            <summary class="small">"终止管理员"</summary>
            <form method="post" action=address::administrator_end(row.id)>
                <p class="small">{what_follows}</p>
                <button class="btn danger">"确认终止"</button>
            </form>
        </details>
    }
    .into_any()
}

fn successor(body: &str, fields: &Fields) -> AnyView {
    view! {
        <section class="card stack" id="administrator">
            <h2>"增加管理员"</h2>
            <p class="small">
                {format!(
                    "为“{body}”增加一名管理员，与您权限相同：人员交接时先由接手的人登录，再注销原来的账号。",
                )}
            </p>
            <form method="post" action="/account/administrators" class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                {fields.input("text", "person_name", "姓名", "")}
                {fields.input("tel", "phone", "手机号", "")}
                {fields
                    .input("text", "login", "登录名", "3 至 30 个字母、数字、点、横线或下划线。")}
                {fields
                    .input(
                        "password",
                        "new_password",
                        "初始密码",
                        "至少 10 个字符，当面交给本人，首次登录时修改。",
                    )}
                <button class="btn wide">"增加管理员"</button>
            </form>
        </section>
    }
    .into_any()
}
