//! What is exported of one handover, so that anybody who holds it can verify it without the gateway.

use serde::{Deserialize, Serialize};

use crate::digest::{Bytes, Digest};
use crate::evidence::{Leaf, Salt};
use crate::ids::HandoverId;
use crate::statement::{KeyId, Kind, RawStatement, Signature};

/// The largest bundle that is read, in bytes.
pub const MAX_BUNDLE: usize = 32 * 1024 * 1024;

/// The evidence of one handover: every statement that it rests on, the events that put them on record with their proofs,
/// and the checkpoint under which the proofs hold. No content, and nothing that the gateway does not know.
///
/// The statements stand in one list, since each says what kind it is: the memberships and key bundles (from the first on)
/// of gateway, sender and recipient; the catalogue; manifest, renewals, application; invitations, guardians' keys, told,
/// decisions, attestations (changed authority of the child included); permits, envelope headers, releases, receipts,
/// withdrawal answers and progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// Which handover.
    pub handover: HandoverId,
    /// Every statement, in any order, each once.
    #[serde(with = "travelling")]
    pub statements: Vec<RawStatement>,
    /// Every event about this handover, and every event about none that cites one of the statements above.
    pub leaves: Vec<ProvenLeaf>,
    /// The checkpoint (signed note) under which the inclusion proofs hold.
    pub checkpoint: String,
    /// An earlier checkpoint that the reader holds, with the proof that the log only grew since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
}

/// One event and where it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenLeaf {
    /// Its index.
    pub index: u64,
    /// Its salt (16 bytes).
    pub salt: Bytes,
    /// The event's exact bytes.
    pub event: Bytes,
    /// The inclusion proof under the bundle's checkpoint.
    pub proof: Vec<Digest>,
}

impl ProvenLeaf {
    /// A leaf with its place and proof.
    pub fn new(index: u64, leaf: &Leaf, proof: Vec<Digest>) -> Self {
        let salt = Bytes(leaf.salt().as_bytes().to_vec());
        Self {
            index,
            salt,
            event: Bytes(leaf.event_bytes().to_vec()),
            proof,
        }
    }

    /// The leaf, if the salt has its length.
    pub(super) fn leaf(&self) -> Option<Leaf> {
        let salt = self.salt.0.as_slice().try_into().ok()?;
        Some(Leaf::from_parts(Salt::from_bytes(salt), self.event.0.clone()))
    }
}

/// An earlier checkpoint and the consistency proof from it to the bundle's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// The signed note.
    pub checkpoint: String,
    /// The proof (RFC 9162 section 2.1.4).
    pub proof: Vec<Digest>,
}

/// A bundle could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Larger than [`MAX_BUNDLE`].
    #[error("the evidence is larger than {MAX_BUNDLE} bytes")]
    TooLarge,
    /// Not JSON of this shape: an unknown field, word or encoding.
    #[error("the evidence is not a valid export: malformed at line {line}, column {column}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

impl Bundle {
    /// Reads a bundle. Nothing in it is true until [`verify`](super::verify) says so.
    pub fn parse(json: &[u8]) -> Result<Self, BundleError> {
        if json.len() > MAX_BUNDLE {
            return Err(BundleError::TooLarge);
        }
        serde_json::from_slice(json).map_err(|error| BundleError::Malformed {
            line: error.line(),
            column: error.column(),
        })
    }

    /// Writes it down, for people to keep.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("a bundle has string keys and no failing serialiser")
    }
}

/// Statements as they travel: the body's exact bytes in base64url.
mod travelling {
    use serde::{Deserializer, Serializer};

    use super::{Bytes, Deserialize, KeyId, Kind, RawStatement, Serialize, Signature};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Travelling {
        kind: Kind,
        body: Bytes,
        signatures: Vec<Signed>,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Signed {
        key: KeyId,
        signature: Bytes,
    }

    pub(super) fn serialize<S: Serializer>(statements: &[RawStatement], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(statements.iter().map(|raw| {
            Travelling {
                kind: raw.kind,
                body: Bytes(raw.body.clone()),
                signatures: raw
                    .signatures
                    .iter()
                    .map(|made| Signed {
                        key: made.key,
                        signature: Bytes(made.bytes.clone()),
                    })
                    .collect(),
            }
        }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<RawStatement>, D::Error> {
        let statements = Vec::<Travelling>::deserialize(d)?;
        let raw = statements.into_iter().map(|read| RawStatement {
            kind: read.kind,
            body: read.body.0,
            signatures: read
                .signatures
                .into_iter()
                .map(|made| Signature {
                    key: made.key,
                    bytes: made.signature.0,
                })
                .collect(),
        });
        Ok(raw.collect())
    }
}
