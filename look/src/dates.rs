//! Dates and times as a reader writes them. A day is a day in the Netherlands, whatever language it is read in.
//!
//! Month and week names are words like all others, so that a speaker can review them; we do not carry a locale database.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::words::Words;

impl Words {
    /// A day: "3 maart 2026", "3 March 2026".
    pub fn date(self, date: impl core::borrow::Borrow<Date>) -> String {
        let date = date.borrow();
        let month = self.say_word("month", date.month());
        let text = self
            .with("day", date.day().to_string())
            .with("month", month)
            .with("year", date.year().to_string());
        without_isolates(&text.say("date"))
    }

    /// A day with the name of the weekday, for something that somebody must do or wait for: "dinsdag 3 maart 2026".
    pub fn weekday_and_date(self, date: impl core::borrow::Borrow<Date>) -> String {
        let date = date.borrow();
        let weekday = self.say_word("weekday", date.weekday().to_monday_one_offset());
        let text = self.with("weekday", weekday).with("date", self.date(date));
        without_isolates(&text.say("date-with-weekday"))
    }

    /// The day on which something happened.
    pub fn day_of(self, at: impl core::borrow::Borrow<Timestamp>) -> String {
        self.date(in_the_netherlands(*at.borrow()).date())
    }

    /// Day and time: "3 maart 2026 om 14.05 uur".
    pub fn moment(self, at: impl core::borrow::Borrow<Timestamp>) -> String {
        let zoned = in_the_netherlands(*at.borrow());
        let text = self
            .with("date", self.date(zoned.date()))
            .with("hour", zoned.hour().to_string())
            .with("minute", format!("{:02}", zoned.minute()));
        without_isolates(&text.say("moment"))
    }

    /// A month and its year: "augustus 2026". `month` is 1 to 12.
    pub fn month_and_year(self, year: i16, month: i8) -> String {
        let month = self.say_word("month", month);
        let text = self.with("month", month).with("year", year.to_string());
        without_isolates(&text.say("month-with-year"))
    }
}

/// All parts of a date are in the reader's own language: it is one word, isolated as a whole where it is filled in.
fn without_isolates(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

fn in_the_netherlands(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use jiff::civil::date;

    use crate::{Dictionary, Language};

    static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(&[]));

    #[test]
    fn a_day_is_said_in_every_language() {
        let day = date(2026, 8, 3);
        let said = Language::ALL.map(|l| DICTIONARY.words(l).weekday_and_date(day));
        assert_eq!(
            said,
            [
                "maandag 3 augustus 2026",
                "Monday 3 August 2026",
                "3 Ağustos 2026 Pazartesi",
                "الاثنين 3 أغسطس 2026"
            ]
        );
    }

    #[test]
    fn a_moment_late_in_the_evening_is_on_the_dutch_day() {
        let at: jiff::Timestamp = "2026-06-30T22:05:00Z".parse().unwrap();
        let words = DICTIONARY.words(Language::Nl);
        assert_eq!(words.moment(at), "1 juli 2026 om 0.05 uur");
        assert_eq!(words.day_of(at), "1 juli 2026");
        assert_eq!(words.month_and_year(2026, 12), "december 2026");
    }
}
