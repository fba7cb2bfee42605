//! The document of a requirement: what is typed, what it becomes, and how it reads.

use crate::credit::Grade;
use crate::eligibility::{Avoided, Conditions, ServiceWanted};
use crate::form::{Reader, number, person, public, public_line};
use crate::identity::{parse_phone, parse_project_code};
use crate::lint::Finding;
use crate::owner::{FundType, OwnerKind};
use crate::policy::Policy;
use crate::qualification::{CERTIFICATES, Combine, Need, PractitionerNeed, QualificationGrade};
use crate::requirement::price::Price;
use crate::requirement::wording;
use crate::selection::{Method, Terms, Variant};
use crate::slip::{Doubt, Usual};
use crate::typed::Folded;
use crate::{Fen, Form, Problems, QualificationKindId, ServiceItemId, ServiceTypeId, Uscc};
use serde::{Deserialize, Serialize};

/// How many rows the form has for groups of qualifications, qualifications a group, certificates, avoided bodies.
pub const GROUPS: usize = 2;
pub const NEEDS_A_GROUP: usize = 3;
pub const CERTIFICATE_ROWS: usize = 3;
pub const AVOIDED_ROWS: usize = 3;

/// How the periods of the form are written behind their number. They are counted in workdays, as the fields say.
const WORKDAYS: &[&str] = &["工作日", "个工作日", "天", "日"];

/// A requirement that can be published: every field parsed, nothing that a rule forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Specification {
    pub item: ServiceItemId,
    pub item_name: String,
    pub project_name: String,
    /// 投资项目统一代码.
    pub project_code: Option<String>,
    pub scale: String,
    pub content: String,
    /// Workdays of service.
    pub service_workdays: u32,
    pub fund: FundType,
    pub price: Price,
    pub price_note: String,
    pub method: Method,
    pub method_reason: Option<String>,
    /// The rule that the owner has chosen of those of the method. Absent in documents of before any method had several,
    /// and left out of the text when there is none, so that its hash stays.
    #[serde(
        default = "no_method_had_variants",
        skip_serializing_if = "Option::is_none"
    )]
    pub variant: Option<Variant>,
    /// Workdays of the sign-up period.
    pub sign_up_workdays: u32,
    pub conditions: Conditions,
    pub other_terms: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub complaint_phone: String,
    /// What the lint found when it was submitted, with the owner's reason for keeping it.
    pub findings: Vec<Finding>,
    pub findings_reason: Option<String>,
    /// An amount that is not usual, which the owner was asked about and has confirmed. Absent in documents that were
    /// handed in before anybody was asked, and left out of the text when there is none, so that its hash stays.
    #[serde(default = "nothing_was_asked", skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

fn no_method_had_variants() -> Option<Variant> {
    None
}

fn nothing_was_asked() -> Option<Doubt> {
    None
}

/// What the catalogue says about the chosen item, as far as the form needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemTerms {
    pub item: ServiceItemId,
    pub item_name: String,
    pub service_types: Vec<(ServiceTypeId, String)>,
    pub kinds: Vec<(QualificationKindId, String)>,
}

/// What else is known when the form is read.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// Who buys.
    pub owner: OwnerKind,
    /// Earlier failed attempts of the same requirement.
    pub failures: u32,
    /// The amount of the last failed attempt: failures at a smaller amount say nothing about a larger one.
    pub failed_amount: Fen,
    /// What the owner has awarded by its own choice for the same service type in the last 12 months.
    pub chosen_last_year: Fen,
    /// What the item usually costs.
    pub usual: Usual,
}

impl Circumstances {
    /// The failures that count for an amount.
    fn failures_at(&self, amount: Fen) -> u32 {
        if amount <= self.failed_amount {
            self.failures
        } else {
            0
        }
    }
}

impl Specification {
    /// Reads the form of a requirement for a chosen item.
    pub fn read(
        form: &Form,
        terms: &ItemTerms,
        policy: &Policy,
        around: Circumstances,
    ) -> Result<Specification, Problems> {
        let mut read = Reader::new(form);
        let project_name = read.need("project_name", public_line(4, 200));
        let project_code = read.maybe("project_code", parse_project_code);
        let scale = read.need("scale", public_line(1, 300));
        let content = read.need("content", public(10, 2_000));
        let service_workdays = read.need("service_workdays", number(1, 365, WORKDAYS));
        let fund = read.choose("fund", FundType::parse);
        let method = read.choose("method", Method::parse);
        let variant = read.maybe("variant", Variant::parse);
        if let (Some(method), Some(chosen)) = (method, variant)
            && let Err(sentence) = method.check_variant(chosen)
        {
            read.wrong("variant", sentence);
        }
        let (amount, price) = Price::read(&mut read, method, policy);
        // A floor is bound to the ceiling by the policy, so one question covers both.
        let doubt = amount.and_then(|amount| around.usual.ask(&mut read, "amount", amount));
        let price_note = read.need("price_note", public_line(1, 300));
        let method_reason = read.maybe("method_reason", public(10, 500));
        let longest = policy.publication.sign_up_longest_workdays;
        let sign_up_workdays = read.need("sign_up_workdays", number(1, longest, WORKDAYS));
        let conditions = read_conditions(&mut read, form, terms);
        let other_terms = read.maybe("other_terms", public(1, 1_000));
        let contact_name = read.need("contact_name", person);
        let contact_phone = read.need("contact_phone", parse_phone);
        let complaint_phone = read.need("complaint_phone", parse_phone);
        let (findings, findings_reason) = wording::read(&mut read, form);
        if fund.is_some_and(|fund| !around.owner.may_spend(fund)) {
            let kind = around.owner.label();
            read.wrong(
                "fund",
                format!("{kind}的资金是财政资金或国有资金，不能选社会资金。"),
            );
        }
        if let Some(fund) = fund {
            let has_reason = method_reason != Some(None);
            judge_method(
                &mut read,
                policy,
                around,
                (fund, method, amount),
                has_reason,
            );
            judge_period(&mut read, policy, fund, amount, sign_up_workdays);
        }
        read.finish(|| {
            Some(Specification {
                item: terms.item,
                item_name: terms.item_name.clone(),
                project_name: project_name?,
                project_code: project_code?,
                scale: scale?,
                content: content?,
                service_workdays: service_workdays?,
                fund: fund?,
                price: price?,
                price_note: price_note?,
                method: method?,
                method_reason: method_reason?,
                variant: variant?,
                sign_up_workdays: sign_up_workdays?,
                conditions: conditions?,
                other_terms: other_terms?.unwrap_or_default(),
                contact_name: contact_name?,
                contact_phone: contact_phone?,
                complaint_phone: complaint_phone?,
                findings,
                findings_reason: findings_reason?,
                doubt: doubt?,
            })
        })
    }

    /// The method, with the rule that was chosen of it.
    pub fn method_words(&self) -> String {
        let method = self.method.label();
        match self.variant {
            Some(variant) => format!("{method}（{}）", variant.label()),
            None => method.to_string(),
        }
    }

    /// What a selection depends on.
    pub fn terms(&self) -> Terms {
        Terms {
            bounds: self.price.bounds(),
            variant: self.variant,
        }
    }

    /// The title of the notice.
    pub fn title(&self) -> String {
        let services: Vec<&str> = self
            .conditions
            .services
            .iter()
            .map(|s| s.name.as_str())
            .collect();
        format!(
            "关于为【{}】公开选取【{}】机构的公告",
            self.project_name,
            services.join("、")
        )
    }

    /// The document as rows of (label, text): what a page shows and what a correction compares.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let conditions = &self.conditions;
        let word = if conditions.services_combine == Combine::Any {
            " 或 "
        } else {
            "、"
        };
        let services: Vec<&str> = conditions
            .services
            .iter()
            .map(|s| s.name.as_str())
            .collect();
        let people = conditions
            .practitioners
            .iter()
            .map(|p| format!("{}不少于 {} 人", p.certificate, p.at_least));
        let avoided = conditions
            .avoided
            .iter()
            .map(|a| format!("{}（{}）", a.name, a.reason));
        vec![
            ("项目名称", self.project_name.clone()),
            ("服务事项", self.item_name.clone()),
            (
                "投资项目代码",
                or_none(self.project_code.as_deref().unwrap_or("")),
            ),
            ("项目规模", self.scale.clone()),
            ("服务内容", self.content.clone()),
            (
                "服务时限",
                format!(
                    "{} 个工作日，自双方确认合同的次一工作日起算",
                    self.service_workdays
                ),
            ),
            ("资金来源", self.fund.label().to_string()),
            ("服务金额", self.price.words()),
            ("金额说明", self.price_note.clone()),
            ("选取方式", self.method_words()),
            (
                "选取方式的理由",
                or_none(self.method_reason.as_deref().unwrap_or("")),
            ),
            ("报名期", format!("{} 个工作日", self.sign_up_workdays)),
            ("服务类型", services.join(word)),
            ("资质要求", conditions.qualification.words()),
            ("执业人员要求", joined(people.collect(), "不要求")),
            (
                "信用等级要求",
                conditions
                    .min_grade
                    .map_or("不限".into(), |g| format!("{} 及以上", g.label())),
            ),
            ("回避单位", joined(avoided.collect(), "无")),
            ("其他要求", or_none(&self.other_terms)),
            ("项目联系人", self.contact_name.clone()),
            ("咨询电话", self.contact_phone.clone()),
            ("监督电话", self.complaint_phone.clone()),
        ]
    }
}

/// Several of one row, or what stands there when there is none.
fn joined(list: Vec<String>, empty: &str) -> String {
    if list.is_empty() {
        empty.to_string()
    } else {
        list.join("；")
    }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "无" } else { text }.to_string()
}

/// What a rule is asked about where the amount cannot be read: what it refuses then, it refuses at every amount.
const LEAST: Fen = Fen(1);

/// Whether the method may be used for this money, and whether its reason is given.
fn judge_method(
    read: &mut Reader<'_>,
    policy: &Policy,
    around: Circumstances,
    (fund, method, amount): (FundType, Option<Method>, Option<Fen>),
    has_reason: bool,
) {
    let Some(method) = method else { return };
    let amount = amount.unwrap_or(LEAST);
    let failures = around.failures_at(amount);
    match policy.method_terms(method, fund, amount, failures, around.chosen_last_year) {
        Err(refusal) => read.wrong("method", refusal.sentence()),
        Ok(terms) if terms.needs_reason && !has_reason => {
            read.wrong("method_reason", "采用这种方式需要说明理由，至少十个字。");
        }
        Ok(_) => {}
    }
}

/// Whether the sign-up period is long enough for this money.
fn judge_period(
    read: &mut Reader<'_>,
    policy: &Policy,
    fund: FundType,
    amount: Option<Fen>,
    days: Option<u32>,
) {
    let shortest = policy.sign_up_shortest(fund, amount.unwrap_or(LEAST));
    if days.is_some_and(|days| days < shortest) {
        let what = amount.map_or("这类资金", |_| "这笔资金和金额");
        let sentence = format!("{what}的报名期不少于 {shortest} 个工作日。");
        read.wrong("sign_up_workdays", sentence);
    }
}

fn read_conditions(read: &mut Reader<'_>, form: &Form, terms: &ItemTerms) -> Option<Conditions> {
    let services = read.some("service_type", |text| {
        let id: ServiceTypeId = crate::form::id(text)?;
        let known = terms.service_types.iter().find(|(known, _)| *known == id);
        known
            .map(|(id, name)| ServiceWanted {
                id: *id,
                name: name.clone(),
            })
            .ok_or("请从列出的选项中选择。".into())
    });
    let services_combine = read_combine(read, form, "services_combine");
    let qualification = read_need(read, form, terms);
    let practitioners = read_practitioners(read, form);
    let min_grade = read.maybe("min_grade", Grade::parse);
    let avoided = read_avoided(read, form);
    Some(Conditions {
        services: services?,
        services_combine: services_combine?,
        qualification: qualification?,
        practitioners: practitioners?,
        min_grade: min_grade?,
        avoided: avoided?,
    })
}

/// A choice of ANY or ALL that defaults to ANY when the page did not offer it.
fn read_combine(read: &mut Reader<'_>, form: &Form, field: &str) -> Option<Combine> {
    if form.get(field).is_empty() {
        Some(Combine::Any)
    } else {
        read.choose(field, Combine::parse)
    }
}

/// Whether anything was put into a row: half a row is a mistake, an empty one is none.
fn touched<const N: usize>(form: &Form, fields: [String; N]) -> bool {
    fields
        .iter()
        .any(|field| !form.get(field).trim().is_empty())
}

/// Reads the tree: rows `need_{group}_{row}_kind|speciality|grade`, a combination for each group and for all.
fn read_need(read: &mut Reader<'_>, form: &Form, terms: &ItemTerms) -> Option<Need> {
    let mut groups = Vec::new();
    let mut sound = true;
    for group in 0..GROUPS {
        let mut needs = Vec::new();
        for row in 0..NEEDS_A_GROUP {
            let field = |name: &str| format!("need_{group}_{row}_{name}");
            if !touched(form, ["kind", "speciality", "grade"].map(field)) {
                continue;
            }
            let kind = read.choose(&field("kind"), |text| {
                let id: QualificationKindId = crate::form::id(text)?;
                let known = terms.kinds.iter().find(|(known, _)| *known == id).cloned();
                known.ok_or_else(|| "请从列出的选项中选择。".to_string())
            });
            let speciality = read.maybe(&field("speciality"), public_line(1, 60));
            // A kind without grades is asked for by its name alone.
            let grade = read.maybe(&field("grade"), QualificationGrade::parse);
            match (kind, speciality, grade) {
                (Some((kind, kind_name)), Some(speciality), Some(at_least)) => {
                    needs.push(Need::Grade {
                        kind,
                        kind_name,
                        speciality: speciality.unwrap_or_default(),
                        at_least: at_least.unwrap_or(QualificationGrade::Ungraded),
                    })
                }
                _ => sound = false,
            }
        }
        let combine = read_combine(read, form, &format!("need_{group}_combine"))?;
        if !needs.is_empty() {
            groups.push(combined(combine, needs));
        }
    }
    let combine = read_combine(read, form, "need_combine")?;
    sound.then(|| {
        if groups.is_empty() {
            Need::none()
        } else {
            combined(combine, groups)
        }
    })
}

fn combined(combine: Combine, mut needs: Vec<Need>) -> Need {
    if needs.len() == 1 {
        return needs.remove(0);
    }
    match combine {
        Combine::Any => Need::Any(needs),
        Combine::All => Need::All(needs),
    }
}

fn read_practitioners(read: &mut Reader<'_>, form: &Form) -> Option<Vec<PractitionerNeed>> {
    let mut needs = Vec::new();
    let mut sound = true;
    for row in 0..CERTIFICATE_ROWS {
        let (name, count) = (
            format!("certificate_{row}"),
            format!("certificate_{row}_count"),
        );
        if !touched(form, [name.clone(), count.clone()]) {
            continue;
        }
        let certificate = read.choose(&name, |text| {
            let known = CERTIFICATES
                .iter()
                .find(|&&known| Folded::of(known) == Folded::of(text));
            known
                .map(|known| known.to_string())
                .ok_or_else(|| "请从列出的证书中选择。".to_string())
        });
        match (
            certificate,
            read.need(&count, number(1, 50, &["人", "名", "位", "个"])),
        ) {
            (Some(certificate), Some(at_least)) => needs.push(PractitionerNeed {
                certificate,
                at_least,
            }),
            _ => sound = false,
        }
    }
    sound.then_some(needs)
}

fn read_avoided(read: &mut Reader<'_>, form: &Form) -> Option<Vec<Avoided>> {
    let mut list = Vec::new();
    let mut sound = true;
    for row in 0..AVOIDED_ROWS {
        let field = |name: &str| format!("avoided_{row}_{name}");
        if !touched(form, ["uscc", "name", "reason"].map(field)) {
            continue;
        }
        // An irregular code passes here: the call knows whether a body has registered with it.
        let uscc = read.need(&field("uscc"), Uscc::printed);
        let name = read.need(&field("name"), public_line(2, 100));
        let reason = read.need(&field("reason"), public_line(4, 200));
        match (uscc, name, reason) {
            (Some(uscc), Some(name), Some(reason)) => list.push(Avoided { uscc, name, reason }),
            _ => sound = false,
        }
    }
    sound.then_some(list)
}

#[cfg(test)]
#[path = "specification_tests.rs"]
mod tests;
