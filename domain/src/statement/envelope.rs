//! Envelopes and releases: what was sealed, and what left the gateway.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::body::json_body;
use crate::category::Category;
use crate::clock::Timestamp;
use crate::digest::{Bytes, Digest};
use crate::ids::{HandoverId, SlotId};
use crate::oin::{MalformedName, Oin};

/// The name of a compartment: a category, or a guardian's signed view. Written `D01` or `view/<slot>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompartmentName {
    /// Content of one category.
    Category(Category),
    /// The signed view of the guardian in this slot, outside the commitments.
    View(SlotId),
}

impl core::fmt::Display for CompartmentName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Category(category) => category.fmt(f),
            Self::View(slot) => write!(f, "view/{slot}"),
        }
    }
}

impl core::str::FromStr for CompartmentName {
    type Err = MalformedName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = MalformedName {
            what: "compartment",
            form: "a category such as D01, or view/ and a slot id",
        };
        match text.strip_prefix("view/") {
            Some(slot) => slot.parse().map(Self::View).map_err(|_| malformed),
            None => text.parse().map(Self::Category).map_err(|_| malformed),
        }
    }
}

impl Serialize for CompartmentName {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CompartmentName {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One sealed compartment, which travels beside the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compartment {
    /// Which.
    pub name: CompartmentName,
    /// SHA-256 of the sealed bytes.
    pub digest: Digest,
    /// Their length, padded to a size class, in bytes.
    pub size: u32,
}

/// Sending organisation: this is what I sealed, to which opening key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// For which handover.
    pub handover: HandoverId,
    /// Of which original manifest.
    pub manifest: Digest,
    /// Under which permit.
    pub permit: Digest,
    /// To which key bundle of the recipient.
    pub recipient_bundle: Digest,
    /// The HPKE encapsulation (X-Wing, 1,120 bytes).
    pub encapsulation: Bytes,
    /// The compartments, in order of name, each once.
    pub compartments: Vec<Compartment>,
    /// When.
    pub at: Timestamp,
}
json_body!(Envelope, Envelope);

/// A compartment that the gateway withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// Which.
    pub name: CompartmentName,
    /// The decision or attestation that blocks it, by digest.
    pub because: Digest,
}

/// Gateway: this was released to the recipient. Committed before the first byte leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Which handover.
    pub handover: HandoverId,
    /// To whom.
    pub recipient: Oin,
    /// Of which original manifest.
    pub manifest: Digest,
    /// Under which permit, decided anew at this fetch.
    pub permit: Digest,
    /// Of which envelope.
    pub envelope: Digest,
    /// What left.
    pub sent: Vec<CompartmentName>,
    /// What was withheld, each citing its decision.
    pub dropped: Vec<Dropped>,
    /// When it was committed.
    pub at: Timestamp,
}
json_body!(Release, Release);

impl Release {
    /// The categories among what left.
    pub fn categories(&self) -> impl Iterator<Item = Category> {
        self.sent.iter().filter_map(|name| match name {
            CompartmentName::Category(category) => Some(*category),
            CompartmentName::View(_) => None,
        })
    }
}
