//! 任务: what the clock does at a later instant. A job is a form that the clock fills in: whatever it finds under the
//! lock decides, and one that comes too early, too late or twice does nothing.

use crate::coded::coded;
use crate::{AgencyId, AwardId, ContractId, PersonId, RequirementId, Timestamp};
use uuid::Uuid;

coded! {
    /// What is to be done.
    pub enum JobKind ("job_kind") {
        /// Close sign-up at the deadline: freeze, extend or fail.
        Close = "close", "报名截止";
        /// Draw or rank at the draw instant.
        Draw = "draw", "抽取或开标排序";
        /// The owner did not choose in time.
        ChoiceTimeout = "choice_timeout", "业主选定期满";
        /// Publicity of an award is over.
        PublicityEnd = "publicity_end", "中选公示期满";
        /// The agency did not answer in time.
        ConfirmTimeout = "confirm_timeout", "中选确认期满";
        /// A contract may be seriously overdue.
        Overdue = "overdue", "服务严重超期检查";
        /// The owner did not accept in time.
        AcceptTimeout = "accept_timeout", "验收期满";
        /// Publicity of a service type is over.
        ActivateService = "activate_service", "入驻公示期满";
        /// A credit event begins or ends.
        RecomputeCredit = "recompute_credit", "信用分重算";
        /// An owner's time to choose runs out.
        RemindRequirement = "remind_requirement", "选定期限提醒";
        /// The time to confirm an award, or to record its contract, runs out.
        RemindAward = "remind_award", "中选和签订期限提醒";
        /// A time of a contract runs out.
        RemindContract = "remind_contract", "合同期限提醒";
        /// Papers of an agency end.
        RemindAgency = "remind_agency", "证书到期提醒";
        /// The daily mail of a person.
        DailyMail = "daily_mail", "每日汇总邮件";
    }
}

/// A kind of job and what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    Close(RequirementId),
    Draw(RequirementId),
    ChoiceTimeout(RequirementId),
    PublicityEnd(AwardId),
    ConfirmTimeout(AwardId),
    Overdue(ContractId),
    AcceptTimeout(ContractId),
    ActivateService(AgencyId),
    RecomputeCredit(AgencyId),
    RemindRequirement(RequirementId),
    RemindAward(AwardId),
    RemindContract(ContractId),
    RemindAgency(AgencyId),
    DailyMail(PersonId),
}

impl Job {
    /// From how it is stored.
    pub fn of(kind: JobKind, subject: Uuid) -> Job {
        match kind {
            JobKind::Close => Job::Close(subject.into()),
            JobKind::Draw => Job::Draw(subject.into()),
            JobKind::ChoiceTimeout => Job::ChoiceTimeout(subject.into()),
            JobKind::PublicityEnd => Job::PublicityEnd(subject.into()),
            JobKind::ConfirmTimeout => Job::ConfirmTimeout(subject.into()),
            JobKind::Overdue => Job::Overdue(subject.into()),
            JobKind::AcceptTimeout => Job::AcceptTimeout(subject.into()),
            JobKind::ActivateService => Job::ActivateService(subject.into()),
            JobKind::RecomputeCredit => Job::RecomputeCredit(subject.into()),
            JobKind::RemindRequirement => Job::RemindRequirement(subject.into()),
            JobKind::RemindAward => Job::RemindAward(subject.into()),
            JobKind::RemindContract => Job::RemindContract(subject.into()),
            JobKind::RemindAgency => Job::RemindAgency(subject.into()),
            JobKind::DailyMail => Job::DailyMail(subject.into()),
        }
    }

    /// What is to be done.
    pub fn kind(self) -> JobKind {
        match self {
            Job::Close(_) => JobKind::Close,
            Job::Draw(_) => JobKind::Draw,
            Job::ChoiceTimeout(_) => JobKind::ChoiceTimeout,
            Job::PublicityEnd(_) => JobKind::PublicityEnd,
            Job::ConfirmTimeout(_) => JobKind::ConfirmTimeout,
            Job::Overdue(_) => JobKind::Overdue,
            Job::AcceptTimeout(_) => JobKind::AcceptTimeout,
            Job::ActivateService(_) => JobKind::ActivateService,
            Job::RecomputeCredit(_) => JobKind::RecomputeCredit,
            Job::RemindRequirement(_) => JobKind::RemindRequirement,
            Job::RemindAward(_) => JobKind::RemindAward,
            Job::RemindContract(_) => JobKind::RemindContract,
            Job::RemindAgency(_) => JobKind::RemindAgency,
            Job::DailyMail(_) => JobKind::DailyMail,
        }
    }

    /// To what.
    pub fn subject(self) -> Uuid {
        match self {
            Job::Close(id) | Job::Draw(id) | Job::ChoiceTimeout(id) => id.0,
            Job::RemindRequirement(id) => id.0,
            Job::PublicityEnd(id) | Job::ConfirmTimeout(id) | Job::RemindAward(id) => id.0,
            Job::Overdue(id) | Job::AcceptTimeout(id) | Job::RemindContract(id) => id.0,
            Job::ActivateService(id) | Job::RecomputeCredit(id) | Job::RemindAgency(id) => id.0,
            Job::DailyMail(id) => id.0,
        }
    }

    /// The same, to be done at an instant.
    pub fn at(self, run_at: Timestamp) -> Scheduled {
        Scheduled { job: self, run_at }
    }
}

/// A job with its instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduled {
    pub job: Job,
    pub run_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_read_as_it_was_stored() {
        let subject = Uuid::from_u128(7);
        for &kind in JobKind::ALL {
            let job = Job::of(kind, subject);
            assert_eq!((job.kind(), job.subject()), (kind, subject));
        }
    }
}
