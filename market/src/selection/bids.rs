//! What all methods with a sealed price share: which bids are valid, and how they are ranked.

use super::{Field, Frozen, Outcome};
use crate::Fen;
use crate::draw::{Excluded, Purpose, draw};

/// The bounds of a valid bid, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub ceiling: Fen,
    pub floor: Option<Fen>,
}

impl Bounds {
    /// Why a bid is outside; `None` inside.
    pub fn fault(&self, bid: Fen) -> Option<String> {
        if bid > self.ceiling {
            return Some(format!("高于最高限价 {} 元。", self.ceiling.yuan()));
        }
        match self.floor {
            Some(floor) if bid < floor => Some(format!("低于最低限价 {} 元。", floor.yuan())),
            _ => None,
        }
    }

    /// What to say at the field of a bid that is outside: the fault, and what was probably meant.
    pub fn objection(&self, bid: Fen) -> Option<String> {
        let fault = self.fault(bid)?;
        Some(["报价", &fault, &self.in_wan(bid)].concat())
    }

    /// What to ask before a bid that is allowed but a tenth of the ceiling or less is taken: most likely its unit
    /// slipped (8.6 for 8.6万). `None` where there is nothing to ask. Whoever means it says so in
    /// [`crate::form::answer_of`] the field, of the bid as [`Fen::plain`] writes it.
    pub fn doubt(&self, bid: Fen) -> Option<String> {
        if bid.0 > self.ceiling.0 / 10 || self.fault(bid).is_some() {
            return None;
        }
        let parts = [
            &bid.yuan(),
            " 元只有最高限价 ",
            &self.ceiling.yuan(),
            " 元的十分之一或者更少，请核对单位。",
            &self.in_wan(bid),
            "没有写错的，请勾选确认后再提交。",
        ];
        Some(parts.concat())
    }

    /// The hint that the unit 万 is missing; empty where that would not be a valid bid either.
    fn in_wan(&self, bid: Fen) -> String {
        let in_wan = Fen(bid.0.saturating_mul(10_000));
        if self.fault(in_wan).is_some() {
            return String::new();
        }
        ["要报 ", &in_wan.yuan(), " 元的，请写上“万”字。"].concat()
    }
}

/// The valid bids, in order of receipt.
pub fn valid<'a>(field: &Field<'a>) -> Vec<(Fen, &'a Frozen)> {
    let bids = field
        .frozen
        .iter()
        .filter_map(|frozen| Some((frozen.bid?, frozen)));
    bids.filter(|(bid, _)| field.terms.bounds.fault(*bid).is_none())
        .collect()
}

/// Ranks the valid bids by a key, the smallest first. Where bids of equal keys compete for fewer places than they are, a
/// draw of purpose `tie` orders them; where they all find a place, too, so that their order is never an accident. `apart`
/// says to those who bid something else why they are not in that draw, given the price of those who are.
pub(super) fn rank<K: Ord>(
    field: &Field<'_>,
    key: impl Fn(Fen, &Frozen) -> K,
    apart: impl Fn(Fen) -> String,
) -> Outcome {
    let mut valid = valid(field);
    valid.sort_by_key(|(bid, frozen)| (key(*bid, frozen), frozen.seq));
    let mut outcome = Outcome::default();
    for equal in valid.chunk_by(|a, b| key(a.0, a.1) == key(b.0, b.1)) {
        let places = field.places - outcome.ranking.len();
        if places == 0 {
            break;
        }
        let amount = equal[0].0;
        let order = if equal.len() == 1 {
            vec![equal[0].1]
        } else {
            drawn(field, equal, places, apart(amount), &mut outcome)
        };
        let ranked = order.into_iter().take(places);
        outcome
            .ranking
            .extend(ranked.map(|frozen| frozen.at(amount)));
    }
    outcome
}

/// Orders equal bids by a draw and keeps its evidence. Those who are not in the tie are named as excluded.
fn drawn<'a>(
    field: &Field<'_>,
    equal: &[(Fen, &'a Frozen)],
    places: usize,
    reason: String,
    outcome: &mut Outcome,
) -> Vec<&'a Frozen> {
    let entrants = equal
        .iter()
        .zip(1..)
        .map(|((_, frozen), seq)| frozen.entrant(seq))
        .collect();
    let others = field
        .frozen
        .iter()
        .filter(|other| equal.iter().all(|(_, frozen)| frozen.seq != other.seq));
    let excluded = others
        .map(|other| Excluded {
            uscc: other.uscc.clone(),
            reason: reason.clone(),
        })
        .collect();
    let evidence = draw(
        field.setup,
        Purpose::Tie,
        entrants,
        excluded,
        places.min(equal.len()),
    );
    let order = evidence
        .picks
        .iter()
        .filter_map(|pick| equal.iter().find(|(_, frozen)| frozen.uscc == pick.uscc))
        .map(|(_, frozen)| *frozen)
        .collect();
    outcome.draws.push(evidence);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bid_that_looks_like_a_slip_of_the_unit_is_asked_about() {
        let bounds = |ceiling, floor: Option<i64>| Bounds {
            ceiling: Fen(ceiling),
            floor: floor.map(Fen),
        };
        let open = bounds(10_000_000, None);
        let slip = open.doubt(Fen(860)).expect("8.60 yuan of 100,000");
        assert!(
            slip.starts_with("8.60 元只有最高限价 100,000.00 元的十分之一"),
            "{slip}"
        );
        assert!(slip.contains("要报 86,000.00 元的"), "{slip}");
        let cheap = open
            .doubt(Fen(1_000_000))
            .expect("a tenth itself is asked about");
        assert!(
            !cheap.contains("“万”"),
            "there is nothing that it may stand for: {cheap}"
        );
        assert_eq!(open.doubt(Fen(1_000_001)), None);
        assert_eq!(
            open.doubt(Fen(10_000_001)),
            None,
            "outside is a fault, not a doubt"
        );
        let floored = bounds(10_000_000, Some(7_000_000));
        assert_eq!(floored.doubt(Fen(860)), None);
        assert_eq!(
            floored.objection(Fen(860)).as_deref(),
            Some("报价低于最低限价 70,000.00 元。要报 86,000.00 元的，请写上“万”字。")
        );
        assert_eq!(
            floored.objection(Fen(6_900_000)).as_deref(),
            Some("报价低于最低限价 70,000.00 元。")
        );
        assert_eq!(floored.objection(Fen(8_600_000)), None);
    }
}
