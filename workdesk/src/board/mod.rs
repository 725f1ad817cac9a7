//! The index behind the overview: every open handover of the organisation, by what it asks of whom.
//!
//! It holds no name and no content: ids, purposes, places inside the organisation, days. Invariant: each entry stands on
//! exactly one list of exactly one shelf, and what an overview shows is what a scan of all entries would show. So an overview
//! reads the beginning of each list and counts, and never looks at everything.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Site;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::vocabulary;

pub(crate) mod feed;
mod live;
mod overview;

pub use live::Live;
pub use overview::{Filter, Listing, Overview, Part, Sight, Whose};

vocabulary! {
    /// Which side of a handover the organisation is.
    Direction, "direction" {
        /// It was handed over to us.
        Received = "received",
        /// We hand it over.
        Sent = "sent",
    }
}

/// What a handover asks of the organisation now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Consent was withdrawn, and the family waits for our answer.
    Answer,
    /// The next step is ours, or what others do is so late that we were told.
    Step,
    /// Nothing: the next step is the other side's.
    Nothing,
}

/// One open handover. Closed ones are not on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub handover: HandoverId,
    /// Where it stands in the organisation.
    pub shelf: Shelf,
    /// What it asks of us.
    pub asks: Asks,
    /// The last day on which the next step is in time; `None` where none is known.
    pub last_day: Option<Date>,
    /// When it came, or was made.
    pub since: Timestamp,
}

/// Where a handover stands in the organisation: what decides who may see it, and whom it waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shelf {
    /// Received or sent.
    pub direction: Direction,
    /// Why it is handed over.
    pub purpose: Purpose,
    /// At which site; `None` for the organisation as a whole.
    pub site: Option<Site>,
    /// At which desk; `None` for none in particular.
    pub desk: Option<Desk>,
    /// The colleague who has it.
    pub assignee: Option<ProfessionalRef>,
}

impl Shelf {
    /// The page of the handover that stands here.
    pub fn address(&self, handover: HandoverId) -> String {
        match self.direction {
            Direction::Received => format!("/received/{handover}"),
            Direction::Sent => format!("/send/handovers/{handover}"),
        }
    }
}

vocabulary! {
    /// A list of the board. An entry stands on one: the first that fits.
    List, "list of the board" {
        /// A withdrawal waits for our answer.
        Withdrawn = "withdrawn",
        /// The next step is ours, and its last day has passed.
        Late = "late",
        /// The next step is ours, and no colleague has it yet.
        New = "new",
        /// A colleague has it, and is in time.
        Taken = "taken",
        /// The next step is the other side's.
        Elsewhere = "elsewhere",
    }
}

/// The order within a list: the nearest last day first, then whoever waits longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    last_day: Date,
    since: Timestamp,
    handover: HandoverId,
}

impl Entry {
    fn place(&self) -> Place {
        Place {
            last_day: self.last_day.unwrap_or(Date::MAX),
            since: self.since,
            handover: self.handover,
        }
    }

    fn list(&self, today: Date) -> List {
        let is_late = self.last_day.is_some_and(|day| day < today);
        match self.asks {
            Asks::Answer => List::Withdrawn,
            Asks::Nothing => List::Elsewhere,
            Asks::Step if is_late => List::Late,
            Asks::Step if self.shelf.assignee.is_none() => List::New,
            Asks::Step => List::Taken,
        }
    }
}

#[derive(Debug, Default)]
struct Lists([BTreeSet<Place>; List::ALL.len()]);

impl Lists {
    fn of(&self, list: List) -> &BTreeSet<Place> {
        &self.0[list as usize]
    }

    fn of_mut(&mut self, list: List) -> &mut BTreeSet<Place> {
        &mut self.0[list as usize]
    }
}

/// Every open handover, ready to be read.
#[derive(Debug)]
pub struct Board {
    today: Date,
    entries: HashMap<HandoverId, Entry>,
    shelves: BTreeMap<Shelf, Lists>,
}

impl Board {
    /// An empty board on this day (in the Netherlands).
    pub fn new(today: Date) -> Self {
        Self {
            today,
            entries: HashMap::new(),
            shelves: BTreeMap::new(),
        }
    }

    /// Puts a handover on the board, in place of what was known of it.
    pub fn put(&mut self, entry: Entry) {
        self.remove(entry.handover);
        let list = entry.list(self.today);
        let lists = self.shelves.entry(entry.shelf.clone()).or_default();
        lists.of_mut(list).insert(entry.place());
        self.entries.insert(entry.handover, entry);
    }

    /// Takes a handover off: it is closed, or gone.
    pub fn remove(&mut self, handover: HandoverId) {
        let Some(entry) = self.entries.remove(&handover) else {
            return;
        };
        let Some(lists) = self.shelves.get_mut(&entry.shelf) else {
            return;
        };
        lists.of_mut(entry.list(self.today)).remove(&entry.place());
        if lists.0.iter().all(BTreeSet::is_empty) {
            self.shelves.remove(&entry.shelf);
        }
    }

    /// It is this day now: what is past its last day becomes late. The board never goes back.
    pub fn advance(&mut self, today: Date) {
        if today <= self.today {
            return;
        }
        self.today = today;
        for lists in self.shelves.values_mut() {
            for list in [List::New, List::Taken] {
                // The nearest last day stands first, so that only what moves is looked at.
                while let Some(first) = lists.of(list).first().copied() {
                    if first.last_day >= today {
                        break;
                    }
                    lists.of_mut(list).remove(&first);
                    lists.of_mut(List::Late).insert(first);
                }
            }
        }
    }

    /// The day that the board is on.
    pub const fn today(&self) -> Date {
        self.today
    }

    /// One handover.
    pub fn entry(&self, handover: HandoverId) -> Option<&Entry> {
        self.entries.get(&handover)
    }

    /// On which list a handover stands.
    pub fn list_of(&self, handover: HandoverId) -> Option<List> {
        self.entries.get(&handover).map(|entry| entry.list(self.today))
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests;
