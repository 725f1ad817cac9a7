//! Who waits, and whose turn it is.
//!
//! Every caller has a lane of its own, in the order of arrival, and lanes take turns, round after round: one command of each, or as
//! many as the lane is wide. What people decided has lanes apart from the rest and goes first, up to half of a group where others
//! wait.
//!
//! Invariants: nothing that was taken in is lost; it is handed out, or handed back because its caller held more places than
//! anybody, by the width of its lane, when none was left. No more wait than there are places. Of one caller and class, first come
//! is first served. A caller's first command waits for at most one turn of each other caller. Whoever has fewer than its even
//! part of the places, less one turn, is never turned away, however many others come.

use std::collections::{BTreeMap, VecDeque};

/// Which lanes a command waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// What people decided, and what the gateway itself must do: withdrawals are among them, and wait behind no content.
    Decision,
    /// Everything else.
    Ordinary,
}

/// A caller, and how many of its commands take one turn: at least one, and always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lane<K> {
    pub(super) caller: K,
    pub(super) width: usize,
}

/// Commands `T` of callers `K`.
#[derive(Debug)]
pub(super) struct Queue<K, T> {
    decisions: Lanes<K, T>,
    ordinary: Lanes<K, T>,
}

/// No place was left, and nobody held so many more that one of theirs gives way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full<T>(pub(super) T);

impl<K: Ord + Clone, T> Queue<K, T> {
    /// With this many places in each class.
    pub(super) const fn with_places(decisions: usize, ordinary: usize) -> Self {
        Self {
            decisions: Lanes::with_places(decisions),
            ordinary: Lanes::with_places(ordinary),
        }
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.decisions.waiting + self.ordinary.waiting
    }

    /// Takes a command in. Where no place is left, the newest of whoever holds most gives way, and is handed back; or, where
    /// the caller would then hold as many itself, the command.
    pub(super) fn push(&mut self, class: Class, lane: &Lane<K>, command: T) -> Result<Option<T>, Full<T>> {
        match class {
            Class::Decision => self.decisions.push(lane, command),
            Class::Ordinary => self.ordinary.push(lane, command),
        }
    }

    /// Whether [`Queue::push`] would take in a command now.
    pub(super) fn has_room(&self, class: Class, lane: &Lane<K>) -> bool {
        match class {
            Class::Decision => self.decisions.has_room(lane),
            Class::Ordinary => self.ordinary.has_room(lane),
        }
    }

    /// The next group, of at most `most`, in the order in which it takes effect. What nobody waits for any more is dropped
    /// and takes no turn.
    pub(super) fn group(&mut self, most: usize, is_wanted: impl Fn(&T) -> bool) -> Vec<T> {
        let mut group = Vec::with_capacity(most.min(self.len()));
        let kept = self.ordinary.waiting.min(most / 2);
        self.decisions.take(&mut group, most - kept, &is_wanted);
        self.ordinary.take(&mut group, most, &is_wanted);
        // Of what was kept for the others, some was not wanted any more.
        self.decisions.take(&mut group, most, &is_wanted);
        group
    }

    /// Everything that waits, to be let go of.
    pub(super) fn clear(&mut self) -> Vec<T> {
        self.group(usize::MAX, |_| true)
    }
}

/// The lanes of one class.
#[derive(Debug)]
struct Lanes<K, T> {
    places: usize,
    waiting: usize,
    /// Only of callers who wait; never empty.
    by_caller: BTreeMap<K, Waiting<T>>,
    /// Whose turn comes when: everybody who waits, once.
    turns: VecDeque<K>,
}

/// One lane.
#[derive(Debug)]
struct Waiting<T> {
    width: usize,
    commands: VecDeque<T>,
}

/// How many turns so many commands are, counted up.
const fn turns(commands: usize, width: usize) -> usize {
    commands.div_ceil(width)
}

impl<K: Ord + Clone, T> Lanes<K, T> {
    const fn with_places(places: usize) -> Self {
        Self {
            places,
            waiting: 0,
            by_caller: BTreeMap::new(),
            turns: VecDeque::new(),
        }
    }

    /// Whose newest gives way where no place is left: whoever holds most turns. One more for `lane` must not make it the one who
    /// holds most: they would turn each other away for ever.
    fn longest(&self, lane: &Lane<K>) -> Option<&K> {
        let own = self
            .by_caller
            .get(&lane.caller)
            .map_or(0, |own| own.commands.len());
        let held = |waiting: &Waiting<T>| turns(waiting.commands.len(), waiting.width);
        let (caller, longest) = self.by_caller.iter().max_by_key(|(_, waiting)| held(waiting))?;
        (turns(own + 1, lane.width) < held(longest)).then_some(caller)
    }

    fn has_room(&self, lane: &Lane<K>) -> bool {
        self.waiting < self.places || self.longest(lane).is_some()
    }

    fn push(&mut self, lane: &Lane<K>, command: T) -> Result<Option<T>, Full<T>> {
        let mut gives_way = None;
        if self.waiting >= self.places {
            let Some(longest) = self.longest(lane).cloned() else {
                return Err(Full(command));
            };
            gives_way = self
                .by_caller
                .get_mut(&longest)
                .and_then(|longest| longest.commands.pop_back());
            self.waiting -= 1;
        }
        let own = self
            .by_caller
            .entry(lane.caller.clone())
            .or_insert_with(|| Waiting {
                width: lane.width.max(1),
                commands: VecDeque::new(),
            });
        if own.commands.is_empty() {
            self.turns.push_back(lane.caller.clone());
        }
        own.commands.push_back(command);
        self.waiting += 1;
        Ok(gives_way)
    }

    /// Fills a group up to `most`, one turn of each caller after the other.
    fn take(&mut self, group: &mut Vec<T>, most: usize, is_wanted: &impl Fn(&T) -> bool) {
        while group.len() < most
            && let Some(caller) = self.turns.pop_front()
        {
            let Some(lane) = self.by_caller.get_mut(&caller) else {
                continue;
            };
            let until = most.min(group.len().saturating_add(lane.width));
            while group.len() < until
                && let Some(command) = lane.commands.pop_front()
            {
                self.waiting -= 1;
                if is_wanted(&command) {
                    group.push(command);
                }
            }
            if lane.commands.is_empty() {
                self.by_caller.remove(&caller);
            } else {
                self.turns.push_back(caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACES: usize = 12;
    const MOST: usize = 4;

    /// An organisation's lane.
    const fn one<K>(caller: K) -> Lane<K> {
        Lane { caller, width: 1 }
    }

    /// Caller 5 is wide.
    const fn width(caller: u8) -> usize {
        if caller == 5 { 3 } else { 1 }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Push(Class, u8),
        Group,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            // One caller is noisier than the others together.
            6 => Just(Step::Push(Class::Ordinary, 0)),
            3 => (1..6u8).prop_map(|caller| Step::Push(Class::Ordinary, caller)),
            2 => (0..6u8).prop_map(|caller| Step::Push(Class::Decision, caller)),
            1 => Just(Step::Group),
        ]
    }

    /// What one command is: who asked, and its number in the order of arrival.
    type Asked = (Class, u8, usize);

    fn waiting(here: &[Asked], class: Class, caller: u8) -> usize {
        here.iter()
            .filter(|asked| (asked.0, asked.1) == (class, caller))
            .count()
    }

    fn held(here: &[Asked], class: Class, caller: u8) -> usize {
        turns(waiting(here, class, caller), width(caller))
    }

    /// How many even parts there are, by the widths of those who wait and of who comes.
    fn parts(here: &[Asked], class: Class, comes: u8) -> usize {
        let there = |caller: &u8| *caller == comes || waiting(here, class, *caller) > 0;
        (0..6).filter(there).map(width).sum()
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_order_bounds_and_shares_hold(steps in prop::collection::vec(step(), 0..200)) {
            let mut queue = Queue::with_places(PLACES, PLACES);
            let mut here: Vec<Asked> = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Push(class, caller) => {
                        let asked = (class, caller, number);
                        let lane = Lane { caller, width: width(caller) };
                        let has_room = queue.has_room(class, &lane);
                        let pushed = queue.push(class, &lane, asked);
                        prop_assert_eq!(has_room, pushed.is_ok());
                        match pushed {
                            Ok(gives_way) => {
                                here.push(asked);
                                if let Some(gone) = gives_way {
                                    let at = here.iter().position(|other| *other == gone);
                                    here.remove(at.expect("it waited"));
                                    prop_assert!(gone.0 == class && gone.1 != caller);
                                    // Whoever gave way still has no fewer turns than who came, and lost its newest.
                                    prop_assert!(held(&here, class, gone.1) >= held(&here, class, caller));
                                    prop_assert!(here.iter().all(|o| (o.0, o.1) != (gone.0, gone.1) || o.2 < gone.2));
                                }
                            }
                            Err(Full(back)) => {
                                prop_assert_eq!(back, asked);
                                let even = PLACES / parts(&here, class, caller);
                                prop_assert!(held(&here, class, caller) + 1 >= even);
                            }
                        }
                    }
                    Step::Group => {
                        let group = queue.group(MOST, |_| true);
                        prop_assert_eq!(group.len(), here.len().min(MOST));
                        for asked in group {
                            // Its caller's first of that class.
                            let first = here.iter().position(|other| (other.0, other.1) == (asked.0, asked.1));
                            let first = first.expect("it waited");
                            prop_assert_eq!(here.remove(first), asked);
                        }
                    }
                }
                prop_assert_eq!(queue.len(), here.len());
                let within = |class: &Class| here.iter().filter(|asked| asked.0 == *class).count() <= PLACES;
                prop_assert!([Class::Decision, Class::Ordinary].iter().all(within));
            }
            let mut left = queue.clear();
            left.sort_unstable_by_key(|asked| asked.2);
            here.sort_unstable_by_key(|asked| asked.2);
            prop_assert_eq!(left, here);
        }

        #[test]
        fn one_command_waits_for_at_most_one_of_each_other_caller(
            noisy in prop::collection::vec(1..40usize, 1..8),
            taken in 0..20usize,
        ) {
            let mut queue = Queue::with_places(8, 1024);
            for (caller, commands) in noisy.iter().enumerate() {
                for _ in 0..*commands {
                    queue.push(Class::Ordinary, &one(caller), caller).expect("room");
                }
            }
            // From any moment of the rotation on.
            queue.group(taken, |_| true);
            let quiet = usize::MAX;
            queue.push(Class::Ordinary, &one(quiet), quiet).expect("room");
            for caller in 0..noisy.len() {
                queue.push(Class::Ordinary, &one(caller), caller).expect("room");
            }
            let ahead = queue.clear().into_iter().take_while(|caller| *caller != quiet).collect::<Vec<_>>();
            prop_assert!(ahead.len() <= noisy.len());
            for caller in 0..noisy.len() {
                prop_assert!(ahead.iter().filter(|other| **other == caller).count() <= 1);
            }
        }
    }

    #[test]
    fn a_full_queue_makes_room_for_who_has_nothing_in_it() {
        let mut queue = Queue::with_places(4, 100);
        for number in 0..100 {
            assert_eq!(queue.push(Class::Ordinary, &one("noisy"), number), Ok(None));
        }
        assert_eq!(queue.push(Class::Ordinary, &one("noisy"), 100), Err(Full(100)));
        assert_eq!(queue.push(Class::Ordinary, &one("quiet"), 101), Ok(Some(99)));
        assert_eq!(queue.group(2, |_| true), [0, 101]);
    }

    #[test]
    fn a_wide_lane_takes_as_many_in_its_turn_and_gives_way_by_turns() {
        let mut queue = Queue::with_places(4, 40);
        let portal = Lane {
            caller: "portal",
            width: 4,
        };
        for number in 0..20 {
            queue.push(Class::Ordinary, &one("node"), number).expect("room");
            queue.push(Class::Ordinary, &portal, 100 + number).expect("room");
        }
        assert_eq!(
            queue.push(Class::Ordinary, &portal, 120),
            Ok(Some(19)),
            "five turns beside twenty"
        );
        assert_eq!(queue.group(7, |_| true), [0, 100, 101, 102, 103, 1, 104]);
    }

    #[test]
    fn decisions_go_first_and_leave_half_of_a_group_to_the_others() {
        let mut queue = Queue::with_places(100, 100);
        for number in 0..20 {
            queue
                .push(Class::Ordinary, &one("node"), (Class::Ordinary, number))
                .expect("room");
            queue
                .push(Class::Decision, &one("portal"), (Class::Decision, number))
                .expect("room");
        }
        let classes: Vec<_> = queue.group(8, |_| true).iter().map(|asked| asked.0).collect();
        assert_eq!(classes, [[Class::Decision; 4], [Class::Ordinary; 4]].concat());
        queue.ordinary = Lanes::with_places(100);
        assert_eq!(
            queue.group(8, |_| true).len(),
            8,
            "all of it where nobody else waits"
        );
    }

    #[test]
    fn what_nobody_waits_for_is_dropped_and_takes_no_turn() {
        let mut queue = Queue::with_places(100, 100);
        for number in 0..10 {
            queue.push(Class::Ordinary, &one("hasty"), number).expect("room");
            queue
                .push(Class::Decision, &one("hasty"), 100 + number)
                .expect("room");
        }
        assert_eq!(queue.group(3, |number| number % 5 == 4), [104, 109, 4]);
        assert_eq!(queue.group(3, |number| number % 5 == 4), [9]);
        assert_eq!(queue.len(), 0);
    }
}
