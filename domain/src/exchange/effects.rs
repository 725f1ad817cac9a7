//! What a command changes, ready for a store: rows to put in place, statements to keep, notices, evidence.

use std::collections::{BTreeMap, BTreeSet};

use super::command::{Caller, SealedCompartment};
use super::handover::Handover;
use super::keys::ChildKey;
use super::notice::Notice;
use super::people::{Invited, Session};
use super::plan::KeptPlan;
use super::restored::Restored;
use super::ring::KeyRing;
use super::seen::Seen;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::Event;
use crate::ids::{HandoverId, InvitationId, RequestId, SlotId};
use crate::oin::Oin;
use crate::statement::envelope::CompartmentName;
use crate::statement::member::{CatalogueText, KeyBundle, Membership};
use crate::statement::{RawStatement, Verified};

/// A statement to keep, and the handover whose story it belongs to.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its digest.
    pub digest: Digest,
    /// The statement.
    pub statement: RawStatement,
    /// The handover whose story it belongs to, if one. One statement may belong to several.
    pub handover: Option<HandoverId>,
}

/// One evidence event, with the child it concerns where no handover is named, so that the child's guardians can see it.
/// The child is not in the event: it stays beside the log and can be erased without it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The event.
    pub event: Event,
    /// The child.
    pub child: Option<ChildKey>,
}

/// A preview to keep.
#[derive(Debug, Clone)]
pub struct KeptPreview {
    /// Of which handover.
    pub handover: HandoverId,
    /// Whose.
    pub slot: SlotId,
    /// To the keys under which invitation.
    pub invitation: InvitationId,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

/// A handover that is past its term: whatever is kept about it goes, in the log the salt and event of each of its leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// Its child. What is kept about the child's people goes too, once no handover of the child is left and everything on
    /// record about them is from before the same instant.
    pub child: ChildKey,
    /// What is older than this is past its term.
    pub before: Timestamp,
}

/// Everything that one command, or a group of them, changes. Later commands of a group overwrite what earlier ones put in
/// place; what is appended stays in order.
#[derive(Debug, Default)]
pub struct Effects {
    /// Memberships that now count.
    pub members: BTreeMap<Oin, Verified<Membership>>,
    /// Key bundles that are now current.
    pub bundles: BTreeMap<Oin, Verified<KeyBundle>>,
    /// The catalogue that is now in force.
    pub catalogue: Option<Verified<CatalogueText>>,
    /// Invitations, as they now stand.
    pub invitations: BTreeMap<InvitationId, (ChildKey, Invited)>,
    /// Sessions by digest; `None` ends one.
    pub sessions: BTreeMap<Digest, Option<Session>>,
    /// Key rings to put in place, by invitation.
    pub key_rings: BTreeMap<InvitationId, KeyRing>,
    /// Handovers, as they now stand.
    pub handovers: BTreeMap<HandoverId, Handover>,
    /// Statements to append.
    pub statements: Vec<Kept>,
    /// Compartments to add, per handover.
    pub compartments: BTreeMap<HandoverId, Vec<(CompartmentName, SealedCompartment)>>,
    /// Compartments to erase.
    pub erased: BTreeSet<(HandoverId, CompartmentName)>,
    /// Handovers whose every compartment is erased.
    pub emptied: BTreeSet<HandoverId>,
    /// Previews to put in place.
    pub previews: Vec<KeptPreview>,
    /// Handovers of which no plan of a talk holds any more. Erased before those below are put in place.
    pub unplanned: BTreeSet<HandoverId>,
    /// Plans of talks to put in place.
    pub plans: Vec<KeptPlan>,
    /// Notices to append.
    pub notices: Vec<Notice>,
    /// Evidence to append.
    pub evidence: Vec<Recorded>,
    /// First answers to keep.
    pub seen: BTreeMap<(Caller, RequestId), Seen>,
    /// A restoration came into force: every handover without an outcome is held and due, previews of what was not released and all
    /// sessions are gone, and what organisations are told has cursors above [`super::InForce::cursor`].
    pub restored: Option<Restored>,
    /// Organisations that have returned all that they hold, each since the restoration with this number.
    pub returned: BTreeMap<Oin, u64>,
    /// Handovers that go, after everything else was put in place.
    pub forgotten: BTreeMap<HandoverId, Forgotten>,
}

impl Effects {
    /// Adds what a later command of the same group changes.
    pub fn extend(&mut self, later: Effects) {
        self.members.extend(later.members);
        self.bundles.extend(later.bundles);
        self.catalogue = later.catalogue.or(self.catalogue.take());
        self.invitations.extend(later.invitations);
        self.sessions.extend(later.sessions);
        self.key_rings.extend(later.key_rings);
        self.handovers.extend(later.handovers);
        self.statements.extend(later.statements);
        // Content that an earlier command of the group brought and a later one forbids never reaches the disk.
        for handover in &later.emptied {
            self.compartments.remove(handover);
        }
        for (handover, name) in &later.erased {
            if let Some(kept) = self.compartments.get_mut(handover) {
                kept.retain(|(known, _)| known != name);
            }
        }
        self.plans
            .retain(|plan| !later.unplanned.contains(&plan.handover));
        self.unplanned.extend(later.unplanned);
        self.plans.extend(later.plans);
        self.compartments.extend(later.compartments);
        self.erased.extend(later.erased);
        self.emptied.extend(later.emptied);
        self.previews.extend(later.previews);
        self.notices.extend(later.notices);
        self.evidence.extend(later.evidence);
        self.seen.extend(later.seen);
        self.restored = later.restored.or(self.restored);
        self.returned.extend(later.returned);
        self.forgotten.extend(later.forgotten);
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
            && self.bundles.is_empty()
            && self.catalogue.is_none()
            && self.invitations.is_empty()
            && self.sessions.is_empty()
            && self.key_rings.is_empty()
            && self.handovers.is_empty()
            && self.statements.is_empty()
            && self.compartments.is_empty()
            && self.erased.is_empty()
            && self.emptied.is_empty()
            && self.previews.is_empty()
            && self.unplanned.is_empty()
            && self.plans.is_empty()
            && self.notices.is_empty()
            && self.evidence.is_empty()
            && self.seen.is_empty()
            && self.restored.is_none()
            && self.returned.is_empty()
            && self.forgotten.is_empty()
    }
}
