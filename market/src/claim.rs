//! A registration claims a credit code; only the operator's check of the evidence gives it. What may be claimed, when a
//! claim is over, and what becomes of the others when one is confirmed.

use crate::calendar::Clock;
use crate::{Refusal, Timestamp};

/// Unconfirmed registrations that one person may have at once. People register one body, rarely two; more is hoarding.
pub const MOST_UNCONFIRMED: usize = 3;

/// After so many workdays a claim that was not confirmed is released: it is no longer counted. The operator's own time
/// (five workdays) and one return for correction fit in.
pub const CLAIM_WORKDAYS: u32 = 20;

/// What those are told whose claim has given way.
pub const GAVE_WAY: &str = "该统一社会信用代码已由另一份登记凭材料核对通过，本登记不再保留。如果贵单位才是该代码的主体，请拨打页脚的电话，运营机构凭营业执照或法人证书重新核实。";

/// What stands on a registration that was never confirmed when the last who could complete it has closed the account.
pub const GAVE_UP: &str = "登记人已注销账号，这份登记不再办理。";

/// Whether a claim of this age still counts, or has been released because nobody confirmed it.
pub fn is_live(registered_at: Timestamp, clock: Clock<'_>, now: Timestamp) -> bool {
    now < clock.after(registered_at, CLAIM_WORKDAYS)
}

/// A registration of an agency that names a practitioner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Employer {
    /// The operator has found it in order.
    pub is_confirmed: bool,
    pub registered_at: Timestamp,
}

impl Employer {
    /// Whether the practitioner is free for another agency that shows the certificate: a registration that nobody has
    /// confirmed holds people no longer than a credit code, and never against a confirmed one.
    pub fn frees_for(self, other_is_confirmed: bool, clock: Clock<'_>, now: Timestamp) -> bool {
        !self.is_confirmed && (other_is_confirmed || !is_live(self.registered_at, clock, now))
    }
}

/// Whether a person may register one more body. `confirmed`: whether the code already belongs to a checked one.
pub fn may_claim(unconfirmed: usize, confirmed: bool) -> Result<(), Refusal> {
    if confirmed {
        return Err(Refusal::at(
            "uscc",
            "该统一社会信用代码已经登记并核对通过。如果贵单位没有办理过，请拨打页脚的电话，运营机构凭营业执照或法人证书重新核实。",
        ));
    }
    if unconfirmed >= MOST_UNCONFIRMED {
        return Err(Refusal::TooMany {
            sentence: format!(
                "您已有 {unconfirmed} 份单位登记还没有核对通过，请先办完其中一份，或者等它满 {CLAIM_WORKDAYS} 个工作日失效。"
            ),
            way_out: "这几份登记和各自的进度在工作台；退回补正的，改好再提交即可。",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = time::macros::datetime!(2026-03-02 09:00 +8);

    /// Hands on the clock of a market whose workday lasts a minute, and the end of a claim that was made [`AT`].
    fn at_its_end(look: impl FnOnce(Clock<'_>, Timestamp)) {
        use crate::calendar::{Calendar, Pace};
        let calendar = Calendar::default();
        let clock = Clock {
            calendar: &calendar,
            pace: Pace::Seconds { per_workday: 60 },
        };
        let lasts = crate::time::Duration::seconds(60 * i64::from(CLAIM_WORKDAYS));
        look(clock, AT + lasts);
    }

    #[test]
    fn a_claim_is_released_after_its_workdays() {
        at_its_end(|clock, end| {
            assert!(is_live(AT, clock, end - crate::time::Duration::SECOND));
            assert!(!is_live(AT, clock, end));
        });
    }

    #[test]
    fn people_are_held_no_longer_than_codes() {
        at_its_end(|clock, end| {
            let employer = |is_confirmed| Employer {
                is_confirmed,
                registered_at: AT,
            };
            assert!(!employer(false).frees_for(false, clock, AT));
            assert!(employer(false).frees_for(true, clock, AT));
            assert!(employer(false).frees_for(false, clock, end));
            assert!(!employer(true).frees_for(true, clock, end));
        });
    }

    #[test]
    fn a_claim_is_free_until_somebody_is_confirmed_or_hoards() {
        assert_eq!(may_claim(0, false), Ok(()));
        assert_eq!(may_claim(MOST_UNCONFIRMED - 1, false), Ok(()));
        let hoarded = may_claim(MOST_UNCONFIRMED, false).expect_err("refused");
        assert!(matches!(hoarded, Refusal::TooMany { .. }));
        assert!(hoarded.way_out().contains("工作台"));
        assert!(matches!(may_claim(0, true), Err(Refusal::Invalid(_))));
    }
}
