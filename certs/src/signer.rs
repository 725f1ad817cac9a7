//! The key of a certificate as a signer of statements: it vouches for an organisation's key bundles.

use handdruk_domain::statement::{PublicKey, SignError, Signer};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

/// ECDSA P-256 with SHA-256, signatures of fixed length (r and s).
pub struct CertificateSigner {
    pair: EcdsaKeyPair,
    public: PublicKey,
    // ECDSA needs a nonce per signature; ring takes it from the operating system only, so it cannot be injected.
    random: SystemRandom,
}

impl core::fmt::Debug for CertificateSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CertificateSigner({:?})", self.public)
    }
}

impl CertificateSigner {
    /// From a private key in PKCS #8 DER (RFC 5208).
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SignError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random)
            .map_err(|_| SignError)?;
        let public = PublicKey::p256(pair.public_key().as_ref()).map_err(|_| SignError)?;
        Ok(Self { pair, public, random })
    }
}

impl Signer for CertificateSigner {
    fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.pair
            .sign(&self.random, message)
            .map(|s| s.as_ref().to_vec())
            .map_err(|_| SignError)
    }
}
