//! Who is counted, and the bounded memory for it. Whoever is remembered keeps a count of their own whatever arrives
//! meanwhile; only newcomers share one when there is no room, and neighbours first.

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use market::PersonId;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visitor {
    Account(u128),
    /// An IPv4 address.
    Four(u32),
    /// The /64 of an IPv6 address: one household or office.
    Six(u64),
    /// The /24 of IPv4 addresses for which there is no room one by one.
    FourNetwork(u32),
    /// The /48 of networks of IPv6 for which there is no room one by one: one customer of a provider.
    SixNetwork(u64),
    /// Everybody for whom there is no room.
    Crowd,
    /// Addresses that are none.
    Nowhere,
}

impl Visitor {
    pub fn of_address(text: &str) -> Visitor {
        match text.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => Visitor::Four(address.to_bits()),
            Ok(IpAddr::V6(address)) => Visitor::Six((address.to_bits() >> 64) as u64),
            Err(_) => Visitor::Nowhere,
        }
    }

    pub fn of_account(person: PersonId) -> Visitor {
        Visitor::Account(person.0.as_u128())
    }

    /// With whom this one is counted when there is no room.
    fn wider(self) -> Visitor {
        match self {
            Visitor::Four(address) => Visitor::FourNetwork(address >> 8),
            Visitor::Six(network) => Visitor::SixNetwork(network >> 16),
            _ => Visitor::Crowd,
        }
    }

    /// The kinds have rooms of their own: a flood of one pushes nobody of another into a crowd.
    fn kind(self) -> usize {
        match self {
            Visitor::Account(_) => 0,
            Visitor::Four(_) => 1,
            Visitor::Six(_) => 2,
            Visitor::FourNetwork(_) => 3,
            Visitor::SixNetwork(_) => 4,
            Visitor::Crowd | Visitor::Nowhere => 5,
        }
    }
}

const KINDS: usize = 6;

/// Visitors of one kind that one counter remembers.
pub const MOST_REMEMBERED: usize = 50_000;

type Kinds = [HashMap<Visitor, u64>; KINDS];

/// What each visitor has used, as `governor` writes it.
#[derive(Default)]
pub struct Remembered(Mutex<Kinds>);

impl Remembered {
    fn kinds(&self) -> MutexGuard<'_, Kinds> {
        // Every change is one insertion: whoever panicked has left nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As whom a visitor is counted now: as itself if it is known or there is room, else with ever more others.
fn counted_as(kinds: &Kinds, visitor: Visitor) -> Visitor {
    let mut visitor = visitor;
    loop {
        let known = &kinds[visitor.kind()];
        let has_place = known.contains_key(&visitor) || known.len() < MOST_REMEMBERED;
        if has_place || visitor == Visitor::Crowd {
            return visitor;
        }
        visitor = visitor.wider();
    }
}

impl StateStore for Remembered {
    type Key = Visitor;

    fn measure_and_replace<T, F, E>(&self, visitor: &Visitor, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut kinds = self.kinds();
        let visitor = counted_as(&kinds, *visitor);
        let known = &mut kinds[visitor.kind()];
        let used = known.get(&visitor).copied().map(Nanos::from);
        let (result, used) = measure(used)?;
        known.insert(visitor, used.into());
        Ok(result)
    }
}

impl ShrinkableKeyedStateStore<Visitor> for Remembered {
    fn retain_recent(&self, drop_below: Nanos) {
        let least = u64::from(drop_below);
        for known in self.kinds().iter_mut() {
            known.retain(|_, used| *used > least);
        }
    }

    fn shrink_to_fit(&self) {
        for known in self.kinds().iter_mut() {
            known.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        self.kinds().iter().map(HashMap::len).sum()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts a visitor that is allowed everything, and says as whom.
    fn see(remembered: &Remembered, visitor: Visitor) -> Visitor {
        let counted = counted_as(&remembered.kinds(), visitor);
        let seen: Result<(), ()> =
            remembered.measure_and_replace(&visitor, |_| Ok(((), Nanos::from(10))));
        assert_eq!(seen, Ok(()));
        counted
    }

    fn four(n: u32) -> Visitor {
        Visitor::Four(0x0b00_0000 + n)
    }

    #[test]
    fn whoever_is_remembered_stays_so_and_newcomers_share_with_neighbours() {
        let remembered = Remembered::default();
        let known = Visitor::of_address("192.0.2.1");
        assert_eq!(see(&remembered, known), known);
        for n in 0..=(MOST_REMEMBERED as u32) {
            see(&remembered, four(n));
        }
        assert_eq!(see(&remembered, known), known);
        let [one, two, far] = ["192.0.2.7", "192.0.2.8", "198.51.100.1"].map(Visitor::of_address);
        assert_eq!(see(&remembered, one), Visitor::FourNetwork(0x00c0_0002));
        assert_eq!(see(&remembered, two), see(&remembered, one));
        assert_ne!(see(&remembered, far), see(&remembered, one));
        // A flood of one family leaves room to the other, and to accounts.
        let six = Visitor::of_address("2001:db8:1:2::1");
        assert_eq!(see(&remembered, six), six);
        assert_eq!(see(&remembered, Visitor::Account(1)), Visitor::Account(1));
    }

    #[test]
    fn newcomers_of_ipv6_share_a_network_of_48_bits_and_then_with_all() {
        let remembered = Remembered::default();
        for n in 0..MOST_REMEMBERED as u64 {
            see(&remembered, Visitor::Six(0x2a00_0000_0000_0000 + (n << 16)));
        }
        let [one, two, other] =
            ["2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:2:2::1"].map(Visitor::of_address);
        assert_eq!(see(&remembered, one), Visitor::SixNetwork(0x2001_0db8_0001));
        assert_eq!(see(&remembered, two), see(&remembered, one));
        assert_ne!(see(&remembered, other), see(&remembered, one));
        for n in 0..MOST_REMEMBERED as u64 {
            see(&remembered, Visitor::Six(0x2b00_0000_0000_0000 + (n << 16)));
        }
        let late = Visitor::of_address("2001:db8:ffff::1");
        assert_eq!(see(&remembered, late), Visitor::Crowd);
        assert_eq!(see(&remembered, one), Visitor::SixNetwork(0x2001_0db8_0001));
        assert!(remembered.len() <= 2 * MOST_REMEMBERED + 1);
    }

    #[test]
    fn who_was_quiet_makes_room() {
        let remembered = Remembered::default();
        for n in 0..MOST_REMEMBERED as u32 {
            see(&remembered, four(n));
        }
        assert_ne!(see(&remembered, Visitor::Four(1)), Visitor::Four(1));
        remembered.retain_recent(Nanos::from(10));
        assert!(remembered.is_empty());
        assert_eq!(see(&remembered, Visitor::Four(1)), Visitor::Four(1));
    }
}
