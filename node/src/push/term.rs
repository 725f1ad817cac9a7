//! A manifest's term: the first of a month, at most the catalogue's days ahead; where a birthday changes the age band, the
//! first of its month.
//!
//! So the gateway learns the month of a birthday at most once in a childhood's few thresholds, and never the day. What rests
//! on consent pauses from that first until the renewal on the first of the next month; a statutory transfer does not, because
//! nobody's answer carries it.

use handdruk_domain::catalogue::Ground;
use handdruk_domain::clock::Date;
use handdruk_domain::reason::{Reason, Refusal};
use jiff::ToSpan as _;

/// The birthdays on which the age band changes.
const THRESHOLDS: [i16; 3] = [12, 16, 18];

/// The term of a manifest made `today` for a child born on `birth`.
pub(crate) fn term(today: Date, birth: Date, term_days: u16, ground: &Ground) -> Result<Date, Refusal> {
    let refused = |about: &str| Refusal::about(Reason::TermNotAllowed, about);
    let last = today
        .checked_add(i64::from(term_days).days())
        .map(Date::first_of_month)
        .map_err(|_| refused("the clock is beyond every calendar"))?;
    if last <= today {
        return Err(refused("the catalogue's term is shorter than a month"));
    }
    if !matches!(ground, Ground::Consent { .. }) {
        return Ok(last);
    }
    let changes = THRESHOLDS
        .iter()
        .filter_map(|age| birthday(birth, *age))
        .find(|day| today < *day && *day <= last);
    match changes.map(Date::first_of_month) {
        None => Ok(last),
        Some(first) if first > today => Ok(first),
        Some(_) => Err(refused(
            "the pupil's birthday this month changes who decides: push again on the first of next month",
        )),
    }
}

/// The day on which somebody born on `birth` becomes `age`. Born on 29 February: 1 March in other years.
pub(crate) fn birthday(birth: Date, age: i16) -> Option<Date> {
    let year = birth.year().checked_add(age)?;
    Date::new(year, birth.month(), birth.day())
        .or_else(|_| Date::new(year, 3, 1))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSENT: Ground = Ground::Consent {
        all_must_agree: false,
    };

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn a_term_is_the_last_first_of_a_month_within_ninety_days() {
        for (today, expected) in [
            ("2026-03-15", "2026-06-01"),
            ("2026-03-01", "2026-05-01"),
            ("2026-01-01", "2026-04-01"),
            ("2026-12-31", "2027-03-01"),
        ] {
            assert_eq!(
                term(date(today), date("2015-10-10"), 90, &CONSENT),
                Ok(date(expected)),
                "{today}"
            );
        }
    }

    #[test]
    fn a_birthday_that_changes_the_band_ends_the_term_on_the_first_of_its_month() {
        // Becomes 12 on 20 May.
        assert_eq!(
            term(date("2026-03-15"), date("2014-05-20"), 90, &CONSENT),
            Ok(date("2026-05-01"))
        );
        // Becomes 13: nothing changes.
        assert_eq!(
            term(date("2026-03-15"), date("2013-05-20"), 90, &CONSENT),
            Ok(date("2026-06-01"))
        );
    }

    #[test]
    fn in_the_month_of_such_a_birthday_what_rests_on_consent_waits() {
        let birth = date("2014-05-20");
        assert!(
            term(date("2026-05-10"), birth, 90, &CONSENT).is_err_and(|r| r.reason == Reason::TermNotAllowed)
        );
        assert_eq!(
            term(date("2026-05-20"), birth, 90, &CONSENT),
            Ok(date("2026-08-01"))
        );
        assert_eq!(
            term(date("2026-05-10"), birth, 90, &Ground::Safety),
            Ok(date("2026-08-01"))
        );
    }

    #[test]
    fn whoever_was_born_on_29_february_grows_older_on_1_march() {
        assert_eq!(birthday(date("2012-02-29"), 12), Some(date("2024-02-29")));
        assert_eq!(birthday(date("2012-02-29"), 18), Some(date("2030-03-01")));
    }
}
