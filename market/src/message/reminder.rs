//! 期限提醒: whoever has to do something until an instant is reminded when half of the time is over, and once more when
//! three quarters are. The clock's job looks at the state under the lock: what is done already is not reminded of.

use super::award::costs;
use super::{Addressed, Audience, DeadlineNear, Said, before};
use crate::Timestamp;
use crate::coded::coded;
use crate::decision::Follows;
use crate::job::Job;
use uuid::Uuid;

coded! {
    /// What is to be done in time.
    pub enum Matter {
        ConfirmAward = "confirm_award", "确认中选";
        Choose = "choose", "选定机构";
        RecordContract = "record_contract", "签订并录入合同";
        ConfirmContract = "confirm_contract", "确认合同";
        Deliver = "deliver", "提交成果";
        Accept = "accept", "验收成果";
        Rate = "rate", "评价服务";
    }
}

coded! {
    /// How much of the time is over.
    pub enum Share {
        Half = "half", "已过一半";
        LastQuarter = "last_quarter", "只剩四分之一";
    }
}

/// A time that runs for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    pub matter: Matter,
    /// The requirement, award or contract.
    pub about: Uuid,
    pub project: String,
    pub to: Vec<Audience>,
    pub begun_at: Timestamp,
    pub due_at: Timestamp,
}

/// When half of a time is over.
pub fn half(begun_at: Timestamp, due_at: Timestamp) -> Timestamp {
    crate::time::to_micros(begun_at + (due_at - begun_at) / 2)
}

/// When the last quarter of a time begins.
pub fn last_quarter(begun_at: Timestamp, due_at: Timestamp) -> Timestamp {
    crate::time::to_micros(due_at - (due_at - begun_at) / 4)
}

impl Deadline {
    /// How much is over. `None`: less than half, or all of it.
    pub fn share(&self, now: Timestamp) -> Option<Share> {
        if now >= self.due_at {
            None
        } else if now >= last_quarter(self.begun_at, self.due_at) {
            Some(Share::LastQuarter)
        } else if now >= half(self.begun_at, self.due_at) {
            Some(Share::Half)
        } else {
            None
        }
    }

    /// The next instant at which somebody is to be reminded.
    fn next_at(&self, now: Timestamp) -> Option<Timestamp> {
        let instants = [
            half(self.begun_at, self.due_at),
            last_quarter(self.begun_at, self.due_at),
        ];
        instants.into_iter().find(|at| *at > now)
    }

    /// Reminds of what is over by now, once for each share of this deadline, and has the clock look again.
    pub fn remind(&self, job: Job, now: Timestamp) -> Follows {
        let mut follows = Follows::new();
        if let Some(share) = self.share(now) {
            let message = DeadlineNear {
                matter: self.matter,
                about: self.about,
                project: self.project.clone(),
                due_at: self.due_at,
                share,
            };
            let once = format!(
                "{}:{}:{}:{}",
                self.matter.code(),
                self.about,
                self.due_at.unix_timestamp(),
                share.code()
            );
            for to in &self.to {
                follows.messages.push(Addressed {
                    to: *to,
                    message: message.clone().into(),
                    once: Some(once.clone()),
                });
            }
        }
        match self.next_at(now) {
            Some(at) => follows.job(job, at),
            None => follows,
        }
    }
}

impl DeadlineNear {
    pub(super) fn said(&self) -> Said {
        let (matter, id) = (self.matter, self.about);
        let (path, otherwise) = match matter {
            Matter::ConfirmAward => (
                format!("/awards/{id}"),
                format!("逾期视为放弃，并{}", costs(None)),
            ),
            Matter::Choose => (
                format!("/requirements/{id}/choose"),
                "逾期不选定，项目流标".to_string(),
            ),
            Matter::RecordContract => (
                format!("/awards/{id}"),
                "逾期签订的，记入机构信用".to_string(),
            ),
            Matter::ConfirmContract => (
                format!("/contracts/{id}"),
                "不确认，合同不生效，服务期限不开始计算".to_string(),
            ),
            Matter::Deliver => (
                format!("/contracts/{id}"),
                "超期交付的，记入信用".to_string(),
            ),
            Matter::Accept => (
                format!("/contracts/{id}"),
                "逾期不验收的，视为验收合格或者由运营机构督促".to_string(),
            ),
            Matter::Rate => (
                format!("/contracts/{id}"),
                "逾期未评价的，使用财政性或国有资金的业主不能提交新的采购需求".to_string(),
            ),
        };
        let text = format!(
            "“{}”还没有{}，时间{}，请在 {}办理。{otherwise}。",
            self.project,
            matter.label(),
            self.share.label(),
            before(self.due_at)
        );
        let title = format!("请{}：{}", matter.label(), self.project);
        Said::new(title, text, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;
    use crate::time::Duration;
    use crate::{AgencyId, AwardId};
    use time::macros::datetime;

    const BEGUN: Timestamp = datetime!(2026-03-20 00:00 +8);

    fn deadline() -> Deadline {
        Deadline {
            matter: Matter::ConfirmAward,
            about: Uuid::from_u128(5),
            project: "长虹路".into(),
            to: vec![Audience::Agency(AgencyId(Uuid::from_u128(1)))],
            begun_at: BEGUN,
            due_at: BEGUN + Duration::hours(40),
        }
    }

    #[test]
    fn one_is_reminded_at_half_time_and_in_the_last_quarter() {
        let job = Job::RemindAward(AwardId(Uuid::from_u128(5)));
        let at = |hours| deadline().remind(job, BEGUN + Duration::hours(hours));
        let early = at(0);
        assert!(early.messages.is_empty());
        assert_eq!(early.jobs, [job.at(BEGUN + Duration::hours(20))]);
        let half = at(20);
        assert_eq!(half.jobs, [job.at(BEGUN + Duration::hours(30))]);
        let Message::DeadlineNear(near) = &half.messages[0].message else {
            panic!("a reminder");
        };
        assert_eq!(near.share, Share::Half);
        assert!(!half.messages[0].message.is_urgent());
        let last = at(30);
        assert!(last.jobs.is_empty());
        assert!(last.messages[0].message.is_urgent());
        assert_ne!(last.messages[0].once, half.messages[0].once);
        // Looked at again within the same share, it is the same reminder.
        assert_eq!(at(29).messages[0].once, half.messages[0].once);
        let over = at(40);
        assert_eq!(over, Follows::new());
    }

    #[test]
    fn a_deadline_that_has_moved_is_another_one() {
        let job = Job::RemindAward(AwardId(Uuid::from_u128(5)));
        let later = Deadline {
            due_at: BEGUN + Duration::hours(48),
            ..deadline()
        };
        let now = BEGUN + Duration::hours(25);
        let (one, other) = (deadline().remind(job, now), later.remind(job, now));
        assert_ne!(one.messages[0].once, other.messages[0].once);
    }
}
