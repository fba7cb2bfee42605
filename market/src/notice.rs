//! 公告: what is published about a requirement, and when.

use crate::coded::coded;

coded! {
    /// What a notice announces.
    pub enum NoticeKind ("notice_kind") {
        Requirement = "requirement", "采购公告";
        Correction = "correction", "更正公告";
        Extension = "extension", "延期公告";
        Result = "result", "中选公告";
        AwardNotice = "award_notice", "中选通知书";
        Failure = "failure", "失败公告";
        Contract = "contract", "合同公告";
    }
}
