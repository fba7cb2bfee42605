//! What the parties can do with a contract now.

use super::super::Shown;
use super::Case;
use crate::AppError;
use crate::address;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::{Choice, Fields, Tone, crumbs, due, note, nothing, until};
use crate::reply::Reply;
use leptos::prelude::*;
use market::Form;
use market::award::AwardState;
use market::contract::{ContractState, Side};
use market::rating::{Dimension, LEVELS};
use market::time::date_text;

/// `/awards/{id}/contract`: record the contract of an award.
pub async fn record(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let award = store::award::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let acting = desk.acting()?;
    if Some(award.owner_id) != acting.owner && Some(award.agency_id) != acting.agency {
        return Err(AppError::NotFound);
    }
    if let Some(contract) = award.contract_id {
        return Ok(Reply::to(address::contract(contract)));
    }
    if award.state != AwardState::Issued {
        return Ok(Reply::to(address::award(id)));
    }
    let requirement = store::requirement::find(desk.conn(), award.requirement_id)
        .await?
        .ok_or(AppError::NotFound)?;
    let rules = store::policy::version(desk.conn(), award.policy_id).await?;
    let action = address::award_contract(id);
    let stored: Form = [
        ("name", format!("{}服务合同", requirement.project_name)),
        ("amount", award.amount_fen.plain()),
        ("signed_on", date_text(market::time::day(desk.now))),
    ]
    .into_iter()
    .collect();
    let fields = Fields::new(ask, &action, stored, desk.id());
    let (now, path) = (desk.now, address::award(id));
    let sign_due = award
        .issued_at
        .map(|at| market::contract::sign_due(&rules.policy, &rules.clock(), at));
    Ok(Reply::page("录入合同", Section::Desk, move || {
        view! {
            {crumbs(&[("/desk", "工作台"), (&path, &requirement.project_name)], "录入合同")}
            <h1>"录入合同"</h1>
            <p class="row">"最迟签订 "{sign_due.map(|at| due(at, now, &rules))}</p>
            {form(&fields, action, None)}
        }
        .into_any()
    }))
}

/// The form of a record, new or again.
fn form(fields: &Fields, action: String, version: Option<i32>) -> AnyView {
    view! {
        <form method="post" action=action enctype="multipart/form-data" class="card stack">
            {fields.hidden(version)}
            {fields.summary()}
            {fields.input("text", "name", "合同名称", "")}
            {fields.number("amount", "合同金额", "必须等于中选金额。", "元")}
            {fields.input("date", "signed_on", "签订日期", "以双方签字盖章的日期为准。")}
            {fields
                .text_area(
                    "content",
                    "主要内容",
                    "公开：服务范围、交付成果、付款方式。商业秘密不要写在这里。",
                    4,
                )}
            {fields.file("scan", "合同扫描件", "只有双方、运营机构和监督人员可以查看。")}
            <div class="row">
                <button class="btn main">"录入，等待对方确认"</button>
            </div>
        </form>
    }
    .into_any()
}

/// The forms that fit the state and the side.
pub(super) fn actions(case: &Case) -> AnyView {
    let Some(side) = case.side else {
        return nothing();
    };
    let recorded_by_me = case.contract.recorded_side == side;
    match (case.contract.state, side) {
        (ContractState::PendingConfirm, _) if !recorded_by_me => confirm(case),
        (ContractState::PendingConfirm, _) => {
            let by = case.contract.confirm_due_at;
            note(
                Tone::Go,
                view! { <p>"等待对方确认，应在 "{until(by)}" 前。"</p> },
            )
        }
        (ContractState::Objected, _) => again(case),
        (ContractState::Performing, Side::Agency) => deliver(case),
        (ContractState::Delivered, Side::Owner) => accept(case),
        (ContractState::Accepted, Side::Owner) => complete(case),
        (ContractState::Completed, Side::Owner) if case.rating.is_none() => rate(case),
        (ContractState::Completed, Side::Agency)
            if case
                .rating
                .as_ref()
                .is_some_and(|rating| rating.reply.is_none()) =>
        {
            reply(case)
        }
        _ => nothing(),
    }
}

fn fields(case: &Case, action: &str) -> Fields {
    Fields::new(&case.ask, action, Form::default(), case.once)
}

fn open(case: &Case, action: &str) -> bool {
    case.ask.trouble_at(action).is_some()
}

fn confirm(case: &Case) -> AnyView {
    let id = case.contract.id;
    let (yes, no) = (address::contract_confirm(id), address::contract_object(id));
    let (agree, object) = (fields(case, &yes), fields(case, &no));
    let is_open = open(case, &no);
    view! {
        <section class="card stack">
            <h2>"请核对并确认"</h2>
            <p>"期限 "{due(case.contract.confirm_due_at, case.now, &case.rules)}</p>
            <form method="post" action=yes class="stack-s">
                {agree.hidden(Some(case.contract.version))}
                {agree.summary()}
                <p class="small muted">"确认后合同公示，服务期限从次一工作日起算。"</p>
                <button class="btn main wide">"内容无误，确认"</button>
            </form>
            <details open=is_open>
                <summary>"内容有误"</summary>
                <form method="post" action=no class="stack-s">
                    {object.hidden(Some(case.contract.version))}
                    {object.summary()}
                    {object.text_area("objection", "哪里不对", "对方会看到。", 3)}
                    <button class="btn wide">"提出异议"</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn again(case: &Case) -> AnyView {
    let contract = &case.contract;
    let action = address::contract_record(contract.id);
    let stored: Form = [
        ("name", contract.name.clone()),
        ("amount", contract.amount_fen.plain()),
        ("signed_on", date_text(contract.signed_on)),
        ("content", contract.content.clone()),
    ]
    .into_iter()
    .collect();
    let fields = Fields::new(&case.ask, &action, stored, case.once);
    view! {
        <section class="stack">
            <h2>"核对后重新录入"</h2>
            {form(&fields, action, Some(contract.version))}
        </section>
    }
    .into_any()
}

fn deliver(case: &Case) -> AnyView {
    let action = address::contract_deliver(case.contract.id);
    let fields = fields(case, &action);
    view! {
        <section class="card stack">
            <h2>"提交成果"</h2>
            <form method="post" action=action enctype="multipart/form-data" class="stack-s">
                {fields.hidden(Some(case.contract.version))}
                {fields.summary()}
                {fields.text_area("note", "成果说明", "交付了什么、几份、由谁签收。", 3)}
                {fields.file("result", "成果文件", "PDF、图片、Word、Excel、OFD，不超过 10 MB。")}
                <button class="btn main wide">"提交，停止计时"</button>
            </form>
        </section>
    }
    .into_any()
}

fn accept(case: &Case) -> AnyView {
    let id = case.contract.id;
    let (yes, no) = (address::contract_accept(id), address::contract_return(id));
    let (agree, back) = (fields(case, &yes), fields(case, &no));
    let is_open = open(case, &no);
    let until = case
        .contract
        .accept_due_at
        .map(|at| due(at, case.now, &case.rules));
    view! {
        <section class="card stack">
            <h2>"验收成果"</h2>
            <p>"期限 "{until}</p>
            <form method="post" action=yes class="stack-s">
                {agree.hidden(Some(case.contract.version))}
                {agree.summary()}
                <button class="btn main wide">"符合约定，验收"</button>
            </form>
            <details open=is_open>
                <summary>"退回"</summary>
                <form method="post" action=no class="stack-s">
                    {back.hidden(Some(case.contract.version))}
                    {back.summary()}
                    {back
                        .text_area(
                            "return_reason",
                            "退回的理由",
                            "写明哪一条不符合约定、要改什么。",
                            3,
                        )}
                    <button class="btn wide">"退回修改，继续计时"</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}

fn complete(case: &Case) -> AnyView {
    let action = address::contract_complete(case.contract.id);
    let fields = fields(case, &action);
    view! {
        <section class="card stack">
            <h2>"办结合同"</h2>
            <form method="post" action=action class="stack-s">
                {fields.hidden(Some(case.contract.version))}
                {fields.summary()}
                <p class="small muted">"全部成果已交付、没有未了事项时办结。办结后评价。"</p>
                <button class="btn main wide">"办结"</button>
            </form>
        </section>
    }
    .into_any()
}

fn rate(case: &Case) -> AnyView {
    let action = address::contract_rating(case.contract.id);
    let fields = fields(case, &action);
    let levels = || {
        LEVELS
            .iter()
            .enumerate()
            .rev()
            .map(|(i, word)| Choice::new((i + 1).to_string(), format!("{} 分 {word}", i + 1)))
            .collect()
    };
    let dimensions: Vec<AnyView> = Dimension::ALL
        .iter()
        .map(|dimension| fields.radios(dimension.code(), dimension.label(), "", levels()))
        .collect();
    let until = case
        .contract
        .rate_by_at
        .map(|at| due(at, case.now, &case.rules));
    view! {
        <section class="card stack" id="rate">
            <h2>"评价"</h2>
            <p>"期限 "{until}</p>
            <form method="post" action=action class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                {dimensions}
                {fields
                    .text_area(
                        "comment",
                        "文字评价",
                        "有 2 分及以下的，写明事实和理由。公开，机构可以回复。",
                        3,
                    )}
                <p class="small muted">"每份合同只评价一次，提交后公开，不能修改。"</p>
                <button class="btn main wide">"提交评价"</button>
            </form>
        </section>
    }
    .into_any()
}

fn reply(case: &Case) -> AnyView {
    let action = address::contract_reply(case.contract.id);
    let fields = fields(case, &action);
    view! {
        <section class="card stack">
            <h2>"回复评价"</h2>
            <form method="post" action=action class="stack-s">
                {fields.hidden(None)}
                {fields.summary()}
                {fields.text_area("reply", "回复", "公开，只能回复一次。", 3)}
                <button class="btn main wide">"公开回复"</button>
            </form>
        </section>
    }
    .into_any()
}
