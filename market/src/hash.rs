//! Hashes, and whatever else is 32 bytes and published: commitments, keys, random numbers, receipts.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// 32 bytes, written as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
#[serde(try_from = "String", into = "String")]
pub struct Hex32(pub [u8; 32]);

impl Hex32 {
    /// Reads 64 lowercase hexadecimal digits.
    pub fn parse(text: &str) -> Result<Hex32, String> {
        let wrong = || "应为 64 位小写十六进制数。".to_string();
        if text.len() != 64 || text.bytes().any(|c| c.is_ascii_uppercase()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| wrong())?;
        Ok(Hex32(bytes))
    }
}

impl std::fmt::Display for Hex32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Hex32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl TryFrom<String> for Hex32 {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Hex32::parse(&text)
    }
}

impl From<Hex32> for String {
    fn from(hex: Hex32) -> String {
        hex.to_string()
    }
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Hex32 {
    Hex32(Sha256::digest(bytes).into())
}
