//! What a method is, as one value. Whoever has to treat methods differently asks this value, never the name.

use super::{Field, MoneyRules, Outcome, Reference, Variant};
use crate::Fen;

/// What a method is.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// What a sign-up carries beside the random number.
    pub bid: Bid,
    /// How often is bid: 0 without bids.
    pub rounds: u32,
    pub chooser: Chooser,
    pub price: PriceFrom,
    pub draws: Draws,
    /// Whether a selection ranks backups (候补) behind the winner.
    pub has_backups: bool,
    /// The rules of which the owner chooses one; empty where there is nothing to choose.
    pub variants: &'static [Variant],
    /// Computes the reference price, where the method measures bids by one.
    pub reference: Option<Measure>,
    pub standard: Standard,
    pub words: Words,
}

/// From valid bids (place on the list, amount) to what they are measured by; `None` of none.
pub type Measure = fn(&[(u32, Fen)]) -> Option<Reference>;

/// What is bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bid {
    /// Nothing: who signs up accepts the price of the notice.
    None,
    /// A price, sealed until the deadline.
    Sealed,
}

/// Who chooses.
#[derive(Debug, Clone, Copy)]
pub enum Chooser {
    /// The clock, at the instant of selection, by this function alone.
    Clock(fn(&Field<'_>) -> Outcome),
    /// The owner, with a reason, within its period.
    Owner,
}

/// Where the price of an award comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceFrom {
    /// The notice: a fixed price.
    Notice,
    /// The winner's bid, within the bounds of the notice.
    Bid,
}

/// When something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draws {
    Never,
    /// Where the rule leaves several equal.
    AmongEquals,
    Always,
}

/// What pages say about a method.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// In one sentence, for the owner who chooses it.
    pub explanation: &'static str,
    /// The rule in one clause, for the page of rules.
    pub rule: &'static str,
    /// The name of the step in the course of a requirement.
    pub stage: &'static str,
    /// How a result came about.
    pub result: &'static str,
    /// What is said instead where something might have been drawn and had not to be.
    pub undrawn: Option<&'static str>,
    /// Why nobody can turn the result, for who reads a notice.
    pub fairness: &'static str,
    /// What the winner did, before its price where that comes from a bid.
    pub won: &'static str,
}

/// The rules of a method in the standard policy.
#[derive(Debug, Clone, Copy)]
pub struct Standard {
    pub public: MoneyRules,
    pub social: MoneyRules,
}
