//! Quarters of a calendar year: the only periods that are counted.

use serde::{Deserialize, Serialize};

use crate::clock::Date;

/// Of how many quarters there are counts: three years. What is counted is on record for five years from its outcome, so that
/// nothing is missing from a table that is asked for late.
pub const CLOSED_QUARTERS: usize = 12;

/// Not a quarter such as 2027-Q3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a quarter: a year and Q1 to Q4, such as 2027-Q3")]
pub struct MalformedQuarter;

/// A quarter of a calendar year, written 2027-Q3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i16,
    /// 1 to 4.
    number: i8,
}

impl Quarter {
    /// The one that a day lies in.
    pub fn of(date: Date) -> Self {
        Self {
            year: date.year(),
            number: (date.month() - 1) / 3 + 1,
        }
    }

    /// The one before.
    #[must_use]
    pub const fn previous(self) -> Self {
        match self.number {
            1 => Self {
                year: self.year - 1,
                number: 4,
            },
            number => Self {
                number: number - 1,
                ..self
            },
        }
    }

    /// The quarters of which there are counts on a day, newest first. The newest has been over for a whole quarter by then,
    /// so that the child has started and somebody has looked how it does, or nobody did.
    pub fn closed(today: Date) -> Vec<Self> {
        let newest = Self::of(today).previous().previous();
        core::iter::successors(Some(newest), |quarter| Some(quarter.previous()))
            .take(CLOSED_QUARTERS)
            .collect()
    }
}

impl core::fmt::Display for Quarter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.number)
    }
}

impl core::str::FromStr for Quarter {
    type Err = MalformedQuarter;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, number) = text.split_once("-Q").ok_or(MalformedQuarter)?;
        let digits = |text: &str, many| text.len() == many && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(number, 1) {
            return Err(MalformedQuarter);
        }
        let quarter = Self {
            year: year.parse().map_err(|_| MalformedQuarter)?,
            number: number.parse().map_err(|_| MalformedQuarter)?,
        };
        (1..=4)
            .contains(&quarter.number)
            .then_some(quarter)
            .ok_or(MalformedQuarter)
    }
}

impl Serialize for Quarter {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quarter {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
