//! The statements of one handover, each verified under the key that counted where the log has it.

use super::Trust;
use super::bundle::Bundle;
use super::log::{Log, Place};
use super::members::{Members, of_kind};
use super::report::{Check, Findings};
use crate::category::Category;
use crate::clock::{AHEAD, Timestamp};
use crate::digest::Digest;
use crate::ids::SlotId;
use crate::oin::Oin;
use crate::statement::application::Application;
use crate::statement::consent::{Attestation, Attested, Choice, Decision, GuardianKeys, Invitation, Told};
use crate::statement::envelope::{Envelope, Release};
use crate::statement::manifest::{Manifest, Renewal};
use crate::statement::member::CatalogueText;
use crate::statement::outcome::{Progress, Receipt, WithdrawalAnswer};
use crate::statement::permit::Permit;
use crate::statement::{Body, Kind, Party, Statement, Verified, VerifyingKey};

/// A statement that says when it was made.
trait Dated: Body {
    fn dated(&self) -> Timestamp;
}

macro_rules! dated {
    ($($body:ty),+) => { $( impl Dated for $body { fn dated(&self) -> Timestamp { self.at } } )+ };
}
dated!(
    Manifest,
    Renewal,
    Application,
    Invitation,
    GuardianKeys,
    Told,
    Decision,
    Attestation,
    Permit,
    Envelope
);
dated!(Release, Receipt, WithdrawalAnswer, Progress);

/// A verified statement and where the log has it.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) place: Place,
    pub(super) statement: Verified<T>,
}

impl<T> core::ops::Deref for Entry<T> {
    type Target = Verified<T>;
    fn deref(&self) -> &Verified<T> {
        &self.statement
    }
}

/// Every verified statement of the handover, each kind in the order of the log.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) catalogue: Option<Verified<CatalogueText>>,
    pub(super) manifest: Entry<Manifest>,
    pub(super) renewals: Vec<Entry<Renewal>>,
    pub(super) applications: Vec<Entry<Application>>,
    pub(super) invitations: Vec<Entry<Invitation>>,
    pub(super) guardians: Vec<Entry<GuardianKeys>>,
    pub(super) told: Vec<Entry<Told>>,
    pub(super) decisions: Vec<Entry<Decision>>,
    pub(super) attestations: Vec<Entry<Attestation>>,
    pub(super) permits: Vec<Entry<Permit>>,
    pub(super) envelopes: Vec<Entry<Envelope>>,
    pub(super) releases: Vec<Entry<Release>>,
    pub(super) receipts: Vec<Entry<Receipt>>,
    pub(super) answers: Vec<Entry<WithdrawalAnswer>>,
    pub(super) progress: Vec<Entry<Progress>>,
}

/// Reads statements of one kind after the other.
struct Reader<'a> {
    bundle: &'a Bundle,
    log: &'a Log,
    members: &'a Members,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    /// Verifies every statement of `T`'s kind under the keys that `keys` names for it; `None` means that nobody who said
    /// this could say it there.
    fn read<T: Dated>(
        &mut self,
        check: Check,
        keys: impl Fn(&Self, &T, &Statement<T>, Place) -> Option<Vec<VerifyingKey>>,
    ) -> Vec<Entry<T>> {
        let kind = T::KIND;
        let mut entries = Vec::new();
        for raw in of_kind(self.bundle, kind) {
            // One that is not on record was reported already; it counts for nothing here.
            let Some(place) = self.log.place(kind, &raw.digest()) else {
                continue;
            };
            let claim = match Statement::<T>::claim(raw.clone())
                .and_then(|claim| claim.peek().map(|body| (claim, body)))
            {
                Ok(claim) => claim,
                Err(error) => {
                    self.findings
                        .fail(check, format!("A {kind} cannot be read: {error}."));
                    continue;
                }
            };
            let (claim, body) = claim;
            let Some(keys) = keys(self, &body, &claim, place) else {
                let says =
                    format!("A {kind} is by a party that may not say it, or that had no valid key then.");
                self.findings.fail(check, says);
                continue;
            };
            let early = body.dated().duration_since(place.at) > AHEAD;
            self.findings.require(
                Check::Order,
                !early,
                format!("A {kind} is dated after it was put on record."),
            );
            match claim.verify(&keys.iter().collect::<Vec<_>>()) {
                Ok(statement) => entries.push(Entry { place, statement }),
                Err(error) => self
                    .findings
                    .fail(check, format!("A {kind} does not verify: {error}.")),
            }
        }
        entries.sort_by_key(|entry| entry.place);
        entries
    }

    /// As [`Reader::read`], for what `signer` alone may say. `None` where the statement itself names another.
    fn read_by<T: Dated>(&mut self, check: Check, signer: impl Fn(&T) -> Option<Oin>) -> Vec<Entry<T>> {
        self.read(check, |reader, body, _, place| {
            signer(body)
                .and_then(|oin| reader.members.key_at(reader.log, &oin, place))
                .map(|key| vec![key])
        })
    }
}

impl Chain {
    /// Reads everything. `None` without a manifest: then nothing else has a meaning.
    pub(super) fn read(
        bundle: &Bundle,
        log: &Log,
        members: &Members,
        trust: &Trust<'_>,
        findings: &mut Findings,
    ) -> Option<Self> {
        let catalogue = read_catalogue(bundle, trust, findings);
        let mut reader = Reader {
            bundle,
            log,
            members,
            findings,
        };
        let mut manifests = reader.read_by(Check::Manifest, |manifest: &Manifest| {
            Some(manifest.sender.oin.clone())
        });
        if manifests.len() != 1 {
            let says = format!(
                "There must be one verified manifest; there are {}.",
                manifests.len()
            );
            reader.findings.fail(Check::Manifest, says);
        }
        let manifest = manifests.pop()?;
        let (sender, recipient) = (&manifest.sender.oin, &manifest.recipient.oin);

        let renewals = reader.read_by(Check::Renewal, |_: &Renewal| Some(sender.clone()));
        // The recipient gave it to the family before anybody put it on record: its own date decides which key counts.
        let applications = reader.read(Check::Application, |reader, said: &Application, claim, _| {
            let mut keys = reader.members.keys_valid_at(recipient, said.at);
            keys.find(|key| Some(key.public().id()) == claim.key())
                .map(|key| vec![key])
        });
        let invitations = reader.read_by(Check::Guardians, |said: &Invitation| {
            (said.inviter == *sender).then(|| sender.clone())
        });
        let guardians = reader.read(Check::Guardians, |_, said: &GuardianKeys, _, place| {
            let invited = invitations
                .iter()
                .find(|invited| invited.invitation == said.invitation)?;
            let in_time = invited.place.index < place.index && place.at < invited.not_after;
            let own = VerifyingKey::new(Party::Guardian(said.invitation), said.signing.clone());
            (in_time && invited.slot == said.slot).then(|| vec![invited.code_verifying_key(), own])
        });
        let told = reader.read_by(Check::Told, |_: &Told| Some(sender.clone()));
        let decisions = reader.read(Check::Decisions, |_, decision: &Decision, _, place| {
            let keys = guardians
                .iter()
                .find(|keys| keys.invitation == decision.invitation)?;
            (keys.place.index < place.index && keys.slot == decision.slot).then(|| vec![keys.verifying_key()])
        });
        let attestations = reader.read_by(Check::Attestations, |_: &Attestation| Some(sender.clone()));
        let permits = reader.read_by(Check::Permit, |permit: &Permit| Some(permit.gateway.clone()));
        let envelopes = reader.read_by(Check::Envelope, |_: &Envelope| Some(sender.clone()));
        let gateway = permits.first().map(|permit| permit.gateway.clone());
        let releases = reader.read_by(Check::Release, |_: &Release| gateway.clone());
        let receipts = reader.read_by(Check::Receipt, |_: &Receipt| Some(recipient.clone()));
        let answers = reader.read_by(Check::Withdrawal, |_: &WithdrawalAnswer| Some(recipient.clone()));
        let progress = reader.read_by(Check::Progress, |said: &Progress| {
            let by = &said.by.on_behalf_of;
            (by == sender || by == recipient).then(|| by.clone())
        });
        Some(Self {
            catalogue,
            manifest,
            renewals,
            applications,
            invitations,
            guardians,
            told,
            decisions,
            attestations,
            permits,
            envelopes,
            releases,
            receipts,
            answers,
            progress,
        })
    }

    /// Whether the manifest, or a change of authority that was on record before, names this slot.
    pub(super) fn concerns(&self, slot: SlotId, before: Place) -> bool {
        let named = self
            .manifest
            .guardians
            .iter()
            .any(|guardian| guardian.slot == slot);
        let given = |said: &Entry<Attestation>| {
            let changed = matches!(said.what, Attested::AuthorityChanged { .. });
            changed && said.slot == Some(slot) && said.place < before
        };
        named || self.attestations.iter().any(given)
    }

    /// Whether the decision or attestation with this digest says no to `category`.
    pub(super) fn blocks(&self, digest: &Digest, category: Category) -> bool {
        let decided = self
            .decisions
            .iter()
            .find(|said| said.digest() == *digest)
            .map(|said| &said.choices);
        let attested = || {
            let said = self.attestations.iter().find(|said| said.digest() == *digest)?;
            said.what.choices()
        };
        let choices = decided.or_else(attested);
        choices
            .and_then(|choices| choices.get(&category))
            .is_some_and(|choice| Choice::blocks(*choice))
    }

    /// Whether the decision or attestation with this digest says no to anything at all.
    pub(super) fn blocks_something(&self, digest: &Digest) -> bool {
        Category::ALL
            .iter()
            .any(|category| self.blocks(digest, *category))
    }
}

fn read_catalogue(
    bundle: &Bundle,
    trust: &Trust<'_>,
    findings: &mut Findings,
) -> Option<Verified<CatalogueText>> {
    let mut catalogues = of_kind(bundle, Kind::Catalogue);
    let (Some(raw), None) = (catalogues.next(), catalogues.next()) else {
        findings.fail(Check::Catalogue, "There must be exactly one catalogue.");
        return None;
    };
    match Statement::<CatalogueText>::claim(raw.clone()).and_then(|claim| claim.verify(&[trust.registrar])) {
        Ok(catalogue) => Some(catalogue),
        Err(error) => {
            findings.fail(
                Check::Catalogue,
                format!("The catalogue is not the registrar's: {error}."),
            );
            None
        }
    }
}
