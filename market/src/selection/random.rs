//! 随机抽取: a fixed price, one draw among all who were frozen.

use super::{Bid, Chooser, Draws, Field, Kind, MoneyRules, Outcome, PriceFrom, Standard, Words};
use crate::Fen;
use crate::draw::{Purpose, draw};

pub(super) const KIND: Kind = Kind {
    bid: Bid::None,
    rounds: 0,
    chooser: Chooser::Clock(select),
    price: PriceFrom::Notice,
    draws: Draws::Always,
    has_backups: true,
    variants: &[],
    reference: None,
    standard: Standard {
        public: MoneyRules {
            reason_above: Some(Fen(20_000_000)),
            ..MoneyRules::free(3)
        },
        social: MoneyRules::free(1),
    },
    words: Words {
        explanation: "价格固定，从合格的报名机构中公开抽取，任何人可以复算结果。",
        rule: "由公开的种子和各家自带的随机数算出，任何人可以复算",
        stage: "公开抽取",
        result: "由公开的种子和各家的随机数抽出，任何人可以复算。",
        undrawn: None,
        fairness: "每家机构报名时带入自己的随机数；截止后名单冻结，由种子和全部随机数算出结果，任何人可以复算。",
        won: "抽中",
    },
};

/// Draws the winner and the backups, one ticket each, at the fixed price.
fn select(field: &Field<'_>) -> Outcome {
    let entrants = field
        .frozen
        .iter()
        .map(|frozen| frozen.entrant(frozen.seq))
        .collect();
    let evidence = draw(
        field.setup,
        Purpose::Winner,
        entrants,
        field.excluded.to_vec(),
        field.places,
    );
    let ranking = evidence
        .picks
        .iter()
        .filter_map(|pick| field.frozen.iter().find(|frozen| frozen.uscc == pick.uscc))
        .map(|frozen| frozen.at(field.terms.bounds.ceiling))
        .collect();
    Outcome {
        ranking,
        draws: vec![evidence],
        reference: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{BOUNDS, frozen, select};
    use super::super::{Method, Outcome, Selected};

    fn outcome(entrants: usize) -> Outcome {
        match select(Method::Random, &frozen(&vec![None; entrants]), 2, 7) {
            Selected::Ranked(outcome) => outcome,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_ranking_is_the_draw() {
        let (frozen, outcome) = (frozen(&[None; 4]), outcome(4));
        assert_eq!(outcome.ranking.len(), 2);
        for (place, pick) in outcome.ranking.iter().zip(&outcome.draws[0].picks) {
            assert_eq!(frozen[place.seq as usize - 1].uscc, pick.uscc);
            assert_eq!(place.amount, BOUNDS.ceiling);
        }
    }

    #[test]
    fn a_single_entrant_wins_and_there_is_no_backup() {
        assert_eq!(outcome(1).ranking.len(), 1);
    }
}
