//! The amount of a requirement: a price that agencies accept, or bounds within which they bid.

use crate::Fen;
use crate::coded::coded;
use crate::form::Reader;
use crate::policy::Policy;
use crate::selection::{Bid, Bounds, Method};
use serde::{Deserialize, Serialize};

/// The amount of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// Agencies accept the price by signing up.
    Fixed(Fen),
    /// Agencies bid up to a ceiling and not below a floor.
    Ceiling { ceiling: Fen, floor: Option<Fen> },
}

coded! {
    /// The kind of [`Price`], as a column.
    pub enum PriceKind ("price_kind") {
        Fixed = "fixed", "固定价";
        Ceiling = "ceiling", "最高限价";
    }
}

impl Price {
    /// Reads the amount and, where prices are bid, the floor, which the policy binds to the ceiling. The amount alone
    /// is there as soon as it can be read, whatever is wrong with the rest: more depends on it.
    pub(super) fn read(
        read: &mut Reader<'_>,
        method: Option<Method>,
        policy: &Policy,
    ) -> (Option<Fen>, Option<Price>) {
        let amount = read.need("amount", Fen::parse);
        let price = method.and_then(|method| Price::at(read, method, amount, policy));
        (amount, price)
    }

    fn at(
        read: &mut Reader<'_>,
        method: Method,
        amount: Option<Fen>,
        policy: &Policy,
    ) -> Option<Price> {
        if !method.wants_bid() {
            if read.maybe("floor", Fen::parse)?.is_some() {
                let labels = Method::labels(|kind| kind.bid == Bid::Sealed);
                read.wrong(
                    "floor",
                    format!("只有报价的方式（{labels}）有最低限价，请清空，或改选报价的方式。"),
                );
            }
            return amount.map(Price::Fixed);
        }
        let floor = read.need("floor", Fen::parse)?;
        let amount = amount?;
        let least = Fen(amount.0 * i64::from(policy.selection.floor_percent) / 100);
        if floor > amount {
            read.wrong("floor", "最低限价不能高于最高限价。");
        } else if floor < least {
            let percent = policy.selection.floor_percent;
            read.wrong(
                "floor",
                format!(
                    "最低限价不低于最高限价的 {percent}%，即 {} 元。",
                    least.yuan()
                ),
            );
        } else {
            return Some(Price::Ceiling {
                ceiling: amount,
                floor: Some(floor),
            });
        }
        None
    }

    /// The price that limits apply to: the fixed one or the ceiling.
    pub fn limit(self) -> Fen {
        match self {
            Price::Fixed(amount) => amount,
            Price::Ceiling { ceiling, .. } => ceiling,
        }
    }

    /// The kind, as a column.
    pub fn kind(self) -> PriceKind {
        match self {
            Price::Fixed(_) => PriceKind::Fixed,
            Price::Ceiling { .. } => PriceKind::Ceiling,
        }
    }

    /// The floor, where there is one.
    pub fn floor(self) -> Option<Fen> {
        match self {
            Price::Fixed(_) => None,
            Price::Ceiling { floor, .. } => floor,
        }
    }

    /// The bounds for bids.
    pub fn bounds(self) -> Bounds {
        Bounds {
            ceiling: self.limit(),
            floor: self.floor(),
        }
    }

    /// In words, with the formal writing.
    pub fn words(self) -> String {
        match self {
            Price::Fixed(amount) => format!("固定价 {} 元（{}）", amount.yuan(), amount.capitals()),
            Price::Ceiling { ceiling, floor } => {
                let floor = floor
                    .map(|floor| format!("，最低限价 {} 元", floor.yuan()))
                    .unwrap_or_default();
                format!(
                    "最高限价 {} 元（{}）{floor}",
                    ceiling.yuan(),
                    ceiling.capitals()
                )
            }
        }
    }
}
