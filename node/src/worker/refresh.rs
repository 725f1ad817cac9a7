//! Asking where a handover of ours stands, and learning from the statements behind it, each verified under its own signer.

use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::outcome::{Outcome, Progress, Receipt, WithdrawalAnswer, WithdrawalOutcome};
use handdruk_domain::statement::{Kind, RawStatement, Statement};
use handdruk_proto::v1;

use super::calls;
use super::outbox::done;
use crate::api::{step_word, wire};
use crate::directory::Chain;
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::mail;
use crate::node::{Change, Node};
use crate::store::{SentRow, TaskRow};

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
    let status = answer
        .handover
        .ok_or_else(|| NodeError::about(Reason::Malformed, "handover"))?;
    if status.handover_id != handover.to_string() {
        return Err(NodeError::about(Reason::Malformed, "handover_id"));
    }
    let statements = answer
        .statements
        .into_iter()
        .map(RawStatement::try_from)
        .collect::<Result<_, _>>()?;
    Ok((status, statements))
}

/// Asks, learns, and finishes the task.
pub(super) async fn refresh(node: &Node, task: &TaskRow, handover: HandoverId) -> Result<(), NodeError> {
    let (status, statements) = ask(node, handover).await?;
    let row = node.store.snapshot().await?.sent(handover).await?;
    let now = node.now();
    let mut learnt = None;
    if let Some(row) = &row {
        let needs = |kinds: &[Kind]| statements.iter().any(|statement| kinds.contains(&statement.kind));
        let gateway = if needs(&[Kind::Release]) {
            Some(node.directory.gateway_chain(now).await?)
        } else {
            None
        };
        let recipients = [Kind::Receipt, Kind::WithdrawalAnswer, Kind::Progress];
        let recipient = if needs(&recipients) {
            Some(node.directory.chain(&row.recipient, now).await?)
        } else {
            None
        };
        learnt = Some((gateway, recipient));
    }
    let mut tx = node.store.begin().await?;
    let mut changes = Vec::new();
    if let Some((gateway, recipient)) = learnt
        && let Some(mut row) = tx.sent(handover).await?
    {
        for raw in &statements {
            match learn(&mut row, raw, gateway.as_ref(), recipient.as_ref()) {
                Ok(true) => {
                    if tx.keep_proof(handover, raw, now).await? {
                        mail::learnt(node, &mut tx, &row, raw, now).await?;
                    }
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(kind = %raw.kind, %error, "a statement about a handover was not believed");
                }
            }
        }
        tx.put_sent(&row).await?;
        changes.push(Change::Sent(handover));
    }
    calls::apply_status(&mut tx, status, now).await?;
    tx.finish_task(task.id).await?;
    tx.commit().await?;
    done(node, task.id, &changes);
    Ok(())
}

/// Takes over what a statement says. Whether it is one that is kept as proof.
fn learn(
    row: &mut SentRow,
    raw: &RawStatement,
    gateway: Option<&Chain>,
    recipient: Option<&Chain>,
) -> Result<bool, NodeError> {
    let stranger = || NodeError::reason(Reason::BadStatement);
    let record = &mut row.record;
    match raw.kind {
        Kind::Release => {
            let release = gateway
                .ok_or_else(stranger)?
                .verify(&Statement::<Release>::claim(raw.clone())?)?;
            if release.handover != row.handover || release.recipient != row.recipient {
                return Err(stranger());
            }
            record.left = categories(release.sent.iter());
            record.withheld = categories(release.dropped.iter().map(|dropped| &dropped.name));
        }
        Kind::Receipt => {
            let receipt = recipient
                .ok_or_else(stranger)?
                .verify(&Statement::<Receipt>::claim(raw.clone())?)?;
            if receipt.handover != row.handover {
                return Err(stranger());
            }
            match &receipt.result {
                Outcome::Received { categories } => record.received.clone_from(categories),
                Outcome::Quarantined { reason, .. } => record.quarantine = Some(*reason),
            }
        }
        Kind::WithdrawalAnswer => {
            let answer = recipient
                .ok_or_else(stranger)?
                .verify(&Statement::<WithdrawalAnswer>::claim(raw.clone())?)?;
            if answer.handover != row.handover {
                return Err(stranger());
            }
            record.withdrawal = wire::answered(answer.result);
            record.keep_ground = match answer.result {
                WithdrawalOutcome::Kept { ground } => Some(ground),
                WithdrawalOutcome::Erased {} => None,
            };
        }
        Kind::Progress => {
            let progress = recipient
                .ok_or_else(stranger)?
                .verify(&Statement::<Progress>::claim(raw.clone())?)?;
            if progress.handover != row.handover {
                return Err(stranger());
            }
            let word = step_word(&progress.step);
            if !record.steps.iter().any(|known| known == word) {
                record.steps.push(word.to_owned());
            }
        }
        Kind::Decision | Kind::Attestation | Kind::Permit => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn categories<'a>(names: impl Iterator<Item = &'a CompartmentName>) -> Vec<Category> {
    names
        .filter_map(|name| match name {
            CompartmentName::Category(category) => Some(*category),
            CompartmentName::View(_) => None,
        })
        .collect()
}
