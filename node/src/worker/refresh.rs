//! Asking where a handover of ours stands, and learning from the statements behind it, each verified under its own signer.

use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::consent::{Attestation, Decision, GuardianKeys};
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::manifest::Manifest;
use handdruk_domain::statement::outcome::{Outcome, Progress, Receipt, WithdrawalAnswer, WithdrawalOutcome};
use handdruk_domain::statement::{Kind, Party, RawStatement, Statement, VerifyingKey};
use handdruk_proto::v1;

use super::calls;
use super::outbox::done;
use super::plan;
use crate::api::wire;
use crate::details;
use crate::directory::Chain;
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::mail;
use crate::node::{Change, Node};
use crate::store::{SentRow, TaskRow, Tx};

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

/// Says that we signed something about a handover that is not known here. Only a database that was put back from a copy has
/// forgotten it, or somebody else has our keys: either is a human's to look into, and neither is told from here.
async fn say_if_forgotten(node: &Node, handover: HandoverId, statements: &[RawStatement]) {
    let Some(own) = believed(node, &node.oin).await else {
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
    let mut tx = node.store.join().await?;
    let mut changes = Vec::new();
    if let Some(mut item) = tx.inbox_item(handover).await? {
        for raw in statements
            .iter()
            .filter(|statement| statement.kind == Kind::Progress)
        {
            match progress(handover, raw, [own.as_ref(), sender.as_ref()]) {
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
    if let Some((gateway, recipient)) = learnt
        && let Some(mut row) = tx.sent(handover).await?
    {
        for raw in &statements {
            let heard = match raw.kind {
                Kind::Decision => decision(&mut tx, &row, raw).await,
                Kind::Attestation => attestation(node, &row, raw),
                _ => learn(&mut row, raw, gateway.as_ref(), recipient.as_ref(), own.as_ref()),
            };
            match heard {
                Ok(true) => {
                    if tx.keep_proof(handover, raw, now).await? {
                        mail::learnt(node, &mut tx, &row, raw, now).await?;
                        if raw.kind == Kind::Progress {
                            details::learn(node, &mut tx, handover, raw, row.record.withdrawal).await?;
                            plan::offer_to_all(node, &mut tx, &row, raw.digest(), now).await?;
                        }
                    }
                }
                Ok(false) => {}
                Err(NodeError::Refused(refusal)) => {
                    tracing::warn!(kind = %raw.kind, %refusal, "a statement about a handover was not believed");
                }
                Err(fault) => return Err(fault),
            }
        }
        tx.put_sent(&row).await?;
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
            details::add(&mut record.steps, progress.step);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Whether a guardian said this about a handover of ours, with the keys that we pinned.
async fn decision(tx: &mut Tx, row: &SentRow, raw: &RawStatement) -> Result<bool, NodeError> {
    let stranger = || NodeError::reason(Reason::BadStatement);
    let claim = Statement::<Decision>::claim(raw.clone())?;
    let invitation = tx.invitation(claim.peek()?.invitation).await?;
    let keys = invitation.and_then(|invitation| invitation.record.keys?.claim::<GuardianKeys>());
    let keys = keys.ok_or_else(stranger)?.peek()?;
    let own = VerifyingKey::new(Party::Guardian(keys.invitation), keys.signing);
    let decision = claim.verify(&[&own])?;
    let about = decision.slot == keys.slot
        && decision.handover == row.handover
        && decision.manifest == row.record.manifest.0.digest();
    if about { Ok(true) } else { Err(stranger()) }
}

/// Whether we attested this, about the child of a handover of ours.
fn attestation(node: &Node, row: &SentRow, raw: &RawStatement) -> Result<bool, NodeError> {
    let keys = node.keyring.current();
    let attestation = keys
        .chain()
        .verify(&Statement::<Attestation>::claim(raw.clone())?)?;
    let about = attestation.child == row.child
        && attestation
            .handover
            .is_none_or(|handover| handover == row.handover);
    if about {
        Ok(true)
    } else {
        Err(NodeError::reason(Reason::BadStatement))
    }
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
    let verified = sides.into_iter().flatten().find_map(|side| {
        let verified = side.verify(&claim).ok()?;
        (verified.by.on_behalf_of == side.newest().oin).then_some(verified)
    });
    let progress = verified.filter(|progress| progress.handover == handover);
    let progress = progress.ok_or_else(|| NodeError::reason(Reason::BadStatement))?;
    Ok(progress.body().clone())
}

fn categories<'a>(names: impl Iterator<Item = &'a CompartmentName>) -> Vec<Category> {
    names
        .filter_map(|name| match name {
            CompartmentName::Category(category) => Some(*category),
            CompartmentName::View(_) => None,
        })
        .collect()
}
