//! Beside the document: how much time is left, what the visitor can do now, and why the draw is fair.

use super::super::awards::way_to_contract;
use super::{Case, Standing, taking_part};
use crate::address;
use crate::parts::{Fields, Status, Tone, button, due, instant, link, mono, note, until};
use leptos::prelude::*;
use market::Form;
use market::award::AwardState;
use market::draw::BeaconRule;
use market::requirement::{EditionState, RequirementState};
use market::selection::Draws;
use market::time::span;
use store::edition::Edition;

/// What matters first: how long, and what to do.
pub fn action(case: &Case) -> AnyView {
    let action = match case.standing {
        Standing::Owner => owner(case),
        Standing::Agency => taking_part::action(case),
        Standing::Operator => operator(case),
        Standing::Public => public(case),
        Standing::Supervisor => ().into_any(),
    };
    view! {
        {time_left(case)}
        {action}
    }
    .into_any()
}

fn time_left(case: &Case) -> AnyView {
    let Some(deadline_at) = case
        .page
        .deadline_at
        .filter(|_| case.page.state == RequirementState::Published)
    else {
        return ().into_any();
    };
    let left = deadline_at - case.now;
    let seconds = left.whole_seconds();
    view! {
        <section class="card stack-s">
            <p class="muted">"报名截止还剩"</p>
            <p class="count">
                <assist-island data-component="countdown" data-seconds=seconds>
                    {span(left)}
                </assist-island>
            </p>
            <p class="small muted">{until(deadline_at)}" · 报名家数和名称在截止前不公开"</p>
        </section>
    }
    .into_any()
}

fn public(case: &Case) -> AnyView {
    if case.page.state != RequirementState::Published || case.actor.is_some() {
        return ().into_any();
    }
    let to = format!("/sign-in?to=/requirements/{}", case.page.id);
    view! {
        <section class="card stack-s">
            <a class="btn main wide" href=to>
                "登录后报名"
            </a>
            <p class="small muted">"需要以入驻机构的身份登录。"</p>
        </section>
    }
    .into_any()
}

fn operator(case: &Case) -> AnyView {
    let Some(edition) = case.editions.last() else {
        return ().into_any();
    };
    match edition.state {
        EditionState::Submitted | EditionState::Audited => view! {
            <section class="card stack-s">
                <p>"第 "{edition.edition}" 版 "{edition.state.tag()}</p>
                <a class="btn main wide" href=address::edition(case.page.id)>
                    "去审核或发布"
                </a>
            </section>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

fn owner(case: &Case) -> AnyView {
    let id = case.page.id;
    let open = case.editions.iter().find(|e| {
        matches!(
            e.state,
            EditionState::Draft
                | EditionState::Returned
                | EditionState::Submitted
                | EditionState::Audited
        )
    });
    let edit = open
        .filter(|e| matches!(e.state, EditionState::Draft | EditionState::Returned))
        .map(|edition| {
            let what = if edition.edition == 1 {
                "继续填写"
            } else {
                "继续填写更正"
            };
            view! {
                <a class="btn main wide" href=address::requirement_edit(id)>
                    {what}
                </a>
            }
        });
    let waiting = open
        .filter(|e| matches!(e.state, EditionState::Submitted | EditionState::Audited))
        .map(|edition| waiting(case, edition));
    let correct = (open.is_none() && case.page.state == RequirementState::Published).then(|| {
        button(
            address::requirement_correct(id),
            "更正公告",
            "btn wide",
            case.once,
        )
    });
    let republish = (case.page.state == RequirementState::Failed
        && case.page.republished_as.is_none())
    .then(|| {
        button(
            address::requirement_republish(id),
            "重新发布",
            "btn main wide",
            case.once,
        )
    });
    let choose = (case.page.state == RequirementState::Choosing).then(|| choose(case));
    let contract = contract_link(case);
    view! {
        <section class="card stack">
            <h2>"我的办理"</h2>
            {edit}
            {waiting}
            {correct}
            {republish}
            {choose}
            {contract}
        </section>
    }
    .into_any()
}

/// What lies with the operator, and the way back from there.
fn waiting(case: &Case, edition: &Edition) -> AnyView {
    let begun = edition
        .audit_begun_at
        .filter(|_| edition.state == EditionState::Submitted);
    let begun =
        begun.map(|at| view! { <p class="small">"审核人员已于 "{instant(at)}" 开始审核。"</p> });
    let waits = note(
        Tone::Go,
        view! {
            <p>"第 "{edition.edition}" 版 "{edition.state.tag()}"，由运营机构办理。"</p>
            {begun}
        },
    );
    view! {
        {waits}
        {take_back(case, edition)}
    }
    .into_any()
}

/// The way to the owner's choice, and how long it is open.
fn choose(case: &Case) -> AnyView {
    let left = case
        .page
        .choice_due_at
        .map(|at| due(at, case.now, &case.rules));
    view! {
        <a class="btn main wide" href=address::requirement_choose(case.page.id)>
            "选定机构"
        </a>
        <p class="small">{left}</p>
    }
    .into_any()
}

/// What was handed in can be had back until somebody has begun to audit it.
fn take_back(case: &Case, edition: &Edition) -> AnyView {
    if edition.state.take_back(edition.audit_begun_at).is_err() {
        return ().into_any();
    }
    let action = address::requirement_take_back(case.page.id);
    let fields = Fields::new(&case.ask, &action, Form::default(), case.once);
    view! {
        <form method="post" action=action class="stack-s">
            {fields.hidden(Some(edition.version))}
            {fields.summary()}
            <p class="small muted">
                "审核人员开始审核之前，可以撤回修改，改好后重新提交。"
            </p>
            <button class="btn wide">"撤回修改"</button>
        </form>
    }
    .into_any()
}

/// The way to the contract: record it, or see it.
fn contract_link(case: &Case) -> AnyView {
    let Some(award) = case.awards.iter().find(|award| award.state.is_live()) else {
        return ().into_any();
    };
    let confirming = (award.state == AwardState::Announced).then(|| {
        view! { <p class="small muted">"等待中选机构确认，至 "{until(award.confirm_by_at)}</p> }
    });
    let way = way_to_contract(award.id, award.state, award.contract_id);
    view! {
        {confirming}
        {way}
    }
    .into_any()
}

pub fn fairness(case: &Case) -> AnyView {
    let Some(method) = case.spec.as_ref().map(|spec| spec.method) else {
        return ().into_any();
    };
    let Some(commitment) = case.page.seed_commitment else {
        return ().into_any();
    };
    let kind = method.kind();
    let policy = case.page.policy_name.clone().unwrap_or_default();
    let key = case.page.bid_public_key.map(|key| {
        view! {
            <p class="small">
                "报价用下面的公钥密封，私钥由系统封存，截止时才释放并写入账本："
            </p>
            <p class="small">{mono(key.to_string())}</p>
        }
    });
    let (seed, steps) = (kind.draws != Draws::Never)
        .then(|| {
            let seed = view! {
                <p class="small">"平台在发布公告时已经锁定随机种子，承诺值："</p>
                <p class="small">{mono(commitment.to_string())}</p>
                <p class="small muted">{BeaconRule::None.trust()}</p>
            };
            let steps = view! {
                " · "
                {link("/help#draw", "算法说明")}
            };
            (seed, steps)
        })
        .unzip();
    view! {
        <section class="card stack-s">
            <h2>"怎样保证公平"</h2>
            <p class="small">{kind.words.fairness}</p>
            {key}
            {seed}
            <p class="small">"依据政策版本 "{link(address::policy(&policy), policy.clone())}{steps}</p>
        </section>
    }
    .into_any()
}
