//! 起草: a document at its owner's desk, as a requirement's first edition or as a correction of what is published.

use super::correction::{self, Change, may_come};
use super::specification::AVOIDED_ROWS;
use super::{EditionAction, EditionState, RequirementAction, RequirementState, Specification};
use crate::decision::{Decision, Follows};
use crate::journal::{Deed, Subject};
use crate::message::{self, Audience};
use crate::owner::FundType;
use crate::{Form, Problems, Refusal, RequirementId, Rules, Timestamp, Uscc, rating};

/// An edition that is on its way, as it is loaded under its lock.
#[derive(Debug, Clone)]
pub struct Draft {
    pub requirement: RequirementId,
    /// Where the requirement itself stands.
    pub of: RequirementState,
    pub state: EditionState,
    pub audit_begun_at: Option<Timestamp>,
    /// `None` for a first edition.
    pub corrects: Option<Corrects>,
}

/// What a correction is of.
#[derive(Debug, Clone)]
pub struct Corrects {
    pub deadline_at: Timestamp,
    /// As it is published.
    pub document: Specification,
}

/// What is handed in besides the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    pub state: EditionState,
    /// Of a correction: what it changes.
    pub changes: Option<Vec<Change>>,
    pub audit_due_at: Timestamp,
}

/// What becomes of a draft that is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    pub state: EditionState,
    /// A requirement that was never published goes with it.
    pub requirement: Option<RequirementState>,
}

impl Draft {
    fn line(&self, deed: Deed, note: &str) -> Follows {
        Follows::new().line(deed, Subject::Requirement(self.requirement), note)
    }

    /// Whether it may still be written. Errors: it was handed in.
    pub fn save(&self) -> Result<EditionState, Refusal> {
        self.state.after(EditionAction::Save)
    }

    /// Whether the buyer may hand it in now, whatever it says. `owed`: finished contracts that should have been rated.
    /// A notice that runs is correctable whatever its owner owes.
    /// Errors: [`Refusal::RatingOwed`], too late for a correction, or handed in already.
    pub fn may_hand_in(&self, fund: FundType, owed: u32, now: Timestamp) -> Result<(), Refusal> {
        self.state.after(EditionAction::Submit)?;
        match &self.corrects {
            None => rating::may_ask_for_more(fund, owed),
            Some(corrects) => may_come(self.of, corrects.deadline_at, now),
        }
    }

    /// Hands it in for audit. Errors: handed in already, too late, or a correction that is none.
    pub fn hand_in(
        &self,
        document: &Specification,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Decision<Submitted>, Refusal> {
        let state = self.state.after(EditionAction::Submit)?;
        let changes = match &self.corrects {
            None => None,
            Some(corrects) => {
                may_come(self.of, corrects.deadline_at, now)?;
                correction::check(&corrects.document, document)?;
                Some(correction::changes(&corrects.document, document))
            }
        };
        let workdays = rules.policy.publication.audit_workdays;
        let audit_due_at = rules.clock().after(now, workdays);
        let told = message::DraftHandedIn {
            requirement: self.requirement,
            project: document.project_name.clone(),
            is_correction: self.corrects.is_some(),
            audit_due_at,
        };
        Ok(self
            .line(Deed::HandIn, &document.project_name)
            .tell(Audience::Auditors, told)
            .from(Submitted {
                state,
                changes,
                audit_due_at,
            }))
    }

    /// Takes back what was handed in. Errors: somebody has begun to audit it, or it was not handed in.
    pub fn take_back(&self) -> Result<Decision<EditionState>, Refusal> {
        let state = self.state.take_back(self.audit_begun_at)?;
        Ok(self.line(Deed::TakeBack, "").from(state))
    }

    /// Drops it. Errors: it was handed in.
    pub fn give_up(&self) -> Result<Decision<Dropped>, Refusal> {
        let state = self.state.after(EditionAction::Drop)?;
        let requirement = match self.corrects {
            None => Some(self.of.after(RequirementAction::Void)?),
            Some(_) => None,
        };
        Ok(self
            .line(Deed::DropDraft, "")
            .from(Dropped { state, requirement }))
    }
}

/// Begins a correction of what is published. Errors: the deadline has passed, or it is not open.
pub fn begin_correction(
    requirement: RequirementId,
    of: RequirementState,
    deadline_at: Timestamp,
    now: Timestamp,
) -> Result<Follows, Refusal> {
    may_come(of, deadline_at, now)?;
    let subject = Subject::Requirement(requirement);
    Ok(Follows::new().line(Deed::BeginCorrection, subject, ""))
}

/// A file becomes public with the notice, and its name too. Errors: it has somebody's number in it.
pub fn attach(file_name: &str) -> Result<(), Problems> {
    match crate::identity::personal_number(file_name) {
        None => Ok(()),
        Some(kind) => Err(Problems::one(
            "attachment",
            format!("文件名会随公告公开，请先去掉其中的{kind}，再重新选择。"),
        )),
    }
}

/// Codes of avoided bodies whose last character is not the one that the rule asks for: each is either that of a body
/// that registered with it, or a slip.
pub fn irregular_codes(document: &Specification) -> impl Iterator<Item = &Uscc> {
    let avoided = document.conditions.avoided.iter();
    avoided
        .map(|one| &one.uscc)
        .filter(|uscc| uscc.is_irregular())
}

/// What is said of such a code that no body has registered with, at the field that it was typed in.
pub fn unknown_code(form: &Form, code: &Uscc) -> Problems {
    let is_it = |field: &String| Uscc::printed(form.get(field)).is_ok_and(|typed| typed == *code);
    let mut fields = (0..AVOIDED_ROWS).map(|row| format!("avoided_{row}_uscc"));
    let field = fields.find(is_it).unwrap_or_default();
    Problems::one(&field, "最后一位校验码不对，请核对是否抄错。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procurement::Stage;
    use crate::procurement::tests::{DEADLINE, document, procurement};
    use crate::selection::Method;
    use crate::time::Duration;
    use uuid::Uuid;

    const BEFORE: Timestamp = DEADLINE.saturating_sub(Duration::HOUR);

    fn rules() -> Rules {
        procurement(Method::Random, Stage::Open).rules
    }

    fn first(state: EditionState) -> Draft {
        Draft {
            requirement: RequirementId(Uuid::from_u128(2)),
            of: RequirementState::Preparing,
            state,
            audit_begun_at: None,
            corrects: None,
        }
    }

    fn of_published(state: EditionState) -> Draft {
        Draft {
            of: RequirementState::Published,
            corrects: Some(Corrects {
                deadline_at: DEADLINE,
                document: document(Method::Random),
            }),
            ..first(state)
        }
    }

    #[test]
    fn a_first_edition_waits_for_owed_ratings_and_a_correction_does_not() {
        let (fiscal, social) = (FundType::Fiscal, FundType::Social);
        let draft = first(EditionState::Draft);
        let owed = draft.may_hand_in(fiscal, 1, BEFORE);
        assert_eq!(owed, Err(Refusal::RatingOwed { count: 1 }));
        assert_eq!(draft.may_hand_in(social, 1, BEFORE), Ok(()));
        assert_eq!(draft.may_hand_in(fiscal, 0, BEFORE), Ok(()));
        let correction = of_published(EditionState::Draft);
        assert_eq!(correction.may_hand_in(fiscal, 9, BEFORE), Ok(()));
        assert!(correction.may_hand_in(fiscal, 0, DEADLINE).is_err());
    }

    #[test]
    fn what_is_handed_in_is_audited_in_time_and_a_correction_says_what_it_changes() {
        let (rules, text) = (rules(), document(Method::Random));
        let handed_in = first(EditionState::Returned).hand_in(&text, &rules, BEFORE);
        let handed_in = handed_in.expect("written");
        let workdays = rules.policy.publication.audit_workdays;
        let submitted = Submitted {
            state: EditionState::Submitted,
            changes: None,
            audit_due_at: rules.clock().after(BEFORE, workdays),
        };
        assert_eq!(handed_in.next, submitted);
        let line = &handed_in.follows.lines[0];
        assert_eq!((line.deed, &line.note), (Deed::HandIn, &text.project_name));
        let correction = of_published(EditionState::Draft);
        let nothing = correction.hand_in(&text, &rules, BEFORE);
        assert!(matches!(nothing, Err(Refusal::Invalid(_))), "no change");
        let mut changed = text.clone();
        changed.project_name.push_str("（二期）");
        let late = correction.hand_in(&changed, &rules, DEADLINE);
        assert!(matches!(late, Err(Refusal::Closed { .. })), "{late:?}");
        let next = correction
            .hand_in(&changed, &rules, BEFORE)
            .expect("in time")
            .next;
        assert_eq!(next.changes.map(|changes| changes.len()), Some(1));
    }

    #[test]
    fn a_draft_that_is_given_up_takes_an_unpublished_requirement_with_it() {
        let dropped = first(EditionState::Draft).give_up().expect("a draft");
        assert_eq!(dropped.next.requirement, Some(RequirementState::Voided));
        let dropped = of_published(EditionState::Draft).give_up();
        assert_eq!(dropped.expect("a draft").next.requirement, None);
        for state in [EditionState::Submitted, EditionState::Audited] {
            assert!(first(state).save().is_err());
        }
        for state in [EditionState::Published, EditionState::Dropped] {
            assert!(first(state).give_up().is_err());
        }
    }

    #[test]
    fn what_is_being_audited_is_not_taken_back() {
        let submitted = first(EditionState::Submitted);
        let back = submitted.take_back().expect("nobody has begun");
        assert_eq!(back.follows.lines[0].deed, Deed::TakeBack);
        let begun = Draft {
            audit_begun_at: Some(BEFORE),
            ..submitted
        };
        assert!(begun.take_back().is_err());
    }

    #[test]
    fn a_correction_is_begun_while_the_notice_runs() {
        let begin =
            |of, now| begin_correction(RequirementId(Uuid::from_u128(2)), of, DEADLINE, now);
        let begun = begin(RequirementState::Published, BEFORE).expect("it runs");
        assert_eq!(begun.lines[0].deed, Deed::BeginCorrection);
        assert!(begin(RequirementState::Published, DEADLINE).is_err());
        assert!(begin(RequirementState::Failed, BEFORE).is_err());
    }

    #[test]
    fn no_file_name_gives_somebody_s_number_away() {
        assert_eq!(attach("技术要求.pdf"), Ok(()));
        let problems = attach("张三11010519491231002X.pdf").expect_err("an identity number");
        assert!(problems.of("attachment").is_some());
    }

    #[test]
    fn a_code_that_nobody_has_is_a_slip_of_its_own_field() {
        let code = Uscc::printed("91420600MADEM00115").expect("of the right form");
        assert!(code.is_irregular());
        let mut text = document(Method::Random);
        text.conditions.avoided.push(crate::eligibility::Avoided {
            uscc: code.clone(),
            name: "楚天环保".into(),
            reason: "参与了前期咨询".into(),
        });
        assert_eq!(irregular_codes(&text).collect::<Vec<_>>(), [&code]);
        let typed = [("avoided_0_uscc", ""), ("avoided_2_uscc", code.as_str())];
        let form: Form = typed.into_iter().collect();
        assert!(unknown_code(&form, &code).of("avoided_2_uscc").is_some());
    }
}
