//! What a notice announces, as data; its title and its rows are made here and nowhere else.

use super::{NoticeBody, NoticeKind};
use crate::hash::Hex32;
use crate::requirement::correction::Change;
use crate::requirement::{Schedule, Specification};
use crate::time::{date_text, stamp, stamp_end};
use crate::{Date, Fen, Timestamp};

/// The agency of an award and what it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardParties {
    pub agency_name: String,
    pub agency_uscc: String,
    pub amount: Fen,
}

/// Who has won, and until when it is said in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionResult {
    pub is_backup: bool,
    pub parties: AwardParties,
    pub method: String,
    pub selected_at: Timestamp,
    pub publicity_ends_at: Timestamp,
    pub complaint_phone: String,
}

impl SelectionResult {
    fn rows(&self) -> Vec<(&'static str, String)> {
        let (parties, amount) = (&self.parties, self.parties.amount);
        vec![
            ("中选机构", parties.agency_name.clone()),
            ("统一社会信用代码", parties.agency_uscc.clone()),
            (
                "中选金额",
                format!("{} 元（{}）", amount.yuan(), amount.capitals()),
            ),
            ("选取方式", self.method.clone()),
            ("选取时间", stamp(self.selected_at)),
            ("公示期至", stamp_end(self.publicity_ends_at)),
            ("监督电话", self.complaint_phone.clone()),
        ]
    }
}

/// A contract that both sides have confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedContract {
    pub name: String,
    pub owner_name: String,
    pub agency_name: String,
    pub amount: Fen,
    pub signed_on: Date,
    pub service_workdays: u32,
}

impl SignedContract {
    fn rows(&self) -> Vec<(&'static str, String)> {
        vec![
            ("合同名称", self.name.clone()),
            ("项目业主", self.owner_name.clone()),
            ("中介机构", self.agency_name.clone()),
            ("合同金额", format!("{} 元", self.amount.yuan())),
            ("签订日期", date_text(self.signed_on)),
            ("服务时限", format!("{} 个工作日", self.service_workdays)),
        ]
    }
}

/// A notice, before it is one.
#[derive(Debug, Clone, PartialEq)]
pub enum Announcement {
    Requirement {
        document: Box<Specification>,
        schedule: Schedule,
        seed_commitment: Hex32,
        handed_in: Hex32,
        bid_key: Option<Hex32>,
    },
    Correction {
        project: String,
        edition: i32,
        reason: String,
        schedule: Schedule,
        handed_in: Hex32,
        changes: Vec<Change>,
    },
    Extension {
        project: String,
        schedule: Schedule,
        /// How many there are stays hidden: only that they are too few is said.
        least: u32,
    },
    Result {
        project: String,
        result: SelectionResult,
    },
    AwardNotice {
        project: String,
        award_no: String,
        parties: AwardParties,
    },
    Failure {
        project: String,
        reason: String,
    },
    Contract {
        project: String,
        contract: SignedContract,
    },
}

/// The row of a notice that names the hash of what was handed in.
const HANDED_IN: &str = "内容与附件校验值";

fn schedule_rows(schedule: &Schedule) -> [(&'static str, String); 2] {
    [
        ("报名截止", stamp_end(schedule.deadline_at)),
        ("选取时间", stamp(schedule.draw_at)),
    ]
}

impl Announcement {
    /// The kind under which it is listed.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::Requirement { .. } => NoticeKind::Requirement,
            Self::Correction { .. } => NoticeKind::Correction,
            Self::Extension { .. } => NoticeKind::Extension,
            Self::Result { .. } => NoticeKind::Result,
            Self::AwardNotice { .. } => NoticeKind::AwardNotice,
            Self::Failure { .. } => NoticeKind::Failure,
            Self::Contract { .. } => NoticeKind::Contract,
        }
    }

    /// The title.
    pub fn title(&self) -> String {
        match self {
            Self::Requirement { document, .. } => document.title(),
            Self::Correction {
                project, edition, ..
            } => format!("【{project}】更正公告（第 {edition} 版）"),
            Self::Extension { project, .. } => format!("【{project}】报名延期公告"),
            Self::Result { project, result } => {
                let backup = if result.is_backup {
                    "（候补递补）"
                } else {
                    ""
                };
                format!("【{project}】中选公告{backup}")
            }
            Self::AwardNotice { project, .. } => format!("【{project}】中选通知书"),
            Self::Failure { project, .. } => format!("【{project}】采购失败公告"),
            Self::Contract { project, .. } => format!("【{project}】合同公告"),
        }
    }

    /// The body under the number of its notice.
    pub fn body(&self, number: &str) -> NoticeBody {
        let changes = match self {
            Self::Correction { changes, .. } => changes.clone(),
            _ => Vec::new(),
        };
        NoticeBody {
            changes,
            ..NoticeBody::of(number, self.rows())
        }
    }

    fn rows(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Requirement {
                document,
                schedule,
                seed_commitment,
                handed_in,
                bid_key,
            } => {
                let mut rows = document.rows();
                rows.extend(schedule_rows(schedule));
                rows.push(("种子承诺", seed_commitment.to_string()));
                rows.push((HANDED_IN, handed_in.to_string()));
                rows.extend(bid_key.map(|key| ("报价公钥", key.to_string())));
                rows
            }
            Self::Correction {
                reason,
                schedule,
                handed_in,
                ..
            } => {
                let mut rows = vec![("更正原因", reason.clone())];
                rows.extend(schedule_rows(schedule));
                rows.push((HANDED_IN, handed_in.to_string()));
                rows
            }
            Self::Extension {
                schedule, least, ..
            } => {
                let reason = format!("符合条件的报名机构不足 {least} 家。");
                let mut rows = vec![("延期原因", reason)];
                rows.extend(schedule_rows(schedule));
                rows
            }
            Self::Result { result, .. } => result.rows(),
            Self::AwardNotice {
                award_no, parties, ..
            } => vec![
                ("中选通知书编号", award_no.clone()),
                ("中选机构", parties.agency_name.clone()),
                ("中选金额", format!("{} 元", parties.amount.yuan())),
            ],
            Self::Failure { reason, .. } => vec![
                ("流标原因", reason.clone()),
                (
                    "下一步",
                    "项目业主可以重新发布，新公告与本公告相互链接。".to_string(),
                ),
            ],
            Self::Contract { contract, .. } => contract.rows(),
        }
    }
}
