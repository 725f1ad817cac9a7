//! What the gateway refused for good, and what that undoes here.
//!
//! Invariant: what was written because it was expected to be taken is put back, in the transaction that removes the task; and
//! whoever looks at the handover sees why.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::consent::Invitation;
use handdruk_domain::statement::outcome::{Progress, Step, WithdrawalAnswer};
use handdruk_proto::{statement_in, v1};
use jiff::SignedDuration;

use super::calls::read;
use crate::error::NodeError;
use crate::node::Change;
use crate::store::{InboxRow, InvitationState, Refused, SentRow, TakenBack, Tx, Withdrawal};
use crate::task::{Lane, Method, Task};
use crate::{details, outbox};

/// After a refusal, how a handover stands is asked about a moment later.
const SETTLES: SignedDuration = SignedDuration::from_secs(1);

/// What a refusal did besides removing its own task.
#[derive(Debug, Default)]
pub(super) struct Undone {
    /// What changed.
    pub(super) change: Option<Change>,
    /// Tasks that went with it: who waits for one hears the same refusal.
    pub(super) ended: Vec<i64>,
}

/// Undoes what a refused call had done here.
pub(super) async fn refused(
    tx: &mut Tx,
    (method, request): (Method, &[u8]),
    handover: Option<HandoverId>,
    refusal: &Refusal,
    now: Timestamp,
) -> Result<Undone, NodeError> {
    if method == Method::Invite {
        undo_invitation(tx, request).await?;
    }
    let Some(handover) = handover else {
        return Ok(Undone::default());
    };
    if method == Method::ReportProgress {
        details::not_taken(tx, handover, request).await?;
    }
    if let Some(row) = tx.sent(handover).await? {
        let ended = undo_sent(tx, row, method, refusal, now).await?;
        let change = Some(Change::Sent(handover));
        return Ok(Undone { change, ended });
    }
    let Some(mut item) = tx.inbox_item(handover).await? else {
        return Ok(Undone::default());
    };
    match method {
        Method::ReportProgress => untake(&mut item, request)?,
        // The gateway lost the withdrawal, or the handover: what was answered stays so here, and is given once more if it comes again.
        Method::AnswerWithdrawal if refusal.reason == Reason::NotFound => {
            super::calls::keep_answer(tx, handover, request, now).await?;
        }
        // Unless it was answered already.
        Method::AnswerWithdrawal if refusal.reason != Reason::WrongStage => unanswer(&mut item, request)?,
        _ => return Ok(Undone::default()),
    }
    item.record.unrecorded = Some(Refused::from(refusal));
    item.updated_at = now;
    tx.put_inbox(&item).await?;
    Ok(Undone {
        change: Some(Change::Inbox(handover)),
        ended: Vec::new(),
    })
}

/// A handover that we send. Returns the tasks that went with the refused one.
async fn undo_sent(
    tx: &mut Tx,
    mut row: SentRow,
    method: Method,
    refusal: &Refusal,
    now: Timestamp,
) -> Result<Vec<i64>, NodeError> {
    let handover = row.handover;
    let mut ended = Vec::new();
    match method {
        Method::Propose => {
            // It was never admitted: what the dossier said is not kept.
            row.record.refused = Some(Refused::from(refusal));
            row.closed_at = Some(now);
            row.updated_at = now;
            tx.put_sent(&row).await?;
            tx.erase_sent_content(handover).await?;
            // Nothing that waits about it can succeed any more.
            for (id, task) in tx.lane(&Lane::child(row.child).0).await? {
                if task.handover() == Some(handover) {
                    tx.finish_task(id).await?;
                    ended.push(id);
                }
            }
        }
        Method::Submit if !matches!(refusal.reason, Reason::NoPermit | Reason::WrongRecipientKey) => {
            // Sealing anew would give the same.
            tracing::error!(%handover, %refusal, "what was sealed was refused");
        }
        _ => {
            if method == Method::RecordAttestation {
                row.record.unrecorded = Some(Refused::from(refusal));
                row.updated_at = now;
                tx.put_sent(&row).await?;
            }
            // A little later: what has just changed at the gateway may still be on its way here.
            let due = now.checked_add(SETTLES).unwrap_or(now);
            outbox::once(tx, &Lane::child(row.child), &Task::Refresh { handover }, due).await?;
        }
    }
    Ok(ended)
}

/// Accepting and declining are written down before the gateway takes them.
fn untake(item: &mut InboxRow, request: &[u8]) -> Result<(), NodeError> {
    let request: v1::ReportProgressRequest = read(request)?;
    let step = statement_in::<Progress>(request.progress, "progress")?
        .peek()?
        .step;
    if !matches!(step, Step::Accepted {} | Step::Declined { .. }) {
        return Ok(());
    }
    let steps = &mut item.record.steps;
    if let Some(at) = steps.iter().rposition(|taken| taken == step.word()) {
        steps.remove(at);
    }
    if matches!(step, Step::Declined { .. })
        && let Some(before) = item.record.erase_at_if_kept.take()
    {
        item.erase_at = before;
    }
    Ok(())
}

/// An answer that was not taken has to be given again. What was erased stays so.
fn unanswer(item: &mut InboxRow, request: &[u8]) -> Result<(), NodeError> {
    let request: v1::AnswerWithdrawalRequest = read(request)?;
    let answer = statement_in::<WithdrawalAnswer>(request.answer, "answer")?.peek()?;
    item.record.withdrawal = Withdrawal::Unanswered;
    item.record.to_answer.push(TakenBack {
        by: answer.withdrawal,
        categories: Vec::new(),
    });
    Ok(())
}

/// A letter that the gateway refused opens nothing, so it never was: its row and its code go, and the letter that it was to
/// replace is the one that counts, here as at the gateway. Otherwise the next letter would name one that nobody knows.
async fn undo_invitation(tx: &mut Tx, request: &[u8]) -> Result<(), NodeError> {
    let request: v1::InviteRequest = read(request)?;
    let refused = statement_in::<Invitation>(request.invitation, "invitation")?.peek()?;
    if let Some(mut row) = tx.invitation(refused.invitation).await? {
        crate::api::forget_letter(tx, &mut row).await?;
        tx.remove_invitation(refused.invitation).await?;
    }
    let Some(earlier) = refused.replaces else {
        return Ok(());
    };
    if let Some(mut row) = tx.invitation(earlier).await?
        && row.state == InvitationState::Replaced
    {
        row.state = match row.record.keys {
            Some(_) => InvitationState::Activated,
            None => InvitationState::Open,
        };
        tx.put_invitation(&row).await?;
    }
    Ok(())
}
