//! A department's vettings: the lists, and one with everything that is to be judged.

use super::Shown;
use super::checks::{dossier_head, dossier_parts, judgement};
use super::desk::staff::vetting_columns;
use super::desk::waiting_text;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{
    Fields, Status, Tone, card, crumbs, done, due, empty, facts, maybe_instant, note, table_card,
    text,
};
use crate::reply::Reply;
use crate::vault::Purpose;
use leptos::prelude::*;
use market::Form;
use market::journal::{Deed, Subject};
use market::permit::Role;
use market::vetting::VettingState;
use store::agency::{PractitionerRow, QualificationRow, ServiceRow};
use store::dossier::Dossier;
use store::page::Queue;
use store::policy::Rules;
use store::vetting::{Vetting, VettingRow};

/// `/desk/vettings`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = desk.department()?;
    let waiting = store::vetting::waiting(desk.conn(), id, VettingState::Waiting).await?;
    let opined = store::vetting::waiting(desk.conn(), id, VettingState::Opined).await?;
    let decided = store::vetting::decided(desk.conn(), id).await?;
    let decided = Queue {
        count: market::count::signed(decided.len()),
        rows: decided,
    };
    let (rules, now, ask) = (desk.rules().await?, desk.now, ask.clone());
    Ok(Reply::page("资质审核", Section::Desk, move || {
        let list = |title, rows| list_view(title, rows, &rules, now);
        view! {
            {crumbs(&[("/desk", "工作台")], "资质审核")}
            {done(&ask)}
            <h1>"资质审核"</h1>
            {list("待经办", waiting)}
            {list("待复核", opined)}
            {list("最近办结", decided)}
        }
        .into_any()
    }))
}

fn list_view(
    title: &'static str,
    queue: Queue<VettingRow>,
    rules: &Rules,
    now: market::Timestamp,
) -> AnyView {
    let how_many = waiting_text(queue.count, queue.rows.len());
    let body = if queue.rows.is_empty() {
        empty("没有", "机构提交并通过形式核对后会出现在这里。", None)
    } else {
        vetting_columns(rules, now).table(&queue.rows)
    };
    let remark = view! { <p class="small muted">{how_many}</p> };
    table_card(title, remark.into_any(), body)
}

struct File {
    vetting: Vetting,
    dossier: Dossier,
    services: Vec<ServiceRow>,
    qualifications: Vec<QualificationRow>,
    practitioners: Vec<PractitionerRow>,
    fields: Fields,
    role: Role,
    is_own_opinion: bool,
    rules: Rules,
    now: market::Timestamp,
}

/// `/desk/vettings/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let (id, department) = (
        ask.param("id").ok_or(AppError::NotFound)?,
        desk.department()?,
    );
    let vetting = store::vetting::find(desk.conn(), id, department)
        .await?
        .ok_or(AppError::NotFound)?;
    let agency = vetting.agency_id;
    let dossier = store::dossier::find(desk.conn(), agency)
        .await?
        .ok_or(AppError::NotFound)?;
    let services = store::agency::services(desk.conn(), agency, false).await?;
    let mut practitioners = store::agency::practitioners(desk.conn(), agency, false).await?;
    // What was added since the vetting was asked for is not judged with it.
    practitioners.retain(|row| {
        row.service_name == vetting.service_name && row.added_at <= vetting.requested_at
    });
    let mut qualifications = store::agency::qualifications(desk.conn(), agency, false).await?;
    qualifications.retain(|row| row.added_at <= vetting.requested_at);
    // This desk needs the numbers in full while it judges; nobody else sees them.
    if matches!(vetting.state, VettingState::Waiting | VettingState::Opined) {
        for row in &mut practitioners {
            let number = desk.world.vault.open(
                Purpose::IdNumber,
                &row.id.to_string(),
                &row.id_number_sealed,
            )?;
            row.id_number_masked = String::from_utf8_lossy(&number).into_owned();
        }
        if !practitioners.is_empty() {
            let note = format!("{} 人", practitioners.len());
            desk.journal(Deed::ReadIdNumbers, Subject::Vetting(vetting.id), &note)
                .await?;
        }
    }
    let posted_to = ask
        .trouble
        .as_ref()
        .map(|trouble| trouble.posted_to.clone())
        .unwrap_or_default();
    let file = File {
        qualifications,
        services: services
            .into_iter()
            .filter(|row| row.service_type_id == vetting.service_type_id)
            .collect(),
        fields: Fields::new(ask, &posted_to, Form::default(), desk.id()),
        role: desk.acting()?.role,
        is_own_opinion: vetting.opined_by == Some(desk.person()?),
        rules: desk.rules().await?,
        now: desk.now,
        vetting,
        dossier,
        practitioners,
    };
    Ok(Reply::page("资质审核", Section::Desk, move || {
        view(file)
    }))
}

fn view(file: File) -> AnyView {
    let vetting = &file.vetting;
    let opinion = vetting.opinion.map(|opinion| {
        card(
            "经办意见",
            facts(vec![
                ("结论", text(opinion.label())),
                (
                    "意见",
                    text(if vetting.opinion_note.is_empty() {
                        "—".into()
                    } else {
                        vetting.opinion_note.clone()
                    }),
                ),
                (
                    "经办人",
                    text(vetting.opined_by_name.clone().unwrap_or_default()),
                ),
                ("时间", maybe_instant(vetting.opined_at)),
            ]),
        )
    });
    let decision = vetting.decision.map(|decision| {
        card(
            "复核决定",
            facts(vec![
                ("结论", text(decision.label())),
                (
                    "意见",
                    text(if vetting.decision_note.is_empty() {
                        "—".into()
                    } else {
                        vetting.decision_note.clone()
                    }),
                ),
                (
                    "复核人",
                    text(vetting.decided_by_name.clone().unwrap_or_default()),
                ),
                ("时间", maybe_instant(vetting.decided_at)),
            ]),
        )
    });
    let open = matches!(vetting.state, VettingState::Waiting | VettingState::Opined);
    let until =
        open.then(|| view! { <span>"期限 "{due(vetting.due_at, file.now, &file.rules)}</span> });
    let title = format!("{}：{}", vetting.agency_name, vetting.service_name);
    let action = action(&file);
    view! {
        {crumbs(&[("/desk", "工作台"), ("/desk/vettings", "资质审核")], &vetting.agency_name)}
        <h1>{title}</h1>
        <p class="row">{vetting.state.tag()}{until}</p>
        <div class="main-side">
            <div class="stack">
                {dossier_head(&file.dossier)}
                {dossier_parts(file.services, file.qualifications, file.practitioners, true)}
            </div>
            <aside class="stack">{opinion}{decision}{action}</aside>
        </div>
    }
    .into_any()
}

fn action(file: &File) -> AnyView {
    let (id, version) = (file.vetting.id, file.vetting.version);
    match (file.vetting.state, file.role) {
        (VettingState::Waiting, Role::DepartmentClerk) => judgement(
            &file.fields,
            address::vetting_opinion(id),
            version,
            "经办意见",
            "提交意见",
        ),
        (VettingState::Opined, Role::DepartmentChecker) if file.is_own_opinion => {
            note(Tone::Bad, "经办意见是您本人提出的，请由另一位人员复核。")
        }
        (VettingState::Opined, Role::DepartmentChecker) => judgement(
            &file.fields,
            address::vetting_decision(id),
            version,
            "复核决定",
            "作出决定",
        ),
        (VettingState::Waiting, _) => note(Tone::Go, "等待经办人员提出意见。"),
        (VettingState::Opined, _) => note(Tone::Go, "等待复核人员决定，经办和复核必须是两个人。"),
        _ => ().into_any(),
    }
}
