//! What the installation's key seals: draw seeds, secrets of bids, identity numbers, telephones and mailboxes of persons, upload
//! receipts, forms that wait for their person, addresses of what is to leave the house.
//! The key is 32 bytes in a file that the database never sees; a dump of the database opens nothing.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::Mac;
use market::effect::Envelope;
use market::hash::Hex32;
use market::{Chance, EffectId, PersonId};
use sha2::Sha256;
use std::sync::Arc;

/// What a sealed value is for. The purpose is authenticated, so that a seed never opens as something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    DrawSeed,
    BidSecret,
    IdNumber,
    Upload,
    Phone,
    KeptForm,
    Envelope,
    Mailbox,
}

impl Purpose {
    fn tag(self) -> &'static str {
        match self {
            Purpose::DrawSeed => "draw-seed",
            Purpose::BidSecret => "bid-secret",
            Purpose::IdNumber => "id-number",
            Purpose::Upload => "upload",
            Purpose::Phone => "phone",
            Purpose::KeptForm => "kept-form",
            Purpose::Envelope => "envelope",
            Purpose::Mailbox => "mailbox",
        }
    }
}

/// Seals and opens under the installation's key (XChaCha20-Poly1305).
#[derive(Clone)]
pub struct Vault {
    cipher: Arc<XChaCha20Poly1305>,
    digest_key: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// A sealed value that does not open: another key, another purpose or subject, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoesNotOpen;

impl std::fmt::Display for DoesNotOpen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a sealed value does not open with this installation's key")
    }
}

impl std::error::Error for DoesNotOpen {}

const NONCE: usize = 24;

impl Vault {
    /// A vault of the installation's key.
    pub fn new(key: [u8; 32]) -> Vault {
        let digest_key = mac(&key, &[b"digest"]);
        Vault {
            cipher: Arc::new(XChaCha20Poly1305::new(&mac(&key, &[b"seal"]).into())),
            digest_key,
        }
    }

    /// Seals bytes for a purpose and a subject (an id); the nonce goes in front.
    pub fn seal(
        &self,
        purpose: Purpose,
        subject: &str,
        plain: &[u8],
        chance: &mut dyn Chance,
    ) -> Vec<u8> {
        let nonce = chance.bytes::<NONCE>();
        let aad = format!("{}|{subject}", purpose.tag());
        let payload = Payload {
            msg: plain,
            aad: aad.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_else(|_| unreachable!("a value of 256 GiB"));
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Vault::seal`] made for the same purpose and subject.
    pub fn open(
        &self,
        purpose: Purpose,
        subject: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, DoesNotOpen> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(DoesNotOpen)?;
        let aad = format!("{}|{subject}", purpose.tag());
        let payload = Payload {
            msg: sealed,
            aad: aad.as_bytes(),
        };
        self.cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| DoesNotOpen)
    }

    /// A person's telephone as it is stored: sealed, with a mask for reading.
    pub fn seal_phone(
        &self,
        person: PersonId,
        phone: &str,
        chance: &mut dyn Chance,
    ) -> store::person::SealedPhone {
        store::person::SealedPhone {
            sealed: self.seal(
                Purpose::Phone,
                &person.to_string(),
                phone.as_bytes(),
                chance,
            ),
            masked: market::identity::mask_phone(phone),
        }
    }

    /// A person's telephone. Errors: another key, or damage.
    pub fn open_phone(&self, person: PersonId, sealed: &[u8]) -> Result<String, DoesNotOpen> {
        let plain = self.open(Purpose::Phone, &person.to_string(), sealed)?;
        String::from_utf8(plain).map_err(|_| DoesNotOpen)
    }

    /// A person's address for mail as it is stored.
    pub fn seal_mailbox(
        &self,
        person: PersonId,
        mailbox: &str,
        chance: &mut dyn Chance,
    ) -> Vec<u8> {
        let subject = person.to_string();
        self.seal(Purpose::Mailbox, &subject, mailbox.as_bytes(), chance)
    }

    /// A person's address for mail. Errors: another key, or damage.
    pub fn open_mailbox(&self, person: PersonId, sealed: &[u8]) -> Result<String, DoesNotOpen> {
        let plain = self.open(Purpose::Mailbox, &person.to_string(), sealed)?;
        String::from_utf8(plain).map_err(|_| DoesNotOpen)
    }

    /// The envelope of an effect as it is stored. Errors: it cannot be written as text.
    pub fn seal_envelope(
        &self,
        effect: EffectId,
        envelope: &Envelope,
        chance: &mut dyn Chance,
    ) -> serde_json::Result<Vec<u8>> {
        let plain = serde_json::to_vec(envelope)?;
        Ok(self.seal(Purpose::Envelope, &effect.to_string(), &plain, chance))
    }

    /// The envelope of an effect. Errors: another key, or damage.
    pub fn open_envelope(&self, effect: EffectId, sealed: &[u8]) -> Result<Envelope, DoesNotOpen> {
        let plain = self.open(Purpose::Envelope, &effect.to_string(), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| DoesNotOpen)
    }

    /// A keyed digest, to find equal values (identity numbers) without storing them.
    pub fn digest(&self, purpose: Purpose, value: &str) -> Hex32 {
        Hex32(mac(
            &self.digest_key,
            &[purpose.tag().as_bytes(), b"|", value.as_bytes()],
        ))
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <hmac::Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Chance for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_value_opens_only_for_its_purpose_subject_and_key() {
        let vault = Vault::new([1; 32]);
        let sealed = vault.seal(Purpose::DrawSeed, "a", b"secret", &mut Fixed);
        assert_eq!(
            vault.open(Purpose::DrawSeed, "a", &sealed),
            Ok(b"secret".to_vec())
        );
        assert_eq!(
            vault.open(Purpose::BidSecret, "a", &sealed),
            Err(DoesNotOpen)
        );
        assert_eq!(
            vault.open(Purpose::DrawSeed, "b", &sealed),
            Err(DoesNotOpen)
        );
        assert_eq!(
            Vault::new([2; 32]).open(Purpose::DrawSeed, "a", &sealed),
            Err(DoesNotOpen)
        );
        assert_eq!(
            vault.open(Purpose::DrawSeed, "a", &sealed[..10]),
            Err(DoesNotOpen)
        );
        assert!(!format!("{vault:?}").contains('1'));
    }

    #[test]
    fn digests_are_keyed() {
        let vault = Vault::new([1; 32]);
        assert_eq!(
            vault.digest(Purpose::IdNumber, "x"),
            vault.digest(Purpose::IdNumber, "x")
        );
        assert_ne!(
            vault.digest(Purpose::IdNumber, "x"),
            Vault::new([2; 32]).digest(Purpose::IdNumber, "x")
        );
    }
}
