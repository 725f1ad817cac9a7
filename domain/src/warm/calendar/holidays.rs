//! National public holidays, computed.
//!
//! The days are those of the Algemene termijnenwet, art. 3(1), and Good Friday, which its art. 3(2) treats alike. Days that
//! the Crown adds for a few years (art. 3(3)) are left out: a deadline then falls earlier, never later.

use crate::clock::Date;

/// How many there are in a year. Two may fall on one day, and some on a weekend.
pub(super) const IN_A_YEAR: usize = 9;

/// The public holidays of a year, in no order. A year whose Easter is outside the calendar's range has none.
pub(super) fn of(year: i16) -> [Option<Date>; IN_A_YEAR] {
    let fixed = |month, day| Date::new(year, month, day).ok();
    let easter = easter(year);
    let from_easter = |days: i64| {
        let span = jiff::Span::new().try_days(days).ok()?;
        easter?.checked_add(span).ok()
    };
    [
        fixed(1, 1),
        from_easter(-2),
        from_easter(1),
        kings_day(year),
        fixed(5, 5),
        from_easter(39),
        from_easter(50),
        fixed(12, 25),
        fixed(12, 26),
    ]
}

/// The day on which the King's birthday is celebrated: 27 April, or the day before if that is a Sunday.
fn kings_day(year: i16) -> Option<Date> {
    let birthday = Date::new(year, 4, 27).ok()?;
    if birthday.weekday() == jiff::civil::Weekday::Sunday {
        birthday.yesterday().ok()
    } else {
        Some(birthday)
    }
}

/// Easter Sunday in the Gregorian calendar (the anonymous algorithm, as in Meeus, *Astronomical Algorithms*, ch. 8).
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (golden, century, rest) = (year_number % 19, year_number / 100, year_number % 100);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    let month = i8::try_from(days / 31).ok()?;
    let day = i8::try_from(days % 31 + 1).ok()?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date};

    use super::*;

    #[test]
    fn easter_falls_where_almanacs_say() {
        // The earliest and the latest that it can be, and the years of the shipped calendar.
        let known = [
            date(1818, 3, 22),
            date(1943, 4, 25),
            date(2000, 4, 23),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2028, 4, 16),
            date(2029, 4, 1),
            date(2038, 4, 25),
        ];
        for day in known {
            assert_eq!(easter(day.year()), Some(day));
        }
    }

    #[test]
    fn easter_is_always_a_sunday_in_its_five_weeks() {
        for year in 1583..=4099 {
            let day = easter(year).expect("in range");
            assert_eq!(day.weekday(), Weekday::Sunday, "{day}");
            assert!((date(year, 3, 22)..=date(year, 4, 25)).contains(&day), "{day}");
        }
    }

    #[test]
    fn the_kings_day_moves_off_a_sunday() {
        assert_eq!(kings_day(2025), Some(date(2025, 4, 26)));
        assert_eq!(kings_day(2026), Some(date(2026, 4, 27)));
        assert_eq!(kings_day(2031), Some(date(2031, 4, 26)));
    }

    #[test]
    fn the_holidays_of_a_year_are_those_of_the_law() {
        let mut days: Vec<_> = of(2027).into_iter().flatten().collect();
        days.sort_unstable();
        let expected = [
            date(2027, 1, 1),
            date(2027, 3, 26),
            date(2027, 3, 29),
            date(2027, 4, 27),
            date(2027, 5, 5),
            date(2027, 5, 6),
            date(2027, 5, 17),
            date(2027, 12, 25),
            date(2027, 12, 26),
        ];
        assert_eq!(days, expected);
    }
}
