//! The calendar that deadlines count in: working days, school days in three holiday regions, and plain days.
//!
//! School holidays are data with their year and source ([`SchoolCalendar::parse`]); public holidays are computed. A day is
//! a day in the Netherlands, summer and winter time included ([`crate::clock`]).
//!
//! **Invariants.** Counting always ends, and never guesses: for a date that no published school year covers, a school day
//! is a working day and the result says so ([`Known::Unknown`]). Where the region is not known, only what is a holiday in
//! all three counts as one, so that a deadline falls earlier rather than later.

mod file;
mod holidays;

use std::sync::LazyLock;

pub use file::{CalendarError, CalendarFlaw, CalendarMark};
use jiff::civil::Weekday;

use crate::clock::Date;
use crate::vocabulary::vocabulary;

/// The calendar that this release ships.
pub const DEFAULT: &str = include_str!("../../../calendar/nl.toml");

/// Read once: it is a constant of the release, like the time zones, and a test parses it.
static SHIPPED: LazyLock<SchoolCalendar> =
    LazyLock::new(|| SchoolCalendar::parse(DEFAULT).expect("the shipped calendar is sound; a test says so"));

vocabulary! {
    /// The holiday regions, with the ministry's names.
    Region, "holiday region" {
        /// North.
        Noord = "noord",
        /// Middle.
        Midden = "midden",
        /// South.
        Zuid = "zuid",
    }
}

vocabulary! {
    /// What a term is counted in.
    Unit, "unit of a term" {
        /// Monday to Friday, public holidays left out.
        Working = "working",
        /// Working days on which schools of the region are open.
        School = "school",
        /// Every day.
        Calendar = "calendar",
    }
}

vocabulary! {
    /// The school holidays of a year, in order.
    BreakName, "school holiday" {
        /// Autumn.
        Autumn = "autumn",
        /// Christmas.
        Christmas = "christmas",
        /// Spring.
        Spring = "spring",
        /// May.
        May = "may",
        /// Summer.
        Summer = "summer",
    }
}

impl BreakName {
    /// The least and the most days that such a break is believed to last, weekends included.
    const fn length(self) -> (i64, i64) {
        match self {
            Self::Autumn | Self::Spring | Self::May => (9, 16),
            Self::Christmas => (16, 16),
            Self::Summer => (37, 51),
        }
    }
}

vocabulary! {
    /// Whether a school may choose other dates.
    Dates, "kind of holiday dates" {
        /// They hold for every school.
        Fixed = "fixed",
        /// The ministry's advice.
        Advised = "advised",
    }
}

vocabulary! {
    /// How sure the days are that were counted.
    Known, "certainty of counted days" {
        /// They hold for every school.
        Fixed = "fixed",
        /// An advised holiday was skipped: this school may have chosen another week.
        Advised = "advised",
        /// Some of it is in a school year that is not published: counted in plain working days there.
        Unknown = "unknown",
    }
}

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Days {
    first: Date,
    last: Date,
}

impl Days {
    fn contains(self, date: Date) -> bool {
        (self.first..=self.last).contains(&date)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Break {
    name: BreakName,
    dates: Dates,
    noord: Days,
    midden: Days,
    zuid: Days,
}

impl Break {
    const fn of(&self, region: Region) -> Days {
        match region {
            Region::Noord => self.noord,
            Region::Midden => self.midden,
            Region::Zuid => self.zuid,
        }
    }

    /// Whether it is this break there; without a region, everywhere.
    fn contains(&self, date: Date, region: Option<Region>) -> bool {
        region.map_or_else(
            || Region::ALL.iter().all(|region| self.of(*region).contains(date)),
            |region| self.of(region).contains(date),
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SchoolYear {
    /// The first of its two years.
    begins: i16,
    source: String,
    mark: CalendarMark,
    breaks: Vec<Break>,
}

/// School holidays of the years that were published. Born in [`SchoolCalendar::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolCalendar {
    read: Date,
    years: Vec<SchoolYear>,
}

/// A date that was counted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The date.
    pub date: Date,
    /// How sure the days between are.
    pub known: Known,
}

/// Which way to count.
#[derive(Clone, Copy)]
enum Way {
    On,
    Back,
}

impl SchoolCalendar {
    /// Reads and checks a calendar. What cannot be true is refused with its line.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        file::whole(text)
    }

    /// The calendar that this release ships.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The day on which its dates were compared with what the ministry publishes.
    pub const fn read(&self) -> Date {
        self.read
    }

    /// Its school years, each with the first of its two years, the page that its dates come from, and how far they were
    /// checked; in order.
    pub fn years(&self) -> impl Iterator<Item = (i16, &str, CalendarMark)> {
        self.years
            .iter()
            .map(|year| (year.begins, year.source.as_str(), year.mark))
    }

    /// Monday to Friday, and no public holiday.
    pub fn is_working_day(date: Date) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        !weekend && !holidays::of(date.year()).contains(&Some(date))
    }

    /// Whether a published school year covers the date: from the first of September of the first year to the end of the
    /// last summer.
    pub fn covers(&self, date: Date, region: Option<Region>) -> bool {
        let first = self
            .years
            .first()
            .and_then(|year| Date::new(year.begins, 9, 1).ok());
        let summer = self.years.last().and_then(|year| year.breaks.last());
        let last = summer.map(|summer| {
            let ends = |region: &Region| summer.of(*region).last;
            region.map_or_else(
                || Region::ALL.iter().map(ends).min().unwrap_or(summer.noord.last),
                |r| ends(&r),
            )
        });
        first.is_some_and(|first| first <= date) && last.is_some_and(|last| date <= last)
    }

    /// Whether schools are open: a working day outside the region's holidays. Also how sure that is.
    pub fn is_school_day(&self, date: Date, region: Option<Region>) -> (bool, Known) {
        if !Self::is_working_day(date) {
            return (false, Known::Fixed);
        }
        if !self.covers(date, region) {
            return (true, Known::Unknown);
        }
        let found = self
            .years
            .iter()
            .flat_map(|year| &year.breaks)
            .find(|holiday| holiday.contains(date, region));
        match found.map(|holiday| holiday.dates) {
            None => (true, Known::Fixed),
            Some(Dates::Fixed) => (false, Known::Fixed),
            Some(Dates::Advised) => (false, Known::Advised),
        }
    }

    /// The day that comes `days` counted days after `date`, which itself does not count. Zero is `date`.
    pub fn after(&self, date: Date, days: u16, unit: Unit, region: Option<Region>) -> Counted {
        self.count(date, days, unit, region, Way::On)
    }

    /// The day that lies `days` counted days before `date`, which itself does not count. Zero is `date`.
    pub fn before(&self, date: Date, days: u16, unit: Unit, region: Option<Region>) -> Counted {
        self.count(date, days, unit, region, Way::Back)
    }

    /// The first school day on or after `date`.
    pub fn first_school_day(&self, date: Date, region: Option<Region>) -> Counted {
        let (open, known) = self.is_school_day(date, region);
        if open {
            return Counted { date, known };
        }
        let next = self.after(date, 1, Unit::School, region);
        Counted {
            known: next.known.max(known),
            ..next
        }
    }

    fn count(&self, from: Date, days: u16, unit: Unit, region: Option<Region>, way: Way) -> Counted {
        let mut counted = Counted {
            date: from,
            known: Known::Fixed,
        };
        let mut left = days;
        while left > 0 {
            let next = match way {
                Way::On => counted.date.tomorrow(),
                Way::Back => counted.date.yesterday(),
            };
            // The end of time: no further day to count to.
            let Ok(next) = next else { break };
            let (counts, known) = match unit {
                Unit::Calendar => (true, Known::Fixed),
                Unit::Working => (Self::is_working_day(next), Known::Fixed),
                Unit::School => self.is_school_day(next, region),
            };
            counted = Counted {
                date: next,
                known: counted.known.max(known),
            };
            left -= u16::from(counts);
        }
        counted
    }
}

#[cfg(test)]
mod tests;
