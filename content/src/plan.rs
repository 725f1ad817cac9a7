//! The plan of a talk, as one guardian or young person reads it: a statement that the sending organisation signs and seals to
//! that person. Their client knows the sender's key from the letter, and nobody else's as surely; so the sender speaks, also
//! where the recipient planned (docs/adr/0017).
//!
//! Invariants: who is invited stands there by role and never by name, a number to call never stands there at all, and every
//! plan names one reader. A place or message that says how to reach the other parent is left out of it ([`crate::reach`]), as is
//! any where that cannot be told. What cannot be found in free text goes through: an address that is secret, which nobody was
//! told, and words that only a person understands.

use std::collections::BTreeSet;

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};
use handdruk_domain::statement::{Body, Kind};
use handdruk_domain::vocabulary;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::reach::Reach;
use crate::redact::redacted;
use crate::step::{Guest, TalkKind, TalkPlan};
use crate::text::{Line, Prose};

vocabulary! {
    /// For what people meet.
    Meeting, "meeting" {
        /// The warm talk, before the child starts.
        Talk = "talk",
        /// The check, some weeks after.
        Aftercare = "aftercare",
    }
}

/// Sending organisation, to one person: when and where a talk is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Of which handover.
    pub handover: HandoverId,
    /// Of which original manifest.
    pub manifest: Digest,
    /// Which step planned it: the digest of its statement, which stands in the history.
    pub step: Digest,
    /// For whom.
    pub slot: SlotId,
    /// With keys from which letter.
    pub invitation: InvitationId,
    /// For what.
    pub meeting: Meeting,
    /// Whether it takes the place of an earlier plan.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub again: bool,
    /// Date and time in the Netherlands, to the minute.
    pub starts: DateTime,
    /// How.
    pub kind: TalkKind,
    /// Where, if not by telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Line<200>>,
    /// Who is invited, by role.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub guests: BTreeSet<Guest>,
    /// A few words with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Prose<1000>>,
    /// Whether place or message was left out, because it says how to reach somebody else, or because nobody can tell any more.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub left_out: bool,
    /// When the sender said so.
    pub at: Timestamp,
}

redacted!(Plan);

/// Which plan this is, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Of which handover.
    pub handover: HandoverId,
    /// Of which original manifest.
    pub manifest: Digest,
    /// Which step planned it.
    pub step: Digest,
    /// For whom.
    pub slot: SlotId,
    /// With keys from which letter.
    pub invitation: InvitationId,
}

impl Plan {
    /// What this reader may know of what the organisations planned. A number to call is somebody's, and is left out; so is
    /// whatever says how to reach one of the `others`. Where that is not known (`None`), so are any place and message.
    pub fn of(
        plan: &TalkPlan,
        about: About,
        (meeting, again): (Meeting, bool),
        others: Option<&Reach>,
        at: Timestamp,
    ) -> Self {
        let place = plan.place.as_ref().filter(|_| plan.kind != TalkKind::Phone);
        let told = |text: &str| others.is_some_and(|others| !others.stands_in(text));
        let (shown, said) = (
            place.filter(|place| told(place.as_str())),
            plan.message.as_ref().filter(|message| told(message.as_str())),
        );
        Self {
            handover: about.handover,
            manifest: about.manifest,
            step: about.step,
            slot: about.slot,
            invitation: about.invitation,
            meeting,
            again,
            starts: plan.starts,
            kind: plan.kind,
            left_out: shown != place || said != plan.message.as_ref(),
            place: shown.cloned(),
            guests: plan.guests.clone(),
            message: said.cloned(),
            at,
        }
    }

    /// Which plan it says it is, and for whom.
    pub const fn about(&self) -> About {
        About {
            handover: self.handover,
            manifest: self.manifest,
            step: self.step,
            slot: self.slot,
            invitation: self.invitation,
        }
    }
}

impl Body for Plan {
    const KIND: Kind = Kind::Plan;

    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a plan has string keys and no failing serialiser")
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let read: Self = serde_json::from_slice(bytes).ok()?;
        let whole_minutes = read.starts.second() == 0 && read.starts.subsec_nanosecond() == 0;
        let calls_nobody = read.kind != TalkKind::Phone || read.place.is_none();
        (whole_minutes && calls_nobody).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANNED: &str = r#"{"starts":"2027-06-01T14:30:00","kind":"phone","place":"0187 00 00 00","guests":["mentor","parents"],"invited":["the mother's sister"],"message":"See you then."}"#;

    fn about() -> About {
        About {
            handover: HandoverId::from_bytes([1; 16]),
            manifest: Digest::of(b"manifest"),
            step: Digest::of(b"step"),
            slot: SlotId::from_bytes([2; 16]),
            invitation: InvitationId::from_bytes([3; 16]),
        }
    }

    fn plan(text: &str) -> Plan {
        let planned: TalkPlan = serde_json::from_str(text).expect("a plan");
        Plan::of(
            &planned,
            about(),
            (Meeting::Talk, true),
            Some(&Reach::default()),
            Timestamp::UNIX_EPOCH,
        )
    }

    #[test]
    fn a_family_reads_roles_and_no_name_and_no_number() {
        let plan = plan(PLANNED);
        let text = String::from_utf8(plan.to_bytes()).expect("JSON");
        assert!(text.contains("See you then.") && text.contains("parents"));
        assert!(!text.contains("sister") && !text.contains("0187"));
        assert_eq!(
            Plan::from_bytes(text.as_bytes()).map(|read| read.about()),
            Some(about())
        );
        assert_eq!(format!("{plan:?}"), "Plan(..)");
    }

    #[test]
    fn a_place_travels_where_people_meet() {
        let met = plan(
            &PLANNED
                .replace("phone", "in-person")
                .replace("0187 00 00 00", "Room 4"),
        );
        assert_eq!(met.place.as_ref().map(Line::as_str), Some("Room 4"));
        assert_eq!(Plan::from_bytes(&met.to_bytes()), Some(met));
    }

    #[test]
    fn nothing_typed_travels_where_nobody_can_tell_whose_address_it_is() {
        let met = PLANNED
            .replace("phone", "in-person")
            .replace("0187 00 00 00", "Room 4");
        let planned: TalkPlan = serde_json::from_str(&met).expect("a plan");
        let meeting = (Meeting::Aftercare, false);
        let blind = Plan::of(&planned, about(), meeting, None, Timestamp::UNIX_EPOCH);
        assert!(blind.left_out && blind.place.is_none() && blind.message.is_none());
        assert_eq!((blind.starts, blind.guests), (planned.starts, planned.guests));
        let bare = TalkPlan {
            place: None,
            message: None,
            ..serde_json::from_str(&met).expect("a plan")
        };
        let blind = Plan::of(&bare, about(), meeting, None, Timestamp::UNIX_EPOCH);
        assert!(!blind.left_out, "there was nothing to leave out");
    }

    #[test]
    fn whatever_is_not_exactly_that_is_refused() {
        let text = String::from_utf8(plan(PLANNED).to_bytes()).expect("JSON");
        for other in [
            text.replacen('{', "{\"extra\":1,", 1),
            text.replace("14:30:00", "14:30:07"),
            text.replace("\"mentor\"", "\"Mrs Aydin\""),
            text.replace(
                "\"kind\":\"phone\"",
                "\"kind\":\"phone\",\"place\":\"0187 00 00 00\"",
            ),
        ] {
            assert_ne!(other, text);
            assert_eq!(Plan::from_bytes(other.as_bytes()), None, "{other}");
        }
    }
}
