//! The rule says no. Each refusal has one Chinese sentence and a way out; nothing here is a fault of the machine.

use crate::eligibility::Ineligibility;
use crate::form::Problems;
use crate::time::{stamp, stamp_end, stamp_seconds, whole_second_from};
use crate::{Fen, Timestamp};

/// Why an action was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The state does not allow the action.
    NotNow {
        action: &'static str,
        state: &'static str,
    },
    /// Mistakes in what was typed, each at its field.
    Invalid(Problems),
    /// Somebody else changed it since the form was opened.
    Stale,
    /// Two steps must be taken by two persons.
    SamePerson { steps: &'static str },
    /// The person acts or acted for the body whose matter this is.
    OwnBody { step: &'static str },
    /// It is not what was handed in any more.
    Changed,
    /// One person may not hold both roles.
    RolesApart { sentence: String },
    /// The deadline has passed; the deadline itself is too late.
    Closed { deadline_at: Timestamp },
    /// It is too early: the instant is fixed and nobody can choose it.
    TooEarly { until: Timestamp },
    /// The agency may not take part, with every reason.
    NotEligible { reasons: Vec<Ineligibility> },
    /// The body is not (or not yet) allowed to act.
    BodyNotActive { state: &'static str },
    /// One live sign-up an agency; this form does not name the one that there is, so it does not replace it.
    AlreadySignedUp,
    /// The amount is outside what the method takes.
    AmountLimit { sentence: String },
    /// The contract must equal the award.
    AmountDiffers { award: Fen },
    /// Public owners must rate finished work before asking for new.
    RatingOwed { count: u32 },
    /// An opened edition is still on its way.
    EditionOpen,
    /// What was handed in is being audited and cannot be taken back any more.
    AuditBegun { at: Timestamp },
    /// The name or code is taken.
    Taken { what: &'static str },
    /// The password is wrong, or the account is unknown: deliberately the same answer.
    WrongPassword,
    /// Too many attempts; when to try again, and how many seconds that is from now. Made by [`Refusal::locked_out`].
    LockedOut { until: Timestamp, seconds: u32 },
    /// The file is not what it must be.
    File { sentence: String },
    /// The session had ended when the form arrived; it is shown again after signing in.
    SignedOut,
    /// Nobody else could act for these bodies: the account can't be closed yet. `names_others`: an administrator, who
    /// can name another one. `awaits_another`: somebody is named, who still has the first password.
    LastOfBody {
        bodies: Vec<String>,
        names_others: bool,
        awaits_another: bool,
    },
    /// An administrator does not end the own role.
    OwnRole,
    /// As many people as a body may have in such a role already act for it.
    EnoughPeople { role: &'static str, most: usize },
    /// Too many do the same at this moment; so many seconds later there is room.
    Crowded { seconds: u32 },
    /// A limit on how many of something one may have. Waiting alone does not help, so each says its own way out.
    TooMany {
        sentence: String,
        way_out: &'static str,
    },
    /// There is no room for it at this moment; so many seconds later there may be.
    Later { sentence: String, seconds: u32 },
}

impl Refusal {
    /// Shorthand for [`Refusal::NotNow`].
    pub const fn not_now(action: &'static str, state: &'static str) -> Refusal {
        Refusal::NotNow { action, state }
    }

    /// Shorthand for a single mistake at a field.
    pub fn at(field: &str, sentence: impl Into<String>) -> Refusal {
        Refusal::Invalid(Problems::one(field, sentence))
    }

    /// No more attempts until then. The whole second that is named lies past the lock: who tries then is judged.
    pub fn locked_out(until: Timestamp, now: Timestamp) -> Refusal {
        let until = whole_second_from(until);
        let left = (until - now).max(crate::time::Duration::SECOND);
        let seconds = left.whole_seconds() + i64::from(left.subsec_nanoseconds() > 0);
        Refusal::LockedOut {
            until,
            seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
        }
    }

    /// What happened, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotNow { action, state } => format!("当前状态为“{state}”，不能{action}。"),
            Self::Invalid(problems) => match problems.0.as_slice() {
                [one] if one.field.is_empty() => one.sentence.clone(),
                many => format!("有 {} 处需要更正，请看标红的栏目。", many.len()),
            },
            Self::Stale => "这份内容在您打开页面之后已经变动（别人改过，或者您在另一个窗口提交过），这次的修改没有保存。".into(),
            Self::SamePerson { steps } => format!("{steps}必须由不同的人办理。"),
            Self::OwnBody { step } => {
                format!("您现在或曾经代表这个单位，本单位事项的{step}必须由他人办理。")
            }
            Self::Changed => "提交之后，内容、附件或单位信息有变动，与提交时不一致，不能审核通过或发布。".into(),
            Self::RolesApart { sentence } => sentence.clone(),
            Self::Closed { deadline_at } => format!("报名已于 {} 截止。", stamp_end(*deadline_at)),
            Self::TooEarly { until } => format!(
                "时间未到，将于 {} 自动进行，任何人都不能提前。",
                stamp(*until)
            ),
            Self::NotEligible { reasons } => {
                let all: String = reasons.iter().map(Ineligibility::sentence).collect();
                format!("不符合报名条件：{all}")
            }
            Self::BodyNotActive { state } => format!("单位当前为“{state}”，还不能办理。"),
            Self::AlreadySignedUp => {
                "本机构已经报名（可能是另一个窗口、设备或同事刚刚提交的），这一次提交的没有采用。".into()
            }
            Self::AmountLimit { sentence } => sentence.clone(),
            Self::AmountDiffers { award } => {
                format!("合同金额必须等于中选金额 {} 元。", award.yuan())
            }
            Self::RatingOwed { count } => {
                format!("还有 {count} 份已办结的合同超期未评价，评价后才能发布新的需求。")
            }
            Self::EditionOpen => "已有一份更正正在办理，请等它发布或作废后再提出新的更正。".into(),
            Self::AuditBegun { at } => {
                format!("审核人员已于 {} 开始审核，不能再撤回。", stamp(*at))
            }
            Self::Taken { what } => format!("该{what}已经被使用。"),
            Self::WrongPassword => "账号或密码不正确。".into(),
            Self::LockedOut { until, seconds } => format!(
                "尝试次数过多，请在 {} 之后再试（约 {seconds} 秒后）。",
                stamp_seconds(*until)
            ),
            Self::File { sentence } => sentence.clone(),
            Self::SignedOut => "登录曾经过期，这份内容还没有提交。".into(),
            Self::LastOfBody { bodies, .. } => format!(
                "您是以下单位最后一位可以办理的人，现在注销会使它无人办理：{}。",
                bodies.join("、")
            ),
            Self::OwnRole => "自己的管理员角色不能由自己终止。".into(),
            Self::EnoughPeople { role, most } => {
                format!("一个单位最多有 {most} 名{role}，本单位已经达到。")
            }
            Self::Crowded { seconds } => format!("现在办理的人太多，还没有轮到，请 {seconds} 秒后再试。"),
            Self::TooMany { sentence, .. } | Self::Later { sentence, .. } => sentence.clone(),
        }
    }

    /// The same in a few words, for the title of a page: what is heard or seen of it first.
    pub fn headline(&self) -> String {
        let fields = match self {
            Self::Invalid(problems) => problems.0.iter().filter(|p| !p.field.is_empty()).count(),
            _ => 0,
        };
        if fields > 0 {
            return format!("{fields} 处需要修改");
        }
        let sentence = self.sentence();
        let end = ['，', '。', '；', '：', '（'];
        sentence.split(end).next().unwrap_or_default().to_string()
    }

    /// What one can do about it.
    pub fn way_out(&self) -> &'static str {
        match self {
            Self::NotNow { .. } => "请刷新页面，按最新的状态办理。",
            Self::Invalid(_) => "改正后再次提交即可。",
            Self::Stale => "请先在新窗口查看最新内容，再决定是否重新提交。",
            Self::SamePerson { .. } => "请由本单位另一位有相应权限的人员办理。",
            Self::OwnBody { .. } => "请由没有代表过这个单位的同事办理。",
            Self::Changed => "请退回，由业主核对后重新提交。",
            Self::RolesApart { .. } => {
                "请由另一个人用本人的账号办理；原来的角色不再承担的，请先终止原来的授权。"
            }
            Self::Closed { .. } => "可以在“采购公告”中查看其他正在报名的项目。",
            Self::TooEarly { .. } => "到时请回到本页查看结果。",
            Self::NotEligible { .. } => "逐项的原因和办法见公告页“我是否符合”。",
            Self::BodyNotActive { .. } => "登记核对通过后即可办理，进度见工作台。",
            Self::AlreadySignedUp => {
                "现在有效的是公告页回执上的那一份；要改成这一次填写的，请核对后在“替换报名”里再提交。"
            }
            Self::AmountLimit { .. } => "请调整金额或选取方式，规则全文见“规则与政策”。",
            Self::AmountDiffers { .. } => "如需变更金额，请按合同变更另行办理。",
            Self::RatingOwed { .. } => "请到工作台的“待评价”逐份评价。",
            Self::EditionOpen => "进度见需求页。",
            Self::AuditBegun { .. } => "需要修改的，请联系运营机构退回。",
            Self::Taken { .. } => "如果这是您的单位，请联系运营机构核实。",
            Self::WrongPassword => "连续输错会暂时锁定；忘记密码请联系运营机构重置。",
            Self::LockedOut { .. } => "如果不是您本人操作，请联系运营机构。",
            Self::File { .. } => "请换一个文件再上传。",
            Self::SignedOut => "填写的内容已经带回来，请核对后再提交；密码和报价需要重新填写。",
            Self::LastOfBody {
                awaits_another: true,
                ..
            } => "接手的人还没有登录并修改初始密码，还不能办理：先由接手的人登录，再注销。",
            Self::LastOfBody {
                names_others: true, ..
            } => {
                "请先切换到该单位的身份，在“我的账号”的“增加管理员”里为接手的人开通账号，先由接手的人登录，再来注销。"
            }
            Self::LastOfBody { .. } => {
                "请先请系统管理员为接手的人开通同样的角色（命令 server user add），再来注销。"
            }
            Self::OwnRole => "请由本单位另一位管理员终止；您不再使用本站的，可以注销账号。",
            Self::EnoughPeople { .. } => {
                "请先终止不再需要的授权，再新增：管理员在“我的账号”的“本单位的管理员”里终止，采购受托人由业主管理员在“采购受托人”页终止。"
            }
            Self::Crowded { .. } => "这一次没有办理，也不算作一次尝试。",
            Self::TooMany { way_out, .. } => way_out,
            Self::Later { .. } => "填写的内容都还在，到时再传这个文件即可。",
        }
    }

    /// Whether somebody tried what a rule forbids this very person (separation of duties, avoidance, a lock), not only
    /// at the wrong moment or with a mistake: such acts are on record even though nothing came of them.
    pub fn is_of_duty(&self) -> bool {
        match self {
            Self::SamePerson { .. }
            | Self::OwnBody { .. }
            | Self::RolesApart { .. }
            | Self::OwnRole
            | Self::LockedOut { .. } => true,
            Self::NotEligible { reasons } => reasons.iter().any(Ineligibility::is_of_people),
            Self::NotNow { .. }
            | Self::Invalid(_)
            | Self::Stale
            | Self::Changed
            | Self::Closed { .. }
            | Self::TooEarly { .. }
            | Self::BodyNotActive { .. }
            | Self::AlreadySignedUp
            | Self::AmountLimit { .. }
            | Self::AmountDiffers { .. }
            | Self::RatingOwed { .. }
            | Self::EditionOpen
            | Self::AuditBegun { .. }
            | Self::Taken { .. }
            | Self::WrongPassword
            | Self::File { .. }
            | Self::SignedOut
            | Self::LastOfBody { .. }
            | Self::EnoughPeople { .. }
            | Self::Crowded { .. }
            | Self::TooMany { .. }
            | Self::Later { .. } => false,
        }
    }

    /// After how many seconds the same may be tried again, where only the moment was wrong.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Crowded { seconds }
            | Self::Later { seconds, .. }
            | Self::LockedOut { seconds, .. } => Some(*seconds),
            _ => None,
        }
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        Refusal::Invalid(problems)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agency::AgencyState;
    use crate::credit::Grade;
    use crate::eligibility::Relation;

    #[test]
    fn a_lock_names_a_moment_at_which_it_is_over() {
        use crate::time::Duration;
        use ::time::macros::datetime;
        let now = datetime!(2026-03-02 09:00:10.25 +8);
        for (until, named, seconds) in [
            (now + Duration::seconds(30), "09:00:41", 31),
            (datetime!(2026-03-02 09:00:40 +8), "09:00:40", 30),
            (now + Duration::milliseconds(1), "09:00:11", 1),
            (now - Duration::seconds(5), "09:00:06", 1),
        ] {
            let refusal = Refusal::locked_out(until, now);
            let said = refusal.sentence();
            assert!(said.contains(&format!("2026-03-02 {named} 之后")), "{said}");
            assert!(said.contains(&format!("约 {seconds} 秒后")), "{said}");
            assert_eq!(refusal.retry_after(), Some(seconds));
            assert!(now + Duration::seconds(i64::from(seconds)) >= until);
        }
    }

    #[test]
    fn what_a_rule_forbids_a_person_is_told_from_mistakes_and_moments() {
        let not_eligible = |reason| Refusal::NotEligible {
            reasons: vec![
                Ineligibility::GradeTooLow {
                    need: Grade::A.into(),
                    have: Grade::B.into(),
                },
                reason,
            ],
        };
        let of_people = Ineligibility::RelatedToOwner {
            how: Relation::SameHead.into(),
        };
        let of_papers = Ineligibility::NotSettled {
            state: AgencyState::Draft.into(),
        };
        let sentence = String::new;
        for (refusal, expected) in [
            (
                Refusal::SamePerson {
                    steps: "审核和发布",
                },
                true,
            ),
            (Refusal::OwnBody { step: "审核" }, true),
            (
                Refusal::RolesApart {
                    sentence: sentence(),
                },
                true,
            ),
            (Refusal::OwnRole, true),
            (not_eligible(of_people), true),
            (not_eligible(of_papers), false),
            (Refusal::Stale, false),
            (Refusal::WrongPassword, false),
            (
                Refusal::TooMany {
                    sentence: sentence(),
                    way_out: "请稍后再试。",
                },
                false,
            ),
        ] {
            assert_eq!(refusal.is_of_duty(), expected, "{refusal:?}");
        }
    }

    #[test]
    fn a_headline_is_short_and_says_how_many_fields_want_mending() {
        let at = |field| Problems::one(field, "请填写。").0;
        let two = Problems([at("name"), at("phone")].concat());
        assert_eq!(Refusal::Invalid(two).headline(), "2 处需要修改");
        assert_eq!(
            Refusal::Stale.headline(),
            "这份内容在您打开页面之后已经变动"
        );
        assert_eq!(Refusal::WrongPassword.headline(), "账号或密码不正确");
        assert_eq!(
            Refusal::not_now("修改", "已发布").headline(),
            "当前状态为“已发布”"
        );
    }
}
