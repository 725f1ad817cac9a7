//! Appending: the frontier of the tree, which is all that is needed to add leaves and name the new root.

use super::hash::{fold, leaf_hash, node_hash};
use super::plan::{HashSource, Plan, ResolveError, TILE_LEVELS};
use crate::digest::Digest;

/// A complete subtree whose hash a store keeps: `2^level` leaves starting at `index * 2^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    /// Height above the leaves, a multiple of [`TILE_LEVELS`], at least that.
    pub level: u8,
    /// Which subtree of that height, from the left, from 0.
    pub index: u64,
    /// Its hash.
    pub hash: Digest,
}

/// What one append brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The index of the first leaf that was added.
    pub first: u64,
    /// The number of leaves after.
    pub size: u64,
    /// The root after.
    pub root: Digest,
    /// The rows to store beside the leaves themselves, in order of completion.
    pub subtrees: Vec<Subtree>,
}

/// The right edge of the tree: the hashes of the complete subtrees that the leaves so far make up, one for each bit of
/// their number. To try an append that may fail, clone it and keep the clone only after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// From the left, so from the largest.
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The frontier of an empty log.
    pub const fn empty() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// What must be read to [`Frontier::rebuild`] it at `size` leaves: at most one tile per 8 levels.
    pub fn plan(size: u64) -> Plan {
        Plan::peaks(size)
    }

    /// Rebuilds it from stored hashes. With an earlier size it gives the root that the log had then.
    pub fn rebuild<S: HashSource>(size: u64, source: &S) -> Result<Self, ResolveError<S::Error>> {
        Ok(Self {
            size,
            peaks: Self::plan(size).resolve(source)?,
        })
    }

    /// How many leaves there are.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> Digest {
        fold(&self.peaks)
    }

    /// Adds leaves in order, by their commitments.
    pub fn append<'a>(&mut self, commitments: impl IntoIterator<Item = &'a Digest>) -> Appended {
        let first = self.size;
        let mut subtrees = Vec::new();
        for commitment in commitments {
            self.push(leaf_hash(commitment), &mut subtrees);
        }
        Appended {
            first,
            size: self.size,
            root: self.root(),
            subtrees,
        }
    }

    /// Adds one leaf by its hash.
    pub(super) fn push(&mut self, mut hash: Digest, completed: &mut Vec<Subtree>) {
        let mut level = 0;
        // Each bit that carries is a subtree that this leaf completes.
        while (self.size >> level) & 1 == 1 {
            let left = self.peaks.pop().expect("one peak per bit of the size");
            hash = node_hash(&left, &hash);
            level += 1;
            if level % TILE_LEVELS == 0 {
                completed.push(Subtree {
                    level,
                    index: self.size >> level,
                    hash,
                });
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }
}
