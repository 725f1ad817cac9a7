//! The evidence log: leaves, subtrees, head.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Leaf, Record, Salt, Subtree, Tile, empty_root};
use handdruk_domain::exchange::ChildKey;
use handdruk_domain::ids::HandoverId;

use super::columns::{id, number, time};
use super::connection::{Answers, Connection, Row};
use super::query::{Query, Script, row};
use crate::store::{Batch, Head, NewLeaf, StoreFault, StoredLeaf};

const MOVED: &str = "head";

/// The head of the log.
pub(super) async fn head(connection: &mut Connection) -> Result<Head, StoreFault> {
    let query = Query::new("SELECT size, root, checkpoint, turn, latest FROM log_head WHERE \"only\" = 1");
    match connection.row(query).await? {
        None => Ok(Head {
            size: 0,
            root: empty_root(),
            checkpoint: String::new(),
            turn: 0,
            latest: Timestamp::MIN,
        }),
        Some(row) => Ok(Head {
            size: number(&row, "size")?,
            root: id(&row, "root")?,
            checkpoint: row.text("checkpoint")?.to_owned(),
            turn: number(&row, "turn")?,
            latest: time(&row, "latest")?,
        }),
    }
}

/// Hashes of one tile: commitments at level 0, subtrees above.
pub(super) async fn tile(connection: &mut Connection, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
    let query = if tile.level == 0 {
        Query::new("SELECT commitment AS hash FROM evidence WHERE leaf >= ? AND leaf < ? ORDER BY leaf")
    } else {
        Query::new(
            "SELECT hash FROM subtrees WHERE level = ? AND position >= ? AND position < ? ORDER BY position",
        )
        .bind(u32::from(tile.level))
    };
    let query = query.bind(tile.first).bind(tile.first + u64::from(tile.count));
    let rows = connection.rows(query).await?;
    rows.iter().map(|row| id(row, "hash")).collect()
}

/// One leaf.
pub(super) fn read(row: &Row) -> Result<StoredLeaf, StoreFault> {
    let leaf = match (row.optional_bytes("salt")?, row.optional_bytes("event")?) {
        (Some(salt), Some(event)) => {
            let salt: [u8; 16] = salt.try_into().map_err(|_| StoreFault::Column("salt"))?;
            Some(Leaf::from_parts(Salt::from_bytes(salt), event.to_vec()))
        }
        _ => None,
    };
    Ok(StoredLeaf {
        index: number(row, "leaf")?,
        record: Record::from_parts(id(row, "commitment")?, leaf),
    })
}

/// Leaves from an index on.
pub(super) async fn leaves(
    connection: &mut Connection,
    from: u64,
    limit: u32,
) -> Result<Vec<StoredLeaf>, StoreFault> {
    let query = Query::new(
        "SELECT leaf, commitment, salt, event FROM evidence WHERE leaf >= ? ORDER BY leaf LIMIT ?",
    );
    let rows = connection.rows(query.bind(from).bind(limit)).await?;
    rows.iter().map(read).collect()
}

/// Leaves that concern a handover, and where one is given its child.
pub(super) async fn leaves_about(
    connection: &mut Connection,
    handover: HandoverId,
    child: Option<&ChildKey>,
) -> Result<Vec<StoredLeaf>, StoreFault> {
    let query = Query::new(
        "SELECT leaf, commitment, salt, event FROM evidence WHERE handover = ? \
         UNION ALL SELECT leaf, commitment, salt, event FROM evidence WHERE inviter = ? AND child = ? \
         ORDER BY leaf",
    );
    let query = query
        .bind(handover)
        .bind(child.map(|child| &child.inviter))
        .bind(child.map(|child| child.child));
    let rows = connection.rows(query).await?;
    rows.iter().map(read).collect()
}

/// Appends leaves and subtrees and moves the head, provided that the log is still what the batch was decided beside:
/// [`has_moved`] tells.
pub(super) fn append(script: &mut Script, batch: &Batch) {
    put_leaves(script, batch.first_leaf, &batch.leaves);
    put_subtrees(script, &batch.subtrees);
    let moved = Query::new(
        "INSERT INTO log_head (\"only\", size, root, checkpoint, turn, latest) VALUES (1, ?, ?, ?, ?, ?) \
         ON CONFLICT (\"only\") DO UPDATE SET size = excluded.size, root = excluded.root, \
         checkpoint = excluded.checkpoint, turn = excluded.turn, latest = excluded.latest \
         WHERE log_head.size = ? AND log_head.turn = ? RETURNING size",
    );
    let moved = moved
        .bind(batch.head.size)
        .bind(batch.head.root)
        .bind(batch.head.checkpoint.clone())
        .bind(batch.head.turn)
        .bind(batch.head.latest)
        .bind(batch.first_leaf)
        .bind(batch.after);
    script.ask(MOVED, moved);
}

/// Whether the head moved.
pub(super) fn has_moved(answers: &Answers) -> bool {
    answers.of(MOVED).len() == 1
}

fn put_leaves(script: &mut Script, first: u64, leaves: &[NewLeaf]) {
    let rows = (first..).zip(leaves).map(|(index, leaf)| {
        let kept = leaf.record.leaf();
        let child = leaf.child.as_ref();
        row![
            index,
            leaf.record.commitment(),
            kept.map(|kept| kept.salt().as_bytes().to_vec()),
            kept.map(|kept| kept.event_bytes().to_vec()),
            leaf.handover,
            child.map(|child| &child.inviter),
            child.map(|child| child.child),
        ]
    });
    script.run_rows(
        "INSERT INTO evidence (leaf, commitment, salt, event, handover, inviter, child) ?rows",
        rows.collect(),
    );
}

fn put_subtrees(script: &mut Script, subtrees: &[Subtree]) {
    let rows = subtrees
        .iter()
        .map(|subtree| row![u32::from(subtree.level), subtree.index, subtree.hash]);
    script.run_rows(
        "INSERT INTO subtrees (level, position, hash) ?rows",
        rows.collect(),
    );
}
