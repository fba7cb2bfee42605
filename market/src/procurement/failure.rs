//! Why a requirement ends without a winner: stored as data, said when it is shown.

use serde::{Deserialize, Serialize};

/// Why a requirement ends without a winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FailureReason {
    /// At the deadline, after every extension.
    TooFewEntrants { least: u32 },
    /// When the bids were opened.
    TooFewValidBids { valid: u32, least: u32 },
    /// The owner let the time for choosing pass.
    NotChosen,
    /// Winner and backups have declined, lapsed or may take part no more.
    NobodyLeft,
}

impl FailureReason {
    /// One sentence for the public record.
    pub fn sentence(self) -> String {
        match self {
            Self::TooFewEntrants { least } => {
                format!("截止时符合条件的报名机构不足 {least} 家。")
            }
            Self::TooFewValidBids { valid, least } => {
                format!("开标后有效报价 {valid} 家，不足 {least} 家。")
            }
            Self::NotChosen => "项目业主没有在规定时间内选定机构。".into(),
            Self::NobodyLeft => "中选机构和候补机构均已放弃或不再符合条件。".into(),
        }
    }
}
