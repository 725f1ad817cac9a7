//! Going on after the gateway's database was put back from a copy: a copy gives back what ended, never what was under way.
//!
//! What was admitted after the copy is gone here, and part of it nobody signed: a retraction, a letter that was revoked. So nothing
//! that stood open in the copy can be gone on with, whatever is returned about it.
//!
//! Invariants: a handover that a restoration holds is never released, sealed or decided again: [`Books::apply`](super::Books::apply)
//! ends it before it decides whatever touches it. Until an organisation has returned what it holds, nothing else that it or its
//! people ask is done, so that a letter it revoked since does not count again. What is returned only ever takes away: a no, a letter
//! that ended, or the end of something that was on its way. It counts by who signed it, not by who returns it, in whatever order, and
//! once.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;
use super::books::Books;
use super::command::{Caller, Command};
use super::consents::{act_of, rests_on};
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::notice::NoticeKind;
use super::returned::{News, takes_back};
use super::state::{Closed, Erase, Released, State};
use crate::category::{Category, CategorySet};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::{HandoverId, InvitationId};
use crate::oin::Oin;
use crate::policy::{self, Said};
use crate::reason::{Reason, Refusal};
use crate::statement::consent::Choice;
use crate::statement::restoration::Restoration;
use crate::statement::{Party, RawStatement, Verified};

/// What a node holds of one handover since the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedHandover {
    /// Which handover.
    pub handover: HandoverId,
    /// Statements that end something or take something back; none where there are none.
    pub statements: Vec<RawStatement>,
}

/// The restoration of the log that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// Its number.
    pub number: u64,
    /// Its digest.
    pub digest: Digest,
}

impl InForce {
    /// The highest number: cursors of what organisations are told begin at 2^40 times the number, and stay below 2^63.
    pub const LAST: u64 = 1 << 20;

    /// The cursor above which everything is told since: nodes keep theirs, and what was told after the copy was below it.
    pub const fn cursor(&self) -> u64 {
        self.number << 40
    }
}

/// A restoration comes into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Which.
    pub in_force: InForce,
    /// When: everything without an outcome is due then.
    pub at: Timestamp,
}

impl Handover {
    /// It was put back by the restoration with this number and falls due at once. An outcome stays.
    pub(super) const fn hold(&mut self, number: u64, at: Timestamp) {
        if !matches!(
            self.state,
            State::Arrived(_) | State::Retracted(_) | State::Expired(_)
        ) {
            self.held = Some(number);
            self.due = Some(at);
        }
    }

    /// Whether it must end before anything else is done with it.
    pub(super) const fn is_held(&self) -> bool {
        let is_open = match &self.state {
            State::Awaiting(_) | State::Blocked(_) | State::Permitted(_) | State::Submitted(_) => true,
            State::Released(released) => !released.stopped,
            State::Arrived(_) | State::Retracted(_) | State::Expired(_) => false,
        };
        self.held.is_some() && is_open
    }

    /// What its recipient may have although nobody here sent it: it ended because the gateway was put back from a copy, and had been
    /// released after that copy.
    pub(super) fn left(&self) -> CategorySet {
        match &self.state {
            State::Retracted(closed) => closed.left,
            _ => CategorySet::NONE,
        }
    }
}

impl Books {
    /// Whether a restoration is in force since which this organisation has not returned everything.
    pub fn awaits_returns_of(&self, organisation: &Oin) -> bool {
        let in_force = self.restoration;
        in_force.is_some_and(|in_force| !self.has_returned(organisation, in_force.number))
    }

    fn has_returned(&self, organisation: &Oin, since: u64) -> bool {
        let number = self.returned.get(organisation);
        number.is_some_and(|number| *number >= since)
    }
}

impl Draft<'_> {
    /// The log goes on from a copy. Whoever asks this has proven that this log extends the one that the restoration names.
    pub(super) fn restore(&mut self, restoration: &Verified<Restoration>) -> Result<Answer, Failure> {
        let about = |what| Failure::from(Refusal::about(Reason::BadStatement, what));
        if *restoration.signer() != Party::Registrar || restoration.log != *self.gateway_oin() {
            return Err(Reason::BadStatement.into());
        }
        if let Some(known) = self.books.restoration {
            if known.digest == restoration.digest() {
                return Ok(Answer::Done);
            }
            if restoration.number <= known.number {
                return Err(about("number: not above the one in force"));
            }
        }
        if restoration.number == 0 || restoration.number > InForce::LAST {
            return Err(about("number"));
        }
        if restoration.size == 0 || restoration.size > self.books.next_leaf {
            return Err(about("size"));
        }
        let in_force = InForce {
            number: restoration.number,
            digest: restoration.digest(),
        };
        self.keep(restoration.statement(), None);
        self.record_apart(Act::LogRestored, None, vec![in_force.digest]);
        self.effects().restored = Some(Restored {
            in_force,
            at: self.now,
        });
        Ok(Answer::Done)
    }

    /// Refuses what an organisation or its people ask before it has returned what it holds since the restoration in force.
    pub(super) fn wait_for_returns(&self, caller: &Caller, command: &Command) -> Result<(), Failure> {
        let Some(in_force) = self.books.restoration else {
            return Ok(());
        };
        let of_letter = |id: &InvitationId| self.invited(*id).map(|(child, _)| &child.inviter);
        let whose = match (caller, command) {
            // Its keys verify what it returns.
            (_, Command::PublishKeyBundle { .. } | Command::ReturnStatements { .. })
            | (Caller::Gateway, _) => None,
            (Caller::Organisation(oin), _) => Some(oin),
            (Caller::Portal(_), command) => match command {
                Command::BeginActivation { invitation, .. } | Command::LogIn { invitation, .. } => {
                    of_letter(invitation)
                }
                Command::Activate { keys, .. } => of_letter(&keys.claimed().invitation),
                Command::Decide { session, .. }
                | Command::AddView { session, .. }
                | Command::PutKeyRing { session, .. } => {
                    let session = self.books.sessions.get(&session.digest());
                    session.and_then(|session| of_letter(&session.invitation))
                }
                // What is about nobody, ends something, or is not a portal's to ask.
                _ => None,
            },
        };
        if whose.is_none_or(|oin| self.has_returned(oin, in_force.number)) {
            Ok(())
        } else {
            Err(Refusal::about(Reason::GatewayRestored, "not everything is returned yet").into())
        }
    }

    fn has_returned(&self, organisation: &Oin, since: u64) -> bool {
        self.books.has_returned(organisation, since)
    }

    /// Ends a handover that a restoration holds: nobody knows what became of it after the copy. What was not released ends; what was
    /// is not sent again, and its receipt may still come.
    pub(super) fn end_held(&mut self, mut handover: Handover) -> Result<(), Failure> {
        let id = handover.id();
        let sealed = match &handover.state {
            State::Submitted(submitted) => Some(submitted.envelope.digest()),
            State::Released(released) => Some(released.sealed.envelope.digest()),
            _ => None,
        };
        if let Some(envelope) = sealed {
            self.erase(id, Erase::Everything, Some(envelope), &[]);
        }
        if let State::Released(released) = handover.state {
            handover.state = State::Released(Released {
                stopped: true,
                ..released
            });
            return self.put(handover);
        }
        handover.state = State::Retracted(Closed {
            because: Some(Reason::PushAgain),
            ..Closed::after(None)
        });
        handover.decides = None;
        self.record_because(Act::Retracted, id, Vec::new(), Reason::PushAgain);
        self.tell_sender(&handover, NoticeKind::Retracted, Vec::new());
        if handover.offered {
            let recipient = handover.recipient().clone();
            self.tell(&recipient, NoticeKind::Retracted, &handover, Vec::new());
        }
        self.put(handover)
    }

    /// What a node holds since the copy. Once it has said that this is all, nothing that it returns changes anything.
    pub(super) fn take_returned(
        &mut self,
        caller: &Oin,
        restoration: Digest,
        (returned, ended): (&[ReturnedHandover], &[InvitationId]),
        is_all: bool,
    ) -> Result<Answer, Failure> {
        let in_force = self.books.restoration.filter(|known| known.digest == restoration);
        let number = in_force
            .ok_or_else(|| Refusal::about(Reason::GatewayRestored, "restoration"))?
            .number;
        let is_over = self.has_returned(caller, number);
        if !is_over {
            self.end_letters(caller, ended)?;
        }
        let mut about: BTreeMap<HandoverId, Vec<&RawStatement>> = BTreeMap::new();
        for returned in returned {
            about
                .entry(returned.handover)
                .or_default()
                .extend(&returned.statements);
        }
        let (mut unknown, mut not_taken) = (BTreeSet::new(), BTreeSet::new());
        for (id, statements) in about {
            let ours = |handover: &Handover| [handover.sender(), handover.recipient()].contains(&caller);
            match self.standing(id).filter(ours) {
                None => _ = unknown.insert(id),
                Some(handover) if !is_over => {
                    if !self.compare(handover, &statements)? {
                        not_taken.insert(id);
                    }
                }
                Some(_) => {}
            }
        }
        if is_all && !is_over {
            let membership = self.member(caller)?.digest();
            self.record_apart(Act::StatementsReturned, None, vec![restoration, membership]);
            self.effects().returned.insert(caller.clone(), number);
        }
        Ok(Answer::Returned { unknown, not_taken })
    }

    /// Revokes letters of the caller's that ended after the copy. Why they ended there does not matter: neither counts.
    fn end_letters(&mut self, caller: &Oin, ended: &[InvitationId]) -> Result<(), Failure> {
        for id in ended.iter().collect::<BTreeSet<_>>() {
            let counts = self
                .invited(*id)
                .is_some_and(|(child, invited)| child.inviter == *caller && invited.ended.is_none());
            if counts {
                self.revoke(caller, *id)?;
            }
        }
        Ok(())
    }

    /// A handover as this command leaves it.
    fn standing(&mut self, id: HandoverId) -> Option<Handover> {
        let changed = self.effects().handovers.get(&id).cloned();
        changed.or_else(|| self.books.handovers.get(&id).cloned())
    }

    /// Puts right what differs from the copy. Whether everything that was returned could be verified.
    fn compare(&mut self, mut handover: Handover, statements: &[&RawStatement]) -> Result<bool, Failure> {
        let News {
            released,
            receipt,
            noes,
            answers,
            mut is_whole,
        } = self.news(&handover, statements)?;
        let mut changed = false;
        if let Some(release) = released
            && let State::Retracted(closed) = &mut handover.state
            && closed.because == Some(Reason::PushAgain)
            && closed.left.is_empty()
        {
            closed.left = release.categories().collect();
            let left = closed.left;
            changed = true;
            let known: Vec<Digest> = handover
                .said
                .iter()
                .filter(|said| takes_back(said, left))
                .map(super::handover::digest_of)
                .collect();
            for digest in known {
                self.tell_both_withdrawn(&handover, digest);
            }
        }
        if let Some(receipt) = receipt
            && let State::Released(released) = handover.state.clone()
            && released.release.digest() == receipt.release
        {
            self.arrive(&mut handover, released, receipt)?;
            changed = true;
        }
        for said in noes {
            match self.hear_no(&mut handover, said)? {
                Heard::Counts => changed = true,
                Heard::TooLate => {}
                Heard::NotTheirs => is_whole = false,
            }
        }
        for answer in answers {
            let asked = |w: &super::Withdrawal| w.statement == answer.withdrawal && w.answer.is_none();
            if handover.withdrawals.iter().any(asked) {
                self.take_answer(&mut handover, &answer)?;
                changed = true;
            }
        }
        if changed {
            self.put(handover)?;
        }
        Ok(is_whole)
    }

    /// Hears what takes something back that was said after the copy.
    fn hear_no(&mut self, handover: &mut Handover, said: Said) -> Result<Heard, Failure> {
        let (digest, slot, choices, raw, otherwise) = match &said {
            Said::Decision(decision) => (
                decision.digest(),
                Some(decision.slot),
                Some(decision.choices.clone()),
                decision.statement().raw().clone(),
                Act::Decided,
            ),
            Said::Attestation(attestation) => (
                attestation.digest(),
                attestation.slot,
                attestation.what.choices().cloned(),
                attestation.statement().raw().clone(),
                Act::Attested,
            ),
            Said::Told(_) | Said::Renewal(_) => return Ok(Heard::TooLate),
        };
        let (Some(slot), Some(choices)) = (slot, choices) else {
            return Ok(Heard::NotTheirs);
        };
        let counts = match &handover.state {
            State::Arrived(arrived) => arrived.release.categories().any(|sent| blocks(&choices, sent)),
            State::Released(_) => true,
            State::Retracted(closed) => closed.because == Some(Reason::PushAgain),
            // What began since is decided here, and nobody returns anything about it.
            State::Awaiting(_)
            | State::Blocked(_)
            | State::Permitted(_)
            | State::Submitted(_)
            | State::Expired(_) => false,
        };
        if !counts {
            return Ok(Heard::TooLate);
        }
        let child = self.child(&handover.child());
        let say = self.with_facts(handover, &child, |facts, rules| {
            policy::has_say(facts, rules, slot, &choices)
        })?;
        if say.is_err() {
            return Ok(Heard::NotTheirs);
        }
        let act = act_of(handover, &choices, otherwise);
        self.keep_raw(digest, raw, Some(handover.id()));
        self.record(act, handover.id(), rests_on(handover, act, digest));
        handover.hear(said);
        self.take_effect(handover, digest, Some(&choices))?;
        Ok(Heard::Counts)
    }

    /// Tells both sides of something that was taken back.
    pub(super) fn tell_both_withdrawn(&mut self, handover: &Handover, digest: Digest) {
        self.tell_sender(handover, NoticeKind::Withdrawn, vec![digest]);
        let recipient = handover.recipient().clone();
        self.tell(&recipient, NoticeKind::Withdrawn, handover, vec![digest]);
    }
}

/// What became of a no that was returned.
enum Heard {
    /// It is on record, and told where it must be.
    Counts,
    /// It takes back nothing that anybody has.
    TooLate,
    /// Whoever said it has no say here.
    NotTheirs,
}

pub(super) fn blocks(choices: &BTreeMap<Category, Choice>, category: Category) -> bool {
    choices.get(&category).is_some_and(|choice| choice.blocks())
}
