//! The federation's registrar: says who is a member with which roles, and which catalogue is in force.
//!
//! Invariant: its key is its own. Every node pins it by configuration; it is neither the authority's nor the gateway's,
//! so that who routes cannot say who is a member. Kept as PKCS #8 PEM (RFC 8410), which other tools read too.

use std::path::Path;

use data_encoding::BASE64;
use handdruk_domain::statement::member::{CatalogueText, Membership};
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{
    Ed25519Signer, Party, PublicKey, SignError, Signer, Statement, VerifyingKey,
};
use rand_core::CryptoRng;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use crate::authority::AuthorityError;

/// PKCS #8 version 1 around an Ed25519 seed (RFC 8410 section 7): everything but the 32 bytes at the end.
const PKCS8_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The registrar, with its private key.
#[derive(Debug)]
pub struct Registrar {
    signer: Ed25519Signer,
}

impl Registrar {
    /// Reads the registrar's private key.
    pub fn open(path: &Path) -> Result<Self, AuthorityError> {
        let pem = std::fs::read(path)
            .map(Zeroizing::new)
            .map_err(|e| AuthorityError::read(path, e))?;
        let unusable = || AuthorityError::UnusableKey(path.to_owned());
        let key = PrivatePkcs8KeyDer::from_pem_slice(&pem).map_err(|_| unusable())?;
        let seed = key
            .secret_pkcs8_der()
            .strip_prefix(&PKCS8_ED25519)
            .ok_or_else(unusable)?;
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed).map_err(|_| unusable())?);
        Self::from_seed(&seed).map_err(|SignError| unusable())
    }

    fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Result<Self, SignError> {
        Ok(Self {
            signer: Ed25519Signer::from_seed(seed)?,
        })
    }

    /// Makes a key, and its private half as PEM.
    pub(crate) fn generate(rng: &mut impl CryptoRng) -> Result<(Self, Zeroizing<String>), SignError> {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut seed[..]);
        let mut der = Zeroizing::new(Vec::with_capacity(48));
        der.extend_from_slice(&PKCS8_ED25519);
        der.extend_from_slice(&seed[..]);
        let body = Zeroizing::new(BASE64.encode(&der));
        // 48 bytes are exactly one line of 64 characters.
        let pem = Zeroizing::new(format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            &*body
        ));
        Ok((Self::from_seed(&seed)?, pem))
    }

    /// The public key that nodes and gateway pin.
    pub fn public_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    /// The pinned key as a verifying key in the registrar's office.
    pub fn verifying_key(pinned: PublicKey) -> VerifyingKey {
        VerifyingKey::new(Party::Registrar, pinned)
    }

    /// Signs a membership.
    pub fn membership(&self, membership: &Membership) -> Result<Statement<Membership>, SignError> {
        Statement::sign(membership, &[&self.signer])
    }

    /// Signs that a gateway's log was put back from a copy.
    pub fn restoration(&self, restoration: &Restoration) -> Result<Statement<Restoration>, SignError> {
        Statement::sign(restoration, &[&self.signer])
    }

    /// Signs a catalogue's text as it stands in its file.
    pub fn catalogue(&self, text: &str) -> Result<Statement<CatalogueText>, SignError> {
        Statement::sign_bytes(text.as_bytes().to_vec(), &[&self.signer])
    }
}
