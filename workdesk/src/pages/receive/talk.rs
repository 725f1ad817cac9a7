//! The form in which a talk is planned: when, how, where, with whom.
//!
//! Invariant: what leaves the form is complete and in the Netherlands' own time; what was typed comes back with a reason per
//! field when it is not.

use std::collections::BTreeSet;

pub(super) use handdruk_content::step::Guest;
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::vocabulary;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, Zoned};
use serde::Deserialize;

vocabulary! {
    /// How a talk is held.
    TalkKind, "kind of talk" {
        /// In one room.
        InPerson = "in-person",
        /// By telephone.
        Phone = "phone",
        /// With picture.
        Video = "video",
    }
}

/// The most others that one talk may name.
const MOST_OTHERS: usize = 8;

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TalkForm {
    /// The request's id, so that a repeated post acts once.
    pub(super) request: String,
    pub(super) day: String,
    pub(super) time: String,
    pub(super) kind: String,
    pub(super) place: String,
    #[serde(rename = "invite-mentor")]
    pub(super) mentor: Option<String>,
    #[serde(rename = "invite-parents")]
    pub(super) parents: Option<String>,
    #[serde(rename = "invite-child")]
    pub(super) child: Option<String>,
    #[serde(rename = "invite-care")]
    pub(super) care: Option<String>,
    #[serde(rename = "invite-own-mentor")]
    pub(super) own_mentor: Option<String>,
    pub(super) others: String,
    pub(super) message: String,
}

impl core::fmt::Debug for TalkForm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TalkForm")
    }
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Day,
    Time,
    Kind,
    Place,
    Invited,
    Message,
}

/// A talk as it goes to the other side.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Talk {
    /// When, in the Netherlands.
    pub(super) starts: Zoned,
    /// How.
    pub(super) kind: TalkKind,
    /// Where, or on which number; may be empty.
    pub(super) place: String,
    /// Who is invited, by role.
    pub(super) guests: BTreeSet<Guest>,
    /// Who else is, in words.
    pub(super) invited: Vec<String>,
    /// A message to the other side; may be empty.
    pub(super) message: String,
}

impl core::fmt::Debug for Talk {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Talk")
    }
}

impl TalkForm {
    /// Whether a guest is invited.
    pub(super) fn invites(&self, guest: Guest) -> bool {
        let ticked = match guest {
            Guest::Mentor => &self.mentor,
            Guest::Parents => &self.parents,
            Guest::Child => &self.child,
            Guest::Care => &self.care,
            Guest::OwnMentor => &self.own_mentor,
        };
        ticked.is_some()
    }

    /// Reads the form.
    ///
    /// # Errors
    /// The fields that are not right.
    pub(super) fn read(&self, now: Timestamp) -> Result<Talk, Vec<Field>> {
        let mut wrong = BTreeSet::new();
        let starts = self.starts(now).map_err(|fields| {
            for field in fields {
                wrong.insert(field);
            }
        });
        let kind = self
            .kind
            .parse::<TalkKind>()
            .map_err(|_| wrong.insert(Field::Kind));
        let place = self.place.trim();
        if place.chars().count() > 200 || place.chars().any(char::is_control) {
            wrong.insert(Field::Place);
        }
        let named: Vec<&str> = self
            .others
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let guests: BTreeSet<Guest> = Guest::ALL
            .iter()
            .copied()
            .filter(|guest| self.invites(*guest))
            .collect();
        let too_long = named.iter().any(|line| line.chars().count() > 120);
        if named.len() > MOST_OTHERS || too_long || (named.is_empty() && guests.is_empty()) {
            wrong.insert(Field::Invited);
        }
        let invited = named.into_iter().map(str::to_owned).collect();
        let message = self.message.replace("\r\n", "\n").trim().to_owned();
        if message.chars().count() > 1000 {
            wrong.insert(Field::Message);
        }
        match (starts, kind) {
            (Ok(starts), Ok(kind)) if wrong.is_empty() => Ok(Talk {
                starts,
                kind,
                place: place.to_owned(),
                guests,
                invited,
                message,
            }),
            _ => Err(wrong.into_iter().collect()),
        }
    }

    fn starts(&self, now: Timestamp) -> Result<Zoned, Vec<Field>> {
        let day = self.day.trim().parse::<Date>().map_err(|_| Field::Day);
        let time = self.time.trim();
        let shaped = time.len() == 5 && time.as_bytes().get(2) == Some(&b':');
        let time = time.parse::<Time>().ok().filter(|_| shaped).ok_or(Field::Time);
        let (day, time) = match (day, time) {
            (Ok(day), Ok(time)) => (day, time),
            (day, time) => return Err([day.err(), time.err()].into_iter().flatten().collect()),
        };
        let netherlands = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
        // An hour that the clock skips counts as the one after it, and one that comes twice as the first.
        let starts = day
            .to_datetime(time)
            .to_zoned(netherlands)
            .map_err(|_| vec![Field::Day])?;
        let year = starts.time_zone().clone();
        let last = now.to_zoned(year).saturating_add(366.days());
        if starts.timestamp() <= now || starts > last {
            return Err(vec![Field::Day]);
        }
        Ok(starts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> TalkForm {
        TalkForm {
            day: "2027-08-30".into(),
            time: "14:30".into(),
            kind: "phone".into(),
            place: " 0187 00 00 00 ".into(),
            mentor: Some("on".into()),
            others: "jeugdarts\r\n\r\n".into(),
            message: "Tot dan.\r\nGroet".into(),
            ..TalkForm::default()
        }
    }

    fn read(form: &TalkForm) -> Result<Talk, Vec<Field>> {
        let now = "2027-06-01T08:00:00Z".parse().expect("an instant");
        form.read(now)
    }

    #[test]
    fn a_talk_is_read_in_dutch_time_with_its_guests_by_role() {
        let talk = read(&form()).expect("a talk");
        assert_eq!(talk.starts.timestamp().to_string(), "2027-08-30T12:30:00Z");
        assert_eq!(talk.kind, TalkKind::Phone);
        assert_eq!(talk.place, "0187 00 00 00");
        assert_eq!(talk.guests, BTreeSet::from([Guest::Mentor]));
        assert_eq!(talk.invited, ["jeugdarts"]);
        assert_eq!(talk.message, "Tot dan.\nGroet");
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let nothing = TalkForm::default();
        assert_eq!(
            read(&nothing),
            Err(vec![Field::Day, Field::Time, Field::Kind, Field::Invited])
        );
        for (day, time) in [
            ("2027-05-31", "14:30"),
            ("2028-06-03", "14:30"),
            ("2027-06-01", "09:59"),
        ] {
            let wrong = TalkForm {
                day: day.into(),
                time: time.into(),
                ..form()
            };
            assert_eq!(read(&wrong), Err(vec![Field::Day]), "{day} {time}");
        }
        for time in ["9:00", "25:00", "14:30:00", "middag"] {
            let wrong = TalkForm {
                time: time.into(),
                ..form()
            };
            assert_eq!(read(&wrong), Err(vec![Field::Time]), "{time}");
        }
        let long = TalkForm {
            place: "x".repeat(201),
            others: "een\n".repeat(9),
            message: "x".repeat(1001),
            ..form()
        };
        assert_eq!(
            read(&long),
            Err(vec![Field::Place, Field::Invited, Field::Message])
        );
    }
}
