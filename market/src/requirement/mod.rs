//! 采购需求: what a requirement may become, and what stops it. The document itself is in
//! [`specification`], its writing in [`draft`], its corrections in [`correction`].
//!
//! Two small machines: the *edition* (a document on its way to publication) and the *requirement* (the case).
//! A correction is a second edition of a published requirement and travels the same way as the first.

pub mod correction;
pub mod draft;
pub mod hand_in;
mod price;
pub mod specification;
pub mod wording;

pub use price::{Price, PriceKind};
pub use specification::Specification;

use crate::calendar::{Clock, Pace};
use crate::coded::coded;
use crate::duty::{self, Act, Done};
use crate::policy::Policy;
use crate::time::Duration;
use crate::{PersonId, Refusal, Timestamp};

coded! {
    /// Where a requirement stands.
    pub enum RequirementState ("requirement_state") {
        Preparing = "preparing", "准备中";
        Published = "published", "报名中";
        Frozen = "frozen", "待选取";
        Choosing = "choosing", "业主选定中";
        Selected = "selected", "公示中";
        Awarded = "awarded", "已发通知书";
        Failed = "failed", "流标";
        Voided = "voided", "已作废";
    }
}

/// What happens to a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequirementAction {
    /// Its first edition is published.
    Publish,
    /// The list is frozen at the deadline and the draw instant is awaited.
    Freeze,
    /// The list is frozen and the owner may choose.
    OpenChoice,
    /// A winner is announced (by draw, by price, by choice or as backup).
    Select,
    /// The winner fell away and the owner chooses again.
    ChooseAgain,
    /// The notice of award is issued.
    Award,
    /// Too few, nobody valid, or nobody left.
    Fail,
    /// The owner drops it before publication.
    Void,
}

impl RequirementState {
    /// The total table of (state, action).
    pub fn after(self, action: RequirementAction) -> Result<RequirementState, Refusal> {
        use RequirementAction as Do;
        use RequirementState::*;
        match (self, action) {
            (Preparing, Do::Publish) => Ok(Published),
            (Preparing, Do::Void) => Ok(Voided),
            (Published, Do::Freeze) => Ok(Frozen),
            (Published, Do::OpenChoice) => Ok(Choosing),
            (Frozen | Choosing | Selected, Do::Select) => Ok(Selected),
            (Selected, Do::ChooseAgain) => Ok(Choosing),
            (Selected, Do::Award) => Ok(Awarded),
            (Published | Frozen | Choosing | Selected, Do::Fail) => Ok(Failed),
            (state, action) => Err(Refusal::not_now(action.label(), state.label())),
        }
    }

    /// How many failures a requirement has behind it that is published again. One that failed because its owner let
    /// the time for choosing pass has not shown that nobody comes. Errors: it has not failed.
    pub fn republish(self, failures: i32, is_owners_failure: bool) -> Result<i32, Refusal> {
        match self {
            RequirementState::Failed => Ok(failures + i32::from(!is_owners_failure)),
            state => Err(Refusal::not_now("重新发布", state.label())),
        }
    }

    /// Whether everybody may see the requirement.
    pub fn is_public(self) -> bool {
        !matches!(self, RequirementState::Preparing | RequirementState::Voided)
    }
}

impl RequirementAction {
    fn label(self) -> &'static str {
        match self {
            Self::Publish => "发布",
            Self::Freeze => "冻结名单",
            Self::OpenChoice | Self::ChooseAgain => "选定机构",
            Self::Select => "公布结果",
            Self::Award => "发出中选通知书",
            Self::Fail => "宣布流标",
            Self::Void => "作废",
        }
    }
}

coded! {
    /// Where an edition of the document stands.
    pub enum EditionState ("edition_state") {
        Draft = "draft", "草稿";
        Submitted = "submitted", "待审核";
        Returned = "returned", "退回修改";
        Audited = "audited", "待发布";
        Published = "published", "已发布";
        Dropped = "dropped", "已作废";
    }
}

/// What happens to an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditionAction {
    Save,
    Submit,
    /// The owner takes it back, before anybody has begun to audit it: [`EditionState::take_back`].
    TakeBack,
    /// An auditor begins: from now on it cannot be taken back.
    BeginAudit,
    Return,
    Audit,
    Publish,
    Drop,
}

impl EditionState {
    /// The total table of (state, action).
    pub fn after(self, action: EditionAction) -> Result<EditionState, Refusal> {
        use EditionAction as Do;
        use EditionState::*;
        match (self, action) {
            (Draft, Do::Save) => Ok(Draft),
            (Returned, Do::Save) => Ok(Returned),
            (Draft | Returned, Do::Submit) => Ok(Submitted),
            (Submitted, Do::TakeBack) => Ok(Draft),
            (Submitted, Do::BeginAudit) => Ok(Submitted),
            (Submitted | Audited, Do::Return) => Ok(Returned),
            (Submitted, Do::Audit) => Ok(Audited),
            (Audited, Do::Publish) => Ok(Published),
            (Draft | Returned | Submitted, Do::Drop) => Ok(Dropped),
            (state, Do::Save) => Err(Refusal::not_now("修改", state.label())),
            (state, Do::Submit) => Err(Refusal::not_now("提交", state.label())),
            (state, Do::TakeBack) => Err(Refusal::not_now("撤回修改", state.label())),
            (state, Do::BeginAudit) => Err(Refusal::not_now("开始审核", state.label())),
            (state, Do::Return) => Err(Refusal::not_now("退回", state.label())),
            (state, Do::Audit) => Err(Refusal::not_now("审核", state.label())),
            (state, Do::Publish) => Err(Refusal::not_now("发布", state.label())),
            (state, Do::Drop) => Err(Refusal::not_now("作废", state.label())),
        }
    }

    /// Taking back what was handed in, until somebody has begun to audit it: `audit_begun_at` says when that was.
    /// Errors: [`Refusal::AuditBegun`], or it is not waiting for its audit.
    pub fn take_back(self, audit_begun_at: Option<Timestamp>) -> Result<EditionState, Refusal> {
        match (self, audit_begun_at) {
            (EditionState::Submitted, Some(at)) => Err(Refusal::AuditBegun { at }),
            _ => self.after(EditionAction::TakeBack),
        }
    }

    /// The auditor's answer, which only who has begun can give: else the owner could take back what is being judged.
    /// Errors: [`Refusal::NotNow`].
    pub fn judge(
        self,
        action: EditionAction,
        audit_begun_at: Option<Timestamp>,
    ) -> Result<EditionState, Refusal> {
        match (self, audit_begun_at) {
            (EditionState::Submitted, None) => Err(Refusal::not_now("作出结论", "尚未开始审核")),
            _ => self.after(action),
        }
    }

    /// Publication: never by whoever wrote or audited it. Errors: [`Refusal::SamePerson`], or not audited.
    pub fn publish(self, done: &Done, by: PersonId) -> Result<EditionState, Refusal> {
        let next = self.after(EditionAction::Publish)?;
        duty::take(Act::Publish, by, done)?;
        Ok(next)
    }
}

/// The two instants that a notice fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    pub deadline_at: Timestamp,
    pub draw_at: Timestamp,
}

/// Fixes deadline and draw instant for a sign-up period that starts now. Nobody chooses them by hand.
pub fn schedule(
    policy: &Policy,
    clock: &Clock<'_>,
    published_at: Timestamp,
    sign_up_workdays: u32,
) -> Schedule {
    with_draw(policy, clock.deadline(published_at, sign_up_workdays))
}

/// The draw instant that belongs to a deadline.
pub fn with_draw(policy: &Policy, deadline_at: Timestamp) -> Schedule {
    let delay = match policy.pace {
        Pace::Workdays => Duration::minutes(i64::from(policy.publication.draw_delay_minutes)),
        Pace::Seconds { per_workday } => Duration::seconds(i64::from(per_workday.div_ceil(8))),
    };
    Schedule {
        deadline_at,
        draw_at: deadline_at + delay,
    }
}

/// What the deadline finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turnout {
    pub deadline_at: Timestamp,
    /// Those eligible at the deadline.
    pub eligible: u32,
    /// So many there must be.
    pub least: u32,
    pub extensions_used: u32,
}

/// What the deadline brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtDeadline {
    /// Enough entrants: freeze the list.
    Freeze,
    /// Too few, and an extension is left.
    Extend(Schedule),
    /// Too few, for good.
    Fail,
}

/// Decides at the deadline, by the number of those eligible then.
/// Errors: [`Refusal::TooEarly`] before the deadline.
pub fn close(
    policy: &Policy,
    clock: &Clock<'_>,
    turnout: Turnout,
    now: Timestamp,
) -> Result<AtDeadline, Refusal> {
    if now < turnout.deadline_at {
        return Err(Refusal::TooEarly {
            until: turnout.deadline_at,
        });
    }
    if turnout.eligible >= turnout.least.max(1) {
        return Ok(AtDeadline::Freeze);
    }
    if turnout.extensions_used < policy.publication.extensions {
        let later = clock.deadline(now, policy.publication.extension_workdays);
        return Ok(AtDeadline::Extend(with_draw(policy, later)));
    }
    Ok(AtDeadline::Fail)
}

/// The number of a notice: `ZJXY` + region + date + four digits.
pub fn notice_no(region: &str, published_at: Timestamp, serial: u32) -> String {
    let date = crate::time::date_text(crate::time::day(published_at)).replace('-', "");
    format!("ZJXY{region}{date}{serial:04}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use ::time::macros::datetime;
    use uuid::Uuid;

    const NOW: Timestamp = datetime!(2026-03-16 10:00 +8);

    #[test]
    fn the_way_to_an_award_has_no_short_cut() {
        use RequirementAction::*;
        let path = [Publish, Freeze, Select, Award];
        let end = path
            .into_iter()
            .try_fold(RequirementState::Preparing, |s, a| s.after(a));
        assert_eq!(end, Ok(RequirementState::Awarded));
        for state in [
            RequirementState::Preparing,
            RequirementState::Published,
            RequirementState::Failed,
            RequirementState::Awarded,
        ] {
            assert!(state.after(Select).is_err(), "{state}");
        }
        for &state in RequirementState::ALL {
            assert!(state.after(Void).is_ok() == (state == RequirementState::Preparing));
        }
        assert!(
            RequirementState::Awarded.after(Fail).is_err(),
            "an award is final here"
        );
    }

    #[test]
    fn only_what_failed_for_want_of_agencies_counts_as_a_failure() {
        assert_eq!(RequirementState::Failed.republish(1, false), Ok(2));
        assert_eq!(RequirementState::Failed.republish(1, true), Ok(1));
        for &state in RequirementState::ALL {
            let may = state == RequirementState::Failed;
            assert_eq!(state.republish(0, false).is_ok(), may, "{state}");
        }
    }

    #[test]
    fn who_writes_audits_and_publishes_are_three() {
        let [a, b, c] = [1, 2, 3].map(|n| PersonId(Uuid::from_u128(n)));
        let done = [(Act::Write, Some(b)), (Act::Audit, Some(a))];
        for by in [a, b] {
            assert!(matches!(
                EditionState::Audited.publish(&done, by),
                Err(Refusal::SamePerson { .. })
            ));
        }
        assert_eq!(
            EditionState::Audited.publish(&done, c),
            Ok(EditionState::Published)
        );
        let audit = |by| duty::take(Act::Audit, by, &done[..1]);
        assert!(matches!(audit(b), Err(Refusal::SamePerson { .. })));
        assert_eq!(audit(a), Ok(()));
        assert!(EditionState::Submitted.publish(&done, c).is_err());
        assert!(EditionState::Published.after(EditionAction::Save).is_err());
    }

    #[test]
    fn what_was_handed_in_goes_back_until_somebody_has_begun_to_audit_it() {
        use EditionState::*;
        assert_eq!(Submitted.take_back(None), Ok(Draft));
        assert_eq!(
            Submitted.take_back(Some(NOW)),
            Err(Refusal::AuditBegun { at: NOW })
        );
        for &state in EditionState::ALL {
            for begun in [None, Some(NOW)] {
                let may = state == Submitted && begun.is_none();
                assert_eq!(state.take_back(begun).is_ok(), may, "{state}");
                // Nothing can be judged that can still be taken back.
                for action in [EditionAction::Audit, EditionAction::Return] {
                    assert!(!(may && state.judge(action, begun).is_ok()), "{state}");
                }
            }
        }
        assert_eq!(
            Submitted.judge(EditionAction::Audit, Some(NOW)),
            Ok(Audited)
        );
    }

    #[test]
    fn the_deadline_decides_by_number_and_extends_once() {
        let (policy, calendar) = (Policy::standard(), Calendar::default());
        let clock = Clock {
            calendar: &calendar,
            pace: policy.pace,
        };
        let turnout = |eligible, least, extensions_used| Turnout {
            deadline_at: NOW,
            eligible,
            least,
            extensions_used,
        };
        let at = |eligible, used| close(&policy, &clock, turnout(eligible, 3, used), NOW);
        assert_eq!(at(3, 0), Ok(AtDeadline::Freeze));
        assert!(
            matches!(at(2, 0), Ok(AtDeadline::Extend(s)) if s.deadline_at == datetime!(2026-03-19 15:00 +8))
        );
        assert_eq!(at(2, 1), Ok(AtDeadline::Fail));
        assert_eq!(at(0, 1), Ok(AtDeadline::Fail));
        assert_eq!(
            close(&policy, &clock, turnout(0, 0, 1), NOW),
            Ok(AtDeadline::Fail),
            "nobody is never enough"
        );
        let early = close(&policy, &clock, turnout(9, 3, 0), NOW - Duration::SECOND);
        assert!(matches!(early, Err(Refusal::TooEarly { .. })));
    }

    #[test]
    fn the_draw_follows_the_deadline() {
        let (policy, calendar) = (Policy::standard(), Calendar::default());
        let clock = Clock {
            calendar: &calendar,
            pace: policy.pace,
        };
        let schedule = schedule(&policy, &clock, NOW, 3);
        assert_eq!(schedule.deadline_at, datetime!(2026-03-20 15:00 +8));
        assert_eq!(schedule.draw_at, datetime!(2026-03-20 15:05 +8));
        assert_eq!(notice_no("420606", NOW, 1), "ZJXY420606202603160001");
    }
}
