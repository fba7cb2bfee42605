//! The rules of a moment: a version of the policy and the calendar. Every decision is taken under one and stores which.

use crate::PolicyId;
use crate::calendar::{Calendar, Clock};
use crate::policy::Policy;

/// A version of the policy with the days on which people work.
#[derive(Debug, Clone)]
pub struct Rules {
    pub policy_id: PolicyId,
    pub policy: Policy,
    pub calendar: Calendar,
}

impl Rules {
    /// Everything that turns workdays into instants.
    pub fn clock(&self) -> Clock<'_> {
        Clock {
            calendar: &self.calendar,
            pace: self.policy.pace,
        }
    }
}
