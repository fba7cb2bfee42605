//! For whom and with which key a bid is sealed, in the browser.

use super::browser::{fact, hex_text};
use market::hash::Hex32;
use market::{AgencyId, Fen, RequirementId};

/// A bidder's place at a requirement.
pub struct Seat {
    requirement: RequirementId,
    agency: AgencyId,
    key: market::bid::PublicKey,
}

impl Seat {
    /// Reads what an island says. `None` where it says it wrongly, or where there are no bids.
    pub fn of(island: &web_sys::Element) -> Option<Seat> {
        Some(Seat {
            requirement: fact(island, "requirement").parse().ok()?,
            agency: fact(island, "agency").parse().ok()?,
            key: market::bid::PublicKey(Hex32::parse(&fact(island, "key")).ok()?.0),
        })
    }

    /// Seals a sum.
    pub fn seal(&self, sum: Fen, entropy: Hex32) -> Option<Vec<u8>> {
        market::bid::seal(sum, self.key, self.requirement, self.agency, entropy.0).ok()
    }

    /// Whether a ciphertext, in hexadecimal digits, is this sum.
    pub fn is_of(&self, sealed: &str, sum: Fen, entropy: Hex32) -> bool {
        let again = self.seal(sum, entropy);
        again.is_some_and(|again| hex_text(&again) == sealed)
    }
}
