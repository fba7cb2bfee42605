//! 证书到期: an agency is told a month before one of its papers ends, and once more a week before.

use super::{Addressed, Audience, PaperExpiring};
use crate::decision::Follows;
use crate::job::Job;
use crate::time::{Duration, at_clock, date_text};
use crate::{AgencyId, Date, Timestamp};
use uuid::Uuid;

/// So many days before the last day of a paper its agency is told, each time once.
const NOTICE_DAYS: [i64; 2] = [30, 7];
/// At the beginning of office hours.
const AT_HOUR: u8 = 9;

/// A paper that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub id: Uuid,
    /// `测绘资质 工程测量`
    pub name: String,
    /// Its last day.
    pub valid_until: Date,
}

fn notice_at(paper: &Paper, days: i64) -> Timestamp {
    let on = paper.valid_until.saturating_sub(Duration::days(days));
    at_clock(on, AT_HOUR, 0)
}

/// The clock: tells of the papers that end soon, and has the clock look again when the next one does.
pub fn remind(agency: AgencyId, papers: &[Paper], now: Timestamp) -> Follows {
    let mut follows = Follows::new();
    let mut next: Option<Timestamp> = None;
    for paper in papers {
        let end = at_clock(paper.valid_until.saturating_add(Duration::days(1)), 0, 0);
        let due = NOTICE_DAYS
            .iter()
            .rev()
            .find(|days| notice_at(paper, **days) <= now);
        if let Some(days) = due.filter(|_| now < end) {
            let message = PaperExpiring {
                paper: paper.name.clone(),
                until: paper.valid_until,
            };
            let last = date_text(paper.valid_until);
            follows.messages.push(Addressed {
                to: Audience::Agency(agency),
                message: message.into(),
                once: Some(format!("paper:{}:{last}:{days}", paper.id)),
            });
        }
        let coming = NOTICE_DAYS.iter().map(|days| notice_at(paper, *days));
        next = coming.filter(|at| *at > now).chain(next).min();
    }
    match next {
        Some(at) => follows.job(Job::RemindAgency(agency), at),
        None => follows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::{date, datetime};

    fn paper() -> Paper {
        Paper {
            id: Uuid::from_u128(3),
            name: "测绘资质".into(),
            valid_until: date!(2026 - 06 - 30),
        }
    }

    #[test]
    fn an_agency_is_told_a_month_and_a_week_before_a_paper_ends() {
        let agency = AgencyId(Uuid::from_u128(1));
        let at = |now| remind(agency, &[paper()], now);
        let month = datetime!(2026-05-31 09:00 +8);
        let week = datetime!(2026-06-23 09:00 +8);
        let early = at(month - Duration::SECOND);
        assert!(early.messages.is_empty());
        assert_eq!(early.jobs, [Job::RemindAgency(agency).at(month)]);
        let first = at(month);
        assert_eq!(first.messages.len(), 1);
        assert_eq!(first.jobs, [Job::RemindAgency(agency).at(week)]);
        let second = at(week);
        assert!(second.jobs.is_empty());
        assert_ne!(first.messages[0].once, second.messages[0].once);
        let over = at(datetime!(2026-07-01 00:00 +8));
        assert_eq!(over, Follows::new());
    }
}
