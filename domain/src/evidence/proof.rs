//! Verifying proofs, as RFC 9162 sections 2.1.3.2 and 2.1.4.2 write the algorithms down.

use super::hash::{empty_root, leaf_hash, node_hash};
use crate::digest::Digest;

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf or the earlier size lies beyond the log.
    #[error("the proof is about something beyond the log's size")]
    OutOfRange,
    /// It has more or fewer hashes than a proof for these sizes.
    #[error("the proof has the wrong length")]
    WrongLength,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    WrongRoot,
}

/// Checks that `commitment` is leaf `index` of the log with `size` leaves and this `root`.
pub fn verify_inclusion(
    commitment: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = leaf_hash(commitment);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            skip_missing_siblings(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::WrongLength);
    }
    if hash == *root {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}

/// Checks that the log with `size` leaves and `root` begins with the log of `earlier_size` leaves and `earlier_root`.
pub fn verify_consistency(
    earlier_size: u64,
    earlier_root: &Digest,
    size: u64,
    root: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if earlier_size > size {
        return Err(ProofError::OutOfRange);
    }
    if earlier_size == 0 || earlier_size == size {
        // The RFC leaves these out: nothing is to be shown except that the roots are what they must be.
        let expected = if earlier_size == size { *root } else { empty_root() };
        return match (proof.is_empty(), *earlier_root == expected) {
            (false, _) => Err(ProofError::WrongLength),
            (true, false) => Err(ProofError::WrongRoot),
            (true, true) => Ok(()),
        };
    }
    let (mut node, mut last) = (earlier_size - 1, size - 1);
    let mut hashes = proof.iter();
    let start = if earlier_size.is_power_of_two() {
        Some(earlier_root)
    } else {
        hashes.next()
    };
    let (mut earlier, mut later) = start.map(|hash| (*hash, *hash)).ok_or(ProofError::WrongLength)?;
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    for hash in hashes {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if node & 1 == 1 || node == last {
            earlier = node_hash(hash, &earlier);
            later = node_hash(hash, &later);
            skip_missing_siblings(&mut node, &mut last);
        } else {
            later = node_hash(&later, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::WrongLength);
    }
    if earlier == *earlier_root && later == *root {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}

/// At the right edge a node has no sibling on some levels: skip to where it is a right child, or to the root.
const fn skip_missing_siblings(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}
