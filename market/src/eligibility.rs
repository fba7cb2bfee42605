//! Who may take part: one pure judgement, used at sign-up, at the deadline and at the award alike.
//! Deny by default, and every "no" has a reason that the agency can read.

mod people;
mod reasons;

pub use people::{ActingPerson, Relation};
pub use reasons::{Reasons, Told};

use crate::agency::{AgencyState, ServiceState};
use crate::credit::Grade;
use crate::qualification::{Combine, HeldPractitioner, HeldQualification, Need, PractitionerNeed};
use crate::time::{Date, day, stamp, stamp_end};
use crate::typed::Name;
use crate::{AgencyId, Refusal, ServiceTypeId, SignUpId, Timestamp, Uscc};
use serde::{Deserialize, Serialize};

/// A service type by id, with its name when the requirement was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceWanted {
    pub id: ServiceTypeId,
    pub name: String,
}

/// A body that must not take part, and why. Published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avoided {
    pub uscc: Uscc,
    pub name: String,
    pub reason: String,
}

/// What a requirement asks of those who take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    pub services: Vec<ServiceWanted>,
    pub services_combine: Combine,
    pub qualification: Need,
    pub practitioners: Vec<PractitionerNeed>,
    /// The lowest credit grade that may take part; `None` takes all.
    pub min_grade: Option<Grade>,
    pub avoided: Vec<Avoided>,
}

/// An agency's state in one service type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldService {
    pub id: ServiceTypeId,
    pub state: ServiceState,
}

/// Everything about an agency that the judgement reads, as of one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub agency: AgencyId,
    pub uscc: Uscc,
    pub name: String,
    pub legal_representative: Name,
    pub contact_name: Name,
    /// Everybody who acts or ever acted for it.
    pub people: Vec<ActingPerson>,
    pub state: AgencyState,
    pub suspended_until: Option<Timestamp>,
    pub grade: Grade,
    pub services: Vec<HeldService>,
    pub qualifications: Vec<HeldQualification>,
    pub practitioners: Vec<HeldPractitioner>,
}

/// What the judgement knows of the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    pub uscc: Uscc,
    pub legal_representative: Name,
    /// The owner's contact and the document's.
    pub contacts: Vec<Name>,
    /// Everybody who acts or ever acted for it.
    pub people: Vec<ActingPerson>,
    /// When the requirement was begun: who acted for the buyer since then counts.
    pub since: Timestamp,
}

/// Why an agency may not take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Ineligibility {
    NotSettled {
        state: Told<AgencyState>,
    },
    Suspended {
        until: String,
    },
    ServiceNotActive {
        services: String,
    },
    QualificationMissing {
        need: String,
    },
    PractitionersTooFew {
        certificate: String,
        need: u32,
        have: u32,
    },
    GradeTooLow {
        need: Told<Grade>,
        have: Told<Grade>,
    },
    Avoided {
        reason: String,
    },
    RelatedToOwner {
        how: Told<Relation>,
    },
    RelatedToEntrant {
        name: String,
    },
    SharesPeopleWithEntrant {
        name: String,
    },
    BidInvalid {
        why: String,
    },
}

/// One who signed up and is not on the frozen list, with all reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    pub sign_up: SignUpId,
    pub agency: AgencyId,
    pub uscc: String,
    pub reasons: Vec<Ineligibility>,
}

impl Ineligibility {
    /// Whether it is about who the people behind the agency are, not about what the agency has or is.
    pub fn is_of_people(&self) -> bool {
        match self {
            Self::Avoided { .. }
            | Self::RelatedToOwner { .. }
            | Self::RelatedToEntrant { .. }
            | Self::SharesPeopleWithEntrant { .. } => true,
            Self::NotSettled { .. }
            | Self::Suspended { .. }
            | Self::ServiceNotActive { .. }
            | Self::QualificationMissing { .. }
            | Self::PractitionersTooFew { .. }
            | Self::GradeTooLow { .. }
            | Self::BidInvalid { .. } => false,
        }
    }

    /// One sentence for the agency and for the public record.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotSettled { state } => format!("机构尚未入驻（{state}）。"),
            Self::Suspended { until } => format!("机构处于暂停参与期，至 {until}。"),
            Self::ServiceNotActive { services } => format!("未开通所需的服务类型：{services}。"),
            Self::QualificationMissing { need } => format!("没有在有效期内的所需资质：{need}。"),
            Self::PractitionersTooFew {
                certificate,
                need,
                have,
            } => {
                format!("{certificate}要求不少于 {need} 人，现有 {have} 人。")
            }
            Self::GradeTooLow { need, have } => {
                format!("要求信用等级 {need} 及以上，现为 {have}。")
            }
            Self::Avoided { reason } => format!("在本项目的回避名单中，原因：{reason}"),
            Self::RelatedToOwner { how } => format!("与项目业主存在关联：{how}。"),
            Self::RelatedToEntrant { name } => {
                format!("与更早报名的“{name}”法定代表人同名，只能有一家参加。")
            }
            Self::SharesPeopleWithEntrant { name } => {
                format!("与更早报名的“{name}”由同一人代表，只能有一家参加。")
            }
            Self::BidInvalid { why } => format!("报价无效：{why}"),
        }
    }

    /// What the agency can do about it.
    pub fn way_out(&self) -> &'static str {
        match self {
            Self::NotSettled { .. } => "请在“入驻资料”中提交并通过形式核对。",
            Self::Suspended { .. } => "暂停期满后自动恢复。",
            Self::ServiceNotActive { .. } => "请在“入驻资料”中申请开通该服务类型，由主管部门审核。",
            Self::QualificationMissing { .. } => {
                "请在“入驻资料”中补充或更新资质，审核通过后即可报名。"
            }
            Self::PractitionersTooFew { .. } => "请在“入驻资料”中补充执业人员。",
            Self::GradeTooLow { .. } => {
                "信用事项到期后分值自动恢复，可在“信用公示”查看每一项的截止日期。"
            }
            Self::RelatedToOwner { how } if how.is(|how| how.is_by_contact()) => {
                "只是同名、并非同一人的，可在“入驻资料”中更换联系人；对关联认定有异议的，可拨打公告中的监督电话。"
            }
            Self::Avoided { .. }
            | Self::RelatedToOwner { .. }
            | Self::RelatedToEntrant { .. }
            | Self::SharesPeopleWithEntrant { .. } => {
                "对回避或关联认定有异议的（例如只是同名、并非同一人），可拨打公告中的监督电话。"
            }
            Self::BidInvalid { .. } => "开标后报价不能更改。",
        }
    }
}

/// One condition, how the agency stands to it, and the reason when it fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub condition: String,
    pub mine: String,
    pub failure: Option<Ineligibility>,
}

/// Judges every condition, for the agency to read.
pub fn checks(
    candidate: &Candidate,
    conditions: &Conditions,
    buyer: &Buyer,
    at: Timestamp,
) -> Vec<Check> {
    let on = day(at);
    let mut checks = vec![standing(candidate, at), services(candidate, conditions)];
    if !conditions.qualification.is_none() {
        checks.push(qualification(candidate, &conditions.qualification, on));
    }
    checks.extend(
        conditions
            .practitioners
            .iter()
            .map(|need| practitioners(candidate, need, on)),
    );
    if let Some(min) = conditions.min_grade {
        checks.push(grade(candidate, min));
    }
    checks.push(independence(candidate, conditions, buyer));
    checks
}

/// Only the failures: empty means that the agency may take part at that instant.
pub fn ineligibility(
    candidate: &Candidate,
    conditions: &Conditions,
    buyer: &Buyer,
    at: Timestamp,
) -> Vec<Ineligibility> {
    checks(candidate, conditions, buyer, at)
        .into_iter()
        .filter_map(|check| check.failure)
        .collect()
}

/// Whether the agency may take part at that instant. Errors: [`Refusal::NotEligible`] with every reason.
pub fn admit(
    candidate: &Candidate,
    conditions: &Conditions,
    buyer: &Buyer,
    at: Timestamp,
) -> Result<(), Refusal> {
    match ineligibility(candidate, conditions, buyer, at) {
        reasons if reasons.is_empty() => Ok(()),
        reasons => Err(Refusal::NotEligible { reasons }),
    }
}

fn standing(candidate: &Candidate, at: Timestamp) -> Check {
    let suspended = candidate.suspended_until.filter(|until| at < *until);
    let failure = if candidate.state != AgencyState::Settled {
        Some(Ineligibility::NotSettled {
            state: candidate.state.into(),
        })
    } else {
        suspended.map(|until| Ineligibility::Suspended {
            until: stamp(until),
        })
    };
    let mine = match suspended {
        Some(until) => format!("暂停至 {}", stamp_end(until)),
        None => candidate.state.label().to_string(),
    };
    Check {
        condition: "已入驻且未被暂停".into(),
        mine,
        failure,
    }
}

fn services(candidate: &Candidate, conditions: &Conditions) -> Check {
    let is_active = |wanted: &&ServiceWanted| {
        candidate
            .services
            .iter()
            .any(|held| held.id == wanted.id && held.state == ServiceState::Active)
    };
    let wanted = &conditions.services;
    let active: Vec<&ServiceWanted> = wanted.iter().filter(is_active).collect();
    let met = match conditions.services_combine {
        Combine::Any => !active.is_empty(),
        Combine::All => active.len() == wanted.len() && !wanted.is_empty(),
    };
    let names = |list: &[&ServiceWanted], word: &str| {
        list.iter()
            .map(|service| service.name.as_str())
            .collect::<Vec<_>>()
            .join(word)
    };
    let word = if conditions.services_combine == Combine::Any {
        " 或 "
    } else {
        "、"
    };
    let all: Vec<&ServiceWanted> = wanted.iter().collect();
    let missing: Vec<&ServiceWanted> = wanted
        .iter()
        .filter(|service| !is_active(service))
        .collect();
    Check {
        condition: format!("服务类型：{}", names(&all, word)),
        mine: if active.is_empty() {
            "未开通".into()
        } else {
            format!("已开通 {}", names(&active, "、"))
        },
        failure: (!met).then(|| Ineligibility::ServiceNotActive {
            services: names(&missing, word),
        }),
    }
}

fn qualification(candidate: &Candidate, need: &Need, on: Date) -> Check {
    let met = need.is_met(&candidate.qualifications, on);
    let valid = candidate
        .qualifications
        .iter()
        .filter(|held| held.is_valid(on))
        .count();
    Check {
        condition: format!("资质：{}", need.words()),
        mine: format!("有效资质 {valid} 项"),
        failure: (!met).then(|| Ineligibility::QualificationMissing { need: need.words() }),
    }
}

fn practitioners(candidate: &Candidate, need: &PractitionerNeed, on: Date) -> Check {
    let counts =
        |held: &&HeldPractitioner| held.certificate == need.certificate && held.is_valid(on);
    let have = crate::count::of(candidate.practitioners.iter().filter(counts).count());
    Check {
        condition: format!("{}不少于 {} 人", need.certificate, need.at_least),
        mine: format!("{have} 人"),
        failure: (have < need.at_least).then(|| Ineligibility::PractitionersTooFew {
            certificate: need.certificate.clone(),
            need: need.at_least,
            have,
        }),
    }
}

fn grade(candidate: &Candidate, min: Grade) -> Check {
    Check {
        condition: format!("信用等级 {} 及以上", min.label()),
        mine: candidate.grade.label().to_string(),
        failure: (!candidate.grade.reaches(min)).then(|| Ineligibility::GradeTooLow {
            need: min.into(),
            have: candidate.grade.into(),
        }),
    }
}

fn independence(candidate: &Candidate, conditions: &Conditions, buyer: &Buyer) -> Check {
    let avoided = conditions
        .avoided
        .iter()
        .find(|avoided| avoided.uscc == candidate.uscc);
    let failure = if let Some(avoided) = avoided {
        Some(Ineligibility::Avoided {
            reason: avoided.reason.clone(),
        })
    } else if candidate.uscc == buyer.uscc {
        Some(Ineligibility::RelatedToOwner {
            how: Relation::IsOwner.into(),
        })
    } else if people::same(&candidate.legal_representative, &buyer.legal_representative) {
        Some(Ineligibility::RelatedToOwner {
            how: Relation::SameHead.into(),
        })
    } else {
        people::shared(candidate, buyer)
            .map(|how| Ineligibility::RelatedToOwner { how: how.into() })
    };
    Check {
        condition: "不在回避名单，与业主无关联".into(),
        mine: if failure.is_some() {
            "有关联".into()
        } else {
            "未发现".into()
        },
        failure,
    }
}

/// Among entrants in order of receipt, those who share a legal representative or a person who acts with an earlier one.
/// Only the earliest may take part. Returns positions with the reason.
pub fn related(entrants: &[&Candidate]) -> Vec<(usize, Ineligibility)> {
    let mut found = Vec::new();
    for (i, later) in entrants.iter().enumerate() {
        let earlier = entrants[..i].iter().find(|earlier| {
            people::same(&earlier.legal_representative, &later.legal_representative)
        });
        if let Some(earlier) = earlier {
            found.push((
                i,
                Ineligibility::RelatedToEntrant {
                    name: earlier.name.clone(),
                },
            ));
            continue;
        }
        let earlier = entrants[..i]
            .iter()
            .find(|earlier| people::act_together(earlier, later));
        if let Some(earlier) = earlier {
            let name = earlier.name.clone();
            found.push((i, Ineligibility::SharesPeopleWithEntrant { name }));
        }
    }
    found
}

#[cfg(test)]
mod tests;
