//! The evidence of one handover, put together for whoever wants to verify it without the gateway.
//!
//! What belongs in it is said by [`Bundle`]. Everything is read from the log: the events first, then the statements that
//! they cite, and the head last, so that whatever was read is proven under it.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::audit::{Bundle, Earlier, MAX_BUNDLE, ProvenLeaf};
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Event, Leaf, Plan, SignedCheckpoint, Tiles};
use handdruk_domain::exchange::{Handover, StoredStatement};
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::consent::{GuardianKeys, Invitation};
use handdruk_domain::statement::{Kind, Statement};

use crate::store::{Store, StoreFault, StoredLeaf};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotExported {
    /// Expected: the peer is told.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Ours.
    #[error("the store failed")]
    Store(#[from] StoreFault),
}

/// An event with its leaf.
struct Logged {
    index: u64,
    leaf: Leaf,
    event: Event,
}

/// Puts the evidence of `handover` together. `earlier` is a checkpoint that the reader holds.
pub(crate) async fn export<S: Store>(
    store: &S,
    gateway: &Oin,
    handover: &Handover,
    earlier: Option<&SignedCheckpoint>,
) -> Result<Bundle, NotExported> {
    let about = read(store.leaves_about(handover.id(), Some(&handover.child())).await?)?;
    let (own, people): (Vec<_>, Vec<_>) = about
        .into_iter()
        .partition(|logged| logged.event.handover.is_some());

    let mut statements: BTreeMap<Digest, StoredStatement> = BTreeMap::new();
    let mut found = store.statements(&cited(&own)).await?;
    // The child has more people than this handover: only those with a place in it are anybody's business here.
    let invited = store.statements(&cited(&people)).await?;
    found.extend(invited.into_iter().filter(|stored| has_place(stored, handover)));
    statements.extend(found.into_iter().map(|stored| (stored.digest, stored)));
    let cites_one = |logged: &Logged| {
        logged
            .event
            .rests_on
            .iter()
            .any(|digest| statements.contains_key(digest))
    };
    let mut logged: Vec<_> = own
        .into_iter()
        .chain(people.into_iter().filter(cites_one))
        .collect();

    let organisations = [gateway, handover.sender(), handover.recipient()].map(Clone::clone);
    let rules = BTreeSet::from([handover.manifest().catalogue]);
    let public = read(store.leaves_registering(&organisations.into(), &rules).await?)?;
    let registered = store.statements(&cited(&public)).await?;
    statements.extend(registered.into_iter().map(|stored| (stored.digest, stored)));
    logged.extend(public);
    logged.sort_by_key(|logged| logged.index);

    prove(store, handover, logged, statements, gateway, earlier).await
}

/// Adds the proofs under the newest head.
async fn prove<S: Store>(
    store: &S,
    handover: &Handover,
    logged: Vec<Logged>,
    mut statements: BTreeMap<Digest, StoredStatement>,
    gateway: &Oin,
    earlier: Option<&SignedCheckpoint>,
) -> Result<Bundle, NotExported> {
    let head = store.head().await?;
    let growth =
        match earlier {
            Some(earlier) if earlier.log() != gateway => {
                return Err(Refusal::about(Reason::Malformed, "earlier_checkpoint: of another log").into());
            }
            // The reader holds more of a log than there is.
            Some(earlier) => Some(Plan::consistency(earlier.size(), head.size).map_err(|_| {
                Refusal::about(Reason::LogDiverged, "earlier_checkpoint: larger than this log")
            })?),
            None => None,
        };
    let plans = logged
        .iter()
        .map(|logged| Plan::inclusion(logged.index, head.size));
    let plans = plans
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| StoreFault::Log)?;
    let mut tiles = Tiles::default();
    for tile in plans
        .iter()
        .chain(&growth)
        .flat_map(Plan::tiles)
        .collect::<BTreeSet<_>>()
    {
        tiles.insert(tile, store.tile(tile).await?);
    }
    let resolve = |plan: &Plan| plan.resolve(&tiles).map_err(|_| StoreFault::Log);

    let mut leaves = Vec::with_capacity(logged.len());
    let mut in_order = Vec::with_capacity(statements.len());
    for (logged, plan) in logged.iter().zip(&plans) {
        leaves.push(ProvenLeaf::new(logged.index, &logged.leaf, resolve(plan)?));
        let recorded = logged
            .event
            .rests_on
            .iter()
            .filter_map(|digest| statements.remove(digest));
        in_order.extend(recorded.map(|stored| stored.statement));
    }
    let earlier = match (earlier, &growth) {
        (Some(earlier), Some(plan)) => Some(Earlier {
            checkpoint: earlier.to_string(),
            proof: resolve(plan)?,
        }),
        _ => None,
    };
    Ok(Bundle {
        handover: handover.id(),
        statements: in_order,
        leaves,
        checkpoint: head.checkpoint,
        earlier,
    })
}

/// Writes a bundle down, if anybody could read it.
pub(crate) fn write(bundle: &Bundle) -> Result<Vec<u8>, Refusal> {
    let json = bundle.to_json();
    if json.len() > MAX_BUNDLE {
        return Err(Refusal::about(Reason::TooLarge, "bundle"));
    }
    Ok(json)
}

/// Whether it is an invitation or keys of a person with a place in the handover. (What else is said about a child apart
/// from its handovers stands in the story of each handover that it concerns.)
fn has_place(stored: &StoredStatement, handover: &Handover) -> bool {
    let raw = stored.statement.clone();
    let slot = match raw.kind {
        Kind::Invitation => Statement::<Invitation>::claim(raw)
            .and_then(|said| said.peek())
            .map(|said| said.slot),
        Kind::GuardianKeys => Statement::<GuardianKeys>::claim(raw)
            .and_then(|said| said.peek())
            .map(|said| said.slot),
        _ => return false,
    };
    slot.is_ok_and(|slot| handover.concerns(slot))
}

/// The events that were not erased.
fn read(leaves: Vec<StoredLeaf>) -> Result<Vec<Logged>, StoreFault> {
    let kept = leaves
        .into_iter()
        .filter_map(|stored| Some((stored.index, stored.record.leaf()?.clone())));
    kept.map(|(index, leaf)| {
        let event = leaf.event().map_err(|_| StoreFault::Column("event"))?;
        Ok(Logged { index, leaf, event })
    })
    .collect()
}

/// What these events cite, each once.
fn cited(logged: &[Logged]) -> Vec<Digest> {
    let digests: BTreeSet<_> = logged
        .iter()
        .flat_map(|logged| logged.event.rests_on.iter().copied())
        .collect();
    digests.into_iter().collect()
}

#[cfg(test)]
mod tests;
