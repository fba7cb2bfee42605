//! 中选结果: the list, the page of an award, the notice of award as a formal document, and its verification.

use super::Shown;
use crate::AppError;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::layout::Section;
use crate::parts::list::{Columns, Filters, Listed, Noun, load};
use crate::parts::{
    Fields, Status, Tone, card, crumbs, done, due, facts, instant, link, maybe_instant, mono, note,
    nothing, tag, text, until,
};
use crate::reply::Reply;
use leptos::prelude::*;
use market::award::AwardState;
use market::requirement::Specification;
use market::selection::{Method, PriceFrom};
use market::time::{date_formal, day};
use market::{AwardId, ContractId, Form, Timestamp};
use qrcode::render::svg;
use store::award::{Award, AwardFilter, AwardRow};
use store::page::{Cursor, Page};
use store::policy::Rules;

/// 中选结果, newest first.
pub struct Awards {
    pub filter: AwardFilter,
}

impl Listed for Awards {
    type Row = AwardRow;
    const NOUN: Noun = Noun::new("/awards", "中选结果", "条")
        .empty("没有符合条件的结果", "减少一些条件，或者换一个词。")
        .all("查看全部结果");

    async fn read(_: &mut Desk, ask: &Ask) -> Result<Self, AppError> {
        let filter = AwardFilter {
            methods: ask.query("method").map(Method::named).unwrap_or_default(),
            text: ask.query("q").map(str::to_string),
        };
        Ok(Awards { filter })
    }

    fn columns(&self) -> Columns<'_, AwardRow> {
        let mut to = Columns::<AwardRow>::new();
        to.code("中选通知书编号", |row| &row.award_no)
            .only_in_files("award_no");
        to.text("项目", |row| &row.project_name)
            .in_files("project_name")
            .shown(|row, to| {
                to.link(format_args!("/awards/{}", row.id), &row.project_name)
                    .second(&row.owner_name);
            });
        to.text("业主", |row| &row.owner_name)
            .only_in_files("owner_name");
        to.text("中选机构", |row| &row.agency_name)
            .in_files("agency_name")
            .shown(|row, to| {
                let page = format_args!("/agencies/{}", row.agency_uscc);
                to.link(page, &row.agency_name);
            });
        to.code("统一社会信用代码", |row| &row.agency_uscc)
            .only_in_files("agency_uscc");
        to.tag("方式", |row| row.method)
            .in_files("method")
            .shown(|row, to| {
                to.tag(Tone::Go, row.method.label());
                if let Some(id) = row.draw_id {
                    to.raw(" ").link(format_args!("/draws/{id}"), "验算");
                }
            });
        to.coded("资金", |row| row.fund).only_in_files("fund");
        to.fen("限价或固定价（元）", |row| row.limit_fen)
            .only_in_files("limit_fen");
        to.fen("金额（元）", |row| row.amount_fen)
            .in_files("amount_fen")
            .shown(|row, to| {
                to.text(row.amount_fen.yuan());
                if row.method.kind().price == PriceFrom::Bid {
                    let percent = row.amount_fen.percent_below(row.limit_fen);
                    to.second(format_args!("较限价低 {percent}%"));
                }
            });
        to.state("状态", |row| row.state).in_files("state");
        to.instant("公布时间", |row| Some(row.announced_at))
            .in_files("announced_at");
        to
    }

    async fn page(
        &self,
        desk: &mut Desk,
        cursor: Option<&Cursor>,
        size: usize,
    ) -> Result<Page<AwardRow>, AppError> {
        Ok(store::award::list(desk.conn(), &self.filter, cursor, size).await?)
    }

    async fn count(&self, desk: &mut Desk) -> Result<i64, AppError> {
        if self.filter.methods.is_empty() && self.filter.text.is_none() {
            return Ok(store::counter::all(desk.conn()).await?.get("awards"));
        }
        Ok(store::award::count(desk.conn(), &self.filter).await?)
    }
}

/// `/awards`
pub async fn list(desk: &mut Desk, ask: &Ask) -> Shown {
    let list = load::<Awards>(desk, ask).await?;
    Ok(Reply::page("中选结果", Section::Results, move || {
        let filters = Filters::new(&list.ask, Awards::NOUN.path)
            .search("项目、编号或拼音首字母")
            .select("method", "选取方式", super::requirements::methods())
            .row();
        view! {
            <h1>"中选结果"</h1>
            {filters}
            {list.card(link("/draws", "全部抽取（可验算）"))}
        }
        .into_any()
    }))
}

struct AwardCase {
    award: Award,
    spec: Specification,
    is_mine: bool,
    /// The owner or the agency looks at it.
    is_party: bool,
    rules: Rules,
    now: Timestamp,
    ask: Ask,
    once: uuid::Uuid,
}

async fn case_of(desk: &mut Desk, ask: &Ask) -> Result<AwardCase, AppError> {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let award = store::award::find(desk.conn(), id)
        .await?
        .ok_or(AppError::NotFound)?;
    let page = store::requirement::page(desk.conn(), award.requirement_id)
        .await?
        .ok_or(AppError::NotFound)?;
    let spec = page
        .spec
        .ok_or_else(|| AppError::broken("an award without a document"))?
        .0;
    let acting = desk.actor.as_ref().and_then(|actor| actor.acting.as_ref());
    let is_mine = acting.is_some_and(|acting| acting.agency == Some(award.agency_id));
    let is_owner = desk.owns(award.owner_id, page.created_by);
    let rules = store::policy::version(desk.conn(), award.policy_id).await?;
    Ok(AwardCase {
        award,
        spec,
        is_mine,
        is_party: is_mine || is_owner,
        rules,
        now: desk.now,
        ask: ask.clone(),
        once: desk.id(),
    })
}

/// `/awards/{id}`
pub async fn page(desk: &mut Desk, ask: &Ask) -> Shown {
    let case = case_of(desk, ask).await?;
    let title = format!("{}：中选结果", case.spec.project_name);
    Ok(Reply::page(title, Section::Results, move || {
        page_view(case)
    }))
}

/// What the award is and until when its steps run.
fn outcome(case: &AwardCase) -> Vec<(&'static str, AnyView)> {
    let (award, amount) = (&case.award, case.award.amount_fen);
    vec![
        (
            "中选机构",
            link(
                format!("/agencies/{}", award.agency_uscc),
                award.agency_name.clone(),
            ),
        ),
        ("统一社会信用代码", mono(award.agency_uscc.clone())),
        (
            "中选金额",
            text(format!("{} 元（{}）", amount.yuan(), amount.capitals())),
        ),
        ("选取方式", text(case.spec.method_words())),
        ("项目业主", text(award.owner_name.clone())),
        ("公布时间", instant(award.announced_at)),
        ("公示期至", until(award.publicity_ends_at)),
        ("机构确认期至", until(award.confirm_by_at)),
        ("机构答复时间", maybe_instant(award.answered_at)),
        ("通知书发出", maybe_instant(award.issued_at)),
        (
            "依据的政策",
            link(
                format!("/policies/{}#award", award.policy_name),
                format!("版本 {}", award.policy_name),
            ),
        ),
        ("监督电话", text(case.spec.complaint_phone.clone())),
    ]
}

fn page_view(case: AwardCase) -> AnyView {
    let award = &case.award;
    let answer = if case.is_mine && award.state == AwardState::Announced {
        answer(&case)
    } else {
        nothing()
    };
    let formal = (award.state == AwardState::Issued).then(|| {
        view! {
            <a class="btn main wide" href=format!("/awards/{}/notice", award.id)>
                "中选通知书（可打印）"
            </a>
        }
    });
    let declined = award.decline_reason.clone().map(|reason| {
        note(
            Tone::Bad,
            view! {
                <p>
                    <b>"放弃的理由："</b>
                    {reason}
                </p>
            },
        )
    });
    view! {
        {crumbs(
            &[
                ("/awards", "中选结果"),
                (&format!("/requirements/{}", award.requirement_id), &case.spec.project_name),
            ],
            "结果",
        )}
        {done(&case.ask)}
        <h1>{case.spec.project_name.clone()}"：中选结果"</h1>
        <p class="row">
            {award.state.tag()}{(award.ordinal > 1).then(|| tag(Tone::Warn, "候补递补"))}
            <span class="muted">"编号 "{mono(award.award_no.clone())}</span>
        </p>
        {declined}
        <div class="main-side acting">
            <aside class="stack" aria-label="办理">
                {answer}
                {next_step(&case)}
                {formal}
            </aside>
            <div class="stack">{card("结果", facts(outcome(&case)))}</div>
            <aside class="stack" aria-label="说明">
                <section class="card stack-s">
                    <p>{link(format!("/requirements/{}", award.requirement_id), "项目全过程")}</p>
                    <p class="small muted">
                        "名单、报价、抽取证据和存证都在项目页。对结果有异议的，请在公示期内拨打监督电话。"
                    </p>
                </section>
            </aside>
        </div>
    }
    .into_any()
}

/// A party's way from an award to its contract: to see it, or to record it.
pub fn way_to_contract(
    award: AwardId,
    state: AwardState,
    contract: Option<ContractId>,
) -> Option<AnyView> {
    let (href, label) = match (state, contract) {
        (_, Some(contract)) => (format!("/contracts/{contract}"), "查看合同"),
        (AwardState::Issued, None) => (format!("/awards/{award}/contract"), "录入合同"),
        _ => return None,
    };
    Some(
        view! {
            <a class="btn main wide" href=href>
                {label}
            </a>
        }
        .into_any(),
    )
}

/// What comes now, and for the parties the way there.
fn next_step(case: &AwardCase) -> AnyView {
    let award = &case.award;
    let sentence = match award.state {
        AwardState::Announced => "公示期满且中选机构确认后，系统发出中选通知书。",
        AwardState::Confirmed => {
            "中选机构已确认。公示期满后，系统发出中选通知书，双方即可录入合同。"
        }
        AwardState::Issued if award.contract_id.is_none() => {
            "请双方签订合同，由任一方录入，另一方核对确认。"
        }
        _ => "",
    };
    let way = case
        .is_party
        .then(|| way_to_contract(award.id, award.state, award.contract_id))
        .flatten();
    if sentence.is_empty() && way.is_none() {
        return nothing();
    }
    let sentence = (!sentence.is_empty()).then(|| view! { <p>{sentence}</p> });
    view! {
        <section class="card stack-s">
            <h2>"下一步"</h2>
            {sentence}
            {way}
        </section>
    }
    .into_any()
}

/// The agency's answer: accept, or decline with a reason and its consequence.
fn answer(case: &AwardCase) -> AnyView {
    let id = case.award.id;
    let action = format!("/awards/{id}/decline");
    let fields = Fields::new(&case.ask, &action, Form::default(), case.once);
    let open = case.ask.trouble_at(&action).is_some();
    let points = case
        .rules
        .policy
        .credit
        .rule(market::credit::EventCode::M02)
        .map(|rule| market::credit::points_text(rule.points))
        .unwrap_or_default();
    view! {
        <section class="card stack">
            <h2>"贵机构中选，请确认"</h2>
            <p>"期限 "{due(case.award.confirm_by_at, case.now, &case.rules)}</p>
            <form method="post" action=format!("/awards/{id}/confirm")>
                {fields.hidden(None)}
                <button class="btn main wide">"确认中选"</button>
            </form>
            <details open=open>
                <summary>"放弃中选"</summary>
                <form method="post" action=action class="stack-s">
                    {fields.hidden(None)}
                    {fields.summary()}
                    {note(
                        Tone::Warn,
                        format!(
                            "放弃或逾期不确认，记信用事项 M02（{points} 分）；有候补的由候补递补。",
                        ),
                    )}
                    {fields.text_area("reason", "理由", "公开，至少十个字。", 3)}
                    {fields.check("understood", "我知道放弃会记入信用")}
                    <button class="btn danger wide">"放弃中选"</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}

/// `/awards/{id}/notice`: 中选通知书
pub async fn notice(desk: &mut Desk, ask: &Ask) -> Shown {
    let case = case_of(desk, ask).await?;
    if case.award.state != AwardState::Issued {
        return Err(AppError::NotFound);
    }
    let site = desk.world.site.clone();
    Ok(Reply::page(
        "中选通知书",
        Section::Results,
        move || notice_view(case, &site.host, &site.public_url),
    ))
}

fn notice_view(case: AwardCase, host: &str, public_url: &str) -> AnyView {
    let award = &case.award;
    let amount = award.amount_fen;
    let issued = award
        .issued_at
        .map(|at| date_formal(day(at)))
        .unwrap_or_default();
    let sign = case
        .rules
        .policy
        .workdays(case.rules.policy.contract.sign_workdays);
    let verify = format!("{public_url}/verify/{}", award.award_no);
    view! {
        <article class="card stack document formal">
            <h1>"中选通知书"</h1>
            <p class="center">{award.award_no.clone()}</p>
            <p>
                <b>{award.agency_name.clone()}</b>
                "（统一社会信用代码 "
                {mono(award.agency_uscc.clone())}
                "）："
            </p>
            <p class="indent">
                {award.owner_name.clone()}"的“"{case.spec.project_name.clone()}"”（"
                {case.spec.item_name.clone()}"），经" {case.spec.method.label()}
                "，确定贵机构为中选机构。中选结果已公示期满。"
            </p>
            <dl class="facts">
                <dt>"中选金额"</dt>
                <dd>{amount.yuan()}" 元（"{amount.capitals()}"）"</dd>
                <dt>"服务时限"</dt>
                <dd>{case.spec.service_workdays}" 个工作日，自双方确认合同的次一工作日起算"</dd>
                <dt>"签订合同"</dt>
                <dd>
                    "请自本通知书发出之日起 "{sign}
                    "内与项目业主签订合同，合同金额应当等于中选金额"
                </dd>
                <dt>"业主联系人"</dt>
                <dd>{case.spec.contact_name.clone()}" "{case.spec.contact_phone.clone()}</dd>
                <dt>"监督电话"</dt>
                <dd>{case.spec.complaint_phone.clone()}</dd>
            </dl>
            <div class="row between end">
                <figure>
                    <img src=format!("/awards/{}/qr.svg", award.id) alt="查验二维码" width="132" height="132" />
                    <figcaption class="small">
                        "扫码查验真伪"<br /><span class="mono small">{verify}</span>
                    </figcaption>
                </figure>
                <p class="signature">{award.owner_name.clone()}<br />{host.to_string()}<br />{issued}</p>
            </div>
        </article>
        <p class="row no-print">
            <a class="btn" href=format!("/awards/{}", award.id)>
                "返回"
            </a>
            <span class="muted small">"用浏览器的打印功能即可打印或另存为 PDF。"</span>
        </p>
    }
    .into_any()
}

/// `/awards/{id}/qr.svg`
pub async fn qr(desk: &mut Desk, ask: &Ask) -> Shown {
    let id = ask.param("id").ok_or(AppError::NotFound)?;
    let award = store::award::find(desk.conn(), id)
        .await?
        .filter(|award| award.state == AwardState::Issued)
        .ok_or(AppError::NotFound)?;
    let address = format!("{}/verify/{}", desk.world.site.public_url, award.award_no);
    let code = qrcode::QrCode::new(address.as_bytes())
        .map_err(|error| AppError::broken(error.to_string()))?;
    Ok(Reply::Svg(
        code.render::<svg::Color<'_>>()
            .min_dimensions(132, 132)
            .quiet_zone(true)
            .build(),
    ))
}

/// `/verify/{award_no}`: what the paper should say.
pub async fn verify(desk: &mut Desk, ask: &Ask) -> Shown {
    let number: String = ask.param("award_no").ok_or(AppError::NotFound)?;
    let found = store::award::by_number(desk.conn(), &number).await?;
    let award = match found {
        Some(id) => store::award::find(desk.conn(), id).await?,
        None => None,
    };
    if award.is_none()
        && let Ok(elsewhere) = super::numbers::elsewhere(desk, ask).await
    {
        return Ok(elsewhere);
    }
    Ok(Reply::page(
        "查验中选通知书",
        Section::Results,
        move || verify_view(number, award),
    ))
}

fn verify_view(number: String, award: Option<Award>) -> AnyView {
    let (body, typed) = match award {
        Some(award) if award.state == AwardState::Issued => (
            view! {
                {note(
                    Tone::Ok,
                    view! {
                        <p>
                            <b>"查验结果：真实有效。"</b>
                            "请核对纸面内容与下面一致。"
                        </p>
                    },
                )}
                {card(
                    "登记内容",
                    facts(
                        vec![
                            ("编号", mono(award.award_no)),
                            ("中选机构", text(format!("{}（{}）", award.agency_name, award.agency_uscc))),
                            ("项目业主", text(award.owner_name)),
                            ("中选金额", text(format!("{} 元", award.amount_fen.yuan()))),
                            ("发出时间", maybe_instant(award.issued_at)),
                            ("项目", link(format!("/requirements/{}", award.requirement_id), "查看全过程")),
                        ],
                    ),
                )}
            }
            .into_any(),
            "",
        ),
        Some(award) => (
            note(Tone::Bad, view! {
                <p>
                    <b>"这个编号没有有效的中选通知书。"</b>
                    "登记的状态是："
                    {award.state.tag()}
                </p>
            }),
            "",
        ),
        None => (
            view! {
                {super::numbers::unknown(&number)}
                {super::numbers::forms()}
            }.into_any(),
            number.as_str(),
        ),
    };
    let field = super::numbers::field(typed);
    view! {
        <h1>"查验中选通知书"</h1>
        <p>"编号 "{mono(number)}</p>
        {body}
        {field}
    }
    .into_any()
}
