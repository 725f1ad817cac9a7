//! Sealing to a node: one X-Wing encapsulation per envelope, one key per compartment.
//!
//! HPKE (RFC 9180) base mode, KEM X-Wing (0x647a, draft-ietf-hpke-pq), KDF HKDF-SHA256, export-only AEAD (0xffff). Each
//! compartment's key is exported (section 5.3) with the compartment's name as exporter context and used once, with
//! AES-256-GCM and the all-zero nonce: a fresh encapsulation gives fresh keys, and a name occurs once in an envelope.
//! Associated data: manifest digest (32 bytes), original permit digest (32 bytes), name.

use std::collections::BTreeMap;

use handdruk_domain::digest::Digest;
use handdruk_domain::statement::envelope::{Compartment, CompartmentName};
use hpke::aead::ExportOnlyAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::padding::{self, TAG, is_size_class};
use super::{MalformedPrivateKey, OpenError, SealError};

/// The `info` of the key schedule: this protocol and version, nothing else.
const INFO: &[u8] = b"handdruk envelope v1";

/// What [`SealError`] and [`MalformedPrivateKey`] call this kind of key.
const KIND: &str = "X-Wing";

/// An organisation's opening key: the private half of `KeyBundle::opening_key`. Zeroed when dropped.
pub struct OpeningKeyPair {
    private: <XWing as Kem>::PrivateKey,
    public: Vec<u8>,
}

impl core::fmt::Debug for OpeningKeyPair {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OpeningKeyPair({})", Digest::of(&self.public))
    }
}

impl OpeningKeyPair {
    /// A fresh key pair.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let (private, public) = XWing::gen_keypair_with_rng(rng);
        Self {
            private,
            public: public.to_bytes().to_vec(),
        }
    }

    /// The public half, 1,216 bytes, as it stands in a key bundle.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// The private half for storage at rest, 32 bytes. The caller encrypts it.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.private.to_bytes().to_vec())
    }

    /// The counterpart of [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedPrivateKey> {
        let private =
            <XWing as Kem>::PrivateKey::from_bytes(bytes).map_err(|_| MalformedPrivateKey { kind: KIND })?;
        let public = XWing::sk_to_pk(&private).to_bytes().to_vec();
        Ok(Self { private, public })
    }

    pub(super) const fn private(&self) -> &<XWing as Kem>::PrivateKey {
        &self.private
    }

    /// Decapsulates an envelope's encapsulation, once for all its compartments. Succeeds for every well-formed
    /// encapsulation (X-Wing rejects implicitly): a wrong one shows when a compartment does not open.
    pub fn opener(&self, encapsulation: &[u8], binding: Binding) -> Result<Opener, OpenError> {
        let encapsulation = <XWing as Kem>::EncappedKey::from_bytes(encapsulation)
            .map_err(|_| OpenError::MalformedEncapsulation)?;
        let context = hpke::setup_receiver::<ExportOnlyAead, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.private,
            &encapsulation,
            INFO,
        )
        .map_err(|_| OpenError::DoesNotOpen)?;
        Ok(Opener { context, binding })
    }
}

/// What the compartments of one envelope belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Digest of the original manifest (a renewal does not change it).
    pub manifest: Digest,
    /// Digest of the permit under which it was sealed.
    pub permit: Digest,
}

impl Binding {
    /// The associated data of one compartment. Unambiguous: two fixed lengths, then the name.
    fn associated_data(&self, name: &str) -> Vec<u8> {
        [self.manifest.as_bytes(), self.permit.as_bytes(), name.as_bytes()].concat()
    }
}

/// One sealed compartment, as it travels beside the signed envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCompartment {
    /// Name, digest and size, as they stand in the signed envelope.
    pub listed: Compartment,
    /// The sealed bytes: a size class long.
    pub bytes: Vec<u8>,
}

/// What [`seal`] makes of one envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedContent {
    /// The X-Wing encapsulation, 1,120 bytes.
    pub encapsulation: Vec<u8>,
    /// The compartments, in order of name.
    pub compartments: Vec<SealedCompartment>,
}

/// Seals each compartment's content to the recipient whose public opening key is `recipient`.
pub fn seal(
    recipient: &[u8],
    binding: Binding,
    contents: &BTreeMap<CompartmentName, Zeroizing<Vec<u8>>>,
    rng: &mut impl CryptoRng,
) -> Result<SealedContent, SealError> {
    if contents.is_empty() {
        return Err(SealError::NothingToSeal);
    }
    let recipient = <XWing as Kem>::PublicKey::from_bytes(recipient)
        .map_err(|_| SealError::InvalidPublicKey { kind: KIND })?;
    let (encapsulation, context) = hpke::setup_sender_with_rng::<ExportOnlyAead, HkdfSha256, XWing>(
        &OpModeS::Base,
        &recipient,
        INFO,
        rng,
    )?;
    let mut compartments = Vec::with_capacity(contents.len());
    for (name, content) in contents {
        let word = name.to_string();
        let mut secret = Zeroizing::new([0; 32]);
        context.export(word.as_bytes(), &mut secret[..])?;
        let bytes = encrypt(&secret, &binding.associated_data(&word), content)?;
        let size = u32::try_from(bytes.len()).map_err(|_| padding::TooLong { found: content.len() })?;
        let listed = Compartment {
            name: *name,
            digest: Digest::of(&bytes),
            size,
        };
        compartments.push(SealedCompartment { listed, bytes });
    }
    Ok(SealedContent {
        encapsulation: encapsulation.to_bytes().to_vec(),
        compartments,
    })
}

/// Opens the compartments of one envelope, in any order, each by itself: one that was left out is not missed here.
pub struct Opener {
    context: hpke::aead::AeadCtxR<ExportOnlyAead, HkdfSha256, XWing>,
    binding: Binding,
}

impl core::fmt::Debug for Opener {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Opener({:?})", self.binding)
    }
}

impl Opener {
    /// Opens one compartment. `listed` comes from the verified envelope: only its digest says that the sender sealed
    /// these bytes, so bytes that differ from it are not even tried.
    pub fn open(&self, listed: &Compartment, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if usize::try_from(listed.size) != Ok(bytes.len())
            || !is_size_class(bytes.len())
            || Digest::of(bytes) != listed.digest
        {
            return Err(OpenError::NotAsListed);
        }
        let word = listed.name.to_string();
        let mut secret = Zeroizing::new([0; 32]);
        self.context
            .export(word.as_bytes(), &mut secret[..])
            .map_err(|_| OpenError::DoesNotOpen)?;
        let padded = decrypt(&secret, &self.binding.associated_data(&word), bytes)?;
        padding::unpad(&padded, TAG).ok_or(OpenError::MalformedPadding)
    }
}

fn key(secret: &Zeroizing<[u8; 32]>) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &secret[..]).expect("AES-256 keys are 32 bytes"))
}

/// The nonce of a key that is used once.
fn only_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn encrypt(secret: &Zeroizing<[u8; 32]>, associated: &[u8], content: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut padded = padding::pad(content, TAG)?;
    key(secret)
        .seal_in_place_append_tag(only_nonce(), Aad::from(associated), &mut *padded)
        .expect("AES-GCM seals up to 64 GiB");
    Ok(core::mem::take(&mut *padded))
}

fn decrypt(
    secret: &Zeroizing<[u8; 32]>,
    associated: &[u8],
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut buffer = Zeroizing::new(bytes.to_vec());
    key(secret)
        .open_in_place(only_nonce(), Aad::from(associated), &mut buffer)
        .map_err(|_| OpenError::DoesNotOpen)?;
    let padded = buffer.len().saturating_sub(TAG);
    buffer.truncate(padded);
    Ok(buffer)
}

#[cfg(test)]
#[path = "node_tests.rs"]
mod tests;
