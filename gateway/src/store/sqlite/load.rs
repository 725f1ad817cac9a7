//! Loading what a group of commands needs, with as few queries as there are tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{Books, ChildKey, Extent, Keys};
use handdruk_domain::oin::Oin;
use sqlx::SqliteConnection;

use super::{Catalogues, directory, exchange, people};
use crate::store::StoreFault;

/// The books that `keys` ask for, beside a log of `size` leaves.
pub(super) async fn books(
    connection: &mut SqliteConnection,
    keys: &Keys,
    size: u64,
    gateway: &Oin,
    catalogues: &Catalogues,
) -> Result<Books, StoreFault> {
    let mut books = Books::beside_log_of(size);
    for (caller, request, seen) in exchange::seen(connection, &keys.requests).await? {
        books.put_seen(caller, request, seen);
    }

    // Sessions lead to invitations, invitations to children, handovers to children.
    let mut invitations = keys.invitations.clone();
    let sessions = people::sessions(connection, &keys.sessions.keys().copied().collect()).await?;
    for (digest, session) in sessions {
        let extent = keys.sessions.get(&digest).copied().unwrap_or(Extent::People);
        widen(&mut invitations, session.invitation, extent);
        books.put_session(digest, session);
    }
    let mut children: BTreeMap<ChildKey, Extent> = keys.children.clone();
    for (invitation, child) in people::children_of(connection, &invitations.keys().copied().collect()).await?
    {
        widen(
            &mut children,
            child,
            invitations.get(&invitation).copied().unwrap_or(Extent::People),
        );
    }
    let mut found = exchange::by_id(connection, &keys.handovers).await?;
    for handover in &found {
        widen(&mut children, handover.child.clone(), Extent::People);
    }
    let mut known: BTreeSet<_> = found.iter().map(|found| found.handover).collect();
    for (child, extent) in children.iter().filter(|(_, extent)| **extent > Extent::People) {
        for handover in exchange::of_child(connection, child, *extent == Extent::All).await? {
            if known.insert(handover.handover) {
                found.push(handover);
            }
        }
    }
    let people: Vec<_> = children.into_keys().collect();
    for child in &people {
        books.put_child(child.clone());
    }
    for invitation in people::invitations(connection, &people).await? {
        books.put_invitation(invitation)?;
    }

    let mut members = keys.members.clone();
    members.extend(
        found
            .iter()
            .flat_map(|found| [found.sender.clone(), found.recipient.clone()]),
    );
    for membership in directory::members_of(connection, &members).await? {
        books.put_member(&membership)?;
    }
    for (oin, bundle) in directory::bundles_by_key(connection, &keys.older_keys).await? {
        books.put_bundle(&oin, &bundle, false)?;
    }
    for (oin, bundle) in directory::current_bundles(connection, &members).await? {
        books.put_bundle(&oin, &bundle, true)?;
    }
    for (id, handover) in exchange::with_stories(connection, found).await? {
        books.put_handover(id, &handover, gateway)?;
    }

    let in_force = directory::in_force(connection).await?;
    for digest in books.cited_catalogues().into_iter().chain(in_force) {
        let catalogue = catalogue(connection, digest, catalogues).await?;
        books.put_catalogue(catalogue, in_force == Some(digest));
    }
    Ok(books)
}

async fn catalogue(
    connection: &mut SqliteConnection,
    digest: Digest,
    catalogues: &Catalogues,
) -> Result<Arc<Catalogue>, StoreFault> {
    if let Some(known) = catalogues.known(digest) {
        return Ok(known);
    }
    let damaged = || StoreFault::Column("catalogues.digest");
    let stored = directory::catalogue(connection, Some(digest))
        .await?
        .ok_or_else(damaged)?;
    let text = String::from_utf8(stored.statement.body).map_err(|_| damaged())?;
    let catalogue = Arc::new(Catalogue::parse(&text).map_err(|_| damaged())?);
    if catalogue.digest() != digest {
        return Err(damaged());
    }
    catalogues.learn(&catalogue);
    Ok(catalogue)
}

fn widen<K: Ord>(into: &mut BTreeMap<K, Extent>, key: K, extent: Extent) {
    let known = into.entry(key).or_insert(extent);
    *known = extent.max(*known);
}
