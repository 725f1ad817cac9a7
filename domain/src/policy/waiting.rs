//! What is awaited of whom, gathered while the categories are settled.

use std::collections::{BTreeMap, BTreeSet};

use super::heard::Person;
use super::{Awaited, Awaiting, Facts, What, Who};
use crate::category::Category;
use crate::clock::{Timestamp, start_of_day_in_nl};

/// Collects what is awaited; one entry per person and kind, whatever number of categories it is about.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    single: BTreeSet<Awaited>,
    answers: BTreeMap<Who, (BTreeSet<Category>, bool)>,
    objections: BTreeMap<Who, (BTreeSet<Category>, Timestamp)>,
    look_again: Timestamp,
}

impl Waiting {
    /// Nothing yet; looked at again when the term ends.
    pub(super) fn until_term(facts: &Facts<'_>) -> Self {
        Self {
            single: BTreeSet::new(),
            answers: BTreeMap::new(),
            objections: BTreeMap::new(),
            look_again: start_of_day_in_nl(facts.not_after()),
        }
    }

    /// The answer may change at `at`.
    pub(super) fn look_again_at(&mut self, at: impl IntoIterator<Item = Timestamp>) {
        self.look_again = at.into_iter().fold(self.look_again, Timestamp::min);
    }

    /// When the answer may change by itself.
    pub(super) const fn look_again(&self) -> Timestamp {
        self.look_again
    }

    /// The sender tells `person`.
    pub(super) fn telling(&mut self, person: &Person) {
        self.single.insert(Awaited {
            who: who(person),
            what: What::Telling,
        });
    }

    /// `person` inspects, at the latest `until`.
    pub(super) fn inspection(&mut self, person: &Person, until: Timestamp) {
        self.look_again_at([until]);
        self.single.insert(Awaited {
            who: who(person),
            what: What::Inspection { until },
        });
    }

    /// A second professional attests a report of unsafety.
    pub(super) fn second_person(&mut self) {
        self.single.insert(Awaited {
            who: Who::Sender,
            what: What::SecondPerson,
        });
    }

    /// `person` answers about `category`; `again` if a yes was there.
    pub(super) fn answer(&mut self, person: &Person, category: Category, again: bool) {
        let (categories, was_there) = self.answers.entry(who(person)).or_default();
        categories.insert(category);
        *was_there |= again;
    }

    /// `person` may object to `category` before `until`.
    pub(super) fn objection(&mut self, person: &Person, category: Category, until: Timestamp) {
        self.look_again_at([until]);
        let (categories, _) = self
            .objections
            .entry(who(person))
            .or_insert_with(|| (BTreeSet::new(), until));
        categories.insert(category);
    }

    /// Whether nothing is awaited.
    pub(super) fn is_empty(&self) -> bool {
        self.single.is_empty() && self.answers.is_empty() && self.objections.is_empty()
    }

    /// The answer, in the order of people.
    pub(super) fn into_awaiting(self) -> Awaiting {
        let answers = self.answers.into_iter();
        let answers = answers.map(|(who, (categories, again))| Awaited {
            who,
            what: What::Answer { categories, again },
        });
        let objections = self.objections.into_iter();
        let objections = objections.map(|(who, (categories, until))| Awaited {
            who,
            what: What::Objection { categories, until },
        });
        let mut from: Vec<Awaited> = self.single.into_iter().chain(answers).chain(objections).collect();
        from.sort();
        Awaiting {
            from,
            decide_again: self.look_again,
        }
    }
}

const fn who(person: &Person) -> Who {
    Who::Slot {
        slot: person.slot,
        activated: person.activated,
    }
}

/// When a period of `days` is over for somebody who was told at `told`. A day is 24 hours.
pub(super) fn end_of_period(told: Timestamp, days: u16) -> Timestamp {
    told.saturating_add(jiff::SignedDuration::from_hours(24 * i64::from(days)))
        .unwrap_or(Timestamp::MAX)
}
