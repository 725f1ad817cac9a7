//! By when a stage must be over: a term of the catalogue, counted from what the gateway knows.
//!
//! The gateway knows the month of a school transition and never its day, so that the start is the first school day in that
//! month. Invariant: a deadline lies after the stage began, and is over at midnight in the Netherlands.

use serde::{Deserialize, Serialize};

use super::calendar::{Counted, Known, Region, SchoolCalendar, Unit};
use crate::clock::{Date, Timestamp, date_in_nl, start_of_day_in_nl};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// From which day a term is counted.
    CountedFrom, "start of a deadline" {
        /// The day on which the stage began.
        Stage = "stage",
        /// The first school day of the transition, onwards.
        Start = "start",
        /// The first school day of the transition, backwards.
        BeforeStart = "before-start",
    }
}

/// A term of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// How many days; at least 1, at most [`Term::MOST`].
    pub days: u16,
    /// Of which kind.
    pub unit: Unit,
    /// From when.
    pub from: CountedFrom,
}

impl Term {
    /// The longest term that a catalogue may set, in days of any kind.
    pub const MOST: u16 = 400;

    /// What counts before *received* and for the answer to a withdrawal under a catalogue that was signed before catalogues
    /// had terms for them. A choice of ours.
    pub const UNSAID: Self = Self {
        days: 10,
        unit: Unit::Working,
        from: CountedFrom::Stage,
    };
}

/// What a handover's deadlines are counted in.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The days.
    pub calendar: &'a SchoolCalendar,
    /// Where its schools are, if anybody says so.
    pub region: Option<Region>,
    /// The month of the school transition: its first day.
    pub month: Date,
}

/// By when a stage must be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The last day on which it is in time.
    pub last_day: Date,
    /// How sure the days are that were counted.
    pub known: Known,
}

impl Deadline {
    /// The first instant at which it is missed: midnight in the Netherlands after the last day.
    pub fn missed_from(&self) -> Timestamp {
        self.last_day
            .tomorrow()
            .map_or(Timestamp::MAX, start_of_day_in_nl)
    }
}

impl Setting<'_> {
    /// The deadline of a stage that began at `since`. Where the day that a term names has passed when the stage begins
    /// (a move in the middle of the year, a late start), as many days are counted from the stage.
    pub fn deadline(&self, term: Term, since: Timestamp) -> Deadline {
        let Term { days, unit, from } = term;
        let began = date_in_nl(since);
        let start = || self.calendar.first_school_day(self.month, self.region);
        let from_start = |start: Counted, counted: Counted| Counted {
            known: counted.known.max(start.known),
            ..counted
        };
        let named = match from {
            CountedFrom::Stage => None,
            CountedFrom::Start => {
                let start = start();
                Some(from_start(
                    start,
                    self.calendar.after(start.date, days, unit, self.region),
                ))
            }
            CountedFrom::BeforeStart => {
                let start = start();
                Some(from_start(
                    start,
                    self.calendar.before(start.date, days, unit, self.region),
                ))
            }
        };
        let named = named.filter(|counted| counted.date > began);
        let Counted { date, known } =
            named.unwrap_or_else(|| self.calendar.after(began, days, unit, self.region));
        Deadline {
            last_day: date,
            known,
        }
    }

    /// The first instant after so many days behind a deadline; the deadline's own for none.
    pub(super) fn days_behind(&self, deadline: Deadline, days: u16, unit: Unit) -> Timestamp {
        let counted = self.calendar.after(deadline.last_day, days, unit, self.region);
        Deadline {
            last_day: counted.date,
            known: counted.known,
        }
        .missed_from()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn zwolle(month: Date) -> Setting<'static> {
        Setting {
            calendar: SchoolCalendar::shipped(),
            region: Some(Region::Noord),
            month,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    const fn term(days: u16, unit: Unit, from: CountedFrom) -> Term {
        Term { days, unit, from }
    }

    #[test]
    fn a_talk_is_held_before_the_first_school_day() {
        let summer = zwolle(date(2027, 8, 1));
        let talk = term(5, Unit::School, CountedFrom::BeforeStart);
        let deadline = summer.deadline(talk, at("2027-04-12T10:00:00Z"));
        // The last week before the summer holidays of the north.
        assert_eq!(deadline.last_day, date(2027, 7, 5));
        assert_eq!(deadline.known, Known::Fixed);
        // Somebody who comes in the middle of the summer has five school days all the same.
        let late = summer.deadline(talk, at("2027-08-02T10:00:00Z"));
        assert_eq!(late.last_day, date(2027, 8, 27));
    }

    #[test]
    fn the_start_is_reported_in_the_first_days_of_school() {
        let start = term(3, Unit::School, CountedFrom::Start);
        let deadline = zwolle(date(2027, 8, 1)).deadline(start, at("2027-06-01T10:00:00Z"));
        assert_eq!(deadline.last_day, date(2027, 8, 26));
        let moved = zwolle(date(2027, 2, 1)).deadline(start, at("2027-02-10T10:00:00Z"));
        assert_eq!(
            moved.last_day,
            date(2027, 2, 15),
            "three school days after it was taken on"
        );
    }

    #[test]
    fn a_deadline_ends_at_dutch_midnight_in_summer_and_in_winter() {
        let day = |last_day| Deadline {
            last_day,
            known: Known::Fixed,
        };
        assert_eq!(day(date(2027, 7, 5)).missed_from(), at("2027-07-05T22:00:00Z"));
        assert_eq!(day(date(2027, 1, 5)).missed_from(), at("2027-01-05T23:00:00Z"));
        // The nights in which the clock changes.
        assert_eq!(day(date(2027, 3, 27)).missed_from(), at("2027-03-27T23:00:00Z"));
        assert_eq!(day(date(2027, 3, 28)).missed_from(), at("2027-03-28T22:00:00Z"));
        assert_eq!(day(date(2027, 10, 31)).missed_from(), at("2027-10-31T23:00:00Z"));
        assert_eq!(day(Date::MAX).missed_from(), Timestamp::MAX);
    }

    #[test]
    fn what_begins_late_at_night_begins_on_the_dutch_day() {
        let term = term(1, Unit::Calendar, CountedFrom::Stage);
        // Half past eleven in the evening in London is half past midnight in Zwolle.
        let deadline = zwolle(date(2027, 8, 1)).deadline(term, at("2027-01-10T23:30:00Z"));
        assert_eq!(deadline.last_day, date(2027, 1, 12));
    }

    proptest! {
        #[test]
        fn a_deadline_lies_after_the_stage_began_and_a_later_stage_never_has_an_earlier_one(
            hours in 0_i64..60_000, later in 0_i64..2_000, days in 1_u16..=60, month in 0_i64..60,
            unit in prop::sample::select(Unit::ALL), from in prop::sample::select(CountedFrom::ALL),
            region in prop::option::of(prop::sample::select(Region::ALL)),
        ) {
            let setting = Setting {
                calendar: SchoolCalendar::shipped(),
                region,
                month: date(2025, 9, 1).saturating_add(jiff::ToSpan::months(month)),
            };
            let since = at("2025-09-01T00:00:00Z") + jiff::SignedDuration::from_hours(hours);
            let term = term(days, unit, from);
            let deadline = setting.deadline(term, since);
            prop_assert!(deadline.last_day > date_in_nl(since));
            prop_assert!(deadline.missed_from() > since);
            let after = setting.deadline(term, since + jiff::SignedDuration::from_hours(later));
            prop_assert!(after.last_day >= deadline.last_day);
        }
    }
}
