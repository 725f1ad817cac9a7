//! What is put into the outbox: calls whose exact bytes are decided here, inside the transaction that makes them necessary.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Bytes;
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::statement::Statement;
use handdruk_domain::statement::consent::Attestation;
use handdruk_proto::v1;
use prost::Message as _;

use crate::error::NodeError;
use crate::node::Node;
use crate::store::{StoreError, Tx};
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
    let waits = tx.behind_the_first(&lane.0).await?.contains(task);
    if !waits {
        tx.add_task(&lane.0, task, false, now).await?;
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
    let request = v1::RecordAttestationRequest {
        request_id: node.request_id().to_string(),
        attestation: Some(handdruk_proto::statement(attestation)),
    };
    call(
        tx,
        child,
        Method::RecordAttestation,
        handover,
        request.encode_to_vec(),
        now,
    )
    .await
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
