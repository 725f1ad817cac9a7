//! The gateway was put back from a copy: taking that up, and returning what is held here.
//!
//! Invariants: a log that is not the one seen before is gone on with only on the registrar's word, for the very log whose head it
//! signed, and never on an older word than one that was taken up, or than what was seen here; what was seen of the log before stays
//! on record; nothing is heard from the gateway before everything that is held here was returned. A crash repeats any of it, which
//! changes nothing.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Checkpoint, Relation, SignedCheckpoint, relation};
use handdruk_domain::exchange::Command;
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
use crate::store::Refused;

/// So much earlier than the copy was made is looked for what changed since: clocks differ, and what was done is told later.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// Handovers, statements and letters in one request, of each.
const MOST: usize = 200;
const _: () = assert!(MOST <= Command::MAX_RETURNED);
/// The size of the statements in one request, in bytes: half of what the gateway takes.
const BYTES: usize = 1024 * 1024;
/// How far the registrar's clock may be behind ours.
const APART: SignedDuration = SignedDuration::from_hours(1);

/// Takes up the restoration that is in force at the gateway.
pub(super) async fn take_up(node: &Node) -> Result<(), NodeError> {
    let asked = Gateway::request(v1::GetRestorationRequest {});
    let answer = node.gateway.evidence().get_restoration(asked).await;
    let answer = answer.map_err(|status| NodeError::from(&status))?.into_inner();
    let claim = statement_in::<Restoration>(answer.restoration, "restoration")?;
    let restoration = claim.verify(&[node.directory.registrar()])?;
    let (known, kept) = {
        let mut snapshot = node.store.snapshot().await?;
        (snapshot.restoration().await?, snapshot.newest_checkpoint().await?)
    };
    if let Some(known) = known {
        let known = Statement::<Restoration>::claim(known.signed)?.peek()?;
        if restoration.number <= known.number {
            return Err(NodeError::reason(Reason::LogDiverged));
        }
    }
    let goes_on = goes_on(node, &restoration, &kept, &answer.checkpoint).await;
    goes_on.inspect_err(|error| {
        tracing::error!(error = %handdruk_service::Chain(error), "the registrar's restoration does not fit the log that the gateway shows: not taken up");
    })?;
    let published = node.directory.published(&node.oin).await?;
    let mut tx = node.store.begin().await?;
    tx.go_on_from_copy(
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
        "the gateway was put back from a copy, says the registrar: what was under way at its time or began since is pushed again"
    );
    Ok(())
}

/// Whether the log that the gateway shows is the one that the registrar named, and that is one before what was seen here, or all
/// of it; and whether the registrar knew of that.
async fn goes_on(
    node: &Node,
    restoration: &Verified<Restoration>,
    (kept, seen_at): &(String, Timestamp),
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
    if kept.is_empty() {
        return Ok(());
    }
    // It was verified before it was kept, perhaps under a key that the gateway has lost.
    let seen = SignedCheckpoint::parse(kept)
        .map_err(|_| diverged())?
        .claimed()
        .clone();
    // What was seen before the copy must be in it. What was seen beyond is what the registrar says is lost: it cannot have said so
    // before it was written. A restoration that was signed and not used does not take back what came later.
    if seen.size <= named.size {
        return extends(node, &seen, &named).await;
    }
    if seen_at.duration_since(restoration.at) <= APART {
        Ok(())
    } else {
        Err(diverged())
    }
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

/// What is returned at once.
#[derive(Default)]
struct Page {
    returned: Vec<v1::ReturnedHandover>,
    ended: Vec<String>,
    statements: usize,
    bytes: usize,
}

impl Page {
    /// Whether a handover, or a statement of so many bytes, still goes into it.
    fn has_room(&self, bytes: usize) -> bool {
        self.returned.len() < MOST && self.statements < MOST && self.bytes + bytes <= BYTES
    }

    fn begin(&mut self, handover: HandoverId) {
        self.returned.push(v1::ReturnedHandover {
            handover_id: handover.to_string(),
            statements: Vec::new(),
        });
    }

    /// Puts in a statement about the handover begun last.
    fn put(&mut self, statement: v1::Statement) {
        self.statements += 1;
        self.bytes += statement.encoded_len();
        if let Some(last) = self.returned.last_mut() {
            last.statements.push(statement);
        }
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
    let (handovers, ended) = {
        let mut snapshot = node.store.snapshot().await?;
        (
            snapshot.changed_since(since).await?,
            snapshot.ended_invitations().await?,
        )
    };
    // Letters first: what they no longer allow is gone before anything else of this organisation's counts.
    for ended in ended.chunks(MOST) {
        let page = Page {
            ended: ended.iter().map(ToString::to_string).collect(),
            ..Page::default()
        };
        send(node, restoration, page, false).await?;
    }
    let count = handovers.len();
    let mut page = Page::default();
    for handover in handovers {
        // Also where nothing is held of it: the gateway is asked whether it knows it.
        if !page.has_room(0) {
            send(node, restoration, std::mem::take(&mut page), false).await?;
        }
        page.begin(handover);
        for statement in held(node, handover).await?.iter().map(v1::Statement::from) {
            if !page.has_room(statement.encoded_len()) {
                send(node, restoration, std::mem::take(&mut page), false).await?;
                page.begin(handover);
            }
            page.put(statement);
        }
    }
    if !page.returned.is_empty() {
        send(node, restoration, page, false).await?;
    }
    // By itself: what the gateway left out is said in answer to what brought it, and asked again if that answer is lost.
    send(node, restoration, Page::default(), true).await?;
    let mut tx = node.store.begin().await?;
    tx.mark_returned().await?;
    tx.commit().await?;
    tracing::info!(handovers = count, "what is held here was returned to the gateway");
    Ok(())
}

async fn send(node: &Node, restoration: Digest, page: Page, is_all: bool) -> Result<(), NodeError> {
    let request = Gateway::request(v1::ReturnStatementsRequest {
        request_id: node.request_id().to_string(),
        restoration: restoration.as_bytes().to_vec().into(),
        returned: page.returned,
        ended_invitation_ids: page.ended,
        is_all,
    });
    let answer = node.gateway.exchange().return_statements(request).await;
    let answer = answer.map_err(|status| NodeError::from(&status)).inspect_err(|error| {
        tracing::error!(error = %handdruk_service::Chain(error), "what is held here was not taken back; nothing else of ours is done until it is");
    })?;
    let answer = answer.into_inner();
    for unknown in &answer.unknown_handover_ids {
        lost(node, HandoverId::from_field(unknown, "unknown_handover_ids")?).await?;
    }
    for not_taken in &answer.not_taken_handover_ids {
        left_out(node, HandoverId::from_field(not_taken, "not_taken_handover_ids")?).await?;
    }
    Ok(())
}

/// The gateway has lost the keys to something that was returned about a handover: a no that was said with a letter from after the copy is
/// not known there, and told to nobody. Whoever looks at the handover sees that, until it is recorded once more.
async fn left_out(node: &Node, handover: HandoverId) -> Result<(), NodeError> {
    let said = |raw: &RawStatement| matches!(raw.kind, Kind::Decision | Kind::Attestation);
    if !held(node, handover).await?.iter().any(said) {
        // A receipt or an answer, whose signer has yet to publish its keys again; or a release under a key of the gateway's own.
        tracing::warn!(%handover, "something signed about this handover under keys that the gateway has lost does not count there");
        return Ok(());
    }
    let mut tx = node.store.begin().await?;
    let sent = tx.sent(handover).await?;
    tracing::error!(
        %handover,
        stage = sent.as_ref().and_then(|row| row.stage).map(Stage::word),
        "what was said or signed about this handover under keys that the gateway has lost does not count there: if somebody took \
         something back, record it once more as said to you, and tell the recipient"
    );
    if let Some(mut row) = sent {
        let lost = Refusal::about(
            Reason::GatewayRestored,
            "said with a letter that the gateway has lost",
        );
        row.record.unrecorded = Some(Refused::from(&lost));
        row.updated_at = node.now();
        tx.put_sent(&row).await?;
        tx.commit().await?;
        node.announce(Change::Sent(handover));
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

/// What is held here of one handover that says that it arrived, or takes something back: whoever signed it. Nothing else helps the
/// gateway, because what was under way ends.
async fn held(node: &Node, handover: HandoverId) -> Result<Vec<RawStatement>, NodeError> {
    let mut held = Vec::new();
    for raw in node.store.snapshot().await?.proofs(handover).await? {
        let counts = match raw.kind {
            Kind::Release | Kind::Receipt | Kind::WithdrawalAnswer => true,
            // One that cannot be read was never believed by anybody.
            Kind::Decision | Kind::Attestation => takes_back(&raw, handover).unwrap_or(false),
            _ => false,
        };
        if counts {
            held.push(raw);
        }
    }
    Ok(held)
}

/// Whether a decision or attestation says no to anything in this very handover.
fn takes_back(raw: &RawStatement, handover: HandoverId) -> Result<bool, NodeError> {
    let (about, choices) = if raw.kind == Kind::Decision {
        let says = Statement::<Decision>::claim(raw.clone())?.peek()?;
        (Some(says.handover), Some(says.choices))
    } else {
        let says = Statement::<Attestation>::claim(raw.clone())?.peek()?;
        (says.handover, says.what.choices().cloned())
    };
    let says_no = choices.is_some_and(|choices| choices.values().any(|choice| choice.blocks()));
    Ok(says_no && about == Some(handover))
}

#[cfg(test)]
mod tests;
