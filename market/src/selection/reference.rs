//! 参考价: a price that is computed from all valid bids and that each of them is measured by. It is published with what
//! it was computed from, so that anybody can do the sum again.

use crate::Fen;
use serde::{Deserialize, Serialize};

/// A reference price and every valid bid's distance from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Of the valid bids.
    #[serde(rename = "sum_fen")]
    pub sum: Fen,
    #[serde(rename = "price_fen")]
    pub price: Fen,
    /// In order of receipt.
    pub bids: Vec<Distance>,
}

/// A valid bid and how far it is from the reference price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distance {
    /// Its place on the frozen list.
    pub seq: u32,
    #[serde(rename = "amount_fen")]
    pub amount: Fen,
    /// Negative below the reference price.
    #[serde(rename = "distance_fen")]
    pub distance: Fen,
}

impl Reference {
    pub(super) fn new(sum: Fen, price: Fen, bids: &[(u32, Fen)]) -> Reference {
        let distance = |&(seq, amount): &(u32, Fen)| Distance {
            seq,
            amount,
            distance: Fen(amount.0 - price.0),
        };
        Reference {
            sum,
            price,
            bids: bids.iter().map(distance).collect(),
        }
    }

    /// The sum in one sentence.
    pub fn words(&self) -> String {
        format!(
            "均价：有效报价 {} 家，合计 {} 元，平均 {} 元（四舍五入到分）。",
            self.bids.len(),
            self.sum.yuan(),
            self.price.yuan()
        )
    }

    /// How far the bid of a place is: `低 1,200.00`, `高 600.00`, `相等`. `None` where it is not valid.
    pub fn distance_words(&self, seq: u32) -> Option<String> {
        let found = self.bids.iter().find(|bid| bid.seq == seq)?;
        let far = Fen(found.distance.0.abs()).yuan();
        Some(match found.distance.0 {
            0 => "相等".into(),
            below if below < 0 => format!("低 {far}"),
            _ => format!("高 {far}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_says_what_it_was_computed_from() {
        let bids = [(1, Fen(90_000)), (2, Fen(80_000)), (4, Fen(85_000))];
        let reference = Reference::new(Fen(255_000), Fen(85_000), &bids);
        assert_eq!(
            reference.words(),
            "均价：有效报价 3 家，合计 2,550.00 元，平均 850.00 元（四舍五入到分）。"
        );
        let words: Vec<_> = (1..=4).map(|seq| reference.distance_words(seq)).collect();
        assert_eq!(
            words,
            [
                Some("高 50.00".into()),
                Some("低 50.00".into()),
                None,
                Some("相等".into())
            ]
        );
        assert_eq!(
            serde_json::to_string(&reference).expect("serialises"),
            r#"{"sum_fen":255000,"price_fen":85000,"bids":[{"seq":1,"amount_fen":90000,"distance_fen":5000},{"seq":2,"amount_fen":80000,"distance_fen":-5000},{"seq":4,"amount_fen":85000,"distance_fen":0}]}"#
        );
    }
}
