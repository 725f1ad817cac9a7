//! The warm part as a state machine. A step consumes the thread and returns the next, or says why not.
//!
//! **Invariants.** Every stage but *closed* has an owner. A step is taken by the side whose fact it is. Nothing is closed
//! while two organisations own it, while a child has not started, or while nobody has taken it on: only its sender can
//! close what was declined. *Closed* is never left.

use serde::{Deserialize, Serialize};

use super::stage::{Course, Owner, Side, WarmStage};
use crate::reason::Reason;
use crate::statement::outcome::{DeclineReason, Step};

/// Who leads once it was taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Lead {
    /// The recipient alone.
    Recipient,
    /// Both, until the sender confirms as well.
    Both,
}

/// Where the warm part stands, with what each stage knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case", deny_unknown_fields)]
enum State {
    Received {},
    Waiting {},
    Declined { reason: DeclineReason },
    NoRecipient {},
    Accepted { lead: Lead },
    TalkPlanned { lead: Lead },
    TalkHeld { lead: Lead },
    Started { lead: Lead },
    NotStarted { lead: Lead },
    AftercarePlanned { lead: Lead },
    AftercareHeld { lead: Lead },
    Closed {},
}

/// The warm part of one handover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    course: Course,
    /// Whether sender and recipient do the same task, so that both own it until both confirm.
    shared: bool,
    state: State,
}

impl Thread {
    /// It was received: the warm part begins. `shared` where both organisations own it until both confirm.
    pub const fn begin(course: Course, shared: bool) -> Self {
        Self {
            course,
            shared,
            state: State::Received {},
        }
    }

    /// The stage by name.
    pub const fn stage(&self) -> WarmStage {
        match self.state {
            State::Received {} => WarmStage::Received,
            State::Waiting {} => WarmStage::Waiting,
            State::Declined { .. } => WarmStage::Declined,
            State::NoRecipient {} => WarmStage::NoRecipient,
            State::Accepted { .. } => WarmStage::Accepted,
            State::TalkPlanned { .. } => WarmStage::TalkPlanned,
            State::TalkHeld { .. } => WarmStage::TalkHeld,
            State::Started { .. } => WarmStage::Started,
            State::NotStarted { .. } => WarmStage::NotStarted,
            State::AftercarePlanned { .. } => WarmStage::AftercarePlanned,
            State::AftercareHeld { .. } => WarmStage::AftercareHeld,
            State::Closed {} => WarmStage::Closed,
        }
    }

    /// Who must see to it that it goes on; nobody once it is closed.
    pub const fn owner(&self) -> Option<Owner> {
        match self.state {
            // Until the recipient has taken it on, the sender of a shared one has not let go.
            State::Received {} | State::Waiting {} if self.shared => Some(Owner::Both),
            State::Received {} | State::Waiting {} => Some(Owner::Recipient),
            State::Declined { .. } | State::NoRecipient {} => Some(Owner::Sender),
            // Between two organisations: enrolled at one, expected at the other.
            State::NotStarted { .. } => Some(Owner::Both),
            State::Accepted { lead }
            | State::TalkPlanned { lead }
            | State::TalkHeld { lead }
            | State::Started { lead }
            | State::AftercarePlanned { lead }
            | State::AftercareHeld { lead } => Some(match lead {
                Lead::Recipient => Owner::Recipient,
                Lead::Both => Owner::Both,
            }),
            State::Closed {} => None,
        }
    }

    /// The same, as it began.
    #[must_use]
    pub const fn begun(self) -> Self {
        Self::begin(self.course, self.shared)
    }

    /// Which course it takes.
    pub const fn course(&self) -> Course {
        self.course
    }

    /// Why it was declined, while it is.
    pub const fn declined(&self) -> Option<DeclineReason> {
        match self.state {
            State::Declined { reason } => Some(reason),
            _ => None,
        }
    }

    /// Takes a step that `by` reports.
    ///
    /// # Errors
    /// [`Reason::HandoverClosed`] once it is closed, [`Reason::RoleNotAllowed`] where the step is the other side's to
    /// report, [`Reason::WrongStage`] where this stage does not allow it.
    pub fn take(self, step: Step, by: Side) -> Result<Self, Reason> {
        // What becomes of the content is told in whatever stage it is: who reads it, and that it is gone.
        if let Step::Read { .. } | Step::Erased { .. } = step {
            return match by {
                Side::Recipient => Ok(self),
                Side::Sender => Err(Reason::RoleNotAllowed),
            };
        }
        if matches!(self.state, State::Closed {}) {
            return Err(Reason::HandoverClosed);
        }
        if !self.may_report(step, by) {
            return Err(Reason::RoleNotAllowed);
        }
        let state = self.follow(step).ok_or(Reason::WrongStage)?;
        let next = Self { state, ..self };
        if self.course.has(next.stage()) {
            Ok(next)
        } else {
            Err(Reason::WrongStage)
        }
    }

    /// The recipient erased what it had after a withdrawal: there is nothing left to hand over.
    #[must_use]
    pub const fn end(self) -> Self {
        Self {
            state: State::Closed {},
            ..self
        }
    }

    /// Whose fact a step is.
    const fn may_report(self, step: Step, by: Side) -> bool {
        match step {
            Step::Accepted {}
            | Step::Declined { .. }
            | Step::Started {}
            | Step::NotStarted {}
            | Step::Read { .. }
            | Step::Erased { .. } => matches!(by, Side::Recipient),
            Step::Confirmed {} | Step::NoRecipient {} => matches!(by, Side::Sender),
            Step::TalkPlanned {} | Step::TalkHeld {} | Step::AftercarePlanned {} | Step::AftercareHeld {} => {
                true
            }
            Step::Closed {} => match self.owner() {
                Some(owner) => owner.is(by),
                None => false,
            },
        }
    }

    /// The state that follows, if this one allows the step.
    fn follow(self, step: Step) -> Option<State> {
        let taken_on = if self.shared { Lead::Both } else { Lead::Recipient };
        match (self.state, step) {
            (State::Received {} | State::Waiting {}, Step::Accepted {}) => {
                Some(State::Accepted { lead: taken_on })
            }
            // Also after it was taken on: a place can fall through until the child has started.
            (
                State::Received {}
                | State::Waiting {}
                | State::Accepted { .. }
                | State::TalkPlanned { .. }
                | State::TalkHeld { .. }
                | State::NotStarted { .. },
                Step::Declined { reason },
            ) => Some(match reason {
                DeclineReason::WaitingList => State::Waiting {},
                DeclineReason::NoPlace | DeclineReason::WrongAddress | DeclineReason::NotSuitable => {
                    State::Declined { reason }
                }
            }),
            (State::Declined { .. }, Step::NoRecipient {}) => Some(State::NoRecipient {}),
            (State::Accepted { lead } | State::TalkPlanned { lead } | State::TalkHeld { lead }, step) => {
                talks(self.state, lead, step)
            }
            (State::NotStarted { lead }, Step::Started {}) => Some(State::Started { lead }),
            (
                State::Started { lead } | State::AftercarePlanned { lead } | State::AftercareHeld { lead },
                Step::AftercarePlanned {},
            ) => Some(State::AftercarePlanned { lead }),
            (State::Started { lead } | State::AftercarePlanned { lead }, Step::AftercareHeld {}) => {
                Some(State::AftercareHeld { lead })
            }
            (state, Step::Confirmed {}) => confirmed(state),
            (
                State::Declined { .. }
                | State::NoRecipient {}
                | State::AftercareHeld {
                    lead: Lead::Recipient,
                },
                Step::Closed {},
            ) => Some(State::Closed {}),
            _ => None,
        }
        .or_else(|| self.closes_short(step))
    }

    /// What has no talk and no start is over once it was taken on and solved.
    const fn closes_short(self, step: Step) -> Option<State> {
        match (self.course, self.state, step) {
            (
                Course::Short,
                State::Accepted {
                    lead: Lead::Recipient,
                },
                Step::Closed {},
            ) => Some(State::Closed {}),
            _ => None,
        }
    }
}

/// Between taking on and the start: talks, in any number, and then the first day.
const fn talks(state: State, lead: Lead, step: Step) -> Option<State> {
    match step {
        Step::TalkPlanned {} => Some(State::TalkPlanned { lead }),
        Step::TalkHeld {} => match state {
            State::TalkHeld { .. } => None,
            _ => Some(State::TalkHeld { lead }),
        },
        Step::Started {} => Some(State::Started { lead }),
        Step::NotStarted {} => Some(State::NotStarted { lead }),
        Step::Confirmed {} => confirmed(state),
        _ => None,
    }
}

/// The sender lets go of what both own. Whatever the stage, it stays that stage.
const fn confirmed(state: State) -> Option<State> {
    let lead = Lead::Recipient;
    match state {
        State::Accepted { lead: Lead::Both } => Some(State::Accepted { lead }),
        State::TalkPlanned { lead: Lead::Both } => Some(State::TalkPlanned { lead }),
        State::TalkHeld { lead: Lead::Both } => Some(State::TalkHeld { lead }),
        State::Started { lead: Lead::Both } => Some(State::Started { lead }),
        State::NotStarted { lead: Lead::Both } => Some(State::NotStarted { lead }),
        State::AftercarePlanned { lead: Lead::Both } => Some(State::AftercarePlanned { lead }),
        State::AftercareHeld { lead: Lead::Both } => Some(State::AftercareHeld { lead }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
