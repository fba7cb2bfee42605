//! The selection: at the draw instant by the clock, or by the owner's reasoned choice.

use super::{Failed, FailureReason, Procurement, Stage};
use crate::decision::{Decision, Follows};
use crate::draw::{Evidence, Excluded, Setup};
use crate::eligibility::{Candidate, Ineligibility, ineligibility};
use crate::fact::{self, RankedPlace};
use crate::hash::sha256;
use crate::journal::Deed;
use crate::selection::direct::{Choice, choose};
use crate::selection::{Field, Frozen, Place, Reference, Selected};
use crate::{DrawId, PersonId, Refusal, SignUpId, Timestamp};

/// A selection to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// 1 for the first of its requirement.
    pub ordinal: u32,
    pub ranking: Vec<Place>,
    pub draws: Vec<DrawnEvidence>,
    /// What the bids were measured by, where the method has it.
    pub reference: Option<Reference>,
    /// Who chose, and why, where somebody did.
    pub chosen: Option<(PersonId, String)>,
}

/// A draw with its evidence, which is kept to the byte because the ledger holds its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnEvidence {
    pub id: DrawId,
    pub evidence: Evidence,
    pub text: String,
}

/// Among whom the owner chooses.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    pub frozen: &'a [Frozen],
    /// The sign-ups that have had an award of this requirement.
    pub had: &'a [SignUpId],
    /// Their agencies as they are now, in any order.
    pub candidates: &'a [Candidate],
    /// How often the owner has chosen.
    pub choices: u32,
}

/// What the draw instant brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawn {
    Selected(Decision<Selection>),
    Failed(Decision<Failed>),
}

impl Procurement {
    /// Draws or ranks: the same inputs give the same result however often it is tried. `None`: it is not the time, or
    /// the owner chooses.
    pub fn draw(
        &self,
        setup: &Setup,
        (frozen, excluded): (&[Frozen], &[Excluded]),
        now: Timestamp,
        mut id: impl FnMut() -> DrawId,
    ) -> Result<Option<Drawn>, Refusal> {
        if self.stage != Stage::Frozen || now < self.schedule.draw_at {
            return Ok(None);
        }
        let field = Field {
            setup,
            frozen,
            excluded,
            terms: self.document.terms(),
            least: self.least(),
            places: 1 + crate::count::place(self.backups),
        };
        Ok(match self.method().select(&field) {
            Selected::Ranked(outcome) => {
                let draws = outcome.draws.into_iter().map(|evidence| DrawnEvidence {
                    id: id(),
                    text: evidence.text(),
                    evidence,
                });
                let selection = Selection {
                    ordinal: 1,
                    ranking: outcome.ranking,
                    draws: draws.collect(),
                    reference: outcome.reference,
                    chosen: None,
                };
                Some(Drawn::Selected(self.selected(selection)))
            }
            Selected::TooFew { valid, least } => {
                let reason = FailureReason::TooFewValidBids { valid, least };
                Some(Drawn::Failed(self.fail(reason)?))
            }
            Selected::ByOwner => None,
        })
    }

    /// Whether the owner may choose now. Errors: nobody is to be chosen, or no more.
    pub fn may_choose(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.stage {
            Stage::Choosing { due_at } if now < due_at => Ok(()),
            Stage::Choosing { .. } => Err(Refusal::not_now("选定机构", "选定期限已过")),
            stage => Err(Refusal::not_now("选定机构", stage.state().label())),
        }
    }

    /// The owner's choice among those who are left. Errors: it is not the time, or not one of them; or the agency may
    /// not take part any more, with every reason.
    pub fn choose(
        &self,
        choice: Choice,
        left: &Left<'_>,
        by: PersonId,
        now: Timestamp,
    ) -> Result<Decision<Selection>, Refusal> {
        self.may_choose(now)?;
        let limit = self.document.price.limit();
        let place = choose(left.frozen, left.had, &choice, limit)?;
        let candidate = left
            .candidates
            .iter()
            .find(|one| one.agency == place.agency);
        if let Some(candidate) = candidate {
            let conditions = &self.document.conditions;
            let reasons = ineligibility(candidate, conditions, &self.buyer, now);
            if !reasons.is_empty() {
                let all: String = reasons.iter().map(Ineligibility::sentence).collect();
                let sentence = format!("这家机构已不符合条件：{all}请另选一家。");
                return Err(Refusal::at("sign_up", sentence));
            }
        }
        let line = self.line(Deed::Choose, &choice.reason);
        let Decision { next, follows } = self.selected(Selection {
            ordinal: left.choices + 1,
            ranking: vec![place],
            draws: Vec::new(),
            reference: None,
            chosen: Some((by, choice.reason)),
        });
        Ok(follows.and(line).from(next))
    }

    /// The owner did not choose in time. `None`: it still may, or has.
    pub fn not_chosen(&self, now: Timestamp) -> Result<Option<Decision<Failed>>, Refusal> {
        match self.stage {
            Stage::Choosing { due_at } if due_at <= now => {
                Ok(Some(self.fail(FailureReason::NotChosen)?))
            }
            _ => Ok(None),
        }
    }

    fn selected(&self, selection: Selection) -> Decision<Selection> {
        let about = self.about();
        let mut follows = Follows::new();
        for DrawnEvidence { id, evidence, text } in &selection.draws {
            let picks = evidence.picks.iter().map(|pick| pick.uscc.clone());
            let published = fact::Draw {
                draw: id.to_string(),
                purpose: evidence.purpose,
                server_seed: evidence.server_seed,
                picks: picks.collect(),
                evidence_sha256: sha256(text.as_bytes()),
            };
            follows = follows.fact(&about, published);
        }
        let published = fact::Selection {
            method: self.method(),
            ordinal: selection.ordinal.cast_signed(),
            ranking: selection.ranking.iter().map(RankedPlace::from).collect(),
            reason: selection.chosen.as_ref().map(|(_, reason)| reason.clone()),
            reference: selection.reference.clone(),
        };
        follows.fact(&about, published).from(selection)
    }
}
