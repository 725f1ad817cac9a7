//! The evidence log: leaves, subtrees, head.

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Leaf, Record, Salt, Subtree, Tile, empty_root};
use handdruk_domain::exchange::ChildKey;
use handdruk_domain::ids::HandoverId;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::columns::{id, number, stored};
use super::script::{Answers, Script};
use super::statements::ROWS;
use crate::store::{Batch, Head, NewLeaf, StoreFault, StoredLeaf};

const MOVED: &str = "head";

/// The head of the log.
pub(super) async fn head(connection: &mut SqliteConnection) -> Result<Head, StoreFault> {
    let row = sqlx::query("SELECT size, root, checkpoint, turn FROM log_head WHERE only = 1")
        .fetch_optional(connection)
        .await?;
    match row {
        None => Ok(Head {
            size: 0,
            root: empty_root(),
            checkpoint: String::new(),
            turn: 0,
        }),
        Some(row) => Ok(Head {
            size: number(&row, "size")?,
            root: id(&row, "root")?,
            checkpoint: row.try_get("checkpoint")?,
            turn: number(&row, "turn")?,
        }),
    }
}

/// Hashes of one tile: commitments at level 0, subtrees above.
pub(super) async fn tile(connection: &mut SqliteConnection, tile: Tile) -> Result<Vec<Digest>, StoreFault> {
    let rows = if tile.level == 0 {
        sqlx::query("SELECT commitment AS hash FROM evidence WHERE leaf >= ? AND leaf < ? ORDER BY leaf")
            .bind(stored(tile.first))
            .bind(stored(tile.first + u64::from(tile.count)))
            .fetch_all(connection)
            .await?
    } else {
        sqlx::query(
            "SELECT hash FROM subtrees WHERE level = ? AND position >= ? AND position < ? ORDER BY position",
        )
        .bind(i64::from(tile.level))
        .bind(stored(tile.first))
        .bind(stored(tile.first + u64::from(tile.count)))
        .fetch_all(connection)
        .await?
    };
    rows.iter().map(|row| id(row, "hash")).collect()
}

/// One leaf.
pub(super) fn read(row: &SqliteRow) -> Result<StoredLeaf, StoreFault> {
    let salt = row.try_get::<Option<&[u8]>, _>("salt")?;
    let leaf = match (salt, row.try_get::<Option<Vec<u8>>, _>("event")?) {
        (Some(salt), Some(event)) => {
            let salt: [u8; 16] = salt.try_into().map_err(|_| StoreFault::Column("salt"))?;
            Some(Leaf::from_parts(Salt::from_bytes(salt), event))
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
    connection: &mut SqliteConnection,
    from: u64,
    limit: u32,
) -> Result<Vec<StoredLeaf>, StoreFault> {
    let rows = sqlx::query(
        "SELECT leaf, commitment, salt, event FROM evidence WHERE leaf >= ? ORDER BY leaf LIMIT ?",
    )
    .bind(stored(from))
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// Leaves that concern a handover, and where one is given its child.
pub(super) async fn leaves_about(
    connection: &mut SqliteConnection,
    handover: HandoverId,
    child: Option<&ChildKey>,
) -> Result<Vec<StoredLeaf>, StoreFault> {
    let rows = sqlx::query(
        "SELECT leaf, commitment, salt, event FROM evidence WHERE handover = ?1 \
         UNION ALL SELECT leaf, commitment, salt, event FROM evidence WHERE inviter = ?2 AND child = ?3 \
         ORDER BY leaf",
    )
    .bind(handover.as_bytes().to_vec())
    .bind(child.map(|child| child.inviter.as_str().to_owned()))
    .bind(child.map(|child| child.child.as_bytes().to_vec()))
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// Appends leaves and subtrees and moves the head, provided that the log is still what the batch was decided beside:
/// [`has_moved`] tells.
pub(super) fn append(script: &mut Script, batch: &Batch) {
    put_leaves(script, batch.first_leaf, &batch.leaves);
    put_subtrees(script, &batch.subtrees);
    script
        .then("INSERT INTO log_head (only, size, root, checkpoint, turn) VALUES (1, ")
        .push_bind(stored(batch.head.size))
        .push(", ")
        .push_bind(batch.head.root.as_bytes().to_vec())
        .push(", ")
        .push_bind(batch.head.checkpoint.clone())
        .push(", ")
        .push_bind(stored(batch.head.turn))
        .push(
            ") ON CONFLICT (only) DO UPDATE SET size = excluded.size, root = excluded.root, \
             checkpoint = excluded.checkpoint, turn = excluded.turn WHERE log_head.size = ",
        )
        .push_bind(stored(batch.first_leaf))
        .push(" AND log_head.turn = ")
        .push_bind(stored(batch.after))
        .push(" RETURNING '")
        .push(MOVED)
        .push("' AS part");
}

/// Whether the head moved.
pub(super) fn has_moved(answers: &Answers) -> bool {
    answers.of(MOVED).len() == 1
}

fn put_leaves(script: &mut Script, first: u64, leaves: &[NewLeaf]) {
    let numbered: Vec<_> = (first..).zip(leaves).collect();
    for numbered in numbered.chunks(ROWS) {
        let query =
            script.then("INSERT INTO evidence (leaf, commitment, salt, event, handover, inviter, child) ");
        query.push_values(numbered, |mut row, (index, leaf)| {
            let kept = leaf.record.leaf();
            row.push_bind(stored(*index))
                .push_bind(leaf.record.commitment().as_bytes().to_vec())
                .push_bind(kept.map(|kept| kept.salt().as_bytes().to_vec()))
                .push_bind(kept.map(|kept| kept.event_bytes().to_vec()))
                .push_bind(leaf.handover.map(|handover| handover.as_bytes().to_vec()))
                .push_bind(leaf.child.as_ref().map(|child| child.inviter.as_str().to_owned()))
                .push_bind(leaf.child.as_ref().map(|child| child.child.as_bytes().to_vec()));
        });
    }
}

fn put_subtrees(script: &mut Script, subtrees: &[Subtree]) {
    for subtrees in subtrees.chunks(ROWS) {
        let query = script.then("INSERT INTO subtrees (level, position, hash) ");
        query.push_values(subtrees, |mut row, subtree| {
            row.push_bind(i64::from(subtree.level))
                .push_bind(stored(subtree.index))
                .push_bind(subtree.hash.as_bytes().to_vec());
        });
    }
}
