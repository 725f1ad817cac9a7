//! Who signs. Ed25519 is deterministic and lives here; P-256 signers live where their keys do (`certs`, `guardian`).

use ring::signature::{Ed25519KeyPair, KeyPair};
use zeroize::Zeroizing;

use super::key::PublicKey;

/// A signer could not sign. Says nothing about the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("signing failed: the private key is unusable")]
pub struct SignError;

/// Something that holds a private key and signs.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> PublicKey;
    /// Signs `message` (64 bytes).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// An Ed25519 statement key (RFC 8032).
pub struct Ed25519Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl core::fmt::Debug for Ed25519Signer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Ed25519Signer({:?})", self.public)
    }
}

impl Ed25519Signer {
    /// From a seed of 32 bytes (the private key of RFC 8032).
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Result<Self, SignError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed[..]).map_err(|_| SignError)?;
        let bytes = pair.public_key().as_ref().try_into().map_err(|_| SignError)?;
        Ok(Self {
            pair,
            public: PublicKey::ed25519(bytes),
        })
    }
}

impl Signer for Ed25519Signer {
    fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.pair.sign(message).as_ref().to_vec())
    }
}
