//! A sign-up form that is pressed more than once: a true double click is one sign-up, and a corrected price is
//! another, which takes the place of what the same page handed in before — whatever order the two arrive in.
//!
//! The browser keeps [`Presses`]; the form names in `replaces` every sign-up that it knows of and means to replace, by
//! its random number; the server asks [`Replaces`]. A press that is overtaken by a later one does not name it, and so
//! can never undo it.

use crate::hash::Hex32;
use crate::{Fen, Refusal};

/// At most so many sign-ups are named by a form: more presses than a patient person makes on one page.
const MOST: usize = 40;

/// One press: the price that stood in the field, and the secrets that were made for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Press {
    /// `None` where the method has no bids.
    pub price: Option<Fen>,
    pub nonce: Hex32,
    /// What the sealed bid was sealed with. It never leaves the browser.
    pub entropy: Hex32,
}

/// What one page has handed in so far.
#[derive(Debug, Clone, Default)]
pub struct Presses(Vec<Press>);

impl Presses {
    /// The secrets for a press with this price: those of the press just before if the price is the same (so that a
    /// double click sends the same form twice), fresh ones else. `None` when there is no chance to make them of.
    pub fn press(
        &mut self,
        price: Option<Fen>,
        mut fresh: impl FnMut() -> Option<[u8; 32]>,
    ) -> Option<Press> {
        if let Some(last) = self.0.last().filter(|last| last.price == price) {
            return Some(*last);
        }
        let press = Press {
            price,
            nonce: Hex32(fresh()?),
            entropy: Hex32(fresh()?),
        };
        self.0.push(press);
        Some(press)
    }

    /// The random numbers that the last press replaces: those of the page, then all earlier presses'.
    pub fn replaces(&self, of_the_page: &str) -> String {
        let earlier = &self.0[..self.0.len().saturating_sub(1)];
        let mut text = of_the_page.to_string();
        for press in &earlier[earlier.len().saturating_sub(MOST - 1)..] {
            text.push(' ');
            text.push_str(&press.nonce.to_string());
        }
        text
    }
}

/// The sign-ups that a form means to replace, as it names them: random numbers with blanks between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces(Vec<Hex32>);

impl Replaces {
    /// Reads the field. What is no random number names nothing.
    pub fn read(text: &str) -> Replaces {
        let words = text.split_ascii_whitespace().take(MOST);
        Replaces(words.filter_map(|word| Hex32::parse(word).ok()).collect())
    }

    /// Whether the live sign-up may be replaced. Errors: [`Refusal::AlreadySignedUp`] where the form does not know
    /// it: it came from another window, device or person, or from a later press.
    pub fn allow(&self, live: Hex32) -> Result<(), Refusal> {
        if self.0.contains(&live) {
            Ok(())
        } else {
            Err(Refusal::AlreadySignedUp)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes that never come twice.
    fn fresh() -> impl FnMut() -> Option<[u8; 32]> {
        let mut count = 0;
        move || {
            count += 1;
            Some([count; 32])
        }
    }

    /// A press as it travels.
    #[derive(Debug, Clone)]
    struct Sent {
        price: Fen,
        nonce: Hex32,
        replaces: String,
    }

    fn pressed(prices: &[i64], of_the_page: &str) -> Vec<Sent> {
        let (mut presses, mut fresh) = (Presses::default(), fresh());
        let mut send = |price: &i64| {
            let press = presses
                .press(Some(Fen(*price)), &mut fresh)
                .expect("chance");
            Sent {
                price: Fen(*price),
                nonce: press.nonce,
                replaces: presses.replaces(of_the_page),
            }
        };
        prices.iter().map(&mut send).collect()
    }

    /// What is live after the presses arrived in this order, by the rule that the server follows.
    fn live(arrivals: &[Sent]) -> Option<Sent> {
        let mut live: Option<Sent> = None;
        for sent in arrivals {
            let allowed = live
                .as_ref()
                .is_none_or(|live| Replaces::read(&sent.replaces).allow(live.nonce).is_ok());
            if allowed {
                live = Some(sent.clone());
            }
        }
        live
    }

    #[test]
    fn a_double_click_is_the_same_press_and_another_price_is_another() {
        let (mut presses, mut fresh) = (Presses::default(), fresh());
        let first = presses.press(Some(Fen(1)), &mut fresh).expect("chance");
        assert_eq!(presses.press(Some(Fen(1)), &mut fresh), Some(first));
        assert_eq!(presses.replaces(""), "");
        let second = presses.press(Some(Fen(2)), &mut fresh).expect("chance");
        assert_ne!(second.nonce, first.nonce);
        assert_ne!(second.entropy, first.entropy);
        assert_eq!(presses.replaces("").trim(), first.nonce.to_string());
        let back = presses.press(Some(Fen(1)), &mut fresh).expect("chance");
        assert_ne!(back, first, "the first price again is a third press");
        assert_eq!(presses.press(Some(Fen(3)), || None), None);
    }

    #[test]
    fn only_a_sign_up_that_the_form_knows_is_replaced() {
        let (known, other) = (Hex32([1; 32]), Hex32([2; 32]));
        let replaces = Replaces::read(&format!(" {known}  x "));
        assert_eq!(replaces.allow(known), Ok(()));
        assert_eq!(replaces.allow(other), Err(Refusal::AlreadySignedUp));
        for nothing in ["", "on", "，"] {
            assert!(Replaces::read(nothing).allow(known).is_err(), "{nothing}");
        }
    }

    #[test]
    fn a_page_that_is_pressed_very_often_still_names_what_it_shows_and_its_last_presses() {
        let shown = Hex32([255; 32]);
        let prices: Vec<i64> = (1..=100).collect();
        let last = pressed(&prices, &shown.to_string()).pop().expect("pressed");
        let replaces = Replaces::read(&last.replaces);
        assert_eq!(replaces.allow(shown), Ok(()));
        assert_eq!(replaces.allow(Hex32([197; 32])), Ok(()), "the press before");
    }

    proptest! {
        #[test]
        fn in_whatever_order_they_arrive_the_last_press_stands(
            prices in proptest::collection::vec(1i64..4, 1..8),
            order in proptest::collection::vec(any::<prop::sample::Index>(), 8),
        ) {
            let sent = pressed(&prices, "");
            let last = sent.last().expect("pressed").clone();
            let (mut waiting, mut arrivals) = (sent, Vec::new());
            for index in order {
                if !waiting.is_empty() {
                    arrivals.push(waiting.remove(index.index(waiting.len())));
                }
            }
            arrivals.append(&mut waiting);
            let stands = live(&arrivals).expect("one stands");
            prop_assert_eq!((stands.price, stands.nonce), (last.price, last.nonce));
        }
    }
}
