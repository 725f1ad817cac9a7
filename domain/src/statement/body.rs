//! The kinds of statement, and how a body is written down and read.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a statement says. Part of the signed bytes.
    Kind, "kind of statement" {
        /// Registrar: this organisation is a member with these roles.
        Membership = "membership",
        /// Registrar: the rules in force (TOML).
        Catalogue = "catalogue",
        /// Organisation: these are my statement and opening keys.
        KeyBundle = "key-bundle",
        /// Organisations: we agreed to exchange for this purpose.
        Agreement = "agreement",
        /// Sending organisation: this code may activate this guardian slot.
        Invitation = "invitation",
        /// Guardian: these are my own keys.
        GuardianKeys = "guardian-keys",
        /// Sending organisation: this person was told this, then.
        Told = "told",
        /// Receiving school: this family applied. Or the sending school attests it.
        Application = "application",
        /// Sending organisation: this is what I want to hand over to whom and why.
        Manifest = "manifest",
        /// Sending organisation: the manifest continues, with a later term or the next age band.
        Renewal = "renewal",
        /// Guardian or young person: what I decided.
        Decision = "decision",
        /// Professionals: what was decided on paper or spoken, changed authority, second person of a safety report.
        Attestation = "attestation",
        /// Guardian: my remarks.
        View = "view",
        /// Gateway: this may go.
        Permit = "permit",
        /// Sending organisation: this is what I sealed.
        Envelope = "envelope",
        /// Gateway: this was released to the recipient, and this was dropped because of that decision.
        Release = "release",
        /// Receiving organisation: what became of it.
        Receipt = "receipt",
        /// Receiving organisation: erased, or kept on this ground.
        WithdrawalAnswer = "withdrawal-answer",
        /// Either organisation: a step of the warm part.
        Progress = "progress",
        /// Sending organisation, to one guardian: when and where a talk is.
        Plan = "plan",
        /// Registrar: a gateway's log was put back from a copy that ended here.
        Restoration = "restoration",
    }
}

/// What a statement of one kind says.
pub trait Body: Sized {
    /// Its kind.
    const KIND: Kind;
    /// Writes it down. The result is what is signed.
    fn to_bytes(&self) -> Vec<u8>;
    /// Reads it: unknown fields and words are refused.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

/// A body written as JSON, read with unknown fields denied. Implemented by the bodies in this module's children.
pub(crate) fn json_to_bytes<T: Serialize>(body: &T) -> Vec<u8> {
    serde_json::to_vec(body).expect("a body has string keys and no failing serialiser")
}

/// The counterpart of [`json_to_bytes`].
pub(crate) fn json_from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

/// Implements [`Body`] for a JSON body.
macro_rules! json_body {
    ($type:ty, $kind:ident) => {
        impl $crate::statement::Body for $type {
            const KIND: $crate::statement::Kind = $crate::statement::Kind::$kind;
            fn to_bytes(&self) -> Vec<u8> {
                $crate::statement::body::json_to_bytes(self)
            }
            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                $crate::statement::body::json_from_bytes(bytes)
            }
        }
    };
}
pub(crate) use json_body;
