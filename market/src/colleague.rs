//! 同一单位的管理员: what one of them may do about the role of another.

use crate::{PersonId, Refusal};

/// How far somebody has come whose account another has opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Has a password of its own, and can act.
    Acts,
    /// Had one, until it was reset.
    WasReset,
    /// Has never had one but the first.
    Never,
}

impl Begun {
    /// From what is stored: the password is of somebody else's choice; the person has ever chosen one.
    pub fn of(must_change_password: bool, has_chosen: bool) -> Begun {
        match (must_change_password, has_chosen) {
            (false, _) => Begun::Acts,
            (true, true) => Begun::WasReset,
            (true, false) => Begun::Never,
        }
    }

    /// The state in Chinese.
    pub fn label(self) -> &'static str {
        match self {
            Begun::Acts => "已启用",
            Begun::WasReset => "密码已重置，本人还没有修改",
            Begun::Never => "还没有登录并修改初始密码",
        }
    }

    /// Whether a colleague may hand over another first password: the one was lost, and nothing was done with it.
    /// Errors: the account is the person's own by now, and only the operator resets it.
    pub fn give_first_password(self) -> Result<(), Refusal> {
        match self {
            Begun::Never => Ok(()),
            Begun::Acts | Begun::WasReset => {
                Err(Refusal::not_now("由同事重设初始密码", "本人已启用账号"))
            }
        }
    }
}

/// Whether an administrator may end the role of another. Whoever ends one stays, so that the last is never ended.
/// Errors: [`Refusal::OwnRole`].
pub fn end(by: PersonId, of: PersonId) -> Result<(), Refusal> {
    if by == of {
        return Err(Refusal::OwnRole);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn nobody_ends_the_own_role_and_first_passwords_are_for_beginners() {
        let [one, two] = [1, 2].map(|n| PersonId(Uuid::from_u128(n)));
        assert_eq!(end(one, one), Err(Refusal::OwnRole));
        assert_eq!(end(one, two), Ok(()));
        let may = |must_change, has_chosen| {
            Begun::of(must_change, has_chosen)
                .give_first_password()
                .is_ok()
        };
        assert!(may(true, false));
        assert!(!may(true, true) && !may(false, true) && !may(false, false));
    }
}
