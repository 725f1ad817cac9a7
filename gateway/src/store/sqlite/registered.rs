//! Where the log has what is public: memberships, key bundles, catalogues.

use std::collections::BTreeSet;

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Act;
use handdruk_domain::exchange::Kept;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::member::{KeyBundle, Membership};
use handdruk_domain::statement::{Kind, Statement};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::columns::stored;
use super::evidence;
use super::script::Script;
use super::statements::ROWS;
use crate::store::{Batch, StoreFault, StoredLeaf};

/// Every leaf that registered something of these organisations, and every one that registered one of these statements, in
/// order.
pub(super) async fn leaves(
    connection: &mut SqliteConnection,
    organisations: &BTreeSet<Oin>,
    statements: &BTreeSet<Digest>,
) -> Result<Vec<StoredLeaf>, StoreFault> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT leaf, commitment, salt, event FROM evidence \
         WHERE leaf IN (SELECT leaf FROM registered WHERE oin IN (",
    );
    let mut list = query.separated(", ");
    for oin in organisations {
        list.push_bind(oin.as_str().to_owned());
    }
    query.push(") UNION SELECT leaf FROM registered WHERE digest IN (");
    let mut list = query.separated(", ");
    for digest in statements {
        list.push_bind(digest.as_bytes().to_vec());
    }
    query.push(")) ORDER BY leaf");
    let rows = query.build().persistent(false).fetch_all(connection).await?;
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
        // A portal's script is no statement: whoever wants to compare it keeps it.
        let event = event.filter(|event| event.act != Act::ScriptPublished);
        for digest in event.into_iter().flat_map(|event| event.rests_on) {
            let kept = batch.effects.statements.iter().find(|kept| kept.digest == digest);
            rows.push((index, digest, kept.and_then(owner)));
        }
    }
    for rows in rows.chunks(ROWS) {
        let query = script.then("INSERT INTO registered (leaf, digest, oin) ");
        query.push_values(rows, |mut row, (index, digest, oin)| {
            row.push_bind(stored(*index))
                .push_bind(digest.as_bytes().to_vec())
                .push_bind(oin.as_ref().map(|oin| oin.as_str().to_owned()));
        });
    }
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
