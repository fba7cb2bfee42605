//! Sealed bids: a requirement has a key pair, a bid is ciphertext from the moment it is typed (or, without
//! scripts, from the moment it is received), and nobody can read it before the opening.
//!
//! HPKE (RFC 9180) base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. The context binds a
//! ciphertext to its requirement and agency, so that it cannot be moved to another.

use crate::chance::Chance;
use crate::hash::Hex32;
use crate::{AgencyId, Fen, RequirementId};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use sha2::{Digest, Sha256};

const INFO: &[u8] = b"intermediary-market sealed bid v1";
/// Plaintexts have one length, so that the ciphertext says nothing about the sum: tag, version, fen, padding.
const PLAIN_LENGTH: usize = 16;
const HEADER: &[u8; 8] = b"bid-fen1";
/// The length of every ciphertext, in bytes: encapsulated key, plaintext, authentication tag.
pub const SEALED_LENGTH: usize = 32 + PLAIN_LENGTH + 16;

/// The public half, published in the notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

/// The secret half. It leaves the vault only by the opening, and never appears in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(pub [u8; 32]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// The public half. Errors: it is no key.
    pub fn public(&self) -> Result<PublicKey, BidFault> {
        let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&self.0)
            .map_err(|_| BidFault::Unreadable)?;
        let mut public = PublicKey([0; 32]);
        let bytes = X25519HkdfSha256::sk_to_pk(&secret).to_bytes();
        public.0.copy_from_slice(&bytes);
        Ok(public)
    }
}

/// Why a ciphertext gives no bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BidFault {
    /// Not made for this key, requirement and agency, or damaged.
    Unreadable,
    /// Readable, but not a sum.
    NoSum,
}

impl BidFault {
    /// As the ledger names it.
    pub fn code(self) -> &'static str {
        match self {
            BidFault::Unreadable => "unreadable",
            BidFault::NoSum => "no sum",
        }
    }

    /// As it is kept beside the bid and shown.
    pub fn label(self) -> &'static str {
        match self {
            BidFault::Unreadable => "无法用公告的密钥打开",
            BidFault::NoSum => "打开后不是金额",
        }
    }
}

/// Reads the voucher of a bid (核对凭据) as it was copied: 64 hexadecimal digits in any case and width, with blanks,
/// signs that nobody sees, a label and stops around them.
/// Errors: empty, or not such digits.
pub fn voucher(typed: &str) -> Result<Hex32, String> {
    let code = crate::typed::ascii_code(typed).replace('-', "");
    if code.is_empty() {
        return Err("请填写核对凭据：提交报价时生成的 64 位数字和字母。".to_string());
    }
    Hex32::parse(&code.to_ascii_lowercase()).map_err(|_| {
        let count = code.chars().count();
        let still = if count == 64 {
            "有 0 到 9、A 到 F 以外的字".to_string()
        } else {
            format!("现在是 {count} 位")
        };
        format!("填的不是核对凭据：凭据是 64 位，只有数字和字母 A 到 F，{still}。请核对是否抄全。")
    })
}

/// A fresh key pair for one requirement.
pub fn key_pair(chance: &mut dyn Chance) -> (PublicKey, SecretKey) {
    let (secret, public) = X25519HkdfSha256::derive_keypair(&chance.bytes::<32>());
    let mut pair = (PublicKey([0; 32]), SecretKey([0; 32]));
    pair.0.0.copy_from_slice(&public.to_bytes());
    pair.1.0.copy_from_slice(&secret.to_bytes());
    pair
}

/// Seals a sum for a requirement in the name of an agency. `entropy` must be fresh for each call.
/// Errors: the public key is not a point of the curve.
pub fn seal(
    sum: Fen,
    key: PublicKey,
    requirement: RequirementId,
    agency: AgencyId,
    entropy: [u8; 32],
) -> Result<Vec<u8>, String> {
    let wrong = || "公告中的报价公钥不可用。".to_string();
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&key.0).map_err(|_| wrong())?;
    let mut plain = [0; PLAIN_LENGTH];
    plain[..8].copy_from_slice(HEADER);
    plain[8..].copy_from_slice(&sum.0.to_be_bytes());
    let (encapsulated, ciphertext) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            INFO,
            &plain,
            &context(requirement, agency),
            &mut Stream::new(entropy),
        )
        .map_err(|_| wrong())?;
    Ok([&encapsulated.to_bytes()[..], &ciphertext].concat())
}

/// Whether a ciphertext is this sum, sealed with this entropy: what the bidder's own browser asks before the opening,
/// without telling anybody. Sealing is repeatable, and no two sums give the same ciphertext.
pub fn is_of(
    sealed: &[u8],
    sum: Fen,
    key: PublicKey,
    requirement: RequirementId,
    agency: AgencyId,
    entropy: [u8; 32],
) -> bool {
    seal(sum, key, requirement, agency, entropy).is_ok_and(|again| again == sealed)
}

/// Opens a ciphertext. Errors: [`BidFault`].
pub fn open(
    sealed: &[u8],
    key: &SecretKey,
    requirement: RequirementId,
    agency: AgencyId,
) -> Result<Fen, BidFault> {
    if sealed.len() != SEALED_LENGTH {
        return Err(BidFault::Unreadable);
    }
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&key.0)
        .map_err(|_| BidFault::Unreadable)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&sealed[..32])
        .map_err(|_| BidFault::Unreadable)?;
    let plain = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &encapsulated,
        INFO,
        &sealed[32..],
        &context(requirement, agency),
    )
    .map_err(|_| BidFault::Unreadable)?;
    let sum = plain
        .strip_prefix(HEADER.as_slice())
        .and_then(|rest| <[u8; 8]>::try_from(rest).ok());
    match sum.map(i64::from_be_bytes) {
        Some(fen) if fen > 0 && Fen(fen) <= crate::money::LARGEST => Ok(Fen(fen)),
        _ => Err(BidFault::NoSum),
    }
}

fn context(requirement: RequirementId, agency: AgencyId) -> Vec<u8> {
    format!("{requirement}|{agency}").into_bytes()
}

/// Stretches 32 bytes of entropy into the stream that HPKE draws its ephemeral key from.
struct Stream {
    seed: [u8; 32],
    block: u64,
}

impl Stream {
    fn new(seed: [u8; 32]) -> Self {
        Stream { seed, block: 0 }
    }
}

impl rand_core::TryRng for Stream {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::new()
                .chain_update(self.seed)
                .chain_update(self.block.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.block += 1;
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Stream {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;
    use proptest::prelude::*;
    use uuid::Uuid;

    struct Fixed(u8);
    impl Chance for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn requirement(n: u128) -> RequirementId {
        RequirementId(Uuid::from_u128(n))
    }
    fn agency(n: u128) -> AgencyId {
        AgencyId(Uuid::from_u128(n))
    }

    #[test]
    fn a_secret_knows_its_public_half() {
        for n in 0..20 {
            let (public, secret) = key_pair(&mut Fixed(n));
            assert_eq!(secret.public(), Ok(public));
        }
    }

    #[test]
    fn a_voucher_is_read_as_it_was_copied() {
        let plain = "0123456789abcdef".repeat(4);
        let capital = plain.to_uppercase();
        let wide: String = plain
            .chars()
            .filter_map(|c| char::from_u32(c as u32 + 0xFEE0))
            .collect();
        let read = voucher(&plain).expect("a voucher");
        assert_eq!(read.to_string(), plain);
        for typed in [
            format!("凭据：{capital}"),
            format!("核对凭据 {plain}。"),
            format!("\u{200B}{}\u{200B} {}", &plain[..9], &plain[9..]),
            format!(" {}\n{}\t", &capital[..32], &capital[32..]),
            format!("“{wide}”"),
        ] {
            assert_eq!(voucher(&typed), Ok(read), "{typed}");
        }
        for (typed, words) in [
            ("".to_string(), "请填写"),
            (" 。".into(), "请填写"),
            ("凭据：".into(), "不是核对凭据"),
            ("abc".into(), "现在是 3 位"),
            (plain.replace('f', "g"), "以外的字"),
        ] {
            let no = voucher(&typed).expect_err(&typed);
            assert!(no.contains(words), "{typed}: {no}");
        }
    }

    #[test]
    fn a_bid_opens_only_with_its_key_requirement_and_agency() {
        let (public, secret) = key_pair(&mut Fixed(7));
        let (_, other) = key_pair(&mut Fixed(8));
        let sealed =
            seal(Fen(8_600_000), public, requirement(1), agency(2), [3; 32]).expect("seals");
        assert_eq!(sealed.len(), SEALED_LENGTH);
        assert_eq!(
            open(&sealed, &secret, requirement(1), agency(2)),
            Ok(Fen(8_600_000))
        );
        assert_eq!(
            open(&sealed, &other, requirement(1), agency(2)),
            Err(BidFault::Unreadable)
        );
        assert_eq!(
            open(&sealed, &secret, requirement(9), agency(2)),
            Err(BidFault::Unreadable)
        );
        assert_eq!(
            open(&sealed, &secret, requirement(1), agency(9)),
            Err(BidFault::Unreadable)
        );
    }

    #[test]
    fn what_is_sealed_is_a_sum_only_within_bounds() {
        let (public, secret) = key_pair(&mut Fixed(7));
        let opened = |sum: i64| {
            let sealed = seal(Fen(sum), public, requirement(1), agency(2), [3; 32]);
            let sealed = sealed.expect("seals");
            open(&sealed, &secret, requirement(1), agency(2))
        };
        let largest = crate::money::LARGEST.0;
        for sum in [1, largest] {
            assert_eq!(opened(sum), Ok(Fen(sum)));
        }
        for sum in [i64::MIN, -1, 0, largest + 1] {
            assert_eq!(opened(sum), Err(BidFault::NoSum), "{sum}");
        }
    }

    #[test]
    fn the_bidder_can_tell_its_own_ciphertext_from_every_other() {
        let (public, _) = key_pair(&mut Fixed(7));
        let sealed = seal(Fen(7_100_000), public, requirement(1), agency(2), [3; 32]);
        let sealed = sealed.expect("seals");
        let is_of = |sum, agency_of, entropy| {
            is_of(
                &sealed,
                Fen(sum),
                public,
                requirement(1),
                agency(agency_of),
                entropy,
            )
        };
        assert!(is_of(7_100_000, 2, [3; 32]));
        assert!(!is_of(7_800_000, 2, [3; 32]), "another sum");
        assert!(!is_of(7_100_000, 2, [4; 32]), "another voucher");
        assert!(!is_of(7_100_000, 9, [3; 32]), "another agency");
    }

    #[test]
    fn the_same_sum_twice_looks_different_and_no_secret_is_printed() {
        let (public, secret) = key_pair(&mut Fixed(7));
        let a = seal(Fen(1), public, requirement(1), agency(2), [1; 32]).expect("seals");
        let b = seal(Fen(1), public, requirement(1), agency(2), [2; 32]).expect("seals");
        assert_ne!(a, b);
        assert_eq!(format!("{secret:?}"), "SecretKey(…)");
    }

    proptest! {
        #[test]
        fn no_damage_goes_unnoticed(at in 0usize..SEALED_LENGTH, bit in 0u8..8) {
            let (public, secret) = key_pair(&mut Fixed(7));
            let mut sealed = seal(Fen(123), public, requirement(1), agency(2), [3; 32]).expect("seals");
            sealed[at] ^= 1 << bit;
            // X25519 ignores the topmost bit of a point, and HPKE hashes it: it is noticed all the same.
            prop_assert!(open(&sealed, &secret, requirement(1), agency(2)).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let (_, secret) = key_pair(&mut Fixed(7));
            prop_assert!(open(&bytes, &secret, requirement(1), agency(2)).is_err());
        }
    }
}
