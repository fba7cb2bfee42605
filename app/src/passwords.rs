//! Passwords: argon2id hashes in a few places at a time, and the refusal of breached and guessable ones.

use crate::AppError;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use market::{Refusal, password};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Memory of one hash: 19 MiB, with two passes and one lane (OWASP's first recommendation).
const KIBIBYTES: u32 = 19_456;

/// What is asked of the system for one hash, in blocks of 1 KiB. An allocator keeps smaller pieces for later, and with
/// them the memory of a rush; from 32 MiB on it returns them at once. Only what is used of it takes room.
const RESERVED_BLOCKS: usize = 33 * 1_024;

/// So many may wait for each place. They are served within [`LONGEST_WAIT`] or told to come back.
const WAITING_FOR_A_PLACE: usize = 32;
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The places where passwords are hashed. Each takes a processor and [`KIBIBYTES`] while it works, so there are few.
#[derive(Debug, Clone)]
pub struct Hashing {
    places: Arc<Semaphore>,
    /// Working and waiting.
    admitted: Arc<Semaphore>,
}

impl Hashing {
    /// So many places, at least one.
    pub fn new(places: usize) -> Hashing {
        let places = places.max(1);
        Hashing {
            places: Arc::new(Semaphore::new(places)),
            admitted: Arc::new(Semaphore::new(places * (1 + WAITING_FOR_A_PLACE))),
        }
    }

    /// Hashes a new password. Errors: [`Refusal::Crowded`] when too many are waiting.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, AppError> {
        let hashed = self.work(move || {
            let output = derive(password.as_bytes(), &salt, &params(), 32)?;
            let params = ParamsString::try_from(&params()).map_err(text)?;
            let hash = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params,
                salt: Some(Salt::new(&salt).map_err(text)?),
                hash: Some(output),
            };
            Ok(hash.to_string())
        });
        hashed
            .await?
            .map_err(|error: String| AppError::broken(error))
    }

    /// Whether a password belongs to a hash. An unknown account is compared with a hash of its own, so that the answer
    /// takes as long. Errors: [`Refusal::Crowded`] when too many are waiting.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, AppError> {
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCEh$0OOkXzEUYrNoxF2jUQ0mBlbA6DDLqwrF6bVJ0DYeJTY";
        let known = hash.is_some();
        let right = self.work(move || {
            let text = hash.unwrap_or_else(|| NOBODY.to_string());
            let parsed = PasswordHash::new(&text).ok()?;
            let (salt, expected) = (parsed.salt?, parsed.hash?);
            let params = Params::try_from(&parsed.params).ok()?;
            let output = derive(password.as_bytes(), &salt, &params, expected.len()).ok()?;
            // `Output` compares in constant time.
            Some(output == expected)
        });
        // Awaited whether the account is known or not: else the answer for an unknown one would come at once.
        let right = right.await?.unwrap_or(false);
        Ok(known && right)
    }

    /// Works in one of the places, on a thread for slow work. The place is free only when the work is done, even if
    /// nobody waits for it any more.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let crowded = || AppError::from(Refusal::Crowded { seconds: 5 });
        let admitted = self.admitted.clone().try_acquire_owned();
        let admitted = admitted.map_err(|_| crowded())?;
        let place = tokio::time::timeout(LONGEST_WAIT, self.places.clone().acquire_owned()).await;
        let place = place
            .map_err(|_| crowded())?
            .map_err(|error| AppError::Broken(Box::new(error)))?;
        let working = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((place, admitted));
            result
        });
        working
            .await
            .map_err(|error| AppError::Broken(Box::new(error)))
    }
}

fn params() -> Params {
    Params::new(KIBIBYTES, 2, 1, None).unwrap_or_default()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Derives a hash in memory that is returned to the system when done.
fn derive(password: &[u8], salt: &[u8], params: &Params, length: usize) -> Result<Output, String> {
    let mut blocks: Vec<Block> = Vec::with_capacity(params.block_count().max(RESERVED_BLOCKS));
    blocks.resize(params.block_count(), Block::default());
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut output = vec![0; length];
    hasher
        .hash_password_into_with_memory(password, salt, &mut output, &mut blocks)
        .map_err(text)?;
    Output::new(&output).map_err(text)
}

/// Reads a new password: long enough, not among the breached ones, not guessable from what is known of the person.
pub fn parse_new(text: &str, known: &[&str]) -> Result<String, String> {
    let password = password::check_new(text)?;
    let spelt: Vec<String> = known.iter().flat_map(|word| spellings(word)).collect();
    let known: Vec<&str> = known
        .iter()
        .copied()
        .chain(spelt.iter().map(String::as_str))
        .collect();
    let known = known.as_slice();
    let estimate = zxcvbn::zxcvbn(&password, known);
    if estimate.score() < zxcvbn::Score::Three {
        return Err(
            "这个密码太容易被猜到，或者出现在已经泄露的密码表中。请换一个更长、没有规律的密码。"
                .into(),
        );
    }
    if password::is_of_common_words(&password, known) {
        return Err(
            "这个密码由常见的初始密码、网站名称、姓名拼音加数字，或您自己的姓名、登录名、手机号组成，很容易被猜到。请换几个互不相干的词。"
                .into(),
        );
    }
    Ok(password)
}

/// A Chinese name in pinyin, the family name first and last.
fn spellings(name: &str) -> Vec<String> {
    let syllables = store::search::syllables(name);
    match syllables.split_first() {
        Some((family, given)) if !given.is_empty() => {
            let given = given.concat();
            vec![format!("{family}{given}"), format!("{given}{family}")]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_verifies_its_password_only() {
        let hashing = Hashing::new(2);
        let hash = hashing.hash("correct horse".into(), [7; 16]).await;
        let hash = hash.expect("hashes");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = async |password: &str, hash: Option<String>| {
            let right = hashing.verify(password.into(), hash).await;
            right.expect("a place")
        };
        assert!(verify("correct horse", Some(hash.clone())).await);
        assert!(!verify("correct horsf", Some(hash)).await);
        assert!(!verify("nobody", None).await);
    }

    #[tokio::test]
    async fn the_hash_is_the_one_that_other_programs_make() {
        use argon2::PasswordVerifier;
        let hash = Hashing::new(1).hash("correct horse".into(), [7; 16]).await;
        let hash = hash.expect("hashes");
        let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, params());
        assert!(
            other
                .verify_password(b"correct horse", hash.as_str())
                .is_ok()
        );
    }

    #[tokio::test]
    async fn who_finds_no_place_to_wait_is_told_to_come_back() {
        let hashing = Hashing::new(1);
        let all = (0..200).map(|_| hashing.verify("x".into(), None));
        let all = futures::future::join_all(all).await;
        let crowded = all
            .iter()
            .filter(|one| matches!(one, Err(AppError::Refused(Refusal::Crowded { .. }))))
            .count();
        assert!(crowded >= 200 - (1 + WAITING_FOR_A_PLACE), "{crowded}");
        assert!(crowded < 200, "some were served");
        assert!(
            hashing.verify("x".into(), None).await.is_ok(),
            "the places are free again"
        );
    }

    #[test]
    fn breached_short_and_obvious_passwords_are_refused() {
        for weak in [
            "short",
            "password123",
            "1234567890",
            "qwertyuiop",
            "zhangsan2024",
            "Admin@123456",
            "Huawei@123",
            "demo-Hanjiang-2026",
        ] {
            assert!(parse_new(weak, &["zhangsan"]).is_err(), "{weak}");
        }
        assert!(parse_new("檀溪-Fountain-7381-雨", &["zhangsan"]).is_ok());
        // The own name in pinyin, with a number of eleven digits or with little else.
        let known = ["deputy", "林冲", "13971238888"];
        for own in [
            "linchong13971238888",
            "chonglin-x-139",
            "Deputy-chonglin-77x",
        ] {
            assert!(parse_new(own, &known).is_err(), "{own}");
        }
    }
}
