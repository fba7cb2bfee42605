//! 公告: what is published about a requirement, and when.

mod announcement;

pub use announcement::{Announcement, AwardParties, SelectionResult, SignedContract};

use crate::coded::coded;
use crate::requirement::correction::Change;
use serde::{Deserialize, Serialize};

coded! {
    /// What a notice announces.
    pub enum NoticeKind ("notice_kind") {
        Requirement = "requirement", "采购公告";
        Correction = "correction", "更正公告";
        Extension = "extension", "延期公告";
        Result = "result", "中选公告";
        AwardNotice = "award_notice", "中选通知书";
        Failure = "failure", "流标公告";
        Contract = "contract", "合同公告";
    }
}

/// What a notice says, as it is stored and shown for ever. Nothing but the changes may be absent: a body that says less
/// is not an empty notice but a damaged one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeBody {
    pub notice_no: String,
    /// (label, text), in the order of the document.
    pub rows: Vec<(String, String)>,
    /// What a correction changed.
    #[serde(default = "nothing_was_changed", skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// Bodies of everything but corrections.
fn nothing_was_changed() -> Vec<Change> {
    Vec::new()
}

impl NoticeBody {
    /// A body of rows.
    pub fn of(number: &str, rows: Vec<(&str, String)>) -> NoticeBody {
        NoticeBody {
            notice_no: number.to_string(),
            rows: rows
                .into_iter()
                .map(|(label, text)| (label.to_string(), text))
                .collect(),
            changes: Vec::new(),
        }
    }
}
