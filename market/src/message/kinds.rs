//! Every message with its variables.

use super::declaring::messages;
use super::{Matter, Said, Share, Topic, Variable};
use crate::contract::Side;
use crate::credit::EventCode;
use crate::eligibility::Ineligibility;
use crate::time::{date_code, instant};
use crate::{AwardId, ContractId, Date, Fen, RequirementId, Timestamp, VettingId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// The instant that a message does not say.
fn not_said() -> Option<Timestamp> {
    None
}

messages! {
    /// A document was handed in for audit.
    DraftHandedIn = "draft_handed_in", "采购需求待审核", Desk {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 是否更正
        is_correction: bool,
        /// 审核期限
        #[serde(with = "instant")]
        audit_due_at: Timestamp,
    }
    /// An audited document waits for publication.
    PublicationWaiting = "publication_waiting", "公告待发布", Desk {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 发布期限
        #[serde(with = "instant")]
        publish_due_at: Timestamp,
    }
    /// A document came back from audit or publication.
    Returned = "returned", "采购需求被退回", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 退回理由
        note: String,
    }
    /// A document has passed the audit.
    Audited = "audited", "采购需求审核通过", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 发布期限
        #[serde(with = "instant")]
        publish_due_at: Timestamp,
    }
    /// A notice is out.
    Published = "published", "采购公告已发布", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 公告编号
        notice_no: String,
        /// 报名截止
        #[serde(with = "instant")]
        deadline_at: Timestamp,
        /// 选取时间
        #[serde(with = "instant")]
        draw_at: Timestamp,
    }
    /// A correction is out, to those who are signed up.
    Corrected = "corrected", "公告有更正", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 公告版次
        edition: i32,
        /// 报名截止
        #[serde(with = "instant")]
        deadline_at: Timestamp,
    }
    /// A correction did not come out before the deadline.
    CorrectionLapsed = "correction_lapsed", "更正未能发布", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
    }
    /// Too few have signed up: the deadline has moved.
    Extended = "extended", "报名延期", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 最少报名家数
        least: u32,
        /// 新的报名截止
        #[serde(with = "instant")]
        deadline_at: Timestamp,
    }
    /// A requirement ended without an award.
    Failed = "failed", "项目流标", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 流标原因
        reason: String,
    }
    /// The owner is to choose, the first time or again.
    ChoiceDue = "choice_due", "请选定机构", Requirement {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 是否重新选定
        is_again: bool,
        /// 选定期限
        #[serde(with = "instant")]
        due_at: Timestamp,
    }
    /// An agency is not on the frozen list.
    Excluded = "excluded", "未列入名单", Award {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 原因
        reasons: Vec<Ineligibility>,
    }
    /// An agency has won.
    Won = "won", "中选", Award {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 中选金额（分）
        amount: Fen,
        /// 确认期限
        #[serde(with = "instant")]
        confirm_by_at: Timestamp,
        /// 逾期不确认的分值（百分之一分）
        points: Option<i32>,
    }
    /// A backup takes the place of who has fallen away.
    BackupCalled = "backup_called", "候补递补中选", Award {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 中选金额（分）
        amount: Fen,
        /// 确认期限
        #[serde(with = "instant")]
        confirm_by_at: Timestamp,
        /// 逾期不确认的分值（百分之一分）
        points: Option<i32>,
    }
    /// Somebody else has won.
    NotWon = "not_won", "未中选", Award {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 中选机构
        winner: String,
        /// 本机构名次
        place: Option<u32>,
        /// 是否候补
        is_backup: bool,
        /// 参加家数
        entrants: u32,
    }
    /// The award would have been the agency's, but it may not take part any more.
    PassedOver = "passed_over", "中选资格顺延", Award {
        /// 采购需求
        requirement: RequirementId,
        /// 项目名称
        project: String,
        /// 原因
        reasons: Vec<Ineligibility>,
    }
    /// The owner learns who has won.
    Selected = "selected", "选取结果", Award {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 中选机构
        agency: String,
        /// 中选金额（分）
        amount: Fen,
        /// 确认期限
        #[serde(with = "instant")]
        confirm_by_at: Timestamp,
    }
    /// The winner has accepted.
    AwardConfirmed = "award_confirmed", "中选机构已确认", Award {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 中选机构
        agency: String,
    }
    /// The winner has declined.
    AwardDeclined = "award_declined", "中选机构放弃", Award {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 中选机构
        agency: String,
        /// 理由
        reason: String,
    }
    /// The winner did not answer, and is told what it costs.
    AwardLapsed = "award_lapsed", "逾期未确认中选", Award {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 分值（百分之一分）
        points: Option<i32>,
    }
    /// The winner did not answer: the owner learns what happens now.
    AwardUnanswered = "award_unanswered", "中选机构逾期未确认", Award {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 中选机构
        agency: String,
    }
    /// The notice of award is out; the contract is to be signed and recorded.
    AwardIssued = "award_issued", "中选通知书已发出", Contract {
        /// 中选
        award: AwardId,
        /// 项目名称
        project: String,
        /// 通知书编号
        award_no: String,
        /// 合同签订期限
        #[serde(with = "instant")]
        sign_by_at: Timestamp,
    }
    /// The other side has recorded a contract.
    ContractRecorded = "contract_recorded", "请确认合同", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 录入方
        by: Side,
        /// 确认期限
        #[serde(with = "instant")]
        confirm_due_at: Timestamp,
    }
    /// The other side finds the recorded contract wrong.
    ContractObjected = "contract_objected", "对方对合同有异议", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 异议内容
        reason: String,
    }
    /// Both sides have confirmed: the work begins.
    ContractStarted = "contract_started", "合同生效", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 交付期限
        #[serde(with = "instant")]
        due_at: Timestamp,
    }
    /// Work was delivered.
    Delivered = "delivered", "成果待验收", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 验收期限
        #[serde(with = "instant")]
        accept_due_at: Timestamp,
        /// 不答复的处理时间
        #[serde(with = "instant")]
        silent_at: Timestamp,
        /// 不答复是否视为验收
        accepts_silently: bool,
    }
    /// A deliverable came back.
    WorkReturned = "work_returned", "成果被退回", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 退回理由
        reason: String,
        /// 交付期限
        #[serde(with = "instant")]
        due_at: Timestamp,
    }
    /// A deliverable was accepted.
    Accepted = "accepted", "成果已验收", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 是否因不答复而视为验收
        by_silence: bool,
    }
    /// The owner has been silent for too long over public money.
    AcceptanceUrged = "acceptance_urged", "验收逾期", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
    }
    /// The operator is to urge an owner.
    AcceptanceToUrge = "acceptance_to_urge", "请督促验收", Desk {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 项目业主
        owner: String,
    }
    /// A contract is finished, and is to be rated.
    Completed = "completed", "合同已办结", Contract {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 评价期限
        #[serde(with = "instant")]
        rate_by_at: Timestamp,
    }
    /// An agency was rated.
    Rated = "rated", "收到评价", Credit {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
        /// 平均分（百分之一分）
        mean: i32,
        /// 回复期限
        #[serde(with = "instant")]
        reply_by_at: Timestamp,
    }
    /// An agency has answered its rating.
    RatingReplied = "rating_replied", "机构回复了评价", Credit {
        /// 合同
        contract: ContractId,
        /// 项目名称
        project: String,
    }
    /// Something counts for or against an agency.
    CreditRecorded = "credit_recorded", "信用事项", Credit {
        /// 信用事项
        code: EventCode,
        /// 事由
        basis: String,
        /// 分值（百分之一分）
        points: i32,
        /// 生效时间
        #[serde(with = "instant")]
        effective_at: Timestamp,
        /// 失效时间
        #[serde(with = "instant")]
        ends_at: Timestamp,
    }
    /// An agency may not take part for a time.
    Suspended = "suspended", "暂停参与", Credit {
        /// 暂停至
        #[serde(with = "instant")]
        until: Timestamp,
    }
    /// Time runs out for something that a person has to do.
    DeadlineNear = "deadline_near", "期限将至", Deadline {
        /// 事项
        matter: Matter,
        /// 办理对象
        about: Uuid,
        /// 项目名称
        project: String,
        /// 期限
        #[serde(with = "instant")]
        due_at: Timestamp,
        /// 已用时间
        share: Share,
    }
    /// A registration waits to be checked.
    RegistrationWaiting = "registration_waiting", "登记待核对", Desk {
        /// 单位名称
        name: String,
        /// 登记为
        side: Side,
        /// 登记编号
        id: Uuid,
        /// 核对期限
        #[serde(with = "instant")]
        check_due_at: Timestamp,
    }
    /// A registration was confirmed.
    RegistrationConfirmed = "registration_confirmed", "登记核对通过", Registration {
        /// 单位名称
        name: String,
        /// 登记为
        side: Side,
    }
    /// A registration came back.
    RegistrationReturned = "registration_returned", "登记被退回", Registration {
        /// 单位名称
        name: String,
        /// 登记为
        side: Side,
        /// 退回理由
        note: String,
    }
    /// A vetting waits for the first opinion.
    VettingWaiting = "vetting_waiting", "资质审核待办", Desk {
        /// 资质审核
        vetting: VettingId,
        /// 中介机构
        agency: String,
        /// 服务类型
        service: String,
        /// 审核期限
        #[serde(with = "instant")]
        due_at: Timestamp,
    }
    /// A vetting waits for the decision.
    VettingOpined = "vetting_opined", "资质审核待复核", Desk {
        /// 资质审核
        vetting: VettingId,
        /// 中介机构
        agency: String,
        /// 服务类型
        service: String,
        /// 审核期限
        #[serde(with = "instant")]
        due_at: Timestamp,
    }
    /// A service type, or what was added to it, was vetted.
    ServiceVetted = "service_vetted", "资质审核通过", Registration {
        /// 服务类型
        service: String,
        /// 开通时间
        #[serde(with = "instant::optional", default = "not_said", skip_serializing_if = "Option::is_none")]
        activates_at: Option<Timestamp>,
    }
    /// A service type, or what was added to it, came back.
    ServiceReturned = "service_returned", "资质审核退回", Registration {
        /// 服务类型
        service: String,
        /// 退回理由
        note: String,
    }
    /// A service type may be offered from now on.
    ServiceActive = "service_active", "服务类型已开通", Registration {
        /// 服务类型
        service: String,
    }
    /// A qualification or certificate ends soon.
    PaperExpiring = "paper_expiring", "证书将到期", Deadline {
        /// 证书
        paper: String,
        /// 有效期至
        #[serde(with = "date_code")]
        until: Date,
    }
}
