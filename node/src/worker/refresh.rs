//! Asking where a handover stands, and learning from the statements behind it.

use std::sync::Arc;

use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::manifest::Manifest;
use handdruk_domain::statement::outcome::Receipt;
use handdruk_domain::statement::{KeyId, Kind, RawStatement, Statement};
use handdruk_proto::v1;

use super::calls;
use super::learn::{self, Chains, of_others, progress};
use super::outbox::done;
use crate::details;
use crate::directory::{Chain, signers};
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::node::{Change, Node};
use crate::store::TaskRow;

/// What the gateway knows of one of our handovers.
pub(super) async fn ask(
    node: &Node,
    handover: HandoverId,
) -> Result<(v1::HandoverStatus, Vec<RawStatement>), NodeError> {
    let request = Gateway::request(v1::GetHandoverRequest {
        handover_id: handover.to_string(),
    });
    let answer = node.gateway.exchange().get_handover(request).await;
    let answer = answer.map_err(|status| NodeError::from(&status))?.into_inner();
    read(answer, handover)
}

/// Where a handover stands and what was signed about it, as the gateway tells it: it must be about this one.
pub(super) fn read(
    told: v1::GetHandoverResponse,
    handover: HandoverId,
) -> Result<(v1::HandoverStatus, Vec<RawStatement>), NodeError> {
    let status = told
        .handover
        .ok_or_else(|| NodeError::about(Reason::Malformed, "handover"))?;
    if status.handover_id != handover.to_string() {
        return Err(NodeError::about(Reason::Malformed, "handover_id"));
    }
    let statements = told
        .statements
        .into_iter()
        .map(RawStatement::try_from)
        .collect::<Result<_, _>>()?;
    Ok((status, statements))
}

/// Says that we signed something about a handover that is not known here. Only a database that was put back from a copy has
/// forgotten it, or somebody else has our keys: either is a human's to look into, and neither is told from here.
async fn say_if_forgotten(node: &Node, handover: HandoverId, statements: &[RawStatement]) {
    let Some(own) = believed(
        node,
        &node.oin,
        &signers(statements, &[Kind::Manifest, Kind::Receipt]),
    )
    .await
    else {
        return;
    };
    for raw in statements {
        let is_ours = match raw.kind {
            Kind::Manifest => Statement::<Manifest>::claim(raw.clone())
                .is_ok_and(|claim| own.verify(&claim).is_ok_and(|ours| ours.handover == handover)),
            Kind::Receipt => Statement::<Receipt>::claim(raw.clone())
                .is_ok_and(|claim| own.verify(&claim).is_ok_and(|ours| ours.handover == handover)),
            _ => false,
        };
        if is_ours {
            tracing::error!(
                %handover,
                kind = %raw.kind,
                "signed with our keys and not known here: was this database put back from a copy? A human must look"
            );
        }
    }
}

/// Asks, learns, and finishes the task.
pub(super) async fn refresh(node: &Node, task: &TaskRow, handover: HandoverId) -> Result<(), NodeError> {
    let (status, statements) = ask(node, handover).await?;
    let mut snapshot = node.store.snapshot().await?;
    let (row, item) = (
        snapshot.sent(handover).await?,
        snapshot.inbox_item(handover).await?,
    );
    drop(snapshot);
    if row.is_none() && item.is_none() {
        say_if_forgotten(node, handover, &statements).await;
    }
    let now = node.now();
    // Steps of the warm part are either side's to report.
    let steps = signers(&statements, &[Kind::Progress]);
    let own = if steps.is_empty() {
        None
    } else {
        let keys = node.keyring.current();
        let ours: Vec<_> = steps
            .iter()
            .copied()
            .filter(|key| keys.chain().has(key))
            .collect();
        believed(node, &node.oin, &ours).await
    };
    let chains = match &row {
        Some(row) => Some(Chains::of(node, &row.recipient, &statements, own.as_ref()).await?),
        None => None,
    };
    let sender = match &item {
        Some(item) if own.is_some() => believed(node, &item.sender, &of_others(steps, own.as_ref())).await,
        _ => None,
    };
    let mut tx = node.store.join().await?;
    let mut changes = Vec::new();
    if let Some(mut item) = tx.inbox_item(handover).await? {
        for raw in statements
            .iter()
            .filter(|statement| statement.kind == Kind::Progress)
        {
            match progress(handover, raw, [own.as_deref(), sender.as_deref()]) {
                Ok(progress) => {
                    details::add(&mut item.record.steps, progress.step);
                    if tx.keep_proof(handover, raw, now).await? {
                        details::learn(node, &mut tx, handover, raw, item.record.withdrawal).await?;
                    }
                }
                Err(error) => {
                    tracing::warn!(kind = %raw.kind, %error, "a statement about a handover was not believed");
                }
            }
        }
        tx.put_inbox(&item).await?;
        changes.push(Change::Inbox(handover));
    }
    if let Some(chains) = chains
        && let Some(mut row) = tx.sent(handover).await?
    {
        learn::all(node, &mut tx, &mut row, &statements, &chains, now).await?;
        changes.push(Change::Sent(handover));
    }
    let told = calls::apply_status(&mut tx, status, now).await?;
    changes.extend(
        told.into_iter()
            .filter(|change| *change != Change::Sent(handover)),
    );
    tx.finish_task(task.id).await?;
    tx.commit().await?;
    done(node, task.id, &changes);
    Ok(())
}

/// An organisation's keys, if they can be believed now. While clocks or keys are about to agree, where a handover stands is
/// learnt all the same; a step that cannot be verified yet is learnt with the next news.
async fn believed(node: &Node, oin: &Oin, keys: &[KeyId]) -> Option<Arc<Chain>> {
    match node.directory.chain_with(oin, keys, node.now()).await {
        Ok(chain) => Some(chain),
        Err(error) => {
            tracing::warn!(%oin, %error, "an organisation's keys cannot be believed now");
            None
        }
    }
}
