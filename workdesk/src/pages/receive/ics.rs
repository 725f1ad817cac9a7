//! A talk as an entry for a calendar (RFC 5545), without anything about a person.
//!
//! Invariant: the entry says that there is a talk, when, and by which number colleagues find the handover again. No child, no
//! sender, no place, nobody invited: calendars are shared, mailed and searched.

use std::fmt::Write as _;

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use jiff::SignedDuration;

/// How long a talk stands in the calendar. Our choice: nobody says so beforehand, and a calendar wants an end.
const LENGTH: SignedDuration = SignedDuration::from_mins(60);

/// The longest line, in octets (RFC 5545 section 3.1).
const LINE: usize = 75;

/// The entry. `summary` is our own sentence; `handover` names the entry, so that a talk planned anew replaces it.
pub(super) fn talk(handover: HandoverId, starts: Timestamp, written: Timestamp, summary: &str) -> String {
    let ends = starts.checked_add(LENGTH).unwrap_or(Timestamp::MAX);
    // A talk that is planned anew has the same name and a later sequence: seconds since the day the service began will do.
    let sequence = written.as_second().saturating_sub(1_767_225_600).max(0);
    let mut out = String::new();
    for line in [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Handdruk//workdesk//NL".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{handover}@handdruk"),
        format!("SEQUENCE:{sequence}"),
        format!("DTSTAMP:{}", utc(written)),
        format!("DTSTART:{}", utc(starts)),
        format!("DTEND:{}", utc(ends)),
        format!("SUMMARY:{}", escaped(summary)),
        "CLASS:CONFIDENTIAL".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ] {
        fold(&mut out, &line);
    }
    out
}

/// Date and time in UTC (section 3.3.5, form 2).
fn utc(at: Timestamp) -> String {
    let at = at.round(jiff::Unit::Second).unwrap_or(at);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text with what means something in it escaped (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// One content line, folded between characters (section 3.1).
fn fold(out: &mut String, line: &str) {
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            width = 1;
        }
        width += c.len_utf8();
        let _ = out.write_char(c);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(summary: &str) -> String {
        let at = |text: &str| text.parse().expect("an instant");
        let handover = "018f4e9a-0000-7000-8000-000000000001".parse().expect("an id");
        talk(
            handover,
            at("2027-08-30T12:30:00Z"),
            at("2027-06-01T08:00:00.5Z"),
            summary,
        )
    }

    #[test]
    fn a_talk_says_when_and_which_and_nothing_else() {
        assert_eq!(
            entry("Warm gesprek"),
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Handdruk//workdesk//NL\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n\
             UID:018f4e9a-0000-7000-8000-000000000001@handdruk\r\nSEQUENCE:44611200\r\nDTSTAMP:20270601T080001Z\r\n\
             DTSTART:20270830T123000Z\r\nDTEND:20270830T133000Z\r\nSUMMARY:Warm gesprek\r\nCLASS:CONFIDENTIAL\r\n\
             END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
    }

    #[test]
    fn no_line_is_long_and_folding_tears_no_character() {
        let text = entry(&"é, ".repeat(60));
        for line in text.split("\r\n") {
            assert!(line.len() <= LINE, "{line}");
        }
        assert!(text.replace("\r\n ", "").contains(&"é\\, ".repeat(60)));
    }
}
