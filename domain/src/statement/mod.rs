//! Statements: everything that one party asserts and another relies on.
//!
//! A statement is the exact bytes that were signed, the kind of thing they say, and one or two signatures, each with the
//! id of its key. The bytes are signed as they travel, behind a prefix that holds kind and key id, so a signature for one
//! kind can never be shown as another and nothing is re-serialised to verify. Checking yields [`Verified`], the only form
//! that the rules accept.

mod body;
mod file;
mod key;
mod signing;

pub mod agreement;
pub mod application;
pub mod consent;
pub mod envelope;
pub mod manifest;
pub mod member;
pub mod outcome;
pub mod permit;
pub mod restoration;

use core::marker::PhantomData;
use std::sync::{Arc, OnceLock};

pub use body::{Body, Kind};
pub use file::StatementFileError;
pub use key::{Algorithm, KeyId, Party, PublicKey, VerifyingKey};
pub use signing::{Ed25519Signer, SignError, Signer};

use crate::digest::Digest;

/// The largest body that is read at all. Larger ones are refused before anything is parsed.
pub const MAX_BODY: usize = 256 * 1024;

/// One signature over a statement's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Which key made it.
    pub key: KeyId,
    /// 64 bytes: Ed25519 (RFC 8032), or ECDSA P-256 with SHA-256 in fixed length (r and s).
    pub bytes: Vec<u8>,
}

/// A statement as it travels and is stored, before anybody has looked inside: kind, bytes, signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct RawStatement {
    /// What the bytes say they are.
    pub kind: Kind,
    /// The signed bytes.
    pub body: Vec<u8>,
    /// One signature, or two where the kind needs a co-signature.
    pub signatures: Vec<Signature>,
}

impl core::fmt::Debug for RawStatement {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RawStatement({}, {} bytes)", self.kind, self.body.len())
    }
}

/// A statement that claims to say a `T`. Nothing about it is true until [`Statement::verify`]. Cheap to clone: its bytes
/// are shared, and hashed once.
pub struct Statement<T> {
    shared: Arc<Shared>,
    says: PhantomData<fn() -> T>,
}

struct Shared {
    raw: RawStatement,
    digest: OnceLock<Digest>,
}

impl<T> Clone for Statement<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            says: PhantomData,
        }
    }
}

impl<T> PartialEq for Statement<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}
impl<T> Eq for Statement<T> {}

impl<T> core::fmt::Debug for Statement<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.raw().fmt(f)
    }
}

/// Why a statement was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The bytes are of another kind than was asked for.
    #[error("the statement is a {found}, expected a {expected}")]
    WrongKind {
        /// What the reader needed.
        expected: Kind,
        /// What it was given.
        found: Kind,
    },
    /// Body larger than [`MAX_BODY`].
    #[error("the statement's body is larger than {MAX_BODY} bytes")]
    TooLarge,
    /// The number of signatures is not the number of keys it must verify under.
    #[error("the statement carries {found} signatures, expected {expected}")]
    SignatureCount {
        /// How many keys must have signed.
        expected: usize,
        /// How many signatures it carries.
        found: usize,
    },
    /// No signature by the key that must have signed.
    #[error("the statement is not signed by the key that must sign it")]
    WrongKey,
    /// The signature does not verify over these bytes.
    #[error("the statement's signature does not verify")]
    BadSignature,
    /// Read back from a store: other bytes than those that were verified before they were stored.
    #[error("the stored statement is not the one that was recorded")]
    Altered,
    /// Signed, but the body does not parse: unknown field, unknown word, wrong type.
    #[error("the statement's body is not a valid {0}")]
    Malformed(Kind),
}

impl<T: Body> Statement<T> {
    /// Writes `body` down and signs the bytes with each signer.
    pub fn sign(body: &T, signers: &[&dyn Signer]) -> Result<Self, SignError> {
        Self::sign_bytes(body.to_bytes(), signers)
    }

    /// Signs bytes that already are the body (a catalogue file, a body that a browser wrote).
    pub fn sign_bytes(body: Vec<u8>, signers: &[&dyn Signer]) -> Result<Self, SignError> {
        let mut signatures = Vec::with_capacity(signers.len());
        for signer in signers {
            let key = signer.public_key().id();
            let bytes = signer.sign(&signed_bytes(T::KIND, &key, &body))?;
            signatures.push(Signature { key, bytes });
        }
        Ok(Self::of(RawStatement {
            kind: T::KIND,
            body,
            signatures,
        }))
    }

    /// Takes a travelling statement as a claim to say a `T`.
    pub fn claim(raw: RawStatement) -> Result<Self, StatementError> {
        if raw.kind != T::KIND {
            return Err(StatementError::WrongKind {
                expected: T::KIND,
                found: raw.kind,
            });
        }
        if raw.body.len() > MAX_BODY {
            return Err(StatementError::TooLarge);
        }
        Ok(Self::of(raw))
    }

    /// Reads the body without checking who signed it: only to find out which keys must have signed (who is the sender,
    /// which invitation). Nothing else may be concluded from it.
    pub fn peek(&self) -> Result<T, StatementError> {
        T::from_bytes(&self.raw().body).ok_or(StatementError::Malformed(T::KIND))
    }

    /// Checks one signature per key in `keys`, no more and no fewer, and reads the body.
    pub fn verify(&self, keys: &[&VerifyingKey]) -> Result<Verified<T>, StatementError> {
        let raw = self.raw();
        if keys.is_empty() || raw.signatures.len() != keys.len() {
            return Err(StatementError::SignatureCount {
                expected: keys.len().max(1),
                found: raw.signatures.len(),
            });
        }
        for key in keys {
            let id = key.public().id();
            let mut by_key = raw.signatures.iter().filter(|s| s.key == id);
            let signature = by_key.next().ok_or(StatementError::WrongKey)?;
            if by_key.next().is_some() {
                return Err(StatementError::WrongKey);
            }
            let message = signed_bytes(raw.kind, &id, &raw.body);
            if !key.public().verifies(&message, &signature.bytes) {
                return Err(StatementError::BadSignature);
            }
        }
        let body = Arc::new(self.peek()?);
        let signer = keys
            .first()
            .map(|k| k.party().clone())
            .ok_or(StatementError::WrongKey)?;
        Ok(Verified {
            statement: self.clone(),
            body,
            signer,
        })
    }

    /// Reads back a statement that this process verified, or signed itself, before it recorded the statement's digest.
    /// `signer` says who signed it then. Only for `exchange`, which verifies everything once and then rests on its own store; other bytes than the
    /// recorded ones are refused. (Auditors do not come here: they verify the signatures again.)
    pub(crate) fn reread(
        self,
        recorded: &Digest,
        signer: impl FnOnce(&T) -> Party,
    ) -> Result<Verified<T>, StatementError> {
        if self.digest() != *recorded {
            return Err(StatementError::Altered);
        }
        let body = self.peek()?;
        let signer = signer(&body);
        Ok(Verified {
            statement: self,
            body: Arc::new(body),
            signer,
        })
    }
}

impl<T> Statement<T> {
    fn of(raw: RawStatement) -> Self {
        Self {
            shared: Arc::new(Shared {
                raw,
                digest: OnceLock::new(),
            }),
            says: PhantomData,
        }
    }

    /// The bytes as they travel.
    pub fn raw(&self) -> &RawStatement {
        &self.shared.raw
    }

    /// Gives up the type, to store or send.
    pub fn into_raw(self) -> RawStatement {
        Arc::try_unwrap(self.shared).map_or_else(|shared| shared.raw.clone(), |shared| shared.raw)
    }

    /// What others cite: SHA-256 over kind, a zero byte, and the body. Signatures are left out, so a second signature
    /// over the same bytes does not make it another statement.
    pub fn digest(&self) -> Digest {
        *self.shared.digest.get_or_init(|| self.raw().digest())
    }

    /// The id of the first key that claims to have signed.
    pub fn key(&self) -> Option<KeyId> {
        self.raw().signatures.first().map(|s| s.key)
    }
}

impl RawStatement {
    /// See [`Statement::digest`].
    pub fn digest(&self) -> Digest {
        Digest::of_parts(&[self.kind.word().as_bytes(), &[0], &self.body])
    }
}

/// What is signed: a prefix that no other protocol signs, the kind, the key id, then the body.
fn signed_bytes(kind: Kind, key: &KeyId, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 96);
    bytes.extend_from_slice(b"handdruk statement v1\0");
    bytes.extend_from_slice(kind.word().as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(key.as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A statement whose signatures were checked. Born in [`Statement::verify`]; the gateway's rules also read back what they
/// verified before (`Statement::reread`, private to this crate). Cheap to clone.
pub struct Verified<T> {
    statement: Statement<T>,
    body: Arc<T>,
    signer: Party,
}

impl<T> Verified<T> {
    /// The statement, to store or pass on.
    pub fn statement(&self) -> &Statement<T> {
        &self.statement
    }

    /// Who signed (the first signature).
    pub fn signer(&self) -> &Party {
        &self.signer
    }

    /// See [`Statement::digest`].
    pub fn digest(&self) -> Digest {
        self.statement.digest()
    }

    /// What it says.
    pub fn body(&self) -> &T {
        &self.body
    }
}

impl<T> core::ops::Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T> Clone for Verified<T> {
    fn clone(&self) -> Self {
        Self {
            statement: self.statement.clone(),
            body: Arc::clone(&self.body),
            signer: self.signer.clone(),
        }
    }
}

impl<T> core::fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Verified({:?} by {:?})", self.statement, self.signer)
    }
}

#[cfg(test)]
mod tests;
