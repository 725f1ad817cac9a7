//! What a decision can be.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use crate::category::Category;
use crate::clock::{Timestamp, start_of_day_in_nl};
use crate::digest::Digest;
use crate::ids::{HandoverId, PermitId, SlotId};
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::statement::permit::{Basis, Permit};

/// The answer of [`decide`](super::decide).
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Decided {
    /// It may go.
    Permit(Granted),
    /// Not yet: this is awaited.
    Await(Awaiting),
    /// It may not go, for every one of these reasons. Never empty.
    Refuse(Vec<Refusal>),
}

/// A permission that no gateway has signed yet. Born in [`decide`](super::decide) and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    handover: HandoverId,
    manifest: Digest,
    catalogue: Digest,
    basis: Basis,
    categories: BTreeSet<Category>,
    blocked: BTreeMap<Category, Digest>,
    rests_on: Vec<Digest>,
    at: Timestamp,
    not_after: Timestamp,
}

impl Granted {
    /// A permission for `categories` that rests on `rests_on`, until `ends` or the term's end, whichever is first.
    pub(super) fn new(
        case: &Case<'_>,
        basis: Basis,
        categories: BTreeSet<Category>,
        blocked: BTreeMap<Category, Digest>,
        rests_on: Vec<Digest>,
        ends: Option<Timestamp>,
    ) -> Self {
        let term = start_of_day_in_nl(case.facts.not_after());
        Self {
            handover: case.facts.manifest.handover,
            manifest: case.facts.manifest.digest(),
            catalogue: case.facts.manifest.catalogue,
            basis,
            categories,
            blocked,
            rests_on,
            at: case.now,
            not_after: ends.map_or(term, |earlier| earlier.min(term)),
        }
    }

    /// On what it rests.
    pub const fn basis(&self) -> Basis {
        self.basis
    }

    /// Which categories may go. Never empty.
    pub const fn categories(&self) -> &BTreeSet<Category> {
        &self.categories
    }

    /// Which categories of the manifest somebody blocked, and the decision or attestation that does. A category that
    /// nobody agreed to, and nobody blocked, is in neither set.
    pub const fn blocked(&self) -> &BTreeMap<Category, Digest> {
        &self.blocked
    }

    /// The statements it rests on, in the order of the log: what was told to those who were asked, their decisions, and
    /// attestations.
    pub fn rests_on(&self) -> &[Digest] {
        &self.rests_on
    }

    /// Until when it is in force. The decision is taken anew at every fetch, so this bounds only how long a sender may
    /// seal under it.
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whether it allows the same as `permit` and rests on the same: the gateway need not sign another one. (Which
    /// permit, which gateway and when it was decided make no difference.)
    pub fn is_same_as(&self, permit: &Permit) -> bool {
        self.handover == permit.handover
            && self.manifest == permit.manifest
            && self.catalogue == permit.catalogue
            && self.basis == permit.basis
            && self.categories == permit.categories
            && self.blocked == permit.blocked
            && self.rests_on == permit.rests_on
            && self.not_after == permit.not_after
    }

    /// The permit to sign, as the gateway `gateway`.
    pub fn into_permit(self, permit: PermitId, gateway: Oin) -> Permit {
        Permit {
            permit,
            gateway,
            handover: self.handover,
            manifest: self.manifest,
            catalogue: self.catalogue,
            basis: self.basis,
            categories: self.categories,
            blocked: self.blocked,
            rests_on: self.rests_on,
            at: self.at,
            not_after: self.not_after,
        }
    }
}

/// What is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaiting {
    /// Of whom, what. Never empty.
    pub from: Vec<Awaited>,
    /// When the answer may change although nobody says anything: the end of a period or of a yes, at the latest the end of
    /// the manifest's term.
    pub decide_again: Timestamp,
}

impl Awaiting {
    /// Why nothing is released meanwhile: a yes is no longer in force, or there is no permit yet.
    pub fn reason(&self) -> Reason {
        let lapsed = |awaited: &Awaited| matches!(awaited.what, What::Answer { again: true, .. });
        if self.from.iter().any(lapsed) {
            Reason::ConsentNotInForce
        } else {
            Reason::NoPermit
        }
    }
}

/// Who is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The sending organisation.
    Sender,
    /// The person in this slot.
    Slot {
        /// Which slot.
        slot: SlotId,
        /// Whether the person has keys. If not, an invitation or an attestation comes first.
        activated: bool,
    },
}

/// One thing that is awaited of one party.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Awaited {
    /// Of whom.
    pub who: Who,
    /// What.
    pub what: What,
}

/// What can be awaited.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The sender tells this person of the handover. No period runs before that.
    Telling,
    /// Inspection, until it was done or the period is over.
    Inspection {
        /// When the period is over.
        until: Timestamp,
    },
    /// A yes or a no. Silence is never a yes.
    Answer {
        /// About which categories.
        categories: BTreeSet<Category>,
        /// Whether a yes was there, of this or another person, that no longer holds.
        again: bool,
    },
    /// Somebody else's yes is there; this person may object, until they answered or the period is over.
    Objection {
        /// About which categories.
        categories: BTreeSet<Category>,
        /// When the period is over.
        until: Timestamp,
    },
    /// The attestation of a second professional for a report of unsafety.
    SecondPerson,
}
