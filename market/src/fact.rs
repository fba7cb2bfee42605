//! 公开事实: what the ledger says of each decision. This file is the public format: the table of facts in
//! `docs/api.md` is printed from it, and every text that a ledger holds is read by it, whatever its age.
//!
//! A field is never renamed or given another meaning; what is added is an `Option` that older texts leave out.

mod table;
#[cfg(test)]
mod tests;

pub use table::facts_table;

use crate::credit::points_text;
use crate::draw::{BeaconRule, Purpose};
use crate::eligibility::Ineligibility;
use crate::hash::Hex32;
use crate::ledger::EntryKind;
use crate::procurement::FailureReason;
use crate::requirement::correction::Change;
use crate::requirement::hand_in::HandedFile;
use crate::selection::{Method, Place, Reference, Variant};
use crate::time::{date_code, instant};
use crate::{AgencyId, Date, Fen, RequirementId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version of the texts. Those of before say none.
const VERSION: u32 = 1;

/// A fact as the ledger keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicFact {
    /// What it is about, as people name it: the number of a notice, or the code of a credit event.
    pub subject: String,
    pub requirement: Option<RequirementId>,
    pub agency: Option<AgencyId>,
    pub fact: Fact,
}

/// A field of a fact, for the printed table.
#[derive(Debug, Clone, Copy)]
pub struct FieldOfFact {
    pub name: &'static str,
    pub about: &'static str,
}

macro_rules! facts {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident of $kind:ident {
            $( #[doc = $about:literal] $(#[serde($($serde:tt)+)])? $field:ident: $type:ty, )+
        }
    )+) => {
        /// What happened, with everything that is public of it.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Fact { $( $(#[doc = $doc])+ $name($name), )+ }

        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name {
                $( #[doc = $about] $(#[serde($($serde)+)])? pub $field: $type, )+
            }

            impl From<$name> for Fact {
                fn from(fact: $name) -> Fact { Fact::$name(fact) }
            }
        )+

        impl Fact {
            /// Every fact with its fields, in the order of this file.
            pub const FIELDS: &[(EntryKind, &[FieldOfFact])] = &[ $(
                (EntryKind::$kind, &[$( FieldOfFact { name: stringify!($field), about: $about } ),+]),
            )+ ];

            /// Under which kind the ledger lists it.
            pub fn kind(&self) -> EntryKind {
                match self { $( Fact::$name(_) => EntryKind::$kind, )+ }
            }

            fn data(&self) -> serde_json::Result<Value> {
                match self { $( Fact::$name(fact) => serde_json::to_value(fact), )+ }
            }

            /// Reads the facts of an entry. Two facts of one kind differ in their fields.
            fn read(kind: EntryKind, data: &Value) -> Result<Fact, String> {
                let mut problems = Vec::new();
                $(
                    if kind == EntryKind::$kind {
                        match $name::deserialize(data) {
                            Ok(fact) => return Ok(Fact::$name(fact)),
                            Err(error) => problems.push(error.to_string()),
                        }
                    }
                )+
                Err(problems.join("; or "))
            }
        }
    };
}

facts! {
    /// A notice is published.
    Publication of Publication {
        /// its title
        title: String,
        /// 1
        edition: i32,
        /// how it is selected
        method: Method,
        /// by which of the method's rules, left out where it has but one
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        variant: Option<Variant>,
        /// the deadline, which itself is too late
        #[serde(with = "instant")]
        deadline_at: Timestamp,
        /// when it is drawn or ranked
        #[serde(with = "instant")]
        draw_at: Timestamp,
        /// SHA-256 of the seed
        seed_commitment: Hex32,
        /// `none`
        beacon_rule: BeaconRule,
        /// under which bids are sealed, or `null` where there are none
        bid_public_key: Option<Hex32>,
        /// the name of the policy that counts
        policy: String,
        /// SHA-256 of the document, its version (`v`) left out
        document_sha256: Hex32,
        /// SHA-256 of everything that was handed in
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        handed_in_sha256: Option<Hex32>,
        /// name and SHA-256 of each file that belongs to it
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        files: Option<Vec<HandedFile>>,
    }
    /// A correction is published.
    Correction of Correction {
        /// 2 and more
        edition: i32,
        /// `label`, `before` and `after` of each row that reads differently
        changes: Vec<Change>,
        /// why
        reason: String,
        /// the deadline, which may have moved
        #[serde(with = "instant")]
        deadline_at: Timestamp,
        /// when it is drawn or ranked
        #[serde(with = "instant")]
        draw_at: Timestamp,
        /// SHA-256 of the document, its version (`v`) left out
        document_sha256: Hex32,
        /// SHA-256 of everything that was handed in
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        handed_in_sha256: Option<Hex32>,
        /// name and SHA-256 of each file that belongs to it
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        files: Option<Vec<HandedFile>>,
    }
    /// Sign-up goes on, because too few had come.
    Extension of Extension {
        /// the new deadline
        #[serde(with = "instant")]
        deadline_at: Timestamp,
        /// the new instant of draw or ranking
        #[serde(with = "instant")]
        draw_at: Timestamp,
        /// entrants that would have been enough
        least: u32,
    }
    /// The list of entrants is frozen.
    Freezing of Freezing {
        /// SHA-256 of the list
        entrants_hash: Hex32,
        /// how many are on it
        count: u32,
        /// `uscc` and `reasons` of each that signed up and is not
        excluded: Vec<ExcludedAgency>,
    }
    /// The bids of the list are opened.
    Opening of Opening {
        /// with which anybody can open them
        bid_secret_key: Hex32,
        /// `uscc`, `sealed` (hexadecimal), `sealed_sha256` and `amount_fen` (or why there is none) of each
        bids: Vec<OpenedBid>,
    }
    /// A draw.
    Draw of Draw {
        /// its id: `/api/v1/draws/{draw}` is the evidence
        draw: String,
        /// what it decided
        purpose: Purpose,
        /// the seed that was promised
        server_seed: Hex32,
        /// the codes, in the order drawn
        picks: Vec<String>,
        /// of the evidence as it was serialised when drawn
        evidence_sha256: Hex32,
    }
    /// A selection.
    Selection of Selection {
        /// how it was selected
        method: Method,
        /// 1 for the first of its requirement
        ordinal: i32,
        /// `seq` and `amount_fen` of the winner, then of the backups in order
        ranking: Vec<RankedPlace>,
        /// the reference price with what it was computed from (as of the list), left out where there is none
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
        /// the owner's, or `null` where nobody chose
        reason: Option<String>,
    }
    /// Instead of an award: the next in the ranking had become ineligible.
    Skipped of Selection {
        /// the code of the agency that was passed over
        skipped: String,
        /// why
        reasons: Vec<String>,
        /// the same as data: `code` and what belongs to it, of each
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        causes: Option<Vec<Ineligibility>>,
    }
    /// An award is announced.
    Award of Award {
        /// its number
        award_no: String,
        /// 1 for the winner, then the backups
        ordinal: i32,
        /// the agency's code
        agency: String,
        /// the price
        amount_fen: Fen,
        /// until when objections count
        #[serde(with = "instant")]
        publicity_ends_at: Timestamp,
        /// until when the agency answers
        #[serde(with = "instant")]
        confirm_by_at: Timestamp,
    }
    /// The notice of award is issued.
    AwardNotice of AwardNotice {
        /// its number
        award_no: String,
        /// the agency's code
        agency: String,
        /// the price
        amount_fen: Fen,
    }
    /// A requirement ends without a winner.
    Failure of Failure {
        /// why
        reason: String,
        /// the same as data: `code` and what belongs to it
        #[serde(default = "older_texts_left_it_out", skip_serializing_if = "Option::is_none")]
        cause: Option<FailureReason>,
    }
    /// A contract is confirmed by both sides.
    Contract of Contract {
        /// the number of its notice of award
        award_no: String,
        /// the price, which is the award's
        amount_fen: Fen,
        /// the day of signature
        #[serde(with = "date_code")]
        signed_on: Date,
        /// when the work is due
        #[serde(with = "instant")]
        due_at: Timestamp,
    }
    /// A contract is completed.
    Completion of Completion {
        /// the number of its notice of award
        award_no: String,
        /// workdays late, 0 in time
        overdue_workdays: u32,
    }
    /// A contract is rated by its owner.
    Rating of Rating {
        /// the number of its notice of award
        award_no: String,
        /// 1 to 5 for quality, timeliness, attitude, fee and conduct
        scores: [u8; 5],
        /// their mean
        mean_hundredths: i32,
    }
    /// A credit event begins to count.
    Credit of Credit {
        /// its id
        event: String,
        /// the agency's code
        agency: String,
        /// points as text, negative ones take away
        points: String,
        /// SHA-256 of the basis, which itself may be repaired and end
        basis_sha256: Hex32,
        /// from when it counts
        #[serde(with = "instant")]
        effective_at: Timestamp,
        /// until when
        #[serde(with = "instant")]
        ends_at: Timestamp,
    }
}

/// What was added to a fact is not in the texts of before.
fn older_texts_left_it_out<T>() -> Option<T> {
    None
}

/// One that signed up and is not on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedAgency {
    pub uscc: String,
    pub reasons: Vec<String>,
}

/// A bid of the list, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedBid {
    pub uscc: String,
    /// The ciphertext, hexadecimal.
    pub sealed: String,
    pub sealed_sha256: Hex32,
    pub amount_fen: Opened,
}

/// What was in a sealed bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Opened {
    Amount(Fen),
    /// `unreadable` or `no sum`.
    Fault(String),
}

/// A place in a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankedPlace {
    pub seq: u32,
    pub amount_fen: Fen,
}

impl From<&Place> for RankedPlace {
    fn from(place: &Place) -> RankedPlace {
        RankedPlace {
            seq: place.seq,
            amount_fen: place.amount,
        }
    }
}

impl Credit {
    /// Points as the ledger writes them.
    pub fn points(hundredths: i32) -> String {
        points_text(hundredths)
    }
}

impl PublicFact {
    /// The text of the entry: JSON with sorted keys and no white space, so that every program writes the same bytes.
    pub fn text(&self, at: Timestamp) -> serde_json::Result<String> {
        let entry = Map::from_iter([
            ("at".into(), crate::time::rfc3339(at).into()),
            ("facts".into(), self.fact.data()?),
            ("kind".into(), self.fact.kind().code().into()),
            ("subject".into(), self.subject.clone().into()),
            ("v".into(), VERSION.into()),
        ]);
        serde_json::to_string(&entry)
    }

    /// Reads the fact in the text of an entry, of any version. Errors: what of it cannot be read.
    pub fn of_text(text: &str) -> Result<Fact, String> {
        let entry: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match entry.get("v").map(Value::as_u64) {
            None => {}
            Some(Some(v)) if v == u64::from(VERSION) => {}
            Some(_) => return Err("a version that this program does not know".into()),
        }
        let kind = entry
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let kind = EntryKind::parse(kind)?;
        Fact::read(kind, entry.get("facts").unwrap_or(&Value::Null))
    }
}
