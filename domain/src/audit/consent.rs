//! Who had a say: invitations, own keys, what was told, decided and attested.

use super::Audit;
use super::chain::Entry;
use super::log::Place;
use super::report::Check;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::{HandoverId, InvitationId, SlotId};
use crate::policy::attestation_counts;
use crate::statement::consent::{Attestation, Attested, Decision};

impl Audit<'_> {
    pub(super) fn check_consent(&mut self) {
        self.check_guardians();
        self.check_told();
        self.check_decisions();
        self.check_attestations();
    }

    fn check_guardians(&mut self) {
        let chain = self.chain;
        for invitation in &chain.invitations {
            let same_child = invitation.child == chain.manifest.child;
            self.require(
                Check::Guardians,
                same_child,
                "An invitation is for another child.",
            );
        }
        for keys in &chain.guardians {
            let once = chain
                .guardians
                .iter()
                .filter(|other| other.invitation == keys.invitation)
                .count()
                == 1;
            self.require(Check::Guardians, once, "An invitation was activated twice.");
            let revoked = self.is_revoked_before(keys.invitation, keys.place);
            self.require(
                Check::Guardians,
                !revoked,
                "An invitation was activated after it was revoked.",
            );
        }
        match chain.guardians.len() {
            0 => self
                .findings
                .skip(Check::Guardians, "Nobody activated keys of their own."),
            count => {
                let says = format!("Keys activated under the sender's own invitations: {count}.");
                self.findings.pass(Check::Guardians, says);
            }
        }
    }

    /// Whether the inviter had taken the invitation back by then. What its keys agreed to carries nothing any more.
    pub(super) fn is_revoked_before(&self, invitation: InvitationId, place: Place) -> bool {
        let invited = self
            .chain
            .invitations
            .iter()
            .find(|said| said.invitation == invitation);
        let Some(digest) = invited.map(|said| said.digest()) else {
            return false;
        };
        let mut citing = self.log.citing(&digest).iter();
        citing.any(|(act, revoked)| *act == Act::InvitationRevoked && revoked.index < place.index)
    }

    fn check_told(&mut self) {
        for told in &self.chain.told {
            self.require_about(
                Check::Told,
                told.place,
                (told.handover, told.manifest),
                Some(told.slot),
            );
        }
        self.require_after_manifest();
        match self.chain.told.len() {
            0 => self.findings.skip(Check::Told, "Nobody is recorded as told."),
            count => self.findings.pass(
                Check::Told,
                format!("People told, signed by the sender: {count}."),
            ),
        }
    }

    fn check_decisions(&mut self) {
        for decision in &self.chain.decisions {
            self.require_about(
                Check::Decisions,
                decision.place,
                (decision.handover, decision.manifest),
                Some(decision.slot),
            );
            let current = self.has_current_keys(decision);
            let says = "A decision was signed with keys whose invitation had been revoked or replaced.";
            self.require(Check::Decisions, current, says);
        }
        match self.chain.decisions.len() {
            0 => self
                .findings
                .skip(Check::Decisions, "Nobody decided with keys of their own."),
            count => {
                let says = format!("Decisions signed with such keys: {count}.");
                self.findings.pass(Check::Decisions, says);
            }
        }
    }

    /// Whether the decision's invitation was the newest of its slot when it was put on record, and not revoked.
    fn has_current_keys(&self, decision: &Entry<Decision>) -> bool {
        let of_slot = self
            .chain
            .invitations
            .iter()
            .filter(|invited| invited.slot == decision.slot);
        let newest = of_slot
            .filter(|invited| invited.place < decision.place)
            .max_by_key(|invited| invited.place);
        newest.is_some_and(|invited| invited.invitation == decision.invitation)
            && !self.is_revoked_before(decision.invitation, decision.place)
    }

    fn check_attestations(&mut self) {
        let manifest = &self.chain.manifest;
        for attestation in &self.chain.attestations {
            let same_child = attestation.child == manifest.child;
            self.require(
                Check::Attestations,
                same_child,
                "An attestation is about another child.",
            );
            let counts = attestation_counts(attestation).is_ok();
            let says =
                "An attestation lacks a second, different professional, or does not say what it is about.";
            self.require(Check::Attestations, counts, says);
            if let Some(handover) = attestation.handover {
                let cited = cited_manifest(attestation).unwrap_or_else(|| manifest.digest());
                self.require_about(
                    Check::Attestations,
                    attestation.place,
                    (handover, cited),
                    attestation.slot,
                );
            }
        }
        match self.chain.attestations.len() {
            0 => self.findings.skip(Check::Attestations, "Nothing was attested."),
            count => {
                let says = format!("Attestations by the sender's professionals: {count}.");
                self.findings.pass(Check::Attestations, says);
            }
        }
    }

    /// Notes a failure unless a statement is about this handover, its manifest, and somebody with a say in it.
    fn require_about(
        &mut self,
        check: Check,
        place: Place,
        (handover, cited): (HandoverId, Digest),
        slot: Option<SlotId>,
    ) {
        let manifest = &self.chain.manifest;
        let about = handover == manifest.handover && cited == manifest.digest();
        let known = slot.is_none_or(|slot| self.chain.concerns(slot, place));
        self.require(check, about, "A statement is about another handover or manifest.");
        self.require(
            check,
            known,
            "A statement is about somebody whom neither the manifest nor a change of authority before it names.",
        );
    }

    fn require_after_manifest(&mut self) {
        let chain = self.chain;
        let about_it = chain
            .attestations
            .iter()
            .filter(|said| said.handover.is_some())
            .map(|said| said.place);
        let mut places = chain
            .told
            .iter()
            .map(|t| t.place)
            .chain(chain.decisions.iter().map(|d| d.place))
            .chain(about_it);
        let after = places.all(|place| chain.manifest.place < place);
        self.require(
            Check::Order,
            after,
            "Somebody was told or decided before the manifest was on record.",
        );
    }
}

fn cited_manifest(attestation: &Attestation) -> Option<Digest> {
    match &attestation.what {
        Attested::PaperDecision { manifest, .. }
        | Attested::AssistedDecision { manifest, .. }
        | Attested::SpokenWithdrawal { manifest, .. }
        | Attested::SafetyReport { manifest } => Some(*manifest),
        Attested::AuthorityChanged { .. } => None,
    }
}
