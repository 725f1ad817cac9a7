//! Telling guardians by mail that something changed about a consent for their child, so that nobody acts in another's name
//! unseen.
//!
//! Invariants: a mail is put into the outbox in the transaction of what makes it necessary, and goes at least once, twice at
//! most after a crash; it says the same to everyone, and nothing about anybody; who may not see a handover is not told of
//! it, and from 16 on nobody is told of a choice but the young person, at the address that they chose for it, and who stands
//! in for them.

mod post;
mod settings;
mod words;

use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::ids::{ChildRef, HandoverId, InvitationId, SlotId};
use handdruk_domain::statement::consent::{Attestation, Decision, Invitation};
use handdruk_domain::statement::manifest::{AgeBand, Holder};
use handdruk_domain::statement::{Kind, RawStatement, Statement};
use handdruk_proto::{FromWire as _, statement_in, v1};
use prost::Message as _;
use uuid::Uuid;

pub use self::post::MailerError;
pub(crate) use self::post::{Mailer, deliver};
pub use self::settings::{From, MailSettings, NoSender, NoServer, Security, Server};
use crate::error::NodeError;
use crate::node::Node;
use crate::store::{GuardianRow, SentRow, Tx};
use crate::task::Method;
use crate::worker;

/// Something changed about the consents for a child: everyone who may know of it is told.
pub(crate) async fn tell_of_child(
    node: &Node,
    tx: &mut Tx,
    child: ChildRef,
    now: Timestamp,
) -> Result<(), NodeError> {
    let newest = tx.sent_page(Some(child), None, 1).await?;
    let grown = newest.first().is_none_or(|row| is_sixteen(node, row, now));
    for guardian in tx.guardians(child).await? {
        tell(node, tx, &guardian, grown, now).await?;
    }
    Ok(())
}

/// Somebody decided about a handover, or a recipient answered a withdrawal: everyone who may know of it is told.
pub(crate) async fn tell_of_handover(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    now: Timestamp,
) -> Result<(), NodeError> {
    // Who may see it cannot be said: then nobody is told, and what happened goes on.
    let known = match worker::manifest(node, row) {
        Ok(manifest) => worker::said_since(node, tx, row)
            .await
            .map(|said| (manifest, said)),
        Err(error) => Err(error),
    };
    let (manifest, said) = match known {
        Ok(known) => known,
        Err(NodeError::Refused(refusal)) => {
            tracing::warn!(handover = %row.handover, %refusal, "nobody is told by mail");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let grown = is_sixteen(node, row, now);
    for guardian in tx.guardians(row.child).await? {
        if worker::sees(node, &manifest, &said, guardian.slot) {
            tell(node, tx, &guardian, grown, now).await?;
        }
    }
    Ok(())
}

/// A statement about a handover that was not known before. An inspection without a choice, and what does not concern a
/// consent, is nobody's news.
pub(crate) async fn learnt(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    raw: &RawStatement,
    now: Timestamp,
) -> Result<(), NodeError> {
    let is_news = match raw.kind {
        Kind::WithdrawalAnswer => true,
        Kind::Decision => !Statement::<Decision>::claim(raw.clone())?
            .peek()?
            .choices
            .is_empty(),
        _ => false,
    };
    if is_news {
        tell_of_handover(node, tx, row, now).await
    } else {
        Ok(())
    }
}

/// What a call that the gateway took means for those who must know: an attested decision, changed authority, a new or revoked
/// letter, a new question.
pub(crate) async fn after_call(
    node: &Node,
    tx: &mut Tx,
    (method, request): (Method, &[u8]),
    now: Timestamp,
) -> Result<(), NodeError> {
    if !node.letterhead.mails {
        return Ok(());
    }
    let unreadable = |_| NodeError::Broken("a stored call does not decode");
    match method {
        Method::RecordAttestation => {
            let request = v1::RecordAttestationRequest::decode(request).map_err(unreadable)?;
            let said = statement_in::<Attestation>(request.attestation, "attestation")?.peek()?;
            match said.handover {
                Some(handover) => {
                    if let Some(row) = tx.sent(handover).await? {
                        tell_of_handover(node, tx, &row, now).await?;
                    }
                }
                None => tell_of_child(node, tx, said.child, now).await?,
            }
        }
        Method::Invite => {
            let request = v1::InviteRequest::decode(request).map_err(unreadable)?;
            let invitation = statement_in::<Invitation>(request.invitation, "invitation")?.peek()?;
            // A first letter takes nothing over.
            if invitation.replaces.is_some() {
                tell_of_child(node, tx, invitation.child, now).await?;
            }
        }
        Method::RevokeInvitation => {
            let request = v1::RevokeInvitationRequest::decode(request).map_err(unreadable)?;
            let invitation = InvitationId::from_field(&request.invitation_id, "invitation_id")?;
            if let Some(row) = tx.invitation(invitation).await?
                && let Some(child) = tx.child_of_slot(row.slot).await?
            {
                tell_of_child(node, tx, child, now).await?;
            }
        }
        Method::AddPreviews => {
            let request = v1::AddPreviewsRequest::decode(request).map_err(unreadable)?;
            let handover = HandoverId::from_field(&request.handover_id, "handover_id")?;
            for preview in &request.previews {
                let slot = SlotId::from_field(&preview.slot_id, "slot_id")?;
                tell_of_question(node, tx, handover, slot, now).await?;
            }
        }
        Method::AddPlans => {
            let request = v1::AddPlansRequest::decode(request).map_err(unreadable)?;
            let handover = HandoverId::from_field(&request.handover_id, "handover_id")?;
            for plan in &request.plans {
                let slot = SlotId::from_field(&plan.slot_id, "slot_id")?;
                tell_of_question(node, tx, handover, slot, now).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Somebody can now see a handover: a question, or something to inspect.
async fn tell_of_question(
    node: &Node,
    tx: &mut Tx,
    handover: HandoverId,
    slot: SlotId,
    now: Timestamp,
) -> Result<(), NodeError> {
    let Some(row) = tx.sent(handover).await? else {
        return Ok(());
    };
    let people = tx.guardians(row.child).await?;
    let Some(guardian) = people.iter().find(|guardian| guardian.slot == slot) else {
        return Ok(());
    };
    // A parent who may inspect is told so at any age: that is no choice of the young person's.
    let young = guardian.record.holder == Holder::YoungPerson {};
    let grown = young && is_sixteen(node, &row, now);
    tell(node, tx, guardian, grown, now).await
}

/// Puts a mail to one person into the outbox, if there is an address that may be used.
async fn tell(
    node: &Node,
    tx: &mut Tx,
    guardian: &GuardianRow,
    grown: bool,
    now: Timestamp,
) -> Result<(), NodeError> {
    if node.letterhead.mails && may_mail(guardian, grown) {
        let mut message = [0; 16];
        rand_core::Rng::fill_bytes(&mut node.entropy.fork(), &mut message);
        tx.add_mail(guardian.slot, Uuid::from_bytes(message), now).await?;
    }
    Ok(())
}

/// Whether this person may be mailed about a choice concerning a child who is 16 or older (`grown`) or not.
fn may_mail(guardian: &GuardianRow, grown: bool) -> bool {
    let Some(notify) = &guardian.record.notify else {
        return false;
    };
    match guardian.record.holder {
        Holder::YoungPerson {} => notify.own_choice || !grown,
        Holder::Representative { .. } => true,
        Holder::Guardian { .. } => !grown,
    }
}

/// Whether the child of a handover is 16 or older. Who is not known to be younger counts as older: nobody is told too much.
fn is_sixteen(node: &Node, row: &SentRow, now: Timestamp) -> bool {
    let known = row.record.birth.map(|birth| AgeBand::on(birth, date_in_nl(now)));
    let written = worker::manifest(node, row).ok().map(|manifest| manifest.age_band);
    known.or(written).is_none_or(|band| band >= AgeBand::From16)
}

#[cfg(test)]
mod tests;
