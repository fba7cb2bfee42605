//! Writing a requirement: choose the item, then fill in the document. Saved as it is typed, checked when submitted.

use super::Shown;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::choices;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Choice, Fields, Tone, crumbs, done, link, note};
use crate::reply::Reply;
use leptos::prelude::*;
use market::credit::Grade;
use market::owner::FundType;
use market::qualification::{CERTIFICATES, Combine, QualificationGrade};
use market::requirement::EditionAction;
use market::requirement::specification::{
    AVOIDED_ROWS, CERTIFICATE_ROWS, GROUPS, ItemTerms, NEEDS_A_GROUP,
};
use market::requirement::wording;
use market::selection::{Method, PriceFrom};
use market::{Form, ServiceItemId};
use store::edition::Edition;
use store::file::FileLink;
use store::policy::Rules;

/// `/requirements/new`
pub async fn choose_item(desk: &mut Desk, ask: &Ask) -> Shown {
    let groups = store::catalogue::item_choices(desk.conn()).await?;
    let fields = Fields::new(ask, "/requirements", ask.query.clone(), desk.id());
    let id = desk.owner()?;
    let owner = store::owner::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    Ok(Reply::page("发布需求", Section::Desk, move || {
        let waiting = (owner.state != market::owner::OwnerState::Active).then(|| {
            note(
                Tone::Warn,
                "业主登记还没有核对通过，暂时不能新建需求。进度见工作台。",
            )
        });
        view! {
            {crumbs(&[("/desk", "工作台")], "发布需求")}
            <h1>"第一步：选择服务事项"</h1>
            {waiting}
            <form method="post" action="/requirements" class="card stack">
                {fields.hidden(None)}
                {fields.summary()}
                {fields
                    .select_grouped(
                        "item",
                        "服务事项",
                        "清单之外的服务不在本超市办理。不确定选哪一项的，可先查看事项页。",
                        "请选择",
                        item_groups(groups),
                    )}
                <div class="row">
                    <button class="btn main">"下一步：填写需求"</button>
                    {link("/items", "查看事项清单")}
                </div>
            </form>
        }
        .into_any()
    }))
}

fn item_groups(groups: Vec<(String, Vec<(ServiceItemId, String)>)>) -> Vec<(String, Vec<Choice>)> {
    groups
        .into_iter()
        .map(|(department, items)| {
            (
                department,
                items
                    .into_iter()
                    .map(|(id, name)| Choice::new(id.to_string(), name))
                    .collect(),
            )
        })
        .collect()
}

struct Draft {
    ask: Ask,
    edition: Edition,
    terms: ItemTerms,
    fields: Fields,
    files: Vec<FileLink>,
    rules: Rules,
    failures: i32,
    /// The attachments are a form of their own.
    attach_once: uuid::Uuid,
}

/// `/requirements/{id}/edit`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let requirement = store::requirement::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    if !desk.owns(requirement.owner_id, requirement.created_by) {
        return Err(AppError::NotFound);
    }
    let all = store::edition::all(desk.conn(), id).await?;
    let open = all
        .into_iter()
        .find(|edition| edition.state.after(EditionAction::Save).is_ok());
    let Some(edition) = open else {
        return Ok(Reply::to(address::requirement(id)));
    };
    let terms = crate::calls::requirement::item_terms(desk, requirement.item_id).await?;
    // Three buttons post this form; whichever was refused, its values come back. Attachments are another form.
    let posted_to = ask
        .trouble
        .as_ref()
        .map(|trouble| trouble.posted_to.clone())
        .filter(|path| !path.ends_with("/files"))
        .unwrap_or_default();
    let draft = Draft {
        fields: Fields::new(ask, &posted_to, edition.form.0.clone(), desk.id()),
        files: store::file::of_requirement(desk.conn(), id, true).await?,
        rules: desk.rules().await?,
        failures: requirement.failures,
        attach_once: desk.id(),
        ask: ask.clone(),
        edition,
        terms,
    };
    Ok(Reply::page("填写需求", Section::Desk, move || {
        view(draft)
    }))
}

fn view(draft: Draft) -> AnyView {
    let id = draft.edition.requirement_id;
    let is_correction = draft.edition.edition > 1;
    let title = if is_correction {
        format!("更正（第 {} 版）", draft.edition.edition)
    } else {
        "第二步：填写需求".to_string()
    };
    // The reason stays while one writes, also when the document was handed in again and taken back.
    let reason = Some(draft.edition.audit_note.clone()).filter(|reason| !reason.is_empty());
    let returned = reason.map(|reason| {
        note(
            Tone::Warn,
            view! {
                <p>
                    <b>"退回修改："</b>
                    {reason}
                </p>
            },
        )
    });
    let path = address::requirement(id);
    let drop = if is_correction {
        "放弃更正"
    } else {
        "作废草稿"
    };
    let reason = is_correction.then(|| {
        draft
            .fields
            .text_area("correction_reason", "更正原因", "公开。", 2)
    });
    view! {
        {crumbs(&[("/desk/requirements", "我的需求"), (&path, &draft.terms.item_name)], "填写")}
        {done(&draft.ask)}
        <h1>{title}</h1>
        {returned}
        <form method="post" action=format!("{path}/submit") class="stack">
            {draft.fields.hidden(Some(draft.edition.version))}
            {draft.fields.summary()}
            {reason}
            {project(&draft)}
            {money(&draft)}
            {conditions(&draft)}
            {people(&draft)}
            {wording(&draft)}
            <div class="card stack sticky">
                // Made live by `islands::autosave`.
                <assist-island data-component="autosave" data-path=format!("{path}/draft")>
                    <p class="small muted" role="status"></p>
                </assist-island>
                <div class="row">
                    <button class="btn" formaction=format!("{path}/draft")>
                        "保存草稿"
                    </button>
                    <button class="btn main">"提交审核"</button>
                    <details>
                        <summary>{drop}</summary>
                        <p class="small">"不能恢复。"</p>
                        <button class="btn danger" formaction=format!("{path}/drop")>
                            "确认"
                            {drop}
                        </button>
                    </details>
                </div>
            </div>
        </form>
        {attachments(&draft)}
    }
    .into_any()
}

fn project(draft: &Draft) -> AnyView {
    let fields = &draft.fields;
    view! {
        <section class="card stack">
            <h2>"项目与服务"</h2>
            <p>"服务事项："<b>{draft.terms.item_name.clone()}</b></p>
            {fields
                .input(
                    "text",
                    "project_name",
                    "项目名称",
                    "如：长虹路雨污分流改造工程环境影响评价",
                )}
            {fields
                .input(
                    "text",
                    "project_code",
                    "投资项目统一代码（投资审批项目必填）",
                    "20 位数字，分五段，如 2603-420606-04-01-123456",
                )}
            {fields.input("text", "scale", "项目规模", "如：3.2 公里、建筑面积 12,000 平方米")}
            {fields
                .text_area("content", "服务内容", "做什么、交付什么、几份、配合到哪一步。", 6)}
            {fields
                .number(
                    "service_workdays",
                    "服务时限",
                    "自双方确认合同的次一工作日起算。",
                    "个工作日",
                )}
        </section>
    }
    .into_any()
}

fn money(draft: &Draft) -> AnyView {
    let (fields, rules) = (&draft.fields, &draft.rules.policy);
    let methods = rules
        .selection
        .methods
        .methods()
        .into_iter()
        .map(|method| {
            Choice::new(
                method.code(),
                format!("{}：{}", method.label(), method.kind().words.explanation),
            )
        })
        .collect();
    let failed = (draft.failures > 0)
        .then(|| view! { <p class="note">"此前流标 "{draft.failures}" 次。"</p> });
    let periods = format!(
        "公共资金不少于 {} 个工作日（不超过 {} 元的 {} 个），社会资金不少于 {} 个。截止时刻为期满后次一工作日 15:00。",
        rules.publication.sign_up_workdays.public,
        rules.publication.small_amount.yuan(),
        rules.publication.sign_up_small_workdays,
        rules.publication.sign_up_workdays.social
    );
    let variant = variant(fields, &rules.selection.methods.methods());
    let bids = Method::labels(|kind| kind.price == PriceFrom::Bid);
    let amount = format!(
        "{}填固定价，{bids}填最高限价。可写 8.6万。",
        Method::labels(|kind| kind.price == PriceFrom::Notice)
    );
    let floor = format!(
        "不低于最高限价的 {}%，防止恶意低价。",
        rules.selection.floor_percent
    );
    let reason = format!("使用公共资金，{}的，必须填写。公开。", rules.reason_words());
    view! {
        <section class="card stack">
            <h2>"资金与选取方式"</h2>
            {failed}
            {fields.radios("fund", "资金来源", "", choices!(FundType))}
            {fields
                .radios("method", "选取方式", "各种方式的金额范围见“规则与政策”。", methods)}
            {variant}
            {fields.number("amount", "服务金额", &amount, "元")}
            {fields.number("floor", &format!("最低限价（仅{bids}）"), &floor, "元")}
            {fields
                .input(
                    "text",
                    "price_note",
                    "金额说明",
                    "包含哪些费用、如何支付；没有补充填“无”。",
                )}
            {fields.text_area("method_reason", "选取方式的理由", &reason, 2)}
            {fields.number("sign_up_workdays", "报名期", &periods, "个工作日")}
        </section>
    }
    .into_any()
}

/// The choice of a rule, where a method has several.
fn variant(fields: &Fields, methods: &[Method]) -> Option<AnyView> {
    let with = |method: &&Method| !method.kind().variants.is_empty();
    let groups: Vec<(String, Vec<Choice>)> = methods
        .iter()
        .filter(with)
        .map(|method| {
            let variants = method.kind().variants.iter();
            let list = variants.map(|one| Choice::new(one.code(), one.label()));
            (method.label().to_string(), list.collect())
        })
        .collect();
    let names: Vec<&str> = methods.iter().filter(with).map(|one| one.label()).collect();
    let label = format!("选取规则（仅{}）", names.join("、"));
    let hint = "随公告公开，发布后不能更改。";
    (!groups.is_empty()).then(|| fields.select_grouped("variant", &label, hint, "不适用", groups))
}

fn conditions(draft: &Draft) -> AnyView {
    let fields = &draft.fields;
    let types = draft
        .terms
        .service_types
        .iter()
        .map(|(id, name)| Choice::new(id.to_string(), name.clone()))
        .collect();
    let several = draft.terms.service_types.len() > 1;
    let combine = several.then(|| {
        fields.radios(
            "services_combine",
            "选了多个服务类型时",
            "",
            choices!(Combine),
        )
    });
    let groups: Vec<AnyView> = (0..GROUPS).map(|group| need_group(draft, group)).collect();
    view! {
        <section class="card stack">
            <h2>"报名条件"</h2>
            <p class="small muted">
                "只设与服务有关的条件。不得要求本地注册、本地分支机构、本地业绩、加入协会或者名录。"
            </p>
            {fields.checks("service_type", "服务类型", "", types)}
            {combine}
            <details open=has_needs(fields)>
                <summary>"资质要求（可不填）"</summary>
                <div class="stack">
                    {groups}
                    {fields
                        .select(
                            "need_combine",
                            "两组之间",
                            "只填一组的不用选。",
                            "符合其一",
                            combine_choices(),
                        )}
                </div>
            </details>
            {fields
                .select(
                    "min_grade",
                    "信用等级",
                    "",
                    "不限",
                    Grade::ALL.iter().map(|g| Choice::new(g.code(), format!("{} 及以上", g.label()))).collect(),
                )}
        </section>
    }
    .into_any()
}

fn combine_choices() -> Vec<Choice> {
    vec![Choice::new(Combine::All.code(), Combine::All.label())]
}

fn has_needs(fields: &Fields) -> bool {
    is_begun(fields, "need_")
}

/// Whether anything was put into the fields that begin so: then the part of the form is open.
fn is_begun(fields: &Fields, prefix: &str) -> bool {
    fields
        .values()
        .pairs()
        .any(|(name, value)| name.starts_with(prefix) && !value.is_empty())
}

/// A group of qualifications: rows of kind, speciality and grade.
fn need_group(draft: &Draft, group: usize) -> AnyView {
    let fields = &draft.fields;
    let rows: Vec<AnyView> = (0..NEEDS_A_GROUP)
        .map(|row| {
            let name = |part: &str| format!("need_{group}_{row}_{part}");
            let kinds = draft
                .terms
                .kinds
                .iter()
                .map(|(id, name)| Choice::new(id.to_string(), name.clone()))
                .collect();
            let grades = QualificationGrade::ALL
                .iter()
                .filter(|g| **g != QualificationGrade::Ungraded)
                .map(|g| Choice::new(g.code(), g.label()))
                .collect();
            view! {
                <div class="grid-3">
                    {fields.select(&name("kind"), "资质", "", "不要求", kinds)}
                    {fields.input_named("text", name("speciality"), "专业（可空）", "")}
                    {fields
                        .select(&name("grade"), "等级不低于", "", QualificationGrade::Ungraded.label(), grades)}
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="group">
            <legend>{format!("第 {} 组", group + 1)}</legend>
            {rows}
            {fields.select(&format!("need_{group}_combine"), "组内多项", "", "符合其一", combine_choices())}
        </fieldset>
    }
    .into_any()
}

fn people(draft: &Draft) -> AnyView {
    let fields = &draft.fields;
    let certificates: Vec<AnyView> = (0..CERTIFICATE_ROWS)
        .map(|row| {
            let list = CERTIFICATES.iter().map(|name| Choice::new(*name, *name)).collect();
            view! {
                <div class="grid-3">
                    {fields.select(&format!("certificate_{row}"), "执业证书", "", "不要求", list)}
                    {fields.input_named("text", format!("certificate_{row}_count"), "不少于（人）", "")}
                </div>
            }
            .into_any()
        })
        .collect();
    let avoided: Vec<AnyView> = (0..AVOIDED_ROWS)
        .map(|row| {
            view! {
                <div class="grid-3">
                    {fields.input_named("text", format!("avoided_{row}_name"), "单位名称", "")}
                    {fields.input_named("text", format!("avoided_{row}_uscc"), "统一社会信用代码", "")}
                    {fields.input_named("text", format!("avoided_{row}_reason"), "回避原因（公开）", "")}
                </div>
            }
            .into_any()
        })
        .collect();
    let has_people = is_begun(fields, "certificate_");
    let has_avoided = is_begun(fields, "avoided_");
    view! {
        <section class="card stack">
            <h2>"人员、回避与联系"</h2>
            <details open=has_people>
                <summary>"执业人员要求（可不填）"</summary>
                <div class="stack">{certificates}</div>
            </details>
            <details open=has_avoided>
                <summary>"回避单位（可不填）"</summary>
                <div class="stack">{avoided}</div>
            </details>
            {fields.text_area("other_terms", "其他要求（可不填）", "", 3)}
            <div class="grid-3">
                {fields.input("text", "contact_name", "项目联系人", "随公告公开。")}
                {fields.input("tel", "contact_phone", "咨询电话", "随公告公开，请填单位电话。")}
                {fields.input("tel", "complaint_phone", "监督电话", "随公告公开。")}
            </div>
        </section>
    }
    .into_any()
}

/// Unfair wording, found in what is typed so far.
fn wording(draft: &Draft) -> AnyView {
    let form: &Form = draft.fields.values();
    let findings = wording::findings(form);
    if findings.is_empty() {
        return ().into_any();
    }
    let list = super::audits::findings(&findings);
    view! {
        <section class="card stack">
            <h2>"可能不公平的表述"</h2>
            {note(
                Tone::Warn,
                view! {
                    <p>
                        "下面的表述常被认为限制竞争，审核人员也会看到。请修改；确有必要保留的，写明理由。"
                    </p>
                    {list}
                },
            )}
            {draft.fields.text_area("findings_reason", wording::REASON, "至少十个字。", 2)}
        </section>
    }
    .into_any()
}

fn attachments(draft: &Draft) -> AnyView {
    let id = draft.edition.requirement_id;
    let rows: Vec<AnyView> = draft
        .files
        .iter()
        .map(|file| {
            view! {
                <li class="row between">
                    <span>{link(address::file(file.id), file.name.clone())}</span>
                    <form method="post" action=address::requirement_file_remove(id, file.id)>
                        <button class="link">"移除"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    let action = address::requirement_files(id);
    let fields = Fields::new(&draft.ask, &action, Form::default(), draft.attach_once);
    view! {
        <section class="card stack" id="files">
            <h2>"附件"</h2>
            <p class="small muted">
                "随公告公开，如项目批复、任务书。不要上传含有个人信息或秘密的文件。上传前请先保存上面的草稿。"
            </p>
            <ul class="plain">{rows}</ul>
            <form method="post" action=action enctype="multipart/form-data" class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                {fields.file("attachment", "添加附件", "PDF、图片、Word、Excel、OFD，不超过 10 MB。")}
                <button class="btn">"上传"</button>
            </form>
        </section>
    }
    .into_any()
}
