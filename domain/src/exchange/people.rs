//! The people with a say about one child: invitations, own keys, sessions.

use std::collections::BTreeSet;

use super::keys::ChildKey;
use super::secret::GatewayHalf;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::{InvitationId, SlotId};
use crate::statement::Verified;
use crate::statement::consent::{GuardianKeys, Invitation};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// Why an invitation no longer counts.
    Ended, "end of an invitation" {
        /// A newer letter for the same slot took over.
        Replaced = "replaced",
        /// The inviter revoked it: permits no longer rest on what its keys agreed to.
        Revoked = "revoked",
    }
}

/// An invitation with what became of it.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: Verified<Invitation>,
    /// The gateway's half of the own keys, made with the invitation.
    pub gateway_half: GatewayHalf,
    /// The own keys, once the code was used.
    pub activated: Option<Activated>,
    /// Why it no longer counts, if so. What its keys decided before stays decided.
    pub ended: Option<Ended>,
}

/// What an activation brought.
#[derive(Debug, Clone)]
pub struct Activated {
    /// The own keys.
    pub keys: Verified<GuardianKeys>,
    /// SHA-256 of the login proof.
    pub login_verifier: Digest,
    /// Wrong login proofs since the last right one.
    pub failed_logins: u32,
    /// Until when no login is tried at all.
    pub locked_until: Option<Timestamp>,
}

/// How many wrong proofs are borne before logging in has to wait.
const FREE_ATTEMPTS: u32 = 10;
/// The first wait, in minutes; every further wrong proof doubles it.
const FIRST_WAIT_MINUTES: i64 = 1;
/// The longest wait, in minutes: a day. A guardian is never locked out for good.
const LONGEST_WAIT_MINUTES: i64 = 24 * 60;

impl Activated {
    /// Freshly activated.
    pub(super) const fn new(keys: Verified<GuardianKeys>, login_verifier: Digest) -> Self {
        Self {
            keys,
            login_verifier,
            failed_logins: 0,
            locked_until: None,
        }
    }

    /// Whether login proofs are looked at now.
    pub(super) fn may_try(&self, now: Timestamp) -> bool {
        self.locked_until.is_none_or(|until| until <= now)
    }

    /// Counts a wrong proof.
    pub(super) fn count_failure(&mut self, now: Timestamp) {
        self.failed_logins = self.failed_logins.saturating_add(1);
        if let Some(beyond) = self.failed_logins.checked_sub(FREE_ATTEMPTS) {
            let doubled = 1_i64
                .checked_shl(beyond)
                .filter(|waits| *waits > 0)
                .unwrap_or(i64::MAX);
            let minutes = FIRST_WAIT_MINUTES
                .saturating_mul(doubled)
                .min(LONGEST_WAIT_MINUTES);
            let wait = jiff::SignedDuration::from_mins(minutes);
            self.locked_until = Some(now.checked_add(wait).unwrap_or(Timestamp::MAX));
        }
    }

    /// Forgets wrong proofs after a right one.
    pub(super) const fn forget_failures(&mut self) {
        self.failed_logins = 0;
        self.locked_until = None;
    }
}

impl Invited {
    /// Whether its code can still be used.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.activated.is_none() && self.ended.is_none() && now < self.invitation.not_after
    }

    /// The keys, if decisions under them are accepted.
    pub fn current_keys(&self) -> Option<&Verified<GuardianKeys>> {
        self.activated
            .as_ref()
            .filter(|_| self.ended.is_none())
            .map(|activated| &activated.keys)
    }
}

/// A child's people, at the organisation that invited them.
#[derive(Debug, Clone)]
pub struct Child {
    /// Which child.
    pub key: ChildKey,
    /// Every invitation, in the order of the log.
    pub invitations: Vec<Invited>,
}

impl Child {
    /// A child of whom nothing is known yet.
    pub const fn unknown(key: ChildKey) -> Self {
        Self {
            key,
            invitations: Vec::new(),
        }
    }

    /// Puts an invitation in, or replaces it as it now stands.
    pub(super) fn put(&mut self, invited: Invited) {
        let id = invited.invitation.invitation;
        match self
            .invitations
            .iter_mut()
            .find(|known| known.invitation.invitation == id)
        {
            Some(known) => *known = invited,
            None => self.invitations.push(invited),
        }
    }

    /// The slots whose guardians have keys that count.
    pub fn activated(&self) -> BTreeSet<SlotId> {
        let current = self
            .invitations
            .iter()
            .filter(|invited| invited.current_keys().is_some());
        current.map(|invited| invited.invitation.slot).collect()
    }

    /// The invitation with this id.
    pub fn invited(&self, id: InvitationId) -> Option<&Invited> {
        self.invitations
            .iter()
            .find(|invited| invited.invitation.invitation == id)
    }

    /// The invitation that counts for a slot.
    pub fn current(&self, slot: SlotId) -> Option<&Invited> {
        self.invitations
            .iter()
            .find(|invited| invited.invitation.slot == slot && invited.ended.is_none())
    }
}

/// A guardian at the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Under which invitation.
    pub invitation: InvitationId,
    /// Until when.
    pub not_after: Timestamp,
}

impl Session {
    /// How long a session lasts, in hours.
    pub(super) const HOURS: i64 = 8;

    /// A session that begins now.
    pub(super) fn begin(invitation: InvitationId, now: Timestamp) -> Self {
        let term = jiff::SignedDuration::from_hours(Self::HOURS);
        Self {
            invitation,
            not_after: now.checked_add(term).unwrap_or(Timestamp::MAX),
        }
    }
}
