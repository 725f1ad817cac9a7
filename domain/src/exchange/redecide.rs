//! Deciding anew: every change, every fetch and every end of a period comes through here.

use super::answer::{Answer, Awaited, AwaitedWhat, BlockedBecause};
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::notice::NoticeKind;
use super::people::{Child, Ended};
use super::state::{Awaiting, Erase, State, Verdict};
use crate::catalogue::Catalogue;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::ids::{HandoverId, PermitId};
use crate::oin::Oin;
use crate::policy::{self, Decided, Facts, Granted, Said, What, Who};
use crate::reason::{Reason, Refusal};
use crate::stage::Stage;
use crate::statement::permit::Basis;

impl Draft<'_> {
    /// Time alone may have changed the decision.
    pub(super) fn tick(&mut self, id: HandoverId, municipality: Option<&Oin>) -> Result<Answer, Failure> {
        let mut handover = self.books.handovers.get(&id).cloned().ok_or(Reason::NotFound)?;
        // One thing for each call, in the order in which they fell due: whoever comes late tells what was late before what
        // ended later.
        let decides = handover.decides.filter(|decides| *decides <= self.now);
        let rung = self.next_rung(&handover)?.filter(|rung| *rung <= self.now);
        match (decides, rung) {
            (Some(decides), Some(rung)) if rung < decides => self.climb(&mut handover, municipality)?,
            (Some(_), _) => self.redecide(&mut handover, &[])?,
            (None, Some(_)) => self.climb(&mut handover, municipality)?,
            (None, None) => {}
        }
        self.moved(handover)
    }

    /// Puts a handover in place, with every deadline that it has now.
    pub(super) fn put(&mut self, mut handover: Handover) -> Result<(), Failure> {
        self.watch_over(&mut handover)?;
        self.effects().handovers.insert(handover.id(), handover);
        Ok(())
    }

    /// Decides `handover` anew and moves it, erasing what may no longer go. The sender is told if something changed, the
    /// recipient if an outcome was reached of something that it was offered. `cause` is what led to it.
    pub(super) fn redecide(&mut self, handover: &mut Handover, cause: &[Digest]) -> Result<(), Failure> {
        if handover.state.stage().is_outcome() {
            return Ok(());
        }
        let verdict = self.verdict(handover)?;
        self.move_by(handover, verdict, cause)
    }

    /// Moves a handover by a verdict.
    pub(super) fn move_by(
        &mut self,
        handover: &mut Handover,
        verdict: Verdict,
        cause: &[Digest],
    ) -> Result<(), Failure> {
        let before = handover.status();
        let envelope = match &handover.state {
            State::Submitted(submitted) => Some(submitted.envelope.digest()),
            State::Released(released) => Some(released.sealed.envelope.digest()),
            _ => None,
        };
        let had_permit = handover.state.permit().is_some();
        let (state, erase) = handover.state.clone().decided(verdict);
        handover.state = state;
        handover.set_decides(self.basis(handover)?, self.now);
        self.erase(handover.id(), erase, envelope, cause);
        let after = handover.status();
        if after == before {
            return Ok(());
        }
        match after.stage {
            Stage::Permitted | Stage::Submitted => {
                let permit = handover.state.permit().map(crate::statement::Verified::digest);
                self.tell_sender(handover, NoticeKind::Permitted, permit.into_iter().collect());
            }
            Stage::Awaiting => {
                if had_permit {
                    let reason = lapse_reason(&after.awaited);
                    self.record_because(Act::PermitLapsed, handover.id(), cause.to_vec(), reason);
                }
                self.tell_sender(handover, NoticeKind::Decided, cause.to_vec());
            }
            Stage::Blocked => {
                let reason = after
                    .blocked
                    .first()
                    .map_or(Reason::ConsentBlocked, |blocked| blocked.reason);
                self.record_because(Act::Refused, handover.id(), cause.to_vec(), reason);
                self.tell_sender(handover, NoticeKind::Blocked, cause.to_vec());
            }
            Stage::Retracted => self.end(handover, Act::Retracted, NoticeKind::Retracted, cause),
            Stage::Expired => self.end(handover, Act::Expired, NoticeKind::Expired, cause),
            Stage::Released | Stage::Received | Stage::Quarantined => {}
        }
        Ok(())
    }

    /// Records an outcome and tells those who know of the handover.
    pub(super) fn end(&mut self, handover: &Handover, act: Act, notice: NoticeKind, cause: &[Digest]) {
        self.record(act, handover.id(), cause.to_vec());
        self.tell_sender(handover, notice, cause.to_vec());
        if handover.offered {
            // The recipient was never shown who decided what, so it is not told now.
            self.tell(&handover.recipient().clone(), notice, handover, Vec::new());
        }
    }

    pub(super) fn tell_sender(&mut self, handover: &Handover, kind: NoticeKind, statements: Vec<Digest>) {
        self.tell(&handover.sender().clone(), kind, handover, statements);
    }

    /// Erases sealed content, on record.
    pub(super) fn erase(&mut self, id: HandoverId, erase: Erase, envelope: Option<Digest>, cause: &[Digest]) {
        match erase {
            Erase::Nothing => return,
            Erase::Compartments(names) => self
                .effects()
                .erased
                .extend(names.into_iter().map(|name| (id, name))),
            Erase::Everything => _ = self.effects().emptied.insert(id),
        }
        let rests_on = envelope.into_iter().chain(cause.iter().copied()).collect();
        self.record(Act::ContentErased, id, rests_on);
    }

    /// On what a handover rests by its catalogue.
    pub(super) fn basis(&self, handover: &Handover) -> Result<Option<Basis>, Failure> {
        let catalogue = self.catalogue(&handover.manifest.catalogue)?;
        Ok(catalogue
            .rules(handover.manifest.purpose)
            .and_then(|rules| rules.ground.basis()))
    }

    /// Calls `ask` with the facts of a handover.
    pub(super) fn with_facts<T>(
        &self,
        handover: &Handover,
        child: &Child,
        ask: impl FnOnce(&Facts<'_>, &Catalogue) -> T,
    ) -> Result<T, Failure> {
        let catalogue = self.catalogue(&handover.manifest.catalogue)?;
        let (sender, recipient) = (
            self.member(handover.sender())?,
            self.member(handover.recipient())?,
        );
        let activated = child.activated();
        let said = handover.heard(child);
        Ok(ask(
            &handover.facts(sender, recipient, &said, &activated),
            catalogue,
        ))
    }

    /// What policy says now. A permit is signed only where it differs from the one in force.
    pub(super) fn verdict(&mut self, handover: &mut Handover) -> Result<Verdict, Failure> {
        if handover.term_end() <= self.now {
            let until = handover.pause_end(self.basis(handover)?);
            return Ok(if self.now < until {
                Verdict::Pause { until }
            } else {
                Verdict::Over
            });
        }
        let child = self.child(&handover.child());
        let now = self.now;
        let decided = self.with_facts(handover, &child, |facts, catalogue| {
            policy::decide(facts, catalogue, now)
        })?;
        Ok(match decided {
            Decided::Refuse(reasons) => {
                Verdict::Refuse(reasons.into_iter().map(BlockedBecause::from).collect())
            }
            Decided::Await(awaiting) => Verdict::Await(Awaiting {
                awaited: awaiting.from.iter().map(awaited).collect(),
                decide_again: Some(awaiting.decide_again),
            }),
            Decided::Permit(granted) if rests_on_revoked(&granted, handover, &child) => {
                Verdict::Refuse(vec![Refusal::new(Reason::ConsentNotInForce).into()])
            }
            Decided::Permit(granted) => self.permit(handover, granted)?,
        })
    }

    fn permit(&mut self, handover: &mut Handover, granted: Granted) -> Result<Verdict, Failure> {
        if let State::Released(released) = &handover.state {
            // No other release follows, so no other permit is needed: only whether what went may still go.
            let covered = released
                .release
                .categories()
                .all(|c| granted.categories().contains(&c));
            return Ok(if covered {
                Verdict::Permit(Box::new(released.sealed.permit.clone()))
            } else {
                Verdict::Refuse(vec![Refusal::new(Reason::NoPermit).into()])
            });
        }
        if let Some(permit) = handover.state.permit()
            && granted.is_same_as(permit)
        {
            return Ok(Verdict::Permit(Box::new(permit.clone())));
        }
        let id = PermitId::at(self.now, &mut self.rng);
        let permit = self.sign(&granted.into_permit(id, self.gateway_oin().clone()))?;
        handover.known.insert(permit.digest());
        self.keep(permit.statement(), Some(handover.id()));
        self.record(Act::Permitted, handover.id(), vec![permit.digest()]);
        Ok(Verdict::Permit(Box::new(permit)))
    }
}

/// A yes under an invitation that the inviter revoked since carries nothing. A decision that said nothing but yes was not
/// even heard; this catches one that said both, whose no must stay heard. A human sorts it out.
fn rests_on_revoked(granted: &Granted, handover: &Handover, child: &Child) -> bool {
    handover.said.iter().any(|said| match said {
        Said::Decision(decision) => {
            let revoked = child
                .invited(decision.invitation)
                .is_some_and(|i| i.ended == Some(Ended::Revoked));
            revoked
                && decision.choices.values().any(|choice| !choice.blocks())
                && granted.rests_on().contains(&decision.digest())
        }
        _ => false,
    })
}

fn awaited(awaited: &policy::Awaited) -> Awaited {
    let slot = match awaited.who {
        Who::Sender => None,
        Who::Slot { slot, .. } => Some(slot),
    };
    let (what, until) = match &awaited.what {
        What::Telling => (AwaitedWhat::Telling, None),
        What::Inspection { until } => (AwaitedWhat::Inspection, Some(*until)),
        What::Answer { .. } => (AwaitedWhat::Decision, None),
        What::Objection { until, .. } => (AwaitedWhat::ObjectionPeriod, Some(*until)),
        What::SecondPerson => (AwaitedWhat::SecondPerson, None),
    };
    Awaited { slot, what, until }
}

fn lapse_reason(awaited: &[Awaited]) -> Reason {
    if awaited
        .iter()
        .any(|awaited| awaited.what == AwaitedWhat::Decision)
    {
        Reason::ConsentNotInForce
    } else {
        Reason::NoPermit
    }
}
