//! Sealing: what leaves a node can be read by the recipient it is meant for and by nobody on the way.
//!
//! Two ways, because two kinds of reader exist:
//!
//! - [`node`]: an organisation's node. HPKE (RFC 9180) base mode with the hybrid post-quantum KEM X-Wing; one encapsulation
//!   per envelope, and per compartment a key of its own, so that the gateway can leave one out and open none.
//! - [`person`]: a guardian or young person in a browser. HPKE base mode, single shot, with DHKEM(P-256), which WebCrypto has.
//!   The same form carries a guardian's view back to the node. [`preview`] and [`plan`] are what is sealed so.
//!
//! Invariants: every plaintext is [padded](padding) before it is encrypted, so a length tells a size class and no more;
//! every key is used for one encryption; and what a ciphertext belongs to (manifest, permit, compartment, slot) is
//! authenticated with it, so that it opens nowhere else. Sealing does not say who sealed: that is in the signed envelope,
//! which lists the digest of every compartment.

pub mod node;
pub mod padding;
pub mod person;
pub mod plan;
pub mod preview;
pub mod step;

use hpke::HpkeError;

use self::padding::TooLong;

/// Why something could not be sealed. Nothing was produced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The recipient's public key is not one of its kind.
    #[error("the recipient's opening key is not a valid {kind} key")]
    InvalidPublicKey {
        /// Which kind was expected.
        kind: &'static str,
    },
    /// The content does not fit in the largest size class.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// There is nothing to seal.
    #[error("an envelope needs at least one compartment")]
    NothingToSeal,
    /// The cryptographic library failed. Not the caller's fault.
    #[error("the library could not seal")]
    Library(#[source] HpkeFault),
}

/// Why something did not open. One answer for every cryptographic cause: which check failed is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The encapsulation is not of this form (X-Wing: 1,120 bytes; P-256: a point of 65 bytes).
    #[error("the encapsulation is malformed")]
    MalformedEncapsulation,
    /// The sealed bytes are not those that the signed envelope lists, by digest or length.
    #[error("the sealed bytes are not those that the envelope lists")]
    NotAsListed,
    /// Sealed to another key, for another manifest, permit, compartment or slot, or altered.
    #[error("the sealed bytes do not open with this key for this purpose")]
    DoesNotOpen,
    /// It opened, but the padding is not ours: whoever sealed it does not follow the protocol.
    #[error("the opened content is not padded as the protocol says")]
    MalformedPadding,
}

/// Private key bytes that are not a key of their kind: storage was damaged, or it is another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored bytes are not a private {kind} key")]
pub struct MalformedPrivateKey {
    /// Which kind was expected.
    pub kind: &'static str,
}

/// A failure inside the HPKE library. Holds its own words, which never hold content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HpkeFault(HpkeError);

impl From<HpkeError> for SealError {
    fn from(error: HpkeError) -> Self {
        Self::Library(HpkeFault(error))
    }
}

#[cfg(test)]
mod golden {
    //! The vectors of content/golden/sealing.json, made by other implementations.

    /// The vectors.
    pub(super) fn vectors() -> serde_json::Value {
        serde_json::from_str(include_str!("../../golden/sealing.json")).expect("JSON")
    }

    /// Bytes written in lower-case hexadecimal.
    pub(super) fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .expect("lower-case hexadecimal")
    }
}
