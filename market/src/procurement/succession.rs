//! Who gets the award: the first place of the ranking, and the next one when somebody falls away.

use super::{Failed, Procurement, Stage};
use crate::award::{AwardTimes, award_no, times};
use crate::decision::{Decision, Follows};
use crate::eligibility::{Candidate, Ineligibility, ineligibility};
use crate::fact;
use crate::job::Job;
use crate::journal::Deed;
use crate::notice::{Announcement, AwardParties};
use crate::requirement::RequirementAction;
use crate::selection::Place;
use crate::{AwardId, Refusal, SignUpId, Timestamp};

/// Who is left.
#[derive(Debug, Clone, Copy)]
pub struct Remaining<'a> {
    /// With the agencies as they are now.
    pub ranking: &'a [(Place, Candidate)],
    /// The sign-ups that have had an award of this requirement.
    pub had: &'a [SignUpId],
    /// How often the owner has chosen.
    pub choices: u32,
    /// How many are on the frozen list.
    pub entrants: u32,
}

/// An award to announce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub id: AwardId,
    pub place: Place,
    pub ordinal: u32,
    pub award_no: String,
    pub times: AwardTimes,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Succession {
    Award(Announced),
    /// The owner chooses once more.
    ChooseAgain {
        due_at: Timestamp,
    },
    Fail(Failed),
}

impl Procurement {
    /// The award goes to the first place of the ranking that has not had it and still may take part now. With nobody
    /// left, a choice goes back to its owner while choices are left, and everything else fails.
    /// Errors: nothing is to be awarded in this state.
    pub fn succeed(
        &self,
        remaining: Remaining<'_>,
        id: AwardId,
        now: Timestamp,
    ) -> Result<Decision<Succession>, Refusal> {
        let mut passed_over = Follows::new();
        for (place, candidate) in remaining.ranking {
            if remaining.had.contains(&place.sign_up) {
                continue;
            }
            let conditions = &self.document.conditions;
            let reasons = ineligibility(candidate, conditions, &self.buyer, now);
            if reasons.is_empty() {
                let ordinal = remaining.had.len() as u32 + 1;
                let announced = self.announce(place, candidate, ordinal, id, now)?;
                let next = Succession::Award(announced.next);
                return Ok(passed_over.and(announced.follows).from(next));
            }
            passed_over = passed_over.and(self.skip(place, candidate, &reasons));
        }
        let policy = &self.rules.policy.selection;
        let is_left = remaining.entrants as usize > remaining.had.len();
        if self.method().is_chosen_by_owner() && remaining.choices < policy.choices && is_left {
            let due_at = self.rules.clock().after(now, policy.choice_workdays);
            // Chosen, and fallen away in the same instant: the owner has its whole time again.
            if !matches!(self.stage, Stage::Choosing { .. }) {
                self.after(RequirementAction::ChooseAgain)?;
            }
            return Ok(passed_over
                .job(Job::ChoiceTimeout(self.id), due_at)
                .from(Succession::ChooseAgain { due_at }));
        }
        let reason = "中选机构和候补机构均已放弃或不再符合条件。".to_string();
        let failed = self.fail(reason)?;
        Ok(passed_over
            .and(failed.follows)
            .from(Succession::Fail(failed.next)))
    }

    fn skip(&self, place: &Place, candidate: &Candidate, reasons: &[Ineligibility]) -> Follows {
        let sentences: Vec<String> = reasons.iter().map(Ineligibility::sentence).collect();
        let (name, uscc) = (&candidate.name, &candidate.uscc);
        let note = format!("{name}（{uscc}）：{}", sentences.concat());
        let published = fact::Skipped {
            skipped: candidate.uscc.to_string(),
            reasons: sentences,
        };
        self.line(Deed::SkipIneligible, &note)
            .fact(&self.about_agency(place.agency), published)
    }

    fn announce(
        &self,
        place: &Place,
        candidate: &Candidate,
        ordinal: u32,
        id: AwardId,
        now: Timestamp,
    ) -> Result<Decision<Announced>, Refusal> {
        self.after(RequirementAction::Select)?;
        let (rules, document) = (&self.rules, &self.document);
        let times = times(&rules.policy, &rules.clock(), document.fund, now);
        let award_no = award_no(&self.notice_no, ordinal);
        let about = self.about_agency(place.agency);
        let published = fact::Award {
            award_no: award_no.clone(),
            ordinal: ordinal.cast_signed(),
            agency: candidate.uscc.to_string(),
            amount_fen: place.amount,
            publicity_ends_at: times.publicity_ends_at,
            confirm_by_at: times.confirm_by_at,
        };
        let notice = Announcement::Result {
            project: document.project_name.clone(),
            is_backup: ordinal > 1,
            parties: AwardParties {
                agency_name: candidate.name.clone(),
                agency_uscc: candidate.uscc.to_string(),
                amount: place.amount,
            },
            method: document.method_words(),
            at: now,
            publicity_ends_at: times.publicity_ends_at,
            complaint_phone: document.complaint_phone.clone(),
        };
        Ok(Follows::new()
            .fact(&about, published)
            .announce(&about, notice)
            .job(Job::PublicityEnd(id), times.publicity_ends_at)
            .job(Job::ConfirmTimeout(id), times.confirm_by_at)
            .from(Announced {
                id,
                place: place.clone(),
                ordinal,
                award_no,
                times,
            }))
    }
}
