//! Sealing under a permit: the first promise, at the sending node.
//!
//! Invariant: nothing is sealed to an organisation before this node itself has verified that the permit is the gateway's, is
//! in force, is for this very manifest, and follows from decisions under invitations that this node issued, with the keys
//! that it pinned; and that the opening key is the newest in an unbroken chain of the recipient's own bundles, as far as it is known
//! here: what was sealed to one before it is refused by the gateway, and sealed anew.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::seal::node::{Binding, seal as seal_content};
use handdruk_content::seal::preview::view_to_bytes;
use handdruk_content::view::View;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::{HandoverId, SlotId};
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Attestation, Decision};
use handdruk_domain::statement::envelope::{CompartmentName, Envelope};
use handdruk_domain::statement::manifest::Manifest;
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Kind, RawStatement, Statement, Verified};
use handdruk_proto::{FromWire as _, from_wire, statement_in, v1};
use prost::Message as _;
use zeroize::Zeroizing;

use super::outbox::done;
use super::{calls, preview, refresh};
use crate::content_bytes;
use crate::directory::signers;
use crate::error::NodeError;
use crate::mail;
use crate::node::{Change, Node, PermitInHand};
use crate::proofs::{self, Proofs};
use crate::store::{InvitationState, SentRow, TaskRow, Tx};
use crate::task::{Lane, Method, Task};
use crate::written::Written;

/// Seals, and turns the task into the call that submits.
pub(super) async fn seal(node: &Node, task: &TaskRow, handover: HandoverId) -> Result<(), NodeError> {
    let (status, statements) = refresh::ask(node, handover).await?;
    let stage: Stage = from_wire(status.stage)?;
    let (row, content, held) = {
        let mut snapshot = node.store.snapshot().await?;
        let row = snapshot.sent(handover).await?;
        (
            row,
            snapshot.sent_content(handover).await?,
            snapshot.is_held(handover).await?,
        )
    };
    let sealable = row.filter(|row| stage == Stage::Permitted && calls::is_open(row) && !held);
    let (Some(row), Some(content)) = (sealable, content) else {
        // A no stands here, it ended, or it was overtaken: the next event asks again.
        let mut tx = node.store.join().await?;
        let changes = calls::apply_status_only(&mut tx, status, node.now()).await?;
        tx.finish_task(task.id).await?;
        tx.commit().await?;
        done(node, task.id, &changes);
        return Ok(());
    };
    let claim = statement_in(status.permit.clone(), "permit")?;
    let sealed = sealed(node, &row, claim, &statements, &content).await?;
    let mut tx = node.store.join().await?;
    let Some((_, call)) = sealed.keep(node, &mut tx).await? else {
        tx.finish_task(task.id).await?;
        return Ok(tx.commit().await?);
    };
    tx.replace_task(task.id, &task.lane, &call).await?;
    tx.commit().await?;
    node.announce(Change::Sent(handover));
    node.wake();
    Ok(())
}

/// Seals right after a proposal was answered, where the answer brought a permit that rests on nobody's word: then everything that
/// it follows from is here, and the gateway need not be asked for it. `None` where it is sealed in a step of its own.
pub(super) async fn at_once(node: &Node, status: &v1::HandoverStatus) -> Option<Sealed> {
    match try_at_once(node, status).await {
        Ok(sealed) => sealed,
        Err(error) => {
            tracing::debug!(%error, "not sealed at once");
            None
        }
    }
}

async fn try_at_once(node: &Node, status: &v1::HandoverStatus) -> Result<Option<Sealed>, NodeError> {
    let stage: Stage = from_wire(status.stage)?;
    if stage != Stage::Permitted {
        return Ok(None);
    }
    let claim: Statement<Permit> = statement_in(status.permit.clone(), "permit")?;
    if !claim.peek()?.rests_on.is_empty() {
        return Ok(None);
    }
    let handover = HandoverId::from_field(&status.handover_id, "handover_id")?;
    let in_hand = node.take_in_hand(handover, claim.digest());
    let (row, content) = {
        let mut snapshot = node.store.snapshot().await?;
        // An answer that comes once more, after a crash, may be older than what was said since.
        let said = |raw: &RawStatement| matches!(raw.kind, Kind::Decision | Kind::Attestation);
        if snapshot.is_held(handover).await? || snapshot.proofs(handover).await?.iter().any(said) {
            return Ok(None);
        }
        (
            snapshot.sent(handover).await?,
            snapshot.sent_content(handover).await?,
        )
    };
    let sealable = |row: &SentRow| calls::is_open(row) && row.record.renewal.is_none();
    let (Some(row), Some(content)) = (row.filter(sealable), content) else {
        return Ok(None);
    };
    let cited: Vec<_> = row.record.application.iter().map(|said| said.0.clone()).collect();
    let sealed = sealed(node, &row, claim, &cited, &content).await?;
    Ok(Some(Sealed {
        _in_hand: Some(in_hand),
        ..sealed
    }))
}

/// What was sealed, and what it was sealed under.
pub(super) struct Sealed {
    handover: HandoverId,
    permit: Verified<Permit>,
    /// What was said that the permit rests on.
    proofs: Vec<RawStatement>,
    /// Remarks that were sealed along.
    views: BTreeMap<SlotId, Digest>,
    submit: Vec<u8>,
    /// Until this is written down, where the answer that brought the permit is not.
    _in_hand: Option<PermitInHand>,
}

impl Sealed {
    /// The permit.
    pub(super) fn permit(&self) -> Digest {
        self.permit.digest()
    }

    /// Writes down that it was sealed. The lane and the call that submits it; `None` where a no came while it was sealed, or the
    /// handover ended: then it is thrown away.
    pub(super) async fn keep(self, node: &Node, tx: &mut Tx) -> Result<Option<(Lane, Task)>, NodeError> {
        let Some(mut row) = tx.sent(self.handover).await?.filter(calls::is_open) else {
            return Ok(None);
        };
        if tx.is_held(self.handover).await? {
            return Ok(None);
        }
        let now = node.now();
        row.record.sealed_under = Some(Written::of(self.permit.statement()));
        row.record.sealed_views = self.views;
        row.updated_at = now;
        tx.put_sent(&row).await?;
        tx.keep_proof(self.handover, self.permit.statement().raw(), now)
            .await?;
        for statement in &self.proofs {
            if tx.keep_proof(self.handover, statement, now).await? {
                mail::learnt(node, tx, &row, statement, now).await?;
            }
        }
        let call = Task::Call {
            method: Method::Submit,
            handover: Some(self.handover),
            request: Bytes(self.submit),
        };
        Ok(Some((Lane::child(row.child), call)))
    }
}

/// Verifies a permit, and seals what it allows.
async fn sealed(
    node: &Node,
    row: &SentRow,
    claim: Statement<Permit>,
    statements: &[RawStatement],
    content: &[u8],
) -> Result<Sealed, NodeError> {
    let manifest = preview::manifest(node, row)?;
    let (permit, proofs) = verify(node, row, &manifest, claim, statements).await?;
    let submit = submit(node, row, &manifest, &permit, content).await?;
    let views = row.record.views.iter();
    Ok(Sealed {
        handover: row.handover,
        permit,
        proofs,
        views: views.map(|(slot, view)| (*slot, view.0.digest())).collect(),
        submit,
        _in_hand: None,
    })
}

/// The permit, and what was said that it rests on.
async fn verify(
    node: &Node,
    row: &SentRow,
    manifest: &Verified<Manifest>,
    claim: Statement<Permit>,
    statements: &[RawStatement],
) -> Result<(Verified<Permit>, Vec<RawStatement>), NodeError> {
    let now = node.now();
    let signed: Vec<_> = claim.key().into_iter().collect();
    let gateway = node.directory.gateway_chain_with(&signed, now).await?;
    let permit = proofs::permit(&claim, (&gateway, node.gateway.oin()), manifest, now)?;
    // What holds now, not when the gateway says that it decided. Its clock may be a little ahead: then that moment is here.
    let at = now.max(permit.at);
    if permit.not_after <= at || permit.categories.is_empty() {
        return Err(NodeError::reason(Reason::NoPermit));
    }
    let sender = node.directory.active_member(&node.oin, now).await?;
    let recipient = node.directory.active_member(&row.recipient, now).await?;
    let signed = signers(statements, &[Kind::Application]);
    let chain = node.directory.chain_with(&row.recipient, &signed, now).await?;
    let keys = node.keyring.current();
    let catalogue = node.directory.catalogue(manifest.catalogue).await?;
    let borne_out = |statements: &[RawStatement]| {
        let proofs = Proofs::gather(statements, manifest, keys.chain(), Some(&*chain))?;
        proofs.bear_out(
            manifest,
            (&sender, &recipient),
            &catalogue,
            &permit.categories,
            at,
        )
    };
    let Heard { shown, unheard } = heard(node, row, statements).await?;
    // By what the gateway knows, a permit is exactly what follows: one that holds longer promises too much, and one that
    // leaves something out drops it without anybody's decision.
    let granted = borne_out(&shown)?;
    if permit.not_after > granted.not_after() || permit.categories != *granted.categories() {
        return Err(NodeError::about(
            Reason::NoPermit,
            "the permit is another than follows from the statements behind it",
        ));
    }
    // What only we know of takes away as well.
    if !unheard.is_empty() {
        let mut all = shown.clone();
        for own in unheard {
            all.insert(place(&all, &own), own);
        }
        borne_out(&all)?;
    }
    let said = shown
        .into_iter()
        .filter(|raw| matches!(raw.kind, Kind::Decision | Kind::Attestation))
        .collect();
    Ok((permit, said))
}

/// Where an attestation of ours belongs among statements: after what was said before it. A guardian's clock may be ahead, and
/// in doubt a no is the later word.
pub(super) fn place(among: &[RawStatement], own: &RawStatement) -> usize {
    let attested =
        |raw: &RawStatement| Some(Statement::<Attestation>::claim(raw.clone()).ok()?.peek().ok()?.at);
    let decided = |raw: &RawStatement| Some(Statement::<Decision>::claim(raw.clone()).ok()?.peek().ok()?.at);
    let Some(at) = attested(own) else {
        return among.len();
    };
    let is_before = |raw: &RawStatement| match raw.kind {
        Kind::Attestation => attested(raw).is_none_or(|said| said <= at),
        Kind::Decision => decided(raw).is_none_or(|said| proofs::is_here(said, at).is_ok()),
        _ => false,
    };
    among.iter().rposition(is_before).map_or(0, |last| last + 1)
}

/// What a permit of ours is judged by.
pub(super) struct Heard {
    /// The gateway's statements about the handover, with the invitations that we issued and the keys that we pinned in place
    /// of any that it shows: whose word counts is never taken from it.
    pub(super) shown: Vec<RawStatement>,
    /// Attestations of ours that it does not show.
    pub(super) unheard: Vec<RawStatement>,
}

/// A yes under an invitation that we revoked carries nothing, whoever shows it.
pub(super) async fn heard(node: &Node, row: &SentRow, shown: &[RawStatement]) -> Result<Heard, NodeError> {
    let mut snapshot = node.store.snapshot().await?;
    let (mut statements, mut revoked) = (Vec::new(), BTreeSet::new());
    for guardian in snapshot.guardians(row.child).await? {
        for invitation in snapshot.invitations(guardian.slot).await? {
            statements.push(invitation.record.statement.0.clone());
            statements.extend(invitation.record.keys.map(|keys| keys.0));
            if invitation.state == InvitationState::Revoked {
                revoked.insert(invitation.invitation);
            }
        }
    }
    let counts = |raw: &&RawStatement| match raw.kind {
        Kind::Invitation | Kind::GuardianKeys => false,
        Kind::Decision => Statement::<Decision>::claim((*raw).clone())
            .and_then(|claim| claim.peek())
            .is_ok_and(|said| {
                !revoked.contains(&said.invitation) || said.choices.values().any(|choice| choice.blocks())
            }),
        _ => true,
    };
    statements.extend(shown.iter().filter(counts).cloned());
    let mut unheard = snapshot.proofs(row.handover).await?;
    unheard.retain(|own| {
        own.kind == Kind::Attestation && !statements.iter().any(|known| known.digest() == own.digest())
    });
    Ok(Heard {
        shown: statements,
        unheard,
    })
}

/// The submit request with everything that the permit allows.
async fn submit(
    node: &Node,
    row: &SentRow,
    manifest: &Verified<Manifest>,
    permit: &Verified<Permit>,
    content: &[u8],
) -> Result<Vec<u8>, NodeError> {
    let damaged = || NodeError::Broken("a handover's stored content is not what was stored");
    let contents = content_bytes::read(content).ok_or_else(damaged)?;
    let mut plain: BTreeMap<CompartmentName, Zeroizing<Vec<u8>>> = BTreeMap::new();
    for category in &permit.categories {
        let content = contents.get(category).ok_or_else(damaged)?;
        if manifest.categories.get(category) != Some(&content.commitment()) {
            return Err(damaged());
        }
        plain.insert(
            CompartmentName::Category(*category),
            Zeroizing::new(content.to_bytes()),
        );
    }
    for (slot, view) in &row.record.views {
        let view = view.claim::<View>().ok_or_else(damaged)?;
        plain.insert(CompartmentName::View(*slot), view_to_bytes(&view));
    }
    let recipient = node.directory.chain_with(&row.recipient, &[], node.now()).await?;
    let bundle = recipient.newest();
    let binding = Binding {
        manifest: manifest.digest(),
        permit: permit.digest(),
    };
    let sealed = seal_content(&bundle.opening_key.0, binding, &plain, &mut node.entropy.fork())
        .map_err(|_| NodeError::reason(Reason::WrongRecipientKey))?;
    let envelope = Envelope {
        handover: row.handover,
        manifest: manifest.digest(),
        permit: permit.digest(),
        recipient_bundle: bundle.digest(),
        encapsulation: Bytes(sealed.encapsulation),
        compartments: sealed
            .compartments
            .iter()
            .map(|compartment| compartment.listed.clone())
            .collect(),
        at: node.now(),
    };
    let request = v1::SubmitRequest {
        request_id: node.request_id().to_string(),
        envelope: Some(handdruk_proto::statement(&node.sign(&envelope)?)),
        compartments: sealed
            .compartments
            .into_iter()
            .map(|compartment| compartment.bytes.into())
            .collect(),
    };
    Ok(request.encode_to_vec())
}
