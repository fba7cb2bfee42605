//! How one of several is chosen. A method is a value ([`Kind`]) and a file of its own, which has its words and its
//! algorithm; who chooses, what is bid and where the price comes from is read from the value everywhere else. No other
//! folder names a method (`names` tries it).
//!
//! A new method is a new file with its `KIND`, a variant of [`Method`] with its line in [`Method::kind`], and its value in
//! the database.

mod average_price;
pub mod bids;
pub mod direct;
mod kind;
mod lowest_price;
#[cfg(test)]
mod names;
mod random;
mod reference;
pub mod rules;

pub use bids::Bounds;
pub use kind::{Bid, Chooser, Draws, Kind, PriceFrom, Standard, Words};
pub use reference::{Distance, Reference};
pub use rules::MoneyRules;

use crate::coded::coded;
use crate::draw::{Entrant, Evidence, Excluded, Setup};
use crate::hash::Hex32;
use crate::{AgencyId, Fen, SignUpId, Timestamp};
use serde::{Deserialize, Serialize};

coded! {
    /// How a requirement selects.
    pub enum Method ("method") {
        Random = "random", "随机抽取";
        LowestPrice = "lowest_price", "最低价";
        AveragePrice = "average_price", "均价选取";
        Direct = "direct", "直接选取";
    }
}

coded! {
    /// Which of a method's rules the owner has chosen, where the method has several. It is part of the document.
    pub enum Variant ("variant") {
        EitherSide = "either_side", "与均价最接近的中选，高低不限";
        BelowFirst = "below_first", "先在不高于均价的报价中取最接近的";
    }
}

impl Method {
    /// What a new form has chosen until its owner chooses.
    pub const PRESET: Method = Method::Random;

    /// What the method is.
    pub const fn kind(self) -> &'static Kind {
        match self {
            Method::Random => &random::KIND,
            Method::LowestPrice => &lowest_price::KIND,
            Method::AveragePrice => &average_price::KIND,
            Method::Direct => &direct::KIND,
        }
    }

    /// Whether sign-ups carry a sealed bid.
    pub fn wants_bid(self) -> bool {
        self.kind().bid == Bid::Sealed
    }

    /// Whether the owner chooses.
    pub fn is_chosen_by_owner(self) -> bool {
        matches!(self.kind().chooser, Chooser::Owner)
    }

    /// Whether a rule is one of the method's, or none where it has but one. Errors: a sentence for the field.
    pub fn check_variant(self, chosen: Option<Variant>) -> Result<(), String> {
        let (variants, label) = (self.kind().variants, self.label());
        match chosen {
            None if variants.is_empty() => Ok(()),
            Some(variant) if variants.contains(&variant) => Ok(()),
            None => Err(format!("{label}有几种规则，请选定一种，随公告公开。")),
            Some(_) => Err(format!(
                "{label}没有这项规则，请改为“不适用”，或改选{}。",
                Method::labels(|kind| !kind.variants.is_empty())
            )),
        }
    }

    /// Chooses from the field, where nobody has to.
    pub fn select(self, field: &Field<'_>) -> Selected {
        let kind = self.kind();
        let Chooser::Clock(rank) = kind.chooser else {
            return Selected::ByOwner;
        };
        if kind.bid == Bid::Sealed {
            let valid = crate::count::count(&bids::valid(field));
            let least = field.least.max(1);
            if valid < least {
                return Selected::TooFew { valid, least };
            }
        }
        let bids = field.frozen.iter();
        let bids = bids.filter_map(|one| Some((one.seq, one.bid?)));
        Selected::Ranked(Outcome {
            reference: self.reference(field.terms.bounds, bids),
            ..rank(field)
        })
    }

    /// The reference price of opened bids (place on the list, amount), where the method has one and a bid is valid.
    pub fn reference(
        self,
        bounds: Bounds,
        bids: impl IntoIterator<Item = (u32, Fen)>,
    ) -> Option<Reference> {
        let compute = self.kind().reference?;
        let bids = bids.into_iter();
        let valid: Vec<_> = bids
            .filter(|(_, bid)| bounds.fault(*bid).is_none())
            .collect();
        compute(&valid)
    }

    /// The methods that are so, in the order of declaration.
    pub fn such(is_so: impl Fn(&Kind) -> bool) -> Vec<Method> {
        let all = Method::ALL.iter().copied();
        all.filter(|method| is_so(method.kind())).collect()
    }

    /// Their labels in one phrase: `随机抽取、最低价`.
    pub fn labels(is_so: impl Fn(&Kind) -> bool) -> String {
        let labels: Vec<&str> = Method::such(is_so).iter().map(|one| one.label()).collect();
        labels.join("、")
    }

    /// The methods that an address names: one by its code, or by `bid` all that are decided by bids.
    pub fn named(code: &str) -> Vec<Method> {
        if code == BY_BID {
            return Method::such(|kind| kind.bid != Bid::None);
        }
        Method::parse(code).into_iter().collect()
    }
}

/// What an address says for all methods that are decided by bids.
pub const BY_BID: &str = "bid";

/// One of the frozen list, in order of receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// 1..n.
    pub seq: u32,
    pub sign_up: SignUpId,
    pub agency: AgencyId,
    pub uscc: String,
    pub nonce: Hex32,
    /// When the sign-up was received. What is published has seconds, so nobody is earlier within one.
    pub received_at: Timestamp,
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

    /// As a line of the frozen list.
    pub fn listed(&self) -> Entrant {
        self.entrant(self.seq)
    }

    /// Its place at a price.
    fn at(&self, amount: Fen) -> Place {
        Place {
            seq: self.seq,
            agency: self.agency,
            sign_up: self.sign_up,
            amount,
        }
    }
}

/// What of the published document a selection depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Of valid bids. A fixed price is its own ceiling.
    pub bounds: Bounds,
    /// The owner's choice, where the method leaves one.
    pub variant: Option<Variant>,
}

/// What every method gets.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    pub setup: &'a Setup,
    pub frozen: &'a [Frozen],
    pub excluded: &'a [Excluded],
    pub terms: Terms,
    /// So many valid bids are needed, and never less than one.
    pub least: u32,
    /// The winner and the backups together.
    pub places: usize,
}

/// A place in the ranking: the first is the winner, the rest are backups in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub seq: u32,
    pub agency: AgencyId,
    pub sign_up: SignUpId,
    /// The price of the award.
    #[serde(rename = "amount_fen")]
    pub amount: Fen,
}

/// A ranking as it is stored: the winner, then the backups in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranking {
    pub places: Vec<Place>,
}

/// What a method decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Empty when nobody could be chosen.
    pub ranking: Vec<Place>,
    /// Every draw that the decision needed, with its evidence.
    pub draws: Vec<Evidence>,
    /// What the bids were measured by, where the method has it.
    pub reference: Option<Reference>,
}

/// What comes of the instant of selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selected {
    Ranked(Outcome),
    /// The requirement fails: so many bids are valid, and so many are needed.
    TooFew {
        valid: u32,
        least: u32,
    },
    /// Nothing: the owner chooses in its own time.
    ByOwner,
}

#[cfg(test)]
pub(crate) mod fixtures {
    use super::*;
    use crate::hash::sha256;
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
                received_at: Timestamp::UNIX_EPOCH,
                bid: bid.map(Fen),
            })
            .collect()
    }

    pub fn setup(seed: u64) -> Setup {
        Setup {
            notice_no: "ZJXY420606202603150001".into(),
            server_seed: sha256(&seed.to_be_bytes()),
            beacon_rule: crate::draw::BeaconRule::None,
            beacon: String::new(),
        }
    }

    pub const BOUNDS: Bounds = Bounds {
        ceiling: Fen(1_000),
        floor: Some(Fen(700)),
    };

    /// What a method makes of a list, with as many valid bids as may be.
    pub fn select(method: Method, frozen: &[Frozen], places: usize, seed: u64) -> Selected {
        let setup = setup(seed);
        let selected = method.select(&Field {
            setup: &setup,
            frozen,
            excluded: &[],
            terms: Terms {
                bounds: BOUNDS,
                variant: method.kind().variants.first().copied(),
            },
            least: 1,
            places,
        });
        if let Selected::Ranked(outcome) = &selected {
            assert!(outcome.draws.iter().all(Evidence::is_right));
        }
        selected
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::{frozen, select};
    use super::*;

    #[test]
    fn a_method_is_what_its_value_says() {
        for &method in Method::ALL {
            let kind = method.kind();
            let bids: Vec<Option<i64>> = match kind.bid {
                Bid::None => vec![None, None, None],
                Bid::Sealed => vec![Some(900), Some(800), Some(800)],
            };
            let Selected::Ranked(outcome) = select(method, &frozen(&bids), 2, 3) else {
                assert!(method.is_chosen_by_owner(), "{method:?}");
                assert!(!kind.has_backups && kind.draws == Draws::Never);
                continue;
            };
            assert!(!method.is_chosen_by_owner(), "{method:?}");
            assert_eq!(outcome.ranking.len(), 2, "{method:?} has backups");
            for place in &outcome.ranking {
                let amount = match kind.price {
                    PriceFrom::Notice => fixtures::BOUNDS.ceiling,
                    PriceFrom::Bid => Fen(bids[place.seq as usize - 1].expect("a bid")),
                };
                assert_eq!(place.amount, amount, "{method:?}");
            }
            match kind.draws {
                Draws::Never => assert!(outcome.draws.is_empty(), "{method:?}"),
                Draws::Always | Draws::AmongEquals => {
                    assert_eq!(outcome.draws.len(), 1, "{method:?}")
                }
            }
            let different = frozen(&[Some(900), Some(800), Some(850)]);
            if let Selected::Ranked(outcome) = select(method, &different, 2, 3) {
                let always = kind.draws == Draws::Always;
                assert_eq!(!outcome.draws.is_empty(), always, "{method:?}");
            }
        }
    }

    #[test]
    fn why_it_is_fair_says_what_the_method_has_and_nothing_else() {
        for method in Method::ALL {
            let kind = method.kind();
            let says = |word: &str| kind.words.fairness.contains(word);
            assert_eq!(says("随机数"), kind.draws != Draws::Never, "{method:?}");
            assert_eq!(says("报价"), kind.bid == Bid::Sealed, "{method:?}");
            assert_eq!(says("业主"), method.is_chosen_by_owner(), "{method:?}");
        }
    }

    #[test]
    fn a_price_comes_from_a_bid_only_where_there_is_one() {
        for method in Method::ALL {
            let kind = method.kind();
            if kind.price == PriceFrom::Bid {
                assert!(kind.bid != Bid::None && kind.rounds >= 1, "{method:?}");
            }
            assert_eq!(kind.bid == Bid::None, kind.rounds == 0, "{method:?}");
        }
    }

    #[test]
    fn too_few_valid_bids_fail_whatever_the_method() {
        let list = frozen(&[Some(800), Some(1_200), None]);
        let setup = fixtures::setup(1);
        for method in Method::such(|kind| kind.bid == Bid::Sealed) {
            let least = |least| {
                method.select(&Field {
                    setup: &setup,
                    frozen: &list,
                    excluded: &[],
                    terms: Terms {
                        bounds: fixtures::BOUNDS,
                        variant: None,
                    },
                    least,
                    places: 2,
                })
            };
            assert_eq!(least(2), Selected::TooFew { valid: 1, least: 2 });
            assert!(matches!(least(0), Selected::Ranked(_)));
            let none = select(method, &frozen(&[None, Some(1)]), 2, 1);
            assert_eq!(none, Selected::TooFew { valid: 0, least: 1 });
        }
    }

    #[test]
    fn addresses_name_one_method_or_all_with_bids() {
        assert_eq!(Method::named("random"), [Method::Random]);
        assert!(Method::named("lottery").is_empty());
        assert_eq!(
            Method::named(BY_BID),
            Method::such(|kind| kind.bid == Bid::Sealed)
        );
        assert!(Method::parse(BY_BID).is_err(), "no method has this code");
    }
}
