//! 入驻资料: everything an agency hands in, on one page, each part with its own form.

use super::Shown;
use super::checks::{certificate, lasts};
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::Columns;
use crate::parts::{
    Choice, Fields, Html, Status, Tone, crumbs, done, instant, link, note, tag, text, until,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::agency::{AgencyState, COMMITMENT, ServiceState};
use market::qualification::{CERTIFICATES, QualificationGrade};
use market::time::date_text;
use market::{Fen, Form};
use store::agency::{PractitionerRow, QualificationRow, ServiceRow};
use store::catalogue::{Kind, ServiceTypeRow};
use store::dossier::Dossier;
use store::vetting::AgencyVetting;

struct Loaded {
    ask: Ask,
    dossier: Dossier,
    services: Vec<ServiceRow>,
    types: Vec<ServiceTypeRow>,
    kinds: Vec<(String, Kind)>,
    qualifications: Vec<QualificationRow>,
    practitioners: Vec<PractitionerRow>,
    papers: Vec<market::settling::Service>,
    vettings: Vec<AgencyVetting>,
    once: uuid::Uuid,
}

/// `/desk/dossier`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = desk.agency()?;
    let dossier = store::dossier::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let services = store::agency::services(desk.conn(), id, false).await?;
    let loaded = Loaded {
        kinds: store::catalogue::kinds_of_agency(desk.conn(), id).await?,
        types: store::catalogue::service_types(desk.conn()).await?,
        qualifications: store::agency::qualifications(desk.conn(), id, false).await?,
        practitioners: store::agency::practitioners(desk.conn(), id, false).await?,
        papers: store::dossier::services(desk.conn(), id).await?,
        vettings: store::vetting::of_agency(desk.conn(), id).await?,
        once: desk.id(),
        ask: ask.clone(),
        dossier,
        services,
    };
    Ok(Reply::page("入驻资料", Section::Desk, move || {
        view(loaded)
    }))
}

fn view(loaded: Loaded) -> AnyView {
    let dossier = &loaded.dossier;
    let returned =
        (!dossier.check_note.is_empty() && dossier.state == AgencyState::Returned).then(|| {
            note(
                Tone::Warn,
                view! {
                    <p>
                        <b>"核对意见："</b>
                        {dossier.check_note.clone()}
                    </p>
                },
            )
        });
    let checking = (dossier.state == AgencyState::FormalCheck)
        .then(|| note(Tone::Go, "资料正在核对，核对期间不能修改。"));
    view! {
        {crumbs(&[("/desk", "工作台")], "入驻资料")}
        {done(&loaded.ask)}
        <h1>"入驻资料"</h1>
        <p class="row">{dossier.state.tag()}<span class="muted">{dossier.name.clone()}</span></p>
        {returned}
        {checking}
        <div class="main-side">
            <div class="stack">
                {details(&loaded)}{services(&loaded)}{qualifications(&loaded)}{practitioners(&loaded)}
                {commitment(&loaded)}
            </div>
            <aside class="stack">{submit(&loaded)}{vettings(&loaded)}</aside>
        </div>
    }
    .into_any()
}

fn fields(loaded: &Loaded, action: &str, stored: Form) -> Fields {
    let form = action.rsplit('/').next().unwrap_or_default();
    Fields::new(&loaded.ask, action, stored, loaded.once).named(form)
}

/// Whether a part must be open because its form was refused.
fn is_open(loaded: &Loaded, action: &str) -> bool {
    loaded.ask.trouble_at(action).is_some()
}

fn details(loaded: &Loaded) -> AnyView {
    let dossier = &loaded.dossier;
    let stored: Form = [
        ("uscc", dossier.uscc.clone()),
        ("name", dossier.name.clone()),
        ("nature", dossier.nature.code().to_string()),
        ("legal_representative", dossier.legal_representative.clone()),
        ("founded_on", date_text(dossier.founded_on)),
        (
            "registered_capital",
            dossier
                .registered_capital_fen
                .map(Fen::plain)
                .unwrap_or_default(),
        ),
        // What was once confirmed is not asked about again.
        (
            "registered_capital_meant",
            dossier
                .registered_capital_fen
                .map(Fen::plain)
                .unwrap_or_default(),
        ),
        ("address", dossier.address.clone()),
        ("contact_name", dossier.contact_name.clone()),
        ("contact_phone", dossier.contact_phone.clone()),
        ("introduction", dossier.introduction.clone()),
    ]
    .into_iter()
    .collect();
    let action = "/desk/dossier";
    let fields = fields(loaded, action, stored);
    view! {
        <section class="card stack" id="details">
            <h2>"1. 基本情况"</h2>
            <details open=is_open(loaded, action)>
                <summary>{dossier.name.clone()}" · "{dossier.uscc.clone()}"（查看或修改）"</summary>
                <form method="post" action=action enctype="multipart/form-data" class="stack">
                    {fields.hidden(Some(dossier.version))}
                    {fields.summary()}
                    {super::registration::agency_fields(&fields)}
                    <div class="row">
                        <button class="btn">"保存"</button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn service_columns() -> Columns<'static, ServiceRow> {
    let mut to = Columns::<ServiceRow>::new();
    to.text("服务类型", |row| &row.name).shown(|row, to| {
        to.text(&row.name)
            .second(format_args!("{} 审核", row.department_name));
    });
    to.state("状态", |row| row.state).shown(|row, to| {
        to.state(&row.state);
        if let (ServiceState::Publicity, Some(at)) = (row.state, row.activates_at) {
            to.raw(" ").span("small", |to| {
                to.text("公示至 ").until(at);
            });
        }
        if !row.note.is_empty() {
            to.raw("<br>").span("small", |to| {
                to.text("意见：").text(&row.note);
            });
        }
    });
    to.text("服务承诺", |row| &row.promise);
    to.text("收费参考", |row| &row.fee_reference);
    to
}

fn services(loaded: &Loaded) -> AnyView {
    let table = rows_or(&loaded.services, &service_columns(), "还没有服务类型。");
    let action = "/desk/dossier/services";
    let fields = fields(loaded, action, Form::default());
    let taken = |t: &ServiceTypeRow| {
        loaded
            .services
            .iter()
            .any(|row| row.service_type_id == t.id && !row.state.is_editable())
    };
    let choices = loaded
        .types
        .iter()
        .filter(|t| !taken(t))
        .map(|t| {
            Choice::new(
                t.id.to_string(),
                format!("{}（{}）", t.name, t.department_name),
            )
        })
        .collect();
    view! {
        <section class="card stack" id="services">
            <h2>"2. 服务类型"</h2>
            {table}
            <details open=is_open(loaded, action) || loaded.services.is_empty()>
                <summary>"添加服务类型"</summary>
                <form method="post" action=action class="stack">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {fields
                        .select(
                            "service_type",
                            "服务类型",
                            "每一类由其主管部门分别审核。",
                            "请选择",
                            choices,
                        )}
                    {fields
                        .text_area(
                            "promise",
                            "服务承诺",
                            "服务范围、响应时间、质量承诺。公开。",
                            3,
                        )}
                    {fields
                        .input(
                            "text",
                            "fee_reference",
                            "收费参考",
                            "如：市场调节价，按工作量报价。公开。",
                        )}
                    <div class="row">
                        <button class="btn">"添加"</button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

/// The table, or that it has no rows.
fn rows_or<R>(rows: &[R], columns: &Columns<'_, R>, nothing: &'static str) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="muted">{nothing}</p> }.into_any();
    }
    columns.table(rows)
}

/// A button that takes a row off, with a second thought.
fn remove(to: &mut Html, action: impl std::fmt::Display) {
    to.raw("<details><summary class=\"small\">移除</summary><form method=\"post\"")
        .attribute("action", action)
        .raw("><button class=\"btn danger\">确认移除</button></form></details>");
}

fn vetted(to: &mut Html, at: Option<market::Timestamp>) {
    match at {
        Some(_) => to.tag(Tone::Ok, "已审核"),
        None => to.tag(Tone::Plain, "未审核"),
    };
}

/// The kinds of qualification to choose from, by service type.
fn kinds(loaded: &Loaded) -> Vec<(String, Vec<Choice>)> {
    let mut groups: Vec<(String, Vec<Choice>)> = Vec::new();
    for (service, kind) in &loaded.kinds {
        let specialities = if kind.specialities.is_empty() {
            String::new()
        } else {
            format!("：{}", kind.specialities.join("、"))
        };
        let choice = Choice::new(kind.id.to_string(), format!("{}{specialities}", kind.name));
        match groups.iter_mut().find(|(name, _)| name == service) {
            Some((_, list)) => list.push(choice),
            None => groups.push((service.clone(), vec![choice])),
        }
    }
    groups
}

fn qualifications(loaded: &Loaded) -> AnyView {
    let mut to = Columns::<QualificationRow>::new();
    to.words("资质", QualificationRow::title).shown(|row, to| {
        to.text(row.title()).second(&row.number);
    });
    to.coded("等级", |row| row.grade);
    to.words("有效期至", |row| lasts(row.valid_until));
    to.text("扫描件", |row| &row.file_name).shown(|row, to| {
        to.link(address::file(row.file_id), &row.file_name);
    });
    to.only_shown("审核", |row, to| vetted(to, row.vetted_at));
    to.only_shown("操作", |row, to| {
        remove(to, address::qualification_remove(row.id));
    });
    let table = rows_or(
        &loaded.qualifications,
        &to,
        "还没有资质。先添加服务类型，再选择对应的资质。",
    );
    let action = "/desk/dossier/qualifications";
    let fields = fields(loaded, action, Form::default());
    let groups = kinds(loaded);
    let grades = QualificationGrade::ALL
        .iter()
        .map(|grade| Choice::new(grade.code(), grade.label()))
        .collect();
    view! {
        <section class="card stack" id="qualifications">
            <h2>"3. 资质"</h2>
            {table}
            <details open=is_open(loaded, action)>
                <summary>"添加资质"</summary>
                <form method="post" action=action enctype="multipart/form-data" class="stack">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {fields
                        .select_grouped(
                            "kind",
                            "资质种类",
                            "按已添加的服务类型列出。",
                            "请选择",
                            groups,
                        )}
                    {fields
                        .input(
                            "text",
                            "speciality",
                            "专业（没有分专业的不填）",
                            "按证书填写，如：工程测量。",
                        )}
                    {fields.select("grade", "等级", "", "请选择", grades)}
                    {fields.input("text", "number", "证书编号", "")}
                    {fields.input("text", "issuer", "发证机关", "")}
                    {fields.input("date", "valid_from", "有效期自", "")}
                    {fields
                        .input(
                            "date",
                            "valid_until",
                            "有效期至",
                            "按证书原件填写，长期有效的勾选下面。",
                        )}
                    {fields.check("no_end", "长期有效")}
                    {fields.file("scan", "证书扫描件", "PDF、图片、OFD，不超过 10 MB。")}
                    <div class="row">
                        <button class="btn">"添加"</button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn practitioners(loaded: &Loaded) -> AnyView {
    let mut to = Columns::<PractitionerRow>::new();
    to.text("姓名", |row| &row.name).shown(|row, to| {
        to.text(&row.name).second_code(&row.id_number_masked);
    });
    to.only_shown("证书", certificate);
    to.text("服务类型", |row| &row.service_name);
    to.words("有效期至", |row| lasts(row.valid_until));
    to.only_shown("审核", |row, to| vetted(to, row.vetted_at));
    to.only_shown("操作", |row, to| {
        remove(to, address::practitioner_remove(row.id));
    });
    let table = rows_or(&loaded.practitioners, &to, "还没有执业人员。");
    let action = "/desk/dossier/practitioners";
    let fields = fields(loaded, action, Form::default());
    let types = loaded
        .services
        .iter()
        .map(|row| Choice::new(row.service_type_id.to_string(), row.name.clone()))
        .collect();
    let certificates = CERTIFICATES
        .iter()
        .map(|name| Choice::new(*name, *name))
        .collect();
    view! {
        <section class="card stack" id="practitioners">
            <h2>"4. 执业人员"</h2>
            <p class="small muted">
                "一人只能在一家机构的一个服务类型下登记。身份证号码加密保存，只有审核部门可以看到。"
            </p>
            {table}
            <details open=is_open(loaded, action)>
                <summary>"添加执业人员"</summary>
                <form method="post" action=action enctype="multipart/form-data" class="stack">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {fields.select("service_type", "服务类型", "", "请选择", types)}
                    {fields.input_named("text", "name".into(), "姓名", "")}
                    {fields.input("text", "id_number", "身份证号码", "")}
                    {fields.select("certificate", "证书", "", "请选择", certificates)}
                    {fields.input("text", "certificate_number", "证书编号", "")}
                    {fields.input("date", "certificate_valid_until", "证书有效期至（长期的不填）", "")}
                    {fields.number("practice_years", "从业年限", "", "年")}
                    {fields.file("certificate_scan", "执业证扫描件", "PDF、图片、OFD，不超过 10 MB。")}
                    <div class="row">
                        <button class="btn">"添加"</button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn commitment(loaded: &Loaded) -> AnyView {
    let dossier = &loaded.dossier;
    let clauses: Vec<AnyView> = COMMITMENT
        .iter()
        .map(|clause| view! { <li>{*clause}</li> }.into_any())
        .collect();
    let signed = dossier.committed_at.zip(dossier.commitment_file_id).map(|(at, file)| {
        view! { <p>{tag(Tone::Ok, "已签署")}" "{instant(at)}" · "{link(address::file(file), "盖章扫描件")}</p> }
    });
    let is_signed = signed.is_some();
    let action = "/desk/dossier/commitment";
    let fields = fields(loaded, action, Form::default());
    view! {
        <section class="card stack" id="commitment">
            <h2>"5. 承诺书"</h2>
            {signed}
            <details open=is_open(loaded, action) || !is_signed>
                <summary>"十条承诺"</summary>
                <ol>{clauses}</ol>
                <form method="post" action=action enctype="multipart/form-data" class="stack">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {fields.check("agreed", "以上各条本机构逐条阅读并郑重承诺")}
                    {fields
                        .file(
                            "letter",
                            "盖章的承诺书扫描件",
                            "打印以上内容，由法定代表人签字并盖章。",
                        )}
                    <div class="row">
                        <button class="btn">{if is_signed { "重新签署" } else { "签署" }}</button>
                    </div>
                </form>
            </details>
        </section>
    }
    .into_any()
}

/// What is complete, and the one button that hands everything in.
fn submit(loaded: &Loaded) -> AnyView {
    let check = |ok: bool, label: String| {
        let mark = if ok {
            tag(Tone::Ok, "完成")
        } else {
            tag(Tone::Warn, "未完成")
        };
        view! {
            <li class="row between">
                <span>{label}</span>
                {mark}
            </li>
        }
        .into_any()
    };
    let mut rows = vec![
        check(true, "基本情况".into()),
        check(!loaded.services.is_empty(), "服务类型".into()),
    ];
    for service in &loaded.papers {
        let needed = service.papers.needed();
        rows.extend(
            needed.map(|one| check(one.is_there, format!("{}：{}", service.name, one.what))),
        );
    }
    rows.push(check(
        loaded.dossier.committed_at.is_some(),
        "承诺书".into(),
    ));
    let action = "/desk/dossier/submit";
    let fields = fields(loaded, action, Form::default());
    let has_new = loaded.services.iter().any(|row| row.state.is_editable())
        || loaded
            .papers
            .iter()
            .any(|service| service.papers.unvetted > 0);
    view! {
        <section class="card stack">
            <h2>"提交"</h2>
            <ul class="plain">{rows}</ul>
            <form method="post" action=action class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                <button class="btn main wide" disabled=!has_new || loaded.dossier.state == AgencyState::FormalCheck>
                    "提交核对"
                </button>
            </form>
            <p class="small muted">
                "新的服务类型先由运营机构核对形式，再由主管部门审核；已开通类型新增的资质和人员直接由主管部门审核。"
            </p>
        </section>
    }
    .into_any()
}

fn vettings(loaded: &Loaded) -> AnyView {
    if loaded.vettings.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = loaded
        .vettings
        .iter()
        .map(|row| {
            let note = (!row.decision_note.is_empty()).then(|| {
                view! {
                    <br />
                    <span class="small">"意见："{row.decision_note.clone()}</span>
                }
            });
            let when = match row.decided_at {
                Some(at) => view! {
                    "决定于 "
                    {instant(at)}
                }
                .into_any(),
                None => view! {
                    "期限 "
                    {until(row.due_at)}
                }
                .into_any(),
            };
            view! {
                <li>
                    {text(row.service_name.clone())}" "{row.state.tag()}<br />
                    <span class="small muted">{row.department_name.clone()}" · "{when}</span>{note}
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card stack">
            <h2>"审核进度"</h2>
            <ul class="plain stack-s">{rows}</ul>
        </section>
    }
    .into_any()
}
