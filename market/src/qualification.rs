//! 资质 and 执业人员: what an agency holds, what a requirement asks for, and whether the one meets the other.
//! Grades carry a rank, smaller is higher. Needs form a tree of ANY and ALL.

use crate::QualificationKindId;
use crate::coded::coded;
use crate::time::Date;
use crate::typed::Folded;
use serde::{Deserialize, Serialize};

coded! {
    /// The grades of Chinese qualifications, in one scale of ranks for each family.
    pub enum QualificationGrade ("qualification_grade") {
        Comprehensive = "comprehensive", "综合";
        ClassA = "class_a", "甲级";
        ClassB = "class_b", "乙级";
        ClassC = "class_c", "丙级";
        ClassD = "class_d", "丁级";
        First = "first", "一级";
        Second = "second", "二级";
        Third = "third", "三级";
        Ungraded = "ungraded", "不分等级";
    }
}

impl QualificationGrade {
    /// The rank within its kind: 0 is the highest. A holder satisfies a need of an equal or larger rank.
    pub fn rank(self) -> u8 {
        match self {
            QualificationGrade::Comprehensive => 0,
            QualificationGrade::ClassA | QualificationGrade::First => 1,
            QualificationGrade::ClassB | QualificationGrade::Second => 2,
            QualificationGrade::ClassC | QualificationGrade::Third => 3,
            QualificationGrade::ClassD => 4,
            QualificationGrade::Ungraded => 5,
        }
    }
}

coded! {
    /// How several needs combine.
    pub enum Combine ("combine") {
        Any = "any", "符合其一";
        All = "all", "同时符合";
    }
}

/// A qualification that an agency holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldQualification {
    pub kind: QualificationKindId,
    /// Empty when the kind has no specialities.
    pub speciality: String,
    pub grade: QualificationGrade,
    pub valid_from: Date,
    /// `None` means without end (长期).
    pub valid_until: Option<Date>,
}

impl HeldQualification {
    /// Whether the certificate is valid on that day, both ends included.
    pub fn is_valid(&self, on: Date) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|until| on <= until)
    }
}

/// What a requirement asks for: a grade of a kind, or several of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    Grade {
        kind: QualificationKindId,
        /// The kind's name when the requirement was written, so that notices read alone.
        kind_name: String,
        /// Empty: any speciality.
        speciality: String,
        at_least: QualificationGrade,
    },
    Any(Vec<Need>),
    All(Vec<Need>),
}

impl Need {
    /// Nothing is asked for.
    pub fn none() -> Need {
        Need::All(Vec::new())
    }

    /// Whether nothing is asked for.
    pub fn is_none(&self) -> bool {
        match self {
            Need::Grade { .. } => false,
            Need::Any(needs) | Need::All(needs) => needs.iter().all(Need::is_none),
        }
    }

    /// Whether what is held meets the need on that day. An empty ANY asks for nothing.
    pub fn is_met(&self, held: &[HeldQualification], on: Date) -> bool {
        match self {
            Need::Grade {
                kind,
                speciality,
                at_least,
                ..
            } => held.iter().any(|h| {
                h.kind == *kind
                    && h.is_valid(on)
                    && h.grade.rank() <= at_least.rank()
                    && (speciality.is_empty()
                        || Folded::of(&h.speciality) == Folded::of(speciality)
                        || h.grade == QualificationGrade::Comprehensive)
            }),
            Need::Any(needs) => needs.is_empty() || needs.iter().any(|need| need.is_met(held, on)),
            Need::All(needs) => needs.iter().all(|need| need.is_met(held, on)),
        }
    }

    /// The need in words: `测绘资质（工程测量）乙级及以上，且（…或…）`.
    pub fn words(&self) -> String {
        match self {
            Need::Grade {
                kind_name,
                speciality,
                at_least,
                ..
            } => {
                let speciality = if speciality.is_empty() {
                    String::new()
                } else {
                    format!("（{speciality}）")
                };
                match at_least {
                    QualificationGrade::Ungraded => format!("{kind_name}{speciality}"),
                    grade => format!("{kind_name}{speciality}{}及以上", grade.label()),
                }
            }
            Need::Any(needs) => Self::joined(needs, "，或"),
            Need::All(needs) => Self::joined(needs, "，且"),
        }
    }

    fn joined(needs: &[Need], word: &str) -> String {
        let parts: Vec<String> = needs
            .iter()
            .filter(|need| !need.is_none())
            .map(|need| match need {
                Need::Any(inner) | Need::All(inner) if inner.len() > 1 && needs.len() > 1 => {
                    format!("（{}）", need.words())
                }
                _ => need.words(),
            })
            .collect();
        if parts.is_empty() {
            "不要求资质".to_string()
        } else {
            parts.join(word)
        }
    }
}

/// The professional certificates that a requirement may ask for by number (国家职业资格目录, shortened to
/// those that intermediary services use).
pub const CERTIFICATES: &[&str] = &[
    "注册造价工程师",
    "注册咨询工程师（投资）",
    "注册会计师",
    "资产评估师",
    "房地产估价师",
    "注册测绘师",
    "注册建筑师",
    "注册结构工程师",
    "注册土木工程师（岩土）",
    "注册监理工程师",
    "注册城乡规划师",
    "环境影响评价工程师",
    "注册安全工程师",
    "注册消防工程师",
    "注册公用设备工程师",
    "注册计量师",
    "检测员",
    "水土保持方案编制人员",
    "地质灾害评估技术负责人",
    "执业律师",
    "司法鉴定人",
    "信息系统监理师",
    "等级测评师",
    "技术负责人",
];

/// So many persons with a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PractitionerNeed {
    pub certificate: String,
    /// Persons.
    pub at_least: u32,
}

/// A person whom an agency has on its list for a service type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPractitioner {
    pub certificate: String,
    pub valid_until: Option<Date>,
}

impl HeldPractitioner {
    /// Whether the certificate is valid on that day.
    pub fn is_valid(&self, on: Date) -> bool {
        self.valid_until.is_none_or(|until| on <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn kind(n: u128) -> QualificationKindId {
        QualificationKindId(Uuid::from_u128(n))
    }

    fn held(n: u128, grade: QualificationGrade) -> HeldQualification {
        HeldQualification {
            kind: kind(n),
            speciality: "工程测量".into(),
            grade,
            valid_from: date!(2025 - 01 - 01),
            valid_until: Some(date!(2027 - 01 - 01)),
        }
    }

    fn need(n: u128, at_least: QualificationGrade) -> Need {
        Need::Grade {
            kind: kind(n),
            kind_name: format!("资质{n}"),
            speciality: String::new(),
            at_least,
        }
    }

    #[test]
    fn a_higher_grade_meets_a_lower_need_until_its_last_day() {
        let on = date!(2026 - 06 - 01);
        let b = [held(1, QualificationGrade::ClassB)];
        assert!(need(1, QualificationGrade::ClassB).is_met(&b, on));
        assert!(need(1, QualificationGrade::ClassC).is_met(&b, on));
        assert!(!need(1, QualificationGrade::ClassA).is_met(&b, on));
        assert!(!need(2, QualificationGrade::ClassC).is_met(&b, on));
        assert!(need(1, QualificationGrade::ClassB).is_met(&b, date!(2027 - 01 - 01)));
        assert!(!need(1, QualificationGrade::ClassB).is_met(&b, date!(2027 - 01 - 02)));
        assert!(need(1, QualificationGrade::ClassB).is_met(&b, date!(2025 - 01 - 01)));
        assert!(!need(1, QualificationGrade::ClassB).is_met(&b, date!(2024 - 12 - 31)));
    }

    #[test]
    fn comprehensive_covers_every_speciality() {
        let on = date!(2026 - 06 - 01);
        let asks = Need::Grade {
            kind: kind(1),
            kind_name: "工程监理企业资质".into(),
            speciality: "市政公用工程".into(),
            at_least: QualificationGrade::ClassA,
        };
        assert!(!asks.is_met(&[held(1, QualificationGrade::ClassA)], on));
        assert!(asks.is_met(&[held(1, QualificationGrade::Comprehensive)], on));
    }

    #[test]
    fn trees_read_as_sentences() {
        let tree = Need::All(vec![
            need(1, QualificationGrade::ClassB),
            Need::Any(vec![
                need(2, QualificationGrade::ClassA),
                need(3, QualificationGrade::Ungraded),
            ]),
        ]);
        assert_eq!(
            tree.words(),
            "资质1乙级及以上，且（资质2甲级及以上，或资质3）"
        );
        assert_eq!(Need::none().words(), "不要求资质");
    }

    fn any_need() -> impl Strategy<Value = Need> {
        let grade = proptest::sample::select(QualificationGrade::ALL);
        let leaf = (0u128..4, grade).prop_map(|(n, grade)| need(n, grade));
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Need::Any),
                proptest::collection::vec(inner, 0..4).prop_map(Need::All),
            ]
        })
    }

    proptest! {
        #[test]
        fn holding_more_never_makes_one_fail(tree in any_need(), mine in proptest::collection::vec((0u128..4, proptest::sample::select(QualificationGrade::ALL)), 0..5), extra in (0u128..4, proptest::sample::select(QualificationGrade::ALL))) {
            let on = date!(2026 - 06 - 01);
            let mut list: Vec<_> = mine.into_iter().map(|(n, grade)| held(n, grade)).collect();
            let before = tree.is_met(&list, on);
            list.push(held(extra.0, extra.1));
            prop_assert!(!before || tree.is_met(&list, on));
        }

        #[test]
        fn what_asks_for_nothing_is_met_by_nobody_holding_anything(tree in any_need()) {
            if tree.is_none() {
                prop_assert!(tree.is_met(&[], date!(2026 - 06 - 01)));
            }
        }
    }
}
