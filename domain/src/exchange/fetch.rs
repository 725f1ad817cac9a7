//! The recipient's side: fetching, acknowledging, and answering a withdrawal.

use std::collections::BTreeSet;

use super::answer::{Answer, Fetched};
use super::claim::Claim;
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::notice::NoticeKind;
use super::state::{Closed, Erase, Released, State, Submitted, Verdict};
use crate::category::Category;
use crate::evidence::Act;
use crate::ids::HandoverId;
use crate::oin::Oin;
use crate::policy::Said;
use crate::reason::{Reason, Refusal};
use crate::statement::envelope::{CompartmentName, Release};
use crate::statement::outcome::{Outcome, Receipt, WithdrawalAnswer, WithdrawalOutcome};
use crate::statement::{RawStatement, Statement, Verified};

impl Draft<'_> {
    pub(super) fn fetch(&mut self, caller: &Oin, id: HandoverId) -> Result<Answer, Failure> {
        let handover = self.received_by(caller, id)?;
        match &handover.state {
            State::Submitted(_) => self.release(handover),
            State::Released(_) => self.release_again(handover),
            State::Awaiting(_) | State::Blocked(_) | State::Permitted(_) | State::Arrived(_) => {
                Err(Reason::NothingToFetch.into())
            }
            State::Retracted(_) | State::Expired(_) => Err(Reason::HandoverClosed.into()),
        }
    }

    /// Decides anew and commits a release of what may go now. If nothing may, that is an outcome or a step back, and stays.
    fn release(&mut self, mut handover: Handover) -> Result<Answer, Failure> {
        self.redecide(&mut handover, &[])?;
        let State::Submitted(submitted) = handover.state.clone() else {
            let reason = match &handover.state {
                State::Retracted(_) | State::Expired(_) => Reason::HandoverClosed,
                _ => Reason::NoPermit,
            };
            self.put(handover)?;
            return Ok(Answer::Refused(reason.into()));
        };
        let release = Release {
            handover: handover.id(),
            recipient: handover.recipient().clone(),
            manifest: handover.manifest.digest(),
            permit: submitted.permit.digest(),
            envelope: submitted.envelope.digest(),
            sent: submitted.sent(),
            dropped: submitted.dropped(),
            at: self.now,
        };
        if release.categories().next().is_none() {
            // Every compartment was forbidden at some time. What was erased does not come back by a later yes.
            let cause = [submitted.permit.digest()];
            handover.state = State::Retracted(Closed::after(None));
            handover.decides = None;
            self.erase(
                handover.id(),
                Erase::Everything,
                Some(submitted.envelope.digest()),
                &cause,
            );
            self.end(&handover, Act::Retracted, NoticeKind::Retracted, &cause);
            self.put(handover)?;
            return Ok(Answer::Refused(Reason::HandoverClosed.into()));
        }
        let release = self.sign(&release)?;
        let digest = release.digest();
        self.keep(release.statement(), Some(handover.id()));
        let rests_on = vec![digest, submitted.permit.digest(), submitted.envelope.digest()];
        self.record(Act::Released, handover.id(), rests_on);
        handover.known.insert(digest);
        let released = submitted.release(release);
        let fetched = self.fetched(&handover, &released);
        handover.state = State::Released(released);
        handover.decides = None;
        self.tell_sender(&handover, NoticeKind::Released, vec![digest]);
        self.put(handover)?;
        Ok(fetched)
    }

    /// The same release again, if everything in it may still go. If not, it never arrived: nothing is sent a second time.
    fn release_again(&mut self, mut handover: Handover) -> Result<Answer, Failure> {
        let verdict = self.verdict(&mut handover)?;
        let State::Released(released) = handover.state.clone() else {
            return Err(Reason::NothingToFetch.into());
        };
        if !released.stopped && matches!(&verdict, Verdict::Permit(permit) if released.is_covered_by(permit))
        {
            return Ok(self.fetched(&handover, &released));
        }
        let envelope = released.sealed.envelope.digest();
        let erase = if released.stopped {
            Erase::Nothing
        } else {
            Erase::Everything
        };
        let cause = [released.release.digest()];
        let closed = released.never_arrived();
        let (state, act, notice) = match verdict {
            Verdict::Over | Verdict::Pause { .. } => {
                (State::Expired(closed), Act::Expired, NoticeKind::Expired)
            }
            _ => (State::Retracted(closed), Act::Retracted, NoticeKind::Retracted),
        };
        handover.state = state;
        handover.decides = None;
        self.erase(handover.id(), erase, Some(envelope), &cause);
        self.end(&handover, act, notice, &cause);
        self.put(handover)?;
        Ok(Answer::Refused(Reason::NoPermit.into()))
    }

    fn fetched(&self, handover: &Handover, released: &Released) -> Answer {
        let Submitted {
            permit,
            sealed_under,
            envelope,
            ..
        } = &released.sealed;
        let original = (sealed_under.digest() != permit.digest()).then(|| raw(sealed_under.statement()));
        Answer::Fetched(Box::new(Fetched {
            handover: handover.id(),
            release: raw(released.release.statement()),
            permit: raw(permit.statement()),
            original_permit: original,
            manifest: raw(handover.manifest.statement()),
            envelope: raw(envelope.statement()),
            sent: released.release.sent.clone(),
            proofs: self.proofs(handover, &released.release),
        }))
    }

    /// What a permit rests on, in order: application, everything said, and before each guardian's first decision the
    /// invitation and keys that it was made under. And the invitations and keys of whose remarks go along: without them the
    /// sender alone would say whose they are.
    fn proofs(&self, handover: &Handover, release: &Release) -> Vec<RawStatement> {
        let mut proofs: Vec<RawStatement> = Vec::new();
        proofs.extend(
            handover
                .application
                .as_ref()
                .map(|application| raw(application.statement())),
        );
        let mut shown = BTreeSet::new();
        let child = self.child(&handover.child());
        let of_views = child.invitations.iter().filter(|invited| {
            let view = CompartmentName::View(invited.invitation.slot);
            invited.activated.is_some() && release.sent.contains(&view)
        });
        for invited in of_views {
            shown.insert(invited.invitation.invitation);
            proofs.push(raw(invited.invitation.statement()));
            proofs.extend(
                invited
                    .activated
                    .as_ref()
                    .map(|activated| raw(activated.keys.statement())),
            );
        }
        for said in &handover.said {
            if let Said::Decision(decision) = said
                && shown.insert(decision.invitation)
                && let Some((_, invited)) = self.books.invitation(decision.invitation)
            {
                proofs.push(raw(invited.invitation.statement()));
                proofs.extend(
                    invited
                        .activated
                        .as_ref()
                        .map(|activated| raw(activated.keys.statement())),
                );
            }
            proofs.push(match said {
                Said::Told(told) => raw(told.statement()),
                Said::Decision(decision) => raw(decision.statement()),
                Said::Attestation(attestation) => raw(attestation.statement()),
                Said::Renewal(renewal) => raw(renewal.statement()),
            });
        }
        proofs
    }

    pub(super) fn acknowledge(&mut self, caller: &Oin, receipt: &Claim<Receipt>) -> Result<Answer, Failure> {
        let mut handover = self.received_by(caller, receipt.claimed().handover)?;
        if handover.known.contains(&receipt.digest()) {
            return Ok(Answer::Handover(handover.status()));
        }
        let receipt = self.verify(receipt, caller)?;
        self.past(receipt.at)?;
        let released = match handover.state.clone() {
            State::Released(released) => released,
            State::Retracted(_) | State::Expired(_) => return Err(Reason::HandoverClosed.into()),
            _ => return Err(Reason::WrongStage.into()),
        };
        self.arrive(&mut handover, released, receipt)?;
        self.moved(handover)
    }

    /// The recipient has it. The receipt is verified.
    pub(super) fn arrive(
        &mut self,
        handover: &mut Handover,
        released: Released,
        receipt: Verified<Receipt>,
    ) -> Result<(), Failure> {
        if receipt.release != released.release.digest() {
            return Err(Refusal::about(Reason::BadStatement, "release").into());
        }
        let (act, notice) = match &receipt.result {
            Outcome::Received { categories } => {
                let arrived: BTreeSet<Category> = categories.iter().copied().collect();
                if arrived != released.release.categories().collect() || arrived.len() != categories.len() {
                    return Err(Refusal::about(Reason::EnvelopeMismatch, "categories").into());
                }
                (Act::Received, NoticeKind::Received)
            }
            Outcome::Quarantined { .. } => (Act::Quarantined, NoticeKind::Quarantined),
        };
        let digest = receipt.digest();
        self.keep(receipt.statement(), Some(handover.id()));
        self.record(act, handover.id(), vec![digest, receipt.release]);
        handover.known.insert(digest);
        handover.state = State::Arrived(released.arrive(receipt));
        if act == Act::Received {
            self.begin_warm(handover, digest)?;
        }
        // Delivered: the gateway keeps no content.
        self.effects().emptied.insert(handover.id());
        self.tell_sender(handover, notice, vec![digest]);
        Ok(())
    }

    pub(super) fn answer_withdrawal(
        &mut self,
        caller: &Oin,
        answer: &Claim<WithdrawalAnswer>,
    ) -> Result<Answer, Failure> {
        let mut handover = self.received_by(caller, answer.claimed().handover)?;
        if handover.known.contains(&answer.digest()) {
            return Ok(Answer::Handover(handover.status()));
        }
        let answer = self.verify(answer, caller)?;
        self.past(answer.at)?;
        if answer.by.on_behalf_of != *caller {
            return Err(Refusal::about(Reason::Malformed, "by.on_behalf_of").into());
        }
        self.take_answer(&mut handover, &answer)?;
        self.moved(handover)
    }

    /// Puts the answer beside the withdrawal that it is to. The answer is verified.
    pub(super) fn take_answer(
        &mut self,
        handover: &mut Handover,
        answer: &Verified<WithdrawalAnswer>,
    ) -> Result<(), Failure> {
        let withdrawal = handover
            .withdrawals
            .iter_mut()
            .find(|w| w.statement == answer.withdrawal);
        let withdrawal = withdrawal.ok_or_else(|| Refusal::about(Reason::NotFound, "withdrawal"))?;
        if withdrawal.answer.is_some() {
            return Err(Reason::WrongStage.into());
        }
        let digest = answer.digest();
        withdrawal.answer = Some(digest);
        withdrawal.is_erased = answer.result == (WithdrawalOutcome::Erased {});
        self.keep(answer.statement(), Some(handover.id()));
        self.record(
            Act::WithdrawalAnswered,
            handover.id(),
            vec![digest, answer.withdrawal],
        );
        handover.known.insert(digest);
        // What was not taken back is still theirs to act on.
        if handover.is_all_erased() {
            self.end_warm(handover, digest);
        }
        self.tell_sender(handover, NoticeKind::WithdrawalAnswered, vec![digest]);
        Ok(())
    }
}

fn raw<T>(statement: &Statement<T>) -> RawStatement {
    statement.raw().clone()
}
