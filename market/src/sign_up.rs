//! 报名: one live sign-up an agency, replaceable and withdrawable until the deadline, with a receipt.

use crate::coded::coded;
use crate::hash::{Hex32, sha256};
use crate::requirement::RequirementState;
use crate::time::rfc3339;
use crate::{AgencyId, Refusal, RequirementId, SignUpId, Timestamp};

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
