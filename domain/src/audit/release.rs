//! What was permitted, sealed and released.

use std::collections::BTreeSet;

use super::Audit;
use super::chain::Entry;
use super::report::Check;
use crate::clock::AHEAD;
use crate::digest::Digest;
use crate::statement::envelope::{CompartmentName, Dropped, Envelope, Release};
use crate::statement::permit::{Basis, Permit};

impl Audit<'_> {
    pub(super) fn check_release(&mut self) {
        self.check_permits();
        self.check_envelopes();
        self.check_releases();
    }

    fn check_permits(&mut self) {
        let chain = self.chain;
        for permit in &chain.permits {
            self.check_permit(permit);
        }
        let one_gateway = chain
            .permits
            .windows(2)
            .all(|pair| pair[0].gateway == pair[1].gateway);
        self.require(
            Check::Permit,
            one_gateway,
            "Two gateways permitted the same handover.",
        );
        let needed = !(chain.envelopes.is_empty() && chain.releases.is_empty());
        match chain.permits.last() {
            None if needed => self.findings.fail(
                Check::Permit,
                "Something was sealed or released, but no permit is here.",
            ),
            None => self.findings.skip(Check::Permit, "No permit was given."),
            Some(permit) => {
                let (sent, held) = (permit.categories.len(), permit.blocked.len());
                let says = format!(
                    "Categories that may go on the basis of {}: {sent}; blocked: {held}.",
                    permit.basis
                );
                self.findings.pass(Check::Permit, says);
            }
        }
    }

    fn check_permit(&mut self, permit: &Entry<Permit>) {
        let chain = self.chain;
        let manifest = &chain.manifest;
        let about = permit.handover == manifest.handover && permit.manifest == manifest.digest();
        self.require(
            Check::Permit,
            about,
            "A permit is for another handover or manifest.",
        );
        let asked = permit
            .categories
            .iter()
            .chain(permit.blocked.keys())
            .all(|c| manifest.categories.contains_key(c));
        self.require(
            Check::Permit,
            asked,
            "A permit names a category that the manifest does not.",
        );
        let own_log = self.log.owner() == Some(&permit.gateway);
        self.require(
            Check::Permit,
            own_log,
            "A permit is by another gateway than the one whose log this is.",
        );
        let prompt = permit.place.at.duration_since(permit.at) <= AHEAD;
        self.require(
            Check::Order,
            prompt,
            "A permit is dated long before it was put on record.",
        );
        let apart = permit
            .blocked
            .keys()
            .all(|category| !permit.categories.contains(category));
        self.require(
            Check::Permit,
            apart && !permit.categories.is_empty(),
            "A permit allows nothing, or what it blocks.",
        );
        self.require(
            Check::Permit,
            permit.at < permit.not_after,
            "A permit was over before it began.",
        );
        let by_no = permit
            .blocked
            .iter()
            .all(|(category, because)| chain.blocks(because, *category));
        self.require(
            Check::Permit,
            by_no,
            "A permit blocks a category without a decision that does.",
        );
        let here = permit
            .rests_on
            .iter()
            .all(|digest| self.said_before(digest, permit));
        self.require(
            Check::Permit,
            here,
            "A permit rests on something that is not here, or was said later.",
        );
        let revoked = chain.decisions.iter().any(|said| {
            permit.rests_on.contains(&said.digest())
                && said.choices.values().any(|choice| !choice.blocks())
                && self.is_revoked_before(said.invitation, permit.place)
        });
        self.require(
            Check::Permit,
            !revoked,
            "A permit rests on a yes under an invitation that had been revoked.",
        );
        // Statutory permits may rest on nothing that was said; the others never do.
        let grounded = permit.basis == Basis::Statutory || !permit.rests_on.is_empty();
        self.require(
            Check::Permit,
            grounded,
            "A permit on consent or safety rests on nothing that was said.",
        );
        self.require(
            Check::Order,
            manifest.place < permit.place,
            "A permit was put on record before its manifest.",
        );
    }

    /// Whether what a permit rests on was on record before it.
    fn said_before(&self, digest: &Digest, permit: &Entry<Permit>) -> bool {
        let chain = self.chain;
        let told = chain.told.iter().map(|said| (said.digest(), said.place));
        let decided = chain.decisions.iter().map(|said| (said.digest(), said.place));
        let attested = chain.attestations.iter().map(|said| (said.digest(), said.place));
        let mut said = told.chain(decided).chain(attested);
        said.any(|(said, place)| said == *digest && place.index < permit.place.index)
    }

    fn check_envelopes(&mut self) {
        let chain = self.chain;
        for envelope in &chain.envelopes {
            self.check_envelope(envelope);
        }
        match (chain.envelopes.last(), chain.releases.is_empty()) {
            (None, true) => self.findings.skip(Check::Envelope, "Nothing was sealed."),
            (None, false) => self.findings.fail(
                Check::Envelope,
                "Something was released, but no envelope is here.",
            ),
            (Some(envelope), _) => {
                let count = envelope.compartments.len();
                let says = format!("Compartments sealed to the recipient's key, under a permit: {count}.");
                self.findings.pass(Check::Envelope, says);
            }
        }
    }

    fn check_envelope(&mut self, envelope: &Entry<Envelope>) {
        let chain = self.chain;
        let manifest = &chain.manifest;
        let about = envelope.handover == manifest.handover && envelope.manifest == manifest.digest();
        self.require(
            Check::Envelope,
            about,
            "An envelope is for another handover or manifest.",
        );
        let key = self
            .members
            .bundle_at(self.log, &manifest.recipient.oin, envelope.place);
        let to_recipient = key.is_some_and(|bundle| bundle.digest() == envelope.recipient_bundle);
        self.require(
            Check::Envelope,
            to_recipient,
            "An envelope is not sealed to the key that the recipient had then.",
        );
        let ordered = envelope
            .compartments
            .windows(2)
            .all(|pair| pair[0].name < pair[1].name);
        self.require(
            Check::Envelope,
            ordered,
            "An envelope names a compartment twice or out of order.",
        );

        let Some(permit) = chain
            .permits
            .iter()
            .find(|permit| permit.digest() == envelope.permit)
        else {
            self.require(
                Check::Envelope,
                false,
                "An envelope is sealed under a permit that is not here.",
            );
            return;
        };
        let in_force = permit.place < envelope.place && envelope.place.at < permit.not_after;
        self.require(
            Check::Envelope,
            in_force,
            "An envelope is sealed under a permit that was not in force.",
        );
        let within = envelope
            .compartments
            .iter()
            .all(|compartment| match compartment.name {
                CompartmentName::Category(category) => permit.categories.contains(&category),
                CompartmentName::View(slot) => chain.concerns(slot, envelope.place),
            });
        self.require(
            Check::Envelope,
            within,
            "An envelope holds a compartment that its permit does not allow.",
        );
    }

    fn check_releases(&mut self) {
        let chain = self.chain;
        for release in &chain.releases {
            self.check_one_release(release);
        }
        match (chain.releases.last(), chain.receipts.is_empty()) {
            (None, true) => self.findings.skip(Check::Release, "Nothing was released."),
            (None, false) => self
                .findings
                .fail(Check::Release, "Something was received, but no release is here."),
            (Some(release), _) => {
                let (sent, dropped) = (release.sent.len(), release.dropped.len());
                let says =
                    format!("Compartments released under a permit in force: {sent}; withheld: {dropped}.");
                self.findings.pass(Check::Release, says);
            }
        }
    }

    fn check_one_release(&mut self, release: &Entry<Release>) {
        let chain = self.chain;
        let manifest = &chain.manifest;
        let about = release.handover == manifest.handover && release.manifest == manifest.digest();
        self.require(
            Check::Release,
            about,
            "A release is of another handover or manifest.",
        );
        let right = release.recipient == manifest.recipient.oin;
        self.require(
            Check::Release,
            right,
            "A release went to another organisation than the manifest names.",
        );

        let prompt = release.place.at.duration_since(release.at) <= AHEAD;
        self.require(
            Check::Order,
            prompt,
            "A release is dated long before it was put on record.",
        );

        // The newest permit by then is the one that counts: a release decides anew.
        let newest = chain.permits.iter().rfind(|permit| permit.place < release.place);
        let permit = newest.filter(|permit| permit.digest() == release.permit);
        let in_force = permit.is_some_and(|permit| release.place.at < permit.not_after);
        self.require(
            Check::Release,
            in_force,
            "A release rests on no permit that was in force.",
        );
        let allowed = |name: &CompartmentName| match name {
            CompartmentName::Category(category) => {
                permit.is_some_and(|permit| permit.categories.contains(category))
            }
            CompartmentName::View(_) => true,
        };
        self.require(
            Check::Release,
            release.sent.iter().all(allowed),
            "Something was released that no permit allows.",
        );

        let envelope = chain
            .envelopes
            .iter()
            .find(|envelope| envelope.digest() == release.envelope);
        let sealed = envelope.filter(|envelope| envelope.place < release.place);
        let whole = sealed.is_some_and(|envelope| splits(envelope, release));
        self.require(
            Check::Release,
            whole,
            "A release does not account for every compartment of its envelope.",
        );
        let explained = release
            .dropped
            .iter()
            .all(|dropped| self.explains(dropped, release));
        self.require(
            Check::Release,
            explained,
            "Something was withheld without a decision that says so.",
        );
    }

    /// Whether the decision that a withheld compartment cites says no to it, or the permit no longer allowed it: a yes
    /// can lapse without anybody's no.
    fn explains(&self, dropped: &Dropped, release: &Entry<Release>) -> bool {
        match dropped.name {
            CompartmentName::Category(category) => {
                let lacks = |permit: &Entry<Permit>| !permit.categories.contains(&category);
                let permits = self
                    .chain
                    .permits
                    .iter()
                    .filter(|permit| permit.place < release.place);
                self.chain.blocks(&dropped.because, category)
                    || permits
                        .filter(|permit| permit.digest() == dropped.because)
                        .any(lacks)
            }
            CompartmentName::View(_) => self.chain.blocks_something(&dropped.because),
        }
    }
}

/// Whether each compartment of the envelope was either sent or withheld, and nothing else was.
fn splits(envelope: &Envelope, release: &Release) -> bool {
    let sealed: BTreeSet<_> = envelope
        .compartments
        .iter()
        .map(|compartment| compartment.name)
        .collect();
    let named = || {
        release
            .sent
            .iter()
            .copied()
            .chain(release.dropped.iter().map(|dropped| dropped.name))
    };
    named().collect::<BTreeSet<_>>() == sealed && named().count() == sealed.len()
}
