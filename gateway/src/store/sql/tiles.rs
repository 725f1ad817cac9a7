//! The upper tiles of the evidence log, kept in memory: every proof of a large log needs some of them, and what the log holds at
//! one place never changes.
//!
//! Invariant: only what was read is kept, and a part of a tile is only kept from its first hash on, so that whoever asks for
//! less of it gets just that.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{TILE_WIDTH, Tile};

/// How many are kept, of 8 KiB each at most: 2 MiB. A log of sixteen million leaves has as many that are not leaves.
const KEPT: usize = 256;

/// A tile's level and the place of its first hash.
type Place = (u8, u64);

/// What was read of the upper tiles, and of the ends of the log. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownTiles(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    hashes: HashMap<Place, Vec<Digest>>,
    /// From the one that was first read on.
    order: VecDeque<Place>,
}

impl KnownTiles {
    /// The tile, if enough of it is known.
    pub(super) fn get(&self, tile: Tile) -> Option<Vec<Digest>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hashes = known.hashes.get(&(tile.level, tile.first))?;
        hashes.get(..usize::from(tile.count)).map(<[Digest]>::to_vec)
    }

    /// Keeps what was read of a tile: all of it, or nothing. Tiles full of leaves are too many, and asked for once.
    pub(super) fn keep(&self, tile: Tile, hashes: &[Digest]) {
        let is_of_leaves = tile.level == 0 && u64::from(tile.count) == TILE_WIDTH;
        if is_of_leaves || hashes.len() != usize::from(tile.count) {
            return;
        }
        let place = (tile.level, tile.first);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { hashes: kept, order } = &mut *known;
        match kept.entry(place) {
            Entry::Occupied(mut shorter) if shorter.get().len() < hashes.len() => {
                shorter.insert(hashes.to_vec());
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => {
                free.insert(hashes.to_vec());
                order.push_back(place);
                if order.len() > KEPT
                    && let Some(oldest) = order.pop_front()
                {
                    kept.remove(&oldest);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(level: u8, first: u64, count: u16) -> Tile {
        Tile { level, first, count }
    }

    fn hashes(from: u64, count: u16) -> Vec<Digest> {
        (from..)
            .take(usize::from(count))
            .map(|at| Digest::of(&at.to_be_bytes()))
            .collect()
    }

    #[test]
    fn a_tile_that_grows_is_known_as_far_as_it_was_read() {
        let known = KnownTiles::default();
        known.keep(tile(8, 256, 3), &hashes(0, 3));
        assert_eq!(known.get(tile(8, 256, 2)), Some(hashes(0, 2)));
        assert_eq!(known.get(tile(8, 256, 4)), None, "more than was read");
        known.keep(tile(8, 256, 5), &hashes(0, 5));
        known.keep(tile(8, 256, 1), &hashes(0, 1));
        assert_eq!(
            known.get(tile(8, 256, 5)),
            Some(hashes(0, 5)),
            "never less than before"
        );
        assert_eq!(known.get(tile(16, 256, 1)), None);
        assert_eq!(known.get(tile(8, 0, 1)), None);
    }

    #[test]
    fn what_the_store_lacks_and_full_tiles_of_leaves_are_not_kept() {
        let known = KnownTiles::default();
        known.keep(tile(8, 0, 4), &hashes(0, 3));
        assert_eq!(known.get(tile(8, 0, 3)), None);
        known.keep(tile(0, 0, 256), &hashes(0, 256));
        assert_eq!(known.get(tile(0, 0, 256)), None);
        known.keep(tile(0, 256, 7), &hashes(256, 7));
        assert_eq!(
            known.get(tile(0, 256, 7)),
            Some(hashes(256, 7)),
            "the end of the log"
        );
    }

    #[test]
    fn the_tile_that_was_read_first_makes_room() {
        let known = KnownTiles::default();
        let most = u64::try_from(KEPT).expect("few");
        for at in 0..=most {
            known.keep(tile(8, at * TILE_WIDTH, 1), &hashes(at, 1));
        }
        assert_eq!(known.get(tile(8, 0, 1)), None);
        assert_eq!(known.get(tile(8, TILE_WIDTH, 1)), Some(hashes(1, 1)));
        assert_eq!(known.get(tile(8, most * TILE_WIDTH, 1)), Some(hashes(most, 1)));
    }
}
