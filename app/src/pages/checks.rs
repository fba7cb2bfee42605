//! The operator's formal checks of owners and agencies.

use super::Shown;
use super::desk::queue;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::choices;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{
    Fields, Html, Status, Tone, card, crumbs, done, facts, instant, link, mono, note, nothing,
    table_card, text,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::identity::mask_name;
use market::journal::{Deed, Subject};
use market::judgement::Verdict;
use market::permit::Role;
use market::time::{Date, date_text};
use market::{FileId, Form};
use store::agency::{PractitionerRow, QualificationRow, ServiceRow};
use store::claim::{As, Rival};
use store::dossier::{Dossier, WaitingDossier};
use store::owner::Owner;
use store::page::Queue;
use store::policy::Rules;

/// `/desk/checks`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let owners = store::owner::pending(desk.conn()).await?;
    let dossiers = store::dossier::waiting(desk.conn()).await?;
    let (rules, now, ask) = (desk.rules().await?, desk.now, ask.clone());
    Ok(Reply::page(
        "登记与入驻核对",
        Section::Desk,
        move || list_view(&ask, owners, dossiers, &rules, now),
    ))
}

fn list_view(
    ask: &Ask,
    owners: Queue<Owner>,
    dossiers: Queue<WaitingDossier>,
    rules: &Rules,
    now: market::Timestamp,
) -> AnyView {
    let mut of_owners = Columns::<Owner>::new();
    of_owners.text("单位", |row| &row.name).shown(|row, to| {
        to.text(&row.name).second_code(&row.uscc);
    });
    of_owners.coded("性质", |row| row.kind);
    of_owners.only_shown("期限", |row, to| {
        to.due(row.check_due_at, now, rules);
    });
    of_owners.only_shown("办理", |row, to| {
        to.button(address::owner_check(row.id), "核对");
    });
    let mut of_agencies = Columns::<WaitingDossier>::new();
    of_agencies.text("机构", |row| &row.name).shown(|row, to| {
        to.text(&row.name).second_code(&row.uscc);
    });
    of_agencies.text("服务类型", |row| {
        row.services.as_deref().unwrap_or_default()
    });
    of_agencies.only_shown("期限", |row, to| {
        if let Some(at) = row.due_at {
            to.due(at, now, rules);
        }
    });
    of_agencies.only_shown("办理", |row, to| {
        to.button(address::agency_check(row.id), "核对");
    });
    view! {
        {crumbs(&[("/desk", "工作台")], "登记与入驻核对")}
        {done(ask)}
        <h1>"登记与入驻核对"</h1>
        {queue("业主登记", &owners, &of_owners)}
        {queue("机构入驻资料", &dossiers, &of_agencies)}
    }
    .into_any()
}

/// The form of a judgement: pass or return, with a reason.
pub fn judgement(
    fields: &Fields,
    action: String,
    version: i32,
    title: &'static str,
    button: &'static str,
) -> AnyView {
    view! {
        <section class="card stack">
            <h2>{title}</h2>
            <form method="post" action=action class="stack-s">
                {fields.hidden(Some(version))}
                {fields.summary()}
                {fields.radios("verdict", "结论", "", choices!(Verdict))}
                {fields
                    .text_area(
                        "note",
                        "意见",
                        "退回时必须写明原因和要补正的内容，对方会看到。",
                        4,
                    )}
                <button class="btn main wide">{button}</button>
            </form>
        </section>
    }
    .into_any()
}

/// `/desk/checks/owners/{id}`
pub async fn owner(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let owner = store::owner::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let rivals = store::claim::rivals(desk.conn(), &owner.uscc, As::Owner, id.0).await?;
    let action = address::owner_check(id);
    let fields = Fields::new(ask, &action, Form::default(), desk.id());
    let may = desk.acting()?.role == Role::OperatorAuditor
        && owner.state == market::owner::OwnerState::Pending;
    Ok(Reply::page(
        "核对业主登记",
        Section::Desk,
        move || {
            let form =
                may.then(|| judgement(&fields, action, owner.version, "核对结论", "提交结论"));
            view! {
                {crumbs(&[("/desk/checks", "登记与入驻核对")], "业主")}
                <h1>{owner.name.clone()}</h1>
                <p>{owner.state.tag()}</p>
                {rivals_note(rivals, "/desk/checks/owners")}
                <div class="main-side">
                    <div class="stack">
                        {irregular_code(owner.code_is_irregular, owner.licence_file_id)}
                        {card(
                            "登记内容",
                            facts(
                                vec![
                                    ("代码", mono(owner.uscc)),
                                    ("性质", text(owner.kind.label())),
                                    ("资金来源", text(owner.fund_type.label())),
                                    ("法定代表人", text(owner.legal_representative)),
                                    ("地址", text(owner.address)),
                                    ("联系人", text(owner.contact_name)),
                                    ("联系电话", text(owner.contact_phone)),
                                    ("登记时间", instant(owner.registered_at)),
                                ],
                            ),
                        )}
                    </div>
                    <aside class="stack">{form}</aside>
                </div>
            }
            .into_any()
        },
    ))
}

/// `/desk/checks/agencies/{id}`
pub async fn agency(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let dossier = store::dossier::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    desk.journal(Deed::ReadDossier, Subject::Agency(id), "")
        .await?;
    let services = store::agency::services(desk.conn(), id, false).await?;
    let qualifications = store::agency::qualifications(desk.conn(), id, false).await?;
    let practitioners = store::agency::practitioners(desk.conn(), id, false).await?;
    let rivals = store::claim::rivals(desk.conn(), &dossier.uscc, As::Agency, id.0).await?;
    let action = address::agency_check(id);
    let fields = Fields::new(ask, &action, Form::default(), desk.id());
    let waits = services
        .iter()
        .any(|row| row.state == market::agency::ServiceState::FormalCheck);
    let may = desk.acting()?.role == Role::OperatorAuditor && waits;
    Ok(Reply::page(
        "核对入驻资料",
        Section::Desk,
        move || {
            let form =
                may.then(|| judgement(&fields, action, dossier.version, "核对结论", "提交结论"));
            view! {
                {crumbs(&[("/desk/checks", "登记与入驻核对")], "机构")}
                <h1>{dossier.name.clone()}</h1>
                <p>{dossier.state.tag()}</p>
                {rivals_note(rivals, "/desk/checks/agencies")}
                <div class="main-side">
                    <div class="stack">
                        {irregular_code(dossier.code_is_irregular, dossier.licence_file_id)}{dossier_head(&dossier)}
                        {dossier_parts(services, qualifications, practitioners, false)}
                    </div>
                    <aside class="stack">
                        {form}<section class="card stack-s">
                            <p class="small muted">
                                "形式核对只看：代码和名称与证照一致、扫描件清楚、承诺书盖章、材料齐全。资质是否符合由主管部门审核。"
                            </p>
                        </section>
                    </aside>
                </div>
            }
        .into_any()
        },
    ))
}

/// The warning that a code has an irregular last character, with the licence to compare.
pub fn irregular_code(is_irregular: bool, licence: Option<FileId>) -> AnyView {
    if !is_irregular {
        return nothing();
    }
    let scan = licence.map(|file| link(address::file(file), "证照扫描件"));
    note(
        Tone::Warn,
        view! {
            <p>
                <b>"代码的最后一位与校验规则不符。"</b>
                "早年登记的个别单位如此。请对照"
                {scan}
                "：与证照一致的可以通过，不一致的请退回。"
            </p>
        },
    )
}

/// That others claim the same credit code: whoever is passed keeps it, the others go back.
fn rivals_note(rivals: Vec<Rival>, path: &'static str) -> AnyView {
    if rivals.is_empty() {
        return nothing();
    }
    let rows: Vec<AnyView> = rivals
        .into_iter()
        .map(|row| {
            let state = if row.is_confirmed {
                "已核对通过"
            } else {
                "未核对通过"
            };
            view! {
                <li>
                    <a href=format!("{path}/{}", row.id)>{row.name}</a>
                    "，"
                    {row.person_name}
                    " 于 "
                    {instant(row.registered_at)}
                    " 登记，"
                    {state}
                </li>
            }
            .into_any()
        })
        .collect();
    note(
        Tone::Warn,
        view! {
            <p>
                <b>"另有登记使用同一统一社会信用代码。"</b>
                "请对照证照和来电核实，只通过真正的主体：通过一份后，其余未通过的自动退回并告知原因。"
            </p>
            <ul>{rows}</ul>
        },
    )
}

/// The body's details, for those who check.
pub fn dossier_head(dossier: &Dossier) -> AnyView {
    let letter = dossier.commitment_file_id.map_or(text("未上传"), |file| {
        link(address::file(file), "盖章扫描件")
    });
    card(
        "基本情况",
        facts(vec![
            ("代码", mono(dossier.uscc.clone())),
            ("性质", text(dossier.nature.label())),
            ("法定代表人", text(dossier.legal_representative.clone())),
            ("成立日期", text(date_text(dossier.founded_on))),
            ("注册资本", capital(dossier)),
            ("地址", text(dossier.address.clone())),
            (
                "联系人",
                text(format!(
                    "{} {}",
                    dossier.contact_name, dossier.contact_phone
                )),
            ),
            ("承诺书", letter),
        ]),
    )
}

/// The registered capital, with what was asked about it when it was typed.
fn capital(dossier: &Dossier) -> AnyView {
    let Some(capital) = dossier.registered_capital_fen else {
        return text("未填");
    };
    let doubt = market::slip::CAPITAL
        .doubt(capital)
        .map(|doubt| note(Tone::Warn, doubt.remark()));
    view! {
        {format!("{} 元", capital.yuan())}
        {doubt}
    }
    .into_any()
}

/// Services, qualifications and practitioners, for those who check. Names in full only where `full` says so.
pub fn dossier_parts(
    services: Vec<ServiceRow>,
    qualifications: Vec<QualificationRow>,
    practitioners: Vec<PractitionerRow>,
    full: bool,
) -> AnyView {
    let mut to = Columns::<ServiceRow>::new();
    to.text("服务类型", |row| &row.name);
    to.state("状态", |row| row.state);
    to.text("服务承诺", |row| &row.promise);
    to.text("收费参考", |row| &row.fee_reference);
    let services = table_card("服务类型", nothing(), to.table(&services));
    let mut to = Columns::<QualificationRow>::new();
    to.words("资质", QualificationRow::title).shown(|row, to| {
        to.text(row.title())
            .second(format_args!("{} · {}", row.number, row.issuer));
    });
    to.coded("等级", |row| row.grade);
    to.words("有效期", |row| {
        format!(
            "{} 至 {}",
            date_text(row.valid_from),
            lasts(row.valid_until)
        )
    });
    to.text("扫描件", |row| &row.file_name).shown(|row, to| {
        to.link(address::file(row.file_id), &row.file_name);
    });
    to.text("状态", |row| vetted(row.vetted_at.is_some()));
    let qualifications = table_card("资质", nothing(), to.table(&qualifications));
    let mut to = Columns::<PractitionerRow>::new();
    to.only_shown("姓名", move |row, to| {
        if full {
            to.text(&row.name);
        } else {
            to.text(mask_name(&row.name));
        }
        to.second_code(&row.id_number_masked);
    });
    to.only_shown("证书", certificate);
    to.text("服务类型", |row| &row.service_name);
    to.words("有效期", |row| lasts(row.valid_until));
    to.text("状态", |row| vetted(row.vetted_at.is_some()));
    let practitioners = table_card("执业人员", nothing(), to.table(&practitioners));
    view! {
        {services}
        {qualifications}
        {practitioners}
    }
    .into_any()
}

/// A practitioner's certificate, with its scan.
pub fn certificate(row: &PractitionerRow, to: &mut Html) {
    to.text(&row.certificate).second(&row.certificate_number);
    if let Some(file) = row.certificate_file_id {
        to.raw("<br>").link(address::file(file), "执业证扫描件");
    }
}

/// Until when a paper counts.
pub fn lasts(until: Option<Date>) -> String {
    until.map_or("长期".to_string(), date_text)
}

fn vetted(is_vetted: bool) -> &'static str {
    if is_vetted { "已审核" } else { "待审核" }
}
