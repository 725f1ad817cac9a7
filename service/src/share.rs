//! Fair shares of something that there is only so much of.
//!
//! Invariants: no more is handed out than there is. Nobody who has some may come to hold more than a quarter of what is then
//! left, so that whoever has none finds room, however many others are greedy: each of these leaves four fifths of what it
//! found. Whoever has none gets what it asks for if that much is left: no limit makes a single request impossible. What is
//! there already and could not be asked for is noted all the same, and then leaves that much less to take.

use std::collections::HashMap;
use std::hash::Hash;

/// One caller may hold what is left divided by this.
const PART: usize = 4;

/// So much of one thing, and who holds how much of it.
#[derive(Debug)]
pub(crate) struct Share<K> {
    limit: usize,
    held: usize,
    by: HashMap<K, usize>,
}

impl<K: Eq + Hash + Clone> Share<K> {
    pub(crate) fn of(limit: usize) -> Self {
        Self {
            limit,
            held: 0,
            by: HashMap::new(),
        }
    }

    /// What one may come to hold while nobody else holds any.
    pub(crate) const fn alone(&self) -> usize {
        self.limit / (PART + 1)
    }

    /// How much is handed out.
    pub(crate) const fn held(&self) -> usize {
        self.held
    }

    /// Takes so much for `who`; false where that would be more than its share.
    #[must_use]
    pub(crate) fn take(&mut self, who: &K, amount: usize) -> bool {
        let fits = self.is_fair(who, amount);
        if fits {
            self.note(who, amount);
        }
        fits
    }

    /// Whether `who` may take so much more.
    pub(crate) fn is_fair(&self, who: &K, amount: usize) -> bool {
        let left = self.limit.saturating_sub(self.held);
        match self.by.get(who) {
            None => amount <= left,
            Some(own) => own.saturating_add(amount) <= left / PART,
        }
    }

    /// Counts so much for `who`, which it has already.
    pub(crate) fn note(&mut self, who: &K, amount: usize) {
        if amount > 0 {
            self.held += amount;
            *self.by.entry(who.clone()).or_default() += amount;
        }
    }

    /// Gives back what was taken.
    pub(crate) fn give_back(&mut self, who: &K, amount: usize) {
        if let Some(own) = self.by.get_mut(who) {
            let amount = amount.min(*own);
            *own -= amount;
            self.held -= amount;
            if *own == 0 {
                self.by.remove(who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same sequence every time, and no two neighbours alike.
    fn scattered(turn: usize) -> usize {
        turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40
    }

    #[test]
    fn never_is_more_handed_out_than_there_is_and_all_of_it_comes_back() {
        let mut share = Share::of(1000);
        let mut taken = Vec::new();
        for turn in 0..20_000 {
            let (who, amount) = (scattered(turn) % 50, scattered(turn + 1) % 90);
            if scattered(turn + 2).is_multiple_of(3) {
                if let Some((who, amount)) = taken.pop() {
                    share.give_back(&who, amount);
                }
            } else if share.take(&who, amount) {
                taken.push((who, amount));
            }
            assert_eq!(
                share.held(),
                taken.iter().map(|(_, amount)| amount).sum::<usize>()
            );
            assert!(share.held() <= 1000);
        }
        for (who, amount) in taken {
            share.give_back(&who, amount);
        }
        assert_eq!(share.held(), 0);
        assert!(share.by.is_empty(), "nobody is remembered who holds nothing");
    }

    #[test]
    fn greedy_callers_leave_room_for_who_has_nothing() {
        let mut share = Share::of(2560);
        for greedy in 0..20 {
            let mut own = 0;
            while share.take(&greedy, 1) {
                own += 1;
            }
            assert!(own >= 1);
            if greedy == 0 {
                assert_eq!(own, 512, "alone: a fifth of all");
                assert_eq!(own, share.alone());
            }
        }
        assert!(share.take(&99, 1));
        assert!(2560 - share.held() >= 16, "{} are left", 2560 - share.held());
    }

    #[test]
    fn what_is_there_anyhow_counts_and_leaves_less() {
        let mut share = Share::of(100);
        share.note(&"slow", 150);
        assert_eq!(share.held(), 150);
        assert!(!share.is_fair(&"slow", 0), "more than its part");
        assert!(!share.take(&"other", 1), "there is nothing left");
        assert!(share.is_fair(&"other", 0));
        share.give_back(&"slow", 150);
        assert!(share.take(&"slow", 100));
    }

    #[test]
    fn whoever_has_nothing_gets_what_is_left() {
        let mut share = Share::of(100);
        assert!(share.take(&"large", 100));
        assert!(!share.take(&"other", 1));
        share.give_back(&"large", 100);
        assert!(share.take(&"other", 1));
    }
}
