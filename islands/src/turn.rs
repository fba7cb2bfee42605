//! What is typed while something earlier is under way makes that out of date.

use std::cell::Cell;
use std::rc::Rc;

/// Gives out turns. Clones count together.
#[derive(Clone, Default)]
pub struct Turns(Rc<Cell<u32>>);

/// One turn, as long as no later one is given out.
pub struct Turn {
    own: u32,
    latest: Rc<Cell<u32>>,
}

impl Turns {
    /// The next turn, which ends the one before it.
    pub fn next(&self) -> Turn {
        self.0.set(self.0.get().wrapping_add(1));
        Turn {
            own: self.0.get(),
            latest: self.0.clone(),
        }
    }
}

impl Turn {
    /// Whether no later turn was given out.
    pub fn is_latest(&self) -> bool {
        self.latest.get() == self.own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_turn_ends_the_earlier_one() {
        let turns = Turns::default();
        let first = turns.next();
        assert!(first.is_latest());
        let second = turns.clone().next();
        assert!(!first.is_latest() && second.is_latest());
    }
}
