//! Where to connect next, and when: for whoever has several addresses of one peer.
//!
//! Invariant: no connections are made in step with others. Each has the addresses in an order of its own, and waits a random time
//! that may be nothing, up to a bound that doubles with each failure in a row; so a thousand that lose the same peer at the same
//! moment come back spread over time, and over the peers that are left. A call that was under way moves at once: those are few.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand_core::Rng;

/// Which of several addresses is used now. Shared by everything that calls the same peer.
#[derive(Debug)]
pub(crate) struct Addresses(Mutex<Turns>);

#[derive(Debug)]
struct Turns {
    order: Vec<usize>,
    at: usize,
}

impl Addresses {
    /// The addresses 0 to `count`, at least one, in a random order.
    pub(crate) fn shuffled(count: usize, rng: &mut impl Rng) -> Self {
        let mut order: Vec<usize> = (0..count.max(1)).collect();
        shuffle(&mut order, rng);
        Self(Mutex::new(Turns { order, at: 0 }))
    }

    /// The one to use now.
    pub(crate) fn current(&self) -> usize {
        let turns = self.turns();
        turns.order[turns.at]
    }

    /// Turns away from one that gave no answer, unless somebody else did so already. Every other one gets its turn before it comes
    /// back. Whether there is another.
    pub(crate) fn turn_from(&self, from: usize, rng: &mut impl Rng) -> bool {
        let mut turns = self.turns();
        if turns.order.len() == 1 {
            return false;
        }
        if turns.order[turns.at] == from {
            turns.at += 1;
            if turns.at == turns.order.len() {
                turns.at = 0;
                shuffle(&mut turns.order, rng);
                if turns.order[0] == from {
                    let last = turns.order.len() - 1;
                    turns.order.swap(0, last);
                }
            }
        }
        true
    }

    // Nothing is left half-done by a panic: an order is an order.
    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fisher and Yates. The bias of the remainder is far below what spreading needs.
fn shuffle(order: &mut [usize], rng: &mut impl Rng) {
    for left in (1..order.len()).rev() {
        let chosen = usize::try_from(rng.next_u64() % (left as u64 + 1)).unwrap_or(0);
        order.swap(left, chosen);
    }
}

/// How long to wait before connecting again: exponential, with full jitter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The bound after a connection that held: with a thousand at once, a gateway of two cores shakes hands with all within a second.
    pub const FIRST: Duration = Duration::from_millis(500);
    /// The bound that is never passed, so that a peer that returns sees everybody soon.
    pub const LONGEST: Duration = Duration::from_secs(8);

    /// The connection held: the next wait is a first one.
    pub fn held(&mut self) {
        self.failures = 0;
    }

    /// A wait between nothing and the bound.
    pub fn next(&mut self, rng: &mut impl Rng) -> Duration {
        let bound = Self::FIRST
            .saturating_mul(1 << self.failures.min(16))
            .min(Self::LONGEST);
        self.failures = self.failures.saturating_add(1);
        bound.mul_f64(f64::from(rng.next_u32()) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn rng(seed: u8) -> ChaCha20Rng {
        ChaCha20Rng::from_seed([seed; 32])
    }

    #[test]
    fn a_thousand_that_lose_the_same_gateway_spread_over_the_others_and_over_time() {
        let mut rng = rng(1);
        let mut went = [0; 4];
        let mut early = 0;
        for _ in 0..1000 {
            let addresses = Addresses::shuffled(4, &mut rng);
            while addresses.current() != 0 {
                addresses.turn_from(addresses.current(), &mut rng);
            }
            assert!(addresses.turn_from(0, &mut rng));
            went[addresses.current()] += 1;
            let wait = Backoff::default().next(&mut rng);
            assert!(wait <= Backoff::FIRST);
            early += usize::from(wait < Backoff::FIRST / 10);
        }
        assert_eq!(went[0], 0, "nobody stays");
        assert!(
            went[1..].iter().all(|count| (250..420).contains(count)),
            "{went:?}"
        );
        assert!(
            (50..150).contains(&early),
            "{early} in the first tenth of the time"
        );
    }

    #[test]
    fn calls_that_fail_together_turn_once() {
        let mut rng = rng(2);
        let addresses = Addresses::shuffled(3, &mut rng);
        let lost = addresses.current();
        for _ in 0..5 {
            assert!(addresses.turn_from(lost, &mut rng));
        }
        let now = addresses.current();
        assert_ne!(now, lost);
        assert!(
            addresses.turn_from(now, &mut rng),
            "and the next loss turns again"
        );
        assert!(
            ![lost, now].contains(&addresses.current()),
            "to the one that was not tried"
        );
        let only = Addresses::shuffled(1, &mut rng);
        assert!(!only.turn_from(0, &mut rng));
        assert_eq!(only.current(), 0);
    }

    proptest! {
        #[test]
        fn every_address_gets_its_turn_in_each_round_and_none_twice_in_a_row(count in 2_usize..6, seed: u8) {
            let mut rng = rng(seed);
            let addresses = Addresses::shuffled(count, &mut rng);
            let mut before = None;
            for _ in 0..5 {
                let mut round = BTreeSet::new();
                for _ in 0..count {
                    let current = addresses.current();
                    prop_assert_ne!(Some(current), before);
                    before = Some(current);
                    round.insert(current);
                    addresses.turn_from(current, &mut rng);
                }
                prop_assert_eq!(round.len(), count);
            }
        }

        #[test]
        fn a_wait_grows_with_each_failure_up_to_its_bound_and_is_short_again_after_a_connection(seed: u8, failures in 1_u32..40) {
            let mut rng = rng(seed);
            let mut backoff = Backoff::default();
            for failure in 0..failures {
                let bound = Backoff::FIRST.saturating_mul(1 << failure.min(10)).min(Backoff::LONGEST);
                prop_assert!(backoff.next(&mut rng) <= bound);
            }
            backoff.held();
            prop_assert!(backoff.next(&mut rng) <= Backoff::FIRST);
        }
    }
}
