//! The chain behind a permit: invitation, keys, decision; what was told, attested and renewed. Verified by whoever relies
//! on it, the sending node before it seals and the receiving node before it opens.
//!
//! Invariant: nothing counts because the gateway says so. Decisions count only under keys that were activated with the code
//! of an invitation that the *sender* issued for that very slot; the rest only under the sender's own statement keys. Then
//! the same `policy::decide` is asked what follows from it, at a time that our own clock vouches for, and a permit that
//! allows more is refused.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{AHEAD, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{InvitationId, SlotId};
use handdruk_domain::oin::Oin;
use handdruk_domain::policy::{Decided, Facts, Granted, Said, decide};
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::application::Application;
use handdruk_domain::statement::consent::{Attestation, Decision, GuardianKeys, Invitation, Told};
use handdruk_domain::statement::manifest::{Manifest, Renewal};
use handdruk_domain::statement::member::Membership;
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Body, Kind, Party, RawStatement, Statement, Verified, VerifyingKey};

use crate::directory::Chain;
use crate::error::NodeError;

/// Refuses a time that is not here yet, and would be decided by although nobody lived it.
pub(crate) fn is_here(at: Timestamp, now: Timestamp) -> Result<(), NodeError> {
    if at.duration_since(now) <= AHEAD {
        Ok(())
    } else {
        Err(NodeError::about(Reason::TimeOutOfRange, "at: ahead of our clock"))
    }
}

/// When a release is judged that is dated `released` and that we asked for at `asked`: the gateway decides anew at every
/// fetch, so one that it dates back wins no more than clocks may differ.
pub(crate) fn judged_at(released: Timestamp, asked: Timestamp) -> Timestamp {
    asked
        .checked_sub(AHEAD)
        .map_or(released, |earliest| released.max(earliest))
}

/// What was verified of the statements behind a handover.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    invitations: BTreeMap<InvitationId, Verified<Invitation>>,
    keys: BTreeMap<InvitationId, Verified<GuardianKeys>>,
    application: Option<Verified<Application>>,
    said: Vec<Said>,
}

fn claim<T: Body>(raw: &RawStatement) -> Result<Statement<T>, NodeError> {
    Statement::claim(raw.clone()).map_err(|_| NodeError::reason(Reason::BadStatement))
}

/// Verifies the keys that a guardian activated under an invitation: signed by the code's key and by the own one.
pub(crate) fn guardian_keys(
    statement: &Statement<GuardianKeys>,
    invitation: &Verified<Invitation>,
) -> Result<Verified<GuardianKeys>, NodeError> {
    let bad = || NodeError::reason(Reason::BadStatement);
    let says = statement.peek().map_err(|_| bad())?;
    if says.invitation != invitation.invitation || says.slot != invitation.slot {
        return Err(bad());
    }
    let own = VerifyingKey::new(Party::Guardian(says.invitation), says.signing);
    Ok(statement.verify(&[&invitation.code_verifying_key(), &own])?)
}

impl Proofs {
    /// Verifies statements in the order of the log. Kinds that are no proof of a decision are passed over. `sender` and
    /// `recipient` are the chains of key bundles of the manifest's two ends.
    pub(crate) fn gather(
        statements: &[RawStatement],
        manifest: &Verified<Manifest>,
        sender: &Chain,
        recipient: Option<&Chain>,
    ) -> Result<Self, NodeError> {
        let mut proofs = Self::default();
        // Who was invited stands before who decided, wherever the statements stand.
        for raw in statements.iter().filter(|raw| raw.kind == Kind::Invitation) {
            let invitation = sender.verify(&claim::<Invitation>(raw)?)?;
            if invitation.inviter != manifest.sender.oin || invitation.child != manifest.child {
                return Err(NodeError::reason(Reason::BadStatement));
            }
            proofs.invitations.insert(invitation.invitation, invitation);
        }
        for raw in statements.iter().filter(|raw| raw.kind == Kind::GuardianKeys) {
            let statement = claim::<GuardianKeys>(raw)?;
            let says = statement.peek()?;
            let invitation = proofs.invitations.get(&says.invitation);
            let invitation = invitation.ok_or_else(|| NodeError::reason(Reason::BadStatement))?;
            let keys = guardian_keys(&statement, invitation)?;
            proofs.keys.insert(keys.invitation, keys);
        }
        for raw in statements {
            proofs.hear(raw, manifest, sender, recipient)?;
        }
        Ok(proofs)
    }

    fn hear(
        &mut self,
        raw: &RawStatement,
        manifest: &Verified<Manifest>,
        sender: &Chain,
        recipient: Option<&Chain>,
    ) -> Result<(), NodeError> {
        match raw.kind {
            Kind::Told => self.said.push(Said::Told(sender.verify(&claim::<Told>(raw)?)?)),
            Kind::Attestation => self
                .said
                .push(Said::Attestation(sender.verify(&claim::<Attestation>(raw)?)?)),
            Kind::Renewal => self
                .said
                .push(Said::Renewal(sender.verify(&claim::<Renewal>(raw)?)?)),
            Kind::Decision => {
                let statement = claim::<Decision>(raw)?;
                let keys = self.keys.get(&statement.peek()?.invitation);
                let keys = keys.ok_or_else(|| NodeError::reason(Reason::BadStatement))?;
                let decision = statement.verify(&[&keys.verifying_key()])?;
                if decision.slot != keys.slot || decision.manifest != manifest.digest() {
                    return Err(NodeError::reason(Reason::BadStatement));
                }
                self.said.push(Said::Decision(decision));
            }
            Kind::Application => {
                if let Some(recipient) = recipient {
                    self.application = Some(recipient.verify(&claim::<Application>(raw)?)?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The keys of whoever signed under this invitation.
    pub(crate) fn keys_of(&self, invitation: InvitationId) -> Option<&Verified<GuardianKeys>> {
        self.keys.get(&invitation)
    }

    /// Whether a statement with this digest blocks the category.
    pub(crate) fn blocks(&self, digest: Digest, category: Category) -> bool {
        use handdruk_domain::statement::consent::Attested;
        self.said.iter().any(|said| match said {
            Said::Decision(decision) if decision.digest() == digest => decision
                .choices
                .get(&category)
                .is_some_and(|choice| choice.blocks()),
            Said::Attestation(attestation) if attestation.digest() == digest => match &attestation.what {
                Attested::PaperDecision { choices, .. }
                | Attested::AssistedDecision { choices, .. }
                | Attested::SpokenWithdrawal { choices, .. } => {
                    choices.get(&category).is_some_and(|choice| choice.blocks())
                }
                // A holder who no longer decides, or one who now does, can leave a category without its yes.
                Attested::AuthorityChanged { .. } => true,
                Attested::SafetyReport { .. } => false,
            },
            _ => false,
        })
    }

    /// What our own policy grants at `at` by what was verified: at least the categories `goes`.
    pub(crate) fn bear_out(
        &self,
        manifest: &Verified<Manifest>,
        (sender, recipient): (&Verified<Membership>, &Verified<Membership>),
        catalogue: &Catalogue,
        goes: &BTreeSet<Category>,
        at: Timestamp,
    ) -> Result<Granted, NodeError> {
        let activated: BTreeSet<SlotId> = self.keys.values().map(|keys| keys.slot).collect();
        let facts = Facts {
            manifest,
            sender,
            recipient,
            application: self.application.as_ref(),
            said: &self.said,
            activated: &activated,
        };
        match decide(&facts, catalogue, at) {
            Decided::Permit(granted) if goes.is_subset(granted.categories()) => Ok(granted),
            Decided::Permit(_) | Decided::Await(_) | Decided::Refuse(_) => Err(NodeError::about(
                Reason::NoPermit,
                "the permit does not follow from the statements behind it",
            )),
        }
    }
}

/// Verifies that a permit is the gateway's, for this manifest, by the catalogue that the manifest cites, and decided by now.
pub(crate) fn permit(
    statement: &Statement<Permit>,
    gateway: (&Chain, &Oin),
    manifest: &Verified<Manifest>,
    now: Timestamp,
) -> Result<Verified<Permit>, NodeError> {
    let permit = gateway.0.verify(statement)?;
    is_here(permit.at, now)?;
    let fits = permit.gateway == *gateway.1
        && permit.handover == manifest.handover
        && permit.manifest == manifest.digest()
        && permit.catalogue == manifest.catalogue
        && permit
            .categories
            .iter()
            .all(|category| manifest.categories.contains_key(category))
        && permit
            .categories
            .iter()
            .all(|category| !permit.blocked.contains_key(category));
    if fits {
        Ok(permit)
    } else {
        Err(NodeError::reason(Reason::NoPermit))
    }
}

#[cfg(test)]
mod tests;
