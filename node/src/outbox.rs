//! What is put into the outbox: calls whose exact bytes are decided here, inside the transaction that makes them necessary.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Bytes;
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::consent::{Attestation, Attested};
use handdruk_proto::v1;
use prost::Message as _;

use crate::error::NodeError;
use crate::node::Node;
use crate::store::{SentRow, StoreError, Tx};
use crate::task::{Lane, Method, Task};

/// Adds a call about a child of ours. Returns the task's number.
pub(crate) async fn call(
    tx: &mut Tx,
    child: ChildRef,
    method: Method,
    handover: Option<HandoverId>,
    request: Vec<u8>,
    now: Timestamp,
) -> Result<i64, NodeError> {
    let task = Task::Call {
        method,
        handover,
        request: Bytes(request),
    };
    Ok(tx.add_task(&Lane::child(child).0, &task, false, now).await?)
}

/// Adds a task, unless the same waits already. One that may be running does not count: what it asked for may be older than
/// what makes this one necessary.
pub(crate) async fn once(tx: &mut Tx, lane: &Lane, task: &Task, now: Timestamp) -> Result<(), StoreError> {
    let waiting = tx.behind_the_first(&lane.0).await?;
    if !waiting.iter().any(|(_, waits)| waits == task) {
        tx.add_task(&lane.0, task, false, now).await?;
    }
    Ok(())
}

/// Takes out a task that became needless, where it waits behind the one that is running.
pub(crate) async fn needless(tx: &mut Tx, lane: &Lane, task: &Task) -> Result<(), StoreError> {
    for (number, waits) in tx.behind_the_first(&lane.0).await? {
        if waits == *task {
            tx.finish_task(number).await?;
        }
    }
    Ok(())
}

/// Adds an attestation about a child of ours. Returns the task's number.
pub(crate) async fn attest(
    node: &Node,
    tx: &mut Tx,
    child: ChildRef,
    handover: Option<HandoverId>,
    attestation: &Statement<Attestation>,
    now: Timestamp,
) -> Result<i64, NodeError> {
    let request = recording(node, attestation);
    call(tx, child, Method::RecordAttestation, handover, request, now).await
}

fn recording(node: &Node, attestation: &Statement<Attestation>) -> Vec<u8> {
    let request = v1::RecordAttestationRequest {
        request_id: node.request_id().to_string(),
        attestation: Some(handdruk_proto::statement(attestation)),
    };
    request.encode_to_vec()
}

/// Adds what professionals attest that somebody decided about a handover of ours. Returns the task's number.
///
/// A no goes before everything else that waits about this child, unless the gateway does not know the handover yet. Nothing
/// is sealed until the gateway answered, and the no is kept: whatever the answer, our own policy decides by it whether it
/// counts.
pub(crate) async fn attest_decision(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    attestation: &Attestation,
    now: Timestamp,
) -> Result<i64, NodeError> {
    let statement = node.sign(attestation)?;
    let blocks = match &attestation.what {
        Attested::PaperDecision { choices, .. }
        | Attested::AssistedDecision { choices, .. }
        | Attested::SpokenWithdrawal { choices, .. } => choices.values().any(|choice| choice.blocks()),
        Attested::AuthorityChanged { .. } | Attested::SafetyReport { .. } => false,
    };
    let task = Task::Call {
        method: Method::RecordAttestation,
        handover: Some(row.handover),
        request: Bytes(recording(node, &statement)),
    };
    let urgent = blocks && row.stage.is_some();
    let number = tx.add_task(&Lane::child(row.child).0, &task, urgent, now).await?;
    if blocks {
        tx.hold(row.handover, number).await?;
        tx.keep_proof(row.handover, statement.raw(), now).await?;
    }
    Ok(number)
}

/// Adds a call about a handover to us. Returns the task's number.
pub(crate) async fn answer(
    tx: &mut Tx,
    handover: HandoverId,
    method: Method,
    request: Vec<u8>,
    now: Timestamp,
) -> Result<i64, NodeError> {
    let task = Task::Call {
        method,
        handover: Some(handover),
        request: Bytes(request),
    };
    Ok(tx.add_task(&Lane::inbox(handover).0, &task, false, now).await?)
}
