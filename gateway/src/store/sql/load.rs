//! Loading what a group of commands needs, in as few trips to the database as one answer leads to the next question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{Books, ChildKey, Extent, Keys};
use handdruk_domain::oin::Oin;

use super::connection::Connection;
use super::query::Script;
use super::{Catalogues, directory, exchange, people, restored, rings, statements};
use crate::store::StoreFault;

/// The books that `keys` ask for, beside a log of `size` leaves.
pub(super) async fn books(
    connection: &mut Connection,
    keys: &Keys,
    size: u64,
    gateway: &Oin,
    catalogues: &Catalogues,
) -> Result<Books, StoreFault> {
    let mut books = Books::beside_log_of(size);
    let mut script = Script::new();
    exchange::ask_seen(&mut script, &keys.requests);
    people::ask_sessions(&mut script, keys.sessions.keys());
    exchange::ask_by_id(&mut script, &keys.handovers);
    directory::ask_in_force(&mut script);
    restored::ask_in_force(&mut script);
    let answers = connection.answers(script).await?;
    for (caller, request, seen) in exchange::read_seen(connection, &keys.requests, &answers).await? {
        books.put_seen(caller, request, seen);
    }
    let in_force = directory::read_in_force(&answers)?;
    let restoration = restored::read_in_force(&answers)?;
    let mut found = exchange::read_found(&answers).collect::<Result<Vec<_>, _>>()?;

    // Sessions lead to invitations, invitations to children, handovers to children, children to more handovers.
    let mut invitations = keys.invitations.clone();
    let mut ringed = BTreeSet::new();
    for session in people::read_sessions(&answers) {
        let (digest, session) = session?;
        let extent = keys.sessions.get(&digest).copied().unwrap_or(Extent::People);
        widen(&mut invitations, session.invitation, extent);
        if keys.rings.contains(&digest) {
            ringed.insert(session.invitation);
        }
        books.put_session(digest, session);
    }
    for (invitation, mark) in rings::marks(connection, &ringed).await? {
        books.put_ring(invitation, mark);
    }
    let mut children: BTreeMap<ChildKey, Extent> = keys.children.clone();
    let mut script = Script::new();
    people::ask_children(&mut script, &invitations.keys().copied().collect());
    for (invitation, child) in people::read_children(&connection.answers(script).await?)? {
        let extent = invitations.get(&invitation).copied().unwrap_or(Extent::People);
        widen(&mut children, child, extent);
    }
    for handover in &found {
        widen(&mut children, handover.child.clone(), Extent::People);
    }
    let mut script = Script::new();
    for (child, extent) in children.iter().filter(|(_, extent)| **extent > Extent::People) {
        exchange::ask_of_child(&mut script, child, *extent == Extent::All);
    }
    let mut known: BTreeSet<_> = found.iter().map(|found| found.handover).collect();
    for handover in exchange::read_found(&connection.answers(script).await?) {
        let handover = handover?;
        if known.insert(handover.handover) {
            found.push(handover);
        }
    }

    let people: Vec<_> = children.into_keys().collect();
    let mut members = keys.members.clone();
    members.extend(
        found
            .iter()
            .flat_map(|found| [found.sender.clone(), found.recipient.clone()]),
    );
    let mut script = Script::new();
    if let Some(restoration) = restoration {
        books.put_restoration(restoration);
        let mut asked = members.clone();
        asked.extend(people.iter().map(|child| child.inviter.clone()));
        restored::ask_returned(&mut script, &asked);
    }
    people::ask_invitations(&mut script, &people);
    directory::ask_members(&mut script, &members);
    directory::ask_bundles_by_key(&mut script, &keys.older_keys);
    statements::ask_stories(
        &mut script,
        &found.iter().map(|found| found.handover).collect::<Vec<_>>(),
    );
    let answers = connection.answers(script).await?;
    for child in people {
        books.put_child(child);
    }
    for invitation in people::read_invitations(&answers) {
        books.put_invitation(invitation?)?;
    }
    for membership in directory::read_members(&answers) {
        books.put_member(&membership?)?;
    }
    for returned in restored::read_returned(&answers) {
        let (organisation, number) = returned?;
        books.put_returned(organisation, number);
    }
    for bundle in directory::read_bundles_by_key(&answers) {
        let (oin, bundle) = bundle?;
        books.put_bundle(&oin, &bundle, false)?;
    }
    for bundle in directory::read_current_bundles(&answers) {
        let (oin, bundle) = bundle?;
        books.put_bundle(&oin, &bundle, true)?;
    }
    for (id, handover) in exchange::whole(found, statements::read_stories(&answers)?) {
        books.put_handover(id, &handover, gateway)?;
    }

    for digest in books.cited_catalogues().into_iter().chain(in_force) {
        let catalogue = catalogue(connection, digest, catalogues).await?;
        books.put_catalogue(catalogue, in_force == Some(digest));
    }
    Ok(books)
}

async fn catalogue(
    connection: &mut Connection,
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
