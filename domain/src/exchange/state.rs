//! The handover as a state machine. Each state carries its own data; a step consumes the state and returns the next.
//!
//! Invariants: a release is only made from [`Submitted`] and only by [`Submitted::release`], which takes the permit that
//! was decided at that moment; an outcome is never left; content that may no longer go is named for erasure in the same
//! step that forbids it.

use std::collections::BTreeMap;

use super::answer::{Awaited, BlockedBecause};
use crate::category::CategorySet;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::reason::Reason;
use crate::stage::Stage;
use crate::statement::Verified;
use crate::statement::envelope::{CompartmentName, Dropped, Envelope, Release};
use crate::statement::outcome::{Outcome, Receipt};
use crate::statement::permit::Permit;

/// Where a handover stands, with what that state knows.
#[derive(Debug, Clone)]
pub enum State {
    /// Admitted; somebody is awaited, or the term is over and may yet be renewed.
    Awaiting(Awaiting),
    /// A known no blocks it, or nobody can be asked.
    Blocked(Blocked),
    /// A permit is in force.
    Permitted(Permitted),
    /// The sealed envelope waits.
    Submitted(Submitted),
    /// The release is committed.
    Released(Released),
    /// Outcome: received, or quarantined.
    Arrived(Arrived),
    /// Outcome: withdrawn or retracted before it was received.
    Retracted(Closed),
    /// Outcome: its term ended first.
    Expired(Closed),
}

/// Somebody is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaiting {
    /// Who, and what.
    pub awaited: Vec<Awaited>,
    /// When time alone changes the decision.
    pub decide_again: Option<Timestamp>,
}

/// A human takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// Every reason.
    pub because: Vec<BlockedBecause>,
}

/// The sender may seal.
#[derive(Debug, Clone)]
pub struct Permitted {
    /// The permit in force.
    pub permit: Verified<Permit>,
}

/// The gateway holds sealed content.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The permit in force.
    pub permit: Verified<Permit>,
    /// The permit that the sender sealed under: the associated data of every compartment.
    pub sealed_under: Verified<Permit>,
    /// What was sealed.
    pub envelope: Verified<Envelope>,
    /// Compartments that were erased because they may no longer go, and the statement because of which. They do not
    /// come back, even if somebody agrees again.
    pub erased: BTreeMap<CompartmentName, Digest>,
}

/// The release is committed; whether it arrived is not known yet.
#[derive(Debug, Clone)]
pub struct Released {
    /// What it was made from.
    pub sealed: Submitted,
    /// The release.
    pub release: Verified<Release>,
    /// Whether something in it may no longer go: it is not sent again.
    pub stopped: bool,
}

/// The recipient said what became of it.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The release.
    pub release: Verified<Release>,
    /// The permit it was made under.
    pub permit: Verified<Permit>,
    /// The receipt.
    pub receipt: Verified<Receipt>,
}

/// The exchange is over without a receipt.
#[derive(Debug, Clone)]
pub struct Closed {
    /// The release that never arrived, if one was committed.
    pub release: Option<Verified<Release>>,
    /// Why, where it ended because the gateway was put back from a copy.
    pub because: Option<Reason>,
    /// What was released of it after the copy, as was shown then. Empty where nothing was.
    pub left: CategorySet,
}

impl Closed {
    /// Ended after this release, or without one.
    pub(super) const fn after(release: Option<Verified<Release>>) -> Self {
        Self {
            release,
            because: None,
            left: CategorySet::NONE,
        }
    }
}

/// What policy says now, for the state machine.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It may go, under this permit.
    Permit(Box<Verified<Permit>>),
    /// Not yet.
    Await(Awaiting),
    /// It may not go.
    Refuse(Vec<BlockedBecause>),
    /// The term is over; a renewal may still come until then.
    Pause {
        /// When it is over for good.
        until: Timestamp,
    },
    /// The term is over for good.
    Over,
}

/// Sealed content that must go in the same step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Erase {
    /// None.
    Nothing,
    /// These compartments.
    Compartments(Vec<CompartmentName>),
    /// All of it.
    Everything,
}

impl State {
    /// The stage by name.
    pub fn stage(&self) -> Stage {
        match self {
            State::Awaiting(_) => Stage::Awaiting,
            State::Blocked(_) => Stage::Blocked,
            State::Permitted(_) => Stage::Permitted,
            State::Submitted(_) => Stage::Submitted,
            State::Released(_) => Stage::Released,
            State::Arrived(arrived) => match arrived.receipt_outcome() {
                Outcome::Received { .. } => Stage::Received,
                Outcome::Quarantined { .. } => Stage::Quarantined,
            },
            State::Retracted(_) => Stage::Retracted,
            State::Expired(_) => Stage::Expired,
        }
    }

    /// The permit in force.
    pub const fn permit(&self) -> Option<&Verified<Permit>> {
        match self {
            State::Permitted(permitted) => Some(&permitted.permit),
            State::Submitted(submitted) => Some(&submitted.permit),
            _ => None,
        }
    }

    /// The release, once committed.
    pub const fn release(&self) -> Option<&Verified<Release>> {
        match self {
            State::Released(released) => Some(&released.release),
            State::Arrived(arrived) => Some(&arrived.release),
            State::Retracted(closed) | State::Expired(closed) => closed.release.as_ref(),
            _ => None,
        }
    }

    /// What policy says now, applied.
    pub(super) fn decided(self, verdict: Verdict) -> (Self, Erase) {
        match self {
            State::Awaiting(_) | State::Permitted(_) => (before_sealing(verdict), Erase::Nothing),
            // A no stays shown as one while the term pauses.
            State::Blocked(blocked) => match verdict {
                Verdict::Pause { .. } => (State::Blocked(blocked), Erase::Nothing),
                verdict => (before_sealing(verdict), Erase::Nothing),
            },
            State::Submitted(submitted) => submitted.decided(verdict),
            State::Released(released) => released.decided(&verdict),
            outcome @ (State::Arrived(_) | State::Retracted(_) | State::Expired(_)) => {
                (outcome, Erase::Nothing)
            }
        }
    }
}

/// Nothing is sealed yet, so the verdict alone makes the state.
fn before_sealing(verdict: Verdict) -> State {
    match verdict {
        Verdict::Permit(permit) => State::Permitted(Permitted { permit: *permit }),
        Verdict::Await(awaiting) => State::Awaiting(awaiting),
        Verdict::Refuse(because) => State::Blocked(Blocked { because }),
        Verdict::Pause { until } => State::Awaiting(Awaiting {
            awaited: Vec::new(),
            decide_again: Some(until),
        }),
        Verdict::Over => State::Expired(Closed::after(None)),
    }
}

impl Permitted {
    /// The sender sealed under this permit.
    pub(super) fn submit(self, envelope: Verified<Envelope>) -> Submitted {
        Submitted {
            sealed_under: self.permit.clone(),
            permit: self.permit,
            envelope,
            erased: BTreeMap::new(),
        }
    }
}

impl Submitted {
    /// The queue keeps what the verdict allows. A consent that paused or lapsed sends the sender back to sealing; a no
    /// retracts.
    fn decided(self, verdict: Verdict) -> (State, Erase) {
        match verdict {
            Verdict::Permit(permit) => {
                let (submitted, lost) = self.under(*permit);
                let erase = if lost.is_empty() {
                    Erase::Nothing
                } else {
                    Erase::Compartments(lost)
                };
                (State::Submitted(submitted), erase)
            }
            Verdict::Refuse(_) => (State::Retracted(Closed::after(None)), Erase::Everything),
            verdict @ (Verdict::Await(_) | Verdict::Pause { .. } | Verdict::Over) => {
                (before_sealing(verdict), Erase::Everything)
            }
        }
    }

    /// The same content under a later permit; also names the compartments that it no longer covers.
    fn under(mut self, permit: Verified<Permit>) -> (Self, Vec<CompartmentName>) {
        let mut lost = Vec::new();
        for compartment in &self.envelope.compartments {
            if let CompartmentName::Category(category) = compartment.name
                && !permit.categories.contains(&category)
                && !self.erased.contains_key(&compartment.name)
            {
                // Nobody's no, but no yes either: then the permit itself is what leaves it out.
                let because = permit
                    .blocked
                    .get(&category)
                    .copied()
                    .unwrap_or_else(|| permit.digest());
                self.erased.insert(compartment.name, because);
                lost.push(compartment.name);
            }
        }
        self.permit = permit;
        (self, lost)
    }

    /// What may be sent now, in the envelope's order.
    pub(super) fn sent(&self) -> Vec<CompartmentName> {
        let names = self
            .envelope
            .compartments
            .iter()
            .map(|compartment| compartment.name);
        names.filter(|name| !self.erased.contains_key(name)).collect()
    }

    /// What is withheld, each with the statement because of which.
    pub(super) fn dropped(&self) -> Vec<Dropped> {
        self.erased
            .iter()
            .map(|(name, because)| Dropped {
                name: *name,
                because: *because,
            })
            .collect()
    }

    /// The release is about to be committed.
    pub(super) const fn release(self, release: Verified<Release>) -> Released {
        Released {
            sealed: self,
            release,
            stopped: false,
        }
    }
}

impl Released {
    /// Whether everything that was sent is in the permit.
    pub(super) fn is_covered_by(&self, permit: &Permit) -> bool {
        self.release
            .categories()
            .all(|category| permit.categories.contains(&category))
    }

    /// What is under way cannot be called back, but it is not sent a second time.
    fn decided(mut self, verdict: &Verdict) -> (State, Erase) {
        let covered = matches!(verdict, Verdict::Permit(permit) if self.is_covered_by(permit));
        let erase = if covered || self.stopped {
            Erase::Nothing
        } else {
            Erase::Everything
        };
        self.stopped |= !covered;
        (State::Released(self), erase)
    }

    /// The recipient's receipt.
    pub(super) fn arrive(self, receipt: Verified<Receipt>) -> Arrived {
        Arrived {
            release: self.release,
            permit: self.sealed.permit,
            receipt,
        }
    }

    /// The recipient asks again for what may no longer be sent: the bytes never arrived.
    pub(super) fn never_arrived(self) -> Closed {
        Closed::after(Some(self.release))
    }
}

impl Arrived {
    /// What the recipient said.
    pub fn receipt_outcome(&self) -> &Outcome {
        &self.receipt.body().result
    }
}
