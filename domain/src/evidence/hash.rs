//! The hashes of the tree (RFC 9162 section 2.1.1). Leaf and node are told apart by their first byte, so that no node can
//! be passed off as a leaf.

use crate::digest::Digest;

/// The root of a log without leaves: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::of(&[])
}

/// The hash of a leaf whose input is `commitment`.
pub fn leaf_hash(commitment: &Digest) -> Digest {
    Digest::of_parts(&[&[0], commitment.as_bytes()])
}

/// The hash of an inner node over its two children.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The hash over adjacent complete subtrees of falling size, from left to right: the root of a tree, or of its right edge.
/// Without any, the empty root.
pub(super) fn fold(peaks: &[Digest]) -> Digest {
    let mut from_the_right = peaks.iter().rev().copied();
    from_the_right.next().map_or_else(empty_root, |last| {
        from_the_right.fold(last, |hash, left| node_hash(&left, &hash))
    })
}
