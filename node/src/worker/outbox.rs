//! Working off the outbox: the first task of each lane, several lanes at a time, until the gateway took it or refused it
//! for good.

use std::collections::HashSet;
use std::time::Duration;

use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal, RefusalClass};
use handdruk_domain::statement::consent::{Attestation, Decision};
use handdruk_domain::statement::outcome::WithdrawalAnswer;
use handdruk_domain::statement::{Kind, RawStatement, Statement};
use handdruk_proto::v1;
use jiff::SignedDuration;
use prost::Message as _;
use rand_core::Rng as _;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::metrics::WorkMetrics;
use super::{calls, fetch, plan, refresh, seal, undo};
use crate::error::NodeError;
use crate::node::{Change, Ended, Node};
use crate::store::{InboxRecord, TakenBack, TaskRow, Tx, Withdrawal};
use crate::task::{Lane, Method, Task};
use crate::{details, mail, outbox};

/// Lanes at a time: enough that the gateway can group, few enough for a small node.
const LANES: usize = 16;

/// How often the outbox is looked at without being woken.
const LOOK: Duration = Duration::from_millis(500);

/// The wait before a task is tried again for the first time, and the longest one.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// After this many refusals a call that is written anew with the key or time in force is worth an operator's attention,
/// and one whose signature is not believed is given up.
const RENEWALS: u32 = 8;

/// Works until asked to stop; then finishes what is under way.
///
/// Each lane is a task of the runtime. Were the lanes polled here instead, one that holds a connection to the store would
/// stand still while this loop waits for that very connection.
pub(crate) async fn work_off(node: Node, metrics: WorkMetrics, stop: CancellationToken) {
    let mut running = JoinSet::new();
    let mut busy: HashSet<Vec<u8>> = HashSet::new();
    loop {
        if stop.is_cancelled() && running.is_empty() {
            return;
        }
        if !stop.is_cancelled() && node.is_linked() && !node.gateway.is_resting() && running.len() < LANES {
            match due(&node, &busy, LANES - running.len()).await {
                Ok(rows) => {
                    for row in rows {
                        busy.insert(row.lane.clone());
                        running.spawn(run(node.clone(), metrics.clone(), row));
                    }
                }
                Err(error) => {
                    tracing::error!(error = %handdruk_service::Chain(&error), "the outbox cannot be read");
                }
            }
        }
        tokio::select! {
            Some(ended) = running.join_next() => match ended {
                Ok(lane) => { busy.remove(&lane); }
                Err(fell) => std::panic::resume_unwind(fell.into_panic()),
            },
            () = node.woken() => {}
            () = stop.cancelled(), if running.is_empty() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn due(node: &Node, busy: &HashSet<Vec<u8>>, most: usize) -> Result<Vec<TaskRow>, NodeError> {
    let mut snapshot = node.store.snapshot().await?;
    Ok(snapshot.due_tasks(node.now(), busy, most).await?)
}

/// Runs one task, and returns its lane.
async fn run(node: Node, metrics: WorkMetrics, row: TaskRow) -> Vec<u8> {
    let began = Instant::now();
    let prepared = node.prepare_to_sign().await;
    let performed = match prepared {
        Ok(()) => perform(&node, &row).await,
        Err(error) => Err(error),
    };
    metrics.task(row.task.kind(), began.elapsed());
    tracing::debug!(
        kind = row.task.kind(),
        attempts = row.attempts,
        done = performed.is_ok(),
        "task"
    );
    let outcome = match performed {
        Ok(()) => Ok(()),
        Err(NodeError::Refused(refusal)) if is_final(&row.task, &refusal) => {
            give_up(&node, &row, &refusal).await
        }
        Err(error) => match error {
            NodeError::Busy(wait) => {
                node.gateway.rest(wait);
                delay(&node, &row).await
            }
            NodeError::Unanswered => put_off(&node, &row).await,
            error => {
                let kind = row.task.kind();
                tracing::warn!(kind, attempts = row.attempts, error = %handdruk_service::Chain(&error), "a task is tried again later");
                put_off(&node, &row).await
            }
        },
    };
    if let Err(error) = outcome {
        // The store itself fails: wait, so that it is not hammered. The task stays.
        tracing::error!(error = %handdruk_service::Chain(&error), "the outbox cannot be written");
        tokio::time::sleep(LOOK).await;
    }
    row.lane
}

/// Whether trying the same again would give the same. What is given up is gone: so only what the gateway will never take,
/// or what it says is over.
pub(super) fn is_final(task: &Task, refusal: &Refusal) -> bool {
    let passes = matches!(
        refusal.reason.class(),
        RefusalClass::Unavailable | RefusalClass::Exhausted
    ) || refusal.reason == Reason::GatewayRestored;
    !passes && !is_mended_elsewhere(task, refusal.reason)
}

/// Whether the cause is somewhere else and ends there: keys or a membership that are renewed, a clock that is set, another
/// version of this program.
const fn is_mended_elsewhere(task: &Task, reason: Reason) -> bool {
    match task {
        // Until the gateway says that there is nothing to have, it waits for us: given up here, it would never end.
        Task::Fetch { .. } => !matches!(
            reason,
            Reason::NothingToFetch
                | Reason::HandoverClosed
                | Reason::NoPermit
                | Reason::NotFound
                | Reason::WrongStage
        ),
        Task::Seal { .. } | Task::Refresh { .. } | Task::Permitted { .. } => {
            matches!(
                reason,
                Reason::KeyNotCurrent | Reason::NotAMember | Reason::TimeOutOfRange
            )
        }
        // A clerk waits for this one's answer.
        Task::Call {
            method: Method::Propose,
            ..
        }
        | Task::MarkWithdrawn { .. } => false,
        // A step that is the other side's to take stays that; what waits behind it need not wait for us to see it.
        Task::Call {
            method: Method::ReportProgress,
            ..
        } => matches!(reason, Reason::NotAMember),
        // A no that was recorded, a receipt, an answer: we owe it, also after a membership that lapsed for a day.
        Task::Call { .. } => matches!(reason, Reason::NotAMember | Reason::RoleNotAllowed),
    }
}

async fn perform(node: &Node, row: &TaskRow) -> Result<(), NodeError> {
    match &row.task {
        Task::Call {
            method: Method::Submit,
            handover: Some(handover),
            ..
        } if is_stopped(node, *handover).await? => {
            // Sealed before a no was recorded here, or before it was taken back: thrown away.
            let mut tx = node.store.join().await?;
            tx.finish_task(row.id).await?;
            tx.commit().await?;
            done(node, row.id, &[]);
            Ok(())
        }
        Task::Call {
            method,
            handover,
            request,
        } => {
            let mut answered = calls::make(node, *method, &request.0).await?;
            calls::tell(node, *handover, &mut answered).await?;
            calls::seal_at_once(node, *method, &mut answered).await;
            let mut tx = node.store.join().await?;
            let changes = calls::apply(node, &mut tx, (*method, *handover), answered, node.now()).await?;
            if let (Method::AnswerWithdrawal, Some(handover)) = (method, handover) {
                calls::keep_answer(&mut tx, *handover, &request.0, node.now()).await?;
            }
            mail::after_call(node, &mut tx, (*method, &request.0), node.now()).await?;
            if let (Method::ReportProgress, Some(handover)) = (method, handover) {
                details::took(&mut tx, *handover, &request.0, node.now()).await?;
                plan::reported(node, &mut tx, *handover, &request.0, node.now()).await?;
            }
            finish(node, &mut tx, row).await?;
            tx.commit().await?;
            done(node, row.id, &changes);
            Ok(())
        }
        Task::Seal { handover } => seal::seal(node, row, *handover).await,
        Task::Permitted { handover, permit } if is_sealed_under(node, *handover, *permit).await? => {
            let mut tx = node.store.join().await?;
            tx.finish_task(row.id).await?;
            tx.commit().await?;
            done(node, row.id, &[]);
            Ok(())
        }
        Task::Refresh { handover } | Task::Permitted { handover, .. } => {
            refresh::refresh(node, row, *handover).await
        }
        Task::Fetch { handover, request } => fetch::fetch(node, row, *handover, *request).await,
        Task::MarkWithdrawn { handover, withdrawal } => {
            let mut tx = node.store.begin().await?;
            let mut changes = Vec::new();
            let kept = tx.proofs(*handover).await?;
            if let Some(answer) = answered_with(&kept, *withdrawal) {
                // Heard once more after the gateway was put back from a copy: it may have lost the answer, and gets the same.
                let request = v1::AnswerWithdrawalRequest {
                    request_id: node.request_id().to_string(),
                    answer: Some(answer.into()),
                };
                let (method, now) = (Method::AnswerWithdrawal, node.now());
                outbox::answer(&mut tx, *handover, method, request.encode_to_vec(), now).await?;
            } else if let Some(mut item) = tx.inbox_item(*handover).await? {
                let said = kept.into_iter().find(|said| said.digest() == *withdrawal);
                take_back(&mut item.record, *withdrawal, said);
                item.updated_at = node.now();
                tx.put_inbox(&item).await?;
                changes.push(Change::Inbox(*handover));
            }
            tx.finish_task(row.id).await?;
            tx.commit().await?;
            done(node, row.id, &changes);
            Ok(())
        }
    }
}

/// What was answered to this withdrawal, among the proofs of a handover.
fn answered_with(kept: &[RawStatement], withdrawal: Digest) -> Option<&RawStatement> {
    let answers = |raw: &&RawStatement| {
        let claim = Statement::<WithdrawalAnswer>::claim((*raw).clone());
        let says = claim.and_then(|claim| claim.peek());
        says.is_ok_and(|says| says.withdrawal == withdrawal)
    };
    let mut of_kind = kept.iter().filter(|raw| raw.kind == Kind::WithdrawalAnswer);
    of_kind.find(answers)
}

/// Notes what a decision or attestation takes back of what arrived. What cannot be read is taken to mean all of it.
fn take_back(record: &mut InboxRecord, by: Digest, said: Option<RawStatement>) {
    if record.to_answer.iter().any(|known| known.by == by) {
        return;
    }
    let choices = said.and_then(|said| {
        if said.kind == Kind::Decision {
            return Some(Statement::<Decision>::claim(said).ok()?.peek().ok()?.choices);
        }
        let attested = Statement::<Attestation>::claim(said).ok()?.peek().ok()?.what;
        attested.choices().cloned()
    });
    let is_taken = |category: &&Category| match &choices {
        Some(choices) => choices.get(*category).is_some_and(|choice| choice.blocks()),
        None => true,
    };
    let categories = record.categories.iter().filter(is_taken).copied().collect();
    record.to_answer.push(TakenBack { by, categories });
    record.withdrawal = Withdrawal::Unanswered;
}

/// Whether something that was recorded here meanwhile forbids submitting.
async fn is_stopped(node: &Node, handover: HandoverId) -> Result<bool, NodeError> {
    let mut snapshot = node.store.snapshot().await?;
    let open = snapshot
        .sent(handover)
        .await?
        .is_some_and(|row| calls::is_open(&row));
    Ok(!open || snapshot.is_held(handover).await?)
}

async fn is_sealed_under(node: &Node, handover: HandoverId, permit: Digest) -> Result<bool, NodeError> {
    let row = node.store.snapshot().await?.sent(handover).await?;
    Ok(row.is_some_and(|row| calls::is_sealed_under(&row, permit)))
}

/// Removes a task. What was held for it is asked about anew: perhaps it may go after all.
async fn finish(node: &Node, tx: &mut Tx, row: &TaskRow) -> Result<(), NodeError> {
    let held = tx.held_by(row.id).await?;
    tx.finish_task(row.id).await?;
    for handover in held {
        outbox::once(
            tx,
            &Lane(row.lane.clone()),
            &Task::Refresh { handover },
            node.now(),
        )
        .await?;
    }
    Ok(())
}

/// Tells whoever waits or watches. After the commit.
pub(super) fn done(node: &Node, task: i64, changes: &[Change]) {
    node.ended(task, &Ended::Done);
    for change in changes {
        node.announce(*change);
    }
    node.wake();
}

/// The gateway refused for good, unless the call only waited too long or was signed before the keys changed.
pub(super) async fn give_up(node: &Node, row: &TaskRow, refusal: &Refusal) -> Result<(), NodeError> {
    if refusal.reason == Reason::WrongRecipientKey {
        // The recipient has announced another since: what is sealed next is sealed to that.
        node.directory.forget_chains();
    }
    let now = node.now();
    let mut tx = node.store.begin().await?;
    if let Task::Call {
        method,
        handover,
        request,
    } = &row.task
    {
        // Dated or signed anew, a little later each time, because clocks differ and keys take a moment. Never given up for
        // that: nothing is sealed while a no waits here, and something would be once it did not.
        let mendable = match refusal.reason {
            Reason::TimeOutOfRange | Reason::KeyNotCurrent => true,
            Reason::BadStatement => row.attempts < RENEWALS,
            _ => false,
        };
        let renewed = if mendable {
            calls::renewed(node, *method, &request.0, refusal.reason, now)?
        } else {
            None
        };
        if renewed.is_some() && row.attempts >= RENEWALS {
            tracing::warn!(kind = row.task.kind(), attempts = row.attempts, %refusal, "still refused: look at the clock and the keys");
        }
        if let Some(renewed) = renewed {
            calls::keep_renewed(&mut tx, (*method, *handover), (&request.0, &renewed), now).await?;
            let (method, handover, request) = (*method, *handover, Bytes(renewed));
            let task = Task::Call {
                method,
                handover,
                request,
            };
            tx.renew_task(row.id, &row.lane, &task, later(node, row.attempts))
                .await?;
            return Ok(tx.commit().await?);
        }
        tracing::warn!(kind = row.task.kind(), %refusal, "the gateway refused");
        let undone = undo::refused(&mut tx, (*method, &request.0), *handover, refusal, now).await?;
        finish(node, &mut tx, row).await?;
        tx.commit().await?;
        for task in undone.ended.into_iter().chain([row.id]) {
            node.ended(task, &Ended::Refused(refusal.clone()));
        }
        if let Some(change) = undone.change {
            node.announce(change);
        }
        node.wake();
        return Ok(());
    }
    // Nothing to seal or fetch now: an event says when that changes.
    tracing::info!(kind = row.task.kind(), %refusal, "a task ended without effect");
    if let Task::Fetch { handover, .. } = row.task
        && tx.inbox_item(handover).await?.is_none()
    {
        // It may have been fetched before this database was put back from a copy: what we signed about it tells.
        outbox::once(&mut tx, &Lane::inbox(handover), &Task::Refresh { handover }, now).await?;
    }
    tx.finish_task(row.id).await?;
    tx.commit().await?;
    node.ended(row.id, &Ended::Refused(refusal.clone()));
    Ok(())
}

/// Tries again when the gateway wants to hear anything again: it took nothing on, and so this was no attempt.
async fn delay(node: &Node, row: &TaskRow) -> Result<(), NodeError> {
    let mut tx = node.store.join().await?;
    tx.delay_task(row.id, later(node, 0)).await?;
    Ok(tx.commit().await?)
}

/// Tries again later, twice as late each time.
async fn put_off(node: &Node, row: &TaskRow) -> Result<(), NodeError> {
    let at = later(node, row.attempts);
    let mut tx = node.store.join().await?;
    tx.postpone_task(row.id, at).await?;
    Ok(tx.commit().await?)
}

/// When a task that was tried so often is tried again. With a random part, so that tasks that were put off together do not come
/// back together.
fn later(node: &Node, attempts: u32) -> Timestamp {
    let wait = (FIRST_WAIT * (1 << attempts.min(10))).min(LONGEST_WAIT);
    let jitter = Duration::from_millis(u64::from(node.entropy.fork().next_u32() % 250));
    let now = node.now();
    let wait = SignedDuration::try_from(wait + jitter).unwrap_or(SignedDuration::ZERO);
    now.checked_add(wait).unwrap_or(now)
}
