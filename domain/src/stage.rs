//! The stages of a handover by name, as both sides and the guardian see them. The states with their data are in
//! `exchange`.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Where a handover stands.
    Stage, "stage" {
        /// Admitted; somebody is awaited.
        Awaiting = "awaiting",
        /// A known no blocks it, or nobody can be asked: a human takes over. A later decision may still open it.
        Blocked = "blocked",
        /// A permit is in force; the sender may seal.
        Permitted = "permitted",
        /// The sealed envelope waits for the recipient.
        Submitted = "submitted",
        /// The release is committed; no receipt yet.
        Released = "released",
        /// Outcome: the recipient opened, checked and stored it.
        Received = "received",
        /// Outcome: the recipient found something extra or wrong.
        Quarantined = "quarantined",
        /// Outcome: withdrawn or retracted before it was received.
        Retracted = "retracted",
        /// Outcome: its term ended first.
        Expired = "expired",
    }
}

impl Stage {
    /// Whether the exchange is over (the warm part may go on after *received*).
    pub const fn is_outcome(self) -> bool {
        matches!(
            self,
            Stage::Received | Stage::Quarantined | Stage::Retracted | Stage::Expired
        )
    }
}
