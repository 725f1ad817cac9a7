//! The warm part at the gateway: steps that the two organisations report.
//!
//! The gateway sees the stage and which organisation took the step. Names, dates and notes stay sealed in the statement.
//! Invariant: every received handover has a [`Thread`], and while it is open a [`Watch`]; `late` says who hears when no step
//! comes in time.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::claim::Claim;
use super::draft::{Draft, Failure};
use super::handover::Handover;
use super::notice::NoticeKind;
use crate::category::CategorySet;
use crate::digest::Digest;
use crate::evidence::Act;
use crate::oin::Oin;
use crate::reason::{Reason, Refusal};
use crate::stage::Stage;
use crate::statement::Verified;
use crate::statement::outcome::{Progress, Step, WithdrawalAnswer, WithdrawalOutcome};
use crate::warm::{Deadline, Hearer, Owner, Side, Thread, WarmStage, Watch};

/// The warm part of one handover, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Warm {
    pub(super) thread: Thread,
    /// The deadline of the stage; none once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) watch: Option<Watch>,
    /// The statement that began the stage: the receipt, or the last step.
    pub(super) began: Digest,
    /// The step whose plan of a talk guardians may be sent; none once that talk was held, or the plan is no longer theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) plan: Option<Digest>,
    /// How often somebody was said to have read it.
    #[serde(default, skip_serializing_if = "is_zero")]
    reads: u16,
    /// How many of its steps carried something sealed.
    #[serde(default, skip_serializing_if = "is_zero")]
    sealed: u16,
    /// Whether the recipient said that it erased what it had.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    is_erased: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(count: &u16) -> bool {
    *count == 0
}

/// More readings than this of one handover are not put on record: a node says it once for each professional.
const MOST_READS: u16 = 500;
/// More steps with something sealed than this are not taken: a story is told whole, and must fit into an answer.
const MOST_SEALED: u16 = 60;

/// Where the warm part stands, as both organisations may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarmStatus {
    /// The stage.
    pub stage: WarmStage,
    /// Who must see to it that it goes on; nobody once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// By when; absent once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// Who has heard that it is late, the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Hearer>,
}

impl Warm {
    pub(super) fn status(&self) -> WarmStatus {
        WarmStatus {
            stage: self.thread.stage(),
            owner: self.thread.owner(),
            deadline: self.watch.map(|watch| watch.deadline),
            heard: self.watch.and_then(|watch| watch.heard),
        }
    }
}

impl Handover {
    /// Whether the warm part stands where these steps of its statements lead, taken one after the other, and whether each
    /// withdrawal counts as answered in the way that its answer says. For whoever audits what is stored.
    pub fn warm_part_follows_from(
        &self,
        steps: impl IntoIterator<Item = Progress>,
        answers: &[WithdrawalAnswer],
    ) -> bool {
        let erased = |withdrawal: &Digest| {
            answers.iter().any(|answer| {
                answer.withdrawal == *withdrawal && answer.result == (WithdrawalOutcome::Erased {})
            })
        };
        let answered = self
            .withdrawals()
            .iter()
            .all(|withdrawal| withdrawal.is_erased == erased(&withdrawal.statement));
        let Some(warm) = self.warm else {
            return answered && steps.into_iter().next().is_none() && self.state().stage() != Stage::Received;
        };
        let mut thread = warm.thread.begun();
        let (mut reads, mut sealed) = (0, 0);
        for step in steps {
            let side = if step.by.on_behalf_of == *self.sender() {
                Side::Sender
            } else {
                Side::Recipient
            };
            reads += u16::from(matches!(step.step, Step::Read { .. }));
            sealed += u16::from(step.sealed.is_some());
            match thread.take(step.step, side) {
                Ok(next) => thread = next,
                Err(_) => return false,
            }
        }
        if self.is_all_erased() {
            thread = thread.end();
        }
        let is_watched = thread.owner().is_some();
        // What carried something sealed was not always counted.
        let as_counted = reads == warm.reads && warm.sealed <= sealed;
        answered && thread == warm.thread && as_counted && is_watched == warm.watch.is_some()
    }
}

impl Draft<'_> {
    /// It was received: somebody must take it on.
    pub(super) fn begin_warm(&self, handover: &mut Handover, receipt: Digest) -> Result<(), Failure> {
        let ground = self.ground(handover)?;
        let thread = Thread::begin(ground.rules.course, ground.shared);
        let warm = Warm {
            thread,
            watch: Watch::begin(ground.rules, thread.stage(), self.now, &ground.setting),
            began: receipt,
            plan: None,
            reads: 0,
            sealed: 0,
            is_erased: false,
        };
        handover.warm = Some(warm);
        Ok(())
    }

    /// The recipient erased what it had: nothing is handed over any more.
    pub(super) fn end_warm(&mut self, handover: &mut Handover, began: Digest) {
        if let Some(warm) = &mut handover.warm {
            warm.thread = warm.thread.end();
            warm.watch = None;
            warm.began = began;
            self.unplan(handover);
        }
    }

    pub(super) fn report_progress(
        &mut self,
        caller: &Oin,
        progress: &Claim<Progress>,
    ) -> Result<Answer, Failure> {
        let id = progress.claimed().handover;
        let handover = self
            .books
            .handovers
            .get(&id)
            .filter(|handover| handover.is_visible_to(caller));
        let mut handover = handover.cloned().ok_or(Reason::NotFound)?;
        if handover.known.contains(&progress.digest()) {
            return Ok(Answer::Handover(handover.status()));
        }
        let progress = self.verify(progress, caller)?;
        self.past(progress.at)?;
        if progress.by.on_behalf_of != *caller {
            return Err(Refusal::about(Reason::Malformed, "by.on_behalf_of").into());
        }
        let mut warm = handover.warm.ok_or(Reason::WrongStage)?;
        let side = if caller == handover.sender() {
            Side::Sender
        } else {
            Side::Recipient
        };
        let thread = match warm.thread.take(progress.step, side) {
            Ok(thread) => thread,
            // Kept as the answer to this request: a late copy of it must not count after its maker was told that it does not.
            Err(reason) => return Ok(Answer::Refused(reason.into())),
        };
        may_carry(&handover, &progress)?;
        if progress.sealed.is_some() {
            if warm.sealed >= MOST_SEALED {
                return Err(Refusal::about(Reason::TooLarge, "sealed: the story is full").into());
            }
            warm.sealed += 1;
        }
        let digest = progress.digest();
        if let Step::Read { categories } = progress.step {
            handover.warm = Some(read(&handover, warm, categories)?);
            return self.stepped(handover, Act::Read, &progress, side);
        }
        if let Step::Erased { .. } = progress.step {
            handover.warm = Some(erase(warm)?);
            return self.stepped(handover, Act::Erased, &progress, side);
        }
        let ground = self.ground(&handover)?;
        // What only moves on within a stage keeps its deadline, so that planning anew wins no time. To say that a child is
        // still on the waiting list is what is awaited there.
        let stays = thread.stage() == warm.thread.stage() && !matches!(progress.step, Step::Declined { .. });
        let next = if stays {
            Warm { thread, ..warm }
        } else {
            Warm {
                thread,
                watch: Watch::begin(ground.rules, thread.stage(), self.now, &ground.setting),
                began: digest,
                ..warm
            }
        };
        handover.warm = Some(next);
        self.stepped(handover, Act::Progressed, &progress, side)
    }

    /// Puts a step on record and tells the other side.
    fn stepped(
        &mut self,
        mut handover: Handover,
        act: Act,
        progress: &Verified<Progress>,
        side: Side,
    ) -> Result<Answer, Failure> {
        let (id, digest) = (handover.id(), progress.digest());
        self.keep(progress.statement(), Some(id));
        self.record(act, id, vec![digest]);
        handover.known.insert(digest);
        self.plan_anew(&mut handover, progress);
        let other = match side {
            Side::Sender => handover.recipient().clone(),
            Side::Recipient => handover.sender().clone(),
        };
        self.tell(&other, NoticeKind::Progress, &handover, vec![digest]);
        self.moved(handover)
    }
}

/// Details travel with the steps that have any, within their size, and not after somebody took a yes back.
fn may_carry(handover: &Handover, progress: &Progress) -> Result<(), Failure> {
    let Some(sealed) = &progress.sealed else {
        return Ok(());
    };
    if !progress.step.may_carry() {
        return Err(Refusal::about(Reason::Malformed, "sealed: this step carries nothing").into());
    }
    if sealed.0.len() > Progress::MAX_SEALED {
        return Err(Refusal::about(Reason::TooLarge, "sealed").into());
    }
    if !handover.withdrawals.is_empty() {
        return Err(Refusal::about(Reason::ConsentNotInForce, "sealed").into());
    }
    Ok(())
}

/// Counts a reading of what was sent.
fn read(handover: &Handover, warm: Warm, categories: CategorySet) -> Result<Warm, Failure> {
    let sent: CategorySet = handover
        .state
        .release()
        .into_iter()
        .flat_map(|release| release.categories())
        .collect();
    if warm.is_erased {
        return Err(Refusal::about(Reason::WrongStage, "erased already").into());
    }
    if categories.is_empty() || !categories.is_subset(sent) {
        return Err(Refusal::about(Reason::CategoryNotAllowed, "categories: not what was sent").into());
    }
    if warm.reads >= MOST_READS {
        return Err(Refusal::about(Reason::TooMany, "readings").into());
    }
    Ok(Warm {
        reads: warm.reads + 1,
        ..warm
    })
}

/// What is gone is gone once.
fn erase(warm: Warm) -> Result<Warm, Failure> {
    if warm.is_erased {
        return Err(Refusal::about(Reason::WrongStage, "erased already").into());
    }
    Ok(Warm {
        is_erased: true,
        ..warm
    })
}
