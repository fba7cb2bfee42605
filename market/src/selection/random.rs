//! 随机抽取: a fixed price, one draw among all who were frozen.

use super::{Field, Outcome, Place};
use crate::Fen;
use crate::draw::{Purpose, draw};

/// Draws the winner and the backups, one ticket each, at the fixed price.
pub fn select(field: &Field<'_>, price: Fen) -> Outcome {
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
        .map(|frozen| Place {
            seq: frozen.seq,
            agency: frozen.agency,
            sign_up: frozen.sign_up,
            amount: price,
        })
        .collect();
    Outcome {
        ranking,
        draws: vec![evidence],
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{frozen, setup};
    use super::*;

    #[test]
    fn the_ranking_is_the_draw() {
        let frozen = frozen(&[None, None, None, None]);
        let setup = setup(7);
        let outcome = select(
            &Field {
                setup: &setup,
                frozen: &frozen,
                excluded: &[],
                places: 2,
            },
            Fen(100),
        );
        assert_eq!(outcome.ranking.len(), 2);
        assert!(outcome.draws[0].is_right());
        for (place, pick) in outcome.ranking.iter().zip(&outcome.draws[0].picks) {
            assert_eq!(frozen[place.seq as usize - 1].uscc, pick.uscc);
            assert_eq!(place.amount, Fen(100));
        }
    }

    #[test]
    fn a_single_entrant_wins_and_there_is_no_backup() {
        let frozen = frozen(&[None]);
        let setup = setup(7);
        let outcome = select(
            &Field {
                setup: &setup,
                frozen: &frozen,
                excluded: &[],
                places: 2,
            },
            Fen(100),
        );
        assert_eq!(outcome.ranking.len(), 1);
    }
}
