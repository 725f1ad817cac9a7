//! Where a process gets its randomness from: one ChaCha20 generator, seeded from the operating system at start, from
//! which each task forks its own.

use std::sync::{Arc, Mutex, PoisonError};

use rand::TryRng;
use rand::rngs::SysRng;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoEntropy(#[source] rand::rngs::SysError);

/// A process's source of randomness. Cheap to clone.
#[derive(Clone)]
pub struct Entropy {
    root: Arc<Mutex<ChaCha20Rng>>,
}

impl core::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Entropy")
    }
}

impl Entropy {
    /// Seeded from the operating system. Once per process, at start.
    pub fn from_os() -> Result<Self, NoEntropy> {
        let mut seed = [0; 32];
        SysRng.try_fill_bytes(&mut seed).map_err(NoEntropy)?;
        Ok(Self::seeded(seed))
    }

    /// Seeded by hand: for tests that must repeat.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self {
            root: Arc::new(Mutex::new(ChaCha20Rng::from_seed(seed))),
        }
    }

    /// A generator of its own for one task. What it yields says nothing about any other.
    pub fn fork(&self) -> ChaCha20Rng {
        // A panic elsewhere cannot leave the generator half-changed in a way that repeats output.
        ChaCha20Rng::from_rng(&mut *self.root.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use rand_core::Rng;

    use super::*;

    #[test]
    fn forks_differ_and_a_seed_repeats() {
        let (one, two) = (Entropy::seeded([1; 32]), Entropy::seeded([1; 32]));
        let first = one.fork().next_u64();
        assert_ne!(first, one.fork().next_u64());
        assert_eq!(first, two.fork().next_u64());
        let os = Entropy::from_os().expect("an operating system with randomness");
        assert_ne!(os.fork().next_u64(), first);
    }
}
