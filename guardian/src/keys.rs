//! A guardian's keys: derived anew each time from code, secret and the half that the gateway keeps. Nothing is stored.
//!
//! | key | needs | used for |
//! |---|---|---|
//! | code's key | code | proves to hold the letter, signs the activation |
//! | login proof | code, secret | asks the gateway for its half |
//! | own keys | code, secret, half | sign decisions and views, open previews |
//!
//! docs/adr/0004 lists the derivations; guardian/golden has vectors that another implementation made.

use handdruk_content::code::{CodeKeys, InvitationCode};
use handdruk_content::kdf::{self, Key};
use handdruk_content::seal::person::PersonKeyPair;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::InvitationId;
use handdruk_domain::statement::{PublicKey, SignError, Signer};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

use crate::secret::Secret;

/// The length of the gateway's half, in bytes.
pub const HALF: usize = 32;

/// The random half that the gateway keeps per invitation, 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct GatewayHalf(Key);

impl core::fmt::Debug for GatewayHalf {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("GatewayHalf")
    }
}

impl GatewayHalf {
    /// Takes the 32 bytes that the gateway handed out; `None` if they are not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|half: [u8; HALF]| Self(Key::new(half)))
    }
}

/// What code and secret give without the gateway's half.
pub struct Credentials {
    code: CodeKeys,
    code_signer: P256Signer,
    stretched: Key,
}

impl core::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Credentials({})", self.invitation())
    }
}

impl Credentials {
    /// Derives them. Slow on purpose: twice [`kdf::stretch`].
    pub fn derive(code: &InvitationCode, secret: &Secret) -> Self {
        let code = code.keys();
        let stretched = kdf::stretch(secret.as_bytes(), &code.secret_salt()[..]);
        let code_signer = P256Signer::new(&code.private_key());
        Self {
            code,
            code_signer,
            stretched,
        }
    }

    /// The invitation that the code belongs to.
    pub const fn invitation(&self) -> InvitationId {
        self.code.invitation()
    }

    /// What the code alone gives: checks the invitation's anchor.
    pub const fn code(&self) -> &CodeKeys {
        &self.code
    }

    /// Signs with the code's key: the request for the half and the activation, nothing else.
    pub const fn code_signer(&self) -> &P256Signer {
        &self.code_signer
    }

    /// Proves to the gateway that code and secret are known, 32 bytes.
    pub fn login_proof(&self) -> Key {
        kdf::derive(&self.stretched[..], b"", "handdruk login proof v1")
    }

    /// What the gateway keeps to check the proof: its SHA-256.
    pub fn login_verifier(&self) -> Digest {
        Digest::of(&self.login_proof()[..])
    }

    /// The guardian's own keys.
    pub fn own_keys(&self, half: &GatewayHalf) -> OwnKeys {
        let pair = |label| PersonKeyPair::derive(&kdf::derive(&self.stretched[..], &half.0[..], label));
        OwnKeys {
            signing: P256Signer::new(&pair("handdruk own signing key v1").to_bytes()),
            opening: pair("handdruk own opening key v1"),
        }
    }
}

/// A guardian's own keys: what nobody has but who knows the secret.
#[derive(Debug)]
pub struct OwnKeys {
    signing: P256Signer,
    opening: PersonKeyPair,
}

impl OwnKeys {
    /// Signs decisions and views.
    pub const fn signing(&self) -> &P256Signer {
        &self.signing
    }

    /// Opens previews.
    pub const fn opening(&self) -> &PersonKeyPair {
        &self.opening
    }
}

/// ECDSA P-256 with SHA-256, deterministic (RFC 6979), signatures of fixed length as WebCrypto makes them. The private
/// scalar is zeroed when dropped.
pub struct P256Signer {
    key: SigningKey,
    public: PublicKey,
}

impl core::fmt::Debug for P256Signer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "P256Signer({:?})", self.public)
    }
}

impl P256Signer {
    /// From a private scalar that `DeriveKeyPair` made, which is never 0 and below the group's order.
    fn new(private: &Key) -> Self {
        let key = SigningKey::from_slice(&private[..]).expect("derived scalars are valid");
        let point = key.verifying_key().to_sec1_point(false);
        let public = PublicKey::p256(point.as_bytes()).expect("an uncompressed point");
        Self { key, public }
    }
}

impl Signer for P256Signer {
    fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature: Signature = self.key.try_sign(message).map_err(|_| SignError)?;
        Ok(signature.to_bytes().to_vec())
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
