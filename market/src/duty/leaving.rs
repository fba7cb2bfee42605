//! What becomes of the bodies that somebody acts for when that person goes.

use crate::Refusal;
use crate::permit::{Action, Role, Visitor, permits};

/// What a body is left with when somebody who acts for it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// Others go on.
    Others,
    /// Its registration was never confirmed, and is given up with the last who could complete it.
    GivesUp,
    /// Nobody, although others rely on it: it can't be left so.
    Nobody,
}

/// What becomes of a body that somebody leaves. `has_another`: somebody else holds the same role for it and can act.
/// `is_confirmed`: the operator has found its registration in order; departments, operator and supervisors always are.
pub fn leave(role: Role, has_another: bool, is_confirmed: bool) -> Leaving {
    match (role, has_another, is_confirmed) {
        // Its administrator remains.
        (Role::OwnerTrustee, _, _) | (_, true, _) => Leaving::Others,
        (_, false, false) => Leaving::GivesUp,
        (_, false, true) => Leaving::Nobody,
    }
}

/// A role that somebody holds and is about to leave.
#[derive(Debug, Clone, Copy)]
pub struct Holding<'a> {
    pub role: Role,
    /// The name of the body; `None` for the platform.
    pub body: Option<&'a str>,
    pub has_another: bool,
    /// Somebody else holds the role, but can do nothing yet.
    pub awaits_another: bool,
    pub is_confirmed: bool,
}

impl Holding<'_> {
    /// What becomes of the body.
    pub fn leave(&self) -> Leaving {
        leave(self.role, self.has_another, self.is_confirmed)
    }
}

/// Whether somebody may leave everything at once. Errors: [`Refusal::LastOfBody`], with the bodies that nobody could
/// act for any more.
pub fn leave_all(held: &[Holding<'_>]) -> Result<(), Refusal> {
    let alone: Vec<&Holding<'_>> = held
        .iter()
        .filter(|held| held.leave() == Leaving::Nobody)
        .collect();
    if alone.is_empty() {
        return Ok(());
    }
    let name = |held: &&Holding<'_>| {
        let body = held.body.unwrap_or("平台");
        format!("{body}（{}）", held.role.label())
    };
    Err(Refusal::LastOfBody {
        names_others: alone
            .iter()
            .all(|held| permits(Visitor::Acting(held.role), Action::NameAdministrator)),
        awaits_another: alone.iter().all(|held| held.awaits_another),
        bodies: alone.iter().map(name).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_others_rely_on_keeps_its_last_person() {
        for &role in Role::ALL {
            assert_eq!(leave(role, true, true), Leaving::Others);
        }
        for role in [Role::OwnerAdmin, Role::AgencyAdmin] {
            assert_eq!(leave(role, false, false), Leaving::GivesUp);
            assert_eq!(leave(role, false, true), Leaving::Nobody);
        }
        assert_eq!(leave(Role::Supervisor, false, true), Leaving::Nobody);
        assert_eq!(leave(Role::OwnerTrustee, false, true), Leaving::Others);
    }

    #[test]
    fn who_leaves_everything_is_told_which_bodies_would_be_left_alone() {
        let holding = |body, has_another| Holding {
            role: Role::AgencyAdmin,
            body: Some(body),
            has_another,
            awaits_another: false,
            is_confirmed: true,
        };
        assert_eq!(leave_all(&[holding("楚天环保", true)]), Ok(()));
        let refused = leave_all(&[holding("楚天环保", true), holding("汉江测绘", false)]);
        let sentence = refused.expect_err("alone").sentence();
        assert!(
            sentence.contains("汉江测绘") && !sentence.contains("楚天环保"),
            "{sentence}"
        );
    }
}
