//! Public keys that verify statements, and whose they are.

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::{Digest, EncodingError};
use crate::ids::InvitationId;
use crate::oin::Oin;

/// Signature algorithms in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032): organisations, registrar, gateway.
    Ed25519,
    /// ECDSA P-256 with SHA-256, signatures of fixed length (FIPS 186-5): certificates and guardians (WebCrypto).
    P256,
}

/// A public key for verifying. Written as `ed25519:` or `p256:` and base64url.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

impl PublicKey {
    /// An Ed25519 key of 32 bytes.
    pub fn ed25519(bytes: [u8; 32]) -> Self {
        Self {
            algorithm: Algorithm::Ed25519,
            bytes: bytes.to_vec(),
        }
    }

    /// A P-256 key as an uncompressed point of 65 bytes (SEC 1 section 2.3.3).
    pub fn p256(point: &[u8]) -> Result<Self, EncodingError> {
        if point.len() == 65 && point.first() == Some(&4) {
            Ok(Self {
                algorithm: Algorithm::P256,
                bytes: point.to_vec(),
            })
        } else {
            Err(EncodingError {
                expected: "an uncompressed P-256 point of 65 bytes",
            })
        }
    }

    /// Which algorithm it verifies.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The raw key: 32 bytes for Ed25519, 65 for P-256.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What statements cite: SHA-256 over the algorithm's tag and the key.
    pub fn id(&self) -> KeyId {
        KeyId(Digest::of_parts(&[self.tag().as_bytes(), b":", &self.bytes]))
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, &self.bytes).verify(message, signature),
            Algorithm::P256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.bytes).verify(message, signature)
            }
        }
        .is_ok()
    }

    const fn tag(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Ed25519 => "ed25519",
            Algorithm::P256 => "p256",
        }
    }
}

impl core::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}", self.tag(), BASE64URL_NOPAD.encode(&self.bytes))
    }
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({}, {:?})", self.tag(), self.id())
    }
}

impl core::str::FromStr for PublicKey {
    type Err = EncodingError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = EncodingError {
            expected: "a public key as ed25519:... or p256:...",
        };
        let (tag, encoded) = text.split_once(':').ok_or_else(|| malformed.clone())?;
        let bytes = BASE64URL_NOPAD
            .decode(encoded.as_bytes())
            .map_err(|_| malformed.clone())?;
        match tag {
            "ed25519" => bytes.try_into().map(Self::ed25519).map_err(|_| malformed),
            "p256" => Self::p256(&bytes),
            _ => Err(malformed),
        }
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The id of a key: a digest of its algorithm and bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(Digest);

impl KeyId {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
    /// From 32 stored bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes))
    }
}

impl core::fmt::Display for KeyId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl core::fmt::Debug for KeyId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Whose key it is, and in which office: a key verifies only what that office may say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The federation's registrar, pinned by configuration.
    Registrar,
    /// The key of an organisation's certificate (signs its key bundles).
    Certificate(Oin),
    /// An organisation's statement key, from its key bundle. The gateway is one too.
    Organisation(Oin),
    /// The key inside an invitation's code (only activates).
    Code(InvitationId),
    /// A guardian's own signing key, activated under this invitation.
    Guardian(InvitationId),
}

/// A public key together with whose it is. Whoever makes one vouches for the pairing: it comes from pinned
/// configuration, a verified certificate chain, a verified key bundle, or verified guardian keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    party: Party,
    public: PublicKey,
}

impl VerifyingKey {
    /// Pairs a key with its owner.
    pub const fn new(party: Party, public: PublicKey) -> Self {
        Self { party, public }
    }
    /// Whose key it is.
    pub const fn party(&self) -> &Party {
        &self.party
    }
    /// The key.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }
}
