//! D15 absence. Only unauthorised absence; the reason is a text that most purposes leave out.

use handdruk_domain::clock::Date;
use handdruk_domain::vocabulary;
use serde::{Deserialize, Serialize};

use crate::redact::redacted;
use crate::text::Prose;

/// From one day to another, both included.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

vocabulary! {
    /// How much absence, for who must not know how much exactly. Bounded at the 16 hours at which a school must report
    /// (LPW 21a), here over the period that the school gives.
    AbsenceBand, "absence band" {
        /// None.
        None = "none",
        /// Fewer than 16 hours.
        Below16Hours = "below-16-hours",
        /// 16 hours or more.
        From16Hours = "16-hours-or-more",
    }
}

/// Hours in a half-day, to compare both with 16 hours. Our choice: no rule gives one.
const HOURS_IN_HALF_DAY: u32 = 3;

/// D15: unauthorised absence in a period.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// Half-days missed without leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unauthorised_half_days: Option<u16>,
    /// Hours missed without leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unauthorised_hours: Option<u16>,
    /// Over which period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Whether the attendance officer is involved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer_involved: Option<bool>,
    /// The reason, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Prose<500>>,
    /// How much, roughly. Derived from the numbers where there are any, see [`Absence::derived_band`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<AbsenceBand>,
}

impl Absence {
    /// The band that the numbers give; without numbers, the stated one.
    pub fn derived_band(&self) -> Option<AbsenceBand> {
        let hours = match (self.unauthorised_hours, self.unauthorised_half_days) {
            (None, None) => return self.band,
            // A school counts in one or the other; where it gives both they describe the same absence.
            (hours, half_days) => hours
                .map_or(0, u32::from)
                .max(half_days.map_or(0, |half_days| u32::from(half_days) * HOURS_IN_HALF_DAY)),
        };
        Some(match hours {
            0 => AbsenceBand::None,
            1..16 => AbsenceBand::Below16Hours,
            16.. => AbsenceBand::From16Hours,
        })
    }
}

redacted!(Period, Absence);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_follows_the_larger_of_hours_and_half_days() {
        let band = |hours, half_days| {
            let absence = Absence {
                unauthorised_half_days: half_days,
                unauthorised_hours: hours,
                period: None,
                officer_involved: None,
                reason: None,
                band: None,
            };
            absence.derived_band()
        };
        assert_eq!(band(None, None), None);
        assert_eq!(band(Some(0), None), Some(AbsenceBand::None));
        assert_eq!(band(Some(15), Some(0)), Some(AbsenceBand::Below16Hours));
        assert_eq!(band(Some(16), None), Some(AbsenceBand::From16Hours));
        assert_eq!(band(Some(1), Some(5)), Some(AbsenceBand::Below16Hours));
        assert_eq!(band(None, Some(6)), Some(AbsenceBand::From16Hours));
    }
}
