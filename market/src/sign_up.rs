//! 报名: one live sign-up an agency, replaceable and withdrawable until the deadline, with a receipt.

use crate::bid::SEALED_LENGTH;
use crate::coded::coded;
use crate::form::Reader;
use crate::hash::{Hex32, sha256};
use crate::requirement::RequirementState;
use crate::selection::Bounds;
use crate::time::rfc3339;
use crate::{AgencyId, Fen, Form, Problems, Refusal, RequirementId, SignUpId, Timestamp};

coded! {
    /// What became of a sign-up.
    pub enum SignUpState ("sign_up_state") {
        Live = "live", "有效";
        Replaced = "replaced", "已替换";
        Withdrawn = "withdrawn", "已撤回";
    }
}

coded! {
    /// Where a secret was made: in the agency's browser, or on the server for a form without scripts.
    pub enum MadeBy ("made_by") {
        Browser = "browser", "浏览器生成";
        Server = "server", "服务器代为生成";
    }
}

/// What an agency hands in. The nonce is secret until the deadline; the bid is ciphertext for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    pub id: SignUpId,
    pub requirement: RequirementId,
    pub agency: AgencyId,
    pub nonce: Hex32,
    pub nonce_by: MadeBy,
    pub sealed_bid: Option<Vec<u8>>,
    pub sealed_by: Option<MadeBy>,
    pub received_at: Timestamp,
}

impl SignUp {
    /// The receipt: SHA-256 over `sign-up|requirement|agency|time|nonce|sealed bid in hex`, all lines of a sign-up
    /// that become public after the deadline, so that anyone can check it then.
    pub fn receipt(&self) -> Hex32 {
        let bid = self
            .sealed_bid
            .as_deref()
            .map(hex::encode)
            .unwrap_or_default();
        let text = format!(
            "{}|{}|{}|{}|{}|{}",
            self.id,
            self.requirement,
            self.agency,
            rfc3339(self.received_at),
            self.nonce,
            bid
        );
        sha256(text.as_bytes())
    }
}

/// Whether a sign-up, its replacement or withdrawal is still in time: the deadline itself is too late.
pub fn in_time(deadline_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if now < deadline_at {
        Ok(())
    } else {
        Err(Refusal::Closed { deadline_at })
    }
}

impl SignUpState {
    /// Takes a sign-up back, or puts another in its place.
    pub fn end(self, as_what: SignUpState) -> Result<SignUpState, Refusal> {
        match (self, as_what) {
            (SignUpState::Live, SignUpState::Replaced | SignUpState::Withdrawn) => Ok(as_what),
            (state, _) => Err(Refusal::not_now("撤回或替换报名", state.label())),
        }
    }
}

/// Whether sign-ups of a requirement may come, change and go now. Errors: [`Refusal::Closed`], or it is not open.
pub fn is_open(
    state: RequirementState,
    deadline_at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    in_time(deadline_at, now)?;
    match state {
        RequirementState::Published => Ok(()),
        state => Err(Refusal::not_now("报名、替换或撤回", state.label())),
    }
}

/// Reads the browser's random number. `None`: a form without scripts has none. Errors: at the field.
pub fn read_nonce(form: &Form) -> Result<Option<Hex32>, Problems> {
    match form.get("nonce") {
        "" => Ok(None),
        text => Hex32::parse(text)
            .map(Some)
            .map_err(|sentence| Problems::one("nonce", sentence)),
    }
}

/// What a form bids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Sealed in the browser.
    Sealed(Vec<u8>),
    /// The price of a form without scripts, to be sealed before anything else happens to it.
    Price(Fen),
}

/// Reads the bid. A readable price is what stands in the field, so it counts even where a sealed bid came with it.
/// Errors: no price, one that would not count, or one that looks like a slip of the unit and was not confirmed.
pub fn read_offer(form: &Form, bounds: &Bounds) -> Result<Offer, Problems> {
    let (sealed, price) = (form.get("sealed_bid"), form.get("price"));
    if !sealed.is_empty() && price.trim().is_empty() {
        let bytes = hex::decode(sealed).unwrap_or_default();
        return match bytes.len() {
            SEALED_LENGTH => Ok(Offer::Sealed(bytes)),
            _ => Err(Problems::one(
                "price",
                "密封报价不完整，请刷新页面后重新填写。",
            )),
        };
    }
    let mut read = Reader::new(form);
    let sum = read.need("price", Fen::parse);
    if let Some(objection) = sum.and_then(|sum| bounds.objection(sum)) {
        read.wrong("price", objection);
    } else if let Some((sum, question)) = sum.and_then(|sum| Some((sum, bounds.doubt(sum)?))) {
        read.ask("price", question, &sum.plain());
    }
    read.finish(|| sum.map(Offer::Price))
}

/// The live sign-up that is taken back. Errors: there is none.
pub fn withdraw(live: Option<SignUpState>) -> Result<SignUpState, Refusal> {
    match live {
        Some(state) => state.end(SignUpState::Withdrawn),
        None => Err(Refusal::not_now("撤回", "没有有效的报名")),
    }
}

/// A live sign-up as the deadline finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub id: SignUpId,
    pub agency: AgencyId,
    pub nonce: Hex32,
    pub sealed: Option<Vec<u8>>,
    pub received_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::datetime;
    use uuid::Uuid;

    #[test]
    fn the_deadline_itself_is_too_late() {
        let deadline = datetime!(2026-03-20 15:00 +8);
        assert!(in_time(deadline, deadline - crate::time::Duration::MICROSECOND).is_ok());
        assert!(in_time(deadline, deadline).is_err());
    }

    fn offer(fields: &[(&'static str, &str)]) -> Result<Offer, Problems> {
        let bounds = Bounds {
            ceiling: Fen(1_000_000),
            floor: Some(Fen(500_000)),
        };
        let form: Form = fields.iter().map(|(name, value)| (*name, *value)).collect();
        read_offer(&form, &bounds)
    }

    #[test]
    fn a_readable_price_counts_before_a_sealed_bid() {
        let sealed = "ab".repeat(SEALED_LENGTH);
        let both = offer(&[("sealed_bid", &sealed), ("price", "8000")]);
        assert_eq!(both, Ok(Offer::Price(Fen(800_000))));
        let one = offer(&[("sealed_bid", &sealed), ("price", " ")]);
        assert_eq!(one, Ok(Offer::Sealed(vec![0xab; SEALED_LENGTH])));
        for (sealed, price) in [
            ("abcd", ""),
            ("", ""),
            ("", "八"),
            ("", "12000"),
            ("", "4000"),
        ] {
            let problems = offer(&[("sealed_bid", sealed), ("price", price)]);
            let problems = problems.expect_err("no bid");
            assert!(problems.of("price").is_some(), "{sealed} {price}");
        }
    }

    #[test]
    fn without_a_nonce_the_server_makes_one_and_a_broken_one_is_no_nonce() {
        let read = |text: &str| read_nonce(&[("nonce", text)].into_iter().collect());
        assert_eq!(read(""), Ok(None));
        let nonce = sha256(b"n");
        assert_eq!(read(&nonce.to_string()), Ok(Some(nonce)));
        assert!(read("ab").is_err_and(|problems| problems.of("nonce").is_some()));
    }

    #[test]
    fn only_a_live_sign_up_is_taken_back() {
        assert!(withdraw(None).is_err());
        assert_eq!(
            withdraw(Some(SignUpState::Live)),
            Ok(SignUpState::Withdrawn)
        );
        assert!(withdraw(Some(SignUpState::Replaced)).is_err());
    }

    #[test]
    fn a_receipt_covers_every_part() {
        let sign_up = SignUp {
            id: SignUpId(Uuid::from_u128(1)),
            requirement: RequirementId(Uuid::from_u128(2)),
            agency: AgencyId(Uuid::from_u128(3)),
            nonce: sha256(b"n"),
            nonce_by: MadeBy::Browser,
            sealed_bid: Some(vec![1, 2]),
            sealed_by: Some(MadeBy::Browser),
            received_at: datetime!(2026-03-19 10:00 +8),
        };
        let receipt = sign_up.receipt();
        let changed: [fn(&mut SignUp); 5] = [
            |s| s.id = SignUpId(Uuid::from_u128(9)),
            |s| s.agency = AgencyId(Uuid::from_u128(9)),
            |s| s.nonce = sha256(b"m"),
            |s| s.sealed_bid = None,
            |s| s.received_at += crate::time::Duration::MICROSECOND,
        ];
        for change in changed {
            let mut other = sign_up.clone();
            change(&mut other);
            assert_ne!(other.receipt(), receipt);
        }
    }

    #[test]
    fn only_a_live_sign_up_ends() {
        assert!(SignUpState::Live.end(SignUpState::Withdrawn).is_ok());
        assert!(SignUpState::Withdrawn.end(SignUpState::Replaced).is_err());
        assert!(SignUpState::Live.end(SignUpState::Live).is_err());
    }
}
