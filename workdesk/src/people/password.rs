//! Passwords: Argon2id with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane).
//!
//! Invariant: few are hashed at once, so that many who try to log in cost waiting and not memory. Somebody without an account
//! costs as much as somebody with one, so that the time tells nothing.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use handdruk_service::Entropy;
use rand_core::Rng as _;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// OWASP Password Storage Cheat Sheet, Argon2id: memory in KiB, passes, lanes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many are hashed at once.
const AT_ONCE: usize = 2;
/// How long somebody waits for their turn.
const TURN: Duration = Duration::from_secs(5);
/// The shortest password, in characters, beside a second factor (NIST SP 800-63B asks for 8).
pub(crate) const SHORTEST: usize = 12;
/// The longest, in bytes.
const LONGEST: usize = 256;

/// A password that may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFlaw {
    /// Fewer than 12 characters, or more than 256 bytes.
    Length,
    /// The reference, or one character over and over.
    Simple,
    /// The two that were typed differ.
    Differ,
}

/// Nobody's turn came, or the hash could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotHashed {
    /// Too many at once.
    Busy,
    /// A fault of ours.
    Broken,
}

/// Makes and verifies hashes. Cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    entropy: Entropy,
    /// The hash of a password that nobody knows: verified where there is no account.
    nobodys: Arc<str>,
}

impl core::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Hasher")
    }
}

/// Refuses what may not be chosen.
pub(crate) fn check(reference: &str, password: &str, again: &str) -> Result<(), PasswordFlaw> {
    if password != again {
        return Err(PasswordFlaw::Differ);
    }
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(PasswordFlaw::Length);
    }
    let mut characters = password.chars();
    let first = characters.next();
    if characters.all(|character| Some(character) == first)
        || password.to_lowercase().contains(reference) && reference.len() > 3
    {
        return Err(PasswordFlaw::Simple);
    }
    Ok(())
}

impl Hasher {
    /// Ready for use.
    pub fn new(entropy: Entropy) -> Self {
        let mut unknown = Zeroizing::new([0; 32]);
        entropy.fork().fill_bytes(&mut unknown[..]);
        let nobodys = hash(&unknown[..], &entropy).expect("the parameters are within Argon2's limits");
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            entropy,
            nobodys: nobodys.into(),
        }
    }

    /// The hash of a password that was chosen, in the PHC string format.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, NotHashed> {
        let entropy = self.entropy.clone();
        self.in_turn(move || hash(password.as_bytes(), &entropy))
            .await?
            .ok_or(NotHashed::Broken)
    }

    /// Whether it is the password of this hash. Without one (there is no account) it is not, after as long.
    pub async fn verify(&self, password: Zeroizing<String>, hash: Option<String>) -> Result<bool, NotHashed> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobodys.to_string());
        let fits = self
            .in_turn(move || {
                let hash = PasswordHash::new(&hash).ok()?;
                Some(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(fits.ok_or(NotHashed::Broken)? && known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotHashed> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(NotHashed::Busy);
        };
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| NotHashed::Broken)
    }
}

fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &[u8], entropy: &Entropy) -> Option<String> {
    let mut salt = [0; 16];
    entropy.fork().fill_bytes(&mut salt);
    let hash = argon2()?.hash_password_with_salt(password, &salt).ok()?;
    Some(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_password_fits_nobodys() {
        let hasher = Hasher::new(Entropy::seeded([7; 32]));
        let hash = hasher
            .hash(text("drie fietsen en een boot"))
            .await
            .expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let other = hasher
            .hash(text("drie fietsen en een boot"))
            .await
            .expect("hashed");
        assert_ne!(hash, other, "each has its own salt");
        let fits = |password: &str, hash: Option<&String>| hasher.verify(text(password), hash.cloned());
        assert_eq!(fits("drie fietsen en een boot", Some(&hash)).await, Ok(true));
        assert_eq!(fits("drie fietsen en twee boten", Some(&hash)).await, Ok(false));
        assert_eq!(fits("drie fietsen en een boot", None).await, Ok(false));
    }

    #[test]
    fn what_may_not_be_chosen_is_said_why() {
        let flaw = |password: &str| check("ib-noord", password, password).err();
        assert_eq!(flaw("drie fietsen"), None);
        assert_eq!(flaw("kort"), Some(PasswordFlaw::Length));
        assert_eq!(flaw(&"x".repeat(300)), Some(PasswordFlaw::Length));
        assert_eq!(flaw("aaaaaaaaaaaaaaaa"), Some(PasswordFlaw::Simple));
        assert_eq!(flaw("IB-noord-2026!"), Some(PasswordFlaw::Simple));
        assert_eq!(
            check("ib-1", "drie fietsen", "drie boten!!"),
            Err(PasswordFlaw::Differ)
        );
    }
}
