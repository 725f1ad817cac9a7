//! The part of the state that a group of commands needs, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand_core::CryptoRng;

use super::answer::Answer;
use super::command::{Caller, Request};
use super::draft::{Draft, Failure, Signing};
use super::effects::Effects;
use super::handover::Handover;
use super::keys::ChildKey;
use super::people::{Child, Invited, Session};
use super::restored::InForce;
use super::ring::RingMark;
use super::seen::Seen;
use crate::catalogue::Catalogue;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::{HandoverId, InvitationId, RequestId};
use crate::oin::Oin;
use crate::statement::KeyId;
use crate::statement::Verified;
use crate::statement::member::{KeyBundle, Membership};

/// The loaded state. What is absent from it does not exist, so it must hold everything that [`super::Keys`] asks for.
#[derive(Debug, Default)]
pub struct Books {
    pub(super) next_leaf: u64,
    pub(super) members: BTreeMap<Oin, Verified<Membership>>,
    pub(super) bundles: BTreeMap<Oin, Verified<KeyBundle>>,
    pub(super) older_bundles: BTreeMap<KeyId, Verified<KeyBundle>>,
    pub(super) in_force: Option<Digest>,
    pub(super) catalogues: BTreeMap<Digest, Arc<Catalogue>>,
    pub(super) children: BTreeMap<ChildKey, Child>,
    pub(super) invitations: BTreeMap<InvitationId, ChildKey>,
    pub(super) sessions: BTreeMap<Digest, Session>,
    pub(super) rings: BTreeMap<InvitationId, RingMark>,
    pub(super) handovers: BTreeMap<HandoverId, Handover>,
    pub(super) seen: BTreeMap<(Caller, RequestId), Seen>,
    pub(super) restoration: Option<InForce>,
    /// The restoration since which each organisation has returned all that it holds, by number.
    pub(super) returned: BTreeMap<Oin, u64>,
    /// Handovers that must end before anything else is done.
    pub(super) held: BTreeSet<HandoverId>,
}

impl Books {
    /// Empty books beside an evidence log of `size` leaves.
    pub fn beside_log_of(size: u64) -> Self {
        Self {
            next_leaf: size,
            ..Self::default()
        }
    }

    /// Decides one command at `now`. Its effects are in the books afterwards, for the next command of the group, and in
    /// the answer, for the store. A refusal changes nothing, with one exception that is an [`Answer::Refused`]: an alarm, a
    /// counted attempt or an outcome that the refusal brings about, which is committed like every other effect.
    ///
    /// A request that was answered before gets its first answer and has no effects; a fetch or an activation is the same
    /// in effect but made anew, because it decides again or hands out a secret that is not kept.
    pub fn apply(
        &mut self,
        request: &Request,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
        signing: Signing<'_>,
    ) -> Result<(Answer, Effects), Failure> {
        if self.held.is_empty() {
            let (answer, effects) = Draft::new(self, now, rng, signing).decide(request)?;
            self.absorb(&effects);
            return Ok((answer, effects));
        }
        // What stood in a copy ends first, whoever asks for what: also where that is refused.
        let (before, next_leaf) = (self.held_as_they_stand(), self.next_leaf);
        let mut draft = Draft::new(self, now, &mut *rng, signing);
        for handover in &before {
            draft.end_held(handover.clone())?;
        }
        let mut effects = draft.into_effects();
        self.absorb(&effects);
        self.held.clear();
        match Draft::new(self, now, rng, signing).decide(request) {
            Ok((answer, later)) => {
                self.absorb(&later);
                effects.extend(later);
                Ok((answer, effects))
            }
            Err(Failure::Refused(refusal)) => Ok((Answer::Refused(refusal), effects)),
            Err(fault) => {
                // Nothing of this is committed.
                self.next_leaf = next_leaf;
                for handover in before {
                    self.put_standing(handover);
                }
                Err(fault)
            }
        }
    }

    fn held_as_they_stand(&self) -> Vec<Handover> {
        let held = self.held.iter();
        held.filter_map(|id| self.handovers.get(id)).cloned().collect()
    }

    /// Puts a handover in as it stands.
    pub(super) fn put_standing(&mut self, handover: Handover) {
        if handover.is_held() {
            self.held.insert(handover.id());
        }
        self.handovers.insert(handover.id(), handover);
    }

    /// Puts effects in place, so that the next command sees them.
    fn absorb(&mut self, effects: &Effects) {
        self.next_leaf += u64::try_from(effects.evidence.len()).unwrap_or(u64::MAX);
        self.members.extend(effects.members.clone());
        for (oin, bundle) in &effects.bundles {
            self.older_bundles
                .insert(bundle.statement_key.id(), bundle.clone());
            self.bundles.insert(oin.clone(), bundle.clone());
        }
        if let Some(text) = &effects.catalogue
            && let Ok(catalogue) = Catalogue::parse(&text.0)
        {
            self.put_catalogue(Arc::new(catalogue), true);
        }
        for (child, invited) in effects.invitations.values() {
            self.put_invited(child, invited.clone());
        }
        for (digest, session) in &effects.sessions {
            match session {
                Some(session) => _ = self.sessions.insert(*digest, *session),
                None => _ = self.sessions.remove(digest),
            }
        }
        let rings = effects.key_rings.iter().map(|(id, ring)| (*id, ring.mark()));
        self.rings.extend(rings);
        self.handovers.extend(effects.handovers.clone());
        self.handovers.retain(|id, _| !effects.forgotten.contains_key(id));
        self.seen.extend(effects.seen.clone());
        if let Some(restored) = &effects.restored {
            self.put_restoration(restored.in_force);
            self.sessions.clear();
            for (id, handover) in &mut self.handovers {
                handover.hold(restored.in_force.number, restored.at);
                if handover.is_held() {
                    self.held.insert(*id);
                }
            }
        }
        self.returned.extend(effects.returned.clone());
    }

    /// Puts in the restoration of the log that is in force.
    pub const fn put_restoration(&mut self, in_force: InForce) {
        self.restoration = Some(in_force);
    }

    /// Puts in since which restoration, by number, an organisation has returned all that it holds.
    pub fn put_returned(&mut self, organisation: Oin, number: u64) {
        self.returned.insert(organisation, number);
    }

    /// Puts a catalogue in; `in_force` marks the one that new manifests must cite.
    pub fn put_catalogue(&mut self, catalogue: Arc<Catalogue>, in_force: bool) {
        if in_force {
            self.in_force = Some(catalogue.digest());
        }
        self.catalogues.insert(catalogue.digest(), catalogue);
    }

    /// Puts a child in of whom nothing may be known yet.
    pub fn put_child(&mut self, key: ChildKey) {
        self.children
            .entry(key.clone())
            .or_insert_with(|| Child::unknown(key));
    }

    /// Puts an invitation in, or replaces it as it now stands.
    pub(super) fn put_invited(&mut self, key: &ChildKey, invited: Invited) {
        let id = invited.invitation.invitation;
        self.invitations.insert(id, key.clone());
        let child = self
            .children
            .entry(key.clone())
            .or_insert_with(|| Child::unknown(key.clone()));
        child.put(invited);
    }

    /// Puts a session in.
    pub fn put_session(&mut self, digest: Digest, session: Session) {
        self.sessions.insert(digest, session);
    }

    /// Puts in which key ring is kept for an invitation.
    pub fn put_ring(&mut self, invitation: InvitationId, mark: RingMark) {
        self.rings.insert(invitation, mark);
    }

    /// Puts an earlier answer in.
    pub fn put_seen(&mut self, caller: Caller, request: RequestId, seen: Seen) {
        self.seen.insert((caller, request), seen);
    }

    /// A handover, if it is in the books.
    pub fn handover(&self, id: HandoverId) -> Option<&Handover> {
        self.handovers.get(&id)
    }

    /// Every handover in the books.
    pub fn handovers(&self) -> impl Iterator<Item = &Handover> {
        self.handovers.values()
    }

    /// A membership, if it is in the books.
    pub fn member(&self, oin: &Oin) -> Option<&Verified<Membership>> {
        self.members.get(oin)
    }

    /// An organisation's current key bundle, if it is in the books.
    pub fn bundle(&self, oin: &Oin) -> Option<&Verified<KeyBundle>> {
        self.bundles.get(oin)
    }

    /// Every current key bundle in the books.
    pub fn bundles(&self) -> impl Iterator<Item = (&Oin, &Verified<KeyBundle>)> {
        self.bundles.iter()
    }

    /// The catalogue that new manifests must cite.
    pub fn catalogue_in_force(&self) -> Option<&Arc<Catalogue>> {
        self.in_force.and_then(|digest| self.catalogues.get(&digest))
    }

    /// An invitation with its child, if it is in the books.
    pub fn invitation(&self, id: InvitationId) -> Option<(&Child, &Invited)> {
        let child = self.children.get(self.invitations.get(&id)?)?;
        Some((child, child.invited(id)?))
    }
}
