//! What a guardian or young person is shown of the handovers about them.
//!
//! Invariants: a report of unsafety is shown to nobody before it was released; from 16 a parent sees neither the question
//! nor the choice of what rests on consent; nobody is shown another person's own decision.

use std::collections::BTreeSet;

use super::answer::{AwaitedWhat, CommittedRelease, HandoverStatus};
use super::books::Books;
use super::consents::committed;
use super::handover::{Handover, digest_of};
use super::keys::ChildKey;
use super::people::{Child, Invited};
use super::secret::SessionToken;
use super::state::State;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::{Act, Event};
use crate::ids::{HandoverId, SlotId};
use crate::policy::{self, Part, Said};
use crate::reason::{Reason, Refusal};
use crate::statement::permit::Basis;
use crate::statement::{Kind, RawStatement};

/// One handover as one guardian sees it.
#[derive(Debug, Clone)]
pub struct Question {
    /// Where it stands, without what concerns others.
    pub handover: HandoverStatus,
    /// Kind manifest.
    pub manifest: RawStatement,
    /// Kind renewal: the latest, which says the term and age band that hold now. None where the manifest's still do.
    pub renewal: Option<RawStatement>,
    /// Kind attestation: what gave this guardian the capacity that holds now, where it is not the manifest that did.
    pub authority: Option<RawStatement>,
    /// On what it rests.
    pub basis: Basis,
    /// What this guardian may do about it.
    pub part: Part,
    /// Whether something is awaited from this guardian.
    pub awaited: bool,
    /// When this guardian was first told.
    pub told: Option<Timestamp>,
    /// When this guardian's silence counts.
    pub silence: Option<Timestamp>,
    /// Kind decision: this guardian's own, in order of time.
    pub own_decisions: Vec<RawStatement>,
    /// Kind membership.
    pub sender: RawStatement,
    /// Kind membership.
    pub recipient: RawStatement,
    /// Releases so far.
    pub releases: Vec<CommittedRelease>,
}

/// The guardian behind a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardian {
    /// About which child, at which organisation.
    pub child: ChildKey,
    /// In which slot.
    pub slot: SlotId,
    /// Under which invitation.
    pub invitation: crate::ids::InvitationId,
}

impl Books {
    /// Who is behind a session, if it counts at `now`.
    pub fn guardian(&self, session: &SessionToken, now: Timestamp) -> Result<Guardian, Refusal> {
        let session = self
            .sessions
            .get(&session.digest())
            .filter(|session| now < session.not_after);
        let session = session.ok_or(Reason::WrongCodeOrSecret)?;
        let (child, invited) = self
            .invitation(session.invitation)
            .ok_or(Reason::WrongCodeOrSecret)?;
        if invited.current_keys().is_none() {
            return Err(Reason::InvitationNotValid.into());
        }
        let slot = invited.invitation.slot;
        Ok(Guardian {
            child: child.key.clone(),
            slot,
            invitation: session.invitation,
        })
    }

    /// Every handover of the loaded child that this guardian may see; open ones first, then the newest.
    pub fn questions(&self, guardian: &Guardian) -> Vec<Question> {
        let of_child = self
            .handovers()
            .filter(|handover| handover.child() == guardian.child);
        let mut questions: Vec<Question> = of_child
            .filter_map(|handover| self.question(guardian, handover.id()))
            .collect();
        questions.sort_by_key(|question| {
            (
                question.handover.stage.is_outcome(),
                core::cmp::Reverse(question.handover.handover),
            )
        });
        questions
    }

    /// One handover as this guardian sees it; `None` where there is nothing to see.
    pub fn question(&self, guardian: &Guardian, id: HandoverId) -> Option<Question> {
        let handover = self
            .handovers
            .get(&id)
            .filter(|handover| handover.child() == guardian.child)?;
        let child = self.children.get(&guardian.child)?;
        let part = self.part(handover, child, guardian.slot)?;
        let rules = self
            .catalogues
            .get(&handover.manifest.catalogue)?
            .rules(handover.manifest.purpose)?;
        let status = status_for(handover, guardian.slot);
        let told = handover.said.iter().find_map(|said| match said {
            Said::Told(told) if told.slot == guardian.slot => Some(told.at),
            _ => None,
        });
        let own_decisions = handover.said.iter().filter_map(|said| match said {
            Said::Decision(decision) if decision.slot == guardian.slot => {
                Some(decision.statement().raw().clone())
            }
            _ => None,
        });
        Some(Question {
            renewal: renewal(handover),
            authority: self.authority(handover, child, guardian.slot),
            manifest: handover.manifest.statement().raw().clone(),
            basis: rules.ground.basis()?,
            part,
            awaited: status
                .awaited
                .iter()
                .any(|awaited| awaited.what != AwaitedWhat::Telling),
            silence: status.awaited.iter().filter_map(|awaited| awaited.until).min(),
            told,
            own_decisions: own_decisions.collect(),
            sender: self.members.get(handover.sender())?.statement().raw().clone(),
            recipient: self.members.get(handover.recipient())?.statement().raw().clone(),
            releases: committed(handover),
            handover: status,
        })
    }

    /// The change of authority that gave the person in `slot` the capacity that holds, as it was attested.
    fn authority(&self, handover: &Handover, child: &Child, slot: SlotId) -> Option<RawStatement> {
        let (said, activated) = (handover.heard(child), child.activated());
        let facts = handover.facts(
            self.members.get(handover.sender())?,
            self.members.get(handover.recipient())?,
            &said,
            &activated,
        );
        let changed = policy::capacity_from(&facts, slot)?;
        said.iter().find_map(|said| match said {
            Said::Attestation(attestation) if attestation.digest() == changed => {
                Some(attestation.statement().raw().clone())
            }
            _ => None,
        })
    }

    /// What the person in `slot` may see of a handover; `None` is nothing at all.
    pub(super) fn part(&self, handover: &Handover, child: &Child, slot: SlotId) -> Option<Part> {
        let catalogue = self.catalogues.get(&handover.manifest.catalogue)?;
        let (sender, recipient) = (
            self.members.get(handover.sender())?,
            self.members.get(handover.recipient())?,
        );
        let (said, activated) = (handover.heard(child), child.activated());
        let facts = handover.facts(sender, recipient, &said, &activated);
        match policy::part(&facts, catalogue, slot) {
            Part::Nothing => {
                // After its release a report of unsafety is no longer hidden from those it names.
                let basis = catalogue
                    .rules(handover.manifest.purpose)
                    .and_then(|rules| rules.ground.basis());
                let released = handover.state.release().is_some();
                let told = basis == Some(Basis::Safety) && released && handover.concerns(slot);
                told.then_some(Part::Informed)
            }
            part => Some(part),
        }
    }

    /// Whether this guardian may be shown an event, and which of its statements. `None` hides the event altogether.
    ///
    /// Own decisions of others are hidden with their statements; that they decided shows only below 16 and only as a
    /// fact. What professionals attest, and what was sent, is shown to everybody who sees the handover.
    pub fn shown_event(
        &self,
        guardian: &Guardian,
        handover: HandoverId,
        event: &Event,
    ) -> Option<Vec<Digest>> {
        let handover = self
            .handovers
            .get(&handover)
            .filter(|handover| handover.child() == guardian.child)?;
        let child = self.children.get(&guardian.child)?;
        let part = self.part(handover, child, guardian.slot)?;
        let decides = matches!(part, Part::Decides | Part::MayObject);
        let others = of_others(handover, child, guardian.slot, decides);
        let rests_on = event.rests_on.iter().filter(|digest| !others.contains(*digest));
        let statements: Vec<Digest> = rests_on.copied().collect();
        match event.act {
            Act::Decided | Act::Withdrawn => {
                let said: BTreeSet<Digest> = handover.said.iter().map(digest_of).collect();
                let said: Vec<Digest> = statements
                    .into_iter()
                    .filter(|digest| said.contains(digest))
                    .collect();
                (decides || !said.is_empty()).then_some(said)
            }
            Act::Attested => decides.then_some(statements),
            // A permit lists what others refused.
            Act::Permitted | Act::PermitLapsed | Act::Refused => decides.then(Vec::new),
            Act::Told => (!statements.is_empty()).then_some(statements),
            Act::Proposed
            | Act::Renewed
            | Act::Previewed
            | Act::ViewAdded
            | Act::Submitted
            | Act::Released
            | Act::Received
            | Act::Quarantined
            | Act::Retracted
            | Act::Expired
            | Act::WithdrawalAnswered
            | Act::Progressed
            | Act::Read
            | Act::Erased
            | Act::FamilyAlerted
            | Act::ContentErased => Some(statements),
            // Who has a say about the child is everybody's business: an ex-partner may act in the other's name.
            Act::Invited | Act::InvitationRevoked | Act::Activated | Act::CodeFoundUsed => Some(Vec::new()),
            _ => None,
        }
    }
}

/// What is not for the person in `slot`, whichever event cites it: what others were told and decided, their letters, and,
/// for whoever has no say in it, what professionals recorded for others.
fn of_others(handover: &Handover, child: &Child, slot: SlotId, decides: bool) -> BTreeSet<Digest> {
    let said = handover.said.iter().filter_map(|said| match said {
        Said::Told(told) if told.slot != slot => Some(told.digest()),
        Said::Decision(decision) if decision.slot != slot => Some(decision.digest()),
        Said::Attestation(attestation) if attestation.slot != Some(slot) && !decides => {
            Some(attestation.digest())
        }
        _ => None,
    });
    let letters = child
        .invitations
        .iter()
        .map(|invited| invited.invitation.digest());
    said.chain(letters).collect()
}

/// The latest renewal, as it was signed.
fn renewal(handover: &Handover) -> Option<RawStatement> {
    handover.said.iter().rev().find_map(|said| match said {
        Said::Renewal(renewal) => Some(renewal.statement().raw().clone()),
        _ => None,
    })
}

/// Kinds of statement that the portal never shows, whichever event cites them: they hold what others decided.
pub const HIDDEN_FROM_PORTAL: &[Kind] = &[Kind::Permit];

/// Where a handover stands, without what concerns other people: who else is awaited, and the permit, which cites every
/// decision.
pub(super) fn status_for(handover: &Handover, slot: SlotId) -> HandoverStatus {
    let mut status = handover.status();
    status.awaited.retain(|awaited| awaited.slot == Some(slot));
    status.permit = None;
    // That somebody else took something back is theirs to tell.
    let own = |withdrawal: &Digest| {
        handover.said.iter().any(|said| match said {
            Said::Decision(decision) => decision.slot == slot && decision.digest() == *withdrawal,
            Said::Attestation(attestation) => {
                attestation.slot == Some(slot) && attestation.digest() == *withdrawal
            }
            Said::Told(_) | Said::Renewal(_) => false,
        })
    };
    status.unanswered.retain(|unanswered| own(&unanswered.withdrawal));
    for because in &mut status.blocked {
        because.about = None;
    }
    if !matches!(handover.state, State::Awaiting(_)) {
        status.decide_again = None;
    }
    status
}

/// The state of an invitation for whoever looks it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// The code was not used yet.
    Open,
    /// The code was used: log in.
    Activated,
    /// A newer letter took over.
    Replaced,
    /// Revoked by the inviter.
    Revoked,
    /// Not used in time.
    Expired,
}

impl Invited {
    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> InvitationState {
        match (self.ended, &self.activated) {
            (Some(super::people::Ended::Replaced), _) => InvitationState::Replaced,
            (Some(super::people::Ended::Revoked), _) => InvitationState::Revoked,
            (None, Some(_)) => InvitationState::Activated,
            (None, None) if now < self.invitation.not_after => InvitationState::Open,
            (None, None) => InvitationState::Expired,
        }
    }
}
