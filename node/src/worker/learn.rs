//! What is learnt of a handover of ours from the statements behind it, each verified under its own signer: when it was asked
//! about, or when an event told.

use std::sync::Arc;

use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Attestation, Decision, GuardianKeys};
use handdruk_domain::statement::envelope::{CompartmentName, Release};
use handdruk_domain::statement::outcome::{Outcome, Progress, Receipt, WithdrawalAnswer, WithdrawalOutcome};
use handdruk_domain::statement::{KeyId, Kind, Party, RawStatement, Statement, VerifyingKey};
use handdruk_proto::{from_wire, v1};

use super::{calls, plan};
use crate::api::wire;
use crate::details;
use crate::directory::{Chain, signers};
use crate::error::NodeError;
use crate::mail;
use crate::node::Node;
use crate::store::{SentRow, Tx};

/// What the recipient of a handover signs about it.
const BY_RECIPIENT: [Kind; 3] = [Kind::Receipt, Kind::WithdrawalAnswer, Kind::Progress];

/// What is kept as proof once it was learnt.
const KEPT: [Kind; 6] = [
    Kind::Decision,
    Kind::Attestation,
    Kind::Release,
    Kind::Receipt,
    Kind::WithdrawalAnswer,
    Kind::Progress,
];

/// The keys under which statements about a handover of ours are verified.
#[derive(Debug, Default)]
pub(super) struct Chains {
    gateway: Option<Arc<Chain>>,
    recipient: Option<Arc<Chain>>,
    own: Option<Arc<Chain>>,
}

impl Chains {
    /// Those that the statements need, asked for where they are not at hand. `own` are ours, as the gateway shows them.
    pub(super) async fn of(
        node: &Node,
        recipient: &Oin,
        statements: &[RawStatement],
        own: Option<&Arc<Chain>>,
    ) -> Result<Self, NodeError> {
        let now = node.now();
        let released = signers(statements, &[Kind::Release]);
        let returned = of_others(signers(statements, &BY_RECIPIENT), own);
        Ok(Self {
            gateway: if released.is_empty() {
                None
            } else {
                Some(node.directory.gateway_chain_with(&released, now).await?)
            },
            recipient: if returned.is_empty() {
                None
            } else {
                Some(node.directory.chain_with(recipient, &returned, now).await?)
            },
            own: own.cloned(),
        })
    }

    /// Those that the statements need, where all of them are at hand. Steps of the warm part, which both sides report, are not
    /// looked at here.
    fn at_hand(node: &Node, recipient: &Oin, statements: &[RawStatement]) -> Option<Self> {
        let now = node.now();
        if statements
            .iter()
            .any(|statement| statement.kind == Kind::Progress)
        {
            return None;
        }
        let released = signers(statements, &[Kind::Release]);
        let returned = signers(statements, &BY_RECIPIENT);
        let mut chains = Self::default();
        if !released.is_empty() {
            chains.gateway = Some(node.directory.kept_gateway_chain(&released, now)?);
        }
        if !returned.is_empty() {
            chains.recipient = Some(node.directory.kept_chain(recipient, &returned, now)?);
        }
        Some(chains)
    }
}

/// Keys without our own.
pub(super) fn of_others(mut keys: Vec<KeyId>, own: Option<&Arc<Chain>>) -> Vec<KeyId> {
    keys.retain(|key| !own.is_some_and(|own| own.has(key)));
    keys
}

/// What an event changed here by what came with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learnt {
    /// Where it stands now, and what the statements say.
    News,
    /// Nothing: it is known.
    Known,
    /// It does not tell enough: the gateway has to be asked.
    Unclear,
}

/// Learns from what the gateway told with an event: where a handover of ours stands, and all that was signed about it. Only where that
/// is on from where it stands here, to *released* or an outcome: then it is newer than every answer that was taken over before, and
/// an answer that comes later does not take it back.
pub(super) async fn told(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    (status, statements): (&v1::HandoverStatus, &[RawStatement]),
    now: Timestamp,
) -> Result<Learnt, NodeError> {
    let Ok(stage) = from_wire::<Stage>(status.stage) else {
        return Ok(Learnt::Unclear);
    };
    let is_on = match row.stage {
        Some(Stage::Permitted | Stage::Submitted) => stage == Stage::Released || stage.is_outcome(),
        Some(Stage::Released) => stage.is_outcome(),
        _ => false,
    };
    if !is_on {
        let is_known = row.stage == Some(stage) && knows(tx, row.handover, statements).await?;
        return Ok(if is_known { Learnt::Known } else { Learnt::Unclear });
    }
    let Some(chains) = Chains::at_hand(node, &row.recipient, statements) else {
        return Ok(Learnt::Unclear);
    };
    let mut row = row.clone();
    all(node, tx, &mut row, statements, &chains, now).await?;
    calls::apply_status_only(tx, status.clone(), now).await?;
    Ok(Learnt::News)
}

/// Whether everything among statements that is kept as proof was kept before.
async fn knows(tx: &mut Tx, handover: HandoverId, statements: &[RawStatement]) -> Result<bool, NodeError> {
    for raw in statements.iter().filter(|raw| KEPT.contains(&raw.kind)) {
        if !tx.has_proof(handover, raw.digest()).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes over what the statements say of a handover of ours, and keeps them as proof. One that is not believed changes nothing.
pub(super) async fn all(
    node: &Node,
    tx: &mut Tx,
    row: &mut SentRow,
    statements: &[RawStatement],
    chains: &Chains,
    now: Timestamp,
) -> Result<(), NodeError> {
    for raw in statements {
        let heard = match raw.kind {
            Kind::Decision => decision(tx, row, raw).await,
            Kind::Attestation => attestation(node, row, raw),
            _ => learn(row, raw, chains),
        };
        keep(node, tx, row, (raw, heard), now).await?;
    }
    Ok(tx.put_sent(row).await?)
}

/// Keeps what somebody decided about a handover of ours and an event told, before we go on behind that event: a gateway that is put
/// back from a copy may have lost it when it is asked. Whether anything was kept.
pub(super) async fn decisions(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    statements: &[RawStatement],
    now: Timestamp,
) -> Result<bool, NodeError> {
    let mut is_news = false;
    for raw in statements {
        let heard = match raw.kind {
            Kind::Decision => decision(tx, row, raw).await,
            Kind::Attestation => attestation(node, row, raw),
            _ => Ok(false),
        };
        is_news |= keep(node, tx, row, (raw, heard), now).await?;
    }
    Ok(is_news)
}

/// Keeps a statement as proof, and does what follows the first time, if it is believed and of a kind that is kept. Whether it was the
/// first time.
async fn keep(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    (raw, heard): (&RawStatement, Result<bool, NodeError>),
    now: Timestamp,
) -> Result<bool, NodeError> {
    match heard {
        Ok(true) => {}
        Ok(false) => return Ok(false),
        Err(NodeError::Refused(refusal)) => {
            tracing::warn!(kind = %raw.kind, %refusal, "a statement about a handover was not believed");
            return Ok(false);
        }
        Err(fault) => return Err(fault),
    }
    if !tx.keep_proof(row.handover, raw, now).await? {
        return Ok(false);
    }
    mail::learnt(node, tx, row, raw, now).await?;
    if raw.kind == Kind::Progress {
        details::learn(node, tx, row.handover, raw, row.record.withdrawal).await?;
        plan::offer_to_all(node, tx, row, raw.digest(), now).await?;
    }
    Ok(true)
}

/// Takes over what a statement says. Whether it is one that is kept as proof.
fn learn(row: &mut SentRow, raw: &RawStatement, chains: &Chains) -> Result<bool, NodeError> {
    let stranger = || NodeError::reason(Reason::BadStatement);
    let (gateway, recipient) = (chains.gateway.as_deref(), chains.recipient.as_deref());
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
            let progress = progress(row.handover, raw, [chains.own.as_deref(), recipient])?;
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

/// A step of the warm part, verified under whichever of both sides reported it.
pub(super) fn progress(
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

#[cfg(test)]
mod tests;
