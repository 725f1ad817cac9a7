//! Asking where a handover of ours stands, and learning from the statements behind it, each verified under its own signer.

use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::outcome::{Outcome, Progress, Receipt, WithdrawalAnswer, WithdrawalOutcome};
use handdruk_domain::statement::{Kind, RawStatement, Statement};
use handdruk_proto::v1;

use super::calls;
use super::outbox::done;
use crate::api::wire;
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
    let mut snapshot = node.store.snapshot().await?;
    let (row, item) = (
        snapshot.sent(handover).await?,
        snapshot.inbox_item(handover).await?,
    );
    drop(snapshot);
    let now = node.now();
    // Steps of the warm part are either side's to report.
    let own = if statements
        .iter()
        .any(|statement| statement.kind == Kind::Progress)
    {
        believed(node, &node.oin).await
    } else {
        None
    };
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
    let sender = match &item {
        Some(item) if own.is_some() => believed(node, &item.sender).await,
        _ => None,
    };
    let mut tx = node.store.begin().await?;
    let mut changes = Vec::new();
    if let Some(mut item) = tx.inbox_item(handover).await? {
        for raw in statements
            .iter()
            .filter(|statement| statement.kind == Kind::Progress)
        {
            match progress(handover, raw, [own.as_ref(), sender.as_ref()]) {
                Ok(progress) => {
                    take_over(&mut item.record.steps, &progress);
                    tx.keep_proof(handover, raw, now).await?;
                }
                Err(error) => {
                    tracing::warn!(kind = %raw.kind, %error, "a statement about a handover was not believed");
                }
            }
        }
        tx.put_inbox(&item).await?;
        changes.push(Change::Inbox(handover));
    }
    if let Some((gateway, recipient)) = learnt
        && let Some(mut row) = tx.sent(handover).await?
    {
        for raw in &statements {
            match learn(&mut row, raw, gateway.as_ref(), recipient.as_ref(), own.as_ref()) {
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
    own: Option<&Chain>,
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
            let progress = progress(row.handover, raw, [own, recipient])?;
            take_over(&mut record.steps, &progress);
        }
        Kind::Decision | Kind::Attestation | Kind::Permit => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// An organisation's keys, if they can be believed now. While clocks or keys are about to agree, where a handover stands is
/// learnt all the same; a step that cannot be verified yet is learnt with the next news.
async fn believed(node: &Node, oin: &Oin) -> Option<Chain> {
    match node.directory.chain(oin, node.now()).await {
        Ok(chain) => Some(chain),
        Err(error) => {
            tracing::warn!(%oin, %error, "an organisation's keys cannot be believed now");
            None
        }
    }
}

/// A step of the warm part, verified under whichever of both sides reported it.
fn progress(
    handover: HandoverId,
    raw: &RawStatement,
    sides: [Option<&Chain>; 2],
) -> Result<Progress, NodeError> {
    let claim = Statement::<Progress>::claim(raw.clone())?;
    let verified = sides
        .into_iter()
        .flatten()
        .find_map(|side| side.verify(&claim).ok());
    let progress = verified.filter(|progress| progress.handover == handover);
    let progress = progress.ok_or_else(|| NodeError::reason(Reason::BadStatement))?;
    Ok(progress.body().clone())
}

/// A step that is not known yet becomes the newest. Which stage it led to is the gateway's to say.
fn take_over(steps: &mut Vec<String>, progress: &Progress) {
    let word = progress.step.word();
    if !steps.iter().any(|known| known == word) {
        steps.push(word.to_owned());
    }
}

fn categories<'a>(names: impl Iterator<Item = &'a CompartmentName>) -> Vec<Category> {
    names
        .filter_map(|name| match name {
            CompartmentName::Category(category) => Some(*category),
            CompartmentName::View(_) => None,
        })
        .collect()
}
