//! An address for mail, and the code that shows that it is its person's.

use crate::time::Duration;
use crate::{Chance, Timestamp};

/// The longest address that mail has (RFC 5321).
const LONGEST: usize = 254;
/// So long a code may be typed.
pub const CODE_LASTS: Duration = Duration::minutes(30);
/// The next code is sent no earlier.
pub const CODE_PAUSE: Duration = Duration::minutes(1);
/// After so many wrong ones a code is worth nothing.
pub const MOST_ATTEMPTS: i32 = 5;
/// So many codes are sent within [`CODES_COUNT_FOR`]: for one person, and to one address by whomever. A mailbox is not
/// flooded, and with [`MOST_ATTEMPTS`] nobody guesses often enough.
pub const MOST_CODES: i64 = 5;
/// For so long a code that was sent counts.
pub const CODES_COUNT_FOR: Duration = Duration::hours(24);

/// Codes of the last [`CODES_COUNT_FOR`], whatever has become of the addresses since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodesSent {
    /// The last one for the person.
    pub last_at: Option<Timestamp>,
    pub for_person: i64,
    pub to_mailbox: i64,
}

/// Whether another code may be sent. Errors: a sentence.
pub fn may_send_code(sent: CodesSent, now: Timestamp) -> Result<(), &'static str> {
    if sent.last_at.is_some_and(|at| now < at + CODE_PAUSE) {
        return Err("确认码刚刚发出，请一分钟后再试。");
    }
    if sent.for_person >= MOST_CODES || sent.to_mailbox >= MOST_CODES {
        return Err("一天内发出的确认码已达上限，请明天再试。");
    }
    Ok(())
}

/// Reads an address for mail. Capitals of its domain make no difference.
pub fn parse_mailbox(text: &str) -> Result<String, String> {
    let text = crate::typed::plain(&crate::typed::clean(text));
    let text = text.trim();
    let sentence = || "请填写完整的电子邮箱地址，如 name@example.cn。".to_string();
    let (name, domain) = text.rsplit_once('@').ok_or_else(sentence)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let is_label = |label: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_sound = !name.is_empty()
        && name.len() <= 64
        && name.chars().all(is_name)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && text.len() <= LONGEST;
    if !is_sound {
        return Err(sentence());
    }
    Ok(format!("{name}@{}", domain.to_ascii_lowercase()))
}

/// A code of six digits, each as likely as the other.
pub fn new_code(chance: &mut dyn Chance) -> String {
    // The largest multiple of a million that 32 bits hold: what lies above would favour small codes.
    let bound = u32::MAX / 1_000_000 * 1_000_000;
    loop {
        let drawn = u32::from_be_bytes(chance.bytes());
        if drawn < bound {
            return format!("{:06}", drawn % 1_000_000);
        }
    }
}

/// Reads a code as it was typed.
pub fn parse_code(text: &str) -> Result<String, String> {
    let code = crate::typed::code(text);
    match code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(code),
        false => Err("请填写邮件里的 6 位数字。".to_string()),
    }
}

/// Whether a code that was sent may still be typed.
pub fn is_open(sent_at: Timestamp, attempts: i32, now: Timestamp) -> bool {
    attempts < MOST_ATTEMPTS && now < sent_at + CODE_LASTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_few_for_a_person_and_for_a_mailbox() {
        let now = ::time::macros::datetime!(2026-03-16 09:00 +8);
        assert_eq!(may_send_code(CodesSent::default(), now), Ok(()));
        let last = |at| CodesSent {
            last_at: Some(at),
            for_person: 1,
            to_mailbox: 1,
        };
        assert!(may_send_code(last(now - CODE_PAUSE + Duration::SECOND), now).is_err());
        assert_eq!(may_send_code(last(now - CODE_PAUSE), now), Ok(()));
        let many = |for_person, to_mailbox| CodesSent {
            for_person,
            to_mailbox,
            last_at: None,
        };
        assert_eq!(
            may_send_code(many(MOST_CODES - 1, MOST_CODES - 1), now),
            Ok(())
        );
        assert!(may_send_code(many(MOST_CODES, 0), now).is_err());
        assert!(may_send_code(many(0, MOST_CODES), now).is_err());
    }

    #[test]
    fn addresses_are_read_and_others_refused() {
        assert_eq!(
            parse_mailbox(" Chen.Gong@Example.CN "),
            Ok("Chen.Gong@example.cn".into())
        );
        assert_eq!(
            parse_mailbox("ｃｈｅｎ＠example.cn"),
            Ok("chen@example.cn".into())
        );
        for wrong in [
            "",
            "chen",
            "chen@",
            "@example.cn",
            "chen@example",
            "a b@example.cn,c@d.cn",
            "chen@-x.cn",
            ".chen@example.cn",
            "ch..en@example.cn",
            "chen@example.cn\r\nBcc: x@y.cn",
            "陈@example.cn",
        ] {
            assert!(parse_mailbox(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_code_has_six_digits_and_its_time() {
        struct Fixed(u32);
        impl Chance for Fixed {
            fn fill(&mut self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.0.to_be_bytes());
                self.0 = self.0.wrapping_add(1);
            }
        }
        assert_eq!(new_code(&mut Fixed(7)), "000007");
        // What would favour small codes is drawn anew.
        assert_eq!(new_code(&mut Fixed(u32::MAX)), "000000");
        assert_eq!(parse_code("１２３ ４５６"), Ok("123456".into()));
        assert!(parse_code("12345").is_err());
        let sent = time::macros::datetime!(2026-03-20 09:00 +8);
        assert!(is_open(sent, 4, sent + CODE_LASTS - Duration::SECOND));
        assert!(!is_open(sent, 4, sent + CODE_LASTS));
        assert!(!is_open(sent, 5, sent));
    }
}
