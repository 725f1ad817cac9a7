//! Which stored hashes a proof needs, and how it is computed from them.
//!
//! The path of RFC 9162 sections 2.1.3.1 and 2.1.4.1 is first written as ranges of leaves, each a run of complete
//! subtrees, and only then as reads of whole tiles, so that no tile is read twice.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use super::hash::{fold, leaf_hash, node_hash};
use crate::digest::Digest;

/// How many levels of the tree lie between two levels that are stored.
pub const TILE_LEVELS: u8 = 8;
/// How many hashes of one stored level make one of the next.
pub const TILE_WIDTH: u64 = 1 << TILE_LEVELS;

/// One range read: adjacent hashes of one stored level, at most [`TILE_WIDTH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// Which level: 0 means the leaves' *commitments*, a multiple of [`TILE_LEVELS`] means subtree hashes.
    pub level: u8,
    /// The index of the first.
    pub first: u64,
    /// How many, 1 to 256.
    pub count: u16,
}

/// Where stored hashes come from.
pub trait HashSource {
    /// Why a read failed.
    type Error: core::error::Error + 'static;
    /// Reads one tile, in order of index. Fewer than asked means that they are not there.
    fn read(&self, tile: Tile) -> Result<Vec<Digest>, Self::Error>;
}

/// Tiles that were read beforehand.
#[derive(Debug, Clone, Default)]
pub struct Tiles(BTreeMap<Tile, Vec<Digest>>);

impl Tiles {
    /// Puts down what a read of `tile` gave.
    pub fn insert(&mut self, tile: Tile, hashes: Vec<Digest>) {
        self.0.insert(tile, hashes);
    }
}

impl HashSource for Tiles {
    type Error = Infallible;
    fn read(&self, tile: Tile) -> Result<Vec<Digest>, Infallible> {
        Ok(self.0.get(&tile).cloned().unwrap_or_default())
    }
}

/// A proof was asked for that the tree does not have: a leaf beyond the size, or a size beyond the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{asked} lies beyond a log of {size} leaves")]
pub struct OutOfRange {
    /// What was asked: a leaf index or an earlier size.
    pub asked: u64,
    /// The number of leaves.
    pub size: u64,
}

/// Why stored hashes did not give a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError<E: core::error::Error + 'static> {
    /// The store failed.
    #[error("the evidence store could not be read")]
    Source(#[source] E),
    /// The store lacks hashes that a log of this size has.
    #[error("the evidence store lacks hashes of level {} from index {}", .0.level, .0.first)]
    Incomplete(Tile),
}

/// A complete subtree by its place: `2^level` leaves from `index * 2^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    level: u8,
    index: u64,
}

/// What a proof consists of, before anything was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    size: u64,
    /// Each hash of the proof is the fold over one run of complete subtrees.
    runs: Vec<Vec<Node>>,
}

impl Plan {
    /// The inclusion proof of the leaf at `index` in a log of `size` leaves (RFC 9162 section 2.1.3.1).
    pub fn inclusion(index: u64, size: u64) -> Result<Self, OutOfRange> {
        if index >= size {
            return Err(OutOfRange { asked: index, size });
        }
        let (mut low, mut high) = (0, size);
        let mut runs = Vec::new();
        while high - low > 1 {
            let middle = low + split(high - low);
            if index < middle {
                runs.push(run(middle, high));
                high = middle;
            } else {
                runs.push(run(low, middle));
                low = middle;
            }
        }
        runs.reverse();
        Ok(Self { size, runs })
    }

    /// The consistency proof from the log's first `earlier` leaves to its first `size` (RFC 9162 section 2.1.4.1). Empty
    /// when the sizes are equal, or when `earlier` is 0, which every log extends.
    pub fn consistency(earlier: u64, size: u64) -> Result<Self, OutOfRange> {
        if earlier > size {
            return Err(OutOfRange { asked: earlier, size });
        }
        let mut runs = Vec::new();
        if earlier > 0 {
            let (mut low, mut high) = (0, size);
            while earlier != high {
                let middle = low + split(high - low);
                if earlier <= middle {
                    runs.push(run(middle, high));
                    high = middle;
                } else {
                    runs.push(run(low, middle));
                    low = middle;
                }
            }
            // The verifier already holds the earlier root; it needs this node only where it is not that root.
            if low > 0 {
                runs.push(run(low, high));
            }
            runs.reverse();
        }
        Ok(Self { size, runs })
    }

    /// The peaks of a log of `size` leaves.
    pub(super) fn peaks(size: u64) -> Self {
        Self {
            size,
            runs: run(0, size).into_iter().map(|node| vec![node]).collect(),
        }
    }

    /// The reads that [`Plan::resolve`] will make, each once: about two per 8 levels.
    pub fn tiles(&self) -> Vec<Tile> {
        let tiles: BTreeSet<_> = self
            .runs
            .iter()
            .flatten()
            .map(|node| self.tile_of(*node))
            .collect();
        tiles.into_iter().collect()
    }

    /// Computes the hashes of the proof from stored ones.
    pub fn resolve<S: HashSource>(&self, source: &S) -> Result<Vec<Digest>, ResolveError<S::Error>> {
        let mut read = BTreeMap::new();
        for tile in self.tiles() {
            let hashes = source.read(tile).map_err(ResolveError::Source)?;
            if hashes.len() != usize::from(tile.count) {
                return Err(ResolveError::Incomplete(tile));
            }
            let hashes = if tile.level == 0 {
                hashes.iter().map(leaf_hash).collect()
            } else {
                hashes
            };
            read.insert(tile, hashes);
        }
        let proof = self.runs.iter().map(|run| {
            let peaks = run.iter().map(|node| {
                let tile = self.tile_of(*node);
                subtree_hash(
                    *node,
                    tile,
                    read.get(&tile).expect("every tile of the plan was read"),
                )
            });
            fold(&peaks.collect::<Vec<_>>())
        });
        Ok(proof.collect())
    }

    /// The tile whose hashes give this node, as wide as it is in a log of this size: a tile that proofs share is read once.
    fn tile_of(&self, node: Node) -> Tile {
        let level = node.level - node.level % TILE_LEVELS;
        let at = node.index << (node.level - level);
        let first = at - at % TILE_WIDTH;
        let count = ((self.size >> level) - first).min(TILE_WIDTH);
        Tile {
            level,
            first,
            count: u16::try_from(count).expect("at most 256"),
        }
    }
}

/// The largest power of two below `count`, for `count` > 1 (the *k* of RFC 9162 section 2.1.1).
const fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The complete subtrees that make up the leaves from `low` to `high`, from the left. `low` is a multiple of the largest.
fn run(low: u64, high: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = low;
    while at < high {
        let level = (high - at).ilog2();
        nodes.push(Node {
            level: u8::try_from(level).expect("a u64 has 64 bits"),
            index: at >> level,
        });
        at += 1 << level;
    }
    nodes
}

/// The hash of a node from the tile that holds its descendants.
fn subtree_hash(node: Node, tile: Tile, hashes: &[Digest]) -> Digest {
    let above = node.level - tile.level;
    let from = usize::try_from((node.index << above) - tile.first).expect("within a tile");
    let mut row = hashes[from..from + (1 << above)].to_vec();
    while row.len() > 1 {
        row = row
            .chunks_exact(2)
            .map(|pair| node_hash(&pair[0], &pair[1]))
            .collect();
    }
    row[0]
}
