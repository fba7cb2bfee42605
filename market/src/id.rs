//! Identifiers: one type a noun over UUIDv7, so that an award's id never passes for a contract's.

use crate::{Chance, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// A UUIDv7: its order is the order of creation to the millisecond.
pub fn uuid_v7(now: Timestamp, chance: &mut dyn Chance) -> Uuid {
    let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &chance.bytes::<10>()).into_uuid()
}

macro_rules! ids {
    ($( $(#[$meta:meta])* $name:ident; )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh identifier, ordered by `now`.
            pub fn new(now: Timestamp, chance: &mut dyn Chance) -> Self {
                Self(uuid_v7(now, chance))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid { id.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
    )+ };
}

ids! {
    /// A natural person with an account.
    PersonId;
    /// A person's authority to act for one body in one role.
    MandateId;
    /// A signed-in browser.
    SessionId;
    /// 项目业主
    OwnerId;
    /// 中介服务机构
    AgencyId;
    /// 主管部门
    DepartmentId;
    /// 服务类型
    ServiceTypeId;
    /// 中介服务事项
    ServiceItemId;
    /// A kind of qualification (资质种类) of the standard list.
    QualificationKindId;
    /// 资质
    QualificationId;
    /// 执业人员
    PractitionerId;
    /// 资质审核
    VettingId;
    /// 采购需求
    RequirementId;
    /// 公告
    NoticeId;
    /// 报名
    SignUpId;
    /// 选取
    SelectionId;
    /// 抽取
    DrawId;
    /// 中选
    AwardId;
    /// 合同
    ContractId;
    /// 成果
    DeliverableId;
    /// 评价
    RatingId;
    /// 信用事项
    CreditEventId;
    /// An uploaded file.
    FileId;
    /// A received file that no form has taken yet.
    UploadId;
    /// 政策参数, one version of it.
    PolicyId;
    /// 存证账本 entry.
    LedgerEntryId;
    /// 消息
    MessageId;
    /// A piece of work that follows from a decision.
    JobId;
    /// Something that leaves the house: a mail, a text message.
    EffectId;
}
