//! 合同 and 成果: recorded by one side, confirmed by the other; a clock that starts, pauses and stops.

mod clock;
mod reminding;
mod stage;
#[cfg(test)]
mod stage_tests;
#[cfg(test)]
mod tests;

pub use clock::{Light, ServiceClock};
pub use reminding::{Beside, Recorded};
pub use stage::{Answer, Contract, Stage};

use crate::calendar::Clock;
use crate::coded::coded;
use crate::form::{Reader, public, public_line};
use crate::owner::FundType;
use crate::policy::Policy;
use crate::time::{date_near, day};
use crate::{Date, Fen, Form, Problems, Refusal, Timestamp};

coded! {
    /// Which party.
    pub enum Side ("side") {
        Owner = "owner", "项目业主";
        Agency = "agency", "中介机构";
    }
}

coded! {
    /// Where a contract stands.
    pub enum ContractState ("contract_state") {
        PendingConfirm = "pending_confirm", "待确认";
        Objected = "objected", "对方有异议";
        Performing = "performing", "服务中";
        Delivered = "delivered", "待验收";
        Accepted = "accepted", "已验收";
        Completed = "completed", "已办结";
    }
}

/// What happens to a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractAction {
    /// The other side agrees with the record: the clock starts.
    Confirm,
    /// The other side finds the record wrong.
    Object,
    /// Either side records it anew after an objection.
    Record,
    /// The agency hands in a deliverable: the clock pauses.
    Deliver,
    /// The owner returns it: the clock goes on.
    Return,
    /// The owner accepts it: the clock stops at the delivery.
    Accept,
    /// The owner closes the case.
    Complete,
}

impl ContractState {
    /// The total table of (state, action).
    pub fn after(self, action: ContractAction) -> Result<ContractState, Refusal> {
        use ContractAction as Do;
        use ContractState::*;
        match (self, action) {
            (PendingConfirm, Do::Confirm) => Ok(Performing),
            (PendingConfirm, Do::Object) => Ok(Objected),
            (Objected, Do::Record) => Ok(PendingConfirm),
            (Performing, Do::Deliver) => Ok(Delivered),
            (Delivered, Do::Return) => Ok(Performing),
            (Delivered, Do::Accept) => Ok(Accepted),
            (Accepted, Do::Complete) => Ok(Completed),
            (state, action) => Err(Refusal::not_now(action.label(), state.label())),
        }
    }
}

impl ContractAction {
    fn label(self) -> &'static str {
        match self {
            Self::Confirm => "确认合同",
            Self::Object => "对合同提出异议",
            Self::Record => "重新录入合同",
            Self::Deliver => "提交成果",
            Self::Return => "退回成果",
            Self::Accept => "验收",
            Self::Complete => "办结",
        }
    }
}

coded! {
    /// What became of a deliverable.
    pub enum DeliverableState ("deliverable_state") {
        Submitted = "submitted", "待验收";
        Accepted = "accepted", "已验收";
        Returned = "returned", "已退回";
    }
}

/// A contract as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractDetails {
    pub name: String,
    pub amount: Fen,
    pub signed_on: Date,
    pub content: String,
}

impl ContractDetails {
    /// Reads the record. The amount must equal the award, the day of signature lie between award and today.
    pub fn read(
        form: &Form,
        award: Fen,
        issued_at: Timestamp,
        now: Timestamp,
    ) -> Result<ContractDetails, Problems> {
        let mut read = Reader::new(form);
        let name = read.need("name", public_line(4, 200));
        let amount = read.need("amount", Fen::parse);
        let signed_on = read.need("signed_on", date_near(day(now)));
        let content = read.need("content", public(4, 2_000));
        if amount.is_some_and(|amount| amount != award) {
            read.wrong("amount", Refusal::AmountDiffers { award }.sentence());
        }
        if signed_on.is_some_and(|on| on < day(issued_at)) {
            read.wrong("signed_on", "签订日期早于中选通知书的日期。");
        }
        if signed_on.is_some_and(|on| on > day(now)) {
            read.wrong("signed_on", "签订日期还没有到。");
        }
        read.finish(|| {
            Some(ContractDetails {
                name: name?,
                amount: amount?,
                signed_on: signed_on?,
                content: content?,
            })
        })
    }
}

/// Who must act for a record to become effective: the side that did not record it.
/// Errors: [`Refusal::SamePerson`] when the recording side answers itself.
pub fn other_side(recorded_by: Side, by: Side) -> Result<(), Refusal> {
    if recorded_by == by {
        Err(Refusal::SamePerson {
            steps: "录入和确认合同",
        })
    } else {
        Ok(())
    }
}

/// The last day to sign without being late.
pub fn sign_due(policy: &Policy, clock: &Clock<'_>, issued_at: Timestamp) -> Timestamp {
    clock.after(issued_at, policy.contract.sign_workdays)
}

/// Whether a signature came late (M03). A day counts as a whole.
pub fn is_signed_late(
    policy: &Policy,
    clock: &Clock<'_>,
    issued_at: Timestamp,
    signed_on: Date,
) -> bool {
    crate::time::at_clock(signed_on, 0, 0) >= sign_due(policy, clock, issued_at)
}

/// What the owner's silence means when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Social money: taken as accepted.
    Accepts,
    /// Public money: the operator is told, nothing is accepted by itself.
    Escalates,
}

/// Which of the two it is.
pub fn silence(fund: FundType) -> Silence {
    if fund.is_public() {
        Silence::Escalates
    } else {
        Silence::Accepts
    }
}
