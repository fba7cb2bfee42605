//! The owner's direct choice: the list with what is known of each, a reason, consequences said beforehand.

use super::Shown;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Fields, Told, Tone, credit, crumbs, due, link, mono, note, stars, tag};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Form;
use market::eligibility::{Candidate, Ineligibility, ineligibility};
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
    if !desk.owns(page.owner_id, page.created_by) {
        return Err(AppError::NotFound);
    }
    // Who comes by a message of before finds what has become of it.
    if page.state != RequirementState::Choosing {
        return Ok(Reply::to(address::requirement(id)));
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
    let list = judged(desk, &page, list).await?;
    let (rules, now) = (desk.rules().await?, desk.now);
    let action = address::requirement_choose(id);
    let fields = Fields::new(ask, &action, Form::default(), desk.id());
    Ok(Reply::page("选定机构", Section::Desk, move || {
        view(page, list, fields, action, rules, now)
    }))
}

/// One who may be chosen, as it stands now, and why it may not, if so.
struct Judged {
    row: EntrantRow,
    candidate: Candidate,
    reasons: Vec<Ineligibility>,
}

/// Judges each of the list at this instant, as the award will be.
async fn judged(
    desk: &mut Desk,
    page: &RequirementPage,
    list: Vec<EntrantRow>,
) -> Result<Vec<Judged>, AppError> {
    let spec = page.spec.as_ref();
    let spec = spec.ok_or_else(|| AppError::broken("a choice without a document"))?;
    let (owner, since) = (page.owner_id, page.created_at);
    let buyer = store::owner::buyer(desk.conn(), owner, since, &spec.0.contact_name).await?;
    let list = store::agency::with_candidates(desk.conn(), list, |row| row.agency_id).await?;
    let (conditions, now) = (&spec.0.conditions, desk.now);
    let judge = |(row, candidate): (EntrantRow, Candidate)| Judged {
        reasons: ineligibility(&candidate, conditions, &buyer, now),
        row,
        candidate,
    };
    Ok(list.into_iter().map(judge).collect())
}

fn told(one: Judged) -> Told {
    let Judged {
        row,
        candidate,
        reasons,
    } = one;
    let is_closed = !reasons.is_empty();
    let stand = if is_closed {
        let why: String = reasons.iter().map(Ineligibility::sentence).collect();
        view! {
            {tag(Tone::Bad, "现在不能选定")}
            " "
            <span class="small">{why}</span>
        }
        .into_any()
    } else {
        tag(Tone::Ok, "符合条件")
    };
    let name = link(address::agency(&row.uscc), row.agency_name);
    let label = view! {
        <b>{name}</b>
        " "
        <span class="small muted">{mono(row.uscc)}</span>
        <br />
        {credit(candidate.grade, row.credit_score)}
        " "
        {stars(row.rating_mean, row.rating_count)}
        " "
        {stand}
    };
    Told {
        value: row.sign_up_id.to_string(),
        label: label.into_any(),
        is_closed,
    }
}

fn view(
    page: RequirementPage,
    list: Vec<Judged>,
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
    let choices = list.into_iter().map(told).collect();
    view! {
        {crumbs(&[("/desk", "工作台"), (&address::requirement(page.id), &name)], "选定机构")}
        <h1>"从合格的报名机构中选定"</h1>
        <p class="row">"期限 "{until}</p>
        {note(
            Tone::Warn,
            "选定后立即公示，连同理由写入存证账本，不能更改。逾期不选的，项目流标。",
        )}
        <form method="post" action=action class="card stack">
            {fields.hidden(None)}
            {fields.summary()}
            {fields
                .radios_told(
                    "sign_up",
                    "选定的机构",
                    "名单按收到报名的先后排列，点机构名称可查看其资质、信用和评价。是否符合条件按现在的情况核对。",
                    choices,
                )}
            {fields.text_area("reason", "选定的理由", "写明事实，至少十个字。理由公开。", 4)}
            <div class="row">
                <button class="btn main">"选定并公示"</button>
                <a class="btn" href=address::requirement(page.id)>
                    "再看看"
                </a>
            </div>
        </form>
    }
    .into_any()
}
