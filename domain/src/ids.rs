//! Random and time-ordered identifiers. None says anything about a person; none is derived from one.

use rand_core::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::oin::MalformedName;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The 16 bytes, as stored.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
            /// From 16 stored bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
        impl core::str::FromStr for $name {
            type Err = MalformedName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                // Only the canonical form: one id has one spelling.
                let parsed = Uuid::try_parse(text).ok().filter(|id| id.as_hyphenated().to_string() == text);
                parsed.map(Self).ok_or(MalformedName { what: $what, form: "a UUID in lower case with hyphens" })
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = MalformedName;
            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                Uuid::from_slice(bytes).map(Self).map_err(|_| MalformedName { what: $what, form: "16 bytes" })
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! random_id {
    ($name:ident) => {
        impl $name {
            /// A fresh random id (UUID version 4, RFC 9562 section 5.4).
            pub fn random(rng: &mut impl Rng) -> Self {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }
        }
    };
}

macro_rules! ordered_id {
    ($name:ident) => {
        impl $name {
            /// A fresh time-ordered id (UUID version 7, RFC 9562 section 5.7).
            pub fn at(now: Timestamp, rng: &mut impl Rng) -> Self {
                let mut random = [0; 10];
                rng.fill_bytes(&mut random);
                let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }
    };
}

id! {
    /// One handover: one manifest, one purpose, one recipient. Time-ordered, chosen by the sending node.
    HandoverId, "handover id"
}
ordered_id!(HandoverId);
id! {
    /// A permit.
    PermitId, "permit id"
}
ordered_id!(PermitId);
id! {
    /// The sending organisation's own random reference for one child. Two organisations' references cannot be matched.
    ChildRef, "child reference"
}
random_id!(ChildRef);
id! {
    /// One person with a say about one child at one sending organisation. Random; outlives invitations and keys.
    SlotId, "guardian slot"
}
random_id!(SlotId);
id! {
    /// One invitation (one printed code) for a guardian slot. Derived from the code (`content::code`), so that whoever has
    /// the code finds it; random to everybody else.
    InvitationId, "invitation id"
}
random_id!(InvitationId);
id! {
    /// A caller's name for one write: repeating it returns the first answer.
    RequestId, "request id"
}
random_id!(RequestId);
ordered_id!(RequestId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let id = "018f4e9a-0000-7000-8000-000000000001";
        assert!(id.parse::<HandoverId>().is_ok());
        for other in [
            id.to_uppercase(),
            id.replace('-', ""),
            format!("{{{id}}}"),
            format!("urn:uuid:{id}"),
        ] {
            assert!(other.parse::<HandoverId>().is_err(), "{other}");
        }
    }
}
