//! A guardian's key ring: what joins several codes (another child, another organisation) into one account.
//!
//! Invariant: the gateway keeps it and cannot read it: it is sealed in the browser under a key of the guardian's own. Only a
//! session of that guardian's reads or replaces it, and a replacement names the version that it replaces, so that two tabs
//! cannot lose each other's codes. It is no evidence: nothing is decided by it, and what belongs together is the guardian's
//! affair.

use super::answer::Answer;
use super::draft::{Draft, Failure};
use super::secret::SessionToken;
use crate::digest::Digest;
use crate::reason::{Reason, Refusal};

/// A key ring as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRing {
    /// Grows by one with every replacement, from 1.
    pub version: u32,
    /// What the browser sealed, at most [`KeyRing::MAX`] bytes.
    pub sealed: Vec<u8>,
}

impl KeyRing {
    /// The largest key ring, in bytes: dozens of codes.
    pub const MAX: usize = 64 * 1024;

    /// What a decision about it needs to know.
    pub fn mark(&self) -> RingMark {
        RingMark {
            version: self.version,
            digest: Digest::of(&self.sealed),
        }
    }
}

impl core::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "KeyRing(version {}, {} bytes)",
            self.version,
            self.sealed.len()
        )
    }
}

/// Which key ring is kept, without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingMark {
    /// Its version.
    pub version: u32,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

impl Draft<'_> {
    pub(super) fn put_key_ring(
        &mut self,
        session: &SessionToken,
        expected_version: u32,
        sealed: &[u8],
    ) -> Result<Answer, Failure> {
        let (_, invited) = self.guardian(session)?;
        let invitation = invited.invitation.invitation;
        if sealed.is_empty() {
            return Err(Refusal::about(Reason::Malformed, "sealed").into());
        }
        if sealed.len() > KeyRing::MAX {
            return Err(Refusal::about(Reason::TooLarge, "sealed").into());
        }
        let stale = || Refusal::about(Reason::WrongStage, "expected_version");
        let version = expected_version.checked_add(1).ok_or_else(stale)?;
        let kept = self.books.rings.get(&invitation);
        let again = RingMark {
            version,
            digest: Digest::of(sealed),
        };
        if kept == Some(&again) {
            // The answer to this very replacement was lost.
            return Ok(Answer::KeyRingKept { version });
        }
        if kept.map_or(0, |kept| kept.version) != expected_version {
            return Err(stale().into());
        }
        let ring = KeyRing {
            version,
            sealed: sealed.to_vec(),
        };
        self.effects().key_rings.insert(invitation, ring);
        Ok(Answer::KeyRingKept { version })
    }
}
