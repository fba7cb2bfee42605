//! How one of several is chosen: pure functions side by side, one file a method.
//! A new method is a new file here, a variant of [`Method`], a case in [`crate::policy`] for its limits
//! and an arm in `calls::selection::draw` of `app`, which feeds it.

pub mod direct;
pub mod lowest_price;
pub mod random;

use crate::coded::coded;
use crate::draw::{Entrant, Evidence, Excluded, Hex32, Setup};
use crate::{AgencyId, Fen, SignUpId};

coded! {
    /// How a requirement selects.
    pub enum Method ("method") {
        Random = "random", "随机抽取";
        LowestPrice = "lowest_price", "最低价";
        Direct = "direct", "直接选取";
    }
}

impl Method {
    /// Whether sign-ups carry a sealed bid.
    pub fn wants_bid(self) -> bool {
        matches!(self, Method::LowestPrice)
    }

    /// The method in one sentence, for people who choose it.
    pub fn explanation(self) -> &'static str {
        match self {
            Method::Random => "价格固定，从合格的报名机构中公开抽取，任何人可以复算结果。",
            Method::LowestPrice => "机构密封报价，截止后统一开标，限价范围内最低的中选。",
            Method::Direct => "截止后由业主从合格的报名机构中说明理由选定，适合小额项目。",
        }
    }
}

/// One of the frozen list, in order of receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// 1..n.
    pub seq: u32,
    pub sign_up: SignUpId,
    pub agency: AgencyId,
    pub uscc: String,
    pub nonce: Hex32,
    /// The opened bid, where the method has bids.
    pub bid: Option<Fen>,
}

impl Frozen {
    /// As an entrant of a draw with one ticket, renumbered.
    fn entrant(&self, seq: u32) -> Entrant {
        Entrant {
            seq,
            uscc: self.uscc.clone(),
            weight: 1,
            nonce: self.nonce,
        }
    }
}

/// What every method gets.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    pub setup: &'a Setup,
    pub frozen: &'a [Frozen],
    pub excluded: &'a [Excluded],
    /// The winner and the backups together.
    pub places: usize,
}

/// A place in the ranking: the first is the winner, the rest are backups in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub seq: u32,
    pub agency: AgencyId,
    pub sign_up: SignUpId,
    /// The price of the award.
    pub amount: Fen,
}

/// What a method decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Empty when nobody could be chosen.
    pub ranking: Vec<Place>,
    /// Every draw that the decision needed, with its evidence.
    pub draws: Vec<Evidence>,
}

#[cfg(test)]
pub(crate) mod fixtures {
    use super::*;
    use crate::draw::sha256;
    use uuid::Uuid;

    pub fn frozen(bids: &[Option<i64>]) -> Vec<Frozen> {
        bids.iter()
            .enumerate()
            .map(|(i, bid)| Frozen {
                seq: i as u32 + 1,
                sign_up: SignUpId(Uuid::from_u128(100 + i as u128)),
                agency: AgencyId(Uuid::from_u128(200 + i as u128)),
                uscc: format!("CODE{i:014}"),
                nonce: sha256(&[i as u8]),
                bid: bid.map(Fen),
            })
            .collect()
    }

    pub fn setup(seed: u64) -> Setup {
        Setup {
            notice_no: "ZJXY420606202603150001".into(),
            server_seed: sha256(&seed.to_be_bytes()),
            beacon_rule: "none".into(),
            beacon: String::new(),
        }
    }
}
