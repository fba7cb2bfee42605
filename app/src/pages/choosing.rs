//! The owner's direct choice: the list with what is known of each, a reason, consequences said beforehand.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Choice, Fields, Tone, crumbs, due, note};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Form;
use market::requirement::RequirementState;
use store::policy::Rules;
use store::requirement::RequirementPage;
use store::selection::EntrantRow;

/// `/requirements/{id}/choose`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let page = store::requirement::page(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    if !desk.owns(page.owner_id, page.created_by) || page.state != RequirementState::Choosing {
        return Err(AppError::NotFound);
    }
    let declined: Vec<_> = store::award::of_requirement(desk.conn(), id)
        .await?
        .into_iter()
        .map(|award| award.sign_up_id)
        .collect();
    let list = store::selection::list_of(desk.conn(), id).await?;
    let list: Vec<EntrantRow> = list
        .into_iter()
        .filter(|row| row.seq.is_some() && !declined.contains(&row.sign_up_id))
        .collect();
    let (rules, now) = (desk.rules().await?, desk.now);
    let action = format!("/requirements/{id}/choose");
    let fields = Fields::new(ask, &action, Form::default(), desk.id());
    Ok(Reply::page("选定机构", Section::Desk, move || {
        view(page, list, fields, action, rules, now)
    }))
}

fn view(
    page: RequirementPage,
    list: Vec<EntrantRow>,
    fields: Fields,
    action: String,
    rules: Rules,
    now: market::Timestamp,
) -> AnyView {
    let name = page
        .spec
        .as_ref()
        .map(|spec| spec.0.project_name.clone())
        .unwrap_or_default();
    let until = page.choice_due_at.map(|at| due(at, now, &rules));
    let choices = list
        .into_iter()
        .map(|row| {
            Choice::new(
                row.sign_up_id.to_string(),
                format!("{}（{}）", row.agency_name, row.uscc),
            )
        })
        .collect();
    view! {
        {crumbs(&[("/desk", "工作台"), (&format!("/requirements/{}", page.id), &name)], "选定机构")}
        <h1>"从合格的报名机构中选定"</h1>
        <p class="row">"期限 "{until}</p>
        {note(Tone::Warn, "选定后立即公示，连同理由写入存证账本，不能更改。逾期不选的，公告失败。")}
        <form method="post" action=action class="card stack">
            {fields.hidden(None)}{fields.summary()}
            {fields.radios("sign_up", "选定的机构", "名单按收到报名的先后排列，点机构名称可在公告页查看其资质和信用。", choices)}
            {fields.text_area("reason", "选定的理由", "写明事实，至少十个字。理由公开。", 4)}
            <div class="row"><button class="btn main">"选定并公示"</button><a class="btn" href=format!("/requirements/{}", page.id)>"再看看"</a></div>
        </form>
    }
    .into_any()
}
