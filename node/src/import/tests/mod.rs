//! Tests across the formats: JSON and its schema, additions, and the dossiers that we ship.

mod json;
mod shipped;

use std::path::{Path, PathBuf};

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// A repeatable source of keys.
fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(11)
}

/// The files of a folder of this crate with that ending, sorted.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(ending))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "there is something to test");
    found
}
