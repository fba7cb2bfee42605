//! 审核意见: what somebody who checks, audits, opines or decides says: on, or back with a reason.

use crate::coded::coded;
use crate::form::{Reader, public};
use crate::{Form, Problems};

coded! {
    /// What an opinion or a decision says.
    pub enum Verdict ("verdict") {
        Approve = "approve", "通过";
        Return = "return", "退回补正";
    }
}

/// An opinion or decision as typed: a return needs its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub note: String,
}

impl Judgement {
    /// Reads the form of every check, opinion, audit and decision.
    pub fn read(form: &Form) -> Result<Judgement, Problems> {
        let mut read = Reader::new(form);
        let verdict = read.choose("verdict", Verdict::parse);
        let note = read.maybe("note", public(1, 500));
        if verdict == Some(Verdict::Return) && note == Some(None) {
            read.wrong("note", "退回时请写明原因和需要补正的内容。");
        }
        read.finish(|| {
            Some(Judgement {
                verdict: verdict?,
                note: note?.unwrap_or_default(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_needs_its_reason() {
        let form: Form = [("verdict", "return"), ("note", " ")].into_iter().collect();
        assert!(Judgement::read(&form).is_err_and(|p| p.of("note").is_some()));
        let form: Form = [("verdict", "approve")].into_iter().collect();
        assert!(Judgement::read(&form).is_ok());
    }
}
