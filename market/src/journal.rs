//! 操作记录: what the journal says of each act. A line names the deed and its subject; who, when and from where is
//! the desk's to add.

use crate::{
    AgencyId, AwardId, ContractId, MandateId, OwnerId, PersonId, RequirementId, VettingId,
};
use uuid::Uuid;

macro_rules! deeds {
    ($( $name:ident = $label:literal; )+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Deed { $( $name, )+ }

        impl Deed {
            /// Every deed.
            pub const ALL: &[Deed] = &[$( Deed::$name ),+];

            /// As it is stored and shown.
            pub const fn label(self) -> &'static str {
                match self { $( Deed::$name => $label, )+ }
            }
        }
    };
}

deeds! {
    RecordContract = "录入合同";
    RecordContractAgain = "重新录入合同";
    ConfirmContract = "确认合同";
    ObjectToContract = "对合同提出异议";
    Deliver = "提交成果";
    ReturnDeliverable = "退回成果";
    AcceptDeliverable = "验收成果";
    AcceptBySilence = "逾期未验收，视为验收";
    UrgeAcceptance = "逾期未验收，请运营机构督促";
    CompleteContract = "办结合同";
    Rate = "评价";
    ReplyToRating = "回复评价";
    ConfirmAward = "确认中选";
    DeclineAward = "放弃中选";
    LapseAward = "逾期未确认中选";
    IssueAward = "发出中选通知书";
    SkipIneligible = "中选时已不符合条件，顺延";
    BeginAudit = "开始审核";
    Audit = "审核采购需求";
    SendBack = "发布前退回";
    Publish = "发布公告";
    Freeze = "冻结名单";
    Choose = "直接选定";
    LapseCorrection = "更正因截止而作废";
    Fail = "流标";
    Credit = "信用事项";
}

/// What it was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Requirement(RequirementId),
    Award(AwardId),
    Contract(ContractId),
    Agency(AgencyId),
    Owner(OwnerId),
    Vetting(VettingId),
    Person(PersonId),
    Mandate(MandateId),
}

impl Subject {
    /// The noun, as it is stored.
    pub fn kind(self) -> &'static str {
        match self {
            Subject::Requirement(_) => "requirement",
            Subject::Award(_) => "award",
            Subject::Contract(_) => "contract",
            Subject::Agency(_) => "agency",
            Subject::Owner(_) => "owner",
            Subject::Vetting(_) => "vetting",
            Subject::Person(_) => "person",
            Subject::Mandate(_) => "mandate",
        }
    }

    /// Which one.
    pub fn id(self) -> Uuid {
        match self {
            Subject::Requirement(id) => id.0,
            Subject::Award(id) => id.0,
            Subject::Contract(id) => id.0,
            Subject::Agency(id) => id.0,
            Subject::Owner(id) => id.0,
            Subject::Vetting(id) => id.0,
            Subject::Person(id) => id.0,
            Subject::Mandate(id) => id.0,
        }
    }
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub deed: Deed,
    pub subject: Subject,
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_deeds_read_alike() {
        let labels: BTreeSet<_> = Deed::ALL.iter().map(|deed| deed.label()).collect();
        assert_eq!(labels.len(), Deed::ALL.len());
    }
}
