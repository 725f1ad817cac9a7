//! The evidence log: every act that matters leaves a leaf in an append-only Merkle tree.
//!
//! The tree is that of RFC 9162 section 2.1 over SHA-256. A leaf of the tree is not the event itself but a salted
//! commitment to it, so that an event can be erased (its bytes and salt go, the commitment stays) and the log remains
//! whole: whoever holds an event with its salt can show that it was logged, and nobody can guess an erased one.
//!
//! Invariants: leaves are only appended; an event holds words of closed vocabularies, digests and random ids, never a
//! name, number or text about a person; a root is published only inside a signed [`Checkpoint`].
//!
//! **What a store keeps.** One row per leaf (index, commitment, and until erased its salt and event), and one row per
//! complete subtree at levels that are multiples of [`TILE_LEVELS`]: one for every 256 leaves, one more for every 65,536,
//! and so on, 0.4 % more rows. [`Frontier::append`] names those rows. Everything between is recomputed from at most 256
//! children, so any proof over millions of leaves costs a handful of range reads ([`Tile`]). These are the shapes of the
//! C2SP tiled log, without its files.
//!
//! **Reading without IO.** A [`Plan`] says which tiles a proof needs before anything is read. A store fetches them as it
//! likes (awaiting where it must) into [`Tiles`], and the plan is resolved from those.

mod checkpoint;
mod event;
mod frontier;
mod hash;
mod leaf;
mod note;
mod plan;
mod proof;

pub use checkpoint::{Checkpoint, CheckpointError, MAX_CHECKPOINT, Relation, SignedCheckpoint, relation};
pub use event::{Act, Event, MAX_EVENT};
pub use frontier::{Appended, Frontier, Subtree};
pub use hash::{empty_root, leaf_hash, node_hash};
pub use leaf::{Leaf, MalformedEvent, Record, Salt};
pub use plan::{HashSource, OutOfRange, Plan, ResolveError, TILE_LEVELS, TILE_WIDTH, Tile, Tiles};
pub use proof::{ProofError, verify_consistency, verify_inclusion};

#[cfg(test)]
mod tests;
