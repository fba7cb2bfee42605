//! 操作记录: what the journal says of each act. A line names the deed and its subject; who, when and from where is
//! the desk's to add.

use crate::{
    AgencyId, AwardId, ContractId, EffectId, FileId, JobId, MandateId, MessageId, OwnerId,
    PersonId, RequirementId, SignUpId, VettingId,
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

            /// As addresses name it.
            pub const fn code(self) -> &'static str {
                match self { $( Deed::$name => stringify!($name), )+ }
            }

            /// From an address.
            pub fn parse(code: &str) -> Option<Deed> {
                Deed::ALL.iter().copied().find(|deed| deed.code() == code)
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
    Opine = "资质经办意见";
    DecideVetting = "资质复核决定";
    ActivateService = "服务类型开通";
    DownloadFile = "下载文件";
    AddAdministrator = "增加管理员";
    EndAdministrator = "终止管理员";
    SignIn = "登录";
    CorrectPhone = "更正手机号";
    DownloadOwnData = "下载本人数据";
    CloseAccount = "注销账号";
    EndWithAccount = "登记随账号注销而终止";
    RegisterPerson = "注册账号";
    SwitchMandate = "切换身份";
    ChangePassword = "修改密码";
    SignOut = "退出";
    EndSession = "结束登录";
    BeginRequirement = "新建采购需求";
    HandIn = "提交采购需求";
    TakeBack = "撤回送审";
    DropDraft = "作废草稿";
    BeginCorrection = "发起更正";
    ReviveJob = "重新开始任务";
    ReviveEffect = "重新发送";
    PutAwayEffect = "不再发送";
    GiveWay = "登记让位于已核对的登记";
    RegisterAgency = "登记中介机构";
    SaveDetails = "修改机构资料";
    OfferService = "填写服务类型";
    AddQualification = "添加资质";
    RemoveQualification = "移除资质";
    AddPractitioner = "添加执业人员";
    ReleasePractitioner = "执业人员释放";
    RemovePractitioner = "移除执业人员";
    Commit = "签署承诺书";
    HandInDossier = "提交入驻资料";
    CheckForm = "形式核对";
    RegisterOwner = "登记项目业主";
    HandInOwner = "重新提交业主登记";
    CheckOwner = "核对业主登记";
    GrantTrustee = "授权采购受托人";
    RevokeTrustee = "终止受托人授权";
    SignUp = "报名";
    Withdraw = "撤回报名";
    LeaveOut = "汇总未逐条记录的行为";
    Visit = "访问";
    ReadDossier = "查阅机构档案";
    ReadIdNumbers = "查看完整身份证号";
    OpenAccount = "开通账号";
    ResetPassword = "重置密码";
    EndRole = "终止角色";
    SetMailbox = "设置邮箱";
    ForgetMailbox = "删除邮箱";
}

impl Deed {
    /// Whether it follows from a rule alone, at an instant or after somebody's act: then it is nobody's act, in whose
    /// transaction ever it is written.
    pub fn is_by_rule(self) -> bool {
        matches!(
            self,
            Deed::AcceptBySilence
                | Deed::UrgeAcceptance
                | Deed::LapseAward
                | Deed::SkipIneligible
                | Deed::Freeze
                | Deed::LapseCorrection
                | Deed::Fail
                | Deed::Credit
                | Deed::GiveWay
                | Deed::LeaveOut
        )
    }
}

macro_rules! subjects {
    ($( $(#[$meta:meta])* $name:ident($id:ty) = $kind:literal, $label:literal; )+) => {
        /// What it was done to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Subject { $( $(#[$meta])* $name($id), )+ }

        impl Subject {
            /// The noun, as it is stored.
            pub fn kind(self) -> &'static str {
                match self { $( Subject::$name(_) => $kind, )+ }
            }

            /// Which one.
            pub fn id(self) -> Uuid {
                match self { $( Subject::$name(id) => id.into(), )+ }
            }

            /// A stored noun as it is shown.
            pub fn label(kind: &str) -> Option<&'static str> {
                match kind { $( $kind => Some($label), )+ _ => None }
            }
        }
    };
}

subjects! {
    Requirement(RequirementId) = "requirement", "采购需求";
    SignUp(SignUpId) = "sign_up", "报名";
    Award(AwardId) = "award", "中选";
    Contract(ContractId) = "contract", "合同";
    Agency(AgencyId) = "agency", "中介机构";
    Owner(OwnerId) = "owner", "项目业主";
    Vetting(VettingId) = "vetting", "资质审核";
    Person(PersonId) = "person", "账号";
    Mandate(MandateId) = "mandate", "授权";
    File(FileId) = "file", "文件";
    Job(JobId) = "job", "系统任务";
    Effect(EffectId) = "effect", "对外发送";
    Message(MessageId) = "message", "消息";
    /// A mail with the messages of a day.
    DailyMail(Uuid) = "daily_mail", "每日汇总邮件";
    /// An address of the site, with the id in it if there is one.
    Route(Uuid) = "route", "访问";
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
        for &deed in Deed::ALL {
            assert_eq!(Deed::parse(deed.code()), Some(deed));
        }
    }
}
