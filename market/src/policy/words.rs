//! The parameters in plain words, for the page "规则与政策". Derived from the values, so that page and
//! decision cannot disagree.

use super::{ByFund, Policy};
use crate::Fen;
use crate::calendar::Pace;
use crate::credit::Grade;
use crate::selection::rules::{Money, MoneyRules};
use crate::selection::{Chooser, Method};

/// A chapter of rules: a title and sentences with the values filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// The anchor on the page.
    pub anchor: &'static str,
    pub title: &'static str,
    pub sentences: Vec<String>,
}

impl Policy {
    /// Every rule in force under this version.
    pub fn chapters(&self) -> Vec<Chapter> {
        vec![
            self.general(),
            self.settling(),
            self.publishing(),
            self.selecting(),
            self.awarding(),
            self.contracting(),
            self.rating_words(),
            self.credit_words(),
        ]
    }

    /// A number of workdays at this policy's pace: `3 个工作日`, or `3 × 60 秒` in the demo.
    pub fn workdays(&self, n: u32) -> String {
        match self.pace {
            Pace::Workdays => format!("{n} 个工作日"),
            Pace::Seconds { per_workday: 60 } => format!("{n} 分钟（正式为 {n} 个工作日）"),
            Pace::Seconds { per_workday } => {
                format!("{} 秒（正式为 {n} 个工作日）", n * per_workday)
            }
        }
    }

    /// How fast the demo's time passes: `一个工作日只有 1 分钟`.
    pub fn pace_words(&self) -> String {
        match self.pace {
            Pace::Workdays => "一个工作日就是一个工作日".into(),
            Pace::Seconds { per_workday: 60 } => "一个工作日只有 1 分钟".into(),
            Pace::Seconds { per_workday } => format!("一个工作日只有 {per_workday} 秒"),
        }
    }

    fn by_fund(&self, value: ByFund) -> String {
        format!(
            "财政和国有资金 {}，社会资金 {}",
            self.workdays(value.public),
            self.workdays(value.social)
        )
    }

    /// When the owner must give a reason for a method: `采用随机抽取且金额超过 200,000.00 元，或者采用直接选取`. Public
    /// money only.
    pub fn reason_words(&self) -> String {
        let rows = self.selection.methods.0.iter();
        let public = rows.filter(|row| row.money == Money::Public);
        let words: Vec<String> = public
            .filter_map(|row| {
                let label = row.method.label();
                Some(match row.rules.reason_above? {
                    Fen(0) => format!("采用{label}"),
                    above => format!("采用{label}且金额超过 {} 元", above.yuan()),
                })
            })
            .collect();
        words.join("，或者")
    }

    fn general(&self) -> Chapter {
        let mut sentences = vec![
            "期限从次一工作日起算，到最后一个工作日 24:00 止，按北京时间和国务院节假日安排计算。"
                .to_string(),
            "每一项决定都记录所依据的政策版本，规则改变不影响已经发布的公告。".to_string(),
        ];
        if self.is_demo() {
            sentences.insert(
                0,
                "本站目前是演示环境：凡“工作日”都按很短的时间计，便于走完全过程。".into(),
            );
        }
        Chapter {
            anchor: "general",
            title: "通则",
            sentences,
        }
    }

    fn settling(&self) -> Chapter {
        let rules = &self.onboarding;
        Chapter {
            anchor: "onboarding",
            title: "机构入驻",
            sentences: vec![
                format!(
                    "运营机构的形式核对不超过 {}。",
                    self.workdays(rules.formal_check_workdays)
                ),
                format!(
                    "各服务类型由其主管部门审核，经办与复核为两人，不超过 {}。",
                    self.workdays(rules.vetting_workdays)
                ),
                format!(
                    "审核通过后公示 {}，公示期满该服务类型开通。",
                    self.workdays(rules.publicity_workdays)
                ),
                "入驻免费，不设数量和时间限制，不要求设立本地分支机构、本地业绩或加入协会。".into(),
            ],
        }
    }

    fn publishing(&self) -> Chapter {
        let rules = &self.publication;
        Chapter {
            anchor: "publication",
            title: "需求与公告",
            sentences: vec![
                format!(
                    "需求由运营机构一人审核（{}内）、另一人发布（{}内）。",
                    self.workdays(rules.audit_workdays),
                    self.workdays(rules.publish_workdays)
                ),
                format!("报名期最短：{}。", self.by_fund(rules.sign_up_workdays)),
                format!(
                    "公共资金不超过 {} 元的，报名期最短 {}；任何项目最长 {}。",
                    rules.small_amount.yuan(),
                    self.workdays(rules.sign_up_small_workdays),
                    self.workdays(rules.sign_up_longest_workdays)
                ),
                "报名截止时刻为报名期满后的次一工作日 15:00；截止前不公开报名家数和名称。".into(),
                format!(
                    "报名家数不足的，自动延长 {} 次，每次 {}；仍不足的，项目流标，可重新发布。",
                    rules.extensions,
                    self.workdays(rules.extension_workdays)
                ),
                format!(
                    "更正公告在报名期过半后发布的，至少再留 {}。",
                    self.workdays(rules.correction_workdays)
                ),
            ],
        }
    }

    fn selecting(&self) -> Chapter {
        let rules = &self.selection;
        let procurement = match rules.procurement_limit {
            Some(limit) => format!(
                "公共资金达到政府采购限额标准 {} 元的，不在本超市办理。",
                limit.yuan()
            ),
            None => {
                "政府采购限额标准由财政部门按年度公布后录入；录入前以财政部门要求为准。".to_string()
            }
        };
        let mut sentences: Vec<String> = rules
            .methods
            .methods()
            .into_iter()
            .map(|method| self.method_words(method))
            .collect();
        sentences.extend([
            format!("报价的最低限价不低于最高限价的 {}%。", rules.floor_percent),
            format!(
                "公共资金达到 {} 元的，应依法招标，不在本超市办理。",
                rules.must_tender.yuan()
            ),
            procurement,
            format!(
                "{}的选取同时产生候补 {} 家。",
                Method::labels(|kind| kind.has_backups),
                rules.backups
            ),
        ]);
        Chapter {
            anchor: "selection",
            title: "选取方式",
            sentences,
        }
    }

    /// A method in one sentence: how many it needs, how it decides, what it may be used for.
    fn method_words(&self, method: Method) -> String {
        let (rules, kind) = (&self.selection, method.kind());
        let row = |money| rules.methods.of(method, money);
        let least = [("公共资金", Money::Public), ("社会资金", Money::Social)];
        let least: Vec<String> = least
            .into_iter()
            .map(|(name, money)| match row(money) {
                Some(row) => format!("{name}不少于 {} 家", row.min_entrants),
                None => format!("{name}不适用"),
            })
            .collect();
        let mut clauses = vec![least.join("，"), kind.words.rule.to_string()];
        if kind.rounds > 0 {
            clauses.push(format!("报价 {} 轮", kind.rounds));
        }
        if let Chooser::Owner = kind.chooser {
            clauses.push(format!(
                "{}内选出，最多选 {} 次",
                self.workdays(rules.choice_workdays),
                rules.choices
            ));
        }
        if let Some(public) = row(Money::Public) {
            clauses.extend(limit_words(public));
        }
        format!("{}：{}。", method.label(), clauses.join("；"))
    }

    fn awarding(&self) -> Chapter {
        let rules = &self.award;
        Chapter {
            anchor: "award",
            title: "中选",
            sentences: vec![
                format!("结果公示：{}。", self.by_fund(rules.publicity_workdays)),
                format!(
                    "机构在结果公布后 {}内确认；放弃或不确认的，由候补递补，没有候补的，项目流标。",
                    self.workdays(rules.confirm_workdays)
                ),
                "公示期满且机构已确认的，系统发出中选通知书，附可查验的编号和二维码。".into(),
            ],
        }
    }

    fn contracting(&self) -> Chapter {
        let rules = &self.contract;
        Chapter {
            anchor: "contract",
            title: "合同与履约",
            sentences: vec![
                format!(
                    "中选通知书发出后 {}内签订合同，签订后 {}内备案；任一方录入，另一方 {}内确认；合同金额必须等于中选金额。",
                    self.workdays(rules.sign_workdays),
                    self.workdays(rules.file_workdays),
                    self.workdays(rules.confirm_workdays)
                ),
                "服务期限自双方确认合同的次一工作日起算；提交成果时停表，成果被退回时顺延业主验收所用的工作日后继续计时。".into(),
                format!("业主 {}内验收或者退回。", self.workdays(rules.accept_workdays)),
                format!(
                    "超过 {}未验收的：社会资金视为验收，公共资金由运营机构督促。",
                    self.workdays(rules.silent_accept_workdays)
                ),
                format!("超期 {}以上的，按严重超期记信用。", self.workdays(rules.overdue_serious_workdays)),
            ],
        }
    }

    fn rating_words(&self) -> Chapter {
        let rules = &self.rating;
        Chapter {
            anchor: "rating",
            title: "评价",
            sentences: vec![
                "每份合同评价一次，分服务质量、服务时效、服务态度、服务收费、服务规范五项，每项 1 至 5 分；任一项 2 分及以下应写明理由。".into(),
                format!("办结后 {}内评价；机构可以在评价后 {}内公开回复。", self.workdays(rules.window_workdays), self.workdays(rules.reply_workdays)),
                "逾期未评价的，不自动给好评，也不计入平均；公共资金的业主评价之前不能发布新的需求。".into(),
            ],
        }
    }

    fn credit_words(&self) -> Chapter {
        let rules = &self.credit;
        let points = |hundredths: i32| crate::credit::points_text(hundredths);
        let bound = |grade: Grade| points(rules.lower_bound(grade));
        let mut sentences = vec![
            format!(
                "信用分 = {} + 有效加分 − 有效扣分，最低 {}，最高 {}。",
                points(rules.base),
                points(rules.lowest),
                points(rules.highest)
            ),
            format!(
                "A+：{} 分及以上；A：{} 分及以上；B：{} 分及以上；C：{} 分及以上；D：{} 分以下。",
                bound(Grade::APlus),
                bound(Grade::A),
                bound(Grade::B),
                bound(Grade::C),
                bound(Grade::C)
            ),
            format!(
                "扣分事项先告知机构，{}的陈述期满后生效；到期自动失效，分值随即恢复。",
                self.workdays(rules.state_case_workdays)
            ),
            format!(
                "12 个月内放弃中选满 {} 次的，暂停参与 {} 个月。",
                rules.give_up_limit, rules.give_up_suspend_months
            ),
            format!(
                "红榜：信用分不低于 {}，且近 {} 个月没有扣分、完成合同不少于 {} 份。",
                points(rules.red_list_score),
                rules.red_list_clean_months,
                rules.red_list_contracts
            ),
        ];
        for rule in &rules.events {
            sentences.push(format!(
                "{} {}：{} 分，{}，有效 {} 个月。",
                rule.code.code(),
                rule.code.label(),
                points(rule.points),
                rule.severity.label(),
                rule.months
            ));
        }
        Chapter {
            anchor: "credit",
            title: "信用",
            sentences,
        }
    }
}

/// The limits of public money, where there are any.
fn limit_words(rules: &MoneyRules) -> Vec<String> {
    let mut clauses = Vec::new();
    if let Some(cap) = rules.cap {
        clauses.push(format!("公共资金不超过 {} 元", cap.yuan()));
    }
    if let Some(cap) = rules.year_cap {
        let year = format!("同一业主同类服务 12 个月合计不超过 {} 元", cap.yuan());
        clauses.push(year);
    }
    if let (Some(_), Some(failures)) = (rules.cap.or(rules.year_cap), rules.failures_lift_caps) {
        clauses.push(format!("流标 {failures} 次后的项目不受金额上限限制"));
    }
    match rules.reason_above {
        Some(Fen(0)) => clauses.push("公共资金应说明采用的理由".into()),
        Some(above) => clauses.push(format!("公共资金超过 {} 元的，应说明理由", above.yuan())),
        None => {}
    }
    clauses
}

impl Fen {
    /// `8.60 万元` from ten thousand yuan on, `860.00 元` below.
    pub fn short(self) -> String {
        if self.0.abs() >= 1_000_000 {
            format!("{} 万元", self.wan())
        } else {
            format!("{} 元", self.yuan())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chapter_says_something_and_uses_the_values() {
        let policy = Policy::standard();
        let all: String = policy
            .chapters()
            .iter()
            .flat_map(|c| c.sentences.clone())
            .collect();
        assert!(
            policy
                .chapters()
                .iter()
                .all(|chapter| !chapter.sentences.is_empty())
        );
        for value in [
            "50,000.00",
            "200,000.00",
            "1,000,000.00",
            "120",
            "M02",
            "3 个工作日",
        ] {
            assert!(all.contains(value), "{value}");
        }
        for method in Method::ALL {
            assert!(all.contains(method.kind().words.rule), "{method}");
        }
        assert_eq!(
            policy.reason_words(),
            "采用随机抽取且金额超过 200,000.00 元，或者采用直接选取"
        );
        assert!(Policy::demo("demo", 60).chapters()[0].sentences[0].contains("演示"));
    }
}
