//! The deadline: everybody who is signed up is judged again, and the list is frozen, or sign-up goes on or fails.

use super::{Failed, FailureReason, Procurement, Stage};
use crate::bid::{BidFault, SecretKey, open};
use crate::count::count;
use crate::decision::{Decision, Follows};
use crate::draw::{Entrant, entrants_hash};
use crate::eligibility::{Candidate, Exclusion, Ineligibility, ineligibility, related};
use crate::fact::{self, ExcludedAgency, OpenedBid};
use crate::hash::{Hex32, sha256};
use crate::job::Job;
use crate::journal::Deed;
use crate::message::{self, Audience};
use crate::notice::Announcement;
use crate::requirement::{AtDeadline, RequirementAction, Schedule, Turnout, close};
use crate::selection::Frozen;
use crate::sign_up::Received;
use crate::{Fen, Refusal, SignUpId, Timestamp};

/// Sign-ups at the deadline, judged, each in order of receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub eligible: Vec<(Received, String)>,
    pub excluded: Vec<Exclusion>,
}

/// What the deadline brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Closing {
    Extend(Decision<Schedule>),
    Fail(Decision<Failed>),
    /// Enough: [`Procurement::freeze`] is next, with the secret of the bids where there are some.
    Freeze,
}

/// A sealed bid and what was in it.
pub type Found = (SignUpId, Result<Fen, BidFault>);

/// The list as it is frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenList {
    pub entrants: Vec<Frozen>,
    /// What was found in each sealed bid.
    pub opened: Vec<Found>,
    pub hash: Hex32,
    pub stage: Stage,
}

impl Procurement {
    /// Whether sign-up is to be closed now: it is open, and the deadline has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.stage == Stage::Open && now >= self.schedule.deadline_at
    }

    /// Judges everybody who is signed up, in order of receipt, as of the deadline, however late that is done; of several
    /// with the same people behind them the earliest stays.
    pub fn judge(&self, received: &[(Received, Candidate)]) -> Judged {
        let at = self.schedule.deadline_at;
        let mut judged = Judged {
            eligible: Vec::new(),
            excluded: Vec::new(),
        };
        let mut passed = Vec::new();
        for (sign_up, candidate) in received {
            let conditions = &self.document.conditions;
            let reasons = ineligibility(candidate, conditions, &self.buyer, at);
            if reasons.is_empty() {
                passed.push((sign_up, candidate));
            } else {
                judged.excluded.push(exclusion(sign_up, candidate, reasons));
            }
        }
        let list: Vec<_> = passed.iter().map(|(_, candidate)| *candidate).collect();
        let related = related(&list);
        for (i, (sign_up, candidate)) in passed.into_iter().enumerate() {
            match related.iter().find(|(position, _)| *position == i) {
                Some((_, reason)) => {
                    let reasons = vec![reason.clone()];
                    judged.excluded.push(exclusion(sign_up, candidate, reasons));
                }
                None => judged
                    .eligible
                    .push((sign_up.clone(), candidate.uscc.to_string())),
            }
        }
        judged
    }

    /// Closes sign-up. `None`: it is too early (the deadline has moved) or done already.
    pub fn close(&self, judged: &Judged, now: Timestamp) -> Result<Option<Closing>, Refusal> {
        if !self.is_due(now) {
            return Ok(None);
        }
        let rules = &self.rules;
        let turnout = Turnout {
            deadline_at: self.schedule.deadline_at,
            eligible: count(&judged.eligible),
            least: self.least(),
            extensions_used: self.extensions,
        };
        Ok(Some(
            match close(&rules.policy, &rules.clock(), turnout, now)? {
                AtDeadline::Freeze => Closing::Freeze,
                AtDeadline::Extend(schedule) => Closing::Extend(self.extend(schedule)),
                AtDeadline::Fail => {
                    let least = turnout.least;
                    let reason = FailureReason::TooFewEntrants { least };
                    let excluded = self.tell_excluded(judged);
                    let Decision { next, follows } = self.fail(reason)?;
                    Closing::Fail(excluded.and(follows).from(next))
                }
            },
        ))
    }

    fn extend(&self, schedule: Schedule) -> Decision<Schedule> {
        let (about, least) = (self.about(), self.least());
        let published = fact::Extension {
            deadline_at: schedule.deadline_at,
            draw_at: schedule.draw_at,
            least,
        };
        let notice = Announcement::Extension {
            project: self.document.project_name.clone(),
            schedule,
            least,
        };
        Follows::new()
            .fact(&about, published)
            .announce(&about, notice)
            .and(self.tell_everybody(message::Extended {
                requirement: self.id,
                project: self.document.project_name.clone(),
                least,
                deadline_at: schedule.deadline_at,
            }))
            .job(Job::Close(self.id), schedule.deadline_at)
            .from(schedule)
    }

    /// Whoever is not on the list is told why.
    fn tell_excluded(&self, judged: &Judged) -> Follows {
        judged.excluded.iter().fold(Follows::new(), |follows, one| {
            let message = message::Excluded {
                requirement: self.id,
                project: self.document.project_name.clone(),
                reasons: one.reasons.clone(),
            };
            follows.tell(Audience::Agency(one.agency), message)
        })
    }

    /// Freezes the list in order of receipt, opens every bid of it with the secret, and fixes what happens next. The
    /// secret is published, so that anyone can repeat the opening. Errors: not open.
    pub fn freeze(
        &self,
        judged: &Judged,
        secret: Option<SecretKey>,
        now: Timestamp,
    ) -> Result<Decision<FrozenList>, Refusal> {
        let is_chosen = self.method().is_chosen_by_owner();
        self.after(match is_chosen {
            true => RequirementAction::OpenChoice,
            false => RequirementAction::Freeze,
        })?;
        let mut entrants = frozen(judged);
        let bids = secret.map(|secret| self.open_bids(judged, &secret, &mut entrants));
        let list: Vec<Entrant> = entrants.iter().map(Frozen::listed).collect();
        let hash = entrants_hash(&list);
        let excluded = judged.excluded.iter().map(|one| ExcludedAgency {
            uscc: one.uscc.clone(),
            reasons: one.reasons.iter().map(Ineligibility::sentence).collect(),
        });
        let published = fact::Freezing {
            entrants_hash: hash,
            count: count(&entrants),
            excluded: excluded.collect(),
        };
        let mut follows = self.line(Deed::Freeze, "");
        let mut opened = Vec::new();
        if let Some((opening, found)) = bids {
            follows = follows.fact(&self.about(), opening);
            opened = found;
        }
        follows = follows
            .fact(&self.about(), published)
            .and(self.tell_excluded(judged));
        let (clock, policy) = (self.rules.clock(), &self.rules.policy.selection);
        let stage = if is_chosen {
            let due_at = clock.after(now, policy.choice_workdays);
            follows = follows
                .job(Job::ChoiceTimeout(self.id), due_at)
                .and(self.tell_to_choose(false, now, due_at));
            Stage::Choosing { due_at }
        } else {
            follows = follows.job(Job::Draw(self.id), self.schedule.draw_at.max(now));
            Stage::Frozen
        };
        Ok(follows.from(FrozenList {
            entrants,
            opened,
            hash,
            stage,
        }))
    }

    fn open_bids(
        &self,
        judged: &Judged,
        secret: &SecretKey,
        entrants: &mut [Frozen],
    ) -> (fact::Opening, Vec<Found>) {
        let (mut bids, mut found) = (Vec::new(), Vec::new());
        for (one, (sign_up, _)) in entrants.iter_mut().zip(&judged.eligible) {
            let sealed = sign_up.sealed.as_deref().unwrap_or_default();
            let sum = open(sealed, secret, self.id, sign_up.agency);
            one.bid = sum.ok();
            found.push((sign_up.id, sum));
            bids.push(OpenedBid {
                uscc: one.uscc.clone(),
                sealed: hex::encode(sealed),
                sealed_sha256: sha256(sealed),
                amount_fen: match sum {
                    Ok(sum) => fact::Opened::Amount(sum),
                    Err(fault) => fact::Opened::Fault(fault.code().to_string()),
                },
            });
        }
        let opening = fact::Opening {
            bid_secret_key: Hex32(secret.0),
            bids,
        };
        (opening, found)
    }
}

fn exclusion(sign_up: &Received, candidate: &Candidate, reasons: Vec<Ineligibility>) -> Exclusion {
    Exclusion {
        sign_up: sign_up.id,
        agency: sign_up.agency,
        uscc: candidate.uscc.to_string(),
        reasons,
    }
}

fn frozen(judged: &Judged) -> Vec<Frozen> {
    let numbered = judged.eligible.iter().zip(1..);
    let one = |((sign_up, uscc), seq): (&(Received, String), u32)| Frozen {
        seq,
        sign_up: sign_up.id,
        agency: sign_up.agency,
        uscc: uscc.clone(),
        nonce: sign_up.nonce,
        received_at: sign_up.received_at,
        bid: None,
    };
    numbered.map(one).collect()
}
