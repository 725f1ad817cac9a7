//! Plans of talks, sealed to guardians: which step's plan holds, and when none does.
//!
//! Invariants: a plan is kept only for the newest step that planned something and brought a plan along, so a guardian never
//! reads one that was overtaken; with the next stage, a withdrawal or an erasure every plan of the handover goes, in the same
//! step. The gateway sees the step's digest and ciphertext.

use super::answer::Answer;
use super::draft::{Draft, Failure};
use super::handover::Handover;
use crate::digest::Digest;
use crate::ids::{HandoverId, InvitationId, SlotId};
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::statement::Verified;
use crate::statement::outcome::{Progress, Step};

/// The plan of a talk, sealed to one guardian's own keys.
#[derive(Clone)]
pub struct SealedPlan {
    /// Whose.
    pub slot: SlotId,
    /// To the keys activated under this invitation.
    pub invitation: InvitationId,
    /// Encapsulation and ciphertext, at most [`SealedPlan::MAX`] bytes.
    pub sealed: Vec<u8>,
}

impl SealedPlan {
    /// The largest sealed plan, in bytes.
    pub const MAX: usize = 16 * 1024;
}

impl core::fmt::Debug for SealedPlan {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SealedPlan({}, {} bytes)", self.slot, self.sealed.len())
    }
}

/// A plan to keep.
#[derive(Debug, Clone)]
pub struct KeptPlan {
    /// Of which handover.
    pub handover: HandoverId,
    /// Of which step, by the statement's digest.
    pub step: Digest,
    /// For whom, and sealed.
    pub plan: SealedPlan,
}

impl Draft<'_> {
    pub(super) fn add_plans(
        &mut self,
        caller: &Oin,
        id: HandoverId,
        step: Digest,
        plans: &[SealedPlan],
    ) -> Result<Answer, Failure> {
        let handover = self.sent_by(caller, id)?;
        if plans.is_empty() {
            return Err(Refusal::about(Reason::Malformed, "plans").into());
        }
        if handover.warm.and_then(|warm| warm.plan) != Some(step) {
            return Err(Refusal::about(Reason::WrongStage, "step: its plan does not hold").into());
        }
        for plan in plans {
            if plan.sealed.len() > SealedPlan::MAX {
                return Err(Refusal::about(Reason::TooLarge, "plans").into());
            }
            self.reads(&handover, plan.slot, plan.invitation)?;
        }
        let kept = plans.iter().map(|plan| KeptPlan {
            handover: id,
            step,
            plan: plan.clone(),
        });
        self.effects().plans.extend(kept);
        Ok(Answer::Done)
    }

    /// A step was taken: a plan of an earlier one holds no more, and its own does if it brought one. Who reads or confirms
    /// plans nothing anew.
    pub(super) fn plan_anew(&mut self, handover: &mut Handover, progress: &Verified<Progress>) {
        if matches!(progress.step, Step::Read { .. } | Step::Confirmed {}) {
            return;
        }
        self.unplan(handover);
        let plans = matches!(progress.step, Step::TalkPlanned {} | Step::AftercarePlanned {});
        if let Some(warm) = handover
            .warm
            .as_mut()
            .filter(|_| plans && progress.sealed.is_some())
        {
            warm.plan = Some(progress.digest());
        }
    }

    /// No plan holds any more: whatever guardians were sealed of one goes.
    pub(super) fn unplan(&mut self, handover: &mut Handover) {
        let held = handover.warm.as_mut().and_then(|warm| warm.plan.take());
        if held.is_some() {
            self.effects().unplanned.insert(handover.id());
        }
    }
}
