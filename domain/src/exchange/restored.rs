//! Going on after the gateway's database was put back from a copy: everything that was admitted after the copy is gone here, and
//! the nodes hold it.
//!
//! Invariants: nothing of a handover that stood in the copy is released before both its parties have returned all that they hold;
//! what they hold and the copy lacks is verified like everything else, under the key that must have signed it; a handover that
//! went on after the copy is not gone on with, unless all that is missing can be put in its place (a release of the very
//! envelope that waits here, its receipt, an answer); a no that was said after the copy counts. What was returned makes nothing
//! releasable that was not.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;
use super::consents::{act_of, rests_on};
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::notice::NoticeKind;
use super::returned::takes_back;
use super::state::{Closed, Erase, State};
use crate::category::Category;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::HandoverId;
use crate::oin::Oin;
use crate::policy::Said;
use crate::reason::{Reason, Refusal};
use crate::statement::consent::Choice;
use crate::statement::envelope::Release;
use crate::statement::restoration::Restoration;
use crate::statement::{Party, RawStatement, Verified};

/// A statement that a node returns, with the handover that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Which handover.
    pub handover: HandoverId,
    /// What the node holds.
    pub statement: RawStatement,
}

/// The restoration of the log that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// Its number.
    pub number: u64,
    /// Its digest.
    pub digest: Digest,
}

impl Draft<'_> {
    /// Whether a handover waits for what its parties hold since the gateway was put back from a copy.
    pub(super) fn is_held(&self, handover: &Handover) -> bool {
        let has_returned = |oin, since| {
            self.books
                .returned
                .get(oin)
                .is_some_and(|number| *number >= since)
        };
        handover.held.is_some_and(|since| {
            !has_returned(handover.sender(), since) || !has_returned(handover.recipient(), since)
        })
    }

    /// The log goes on from a copy. Whoever asks this has proven that this log extends the one that the restoration names.
    pub(super) fn restore(&mut self, restoration: &Verified<Restoration>) -> Result<Answer, Failure> {
        if *restoration.signer() != Party::Registrar || restoration.log != *self.gateway_oin() {
            return Err(Reason::BadStatement.into());
        }
        if let Some(known) = self.books.restoration {
            if known.digest == restoration.digest() {
                return Ok(Answer::Done);
            }
            if restoration.number <= known.number {
                return Err(
                    Refusal::about(Reason::BadStatement, "number: not above the one in force").into(),
                );
            }
        }
        if restoration.size > self.books.next_leaf || restoration.size == 0 || restoration.number == 0 {
            return Err(Refusal::about(Reason::BadStatement, "size or number").into());
        }
        self.keep(restoration.statement(), None);
        self.record_apart(Act::LogRestored, None, vec![restoration.digest()]);
        self.effects().restored = Some(restoration.clone());
        Ok(Answer::Done)
    }

    /// What a node holds since the copy. Once it has said that this is all, nothing that it returns changes anything.
    pub(super) fn take_returned(
        &mut self,
        caller: &Oin,
        restoration: Digest,
        returned: &[Returned],
        is_all: bool,
    ) -> Result<Answer, Failure> {
        let in_force = self.books.restoration.filter(|known| known.digest == restoration);
        let number = in_force
            .ok_or_else(|| Refusal::about(Reason::GatewayRestored, "restoration"))?
            .number;
        let is_over = self
            .books
            .returned
            .get(caller)
            .is_some_and(|done| *done >= number);
        let mut about: BTreeMap<HandoverId, Vec<&RawStatement>> = BTreeMap::new();
        for returned in returned {
            about
                .entry(returned.handover)
                .or_default()
                .push(&returned.statement);
        }
        let mut unknown = BTreeSet::new();
        for (id, statements) in about {
            let ours = |handover: &&Handover| [handover.sender(), handover.recipient()].contains(&caller);
            match self.books.handovers.get(&id).filter(ours).cloned() {
                None => _ = unknown.insert(id),
                Some(handover) if !is_over => self.compare(handover, caller, &statements)?,
                Some(_) => {}
            }
        }
        if is_all && !is_over {
            let membership = self.member(caller)?.digest();
            self.record_apart(Act::StatementsReturned, None, vec![restoration, membership]);
            self.effects().returned.insert(caller.clone(), number);
        }
        Ok(Answer::Returned { unknown })
    }

    /// Compares what is held about a handover with the copy, and puts right what differs.
    fn compare(
        &mut self,
        mut handover: Handover,
        caller: &Oin,
        statements: &[&RawStatement],
    ) -> Result<(), Failure> {
        let news = self.news(&handover, statements)?;
        let shows_release = news.release.is_some() && caller == handover.recipient();
        let nothing = !shows_release
            && news.receipt.is_none()
            && news.answers.is_empty()
            && news.noes.is_empty()
            && !news.is_refused
            && !news.went_on;
        if nothing {
            return Ok(());
        }
        let mut went_on = news.went_on;
        if let Some(release) = &news.release {
            went_on |= !self.adopt(&mut handover, release);
        }
        if let Some(receipt) = news.receipt {
            match handover.state.clone() {
                State::Released(released) if released.release.digest() == receipt.release => {
                    self.arrive(&mut handover, released, receipt)?;
                }
                _ => went_on = true,
            }
        }
        for answer in news.answers {
            let asked = |w: &super::Withdrawal| w.statement == answer.withdrawal && w.answer.is_none();
            if handover.withdrawals.iter().any(asked) {
                self.take_answer(&mut handover, &answer)?;
            }
        }
        let refused = news.is_refused || !news.noes.is_empty();
        let mut told = Vec::new();
        for said in news.noes {
            told.extend(self.hear_no(&mut handover, said)?);
        }
        match &mut handover.state {
            State::Awaiting(_) | State::Blocked(_) | State::Permitted(_) | State::Submitted(_) => {
                self.end_as_gone_on(&mut handover, refused, shows_release, &told);
            }
            State::Released(_) if went_on || news.is_refused => self.stop(&mut handover),
            State::Retracted(closed) if closed.because.is_some() => {
                closed.left |= shows_release;
            }
            State::Released(_) | State::Arrived(_) | State::Retracted(_) | State::Expired(_) => {}
        }
        self.tell_if_left(&handover, shows_release, &told);
        self.put(handover)
    }

    /// Takes a release that was committed after the copy, if it is one of the very envelope that waits here, under the permit in
    /// force. Whether nothing of it is left to explain.
    fn adopt(&mut self, handover: &mut Handover, release: &Verified<Release>) -> bool {
        let State::Submitted(submitted) = handover.state.clone() else {
            return false;
        };
        let fits = release.permit == submitted.permit.digest()
            && release.envelope == submitted.envelope.digest()
            && release.sent == submitted.sent()
            && release.dropped == submitted.dropped();
        if fits {
            let digest = release.digest();
            self.keep(release.statement(), Some(handover.id()));
            self.record(
                Act::Released,
                handover.id(),
                vec![digest, release.permit, release.envelope],
            );
            handover.known.insert(digest);
            handover.state = State::Released(submitted.release(release.clone()));
            handover.decides = None;
            self.tell_sender(handover, NoticeKind::Released, vec![digest]);
        }
        fits
    }

    /// Hears what takes something away. Its digest, if it is on record now.
    fn hear_no(&mut self, handover: &mut Handover, said: Said) -> Result<Option<Digest>, Failure> {
        let (digest, choices) = match &said {
            Said::Decision(decision) => (decision.digest(), decision.choices.clone()),
            Said::Attestation(attestation) => match attestation.what.choices() {
                Some(choices) => (attestation.digest(), choices.clone()),
                None => return Ok(None),
            },
            Said::Told(_) | Said::Renewal(_) => return Ok(None),
        };
        let counts = match &handover.state {
            State::Retracted(closed) => closed.because.is_some(),
            State::Expired(_) => false,
            State::Arrived(arrived) => arrived.release.categories().any(|sent| blocks(&choices, sent)),
            _ => true,
        };
        if !counts {
            return Ok(None);
        }
        let (kept, otherwise) = match &said {
            Said::Decision(decision) => (decision.statement().raw().clone(), Act::Decided),
            _ => match &said {
                Said::Attestation(attestation) => (attestation.statement().raw().clone(), Act::Attested),
                _ => return Ok(None),
            },
        };
        let act = act_of(handover, &choices, otherwise);
        self.keep_raw(digest, kept, Some(handover.id()));
        self.record(act, handover.id(), rests_on(handover, act, digest));
        handover.hear(said);
        if matches!(handover.state, State::Released(_) | State::Arrived(_)) {
            self.take_effect(handover, digest, Some(&choices))?;
        }
        Ok(Some(digest))
    }

    /// It went on after the copy, and nobody knows how far: it ends, on record and told to both.
    fn end_as_gone_on(&mut self, handover: &mut Handover, refused: bool, left: bool, cause: &[Digest]) {
        if let State::Submitted(submitted) = &handover.state {
            let envelope = submitted.envelope.digest();
            self.erase(handover.id(), Erase::Everything, Some(envelope), cause);
        }
        let because = if refused {
            Reason::ConsentNotInForce
        } else {
            Reason::PushAgain
        };
        handover.state = State::Retracted(Closed {
            release: None,
            because: Some(because),
            left,
        });
        handover.decides = None;
        self.record_because(Act::Retracted, handover.id(), cause.to_vec(), because);
        self.tell_sender(handover, NoticeKind::Retracted, cause.to_vec());
        if handover.offered {
            let recipient = handover.recipient().clone();
            self.tell(&recipient, NoticeKind::Retracted, handover, Vec::new());
        }
    }

    /// What is under way is not sent a second time.
    fn stop(&mut self, handover: &mut Handover) {
        let State::Released(released) = &mut handover.state else {
            return;
        };
        if !released.stopped {
            released.stopped = true;
            let envelope = released.sealed.envelope.digest();
            self.erase(handover.manifest.handover, Erase::Everything, Some(envelope), &[]);
        }
    }

    /// A recipient to whom it was released after the copy has what was taken back since, although nothing here says so.
    fn tell_if_left(&mut self, handover: &Handover, shows_release: bool, told: &[Digest]) {
        let State::Retracted(Closed { left: true, .. }) = &handover.state else {
            return;
        };
        let noes: Vec<Digest> = if shows_release {
            let noes = handover.said.iter().filter(|said| takes_back(said));
            noes.map(super::handover::digest_of).collect()
        } else {
            told.to_vec()
        };
        for digest in noes {
            let recipient = handover.recipient().clone();
            self.tell(&recipient, NoticeKind::Withdrawn, handover, vec![digest]);
        }
    }
}

fn blocks(choices: &BTreeMap<Category, Choice>, category: Category) -> bool {
    choices.get(&category).is_some_and(|choice| choice.blocks())
}
