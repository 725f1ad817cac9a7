//! The last step of a handover: what is past its term goes, and the log keeps the commitments.
//!
//! Invariants: only what has its outcome is forgotten, and not before the last thing that was said about it is as old as
//! evidence is kept; that something was forgotten is on record in the same step, without saying what.

use jiff::ToSpan as _;

use super::answer::Answer;
use super::draft::{Draft, Failure};
use super::effects::Forgotten;
use super::handover::Handover;
use super::state::State;
use crate::clock::{Date, Timestamp, date_in_nl, start_of_day_in_nl};
use crate::evidence::Act;
use crate::ids::HandoverId;
use crate::policy::Said;
use crate::reason::Reason;

/// How long evidence is kept after a handover ended, in years. A choice of ours.
pub const EVIDENCE_YEARS: i16 = 5;

/// The latest instant of which, at `now`, the evidence is past its term.
pub fn evidence_until(now: Timestamp) -> Timestamp {
    let day = date_in_nl(now)
        .checked_sub(EVIDENCE_YEARS.years())
        .unwrap_or(Date::MIN);
    start_of_day_in_nl(day)
}

impl Handover {
    /// Whether somebody has yet to act on it: a stage with a deadline, or a withdrawal without an answer. What is forgotten
    /// is on nobody's list any more.
    fn is_somebodys_task(&self) -> bool {
        self.warm.is_some_and(|warm| warm.watch.is_some())
            || (self.wants_answers()
                && self
                    .withdrawals
                    .iter()
                    .any(|withdrawal| withdrawal.answer.is_none()))
    }

    /// Whether somebody agreed to what was received. That can be taken back at any time, and whoever does looks at it again.
    pub fn may_be_taken_back(&self) -> bool {
        let agreed = |said: &Said| match said {
            Said::Decision(decision) => decision.choices.values().any(|choice| !choice.blocks()),
            Said::Told(_) | Said::Attestation(_) | Said::Renewal(_) => false,
        };
        matches!(self.state, State::Arrived(_)) && self.said.iter().any(agreed)
    }
}

impl Draft<'_> {
    pub(super) fn forget(&mut self, id: HandoverId) -> Result<Answer, Failure> {
        let handover = self.books.handovers.get(&id).ok_or(Reason::NotFound)?;
        let before = evidence_until(self.now);
        if !handover.state.stage().is_outcome()
            || handover.last_word() >= before
            || handover.is_somebodys_task()
        {
            return Err(Reason::WrongStage.into());
        }
        let child = handover.child();
        self.effects().forgotten.insert(id, Forgotten { child, before });
        self.record_apart(Act::EvidenceErased, None, Vec::new());
        Ok(Answer::Done)
    }
}
