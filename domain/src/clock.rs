//! Time as a parameter. Nothing in this crate reads a clock of its own.

use jiff::SignedDuration;
pub use jiff::Timestamp;
pub use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Where a process gets its time from. The ambient clock is banned by `clippy.toml`; the one real implementation and the
/// one that the demo controls live in the `service` crate.
pub trait Clock: Send + Sync + core::fmt::Debug {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;
}

/// How far the clock of whoever signs may run ahead of the clock of whoever reads.
pub const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// The calendar date of an instant in the Netherlands (summer and winter time included), which is what deadlines,
/// birthdays and terms count in.
pub fn date_in_nl(at: Timestamp) -> Date {
    at.to_zoned(netherlands()).date()
}

/// The first instant of a calendar date in the Netherlands.
pub fn start_of_day_in_nl(date: Date) -> Timestamp {
    date.to_zoned(netherlands())
        .map_or_else(|_| Timestamp::MAX, |zoned| zoned.timestamp())
}

fn netherlands() -> TimeZone {
    // Compiled in (jiff's bundled database), so a machine without tzdata counts the same days.
    TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC)
}
