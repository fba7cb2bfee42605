//! A received file, and the receipt that a form carries for it: sealed for the person who sent it, good for a day.

use crate::vault::{Purpose, Vault};
use market::hash::Hex32;
use market::time::Duration;
use market::{Chance, PersonId, Timestamp, UploadId};
use serde::{Deserialize, Serialize};

/// For so long a receipt is good.
pub const GOOD_FOR: Duration = Duration::days(1);

/// A file that has been received, before it belongs to anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub upload: UploadId,
    pub sha256: Hex32,
    pub size: u64,
    pub media_type: String,
    pub name: String,
    /// Unix seconds.
    pub at: i64,
}

impl Received {
    /// The receipt for the person who sent it; no other's opens it.
    pub fn receipt(&self, person: PersonId, vault: &Vault, chance: &mut dyn Chance) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(vault.seal(Purpose::Upload, &person.to_string(), &plain, chance))
    }

    /// Reads a person's own receipt that is not older than a day.
    pub fn from_receipt(
        text: &str,
        person: PersonId,
        vault: &Vault,
        now: Timestamp,
    ) -> Option<Received> {
        let sealed = hex::decode(text).ok()?;
        let plain = vault
            .open(Purpose::Upload, &person.to_string(), &sealed)
            .ok()?;
        let received: Received = serde_json::from_slice(&plain).ok()?;
        let age = Duration::seconds(now.unix_timestamp().checked_sub(received.at)?);
        (age < GOOD_FOR).then_some(received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: Timestamp = datetime!(2026-03-20 15:00 +8);

    struct Fixed;
    impl Chance for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn receipts_cannot_be_made_kept_or_passed_on() {
        let vault = Vault::new([1; 32]);
        let person = PersonId::new(NOW, &mut Fixed);
        let other = PersonId::new(NOW + Duration::days(1), &mut Fixed);
        let received = Received {
            upload: UploadId::new(NOW, &mut Fixed),
            sha256: Hex32([0xab; 32]),
            size: 1,
            media_type: "x".into(),
            name: "n".into(),
            at: NOW.unix_timestamp(),
        };
        let receipt = received.receipt(person, &vault, &mut Fixed);
        let read =
            |person, vault: &Vault, now| Received::from_receipt(&receipt, person, vault, now);
        assert_eq!(read(person, &vault, NOW), Some(received.clone()));
        assert_eq!(read(other, &vault, NOW), None);
        assert_eq!(read(person, &vault, NOW + GOOD_FOR), None);
        assert_eq!(read(person, &Vault::new([2; 32]), NOW), None);
        assert_eq!(Received::from_receipt("00", person, &vault, NOW), None);
    }
}
