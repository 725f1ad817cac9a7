//! Where the log has what is public: memberships, key bundles, catalogues.

use std::collections::BTreeSet;

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Act;
use handdruk_domain::exchange::Kept;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::member::{KeyBundle, Membership};
use handdruk_domain::statement::{Kind, Statement};

use super::connection::Connection;
use super::evidence;
use super::query::{Query, Script, bytes, names, row};
use crate::store::{Batch, StoreFault, StoredLeaf};

/// Every leaf that registered something of these organisations, and every one that registered one of these statements, in
/// order.
pub(super) async fn leaves(
    connection: &mut Connection,
    organisations: &BTreeSet<Oin>,
    statements: &BTreeSet<Digest>,
) -> Result<Vec<StoredLeaf>, StoreFault> {
    let query = Query::new(
        "SELECT leaf, commitment, salt, event FROM evidence WHERE leaf IN (SELECT leaf FROM registered WHERE oin ?in \
         UNION SELECT leaf FROM registered WHERE digest ?in) ORDER BY leaf",
    );
    let query = query.within(names(organisations)).within(bytes(statements));
    let rows = connection.rows(query).await?;
    rows.iter().map(evidence::read).collect()
}

/// Notes what a batch registered.
pub(super) fn append(script: &mut Script, batch: &Batch) -> Result<(), StoreFault> {
    let mut rows = Vec::new();
    for (index, leaf) in (batch.first_leaf..).zip(&batch.leaves) {
        if leaf.handover.is_some() || leaf.child.is_some() {
            continue;
        }
        let event = leaf.record.leaf().map(handdruk_domain::evidence::Leaf::event);
        let event = event.transpose().map_err(|_| StoreFault::Column("event"))?;
        // A portal's script is no statement: whoever wants to compare it keeps it. And a return registers nothing.
        let event =
            event.filter(|event| !matches!(event.act, Act::ScriptPublished | Act::StatementsReturned));
        for digest in event.into_iter().flat_map(|event| event.rests_on) {
            let kept = batch.effects.statements.iter().find(|kept| kept.digest == digest);
            let owner = kept.and_then(owner);
            rows.push(row![index, digest, owner.map(|oin| oin.as_str().to_owned())]);
        }
    }
    script.run_rows("INSERT INTO registered (leaf, digest, oin) ?rows", rows);
    Ok(())
}

/// The organisation that a membership or key bundle is about.
fn owner(kept: &Kept) -> Option<Oin> {
    let raw = kept.statement.clone();
    match raw.kind {
        Kind::Membership => Some(Statement::<Membership>::claim(raw).ok()?.peek().ok()?.oin),
        Kind::KeyBundle => Some(Statement::<KeyBundle>::claim(raw).ok()?.peek().ok()?.oin),
        _ => None,
    }
}
