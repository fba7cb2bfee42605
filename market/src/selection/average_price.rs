//! 均价选取: the reference price is the mean of the valid bids (均价), and the bid nearest to it wins. The owner chooses one
//! of two rules: nearest from either side, or first of all those that do not exceed the mean. Of equally near ones the
//! lower wins, of equal ones that which was received in an earlier second, and then a draw decides.

use super::bids::{rank, valid};
use super::reference::Reference;
use super::{
    Bid, Chooser, Draws, Field, Kind, MoneyRules, Outcome, PriceFrom, Standard, Variant, Words,
};
use crate::Fen;

pub(super) const KIND: Kind = Kind {
    bid: Bid::Sealed,
    rounds: 1,
    chooser: Chooser::Clock(select),
    price: PriceFrom::Bid,
    draws: Draws::AmongEquals,
    has_backups: true,
    variants: &[Variant::EitherSide, Variant::BelowFirst],
    reference: Some(mean),
    standard: Standard {
        public: MoneyRules::free(3),
        social: MoneyRules::free(1),
    },
    words: Words {
        explanation: "机构密封报价，截止后统一开标，限价范围内最接近全部有效报价平均数的中选。",
        rule: "报价密封，截止后统一开标，均价是全部有效报价的平均数，四舍五入到分，按公告选定的规则取与均价最接近的报价；同样接近的取较低的，报价相同的取收到较早的（精确到秒），仍不分先后的用抽取决定",
        stage: "开标选取",
        result: "均价由全部有效报价算出，按公告的规则与均价最接近的中选；不分先后的用抽取决定。",
        undrawn: Some(
            "均价由全部有效报价算出，按公告的规则与均价最接近的中选，先后分明，不需要抽取。",
        ),
        fairness: "报价在截止前没有人能看到；截止后统一开启，按全部有效报价算出均价，全部报价和算法公开，任何人可以复算。只有不分先后时才抽取，由种子和各家报名时带入的随机数算出。",
        won: "最接近均价",
    },
};

/// The mean of some valid bids, rounded half up to the fen; `None` of none. It is never below the lowest of them, nor above
/// the highest, because both are whole fen: there is always a bid that does not exceed it.
fn mean(bids: &[(u32, Fen)]) -> Option<Reference> {
    let sum: i64 = bids.iter().map(|(_, bid)| bid.0).sum();
    let count = i64::try_from(bids.len()).ok().filter(|count| *count > 0)?;
    let price = Fen((sum + count / 2).div_euclid(count));
    Some(Reference::new(Fen(sum), price, bids))
}

/// Ranks the valid bids from the nearest to their mean.
fn select(field: &Field<'_>) -> Outcome {
    let bids: Vec<(u32, Fen)> = valid(field)
        .iter()
        .map(|(bid, frozen)| (frozen.seq, *bid))
        .collect();
    let mean = mean(&bids).map_or(Fen(0), |reference| reference.price);
    let below_first = field.terms.variant == Some(Variant::BelowFirst);
    rank(
        field,
        |bid, frozen| {
            let is_later = below_first && bid > mean;
            let distance = (bid.0 - mean.0).abs();
            (is_later, distance, bid, frozen.received_at.unix_timestamp())
        },
        |bid| {
            format!(
                "报价不等于 {} 元，或者收到时间（精确到秒）不同，不参加这次抽取。",
                bid.yuan()
            )
        },
    )
}

#[cfg(test)]
#[path = "average_price_tests.rs"]
mod tests;
