//! The calendar's text: its shape, and everything that it can get wrong.

use core::ops::Range;

use jiff::civil::Weekday;
use serde::Deserialize;
use toml::Spanned;

use super::{Break, BreakName, Dates, Days, Region, SchoolCalendar, SchoolYear};
use crate::clock::Date;

/// What every calendar of this form says of itself.
const FORMAT: &str = "handdruk-school-calendar-1";

/// A text that is not a school calendar. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not TOML, an unknown key or word, a wrong type, or a missing key.
    #[error("school calendar, line {line}: {message}")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// What the reader met, and what it expected.
        message: String,
    },
    /// Readable, but not a calendar that can be true.
    #[error("school calendar, line {line}: {flaw}")]
    Unsound {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        flaw: CalendarFlaw,
    },
}

/// What can be wrong with a calendar that is readable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFlaw {
    /// Another form than this version reads.
    #[error("the format must be {FORMAT}")]
    Format,
    /// No school year at all.
    #[error("a calendar needs at least one school year")]
    Empty,
    /// No source.
    #[error("a school year needs a source")]
    NoSource,
    /// Not two years that follow one another.
    #[error("a school year is written as two years that follow one another, like 2026-2027")]
    SchoolYear,
    /// A gap between two years, or one that stands twice.
    #[error("school years follow one another without a gap")]
    NotNext,
    /// A break that is missing, stands twice, or out of order.
    #[error("a school year has autumn, christmas, spring, may and summer, each once and in this order")]
    Breaks,
    /// A break that ends before it begins, or lasts longer than any does.
    #[error("the break lasts {days} days, and {name} lasts from {least} to {most}")]
    Length {
        /// Which.
        name: BreakName,
        /// As written; 0 if it ends before it begins.
        days: i64,
        /// The least that is believed.
        least: i64,
        /// The most that is believed.
        most: i64,
    },
    /// A break that begins or ends in the middle of a week: a mistyped day.
    #[error("a break begins on a Saturday and ends on a Sunday")]
    Weekday,
    /// A break outside its school year, or before the one that it follows.
    #[error("the break lies outside its school year, or before the break that it follows")]
    Order,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<String>,
    read: Date,
    #[serde(default)]
    year: Vec<Spanned<YearEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearEntry {
    school_year: Spanned<String>,
    source: Spanned<String>,
    mark: CalendarMark,
    breaks: Spanned<Vec<Spanned<BreakEntry>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakEntry {
    name: BreakName,
    dates: Dates,
    noord: Spanned<[Date; 2]>,
    midden: Spanned<[Date; 2]>,
    zuid: Spanned<[Date; 2]>,
}

crate::vocabulary::vocabulary! {
    /// How far a school year's dates were checked against the ministry's page.
    CalendarMark, "mark of a school year" {
        /// The published page was read.
        Verified = "V",
        /// Independent copies of the published page agree.
        Copies = "R",
    }
}

/// Reads and checks a whole text.
pub(super) fn whole(text: &str) -> Result<SchoolCalendar, CalendarError> {
    let lines = Lines(text);
    let file: File = toml::from_str(text).map_err(|error| CalendarError::Unreadable {
        line: error.span().map_or(1, |span| lines.at(&span)),
        message: error.message().to_owned(),
    })?;
    if file.format.get_ref() != FORMAT {
        return Err(lines.unsound(&file.format.span(), CalendarFlaw::Format));
    }
    let mut years: Vec<SchoolYear> = Vec::with_capacity(file.year.len());
    for entry in &file.year {
        let year = lines.year(entry.get_ref())?;
        if years
            .last()
            .is_some_and(|before| before.begins + 1 != year.begins)
        {
            return Err(lines.unsound(&entry.get_ref().school_year.span(), CalendarFlaw::NotNext));
        }
        years.push(year);
    }
    if years.is_empty() {
        return Err(lines.unsound(&file.format.span(), CalendarFlaw::Empty));
    }
    Ok(SchoolCalendar {
        read: file.read,
        years,
    })
}

struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn at(&self, span: &Range<usize>) -> usize {
        let before = self.0.as_bytes().get(..span.start).unwrap_or(self.0.as_bytes());
        before.split(|&byte| byte == b'\n').count()
    }

    fn unsound(&self, span: &Range<usize>, flaw: CalendarFlaw) -> CalendarError {
        CalendarError::Unsound {
            line: self.at(span),
            flaw,
        }
    }

    fn year(&self, entry: &YearEntry) -> Result<SchoolYear, CalendarError> {
        let begins = school_year(entry.school_year.get_ref())
            .ok_or_else(|| self.unsound(&entry.school_year.span(), CalendarFlaw::SchoolYear))?;
        if entry.source.get_ref().trim().is_empty() {
            return Err(self.unsound(&entry.source.span(), CalendarFlaw::NoSource));
        }
        let names: Vec<_> = entry.breaks.get_ref().iter().map(|b| b.get_ref().name).collect();
        if names != BreakName::ALL {
            return Err(self.unsound(&entry.breaks.span(), CalendarFlaw::Breaks));
        }
        let mut breaks: Vec<Break> = Vec::with_capacity(names.len());
        for written in entry.breaks.get_ref() {
            let BreakEntry {
                name,
                dates,
                noord,
                midden,
                zuid,
            } = written.get_ref();
            let of = |region| match region {
                Region::Noord => noord,
                Region::Midden => midden,
                Region::Zuid => zuid,
            };
            for region in Region::ALL {
                let days = self.days(*name, of(*region))?;
                let after = breaks
                    .last()
                    .is_none_or(|before| before.of(*region).last < days.first);
                if !after || !within(begins, days) {
                    return Err(self.unsound(&of(*region).span(), CalendarFlaw::Order));
                }
            }
            let days = |region| {
                let [first, last] = *of(region).get_ref();
                Days { first, last }
            };
            breaks.push(Break {
                name: *name,
                dates: *dates,
                noord: days(Region::Noord),
                midden: days(Region::Midden),
                zuid: days(Region::Zuid),
            });
        }
        Ok(SchoolYear {
            begins,
            source: entry.source.get_ref().clone(),
            mark: entry.mark,
            breaks,
        })
    }

    fn days(&self, name: BreakName, written: &Spanned<[Date; 2]>) -> Result<Days, CalendarError> {
        let [first, last] = *written.get_ref();
        let (shortest, longest) = name.length();
        let days = first
            .until(last)
            .map_or(0, |span| i64::from(span.get_days()) + 1)
            .max(0);
        if !(shortest..=longest).contains(&days) {
            let flaw = CalendarFlaw::Length {
                name,
                days,
                least: shortest,
                most: longest,
            };
            return Err(self.unsound(&written.span(), flaw));
        }
        if (first.weekday(), last.weekday()) != (Weekday::Saturday, Weekday::Sunday) {
            return Err(self.unsound(&written.span(), CalendarFlaw::Weekday));
        }
        Ok(Days { first, last })
    }
}

/// The first of the two years.
fn school_year(text: &str) -> Option<i16> {
    let (begins, ends) = text.split_once('-')?;
    let four = |year: &str| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    let (begins, ends): (i16, i16) = match (four(begins), four(ends)) {
        (true, true) => (begins.parse().ok()?, ends.parse().ok()?),
        _ => return None,
    };
    (begins + 1 == ends).then_some(begins)
}

/// Between the first of September and the tenth of September a year later, when even the latest summer is over.
fn within(begins: i16, days: Days) -> bool {
    let bounds = (Date::new(begins, 9, 1), Date::new(begins + 1, 9, 10));
    matches!(bounds, (Ok(from), Ok(to)) if from <= days.first && days.last <= to)
}
