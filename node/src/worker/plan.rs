//! The plan of a talk, sealed to each guardian and young person who may see the handover. The sending node does it, whichever
//! side planned: it invited these people, knows their keys, and is who their clients believe (docs/adr/0017).
//!
//! Invariant: nobody is sealed a plan who is not invited, to whom the rules do not show the handover, or who has no say any more
//! since it arrived; and nothing is after a yes was taken back. Which plan holds is the gateway's to know: one that was overtaken
//! is refused there.

use std::collections::BTreeSet;

use handdruk_content::plan::{About, Meeting, Plan};
use handdruk_content::reach::Reach;
use handdruk_content::seal::plan::seal;
use handdruk_content::step::{Guest, StepDetails, TalkPlan};
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{HandoverId, SlotId};
use handdruk_domain::statement::consent::GuardianKeys;
use handdruk_domain::statement::manifest::{AgeBand, AuthorityKind, Holder};
use handdruk_domain::statement::outcome::{Progress, Step};
use handdruk_domain::statement::{Kind, Statement};
use handdruk_proto::v1;
use prost::Message as _;

use super::preview::{manifest, said_since, sees};
use crate::error::NodeError;
use crate::node::Node;
use crate::store::{Came, GuardianRow, InvitationRow, InvitationState, SentRow, Tx, Withdrawal};
use crate::task::Method;
use crate::{content_bytes, details, outbox};

/// A talk that was planned.
struct Planned {
    step: Digest,
    meeting: Meeting,
    again: bool,
    talk: TalkPlan,
}

/// The gateway took a step of ours.
pub(super) async fn reported(
    node: &Node,
    tx: &mut Tx,
    handover: HandoverId,
    request: &[u8],
    now: Timestamp,
) -> Result<(), NodeError> {
    let step = details::reported(request)?.digest();
    match tx.sent(handover).await? {
        Some(row) => offer_to_all(node, tx, &row, step, now).await,
        None => Ok(()),
    }
}

/// Seals the plan that came with a step, if one did, to everybody invited who has keys.
pub(super) async fn offer_to_all(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    step: Digest,
    now: Timestamp,
) -> Result<(), NodeError> {
    let Some(planned) = planned(tx, row.handover, Some(step)).await? else {
        return Ok(());
    };
    for guardian in tx.guardians(row.child).await? {
        let newest = tx.invitations(guardian.slot).await?.pop();
        if let Some(invitation) = newest.filter(|invitation| invitation.state == InvitationState::Activated) {
            offer(node, tx, row, &planned, (&guardian, &invitation), now).await?;
        }
    }
    Ok(())
}

/// Seals the plan that holds now to somebody who has just activated.
pub(super) async fn offer_newest(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    invitation: &InvitationRow,
    now: Timestamp,
) -> Result<(), NodeError> {
    let Some(planned) = planned(tx, row.handover, None).await? else {
        return Ok(());
    };
    let people = tx.guardians(row.child).await?;
    match people.iter().find(|guardian| guardian.slot == invitation.slot) {
        Some(guardian) => offer(node, tx, row, &planned, (guardian, invitation), now).await,
        None => Ok(()),
    }
}

/// The talk that a step planned; without one, that the last step did.
async fn planned(
    tx: &mut Tx,
    handover: HandoverId,
    step: Option<Digest>,
) -> Result<Option<Planned>, NodeError> {
    let mut taken: Vec<(Digest, Progress)> = tx
        .proofs_of(handover, Kind::Progress)
        .await?
        .into_iter()
        .filter_map(|raw| {
            let progress = Statement::<Progress>::claim(raw).ok()?;
            Some((progress.digest(), progress.peek().ok()?))
        })
        .filter(|(_, progress)| !matches!(progress.step, Step::Read { .. } | Step::Confirmed {}))
        .collect();
    taken.sort_by_key(|(_, progress)| progress.at);
    let place = match step {
        Some(step) => taken.iter().position(|(digest, _)| *digest == step),
        None => taken.len().checked_sub(1),
    };
    let Some((before, [(digest, progress), ..])) = place.and_then(|place| taken.split_at_checked(place))
    else {
        return Ok(None);
    };
    let meeting = match progress.step {
        Step::TalkPlanned {} => Meeting::Talk,
        Step::AftercarePlanned {} => Meeting::Aftercare,
        _ => return Ok(None),
    };
    let again = before
        .last()
        .is_some_and(|(_, earlier)| earlier.step == progress.step);
    let came = tx.details(handover).await?.remove(digest);
    Ok(match came {
        Some(Came::Details(StepDetails::TalkPlan(talk))) => Some(Planned {
            step: *digest,
            meeting,
            again,
            talk,
        }),
        _ => None,
    })
}

async fn offer(
    node: &Node,
    tx: &mut Tx,
    row: &SentRow,
    planned: &Planned,
    (guardian, invitation): (&GuardianRow, &InvitationRow),
    now: Timestamp,
) -> Result<(), NodeError> {
    let Some(keys) = &invitation.record.keys else {
        return Ok(());
    };
    let holder = guardian.record.holder;
    if !is_invited(holder, &planned.talk.guests) || !has_say_now(holder, is_sixteen(row, now)) {
        return Ok(());
    }
    let manifest = manifest(node, row)?;
    let said = said_since(node, tx, row).await?;
    if row.record.withdrawal != Withdrawal::None || !sees(node, &manifest, &said, invitation.slot) {
        return Ok(());
    }
    let damaged = || NodeError::Broken("a guardian's stored keys are not what was stored");
    let keys = keys
        .claim::<GuardianKeys>()
        .and_then(|keys| keys.peek().ok())
        .ok_or_else(damaged)?;
    let about = About {
        handover: row.handover,
        manifest: manifest.digest(),
        step: planned.step,
        slot: invitation.slot,
        invitation: invitation.invitation,
    };
    let others = others(tx, row.handover, invitation.slot).await?;
    let plan = Plan::of(
        &planned.talk,
        about,
        (planned.meeting, planned.again),
        others.as_ref(),
        now,
    );
    let sealed = seal(&node.sign(&plan)?, about, &keys.opening, &mut node.entropy.fork());
    // The step stands all the same, and whoever plans a talk invites people in other ways too.
    let Ok(sealed) = sealed else {
        tracing::error!(handover = %row.handover, slot = %invitation.slot, "a plan could not be sealed: tell this person when the talk is");
        return Ok(());
    };
    let request = v1::AddPlansRequest {
        request_id: node.request_id().to_string(),
        handover_id: row.handover.to_string(),
        step: planned.step.as_bytes().to_vec().into(),
        plans: vec![v1::SealedPlan {
            slot_id: invitation.slot.to_string(),
            invitation_id: invitation.invitation.to_string(),
            sealed: sealed.into(),
        }],
    };
    let request = request.encode_to_vec();
    outbox::call(tx, row.child, Method::AddPlans, Some(row.handover), request, now).await?;
    Ok(())
}

/// Whether the talk is theirs to come to. Who stands in for a young person comes as a carer, or in their place.
fn is_invited(holder: Holder, guests: &BTreeSet<Guest>) -> bool {
    match holder {
        Holder::Guardian { .. } => guests.contains(&Guest::Parents),
        Holder::YoungPerson {} => guests.contains(&Guest::Child),
        Holder::Representative { .. } => guests.contains(&Guest::Parents) || guests.contains(&Guest::Child),
    }
}

/// Whether somebody may still be told, in the capacity and at the age (`grown`: 16 or older) that hold today. A handover that
/// arrived is attested and renewed no more, while its talks are still to come: so the rules alone would go by what held then.
const fn has_say_now(holder: Holder, grown: bool) -> bool {
    match holder {
        Holder::Guardian {
            authority: AuthorityKind::TemporarilyNone,
            ..
        } => false,
        // From then on a talk is the young person's own to tell of.
        Holder::Guardian { .. } => !grown,
        Holder::YoungPerson {} => true,
        Holder::Representative { .. } => grown,
    }
}

/// Whether the child is 16 or older. Who is not known to be younger counts as older.
fn is_sixteen(row: &SentRow, now: Timestamp) -> bool {
    let band = row.record.birth.map(|birth| AgeBand::on(birth, date_in_nl(now)));
    band.is_none_or(|band| band >= AgeBand::From16)
}

/// How to reach everybody but this person, as what was sent says it. `None` where that is not kept any more, or cannot be read.
async fn others(tx: &mut Tx, handover: HandoverId, slot: SlotId) -> Result<Option<Reach>, NodeError> {
    let stored = tx.sent_content(handover).await?;
    let contents = stored.and_then(|stored| content_bytes::read(&stored));
    let contacts = contents.and_then(|mut contents| contents.remove(&Category::Contact));
    Ok(contacts.and_then(|contacts| Reach::of_others(&contacts, slot)))
}

#[cfg(test)]
mod tests;
