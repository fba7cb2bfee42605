//! Who gets the award: the first place of the ranking, and the next one when somebody falls away.

use super::{Failed, FailureReason, Procurement, Stage};
use crate::award::{AwardTimes, award_no, times};
use crate::count::count;
use crate::credit::EventCode;
use crate::decision::{Decision, Follows};
use crate::eligibility::{Candidate, Ineligibility, ineligibility};
use crate::fact;
use crate::job::Job;
use crate::journal::Deed;
use crate::message::{self, Audience};
use crate::notice::{Announcement, AwardParties, SelectionResult};
use crate::requirement::RequirementAction;
use crate::selection::{Frozen, Place};
use crate::{AgencyId, AwardId, Refusal, SignUpId, Timestamp};

/// Who is left.
#[derive(Debug, Clone, Copy)]
pub struct Remaining<'a> {
    /// With the agencies as they are now.
    pub ranking: &'a [(Place, Candidate)],
    /// The sign-ups that have had an award of this requirement.
    pub had: &'a [SignUpId],
    /// How often the owner has chosen.
    pub choices: u32,
    /// The frozen list.
    pub frozen: &'a [Frozen],
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
        let mut skipped = Vec::new();
        for (place, candidate) in remaining.ranking {
            if remaining.had.contains(&place.sign_up) {
                continue;
            }
            let conditions = &self.document.conditions;
            let reasons = ineligibility(candidate, conditions, &self.buyer, now);
            if reasons.is_empty() {
                let ordinal = count(remaining.had) + 1;
                let announced = self.announce(place, candidate, ordinal, id, now)?;
                let told = match ordinal {
                    1 => self.tell_others(&remaining, place, candidate, &skipped),
                    _ => Follows::new(),
                };
                let next = Succession::Award(announced.next);
                return Ok(passed_over.and(announced.follows).and(told).from(next));
            }
            skipped.push(place.agency);
            passed_over = passed_over.and(self.skip(place, candidate, reasons));
        }
        let policy = &self.rules.policy.selection;
        let is_left = remaining.frozen.len() > remaining.had.len();
        if self.method().is_chosen_by_owner() && remaining.choices < policy.choices && is_left {
            let due_at = self.rules.clock().after(now, policy.choice_workdays);
            // Chosen, and fallen away in the same instant: the owner has its whole time again.
            if !matches!(self.stage, Stage::Choosing { .. }) {
                self.after(RequirementAction::ChooseAgain)?;
            }
            return Ok(passed_over
                .job(Job::ChoiceTimeout(self.id), due_at)
                .and(self.tell_to_choose(true, now, due_at))
                .from(Succession::ChooseAgain { due_at }));
        }
        let failed = self.fail(FailureReason::NobodyLeft)?;
        Ok(passed_over
            .and(failed.follows)
            .from(Succession::Fail(failed.next)))
    }

    /// When the first award is announced, everybody else on the list is told who has it and how they stand; not those
    /// who were passed over, who are told why.
    fn tell_others(
        &self,
        remaining: &Remaining<'_>,
        won: &Place,
        winner: &Candidate,
        skipped: &[AgencyId],
    ) -> Follows {
        let ranking = remaining.ranking;
        let place_of = |sign_up| {
            ranking
                .iter()
                .position(|(place, _)| place.sign_up == sign_up)
        };
        let mut follows = Follows::new();
        for one in remaining.frozen {
            if one.sign_up == won.sign_up || skipped.contains(&one.agency) {
                continue;
            }
            let place = place_of(one.sign_up).and_then(|at| u32::try_from(at + 1).ok());
            let message = message::NotWon {
                requirement: self.id,
                project: self.document.project_name.clone(),
                winner: winner.name.clone(),
                place,
                is_backup: place.is_some_and(|place| place <= self.backups + 1),
                entrants: u32::try_from(remaining.frozen.len()).unwrap_or(u32::MAX),
            };
            follows = follows.tell(Audience::Agency(one.agency), message);
        }
        follows
    }

    fn skip(&self, place: &Place, candidate: &Candidate, reasons: Vec<Ineligibility>) -> Follows {
        let sentences: Vec<String> = reasons.iter().map(Ineligibility::sentence).collect();
        let (name, uscc) = (&candidate.name, &candidate.uscc);
        let note = format!("{name}（{uscc}）：{}", sentences.concat());
        let published = fact::Skipped {
            skipped: candidate.uscc.to_string(),
            reasons: sentences,
            causes: Some(reasons.to_vec()),
        };
        let told = message::PassedOver {
            requirement: self.id,
            project: self.document.project_name.clone(),
            reasons,
        };
        self.line(Deed::SkipIneligible, &note)
            .fact(&self.about_agency(place.agency), published)
            .tell(Audience::Agency(place.agency), told)
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
            result: SelectionResult {
                is_backup: ordinal > 1,
                parties: AwardParties {
                    agency_name: candidate.name.clone(),
                    agency_uscc: candidate.uscc.to_string(),
                    amount: place.amount,
                },
                method: document.method_words(),
                selected_at: now,
                publicity_ends_at: times.publicity_ends_at,
                complaint_phone: document.complaint_phone.clone(),
            },
        };
        Ok(Follows::new()
            .fact(&about, published)
            .announce(&about, notice)
            .job(Job::PublicityEnd(id), times.publicity_ends_at)
            .job(Job::ConfirmTimeout(id), times.confirm_by_at)
            .remind(Job::RemindAward(id), now, times.confirm_by_at)
            .and(self.tell_award(place, candidate, (id, ordinal), times.confirm_by_at))
            .from(Announced {
                id,
                place: place.clone(),
                ordinal,
                award_no,
                times,
            }))
    }

    /// Whoever has won is told at once what to do, and the owner who it is.
    fn tell_award(
        &self,
        place: &Place,
        candidate: &Candidate,
        (award, ordinal): (AwardId, u32),
        confirm_by_at: Timestamp,
    ) -> Follows {
        let (project, amount) = (self.document.project_name.clone(), place.amount);
        let points = self.rules.policy.credit.rule(EventCode::M02);
        let points = points.map(|rule| rule.points);
        let won: message::Message = match ordinal {
            1 => message::Won {
                award,
                project: project.clone(),
                amount,
                confirm_by_at,
                points,
            }
            .into(),
            _ => message::BackupCalled {
                award,
                project: project.clone(),
                amount,
                confirm_by_at,
                points,
            }
            .into(),
        };
        let selected = message::Selected {
            award,
            project,
            agency: candidate.name.clone(),
            amount,
            confirm_by_at,
        };
        Follows::new()
            .tell(Audience::Agency(place.agency), won)
            .tell(Audience::Buyer(self.id), selected)
    }
}
