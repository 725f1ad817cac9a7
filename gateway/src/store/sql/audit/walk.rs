//! Where the events of a handover lead: the same steps that the exchange took, told by the log alone.

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Act, Event};
use handdruk_domain::exchange::State;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Verified;

/// What the events of one handover say, in order.
#[derive(Debug, Default)]
pub(super) struct Walk {
    stage: Option<Stage>,
    permitted: Option<Digest>,
    /// Envelope, and the permit it was sealed under.
    submitted: Vec<Digest>,
    /// Release, permit, envelope.
    released: Vec<Digest>,
    receipt: Option<Digest>,
    /// Content was erased after the release: it is not sent again.
    stopped: bool,
    offered: bool,
    withdrawn: Vec<Digest>,
    /// Answer, and the withdrawal that it is to.
    answered: Vec<(Digest, Digest)>,
}

impl Walk {
    pub(super) fn along<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut walk = Self::default();
        for event in events {
            walk.step(event);
        }
        walk
    }

    fn step(&mut self, event: &Event) {
        let first = event.rests_on.first().copied();
        let second = event.rests_on.get(1).copied();
        match event.act {
            Act::Proposed | Act::PermitLapsed => self.stage = Some(Stage::Awaiting),
            Act::Refused => self.stage = Some(Stage::Blocked),
            Act::Permitted => {
                self.permitted = first;
                // What is sealed already stays so under a later permit.
                if self.stage != Some(Stage::Submitted) {
                    self.stage = Some(Stage::Permitted);
                }
            }
            Act::Submitted => {
                self.submitted.clone_from(&event.rests_on);
                self.offered = true;
                self.stage = Some(Stage::Submitted);
            }
            Act::Released => {
                self.released.clone_from(&event.rests_on);
                self.stage = Some(Stage::Released);
            }
            Act::ContentErased => self.stopped |= self.stage == Some(Stage::Released),
            Act::Received | Act::Quarantined => {
                self.receipt = first;
                self.stage = Some(if event.act == Act::Received {
                    Stage::Received
                } else {
                    Stage::Quarantined
                });
            }
            Act::Retracted => self.stage = Some(Stage::Retracted),
            Act::Expired => self.stage = Some(Stage::Expired),
            Act::Withdrawn => self.withdrawn.extend(first),
            Act::WithdrawalAnswered => self.answered.extend(first.zip(second)),
            _ => {}
        }
    }

    /// Whether a handover may stand there. Who is awaited may change without an event, so that what was blocked may
    /// await somebody again.
    pub(super) fn leads_to(&self, stage: Stage) -> bool {
        self.stage == Some(stage) || (self.stage == Some(Stage::Blocked) && stage == Stage::Awaiting)
    }

    /// Whether the recipient was told that something waits.
    pub(super) const fn offered(&self) -> bool {
        self.offered
    }

    /// Whether a state rests on the very permit, envelope, release and receipt that the events record.
    pub(super) fn carries(&self, state: &State) -> bool {
        let submitted = |envelope: Digest, under: Digest| self.submitted == [envelope, under];
        match state {
            State::Awaiting(_) | State::Blocked(_) => true,
            State::Permitted(permitted) => self.permitted == Some(permitted.permit.digest()),
            State::Submitted(sealed) => {
                self.permitted == Some(sealed.permit.digest())
                    && submitted(sealed.envelope.digest(), sealed.sealed_under.digest())
            }
            State::Released(released) => {
                let sealed = &released.sealed;
                let withheld = released
                    .release
                    .dropped
                    .iter()
                    .map(|dropped| (dropped.name, dropped.because));
                let release = [
                    released.release.digest(),
                    sealed.permit.digest(),
                    sealed.envelope.digest(),
                ];
                self.released == release
                    && submitted(sealed.envelope.digest(), sealed.sealed_under.digest())
                    && sealed
                        .erased
                        .iter()
                        .map(|(name, because)| (*name, *because))
                        .eq(withheld)
                    && released.stopped == self.stopped
            }
            State::Arrived(arrived) => {
                self.released.first() == Some(&arrived.release.digest())
                    && self.released.get(1) == Some(&arrived.permit.digest())
                    && self.receipt == Some(arrived.receipt.digest())
            }
            State::Retracted(closed) | State::Expired(closed) => {
                self.released.first().copied() == closed.release.as_ref().map(Verified::digest)
            }
        }
    }

    /// Whether consents taken back, and the answers to that, are those of the events. Not every withdrawal touches what
    /// was released, so there may be more events.
    pub(super) fn withdrew(&self, withdrawals: &[(Digest, Option<Digest>)]) -> bool {
        let known = withdrawals
            .iter()
            .all(|(withdrawn, _)| self.withdrawn.contains(withdrawn));
        let answered: Vec<_> = withdrawals
            .iter()
            .filter_map(|(withdrawn, answer)| Some(((*answer)?, *withdrawn)))
            .collect();
        known
            && answered.len() == self.answered.len()
            && answered.iter().all(|answer| self.answered.contains(answer))
    }
}
