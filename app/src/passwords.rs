//! Passwords: argon2id hashes, and the refusal of breached and guessable ones.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use market::{Chance, password};

/// argon2id with 19 MiB, two passes, one lane (OWASP's first recommendation).
fn hasher() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes on a thread for slow work, so that requests are not held up.
pub async fn hash(password: String, chance: &mut dyn Chance) -> Result<String, String> {
    let salt = chance.bytes::<16>();
    blocking(move || {
        let hashed = hasher().hash_password_with_salt(password.as_bytes(), &salt);
        hashed
            .map(|hash| hash.to_string())
            .map_err(|error| error.to_string())
    })
    .await?
}

/// Whether a password belongs to a hash. An unknown account is compared with a hash of its own, so that the answer
/// takes as long.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCEh$0OOkXzEUYrNoxF2jUQ0mBlbA6DDLqwrF6bVJ0DYeJTY";
    let known = hash.is_some();
    let right = blocking(move || {
        let text = hash.unwrap_or_else(|| NOBODY.to_string());
        let parsed = PasswordHash::new(&text);
        parsed.is_ok_and(|parsed| {
            hasher()
                .verify_password(password.as_bytes(), &parsed)
                .is_ok()
        })
    })
    .await;
    known && right.unwrap_or(false)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| error.to_string())
}

/// Reads a new password: long enough, not among the breached ones, not guessable from what is known of the person.
pub fn parse_new(text: &str, known: &[&str]) -> Result<String, String> {
    let password = password::check_length(text)?;
    let estimate = zxcvbn::zxcvbn(&password, known);
    if estimate.score() < zxcvbn::Score::Three {
        return Err(
            "这个密码太容易被猜到，或者出现在已经泄露的密码表中。请换一个更长、没有规律的密码。"
                .into(),
        );
    }
    Ok(password)
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

    #[tokio::test]
    async fn a_hash_verifies_its_password_only() {
        let hash = hash("correct horse".into(), &mut Fixed)
            .await
            .expect("hashes");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse".into(), Some(hash.clone())).await);
        assert!(!verify("correct horsf".into(), Some(hash)).await);
        assert!(!verify("nobody".into(), None).await);
    }

    #[test]
    fn breached_short_and_obvious_passwords_are_refused() {
        for weak in [
            "short",
            "password123",
            "1234567890",
            "qwertyuiop",
            "zhangsan2024",
        ] {
            assert!(parse_new(weak, &["zhangsan"]).is_err(), "{weak}");
        }
        assert!(parse_new("檀溪-Fountain-7381-雨", &["zhangsan"]).is_ok());
    }
}
