//! Auditing a whole store: every leaf, in order, up to the signed checkpoint.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::evidence::{Checkpoint, Event, Frontier, MalformedEvent, Record, Subtree};

/// What is wrong with a store, at the first place where it shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A row is missing, or rows are out of order.
    #[error("the store has leaf {found} where leaf {expected} should be")]
    Gap {
        /// The index that should come.
        expected: u64,
        /// The index that came.
        found: u64,
    },
    /// The event is not the one that was committed to.
    #[error("the event of leaf {index} is not the one that was committed to")]
    Altered {
        /// Which leaf.
        index: u64,
    },
    /// The event is whole, but not one that this version knows.
    #[error("the event of leaf {index} cannot be read")]
    Unreadable {
        /// Which leaf.
        index: u64,
        /// Why.
        source: MalformedEvent,
    },
    /// The commitments of a full block do not give the hash that is stored for it: one of them, or the hash, was altered.
    #[error("the leaves from {first} to {last} do not give the hash that is stored for them")]
    Block {
        /// The first leaf of the block.
        first: u64,
        /// The last.
        last: u64,
    },
    /// A stored hash belongs to no block of a log of this size, or stands twice.
    #[error("the store has a hash at level {level}, index {index} that no leaves account for")]
    StrayHash {
        /// Level.
        level: u8,
        /// Index within the level.
        index: u64,
    },
    /// More or fewer leaves than were signed for.
    #[error("the store has {found} leaves, the checkpoint was signed over {signed}")]
    Size {
        /// Leaves in the store.
        found: u64,
        /// Leaves that the checkpoint names.
        signed: u64,
    },
    /// The root is another than the one that was signed. If all blocks are whole, the fault lies after them.
    #[error("the leaves do not give the root that was signed; those before {from} are whole")]
    Root {
        /// The first leaf after the last block that was compared with its stored hash.
        from: u64,
    },
}

/// What a store that is whole holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSummary {
    /// Leaves in the log.
    pub leaves: u64,
    /// Leaves whose event was erased.
    pub erased: u64,
}

/// Reads a store leaf by leaf, so that a log of millions never stands in memory. Feed it every row with
/// [`StoreAudit::leaf`], compare signed checkpoints at their size with [`StoreAudit::compare`] if the store keeps earlier
/// ones, and close with [`StoreAudit::finish`].
#[derive(Debug)]
pub struct StoreAudit {
    frontier: Frontier,
    stored: BTreeMap<(u8, u64), Digest>,
    stray: Option<(u8, u64)>,
    erased: u64,
    whole: u64,
}

impl StoreAudit {
    /// Begins with the subtree hashes that the store keeps beside the leaves, in any order.
    pub fn new(subtrees: impl IntoIterator<Item = Subtree>) -> Self {
        let mut stored = BTreeMap::new();
        let mut stray = None;
        for Subtree { level, index, hash } in subtrees {
            if stored.insert((level, index), hash).is_some() {
                stray = Some((level, index));
            }
        }
        Self {
            frontier: Frontier::empty(),
            stored,
            stray,
            erased: 0,
            whole: 0,
        }
    }

    /// Takes the next leaf and returns its event, unless it was erased: the caller compares the statements that it cites.
    pub fn leaf(&mut self, index: u64, record: &Record) -> Result<Option<Event>, StoreError> {
        let expected = self.frontier.size();
        if index != expected {
            return Err(StoreError::Gap {
                expected,
                found: index,
            });
        }
        if !record.is_whole() {
            return Err(StoreError::Altered { index });
        }
        let event = record.leaf().map(crate::evidence::Leaf::event).transpose();
        let event = event.map_err(|source| StoreError::Unreadable { index, source })?;
        self.erased += u64::from(event.is_none());
        for Subtree { level, index, hash } in self.frontier.append([record.commitment()]).subtrees {
            let first = index << level;
            if self.stored.remove(&(level, index)) != Some(hash) {
                return Err(StoreError::Block {
                    first,
                    last: first + (1 << level) - 1,
                });
            }
            self.whole = self.frontier.size();
        }
        Ok(event)
    }

    /// How many leaves were read.
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Compares a signed checkpoint with the leaves read so far. It must have been verified.
    pub fn compare(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        if checkpoint.size != self.size() {
            return Err(StoreError::Size {
                found: self.size(),
                signed: checkpoint.size,
            });
        }
        if checkpoint.root != self.frontier.root() {
            return Err(StoreError::Root { from: self.whole });
        }
        Ok(())
    }

    /// Compares the newest checkpoint with all leaves, and asks that no stored hash is left over.
    pub fn finish(self, newest: &Checkpoint) -> Result<StoreSummary, StoreError> {
        self.compare(newest)?;
        if let Some((level, index)) = self.stray.or_else(|| self.stored.keys().next().copied()) {
            return Err(StoreError::StrayHash { level, index });
        }
        Ok(StoreSummary {
            leaves: self.frontier.size(),
            erased: self.erased,
        })
    }
}
