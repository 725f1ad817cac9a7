//! The sending organisation about people: inviting, revoking, attesting.

use std::collections::BTreeMap;

use super::answer::{Answer, CommittedRelease};
use super::claim::Claim;
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::keys::ChildKey;
use super::notice::NoticeKind;
use super::people::{Ended, Invited};
use super::propose::about_manifest;
use super::restored::blocks;
use super::secret::GatewayHalf;
use super::state::State;
use crate::category::Category;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::{InvitationId, SlotId};
use crate::oin::Oin;
use crate::policy::{self, Said};
use crate::reason::{Reason, Refusal};
use crate::statement::Algorithm;
use crate::statement::consent::{Attestation, Attested, Choice, Invitation};

/// The length of an invitation's anchor (HMAC-SHA256), in bytes.
const ANCHOR: usize = 32;

impl Draft<'_> {
    pub(super) fn invite(&mut self, caller: &Oin, claim: &Claim<Invitation>) -> Result<Answer, Failure> {
        if let Some((_, known)) = self.invited(claim.claimed().invitation) {
            // The same invitation again, or somebody else's id.
            return if known.invitation.digest() == claim.digest() && known.invitation.inviter == *caller {
                Ok(Answer::Done)
            } else {
                Err(Refusal::about(Reason::RequestIdReused, "invitation").into())
            };
        }
        let invitation = self.verify(claim, caller)?;
        self.recent(invitation.at)?;
        if invitation.inviter != *caller {
            return Err(Refusal::about(Reason::BadStatement, "inviter").into());
        }
        if invitation.code_key.algorithm() != Algorithm::P256 {
            return Err(Refusal::about(Reason::Malformed, "code_key").into());
        }
        if invitation.anchor.0.len() != ANCHOR {
            return Err(Refusal::about(Reason::Malformed, "anchor").into());
        }
        if invitation.not_after <= self.now {
            return Err(Refusal::about(Reason::TimeOutOfRange, "not_after").into());
        }
        let key = ChildKey {
            inviter: caller.clone(),
            child: invitation.child,
        };
        let child = self.child(&key);
        let replaced = child.current(invitation.slot);
        // One letter per slot counts. Taking over is said, so that nobody does it unawares. The one that is named may have ended
        // meanwhile: its inviter returned it as ended, after the gateway was put back from a copy, before this one arrived.
        let named = invitation.replaces.and_then(|id| child.invited(id));
        let takes_over_ended = replaced.is_none()
            && named.is_some_and(|named| named.ended.is_some() && named.invitation.slot == invitation.slot);
        if replaced.map(|invited| invited.invitation.invitation) != invitation.replaces && !takes_over_ended {
            return Err(Refusal::about(Reason::InvitationNotValid, "replaces").into());
        }
        let digest = invitation.digest();
        if let Some(replaced) = replaced {
            self.end_invitation(&key, replaced, Ended::Replaced, vec![digest]);
        }
        self.keep(invitation.statement(), None);
        self.record_apart(Act::Invited, Some(&key), vec![digest]);
        let gateway_half = GatewayHalf::random(&mut self.rng);
        let id = invitation.invitation;
        let invited = Invited {
            invitation,
            gateway_half,
            activated: None,
            ended: None,
        };
        self.effects().invitations.insert(id, (key, invited));
        Ok(Answer::Done)
    }

    fn end_invitation(&mut self, key: &ChildKey, invited: &Invited, ended: Ended, statements: Vec<Digest>) {
        let ended = Invited {
            ended: Some(ended),
            ..invited.clone()
        };
        self.tell_inviter(NoticeKind::InvitationEnded, &ended, statements);
        self.effects()
            .invitations
            .insert(ended.invitation.invitation, (key.clone(), ended));
    }

    /// Permits no longer rest on what its keys agreed to, so every open handover of the child is decided anew.
    pub(super) fn revoke(&mut self, caller: &Oin, id: InvitationId) -> Result<Answer, Failure> {
        let (key, invited) = self
            .invited(id)
            .filter(|(key, _)| key.inviter == *caller)
            .ok_or(Reason::NotFound)?;
        if invited.ended == Some(Ended::Revoked) {
            return Ok(Answer::Done);
        }
        let digest = invited.invitation.digest();
        self.record_apart(Act::InvitationRevoked, Some(key), vec![digest]);
        self.end_invitation(key, invited, Ended::Revoked, vec![digest]);
        for mut handover in self.open_handovers(key) {
            let touched = handover
                .said
                .iter()
                .any(|said| matches!(said, Said::Decision(d) if d.invitation == id));
            if touched {
                self.redecide(&mut handover, &[digest])?;
                self.put(handover)?;
            }
        }
        Ok(Answer::Done)
    }

    fn open_handovers(&self, key: &ChildKey) -> Vec<Handover> {
        let of_child = self.books.handovers().filter(|handover| handover.child() == *key);
        of_child
            .filter(|handover| !handover.state.stage().is_outcome())
            .cloned()
            .collect()
    }

    pub(super) fn attest(&mut self, caller: &Oin, claim: &Claim<Attestation>) -> Result<Answer, Failure> {
        let attestation = self.verify(claim, caller)?;
        self.fresh(attestation.at)?;
        policy::attestation_counts(&attestation)?;
        let digest = attestation.digest();
        let (manifest, choices) = match &attestation.what {
            Attested::AuthorityChanged { .. } => return self.authority_changed(caller, &attestation),
            Attested::PaperDecision { manifest, choices }
            | Attested::AssistedDecision { manifest, choices }
            | Attested::SpokenWithdrawal { manifest, choices } => (*manifest, Some(choices)),
            Attested::SafetyReport { manifest } => (*manifest, None),
        };
        let id = attestation
            .handover
            .ok_or_else(|| Refusal::about(Reason::Malformed, "handover"))?;
        let mut handover = self.sent_by(caller, id)?;
        if handover.known.contains(&digest) {
            return Ok(Answer::Attested {
                handovers: vec![handover.status()],
            });
        }
        about_manifest(&handover, manifest)?;
        if attestation.child != handover.manifest.child {
            return Err(Refusal::about(Reason::BadStatement, "child").into());
        }
        let slot = attestation.slot;
        let act = if let (Some(slot), Some(choices)) = (slot, choices) {
            let child = self.child(&handover.child());
            self.with_facts(&handover, &child, |facts, rules| {
                policy::has_say(facts, rules, slot, choices)
            })??;
            in_order(&handover, slot, attestation.at, choices)?;
            takes_effect(&handover, choices)?;
            act_of(&handover, choices, Act::Attested)
        } else {
            super::propose::open(&handover)?;
            Act::Attested
        };
        self.keep(attestation.statement(), Some(id));
        self.record(act, id, rests_on(&handover, act, digest));
        let choices = choices.cloned();
        handover.hear(Said::Attestation(attestation));
        self.take_effect(&mut handover, digest, choices.as_ref())?;
        self.watch_over(&mut handover)?;
        let status = handover.status();
        self.put(handover)?;
        Ok(Answer::Attested {
            handovers: vec![status],
        })
    }

    /// Concerns everything open about the child.
    fn authority_changed(
        &mut self,
        caller: &Oin,
        attestation: &crate::statement::Verified<Attestation>,
    ) -> Result<Answer, Failure> {
        let (digest, key) = (
            attestation.digest(),
            ChildKey {
                inviter: caller.clone(),
                child: attestation.child,
            },
        );
        let mut handovers = Vec::new();
        let open: Vec<_> = self.open_handovers(&key);
        if open.iter().any(|handover| handover.known.contains(&digest)) {
            return Ok(Answer::Attested {
                handovers: open.iter().map(Handover::status).collect(),
            });
        }
        self.keep(attestation.statement(), None);
        self.record_apart(Act::Attested, Some(&key), vec![digest]);
        for mut handover in open {
            self.keep(attestation.statement(), Some(handover.id()));
            self.record(Act::Attested, handover.id(), vec![digest]);
            handover.hear(Said::Attestation(attestation.clone()));
            self.redecide(&mut handover, &[digest])?;
            self.watch_over(&mut handover)?;
            handovers.push(handover.status());
            self.put(handover)?;
        }
        Ok(Answer::Attested { handovers })
    }

    /// Decides anew, and if a no touches what was released, tells both sides: the recipient must answer.
    pub(super) fn take_effect(
        &mut self,
        handover: &mut Handover,
        digest: Digest,
        choices: Option<&BTreeMap<Category, Choice>>,
    ) -> Result<(), Failure> {
        self.redecide(handover, &[digest])?;
        let left = handover.left();
        if choices.is_some_and(|choices| left.iter().any(|sent| blocks(choices, sent))) {
            self.tell_both_withdrawn(handover, digest);
            return Ok(());
        }
        let (State::Released(_) | State::Arrived(_), Some(release), Some(choices)) =
            (&handover.state, handover.state.release(), choices)
        else {
            return Ok(());
        };
        let touched = release.categories().any(|sent| blocks(choices, sent));
        if touched {
            handover.withdrawals.push(super::handover::Withdrawal {
                statement: digest,
                answer: None,
                is_erased: false,
                watch: None,
            });
            self.unplan(handover);
            self.tell_both_withdrawn(handover, digest);
        }
        Ok(())
    }
}

/// The act that records a choice: a no after a permit is a withdrawal.
pub(super) fn act_of(handover: &Handover, choices: &BTreeMap<Category, Choice>, otherwise: Act) -> Act {
    let after_permit = handover.state.permit().is_some() || handover.state.release().is_some();
    if after_permit && choices.values().any(|choice| choice.blocks()) {
        Act::Withdrawn
    } else {
        otherwise
    }
}

/// What a recorded choice rests on: itself first, and what had been released before it.
pub(super) fn rests_on(handover: &Handover, act: Act, digest: Digest) -> Vec<Digest> {
    let release = handover.state.release().filter(|_| act == Act::Withdrawn);
    core::iter::once(digest)
        .chain(release.map(crate::statement::Verified::digest))
        .collect()
}

/// Refuses a yes that is not later than what was said about this slot before: an old yes must not come after a newer no.
/// A no is taken whatever its date, so that nobody's clock, and nothing dated ahead by somebody else, keeps it out; what
/// counts is the order of the log.
pub(super) fn in_order(
    handover: &Handover,
    slot: SlotId,
    at: Timestamp,
    choices: &BTreeMap<Category, Choice>,
) -> Result<(), Failure> {
    let only_no = choices.values().all(|choice| choice.blocks());
    if !only_no && handover.last_decided(slot).is_some_and(|last| at <= last) {
        return Err(Refusal::about(Reason::TimeOutOfRange, "at: not after the last decision").into());
    }
    Ok(())
}

/// Refuses a choice that could change nothing any more: after the outcome only a no counts, and only about what was
/// received.
pub(super) fn takes_effect(handover: &Handover, choices: &BTreeMap<Category, Choice>) -> Result<(), Failure> {
    let may_have = |category: &Category| match &handover.state {
        State::Arrived(arrived) => arrived.release.categories().any(|sent| sent == *category),
        // What went before the gateway was put back from a copy, as was shown since.
        _ => handover.left().contains(*category),
    };
    if !handover.state.stage().is_outcome() {
        return Ok(());
    }
    let takes_back = !choices.is_empty()
        && choices
            .iter()
            .all(|(category, choice)| choice.blocks() && may_have(category));
    if takes_back {
        Ok(())
    } else {
        Err(Reason::HandoverClosed.into())
    }
}

/// The releases that a withdrawal came after.
pub(super) fn committed(handover: &Handover) -> Vec<CommittedRelease> {
    let arrived = matches!(handover.state, State::Arrived(_));
    let release = handover.state.release().into_iter();
    release
        .map(|release| CommittedRelease {
            release: release.statement().raw().clone(),
            arrived,
        })
        .collect()
}
