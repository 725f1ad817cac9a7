//! One command while it is being decided: it reads the books and gathers effects, and writes nothing. So whatever refuses,
//! wherever, has changed nothing.

use jiff::SignedDuration;
use rand_core::CryptoRng;

use super::books::Books;
use super::claim::Claim;
use super::effects::{Effects, Kept, Recorded};
use super::handover::Handover;
use super::keys::ChildKey;
use super::notice::{Notice, NoticeKind};
use super::people::{Child, Invited, Session};
use super::secret::SessionToken;
use crate::catalogue::Catalogue;
use crate::clock::{AHEAD, Timestamp};
use crate::digest::Digest;
use crate::evidence::{Act, Event};
use crate::ids::{HandoverId, InvitationId};
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::statement::member::{KeyBundle, Membership, MembershipStatus};
use crate::statement::{Body, Party, RawStatement, SignError, Signer, Statement, StatementError, Verified};

/// How long a statement may have waited in its signer's outbox, in hours: two weeks. A school is away for longer than a
/// weekend, and what it queued before that must not be lost for it. Nothing is gained by waiting: periods count from a
/// telling, which must be fresh, and a term from the earlier of both times.
const WAITED_HOURS: i64 = 14 * 24;

/// Who signs permits and releases.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// The gateway's OIN.
    pub gateway: &'a Oin,
    /// Its statement key.
    pub signer: &'a dyn Signer,
}

impl core::fmt::Debug for Signing<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Signing({})", self.gateway)
    }
}

/// A command was not decided.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Expected: the peer is told, nothing changed.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Ours: the gateway's key is unusable.
    #[error("the gateway could not sign")]
    Sign(#[from] SignError),
    /// Ours: the books lack something that every registered state has.
    #[error("the books are incomplete: {0}")]
    Incomplete(&'static str),
    /// Ours: a statement of our own does not read back.
    #[error("a statement of the gateway's own does not read back")]
    Unreadable(#[from] StatementError),
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

pub(super) struct Draft<'a> {
    pub(super) books: &'a Books,
    pub(super) now: Timestamp,
    pub(super) rng: &'a mut dyn CryptoRng,
    signing: Signing<'a>,
    effects: Effects,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        books: &'a Books,
        now: Timestamp,
        rng: &'a mut dyn CryptoRng,
        signing: Signing<'a>,
    ) -> Self {
        Self {
            books,
            now,
            rng,
            signing,
            effects: Effects::default(),
        }
    }

    /// A membership that counts now.
    pub(super) fn active_member(&self, oin: &Oin) -> Result<&'a Verified<Membership>, Failure> {
        let membership = self.books.members.get(oin).ok_or(Reason::NotAMember)?;
        let active = membership.status == MembershipStatus::Active && self.now < membership.not_after;
        if active {
            Ok(membership)
        } else {
            Err(Reason::NotAMember.into())
        }
    }

    /// A membership in whatever state, for policy to judge.
    pub(super) fn member(&self, oin: &Oin) -> Result<&'a Verified<Membership>, Failure> {
        self.books
            .members
            .get(oin)
            .ok_or(Failure::Incomplete("a membership"))
    }

    // What is read

    /// An organisation's key bundle, if it is valid now.
    pub(super) fn bundle(&self, oin: &Oin) -> Result<&'a Verified<KeyBundle>, Failure> {
        let bundle = self
            .books
            .bundles
            .get(oin)
            .filter(|bundle| bundle.is_valid_at(self.now));
        bundle.ok_or_else(|| Reason::KeyNotCurrent.into())
    }

    /// Verifies a claim under an organisation's current statement key. A claim under another key of it is told apart, so
    /// that a node knows to roll over rather than to suspect.
    pub(super) fn verify<T: Body + Clone>(&self, claim: &Claim<T>, by: &Oin) -> Result<Verified<T>, Failure> {
        let key = self.bundle(by)?.verifying_key();
        if claim.statement().key() != Some(key.public().id()) {
            return Err(Reason::KeyNotCurrent.into());
        }
        Ok(claim.under(&[&key])?)
    }

    /// Refuses a statement whose time is not about now: one that starts a period, or takes a decision.
    pub(super) fn fresh(&self, at: Timestamp) -> Result<(), Failure> {
        self.between(at, AHEAD)
    }

    /// Refuses a statement that is older than an outbox keeps it, or from the future.
    pub(super) fn recent(&self, at: Timestamp) -> Result<(), Failure> {
        self.between(at, SignedDuration::from_hours(WAITED_HOURS))
    }

    /// Refuses a statement from the future. What it answers to was checked, so its age does not matter: the node may
    /// have been away for long.
    pub(super) fn past(&self, at: Timestamp) -> Result<(), Failure> {
        self.between(at, SignedDuration::MAX)
    }

    fn between(&self, at: Timestamp, age: SignedDuration) -> Result<(), Failure> {
        let distance = self.now.duration_since(at);
        if -AHEAD <= distance && distance <= age {
            Ok(())
        } else {
            Err(Refusal::about(Reason::TimeOutOfRange, "at").into())
        }
    }

    /// A handover that the caller sends.
    pub(super) fn sent_by(&self, caller: &Oin, id: HandoverId) -> Result<Handover, Failure> {
        let handover = self
            .books
            .handovers
            .get(&id)
            .filter(|handover| handover.sender() == caller);
        Ok(handover.cloned().ok_or(Reason::NotFound)?)
    }

    /// A handover that the caller receives and was told of.
    pub(super) fn received_by(&self, caller: &Oin, id: HandoverId) -> Result<Handover, Failure> {
        let handover = self.books.handovers.get(&id);
        let handover = handover.filter(|handover| handover.recipient() == caller && handover.offered);
        Ok(handover.cloned().ok_or(Reason::NotFound)?)
    }

    /// The child's people, as this command leaves them; a child that nobody was invited for has none.
    pub(super) fn child(&self, key: &ChildKey) -> Child {
        let mut child = self
            .books
            .children
            .get(key)
            .cloned()
            .unwrap_or_else(|| Child::unknown(key.clone()));
        for (_, invited) in self.effects.invitations.values().filter(|(of, _)| of == key) {
            child.put(invited.clone());
        }
        child
    }

    /// An invitation with its child.
    pub(super) fn invited(&self, id: InvitationId) -> Option<(&'a ChildKey, &'a Invited)> {
        self.books
            .invitation(id)
            .map(|(child, invited)| (&child.key, invited))
    }

    /// The guardian behind a session, with keys that count.
    pub(super) fn guardian(&self, session: &SessionToken) -> Result<(&'a ChildKey, &'a Invited), Failure> {
        let session = self
            .books
            .sessions
            .get(&session.digest())
            .filter(|session| self.now < session.not_after);
        let Session { invitation, .. } = session.ok_or(Reason::WrongCodeOrSecret)?;
        let (child, invited) = self
            .invited(*invitation)
            .ok_or(Failure::Incomplete("a session's invitation"))?;
        if invited.current_keys().is_none() {
            return Err(Reason::InvitationNotValid.into());
        }
        Ok((child, invited))
    }

    /// The rules that a handover was proposed under. They decide it to its end, so that a permit can be replayed.
    pub(super) fn catalogue(&self, digest: &Digest) -> Result<&'a Catalogue, Failure> {
        self.books
            .catalogues
            .get(digest)
            .map(AsRef::as_ref)
            .ok_or(Failure::Incomplete("a catalogue"))
    }

    // What is written

    /// Keeps a statement in the story of a handover.
    pub(super) fn keep<T>(&mut self, statement: &Statement<T>, handover: Option<HandoverId>) {
        let (digest, statement) = (statement.digest(), statement.raw().clone());
        self.effects.statements.push(Kept {
            digest,
            statement,
            handover,
        });
    }

    /// Keeps a statement of whichever kind in the story of a handover.
    pub(super) fn keep_raw(&mut self, digest: Digest, statement: RawStatement, handover: Option<HandoverId>) {
        self.effects.statements.push(Kept {
            digest,
            statement,
            handover,
        });
    }

    /// Records an act about a handover.
    pub(super) fn record(&mut self, act: Act, handover: HandoverId, rests_on: Vec<Digest>) {
        let event = Event::new(act, self.now, Some(handover), rests_on);
        self.effects.evidence.push(Recorded { event, child: None });
    }

    /// Records an act with its reason.
    pub(super) fn record_because(
        &mut self,
        act: Act,
        handover: HandoverId,
        rests_on: Vec<Digest>,
        reason: Reason,
    ) {
        let event = Event::new(act, self.now, Some(handover), rests_on).because(reason);
        self.effects.evidence.push(Recorded { event, child: None });
    }

    /// Records an act about a child's people, or about nobody.
    pub(super) fn record_apart(&mut self, act: Act, child: Option<&ChildKey>, rests_on: Vec<Digest>) {
        let event = Event::new(act, self.now, None, rests_on);
        self.effects.evidence.push(Recorded {
            event,
            child: child.cloned(),
        });
    }

    /// The index that the next recorded act will have in the log.
    pub(super) fn next_leaf(&self) -> u64 {
        self.books.next_leaf + u64::try_from(self.effects.evidence.len()).unwrap_or(u64::MAX)
    }

    /// Tells an organisation about a handover.
    pub(super) fn tell(&mut self, to: &Oin, kind: NoticeKind, about: &Handover, statements: Vec<Digest>) {
        self.effects.notices.push(Notice {
            to: to.clone(),
            kind,
            at: self.now,
            handover: Some(about.id()),
            slot: None,
            statements,
            stage: Some(about.state.stage()),
            sealed_view: None,
        });
    }

    /// Tells an inviter about a guardian slot.
    pub(super) fn tell_inviter(&mut self, kind: NoticeKind, invited: &Invited, statements: Vec<Digest>) {
        self.effects.notices.push(Notice {
            to: invited.invitation.inviter.clone(),
            kind,
            at: self.now,
            handover: None,
            slot: Some(invited.invitation.slot),
            statements,
            stage: None,
            sealed_view: None,
        });
    }

    /// What has no method of its own here.
    pub(super) const fn effects(&mut self) -> &mut Effects {
        &mut self.effects
    }

    /// Everything that will change.
    pub(super) fn into_effects(self) -> Effects {
        self.effects
    }

    /// Signs as the gateway.
    pub(super) fn sign<T: Body>(&self, body: &T) -> Result<Verified<T>, Failure> {
        let statement = Statement::sign(body, &[self.signing.signer])?;
        // Signed a moment ago with our own key: nothing to verify, only to read back.
        let digest = statement.digest();
        Ok(statement.reread(&digest, |_| Party::Organisation(self.signing.gateway.clone()))?)
    }

    /// This gateway.
    pub(super) const fn gateway_oin(&self) -> &'a Oin {
        self.signing.gateway
    }
}
