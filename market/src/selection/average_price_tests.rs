use super::super::fixtures::{frozen, setup};
use super::super::{Bounds, Field, Frozen, Method, Outcome, Selected, Terms};
use super::*;
use crate::time::Duration;
use proptest::prelude::*;

const WIDE: Bounds = Bounds {
    ceiling: Fen(100_000_000),
    floor: None,
};
const RULES: [Variant; 2] = [Variant::EitherSide, Variant::BelowFirst];

fn outcome(list: &[Frozen], variant: Variant, bounds: Bounds, places: usize) -> Outcome {
    let setup = setup(9);
    let selected = Method::AveragePrice.select(&Field {
        setup: &setup,
        frozen: list,
        excluded: &[],
        terms: Terms {
            bounds,
            variant: Some(variant),
        },
        least: 1,
        places,
    });
    match selected {
        Selected::Ranked(outcome) => {
            assert!(outcome.draws.iter().all(|evidence| evidence.is_right()));
            outcome
        }
        Selected::TooFew { .. } => Outcome::default(),
        Selected::ByOwner => panic!("nobody chooses"),
    }
}

/// The mean and the order of all bids.
fn order(bids: &[i64], variant: Variant) -> (i64, Vec<i64>) {
    let list = frozen(&bids.iter().copied().map(Some).collect::<Vec<_>>());
    let outcome = outcome(&list, variant, WIDE, bids.len());
    let reference = outcome.reference.expect("a mean");
    let order = outcome.ranking.iter().map(|place| place.amount.0);
    (reference.price.0, order.collect())
}

/// Worked out apart from this program, with exact fractions: means by quotient and rounding half up, orders by sorting.
#[test]
fn the_order_is_that_of_the_worked_examples() {
    for (bids, mean, either, below) in [
        // 319,200.00 / 6 = 53,200.00; distances 5,200, 2,700, 1,200, 600, 1,800 and 6,700 yuan.
        (
            vec![
                4_800_000, 5_050_000, 5_200_000, 5_380_000, 5_500_000, 5_990_000,
            ],
            5_320_000,
            vec![
                5_380_000, 5_200_000, 5_500_000, 5_050_000, 4_800_000, 5_990_000,
            ],
            vec![
                5_200_000, 5_050_000, 4_800_000, 5_380_000, 5_500_000, 5_990_000,
            ],
        ),
        // 10,000.5 is rounded up, and the bid that it becomes does not exceed it.
        (
            vec![10_000, 10_001],
            10_001,
            vec![10_001, 10_000],
            vec![10_001, 10_000],
        ),
        // 10,000.33 is rounded down.
        (
            vec![10_001, 10_000, 10_000],
            10_000,
            vec![10_000, 10_000, 10_001],
            vec![10_000, 10_000, 10_001],
        ),
        // Equally near on both sides: the lower one.
        (vec![900, 800], 850, vec![800, 900], vec![800, 900]),
        // 3,997 / 4 = 999.25; 998 and 1,000 are equally near to 999.
        (
            vec![1_000, 999, 998, 1_000],
            999,
            vec![999, 998, 1_000, 1_000],
            vec![999, 998, 1_000, 1_000],
        ),
        (vec![800], 800, vec![800], vec![800]),
    ] {
        assert_eq!(order(&bids, Variant::EitherSide), (mean, either));
        assert_eq!(order(&bids, Variant::BelowFirst), (mean, below));
    }
}

#[test]
fn only_valid_bids_count_for_the_mean() {
    let list = frozen(&[Some(690), Some(800), None, Some(900), Some(1_100)]);
    let bounds = Bounds {
        ceiling: Fen(1_000),
        floor: Some(Fen(700)),
    };
    let outcome = outcome(&list, Variant::EitherSide, bounds, 5);
    let reference = outcome.reference.expect("a mean");
    assert_eq!((reference.sum, reference.price), (Fen(1_700), Fen(850)));
    let places: Vec<u32> = outcome.ranking.iter().map(|place| place.seq).collect();
    assert_eq!(places, [2, 4]);
}

#[test]
fn equal_bids_go_to_the_earlier_second_and_then_to_a_draw() {
    let mut list = frozen(&[Some(800), Some(900), Some(800), Some(800)]);
    for rule in RULES {
        let drawn = outcome(&list, rule, WIDE, 2);
        assert_eq!(drawn.draws.len(), 1);
        assert_eq!(drawn.draws[0].entrants.len(), 3);
        assert_eq!(drawn.draws[0].excluded[0].uscc, list[1].uscc);
    }
    // Within one second nobody is earlier.
    list[2].received_at += Duration::milliseconds(900);
    assert_eq!(outcome(&list, RULES[0], WIDE, 2).draws[0].entrants.len(), 3);
    list[0].received_at += Duration::seconds(2);
    list[2].received_at += Duration::seconds(1);
    let ranked = outcome(&list, RULES[0], WIDE, 3);
    assert!(ranked.draws.is_empty());
    let order: Vec<u32> = ranked.ranking.iter().map(|place| place.seq).collect();
    assert_eq!(order, [4, 3, 1]);
}

#[test]
fn every_one_of_a_tie_can_win() {
    let mut winners = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let setup = setup(seed);
        let list = frozen(&[Some(800), Some(800), Some(800)]);
        let selected = Method::AveragePrice.select(&Field {
            setup: &setup,
            frozen: &list,
            excluded: &[],
            terms: Terms {
                bounds: WIDE,
                variant: Some(Variant::BelowFirst),
            },
            least: 3,
            places: 1,
        });
        if let Selected::Ranked(outcome) = selected {
            winners.insert(outcome.ranking[0].seq);
        }
    }
    assert_eq!(winners, [1, 2, 3].into());
}

proptest! {
    #[test]
    fn the_mean_lies_between_and_somebody_does_not_exceed_it(bids in proptest::collection::vec(1i64..10_000, 1..12)) {
        let (mean, either) = order(&bids, Variant::EitherSide);
        let (_, below) = order(&bids, Variant::BelowFirst);
        let (low, high) = (*bids.iter().min().expect("one"), *bids.iter().max().expect("one"));
        prop_assert!((low..=high).contains(&mean));
        // Half up: the mean is the whole number nearest to the quotient, the upper of two.
        let (sum, n) = (bids.iter().sum::<i64>(), bids.len() as i64);
        prop_assert!(2 * mean * n - n <= 2 * sum && 2 * sum < 2 * mean * n + n);
        prop_assert!(below[0] <= mean);
        let distance = |bid: &i64| (bid - mean).abs();
        prop_assert_eq!(distance(&either[0]), bids.iter().map(distance).min().expect("one"));
        let nearest_below = bids.iter().filter(|bid| **bid <= mean).max().expect("one");
        prop_assert_eq!(below[0], *nearest_below);
        let mut sorted = [bids.clone(), either.clone(), below.clone()];
        sorted.iter_mut().for_each(|list| list.sort_unstable());
        prop_assert_eq!(&sorted[0], &sorted[1], "every bid has its place");
        prop_assert_eq!(&sorted[0], &sorted[2], "every bid has its place");
        prop_assert!(either.windows(2).all(|pair| distance(&pair[0]) <= distance(&pair[1])));
    }

    #[test]
    fn who_stands_where_on_the_list_changes_nothing(bids in proptest::collection::vec(700i64..760, 1..9), turn in 0usize..9, below in any::<bool>()) {
        let rule = RULES[usize::from(below)];
        let mut list = frozen(&bids.iter().copied().map(Some).collect::<Vec<_>>());
        for (n, one) in list.iter_mut().enumerate() {
            one.received_at += Duration::seconds(n as i64);
        }
        let agencies = |outcome: Outcome| -> Vec<_> { outcome.ranking.iter().map(|place| (place.agency, place.amount)).collect() };
        let before = agencies(outcome(&list, rule, WIDE, 4));
        let turn = turn % list.len();
        list.rotate_left(turn);
        for (one, seq) in list.iter_mut().zip(1..) {
            one.seq = seq;
        }
        prop_assert_eq!(before, agencies(outcome(&list, rule, WIDE, 4)));
    }
}
