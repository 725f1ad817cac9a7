//! The gateway was put back from a copy: taking that up, and returning what is held here.
//!
//! Invariants: a log that is not the one seen before is gone on with only on the registrar's word, for the very log whose head it
//! signed, and never on an older word than one that was taken up; what was seen of the log before stays on record; nothing is
//! heard from the gateway before everything that is held here was returned.

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Checkpoint, Relation, relation};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Attestation, Decision};
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{Kind, RawStatement, Statement, Verified};
use handdruk_proto::{FromWire as _, statement_in, to_wire, v1};
use jiff::SignedDuration;
use prost::Message as _;

use super::calls;
use super::checkpoint::{proof, verify};
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::node::{Change, Node};
use crate::task::{Lane, Task};

/// So much earlier than the copy was made is looked for what changed since: clocks differ, and what was done is told later.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// Statements in one request.
const STATEMENTS: usize = 200;
/// Their size in one request, in bytes.
const BYTES: usize = 1024 * 1024;

/// Takes up the restoration that is in force at the gateway.
pub(super) async fn take_up(node: &Node) -> Result<(), NodeError> {
    let asked = Gateway::request(v1::GetRestorationRequest {});
    let answer = node.gateway.evidence().get_restoration(asked).await;
    let answer = answer.map_err(|status| NodeError::from(&status))?.into_inner();
    let claim = statement_in::<Restoration>(answer.restoration, "restoration")?;
    let restoration = claim.verify(&[node.directory.registrar()])?;
    let (known, kept) = {
        let mut snapshot = node.store.snapshot().await?;
        (snapshot.restoration().await?, snapshot.progress().await?.1)
    };
    if let Some(known) = known {
        let known = Statement::<Restoration>::claim(known.signed)?.peek()?;
        if restoration.number <= known.number {
            return Err(NodeError::reason(Reason::LogDiverged));
        }
    }
    let begins = begins_anew(node, &restoration, &kept, &answer.checkpoint).await;
    begins.inspect_err(|error| {
        tracing::error!(%error, "the registrar's restoration does not fit the log that the gateway shows: not taken up");
    })?;
    let published = node.directory.published(&node.oin).await?;
    let mut tx = node.store.begin().await?;
    tx.begin_anew(
        restoration.number,
        restoration.statement().raw(),
        (node.gateway.oin(), &answer.checkpoint),
        published,
        node.now(),
    )
    .await?;
    tx.commit().await?;
    node.keyring.read_anew(&node.store).await?;
    tracing::error!(
        number = restoration.number,
        leaves = restoration.size,
        copied = %restoration.copied,
        "the gateway was put back from a copy, says the registrar: what was admitted after it is returned, or pushed again"
    );
    Ok(())
}

/// Whether the log that the gateway shows is the one that the registrar named, and that is one before what was seen here, or all
/// of it.
async fn begins_anew(
    node: &Node,
    restoration: &Verified<Restoration>,
    kept: &str,
    shown: &str,
) -> Result<(), NodeError> {
    let diverged = || NodeError::reason(Reason::LogDiverged);
    let log = node.gateway.oin();
    if restoration.log != *log {
        return Err(diverged());
    }
    let chain = node.directory.gateway_chain_anew(node.now()).await?;
    let named = Checkpoint {
        log: log.clone(),
        size: restoration.size,
        root: restoration.root,
    };
    let shown = verify(&chain, log, shown)?;
    extends(node, &named, &shown).await?;
    if !kept.is_empty() {
        let seen = verify(&chain, log, kept)?;
        // What was seen beyond the copy is what the registrar says is lost. What was seen before it must be in it.
        if seen.size <= named.size {
            extends(node, &seen, &named).await?;
        }
    }
    Ok(())
}

async fn extends(node: &Node, earlier: &Checkpoint, later: &Checkpoint) -> Result<(), NodeError> {
    let proof = if later.size > earlier.size {
        proof(node, earlier, later).await?
    } else {
        Vec::new()
    };
    match relation(earlier, later, &proof) {
        Relation::Same | Relation::Extends => Ok(()),
        Relation::Shorter | Relation::Diverges => Err(NodeError::reason(Reason::LogDiverged)),
    }
}

/// Returns everything that is held here of what changed since the copy, if that was not done yet.
pub(super) async fn give_back(node: &Node) -> Result<(), NodeError> {
    let taken_up = node.store.snapshot().await?.restoration().await?;
    let Some(taken_up) = taken_up.filter(|taken_up| !taken_up.returned) else {
        return Ok(());
    };
    let restoration = taken_up.signed.digest();
    let copied = Statement::<Restoration>::claim(taken_up.signed)?.peek()?.copied;
    let since = copied.checked_sub(BEFORE).unwrap_or(copied);
    let handovers = node.store.snapshot().await?.changed_since(since).await?;
    let count = handovers.len();
    let mut page = Vec::new();
    for handover in handovers {
        let held = held(node, handover).await?;
        let size: usize = held.iter().map(v1::ReturnedStatement::encoded_len).sum();
        let paged: usize = page.iter().map(v1::ReturnedStatement::encoded_len).sum();
        if page.len() + held.len() > STATEMENTS || size + paged > BYTES {
            send(node, restoration, std::mem::take(&mut page), false).await?;
        }
        page.extend(held);
    }
    send(node, restoration, page, true).await?;
    let mut tx = node.store.begin().await?;
    tx.mark_returned().await?;
    tx.commit().await?;
    tracing::info!(handovers = count, "what is held here was returned to the gateway");
    Ok(())
}

/// Returns a page, in as many requests as it takes.
async fn send(
    node: &Node,
    restoration: Digest,
    page: Vec<v1::ReturnedStatement>,
    is_all: bool,
) -> Result<(), NodeError> {
    let mut parts: Vec<Vec<v1::ReturnedStatement>> = page.chunks(STATEMENTS).map(<[_]>::to_vec).collect();
    if parts.is_empty() && is_all {
        parts.push(Vec::new());
    }
    let last = parts.len().saturating_sub(1);
    for (at, returned) in parts.into_iter().enumerate() {
        let request = Gateway::request(v1::ReturnStatementsRequest {
            request_id: node.request_id().to_string(),
            restoration: restoration.as_bytes().to_vec().into(),
            returned,
            is_all: is_all && at == last,
        });
        let answer = node.gateway.exchange().return_statements(request).await;
        let answer = answer.map_err(|status| NodeError::from(&status)).inspect_err(|error| {
            tracing::error!(%error, "what is held here was not taken back; nothing of it is released until it is");
        })?;
        for unknown in answer.into_inner().unknown_handover_ids {
            lost(node, HandoverId::from_field(&unknown, "unknown_handover_ids")?).await?;
        }
    }
    Ok(())
}

/// The gateway does not know it: it began after the copy. What was received stays; what was not is pushed again.
async fn lost(node: &Node, handover: HandoverId) -> Result<(), NodeError> {
    let mut tx = node.store.begin().await?;
    let is_sent = tx.sent(handover).await?.is_some();
    let kind = if is_sent { "sent" } else { "received" };
    tracing::error!(%handover, kind, "the gateway does not know this handover since it was put back from a copy");
    let status = v1::HandoverStatus {
        handover_id: handover.to_string(),
        stage: to_wire(Stage::Retracted),
        blocked_reasons: vec![crate::api::wire::blocked(&Refusal::new(Reason::PushAgain))],
        ..Default::default()
    };
    let changes = if is_sent {
        calls::apply_status_only(&mut tx, status, node.now()).await?
    } else {
        vec![Change::Inbox(handover)]
    };
    tx.commit().await?;
    for change in changes {
        node.announce(change);
    }
    Ok(())
}

/// What is held here of one handover and can be verified without us: statements of people under letters of ours with what they
/// rest on, our own, and the gateway's. The other side returns its own.
async fn held(node: &Node, handover: HandoverId) -> Result<Vec<v1::ReturnedStatement>, NodeError> {
    let mut snapshot = node.store.snapshot().await?;
    let mut held = snapshot.proofs(handover).await?;
    let sent = snapshot.sent(handover).await?;
    if let Some(row) = &sent {
        held.push(row.record.manifest.0.clone());
        held.extend(row.record.renewal.iter().map(|renewal| renewal.0.clone()));
        let decisions = held.iter().filter(|raw| raw.kind == Kind::Decision).cloned();
        for raw in decisions.collect::<Vec<_>>() {
            let invitation = Statement::<Decision>::claim(raw)?.peek()?.invitation;
            if let Some(invitation) = snapshot.invitation(invitation).await? {
                let keys = invitation.record.keys.map(|keys| keys.0);
                held.push(invitation.record.statement.0);
                held.extend(keys);
            }
        }
    }
    let returned: &[Kind] = if sent.is_some() {
        &[
            Kind::Manifest,
            Kind::Invitation,
            Kind::GuardianKeys,
            Kind::Decision,
            Kind::Attestation,
            Kind::Renewal,
            Kind::Permit,
            Kind::Release,
        ]
    } else {
        &[
            Kind::Manifest,
            Kind::Invitation,
            Kind::GuardianKeys,
            Kind::Decision,
            Kind::Attestation,
            Kind::Permit,
            Kind::Release,
            Kind::Receipt,
            Kind::WithdrawalAnswer,
        ]
    };
    let lane = match &sent {
        Some(row) => Lane::child(row.child),
        None => Lane::inbox(handover),
    };
    let waiting: Vec<Vec<u8>> = snapshot
        .lane(&lane.0)
        .await?
        .into_iter()
        .filter_map(|(_, task)| match task {
            Task::Call { request, .. } => Some(request.0),
            _ => None,
        })
        .collect();
    drop(snapshot);
    let mut digests = std::collections::BTreeSet::new();
    let held = held
        .into_iter()
        .filter(|raw| returned.contains(&raw.kind) && digests.insert(raw.digest()) && !waits(raw, &waiting));
    Ok(held
        .map(|raw| v1::ReturnedStatement {
            handover_id: handover.to_string(),
            statement: Some((&raw).into()),
        })
        .collect())
}

/// Whether a statement of ours still waits to be taken: then it goes its own way. A no is returned all the same.
fn waits(raw: &RawStatement, waiting: &[Vec<u8>]) -> bool {
    let may_wait = match raw.kind {
        Kind::Renewal => true,
        Kind::Attestation => {
            let says = Statement::<Attestation>::claim(raw.clone()).and_then(|claim| claim.peek());
            says.is_ok_and(|says| {
                let mut choices = says.what.choices().into_iter().flatten();
                !choices.any(|(_, choice)| choice.blocks())
            })
        }
        _ => false,
    };
    may_wait
        && waiting
            .iter()
            .any(|request| request.windows(raw.body.len()).any(|part| part == raw.body))
}
