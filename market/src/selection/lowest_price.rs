//! 最低价: the lowest bid within floor and ceiling; equal bids are settled by a draw.

use super::bids::rank;
use super::{Bid, Chooser, Draws, Field, Kind, MoneyRules, Outcome, PriceFrom, Standard, Words};

pub(super) const KIND: Kind = Kind {
    bid: Bid::Sealed,
    rounds: 1,
    chooser: Chooser::Clock(select),
    price: PriceFrom::Bid,
    draws: Draws::AmongEquals,
    has_backups: true,
    variants: &[],
    reference: None,
    standard: Standard {
        public: MoneyRules::free(3),
        social: MoneyRules::free(1),
    },
    words: Words {
        explanation: "机构密封报价，截止后统一开标，限价范围内最低的中选。",
        rule: "报价密封，截止后统一开标，不高于最高限价且不低于最低限价的最低报价中选，同价的用抽取决定",
        stage: "开标选取",
        result: "有效报价中最低的中选；同价的用抽取决定。",
        undrawn: Some("有效报价中最低的中选，没有同价，不需要抽取。"),
        fairness: "报价在截止前没有人能看到；截止后统一开启，有效报价中最低的中选，全部报价公开。只有同价时才抽取，由种子和各家报名时带入的随机数算出，任何人可以复算。",
        won: "最低价",
    },
};

/// Ranks the valid bids from the lowest.
fn select(field: &Field<'_>) -> Outcome {
    rank(
        field,
        |bid, _| bid,
        |bid| format!("报价不等于 {} 元，不参加同价抽取。", bid.yuan()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{frozen, select};
    use super::super::{Method, Selected};
    use proptest::prelude::*;

    fn ranking(bids: &[Option<i64>], places: usize, seed: u64) -> (Vec<(u32, i64)>, usize) {
        let Selected::Ranked(outcome) = select(Method::LowestPrice, &frozen(bids), places, seed)
        else {
            return (Vec::new(), 0);
        };
        let places = outcome.ranking.iter();
        (
            places.map(|place| (place.seq, place.amount.0)).collect(),
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
