//! 任务: what the clock does at a later instant. A job is a form that the clock fills in: whatever it finds under the
//! lock decides, and one that comes too early, too late or twice does nothing.

use crate::coded::coded;
use crate::{AgencyId, AwardId, ContractId, RequirementId, Timestamp};
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
        }
    }

    /// To what.
    pub fn subject(self) -> Uuid {
        match self {
            Job::Close(id) | Job::Draw(id) | Job::ChoiceTimeout(id) => id.0,
            Job::PublicityEnd(id) | Job::ConfirmTimeout(id) => id.0,
            Job::Overdue(id) | Job::AcceptTimeout(id) => id.0,
            Job::ActivateService(id) | Job::RecomputeCredit(id) => id.0,
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
