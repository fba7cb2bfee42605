//! 最低价: the lowest bid within floor and ceiling; equal bids are settled by a draw.

use super::{Field, Frozen, Outcome, Place};
use crate::Fen;
use crate::draw::{Excluded, Purpose, draw};
use crate::eligibility::Ineligibility;

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
    /// slipped (8.6 for 8.6万). `None` where there is nothing to ask. Whoever means it says so ([`Bounds::sure`]).
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
            "确实报这个数的，请勾选“金额无误”后再提交。",
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

    /// What a form says in `sure` when this very bid is meant: the bid itself, so that a later change asks again.
    pub fn sure(bid: Fen) -> String {
        bid.plain()
    }
}

/// Ranks the valid bids from the lowest. Where equal bids compete for fewer places than they are, a draw of
/// purpose `tie` orders them; where they all find a place, too, so that their order is never an accident.
pub fn select(field: &Field<'_>, bounds: Bounds) -> Outcome {
    let mut valid: Vec<(Fen, &Frozen)> = field
        .frozen
        .iter()
        .filter_map(|frozen| frozen.bid.map(|bid| (bid, frozen)))
        .filter(|(bid, _)| bounds.fault(*bid).is_none())
        .collect();
    valid.sort_by_key(|(bid, frozen)| (*bid, frozen.seq));
    let mut outcome = Outcome {
        ranking: Vec::new(),
        draws: Vec::new(),
    };
    for equal in valid.chunk_by(|a, b| a.0 == b.0) {
        let places = field.places - outcome.ranking.len();
        if places == 0 {
            break;
        }
        let order = if equal.len() == 1 {
            vec![equal[0].1]
        } else {
            drawn(field, equal, places, &mut outcome)
        };
        outcome
            .ranking
            .extend(order.into_iter().take(places).map(|frozen| Place {
                seq: frozen.seq,
                agency: frozen.agency,
                sign_up: frozen.sign_up,
                amount: equal[0].0,
            }));
    }
    outcome
}

/// Orders equal bids by a draw and keeps its evidence. Those who are not in the tie are named as excluded.
fn drawn<'a>(
    field: &Field<'_>,
    equal: &[(Fen, &'a Frozen)],
    places: usize,
    outcome: &mut Outcome,
) -> Vec<&'a Frozen> {
    let entrants = equal
        .iter()
        .zip(1..)
        .map(|((_, frozen), seq)| frozen.entrant(seq))
        .collect();
    let reason = format!("报价不等于 {} 元，不参加同价抽取。", equal[0].0.yuan());
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

/// The bids that are outside the bounds or could not be opened, with the reason for the public record.
pub fn invalid(frozen: &[Frozen], bounds: Bounds) -> Vec<(u32, Ineligibility)> {
    frozen
        .iter()
        .filter_map(|frozen| {
            let why = match frozen.bid {
                None => Some("报价无法开启。".to_string()),
                Some(bid) => bounds.fault(bid),
            };
            why.map(|why| (frozen.seq, Ineligibility::BidInvalid { why }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{frozen, setup};
    use super::*;
    use proptest::prelude::*;

    const BOUNDS: Bounds = Bounds {
        ceiling: Fen(1_000),
        floor: Some(Fen(700)),
    };

    fn ranking(bids: &[Option<i64>], places: usize, seed: u64) -> (Vec<(u32, i64)>, usize) {
        let frozen = frozen(bids);
        let setup = setup(seed);
        let outcome = select(
            &Field {
                setup: &setup,
                frozen: &frozen,
                excluded: &[],
                places,
            },
            BOUNDS,
        );
        assert!(outcome.draws.iter().all(|evidence| evidence.is_right()));
        (
            outcome
                .ranking
                .iter()
                .map(|place| (place.seq, place.amount.0))
                .collect(),
            outcome.draws.len(),
        )
    }

    #[test]
    fn the_lowest_valid_bid_wins_without_a_draw() {
        let bids = [Some(900), Some(699), Some(800), Some(1_001), Some(850)];
        assert_eq!(ranking(&bids, 2, 1), (vec![(3, 800), (5, 850)], 0));
    }

    #[test]
    fn both_bounds_are_allowed_themselves() {
        assert_eq!(
            ranking(&[Some(1_000), Some(700)], 2, 1),
            (vec![(2, 700), (1, 1_000)], 0)
        );
        let found = invalid(&frozen(&[Some(1_001), Some(699), None, Some(700)]), BOUNDS);
        assert_eq!(
            found.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
            [1, 2, 3]
        );
    }

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
        assert_eq!(Bounds::sure(Fen(860)), "8.60");
    }

    #[test]
    fn equal_bids_are_drawn_and_every_one_of_them_can_win() {
        let bids = [Some(800), Some(900), Some(800), Some(800)];
        let mut winners = std::collections::BTreeSet::new();
        for seed in 0..60 {
            let (places, draws) = ranking(&bids, 2, seed);
            assert_eq!((places.len(), draws), (2, 1));
            assert!(places.iter().all(|(_, amount)| *amount == 800));
            winners.insert(places[0].0);
        }
        assert_eq!(winners, [1, 3, 4].into());
    }

    #[test]
    fn a_tie_for_the_backup_is_drawn_too() {
        let (places, draws) = ranking(&[Some(900), Some(800), Some(900)], 2, 5);
        assert_eq!((places[0], draws), ((2, 800), 1));
        assert_eq!(places[1].1, 900);
    }

    #[test]
    fn no_valid_bid_means_no_winner() {
        assert_eq!(ranking(&[Some(1_200), None], 2, 1), (vec![], 0));
    }

    proptest! {
        #[test]
        fn nobody_valid_bid_less_than_the_winner(bids in proptest::collection::vec(proptest::option::of(600i64..1_100), 0..12), places in 1usize..4, seed in any::<u64>()) {
            let (places_taken, _) = ranking(&bids, places, seed);
            let mut valid: Vec<i64> = bids.iter().flatten().copied().filter(|bid| (700..=1_000).contains(bid)).collect();
            valid.sort_unstable();
            let amounts: Vec<i64> = places_taken.iter().map(|(_, amount)| *amount).collect();
            prop_assert_eq!(&amounts[..], &valid[..valid.len().min(places)]);
        }

        #[test]
        fn the_order_of_receipt_of_a_losing_bid_changes_nothing(seed in any::<u64>()) {
            let (a, _) = ranking(&[Some(800), Some(800), Some(950)], 1, seed);
            let (b, _) = ranking(&[Some(800), Some(800), Some(960)], 1, seed);
            prop_assert_eq!(a, b);
        }
    }
}
