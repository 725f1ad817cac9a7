//! Sealing to a person, and a person's view back to the node: HPKE as browsers have it.
//!
//! HPKE (RFC 9180) base mode, single shot: DHKEM(P-256, HKDF-SHA256) (0x0010), HKDF-SHA256 (0x0001), AES-256-GCM
//! (0x0002), without associated data. Sealed bytes are the encapsulation (an uncompressed point, 65 bytes) and then the
//! ciphertext, padded as [`super::padding`] says. `info` binds what is sealed for what and for whom; see [`Seal`].
//! `@hpke/core` opens and makes the same bytes; docs/adr/0003 says why a view is sealed to a key that travels in the preview.

use handdruk_domain::digest::Digest;
use handdruk_domain::ids::SlotId;
use handdruk_domain::statement::{Algorithm, PublicKey};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::padding::{self, TAG, is_size_class};
use super::{MalformedPrivateKey, OpenError, SealError};

/// The length of the encapsulation before the ciphertext, in bytes.
pub const ENCAPSULATION: usize = 65;

/// What sealing adds to the padded content, in bytes.
const OVERHEAD: usize = ENCAPSULATION + TAG;

/// What [`SealError`] and [`MalformedPrivateKey`] call this kind of key.
const KIND: &str = "P-256";

type Private = <DhP256HkdfSha256 as Kem>::PrivateKey;

/// A P-256 key pair that opens what is sealed to it: a guardian's own opening key, or a node's key for views. Zeroed when
/// dropped.
pub struct PersonKeyPair {
    private: Private,
    public: PublicKey,
}

impl core::fmt::Debug for PersonKeyPair {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PersonKeyPair({:?})", self.public)
    }
}

impl PersonKeyPair {
    /// A fresh key pair.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (private, _) = DhP256HkdfSha256::gen_keypair_with_rng(rng);
        Self::from_private(private)
    }

    /// The key pair that `DeriveKeyPair` (RFC 9180 section 7.1.3) makes of 32 bytes of key material.
    pub fn derive(ikm: &Zeroizing<[u8; 32]>) -> Self {
        let (private, _) = DhP256HkdfSha256::derive_keypair(&ikm[..]);
        Self::from_private(private)
    }

    /// From the 32 bytes of [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedPrivateKey> {
        Private::from_bytes(bytes)
            .map(Self::from_private)
            .map_err(|_| MalformedPrivateKey { kind: KIND })
    }

    fn from_private(private: Private) -> Self {
        let point = DhP256HkdfSha256::sk_to_pk(&private).to_bytes();
        let public = PublicKey::p256(&point).expect("HPKE writes P-256 keys as uncompressed points");
        Self { private, public }
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The private scalar, 32 bytes big-endian: for storage at rest, or for a signer.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.private.to_bytes().into())
    }

    /// Opens what [`seal`] made for this key and `seal`.
    pub fn open(&self, seal: &Seal, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (encapsulation, ciphertext) = sealed
            .split_at_checked(ENCAPSULATION)
            .ok_or(OpenError::MalformedEncapsulation)?;
        if !is_size_class(sealed.len()) {
            return Err(OpenError::DoesNotOpen);
        }
        let encapsulation = <DhP256HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulation)
            .map_err(|_| OpenError::MalformedEncapsulation)?;
        let padded = hpke::single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapsulation,
            &seal.info(),
            ciphertext,
            &[],
        )
        .map(Zeroizing::new)
        .map_err(|_| OpenError::DoesNotOpen)?;
        padding::unpad(&padded, OVERHEAD).ok_or(OpenError::MalformedPadding)
    }
}

/// What is sealed: it opens only as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    /// A preview, to the person in this slot.
    Preview {
        /// Digest of the original manifest.
        manifest: Digest,
        /// Whose preview.
        slot: SlotId,
    },
    /// A signed view, from the person in this slot to the sending node.
    View {
        /// Digest of the original manifest.
        manifest: Digest,
        /// Whose view.
        slot: SlotId,
    },
    /// The plan of a talk, to the person in this slot.
    Plan {
        /// Digest of the original manifest.
        manifest: Digest,
        /// Whose.
        slot: SlotId,
        /// Which step planned it.
        step: Digest,
    },
}

impl Seal {
    /// The `info` of the key schedule: a label that ends in a zero byte, the manifest's digest (32 bytes), the slot
    /// (16 bytes); of a plan also the step's digest (32 bytes).
    fn info(&self) -> Vec<u8> {
        let (label, manifest, slot, step): (&[u8], _, _, &[u8]) = match self {
            Self::Preview { manifest, slot } => (b"handdruk preview v1\0", manifest, slot, &[]),
            Self::View { manifest, slot } => (b"handdruk view v1\0", manifest, slot, &[]),
            Self::Plan { manifest, slot, step } => (b"handdruk plan v1\0", manifest, slot, step.as_bytes()),
        };
        [label, manifest.as_bytes(), slot.as_bytes(), step].concat()
    }
}

/// Seals `content` to a P-256 opening key.
pub fn seal(
    recipient: &PublicKey,
    seal: &Seal,
    content: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let invalid = SealError::InvalidPublicKey { kind: KIND };
    if recipient.algorithm() != Algorithm::P256 {
        return Err(invalid);
    }
    let point =
        <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(recipient.as_bytes()).map_err(|_| invalid)?;
    let padded = padding::pad(content, OVERHEAD)?;
    let (encapsulation, ciphertext) = hpke::single_shot_seal_with_rng::<
        AesGcm256,
        HkdfSha256,
        DhP256HkdfSha256,
    >(&OpModeS::Base, &point, &seal.info(), &padded, &[], rng)?;
    Ok([&encapsulation.to_bytes()[..], &ciphertext].concat())
}

#[cfg(test)]
#[path = "person_tests.rs"]
mod tests;
