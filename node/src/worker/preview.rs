//! Guardians' own keys, previews sealed to them, and the views that come back.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::seal::person::PersonKeyPair;
use handdruk_content::seal::preview::{Preview, open_view};
use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Bytes;
use handdruk_domain::ids::{HandoverId, SlotId};
use handdruk_domain::policy::{Facts, Part, Said, has_say, part};
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::consent::{Attestation, Choice, GuardianKeys, Invitation};
use handdruk_domain::statement::manifest::{Manifest, Renewal};
use handdruk_domain::statement::{Kind, Party, RawStatement, Statement, Verified, VerifyingKey};
use handdruk_proto::v1;
use prost::Message as _;

use crate::api::forget_letter;
use crate::error::NodeError;
use crate::node::{Change, Node};
use crate::store::{InvitationRow, InvitationState, SentRow, Tx};
use crate::task::Method;
use crate::written::Written;
use crate::{content_bytes, mail, outbox, proofs};

/// Pins the first keys that are activated under an invitation of ours. Other keys under the same invitation are an alarm and
/// change nothing. `None` where there is nothing to seal to.
pub(super) async fn pin(
    node: &Node,
    tx: &mut Tx,
    statement: &Statement<GuardianKeys>,
) -> Result<Option<InvitationRow>, NodeError> {
    let says = statement.peek()?;
    let row = tx.invitation(says.invitation).await?;
    let mut row = row
        .ok_or_else(|| NodeError::about(Reason::BadStatement, "keys under an invitation that is not ours"))?;
    let bad = || NodeError::reason(Reason::BadStatement);
    let invitation = row.record.statement.claim::<Invitation>().ok_or_else(bad)?;
    let invitation = node.keyring.current().chain().verify(&invitation)?;
    let keys = proofs::guardian_keys(statement, &invitation)?;
    let claimed = Written::of(keys.statement());
    match &row.record.keys {
        Some(pinned) if pinned.0.digest() == claimed.0.digest() => {}
        Some(_) => {
            tracing::error!(slot = %row.slot, "a second activation of one invitation was shown; the first keys stay");
            row.alarm = true;
            tx.put_invitation(&row).await?;
            return Ok(None);
        }
        None => {
            row.record.keys = Some(claimed);
            if row.state == InvitationState::Open {
                row.state = InvitationState::Activated;
            }
            forget_letter(tx, &mut row).await?;
            tx.put_invitation(&row).await?;
            if let Some(child) = tx.child_of_slot(row.slot).await? {
                mail::tell_of_child(node, tx, child, node.now()).await?;
            }
        }
    }
    Ok((row.state == InvitationState::Activated).then_some(row))
}

/// Seals a preview to a guardian, if this handover is theirs to see, and puts it into the outbox.
pub(super) async fn offer(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    invitation: &InvitationRow,
    now: Timestamp,
) -> Result<(), NodeError> {
    let (Some(stored), Some(keys)) = (tx.sent_content(row.handover).await?, &invitation.record.keys) else {
        return Ok(());
    };
    let manifest = manifest(node, row)?;
    let said = said_since(node, tx, row).await?;
    if !sees(node, &manifest, &said, invitation.slot) {
        return Ok(());
    }
    let damaged = || NodeError::Broken("a handover's stored content or keys are not what was stored");
    let contents = content_bytes::read(&stored).ok_or_else(damaged)?;
    let keys = keys
        .claim::<GuardianKeys>()
        .and_then(|keys| keys.peek().ok())
        .ok_or_else(damaged)?;
    let view_key = match row.record.view_keys.get(&invitation.slot) {
        Some(key) => PersonKeyPair::from_bytes(&key.0).map_err(|_| damaged())?,
        None => new_view_key(node, tx, row.handover, invitation.slot).await?,
    };
    let preview = Preview::new(contents.values(), invitation.slot, view_key.public().clone());
    let sealed = preview.seal(
        &keys.opening,
        manifest.digest(),
        invitation.slot,
        &mut node.entropy.fork(),
    );
    // Not a refusal: the handover itself stands, and this person is told in another way.
    let Ok(sealed) = sealed else {
        tracing::error!(handover = %row.handover, slot = %invitation.slot, "a preview is too large to be sealed: let this person inspect at your own desk");
        return Ok(());
    };
    let request = v1::AddPreviewsRequest {
        request_id: node.request_id().to_string(),
        handover_id: row.handover.to_string(),
        previews: vec![v1::SealedPreview {
            slot_id: invitation.slot.to_string(),
            invitation_id: invitation.invitation.to_string(),
            sealed: sealed.into(),
        }],
    };
    outbox::call(
        tx,
        row.child,
        Method::AddPreviews,
        Some(row.handover),
        request.encode_to_vec(),
        now,
    )
    .await?;
    Ok(())
}

/// Our own manifest, verified.
pub(crate) fn manifest(node: &Node, row: &SentRow) -> Result<Verified<Manifest>, NodeError> {
    let claim = row.record.manifest.claim::<Manifest>();
    let claim = claim.ok_or(NodeError::Broken("a stored manifest of our own is none"))?;
    node.keyring.current().chain().verify(&claim)
}

/// A key for the remarks of somebody who was given authority after the manifest was made.
async fn new_view_key(
    node: &Node,
    tx: &mut Tx,
    handover: HandoverId,
    slot: SlotId,
) -> Result<PersonKeyPair, NodeError> {
    let key = PersonKeyPair::generate(&mut node.entropy.fork());
    let row = tx.sent(handover).await?;
    let mut row = row.ok_or(NodeError::Broken("a handover that is offered does not exist"))?;
    row.record.view_keys.insert(slot, Bytes(key.to_bytes().to_vec()));
    tx.put_sent(&row).await?;
    Ok(key)
}

/// What changed since the manifest about who may see it: the age band, and who has authority. Our own word, verified.
pub(crate) async fn said_since(node: &Node, tx: &mut Tx, row: &SentRow) -> Result<Vec<Said>, NodeError> {
    let keys = node.keyring.current();
    let mut said = Vec::new();
    for raw in tx.proofs(row.handover).await? {
        if raw.kind == Kind::Attestation {
            let attestation = Statement::<Attestation>::claim(raw)?;
            said.push(Said::Attestation(keys.chain().verify(&attestation)?));
        }
    }
    if let Some(renewal) = &row.record.renewal {
        let renewal = renewal.claim::<Renewal>();
        let renewal = renewal.ok_or(NodeError::Broken("a stored renewal of our own is none"))?;
        said.push(Said::Renewal(keys.chain().verify(&renewal)?));
    }
    Ok(said)
}

/// Whether the handover is shown to this person at all (a report of unsafety is not, nor a question that is not theirs).
pub(crate) fn sees(node: &Node, manifest: &Verified<Manifest>, said: &[Said], slot: SlotId) -> bool {
    let part = by_rules(node, manifest, said, |facts, rules| part(facts, rules, slot));
    part.is_some_and(|part| part != Part::Nothing)
}

/// The categories about which this person's no counts: what rests on a consent that they give or may withhold.
pub(crate) fn has_say_in(
    node: &Node,
    manifest: &Verified<Manifest>,
    said: &[Said],
    slot: SlotId,
) -> BTreeSet<Category> {
    let counts = by_rules(node, manifest, said, |facts, rules| {
        let all = manifest.categories.keys().copied();
        let no = |category| BTreeMap::from([(category, Choice::Object)]);
        all.filter(|category| has_say(facts, rules, slot, &no(*category)).is_ok())
            .collect()
    });
    counts.unwrap_or_default()
}

/// Asks the rules about a handover of ours; `None` where they or its ends are not known here.
fn by_rules<T>(
    node: &Node,
    manifest: &Verified<Manifest>,
    said: &[Said],
    ask: impl FnOnce(&Facts<'_>, &Catalogue) -> T,
) -> Option<T> {
    let sender = node.directory.known_member(&node.oin)?;
    let recipient = node.directory.known_member(&manifest.recipient.oin)?;
    let catalogue = node.directory.known_catalogue(manifest.catalogue)?;
    let facts = Facts {
        manifest,
        sender: &sender,
        recipient: &recipient,
        application: None,
        said,
        activated: &BTreeSet::new(),
    };
    Some(ask(&facts, &catalogue))
}

/// Opens a guardian's view, verifies it and keeps it: it travels as a compartment of its own.
pub(super) async fn take_view(
    tx: &mut Tx,
    handover: Option<HandoverId>,
    slot: Option<SlotId>,
    sealed: &[u8],
    now: Timestamp,
) -> Result<Option<Change>, NodeError> {
    let bad = || NodeError::reason(Reason::BadStatement);
    let (Some(handover), Some(slot)) = (handover, slot) else {
        return Err(bad());
    };
    let Some(mut row) = tx.sent(handover).await? else {
        return Ok(None);
    };
    let manifest = row.record.manifest.0.digest();
    let key = row.record.view_keys.get(&slot).ok_or_else(bad)?;
    let key = PersonKeyPair::from_bytes(&key.0).map_err(|_| bad())?;
    let statement = open_view(&key, manifest, slot, sealed)
        .ok()
        .flatten()
        .ok_or_else(bad)?;
    let says = statement.peek()?;
    let invitation = tx
        .invitation(says.invitation)
        .await?
        .filter(|row| row.slot == slot)
        .ok_or_else(bad)?;
    let keys = invitation
        .record
        .keys
        .as_ref()
        .and_then(Written::claim::<GuardianKeys>)
        .ok_or_else(bad)?;
    let own = VerifyingKey::new(Party::Guardian(says.invitation), keys.peek()?.signing);
    let view = statement.verify(&[&own])?;
    if view.handover != handover || view.manifest != manifest || view.slot != slot {
        return Err(bad());
    }
    row.record.views.insert(slot, Written::of(view.statement()));
    row.updated_at = now;
    tx.put_sent(&row).await?;
    Ok(Some(Change::Sent(handover)))
}

/// Keys that the gateway knows of this child's guardians: pinned, and previews sealed to them.
pub(super) async fn offer_to_all(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    shown: &[RawStatement],
    now: Timestamp,
) -> Result<(), NodeError> {
    for raw in shown.iter().filter(|raw| raw.kind == Kind::GuardianKeys) {
        match pin(node, tx, &Statement::claim(raw.clone())?).await {
            Ok(_) => {}
            Err(NodeError::Refused(refusal)) => {
                tracing::warn!(%refusal, "keys of a guardian were not believed");
            }
            Err(error) => return Err(error),
        }
    }
    for guardian in tx.guardians(row.child).await? {
        let newest = tx.invitations(guardian.slot).await?.pop();
        if let Some(invitation) = newest.filter(|invitation| invitation.state == InvitationState::Activated) {
            offer(node, tx, row, &invitation, now).await?;
        }
    }
    Ok(())
}
