//! Making a call whose bytes were decided, and what its answer changes.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{HandoverId, SlotId};
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::RawStatement;
use handdruk_domain::statement::consent::{Attestation, Invitation, Told, ToldHow};
use handdruk_domain::statement::envelope::Envelope;
use handdruk_domain::statement::manifest::{Manifest, Renewal};
use handdruk_domain::statement::outcome::{Progress, Receipt, WithdrawalAnswer};
use handdruk_proto::{FromWire as _, from_wire, statement_in, v1};
use prost::Message;

use super::{preview, seal};
use crate::api::wire;
use crate::details;
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::node::{Change, Node};
use crate::outbox;
use crate::store::{SentRow, Tx};
use crate::task::{Lane, Method, Task};

/// What the gateway answered, as far as it matters here.
#[derive(Default)]
pub(super) struct Answered {
    statuses: Vec<v1::HandoverStatus>,
    guardian_keys: Vec<v1::Statement>,
    previewed: Vec<SlotId>,
    /// What was sealed under the permit in it.
    sealed: Option<seal::Sealed>,
}

pub(super) fn read<T: Message + Default>(bytes: &[u8]) -> Result<T, NodeError> {
    T::decode(bytes).map_err(|_| NodeError::Broken("a stored call does not decode"))
}

/// Makes the call. Where its connection breaks, it is made once more at another address of the gateway, with the very same bytes: its
/// request id is in them, so that it takes effect once.
pub(super) async fn make(node: &Node, method: Method, bytes: &[u8]) -> Result<Answered, NodeError> {
    macro_rules! call {
        ($client:ident . $rpc:ident) => {{
            let address = node.gateway.address();
            let mut answer = node.gateway.$client().$rpc(Gateway::request(read(bytes)?)).await;
            if let Err(status) = &answer
                && node.gateway.moved_from(address, status)
            {
                answer = node.gateway.$client().$rpc(Gateway::request(read(bytes)?)).await;
            }
            answer.map_err(|status| NodeError::from(&status))?.into_inner()
        }};
    }
    let of = |status: Option<v1::HandoverStatus>| Answered {
        statuses: status.into_iter().collect(),
        ..Answered::default()
    };
    Ok(match method {
        Method::Propose => {
            let answer: v1::ProposeResponse = call!(exchange.propose);
            Answered {
                guardian_keys: answer.guardian_keys,
                ..of(answer.handover)
            }
        }
        Method::Renew => of(call!(exchange.renew).handover),
        Method::AddPreviews => {
            let sent: v1::AddPreviewsRequest = read(bytes)?;
            let _: v1::AddPreviewsResponse = call!(exchange.add_previews);
            let previewed = sent
                .previews
                .iter()
                .map(|preview| SlotId::from_field(&preview.slot_id, "slot_id"));
            Answered {
                previewed: previewed.collect::<Result<_, _>>()?,
                ..Answered::default()
            }
        }
        Method::AddPlans => {
            let _: v1::AddPlansResponse = call!(exchange.add_plans);
            Answered::default()
        }
        Method::RecordTold => of(call!(exchange.record_told).handover),
        Method::Submit => of(call!(exchange.submit).handover),
        Method::Retract => of(call!(exchange.retract).handover),
        Method::RecordAttestation => Answered {
            statuses: call!(consent.record_attestation).handovers,
            ..Answered::default()
        },
        Method::Acknowledge => {
            let answer: v1::AcknowledgeResponse = call!(exchange.acknowledge);
            of(answer.handover)
        }
        Method::ReportProgress => {
            let answer: v1::ReportProgressResponse = call!(exchange.report_progress);
            of(answer.handover)
        }
        Method::AnswerWithdrawal => {
            let answer: v1::AnswerWithdrawalResponse = call!(exchange.answer_withdrawal);
            of(answer.handover)
        }
        Method::Invite => {
            let _: v1::InviteResponse = call!(consent.invite);
            Answered::default()
        }
        Method::RevokeInvitation => {
            let revoked: Result<v1::RevokeInvitationResponse, NodeError> =
                async { Ok(call!(consent.revoke_invitation)) }.await;
            match revoked {
                // One that the gateway does not know counts for nothing there, as is asked: it was put back from a copy since.
                Err(NodeError::Refused(refusal)) if refusal.reason == Reason::NotFound => {}
                revoked => _ = revoked?,
            }
            Answered::default()
        }
    })
}

/// Whoever has a preview now counts as told, from this moment. Before the task is removed, so that a crash in between
/// repeats both: being told twice is being told the first time.
pub(super) async fn tell(
    node: &Node,
    handover: Option<HandoverId>,
    answered: &mut Answered,
) -> Result<(), NodeError> {
    let Some(handover) = handover.filter(|_| !answered.previewed.is_empty()) else {
        return Ok(());
    };
    let Some(row) = node.store.snapshot().await?.sent(handover).await? else {
        return Ok(());
    };
    for slot in &answered.previewed {
        let told = Told {
            handover,
            manifest: row.record.manifest.0.digest(),
            slot: *slot,
            how: ToldHow::Preview,
            renewal: row.record.renewal.as_ref().map(|renewal| renewal.0.digest()),
            at: node.now(),
        };
        let request = v1::RecordToldRequest {
            request_id: node.request_id().to_string(),
            told: Some(handdruk_proto::statement(&node.sign(&told)?)),
        };
        match node
            .gateway
            .exchange()
            .record_told(Gateway::request(request))
            .await
        {
            Ok(answer) => answered.statuses.extend(answer.into_inner().handover),
            Err(status) => match NodeError::from(&status) {
                // It ended meanwhile: nobody need be told any more.
                NodeError::Refused(refusal) if refusal.reason == Reason::HandoverClosed => {}
                // Clocks or keys are about to agree: all of it again, a little later.
                NodeError::Refused(_) => return Err(NodeError::Unanswered),
                error => return Err(error),
            },
        }
    }
    Ok(())
}

/// Seals under the permit that a proposal's answer brought, if that can be done at once: it becomes durable together with the answer.
pub(super) async fn seal_at_once(node: &Node, method: Method, answered: &mut Answered) {
    if let (Method::Propose, [status]) = (method, answered.statuses.as_slice()) {
        answered.sealed = seal::at_once(node, status).await;
    }
}

/// Applies an answer. Part of the transaction that removes the task.
pub(super) async fn apply(
    node: &Node,
    tx: &mut Tx,
    (method, handover): (Method, Option<HandoverId>),
    answered: Answered,
    now: Timestamp,
) -> Result<Vec<Change>, NodeError> {
    let mut changes = Vec::new();
    let mut sealed = answered.sealed;
    for status in answered.statuses {
        let Some(sealed) = sealed.take() else {
            changes.extend(apply_status(tx, status, now).await?);
            continue;
        };
        changes.extend(apply_status_only(tx, status, now).await?);
        let permit = sealed.permit();
        if let Some((lane, submit)) = sealed.keep(node, tx).await?
            && let Some(handover) = handover
        {
            outbox::needless(tx, &lane, &Task::Permitted { handover, permit }).await?;
            tx.add_task(&lane.0, &submit, false, now).await?;
        }
    }
    let Some(handover) = handover else {
        return Ok(changes);
    };
    if matches!(method, Method::Propose | Method::Submit) && answered.guardian_keys.is_empty() {
        // Nothing else follows.
        return Ok(changes);
    }
    let Some(mut row) = tx.sent(handover).await? else {
        if let Some(mut item) = tx.inbox_item(handover).await?
            && matches!(method, Method::ReportProgress | Method::AnswerWithdrawal)
            && item.record.unrecorded.take().is_some()
        {
            tx.put_inbox(&item).await?;
            changes.push(Change::Inbox(handover));
        }
        return Ok(changes);
    };
    if method == Method::RecordAttestation && row.record.unrecorded.take().is_some() {
        tx.put_sent(&row).await?;
        changes.push(Change::Sent(handover));
    }
    if !answered.guardian_keys.is_empty() {
        let shown = answered
            .guardian_keys
            .into_iter()
            .map(RawStatement::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        preview::offer_to_all(node, tx, &row, &shown, now).await?;
    }
    Ok(changes)
}

/// Writes where a handover stands, and what follows: a permit is sealed under, an outcome closes.
pub(super) async fn apply_status(
    tx: &mut Tx,
    status: v1::HandoverStatus,
    now: Timestamp,
) -> Result<Vec<Change>, NodeError> {
    let handover = HandoverId::from_field(&status.handover_id, "handover_id")?;
    let permitted = from_wire::<Stage>(status.stage)? == Stage::Permitted;
    let changes = apply_status_only(tx, status, now).await?;
    if permitted
        && let Some(row) = tx.sent(handover).await?
        && row.stage == Some(Stage::Permitted)
    {
        outbox::once(tx, &Lane::child(row.child), &Task::Seal { handover }, now).await?;
    }
    Ok(changes)
}

/// Writes where a handover stands. Once it was admitted, no recipient is sought for it any more: not before, because what the
/// gateway refuses has none.
pub(super) async fn apply_status_only(
    tx: &mut Tx,
    status: v1::HandoverStatus,
    now: Timestamp,
) -> Result<Vec<Change>, NodeError> {
    let handover = HandoverId::from_field(&status.handover_id, "handover_id")?;
    let stage: Stage = from_wire(status.stage)?;
    let Some(mut row) = tx.sent(handover).await? else {
        let change = warm_of_inbox(tx, handover, &status, now).await?;
        return Ok(change.into_iter().collect());
    };
    // An outcome is never left. A gateway that was put back from a copy may not know of it any more: what was received stays
    // received, and what was taken back is not asked for again.
    let push_again = wire::blocked(&Reason::PushAgain.into());
    let from_copy = status.blocked_reasons.contains(&push_again);
    if row.stage.is_some_and(Stage::is_outcome) && (row.stage != Some(stage) || from_copy) {
        return Ok(Vec::new());
    }
    // What was released goes on to an outcome: this was overtaken by an event.
    if row.stage == Some(Stage::Released) && stage != Stage::Released && !stage.is_outcome() {
        return Ok(Vec::new());
    }
    let placed = match row.stage {
        None => tx.place(row.child, row.purpose).await?,
        Some(_) => None,
    };
    let bytes = status.encode_to_vec();
    let same = row.stage == Some(stage) && row.record.status.0 == bytes;
    row.stage = Some(stage);
    row.record.status.0 = bytes;
    row.updated_at = now;
    if stage.is_outcome() && row.closed_at.is_none() {
        row.closed_at = Some(now);
        if matches!(stage, Stage::Retracted | Stage::Expired) {
            tx.erase_sent_content(handover).await?;
        }
    }
    tx.put_sent(&row).await?;
    let changed = (!same).then_some(handover);
    Ok(changed.into_iter().chain(placed).map(Change::Sent).collect())
}

/// Writes where the warm part of a handover to us stands, and by when we must answer what was taken back. The rest of it we
/// know from what we fetched.
async fn warm_of_inbox(
    tx: &mut Tx,
    handover: HandoverId,
    status: &v1::HandoverStatus,
    now: Timestamp,
) -> Result<Option<Change>, NodeError> {
    let Some(mut row) = tx.inbox_item(handover).await? else {
        return Ok(None);
    };
    let warm = status.warm.as_ref().map(|warm| Bytes(warm.encode_to_vec()));
    let warm = warm.or_else(|| row.record.warm.clone());
    let waiting = status.unanswered.iter();
    let unanswered: Vec<_> = waiting.map(|waiting| Bytes(waiting.encode_to_vec())).collect();
    if row.record.warm == warm && row.record.unanswered == unanswered {
        return Ok(None);
    }
    row.record.warm = warm;
    row.record.unanswered = unanswered;
    row.updated_at = now;
    tx.put_inbox(&row).await?;
    Ok(Some(Change::Inbox(handover)))
}

/// The same call under a fresh request id, signed by the key in force; a statement that must be about now is dated now. For
/// a call that waited here longer than the gateway takes it. `None` where that would say something else than was meant.
pub(super) fn renewed(
    node: &Node,
    method: Method,
    bytes: &[u8],
    reason: Reason,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, NodeError> {
    macro_rules! renewed {
        // Its time says when it was made, which no later time can.
        ($request:ty, $field:ident: $body:ty) => {{
            if reason == Reason::TimeOutOfRange {
                return Ok(None);
            }
            renewed!($request, $field: $body, |_: &mut $body| {})
        }};
        ($request:ty, $field:ident: $body:ty, $date:expr) => {{
            let mut request: $request = read(bytes)?;
            let mut body = statement_in::<$body>(request.$field.take(), stringify!($field))?.peek()?;
            if reason == Reason::TimeOutOfRange {
                $date(&mut body);
            }
            request.$field = Some(handdruk_proto::statement(&node.sign(&body)?));
            request.request_id = node.request_id().to_string();
            request.encode_to_vec()
        }};
    }
    let renewed = match method {
        Method::RecordTold => renewed!(v1::RecordToldRequest, told: Told, |told: &mut Told| told.at = now),
        Method::RecordAttestation => {
            renewed!(v1::RecordAttestationRequest, attestation: Attestation, |said: &mut Attestation| said.at = now)
        }
        Method::Renew => {
            renewed!(v1::RenewRequest, renewal: Renewal, |renewal: &mut Renewal| renewal.at = now)
        }
        Method::Propose => renewed!(v1::ProposeRequest, manifest: Manifest),
        // From the future, because our clock ran ahead when it was made. Programs alone wait for these, so nobody would make them
        // again: content would lie here that the gateway takes for never arrived.
        Method::Submit => {
            renewed!(v1::SubmitRequest, envelope: Envelope, |sealed: &mut Envelope| sealed.at = now)
        }
        Method::Acknowledge => {
            renewed!(v1::AcknowledgeRequest, receipt: Receipt, |receipt: &mut Receipt| receipt.at = now)
        }
        Method::ReportProgress => renewed!(v1::ReportProgressRequest, progress: Progress),
        Method::AnswerWithdrawal => renewed!(v1::AnswerWithdrawalRequest, answer: WithdrawalAnswer),
        Method::Invite => renewed!(v1::InviteRequest, invitation: Invitation),
        Method::AddPreviews | Method::AddPlans | Method::Retract | Method::RevokeInvitation => {
            return Ok(None);
        }
    };
    // The same bytes would be refused the same way.
    Ok(Some(renewed))
}

/// Keeps an attestation that was dated or signed anew in place of the one that it says the same as: both would count. And
/// what came with a step, under the step's new name.
pub(super) async fn keep_renewed(
    tx: &mut Tx,
    (method, handover): (Method, Option<HandoverId>),
    (old, new): (&[u8], &[u8]),
    now: Timestamp,
) -> Result<(), NodeError> {
    if let (Method::ReportProgress, Some(handover)) = (method, handover) {
        return details::renamed(tx, handover, (old, new)).await;
    }
    if method != Method::RecordAttestation {
        return Ok(());
    }
    let attestation = |bytes| {
        let request: v1::RecordAttestationRequest = read(bytes)?;
        Ok::<_, NodeError>(statement_in::<Attestation>(request.attestation, "attestation")?)
    };
    let (old, new) = (attestation(old)?.digest(), attestation(new)?);
    Ok(tx.replace_proof(old, new.raw(), now).await?)
}

/// Keeps an answer to a withdrawal that the gateway took: a gateway that is put back from a copy may lose it.
pub(super) async fn keep_answer(
    tx: &mut Tx,
    handover: HandoverId,
    bytes: &[u8],
    now: Timestamp,
) -> Result<(), NodeError> {
    let request: v1::AnswerWithdrawalRequest = read(bytes)?;
    let answer = statement_in::<WithdrawalAnswer>(request.answer, "answer")?;
    tx.keep_proof(handover, answer.raw(), now).await?;
    Ok(())
}

/// Whether it was sealed under the permit with this digest. To have been told of it is not enough: sealing may have failed since, and
/// hearing of it once more is what makes it tried again.
pub(super) fn is_sealed_under(row: &SentRow, permit: Digest) -> bool {
    let under = row.record.sealed_under.as_ref();
    under.is_some_and(|under| under.0.digest() == permit)
}

/// Whether a row can still be sealed for.
pub(super) fn is_open(row: &SentRow) -> bool {
    row.closed_at.is_none() && row.record.refused.is_none()
}
