//! What an agency does at a requirement: sign up with its sealed bid, replace it, take it back, read its receipt, and
//! check that the ciphertext is the price that it meant.

use super::Case;
use crate::address;
use crate::done::Done;
use crate::parts::{Fields, Status, Tone, button, done, facts, link, note, tag, text, until};
use leptos::prelude::*;
use market::award::AwardState;
use market::requirement::RequirementState;
use market::sign_up::MadeBy;
use market::{AgencyId, Form, Refusal};
use store::sign_up::Own;

/// What a redirect says when it arrives. A sign-up is called successful only while it is the one that stands: the
/// address names its receipt, and a page that is come back to later tells what has become of it.
pub fn said(case: &Case) -> AnyView {
    let receipt = case.ask.query.get("receipt");
    if receipt.is_empty() {
        return done(&case.ask);
    }
    match &case.mine {
        Some(mine) if mine.receipt.to_string() == receipt => {
            let told = case.ask.done == Some(Done::SignedUp);
            told.then(|| done(&case.ask)).into_any()
        }
        Some(_) => note(
            Tone::Warn,
            "这个地址上的报名后来被替换了，不再有效。现在有效的是下方回执上的那一份。",
        ),
        None if super::Standing::Agency == case.standing => note(
            Tone::Warn,
            "这个地址上的报名后来撤回了，现在没有有效的报名。",
        ),
        None => ().into_any(),
    }
}

/// The agency's own awards, and its sign-up.
pub fn action(case: &Case) -> AnyView {
    let own = agency_at(case);
    let award = case
        .awards
        .iter()
        .rev()
        .find(|award| Some(award.agency_id) == own);
    let won = award.map(|award| {
        let body = match award.state {
            AwardState::Announced => view! {
                <p>
                    <b>"贵机构中选。"</b>
                    "请在 "
                    {until(award.confirm_by_at)}
                    " 前确认。"
                </p>
                <a class="btn main wide" href=address::award(award.id)>
                    "去确认"
                </a>
            }.into_any(),
            AwardState::Issued if award.contract_id.is_none() => view! {
                <p>{award.state.tag()}</p>
                <a class="btn main wide" href=address::award_contract(award.id)>
                    "录入合同"
                </a>
            }.into_any(),
            _ => view! { <p>"贵机构的中选："{award.state.tag()}" "{link(address::award(award.id), "查看")}</p> }.into_any(),
        };
        view! {
            <section class="card stack-s">
                {body}{award.contract_id.map(|id| link(address::contract(id), "查看合同"))}
            </section>
        }
    });
    let is_open = case.page.state == RequirementState::Published
        && case.page.deadline_at.is_some_and(|at| case.now < at);
    let form = if is_open {
        sign_up(case)
    } else {
        receipt(case)
    };
    view! {
        {won}
        {form}
    }
    .into_any()
}

fn agency_at(case: &Case) -> Option<AgencyId> {
    case.actor.as_ref()?.acting.as_ref()?.agency
}

fn sign_up(case: &Case) -> AnyView {
    let id = case.page.id;
    let action = address::requirement_sign_up(id);
    let failures = case
        .checks
        .iter()
        .filter(|check| check.failure.is_some())
        .count();
    if failures > 0 && case.mine.is_none() {
        return view! {
            <section class="card stack-s">
                <p>{tag(Tone::Bad, "暂不能报名")}</p>
                <p class="small">
                    {format!("有 {failures} 项条件不符合，")}
                    <a href="#eligibility">"逐项的原因和办法"</a>"。"
                </p>
            </section>
        }
        .into_any();
    }
    let fields = Fields::new(&case.ask, &action, Form::default(), case.once);
    let (title, label) = match case.mine {
        None => ("报名", "报名"),
        Some(_) => ("替换报名", "替换原报名"),
    };
    // The page replaces the sign-up that it shows, and no other.
    let replaces = case
        .mine
        .as_ref()
        .map(|mine| view! { <input type="hidden" name="replaces" value=mine.nonce.to_string() /> });
    let (once, summary) = (fields.hidden(None), fields.summary());
    let secrets = secrets(case, &action, &fields);
    let is_refused = case.ask.trouble_at(&action).is_some();
    let form = view! {
        <form method="post" action=action class="stack-s">
            {once}
            {replaces}
            {summary}
            {secrets}
            <button class="btn main wide">{label}</button>
        </form>
    };
    match case.mine {
        None => view! {
            <section class="card stack">
                <h2>{title}</h2>
                {form}
                <p class="small muted">
                    "截止前可以替换或撤回。中选后放弃会"
                    {link("/policies#credit", "记入信用（扣分）")}"。"
                </p>
            </section>
        }
        .into_any(),
        Some(_) => view! {
            {receipt(case)}
            <section class="card stack">
                <details open=is_refused>
                    <summary>{title}</summary>
                    {form}
                </details>
                {withdraw(case)}
            </section>
        }
        .into_any(),
    }
}

/// The price field with what was typed, what is wrong with it and what is asked about it. `islands::secrets` makes it
/// live; without scripts the server makes the secrets.
fn secrets(case: &Case, action: &str, fields: &Fields) -> AnyView {
    let bounds = case.spec.as_ref().map(|spec| spec.price.bounds());
    let agency = agency_at(case).map(|id| id.to_string());
    let key = case.page.bid_public_key.map(|key| key.to_string());
    let by_server = if key.is_some() {
        "本页的脚本没有运行：随机数由服务器代为生成，报价到达服务器后立即加密。"
    } else {
        "本页的脚本没有运行：随机数由服务器代为生成。"
    };
    let by_browser = if key.is_some() {
        "随机数和加密后的报价在您的浏览器里生成，截止前任何人都看不到内容。报价和核对凭据另存在本浏览器，供您核对。"
    } else {
        "随机数在您的浏览器里生成，截止前任何人都看不到内容。"
    };
    let price = key.is_some().then(|| price_field(case, action, fields));
    view! {
        <crypto-island
            data-component="secrets"
            data-requirement=case.page.id.to_string()
            data-agency=agency
            data-key=key
            data-ceiling=bounds.map(|bounds| bounds.ceiling.0)
            data-floor=bounds.and_then(|bounds| bounds.floor).map(|floor| floor.0)
        >
            <div class="stack-s">
                {price}<p class="small muted" data-remark=by_browser>
                    {by_server}
                </p>
            </div>
        </crypto-island>
    }
    .into_any()
}

fn price_field(case: &Case, action: &str, fields: &Fields) -> AnyView {
    let wrong = match case.ask.trouble_at(action).map(|trouble| &trouble.refusal) {
        Some(Refusal::Invalid(problems)) => problems.of("price").map(str::to_string),
        _ => None,
    };
    let is_wrong = wrong.is_some();
    view! {
        <div class="field" data-wrong=is_wrong.then_some("")>
            <label for="f-price">"报价（元）"</label>
            <p class="hint" id="h-price">
                "在最高限价和最低限价之间，如 82000.00。提交后到截止前可以替换或撤回。"
            </p>
            <p class="wrong" id="w-price" role="alert">
                {wrong}
            </p>
            <span class="with-unit">
                <input
                    id="f-price"
                    name="price"
                    class="num"
                    inputmode="decimal"
                    autocomplete="off"
                    value=fields.value("price")
                    aria-describedby="h-price w-price"
                    aria-invalid=is_wrong.then_some("true")
                />
                <span>"元"</span>
            </span>
            {fields.answer_in_waiting("price")}
        </div>
    }
    .into_any()
}

fn withdraw(case: &Case) -> AnyView {
    let bid = case
        .page
        .bid_public_key
        .is_some()
        .then_some("密封的报价立即删除，任何人都不能再看到。");
    view! {
        <details>
            <summary>"撤回报名"</summary>
            <p class="small">"撤回后，截止前还可以再次报名。"{bid}</p>
            {button(address::requirement_withdraw(case.page.id), "确认撤回", "btn danger wide", case.once)}
        </details>
    }
    .into_any()
}

fn receipt(case: &Case) -> AnyView {
    let Some(mine) = &case.mine else {
        return ().into_any();
    };
    let bid = mine.sealed_by.map_or("不需要报价".to_string(), |by| {
        format!("已密封（{}）", by.label())
    });
    let older = (Some(mine.edition) != case.page.edition).then(|| {
        note(
            Tone::Warn,
            "公告在您报名之后有更正，请核对；需要的话可以替换或撤回。",
        )
    });
    let ciphertext = mine.sealed.as_ref().map(|sealed| {
        view! {
            <details>
                <summary>"服务器上的密文"</summary>
                <p class="mono small">{hex::encode(sealed)}</p>
            </details>
        }
    });
    view! {
        <section class="card stack" id="mine">
            <h2>"报名回执"</h2>
            {older}
            {facts(
                vec![
                    ("收到时间", text(market::time::stamp_seconds(mine.received_at))),
                    (
                        "报价",
                        view! {
                            {bid}
                            {ciphertext}
                        }
                            .into_any(),
                    ),
                    (
                        "随机数",
                        view! {
                            <span class="mono small">{mine.nonce.to_string()}</span>
                            <br />
                            <span class="small muted">{mine.nonce_by.label()}</span>
                        }
                            .into_any(),
                    ),
                    ("回执", view! { <span class="mono small">{mine.receipt.to_string()}</span> }.into_any()),
                ],
            )}
            {check(case, mine)}
            <p class="small muted">
                "请保存。截止后公布的名单里有同样的回执，可以核对报名没有被改动。"
            </p>
        </section>
    }
    .into_any()
}

/// Whether the ciphertext is the price that was meant. Only the browser that sealed it can tell (`islands::check`).
fn check(case: &Case, mine: &Own) -> Option<AnyView> {
    let sealed = hex::encode(mine.sealed.as_ref()?);
    let view = match (mine.sealed_by?, case.page.bid_public_key, agency_at(case)) {
        (MadeBy::Browser, Some(key), Some(agency)) => view! {
            <crypto-island
                data-component="check_bid"
                data-requirement=case.page.id.to_string()
                data-agency=agency.to_string()
                data-key=key.to_string()
                data-sealed=sealed
            >
                <div class="stack-s">
                    <p class="note" role="status">
                        "启用脚本的浏览器会在这里核对服务器上的密文是不是您要报的价，核对在本机进行，什么也不发送。"
                    </p>
                    <details hidden>
                        <summary>"再核对一次，或者带到别的电脑上核对"</summary>
                        <div class="field">
                            <label for="check-sum">"要核对的金额"</label>
                            <input id="check-sum" class="num" inputmode="decimal" autocomplete="off" />
                        </div>
                        <div class="field">
                            <label for="check-voucher">"核对凭据"</label>
                            <p class="hint" id="check-hint">
                                "提交时生成，只存在提交报价的浏览器里，可以抄下。有了它就能看出报价，截止前请不要给别人。"
                            </p>
                            <input
                                id="check-voucher"
                                class="mono"
                                autocomplete="off"
                                spellcheck="false"
                                aria-describedby="check-hint"
                            />
                        </div>
                        <button type="button" class="btn">
                            "在本机核对"
                        </button>
                    </details>
                </div>
            </crypto-island>
        }
        .into_any(),
        _ => note(
            Tone::Go,
            "这份报价由服务器收到后立即加密，金额没有留存，截止前任何人（包括您自己）都不能再看到，也就不能核对。对填的金额没有把握的，请在截止前替换报名。",
        ),
    };
    Some(view)
}
