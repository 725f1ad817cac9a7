//! Leaves: an event behind a salted commitment, and what is left when the event was erased.

use rand_core::CryptoRng;

use super::event::{Event, MAX_EVENT};
use crate::digest::Digest;

/// 128 random bits that make a commitment unguessable, however few events are possible.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A fresh salt.
    pub fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// From 16 stored bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes, as stored.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl core::fmt::Debug for Salt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Salt")
    }
}

/// The bytes behind a commitment are not an event that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the leaf's bytes are not a valid event")]
pub struct MalformedEvent;

/// An event as it was committed to: its salt and its exact bytes. Nothing is re-serialised to check it.
#[derive(Clone, PartialEq, Eq)]
pub struct Leaf {
    salt: Salt,
    event: Vec<u8>,
}

impl core::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Leaf({} bytes)", self.event.len())
    }
}

impl Leaf {
    /// Writes `event` down behind a fresh salt.
    pub fn new(event: &Event, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let bytes = serde_json::to_vec(event).expect("an event has string keys and no failing serialiser");
        Self {
            salt: Salt::random(rng),
            event: bytes,
        }
    }

    /// From stored or exported parts. Proves nothing until its commitment is compared.
    pub const fn from_parts(salt: Salt, event: Vec<u8>) -> Self {
        Self { salt, event }
    }

    /// The salt.
    pub const fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The event's exact bytes.
    pub fn event_bytes(&self) -> &[u8] {
        &self.event
    }

    /// What stands in the tree: SHA-256 over a prefix of its own, the salt (fixed length) and the event's bytes. 32 bytes,
    /// the leaf input of RFC 9162.
    pub fn commitment(&self) -> Digest {
        Digest::of_parts(&[b"handdruk evidence v1\0", &self.salt.0, &self.event])
    }

    /// Reads the event; unknown fields and words are refused.
    pub fn event(&self) -> Result<Event, MalformedEvent> {
        if self.event.len() > MAX_EVENT {
            return Err(MalformedEvent);
        }
        serde_json::from_slice(&self.event).map_err(|_| MalformedEvent)
    }
}

/// A leaf as the log keeps it: the commitment for ever, the event until it is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    commitment: Digest,
    leaf: Option<Leaf>,
}

impl Record {
    /// A fresh leaf.
    pub fn new(leaf: Leaf) -> Self {
        Self {
            commitment: leaf.commitment(),
            leaf: Some(leaf),
        }
    }

    /// From stored columns. [`Record::is_whole`] says whether they belong together.
    pub const fn from_parts(commitment: Digest, leaf: Option<Leaf>) -> Self {
        Self { commitment, leaf }
    }

    /// What stands in the tree.
    pub const fn commitment(&self) -> &Digest {
        &self.commitment
    }

    /// The event with its salt, unless erased.
    pub const fn leaf(&self) -> Option<&Leaf> {
        self.leaf.as_ref()
    }

    /// The tombstone: event and salt gone, commitment kept, so that the log's root does not change.
    #[must_use]
    pub fn erased(self) -> Self {
        Self {
            commitment: self.commitment,
            leaf: None,
        }
    }

    /// Whether the event, if it is still there, is the one that was committed to.
    pub fn is_whole(&self) -> bool {
        self.leaf
            .as_ref()
            .is_none_or(|leaf| leaf.commitment() == self.commitment)
    }
}
