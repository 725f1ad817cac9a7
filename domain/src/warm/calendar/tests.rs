use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn shipped() -> &'static SchoolCalendar {
    SchoolCalendar::shipped()
}

/// The shipped text with one part replaced, which must be there exactly once.
fn with(old: &str, new: &str) -> Result<SchoolCalendar, CalendarError> {
    assert_eq!(DEFAULT.matches(old).count(), 1, "{old}");
    SchoolCalendar::parse(&DEFAULT.replace(old, new))
}

#[test]
fn the_shipped_calendar_holds_four_years_with_their_sources() {
    let years: Vec<_> = shipped().years().map(|(begins, ..)| begins).collect();
    assert_eq!(years, [2025, 2026, 2027, 2028]);
    for (begins, source, _) in shipped().years() {
        assert!(source.ends_with(&format!("{begins}-{}", begins + 1)), "{source}");
    }
}

#[test]
fn summer_begins_in_another_week_in_each_region() {
    let monday = date(2027, 7, 12);
    assert_eq!(
        shipped().is_school_day(monday, Some(Region::Noord)),
        (false, Known::Fixed)
    );
    assert_eq!(
        shipped().is_school_day(monday, Some(Region::Midden)),
        (true, Known::Fixed)
    );
    assert_eq!(
        shipped().is_school_day(monday, Some(Region::Zuid)),
        (true, Known::Fixed)
    );
    // Nobody says which region: only what is a holiday everywhere is one.
    assert_eq!(shipped().is_school_day(monday, None), (true, Known::Fixed));
    assert_eq!(
        shipped().is_school_day(date(2027, 8, 2), None),
        (false, Known::Fixed)
    );
}

#[test]
fn the_first_school_day_of_a_new_year_differs_by_region() {
    let august = date(2027, 8, 1);
    let first = |region| shipped().first_school_day(august, Some(region)).date;
    assert_eq!(first(Region::Noord), date(2027, 8, 23));
    assert_eq!(first(Region::Midden), date(2027, 8, 30));
    assert_eq!(first(Region::Zuid), date(2027, 9, 6));
}

#[test]
fn a_term_that_skips_an_advised_holiday_says_so() {
    let friday = date(2027, 2, 19);
    let north = shipped().after(friday, 1, Unit::School, Some(Region::Noord));
    assert_eq!((north.date, north.known), (date(2027, 3, 1), Known::Advised));
    let south = shipped().after(date(2027, 2, 12), 1, Unit::School, Some(Region::Zuid));
    assert_eq!((south.date, south.known), (date(2027, 2, 22), Known::Advised));
    let christmas = shipped().after(date(2026, 12, 18), 1, Unit::School, Some(Region::Zuid));
    assert_eq!(
        (christmas.date, christmas.known),
        (date(2027, 1, 4), Known::Fixed)
    );
}

#[test]
fn a_year_that_is_not_published_is_counted_in_working_days_and_says_so() {
    for from in [date(2031, 10, 15), date(2025, 6, 2)] {
        let school = shipped().after(from, 10, Unit::School, Some(Region::Noord));
        let working = shipped().after(from, 10, Unit::Working, Some(Region::Noord));
        assert_eq!((school.date, school.known), (working.date, Known::Unknown));
        assert_eq!(working.known, Known::Fixed);
    }
}

#[test]
fn working_days_leave_out_weekends_and_public_holidays() {
    // From the Wednesday before Good Friday over Easter.
    let counted = shipped().after(date(2027, 3, 24), 2, Unit::Working, None);
    assert_eq!(counted.date, date(2027, 3, 30));
    // Liberation Day and Ascension Day, side by side.
    let counted = shipped().after(date(2027, 5, 4), 1, Unit::Working, None);
    assert_eq!(counted.date, date(2027, 5, 7));
    let back = shipped().before(date(2027, 3, 30), 2, Unit::Working, None);
    assert_eq!(back.date, date(2027, 3, 24));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let cases = [
        ("read = \"2026-11-23\"", "read = \"lately\"", 14),
        ("read = \"2026-11-23\"", "red = \"2026-11-23\"", 14),
        ("read = \"2026-11-23\"", "read = \"2026-11-23\"\ncolour = 1", 15),
        (
            "read = \"2026-11-23\"\n\n[[year]]\nschool_year = \"2025-2026\"",
            "read = \"2026-11-23\"\n\n[[year]]",
            16,
        ),
    ];
    for (old, new, line) in cases {
        let error = with(old, new).expect_err(new);
        let CalendarError::Unreadable { line: found, .. } = error else {
            panic!("{new}: {error}")
        };
        assert_eq!(found, line, "{new}");
    }
}

#[test]
fn every_nonsense_is_refused_with_its_line_and_reason() {
    let first = "zuid = [\"2025-10-11\", \"2025-10-19\"]";
    let summer = "zuid = [\"2026-07-11\", \"2026-08-23\"]";
    let length = |name, days| {
        let (least, most) = BreakName::length(name);
        CalendarFlaw::Length {
            name,
            days,
            least,
            most,
        }
    };
    let cases = [
        (
            "handdruk-school-calendar-1",
            "handdruk-school-calendar-2",
            CalendarFlaw::Format,
        ),
        (
            "school_year = \"2026-2027\"",
            "school_year = \"2026-2028\"",
            CalendarFlaw::SchoolYear,
        ),
        (
            "school_year = \"2026-2027\"",
            "school_year = \"26-27\"",
            CalendarFlaw::SchoolYear,
        ),
        (
            "source = \"https://www.rijksoverheid.nl/onderwerpen/schoolvakanties/overzicht-schoolvakanties-per-schooljaar/overzicht-schoolvakanties-2026-2027\"",
            "source = \" \"",
            CalendarFlaw::NoSource,
        ),
        (
            first,
            "zuid = [\"2025-10-19\", \"2025-10-11\"]",
            length(BreakName::Autumn, 0),
        ),
        (
            first,
            "zuid = [\"2025-10-11\", \"2025-11-09\"]",
            length(BreakName::Autumn, 30),
        ),
        (
            first,
            "zuid = [\"2025-10-12\", \"2025-10-20\"]",
            CalendarFlaw::Weekday,
        ),
        (
            first,
            "zuid = [\"2024-10-12\", \"2024-10-20\"]",
            CalendarFlaw::Order,
        ),
        (
            summer,
            "zuid = [\"2026-07-11\", \"2026-07-19\"]",
            length(BreakName::Summer, 9),
        ),
        (
            summer,
            "zuid = [\"2026-08-15\", \"2026-09-27\"]",
            CalendarFlaw::Order,
        ),
    ];
    for (old, new, flaw) in cases {
        let error = with(old, new).expect_err(new);
        let CalendarError::Unsound { line, flaw: found } = &error else {
            panic!("{new}: {error}")
        };
        assert_eq!(*found, flaw, "{new}");
        let at = DEFAULT.find(old).expect("counted");
        assert_eq!(*line, 1 + DEFAULT[..at].matches('\n').count(), "{new}");
    }
}

#[test]
fn a_gap_between_years_and_a_missing_break_are_refused() {
    let parts: Vec<&str> = DEFAULT.split("\n[[year]]\n").collect();
    let [head, first, _, third, _] = parts[..] else {
        panic!("four years")
    };
    let gap = [head, first, third].join("\n[[year]]\n");
    let error = SchoolCalendar::parse(&gap).expect_err("a year is missing");
    assert!(
        matches!(
            error,
            CalendarError::Unsound {
                flaw: CalendarFlaw::NotNext,
                ..
            }
        ),
        "{error}"
    );

    let without: String = [head, first].join("\n[[year]]\n");
    let without: Vec<&str> = without
        .lines()
        .filter(|line| !line.contains("\"spring\""))
        .collect();
    let error = SchoolCalendar::parse(&without.join("\n")).expect_err("spring is missing");
    assert!(
        matches!(
            error,
            CalendarError::Unsound {
                flaw: CalendarFlaw::Breaks,
                ..
            }
        ),
        "{error}"
    );

    let error = SchoolCalendar::parse(head).expect_err("no year");
    assert!(
        matches!(
            error,
            CalendarError::Unsound {
                flaw: CalendarFlaw::Empty,
                ..
            }
        ),
        "{error}"
    );
}

fn any_date() -> impl Strategy<Value = Date> {
    (0_i64..2_900).prop_map(|days| date(2024, 1, 1).saturating_add(days.days()))
}

fn any_region() -> impl Strategy<Value = Option<Region>> {
    prop::option::of(prop::sample::select(Region::ALL))
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(Unit::ALL)
}

proptest! {
    #[test]
    fn counting_on_and_back_agree_from_a_day_that_counts(
        from in any_date(), days in 0_u16..200, unit in any_unit(), region in any_region(),
    ) {
        let there = shipped().after(from, days, unit, region);
        // From a day that counts, the way back leads to it; from another, to the day before it that counts.
        let start = shipped().before(from.tomorrow().expect("in range"), 1, unit, region).date;
        if days > 0 {
            prop_assert_eq!(shipped().before(there.date, days, unit, region).date, start);
        }
        prop_assert!(there.date >= from);
    }

    #[test]
    fn a_later_start_or_a_longer_term_never_ends_earlier(
        from in any_date(), days in 0_u16..200, unit in any_unit(), region in any_region(),
    ) {
        let here = shipped().after(from, days, unit, region).date;
        prop_assert!(shipped().after(from, days + 1, unit, region).date > here);
        prop_assert!(shipped().after(from.tomorrow().expect("in range"), days, unit, region).date >= here);
    }

    #[test]
    fn without_a_region_a_term_never_ends_later_than_in_any(from in any_date(), days in 0_u16..200) {
        let nobody_knows = shipped().after(from, days, Unit::School, None).date;
        for region in Region::ALL {
            prop_assert!(nobody_knows <= shipped().after(from, days, Unit::School, Some(*region)).date);
        }
    }

    #[test]
    fn a_deadline_is_on_a_day_that_counts(
        from in any_date(), days in 1_u16..200, region in any_region(),
    ) {
        let school = shipped().after(from, days, Unit::School, region).date;
        prop_assert!(SchoolCalendar::is_working_day(school));
        prop_assert!(shipped().is_school_day(school, region).0);
        prop_assert!(SchoolCalendar::is_working_day(shipped().after(from, days, Unit::Working, region).date));
    }

    #[test]
    fn no_text_makes_the_reader_panic(noise in "[ -~\n]{0,200}", cut in 0..DEFAULT.len()) {
        let _ = SchoolCalendar::parse(&noise);
        if DEFAULT.is_char_boundary(cut) {
            let _ = SchoolCalendar::parse(&format!("{}{noise}{}", &DEFAULT[..cut], &DEFAULT[cut..]));
        }
    }
}
